// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
	"kapilint/specmodel/internal/near"
)

// A block is an initialiser in braces that is being read.
type block struct {
	kind  string // spec, param, signal, ...; a key of setters
	start int    // the token that opened it
	elem  any    // pointer to the element; nil for the contract itself
	whole bool   // ends with the tokens, not with a brace
	locks lockFacts
}

// block reads the items of a block up to and including its end.
func (p *parser) block(b block) {
	defer p.closed(&b)
	for p.at < p.end {
		start := p.at
		switch t := p.tok(start); {
		case t == "}":
			p.at++
			if s := p.tok(p.at); s == "," || s == ";" {
				p.at++
			}
			return
		case t == ".":
			p.designator(&b)
		case t == ",":
			p.at++
			p.problem(p.pos(start), "stray-comma", specmodel.Odd, "a comma between two macros does not compile; remove it").Fix =
				specmodel.Replace(p.pos(start), "", "Remove the comma")
		case t == ";":
			p.at++
		case p.kind(start) == ctext.Directive:
			p.at++
			p.directive(start)
		case p.kind(start) == ctext.Ident:
			if openers[t] != "" || isSyscallDefine(t) {
				p.unterminated(&b, start)
				return
			}
			if kind, ok := enders[t]; ok {
				if p.endMacro(&b, t, kind) {
					return
				}
				continue
			}
			if m := macros[t]; m.in == "spec" && b.kind != "spec" && b.kind != "ioctl" {
				p.unterminated(&b, start)
				return
			}
			p.macro(&b, start)
		default:
			p.stray(&b, start)
		}
	}
	if !b.whole {
		p.unterminated(&b, p.end-1)
	}
}

func isSyscallDefine(t string) bool {
	return strings.HasPrefix(t, "SYSCALL_DEFINE") || strings.HasPrefix(t, "COMPAT_SYSCALL_DEFINE")
}

func (p *parser) unterminated(b *block, at int) {
	p.problem(p.pos(b.start), "unterminated", specmodel.Bad, "%s is not closed before line %d; close it", p.describe(b), p.pos(at).Line)
	p.broken = true
}

// describe names a block for messages.
func (p *parser) describe(b *block) string {
	if b.kind == "spec" || b.kind == "ioctl" {
		return "the contract of " + p.api.Name
	}
	return "the block of " + p.tok(b.start)
}

// endMacro deals with an END macro for a kind of block, and reports whether
// the open block ends. One for a block further out stays to be read there.
func (p *parser) endMacro(b *block, t, kind string) bool {
	switch {
	case kind == b.kind || kind == "spec" && b.kind == "ioctl":
		p.ends = true
		p.at++
		if p.tok(p.at) == ";" {
			p.at++
		}
		return true
	case b.kind == "spec":
		p.problem(p.pos(p.at), "unbalanced", specmodel.Bad, "%s ends a block that is not open; remove it", t)
		p.at++
		return false
	}
	p.problem(p.pos(b.start), "unterminated", specmodel.Bad, "%s is not closed before %s on line %d; close it", p.describe(b), t, p.pos(p.at).Line)
	p.broken = true
	return true
}

// enders are the macros that end a block, by the kind of block.
var enders = map[string]string{
	"KAPI_END_SPEC": "spec", "KAPI_IOCTL_END_SPEC": "spec", "KAPI_END_IOCTL_SPEC": "spec",
	"KAPI_PARAM_END": "param", "KAPI_RETURN_END": "return", "KAPI_LOCK_END": "lock", "KAPI_CONSTRAINT_END": "constraint",
	"KAPI_SIGNAL_END": "signal", "KAPI_SIGNAL_MASK_END": "mask", "KAPI_STRUCT_SPEC_END": "struct", "KAPI_STRUCT_FIELD_END": "field",
	"KAPI_SIDE_EFFECT_END": "effect", "KAPI_STATE_TRANS_END": "trans", "KAPI_CAPABILITY_END": "cap",
	"KAPI_SOCKET_STATE_END": "socket", "KAPI_PROTOCOL_BEHAVIOR_END": "protocol", "KAPI_BUFFER_END": "buffer",
	"KAPI_ASYNC_END": "async", "KAPI_ADDR_FAMILY_END": "family",
}

// stray moves over what cannot stand in an initialiser.
func (p *parser) stray(b *block, start int) {
	if start >= p.end {
		return // reported as not closed
	}
	if p.tok(start) == "{" {
		p.skipBraces()
	} else {
		p.at++
	}
	pos := p.span(start, p.at)
	p.problem(pos, "stray-text", specmodel.Bad, "%q cannot stand in %s; remove it", clip(p.raw(start, p.at)), p.describe(b))
	p.keep(b.kind, "text", p.raw(start, p.at), pos)
	for p.at < p.end && p.tok(p.at) != "}" && p.tok(p.at) != "." && p.kind(p.at) != ctext.Ident && p.kind(p.at) != ctext.Directive {
		p.at++ // one complaint is enough for a run of them
	}
}

