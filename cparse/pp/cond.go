// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"strings"
	"unicode/utf8"
)

// maxExprDepth bounds the nesting of one #if expression.
const maxExprDepth = 1000

// number is a value of an #if expression.
type value struct {
	v        uint64
	unsigned bool
}

func truth(b bool) value { return value{v: uint64(btoi(b))} }

// evaluator computes an #if expression from the tokens of a directive.
type evaluator struct {
	p      *pre
	t      Token // the next token
	at     Pos   // the directive
	unused int   // positive in an operand whose value does not matter
	depth  int
	failed bool
}

// evaluate computes the expression of the directive at pos. A wrong one counts
// as false.
func (p *pre) evaluate(pos Pos) bool {
	e := evaluator{p: p, at: pos}
	e.next()
	if e.t.Kind == kindEOF {
		e.fail(pos, "#if with no expression")
		return false
	}
	v := e.ternary()
	if e.t.Kind != kindEOF {
		e.fail(e.t.Pos, "missing binary operator before token %q", e.t.Text)
	}
	return !e.failed && v.v != 0
}

func (e *evaluator) fail(pos Pos, format string, args ...any) {
	if !e.failed {
		e.failed = true
		e.p.errorf(pos, format, args...)
	}
	e.t = Token{Kind: kindEOF, Pos: pos}
}

func (e *evaluator) next() {
	if e.failed {
		e.t = Token{Kind: kindEOF}
		return
	}
	e.p.getSolid(&e.t)
}

func (e *evaluator) is(op uint32) bool { return e.t.Kind == Punct && e.t.sym == op }

func (e *evaluator) enter() bool {
	if e.depth++; e.depth > maxExprDepth {
		e.fail(e.at, "expression nested more than %d deep", maxExprDepth)
		return false
	}
	return true
}

func (e *evaluator) ternary() value {
	defer func() { e.depth-- }()
	if !e.enter() {
		return value{}
	}
	c := e.binary(1)
	if !e.is(opQuestion) {
		if e.is(opComma) && e.unused > 0 {
			e.next()
			return e.ternary()
		}
		return c
	}
	e.next()
	a := e.operand(c.v == 0, e.ternary)
	if !e.is(opColon) {
		e.fail(e.at, "'?' without following ':'")
		return value{}
	}
	e.next()
	b := e.operand(c.v != 0, e.ternary)
	r := a
	if c.v == 0 {
		r = b
	}
	r.unsigned = a.unsigned || b.unsigned
	return r
}

func (e *evaluator) operand(unused bool, f func() value) value {
	if unused {
		e.unused++
		defer func() { e.unused-- }()
	}
	return f()
}

func precedence(op uint32) int {
	switch op {
	case opOrOr:
		return 1
	case opAndAnd:
		return 2
	case opOr:
		return 3
	case opXor:
		return 4
	case opAnd:
		return 5
	case opEq, opNotEq:
		return 6
	case opLess, opGreater, opLessEq, opGreaterEq:
		return 7
	case opShl, opShr:
		return 8
	case opPlus, opMinus:
		return 9
	case opStar, opSlash, opPercent:
		return 10
	}
	return 0
}

// binary reads operators of at least the given precedence.
func (e *evaluator) binary(least int) value {
	a := e.unary()
	for {
		op := e.t.sym
		prec := 0
		if e.t.Kind == Punct {
			prec = precedence(op)
		}
		if prec < least || prec == 0 {
			return a
		}
		pos := e.t.Pos
		e.next()
		unused := op == opOrOr && a.v != 0 || op == opAndAnd && a.v == 0
		b := e.operand(unused, func() value { return e.binary(prec + 1) })
		a = e.apply(op, a, b, pos)
	}
}

