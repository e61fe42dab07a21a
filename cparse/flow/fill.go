// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"fmt"
	"maps"
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// Write is what an outcome leaves in the object of a parameter.
type Write struct {
	Param     int
	Off, Size int64 // bytes, from where the parameter points
	Val       *Term
	Set       dom.Set // the values of Val
	Trace     []Step  // as of an Outcome

	signed bool
	name   string // "struct.member", or ""
	apart  bool   // the value may be an error
	copy   bool   // Val is where the bytes were when the function began
}

// at reports whether w and v are about the same bytes.
func (w *Write) at(v *Write) bool { return w.Param == v.Param && w.Off == v.Off && w.Size == v.Size }

// The bounds on what outcomes say of objects.
const (
	maxWrites   = 32 // places told apart in an object
	maxWriteSet = 12 // outcomes that one return becomes for what it leaves there
)

// leaves returns what the function leaves in the private objects of its
// parameters when it ends in end: a list of writes for each way that differs,
// with what holds on it.
func (x *exec) leaves(end *state) []leaving {
	out := []leaving{{}}
	for i := range x.f.Params {
		m := end.mem[x.object(i)]
		if m == nil || m.base == nil {
			continue
		}
		of := x.e.effects(symbol{name: x.f.Name, file: x.file()})
		if i >= len(of) || of[i].kept || len(of[i].spans) > maxWrites {
			continue
		}
		for _, s := range of[i].spans {
			if o, c, ok := m.run(s.off, s.size); ok && c.copy && exportable(c.term) {
				for k := range out {
					out[k].writes = append(slices.Clip(out[k].writes), Write{Param: i, Off: s.off, Size: s.size, Val: x.offset(c.term, s.off-o), Set: dom.Full(64), copy: true})
				}
				continue
			}
			if s.size <= 8 {
				out = x.leave(end, out, i, s)
				continue
			}
			for _, off := range slices.Sorted(maps.Keys(m.cells)) { // a struct written whole
				c := m.cells[off]
				if s.off <= off && off+c.size <= s.off+s.size && !c.zero && !c.copy && !slices.Contains(of[i].spans, span{off, c.size}) {
					out = x.leave(end, out, i, span{off, c.size})
				}
			}
		}
	}
	return out
}

// leaving is one way of what is left in private objects.
type leaving struct {
	facts  []Fact
	writes []Write
}

// leave adds to ways what is left in s of the object of a parameter.
func (x *exec) leave(end *state, ways []leaving, param int, s span) []leaving {
	if s.size > 8 || s.size&(s.size-1) != 0 || len(ways[0].writes) >= maxWrites {
		return ways
	}
	v := x.object(param)
	c := end.mem[v].cells[s.off]
	w := int(s.size) * 8
	addr := x.binary(cfg.OpAdd, false, 64, x.local(v), x.constant(64, uint64(s.off), "", cfg.Site{}))
	t := x.load(end, addr, cfg.Type{Kind: cfg.Int, Signed: c.signed, Size: s.size}, w, c.name)
	room := maxWriteSet
	alts := x.flatten(end, t, nil, &room)
	if len(alts)*len(ways) > maxWriteSet || !x.slice.isPrivate(param) {
		alts = []alt{{term: t}}
	}
	var out []leaving
	for _, way := range ways {
		for _, a := range alts {
			facts := append(slicesClip(way.facts), a.facts...)
			st := end
			if len(facts) > 0 {
				if st = end.clone(); !st.assume(facts, 0) {
					continue
				}
			}
			set := st.eval(a.term)
			if set.IsEmpty() {
				continue
			}
			val := x.result(x.public(a.term), set)
			if val.Kind == Opaque && val.Open == nil && set.IsFull() {
				out = append(out, leaving{facts, way.writes})
				continue
			}
			out = append(out, leaving{facts, append(slices.Clip(way.writes), Write{
				Param: param, Off: s.off, Size: s.size, Val: val, Set: set, Trace: a.trace, signed: c.signed, name: c.name, apart: x.slice.isPrivate(param),
			})})
		}
	}
	if len(out) == 0 { // a way that cannot be taken; whoever asks finds out
		return ways
	}
	return out
}

