// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"fmt"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// place splits an address into the local variable and offset it names.
func localCell(addr *Term) (v int, off int64, ok bool) {
	if addr.Kind == Binary && addr.Op == cfg.OpAdd && addr.X.Kind == Local && addr.Y.Kind == Const {
		return int(addr.X.Val), int64(addr.Y.Val), true
	}
	if addr.Kind == Local {
		return int(addr.Val), 0, true
	}
	return 0, 0, false
}

// localBase returns the local variable an address points somewhere into.
func localBase(t *Term) (int, bool) {
	switch t.Kind {
	case Local:
		return int(t.Val), true
	case Binary, Cast, Unary:
		if v, ok := localBase(t.X); ok {
			return v, true
		}
		if t.Y != nil {
			return localBase(t.Y)
		}
	}
	return 0, false
}

// locals calls visit for each local variable whose address t is made of.
func locals(t *Term, visit func(int)) {
	if t == nil {
		return
	}
	if t.Kind == Local {
		visit(int(t.Val))
	}
	locals(t.X, visit)
	locals(t.Y, visit)
	for _, a := range t.alts {
		locals(a.term, visit)
	}
}

func (st *state) memOf(v int) *varMem {
	m := st.mem[v]
	if m == nil {
		m = &varMem{cells: map[int64]cell{}}
		st.mem[v] = m
	}
	return m
}

// cut removes the cells of m that overlap n bytes at off, leaving them unknown.
func (x *exec) cut(m *varMem, off, n int64, key any) {
	for o, c := range m.cells {
		if o < off+n && off < o+c.size && !(o == off && c.size == n) {
			delete(m.cells, o)
			m.zero, m.base, m.ver = false, nil, x.site(key)
		}
	}
}

// store writes v to dst; v nil writes bytes nobody knows.
func (x *exec) store(st *state, dst cfg.Place, v *Term, key any) {
	if dst.Addr == nil {
		st.vars[dst.Var] = v
		return
	}
	addr := x.expr(st, dst.Addr)
	if lv, off, ok := localCell(addr); ok {
		m := st.memOf(lv)
		n := dst.Type.Size
		x.cut(m, off, n, key)
		if v == nil {
			delete(m.cells, off)
			m.zero, m.base, m.ver = false, nil, x.site(key)
			return
		}
		if len(m.cells) < 256 {
			m.cells[off] = cell{n, v}
			return
		}
		x.forgetVar(st, lv, key)
		return
	}
	if lv, ok := localBase(addr); ok {
		if v != nil {
			locals(v, func(i int) { st.escaped[i] = true })
		}
		x.forgetVar(st, lv, key)
		return
	}
	x.impure = true
	if v != nil {
		locals(v, func(i int) { st.escaped[i] = true })
	}
	x.forgetHeap(st, key)
	if v != nil {
		st.heap[heapKey{addr, dst.Type.Size}] = v
	}
}

// forgetVar makes all bytes of memory variable v unknown.
func (x *exec) forgetVar(st *state, v int, key any) {
	ver := x.site(mergeKey{-5, int(x.site(key))*64 + v})
	if m := st.mem[v]; m != nil {
		// A parameter kept there may come back changed, and be tested then.
		for _, c := range m.cells {
			st.passed |= paramsOf(st, c.term)
		}
	}
	st.mem[v] = &varMem{ver: ver, cells: map[int64]cell{}}
	x.freshLoads(st, ver)
}

// forgetHeap makes all memory unknown that is not a local variable of this
// function alone.
func (x *exec) forgetHeap(st *state, key any) {
	st.ver = x.site(key)
	clear(st.heap)
	x.freshLoads(st, st.ver)
	for v := range st.escaped {
		x.forgetVar(st, v, key)
	}
}

// freshLoads renames what an older round of a loop loaded at version ver.
func (x *exec) freshLoads(st *state, ver uint64) {
	if !x.loops {
		return
	}
	var stale []*Term
	seen := map[*Term]bool{}
	var find func(t *Term)
	find = func(t *Term) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		if t.Kind == Load && t.Val == ver {
			stale = append(stale, t)
		}
		find(t.X)
		find(t.Y)
		for _, a := range t.alts {
			find(a.term)
		}
	}
	for _, t := range st.vars {
		find(t)
	}
	for _, m := range st.mem {
		find(m.base)
		for _, c := range m.cells {
			find(c.term)
		}
	}
	for t := range st.facts {
		find(t)
	}
	sortTerms(stale)
	for _, t := range stale {
		x.fresh(st, t)
	}
}

// setAggregate copies or clears a struct or array.
func (x *exec) setAggregate(st *state, in *cfg.Set) {
	var addr *Term
	if in.Dst.Addr != nil {
		addr = x.expr(st, in.Dst.Addr)
	} else {
		addr = x.local(in.Dst.Var)
	}
	v, off, ok := localCell(addr)
	if !ok {
		if lv, ok := localBase(addr); ok {
			x.forgetVar(st, lv, in)
			return
		}
		x.impure = true
		x.forgetHeap(st, in)
		return
	}
	whole := off == 0 && (in.Dst.Type.Size == 0 || in.Dst.Type.Size >= x.f.Vars[v].Type.Size)
	if in.Src == nil || in.Src.Op != cfg.OpLoad {
		if !whole {
			x.forgetRange(st, v, off, in.Dst.Type.Size, in.Zero, in)
			return
		}
		x.forgetVar(st, v, in)
		st.mem[v].zero = in.Zero
		return
	}
	src := x.expr(st, in.Src.X)
	if !whole {
		x.copyInto(st, v, off, in.Dst.Type.Size, src, in)
		return
	}
	if sv, soff, ok := localCell(src); ok && soff == 0 {
		if m := st.mem[sv]; m != nil {
			c := m.clone()
			for o := range c.cells {
				if o >= max(in.Dst.Type.Size, 1) {
					delete(c.cells, o)
				}
			}
			st.mem[v] = c
			return
		}
	}
	x.forgetVar(st, v, in)
	if _, ok := localBase(src); !ok && st.ver == 0 && len(st.heap) == 0 && exportable(src) {
		st.mem[v].base = src
	}
}

