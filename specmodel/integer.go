// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// An integer is a value with its C type: bits is 32 or 64.
type integer struct {
	v        uint64
	size     int
	unsigned bool
}

func (i integer) value() Value { return Value{Bits: i.v, Unsigned: i.unsigned} }

// wrap brings the value into the range of its type.
func (i integer) wrap() integer {
	switch {
	case i.size == 64:
	case i.unsigned:
		i.v = uint64(uint32(i.v))
	default:
		i.v = uint64(int64(int32(uint32(i.v))))
	}
	return i
}

// ofValue gives a named value the widest type, since its own is not known.
func ofValue(v Value) integer { return integer{v: v.Bits, size: 64, unsigned: v.Unsigned} }

func boolean(b bool) integer {
	if b {
		return integer{v: 1, size: 32}
	}
	return integer{size: 32}
}

// common applies the usual arithmetic conversions.
func common(a, b integer) (integer, integer) {
	size := max(a.size, b.size)
	unsigned := a.unsigned && a.size == size || b.unsigned && b.size == size
	a.size, b.size, a.unsigned, b.unsigned = size, size, unsigned, unsigned
	return a.wrap(), b.wrap()
}

func apply(op string, a, b integer, live bool) (integer, error) {
	switch op {
	case "&&":
		return boolean(a.v != 0 && b.v != 0), nil
	case "||":
		return boolean(a.v != 0 || b.v != 0), nil
	case "<<", ">>":
		n := b.v
		if n >= uint64(a.size) {
			if !live {
				return a, nil
			}
			return a, fmt.Errorf("shift by %s of a %d-bit number", b.value(), a.size)
		}
		switch {
		case op == "<<":
			a.v <<= n
		case a.unsigned:
			a.v >>= n
		default:
			a.v = uint64(int64(a.v) >> n)
		}
		return a.wrap(), nil
	}
	a, b = common(a, b)
	less := int64(a.v) < int64(b.v)
	if a.unsigned {
		less = a.v < b.v
	}
	switch op {
	case "==":
		return boolean(a.v == b.v), nil
	case "!=":
		return boolean(a.v != b.v), nil
	case "<":
		return boolean(less), nil
	case ">":
		return boolean(!less && a.v != b.v), nil
	case "<=":
		return boolean(less || a.v == b.v), nil
	case ">=":
		return boolean(!less), nil
	case "+":
		a.v += b.v
	case "-":
		a.v -= b.v
	case "*":
		a.v *= b.v
	case "|":
		a.v |= b.v
	case "&":
		a.v &= b.v
	case "^":
		a.v ^= b.v
	case "/", "%":
		if b.v == 0 {
			if !live {
				return a, nil
			}
			return a, errors.New("division by zero")
		}
		a.v = divide(op, a, b)
	}
	return a.wrap(), nil
}

func divide(op string, a, b integer) uint64 {
	if a.unsigned {
		if op == "/" {
			return a.v / b.v
		}
		return a.v % b.v
	}
	if int64(b.v) == -1 {
		if op == "/" {
			return -a.v
		}
		return 0
	}
	if op == "/" {
		return uint64(int64(a.v) / int64(b.v))
	}
	return uint64(int64(a.v) % int64(b.v))
}

// A ctype is one of C's integer types; bits may be below 32.
type ctype struct {
	bits     int
	unsigned bool
}

// convert gives the value in the type, promoted to int where it is narrower.
func (t ctype) convert(v integer) integer {
	shift := 64 - t.bits
	if t.unsigned {
		v.v = v.v << shift >> shift
	} else {
		v.v = uint64(int64(v.v<<shift) >> shift)
	}
	v.size, v.unsigned = max(t.bits, 32), t.unsigned && t.bits >= 32
	return v
}

var typedefs = map[string]ctype{
	"u8": {8, true}, "u16": {16, true}, "u32": {32, true}, "u64": {64, true},
	"s8": {8, false}, "s16": {16, false}, "s32": {32, false}, "s64": {64, false},
	"size_t": {64, true}, "ssize_t": {64, false}, "loff_t": {64, false}, "uintptr_t": {64, true},
}

func typedef(name string) (ctype, bool) {
	name = strings.TrimPrefix(name, "__")
	if t, ok := typedefs[name]; ok {
		return t, true
	}
	if rest, ok := strings.CutPrefix(name, "uint"); ok && strings.HasSuffix(rest, "_t") {
		t, ok := typedefs["u"+strings.TrimSuffix(rest, "_t")]
		return t, ok
	}
	if rest, ok := strings.CutPrefix(name, "int"); ok && strings.HasSuffix(rest, "_t") {
		t, ok := typedefs["s"+strings.TrimSuffix(rest, "_t")]
		return t, ok
	}
	return ctype{}, false
}

// isTypeWord reports whether the name of a basic type can have the word.
func isTypeWord(word string) bool {
	switch word {
	case "int", "signed", "const", "unsigned", "long", "short", "char":
		return true
	}
	_, ok := typedef(word)
	return ok
}

// literal reads an integer literal and gives it the type that C gives it.
func literal(tok string) (integer, error) {
	bad := fmt.Errorf("%s is not a number", tok)
	digits := strings.TrimRight(tok, "uUlL")
	suffix := strings.ToLower(tok[len(digits):])
	switch suffix {
	case "", "u", "l", "ul", "lu", "ll", "ull", "llu":
	default:
		return integer{}, bad
	}
	base, text := 10, digits
	switch lower := strings.ToLower(digits); {
	case strings.HasPrefix(lower, "0x"):
		base, text = 16, digits[2:]
	case strings.HasPrefix(lower, "0b"):
		base, text = 2, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base, text = 8, digits[1:]
	}
	v, err := strconv.ParseUint(text, base, 64)
	if err != nil || strings.Contains(text, "_") {
		if errors.Is(err, strconv.ErrRange) {
			return integer{}, fmt.Errorf("%s does not fit 64 bits", tok)
		}
		return integer{}, bad
	}
	n := integer{v: v, size: 32, unsigned: strings.Contains(suffix, "u")}
	if strings.Contains(suffix, "l") {
		n.size = 64
	}
	if n.size == 32 && v > math.MaxInt32 {
		switch {
		case v <= math.MaxUint32 && (n.unsigned || base != 10):
			n.unsigned = true
		default:
			n.size = 64
		}
	}
	if n.size == 64 && v > math.MaxInt64 {
		n.unsigned = true
	}
	return n, nil
}
