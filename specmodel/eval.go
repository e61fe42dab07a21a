// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Eval computes a C integer constant expression in the arithmetic of a 64-bit
// Linux target: literals with suffixes, all operators, casts to and sizeof the
// basic types, BIT, BIT_ULL, GENMASK and GENMASK_ULL. Any other name is asked
// of lookup, which may be nil. The error is one lower-case phrase that quotes
// what was not understood.
func Eval(text string, lookup func(name string) (Value, bool)) (Value, error) {
	p := &evaluator{src: text, lookup: lookup}
	v, err := p.all(true)
	return v.value(), err
}

// CheckSyntax reports whether the text can be a C integer expression,
// whatever its names mean. The error is as that of [Eval].
func CheckSyntax(text string) error {
	p := &evaluator{src: text, syntaxOnly: true}
	_, err := p.all(false)
	return err
}

// EvalBuiltin computes an expression with the names that mean the same in
// every kernel on a 64-bit target: INT_MAX and its kin, the generic errno,
// signal and capability numbers, and the notation's own constants. PAGE_SIZE
// and everything else a kernel configures is not known to it.
func EvalBuiltin(text string) (Value, error) { return Eval(text, builtinName) }

func builtinName(name string) (Value, bool) {
	if v, ok := limits[name]; ok {
		return v, true
	}
	if n, ok := errnos[name]; ok {
		return Int(n), true
	}
	if n, ok := capabilities[name]; ok {
		return Int(n), true
	}
	if n, ok := signals[name]; ok {
		return Int(n), true
	}
	n, ok := notationConstants[name]
	return n, ok
}

var limits = map[string]Value{
	"INT_MAX": Int(math.MaxInt32), "INT_MIN": Int(math.MinInt32), "UINT_MAX": Uint(math.MaxUint32),
	"LONG_MAX": Int(math.MaxInt64), "LONG_MIN": Int(math.MinInt64), "ULONG_MAX": Uint(math.MaxUint64),
	"LLONG_MAX": Int(math.MaxInt64), "LLONG_MIN": Int(math.MinInt64), "ULLONG_MAX": Uint(math.MaxUint64),
	"SHRT_MAX": Int(math.MaxInt16), "SHRT_MIN": Int(math.MinInt16), "USHRT_MAX": Int(math.MaxUint16),
	"S8_MAX": Int(math.MaxInt8), "S8_MIN": Int(math.MinInt8), "U8_MAX": Int(math.MaxUint8),
	"S16_MAX": Int(math.MaxInt16), "S16_MIN": Int(math.MinInt16), "U16_MAX": Int(math.MaxUint16),
	"S32_MAX": Int(math.MaxInt32), "S32_MIN": Int(math.MinInt32), "U32_MAX": Uint(math.MaxUint32),
	"S64_MAX": Int(math.MaxInt64), "S64_MIN": Int(math.MinInt64), "U64_MAX": Uint(math.MaxUint64),
	"SIZE_MAX": Uint(math.MaxUint64), "SSIZE_MAX": Int(math.MaxInt64),
	"PATH_MAX": Int(4096), "NAME_MAX": Int(255), "AT_FDCWD": Int(-100),
	"NULL": Int(0), "true": Int(1), "false": Int(0),
}

// notationConstants are the numbers of the notation's own constants that
// appear in expressions.
var notationConstants = func() map[string]Value {
	m := map[string]Value{"KAPI_PROTO_ALL": Uint(math.MaxUint32), "KAPI_ASYNC_BLOCK": Int(0)}
	bits := func(prefix, names string) {
		for i, n := range strings.Fields(names) {
			m[prefix+n] = Int(1 << i)
		}
	}
	bits("KAPI_PROTO_", "TCP UDP UNIX RAW PACKET NETLINK SCTP DCCP")
	bits("KAPI_BUF_", "PEEK TRUNCATE SCATTER ZERO_COPY KERNEL_ALLOC DMA_CAPABLE FRAGMENT")
	bits("KAPI_ASYNC_", "NONBLOCK POLL_READY SIGNAL_DRIVEN AIO IO_URING EPOLL")
	bits("KAPI_SIGNAL_STATE_", "RUNNING SLEEPING STOPPED TRACED ZOMBIE DEAD")
	for i, n := range strings.Fields(`UNSPEC CLOSED OPEN BOUND LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1
		FIN_WAIT2 CLOSE_WAIT CLOSING LAST_ACK TIME_WAIT CONNECTED DISCONNECTED`) {
		m["KAPI_SOCK_STATE_"+n] = Int(int64(i))
	}
	return m
}()

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

