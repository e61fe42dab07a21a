// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"fmt"
	"slices"
	"strings"

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

// cutKey names what is left of a cell of which a part was overwritten.
type cutKey struct {
	key any
	v   int
	off int64
}

// cut makes room for n bytes at off in variable v. What is left of a cell that
// lies there in part is unknown.
func (x *exec) cut(st *state, v int, off, n int64, key any) {
	x.filled = x.filled || v >= len(x.f.Vars)
	m := st.memOf(v)
	var hit []int64
	for o, c := range m.cells {
		if o < off+n && off < o+c.size {
			hit = append(hit, o)
		}
	}
	slices.Sort(hit)
	for _, o := range hit {
		c := m.cells[o]
		delete(m.cells, o)
		if o < off {
			x.rest(st, v, o, off-o, c, o, key)
		}
		if end := o + c.size; end > off+n {
			x.rest(st, v, off+n, end-off-n, c, o, key)
		}
	}
}

// rest keeps n bytes at off of variable v that were part of cell c at at.
func (x *exec) rest(st *state, v int, off, n int64, c cell, at int64, key any) {
	switch {
	case c.zero:
		st.mem[v].cells[off] = cell{size: n, term: c.term, zero: true}
	case c.copy:
		st.mem[v].cells[off] = cell{size: n, term: x.offset(c.term, off-at), copy: true}
	default:
		x.unknownCell(st, v, off, n, key)
	}
}

// offset returns address t plus n bytes.
func (x *exec) offset(t *Term, n int64) *Term {
	return x.binary(cfg.OpAdd, false, 64, t, x.constant(64, uint64(n), "", cfg.Site{}))
}

// unknownCell makes n bytes at off of variable v unknown, where no cell is.
func (x *exec) unknownCell(st *state, v int, off, n int64, key any) {
	w := 64
	if n < 8 {
		w = int(n) * 8
	}
	t := x.unknown(st, cutKey{key, v, off}, w, cfg.Site{})
	st.memOf(v).cells[off] = cell{size: n, term: t}
}

// maxCells bounds what is told apart of one variable.
const maxCells = 256

// store writes v to dst; v nil writes bytes nobody knows.
func (x *exec) store(st *state, dst cfg.Place, v *Term, key any) {
	if dst.Addr == nil {
		st.vars[dst.Var] = v
		return
	}
	addr := x.expr(st, dst.Addr)
	if lv, off, ok := localCell(addr); ok {
		n := dst.Type.Size
		if v != nil {
			locals(v, func(i int) { st.escaped[i] = true })
		}
		if n <= 0 || len(st.memOf(lv).cells) >= maxCells {
			x.forgetVar(st, lv, key)
			return
		}
		x.cut(st, lv, off, n, key)
		if v == nil {
			x.unknownCell(st, lv, off, n, key)
			return
		}
		st.mem[lv].cells[off] = cell{size: n, term: v, signed: dst.Type.Signed, name: memberOf(dst.Addr)}
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
	kept := st.unlike(memberOf(dst.Addr), dst.Type.Size)
	x.forgetHeap(st, key)
	for _, t := range kept {
		st.heap[heapKey{t.X, int64(t.Width / 8)}] = t
	}
	if v != nil {
		st.heap[heapKey{addr, dst.Type.Size}] = v
	}
}

// unlike returns what was loaded from members that a store to another member, of
// size bytes, leaves alone: those of another struct and of another size. Members
// of one struct may share bytes in a union, and a struct may be looked at as
// another that begins alike; but not with members of other sizes in their place.
func (st *state) unlike(member string, size int64) []*Term {
	of, _, ok := strings.Cut(member, ".")
	if !ok {
		return nil
	}
	var out []*Term
	seen := map[*Term]bool{}
	var find func(*Term)
	find = func(t *Term) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		find(t.X)
		find(t.Y)
		if t.Kind != Load || int64(t.Width/8) == size || t.Val != st.ver && st.heap[heapKey{t.X, int64(t.Width / 8)}] != t {
			return
		}
		if s, _, ok := strings.Cut(t.Name, "."); ok && s != of {
			out = append(out, t)
		}
	}
	for t := range st.facts {
		find(t)
	}
	for _, t := range st.vars {
		find(t)
	}
	for _, t := range st.heap {
		find(t)
	}
	sortTerms(out)
	return out
}

// memberOf returns the member that an address is of, "struct.member", or "".
func memberOf(addr *cfg.Expr) string {
	if addr.Op == cfg.OpOffset {
		return addr.Name
	}
	return ""
}

