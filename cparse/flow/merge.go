// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"cmp"
	"maps"
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

type mergeKey struct{ block, slot int }

// cellKey is the key of a cell of memory variable v. The variables of the body
// come first, then one for each parameter that points to a private object.
func (x *exec) cellKey(b, v int, off int64) mergeKey {
	return mergeKey{b, len(x.f.Vars) + (len(x.f.Vars)+x.f.Params)*int(off) + v}
}

// join widens st to cover other too, though they differ in variables.
func (x *exec) join(st, other *state, b int, live []uint64) {
	mine, theirs := st.delta(other), other.delta(st)
	for v := range st.vars {
		if a, o := st.vars[v], other.vars[v]; a != o {
			st.vars[v] = x.either(a, o, mine, theirs, st, other, mergeKey{b, v})
		}
	}
	for v, m := range st.mem {
		o := other.mem[v]
		if o == nil {
			delete(st.mem, v)
			continue
		}
		x.joinMem(m, o, mine, theirs, st, other, b, v)
	}
	if st.ver != other.ver || !maps.Equal(st.heap, other.heap) {
		st.ver = x.site(mergeKey{b, -1})
		st.heap = map[heapKey]*Term{}
	}
	maps.Copy(st.escaped, other.escaped)
	st.absorb(other)
}

func (x *exec) joinMem(m, o *varMem, mine, theirs []Fact, st, other *state, b, v int) {
	x.level(st, other, v)
	x.level(other, st, v)
	if m.zero != o.zero || m.base != o.base || m.ver != o.ver {
		// What the two agree on byte by byte is kept; the rest is unknown.
		m.zero, m.base, m.ver = false, nil, x.site(mergeKey{b, v})
	}
	for off, c := range m.cells {
		oc, ok := o.cells[off]
		switch {
		case !ok || oc.size != c.size || oc.zero != c.zero || oc.copy != c.copy || c.copy && oc.term != c.term:
			delete(m.cells, off)
			m.zero, m.base, m.ver = false, nil, x.site(mergeKey{b, v})
		case oc.term != c.term:
			m.cells[off] = cell{size: c.size, signed: c.signed, name: c.name, term: x.either(c.term, oc.term, mine, theirs, st, other, x.cellKey(b, v, off))}
		}
	}
	for off := range o.cells {
		if _, ok := m.cells[off]; !ok {
			m.zero, m.base, m.ver = false, nil, x.site(mergeKey{b, v})
		}
	}
}

// level gives variable v in st a cell wherever it has one in other, where st
// knows what is there without.
func (x *exec) level(st, other *state, v int) {
	m := st.mem[v]
	if !m.zero && m.base == nil {
		return
	}
	for off, c := range other.mem[v].cells {
		if c.zero || c.copy || c.size > 8 || c.size&(c.size-1) != 0 || m.covers(off, c.size) {
			continue
		}
		w := int(c.size) * 8
		t := x.constant(w, 0, "", cfg.Site{})
		if !m.zero {
			t = x.entry(st, x.offset(m.base, off), cfg.Type{Kind: cfg.Int, Signed: c.signed, Size: c.size}, w, c.name)
		}
		m.cells[off] = cell{size: c.size, term: t, signed: c.signed, name: c.name}
	}
}

// delta returns what s knows of a caller's values and other does not.
func (s *state) delta(other *state) []Fact {
	var out []Fact
	for t, f := range s.facts {
		if exportable(t) && !other.eval(t).Subset(f.set) {
			out = append(out, Fact{t, f.set, f.at})
		}
	}
	sortFacts(out)
	return out
}

func sortFacts(fs []Fact) {
	slices.SortFunc(fs, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Term.size, b.Term.size), cmp.Compare(a.Term.id, b.Term.id))
	})
}

// either returns a choice between a and o.
func (x *exec) either(a, o *Term, mine, theirs []Fact, st, other *state, key mergeKey) *Term {
	if a == nil || o == nil {
		return nil
	}
	var alts []alt
	add := func(t *Term, facts []Fact, s *state) {
		if t.Kind == choice {
			left := s.alts(t)
			for i, in := range t.alts {
				if left.has(i) {
					alts = addAlt(alts, alt{in.term, append(slices.Clip(in.facts), facts...), in.trace})
				}
			}
			return
		}
		if set := s.eval(t); t.Kind != Const && !set.IsFull() {
			facts = append(slices.Clip(facts), Fact{Term: t, Set: set})
		}
		alts = addAlt(alts, alt{term: t, facts: facts})
	}
	add(a, mine, st)
	add(o, theirs, other)
	return x.choose(a.Width, alts, key)
}

