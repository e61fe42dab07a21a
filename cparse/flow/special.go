// SPDX-License-Identifier: GPL-2.0-only

package flow

import "kapilint/cparse/cfg"

// A function that calls through a parameter, as a generic layer does through a
// table of operations handed to it, means little by itself. Where a caller
// hands it the address of a constant table or of a function, or NULL for it to
// take its own, it is analysed once more with that argument in place of the
// parameter.

// maxBindings bounds the arguments that a function is specialized for.
const maxBindings = 3

// bindings returns the arguments that the callee is to be specialized for.
func (e *Engine) bindings(name, file string, args []*Term) []binding {
	var out []binding
	for i, a := range args {
		if len(out) == maxBindings || !e.fixes(a) {
			continue
		}
		if e.callsThrough(symbol{name: name, file: file})>>min(i, 63)&1 != 0 {
			out = append(out, binding{i, Term{Kind: a.Kind, Width: 64, Name: a.Name, File: a.File}})
		}
	}
	return out
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
	if set, ok := e.calls[sym]; ok {
		return set
	}
	e.calls[sym] = 0 // in a recursion, what its other calls show
	f := e.prog.Func(sym.name, sym.file)
	if f == nil || f.Unsupported != "" {
		return 0
	}
	var set uint64
	for i := range f.Blocks {
		for _, in := range f.Blocks[i].Instrs {
			c, ok := in.(*cfg.Call)
			if !ok {
				continue
			}
			if c.Ptr != nil {
				set |= paramsIn(f, c.Ptr)
				continue
			}
			handed := uint64(0)
			for j, a := range c.Args {
				if p := paramsIn(f, a); p != 0 && a.Op == cfg.OpVar && j < 64 {
					handed |= 1 << j
				}
			}
			if handed == 0 || c.Macro || e.known(c.Callee, false) != nil {
				continue
			}
			for j, a := range c.Args {
				if handed>>min(j, 63)&1 != 0 && e.callsThrough(symbol{name: c.Callee, file: c.File})>>min(j, 63)&1 != 0 {
					set |= paramsIn(f, a)
				}
			}
		}
	}
	e.calls[sym] = set
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
