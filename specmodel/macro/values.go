// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// source is the value as written, blanks collapsed.
func (p *parser) source(v val) string {
	if v.fixed != "" {
		return v.fixed
	}
	return p.text(v.toks)
}

func (p *parser) valPos(v val) specmodel.Pos {
	if len(v.toks) == 0 {
		return v.pos
	}
	return p.lines.Pos(v.toks[0].Off, v.toks[len(v.toks)-1].End)
}

// plain is a value that the macro turns into text: an identifier as it
// stands, a string without its quotes.
func (p *parser) plain(v val) string {
	if s, ok := p.literal(v); ok {
		return s
	}
	return p.source(v)
}

// literal joins the string literals that a value consists of.
func (p *parser) literal(v val) (string, bool) {
	if v.fixed != "" {
		return v.fixed, true
	}
	toks := trimParens(p, v.toks)
	if len(toks) == 0 {
		return "", false
	}
	var b strings.Builder
	for _, t := range toks {
		switch {
		case t.Kind == ctext.String:
			b.WriteString(ctext.Unquote(string(p.src[t.Off:t.End])))
		case t.Kind != ctext.Directive:
			return "", false
		}
	}
	return b.String(), true
}

// trimParens removes parentheses around all of the tokens.
func trimParens(p *parser, toks []ctext.Token) []ctext.Token {
	for len(toks) >= 2 && p.is(toks[0], "(") && p.is(toks[len(toks)-1], ")") {
		depth := 0
		for i, t := range toks {
			switch {
			case p.is(t, "("):
				depth++
			case p.is(t, ")"):
				depth--
			}
			if depth == 0 && i < len(toks)-1 {
				return toks
			}
		}
		toks = toks[1 : len(toks)-1]
	}
	return toks
}

func (p *parser) is(t ctext.Token, text string) bool {
	return t.End-t.Off == len(text) && string(p.src[t.Off:t.End]) == text
}

// str is a value that must be text.
func (p *parser) str(v val, field string) string {
	if s, ok := p.literal(v); ok {
		return s
	}
	src := p.source(v)
	if src == "NULL" {
		return ""
	}
	if s, ok := specmodel.SignalTiming(src); ok && strings.HasPrefix(src, "KAPI_SIGNAL_TIME_") {
		return s
	}
	if s, ok := specmodel.SignalQueue(src); ok && strings.HasPrefix(src, "KAPI_SIGNAL_QUEUE_") {
		return s
	}
	if src == "" {
		p.problem(p.valPos(v), "not-text", specmodel.Bad, "%s has no value; write a string", field)
		return ""
	}
	p.problem(p.valPos(v), "not-text", specmodel.Odd, "%s is not a string literal, so its text is not known; write one instead of %s", field, clip(src))
	return src
}

// expr is a value that must be a number.
func (p *parser) expr(v val) specmodel.Expr {
	text := p.source(v)
	if err := specmodel.CheckSyntax(text); err != nil {
		pos := p.valPos(v)
		p.problem(pos, "bad-expression", specmodel.Bad, "%q is not a C constant expression; correct it: %v", clip(text), err)
		p.keep("", "expression", text, pos)
		return specmodel.Expr{}
	}
	return specmodel.Text(text, p.valPos(v))
}

// yes is a value that must be true or false.
func (p *parser) yes(v val, field string) bool {
	switch text := p.source(v); text {
	case "true", "1":
		return true
	case "false", "0":
		return false
	default:
		p.problem(p.valPos(v), "not-bool", specmodel.Bad, "%s is neither true nor false; write one of them instead of %s", field, clip(text))
		return false
	}
}

// token reads a word of a fixed set with the given parser.
func token[T any](p *parser, v val, what string, parse func(string) (T, bool)) T {
	text := p.plain(val{toks: trimParens(p, v.toks), fixed: v.fixed})
	t, ok := parse(text)
	if !ok {
		p.unknownToken(v, text, what)
	}
	return t
}

func (p *parser) unknownToken(v val, text, what string) {
	pos := p.valPos(v)
	if want, only := specmodel.Suggest(what, text); want != "" {
		pr := p.problem(pos, "unknown-token", specmodel.Bad, "%q is not %s; write %s", clip(text), article(what), want)
		if only {
			pr.Fix = p.word(pos, text, want)
		}
	} else {
		p.problem(pos, "unknown-token", specmodel.Bad, "%q is not %s; write %s", clip(text), article(what), specmodel.Choices(what))
	}
	p.keep("", what, text, p.valPos(v))
}

// word is the fix that replaces a word in a range where it stands once.
func (p *parser) word(pos specmodel.Pos, old, text string) *specmodel.Fix {
	src := string(p.src[pos.Offset:max(pos.Offset, pos.EndOffset)])
	i := strings.Index(src, old)
	if i < 0 || strings.Count(src, old) != 1 {
		return nil
	}
	pos.Offset, pos.EndOffset = pos.Offset+i, pos.Offset+i+len(old)
	return p.change(pos, text)
}

func article(what string) string {
	if strings.ContainsRune("aeiou", rune(what[0])) {
		return "an " + what
	}
	return "a " + what
}

// bits reads words joined by | with the given parser.
func bits[T ~uint32](p *parser, v val, what string, parse func(string) (T, bool)) T {
	var set T
	for word := range strings.SplitSeq(p.source(v), "|") {
		word = strings.Trim(word, " ()")
		if word == "0" || word == "" {
			continue
		}
		bit, ok := parse(word)
		if !ok {
			p.unknownToken(v, word, what)
		}
		set |= bit
	}
	return set
}

// maxArray bounds the arrays whose elements are taken over.
const maxArray = 1024

