// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"fmt"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// instr executes in. It reports false when control does not get past it.
func (x *exec) instr(st *state, in cfg.Instr) bool {
	switch in := in.(type) {
	case *cfg.Set:
		x.set(st, in)
	case *cfg.Call:
		return x.call(st, in)
	case *cfg.Asm:
		x.impure = true
		for i := range in.Outs {
			w := in.Outs[i].Type.Bits()
			if w == 0 {
				x.store(st, in.Outs[i], nil, &in.Outs[i])
				continue
			}
			x.store(st, in.Outs[i], x.unknown(st, &in.Outs[i], w, in.At), &in.Outs[i])
		}
	}
	return true
}

// unknown returns a value nobody knows, new each time it is made.
func (x *exec) unknown(st *state, key any, w int, at cfg.Site) *Term {
	t := x.intern(Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(key), At: at})
	x.fresh(st, t)
	return t
}

func (x *exec) set(st *state, in *cfg.Set) {
	if !in.Dst.Type.IsScalar() {
		x.setAggregate(st, in)
		return
	}
	if in.Src == nil {
		x.store(st, in.Dst, x.unknown(st, in, in.Dst.Type.Bits(), in.At), in)
		return
	}
	v := x.expr(st, in.Src)
	x.store(st, in.Dst, x.cast(v, in.Dst.Type.Bits(), in.Src.Type.Signed), in)
	if in.Dst.Addr != nil {
		x.use(v, Site{in.At, "stored"})
	}
}

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

// expr returns the term for e in st.
func (x *exec) expr(st *state, e *cfg.Expr) *Term {
	w := e.Type.Bits()
	if w == 0 {
		w = 64
	}
	t := x.build(st, e, w)
	if t.Width != w {
		t = x.cast(t, w, e.Type.Signed)
	}
	if t.size > maxTermSize {
		return x.intern(Term{Kind: Opaque, Width: w, Set: st.eval(t), Val: x.site(e), At: e.At, Name: st.eval(t).Key()})
	}
	return t
}

func (x *exec) build(st *state, e *cfg.Expr, w int) *Term {
	switch e.Op {
	case cfg.OpConst:
		return x.constant(w, uint64(e.Val), e.Name, e.At)
	case cfg.OpVar:
		if t := st.vars[e.Var]; t != nil {
			return t
		}
		t := x.intern(Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(mergeKey{-6, e.Var})})
		st.vars[e.Var] = t
		return t
	case cfg.OpLoad:
		a := x.expr(st, e.X)
		x.dereferenced(st, a, e.At)
		return x.load(st, a, e.Type, w, e.Name)
	case cfg.OpAddrVar:
		return x.local(e.Var)
	case cfg.OpAddrGlobal:
		return x.intern(Term{Kind: Global, Width: 64, Name: e.Name, File: e.File})
	case cfg.OpAddrFunc:
		return x.intern(Term{Kind: Fn, Width: 64, Name: e.Name, File: e.File})
	case cfg.OpStr:
		return x.intern(Term{Kind: Str, Width: 64, Name: e.Name})
	case cfg.OpOffset:
		a := x.expr(st, e.X)
		return x.binary(cfg.OpAdd, false, 64, x.cast(a, 64, false), x.constant(64, uint64(e.Val), "", cfg.Site{}))
	case cfg.OpIndex:
		a := x.cast(x.expr(st, e.X), 64, false)
		i := x.cast(x.expr(st, e.Y), 64, e.Y.Type.Signed)
		return x.binary(cfg.OpAdd, false, 64, a, x.binary(cfg.OpMul, true, 64, i, x.constant(64, uint64(e.Val), "", cfg.Site{})))
	case cfg.OpNeg, cfg.OpCompl, cfg.OpNot:
		return x.unary(e.Op, w, x.expr(st, e.X))
	case cfg.OpCast:
		a := x.expr(st, e.X)
		if e.Type.Kind == cfg.Bool {
			zero := x.constant(a.Width, 0, "", cfg.Site{})
			return x.cast(x.binary(cfg.OpNe, false, 32, a, zero), w, false)
		}
		return x.cast(a, w, e.X.Type.Signed)
	case cfg.OpUnknown, cfg.OpInvalid:
		return x.unknown(st, e, w, e.At)
	}
	a, b := x.expr(st, e.X), x.expr(st, e.Y)
	if e.Op != cfg.OpShl && e.Op != cfg.OpShr && a.Width != b.Width {
		b = x.cast(b, a.Width, e.Y.Type.Signed)
	}
	return x.binary(e.Op, e.X.Type.Signed, w, a, b)
}

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

