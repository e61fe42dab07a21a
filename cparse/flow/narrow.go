// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// refine narrows s to where t is in set. It reports false when there is no
// such state; s is then of no further use.
func (s *state) refine(t *Term, set dom.Set, at cfg.Site) bool {
	return s.narrow(t, set, at, 0)
}

func (s *state) narrow(t *Term, set dom.Set, at cfg.Site, depth int) bool {
	old := s.eval(t)
	set = old.Intersect(set)
	switch {
	case set.IsEmpty():
		return false
	case set.Equal(old) && t.Kind != choice, depth > maxTermSize:
		return true
	}
	if t.size <= maxFactSize && t.Kind != Const {
		s.facts[t] = narrowed{set, at}
		s.memo = nil
	}
	if leaf := t.leaf; leaf != nil && leaf != t && leaf.Kind != choice {
		if vals, ok := s.eval(leaf).Values(maxPoints); ok {
			return s.narrowPoints(t, set, vals, at)
		}
	}
	switch t.Kind {
	case choice:
		return s.narrowChoice(t, set, at, depth)
	case Cast:
		x := s.eval(t.X)
		switch {
		case t.Width < t.X.Width:
			x = dom.InvTrunc(x, set)
		case t.Signed:
			x = dom.InvSext(x, set)
		default:
			x = dom.InvZext(x, set)
		}
		return s.narrow(t.X, x, at, depth+1) && s.recheck(t)
	case Unary:
		return s.narrowUnary(t, set, at, depth) && s.recheck(t)
	case Binary:
		return s.narrowBinary(t, set, at, depth) && s.recheck(t)
	}
	return s.recheck(t)
}

// narrowPoints keeps those of the values of t's leaf for which t is in set.
func (s *state) narrowPoints(t *Term, set dom.Set, vals []uint64, at cfg.Site) bool {
	leaf := t.leaf
	keep := vals[:0:0]
	for _, v := range vals {
		if r, ok := point(t, leaf, v); !ok || set.Contains(r) {
			keep = append(keep, v)
		}
	}
	if len(keep) == 0 {
		return false
	}
	if len(keep) < len(vals) {
		s.facts[leaf] = narrowed{dom.Of(leaf.Width, keep...), at}
		s.memo = nil
	}
	return s.recheck(leaf)
}

// recheck applies the facts about compound terms again after their leaf was
// narrowed: once few values are left, each is tried against every fact.
func (s *state) recheck(t *Term) bool {
	leaf := t.leaf
	if leaf == nil || leaf.Kind == choice {
		return true
	}
	var related []*Term
	for f := range s.facts {
		if f != leaf && f.leaf == leaf {
			related = append(related, f)
		}
	}
	if len(related) == 0 {
		return true
	}
	slices.SortFunc(related, func(a, b *Term) int { return a.id - b.id })
	vals, ok := s.eval(leaf).Values(maxPoints)
	if !ok {
		for _, f := range related {
			if s.eval(f).IsEmpty() {
				return false
			}
		}
		return true
	}
	keep := vals[:0:0]
next:
	for _, v := range vals {
		for _, f := range related {
			if r, ok := point(f, leaf, v); ok && !s.facts[f].set.Contains(r) {
				continue next
			}
		}
		keep = append(keep, v)
	}
	if len(keep) == 0 {
		return false
	}
	if len(keep) < len(vals) {
		at := s.facts[leaf].at
		if !at.IsValid() {
			at = s.facts[related[len(related)-1]].at
		}
		s.facts[leaf] = narrowed{dom.Of(leaf.Width, keep...), at}
		s.memo = nil
	}
	return true
}

