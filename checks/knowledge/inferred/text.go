// SPDX-License-Identifier: GPL-2.0-only

package inferred

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/cparse/flow/dom"
)

// Condition says in C's terms when o happens; "" for always.
func (c *Contract) Condition(o *flow.Outcome) string {
	var parts []string
	for _, f := range c.told(o) {
		parts = append(parts, factText(f, c.Summary))
	}
	return strings.Join(parts, " && ")
}

// telling reports whether a fact tells more than that the parameter's value is
// not one that is always refused.
func (c *Contract) telling(f flow.Fact) bool {
	if f.Term.Kind != flow.Param || int(f.Term.Val) >= len(c.Params) {
		return true
	}
	return !c.Params[f.Term.Val].Accept.Subset(f.Set)
}

func factText(f flow.Fact, s *flow.Summary) string {
	text := f.Term.Format(s.Params)
	v, single := f.Set.Single()
	isBool := f.Term.Kind == flow.Binary && (f.Term.Op == cfg.OpEq || f.Term.Op == cfg.OpLt) ||
		f.Term.Kind == flow.Unary && f.Term.Op == cfg.OpNot
	signed, pointer := paramType(f.Term, s)
	zero := "0"
	if pointer {
		zero = "NULL"
	}
	switch {
	case isBool && single && v == 0:
		return "!(" + text + ")"
	case isBool && single:
		return text
	case single && v == 0:
		return text + " == " + zero
	case f.Set.Equal(dom.Full(f.Set.Width()).Without(0)):
		return text + " != " + zero
	}
	return setText(text, f.Set, signed)
}

// setText says that what text names is in set.
func setText(text string, set dom.Set, signed bool) string {
	if _, single := set.Single(); single {
		return text + " == " + set.String(signed)
	}
	if g, ok := set.Complement().Single(); ok {
		return text + " != " + dom.Const(set.Width(), g).String(signed)
	}
	rs := set.Ranges(signed)
	oneRange := len(rs) == 1 && exactRanges(set, rs)
	if list := listed(set, signed); list != "" {
		return text + " is " + list
	}
	if t, ok := bitsText(text, set); ok && !oneRange {
		return t
	}
	if t, ok := bitsText(text, set.Complement()); ok && !oneRange {
		if strings.HasPrefix(t, "!(") && !strings.Contains(t, " && ") {
			return t[len("!(") : len(t)-1] // not not
		}
		return "!(" + t + ")"
	}
	if low, ok := set.Low(32); ok {
		return setText("(u32)"+text, low, false)
	}
	if list := listed(set.Complement(), signed); list != "" && !oneRange {
		return text + " is not " + list
	}
	if oneRange {
		least, most := bounds(set.Width(), signed)
		switch {
		case rs[0].Lo == least:
			return text + " <= " + dom.Const(set.Width(), rs[0].Hi).String(signed)
		case rs[0].Hi == most:
			return text + " >= " + dom.Const(set.Width(), rs[0].Lo).String(signed)
		}
	}
	return text + " is " + set.String(signed)
}

