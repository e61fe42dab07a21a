// SPDX-License-Identifier: GPL-2.0-only

package pp

import "sync/atomic"

// Macro is the definition of a macro. It is immutable and shared.
type Macro struct {
	Name     string
	Params   []string // the last is __VA_ARGS__ or the given name when Variadic
	FuncLike bool
	Variadic bool
	Pos      Pos // of the name in its #define; 0 for one that the preprocessor computes, such as __LINE__

	sym         uint32
	builtin     builtin
	single      bool
	src         *source
	first, last uint32 // the replacement list in src.toks
	nbody       int32
	params      []uint32
	index       map[uint32]int // of params, when there are many
	list        atomic.Pointer[[]Token]
	err         string // why it is no definition
	errTok      uint32
}

// Body returns the replacement list as it is spelled, without positions in any
// expansion. A parameter is an Ident like others.
func (m *Macro) Body() []Token {
	if m.src == nil {
		return nil
	}
	body := make([]Token, 0, m.last-m.first)
	for i := m.first; i < m.last; i++ {
		var t Token
		m.src.tok(i, &t)
		t.flags |= flagBody
		body = append(body, t)
	}
	return body
}

// define returns the macro that a #define line defines. One that is no
// definition has an err.
func (s *source) define(d *directive) *Macro {
	if m := d.macro.Load(); m != nil {
		return m
	}
	m := s.parseDefine(d)
	d.macro.CompareAndSwap(nil, m)
	return d.macro.Load()
}

func (s *source) parseDefine(d *directive) *Macro {
	m := &Macro{src: s}
	fail := func(i uint32, msg string) *Macro {
		m.err, m.errTok = msg, min(i, d.end-1)
		return m
	}
	i := d.tok + 2
	if i >= d.end {
		return fail(i, "no macro name given in #define directive")
	}
	name := &s.toks[i]
	if name.kind != Ident {
		return fail(i, "macro names must be identifiers")
	}
	m.Name, m.sym, m.Pos = s.spelling(i), name.sym, s.pos(name.off)
	switch name.sym {
	case symDefined, symVaArgs, symVaOpt:
		return fail(i, `"`+m.Name+`" cannot be used as a macro name`)
	}
	i++
	if i < d.end && s.isPunct(i, opLParen) && s.toks[i].flags&ftSpace == 0 {
		m.FuncLike = true
		var msg string
		if i, msg = s.parseParams(m, i+1, d.end); msg != "" {
			return fail(i, msg)
		}
	}
	m.first, m.last = i, d.end
	if i, msg := s.checkBody(m); msg != "" {
		return fail(i, msg)
	}
	return m
}

func (s *source) isPunct(i uint32, op uint32) bool {
	return s.toks[i].kind == Punct && s.toks[i].sym == op
}

// parseParams reads the parameters that start at token i. It returns the token
// behind the closing parenthesis.
func (s *source) parseParams(m *Macro, i, end uint32) (uint32, string) {
	const unclosed = "expected ')' in macro parameter list"
	if i < end && s.isPunct(i, opRParen) {
		return i + 1, ""
	}
	for {
		if i >= end {
			return i, unclosed
		}
		t := &s.toks[i]
		name, sym := "__VA_ARGS__", symVaArgs
		switch {
		case t.kind == Ident && t.sym != symVaArgs && t.sym != symVaOpt:
			name, sym = s.spelling(i), t.sym
			i++
			if i < end && s.isPunct(i, opEllipsis) {
				m.Variadic = true
				i++
			}
		case t.kind == Punct && t.sym == opEllipsis:
			m.Variadic = true
			i++
		default:
			return i, "expected parameter name in macro parameter list"
		}
		if m.param(sym) >= 0 {
			return i - 1, `duplicate macro parameter "` + name + `"`
		}
		m.addParam(name, sym)
		switch {
		case i >= end:
			return i, unclosed
		case s.isPunct(i, opRParen):
			return i + 1, ""
		case !m.Variadic && s.isPunct(i, opComma):
			i++
		default:
			return i, unclosed
		}
	}
}