// forgetRange makes n bytes at off of variable v unknown, or zero.
func (x *exec) forgetRange(st *state, v int, off, n int64, zero bool, key any) {
	m := st.memOf(v)
	for o, c := range m.cells {
		if o < off+n && off < o+c.size {
			delete(m.cells, o)
		}
	}
	if !zero || !m.zero {
		m.zero, m.base, m.ver = false, nil, x.site(key)
	}
}

// copyInto copies n bytes from src to offset off of variable v.
func (x *exec) copyInto(st *state, v int, off, n int64, src *Term, key any) {
	x.forgetRange(st, v, off, n, false, key)
	sv, soff, ok := localCell(src)
	if !ok || st.mem[sv] == nil || sv == v {
		return
	}
	for o, c := range st.mem[sv].cells {
		if o >= soff && o+c.size <= soff+n {
			st.mem[v].cells[o-soff+off] = c
		}
	}
}

func (x *exec) local(v int) *Term { return x.intern(Term{Kind: Local, Width: 64, Val: uint64(v)}) }

// dereferenced takes into account that an address was used: control gets past
// that only when it is neither NULL nor an error pointer.
func (x *exec) dereferenced(st *state, addr *Term, at cfg.Site) {
	if addr.Kind == Binary && addr.Op == cfg.OpAdd && addr.Y.Kind == Const && int64(addr.Y.Val) > 0 && addr.Y.Val < 4096 {
		addr = addr.X
	}
	switch addr.Kind {
	case Param, Load, Opaque, choice:
		if have := st.eval(addr); !have.Subset(validPointer) && have.Overlaps(validPointer) {
			st.refine(addr, validPointer, at)
		}
	}
}

// load returns what memory of type typ at addr holds.
func (x *exec) load(st *state, addr *Term, typ cfg.Type, w int, name string) *Term {
	size := typ.Size
	if addr.Kind == choice && len(addr.alts) > 0 {
		left := st.alts(addr)
		var only *Term
		for i, a := range addr.alts {
			if left.has(i) {
				if only != nil {
					only = nil
					break
				}
				only = a.term
			}
		}
		if only != nil {
			addr = only
		}
	}
	if t := x.loadTable(st, addr, size, w); t != nil {
		return t
	}
	if v, off, ok := localCell(addr); ok {
		m := st.memOf(v)
		if c, ok := m.cells[off]; ok && c.size == size {
			return x.cast(c.term, w, false)
		}
		overlap := false
		for o, c := range m.cells {
			overlap = overlap || o < off+size && off < o+c.size
		}
		switch {
		case overlap:
			return x.intern(Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(mergeKey{-7, v}), Name: fmt.Sprint(off, m.ver)})
		case m.zero:
			return x.constant(w, 0, "", cfg.Site{})
		case m.base != nil:
			return x.load(st, x.binary(cfg.OpAdd, false, 64, m.base, x.constant(64, uint64(off), "", cfg.Site{})), typ, w, name)
		}
		t := x.intern(Term{Kind: Load, Signed: typ.Signed, Width: w, Set: x.e.member(name, w), X: addr, Val: m.ver | 1<<40, Name: name})
		m.cells[off] = cell{size, t}
		return t
	}
	if t, ok := st.heap[heapKey{addr, size}]; ok {
		return x.cast(t, w, false)
	}
	if t := x.loadGlobal(addr, size, w); t != nil {
		return t
	}
	if _, ok := localBase(addr); ok {
		return x.intern(Term{Kind: Load, Signed: typ.Signed, Width: w, Set: x.e.member(name, w), X: addr, Val: st.ver | 1<<41, Name: name})
	}
	return x.intern(Term{Kind: Load, Signed: typ.Signed, Width: w, Set: x.e.member(name, w), X: addr, Val: st.ver, Name: name})
}

// loadGlobal returns what a constant object holds at addr, or nil.
func (x *exec) loadGlobal(addr *Term, size int64, w int) *Term {
	base, off := addr, int64(0)
	if addr.Kind == Binary && addr.Op == cfg.OpAdd && addr.Y.Kind == Const {
		base, off = addr.X, int64(addr.Y.Val)
	}
	if base.Kind != Global {
		return nil
	}
	if x.e.prog.Value != nil && off == 0 {
		if r := x.e.prog.Value(base.Name, base.File); r != nil && r.Width == w {
			set := dom.SRange(w, r.Lo, r.Hi)
			return x.intern(Term{Kind: Opaque, Width: w, Set: set, Name: base.Name, File: base.File})
		}
	}
	if x.e.prog.Global == nil {
		return nil
	}
	g := x.e.prog.Global(base.Name, base.File)
	if g == nil || !g.Const || !g.HasInit || off < 0 || g.Type.Size > 0 && off+size > g.Type.Size {
		return nil
	}
	for _, c := range g.Cells {
		if c.Off == off {
			if c.Value.Op == cfg.OpUnknown || c.Value.Type.Size != 0 && c.Value.Type.Size != size {
				return nil
			}
			return x.constExpr(c.Value, w)
		}
		if c.Off < off+size && off < c.Off+max(c.Value.Type.Size, 1) {
			return nil
		}
	}
	return x.constant(w, 0, "", cfg.Site{})
}
