// SPDX-License-Identifier: GPL-2.0-only

// Package body exports, as facts, the syntax-free form of the functions and
// objects that a unit defines: all that later phases ever ask about its code.
package body

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// Func is the fact about a function: its body.
type Func struct{ Body cfg.Func }

// AFact makes *Func a fact.
func (*Func) AFact() {}

// GobEncode returns the body in the form of package cfg.
func (f *Func) GobEncode() ([]byte, error) { return f.Body.Encode(nil), nil }

// GobDecode reads what GobEncode has written.
func (f *Func) GobDecode(data []byte) error {
	b, _, err := cfg.DecodeFunc(data)
	if err == nil {
		f.Body = *b
	}
	return err
}

func (f *Func) String() string { return fmt.Sprintf("body(%d blocks)", len(f.Body.Blocks)) }

// Object is the fact about an object with static storage: its initial value.
type Object struct{ Global cfg.Global }

// AFact makes *Object a fact.
func (*Object) AFact() {}

// GobEncode returns the object in the form of package cfg.
func (o *Object) GobEncode() ([]byte, error) { return o.Global.Encode(nil), nil }

// GobDecode reads what GobEncode has written.
func (o *Object) GobDecode(data []byte) error {
	g, _, err := cfg.DecodeGlobal(data)
	if err == nil {
		o.Global = *g
	}
	return err
}

func (o *Object) String() string { return fmt.Sprintf("object(%d cells)", len(o.Global.Cells)) }

// New returns the analyzer.
func New() *lint.Analyzer {
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:      "body",
		Doc:       "export the bodies of functions and the initial values of objects",
		Requires:  []*analysis.Analyzer{cparse.Analyzer},
		FactTypes: []analysis.Fact{new(Func), new(Object)},
		Run:       run,
	}}
}

func run(pass *analysis.Pass) (any, error) {
	u := cparse.Of(pass)
	for _, f := range u.Funcs() {
		if b := u.Body(f); b != nil {
			pass.ExportObjectFact(f.Obj, &Func{*b})
		}
	}
	for _, g := range u.Globals() {
		if !g.HasInit || !g.Const {
			continue
		}
		pass.ExportObjectFact(u.Object(cparse.Symbol{File: staticFile(g.Static, g.File), Name: g.Name}), &Object{g})
	}
	return nil, nil
}

func staticFile(static bool, file string) string {
	if static {
		return file
	}
	return ""
}

// Program answers questions about bodies over all units.
type Program struct {
	prog    *facts.Program
	funcs   map[cparse.Symbol]*cfg.Func
	objects map[cparse.Symbol]*cfg.Global
}

// Over returns a view of the bodies in prog. It is not safe for concurrent use.
func Over(prog *facts.Program) *Program {
	return &Program{prog, map[cparse.Symbol]*cfg.Func{}, map[cparse.Symbol]*cfg.Global{}}
}

// Func returns a function's body, nil when none is known. file is empty for
// external linkage.
func (p *Program) Func(name, file string) *cfg.Func {
	sym := cparse.Symbol{File: file, Name: name}
	if f, ok := p.funcs[sym]; ok {
		return f
	}
	var fact Func
	var f *cfg.Func
	if p.prog.Lookup(sym, &fact) == nil {
		f = &fact.Body
	}
	p.funcs[sym] = f
	return f
}

// Global returns an object, nil when its initial value is not known.
func (p *Program) Global(name, file string) *cfg.Global {
	sym := cparse.Symbol{File: file, Name: name}
	if g, ok := p.objects[sym]; ok {
		return g
	}
	var fact Object
	var g *cfg.Global
	if err := p.prog.Lookup(sym, &fact); err == nil {
		g = &fact.Global
	}
	p.objects[sym] = g
	return g
}

// Forget drops the body of a function that has been summarized.
func (p *Program) Forget(name, file string) {
	sym := cparse.Symbol{File: file, Name: name}
	if p.funcs[sym] != nil {
		delete(p.funcs, sym)
	}
}