// constExpr returns the term for an initializer.
func (x *exec) constExpr(e *cfg.Expr, w int) *Term {
	switch e.Op {
	case cfg.OpConst:
		return x.constant(w, uint64(e.Val), e.Name, e.At)
	case cfg.OpAddrGlobal:
		return x.intern(Term{Kind: Global, Width: 64, Name: e.Name, File: e.File})
	case cfg.OpAddrFunc:
		return x.intern(Term{Kind: Fn, Width: 64, Name: e.Name, File: e.File})
	case cfg.OpStr:
		return x.intern(Term{Kind: Str, Width: 64, Name: e.Name})
	case cfg.OpOffset:
		if a := x.constExpr(e.X, 64); a != nil {
			return x.binary(cfg.OpAdd, false, 64, a, x.constant(64, uint64(e.Val), "", cfg.Site{}))
		}
	case cfg.OpCast:
		if a := x.constExpr(e.X, max(e.X.Type.Bits(), 1)); a != nil {
			return x.cast(a, w, e.X.Type.Signed)
		}
	}
	return nil
}

// term executes the end of a block.
func (x *exec) term(st *state, t *cfg.Term) {
	switch t.Kind {
	case cfg.Jump:
		x.push(t.Succs[0], st)
	case cfg.Branch:
		c := x.expr(st, t.Cond)
		no := st.clone()
		if st.refine(c, dom.Full(c.Width).Without(0), t.At) {
			x.push(t.Succs[0], st)
		}
		if no.refine(c, dom.Const(c.Width, 0), t.At) {
			x.push(t.Succs[1], no)
		}
	case cfg.Switch:
		c := x.expr(st, t.Cond)
		rest := dom.Full(c.Width)
		for i, k := range t.Cases {
			set := dom.SRange(c.Width, SignExtend(uint64(k.Lo), c.Width), SignExtend(uint64(k.Hi), c.Width))
			if !t.Cond.Type.Signed {
				set = dom.URange(c.Width, uint64(k.Lo)&mask(c.Width), uint64(k.Hi)&mask(c.Width))
			}
			rest = rest.Minus(set)
			way := st.clone()
			if way.refine(c, set, t.At) {
				x.push(t.Succs[i], way)
			}
		}
		if st.refine(c, rest, t.At) {
			x.push(t.Succs[len(t.Succs)-1], st)
		}
	case cfg.Return:
		x.ret(st, t)
	}
}

// use records the first use of each parameter that v is made of.
func (x *exec) use(v *Term, s Site) {
	visitParams(v, func(i int) {
		if i < len(x.uses) && !x.uses[i].At.IsValid() {
			x.uses[i] = s
		}
	})
}

func visitParams(t *Term, visit func(int)) {
	if t == nil {
		return
	}
	if t.Kind == Param {
		visit(int(t.Val))
		return
	}
	if t.Kind == Load {
		return
	}
	visitParams(t.X, visit)
	visitParams(t.Y, visit)
	for _, a := range t.alts {
		visitParams(a.term, visit)
	}
}

// paramsOf returns the parameters whose values v tells, directly or through
// the local variables it points to.
func paramsOf(st *state, v *Term) (set uint64) {
	add := func(i int) {
		if i < 64 {
			set |= 1 << i
		}
	}
	visitParams(v, add)
	locals(v, func(l int) {
		if m := st.mem[l]; m != nil {
			for _, c := range m.cells {
				visitParams(c.term, add)
			}
		}
	})
	return set
}

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

// number returns the type of an unsigned number as large as t.
func number(t cfg.Type) cfg.Type { return cfg.Type{Kind: cfg.Int, Size: t.Size} }

// maxLeaves bounds the alternatives of a value that a return tells apart.
const maxLeaves = 400

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
	o := Outcome{Trace: trace, Passed: end.passed}
	if v != nil {
		o.Set = end.eval(v)
		if o.Set.IsEmpty() {
			return
		}
		o.Ret = x.result(v, o.Set)
	}
	for t, f := range end.facts {
		if t.size <= maxExport && exportable(t) && t.Kind != Const && tells(t, f.set) {
			set := f.set
			if t.leaf == t {
				set = end.eval(t)
			}
			o.Guard = append(o.Guard, Fact{t, set, f.at})
		}
	}
	sortFacts(o.Guard)
	o.Guard = dropImplied(o.Guard)
	if len(o.Guard) > maxGuard {
		o.Guard = o.Guard[:maxGuard]
	}
	x.out = append(x.out, o)
	if len(x.out) > 4*maxOutcomes {
		x.out = compact(x.out)
	}
}

// maxExport is the size of the largest term that a summary speaks about.
const maxExport = 9

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
