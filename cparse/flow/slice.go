// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"strings"

	"kapilint/cparse/cfg"
)

// slice tells which calls of a body have a result that can become the result
// of the body, as an error code handed up does. Others only decide which way is
// taken, and which ways there are is known without them: taking both is always
// right, if less exact. So only the former are worth looking into other units
// for, which keeps the analysis of one system call from reading half a kernel.
type slice struct {
	f    *cfg.Func
	vars []bool // variables that can reach the result
}

func newSlice(f *cfg.Func) *slice {
	s := &slice{f: f, vars: make([]bool, len(f.Vars))}
	if !carriesErrors(f.Result) {
		return s
	}
	for i := range f.Blocks {
		if t := &f.Blocks[i].Term; t.Kind == cfg.Return && t.Cond != nil {
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
		if (e.Op == cfg.OpVar || e.Op == cfg.OpAddrVar) && !s.vars[e.Var] {
			s.vars[e.Var], grown = true, true
		}
	})
	return grown
}

// step follows one instruction backwards.
func (s *slice) step(in cfg.Instr) bool {
	switch in := in.(type) {
	case *cfg.Set:
		return in.Src != nil && s.reaches(&in.Dst) && s.mark(in.Src)
	case *cfg.Call:
		if in.Dst == nil || !s.reaches(in.Dst) || !passesThrough(in) {
			return false
		}
		grown := false
		for _, a := range in.Args {
			grown = s.mark(a) || grown
		}
		return grown
	}
	return false
}

// passesThrough reports whether the callee may hand an argument back, as
// PTR_ERR does. Only inline functions of headers are taken to.
func passesThrough(c *cfg.Call) bool { return strings.HasSuffix(c.File, ".h") }

// reaches reports whether a store to p can reach the result.
func (s *slice) reaches(p *cfg.Place) bool {
	if p.Addr == nil {
		return s.vars[p.Var]
	}
	found := false
	cfg.Walk(p.Addr, func(e *cfg.Expr) {
		if e.Op == cfg.OpAddrVar && s.vars[e.Var] {
			found = true
		}
	})
	return found
}

// matters reports whether the result of c can become that of the body.
func (s *slice) matters(c *cfg.Call) bool {
	return c.Dst != nil && carriesErrors(c.Result) && s.reaches(c.Dst)
}
