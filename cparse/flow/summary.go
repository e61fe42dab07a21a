// SPDX-License-Identifier: GPL-2.0-only

// Package flow computes what functions can return, and under which conditions
// on their parameters.
//
// # Model
//
// The result for a function is a [Summary]: a set of [Outcome]s. An outcome is
// a return value, a guard (a conjunction of [Fact]s about the parameters and
// the memory they lead to, as it was on entry) and a trace, the calls that lead
// down to the statement where the value was made. The set over-approximates:
// every run of the function ends in one of its outcomes with a true guard. What
// is not understood is an outcome too, one whose value is an Opaque term with
// an [Open] reason; it stands beside the known ones and replaces none.
//
// # Method
//
// A body is executed symbolically, block by block in reverse postorder, with a
// bounded set of states per block. A state maps variables to [Term]s and terms
// to the sets of values (package dom) that the branches taken leave them. Two
// states that agree on all live variables are merged; so a state is split just
// where something that is still needed differs, such as the error code on the
// way to a common exit. Where states must be merged though they differ, the
// variable becomes a choice between guarded alternatives, so no constant is
// lost. The result of a call is such a choice too: one alternative for each
// outcome of the callee whose guard is possible with the actual arguments.
// Branches on it leave the alternatives that fit.
//
// # Memory
//
// Memory that others can reach is unknown after each call that writes any. A
// local variable is private while its address goes to functions only that keep it
// nowhere: an effect says of each parameter what a function does with the
// object it points to. A callee that gets a private object is analysed for it,
// and its outcomes say what is left there ([Write]).
//
// The package knows C and nothing else: what kernel functions without a body
// do arrives from outside, as [Program.Known].
//
// States, terms, facts and the execution that makes them share their invariants
// (one interned term for one value, one set for one term) and are useless apart;
// so they are one package, with a file for each of them.
package flow

