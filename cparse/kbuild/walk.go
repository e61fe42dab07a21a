// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/cparse/kbuild/mk"
)

// unit is a C file that some makefile compiles.
type unit struct {
	file    string // relative to the source directory
	dir     *dir
	target  string // the object, as make knows it
	binds   []mk.Bind
	unbuilt bool // no makefile compiles it
}

// walk is what a build of vmlinux and all modules compiles.
type walk struct {
	units map[string]*unit // by file; of several, the first
	order []string         // files that are linked into something, in the order a build would come to them
}

// Units returns the C files that the configuration builds into vmlinux and
// modules, relative to the source directory, sorted. They are read from the
// Kbuild makefiles; generated C files are left out. Where the makefiles name
// no directories, as in a small tree made for a test, the files of
// compile_commands.json are the units, and without it all C files.
func (t *Tree) Units() ([]string, error) {
	w, err := t.walked()
	if err != nil {
		return nil, err
	}
	if len(w.order) > 0 {
		return slices.Sorted(slices.Values(w.order)), nil
	}
	if db := t.db(); len(db) > 0 {
		return t.dbFiles(db), nil
	}
	return t.allFiles()
}

func (t *Tree) dbFiles(db map[string]dbEntry) []string {
	var out []string
	for name := range db {
		if rel, ok := below(t.Src, name); ok && exists(t.Src, rel) {
			out = append(out, rel)
		}
	}
	slices.Sort(out)
	return out
}