// public returns t with the addresses of private objects as callers know them.
func (x *exec) public(t *Term) *Term {
	switch t.Kind {
	case Local:
		if i := int(t.Val) - len(x.f.Vars); i >= 0 {
			return x.intern(Term{Kind: Param, Width: 64, Val: uint64(i)})
		}
	case Cast:
		return x.cast(x.public(t.X), t.Width, t.Signed)
	case Unary:
		return x.unary(t.Op, t.Width, x.public(t.X))
	case Binary:
		return x.binary(t.Op, t.Signed, t.Width, x.public(t.X), x.public(t.Y))
	}
	return t
}

// file returns the file by which the function is known, "" for external linkage.
func (x *exec) file() string {
	if x.f.Static || x.f.Inline {
		return x.f.File
	}
	return ""
}

// expose takes into account what call c does with the local variables whose
// addresses it gets.
func (x *exec) expose(st *state, c *cfg.Call, name, file string, args []*Term) {
	if !x.near(file) && !x.slice.matters(c) && x.e.known(name, c.Macro) == nil {
		name = "" // not worth a look
	}
	for i, a := range args {
		f := x.e.effectsOfCall(c, name, file, i, x.e.effects)
		locals(a, func(v int) {
			lv, off, ok := localCell(a)
			switch {
			case f.kept:
				st.escaped[v] = true
			case !f.writes():
			case f.lost || !ok:
				x.forgetVar(st, v, fillKey{c, i, 0})
			default:
				for _, s := range f.spans {
					x.forgetRange(st, lv, off+s.off, s.size, false, fillKey{c, i, s.off})
				}
			}
		})
	}
}

// fillKey names the bytes at off in the object of an argument of a call.
type fillKey struct {
	c     *cfg.Call
	param int
	off   int64
}

// way is one way that a callee can come back.
type way struct {
	o      *Outcome
	number int // of o in the summary
	alt
}

// fill is what a call leaves in a local variable.
type fill struct {
	v    int
	off  int64
	cell cell
}

// fills returns what a call leaves in the objects whose addresses it gets. The
// result and what is left there are told apart by which way was taken: a number
// that nobody sees, of which each alternative has its own.
func (x *exec) fills(b *binder, ways []way, callee string) []fill {
	keys, kinds := leftBy(ways)
	if len(keys) == 0 {
		return nil
	}
	if slices.Max(kinds) > slices.Min(kinds) {
		taken := x.intern(Term{Kind: Opaque, Width: 16, Set: dom.Full(16), Val: x.site(fillKey{c: b.c, param: -1})})
		x.fresh(b.st, taken)
		for i := range ways {
			ways[i].facts = append(slicesClip(ways[i].facts), Fact{Term: taken, Set: dom.Const(16, uint64(kinds[i]))})
		}
	}
	var out []fill
	for _, k := range keys {
		v, off, ok := localCell(b.args[k.Param])
		if !ok || b.st.escaped[v] {
			continue
		}
		var c cell
		if k.copy {
			c, ok = sameCopy(b, ways, k)
		} else {
			c = cell{size: k.Size, term: x.leftAt(b, ways, k, callee), signed: k.signed, name: k.name}
		}
		if ok {
			out = append(out, fill{v, off + k.Off, c})
		}
	}
	return out
}

