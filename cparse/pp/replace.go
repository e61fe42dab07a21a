// SPDX-License-Identifier: GPL-2.0-only

package pp

// replace appends to p.lists the replacement list of m with its arguments put
// in. The arguments are p.spans from first on.
func (p *pre) replace(m *Macro, name *Token, id ExpID, first int, swallow bool) {
	body := m.body()
	r := replacer{p: p, m: m, id: id, args: p.spans[first:], swallow: swallow, start: len(p.lists), opt: -1}
	for i := 0; i < len(body) && !p.dead; i++ {
		t := &body[i]
		if t.Kind == Ident && t.sym == symVaOpt && m.Variadic {
			i = r.vaOpt(body, i)
		} else {
			r.token(body, i)
		}
		if len(p.lists) > p.lim.Held {
			p.fatal(name.Pos, "macro expansion of more than %d tokens", p.lim.Held)
		}
	}
	p.step(len(p.lists) - r.start)
}

// replacer builds one replacement list at the end of p.lists.
type replacer struct {
	p       *pre
	m       *Macro
	id      ExpID
	args    []argSpan
	swallow bool
	start   int // where the list starts in p.lists
	opt     int // while in a __VA_OPT__: the length of p.lists at its start; else -1
}

func (r *replacer) last() *Token {
	if n := len(r.p.lists); n > r.start {
		return &r.p.lists[n-1]
	}
	return nil
}

// atOpt reports whether nothing has come yet since __VA_OPT__ began.
func (r *replacer) atOpt() bool { return r.opt >= 0 && r.opt == len(r.p.lists) }

// token adds what body[i] stands for.
func (r *replacer) token(body []Token, i int) {
	p := r.p
	t := &body[i]
	if t.Kind != kindParam {
		p.lists = append(p.lists, *t)
		p.lists[len(p.lists)-1].Exp = r.id
		return
	}
	pasted := i > 0 && body[i-1].flags&flagPaste != 0
	a := &r.args[t.sym]
	variable := r.m.Variadic && int(t.sym) == len(r.m.params)-1
	var toks []Token
	fix := -1 // a token of p.lists whose paste flag becomes that of t
	switch {
	case t.flags&flagString != 0:
		if a.text == nil {
			a.text = p.stringify(p.args[a.raw:a.raw+a.nraw], t)
		}
		s := *a.text
		s.Exp = r.id
		toks = []Token{s}
	case t.flags&flagPaste != 0:
		toks = p.args[a.raw : a.raw+a.nraw]
	case pasted:
		toks = p.args[a.raw : a.raw+a.nraw]
		if last := r.last(); last != nil {
			switch {
			case last.Kind == Punct && last.sym == opComma && variable:
				if r.swallow {
					p.lists = p.lists[:len(p.lists)-1]
				} else {
					fix = len(p.lists) - 1
				}
			case len(toks) == 0 && !r.atOpt():
				fix = len(p.lists) - 1
			}
		}
	default:
		toks = p.args[a.expanded : a.expanded+a.nexpanded]
		if r.atOpt() {
			for len(toks) > 0 && toks[0].Kind == kindPad {
				toks = toks[1:]
			}
		}
	}
	if !p.inDirective || p.wantPad {
		if i > 0 && !pasted && !r.atOpt() {
			p.lists = append(p.lists, Token{Kind: kindPad, Space: t.Space, flags: flagSource})
		}
	}
	if len(toks) > 0 {
		p.lists = append(p.lists, toks...)
		if t.flags&flagPaste != 0 {
			fix = len(p.lists) - 1
		}
	}
	if !p.inDirective && t.flags&flagPaste == 0 {
		p.lists = append(p.lists, Token{Kind: kindPad})
	}
	if fix >= 0 && fix < len(p.lists) {
		setPaste(&p.lists[fix], t.flags&flagPaste != 0)
	}
}

func setPaste(t *Token, on bool) {
	t.flags &^= flagPaste
	if on {
		t.flags |= flagPaste
	}
}

// vaOpt handles the __VA_OPT__ at body[i] and returns the index of its closing
// parenthesis.
func (r *replacer) vaOpt(body []Token, i int) int {
	p := r.p
	t := &body[i]
	if i > 0 && body[i-1].flags&flagPaste == 0 {
		p.lists = append(p.lists, Token{Kind: kindPad, Space: t.Space, flags: flagSource})
	}
	end, depth := i+1, 0
	for ; end < len(body); end++ {
		if body[end].Kind == Punct && body[end].sym == opLParen {
			depth++
		}
		if body[end].Kind == Punct && body[end].sym == opRParen {
			if depth--; depth == 0 {
				break
			}
		}
	}
	closing := &body[end]
	r.opt = len(p.lists)
	if va := &r.args[len(r.args)-1]; hasSolid(p.args[va.expanded : va.expanded+va.nexpanded]) {
		for j := i + 2; j < end && len(p.lists) <= p.lim.Held; j++ {
			r.token(body, j)
		}
	}
	start := r.opt
	r.opt = -1
	if t.flags&flagString != 0 {
		s := *p.stringify(p.pasteList(p.lists[start:]), t)
		s.Exp = r.id
		setPaste(&s, closing.flags&flagPaste != 0)
		p.lists = append(p.lists[:start], s)
		return end
	}
	for len(p.lists) > start && p.lists[len(p.lists)-1].Kind == kindPad {
		p.lists = p.lists[:len(p.lists)-1]
	}
	if len(p.lists) == start && start > r.start && p.lists[start-1].flags&flagPaste != 0 {
		setPaste(&p.lists[start-1], false)
	}
	if closing.flags&flagPaste == 0 {
		p.lists = append(p.lists, Token{Kind: kindPad})
		return end
	}
	if last := r.last(); last != nil && last.Kind != kindPad {
		setPaste(last, true)
	}
	return end
}

func hasSolid(toks []Token) bool {
	for i := range toks {
		if toks[i].Kind != kindPad {
			return true
		}
	}
	return false
}