// list reads the elements of a compound literal or braces, or of an array of
// this file. ok is false if the value is none of them.
func (p *parser) list(v val) (elems []val, ok bool) {
	toks := trimParens(p, v.toks)
	for i, t := range toks {
		if p.is(t, "{") {
			return p.elements(toks[i:], len(toks)), true
		}
	}
	if len(toks) == 1 && toks[0].Kind == ctext.Ident {
		if init, ok := p.array(string(p.src[toks[0].Off:toks[0].End])); ok {
			elems = p.elements(init.toks, maxArray)
			return elems, len(elems) < maxArray
		}
	}
	return nil, false
}

// elements splits "{ a, b }" into at most limit parts.
func (p *parser) elements(toks []ctext.Token, limit int) []val {
	if len(toks) > 0 {
		toks = toks[1:]
	}
	var list []val
	depth, start := 0, 0
	add := func(end int) {
		elem := toks[start:end]
		for len(elem) > 0 && elem[0].Kind == ctext.Directive {
			elem = elem[1:]
		}
		if len(elem) > 0 {
			list = append(list, val{toks: elem})
		}
		start = end + 1
	}
	for i, t := range toks {
		if len(list) == limit {
			return list
		}
		switch string(p.src[t.Off:t.End]) {
		case "(", "{", "[":
			depth++
		case ")", "]":
			depth--
		case "}":
			if depth == 0 {
				add(i)
				return list
			}
			depth--
		case ",":
			if depth == 0 {
				add(i)
			}
		}
	}
	return list
}

// array finds the initialiser of an array of this file.
func (p *parser) array(name string) (val, bool) {
	if p.arrays == nil {
		p.arrays = map[string]val{}
		for i := 1; i+3 < len(p.toks); i++ {
			if !p.is(p.toks[i], "[") || p.toks[i-1].Kind != ctext.Ident {
				continue
			}
			j := i + 1
			for j < len(p.toks) && j < i+8 && !p.is(p.toks[j], "]") {
				j++
			}
			if j+2 < len(p.toks) && p.is(p.toks[j], "]") && p.is(p.toks[j+1], "=") && p.is(p.toks[j+2], "{") {
				p.arrays[string(p.src[p.toks[i-1].Off:p.toks[i-1].End])] = val{toks: p.toks[j+2:]}
			}
		}
	}
	v, ok := p.arrays[name]
	return v, ok
}

// exprs reads a list of numbers; from is the name of the array where its
// elements are not in this file.
func (p *parser) exprs(v val) (list []specmodel.Expr, from string) {
	elems, ok := p.list(v)
	if !ok {
		return nil, p.source(v)
	}
	for _, e := range elems {
		list = append(list, p.expr(e))
	}
	return list, ""
}

func (p *parser) each(args []val) []specmodel.Expr {
	var list []specmodel.Expr
	for _, a := range args {
		list = append(list, p.expr(a))
	}
	return list
}

// mask reads a mask with bits that belong to one architecture:
//
//	(BASE
//	#ifdef CONFIG_X86
//	| BITS
//	#endif
//	)
func (p *parser) mask(c *specmodel.Constraint, v val) {
	first := -1
	for i, t := range v.toks {
		if t.Kind == ctext.Directive {
			first = i
			break
		}
	}
	if first < 0 {
		c.Mask = p.expr(v)
		return
	}
	base := v.toks[:first]
	for len(base) > 0 && p.is(base[0], "(") && p.openIn(base) > 0 {
		base = base[1:]
	}
	c.Mask = p.expr(val{toks: base})
	arch := ""
	start := first
	flush := func(end int) {
		part := v.toks[start:end]
		if len(part) > 0 && p.is(part[0], "|") {
			part = part[1:]
		}
		for len(part) > 0 && p.is(part[len(part)-1], ")") && p.openIn(part) < 0 {
			part = part[:len(part)-1]
		}
		switch {
		case len(part) == 0:
		case arch == "":
			p.keep("mask", "bits", p.text(part), p.lines.Pos(part[0].Off, part[len(part)-1].End))
			p.problem(p.lines.Pos(part[0].Off, part[0].End), "conditional", specmodel.Odd, "these bits of the mask depend on something else than an architecture and are left out; write them for architectures")
		default:
			bits := p.expr(val{toks: part})
			c.ArchMasks = append(c.ArchMasks, specmodel.ArchMask{Pos: bits.Pos, Arch: arch, Bits: bits})
		}
	}
	for i := first; i < len(v.toks); i++ {
		if v.toks[i].Kind != ctext.Directive {
			continue
		}
		flush(i)
		arch = archOf(string(p.src[v.toks[i].Off:v.toks[i].End]))
		start = i + 1
	}
	flush(len(v.toks))
}

// openIn counts the parentheses that stay open; it is negative if more close.
func (p *parser) openIn(toks []ctext.Token) int {
	n := 0
	for _, t := range toks {
		switch {
		case p.is(t, "("):
			n++
		case p.is(t, ")"):
			n--
		}
	}
	return n
}

// archOf returns the architecture that "#ifdef CONFIG_X86" asks for, or "".
func archOf(directive string) string {
	f := strings.Fields(strings.NewReplacer("#", " ", "defined", " ", "(", " ", ")", " ", "IS_ENABLED", " ").Replace(directive))
	if len(f) != 2 || f[0] != "ifdef" && f[0] != "if" {
		return ""
	}
	name, ok := strings.CutPrefix(f[1], "CONFIG_")
	if !ok {
		return ""
	}
	switch name {
	case "PPC":
		return "powerpc"
	case "SUPERH":
		return "sh"
	case "UML":
		return "um"
	}
	return strings.ToLower(name)
}