func (p *parser) skipBraces() {
	depth := 0
	for p.at < p.end {
		switch p.tok(p.at) {
		case "{":
			depth++
		case "}":
			depth--
		}
		p.at++
		if depth == 0 {
			return
		}
	}
}

// directive deals with a preprocessor line between items.
func (p *parser) directive(i int) {
	if p.conditional {
		return
	}
	p.conditional = true
	p.problem(p.pos(i), "conditional", specmodel.Odd, "the contract depends on the configuration and is checked with every branch; write one for all configurations")
}

// raw is the source text of a range of tokens with blanks collapsed, without
// comments and directives.
func (p *parser) raw(first, end int) string { return p.text(p.toks[first:min(end, len(p.toks))]) }

func (p *parser) text(toks []ctext.Token) string {
	var b strings.Builder
	for i, t := range toks {
		if t.Kind == ctext.Directive {
			continue
		}
		if i > 0 && b.Len() > 0 && toks[i-1].End < t.Off {
			b.WriteByte(' ')
		}
		b.Write(p.src[t.Off:t.End])
	}
	return b.String()
}

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}

// args reads the arguments of the macro call at p.at, an opening parenthesis.
func (p *parser) args() []val {
	if p.tok(p.at) != "(" {
		return nil
	}
	open := p.at
	p.at++
	list := []val{}
	depth, start := 1, p.at
	for p.at < p.end {
		switch p.tok(p.at) {
		case "(", "{", "[":
			depth++
		case ")", "}", "]":
			depth--
		case ",":
			if depth == 1 {
				list = append(list, val{toks: p.toks[start:p.at]})
				start = p.at + 1
			}
		}
		p.at++
		if depth == 0 {
			if last := p.toks[start : p.at-1]; len(last) > 0 || len(list) > 0 {
				list = append(list, val{toks: last})
			}
			return list
		}
	}
	p.problem(p.pos(open), "unterminated", specmodel.Bad, "the parenthesis is not closed; close it")
	return append(list, val{toks: p.toks[start:p.end]})
}

// macro reads one macro call in a block.
func (p *parser) macro(b *block, start int) {
	name := p.tok(start)
	p.at++
	hasArgs := p.tok(p.at) == "("
	m, ok := macros[name]
	if !ok {
		p.args()
		p.unknownMacro(b, name, start)
		return
	}
	var args []val
	if hasArgs {
		args = p.args()
	}
	if m.in != b.kind && !(m.in == "spec" && b.kind == "ioctl") && m.in != "" {
		p.problem(p.pos(start), "misplaced", specmodel.Bad, "%s does not belong into %s; move it into %s", name, p.describe(b), kinds[m.in].name)
		p.keep(b.kind, name, p.raw(start, p.at), p.span(start, p.at))
		return
	}
	if !m.fits(len(args)) {
		if docArity[name] == len(args) && len(args) > 0 {
			p.problem(p.span(start, p.at), "doc-dialect", specmodel.Bad, "%s with %s exists only in old documentation; give it %s", name, plural(len(args), "argument"), m.arity())
		} else {
			p.problem(p.span(start, p.at), "argument-count", specmodel.Bad, "%s has %s; give it %s", name, plural(len(args), "argument"), m.arity())
		}
		p.keep(b.kind, name, p.raw(start, p.at), p.span(start, p.at))
		return
	}
	p.apply(b, &m, args, start)
}

func (p *parser) apply(b *block, m *macro, args []val, start int) {
	if m.run != nil {
		m.run(p, b, args, start)
		return
	}
	target := *b
	if m.open != "" {
		target = p.open(m.open, b, args, start)
	}
	for i, field := range m.set {
		if field != "" && i < len(args) {
			p.set(&target, field, args[i], start)
		}
	}
	for i := 0; i+1 < len(m.fixed); i += 2 {
		p.set(&target, m.fixed[i], val{fixed: m.fixed[i+1], pos: p.span(start, p.at)}, start)
	}
	switch {
	case m.open != "" && m.self:
		p.closed(&target)
		p.noteError(m.open)
	case m.open != "":
		p.block(target)
		p.noteError(m.open)
	default:
		b.locks = target.locks
	}
}

// noteError remembers where the last error ends.
func (p *parser) noteError(kind string) {
	if kind == "error" {
		p.lastError = p.at
	}
}

func (p *parser) unknownMacro(b *block, name string, start int) {
	pos := p.span(start, p.at)
	p.keep(b.kind, name, p.raw(start, p.at), pos)
	if docOnly[name] {
		p.problem(pos, "doc-dialect", specmodel.Bad, "%s exists only in old documentation and is defined nowhere; write a macro of the block that it means", name)
		return
	}
	if !strings.HasPrefix(name, "KAPI_") {
		p.problem(pos, "unknown-macro", specmodel.Odd, "%s is not known, and what it sets is not checked; write macros of the notation", clip(name))
		return
	}
	want, only := near.Word(name, func(yield func(string) bool) {
		for known, m := range macros {
			if (m.in == b.kind || m.in == "spec" && b.kind == "ioctl") && !yield(known) {
				return
			}
		}
		for known, kind := range enders {
			if kind == b.kind && !yield(known) {
				return
			}
		}
	})
	if want == "" {
		p.problem(pos, "unknown-macro", specmodel.Bad, "%s is not a macro of the notation; remove it", clip(name))
		return
	}
	pr := p.problem(pos, "unknown-macro", specmodel.Bad, "%s is not a macro of the notation; write %s", clip(name), want)
	if only {
		pr.Fix = p.change(p.pos(start), want)
	}
}

