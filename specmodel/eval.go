// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"errors"
	"fmt"
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
