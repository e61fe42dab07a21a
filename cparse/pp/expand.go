// SPDX-License-Identifier: GPL-2.0-only

package pp

// context is a token list being read: a replacement list, a macro argument, or
// a few tokens made up.
type context struct {
	toks []Token
	i    int
	exp  ExpID  // what the tokens come through, 0 if they say it themselves
	def  *entry // the macro that is disabled as long as the list is read, or nil
	body bool   // the list is that of a macro, or a token pasted in one
	mark int    // what p.lists is cut back to at the end of the list
}

// entry is what a name means in one unit.
type entry struct {
	m        *Macro // nil: not a macro
	disabled bool
}

const pageSize = 512

type page [pageSize]entry

// lookup returns the entry of a name, nil if it has none.
func (p *pre) lookup(sym uint32) *entry {
	if n := int(sym / pageSize); n < len(p.table) && p.table[n] != nil {
		return &p.table[n][sym%pageSize]
	}
	return nil
}

// entry returns the entry of a name, making one if need be.
func (p *pre) entry(sym uint32) *entry {
	n := int(sym / pageSize)
	for n >= len(p.table) {
		p.table = append(p.table, make([]*page, n+1-len(p.table))...)
	}
	if p.table[n] == nil {
		p.table[n] = new(page)
	}
	return &p.table[n][sym%pageSize]
}

func (p *pre) macro(sym uint32) *Macro {
	if e := p.lookup(sym); e != nil {
		return e.m
	}
	return nil
}

func (p *pre) push(c context) {
	if c.def != nil {
		c.def.disabled = true
	}
	p.ctxs = append(p.ctxs, c)
}

func (p *pre) pop() {
	n := len(p.ctxs) - 1
	c := &p.ctxs[n]
	if c.def != nil {
		c.def.disabled = false
	}
	p.lists = p.lists[:c.mark]
	c.toks, c.def = nil, nil
	p.ctxs = p.ctxs[:n]
}

// pushOne puts a single token before what is read next. Body says whether it
// belongs to the replacement list that was read last.
func (p *pre) pushOne(t *Token, body bool) {
	mark := len(p.lists)
	p.lists = append(p.lists, *t)
	p.push(context{toks: p.lists[mark : mark+1 : mark+1], body: body, mark: mark})
}

// unread takes back the token that get gave last.
func (p *pre) unread() {
	if n := len(p.ctxs); n > 0 {
		p.ctxs[n-1].i--
		return
	}
	p.frames[len(p.frames)-1].pos--
}

// setPad makes t the padding that stands for a token with the given white
// space before it.
func setPad(t *Token, space, bol bool) {
	*t = Token{Kind: kindPad, Space: space, BOL: bol, flags: flagSource}
}

// setEnd makes t padding that stands for nothing, behind a list.
func setEnd(t *Token) { *t = Token{Kind: kindPad} }

// blank sums up the padding before a token.
type blank struct{ source, space, bol bool }

func (b *blank) add(t *Token) {
	if !b.source || !b.space && t.flags&flagSource == 0 {
		b.source, b.space, b.bol = t.flags&flagSource != 0, t.Space, t.BOL
	}
}

// get reads the next token after macro expansion into t. Padding is a token
// too. The end of what is being read is a kindEOF, again and again.
func (p *pre) get(t *Token) {
	for {
		if !p.step(1) {
			*t = Token{Kind: kindEOF}
			return
		}
		if n := len(p.ctxs); n == 0 {
			p.lex(t)
		} else {
			c := &p.ctxs[n-1]
			if c.i == len(c.toks) {
				p.pop()
				if p.inDirective {
					continue
				}
				setEnd(t)
				return
			}
			*t = c.toks[c.i]
			c.i++
			if c.exp != 0 {
				t.Exp = c.exp
			}
			if t.flags&flagPaste != 0 {
				space, bol := t.Space, t.BOL
				p.paste(t)
				if p.inDirective {
					continue
				}
				setPad(t, space, bol)
				return
			}
		}
		if t.Kind != Ident || t.flags&flagNoExpand != 0 {
			return
		}
		e := p.lookup(t.sym)
		if e == nil || e.m == nil {
			return
		}
		if e.disabled {
			t.flags |= flagNoExpand
			return
		}
		if p.prevent > 0 {
			return
		}
		if !p.about && (len(p.ctxs) == 0 || !p.ctxs[len(p.ctxs)-1].body) {
			p.outer, p.outerFunc = t.Pos, e.m.FuncLike
		}
		space, bol := t.Space, t.BOL
		about := p.about
		p.about = true
		ok := p.enter(e, t)
		p.about = about
		if !ok {
			return
		}
		if p.inDirective {
			continue
		}
		setPad(t, space, bol)
		return
	}
}

