// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// constant is an integer of one of C's types.
type constant struct {
	v        uint64 // sign- or zero-extended
	size     int    // in bytes
	unsigned bool
}

// fit brings c.v into the range of c's type.
func (c constant) fit() constant {
	shift := 64 - 8*c.size
	if c.unsigned {
		c.v = c.v << shift >> shift
	} else {
		c.v = uint64(int64(c.v<<shift) >> shift)
	}
	return c
}

// promote returns c as an operand.
func (c constant) promote() constant {
	if c.size < 4 {
		c.size, c.unsigned = 4, false
	}
	return c
}

func (c constant) less(d constant) bool {
	if c.unsigned || d.unsigned {
		return c.v < d.v
	}
	return int64(c.v) < int64(d.v)
}

// scope gives meaning to names in constant expressions.
type scope interface {
	enumerator(name string) (constant, bool)
	integer(name string) (constant, bool) // a typedef of an integer type
	unaligned(name string) []string       // what a typedef with an aligned attribute is one of
}

// folder evaluates constant expressions of numbers and enumeration constants.
// cc does not evaluate the bit counting builtins, which array sizes and
// bit-field widths depend on.
type folder struct {
	toks  []tok
	i     int
	ok    bool
	scope scope
}

// fold returns the value of the expression ts, if it is constant.
func fold(ts []tok, s scope) (constant, bool) {
	f := folder{toks: ts, ok: true, scope: s}
	if len(ts) == 0 || len(ts) > 4000 {
		return constant{}, false
	}
	c := f.cond()
	return c, f.ok && f.i == len(ts)
}

func (f *folder) peek() string {
	if f.i < len(f.toks) {
		return f.toks[f.i].text
	}
	return ""
}

func (f *folder) accept(s string) bool {
	if f.peek() != s {
		return false
	}
	f.i++
	return true
}

func (f *folder) fail() constant {
	f.ok = false
	return constant{}
}

func (f *folder) cond() constant {
	c := f.binary(0)
	if !f.ok || !f.accept("?") {
		return c
	}
	// The arm that is not taken need not be constant.
	lo := f.i
	colon := f.colon()
	if colon < 0 {
		return f.fail()
	}
	if c.v != 0 {
		x, ok := fold(f.toks[lo:colon], f.scope)
		if !ok {
			return f.fail()
		}
		f.i = colon + 1
		f.i = f.armEnd()
		return x
	}
	f.i = colon + 1
	return f.cond()
}

// colon returns the index of the ':' that belongs to the '?' before f.i.
func (f *folder) colon() int {
	depth := 0
	for i := f.i; i < len(f.toks); i++ {
		switch f.toks[i].text {
		case "?":
			depth++
		case ":":
			if depth == 0 {
				return i
			}
			depth--
		case "(", "[", "{":
			i = group(f.toks, i)
		case ")", ",":
			return -1
		}
	}
	return -1
}

// armEnd returns where the last arm of a conditional, at f.i, ends.
func (f *folder) armEnd() int {
	depth := 0
	for i := f.i; i < len(f.toks); i++ {
		switch f.toks[i].text {
		case "(", "[", "{":
			i = group(f.toks, i)
		case "?":
			depth++
		case ":":
			if depth--; depth < 0 {
				return i
			}
		case ")", ",":
			return i
		}
	}
	return len(f.toks)
}

