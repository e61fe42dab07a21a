// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"strings"

	"kapilint/cparse/cfg"
)

// norm returns the low bits of v as a value of type t has them in a Val.
func norm(v int64, t cfg.Type) int64 {
	if t.Kind == cfg.Bool {
		if v != 0 {
			return 1
		}
		return 0
	}
	bits := t.Bits()
	if bits == 0 || bits >= 64 {
		return v
	}
	if t.Signed {
		return v << (64 - bits) >> (64 - bits)
	}
	return int64(uint64(v) << (64 - bits) >> (64 - bits))
}

func constant(v int64, t cfg.Type, name string, at cfg.Site) *cfg.Expr {
	return &cfg.Expr{Op: cfg.OpConst, Type: t, Val: norm(v, t), Name: name, At: at}
}

func unknown(t cfg.Type, why string, at cfg.Site) *cfg.Expr {
	return &cfg.Expr{Op: cfg.OpUnknown, Type: t, Name: why, At: at}
}

func isConst(x *cfg.Expr) bool { return x.Op == cfg.OpConst }

// isBoolean reports whether x can only be 0 or 1.
func isBoolean(x *cfg.Expr) bool {
	switch x.Op {
	case cfg.OpNot, cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		return true
	case cfg.OpCast:
		return isBoolean(x.X)
	case cfg.OpConst:
		return x.Val == 0 || x.Val == 1
	}
	return x.Type.Kind == cfg.Bool
}

// convert returns x converted to t.
func convert(x *cfg.Expr, t cfg.Type) *cfg.Expr {
	if t.Kind == cfg.Void || t.Kind == cfg.Aggregate || t.Kind == cfg.Function || same(x.Type, t) {
		return x
	}
	if !x.Type.IsScalar() || !t.IsScalar() {
		return unknown(t, "floating point", x.At)
	}
	if wide(x.Type) || wide(t) {
		return unknown(t, "128-bit integer", x.At)
	}
	if isConst(x) {
		return constant(x.Val, t, x.Name, x.At)
	}
	if t.Kind == cfg.Bool && !isBoolean(x) {
		x = &cfg.Expr{Op: cfg.OpNe, Type: intType, X: x, Y: constant(0, x.Type, "", x.At), At: x.At}
	}
	return &cfg.Expr{Op: cfg.OpCast, Type: t, X: x, At: x.At}
}

// unary returns the promoted x with op applied.
func unary(op cfg.Op, x *cfg.Expr, at cfg.Site) *cfg.Expr {
	t := promote(x.Type)
	if t.Kind == cfg.Float {
		return unknown(t, "floating point", at)
	}
	if wide(t) {
		return unknown(t, "128-bit integer", at)
	}
	x = convert(x, t)
	if !isConst(x) {
		return &cfg.Expr{Op: op, Type: t, X: x, At: at}
	}
	name := x.Name
	if op == cfg.OpCompl {
		if strings.Contains(name, " ") {
			name = "(" + name + ")"
		}
		if name != "" {
			name = "~" + name
		}
		return constant(^x.Val, t, name, x.At)
	}
	if strings.ContainsAny(name, " -~") {
		name = ""
	}
	if name != "" {
		name = "-" + name
	}
	return constant(-x.Val, t, name, x.At)
}

// not returns !x.
func not(x *cfg.Expr, at cfg.Site) *cfg.Expr {
	if !x.Type.IsScalar() || wide(x.Type) {
		return unknown(intType, "not an integer of at most 64 bits", at)
	}
	switch x.Op {
	case cfg.OpConst:
		return constant(b2i(x.Val == 0), intType, "", x.At)
	case cfg.OpNot:
		if isBoolean(x.X) {
			return convert(x.X, intType)
		}
		return &cfg.Expr{Op: cfg.OpNe, Type: intType, X: x.X, Y: constant(0, x.X.Type, "", at), At: at}
	case cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		return &cfg.Expr{Op: inverse[x.Op], Type: intType, X: x.X, Y: x.Y, At: at}
	}
	return &cfg.Expr{Op: cfg.OpNot, Type: intType, X: x, At: at}
}

