// SPDX-License-Identifier: GPL-2.0-only

package patch

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// Tree is text by name, relative to the top of a tree, with a layer of changes.
type Tree struct {
	// Read returns the text of a file below the layer; an error if there is none.
	Read func(name string) ([]byte, error)

	// Layer is what patches have made: text by name, nil for a file that is gone.
	Layer map[string][]byte
}

// Text returns the text of a file, and whether there is one.
func (t *Tree) Text(name string) ([]byte, bool) {
	if text, ok := t.Layer[name]; ok {
		return text, text != nil
	}
	text, err := t.Read(name)
	return text, err == nil
}

// Over returns a tree with the same content and a layer of its own.
func (t *Tree) Over() *Tree {
	n := &Tree{Read: t.Read, Layer: make(map[string][]byte, len(t.Layer))}
	for name, text := range t.Layer {
		n.Layer[name] = text
	}
	return n
}

// Change is what a patch has done to one file of a tree.
type Change struct {
	Old, New string  // names in the tree; "" where there is none
	Hunks    []Place // in order
}

// Place is where a hunk is.
type Place struct {
	Line, End       int    // the first and the last line that is new, or behind one that is gone, as the file is afterwards
	OldLine, OldEnd int    // the first and the last line that is gone, or behind a new one, as the file was
	Head            string // the line with @@, as the patch has it
	Lines           []Line
}

// Line is a line of a hunk.
type Line struct {
	Text string // with the sign in front, without a line end
	New  int    // its number in the file as it is afterwards; of a line that is gone, that of the next one
}

// Note says what of a patch could not be done or looked at.
type Note struct {
	File    string
	Line    int // in the old file; 0 for the whole file
	Message string
	Failed  bool // it did not apply
}

// Apply makes the patch on t. What does not apply is left out, and said.
func (p *Patch) Apply(t *Tree) ([]Change, []Note) {
	var changes []Change
	var notes []Note
	for i := range p.Files {
		f := &p.Files[i]
		change, found := f.apply(t)
		notes = append(notes, found...)
		if change != nil {
			changes = append(changes, *change)
		}
	}
	return changes, notes
}

func (f *File) apply(t *Tree) (*Change, []Note) {
	note := func(failed bool, format string, args ...any) []Note {
		return []Note{{File: t.fresh(f.Name()), Message: fmt.Sprintf(format, args...), Failed: failed}}
	}
	switch {
	case f.Special:
		return nil, note(false, "a link or a repository of its own is passed over")
	case f.Binary:
		return nil, note(false, "a binary file is passed over")
	}
	c := &Change{Old: t.resolve(f.Old), New: f.New}
	var old []byte
	if f.Old != "" {
		var ok bool
		if old, ok = t.Text(c.Old); !ok {
			return nil, note(true, "there is no such file in the tree, so its change does not apply")
		}
		if bytes.IndexByte(old, 0) >= 0 {
			return nil, note(false, "a binary file is passed over")
		}
	}
	switch {
	case f.New == f.Old:
		c.New = c.Old
	case f.New != "":
		c.New = t.fresh(f.New)
	}
	if f.Old == "" {
		if _, there := t.Text(c.New); there {
			return nil, note(true, "the patch makes this file, but the tree has it already")
		}
	}
	if c.New == "" {
		t.Layer[c.Old] = nil
		return c, nil
	}
	text, places, notes := applyHunks(c.New, old, f.hunks)
	c.Hunks = places
	if c.Old != "" && c.Old != c.New {
		t.Layer[c.Old] = nil
	}
	if text == nil {
		text = []byte{}
	}
	t.Layer[c.New] = text
	return c, notes
}

// resolve finds the file that a name of a patch means: as it is, or without the
// first directory, which plain diffs put in front. A file at the top of the tree
// is meant only where that directory is a/ or b/.
func (t *Tree) resolve(name string) string {
	name = clean(name)
	if _, ok := t.Text(name); ok {
		return name
	}
	if dir, rest, ok := strings.Cut(name, "/"); ok && (dir == "a" || dir == "b" || strings.Contains(rest, "/")) {
		if _, there := t.Text(rest); there {
			return rest
		}
	}
	return name
}

