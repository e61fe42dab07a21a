// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"kapilint/cparse/cfg"
)

// A function that calls through a parameter, as a generic layer does through a
// table of operations handed to it, means little by itself. Where a caller
// hands it the address of a constant table or of a function, or NULL for it to
// take its own, it is analysed once more with that argument in place of the
// parameter. So is one that gets the address of a local variable of its caller
// and keeps it nowhere: nobody else can reach such a private object, so what a
// function knows of it outlives the calls that do not get its address.

// maxBindings bounds the arguments that a function is specialized for.
const maxBindings = 3

// bindings returns the arguments that the callee is to be specialized for.
func (x *exec) bindings(st *state, name, file string, args []*Term) []binding {
	e := x.e
	var out []binding
	for i, a := range args {
		if x.private(st, args, i) && e.usesObject(symbol{name: name, file: file}, i) {
			b := binding{i, Term{Kind: Local, Width: 64}}
			if x.wants(args[i]) {
				b.arg.Val = 1
			}
			out = append(out, b)
			continue
		}
		if len(out) == maxBindings || !e.fixes(a) {
			continue
		}
		if e.callsThrough(symbol{name: name, file: file})>>min(i, 63)&1 != 0 {
			out = append(out, binding{i, Term{Kind: a.Kind, Width: 64, Name: a.Name, File: a.File}})
		}
	}
	return out
}

// private reports whether argument i is an address in a variable that nobody
// but the callee can reach.
func (x *exec) private(st *state, args []*Term, i int) bool {
	v, _, ok := localCell(args[i])
	if !ok || st.escaped[v] {
		return false
	}
	for j, a := range args {
		if j != i {
			locals(a, func(w int) { ok = ok && w != v })
		}
	}
	return ok
}

// wants reports whether what a callee leaves in the object at addr can become
// the result of the body.
func (x *exec) wants(addr *Term) bool {
	v, _, _ := localCell(addr)
	if i := v - len(x.f.Vars); i >= 0 {
		return x.slice.isPrivate(i)
	}
	return x.slice.loaded[v]
}

// usesObject reports whether a function reads or writes the object of its
// parameter i, and keeps its address nowhere.
func (e *Engine) usesObject(sym symbol, i int) bool {
	of := e.effects(sym)
	return i < len(of) && !of[i].kept && (of[i].read || of[i].writes())
}

// fixes reports whether argument a decides what a call through it calls.
func (e *Engine) fixes(a *Term) bool {
	switch a.Kind {
	case Fn:
		return true
	case Const:
		return a.Width == 64 && a.Val == 0
	}
	return a.Kind == Global && e.isConst(a)
}

func (e *Engine) isConst(t *Term) bool {
	if e.prog.Global == nil {
		return false
	}
	g := e.prog.Global(t.Name, t.File)
	return g != nil && g.Const && g.HasInit
}

// callsThrough returns the parameters that a function calls, or calls a member
// of, itself or in a function that it hands them to.
func (e *Engine) callsThrough(sym symbol) uint64 {
	return least(e.calls, sym, func(a, b uint64) bool { return a == b }, e.calledParams)
}

// calledParams is callsThrough for one function; look answers for its callees.
func (e *Engine) calledParams(sym symbol, look func(symbol) uint64) uint64 {
	f := e.prog.Func(sym.name, sym.file)
	if f == nil || f.Unsupported != "" {
		return 0
	}
	var set uint64
	for i := range f.Blocks {
		for _, in := range f.Blocks[i].Instrs {
			if c, ok := in.(*cfg.Call); ok {
				set |= e.calledBy(f, c, look)
			}
		}
	}
	return set
}

func (e *Engine) calledBy(f *cfg.Func, c *cfg.Call, look func(symbol) uint64) (set uint64) {
	if c.Ptr != nil {
		return paramsIn(f, c.Ptr)
	}
	if c.Macro {
		return 0
	}
	for j, a := range c.Args {
		if j >= 64 || a.Op != cfg.OpVar {
			continue
		}
		p := paramsIn(f, a)
		if p == 0 || e.known(c.Callee, false) != nil {
			continue
		}
		if look(symbol{name: c.Callee, file: c.File})>>j&1 != 0 {
			set |= p
		}
	}
	return set
}

// paramsIn returns the pointer parameters that e is made of.
func paramsIn(f *cfg.Func, e *cfg.Expr) (set uint64) {
	cfg.Walk(e, func(e *cfg.Expr) {
		if e.Op == cfg.OpVar && e.Var < f.Params && e.Var < 64 && f.Vars[e.Var].Type.Kind == cfg.Pointer {
			set |= 1 << e.Var
		}
	})
	return set
}
