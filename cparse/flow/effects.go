// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"cmp"
	"slices"

	"kapilint/cparse/cfg"
)

// span is a range of bytes, counted from where a pointer points.
type span struct{ off, size int64 }

// effect is what a function does with the object that a parameter points to,
// itself or in the functions that it hands the pointer to.
type effect struct {
	kept  bool   // the pointer gets to where nobody sees what is done with it
	read  bool   // bytes of the object are read
	lost  bool   // bytes are written of which only the object is known
	spans []span // the bytes that may be written, in order; none when lost
	back  bool   // the result may point into the object
}

// writes reports whether the object may be changed by the time of return.
func (f *effect) writes() bool { return f.lost || len(f.spans) > 0 }

// maxSpans bounds the spans of an effect; an object written in more places
// counts as written anywhere.
const maxSpans = 64

func (f *effect) write(s span) {
	if f.lost {
		return
	}
	i, found := slices.BinarySearchFunc(f.spans, s, compareSpan)
	if found {
		return
	}
	if s.size <= 0 || len(f.spans) == maxSpans {
		f.lost, f.spans = true, nil
		return
	}
	f.spans = slices.Insert(f.spans, i, s)
}

func compareSpan(a, b span) int {
	return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.size, b.size))
}

// add takes into account that a callee does to the object at off what g says;
// any tells that the place in the object is not known.
func (f *effect) add(g *effect, off int64, any bool) {
	f.kept, f.read = f.kept || g.kept, f.read || g.read
	if any && g.writes() || g.lost {
		f.lost, f.spans = true, nil
	}
	for _, s := range g.spans {
		f.write(span{off + s.off, s.size})
	}
}

func sameEffects(a, b []effect) bool {
	return slices.EqualFunc(a, b, func(a, b effect) bool {
		return a.kept == b.kept && a.read == b.read && a.lost == b.lost && a.back == b.back && slices.Equal(a.spans, b.spans)
	})
}

// effects returns what a function does with the objects of its parameters; the
// last one is that of any further argument, and of all where there is no body.
func (e *Engine) effects(sym symbol) []effect {
	return least(e.effect, sym, sameEffects, e.effectsOf)
}

// hidden is the effect of what cannot be seen.
var hidden = effect{kept: true, read: true, lost: true}

// effectsOfCall returns the effect of call c on the object of its argument i;
// look answers for functions with a body.
func (e *Engine) effectsOfCall(c *cfg.Call, name, file string, i int, look func(symbol) []effect) effect {
	if name == "" {
		return hidden
	}
	if k := e.known(name, c.Macro); k != nil && (file == "" || !k.extern) {
		switch {
		case k.Pure:
			return effect{read: true}
		case k.copies != nil:
			f := effect{read: true}
			if i == k.copies.To {
				f.write(span{0, sizeOf(c, k.copies)})
			}
			return f
		case k.effects != nil:
			return k.effects[min(i, len(k.effects)-1)]
		}
		return hidden
	}
	if c.Macro {
		return hidden
	}
	of := look(symbol{name: name, file: file})
	if len(of) == 0 {
		return effect{} // being computed: what is added comes with the next round
	}
	return of[min(i, len(of)-1)]
}

// sizeOf returns how many bytes call c copies, 0 when that is not known.
func sizeOf(c *cfg.Call, of *Copy) int64 {
	if of.Size < len(c.Args) && c.Args[of.Size].Op == cfg.OpConst {
		return max(c.Args[of.Size].Val, 0)
	}
	return 0
}

// origin says that a value may point into the object of a parameter.
type origin struct {
	param int
	off   int64
	any   bool // the place in the object is not known
}

// origins tells of each scalar variable what it may point into.
type origins struct {
	f    *cfg.Func
	vars [][]origin
	more bool // something was added since it was reset
}

// maxOrigins bounds what is told apart of one variable.
const maxOrigins = 16

func (os *origins) add(v int, list []origin) {
	for _, o := range list {
		if slices.Contains(os.vars[v], o) || slices.Contains(os.vars[v], origin{param: o.param, any: true}) {
			continue
		}
		if len(os.vars[v]) >= maxOrigins {
			o.off, o.any = 0, true
			if slices.Contains(os.vars[v], o) {
				continue
			}
		}
		os.vars[v], os.more = append(os.vars[v], o), true
	}
}