var precedence = map[string]int{
	"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6,
	"<": 7, "<=": 7, ">": 7, ">=": 7, "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}

func (f *folder) binary(min int) constant {
	c := f.unary()
	for f.ok {
		op := f.peek()
		p := precedence[op]
		if p == 0 || p <= min {
			return c
		}
		f.i++
		c = f.apply(op, c, f.binary(p))
	}
	return c
}

func truth(b bool) constant {
	c := constant{size: 4}
	if b {
		c.v = 1
	}
	return c
}

func (f *folder) apply(op string, a, b constant) constant {
	a, b = a.promote(), b.promote()
	switch op {
	case "||":
		return truth(a.v != 0 || b.v != 0)
	case "&&":
		return truth(a.v != 0 && b.v != 0)
	case "<<", ">>":
		if b.v > 63 {
			return f.fail()
		}
		switch {
		case op == "<<":
			a.v <<= b.v
		case a.unsigned:
			a.v >>= b.v
		default:
			a.v = uint64(int64(a.v) >> b.v)
		}
		return a.fit()
	}
	size := max(a.size, b.size)
	uns := a.unsigned && a.size == size || b.unsigned && b.size == size
	a = constant{a.v, size, uns}.fit()
	b = constant{b.v, size, uns}.fit()
	switch op {
	case "==":
		return truth(a.v == b.v)
	case "!=":
		return truth(a.v != b.v)
	case "<":
		return truth(a.less(b))
	case ">":
		return truth(b.less(a))
	case "<=":
		return truth(!b.less(a))
	case ">=":
		return truth(!a.less(b))
	case "|":
		a.v |= b.v
	case "^":
		a.v ^= b.v
	case "&":
		a.v &= b.v
	case "+":
		a.v += b.v
	case "-":
		a.v -= b.v
	case "*":
		a.v *= b.v
	case "/", "%":
		if b.v == 0 || !uns && int64(b.v) == -1 {
			return f.fail()
		}
		q, m := a.v/b.v, a.v%b.v
		if !uns {
			q, m = uint64(int64(a.v)/int64(b.v)), uint64(int64(a.v)%int64(b.v))
		}
		a.v = q
		if op == "%" {
			a.v = m
		}
	}
	return a.fit()
}

func (f *folder) unary() constant {
	if !f.ok || f.i >= len(f.toks) {
		return f.fail()
	}
	s := f.toks[f.i].text
	f.i++
	switch s {
	case "-":
		c := f.unary().promote()
		c.v = -c.v
		return c.fit()
	case "+":
		return f.unary().promote()
	case "~":
		c := f.unary().promote()
		c.v = ^c.v
		return c.fit()
	case "!":
		return truth(f.unary().v == 0)
	case "(":
		if t, n := f.typeName(f.i); n > 0 {
			f.i += n
			t.v = f.unary().v
			return t.fit()
		}
		c := f.cond()
		if !f.accept(")") {
			return f.fail()
		}
		return c
	case "sizeof":
		if t, n := f.typeName(f.i + 1); n > 0 && f.peek() == "(" {
			f.i += n + 1
			return constant{uint64(t.size), 8, true}
		}
		return f.fail()
	case "__builtin_constant_p":
		if f.peek() != "(" {
			return f.fail()
		}
		end := group(f.toks, f.i)
		if end >= len(f.toks) {
			return f.fail()
		}
		_, ok := fold(f.toks[f.i+1:end], f.scope)
		f.i = end + 1
		return truth(ok)
	}
	return f.number(s)
}

// typeName reads the name of an integer type and a closing parenthesis at i.
// It returns a zero of the type and the number of tokens, 0 if there is none.
func (f *folder) typeName(i int) (constant, int) {
	if i+1 < len(f.toks) && f.toks[i].text == "typeof" {
		end := group(f.toks, i+1)
		if end+1 >= len(f.toks) || f.toks[end+1].text != ")" {
			return constant{}, 0
		}
		c, ok := fold(f.toks[i+2:end], f.scope)
		if !ok {
			return constant{}, 0
		}
		return c, end + 2 - i
	}
	t, n := integerType(f.toks[min(i, len(f.toks)):], f.scope)
	if n == 0 || i+n >= len(f.toks) || f.toks[i+n].text != ")" {
		return t, 0
	}
	return t, n + 1
}

// integerType reads the specifiers of an integer type.
func integerType(ts []tok, s scope) (t constant, n int) {
	t.size = 4
	signed := false
	for ; n < len(ts); n++ {
		switch ts[n].text {
		case "unsigned":
			t.unsigned = true
		case "long":
			t.size = 8
		case "short":
			t.size = 2
		case "char":
			t.size, t.unsigned = 1, !signed // as the kernel is compiled
		case "signed":
			signed, t.unsigned = true, false
		case "int":
		default:
			if n > 0 || !ts[0].ident {
				return t, n
			}
			if def, ok := s.integer(ts[0].text); ok {
				return def, 1
			}
			return t, 0
		}
	}
	return t, n
}

// number reads an integer constant.
func (f *folder) number(s string) constant {
	if isIdent(s) {
		if c, ok := f.scope.enumerator(s); ok {
			return c
		}
	}
	if s[0] < '0' || s[0] > '9' {
		return f.fail()
	}
	body := strings.TrimRight(s, "uUlL")
	suffix := strings.ToLower(s[len(body):])
	v, err := strconv.ParseUint(body, 0, 64)
	if err != nil || strings.Contains(body, "_") {
		return f.fail()
	}
	c := constant{v: v, size: 4, unsigned: strings.Contains(suffix, "u")}
	if strings.Contains(suffix, "l") {
		c.size = 8
	}
	if v > 1<<31-1 && c.size == 4 {
		decimal := body[0] != '0'
		switch {
		case v > 1<<32-1 || decimal && !c.unsigned:
			c.size = 8
		case !decimal:
			c.unsigned = true
		}
	}
	if v > 1<<63-1 {
		c.unsigned = true
	}
	return c
}

// foldBuiltin evaluates the call of a builtin that counts or swaps bits.
func foldBuiltin(name string, arg []tok, s scope) (string, bool) {
	name = strings.TrimPrefix(name, "__builtin_")
	size := 4
	base := strings.TrimRight(name, "l")
	if base != name {
		size = 8
	}
	switch base {
	case "clz", "ctz", "ffs", "popcount", "parity":
	case "bswap16":
		size = 2
	case "bswap32":
	case "bswap64":
		size = 8
	default:
		return "", false
	}
	c, ok := fold(arg, s)
	if !ok {
		return "", false
	}
	c.size, c.unsigned = size, true
	v := c.fit().v
	if v == 0 && (base == "clz" || base == "ctz") {
		return "", false
	}
	n := 0
	switch base {
	case "bswap16", "bswap32", "bswap64":
		v = bits.ReverseBytes64(v) >> (64 - 8*size)
		return fmt.Sprintf("%dU%s", v, "LL"[:max(0, size/2-2)]), true
	case "clz":
		n = bits.LeadingZeros64(v) - 64 + 8*size
	case "ctz":
		n = bits.TrailingZeros64(v)
	case "ffs":
		if v != 0 {
			n = bits.TrailingZeros64(v) + 1
		}
	case "popcount":
		n = bits.OnesCount64(v)
	case "parity":
		n = bits.OnesCount64(v) & 1
	}
	return strconv.Itoa(n), true
}
