// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// ErrorEntries returns the edits that add errors to a contract that ReadFile
// returned: the entries with the next free indices, and the stated count if
// there is one that is a number. All errors that a contract lacks must be
// added with one call, since each changes the count. It fails if the contract
// has no place for them.
func ErrorEntries(a *specmodel.API, entries ...specmodel.ErrorEntry) ([]specmodel.Edit, error) {
	at := a.Insert
	if at.Prefix == "" {
		return nil, fmt.Errorf("%s: the contract of %s has no place for another error", a.Pos, a.Name)
	}
	var b strings.Builder
	for i, e := range entries {
		text := strings.Join(strings.Fields(e.Text), " ")
		if text == "" {
			text = e.Name
		}
		fmt.Fprintf(&b, "%sKAPI_ERROR(%d, -%s, %s, %s,\n%s\t   %s)\n", at.Prefix, at.Index+i, e.Name, quote(e.Name), quote(text), at.Prefix, quote(text))
	}
	edits := []specmodel.Edit{{File: at.Pos.File, Offset: at.Pos.Offset, EndOffset: at.Pos.Offset, New: b.String()}}
	if count, err := strconv.Atoi(strings.TrimSpace(at.Count.Text)); err == nil {
		pos := at.Count.Pos
		edits = append(edits, specmodel.Edit{File: pos.File, Offset: pos.Offset, EndOffset: pos.EndOffset, New: strconv.Itoa(max(count, at.Index) + len(entries))})
	}
	return edits, nil
}

// ErrorEntry is ErrorEntries for one error.
func ErrorEntry(a *specmodel.API, name, text string) ([]specmodel.Edit, error) {
	return ErrorEntries(a, specmodel.ErrorEntry{Name: name, Text: text})
}

// quote writes text as a C string literal.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