// fresh is resolve for a file that need not be there.
func (t *Tree) fresh(name string) string {
	name = clean(name)
	if dir, rest, ok := strings.Cut(name, "/"); ok && (dir == "a" || dir == "b") {
		return rest
	}
	return name
}

func clean(name string) string {
	if name == "" {
		return ""
	}
	return path.Clean(name)
}

// maxCompared bounds the lines that are compared to find the places of one
// file's hunks.
const maxCompared = 50_000_000

// applyHunks makes hunks on a text, each at the place nearest to the one it
// names where its old lines stand.
func applyHunks(name string, old []byte, hunks []*gitdiff.TextFragment) ([]byte, []Place, []Note) {
	src := lines(old)
	var out bytes.Buffer
	var places []Place
	var notes []Note
	at, written, shift, work := 0, 0, 0, 0 // at: lines of src that are done; written: of out
	for i, h := range hunks {
		var before, after []string
		for _, l := range h.Lines {
			if l.Old() {
				before = append(before, l.Line)
			}
			if l.New() {
				after = append(after, l.Line)
			}
		}
		want := int(min(max(h.OldPosition, 0), int64(len(src))+1))
		if len(before) > 0 {
			want--
		}
		pos := nearest(src, before, at, want+shift, &work)
		if pos < 0 {
			why := "its old lines are not in the file"
			switch {
			case work >= maxCompared:
				why = "looking for its place takes too long"
			case len(after) > 0 && nearest(src, after, 0, want+shift, &work) >= 0:
				why = "the file has its new lines already"
			}
			notes = append(notes, Note{File: name, Line: int(min(h.OldPosition, 1<<30)), Failed: true,
				Message: fmt.Sprintf("hunk %d of %d does not apply: %s", i+1, len(hunks), why)})
			continue
		}
		shift = pos - want
		for _, l := range src[at:pos] {
			out.WriteString(l)
		}
		written += pos - at
		places = append(places, changed(h, pos, written))
		for _, l := range after {
			out.WriteString(l)
		}
		written += len(after)
		at = pos + len(before)
	}
	for _, l := range src[at:] {
		out.WriteString(l)
	}
	return out.Bytes(), places, notes
}

// changed is the part of a hunk that is no context; old and new are the numbers
// of lines in front of the hunk.
func changed(h *gitdiff.TextFragment, old, new int) Place {
	p := Place{Head: h.Header()}
	old++
	new++
	within := true // context is in front
	for _, l := range h.Lines {
		p.Lines = append(p.Lines, Line{l.Op.String() + strings.TrimRight(l.Line, "\r\n"), new})
		if l.Op != gitdiff.OpContext {
			if p.Line == 0 {
				p.Line, p.OldLine = new, old
			}
			if l.Op == gitdiff.OpAdd || within {
				p.End = new
			}
			if l.Op == gitdiff.OpDelete || within {
				p.OldEnd = old
			}
		}
		within = l.Op == gitdiff.OpContext
		if l.Old() {
			old++
		}
		if l.New() {
			new++
		}
	}
	return p
}

// nearest returns where want stands in src, not before from, nearest to the
// index near; -1 if nowhere.
func nearest(src, want []string, from, near int, work *int) int {
	last := len(src) - len(want)
	if last < from {
		return -1
	}
	near = min(max(near, from), last)
	for d := 0; near-d >= from || near+d <= last; d++ {
		if near+d <= last && stands(src, want, near+d, work) {
			return near + d
		}
		if d > 0 && near-d >= from && stands(src, want, near-d, work) {
			return near - d
		}
		if *work >= maxCompared {
			return -1
		}
	}
	return -1
}

func stands(src, want []string, at int, work *int) bool {
	for i, l := range want {
		if *work++; src[at+i] != l {
			return false
		}
	}
	return true
}

// lines splits text behind its line ends.
func lines(text []byte) []string {
	if len(text) == 0 {
		return nil
	}
	out := strings.SplitAfter(string(text), "\n")
	if out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}
