// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"slices"

	"kapilint/cparse/cfg"
)

// slice tells which calls of a body have a result that can become the result
// of the body, as an error code handed up does. Others only decide which way is
// taken, and which ways there are is known without them: taking both is always
// right, if less exact. So only the former are worth looking into other units
// for, which keeps the analysis of one system call from reading half a kernel.
type slice struct {
	f       *cfg.Func
	vars    []bool // variables that can reach the result
	loaded  []bool // memory variables of which a signed number, as errors are kept in, can reach it
	through func(*cfg.Call) []bool
	private []bool // per parameter: what is stored in its object is a result too; nil for none
}

// newSlice computes the slice of f. through tells which arguments of a call
// can come back as its result, or part of it.
func newSlice(f *cfg.Func, private []bool, through func(*cfg.Call) []bool) *slice {
	s := &slice{f: f, vars: make([]bool, len(f.Vars)), loaded: make([]bool, len(f.Vars)), through: through, private: private}
	if !carriesErrors(f.Result) && private == nil {
		return s
	}
	for i := range f.Blocks {
		if t := &f.Blocks[i].Term; t.Kind == cfg.Return && t.Cond != nil && carriesErrors(f.Result) {
			s.mark(t.Cond)
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range f.Blocks {
			for _, in := range f.Blocks[i].Instrs {
				changed = s.step(in) || changed
			}
		}
	}
	return s
}

// carriesErrors reports whether a type can hold a negative error code: one that
// is signed, or as wide as a pointer.
func carriesErrors(t cfg.Type) bool {
	switch t.Kind {
	case cfg.Int:
		return t.Signed && t.Size >= 4 || t.Size == 8
	case cfg.Pointer:
		return true
	}
	return false
}

// mark adds the variables of e; it reports whether any is new.
func (s *slice) mark(e *cfg.Expr) bool {
	grown := false
	cfg.Walk(e, func(e *cfg.Expr) {
		if e.Op == cfg.OpLoad && carriesErrors(e.Type) && e.Type.Signed {
			if v, ok := addressed(e.X); ok && !s.loaded[v] {
				s.loaded[v], grown = true, true
			}
		}
		if (e.Op == cfg.OpVar || e.Op == cfg.OpAddrVar) && !s.vars[e.Var] {
			s.vars[e.Var], grown = true, true
		}
	})
	return grown
}

// addressed returns the variable that address e is in, at a place that is known.
func addressed(e *cfg.Expr) (int, bool) {
	for e.Op == cfg.OpOffset || e.Op == cfg.OpCast {
		e = e.X
	}
	return e.Var, e.Op == cfg.OpAddrVar
}

// step follows one instruction backwards.
func (s *slice) step(in cfg.Instr) bool {
	switch in := in.(type) {
	case *cfg.Set:
		return in.Src != nil && s.reaches(&in.Dst) && s.mark(in.Src)
	case *cfg.Call:
		if in.Dst == nil || !s.reaches(in.Dst) {
			return false
		}
		grown := false
		for i, back := range s.through(in) {
			if back && i < len(in.Args) {
				grown = s.mark(in.Args[i]) || grown
			}
		}
		return grown
	}
	return false
}

// reaches reports whether a store to p can reach the result.
func (s *slice) reaches(p *cfg.Place) bool {
	if p.Addr == nil {
		return s.vars[p.Var]
	}
	found := false
	cfg.Walk(p.Addr, func(e *cfg.Expr) {
		if e.Op == cfg.OpAddrVar && s.vars[e.Var] || e.Op == cfg.OpVar && s.isPrivate(e.Var) {
			found = true
		}
	})
	return found
}

func (s *slice) isPrivate(v int) bool { return v < len(s.private) && s.private[v] }

// matters reports whether the result of c, or what it writes to an object whose
// address it gets, can become the result of the body.
func (s *slice) matters(c *cfg.Call) bool {
	return c.Dst != nil && carriesErrors(c.Result) && s.reaches(c.Dst) || s.fills(c)
}

// fills reports whether c gets the address of an object of which a part can
// become the result of the body.
func (s *slice) fills(c *cfg.Call) bool {
	return slices.ContainsFunc(c.Args, func(a *cfg.Expr) bool {
		found := false
		cfg.Walk(a, func(e *cfg.Expr) {
			found = found || e.Op == cfg.OpAddrVar && s.loaded[e.Var] || e.Op == cfg.OpVar && s.isPrivate(e.Var)
		})
		return found
	})
}

// through returns which arguments of c its callee can hand back, as PTR_ERR
// does with its only one.
func (e *Engine) through(c *cfg.Call) []bool {
	return e.handsBack(c, func(sym symbol) []bool {
		return least(e.back, sym, slices.Equal, e.handedBack)
	})
}

// handsBack is through, where look answers for the callee.
func (e *Engine) handsBack(c *cfg.Call, look func(symbol) []bool) []bool {
	if c.Ptr != nil || c.Macro || !carriesErrors(c.Result) || e.known(c.Callee, false) != nil {
		return nil
	}
	return look(symbol{name: c.Callee, file: c.File})
}

// handedBack returns which parameters of a function can become its result, or
// part of it; look answers for its callees.
func (e *Engine) handedBack(sym symbol, look func(symbol) []bool) []bool {
	f := e.prog.Func(sym.name, sym.file)
	if f == nil || f.Unsupported != "" {
		return nil
	}
	return newSlice(f, nil, func(c *cfg.Call) []bool { return e.handsBack(c, look) }).vars[:f.Params]
}