var inverse = map[cfg.Op]cfg.Op{
	cfg.OpEq: cfg.OpNe, cfg.OpNe: cfg.OpEq,
	cfg.OpLt: cfg.OpGe, cfg.OpGe: cfg.OpLt,
	cfg.OpGt: cfg.OpLe, cfg.OpLe: cfg.OpGt,
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// binary applies an arithmetic or bit operator after the usual conversions,
// which for shifts are promotions of each operand alone.
func binary(op cfg.Op, x, y *cfg.Expr, at cfg.Site) *cfg.Expr {
	var t cfg.Type
	if op == cfg.OpShl || op == cfg.OpShr {
		t = promote(x.Type)
		x, y = convert(x, t), convert(y, promote(y.Type))
	} else {
		t = usual(x.Type, y.Type)
		x, y = convert(x, t), convert(y, t)
	}
	switch {
	case !x.Type.IsScalar() || !y.Type.IsScalar():
		return unknown(t, "floating point", at)
	case wide(x.Type) || wide(y.Type):
		return unknown(t, "128-bit integer", at)
	}
	if isConst(x) && isConst(y) {
		if v, ok := fold(op, x.Val, y.Val, t); ok {
			name, site := "", at
			if op == cfg.OpOr && x.Name != "" && y.Name != "" {
				name, site = x.Name+" | "+y.Name, x.At
			}
			return constant(v, t, name, site)
		}
	}
	return &cfg.Expr{Op: op, Type: t, X: x, Y: y, At: at}
}

// compare applies a comparison after the usual conversions.
func compare(op cfg.Op, x, y *cfg.Expr, at cfg.Site) *cfg.Expr {
	t := usual(x.Type, y.Type)
	if t.IsScalar() {
		x, y = convert(x, t), convert(y, t)
	}
	if !x.Type.IsScalar() || !y.Type.IsScalar() || wide(x.Type) || wide(y.Type) {
		return unknown(intType, "comparison of values that are not integers of at most 64 bits", at)
	}
	if isConst(x) && isConst(y) {
		return constant(b2i(holds(op, x.Val, y.Val, t)), intType, "", at)
	}
	return &cfg.Expr{Op: op, Type: intType, X: x, Y: y, At: at}
}

func holds(op cfg.Op, x, y int64, t cfg.Type) bool {
	less := uint64(x) < uint64(y)
	if t.Signed {
		less = x < y
	}
	switch op {
	case cfg.OpEq:
		return x == y
	case cfg.OpNe:
		return x != y
	case cfg.OpLt:
		return less
	case cfg.OpLe:
		return less || x == y
	case cfg.OpGt:
		return !less && x != y
	}
	return !less
}

// fold computes x op y in t; it fails where C leaves the result undefined and
// wrapping does not define it.
func fold(op cfg.Op, x, y int64, t cfg.Type) (int64, bool) {
	switch op {
	case cfg.OpAdd:
		return x + y, true
	case cfg.OpSub:
		return x - y, true
	case cfg.OpMul:
		return x * y, true
	case cfg.OpAnd:
		return x & y, true
	case cfg.OpOr:
		return x | y, true
	case cfg.OpXor:
		return x ^ y, true
	case cfg.OpDiv, cfg.OpRem:
		return divide(op, x, y, t)
	case cfg.OpShl, cfg.OpShr:
		if y < 0 || y >= int64(t.Bits()) {
			return 0, false
		}
		switch {
		case op == cfg.OpShl:
			return x << y, true
		case t.Signed:
			return x >> y, true
		}
		return int64(uint64(x) >> y), true
	}
	return 0, false
}

func divide(op cfg.Op, x, y int64, t cfg.Type) (int64, bool) {
	if y == 0 {
		return 0, false
	}
	if !t.Signed {
		if op == cfg.OpDiv {
			return int64(uint64(x) / uint64(y)), true
		}
		return int64(uint64(x) % uint64(y)), true
	}
	if y == -1 && x == norm(-x, t) && x != 0 { // the most negative number
		return 0, false
	}
	if op == cfg.OpDiv {
		return x / y, true
	}
	return x % y, true
}

// offset returns the address n bytes after x, which is a member when name is
// not "".
func offset(x *cfg.Expr, n int64, name string, t cfg.Type, at cfg.Site) *cfg.Expr {
	switch {
	case isConst(x):
		return constant(x.Val+n, t, "", at)
	case x.Op == cfg.OpUnknown:
		return unknown(t, x.Name, at)
	case name == "" && n == 0:
		return x
	case name == "" && x.Op == cfg.OpOffset && x.Name == "":
		return &cfg.Expr{Op: cfg.OpOffset, Type: t, X: x.X, Val: x.Val + n, At: at}
	}
	return &cfg.Expr{Op: cfg.OpOffset, Type: t, X: x, Val: n, Name: name, At: at}
}

// index returns the address of element i of elements of size bytes at x.
func index(x, i *cfg.Expr, size int64, known bool, t cfg.Type, at cfg.Site) *cfg.Expr {
	if !known || !i.Type.IsScalar() || wide(i.Type) {
		return unknown(t, "pointer arithmetic in units of unknown size", at)
	}
	if isConst(i) {
		return offset(x, i.Val*size, "", t, at)
	}
	if x.Op == cfg.OpUnknown {
		return unknown(t, x.Name, at)
	}
	if i.Type.Bits() < 64 || i.Type.Kind == cfg.Pointer {
		i = convert(i, longType)
	}
	return &cfg.Expr{Op: cfg.OpIndex, Type: t, X: x, Y: i, Val: size, At: at}
}
