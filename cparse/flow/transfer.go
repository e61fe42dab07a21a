// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
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
	case cfg.Unreachable:
		x.stop(st, nil)
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

// number returns the type of an unsigned number as large as t.
func number(t cfg.Type) cfg.Type { return cfg.Type{Kind: cfg.Int, Size: t.Size} }

// maxLeaves bounds the alternatives of a value that a return tells apart.
const maxLeaves = 400

// maxExport is the size of the largest term that a summary speaks about.
const maxExport = 9
