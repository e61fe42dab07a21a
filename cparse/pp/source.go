// SPDX-License-Identifier: GPL-2.0-only

package pp

import "sync/atomic"

// source is the text of a file cut into tokens, with its directives found. It
// is immutable but for the definitions, which are parsed on first use.
type source struct {
	in    *interner
	base  Pos
	text  string // without splices when cuts is not nil
	cuts  []cut
	toks  []ftok
	dirs  []directive
	docs  []span
	errs  []lexError // about single tokens
	file  []lexError // about the file as a whole
	guard uint32     // the macro that guards the whole file, or symNone
}

// directive is a line that starts with #.
type directive struct {
	tok   uint32 // its # in toks
	end   uint32 // behind its last token
	next  int32  // of a conditional: the next one of the same group in dirs, -1 if there is none
	kind  uint32 // the number of its name, symNone for "#" alone and "# 12", symReserved for an unknown one
	macro atomic.Pointer[Macro]
}

func newSource(in *interner, base Pos, text string, lx *lexer) *source {
	s := &source{in: in, base: base, text: text}
	if !lx.run(text, false) {
		s.text, s.cuts = unsplice(text)
		lx.run(s.text, true)
	}
	s.toks = append([]ftok(nil), lx.toks...)
	s.docs = append([]span(nil), lx.docs...)
	for _, e := range lx.errs {
		if e.msg == "unterminated comment" || e.msg == "null byte in source text" {
			s.file = append(s.file, e)
		} else {
			s.errs = append(s.errs, e)
		}
	}
	s.findDirectives()
	s.findGuard()
	return s
}

func (s *source) pos(off uint32) Pos {
	if s.cuts != nil {
		off = rawOffset(s.cuts, off)
	}
	return s.base + Pos(off)
}

func (s *source) spelling(i uint32) string {
	t := &s.toks[i]
	return s.text[t.off : t.off+t.len]
}

// tok makes a Token of the file's token i.
func (s *source) tok(i uint32, t *Token) {
	f := &s.toks[i]
	t.Text = s.text[f.off : f.off+f.len]
	t.Pos = s.pos(f.off)
	t.Exp = 0
	t.sym = f.sym
	t.Kind = f.kind
	t.Space = f.flags&ftSpace != 0
	t.BOL = f.flags&ftBOL != 0
	t.flags = 0
	if f.flags&ftBad != 0 {
		t.flags = flagBad
	}
}

func (s *source) findDirectives() {
	n := 0
	for i := range s.toks {
		if t := &s.toks[i]; t.kind == Punct && t.sym == opHash && t.flags&ftBOL != 0 {
			n++
		}
	}
	if n == 0 {
		return
	}
	s.dirs = make([]directive, n)
	n = 0
	var open []int32 // the last directive of each conditional that is open
	for i := 0; i < len(s.toks); {
		if t := &s.toks[i]; t.kind != Punct || t.sym != opHash || t.flags&ftBOL == 0 {
			i++
			continue
		}
		d := &s.dirs[n]
		d.tok, d.next = uint32(i), -1
		for i++; i < len(s.toks) && s.toks[i].flags&ftBOL == 0; i++ {
		}
		d.end = uint32(i)
		d.kind = s.directiveKind(d)
		switch d.kind {
		case symIf, symIfdef, symIfndef:
			open = append(open, int32(n))
		case symElif, symElifdef, symElifndef, symElse:
			if len(open) > 0 {
				s.dirs[open[len(open)-1]].next = int32(n)
				open[len(open)-1] = int32(n)
			}
		case symEndif:
			if len(open) > 0 {
				s.dirs[open[len(open)-1]].next = int32(n)
				open = open[:len(open)-1]
			}
		}
		n++
	}
}

func (s *source) directiveKind(d *directive) uint32 {
	if d.tok+1 == d.end {
		return symNone
	}
	switch t := &s.toks[d.tok+1]; {
	case t.kind == Number:
		return symNone
	case t.kind == Ident && t.sym >= symDefine && t.sym <= symSccs:
		return t.sym
	}
	return symReserved
}

// findGuard recognizes a file that is one #ifndef X group as a whole.
func (s *source) findGuard() {
	if len(s.dirs) < 2 || s.dirs[0].tok != 0 || s.dirs[0].next != int32(len(s.dirs)-1) {
		return
	}
	if last := &s.dirs[len(s.dirs)-1]; last.kind != symEndif || last.end != uint32(len(s.toks)) {
		return
	}
	args := s.toks[2:s.dirs[0].end]
	is := func(i int, kind Kind, sym uint32) bool { return args[i].kind == kind && args[i].sym == sym }
	switch {
	case s.dirs[0].kind == symIfndef && len(args) == 1 && args[0].kind == Ident:
		s.guard = args[0].sym
	case s.dirs[0].kind != symIf:
	case len(args) == 3 && is(0, Punct, opNot) && is(1, Ident, symDefined) && args[2].kind == Ident:
		s.guard = args[2].sym
	case len(args) == 5 && is(0, Punct, opNot) && is(1, Ident, symDefined) && is(2, Punct, opLParen) && args[3].kind == Ident && is(4, Punct, opRParen):
		s.guard = args[3].sym
	}
}
