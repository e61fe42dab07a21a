// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"fmt"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// Kind classifies a [Term].
type Kind uint8

// The kinds of term.
const (
	Const  Kind = iota // the number Val; Name is how the source spelled it, At where
	Param              // the value that parameter number Val had on entry
	Local              // the address of local variable number Val; never in a summary
	Global             // the address of the object Name
	Fn                 // the address of the function Name
	Str                // the address of a string literal
	Load               // what memory at X holds; Val is 0 for memory as it was on entry
	Unary              // Op X
	Binary             // X Op Y
	Cast               // X converted to Width bits, sign-extended when Signed
	Opaque             // a value nothing is known of beyond Set; At is where it came from
	choice             // one of several alternatives, see alt; never in a summary
)

// Term is a symbolic value: what an expression of a function body stands for in
// terms of the function's parameters, constants and values nobody knows. Terms
// of one function are interned, so equal ones are identical pointers.
type Term struct {
	Kind   Kind
	Op     cfg.Op
	Signed bool // Cast: sign-extend; Binary: operands compare, divide and shift as signed
	Width  int  // in bits, 1 to 64
	X, Y   *Term
	Val    uint64
	Name   string // Load: the member read, "file.f_op"
	File   string
	At     cfg.Site
	Set    dom.Set // Opaque: the values it can have; Load: likewise, if anything is known
	Open   *Open   // Opaque: why it is unknown, when that matters to a reader

	id    int
	size  int
	atoms uint64 // a Bloom filter of the ids of the leaves inside
	alts  []alt
	leaf  *Term // the only leaf that is not constant, nil when there is none or several
	many  bool  // several such leaves
}

// maxTermSize bounds the number of nodes of a term; a larger one becomes opaque.
const maxTermSize = 48

// termKey identifies a term for interning.
type termKey struct {
	kind   Kind
	op     cfg.Op
	signed bool
	width  int
	x, y   int
	val    uint64
	name   string
	file   string
	at     cfg.Site
}

// terms interns the terms of one function.
type terms struct {
	byKey map[termKey]*Term
	next  int
}

func newTerms() *terms { return &terms{byKey: map[termKey]*Term{}} }

func (ts *terms) intern(t Term) *Term {
	key := termKey{t.Kind, t.Op, t.Signed, t.Width, id(t.X), id(t.Y), t.Val, t.Name, t.File, t.At}
	if old, ok := ts.byKey[key]; ok {
		return old
	}
	n := ts.add(t)
	ts.byKey[key] = n
	return n
}

// add gives t an identity of its own.
func (ts *terms) add(t Term) *Term {
	ts.next++
	t.id = ts.next
	t.size = 1 + size(t.X) + size(t.Y)
	t.atoms = 1<<(t.id%64) | atoms(t.X) | atoms(t.Y)
	for _, a := range t.alts {
		t.atoms |= a.term.atoms
		for _, f := range a.facts {
			t.atoms |= f.Term.atoms
		}
	}
	n := &t
	switch t.Kind {
	case Const, Global, Fn, Str, Local:
	case Param, Opaque, Load, choice:
		n.leaf = n
	default:
		n.leaf, n.many = joinLeaf(t.X, t.Y)
	}
	return n
}

func joinLeaf(x, y *Term) (*Term, bool) {
	switch {
	case x.many || y != nil && y.many:
		return nil, true
	case y == nil || y.leaf == nil || y.leaf == x.leaf:
		return x.leaf, false
	case x.leaf == nil:
		return y.leaf, false
	}
	return nil, true
}

func id(t *Term) int {
	if t == nil {
		return 0
	}
	return t.id
}

// Size returns the number of operators and operands of t.
func (t *Term) Size() int { return t.size }

func size(t *Term) int {
	if t == nil {
		return 0
	}
	return t.size
}

func atoms(t *Term) uint64 {
	if t == nil {
		return 0
	}
	return t.atoms
}

func mask(w int) uint64 {
	if w >= 64 {
		return ^uint64(0)
	}
	return 1<<w - 1
}

