// SPDX-License-Identifier: GPL-2.0-only

// Package callbacks finds the functions that calls through a member of a struct
// can reach.
//
// # Model
//
// What a unit says about itself is a list of [Put]s for each of its functions
// and objects: a function, or what another member or a parameter holds, is put
// into a member (file_operations.poll) or handed to a parameter of a callee.
// Static initialisers and assignments put. Over the whole program puts are the
// edges of a graph with members and parameters as nodes, and a [Set] is what
// reaches one member. Sets are kept by member and not by object, since who
// calls file->f_op->poll does not know the object either.
//
// What a set holds is found in the units that were asked for, never in those
// that happened to be read for something else. It is a list of what is there,
// not of all there can be: a module that was not scanned may add to it.
//
// # Limits
//
// An element of an array of function pointers has no member to be named by.
// Functions are not followed through variables of file scope, return values,
// memory that is copied as a whole and not seen as a struct, or integers.
package callbacks

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// Puts is the fact about a function or an object: what it puts where.
type Puts struct{ List []Put }

// AFact makes *Puts a fact.
func (*Puts) AFact() {}

func (p *Puts) String() string { return fmt.Sprintf("puts(%d)", len(p.List)) }

// Put is one way for a function to get into a member.
type Put struct {
	// Where it goes: a member, or, when that is empty, a parameter, counted
	// from 1, of a function.
	Member string
	Callee cparse.Symbol
	Param  int

	// What it is: a function; or what a member holds; or what a parameter,
	// counted from 1, of the function that the fact is about holds. With none
	// of them it is not known what is put.
	Func cparse.Symbol
	From string
	Arg  int

	// Object is the first object whose address is handed to the same callee.
	Object string

	At cfg.Site
}

// New returns the analyzer that exports the facts.
func New() *lint.Analyzer {
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:      "callbacks",
		Doc:       "export which functions are put into which members of structs",
		Requires:  []*analysis.Analyzer{cparse.Analyzer},
		FactTypes: []analysis.Fact{new(Puts)},
		Run:       run,
	}}
}

func run(pass *analysis.Pass) (any, error) {
	u := cparse.Of(pass)
	for _, f := range u.Funcs() {
		if b := u.Body(f); b != nil {
			if list := inBody(b); len(list) > 0 {
				pass.ExportObjectFact(f.Obj, &Puts{list})
			}
		}
	}
	for _, g := range u.Globals() {
		if list := inObject(&g); len(list) > 0 {
			pass.ExportObjectFact(u.Object(symbolOf(&g)), &Puts{list})
		}
	}
	return nil, nil
}

func symbolOf(g *cfg.Global) cparse.Symbol {
	if g.Static {
		return cparse.Symbol{File: g.File, Name: g.Name}
	}
	return cparse.Symbol{Name: g.Name}
}

// inObject lists what the initialiser of g puts.
func inObject(g *cfg.Global) []Put {
	var out []Put
	for _, c := range g.Cells {
		if c.Member == "" {
			continue
		}
		p := Put{Member: c.Member, At: c.Value.At}
		if f := function(c.Value); f != nil {
			p.Func = *f
		} else if c.Value.Op == cfg.OpConst {
			continue // a mark such as SIG_IGN, no function
		}
		out = append(out, p)
	}
	return out
}

// function returns the function whose address x is, nil for anything else.
func function(x *cfg.Expr) *cparse.Symbol {
	if x = bare(x); x.Op != cfg.OpAddrFunc {
		return nil
	}
	return &cparse.Symbol{File: x.File, Name: x.Name}
}

// bare strips the casts that keep all of an address.
func bare(x *cfg.Expr) *cfg.Expr {
	for x.Op == cfg.OpCast && x.Type.Bits() == 64 && x.X.Type.Bits() == 64 {
		x = x.X
	}
	return x
}

// isCode reports whether t is a pointer to a function, told by how C spells it:
// a pointer to data ends with a star.
func isCode(t cfg.Type) bool { return t.Kind == cfg.Pointer && !strings.HasSuffix(t.Name, "*") }

