// SPDX-License-Identifier: GPL-2.0-only

package pp

import "strings"

// paste joins t, which has the paste flag, with what follows it in the list
// being read, and puts the result before what is read next.
func (p *pre) paste(t *Token) {
	lhs := *t
	n := len(p.ctxs) - 1
	for {
		c := &p.ctxs[n]
		if c.i == len(c.toks) {
			break
		}
		rhs := &c.toks[c.i]
		c.i++
		if rhs.Kind == kindPad {
			break
		}
		more := rhs.flags&flagPaste != 0
		if !p.join(&lhs, rhs) {
			c.i--
			break
		}
		if !more {
			break
		}
	}
	lhs.flags &^= flagPaste
	p.pushOne(&lhs, p.ctxs[n].body)
}

// join makes one token of two. When that is no token, it complains, and lhs
// stays as it was.
func (p *pre) join(lhs, rhs *Token) bool {
	text := lhs.Text + rhs.Text
	if !p.addText(len(text), lhs.Pos) {
		return false
	}
	kind, sym, ok := p.lexOne(text)
	if !ok {
		lhs.flags &^= flagPaste
		p.errorf(lhs.Pos, "pasting %q and %q does not give a valid preprocessing token", lhs.Text, rhs.Text)
		return false
	}
	*lhs = Token{Text: text, Pos: lhs.Pos, Exp: lhs.Exp, sym: sym, Kind: kind, Space: lhs.Space, flags: flagBody}
	return true
}

// lexOne reads text as a single token.
func (p *pre) lexOne(text string) (kind Kind, sym uint32, ok bool) {
	switch text {
	case "":
		return Other, 0, false
	case "::": // one token to gcc, though C has it as two
		return Punct, opOther, true
	}
	n := 0
	if c := text[0]; class[c]&(chIdent|chDigit) == chIdent {
		for n < len(text) && class[text[n]]&chIdent != 0 {
			n++
		}
		if n == len(text) {
			return Ident, p.fs.syms.lookup(text), true
		}
	}
	if n, kind, _, _ := literalOrNothing(text); n > 0 {
		return kind, 0, n == len(text) && kind != Other
	}
	if m := identEnd(text, 0); m > 0 && class[text[0]]&chDigit == 0 {
		return Ident, p.fs.syms.lookup(text[:m]), m == len(text)
	}
	n, kind, sym, bad, joined := p.lx.token(text)
	return kind, sym, n == len(text) && bad == "" && !joined && kind != Other
}

// literalOrNothing reads the string or character constant that text starts
// with, with its prefix.
func literalOrNothing(text string) (n int, kind Kind, bad string, joined bool) {
	q := strings.IndexAny(text[:min(len(text), 4)], `"'`)
	if q < 0 {
		return 0, Other, "", false
	}
	return literal(text, q)
}

// pasteList carries out the ## operators within toks, in place.
func (p *pre) pasteList(toks []Token) []Token {
	out := toks[:0]
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		for t.flags&flagPaste != 0 && i+1 < len(toks) {
			rhs := &toks[i+1]
			more := rhs.flags&flagPaste != 0
			if rhs.Kind != kindPad && !p.join(&t, rhs) {
				break
			}
			setPaste(&t, more)
			i++
		}
		setPaste(&t, false)
		out = append(out, t)
	}
	return out
}

// stringify makes a string of the spelling of toks. The parameter param, after
// #, asked for it.
func (p *pre) stringify(toks []Token, param *Token) *Token {
	size := 2
	for i := range toks {
		size += len(toks[i].Text) + 1
	}
	var s strings.Builder
	if p.addText(size, param.Pos) {
		s.Grow(size)
	} else {
		toks = nil
	}
	s.WriteByte('"')
	var b blank
	backslashes := 0
	pos := param.Pos
	for i := range toks {
		t := &toks[i]
		if t.Kind == kindPad {
			b.add(t)
			continue
		}
		if s.Len() == 1 {
			pos = t.Pos
		} else if b.source && b.space || !b.source && t.Space {
			s.WriteByte(' ')
		}
		b = blank{}
		if t.Kind == String || t.Kind == Char {
			for j := 0; j < len(t.Text); j++ {
				switch c := t.Text[j]; c {
				case '\\', '"':
					s.WriteByte('\\')
					s.WriteByte(c)
				case '\n':
					s.WriteString(`\n`)
				default:
					s.WriteByte(c)
				}
			}
		} else {
			s.WriteString(t.Text)
		}
		if t.Kind == Other && t.Text[0] == '\\' {
			backslashes++
		} else {
			backslashes = 0
		}
	}
	text := s.String()
	if backslashes&1 != 0 {
		text = text[:len(text)-1]
	}
	if !p.addText(len(text)-size, param.Pos) {
		text = `"`
	}
	return &Token{Text: text + `"`, Pos: pos, Kind: String, flags: flagBody}
}
