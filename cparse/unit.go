// SPDX-License-Identifier: GPL-2.0-only

// Package cparse reads C translation units of the kernel.
//
// # Model
//
// An [Env] is what all units of a run share: the source files, the symbols and
// how files are compiled. [Parse] takes one C file through the rooms below:
// kbuild says how it is compiled, pp preprocesses it, gnuc makes a type-checked
// syntax tree of the part that matters, and lower turns function bodies into
// the form of package cfg, on demand.
//
// The result is a [Unit]. It answers with names and places that outlive it: a
// [Symbol] names a function or object for the whole run, and a cfg.Site is a
// place in a file. Where a token came through macros, its site is the place in
// the file where a person wrote it: a macro's argument where it is spelled,
// anything else of a macro where the macro is used.
//
// # States
//
// A unit is Typed when all of its main file was parsed, Partial when some of
// it had to be left out, and Failed when there is nothing. The main file is the
// C file together with the C files that it includes. Functions of headers that
// had to be left out are in the Reasons as well, but change nothing about the
// state.
package cparse

import (
	"go/token"
	"slices"
	"strings"
	"sync"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
	"kapilint/cparse/gnuc"
	"kapilint/cparse/kbuild"
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// State says how much of a unit could be parsed.
type State string

// The states of a unit.
const (
	Typed   State = "typed"   // all of the main file
	Partial State = "partial" // all but the items in its Reasons
	Failed  State = "failed"  // nothing
)

// Problem is something in a unit that could not be parsed.
type Problem struct {
	At       cfg.Site // the zero Site if it is about the whole unit
	Item     string   // the function or declaration left out; "" if none was
	Message  string
	InMain   bool     // it is about the main file
	Header   string   // the header that is not there, if that is the problem
	Searched []string // the directories it was looked for in
}

// Unit is a translation unit. Its methods may be called concurrently.
type Unit struct {
	Path    string // the C file, relative to the tree where it is under it
	State   State
	Reasons []Problem // the first is why a Failed unit failed
	Fset    *token.FileSet
	Command *kbuild.Command

	env    *Env
	opts   Options
	res    *pp.Result
	out    *gnuc.Output // nil when there was nothing to parse
	funcs  []*Func
	isMain map[string]bool

	posMu sync.Mutex
	files map[string]*token.File

	mu      sync.Mutex // guards what follows, and res
	source  *lower.Source
	bodies  map[*Func]*body
	globals []cfg.Global
	done    bool // globals are there
	values  map[string]evaluated
}

type body struct {
	fn      *cfg.Func
	statics []cfg.Global
}

// Funcs returns the functions defined in the unit whose bodies were kept, in
// source order: those of the main file, and the inline functions of headers
// that they use.
func (u *Unit) Funcs() []*Func { return u.funcs }

// Body returns the lowered body of a function of the unit.
func (u *Unit) Body(f *Func) *cfg.Func {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.body(f).fn
}

func (u *Unit) body(f *Func) *body {
	b, ok := u.bodies[f]
	if !ok {
		b = u.lower(f)
		u.bodies[f] = b
	}
	return b
}

// lower lowers a body. A construct that lowering cannot take costs the one
// function.
func (u *Unit) lower(f *Func) (b *body) {
	defer func() {
		if e := recover(); e != nil {
			b = &body{fn: &cfg.Func{
				Name: f.Name, File: f.At.File, Static: f.Static, Inline: f.Inline, At: f.At,
				Unsupported: "not understood",
			}}
		}
	}()
	b = &body{}
	b.fn, b.statics = lower.FuncStatics(u.lowerSource(), f.Def, f.At.File)
	return b
}

// Globals returns the objects with static storage that the unit defines, those
// of file scope first, then those of functions.
func (u *Unit) Globals() []cfg.Global {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done || u.out == nil || u.out.AST == nil {
		return u.globals
	}
	u.done = true
	u.globals = u.fileGlobals()
	for _, f := range u.funcs {
		u.globals = append(u.globals, u.body(f).statics...)
	}
	return u.globals
}

func (u *Unit) fileGlobals() (list []cfg.Global) {
	defer func() {
		if recover() != nil {
			list = nil
		}
	}()
	return lower.Globals(u.lowerSource(), u.out.AST)
}

// Comment is a kernel-doc comment.
type Comment struct {
	At, End cfg.Site
	Text    string // with its delimiters
}

// Comments returns the comments of the main file that begin with two stars.
func (u *Unit) Comments() []Comment {
	list := make([]Comment, len(u.res.Comments))
	for i, c := range u.res.Comments {
		list[i] = Comment{u.site(c.Pos), u.site(c.End), c.Text}
	}
	return list
}

// NoReturn reports whether a function of the unit is declared to never return.
func (u *Unit) NoReturn(name string) bool { return u.out != nil && u.out.NoReturn[name] }

// Const reports whether a file-scope object of the unit, or the elements of an
// array, are declared const.
func (u *Unit) Const(name string) bool { return u.out != nil && u.out.Const[name] }

// Weak reports whether a function of the unit is declared weak.
func (u *Unit) Weak(name string) bool { return u.out != nil && u.out.Weak[name] }

// AST returns the syntax tree, nil for a Failed unit.
func (u *Unit) AST() *cc.AST {
	if u.out == nil {
		return nil
	}
	return u.out.AST
}

// Stats returns counts for measurements.
func (u *Unit) Stats() gnuc.Stats {
	if u.out == nil {
		return gnuc.Stats{}
	}
	return u.out.Stats
}

// Files returns the names of all files that were read for the unit, the C file
// first.
func (u *Unit) Files() []string {
	list := []string{u.Path}
	for _, name := range u.res.Files {
		if name != u.Path {
			list = append(list, name)
		}
	}
	return list
}

// Missing returns the names under which a header was looked for that was not
// found, in order. The unit can be another one when there is such a file.
func (u *Unit) Missing() []string {
	list := slices.Clone(u.res.Missing)
	slices.Sort(list)
	return slices.Compact(list)
}

// MainFiles returns the C file and the C files that it includes.
func (u *Unit) MainFiles() []string {
	return slices.DeleteFunc(u.Files(), func(name string) bool {
		return name != u.Path && !strings.HasSuffix(name, ".c")
	})
}

// ReadFile returns the text of a file.
func (u *Unit) ReadFile(name string) ([]byte, error) { return u.env.Files.Content(name) }

// Symbol returns the Symbol that a name means in the unit: a static function
// or object of the unit, or one with external linkage.
func (u *Unit) Symbol(name string) Symbol {
	for _, f := range u.funcs {
		if f.Name == name {
			return f.Sym
		}
	}
	return Symbol{Name: name}
}