// member returns the member that an instruction sets to one value, or "".
func member(s *cfg.Set) string {
	if s.Src == nil || s.Dst.Addr == nil || s.Dst.Addr.Op != cfg.OpOffset || s.Dst.Type.Kind != cfg.Pointer {
		return ""
	}
	return s.Dst.Addr.Name
}

// reader finds what values in one body come from, whatever the order of its
// instructions.
type reader struct {
	f    *cfg.Func
	sets map[int][]*cfg.Expr // what pointer variables are set to
	list []Put
}

// inBody lists what the instructions of f put.
func inBody(f *cfg.Func) []Put {
	r := &reader{f: f, sets: map[int][]*cfg.Expr{}}
	r.each(func(in cfg.Instr) {
		switch in := in.(type) {
		case *cfg.Set:
			if in.Dst.Addr == nil && in.Src != nil && in.Dst.Type.Kind == cfg.Pointer {
				r.sets[in.Dst.Var] = append(r.sets[in.Dst.Var], in.Src)
			}
		case *cfg.Call:
			if d := in.Dst; d != nil && d.Addr == nil && d.Type.Kind == cfg.Pointer {
				r.sets[d.Var] = append(r.sets[d.Var], &cfg.Expr{Op: cfg.OpUnknown, Type: d.Type})
			}
		}
	})
	r.each(func(in cfg.Instr) {
		switch in := in.(type) {
		case *cfg.Set:
			if m := member(in); m != "" {
				r.put(in.Src, in.Dst.Type, Put{Member: m, At: in.At})
			}
		case *cfg.Call:
			r.call(in)
		}
	})
	return r.list
}

func (r *reader) each(do func(cfg.Instr)) {
	for i := range r.f.Blocks {
		for _, in := range r.f.Blocks[i].Instrs {
			do(in)
		}
	}
}

// call lists the functions that c hands to its callee.
func (r *reader) call(c *cfg.Call) {
	if c.Callee == "" || c.Macro {
		return
	}
	to := Put{Callee: cparse.Symbol{File: c.File, Name: c.Callee}, At: c.At, Object: object(c.Args)}
	for i, a := range c.Args {
		if a.Type.Kind == cfg.Pointer {
			to.Param = i + 1
			r.put(a, a.Type, to)
		}
	}
}

// object returns the name of the first object whose address is among args.
func object(args []*cfg.Expr) string {
	for _, a := range args {
		for a.Op == cfg.OpCast {
			a = a.X
		}
		if a.Op == cfg.OpAddrGlobal {
			return a.Name
		}
	}
	return ""
}

// put lists what x, of type t, can be as put to where to says. Functions count
// wherever they go; for all else t must be a pointer to a function.
func (r *reader) put(x *cfg.Expr, t cfg.Type, to Put) {
	code := isCode(t) || isCode(bare(x).Type)
	for _, from := range r.sources(x, map[int]bool{}) {
		p := to
		p.Func, p.From, p.Arg = from.Func, from.From, from.Arg
		switch {
		case p.Func.Name == "" && !code:
			continue
		case p.Member == "" && p.Func.Name == "" && p.Arg == 0 && p.From == "":
			continue // a callee may get anything; it matters where it puts that
		case p.From != "" && p.From == p.Member:
			continue // a copy within the set
		}
		r.list = append(r.list, p)
	}
}

// sources returns the sources of x's value, without where they go.
func (r *reader) sources(x *cfg.Expr, seen map[int]bool) []Put {
	x = bare(x)
	switch {
	case x.Op == cfg.OpConst:
		return nil
	case x.Op == cfg.OpAddrFunc:
		return []Put{{Func: cparse.Symbol{File: x.File, Name: x.Name}}}
	case x.Op == cfg.OpLoad && x.Name != "":
		return []Put{{From: x.Name}}
	case x.Op != cfg.OpVar:
		return []Put{{}}
	case seen[x.Var]:
		return nil
	}
	seen[x.Var] = true
	var out []Put
	if x.Var < r.f.Params {
		out = append(out, Put{Arg: x.Var + 1})
	}
	for _, s := range r.sets[x.Var] {
		out = append(out, r.sources(s, seen)...)
	}
	return out
}
