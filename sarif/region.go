// SPDX-License-Identifier: GPL-2.0-only

package sarif

import (
	"bytes"
	"net/url"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"kapilint/checks/engine/report"
)

// texts reads each file once.
type texts struct {
	read  func(string) ([]byte, error)
	files map[string]*text
}

func newTexts(read func(string) ([]byte, error)) *texts {
	return &texts{read: read, files: make(map[string]*text)}
}

func (t *texts) of(file string) *text {
	if x, ok := t.files[file]; ok {
		return x
	}
	var x *text
	if t.read != nil {
		if data, err := t.read(file); err == nil {
			x = newText(data)
		}
	}
	t.files[file] = x
	return x
}

// text is a file's bytes with its lines. A nil text stands for a file that
// could not be read.
type text struct {
	data  []byte
	lines []int // offset of each line's first byte
}

func newText(data []byte) *text {
	t := &text{data: data, lines: []int{0}}
	for i, c := range data {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// column converts a byte column to UTF-16 code units; both count from 1. What
// lies outside the text is returned as it came.
func (t *text) column(line, col int) int {
	if t == nil || line < 1 || line > len(t.lines) || col < 1 {
		return col
	}
	start := t.lines[line-1]
	if start+col-1 > len(t.data) {
		return col
	}
	before := t.data[start : start+col-1]
	if line == 1 {
		before = bytes.TrimPrefix(before, byteOrderMark) // no character of the text
	}
	return 1 + units(before)
}

// units counts UTF-16 code units. A byte that is not UTF-8 counts as one, the
// replacement character a reader would show for it.
func units(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		n++
		if r > 0xffff {
			n++
		}
		b = b[size:]
	}
	return n
}

// span is the region from byte offset to end.
func (t *text) span(offset, end int) (*gosarif.Region, bool) {
	if t == nil || offset < 0 || end < offset || end > len(t.data) {
		return nil, false
	}
	line, col := t.position(offset)
	endLine, endCol := t.position(end)
	return newRegion(line, t.column(line, col), endLine, t.column(endLine, endCol)), true
}

func (t *text) position(offset int) (line, col int) {
	line = sort.SearchInts(t.lines, offset+1)
	return line, offset - t.lines[line-1] + 1
}

func newRegion(line, col, endLine, endCol int) *gosarif.Region {
	r := &gosarif.Region{StartLine: &line}
	if col > 0 {
		r.StartColumn = &col
	}
	if endLine < line || endLine == line && endCol < col || endCol < 1 {
		return r
	}
	r.EndLine, r.EndColumn = &endLine, &endCol
	return r
}

func location(p report.Place, texts *texts) *gosarif.Location {
	loc := gosarif.NewPhysicalLocation().WithArtifactLocation(artifact(p.File))
	if p.Line > 0 {
		t := texts.of(p.File)
		loc.WithRegion(newRegion(p.Line, t.column(p.Line, p.Col), p.EndLine, t.column(p.EndLine, p.EndCol)))
	}
	return gosarif.NewLocationWithPhysicalLocation(loc)
}

// artifact names a file: relative to the tree where it lies in it.
func artifact(file string) *gosarif.ArtifactLocation {
	if filepath.IsAbs(file) || strings.HasPrefix(file, "/") {
		return gosarif.NewSimpleArtifactLocation(fileURI(file))
	}
	return gosarif.NewSimpleArtifactLocation((&url.URL{Path: file}).String()).WithUriBaseId(srcRoot)
}

func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