const maxDepth = 200

type evaluator struct {
	src        string
	pos        int
	tok        string
	depth      int
	lookup     func(string) (Value, bool)
	syntaxOnly bool // every name is known, and values mean nothing
}

func (p *evaluator) all(live bool) (integer, error) {
	if err := p.next(); err != nil {
		return integer{}, err
	}
	if p.tok == "" {
		return integer{}, errors.New("the expression is empty")
	}
	v, err := p.ternary(live)
	if err == nil && p.tok != "" {
		err = fmt.Errorf("unexpected %q", p.tok)
	}
	return v, err
}

func isIdent(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *evaluator) next() error {
	for p.pos < len(p.src) && strings.IndexByte(" \t\n\r\f\v", p.src[p.pos]) >= 0 {
		p.pos++
	}
	p.tok = ""
	if p.pos >= len(p.src) {
		return nil
	}
	start := p.pos
	c := p.src[p.pos]
	switch {
	case isIdent(c):
		for p.pos < len(p.src) && isIdent(p.src[p.pos]) {
			p.pos++
		}
	case c == '\'':
		end := strings.IndexByte(p.src[p.pos+1:], '\'')
		if end < 1 {
			return fmt.Errorf("unexpected %q", p.src[p.pos:])
		}
		p.pos += end + 2
	default:
		p.pos++
		for _, op := range []string{"<<", ">>", "<=", ">=", "==", "!=", "&&", "||"} {
			if strings.HasPrefix(p.src[start:], op) {
				p.pos = start + 2
			}
		}
		if strings.IndexByte("+-*/%&|^~!<>=()?:,", c) < 0 {
			return fmt.Errorf("unexpected %q", p.src[start:p.pos])
		}
	}
	p.tok = p.src[start:p.pos]
	return nil
}

func (p *evaluator) expect(tok string) error {
	if p.tok != tok {
		if p.tok == "" {
			return fmt.Errorf("missing %q at the end", tok)
		}
		return fmt.Errorf("unexpected %q, want %q", p.tok, tok)
	}
	return p.next()
}

func (p *evaluator) ternary(live bool) (integer, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return integer{}, errors.New("the expression is nested too deeply")
	}
	cond, err := p.binary(0, live)
	if err != nil || p.tok != "?" {
		return cond, err
	}
	if err := p.next(); err != nil {
		return integer{}, err
	}
	yes := cond
	if p.tok != ":" {
		if yes, err = p.ternary(live && cond.v != 0); err != nil {
			return integer{}, err
		}
	}
	if err := p.expect(":"); err != nil {
		return integer{}, err
	}
	no, err := p.ternary(live && cond.v == 0)
	if err != nil {
		return integer{}, err
	}
	yes, no = common(yes, no)
	if cond.v != 0 {
		return yes, nil
	}
	return no, nil
}