// getSolid is get without padding.
func (p *pre) getSolid(t *Token) {
	for p.get(t); t.Kind == kindPad; p.get(t) {
	}
}

// enter begins the expansion of the macro that t names. It reports false when
// there is none after all: a function-like macro without arguments.
func (p *pre) enter(e *entry, t *Token) bool {
	m := e.m
	if m.builtin != 0 {
		return p.enterBuiltin(m, t)
	}
	if !m.FuncLike {
		id := p.newExpansion(m, t, t.Pos+Pos(len(t.Text)))
		p.push(context{toks: m.body(), exp: id, def: e, body: true, mark: len(p.lists)})
		return true
	}
	base, ranges, written := len(p.args), len(p.spans), len(p.written)
	defer func() {
		p.args, p.spans, p.written = p.args[:base], p.spans[:ranges], p.written[:written]
	}()
	p.prevent++
	saved := p.parsing
	p.parsing = parsingParen
	end, swallow, ok := p.collect(m, t)
	p.parsing = saved
	p.prevent--
	if !ok {
		return false
	}
	id := p.newExpansion(m, t, end)
	if (!t.InBody() || p.isAlias(t.Exp)) && end != 0 && !p.inDirective {
		p.result.Expansions[id].Args = p.keepArgs(p.written[written:])
	}
	if len(m.params) == 0 {
		p.push(context{toks: m.body(), exp: id, def: e, body: true, mark: len(p.lists)})
		return true
	}
	p.expandArgs(m, ranges)
	p.reroot(p.args[base:], id, t.Exp)
	mark := len(p.lists)
	p.replace(m, t, id, ranges, swallow)
	p.push(context{toks: p.lists[mark:len(p.lists):len(p.lists)], def: e, body: true, mark: mark})
	return true
}

// argSpan is one argument of a macro, as ranges of p.args. A kindEOF stands
// behind each range.
type argSpan struct {
	raw, nraw           int
	expanded, nexpanded int
	isExpanded          bool
	text                *Token // the argument as a string, when it was asked for
}

// collect reads the arguments of m, whose name t was just read, and reports
// the position behind the closing parenthesis and whether a comma pasted to
// the variable argument has to go.
func (p *pre) collect(m *Macro, name *Token) (end Pos, swallow, ok bool) {
	var t, pad Token
	var b blank
	padded := false
	for p.get(&t); t.Kind == kindPad; p.get(&t) {
		b.add(&t)
		padded = true
	}
	if t.Kind != Punct || t.sym != opLParen {
		// The end of an argument has to be seen again by its reader, the one
		// of a file or directive comes again by itself.
		if t.Kind != kindEOF || len(p.ctxs) > 0 && !p.dead {
			p.unread()
			if padded {
				pad = Token{Kind: kindPad, Space: b.space, BOL: b.bol}
				if b.source {
					pad.flags = flagSource
				}
				p.pushOne(&pad, false)
			}
		}
		return 0, false, false
	}
	p.parsing = parsingArgs
	want := max(len(m.params), 1)
	first := len(p.spans)
	n := 0
	for {
		n++
		a := argSpan{raw: len(p.args)}
		done := p.collectOne(m, n, &a, &t)
		if n <= want {
			p.spans = append(p.spans, a)
		} else {
			p.args = p.args[:a.raw]
		}
		if done {
			break
		}
	}
	if t.Kind == kindEOF {
		if len(p.ctxs) > 0 && !p.dead {
			p.unread()
		}
		p.errorf(name.Pos, "unterminated argument list invoking macro %q", m.Name)
		return 0, false, false
	}
	if n == 1 && len(m.params) == 0 && p.spans[first].nraw == 0 {
		n = 0
		p.written = p.written[:len(p.written)-1]
	}
	switch {
	case n == len(m.params):
	case n < len(m.params) && m.Variadic && n+1 == len(m.params):
		a := argSpan{raw: len(p.args)}
		p.args = append(p.args, Token{Kind: kindEOF})
		p.spans = append(p.spans, a)
		swallow = true
	case n < len(m.params):
		p.errorf(name.Pos, "macro %q requires %d arguments, but only %d given", m.Name, len(m.params), n)
		return 0, false, false
	default:
		p.errorf(name.Pos, "macro %q passed %d arguments, but takes just %d", m.Name, n, len(m.params))
		return 0, false, false
	}
	if m.Variadic && n == 1 && p.spans[first].nraw == 0 {
		swallow = true
	}
	return t.End(), swallow, true
}

