// SPDX-License-Identifier: GPL-2.0-only

// Package fix turns the fixes of findings into changed files.
//
// Every edit counts bytes of the text that was analysed, the baseline. [Merge]
// takes the first fix of each finding, in the order given, and puts all that
// agree into one [Plan]; what it does not write, nobody writes. Two fixes agree
// when they are the same throughout (a header seen from two units, one fix
// shared by several findings), or touch different text; insertions at one point
// all stay, in order. Otherwise the later one is left out whole and counted: a
// second run finds it again in the changed text.
//
// [Plan.Write] changes no file unless every file still holds its baseline, and
// replaces each at once, so that an interrupted run leaves old or new text and
// nothing between.
package fix

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/checks/engine/report"
)

// Plan is the set of fixes that will be made.
type Plan struct {
	Files   []File
	Fixed   int              // findings whose fix is in the plan
	Skipped int              // findings whose fix conflicts with one in the plan
	Left    []report.Finding // findings that stay: without a fix, or skipped
}

// File is one changed file.
type File struct {
	Name     string // as in the edits: relative to the tree
	Old, New []byte
	edits    []report.Edit
}

// Merge plans the first fix of every finding that has one. Read returns the
// text that was analysed.
func Merge(findings []report.Finding, read func(name string) ([]byte, error)) (*Plan, error) {
	m := merger{read: read, files: make(map[string]*File), taken: make(map[string]bool)}
	plan := &Plan{}
	for i := range findings {
		if len(findings[i].Fixes) == 0 || len(findings[i].Fixes[0].Edits) == 0 {
			plan.Left = append(plan.Left, findings[i])
			continue
		}
		ok, err := m.add(findings[i].Fixes[0].Edits)
		if err != nil {
			return nil, err
		}
		if ok {
			plan.Fixed++
			continue
		}
		plan.Skipped++
		plan.Left = append(plan.Left, findings[i])
	}
	for _, f := range m.files {
		if len(f.edits) == 0 {
			continue
		}
		f.New = apply(f.Old, f.edits)
		plan.Files = append(plan.Files, *f)
	}
	slices.SortFunc(plan.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return plan, nil
}

type merger struct {
	read  func(string) ([]byte, error)
	files map[string]*File
	taken map[string]bool // whole fixes, by their edits
}

// add takes a fix into the plan unless it conflicts.
func (m *merger) add(edits []report.Edit) (bool, error) {
	key := fmt.Sprintf("%#v", edits)
	if m.taken[key] {
		return true, nil
	}
	for i, e := range edits {
		f, err := m.file(e.File)
		if err != nil {
			return false, err
		}
		if e.Offset < 0 || e.EndOffset < e.Offset || e.EndOffset > len(f.Old) {
			return false, fmt.Errorf("%s: an edit of bytes %d to %d lies outside the text of %d bytes",
				e.File, e.Offset, e.EndOffset, len(f.Old))
		}
		for _, other := range edits[:i] {
			if conflict(e, other) {
				return false, fmt.Errorf("%s: a fix edits bytes %d to %d twice", e.File, e.Offset, e.EndOffset)
			}
		}
		if slices.ContainsFunc(f.edits, func(have report.Edit) bool { return conflict(e, have) }) {
			return false, nil
		}
	}
	for _, e := range edits {
		m.files[e.File].edits = append(m.files[e.File].edits, e)
	}
	m.taken[key] = true
	return true, nil
}

func (m *merger) file(name string) (*File, error) {
	if f := m.files[name]; f != nil {
		return f, nil
	}
	data, err := m.read(name)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot read what is to be fixed: %w", name, err)
	}
	f := &File{Name: name, Old: data}
	m.files[name] = f
	return f, nil
}

// conflict reports whether two edits touch the same text. Insertions touch
// none, but one inside replaced text has nowhere to go.
func conflict(a, b report.Edit) bool {
	if a.File != b.File {
		return false
	}
	if a.Offset == b.Offset && a.EndOffset == b.EndOffset {
		return a.Offset != a.EndOffset
	}
	return a.Offset < b.EndOffset && b.Offset < a.EndOffset
}

func apply(old []byte, edits []report.Edit) []byte {
	slices.SortStableFunc(edits, func(a, b report.Edit) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return a.EndOffset - b.EndOffset // an insertion comes before what replaces the text behind it
	})
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(old[at:e.Offset])
		out.WriteString(e.New)
		at = e.EndOffset
	}
	out.Write(old[at:])
	return out.Bytes()
}

// Write replaces the files, which lie below root or are among the files and
// directories named. It fails before it changes anything if one lies elsewhere
// or is not what was analysed any more.
func (p *Plan) Write(root string, named []string) error {
	paths := make([]string, len(p.Files))
	for i, f := range p.Files {
		path, err := check(root, named, f)
		if err != nil {
			return err
		}
		paths[i] = path
	}
	for i, f := range p.Files {
		if err := replace(paths[i], f.New); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// check returns the real path of f, behind symbolic links.
func check(root string, named []string, f File) (string, error) {
	path := filepath.FromSlash(f.Name)
	within := func(dir string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	}
	switch {
	case filepath.IsLocal(path):
		path = filepath.Join(root, path)
	case !slices.ContainsFunc(named, within):
		return "", fmt.Errorf("%s: not in the tree, so it is not changed", f.Name)
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(now, f.Old) {
		return "", fmt.Errorf("%s: changed since it was analysed; nothing was fixed, run again", f.Name)
	}
	return path, nil
}

func replace(path string, data []byte) (err error) {
	mode := fs.FileMode(0o644)
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".kapilint-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Chmod(mode); err != nil {
		tmp.Close()
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
