// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"go/token"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

func siteOf(p pp.Position) cfg.Site {
	return cfg.Site{File: p.File, Line: int32(p.Line), Col: int32(p.Col)}
}

func (u *Unit) site(p pp.Pos) cfg.Site { return siteOf(u.env.Files.Position(p)) }

// written returns where a person wrote what t is.
func (u *Unit) written(t *pp.Token) pp.Pos {
	if t.Exp == 0 || !t.InBody() {
		return t.Pos
	}
	return u.outermost(t.Exp).Use
}

func (u *Unit) place(t *pp.Token) cfg.Site { return u.site(u.written(t)) }

// outermost returns the expansion at the head of x's chain.
func (u *Unit) outermost(x pp.ExpID) *pp.Expansion {
	e := &u.res.Expansions[x]
	for e.Parent != 0 {
		e = &u.res.Expansions[e.Parent]
	}
	return e
}

// invocation returns the macro invocation at the head of x's chain, and where it
// begins. A name that merely stands for that of a macro is taken for it, as
// SYSCALL32_DEFINE6 is for COMPAT_SYSCALL_DEFINE6 (include/linux/syscalls.h).
func (u *Unit) invocation(x pp.ExpID) (e *pp.Expansion, use pp.Pos) {
	e = &u.res.Expansions[x]
	var below *pp.Expansion
	for e.Parent != 0 {
		below, e = e, &u.res.Expansions[e.Parent]
	}
	if !e.FuncLike && e.Body == 1 && below != nil && below.FuncLike {
		return below, e.Use
	}
	return e, e.Use
}

// Pos returns the position of a site in the unit's FileSet. The site may be in
// any file of the run. It is token.NoPos for a site that is nowhere.
func (u *Unit) Pos(s cfg.Site) token.Pos {
	if !s.IsValid() {
		return token.NoPos
	}
	f := u.file(s.File)
	if f == nil || int(s.Line) > f.LineCount() {
		return token.NoPos
	}
	pos := f.LineStart(int(s.Line)) + token.Pos(max(0, s.Col-1))
	return min(pos, token.Pos(f.Base()+f.Size()))
}

// file returns a file of the FileSet, which gets it when it is first asked for.
func (u *Unit) file(name string) *token.File {
	u.posMu.Lock()
	defer u.posMu.Unlock()
	f, ok := u.files[name]
	if ok {
		return f
	}
	if text, err := u.env.Files.Content(name); err == nil {
		f = u.Fset.AddFile(name, -1, len(text))
		f.SetLinesForContent(text)
	}
	u.files[name] = f
	return f
}

// lowerSource tells lower about the text that the tree came from.
func (u *Unit) lowerSource() *lower.Source {
	if u.source != nil {
		return u.source
	}
	u.source = &lower.Source{
		Site: func(t cc.Token) cfg.Site {
			if p := u.out.Token(t); p != nil {
				return u.place(p)
			}
			return cfg.Site{}
		},
		ConstName: func(t cc.Token) string {
			i := u.out.Index(t)
			return u.spanName(i, i, false)
		},
		ConstSpan: func(first, last cc.Token) string {
			return u.spanName(u.out.Index(first), u.out.Index(last), false)
		},
		MacroCall: func(first, last cc.Token) (string, bool) {
			name := u.spanName(u.out.Index(first), u.out.Index(last), true)
			return name, name != ""
		},
		KeepMacros: u.opts.KeepMacros,
		NoReturn:   u.NoReturn,
		IsConst:    u.Const,
		Cleanup:    u.out.Cleanup,
	}
	return u.source
}

// spanName returns the name of the outermost macro, function-like or not,
// whose expansion is exactly the tokens first to last.
func (u *Unit) spanName(first, last int, funcLike bool) string {
	toks := u.res.Tokens
	if first < 0 || last < first || toks[first].Exp == 0 || toks[last].Exp == 0 {
		return ""
	}
	before, after := pp.ExpID(0), pp.ExpID(0)
	if first > 0 {
		before = toks[first-1].Exp
	}
	if last+1 < len(toks) {
		after = toks[last+1].Exp
	}
	name := ""
	for x := toks[first].Exp; x != 0; x = u.res.Expansions[x].Parent {
		if !u.within(toks[last].Exp, x) {
			continue
		}
		if u.within(before, x) || u.within(after, x) {
			break
		}
		if e := &u.res.Expansions[x]; e.FuncLike == funcLike {
			name = e.Name
		}
	}
	return name
}

// within reports whether expansion x is outer or came through it.
func (u *Unit) within(x, outer pp.ExpID) bool {
	for ; x != 0; x = u.res.Expansions[x].Parent {
		if x == outer {
			return true
		}
	}
	return false
}