func (s *state) narrowUnary(t *Term, set dom.Set, at cfg.Site, depth int) bool {
	switch t.Op {
	case cfg.OpNeg:
		return s.narrow(t.X, set.Neg(), at, depth+1)
	case cfg.OpCompl:
		return s.narrow(t.X, set.Not(), at, depth+1)
	case cfg.OpNot:
		switch v, ok := set.Single(); {
		case !ok:
			return true
		case v == 0:
			return s.narrow(t.X, s.eval(t.X).Without(0), at, depth+1)
		}
		return s.narrow(t.X, dom.Const(t.X.Width, 0), at, depth+1)
	}
	return true
}

func (s *state) narrowBinary(t *Term, set dom.Set, at cfg.Site, depth int) bool {
	x, y := s.eval(t.X), s.eval(t.Y)
	if t.Op == cfg.OpEq || t.Op == cfg.OpLt {
		v, ok := set.Single()
		if !ok {
			return true
		}
		op := compare(t)
		if v == 0 {
			op = opposite(t)
		}
		if t.many {
			// What a parameter was compared with may have bounds of its own
			// that are not known, as a resource limit has.
			s.passed |= paramsOf(s, t)
		}
		a, b := dom.RefineCmp(op, x, y)
		return s.narrow(t.X, a, at, depth+1) && s.narrow(t.Y, b, at, depth+1)
	}
	c, ok := y.Single()
	if !ok {
		return true
	}
	switch t.Op {
	case cfg.OpAdd:
		x = dom.InvAdd(x, c, set)
	case cfg.OpSub:
		x = dom.InvSub(x, c, set)
	case cfg.OpXor:
		x = dom.InvXor(x, c, set)
	case cfg.OpAnd:
		x = dom.RefineAndMask(x, c, set)
	case cfg.OpOr:
		x = dom.RefineOr(x, c, set)
	case cfg.OpMul:
		x = dom.InvMulConst(x, c, set)
	case cfg.OpShl:
		x = dom.InvShl(x, int(min(c, 64)), set)
	case cfg.OpShr:
		if t.Signed {
			x = dom.InvAShr(x, int(min(c, 64)), set)
		} else {
			x = dom.InvLShr(x, int(min(c, 64)), set)
		}
	case cfg.OpDiv:
		if t.Signed {
			x = dom.InvSDiv(x, c, set)
		} else {
			x = dom.InvUDiv(x, c, set)
		}
	case cfg.OpRem:
		if t.Signed {
			x = dom.InvSRem(x, c, set)
		} else {
			x = dom.InvURem(x, c, set)
		}
	default:
		return true
	}
	return s.narrow(t.X, x, at, depth+1)
}

func (s *state) narrowChoice(t *Term, set dom.Set, at cfg.Site, depth int) bool {
	live := s.alts(t)
	var left altSet
	n, last := 0, 0
	for i, a := range t.alts {
		if live.has(i) && !s.eval(a.term).Intersect(set).IsEmpty() && s.possible(a.facts) {
			left.add(i)
			n, last = n+1, i
		}
	}
	if n == 0 {
		return false
	}
	s.live[t] = left
	s.memo = nil
	if n == 1 {
		a := t.alts[last]
		return s.narrow(a.term, set, at, depth+1) && s.assume(a.facts, depth+1)
	}
	return s.assume(s.common(t, left), depth+1)
}

// possible reports whether each of the facts can hold in s.
func (s *state) possible(facts []Fact) bool {
	for _, f := range facts {
		if s.eval(f.Term).Intersect(f.Set).IsEmpty() {
			return false
		}
	}
	return true
}

func (s *state) assume(facts []Fact, depth int) bool {
	for _, f := range facts {
		if !s.narrow(f.Term, f.Set, f.At, depth) {
			return false
		}
	}
	return true
}

// common returns what all the alternatives left of t imply.
func (s *state) common(t *Term, left altSet) []Fact {
	var out []Fact
	first := true
	for i, a := range t.alts {
		if !left.has(i) {
			continue
		}
		if first {
			out, first = a.facts, false
		} else {
			out = joinGuards(out, a.facts)
		}
		if len(out) == 0 {
			return nil
		}
	}
	return out
}
