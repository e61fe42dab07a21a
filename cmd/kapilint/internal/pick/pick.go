// SPDX-License-Identifier: GPL-2.0-only

// Package pick turns what a user names into the translation units to look at,
// and a list of checks into the checks to run.
//
// An argument is a .c file, a directory (all units below it; DIR/... says the
// same), or a doublestar pattern (fs/**/*.c). One that starts with ! takes
// away what it matches, wherever it stands. Files are taken as named, built or
// not; directories and patterns give the units of the configuration, since
// thousands of .c files of a tree belong to other configurations.
//
// Names are looked up from the current directory first and from the root of
// the tree second, so the same command works anywhere in a tree and, with -C,
// outside it. An argument that matches nothing is an error: silence about a
// misspelt name would look like a clean result.
package pick

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/specmodel"

	"github.com/bmatcuk/doublestar/v4"
)

// Picker knows where arguments are looked up.
type Picker struct {
	Cwd   string                   // current directory, absolute
	Root  string                   // root of the tree, absolute
	Units func() ([]string, error) // units of the configuration, relative to Root
}

// Pick returns the units, relative to the root, sorted, each once.
func (p *Picker) Pick(args []string) ([]string, error) {
	var picked, excluded []string
	for _, arg := range args {
		if pattern, ok := strings.CutPrefix(arg, "!"); ok {
			excluded = append(excluded, pattern)
			continue
		}
		got, err := p.one(arg)
		if err != nil {
			return nil, err
		}
		picked = append(picked, got...)
	}
	if len(excluded) > 0 && len(excluded) == len(args) {
		got, err := p.below(".", ".")
		if err != nil {
			return nil, err
		}
		picked = got
	}
	slices.Sort(picked)
	picked = slices.Compact(picked)
	for _, pattern := range excluded {
		match, err := p.matcher(pattern)
		if err != nil {
			return nil, fmt.Errorf("!%s: %w", pattern, err)
		}
		picked = slices.DeleteFunc(picked, match)
	}
	if len(picked) == 0 && len(args) > 0 {
		return nil, errors.New("nothing is left to look at: every file is excluded")
	}
	return picked, nil
}

func (p *Picker) one(arg string) ([]string, error) {
	if arg == "" {
		return nil, errors.New("an empty name was given for a file")
	}
	if dir, ok := recursive(arg); ok {
		return p.directory(arg, dir)
	}
	file, err := p.find(arg)
	switch {
	case err == nil:
		return p.named(arg, file)
	case strings.ContainsAny(arg, "*?[{"):
		return p.pattern(arg)
	}
	return nil, err
}

// File returns the unit that an argument names by itself: not as a part of a
// directory, and not by a pattern.
func (p *Picker) File(arg string) (string, bool) {
	file, err := p.find(arg)
	return file, err == nil && path.Ext(file) == ".c"
}

// recursive returns DIR of DIR/... .
func recursive(arg string) (string, bool) {
	if arg == "..." {
		return ".", true
	}
	dir, ok := strings.CutSuffix(filepath.ToSlash(arg), "/...")
	if ok && dir == "" {
		dir = "/"
	}
	return dir, ok
}

func (p *Picker) directory(arg, dir string) ([]string, error) {
	rel, err := p.find(dir)
	if err != nil {
		return nil, err
	}
	return p.below(arg, rel)
}

// find returns the name below the root of a file or directory that exists.
func (p *Picker) find(name string) (string, error) {
	abs := filepath.FromSlash(name)
	bases := []string{p.Cwd, p.Root}
	if filepath.IsAbs(abs) {
		bases = []string{""}
	}
	var outside bool
	for _, base := range bases {
		at := filepath.Join(base, abs)
		if _, err := os.Stat(at); err != nil {
			if !errors.Is(err, os.ErrNotExist) && !isNotDir(at) {
				return "", err
			}
			continue
		}
		if rel, ok := p.rel(at); ok {
			return rel, nil
		}
		outside = true
	}
	if outside {
		return "", fmt.Errorf("%s: not in the kernel tree %s", name, p.Root)
	}
	return "", fmt.Errorf("%s: no such file or directory%s", name, p.similar(name))
}