// SignExtend returns the w-bit pattern v as a signed number.
func SignExtend(v uint64, w int) int64 {
	if w >= 64 {
		return int64(v)
	}
	return int64(v<<(64-w)) >> (64 - w)
}

func (ts *terms) constant(w int, v uint64, name string, at cfg.Site) *Term {
	return ts.intern(Term{Kind: Const, Width: w, Val: v & mask(w), Name: name, At: at})
}

// validPointer is the set of addresses an object or function can have: neither
// NULL nor one of the 4095 error values at the top (include/linux/err.h).
var validPointer = dom.URange(64, 1, ^uint64(0)-4095)

// fold computes op on constants of xw bits; it reports false where C has no value.
func fold(op cfg.Op, signed bool, w int, x, y uint64, xw int) (uint64, bool) {
	sx, sy := SignExtend(x, xw), SignExtend(y, xw)
	b := func(c bool) (uint64, bool) {
		if c {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case cfg.OpNeg:
		return -x & mask(w), true
	case cfg.OpCompl:
		return ^x & mask(w), true
	case cfg.OpNot:
		return b(x == 0)
	case cfg.OpAdd:
		return (x + y) & mask(w), true
	case cfg.OpSub:
		return (x - y) & mask(w), true
	case cfg.OpMul:
		return (x * y) & mask(w), true
	case cfg.OpDiv, cfg.OpRem:
		if y == 0 || signed && sy == -1 {
			return 0, false
		}
		switch {
		case op == cfg.OpDiv && signed:
			return uint64(sx/sy) & mask(w), true
		case op == cfg.OpDiv:
			return x / y, true
		case signed:
			return uint64(sx%sy) & mask(w), true
		}
		return x % y, true
	case cfg.OpAnd:
		return x & y, true
	case cfg.OpOr:
		return x | y, true
	case cfg.OpXor:
		return x ^ y, true
	case cfg.OpShl, cfg.OpShr:
		if y >= uint64(w) {
			return 0, false
		}
		switch {
		case op == cfg.OpShl:
			return x << y & mask(w), true
		case signed:
			return uint64(SignExtend(x, w)>>y) & mask(w), true
		}
		return x >> y, true
	case cfg.OpEq:
		return b(x == y)
	case cfg.OpNe:
		return b(x != y)
	case cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		less, equal := x < y, x == y
		if signed {
			less = sx < sy
		}
		switch op {
		case cfg.OpLt:
			return b(less)
		case cfg.OpLe:
			return b(less || equal)
		case cfg.OpGt:
			return b(!less && !equal)
		}
		return b(!less)
	}
	return 0, false
}

// isBool reports whether t can only be 0 or 1. Comparisons are kept in two
// forms only, == and <, and their negations.
func isBool(t *Term) bool {
	return t.Kind == Binary && (t.Op == cfg.OpEq || t.Op == cfg.OpLt) || t.Kind == Unary && t.Op == cfg.OpNot
}

// unary returns the term for op x.
func (ts *terms) unary(op cfg.Op, w int, x *Term) *Term {
	if x.Kind == Const {
		if v, ok := fold(op, false, w, x.Val, 0, x.Width); ok {
			return ts.constant(w, v, "", x.At)
		}
	}
	if op == cfg.OpNot && x.Kind == Unary && x.Op == cfg.OpNot && isBool(x.X) && x.X.Width == w {
		return x.X
	}
	return ts.intern(Term{Kind: Unary, Op: op, Width: w, X: x})
}

// binary returns the term for x op y; signed tells how the operands compare,
// divide or shift. The width of a comparison is w, that of its operands theirs.
func (ts *terms) binary(op cfg.Op, signed bool, w int, x, y *Term) *Term {
	if x.Kind == Const && y.Kind == Const {
		if v, ok := fold(op, signed, w, x.Val, y.Val, x.Width); ok {
			return ts.constant(w, v, "", x.At)
		}
	}
	if x.Kind == Const && y.Kind != Const {
		switch op {
		case cfg.OpAdd, cfg.OpMul, cfg.OpAnd, cfg.OpOr, cfg.OpXor, cfg.OpEq, cfg.OpNe:
			x, y = y, x
		}
	}
	switch op {
	case cfg.OpNe:
		return ts.unary(cfg.OpNot, w, ts.binary(cfg.OpEq, false, w, x, y))
	case cfg.OpGt:
		return ts.binary(cfg.OpLt, signed, w, y, x)
	case cfg.OpLe:
		return ts.unary(cfg.OpNot, w, ts.binary(cfg.OpLt, signed, w, y, x))
	case cfg.OpGe:
		return ts.unary(cfg.OpNot, w, ts.binary(cfg.OpLt, signed, w, x, y))
	}
	if y.Kind == Const {
		switch {
		case y.Val == 0 && (op == cfg.OpAdd || op == cfg.OpSub || op == cfg.OpOr || op == cfg.OpXor || op == cfg.OpShl || op == cfg.OpShr):
			return x
		case y.Val == 0 && (op == cfg.OpAnd || op == cfg.OpMul):
			return ts.constant(w, 0, "", y.At)
		case op == cfg.OpSub:
			return ts.binary(cfg.OpAdd, signed, w, x, ts.constant(w, -y.Val, "", y.At))
		case op == cfg.OpAdd && x.Kind == Binary && x.Op == cfg.OpAdd && x.Y.Kind == Const:
			return ts.binary(op, signed, w, x.X, ts.constant(w, x.Y.Val+y.Val, "", y.At))
		case op == cfg.OpAnd && x.Kind == Binary && x.Op == cfg.OpAnd && x.Y.Kind == Const:
			return ts.binary(op, signed, w, x.X, ts.constant(w, x.Y.Val&y.Val, "", y.At))
		}
		if op == cfg.OpEq && y.Val == 0 && isBool(x) && x.Width == w {
			return ts.unary(cfg.OpNot, w, x)
		}
	}
	x, y = ts.placeless(x), ts.placeless(y)
	if x == y && x.Kind != choice {
		switch op {
		case cfg.OpEq:
			return ts.constant(w, 1, "", cfg.Site{})
		case cfg.OpLt, cfg.OpSub, cfg.OpXor:
			return ts.constant(w, 0, "", cfg.Site{})
		}
	}
	return ts.intern(Term{Kind: Binary, Op: op, Signed: signed, Width: w, X: x, Y: y})
}

// placeless drops from a constant operand where it stands, which must not keep
// two equal conditions apart.
func (ts *terms) placeless(t *Term) *Term {
	if t.Kind != Const || t.At == (cfg.Site{}) {
		return t
	}
	return ts.constant(t.Width, t.Val, t.Name, cfg.Site{})
}

// cast returns x converted to w bits.
func (ts *terms) cast(x *Term, w int, signed bool) *Term {
	switch {
	case x.Width == w:
		return x
	case x.Kind == Const:
		v := x.Val
		if signed {
			v = uint64(SignExtend(v, x.Width))
		}
		return ts.constant(w, v, x.Name, x.At)
	case x.Kind == Cast && x.X.Width == w && w < x.Width:
		return x.X // extended and cut again
	}
	if w < x.Width {
		signed = false
	}
	return ts.intern(Term{Kind: Cast, Signed: signed, Width: w, X: x})
}

// exportable reports whether t means the same to a caller: it is made of
// parameters, constants and memory as it was on entry only.
func exportable(t *Term) bool {
	switch t.Kind {
	case Const, Param, Global, Fn, Str:
		return true
	case Load:
		return t.Val == 0 && rooted(t.X) && exportable(t.X)
	case Unary, Cast:
		return exportable(t.X)
	case Binary:
		return exportable(t.X) && exportable(t.Y)
	}
	return false
}

// rooted reports whether address t starts at a parameter.
func rooted(t *Term) bool {
	switch t.Kind {
	case Param:
		return true
	case Load, Cast, Unary:
		return rooted(t.X)
	case Binary:
		return rooted(t.X) || rooted(t.Y)
	}
	return false
}

// mentions reports whether t contains leaf.
func mentions(t, leaf *Term) bool {
	if t == nil || t.atoms>>(leaf.id%64)&1 == 0 {
		return false
	}
	return search(t, leaf, map[*Term]bool{})
}

func search(t, leaf *Term, seen map[*Term]bool) bool {
	switch {
	case t == leaf:
		return true
	case t == nil || t.atoms>>(leaf.id%64)&1 == 0 || seen[t]:
		return false
	}
	seen[t] = true
	for _, a := range t.alts {
		if search(a.term, leaf, seen) {
			return true
		}
		for _, f := range a.facts {
			if search(f.Term, leaf, seen) {
				return true
			}
		}
	}
	return search(t.X, leaf, seen) || search(t.Y, leaf, seen)
}

var opText = map[cfg.Op]string{
	cfg.OpNeg: "-", cfg.OpCompl: "~", cfg.OpNot: "!",
	cfg.OpAdd: "+", cfg.OpSub: "-", cfg.OpMul: "*", cfg.OpDiv: "/", cfg.OpRem: "%",
	cfg.OpAnd: "&", cfg.OpOr: "|", cfg.OpXor: "^", cfg.OpShl: "<<", cfg.OpShr: ">>",
	cfg.OpEq: "==", cfg.OpNe: "!=", cfg.OpLt: "<", cfg.OpLe: "<=", cfg.OpGt: ">", cfg.OpGe: ">=",
}

// Format writes t as C would, with params as the parameters' names.
func (t *Term) Format(params []string) string {
	var b strings.Builder
	t.format(&b, params, false)
	return b.String()
}

func (t *Term) format(b *strings.Builder, params []string, nested bool) {
	switch t.Kind {
	case Const:
		switch {
		case t.Name != "":
			b.WriteString(t.Name)
		case t.Val > 1<<15 && SignExtend(t.Val, t.Width) > 0:
			fmt.Fprintf(b, "%#x", t.Val)
		default:
			fmt.Fprint(b, SignExtend(t.Val, t.Width))
		}
	case Param:
		if int(t.Val) < len(params) && params[t.Val] != "" {
			b.WriteString(params[t.Val])
		} else {
			fmt.Fprintf(b, "arg%d", t.Val+1)
		}
	case Local:
		b.WriteString("&local")
	case Global:
		b.WriteString("&" + t.Name)
	case Fn:
		b.WriteString(t.Name)
	case Str:
		fmt.Fprintf(b, "%q", t.Name)
	case Load:
		t.formatLoad(b, params)
	case Cast:
		t.X.format(b, params, nested)
	case Unary:
		if t.Op == cfg.OpNot && isBool(t.X) && t.X.Kind == Binary {
			op := cfg.OpNe
			if t.X.Op == cfg.OpLt {
				op = cfg.OpGe
			}
			formatBinary(b, params, nested, op, t.X.X, t.X.Y)
			return
		}
		b.WriteString(opText[t.Op])
		t.X.format(b, params, true)
	case Binary:
		formatBinary(b, params, nested, t.Op, t.X, t.Y)
	default:
		b.WriteByte('?')
	}
}

var mirrored = map[cfg.Op]cfg.Op{cfg.OpLt: cfg.OpGt, cfg.OpGe: cfg.OpLe}

func formatBinary(b *strings.Builder, params []string, nested bool, op cfg.Op, x, y *Term) {
	if m, ok := mirrored[op]; ok && x.Kind == Const {
		op, x, y = m, y, x
	}
	if nested {
		b.WriteByte('(')
	}
	x.format(b, params, true)
	b.WriteString(" " + opText[op] + " ")
	y.format(b, params, true)
	if nested {
		b.WriteByte(')')
	}
}

func (t *Term) formatLoad(b *strings.Builder, params []string) {
	base := t.X
	if base.Kind == Binary && base.Op == cfg.OpAdd && base.Y.Kind == Const {
		base = base.X
	}
	_, member, ok := strings.Cut(t.Name, ".")
	switch {
	case !ok:
		b.WriteByte('*')
		base.format(b, params, true)
	case base.Kind == Global || base.Kind == Local:
		b.WriteString(strings.TrimPrefix(base.Name, "&") + "." + member)
	default:
		base.format(b, params, true)
		b.WriteString("->" + member)
	}
}
