// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"encoding/binary"
	"maps"
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// alt is one alternative of a choice: the choice has the value of term where
// the facts hold.
type alt struct {
	term  *Term
	facts []Fact
	trace []Step // the calls that lead to where the value was made
}

// maxAlts bounds the alternatives of a choice.
const maxAlts = 192

// altSet is a set of alternatives.
type altSet [maxAlts / 64]uint64

func allAlts(n int) (s altSet) {
	for i := range n {
		s.add(i)
	}
	return s
}

func (s *altSet) add(i int)     { s[i/64] |= 1 << (i % 64) }
func (s altSet) has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }

func (s altSet) union(t altSet) altSet {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

// narrowed is what the branches taken have left of a term's values.
type narrowed struct {
	set dom.Set
	at  cfg.Site // the last test that narrowed it
}

// cell is a scalar in memory.
type cell struct {
	size int64
	term *Term
	zero bool // a run of zeros, of any size
	copy bool // a run of bytes as they were at address term when the function began

	signed bool   // how it was stored
	name   string // "struct.member", or ""
}

// varMem is what a state knows of a local variable that lives in memory. A byte
// outside all cells is zero when zero is set; is a copy of the byte at base,
// when base is not nil; and unknown otherwise, of version ver.
type varMem struct {
	zero  bool
	base  *Term
	ver   uint64
	cells map[int64]cell
}

func (m *varMem) clone() *varMem {
	n := *m
	n.cells = maps.Clone(m.cells)
	return &n
}

type heapKey struct {
	addr *Term
	size int64
}

// state is what is known at a point of a body, on some of the ways there.
type state struct {
	vars    []*Term // scalar locals; nil: not set, or dead
	mem     map[int]*varMem
	heap    map[heapKey]*Term // stores since ver began
	ver     uint64            // version of memory that is not a local variable; 0: as on entry
	facts   map[*Term]narrowed
	live    map[*Term]altSet // what is left of choices
	escaped map[int]bool     // memory variables whose address others know
	passed  uint64           // parameters that reached something unknown

	memo map[*Term]dom.Set
}

func (s *state) clone() *state {
	n := &state{
		vars: slices.Clone(s.vars), mem: make(map[int]*varMem, len(s.mem)), heap: maps.Clone(s.heap), ver: s.ver,
		facts: maps.Clone(s.facts), live: maps.Clone(s.live), escaped: maps.Clone(s.escaped), passed: s.passed,
	}
	for v, m := range s.mem {
		n.mem[v] = m.clone()
	}
	return n
}

func (s *state) alts(c *Term) altSet {
	if l, ok := s.live[c]; ok {
		return l
	}
	return allAlts(len(c.alts))
}

// eval returns the values t can have in s.
func (s *state) eval(t *Term) dom.Set {
	switch t.Kind {
	case Const:
		return dom.Const(t.Width, t.Val)
	case Global, Fn, Str, Local:
		return validPointer
	}
	if v, ok := s.memo[t]; ok {
		return v
	}
	v := s.compute(t)
	if f, ok := s.facts[t]; ok {
		v = v.Intersect(f.set)
	}
	if s.memo == nil {
		s.memo = map[*Term]dom.Set{}
	}
	s.memo[t] = v
	return v
}

func (s *state) compute(t *Term) dom.Set {
	switch t.Kind {
	case Opaque:
		return t.Set
	case Load:
		if t.Set.Width() == t.Width {
			return t.Set
		}
	case choice:
		set := dom.Empty(t.Width)
		live := s.alts(t)
		for i, a := range t.alts {
			if live.has(i) {
				set = set.Union(s.eval(a.term))
			}
		}
		return set
	case Cast:
		x := s.eval(t.X)
		switch {
		case t.Width < t.X.Width:
			return x.Trunc(t.Width)
		case t.Signed:
			return x.Sext(t.Width)
		}
		return x.Zext(t.Width)
	case Unary:
		x := s.eval(t.X)
		switch t.Op {
		case cfg.OpNeg:
			return x.Neg()
		case cfg.OpCompl:
			return x.Not()
		case cfg.OpNot:
			return truth(x, t.Width, true)
		}
	case Binary:
		return s.computeBinary(t)
	}
	return dom.Full(t.Width)
}

// truth returns the values of !x, or of !!x when not is false.
func truth(x dom.Set, w int, not bool) dom.Set {
	set := dom.Empty(w)
	zero, one := uint64(0), uint64(1)
	if not {
		zero, one = one, zero
	}
	if x.Contains(0) {
		set = set.Union(dom.Const(w, zero))
	}
	if v, ok := x.Single(); !x.IsEmpty() && (!ok || v != 0) {
		set = set.Union(dom.Const(w, one))
	}
	return set
}

// maxPoints bounds the values of a leaf that are tried one by one.
const maxPoints = 256

func (s *state) computeBinary(t *Term) dom.Set {
	x, y := s.eval(t.X), s.eval(t.Y)
	if t.leaf != nil && t.leaf.Kind != choice && t.Y.Kind != Const {
		if vals, ok := s.eval(t.leaf).Values(maxPoints); ok {
			out := dom.Empty(t.Width)
			for _, v := range vals {
				r, ok := point(t, t.leaf, v)
				if !ok {
					return dom.Full(t.Width)
				}
				out = out.Union(dom.Const(t.Width, r))
			}
			return out
		}
	}
	switch t.Op {
	case cfg.OpAdd:
		return x.Add(y)
	case cfg.OpSub:
		return x.Sub(y)
	case cfg.OpMul:
		return x.Mul(y)
	case cfg.OpDiv:
		if t.Signed {
			return x.SDiv(y)
		}
		return x.UDiv(y)
	case cfg.OpRem:
		if t.Signed {
			return x.SRem(y)
		}
		return x.URem(y)
	case cfg.OpAnd:
		return x.And(y)
	case cfg.OpOr:
		return x.Or(y)
	case cfg.OpXor:
		return x.Xor(y)
	case cfg.OpShl:
		return x.Shl(fit(y, t.Width))
	case cfg.OpShr:
		if t.Signed {
			return x.AShr(fit(y, t.Width))
		}
		return x.LShr(fit(y, t.Width))
	case cfg.OpEq, cfg.OpLt:
		truth := dom.Compare(compare(t), x, y)
		out := dom.Empty(t.Width)
		if truth.CanBeTrue() {
			out = out.Union(dom.Const(t.Width, 1))
		}
		if truth.CanBeFalse() {
			out = out.Union(dom.Const(t.Width, 0))
		}
		return out
	}
	return dom.Full(t.Width)
}

// fit converts a shift count to w bits.
func fit(y dom.Set, w int) dom.Set {
	switch {
	case y.Width() < w:
		return y.Zext(w)
	case y.Width() > w:
		return y.Trunc(w)
	}
	return y
}

func compare(t *Term) dom.Cmp {
	switch {
	case t.Op == cfg.OpEq:
		return dom.EQ
	case t.Signed:
		return dom.SLT
	}
	return dom.ULT
}

func opposite(t *Term) dom.Cmp {
	switch {
	case t.Op == cfg.OpEq:
		return dom.NE
	case t.Signed:
		return dom.SGE
	}
	return dom.UGE
}

// point returns the value of t where leaf, its only unknown, is v.
func point(t, leaf *Term, v uint64) (uint64, bool) {
	if t == leaf {
		return v, true
	}
	switch t.Kind {
	case Const:
		return t.Val, true
	case Cast:
		x, ok := point(t.X, leaf, v)
		if t.Signed {
			x = uint64(SignExtend(x, t.X.Width))
		}
		return x & mask(t.Width), ok
	case Unary:
		x, ok := point(t.X, leaf, v)
		if !ok {
			return 0, false
		}
		return fold(t.Op, false, t.Width, x, 0, t.X.Width)
	case Binary:
		x, ok := point(t.X, leaf, v)
		y, ok2 := point(t.Y, leaf, v)
		if !ok || !ok2 {
			return 0, false
		}
		return fold(t.Op, t.Signed, t.Width, x, y, t.X.Width)
	}
	return 0, false
}

// maxFactSize bounds the size of compound terms that facts are kept about.
const maxFactSize = 14

// key returns a string equal for two states that differ in facts only. live
// tells which variables are still needed.
func (s *state) key(live []uint64) string {
	b := make([]byte, 0, 128)
	num := func(n uint64) { b = binary.AppendUvarint(b, n) }
	for v, t := range s.vars {
		if t != nil && isLive(live, v) {
			num(uint64(v))
			num(uint64(t.id))
			b = s.appendLeft(b, t)
		}
	}
	num(0)
	for _, v := range slices.Sorted(maps.Keys(s.mem)) {
		m := s.mem[v]
		num(uint64(v))
		num(m.ver)
		num(uint64(id(m.base)))
		if m.zero {
			num(1)
		}
		for _, off := range slices.Sorted(maps.Keys(m.cells)) {
			num(uint64(off))
			num(uint64(m.cells[off].size))
			num(uint64(m.cells[off].term.id))
			if m.cells[off].copy {
				num(1)
			}
		}
	}
	num(s.ver)
	for _, k := range slices.SortedFunc(maps.Keys(s.heap), func(a, b heapKey) int { return a.addr.id - b.addr.id }) {
		num(uint64(k.addr.id))
		num(uint64(k.size))
		num(uint64(s.heap[k].id))
	}
	for _, v := range slices.Sorted(maps.Keys(s.escaped)) {
		num(uint64(v))
	}
	return string(b)
}

// appendLeft adds which alternatives are left of a choice that t is, or is a
// conversion of: an error and a success must not be merged for being the same
// call's result.
func (s *state) appendLeft(b []byte, t *Term) []byte {
	for t.Kind == Cast {
		t = t.X
	}
	if l, ok := s.live[t]; ok {
		for _, w := range l {
			b = binary.AppendUvarint(b, w)
		}
	}
	return b
}

func isLive(live []uint64, v int) bool {
	return live == nil || v/64 < len(live) && live[v/64]>>(v%64)&1 != 0
}

// absorb widens s, which has the same key, to cover t as well.
func (s *state) absorb(t *state) {
	facts := make(map[*Term]narrowed, len(s.facts))
	for term, f := range s.facts {
		other := t.eval(term)
		if u := f.set.Union(other); tells(term, u) {
			facts[term] = narrowed{u, f.at}
		}
	}
	for term, f := range t.facts {
		if _, ok := s.facts[term]; ok {
			continue
		}
		if u := f.set.Union(s.eval(term)); tells(term, u) {
			facts[term] = narrowed{u, f.at}
		}
	}
	live := make(map[*Term]altSet, len(s.live))
	for c, l := range s.live {
		if o, ok := t.live[c]; ok {
			live[c] = l.union(o)
		}
	}
	s.facts, s.live, s.memo = facts, live, nil
	s.passed |= t.passed
}

// tells reports whether it says anything that t is in set: whether t could be
// outside by itself.
func tells(t *Term, set dom.Set) bool {
	switch t.Kind {
	case Unary, Binary, Cast, Load:
		return !new(state).eval(t).Subset(set)
	}
	return !set.IsFull()
}

// within reports whether s, which has the same key, adds nothing to t.
func (s *state) within(t *state) bool {
	if s.passed&^t.passed != 0 {
		return false
	}
	for term, f := range t.facts {
		if !s.eval(term).Subset(f.set) {
			return false
		}
	}
	for c, l := range t.live {
		if s.alts(c).union(l) != l {
			return false
		}
	}
	return true
}
