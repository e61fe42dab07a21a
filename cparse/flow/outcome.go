// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// ret records the outcomes of a return.
func (x *exec) ret(st *state, t *cfg.Term) {
	var v *Term
	switch {
	case t.Cond == nil:
	case t.Cond.Type.IsScalar():
		v = x.expr(st, t.Cond)
	case isSmall(t.Cond.Type) && t.Cond.Op == cfg.OpLoad:
		v = x.load(st, x.expr(st, t.Cond.X), number(t.Cond.Type), int(t.Cond.Type.Size)*8, "")
	}
	if v == nil {
		x.outcome(st, nil, nil, nil)
		return
	}
	room := maxLeaves
	for _, l := range x.flatten(st, v, nil, &room) {
		x.outcome(st, l.term, l.facts, l.trace)
	}
}

// isSmall reports whether a struct is returned as a number: a wrapped one, such
// as kuid_t or pte_t.
func isSmall(t cfg.Type) bool {
	return t.Kind == cfg.Aggregate && (t.Size == 1 || t.Size == 2 || t.Size == 4 || t.Size == 8)
}

// flatten returns the alternatives of a value that are left in st where limits
// hold as well. Once room is used up, what is nested further stays one value of
// which only a set is known.
func (x *exec) flatten(st *state, t *Term, limits []Fact, room *int) []alt {
	if *room <= 0 {
		set := st.eval(t)
		return []alt{{term: x.intern(Term{Kind: Opaque, Width: t.Width, Set: set, Val: x.site(mergeKey{-10, t.id}), Name: set.Key()})}}
	}
	var out []alt
	rebuild := func(of *Term, f func(*Term) *Term) []alt {
		for _, in := range x.flatten(st, of, limits, room) {
			in.term = f(in.term)
			out = append(out, in)
		}
		return x.within(st, t, out, limits)
	}
	switch {
	case t.Kind == choice:
		left := st.alts(t)
		for i, a := range t.alts {
			if !left.has(i) || !st.possible(a.facts) {
				continue
			}
			inner := limits
			if len(a.facts) > 0 {
				inner = append(slicesClip(limits), a.facts...)
			}
			for _, in := range x.flatten(st, a.term, inner, room) {
				in.facts = append(slicesClip(a.facts), in.facts...)
				if len(in.trace) == 0 {
					in.trace = a.trace
				}
				out = append(out, in)
				*room--
			}
		}
		return x.within(st, t, out, limits)
	case t.Kind == Cast && mentionsChoice(t.X):
		return rebuild(t.X, func(v *Term) *Term { return x.cast(v, t.Width, t.Signed) })
	case t.Kind == Unary && mentionsChoice(t.X):
		return rebuild(t.X, func(v *Term) *Term { return x.unary(t.Op, t.Width, v) })
	case t.Kind == Binary && t.Y.Kind == Const && mentionsChoice(t.X):
		return rebuild(t.X, func(v *Term) *Term { return x.binary(t.Op, t.Signed, t.Width, v, t.Y) })
	}
	return []alt{{term: t}}
}

// within leaves out the alternatives of t that what is known of t excludes.
func (x *exec) within(st *state, t *Term, alts []alt, limits []Fact) []alt {
	known := limits
	if f, ok := st.facts[t]; ok {
		known = append(slicesClip(limits), Fact{t, f.set, f.at})
	}
	out := alts[:0]
next:
	for _, a := range alts {
		for _, f := range known {
			if f.Term != t && !mentions(f.Term, t) {
				continue
			}
			term := x.replace(f.Term, t, a.term)
			have := st.eval(term)
			if have.Intersect(f.Set).IsEmpty() {
				continue next
			}
			if !have.Subset(f.Set) {
				a.facts = append(slicesClip(a.facts), Fact{term, f.Set, f.At})
			}
		}
		out = append(out, a)
	}
	return out
}