// addAlt adds a to alts; alternatives with the same value are one.
func addAlt(alts []alt, a alt) []alt {
	for i := range alts {
		if alts[i].term != a.term {
			continue
		}
		if implies(a.facts, alts[i].facts) {
			return alts
		}
		if len(alts) > maxAlts/2 || sameGuard(alts[i].facts, a.facts) {
			alts[i].facts = joinGuards(alts[i].facts, a.facts)
			return alts
		}
	}
	if len(alts) < maxAlts {
		return append(alts, a)
	}
	return alts
}

// choose returns the term that has the value of one of alts.
func (x *exec) choose(w int, alts []alt, key any) *Term {
	if len(alts) == 1 && len(alts[0].facts) == 0 {
		return alts[0].term
	}
	if len(alts) >= maxAlts {
		return x.intern(Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(key)})
	}
	return x.add(Term{Kind: choice, Width: w, Val: x.site(key), alts: alts})
}

// widen makes the variables of st that still grow from round to round unknown,
// apart from what a reader must not lose: constants with names, and where
// unknown values came from.
func (x *exec) widen(st *state, b int) {
	wide := func(t *Term, slot int) *Term {
		if t == nil || t.Kind != choice {
			return t
		}
		key := mergeKey{b, slot}
		old := x.merged[key]
		if old != nil && old.Kind == choice && sameAlts(old.alts, t.alts) {
			return old
		}
		keep, rest := x.split(st, t)
		if x.widened[key]++; len(keep) > maxLoopAlts || x.widened[key] > maxLoopVersions {
			keep, rest = nil, st.eval(t)
		}
		if !rest.IsEmpty() {
			before := x.restOf(old)
			if before != nil {
				rest = dom.Widen(before.Set, rest.Union(before.Set))
			}
			if before == nil || !before.Set.Equal(rest) {
				before = x.add(Term{Kind: Opaque, Width: t.Width, Set: rest, Val: x.site(key), Name: restName})
			}
			keep = append(keep, alt{term: before})
		}
		var n *Term
		switch {
		case old != nil && old.Kind == choice && sameAlts(old.alts, keep):
			n = old
		case len(keep) == 1:
			n = keep[0].term
		default:
			n = x.add(Term{Kind: choice, Width: t.Width, Val: x.site(key), alts: keep})
		}
		x.merged[key] = n
		return n
	}
	for v, t := range st.vars {
		st.vars[v] = wide(t, v)
	}
	for v, m := range st.mem {
		for off, c := range m.cells {
			if c.copy {
				continue
			}
			c.term = wide(c.term, x.cellKey(b, v, off).slot)
			m.cells[off] = c
		}
	}
	for t := range st.facts {
		if !exportable(t) {
			delete(st.facts, t)
		}
	}
	st.live, st.memo = map[*Term]altSet{}, nil
}

// restOf returns that value among the alternatives of t.
func (x *exec) restOf(t *Term) *Term {
	if t == nil {
		return nil
	}
	if t.Kind == Opaque && t.Name == restName {
		return t
	}
	for _, a := range t.alts {
		if a.term.Kind == Opaque && a.term.Name == restName {
			return a.term
		}
	}
	return nil
}

// split parts the alternatives of t into those that are worth keeping and the
// values of the rest.
func (x *exec) split(st *state, t *Term) (keep []alt, rest dom.Set) {
	numbers := 0
	for _, a := range t.alts {
		if a.term.Kind == Const && a.term.Name == "" {
			numbers++
		}
	}
	rest = dom.Empty(t.Width)
	for _, a := range t.alts {
		switch k := a.term; {
		case k.Kind == Const && (k.Name != "" || numbers <= maxLoopNumbers),
			k.Kind == Opaque && k.Open != nil, k.Kind == Param, k.Kind == Global, k.Kind == Fn, k.Kind == Str:
			keep = addAlt(keep, alt{term: k, trace: a.trace})
		default:
			rest = rest.Union(st.eval(k))
		}
	}
	return keep, rest
}

func sameAlts(a, b []alt) bool {
	return slices.EqualFunc(a, b, func(a, b alt) bool { return a.term == b.term && sameGuard(a.facts, b.facts) })
}