// forgetVar makes all bytes of memory variable v unknown.
func (x *exec) forgetVar(st *state, v int, key any) {
	x.filled = x.filled || v >= len(x.f.Vars)
	ver := x.site(cutKey{key, v, -1})
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
	for k, t := range st.heap {
		find(k.addr)
		find(t)
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
	whole := v < len(x.f.Vars) && off == 0 && (in.Dst.Type.Size == 0 || in.Dst.Type.Size >= x.f.Vars[v].Type.Size)
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
	if n <= 0 || len(st.memOf(v).cells) >= maxCells {
		x.forgetVar(st, v, key)
		return
	}
	x.cut(st, v, off, n, key)
	if !zero {
		x.unknownCell(st, v, off, n, key)
		return
	}
	st.mem[v].cells[off] = cell{size: n, term: x.constant(64, 0, "", cfg.Site{}), zero: true}
}

// copyInto copies n bytes from src to offset off of variable v.
func (x *exec) copyInto(st *state, v int, off, n int64, src *Term, key any) {
	sv, soff, ok := localCell(src)
	if !ok || st.mem[sv] == nil || sv == v || n <= 0 {
		x.forgetRange(st, v, off, n, false, key)
		return
	}
	var at []int64
	for o, c := range st.mem[sv].cells {
		if o >= soff && o+c.size <= soff+n {
			at = append(at, o)
		}
	}
	if len(st.memOf(v).cells)+2*len(at) >= maxCells {
		x.forgetVar(st, v, key)
		return
	}
	slices.Sort(at)
	x.cut(st, v, off, n, key)
	next := soff // the first byte that is not copied yet
	gap := func(to int64) {
		if next >= to {
			return
		}
		at, n := next-soff+off, to-next
		switch m := st.mem[sv]; {
		case m.covers(next, n) || !m.zero && m.base == nil:
			x.unknownCell(st, v, at, n, key)
		case m.zero:
			st.mem[v].cells[at] = cell{size: n, term: x.constant(64, 0, "", cfg.Site{}), zero: true}
		default:
			st.mem[v].cells[at] = cell{size: n, term: x.offset(m.base, next), copy: true}
		}
	}
	for _, o := range at {
		gap(o)
		c := st.mem[sv].cells[o]
		st.mem[v].cells[o-soff+off] = c
		next = o + c.size
	}
	gap(soff + n)
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
		if c, ok := m.cells[off]; ok && c.size == size && !c.zero && !c.copy {
			return x.cast(only(st, c.term), w, false)
		}
		if o, c, ok := m.run(off, size); ok {
			if c.zero {
				return x.constant(w, 0, "", cfg.Site{})
			}
			return x.entry(st, x.offset(c.term, off-o), typ, w, name)
		}
		switch {
		case m.covers(off, size):
			return x.intern(Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(mergeKey{-7, v}), Name: m.overlap(off, size)})
		case m.zero:
			return x.constant(w, 0, "", cfg.Site{})
		case m.base != nil:
			return x.entry(st, x.offset(m.base, off), typ, w, name)
		}
		t := x.intern(Term{Kind: Load, Signed: typ.Signed, Width: w, Set: x.e.member(name, w), X: addr, Val: m.ver | 1<<40, Name: name})
		m.cells[off] = cell{size: size, term: t}
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

// entry returns what memory of type typ at addr held when the function began.
func (x *exec) entry(st *state, addr *Term, typ cfg.Type, w int, name string) *Term {
	if t := x.loadTable(st, addr, typ.Size, w); t != nil {
		return t
	}
	if t := x.loadGlobal(addr, typ.Size, w); t != nil {
		return t
	}
	return x.intern(Term{Kind: Load, Signed: typ.Signed, Width: w, Set: x.e.member(name, w), X: addr, Name: name})
}

// covers reports whether a cell has some of the n bytes at off.
func (m *varMem) covers(off, n int64) bool {
	for o, c := range m.cells {
		if o < off+n && off < o+c.size {
			return true
		}
	}
	return false
}

// run returns the run of zeros or of copied bytes that has all n bytes at off,
// and where it begins.
func (m *varMem) run(off, n int64) (int64, cell, bool) {
	for o, c := range m.cells {
		if (c.zero || c.copy) && o <= off && off+n <= o+c.size {
			return o, c, true
		}
	}
	return 0, cell{}, false
}

// overlap names what n bytes at off are made of.
func (m *varMem) overlap(off, n int64) string {
	var at []int64
	for o, c := range m.cells {
		if o < off+n && off < o+c.size {
			at = append(at, o)
		}
	}
	slices.Sort(at)
	name := fmt.Sprint(off, n, m.ver)
	for _, o := range at {
		name += fmt.Sprint(" ", o, m.cells[o].size, m.cells[o].term.id)
	}
	return name
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