// allFiles returns every C file of a tree without Kbuild makefiles.
func (t *Tree) allFiles() ([]string, error) {
	var out []string
	err := filepath.WalkDir(t.Src, func(name string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && name != t.Src {
			switch base := e.Name(); {
			case strings.HasPrefix(base, "."), base == "scripts", base == "tools", base == "Documentation":
				return filepath.SkipDir
			}
		}
		if e.Type().IsRegular() && filepath.Ext(name) == ".c" {
			rel, _ := below(t.Src, name)
			out = append(out, rel)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

func (t *Tree) walk() (*walk, error) {
	b, err := t.build()
	if err != nil {
		return nil, err
	}
	w := &walker{build: b, walk: &walk{units: map[string]*unit{}}, seen: map[goal]bool{}}
	top := &dir{build: b, mk: b.top, env: b.env, sub: b.env}
	top.collect()
	w.goal(top, "prepare", nil, 0)
	dirs := b.top.Words("build-dir")
	if len(dirs) == 0 {
		dirs = b.top.Words("build-dirs")
	}
	if len(dirs) == 0 && b.makefile(".") != "" && exists(t.Src, "Kbuild") {
		dirs = []string{"."}
	}
	for _, name := range dirs {
		w.directory(path.Clean(name), b.env, true)
	}
	return w.walk, nil
}

// goal is something that a walk makes once.
type goal struct {
	dir    *dir
	target string // "" is the default goal
}

// maxDepth bounds how deep goals may depend on each other, maxGoals how many
// there may be and maxDirs how many directories; all drivers of a kernel have
// 4,000 directories.
const (
	maxDepth = 50
	maxGoals = 1 << 20
	maxDirs  = 20000
)

type walker struct {
	*walk
	build *build
	seen  map[goal]bool
	dirs  int  // how many have been asked for
	flat  bool // stay in one directory
}

// directory makes the default goal of a directory.
func (w *walker) directory(name string, env *mk.Make, builtin bool) {
	if w.dirs++; w.dirs > maxDirs {
		return
	}
	d := w.build.dir(name, env)
	if w.seen[goal{d, ""}] {
		return
	}
	w.seen[goal{d, ""}] = true
	if w.build.makefile(name) == "" {
		return
	}
	if builtin {
		w.goals(d, d.builtin, 0)
	}
	w.goals(d, d.libs, 0)
	w.goals(d, d.modules, 0)
	w.goals(d, d.always, 0)
	if w.flat {
		return
	}
	for _, s := range d.subdirs {
		w.directory(s.name, d.sub, builtin && s.builtin)
	}
}

func (w *walker) goals(d *dir, targets []string, depth int) {
	for _, t := range targets {
		w.goal(d, t, nil, depth)
	}
}

// goal makes one target of a directory: it adds the C file that the target is
// compiled from and goes on to what the rules say it depends on. binds are the
// assignments that the targets which led here bring along.
func (w *walker) goal(d *dir, target string, binds []mk.Bind, depth int) {
	if target == "FORCE" || depth > maxDepth || len(w.seen) > maxGoals || w.seen[goal{d, target}] || d.host[target] {
		return
	}
	w.seen[goal{d, target}] = true
	binds = append(slices.Clip(binds), mk.BindsOf(d.binds, target)...)
	var prereqs []string
	source, recipe := "", false
	for _, r := range d.exact[target] {
		p := r.Prereqs
		if stem, ok := mk.Match(r.Pattern, target); ok && r.Pattern != "" {
			p = replaceStem(p, stem)
		}
		prereqs = append(prereqs, p...)
		if len(r.Recipe) > 0 {
			recipe = true
			source = w.build.firstC(p)
			w.submakes(d, target, r.Recipe, depth+1)
		}
	}
	object := path.Ext(target) == ".o" || path.Ext(target) == ".s"
	if !recipe {
		stem := strings.TrimSuffix(target, path.Ext(target))
		if object && d.name != "" {
			source = w.build.source(stem + ".c")
		}
		if source == "" && !(object && w.build.source(stem+".S") != "") {
			if p := w.implicit(d, target); p != nil {
				prereqs = append(prereqs, p...)
				source = w.build.firstC(p)
			} else if object && d.name != "" {
				generated := stem + ".c"
				if len(d.exact[generated]) > 0 || w.implicit(d, generated) != nil {
					prereqs = append(prereqs, generated)
				}
			}
		}
	}
	if object && source != "" {
		w.add(&unit{file: source, dir: d, target: target, binds: binds})
	}
	for _, p := range prereqs {
		w.goal(d, p, binds, depth+1)
	}
}

func (w *walker) add(u *unit) {
	if _, ok := w.units[u.file]; ok {
		return
	}
	w.units[u.file] = u
	if path.Ext(u.target) == ".o" && !strings.HasPrefix(u.file, "scripts/") {
		w.order = append(w.order, u.file)
	}
}

// implicit returns the prerequisites of the pattern rule that makes target:
// of those whose first prerequisite exists or can be made, the one with the
// shortest stem.
func (w *walker) implicit(d *dir, target string) []string {
	var best []string
	shortest := -1
	for _, r := range d.patterns {
		if len(r.Recipe) == 0 {
			continue
		}
		for _, t := range r.Targets {
			stem, ok := mk.Match(t, target)
			if !ok || shortest >= 0 && len(stem) >= shortest {
				continue
			}
			p := replaceStem(r.Prereqs, stem)
			if len(p) == 0 || p[0] == "FORCE" || w.makeable(d, p[0]) {
				best, shortest = p, len(stem)
			}
		}
	}
	if shortest >= 0 && best == nil {
		return []string{}
	}
	return best
}

// makeable reports whether a file exists or some rule makes it.
func (w *walker) makeable(d *dir, name string) bool {
	if w.build.source(name) != "" || len(d.exact[name]) > 0 {
		return true
	}
	if path.Ext(name) == ".o" && w.build.source(strings.TrimSuffix(name, ".o")+".c") != "" {
		return true
	}
	return slices.ContainsFunc(d.patterns, func(r *mk.Rule) bool {
		return slices.ContainsFunc(r.Targets, func(t string) bool { _, ok := mk.Match(t, name); return ok })
	})
}

func replaceStem(names []string, stem string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.Replace(n, "%", stem, 1)
	}
	return out
}

// submakes follows the lines of a recipe that run make in another directory.
func (w *walker) submakes(d *dir, target string, recipe []string, depth int) {
	if w.flat {
		return
	}
	for _, line := range recipe {
		if !strings.Contains(line, "$(build)=") && !strings.Contains(line, "/Makefile.build") {
			continue
		}
		d.mu.Lock()
		d.mk.With(nil, map[string]string{"@": target}, func() { line = d.mk.Expand(line) })
		d.mu.Unlock()
		words := SplitCommand(line)
		i := slices.IndexFunc(words, func(s string) bool { return strings.HasPrefix(s, "obj=") })
		if i < 0 {
			continue
		}
		name := path.Clean(words[i][len("obj="):])
		goals := slices.DeleteFunc(words[i+1:], func(s string) bool { return strings.ContainsAny(s, "=$") || strings.HasPrefix(s, "-") })
		if len(goals) == 0 {
			w.directory(name, d.sub, true)
			continue
		}
		w.goals(w.build.dir(name, d.sub), goals, depth)
	}
}

// source returns the name relative to the source directory of a file that a
// makefile names and that is there, or "".
func (b *build) source(name string) string {
	rel := path.Clean(name)
	if path.IsAbs(rel) {
		var ok bool
		if rel, ok = below(b.tree.Src, filepath.FromSlash(rel)); !ok {
			return ""
		}
	}
	if rel == "." || strings.HasPrefix(rel, "../") {
		return ""
	}
	if fi, err := os.Stat(filepath.Join(b.tree.Src, filepath.FromSlash(rel))); err != nil || !fi.Mode().IsRegular() {
		return ""
	}
	return rel
}

func (b *build) firstC(names []string) string {
	for _, n := range names {
		if path.Ext(n) == ".c" {
			return b.source(n)
		}
	}
	return ""
}