import (
	"fmt"
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// Fact says that the value of Term is in Set.
type Fact struct {
	Term *Term
	Set  dom.Set
	At   cfg.Site // the test that last narrowed it, if known
}

// Step is one call on the way from a function to where a value was made.
type Step struct {
	Func   string   // the function that contains the call
	Callee string   // the function called
	At     cfg.Site // the call
}

// OpenKind says what kind of callee is unknown.
type OpenKind uint8

// The kinds of unknown callee.
const (
	OpenFunction OpenKind = iota // a function whose body was not found
	OpenPointer                  // a call through a pointer
	OpenBudget                   // a body too large to finish
	OpenBody                     // a body the front end could not express
	OpenMemory                   // a value read from memory
)

// Open is why part of a summary is unknown.
type Open struct {
	Kind OpenKind
	Name string // the function, or "struct.member" for a pointer, or ""
	At   cfg.Site

	// Param is the parameter, counted from 1, that is the pointer; a caller
	// may know what it is.
	Param int
}

// Outcome is one way a function can end.
type Outcome struct {
	Ret   *Term   // nil for void functions
	Set   dom.Set // the values of Ret in this outcome; meaningless when Ret is nil
	Guard []Fact
	Trace []Step // outermost call first; Ret.At, if valid, is below the last

	// Passed tells of each parameter whether its value was handed to an
	// unknown callee whose result decides something, or compared with
	// something unknown. Such a parameter may be checked further where this
	// analysis cannot see.
	Passed uint64

	// Writes is what is left in objects that nobody but the caller knows.
	Writes []Write

	callee string // the function, in a summary of several
}

// Summary is what is known about a function's returns.
type Summary struct {
	Name, File string
	Params     []string // names
	Types      []cfg.Type
	At         cfg.Site
	Outcomes   []Outcome
	Stops      []Outcome // ways that never come back; they have a guard and no value
	Pure       bool      // writes no memory but its own variables, and private objects
	Fills      bool      // writes private objects
	Uses       []Site    // per parameter, the first use that is not a test
	Opens      []Open    // everything unknown met on the way, sorted; a superset of what outcomes say
	Steps      int       // how much work it took

	extern  bool     // from a Model that is about functions with external linkage
	effects []effect // from a Model that tells them; the last one is that of all further arguments
	copies  *Copy    // likewise
}

// Site is where a parameter is used.
type Site struct {
	At   cfg.Site
	What string // "passed to ep_alloc", "stored"
}

// Returns reports whether any outcome exists: a function without one never
// comes back.
func (s *Summary) Returns() bool { return len(s.Outcomes) > 0 }

// The bounds on the size of a summary.
const (
	maxOutcomes  = 160 // per function
	maxPerValue  = 8   // outcomes with the same return value
	maxGuard     = 10  // facts of one outcome
	maxTraceLen  = 48
	maxPerOpaque = 4
	maxStops     = 8 // ways that never come back
)

// maxErrno bounds the values that are taken for failure when outcomes must be
// merged; it only decides which ones merge first.
const maxErrno = 4095

type outcomeKey struct {
	kind Kind
	val  uint64
	name string
	id   int
	at   cfg.Site
	pos  bool

	writes string // the constants left in objects
}

// group tells which outcomes may be merged into one.
func group(o *Outcome) outcomeKey {
	t := o.Ret
	switch {
	case t == nil:
		return outcomeKey{}
	case t.Kind == Const:
		return outcomeKey{kind: Const, val: t.Val, name: t.Name}
	case t.Kind == Opaque:
		// Failure, success and what may be either are kept apart.
		w := o.Set.Width()
		k := outcomeKey{kind: Opaque, pos: o.Set.Subset(dom.SRange(w, 0, 1<<(w-1)-1))}
		if w > 12 && o.Set.Subset(dom.SRange(w, -maxErrno, -1)) {
			k.val = 1
		}
		if t.Open != nil {
			k.name, k.at = t.Open.Name, t.Open.At
		}
		return k
	}
	return outcomeKey{kind: t.Kind, id: t.id}
}

// compact merges outcomes until the bounds hold. Outcomes with the same value
// and trace end merge first; constants are never lost.
func compact(out []Outcome) []Outcome {
	groups := map[outcomeKey][]int{}
	var order []outcomeKey
	apart := writtenApart(out)
	for i := range out {
		k := group(&out[i])
		if apart {
			k.writes = constants(out[i].Writes)
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], i)
	}
	var res []Outcome
	for _, k := range order {
		limit := maxPerValue
		if k.kind == Opaque {
			limit = maxPerOpaque
		}
		var kept []Outcome
		for _, i := range groups[k] {
			kept = addOutcome(kept, out[i], limit)
		}
		res = append(res, kept...)
	}
	return res
}

// maxApart bounds how many combinations of constants left in objects keep
// outcomes apart.
const maxApart = 16

func writtenApart(out []Outcome) bool {
	seen := map[string]bool{}
	for i := range out {
		seen[constants(out[i].Writes)] = true
	}
	return len(seen) <= maxApart
}

// constants is equal for writes of the same constants.
func constants(ws []Write) string {
	var s string
	for i := range ws {
		if w := &ws[i]; w.apart && w.Val.Kind == Const {
			s += fmt.Sprint(w.Param, w.Off, w.Size, w.Val.Val, w.Val.Name, ";")
		}
	}
	return s
}

// bothWrite returns what two outcomes leave in objects.
func bothWrite(a, b []Write) []Write {
	var out []Write
	for _, w := range a {
		if i := slices.IndexFunc(b, func(v Write) bool { return v.at(&w) && v.Val == w.Val }); i >= 0 {
			w.Set = w.Set.Union(b[i].Set)
			out = append(out, w)
		}
	}
	return out
}

