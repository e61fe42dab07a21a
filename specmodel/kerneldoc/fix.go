// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// insert finds where another error goes: after the last error, else after
// the parameters and the return block, else at the end.
func (r *reader) insert(list []section) {
	best := -1
	for i := range list {
		if s := &list[i]; !s.at && (s.name == "error" || s.name == "error-code") {
			best = i
		}
	}
	if best < 0 {
		for i := range list {
			if s := &list[i]; s.at || s.name == "param" || s.name == "return" || strings.HasPrefix(s.name, "param-") || strings.HasPrefix(s.name, "return-") {
				best = i
			}
		}
	}
	if best < 0 {
		return
	}
	s := &list[best]
	last := s.line
	for _, l := range s.lines {
		if !l.blank() && l.indent > 0 {
			last = l
		}
	}
	prefix := string(r.src[s.line.start:s.line.off])
	if !strings.Contains(prefix, "*") {
		prefix = " * "
	}
	end := last.off + len(last.text)
	for end < len(r.src) && r.src[end] != '\n' {
		end++
	}
	if end >= r.c.end {
		end = s.line.start // the closing stands on the last line: insert before the section
	} else {
		end++
	}
	r.api.Insert = specmodel.Insert{Pos: r.lines.Pos(end, end), Prefix: prefix, Spaced: r.spaced(list, best)}
}

// spaced reports whether blocks are set apart by empty lines.
func (r *reader) spaced(list []section, i int) bool {
	if list[i].at || i == 0 {
		return true
	}
	before := list[i-1].line
	if n := len(list[i-1].lines); n > 0 {
		before = list[i-1].lines[n-1]
	}
	return before.blank()
}

// ErrorEntries returns the edits that add errors to a contract that ReadFile
// returned, in the notation of the contract. It fails if the comment has no
// place for them.
func ErrorEntries(a *specmodel.API, entries ...specmodel.ErrorEntry) ([]specmodel.Edit, error) {
	at := a.Insert
	if at.Prefix == "" {
		return nil, fmt.Errorf("%s: the contract of %s has no place for another error", a.Pos, a.Name)
	}
	var b strings.Builder
	for _, e := range entries {
		text := strings.ReplaceAll(strings.Join(strings.Fields(e.Text), " "), "*/", "* /")
		if text == "" {
			text = e.Name
		}
		if at.Spaced {
			b.WriteString(strings.TrimRight(at.Prefix, " \t") + "\n")
		}
		if a.Notation == specmodel.NotationDocA {
			fmt.Fprintf(&b, "%serror-code: -%s, %s, %s\n", at.Prefix, e.Name, e.Name, text)
			continue
		}
		fmt.Fprintf(&b, "%serror: %s, %s\n", at.Prefix, e.Name, text)
	}
	return []specmodel.Edit{{File: at.Pos.File, Offset: at.Pos.Offset, EndOffset: at.Pos.Offset, New: b.String()}}, nil
}

// ErrorEntry is ErrorEntries for one error.
func ErrorEntry(a *specmodel.API, name, text string) ([]specmodel.Edit, error) {
	return ErrorEntries(a, specmodel.ErrorEntry{Name: name, Text: text})
}