// of returns what the value of e may point into.
func (os *origins) of(e *cfg.Expr) []origin {
	if e == nil {
		return nil
	}
	switch e.Op {
	case cfg.OpVar:
		return os.vars[e.Var]
	case cfg.OpOffset:
		var out []origin
		for _, o := range os.of(e.X) {
			if !o.any {
				o.off += e.Val
			}
			out = append(out, o)
		}
		return out
	case cfg.OpCast:
		if e.Type.Size == 8 {
			return os.of(e.X)
		}
		return nil
	case cfg.OpLoad, cfg.OpConst, cfg.OpAddrVar, cfg.OpAddrGlobal, cfg.OpAddrFunc, cfg.OpStr, cfg.OpNot,
		cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		return nil
	}
	var out []origin
	for _, list := range [][]origin{os.of(e.X), os.of(e.Y)} {
		for _, o := range list {
			out = append(out, origin{param: o.param, any: true})
		}
	}
	return out
}

// effectsOf is effects for one function; look answers for its callees.
func (e *Engine) effectsOf(sym symbol, look func(symbol) []effect) []effect {
	f := e.prog.Func(sym.name, sym.file)
	if f == nil || f.Unsupported != "" {
		return []effect{hidden}
	}
	s := &effectScan{e: e, f: f, look: look, out: make([]effect, f.Params+1), from: origins{f: f, vars: make([][]origin, len(f.Vars))}}
	s.out[f.Params] = hidden
	for i, v := range f.Vars[:f.Params] {
		switch {
		case v.Memory && v.Type.Size >= 8:
			s.out[i] = hidden // the pointer itself can be changed through its address
		case v.Type.Size == 8 && v.Type.IsScalar():
			s.from.vars[i] = []origin{{param: i}}
		}
	}
	for s.from.more = true; s.from.more; {
		s.from.more = false
		s.body()
	}
	return s.out
}

// effectScan collects the effects of one body.
type effectScan struct {
	e    *Engine
	f    *cfg.Func
	look func(symbol) []effect
	from origins
	out  []effect
}

func (s *effectScan) body() {
	for i := range s.f.Blocks {
		b := &s.f.Blocks[i]
		for _, in := range b.Instrs {
			s.instr(in)
		}
		if b.Term.Cond == nil {
			continue
		}
		s.reads(b.Term.Cond)
		if b.Term.Kind == cfg.Return {
			for _, o := range s.from.of(b.Term.Cond) {
				s.out[o.param].back = true
			}
		}
	}
}

func (s *effectScan) instr(in cfg.Instr) {
	switch in := in.(type) {
	case *cfg.Set:
		if in.Src != nil {
			s.reads(in.Src)
		}
		s.store(&in.Dst, s.from.of(in.Src))
	case *cfg.Call:
		s.call(in)
	case *cfg.Asm:
		for i := range in.Outs {
			out := &in.Outs[i]
			s.store(out, nil)
			if out.Addr == nil { // a register that asm moves on, writing on its way
				for _, o := range s.from.vars[out.Var] {
					s.out[o.param].add(&effect{lost: true, read: true}, 0, true)
				}
			}
		}
	}
}

// reads notes which objects the loads of e read.
func (s *effectScan) reads(e *cfg.Expr) {
	cfg.Walk(e, func(e *cfg.Expr) {
		if e.Op == cfg.OpLoad {
			for _, o := range s.from.of(e.X) {
				s.out[o.param].read = true
			}
		}
	})
}

// store notes what a store to p changes, of a value that points into value.
func (s *effectScan) store(p *cfg.Place, value []origin) {
	if p.Addr == nil {
		if p.Var < len(s.f.Vars) {
			s.from.add(p.Var, value)
		}
		return
	}
	s.reads(p.Addr)
	for _, o := range value {
		s.out[o.param].kept = true
	}
	for _, o := range s.from.of(p.Addr) {
		s.out[o.param].add(&effect{spans: []span{{0, p.Type.Size}}}, o.off, o.any || p.Type.Size <= 0)
	}
}

func (s *effectScan) call(c *cfg.Call) {
	if c.Ptr != nil {
		s.reads(c.Ptr)
	}
	var back []origin
	for i, a := range c.Args {
		s.reads(a)
		list := s.from.of(a)
		if len(list) == 0 {
			continue
		}
		g := s.e.effectsOfCall(c, c.Callee, c.File, i, s.look)
		for _, o := range list {
			s.out[o.param].add(&g, o.off, o.any)
			if g.back {
				back = append(back, origin{param: o.param, any: true})
			}
		}
	}
	if c.Dst != nil {
		s.store(c.Dst, back)
	}
}