// precedence of the binary operators, loosest first.
var precedence = map[string]int{
	"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6,
	"<": 7, ">": 7, "<=": 7, ">=": 7, "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}

func (p *evaluator) binary(min int, live bool) (integer, error) {
	left, err := p.unary(live)
	if err != nil {
		return integer{}, err
	}
	for {
		op := p.tok
		prec := precedence[op]
		if prec == 0 || prec <= min {
			return left, nil
		}
		if err := p.next(); err != nil {
			return integer{}, err
		}
		rightLive := live && !(op == "&&" && left.v == 0) && !(op == "||" && left.v != 0)
		right, err := p.binary(prec, rightLive)
		if err != nil {
			return integer{}, err
		}
		if left, err = apply(op, left, right, live); err != nil {
			return integer{}, err
		}
	}
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

func (p *evaluator) unary(live bool) (integer, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return integer{}, errors.New("the expression is nested too deeply")
	}
	op := p.tok
	switch op {
	case "+", "-", "~", "!":
		if err := p.next(); err != nil {
			return integer{}, err
		}
		v, err := p.unary(live)
		if err != nil {
			return integer{}, err
		}
		switch op {
		case "-":
			v.v = -v.v
		case "~":
			v.v = ^v.v
		case "!":
			return boolean(v.v == 0), nil
		}
		return v.wrap(), nil
	case "(":
		return p.paren(live)
	case "":
		return integer{}, errors.New("the expression ends too early")
	}
	switch {
	case op[0] >= '0' && op[0] <= '9':
		v, err := literal(op)
		if err != nil {
			return integer{}, err
		}
		return v, p.next()
	case op[0] == '\'':
		return p.char()
	case isIdent(op[0]):
		return p.name(live)
	}
	return integer{}, fmt.Errorf("unexpected %q", op)
}

func (p *evaluator) char() (integer, error) {
	r, _, rest, err := strconv.UnquoteChar(p.tok[1:], '\'')
	if err != nil || rest != "'" {
		return integer{}, fmt.Errorf("%s is not a character", p.tok)
	}
	return integer{v: uint64(r), size: 32}.wrap(), p.next()
}

// paren reads a parenthesised expression or a cast.
func (p *evaluator) paren(live bool) (integer, error) {
	if err := p.next(); err != nil {
		return integer{}, err
	}
	t, isType, err := p.typeName()
	if err != nil {
		return integer{}, err
	}
	if !isType {
		v, err := p.ternary(live)
		if err != nil {
			return integer{}, err
		}
		if err := p.expect(")"); err != nil {
			return integer{}, err
		}
		if p.syntaxOnly && p.tok != "" && (isIdent(p.tok[0]) || p.tok == "(") {
			return p.unary(live) // a cast to a type that only the kernel knows
		}
		return v, nil
	}
	if err := p.expect(")"); err != nil {
		return integer{}, err
	}
	v, err := p.unary(live)
	if err != nil {
		return integer{}, err
	}
	return t.convert(v), nil
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

// typeName reads the words of a basic type, if there is one.
func (p *evaluator) typeName() (t ctype, ok bool, err error) {
	t = ctype{bits: 32}
	longs := 0
	for {
		switch p.tok {
		case "int", "signed", "const":
		case "unsigned":
			t.unsigned = true
		case "long":
			longs++
		case "short":
			t.bits = 16
		case "char":
			t.bits = 8
		default:
			def, isDef := typedef(p.tok)
			if !isDef {
				if longs > 0 {
					t.bits = 64
				}
				return t, ok, nil
			}
			t = def
		}
		ok = true
		if err := p.next(); err != nil {
			return t, ok, err
		}
	}
}

// unknownName is the error about a name that has no value.
type unknownName string

func (n unknownName) Error() string { return string(n) + " is not known" }

func (p *evaluator) name(live bool) (integer, error) {
	name := p.tok
	if err := p.next(); err != nil {
		return integer{}, err
	}
	if p.syntaxOnly {
		return integer{v: 1, size: 64}, p.skipArgs()
	}
	if p.tok != "(" {
		if p.lookup != nil {
			if v, ok := p.lookup(name); ok {
				return ofValue(v), nil
			}
		}
		return integer{}, unknownName(name)
	}
	if name == "sizeof" {
		if err := p.next(); err != nil {
			return integer{}, err
		}
		t, ok, err := p.typeName()
		if err != nil {
			return integer{}, err
		}
		if !ok || p.tok != ")" {
			return integer{}, errors.New("sizeof is known only of the basic types")
		}
		return integer{v: uint64(t.bits / 8), size: 64, unsigned: true}, p.next()
	}
	return p.call(name, live)
}

// skipArgs moves over the arguments of a macro or of sizeof, if there are any.
func (p *evaluator) skipArgs() error {
	for depth := 0; p.tok == "(" || depth > 0; {
		switch p.tok {
		case "(":
			depth++
		case ")":
			depth--
		case "":
			return errors.New(`missing ")" at the end`)
		}
		if err := p.next(); err != nil {
			return err
		}
		if depth == 0 {
			return nil
		}
	}
	return nil
}

// call computes the bit macros of the kernel.
func (p *evaluator) call(name string, live bool) (integer, error) {
	var args []integer
	for p.tok == "(" || p.tok == "," {
		if err := p.next(); err != nil {
			return integer{}, err
		}
		v, err := p.ternary(live)
		if err != nil {
			return integer{}, err
		}
		args = append(args, v)
	}
	if err := p.expect(")"); err != nil {
		return integer{}, err
	}
	switch {
	case (name == "BIT" || name == "BIT_ULL" || name == "_BITUL" || name == "_BITULL") && len(args) == 1 && args[0].v < 64:
		return integer{v: 1 << args[0].v, size: 64, unsigned: true}, nil
	case (name == "GENMASK" || name == "GENMASK_ULL") && len(args) == 2 && args[0].v < 64 && args[1].v <= args[0].v:
		return integer{v: ^uint64(0) >> (63 - args[0].v) >> args[1].v << args[1].v, size: 64, unsigned: true}, nil
	}
	return integer{}, fmt.Errorf("%s(...) is not known", name)
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