func (e *evaluator) apply(op uint32, a, b value, pos Pos) value {
	u := a.unsigned || b.unsigned
	less := int64(a.v) < int64(b.v)
	if u {
		less = a.v < b.v
	}
	switch op {
	case opOrOr:
		return truth(a.v != 0 || b.v != 0)
	case opAndAnd:
		return truth(a.v != 0 && b.v != 0)
	case opOr:
		return value{a.v | b.v, u}
	case opXor:
		return value{a.v ^ b.v, u}
	case opAnd:
		return value{a.v & b.v, u}
	case opEq:
		return truth(a.v == b.v)
	case opNotEq:
		return truth(a.v != b.v)
	case opLess:
		return truth(less)
	case opGreaterEq:
		return truth(!less)
	case opGreater:
		return truth(!less && a.v != b.v)
	case opLessEq:
		return truth(less || a.v == b.v)
	case opShl, opShr:
		n := int64(b.v)
		if b.unsigned && n < 0 {
			n = 64
		}
		if op == opShr {
			n = -n
		}
		return shift(a, n)
	case opPlus:
		return value{a.v + b.v, u}
	case opMinus:
		return value{a.v - b.v, u}
	case opStar:
		return value{a.v * b.v, u}
	}
	if b.v == 0 {
		if e.unused == 0 {
			e.fail(pos, "division by zero in #if")
		}
		return value{0, u}
	}
	switch {
	case u && op == opSlash:
		return value{a.v / b.v, u}
	case u:
		return value{a.v % b.v, u}
	case op == opSlash:
		return value{uint64(int64(a.v) / int64(b.v)), u}
	}
	return value{uint64(int64(a.v) % int64(b.v)), u}
}

// shift moves a to the left by n bits, to the right if n is negative.
func shift(a value, n int64) value {
	switch {
	case n >= 64:
		a.v = 0
	case n >= 0:
		a.v <<= uint(n)
	case a.unsigned && n <= -64:
		a.v = 0
	case a.unsigned:
		a.v >>= uint(-n)
	default:
		a.v = uint64(int64(a.v) >> uint(min(-n, 63)))
	}
	if n == -1<<63 {
		a.v = 0
	}
	return a
}

func (e *evaluator) unary() value {
	defer func() { e.depth-- }()
	if !e.enter() {
		return value{}
	}
	t := e.t
	switch t.Kind {
	case Number:
		e.next()
		return e.integer(&t)
	case Char:
		e.next()
		return e.character(&t)
	case Ident:
		if t.sym == symDefined {
			return e.defined()
		}
		e.next()
		return value{}
	case Punct:
		switch t.sym {
		case opLParen:
			e.next()
			v := e.ternary()
			if !e.is(opRParen) {
				e.fail(t.Pos, "missing ')' in expression")
			}
			e.next()
			return v
		case opPlus:
			e.next()
			return e.unary()
		case opMinus:
			e.next()
			v := e.unary()
			v.v = -v.v
			return v
		case opTilde:
			e.next()
			v := e.unary()
			v.v = ^v.v
			return v
		case opNot:
			e.next()
			return truth(e.unary().v == 0)
		}
	}
	switch {
	case t.Kind == kindEOF:
		e.fail(e.at, "#if expression ends where an operand is expected")
	default:
		e.fail(t.Pos, "token %q is not valid in preprocessor expressions", t.Text)
	}
	return value{}
}

// defined reads the operand of the operator "defined", which is the next token.
func (e *evaluator) defined() value {
	pos := e.t.Pos
	e.p.prevent++
	e.next()
	paren := e.is(opLParen)
	if paren {
		e.next()
	}
	name := e.t
	if name.Kind != Ident {
		e.fail(pos, `operator "defined" requires an identifier`)
	}
	if paren {
		e.next()
		if !e.is(opRParen) {
			e.fail(pos, `missing ')' after "defined"`)
		}
	}
	e.p.prevent--
	e.next()
	if e.failed {
		return value{}
	}
	return truth(e.p.macro(name.sym) != nil)
}

