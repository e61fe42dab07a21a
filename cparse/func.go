// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"go/types"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/gnuc"
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// Func is a function defined in a unit.
type Func struct {
	Sym            Symbol
	Obj            types.Object // stands for Sym in facts
	Name           string
	Static, Inline bool
	InMain         bool // defined in the main file
	Def            *cc.FunctionDefinition
	At, End        cfg.Site  // its name, and the brace that closes it
	Macro          *MacroUse // the outermost macro whose expansion gave the function its name, or nil
}

// MacroUse is a use of a macro that was written in a file.
type MacroUse struct {
	Name    string
	At, End cfg.Site   // its name, and behind its last token
	Args    []string   // the arguments as spelled, without white space around them
	ArgAt   []cfg.Site // where they begin
}

func (u *Unit) newFunc(g *gnuc.Func) *Func {
	f := &Func{Name: g.Name, Static: g.Static, Inline: g.Inline, InMain: g.InMain, Def: g.Def}
	if g.At != nil {
		f.At = u.place(g.At)
		if g.At.Exp != 0 {
			f.Macro = u.macroUse(u.invocation(g.At.Exp))
		}
	}
	f.End = u.place(g.End)
	f.Sym = Symbol{Name: f.Name}
	if f.Static {
		f.Sym.File = f.At.File
	}
	f.Obj = u.env.World.Object(f.Sym)
	return f
}

func (u *Unit) macroUse(e *pp.Expansion, use pp.Pos) *MacroUse {
	m := &MacroUse{Name: e.Name, At: u.site(use), End: u.site(e.UseEnd)}
	for _, a := range e.Args {
		text := u.env.Files.Text(a.Pos, a.End)
		trimmed := strings.TrimLeft(text, " \t\r\n\f\v")
		m.ArgAt = append(m.ArgAt, u.site(a.Pos+pp.Pos(len(text)-len(trimmed))))
		m.Args = append(m.Args, strings.TrimSpace(trimmed))
	}
	return m
}