// addOutcome adds o to kept, merging it with the nearest one when it is
// contained in it or the limit is reached.
func addOutcome(kept []Outcome, o Outcome, limit int) []Outcome {
	for i := range kept {
		same := sameGuard(kept[i].Guard, o.Guard)
		// While there is room, an outcome that another one covers is kept when
		// it was made elsewhere: its own test may be the one to blame.
		if !same && 2*len(kept) < limit && kept[i].Ret != nil && kept[i].Ret.At != o.Ret.At {
			continue
		}
		if same || implies(o.Guard, kept[i].Guard) {
			kept[i] = mergeOutcome(kept[i], o, kept[i].Guard)
			return kept
		}
		if implies(kept[i].Guard, o.Guard) {
			kept[i] = mergeOutcome(kept[i], o, o.Guard)
			return kept
		}
	}
	for i := range kept {
		if guard, ok := bridge(kept[i].Guard, o.Guard); ok {
			o = mergeOutcome(kept[i], o, guard)
			return addOutcome(slices.Delete(kept, i, i+1), o, limit)
		}
	}
	if len(kept) < limit {
		return append(kept, o)
	}
	// Merge the two that lose least by it.
	kept = append(kept, o)
	best, with, least := 0, 1, -1
	for i := range kept {
		for j := range i {
			if n := loss(kept[i].Guard, kept[j].Guard); least < 0 || n < least {
				best, with, least = j, i, n
			}
		}
	}
	kept[best] = mergeOutcome(kept[best], kept[with], joinGuards(kept[best].Guard, kept[with].Guard))
	return slices.Delete(kept, with, with+1)
}

// loss counts the facts of two guards that get lost, and half of those that get
// weaker, where one guard takes the place of both.
func loss(a, b []Fact) int {
	n := 0
	for _, side := range [2][2][]Fact{{a, b}, {b, a}} {
		for _, f := range side[0] {
			i := slices.IndexFunc(side[1], func(g Fact) bool { return g.Term == f.Term })
			switch {
			case i < 0 || !tells(f.Term, f.Set.Union(side[1][i].Set)):
				n += 2
			case !side[1][i].Set.Equal(f.Set):
				n++
			}
		}
	}
	return n
}

// bridge returns the guard of two outcomes that differ in one fact only and
// between them allow every value of its term.
func bridge(a, b []Fact) ([]Fact, bool) {
	if len(a) != len(b) {
		return nil, false
	}
	odd := -1
	for i := range a {
		switch {
		case a[i].Term != b[i].Term:
			return nil, false
		case a[i].Set.Equal(b[i].Set):
		case odd >= 0 || tells(a[i].Term, a[i].Set.Union(b[i].Set)):
			return nil, false
		default:
			odd = i
		}
	}
	if odd < 0 {
		return a, true
	}
	return slices.Delete(slices.Clone(a), odd, odd+1), true
}

// mergeOutcome returns an outcome with the given guard for both a and b. The
// evidence is that of the one whose own guard says least, so that a reader is
// shown a way that the merged guard allows; of the shorter way among equals.
func mergeOutcome(a, b Outcome, guard []Fact) Outcome {
	merged, other := a, b
	if evidence(b, guard) < evidence(a, guard) || evidence(b, guard) == evidence(a, guard) && len(b.Trace) < len(a.Trace) {
		merged, other = b, a
	}
	merged.Guard = guard
	merged.Passed |= other.Passed
	merged.Writes = bothWrite(merged.Writes, other.Writes)
	if merged.Ret != nil {
		merged.Set = merged.Set.Union(other.Set)
	}
	return merged
}

// evidence ranks how far the guard of o is from guard.
func evidence(o Outcome, guard []Fact) int {
	if sameGuard(o.Guard, guard) {
		return 0
	}
	return 1 + len(o.Guard)
}

func sameGuard(a, b []Fact) bool {
	return slices.EqualFunc(a, b, func(x, y Fact) bool { return x.Term == y.Term && x.Set.Equal(y.Set) })
}

// implies reports whether every state with guard a has guard b.
func implies(a, b []Fact) bool {
	for _, fb := range b {
		i := slices.IndexFunc(a, func(f Fact) bool { return f.Term == fb.Term })
		if i < 0 || !a[i].Set.Subset(fb.Set) {
			return false
		}
	}
	return true
}

// joinGuards returns the strongest conjunction that both guards imply.
func joinGuards(a, b []Fact) []Fact {
	var out []Fact
	for _, fa := range a {
		i := slices.IndexFunc(b, func(f Fact) bool { return f.Term == fa.Term })
		if i < 0 {
			continue
		}
		if u := fa.Set.Union(b[i].Set); tells(fa.Term, u) {
			out = append(out, Fact{fa.Term, u, fa.At})
		}
	}
	return out
}
