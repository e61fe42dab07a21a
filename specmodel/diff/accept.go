// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"kapilint/specmodel"
)

// AcceptedSchema names the form of a file of accepted changes.
const AcceptedSchema = "kapilint.accepted/1"

// Accepted is a change that somebody has looked at and wants. It is found by
// rule, contract, element and values, never by lines.
type Accepted struct {
	Pos     specmodel.Pos `json:"-"`
	Rule    string        `json:"rule"`
	Symbol  string        `json:"symbol"`
	Element string        `json:"element,omitempty"`
	Old     string        `json:"old,omitempty"`
	New     string        `json:"new,omitempty"`
	Reason  string        `json:"reason"`
	Expires string        `json:"expires,omitempty"` // the last day it holds: 2026-12-31
}

// EntryFor is the entry that accepts a change.
func EntryFor(c *Change, reason string) Accepted {
	return Accepted{Rule: c.Rule.ID, Symbol: c.Symbol, Element: c.Element, Old: c.Old, New: c.New, Reason: reason}
}

// ReadAccepted reads a file of accepted changes. It is strict: the error names
// the line of the first entry that is not right.
func ReadAccepted(name string, src []byte) ([]Accepted, error) {
	r := &acceptedReader{name: name, src: src, dec: json.NewDecoder(bytes.NewReader(src))}
	if err := r.document(); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file ends too early")
		}
		at := r.pos(r.at)
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return r.entries, nil
}

type acceptedReader struct {
	name    string
	src     []byte
	dec     *json.Decoder
	at      int64 // where the part begins that is being read
	entries []Accepted
}

// pos is the line and column of an offset, behind the space and the comma there.
func (r *acceptedReader) pos(off int64) specmodel.Pos {
	n := min(int(off), len(r.src))
	for n < len(r.src) && strings.IndexByte(" \t\r\n,:", r.src[n]) >= 0 {
		n++
	}
	before := r.src[:n]
	line := bytes.Count(before, []byte("\n")) + 1
	col := n - bytes.LastIndexByte(before, '\n')
	return specmodel.Pos{File: r.name, Line: line, Col: col, Offset: n, EndOffset: n}
}

func (r *acceptedReader) token() (json.Token, error) {
	r.at = r.dec.InputOffset()
	return r.dec.Token()
}

func (r *acceptedReader) delim(want json.Delim, what string) error {
	t, err := r.token()
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("want %s", what)
	}
	return nil
}

func (r *acceptedReader) document() error {
	if err := r.delim('{', "an object with \"schema\" and \"accepted\""); err != nil {
		return err
	}
	schema := ""
	for r.dec.More() {
		key, err := r.token()
		if err != nil {
			return err
		}
		switch key {
		case "schema":
			r.at = r.dec.InputOffset()
			if err := r.dec.Decode(&schema); err != nil {
				return err
			}
			if schema != AcceptedSchema {
				return fmt.Errorf("the schema is %q, and only %q can be read", schema, AcceptedSchema)
			}
		case "accepted":
			if err := r.list(); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%q is not a key of this file", key)
		}
	}
	if err := r.delim('}', "the end of the object"); err != nil {
		return err
	}
	if schema == "" {
		return fmt.Errorf("the file names no schema; it must have \"schema\": %q", AcceptedSchema)
	}
	if _, err := r.token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

func (r *acceptedReader) list() error {
	if err := r.delim('[', "an array of entries"); err != nil {
		return err
	}
	for r.dec.More() {
		r.at = r.dec.InputOffset()
		var raw json.RawMessage
		if err := r.dec.Decode(&raw); err != nil {
			return err
		}
		entry := Accepted{Pos: r.pos(r.at)}
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&entry); err != nil {
			return errors.New(strings.TrimPrefix(err.Error(), "json: "))
		}
		if err := entry.check(); err != nil {
			return err
		}
		r.entries = append(r.entries, entry)
	}
	_, err := r.token()
	return err
}

func (a *Accepted) check() error {
	switch {
	case a.Rule == "" || a.Symbol == "":
		return errors.New("an entry needs a rule and a symbol")
	case RuleByID(a.Rule) == nil || RuleByID(a.Rule).Area == "accepted":
		return fmt.Errorf("there is no rule %q", a.Rule)
	case strings.TrimSpace(a.Reason) == "":
		return errors.New("an entry needs a reason")
	}
	if a.Expires != "" {
		if _, err := time.Parse(time.DateOnly, a.Expires); err != nil {
			return fmt.Errorf("%q is no date such as 2026-12-31", a.Expires)
		}
	}
	return nil
}

// over reports whether the last day of an entry has passed.
func (a *Accepted) over(now time.Time) bool {
	if a.Expires == "" {
		return false
	}
	last, err := time.Parse(time.DateOnly, a.Expires)
	return err == nil && now.Format(time.DateOnly) > last.Format(time.DateOnly)
}

func (a *Accepted) covers(c *Change) bool {
	return a.Rule == c.Rule.ID && a.Symbol == c.Symbol && a.Element == c.Element && a.Old == c.Old && a.New == c.New
}

// Accept takes the accepted changes out of a list. An entry that is over
// accepts nothing. The changes that stay are followed by one for each entry
// that is over or matches no change.
func Accept(changes []Change, entries []Accepted, now time.Time) (left []Change, accepted int) {
	type key struct{ rule, symbol string }
	byKey := map[key][]int{}
	for i := range entries {
		k := key{entries[i].Rule, entries[i].Symbol}
		byKey[k] = append(byKey[k], i)
	}
	used := make([]bool, len(entries))
	for i := range changes {
		ch, taken := &changes[i], false
		for _, k := range byKey[key{ch.Rule.ID, ch.Symbol}] {
			if e := &entries[k]; e.covers(ch) {
				used[k] = true
				taken = taken || !e.over(now)
			}
		}
		if taken {
			accepted++
		} else {
			left = append(left, *ch)
		}
	}
	for i := range entries {
		e := &entries[i]
		id, note := "", ""
		switch {
		case !used[i]:
			id, note = "accepted-entry-stale", e.Reason
		case e.over(now):
			id, note = "accepted-entry-expired", "it held until "+e.Expires
		default:
			continue
		}
		left = append(left, Change{Rule: ruleByID(id), Symbol: e.Symbol, Element: "accepted change " + e.Rule,
			Old: e.Old, New: e.New, Note: oneLine(note), OldPos: e.Pos, NewPos: e.Pos})
	}
	return left, accepted
}