// listed names the values of a small set, "" for others.
func listed(set dom.Set, signed bool) string {
	vals, ok := set.Values(8)
	if !ok || len(vals) < 2 {
		return ""
	}
	if signed {
		slices.SortFunc(vals, func(a, b uint64) int {
			return cmp.Compare(flow.SignExtend(a, set.Width()), flow.SignExtend(b, set.Width()))
		})
	}
	var names []string
	for _, v := range vals {
		names = append(names, dom.Const(set.Width(), v).String(signed))
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// exactRanges reports whether the ranges are set, no more and no less. One of
// signed numbers that begins below zero ends at a smaller bit pattern, or does not.
func exactRanges(set dom.Set, ranges []dom.Range) bool {
	w := set.Width()
	all := dom.Empty(w)
	for _, r := range ranges {
		if r.Lo > r.Hi {
			all = all.Union(dom.SRange(w, flow.SignExtend(r.Lo, w), flow.SignExtend(r.Hi, w)))
			continue
		}
		all = all.Union(dom.URange(w, r.Lo, r.Hi))
	}
	return all.Equal(set)
}

// bitsText says in C that a value is in set, where set is every combination of
// some bits with others fixed.
func bitsText(text string, set dom.Set) (string, bool) {
	zeros, ones := set.KnownBits()
	if zeros|ones == 0 || !set.Equal(dom.Bits(set.Width(), zeros, ones)) {
		return "", false
	}
	if strings.ContainsRune(text, ' ') {
		text = "(" + text + ")"
	}
	if low := zeros | ones; ones != 0 && low&(low+1) == 0 && low != 0 {
		return fmt.Sprintf("(%s & %#x) == %d", text, low, ones), true
	}
	var parts []string
	switch bits.OnesCount64(ones) {
	case 0:
	case 1:
		parts = append(parts, fmt.Sprintf("%s & %#x", text, ones))
	default:
		parts = append(parts, fmt.Sprintf("(%s & %#x) == %#x", text, ones, ones))
	}
	free := ^zeros & (^uint64(0) >> (64 - set.Width()))
	switch {
	case zeros == 0:
	case bits.OnesCount64(free) < bits.OnesCount64(zeros):
		parts = append(parts, fmt.Sprintf("!(%s & ~%#x)", text, free))
	default:
		parts = append(parts, fmt.Sprintf("!(%s & %#x)", text, zeros))
	}
	return strings.Join(parts, " && "), true
}

// bounds returns the patterns of the least and the greatest number of a type.
func bounds(w int, signed bool) (least, most uint64) {
	most = ^uint64(0) >> (64 - w)
	if signed {
		return most>>1 + 1, most >> 1
	}
	return 0, most
}

// paramType tells whether the term reads as signed, and whether as a pointer.
func paramType(t *flow.Term, s *flow.Summary) (signed, pointer bool) {
	switch t.Kind {
	case flow.Param:
		if int(t.Val) < len(s.Types) {
			k := s.Types[t.Val]
			return k.Signed, k.Kind == cfg.Pointer
		}
	case flow.Cast:
		return t.Signed, false
	}
	return true, false
}

// Conditions says when an error happens, "" when always or when that is hard to
// say.
func (c *Contract) Conditions(e *Error) string {
	if f, ok := c.oneFact(e); ok {
		if !c.telling(f) {
			return ""
		}
		return factText(f, c.Summary)
	}
	var conds []string
	for i, o := range e.Outcomes {
		cond := c.Condition(o)
		if cond == "" {
			return ""
		}
		if c.covered(e, i) {
			continue
		}
		if !slices.Contains(conds, cond) {
			conds = append(conds, cond)
		}
	}
	if len(conds) > maxConditions {
		return ""
	}
	return strings.Join(conds, ", or ")
}

// told returns the facts of an outcome's guard that a reader is shown.
func (c *Contract) told(o *flow.Outcome) []flow.Fact {
	var out []flow.Fact
	for _, f := range o.Guard {
		if f.Term.Size() <= maxTold && c.telling(f) {
			out = append(out, f)
		}
	}
	return out
}

// covered reports whether another outcome of e has a weaker condition than
// outcome i.
func (c *Contract) covered(e *Error, i int) bool {
	mine := c.told(e.Outcomes[i])
	for j, o := range e.Outcomes {
		theirs := c.told(o)
		if j == i || len(theirs) >= len(mine) {
			continue
		}
		weaker := true
		for _, f := range theirs {
			k := slices.IndexFunc(mine, func(g flow.Fact) bool { return g.Term == f.Term })
			weaker = weaker && k >= 0 && mine[k].Set.Subset(f.Set)
		}
		if weaker {
			return true
		}
	}
	return false
}

// oneFact returns the one fact that all ways to an error together come down to,
// when each has a condition on the same parameter and no other.
func (c *Contract) oneFact(e *Error) (flow.Fact, bool) {
	var all flow.Fact
	for i, o := range e.Outcomes {
		told := c.told(o)
		if len(told) != 1 || told[0].Term.Kind != flow.Param {
			return all, false
		}
		switch f := told[0]; {
		case i == 0:
			all = f
		case all.Term.Val != f.Term.Val:
			return all, false
		default:
			all.Set = all.Set.Union(f.Set)
		}
	}
	return all, len(e.Outcomes) > 0
}

// OpenText says in words what is unknown.
func OpenText(o flow.Open) string {
	switch o.Kind {
	case flow.OpenPointer:
		if o.Name == "" {
			return "whatever a call through a pointer returns"
		}
		return "whatever " + article(o.Name) + o.Name + " implementation returns"
	case flow.OpenBudget:
		return o.Name + " is too large to analyse"
	case flow.OpenBody:
		return "whatever " + o.Name + " returns (its body cannot be expressed)"
	case flow.OpenMemory:
		if o.Name == "" {
			return "an error that is computed or was kept in memory"
		}
		return "whatever " + o.Name + " holds"
	}
	return "whatever " + o.Name + " returns (its body is not known)"
}

func article(s string) string {
	if strings.ContainsRune("aeiouAEIOU", rune(s[0])) || strings.HasPrefix(s, "lsm_") {
		return "an "
	}
	return "a "
}