// replace returns t with from replaced by to.
func (x *exec) replace(t, from, to *Term) *Term {
	switch {
	case t == from:
		return to
	case t.Kind == Cast:
		return x.cast(x.replace(t.X, from, to), t.Width, t.Signed)
	case t.Kind == Unary:
		return x.unary(t.Op, t.Width, x.replace(t.X, from, to))
	case t.Kind == Binary:
		return x.binary(t.Op, t.Signed, t.Width, x.replace(t.X, from, to), x.replace(t.Y, from, to))
	}
	return t
}

func slicesClip(f []Fact) []Fact { return f[:len(f):len(f)] }

func mentionsChoice(t *Term) bool {
	return t != nil && (t.Kind == choice || mentionsChoice(t.X) || mentionsChoice(t.Y))
}

// outcome records one way the function ends.
func (x *exec) outcome(st *state, v *Term, facts []Fact, trace []Step) {
	end := st
	if len(facts) > 0 {
		end = st.clone()
		if !end.assume(facts, 0) {
			return
		}
	}
	for _, l := range x.leaves(end) {
		x.leaveWith(end, v, l, trace)
	}
}

// leaveWith records that the function ends in end with result v and what l says
// of private objects.
func (x *exec) leaveWith(end *state, v *Term, l leaving, trace []Step) {
	if len(l.facts) > 0 {
		end = end.clone()
		if !end.assume(l.facts, 0) {
			return
		}
	}
	o := Outcome{Trace: trace, Passed: end.passed, Writes: l.writes}
	if v != nil {
		o.Set = end.eval(v)
		if o.Set.IsEmpty() {
			return
		}
		o.Ret = x.result(x.public(v), o.Set)
	}
	o.Guard = guardOf(end)
	x.out = append(x.out, o)
	if len(x.out) > 4*maxOutcomes {
		x.out = compact(x.out)
	}
}

// stop records one way that never comes back: the kernel halts, the task ends.
// What holds there beside the state is facts.
func (x *exec) stop(st *state, facts []Fact) {
	end := st
	if len(facts) > 0 {
		end = st.clone()
		if !end.assume(facts, 0) {
			return
		}
	}
	if guard := guardOf(end); len(guard) > 0 { // without one it tells nothing
		x.stops = addOutcome(x.stops, Outcome{Guard: guard}, maxStops)
	}
}

// guardOf returns what a caller may know of a state in which a function ends.
func guardOf(end *state) []Fact {
	var guard []Fact
	for t, f := range end.facts {
		if t.size <= maxExport && exportable(t) && t.Kind != Const && tells(t, f.set) {
			set := f.set
			if t.leaf == t {
				set = end.eval(t)
			}
			guard = append(guard, Fact{t, set, f.at})
		}
	}
	sortFacts(guard)
	guard = dropImplied(guard)
	return guard[:min(len(guard), maxGuard)]
}

// dropImplied leaves out facts about a compound term that follow from those
// about its only leaf.
func dropImplied(fs []Fact) []Fact {
	leaves := &state{facts: map[*Term]narrowed{}}
	for _, f := range fs {
		if f.Term.leaf == f.Term {
			leaves.facts[f.Term] = narrowed{f.Set, f.At}
		}
	}
	out := fs[:0]
	for _, f := range fs {
		leaf := f.Term.leaf
		if _, ok := leaves.facts[leaf]; ok && leaf != f.Term && leaves.eval(f.Term).Subset(f.Set) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// result returns v as callers may know it.
func (x *exec) result(v *Term, set dom.Set) *Term {
	if n, ok := set.Single(); ok && v.Kind != Const && v.Kind != Opaque {
		return x.constant(v.Width, n, "", v.At)
	}
	if exportable(v) && v.size <= maxExport {
		return v
	}
	n := Term{Kind: Opaque, Width: v.Width, Set: set, Val: x.site(mergeKey{-8, v.id}), At: v.At, Name: set.Key()}
	leaf := v
	for leaf.Kind == Cast {
		leaf = leaf.X
	}
	switch leaf.Kind {
	case Opaque:
		n.Open, n.At = leaf.Open, leaf.At
	case Load:
		if !leaf.Signed {
			break // error codes are kept in signed numbers
		}
		n.Open = &Open{Kind: OpenMemory, Name: leaf.Name, At: x.f.At}
	}
	return x.intern(n)
}
