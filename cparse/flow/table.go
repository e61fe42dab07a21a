// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"slices"

	"kapilint/cparse/cfg"
)

// A generic layer often picks one of a few constant tables of operations, as
// the clocks of kernel/time/posix-timers.c are. What such a table holds is a
// choice between the entries, and a call through it a call of any of them.

// The bounds on what is told apart.
const (
	maxTable    = 64 // elements of an array
	maxFuncs    = 16 // functions that one call may call
	maxPointers = 16 // tables that one pointer may point to
)

// loadTable returns what memory of size bytes at addr holds where addr is an
// element, not known which, of a constant array, or lies in one of several
// constant objects; nil when it is neither.
func (x *exec) loadTable(st *state, addr *Term, size int64, w int) *Term {
	base, off := addr, uint64(0)
	if base.Kind == Binary && base.Op == cfg.OpAdd && base.Y.Kind == Const {
		base, off = base.X, base.Y.Val
	}
	var places []*Term
	switch {
	case base.Kind == choice:
		places = pointers(st, base)
	case base.Kind == Binary && base.Op == cfg.OpAdd && base.X.Kind == Global:
		places = x.elements(base.X, base.Y)
	}
	var alts []alt
	for _, p := range places {
		v := x.loadGlobal(x.binary(cfg.OpAdd, false, 64, p, x.constant(64, off, "", cfg.Site{})), size, w)
		if v == nil || v.Kind == Opaque {
			return nil
		}
		alts = addAlt(alts, alt{term: v})
	}
	switch len(alts) {
	case 0:
		return nil
	case 1:
		return alts[0].term
	}
	return x.callChoice(x.site(mergeKey{-11, addr.id}), w, alts)
}

// pointers returns the constant addresses that are left of a choice of such,
// without NULL, which is not read through; nil when others are left.
func pointers(st *state, c *Term) []*Term {
	var out []*Term
	live := st.alts(c)
	for i, a := range c.alts {
		switch t := a.term; {
		case !live.has(i), t.Kind == Const && t.Val == 0:
		case t.Kind == Global, t.Kind == Binary && t.Op == cfg.OpAdd && t.X.Kind == Global && t.Y.Kind == Const:
			out = append(out, t)
		default:
			return nil
		}
	}
	if len(out) > maxPointers {
		return nil
	}
	return out
}

// elements returns the addresses of the elements of a constant array that
// index, a product with the size of an element, can lead to.
func (x *exec) elements(array, index *Term) []*Term {
	if index.Kind != Binary || index.Op != cfg.OpMul || index.Y.Kind != Const || !x.e.isConst(array) {
		return nil
	}
	stride := int64(index.Y.Val)
	g := x.e.prog.Global(array.Name, array.File)
	if stride <= 0 || g.Type.Size <= 0 || g.Type.Size/stride > maxTable {
		return nil
	}
	var out []*Term
	for off := int64(0); off+stride <= g.Type.Size; off += stride {
		out = append(out, x.binary(cfg.OpAdd, false, 64, array, x.constant(64, uint64(off), "", cfg.Site{})))
	}
	return out
}

// functions returns the functions that are left of a choice of such; NULL is
// not called. It is empty when anything else is left.
func functions(st *state, c *Term) []*Term {
	var out []*Term
	live := st.alts(c)
	for i, a := range c.alts {
		switch t := a.term; {
		case !live.has(i), t.Kind == Const && t.Val == 0, slices.Contains(out, t):
		case t.Kind == Fn && len(out) < maxFuncs:
			out = append(out, t)
		default:
			return nil
		}
	}
	return out
}

// anyOf returns what is known of a call of one of fns, nil when nothing is.
func (x *exec) anyOf(st *state, c *cfg.Call, fns, args []*Term) *Summary {
	all := &Summary{Name: c.Member, Pure: true, At: c.At}
	for _, f := range fns {
		s := x.summaryOf(st, c, f.Name, f.File, args)
		if s == nil {
			if c.Dst == nil || c.Result.Bits() == 0 {
				return nil
			}
			s = unknownCallee(f.Name, c)
		}
		all.Pure, all.Fills = all.Pure && s.Pure, all.Fills || s.Fills
		all.Stops = append(all.Stops, s.Stops...)
		for _, o := range s.Outcomes {
			o.callee = f.Name
			all.Outcomes = append(all.Outcomes, o)
		}
		for _, o := range s.Opens {
			if !slices.Contains(all.Opens, o) {
				all.Opens = append(all.Opens, o)
			}
		}
	}
	return all
}

// unknownCallee is the summary of a function without a body.
func unknownCallee(name string, c *cfg.Call) *Summary {
	o := Open{Kind: OpenFunction, Name: name, At: c.At}
	f := &cfg.Func{Name: name, At: c.At, Result: c.Result}
	for i := range c.Args {
		f.Vars = append(f.Vars, cfg.Var{Type: c.Args[i].Type})
	}
	f.Params = len(f.Vars)
	return unknownSummary(f, o)
}