// docOnly are macros that only the first documentation had.
var docOnly = map[string]bool{
	"KAPI_PARAM_MASK": true, "KAPI_PARAM_PATH": true, "KAPI_PARAM_OPTIONAL": true, "KAPI_PARAM_VARIADIC": true,
	"KAPI_PARAM_CALLBACK": true, "KAPI_PARAM_CUSTOM_VALIDATOR": true, "KAPI_LOCK_NOT_REQUIRED": true, "KAPI_IOCTL_FIELD": true,
}

// docArity is the number of arguments that macros had only in the first
// documentation.
var docArity = map[string]int{"KAPI_PARAM": 5, "KAPI_PARAM_RANGE": 3, "KAPI_ERROR": 2, "KAPI_SIGNAL": 2, "KAPI_SIDE_EFFECT": 1}

// designator reads ".name = value," or a block that a designator opens.
func (p *parser) designator(b *block) {
	start := p.at
	p.at++
	field := p.tok(p.at)
	if p.kind(p.at) != ctext.Ident {
		p.at = start
		p.stray(b, start)
		return
	}
	p.at++
	var index *val
	if p.tok(p.at) == "[" {
		index = p.index()
	}
	if p.tok(p.at) != "=" {
		p.problem(p.span(start, p.at), "bad-designator", specmodel.Bad, "%q is followed by no value; write = and one", clip(p.raw(start, p.at)))
		p.keep(b.kind, field, p.raw(start, p.at), p.span(start, p.at))
		return
	}
	p.at++
	if p.tok(p.at) == "{" && p.openRaw(b, field, index, start) {
		return
	}
	p.set(b, field, p.value(start), start)
}

// index reads "[n]".
func (p *parser) index() *val {
	p.at++
	first := p.at
	for p.at < p.end && p.tok(p.at) != "]" && p.tok(p.at) != "{" && p.tok(p.at) != ";" {
		p.at++
	}
	v := val{toks: p.toks[first:p.at]}
	if p.tok(p.at) == "]" {
		p.at++
	}
	return &v
}

// value reads the value of a designator and the comma after it.
func (p *parser) value(start int) val {
	first, depth := p.at, 0
	for p.at < p.end {
		t := p.tok(p.at)
		if depth == 0 && p.at > first && p.missingComma() {
			last := p.pos(p.at - 1)
			p.problem(last, "missing-comma", specmodel.Bad, "%q lacks the comma after it; write one", clip(p.raw(start, p.at))).Fix =
				&specmodel.Fix{Message: "Add the comma", Edits: []specmodel.Edit{{File: last.File, Offset: last.EndOffset, EndOffset: last.EndOffset, New: ","}}}
			break
		}
		switch t {
		case "(", "{", "[":
			depth++
		case ")", "]", "}":
			depth--
		}
		if depth < 0 || depth == 0 && (t == "," || t == ";") {
			break
		}
		p.at++
	}
	v := val{toks: p.toks[first:min(p.at, p.end)]}
	if p.tok(p.at) == "," {
		p.at++
	}
	return v
}

// missingComma reports whether the next token begins another item.
func (p *parser) missingComma() bool {
	t := p.tok(p.at)
	if t == "." && p.kind(p.at+1) == ctext.Ident && (p.tok(p.at+2) == "=" || p.tok(p.at+2) == "[") {
		return true
	}
	_, isMacro := macros[t]
	return isMacro || enders[t] != "" || openers[t] != ""
}

// openRaw reads a block that a designator opens, with all elements of an
// array if the designator names the whole of it. It reports false if the
// field holds no blocks.
func (p *parser) openRaw(b *block, field string, index *val, start int) bool {
	kind := kindOf(b.kind, field)
	if kind == "" {
		return false
	}
	p.at++
	if index != nil || !kinds[kind].list {
		var args []val
		if index != nil {
			args = []val{*index}
		}
		p.block(p.open(kind, b, args, start))
		p.noteError(kind)
		return true
	}
	for n := 0; p.at < p.end; n++ {
		switch p.tok(p.at) {
		case "}":
			p.at++
			if p.tok(p.at) == "," {
				p.at++
			}
			return true
		case ",":
			p.at++
			n--
			continue
		}
		at := p.at
		elem := &val{fixed: specmodel.Int(int64(n)).String()}
		if p.tok(p.at) == "[" {
			elem = p.index()
			if p.tok(p.at) == "=" {
				p.at++
			}
		}
		if p.tok(p.at) != "{" {
			p.stray(b, p.at)
			continue
		}
		p.at++
		p.block(p.open(kind, b, []val{*elem}, at))
		p.noteError(kind)
	}
	return true
}