func (e *evaluator) integer(t *Token) value {
	s := strings.ToLower(t.Text)
	base, digits := uint64(10), s
	switch {
	case strings.HasPrefix(s, "0x"):
		base, digits = 16, s[2:]
	case strings.HasPrefix(s, "0b"):
		base, digits = 2, s[2:]
	case s[0] == '0':
		base = 8
	}
	var v value
	n := 0
	tooBig := false
	for ; n < len(digits); n++ {
		c := digits[n]
		d := uint64(c - '0')
		if c >= 'a' && c <= 'f' && base == 16 {
			d = uint64(c-'a') + 10
		} else if c < '0' || c > '9' {
			break
		}
		if d >= base {
			e.fail(t.Pos, "invalid digit %q in %q", string(c), t.Text)
			return value{}
		}
		tooBig = tooBig || v.v > (1<<64-1-d)/base
		v.v = v.v*base + d
	}
	if n == 0 {
		e.fail(t.Pos, "invalid number %q in preprocessor expression", t.Text)
		return value{}
	}
	if tooBig {
		e.fail(t.Pos, "integer constant %q is too large", t.Text)
		return value{}
	}
	switch digits[n:] {
	case "", "l", "ll":
	case "u", "ul", "ull", "lu", "llu":
		v.unsigned = true
	default:
		if strings.ContainsAny(digits[n:], ".") || base != 16 && digits[n] == 'e' {
			e.fail(t.Pos, "floating constant %q in preprocessor expression", t.Text)
		} else {
			e.fail(t.Pos, "invalid suffix %q on integer constant", digits[n:])
		}
		return value{}
	}
	v.unsigned = v.unsigned || int64(v.v) < 0
	return v
}

// character computes a character constant. A char has 8 bits, an int 32.
func (e *evaluator) character(t *Token) value {
	q := strings.IndexByte(t.Text, '\'')
	prefix, s := t.Text[:q], t.Text[q+1:len(t.Text)-1]
	if s == "" {
		e.fail(t.Pos, "empty character constant")
		return value{}
	}
	var v uint64
	n := 0
	for len(s) > 0 {
		c, size := charValue(s, prefix != "")
		s = s[size:]
		n++
		if prefix != "" {
			v = c
		} else {
			v = v<<8 | c&0xff
		}
	}
	switch {
	case prefix == "u":
		return value{uint64(uint16(v)), false}
	case prefix == "U":
		return value{uint64(uint32(v)), true}
	case prefix == "L" && e.p.isDefined("__WCHAR_UNSIGNED__"):
		return value{uint64(uint32(v)), true}
	case prefix != "" || n > 1:
		return value{uint64(int32(v)), false}
	case e.p.isDefined("__CHAR_UNSIGNED__"):
		return value{v, false}
	}
	return value{uint64(int8(v)), false}
}

func (p *pre) isDefined(name string) bool { return p.macro(p.fs.syms.lookup(name)) != nil }

// charValue reads one character of a constant and the number of bytes it takes.
func charValue(s string, wide bool) (uint64, int) {
	if s[0] != '\\' || len(s) == 1 {
		if wide {
			r, n := utf8.DecodeRuneInString(s)
			return uint64(r), n
		}
		return uint64(s[0]), 1
	}
	const simple = "abfnrtveE"
	if i := strings.IndexByte(simple, s[1]); i >= 0 {
		return uint64("\a\b\f\n\r\t\v\033\033"[i]), 2
	}
	base, limit, i := uint64(8), 3, 1
	switch s[1] {
	case 'x':
		base, limit, i = 16, len(s), 2
	case 'u':
		base, limit, i = 16, 4, 2
	case 'U':
		base, limit, i = 16, 8, 2
	}
	v, start := uint64(0), i
	for ; i < len(s) && i-start < limit; i++ {
		d := uint64(strings.IndexByte("0123456789abcdef", s[i]|0x20))
		if s[i] >= '0' && s[i] <= '9' {
			d = uint64(s[i] - '0')
		}
		if d >= base {
			break
		}
		v = v*base + d
	}
	if i == start && base == 8 {
		return uint64(s[1]), 2
	}
	return v, i
}