// leftBy returns the places that ways write to, in order, and for each of the ways
// the number of the first outcome that leaves the same there.
func leftBy(ways []way) (keys []*Write, kinds []int) {
	seen := map[string]int{}
	for _, w := range ways {
		kind := ""
		for i := range w.o.Writes {
			wr := &w.o.Writes[i]
			kind += fmt.Sprint(wr.Param, wr.Off, wr.Size, wr.copy, wr.Set.Key(), ";")
			if wr.Val.Kind == Opaque {
				kind += openName(wr.Val.Open)
			} else {
				kind += fmt.Sprint(wr.Val.id)
			}
			if !slices.ContainsFunc(keys, wr.at) {
				keys = append(keys, wr)
			}
		}
		if _, ok := seen[kind]; !ok {
			seen[kind] = w.number
		}
		kinds = append(kinds, seen[kind])
	}
	return keys, kinds
}

// leftAt returns what ways leave at k.
func (x *exec) leftAt(b *binder, ways []way, k *Write, callee string) *Term {
	key := fillKey{b.c, k.Param, k.Off}
	width := int(k.Size) * 8
	var alts []alt
	for _, w := range ways {
		a := alt{facts: w.facts}
		j := slices.IndexFunc(w.o.Writes, func(wr Write) bool { return wr.at(k) && !wr.copy })
		if j < 0 {
			a.term = x.unknown(b.st, key, width, cfg.Site{})
			alts = addAlt(alts, a)
			continue
		}
		wr := &w.o.Writes[j]
		if wr.Val.Kind == Opaque {
			a.term = b.opaque(wr.Val, wr.Set)
		} else {
			a.term = b.term(wr.Val)
		}
		if have := b.st.eval(a.term); !have.Subset(wr.Set) {
			a.facts = append(slicesClip(a.facts), Fact{Term: a.term, Set: wr.Set})
		}
		if fromCallee(wr.Val) && len(wr.Trace) < maxTraceLen {
			a.trace = append([]Step{{x.f.Name, callee, b.c.At}}, wr.Trace...)
		}
		alts = addAlt(alts, a)
	}
	if len(alts) == 1 && len(alts[0].trace) == 0 {
		return alts[0].term
	}
	t := x.callChoice(x.site(key), width, alts)
	x.fresh(b.st, t)
	return t
}

// only returns the one alternative of a choice that is left in st, else t.
func only(st *state, t *Term) *Term {
	if t.Kind != choice {
		return t
	}
	left := st.alts(t)
	var one *Term
	for i, a := range t.alts {
		if !left.has(i) || !st.possible(a.facts) {
			continue
		}
		if one != nil {
			return t
		}
		one = a.term
	}
	if one == nil || one.Kind == Const { // which keep where they come from
		return t
	}
	return one
}

// sameCopy returns the cell that every way leaves where k is, a copy of memory.
// A way that does not copy has failed, and nobody looks at what is there then.
func sameCopy(b *binder, ways []way, k *Write) (cell, bool) {
	from := b.term(k.Val)
	for _, w := range ways {
		j := slices.IndexFunc(w.o.Writes, func(wr Write) bool { return wr.at(k) })
		if j >= 0 && (!w.o.Writes[j].copy || b.term(w.o.Writes[j].Val) != from) {
			return cell{}, false
		}
	}
	return cell{size: k.Size, term: from, copy: true}, exportable(from)
}

// copied takes into account that call c fills a local variable. Should a copy
// from user memory fail, what is there is not looked at.
func (x *exec) copied(st *state, c *cfg.Call, of *Copy, args []*Term) {
	n := sizeOf(c, of)
	if n == 0 || max(of.To, of.From) >= len(args) {
		return
	}
	v, off, ok := localCell(args[of.To])
	if !ok || len(st.memOf(v).cells) >= maxCells {
		return
	}
	from := args[of.From]
	with := cell{size: n, term: from, copy: true}
	switch {
	case of.Byte && from.Kind == Const && from.Val&0xff == 0:
		with = cell{size: n, term: x.constant(64, 0, "", cfg.Site{}), zero: true}
	case of.Byte || !exportable(from) || from.size+2 > maxExport:
		return
	}
	x.cut(st, v, off, n, c)
	st.mem[v].cells[off] = with
}
