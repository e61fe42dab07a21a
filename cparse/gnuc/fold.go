// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"math/bits"
	"strconv"
	"strings"
)

// constant is an integer of 32 or 64 bits, kept in 64.
type constant struct {
	v        uint64
	wide     bool
	unsigned bool
}

// fit brings c.v into the range of c's type.
func (c constant) fit() constant {
	switch {
	case c.wide:
	case c.unsigned:
		c.v = uint64(uint32(c.v))
	default:
		c.v = uint64(int64(int32(c.v)))
	}
	return c
}

func (c constant) less(d constant) bool {
	if c.unsigned || d.unsigned {
		return c.v < d.v
	}
	return int64(c.v) < int64(d.v)
}

// folder evaluates constant expressions of numbers. cc does not evaluate the
// bit counting builtins, which array sizes and bit-field widths depend on.
type folder struct {
	toks []tok
	i    int
	ok   bool
}

// fold returns the value of the expression ts, if it is made of numbers.
func fold(ts []tok) (constant, bool) {
	f := folder{toks: ts, ok: true}
	if len(ts) > 4000 {
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
		x, ok := fold(f.toks[lo:colon])
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
	if b {
		return constant{v: 1}
	}
	return constant{}
}

func (f *folder) apply(op string, a, b constant) constant {
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
	wide := a.wide || b.wide
	uns := a.unsigned && (a.wide || !b.wide) || b.unsigned && (b.wide || !a.wide)
	a.wide, b.wide, a.unsigned, b.unsigned = wide, wide, uns, uns
	a, b = a.fit(), b.fit()
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
		c := f.unary()
		c.v = -c.v
		return c.fit()
	case "+":
		return f.unary()
	case "~":
		c := f.unary()
		c.v = ^c.v
		return c.fit()
	case "!":
		return truth(f.unary().v == 0)
	case "(":
		if t, n, ok := castType(f.toks[f.i:]); ok {
			f.i += n
			c := f.unary()
			c.wide, c.unsigned = t.wide, t.unsigned
			return c.fit()
		}
		c := f.cond()
		if !f.accept(")") {
			return f.fail()
		}
		return c
	case "sizeof":
		if t, n, ok := castType(f.toks[min(f.i+1, len(f.toks)):]); ok && f.peek() == "(" {
			f.i += n + 1
			c := constant{v: 4, wide: true, unsigned: true}
			if t.wide {
				c.v = 8
			}
			return c
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
		_, ok := fold(f.toks[f.i+1 : end])
		f.i = end + 1
		return truth(ok)
	}
	return f.number(s)
}

// castType reads a basic integer type and a closing parenthesis.
func castType(ts []tok) (t constant, n int, ok bool) {
	for n = 0; n < len(ts); n++ {
		switch ts[n].text {
		case "unsigned":
			t.unsigned = true
		case "long":
			t.wide = true
		case "int", "signed":
		case "u64", "__u64":
			t.unsigned, t.wide = true, true
		case "u32", "__u32":
			t.unsigned = true
		case ")":
			return t, n + 1, n > 0
		default:
			return t, 0, false
		}
	}
	return t, 0, false
}

// number reads an integer constant.
func (f *folder) number(s string) constant {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return f.fail()
	}
	body := strings.TrimRight(s, "uUlL")
	suffix := strings.ToLower(s[len(body):])
	v, err := strconv.ParseUint(body, 0, 64)
	if err != nil || strings.Contains(body, "_") {
		return f.fail()
	}
	c := constant{v: v, wide: strings.Contains(suffix, "l"), unsigned: strings.Contains(suffix, "u")}
	if v > 1<<31-1 && !c.wide {
		decimal := body[0] != '0'
		switch {
		case v > 1<<32-1 || decimal && !c.unsigned:
			c.wide = true
		case !decimal:
			c.unsigned = true
		}
	}
	if v > 1<<63-1 {
		c.unsigned = true
	}
	return c
}

// foldBuiltin evaluates the bit counting builtin name.
func foldBuiltin(name string, arg []tok) (string, bool) {
	var narrow bool
	base := name
	switch {
	case strings.HasSuffix(name, "ll"):
		base = name[:len(name)-2]
	case strings.HasSuffix(name, "l"):
		base = name[:len(name)-1]
	default:
		narrow = true
	}
	switch base {
	case "__builtin_clz", "__builtin_ctz", "__builtin_ffs", "__builtin_popcount", "__builtin_parity":
	default:
		return "", false
	}
	c, ok := fold(arg)
	if !ok {
		return "", false
	}
	v := c.v
	if narrow {
		v = uint64(uint32(v))
	}
	var n int
	switch base {
	case "__builtin_clz", "__builtin_ctz":
		if v == 0 {
			return "", false
		}
		if n = bits.TrailingZeros64(v); base == "__builtin_clz" {
			if n = bits.LeadingZeros64(v); narrow {
				n -= 32
			}
		}
	case "__builtin_ffs":
		if v != 0 {
			n = bits.TrailingZeros64(v) + 1
		}
	case "__builtin_popcount":
		n = bits.OnesCount64(v)
	case "__builtin_parity":
		n = bits.OnesCount64(v) & 1
	}
	return strconv.Itoa(n), true
}
