// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Rule is the name users see and suppress: the check, and the category after a
// slash where the finding has one.
func (f *Finding) Rule() string {
	if f.Category == "" {
		return f.Check
	}
	return f.Check + "/" + f.Category
}

func (p Place) compare(q Place) int {
	return cmp.Or(
		cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col),
		cmp.Compare(p.EndLine, q.EndLine), cmp.Compare(p.EndCol, q.EndCol),
		cmp.Compare(p.Offset, q.Offset), cmp.Compare(p.EndOffset, q.EndOffset))
}

func (n Note) compare(m Note) int {
	return cmp.Or(n.Place.compare(m.Place), cmp.Compare(n.Message, m.Message), cmp.Compare(n.Depth, m.Depth))
}

func (e Edit) compare(g Edit) int {
	return cmp.Or(cmp.Compare(e.File, g.File), cmp.Compare(e.Offset, g.Offset),
		cmp.Compare(e.EndOffset, g.EndOffset), cmp.Compare(e.New, g.New))
}

func (f Fix) compare(g Fix) int {
	return cmp.Or(cmp.Compare(f.Message, g.Message), slices.CompareFunc(f.Edits, g.Edits, Edit.compare))
}

// same orders findings by everything that makes them say the same thing.
func (f *Finding) same(g *Finding) int {
	return cmp.Or(
		f.Place.compare(g.Place), cmp.Compare(f.Check, g.Check), cmp.Compare(f.Category, g.Category),
		cmp.Compare(f.Symbol, g.Symbol), cmp.Compare(f.Key, g.Key), cmp.Compare(f.Message, g.Message))
}

// Compare is a total order of findings: by file and position, then by rule,
// symbol and text. It returns 0 only for findings that are equal throughout.
func Compare(f, g *Finding) int {
	return cmp.Or(
		f.same(g), cmp.Compare(f.Severity.rank(), g.Severity.rank()),
		slices.CompareFunc(f.Notes, g.Notes, Note.compare), slices.CompareFunc(f.Fixes, g.Fixes, Fix.compare))
}

// rank orders severities, strongest first.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Sort puts findings in their total order and drops repetitions: the same
// thing said at the same place, as happens when two units include one file.
// Of several that differ in evidence only, the one with the shortest walk
// stays. The result shares fs's array.
func Sort(fs []Finding) []Finding {
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(a.same(&b), cmp.Compare(len(a.Notes), len(b.Notes)), Compare(&a, &b))
	})
	return slices.CompactFunc(fs, func(a, b Finding) bool { return a.same(&b) == 0 })
}

// Fingerprints returns one identity per finding that survives edits elsewhere
// in the file: a hash of rule, symbol, key and file, without line numbers, and
// a counter that tells apart findings equal in all of these. The counter
// follows the order of fs, so fs should be sorted.
func Fingerprints(fs []Finding) []string {
	seen := map[string]int{}
	out := make([]string, len(fs))
	for i := range fs {
		f := &fs[i]
		h := sha256.New()
		for _, part := range []string{f.Rule(), f.Symbol, f.Key, f.Place.File} {
			h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
		}
		base := hex.EncodeToString(h.Sum(nil)[:16])
		seen[base]++
		out[i] = base + ":" + strconv.Itoa(seen[base])
	}
	return out
}

// SortUnits orders units by path and merges entries about one path: the worse
// state stays, the reasons are united.
func SortUnits(us []Unit) []Unit {
	slices.SortStableFunc(us, func(a, b Unit) int { return strings.Compare(a.Path, b.Path) })
	var out []Unit
	for _, u := range us {
		if n := len(out); n == 0 || out[n-1].Path != u.Path {
			u.Reasons = slices.Clone(u.Reasons)
			out = append(out, u)
			continue
		}
		last := &out[len(out)-1]
		if u.State.rank() > last.State.rank() {
			last.State = u.State
		}
		last.Reasons = append(last.Reasons, u.Reasons...)
	}
	for i := range out {
		rs := out[i].Reasons
		slices.SortFunc(rs, Problem.compare)
		out[i].Reasons = slices.CompactFunc(rs, func(a, b Problem) bool { return reflect.DeepEqual(a, b) })
	}
	return out
}

func (p Problem) compare(q Problem) int {
	return cmp.Or(p.Place.compare(q.Place), cmp.Compare(p.Item, q.Item), cmp.Compare(p.Message, q.Message), cmp.Compare(p.Header, q.Header))
}

// rank orders states, best first.
func (s UnitState) rank() int {
	switch s {
	case Typed:
		return 0
	case Partial:
		return 1
	}
	return 2
}

// Counts sums up a [Result].
type Counts struct {
	Errors, Warnings, Infos int // findings by severity
	Typed, Partial, Failed  int // units by state
	LeftOut                 int // items that partial units do without
}

// Findings is the number of findings of any severity.
func (c Counts) Findings() int { return c.Errors + c.Warnings + c.Infos }

// Units is the number of units in any state.
func (c Counts) Units() int { return c.Typed + c.Partial + c.Failed }

// Count sums r up.
func (r *Result) Count() Counts {
	var c Counts
	for i := range r.Findings {
		switch r.Findings[i].Severity {
		case Error:
			c.Errors++
		case Warning:
			c.Warnings++
		default:
			c.Infos++
		}
	}
	for _, u := range r.Units {
		switch u.State {
		case Typed:
			c.Typed++
		case Partial:
			c.Partial++
			c.LeftOut += len(u.Reasons)
		default:
			c.Failed++
		}
	}
	return c
}

// Complete reports whether every unit could be analysed whole.
func (r *Result) Complete() bool {
	return !slices.ContainsFunc(r.Units, func(u Unit) bool { return u.State != Typed })
}
