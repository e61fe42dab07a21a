// SPDX-License-Identifier: GPL-2.0-only

// Package patch reads patches and makes them on text in memory.
//
// What arrives is a plain diff, what git format-patch prints, a mail, or a file
// of mails. It becomes a list of patches, each a list of changes to files, with
// hunks. A [Tree] is text by name; a patch made on it changes the tree's layer
// and nothing else: no file is ever written.
//
// A patch is not trusted. One with a name that leaves the tree, a link, or more
// than fits the limits is refused as a whole, in one sentence; what merely
// cannot be looked at, as a binary file, or does not apply, is a note.
package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// The limits of what is read.
const (
	MaxSize  = 64 << 20 // bytes of input
	maxFiles = 20000    // in one patch
	maxParts = 2000     // patches in one input
)

// Patch is one commit, or all changes of a plain diff.
type Patch struct {
	Subject string // of the mail, without what stands in brackets; "" for a plain diff
	Title   string // of the mail, with them
	From    string
	ID      string // of the mail, with its angle brackets
	Number  int    // of a series, as the subject has it; 0 if it has none
	Of      int    // how many the series has; 0 if the subject does not say
	Files   []File
}

// File is the change of one file.
type File struct {
	Old, New string // names as the patch has them; "" where there is none
	Binary   bool
	Special  bool // a link or a repository of its own, as what it is now
	hunks    []*gitdiff.TextFragment
}

// Name is what the file is called now, or was where it is gone.
func (f *File) Name() string {
	if f.New != "" {
		return f.New
	}
	return f.Old
}

// Read returns the patches of an input, those of a series in its order. There is
// at least one.
func Read(text []byte) ([]Patch, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("more than %d MB: too large for a patch", MaxSize>>20)
	}
	parts := split(text)
	if len(parts) > maxParts {
		return nil, fmt.Errorf("more than %d mails: too many for a review", maxParts)
	}
	var out []Patch
	for i, part := range parts {
		p, err := readPart(part)
		if err != nil && len(parts) > 1 {
			err = fmt.Errorf("mail %d: %w", i+1, err)
		}
		if err != nil {
			return nil, err
		}
		if len(p.Files) > 0 {
			out = append(out, *p)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no patch in it")
	}
	inOrder(out)
	return out, nil
}

// inOrder sorts the patches of one series by their numbers: mail arrives in any
// order.
func inOrder(list []Patch) {
	seen := map[int]bool{}
	for _, p := range list {
		if p.Number == 0 || p.Of != list[0].Of || seen[p.Number] {
			return
		}
		seen[p.Number] = true
	}
	slices.SortFunc(list, func(a, b Patch) int { return a.Number - b.Number })
}

func readPart(part []byte) (*Patch, error) {
	m, err := open(part)
	if err != nil {
		return nil, err
	}
	p := &Patch{}
	p.Subject, p.Number, p.Of = subject(m.subject)
	p.Title, p.From, p.ID = m.subject, m.from, m.id
	files, _, err := gitdiff.Parse(bytes.NewReader(m.text))
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "gitdiff: "))
	}
	if len(files) > maxFiles {
		return nil, fmt.Errorf("changes more than %d files: too many for a review", maxFiles)
	}
	for _, f := range files {
		change := File{Old: f.OldName, New: f.NewName, Binary: f.IsBinary, hunks: f.TextFragments}
		if f.IsNew {
			change.Old = ""
		}
		if f.IsDelete {
			change.New = ""
		}
		mode := f.NewMode
		if mode == 0 {
			mode = f.OldMode
		}
		change.Special = mode&(0o170000) == 0o120000 || mode&(0o170000) == 0o160000 || mode&fs.ModeSymlink != 0
		for _, name := range []string{f.OldName, f.NewName} {
			if err := safe(name); err != nil {
				return nil, err
			}
		}
		if change.Special && change.New != "" && mode&0o170000 != 0o160000 {
			return nil, fmt.Errorf("%q is a symbolic link: a patch with links is not read", change.New)
		}
		p.Files = append(p.Files, change)
	}
	return p, nil
}

// safe refuses a name that could mean a file outside the tree.
func safe(name string) error {
	switch {
	case name == "" || name == "/dev/null":
		return nil
	case len(name) > 4096:
		return errors.New("a name of more than 4096 bytes")
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%q has a control character in its name", name)
	case path.IsAbs(name):
		return fmt.Errorf("%q is an absolute name: names in a patch are relative to the tree", name)
	case slices.Contains(strings.Split(name, "/"), ".."):
		return fmt.Errorf("%q leaves the tree", name)
	case slices.Contains(strings.Split(name, "/"), ".git"):
		return fmt.Errorf("%q lies in git's own directory", name)
	}
	return nil
}