// similar names the file or directory that a misspelt name was meant to be: the
// first part of the path that is not there is replaced by its nearest neighbour.
func (p *Picker) similar(name string) string {
	bases := []string{p.Cwd, p.Root}
	if filepath.IsAbs(name) {
		bases = []string{""}
	}
	for _, base := range bases {
		if meant := nearPath(base, name); meant != "" {
			return "; did you mean " + meant + "?"
		}
	}
	return ""
}

// nearPath returns name below base with its misspelt parts put right, or "".
func nearPath(base, name string) string {
	parts := strings.Split(filepath.ToSlash(name), "/")
	for i, part := range parts {
		at := path.Join(parts[:i]...)
		if filepath.IsAbs(name) {
			at = "/" + at
		}
		if _, err := os.Stat(filepath.Join(base, at, part)); err == nil {
			continue
		}
		var known []string
		entries, err := os.ReadDir(filepath.Join(base, at))
		if err != nil {
			return ""
		}
		for _, e := range entries {
			if last := i == len(parts)-1; e.IsDir() != last || path.Ext(part) == "" {
				known = append(known, e.Name())
			}
		}
		if parts[i], _ = specmodel.Nearest(part, slices.Values(known)); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "/")
}

// isNotDir reports whether a part of the path is a file.
func isNotDir(at string) bool {
	for dir := filepath.Dir(at); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if st, err := os.Stat(dir); err == nil {
			return !st.IsDir()
		}
	}
	return false
}

// rel returns the name of an existing path below the root, behind symbolic
// links if there is no other way.
func (p *Picker) rel(at string) (string, bool) {
	if rel, ok := below(p.Root, at); ok {
		return rel, true
	}
	real, err := filepath.EvalSymlinks(at)
	if err != nil {
		return "", false
	}
	root, err := filepath.EvalSymlinks(p.Root)
	if err != nil {
		return "", false
	}
	return below(root, real)
}

func below(root, at string) (string, bool) {
	rel, err := filepath.Rel(root, at)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func (p *Picker) named(arg, file string) ([]string, error) {
	st, err := os.Stat(filepath.Join(p.Root, filepath.FromSlash(file)))
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return p.below(arg, file)
	}
	if path.Ext(file) == ".h" {
		return nil, fmt.Errorf("%s: a header is looked at through a .c file that includes it; name that", arg)
	}
	if path.Ext(file) != ".c" {
		return nil, fmt.Errorf("%s: not a .c file", arg)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", arg)
	}
	return []string{file}, nil
}

// below returns the units below dir.
func (p *Picker) below(arg, dir string) ([]string, error) {
	units, err := p.Units()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, u := range units {
		if dir == "." || strings.HasPrefix(u, dir+"/") {
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: the configuration builds no .c file there", arg)
	}
	return out, nil
}

func (p *Picker) pattern(arg string) ([]string, error) {
	match, err := p.matcher(arg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	units, err := p.Units()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, u := range units {
		if match(u) {
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: matches no .c file that the configuration builds", arg)
	}
	return out, nil
}

// matcher matches units by a file, a directory or a pattern. A pattern holds
// from the current directory where that is in the tree, and from the root.
func (p *Picker) matcher(arg string) (func(unit string) bool, error) {
	if dir, ok := recursive(arg); ok {
		arg = dir
	}
	if file, err := p.find(arg); err == nil {
		return func(u string) bool {
			return file == "." || u == file || strings.HasPrefix(u, file+"/")
		}, nil
	}
	slashed := filepath.ToSlash(arg)
	if !doublestar.ValidatePattern(slashed) {
		return nil, doublestar.ErrBadPattern
	}
	var patterns []string
	if filepath.IsAbs(arg) {
		root := filepath.ToSlash(p.Root) + "/"
		rest, ok := strings.CutPrefix(slashed, root)
		if !ok {
			return nil, fmt.Errorf("not in the kernel tree %s", p.Root)
		}
		patterns = []string{rest}
	} else {
		if here, ok := p.rel(p.Cwd); ok && here != "." {
			patterns = append(patterns, path.Join(escape(here), slashed))
		}
		patterns = append(patterns, path.Clean(slashed))
	}
	return func(u string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			return doublestar.MatchUnvalidated(pattern, u)
		})
	}, nil
}

// escape keeps the characters of a directory's name from meaning anything.
func escape(dir string) string {
	var b strings.Builder
	for _, r := range dir {
		if strings.ContainsRune(`*?[]{}\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