func (m *Macro) addParam(name string, sym uint32) {
	m.Params = append(m.Params, name)
	m.params = append(m.params, sym)
	if n := len(m.params); n == 16 {
		m.index = make(map[uint32]int, 64)
		for i, p := range m.params {
			m.index[p] = i
		}
	} else if n > 16 {
		m.index[sym] = n - 1
	}
}

// param returns the number of the parameter sym, -1 if it is none.
func (m *Macro) param(sym uint32) int {
	if m.index != nil {
		if i, ok := m.index[sym]; ok {
			return i
		}
		return -1
	}
	for i, p := range m.params {
		if p == sym {
			return i
		}
	}
	return -1
}

// checkBody looks at the # and ## operators and counts the list.
func (s *source) checkBody(m *Macro) (uint32, string) {
	if m.first == m.last {
		return 0, ""
	}
	if s.isPunct(m.first, opPaste) {
		return m.first, "'##' cannot appear at either end of a macro expansion"
	}
	if s.isPunct(m.last-1, opPaste) {
		return m.last - 1, "'##' cannot appear at either end of a macro expansion"
	}
	for i := m.first; i < m.last; i++ {
		if !m.FuncLike || !s.isPunct(i, opHash) {
			continue
		}
		ok := i+1 < m.last && s.toks[i+1].kind == Ident &&
			(m.param(s.toks[i+1].sym) >= 0 || m.Variadic && s.toks[i+1].sym == symVaOpt)
		if !ok {
			return i, "'#' is not followed by a macro parameter"
		}
	}
	if msg := s.checkVaOpt(m); msg != "" {
		return m.first, msg
	}
	m.nbody = int32(m.last - m.first)
	m.single = m.nbody == 1 || m.nbody == 3 && s.isPunct(m.first, opLParen) && s.isPunct(m.last-1, opRParen)
	return 0, ""
}

// checkVaOpt makes sure that every __VA_OPT__ has its parentheses.
func (s *source) checkVaOpt(m *Macro) string {
	if !m.Variadic {
		return ""
	}
	depth := 0
	for i := m.first; i < m.last; i++ {
		t := &s.toks[i]
		switch {
		case t.kind == Ident && t.sym == symVaOpt:
			if depth > 0 {
				return "__VA_OPT__ may not appear in a __VA_OPT__"
			}
			if i+1 >= m.last || !s.isPunct(i+1, opLParen) {
				return "__VA_OPT__ must be followed by an open parenthesis"
			}
			if i+2 < m.last && s.isPunct(i+2, opPaste) {
				return "'##' cannot appear at either end of __VA_OPT__"
			}
			depth = 1
			i++
		case depth > 0 && t.kind == Punct && t.sym == opLParen:
			depth++
		case depth > 0 && t.kind == Punct && t.sym == opRParen:
			if depth--; depth == 0 && s.isPunct(i-1, opPaste) {
				return "'##' cannot appear at either end of __VA_OPT__"
			}
		}
	}
	if depth > 0 {
		return "unterminated __VA_OPT__"
	}
	return ""
}

// body returns the replacement list in the form that expansion works on: #
// and ## have become flags, parameters have their numbers.
func (m *Macro) body() []Token {
	if l := m.list.Load(); l != nil {
		return *l
	}
	var list []Token
	if m.src != nil {
		list = make([]Token, 0, m.last-m.first)
	}
	hash := false
	for i := m.first; i < m.last; i++ {
		if m.FuncLike && m.src.isPunct(i, opHash) {
			hash = true
			continue
		}
		if m.src.isPunct(i, opPaste) && len(list) > 0 {
			list[len(list)-1].flags |= flagPaste
			continue
		}
		var t Token
		m.src.tok(i, &t)
		t.flags |= flagBody
		t.BOL = false
		if i == m.first {
			t.Space = false
		}
		if hash {
			t.flags |= flagString
			t.Space = m.src.toks[i-1].flags&ftSpace != 0 && i-1 > m.first
			hash = false
		}
		if t.Kind == Ident && m.FuncLike {
			if n := m.param(t.sym); n >= 0 {
				t.Kind, t.sym = kindParam, uint32(n)
			}
		}
		list = append(list, t)
	}
	m.list.Store(&list)
	return list
}