// collectOne reads argument number n of m into p.args and leaves in t the
// token that ended it. It reports whether that was the last argument.
func (p *pre) collectOne(m *Macro, n int, a *argSpan, t *Token) (done bool) {
	depth := 0
	solid := 0
	w := Arg{t.End(), t.End()}
	empty := true
	for {
		p.get(t)
		switch {
		case t.Kind == kindPad:
			if len(p.args) == a.raw {
				continue
			}
		case t.Kind == kindEOF:
			done = true
		case t.Kind != Punct:
		case t.sym == opLParen:
			depth++
		case t.sym == opRParen:
			if depth == 0 {
				done = true
				break
			}
			depth--
		case t.sym == opComma:
			if depth > 0 {
				break
			}
			p.written = append(p.written, w)
			if !m.Variadic || n != len(m.params) {
				a.finish(p, solid)
				return false
			}
			w, empty = Arg{t.End(), t.End()}, true
			p.args = append(p.args, *t)
			solid = len(p.args)
			continue
		}
		if done {
			p.written = append(p.written, w)
			a.finish(p, solid)
			return true
		}
		p.args = append(p.args, *t)
		if t.Kind != kindPad {
			solid = len(p.args)
			if empty {
				w.Pos, empty = t.Pos, false
			}
			w.End = t.End()
		}
		if len(p.args) > p.lim.Held {
			p.fatal(t.Pos, "macro arguments of more than %d tokens", p.lim.Held)
		}
	}
}

// finish drops trailing padding and closes the range.
func (a *argSpan) finish(p *pre, solid int) {
	if solid < a.raw {
		solid = a.raw
	}
	p.args = append(p.args[:solid], Token{Kind: kindEOF})
	a.nraw = solid - a.raw
}

// expandArg expands the macros of the argument p.spans[n], once.
func (p *pre) expandArg(n int) {
	a := p.spans[n]
	if a.isExpanded {
		return
	}
	a.isExpanded = true
	a.expanded = len(p.args)
	p.spans[n] = a
	if a.nraw == 0 {
		return
	}
	if p.depth >= p.lim.ExpandDepth {
		p.fatal(p.args[a.raw].Pos, "macro arguments nested more than %d deep", p.lim.ExpandDepth)
		return
	}
	p.depth++
	base := len(p.ctxs)
	p.push(context{toks: p.args[a.raw : a.raw+a.nraw+1 : a.raw+a.nraw+1], mark: len(p.lists)})
	var t Token
	for {
		p.get(&t)
		if t.Kind == kindEOF {
			break
		}
		p.args = append(p.args, t)
		if len(p.args) > p.lim.Held {
			p.fatal(t.Pos, "macro arguments of more than %d tokens", p.lim.Held)
		}
	}
	for len(p.ctxs) > base {
		p.pop()
	}
	p.depth--
	p.spans[n].nexpanded = len(p.args) - a.expanded
}

// expandArgs expands those arguments of m that its replacement list needs
// expanded. They are p.spans from first on.
func (p *pre) expandArgs(m *Macro, first int) {
	body := m.body()
	for i := range body {
		t := &body[i]
		switch {
		case t.Kind == kindParam:
			if t.flags&(flagString|flagPaste) == 0 && (i == 0 || body[i-1].flags&flagPaste == 0) {
				p.expandArg(first + int(t.sym))
			}
		case t.Kind == Ident && t.sym == symVaOpt && m.Variadic:
			p.expandArg(len(p.spans) - 1)
		}
	}
}
