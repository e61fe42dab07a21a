// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"math/bits"
	"strings"

	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// calleeName returns the name of the function that a call names, or "".
func calleeName(n *cc.PostfixExpression) string {
	p, ok := n.PostfixExpression.(*cc.PrimaryExpression)
	if !ok || p.Case != cc.PrimaryExpressionIdent {
		return ""
	}
	return p.Token.SrcStr()
}

func arguments(n *cc.PostfixExpression) []cc.ExpressionNode {
	var args []cc.ExpressionNode
	for l := n.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		args = append(args, l.AssignmentExpression)
	}
	return args
}

// isOpaque reports whether e is a value that inline assembly gave.
func (b *builder) isOpaque(e cc.ExpressionNode) bool {
	switch n := b.bare(e).(type) {
	case *cc.PostfixExpression:
		return n.Case == cc.PostfixExpressionCall && calleeName(n) == opaqueCall
	case *cc.CastExpression:
		return n.Case == cc.CastExpressionCast && b.isOpaque(n.CastExpression)
	}
	return false
}

// directCall returns the call that e is, when it is one that can put its
// result where an assignment wants it.
func (b *builder) directCall(e cc.ExpressionNode) *cc.PostfixExpression {
	n, ok := b.bare(e).(*cc.PostfixExpression)
	if !ok || n.Case != cc.PostfixExpressionCall || b.kept(n) != "" || isBuiltin(calleeName(n)) {
		return nil
	}
	return n
}

func isBuiltin(name string) bool {
	return strings.HasPrefix(name, "__builtin_") || name == opaqueCall || name == typesCompatible
}

// callValue lowers a call; without want its result is dropped.
func (b *builder) callValue(n *cc.PostfixExpression, want bool) *cfg.Expr {
	at := b.at(n)
	if name := b.kept(n); name != "" {
		return b.keptMacro(name, n.Type(), at, func() { b.plainCall(n, false) })
	}
	return b.plainCall(n, want)
}

func (b *builder) plainCall(n *cc.PostfixExpression, want bool) *cfg.Expr {
	at := b.at(n)
	if name := calleeName(n); isBuiltin(name) {
		if x := b.builtin(name, n, want, at); x != nil {
			return x
		}
	}
	call := b.call(n, at)
	if !want || call.Result.Kind == cfg.Void {
		b.emit(call)
		b.afterCall(call)
		return unknown(voidType, "void", at)
	}
	x := b.result(call)
	b.afterCall(call)
	return x
}

// callInto lowers a call whose result goes to dst.
func (b *builder) callInto(n *cc.PostfixExpression, dst *cfg.Place) bool {
	call := b.call(n, b.at(n))
	if !same(call.Result, dst.Type) {
		panic(unsupported("call with a result of another type"))
	}
	call.Dst = dst
	b.emit(call)
	b.afterCall(call)
	return true
}

func (b *builder) afterCall(c *cfg.Call) {
	if c.Callee != "" && b.src.NoReturn != nil && b.src.NoReturn(c.Callee) {
		b.end(cfg.Unreachable, nil, c.At)
	}
}

// call lowers callee and arguments, not yet emitting the call itself.
func (b *builder) call(n *cc.PostfixExpression, at cfg.Site) *cfg.Call {
	call := &cfg.Call{At: at, Result: b.src.typeOf(n.Type())}
	ft := b.callee(n, call)
	var params []*cc.Parameter
	if ft != nil {
		params = ft.Parameters()
	}
	for i, a := range arguments(n) {
		x := b.value(a)
		switch {
		case i < len(params) && params[i].Type().Kind() != cc.Void:
			x = convert(x, b.src.typeOf(params[i].Type()))
		case x.Type.IsScalar():
			x = convert(x, promote(x.Type))
		}
		call.Args = append(call.Args, x)
	}
	return call
}

// callee fills in what a call calls and returns the function's type.
func (b *builder) callee(n *cc.PostfixExpression, call *cfg.Call) *cc.FunctionType {
	x := b.value(n.PostfixExpression)
	if x.Op == cfg.OpAddrFunc {
		call.Callee, call.File = libraryName(x.Name), x.File
	} else {
		call.Ptr = x
		if x.Op == cfg.OpLoad {
			call.Member = x.Name
		}
	}
	t := n.PostfixExpression.Type()
	if p, ok := t.(*cc.PointerType); ok {
		t = p.Elem()
	}
	ft, _ := t.(*cc.FunctionType)
	return ft
}

// libraryName returns the function that a builtin stands for.
func libraryName(name string) string {
	rest, ok := strings.CutPrefix(name, "__builtin_")
	if !ok {
		return name
	}
	switch rest {
	case "memcpy", "memmove", "memset", "memcmp", "memchr", "strlen", "strnlen",
		"strcpy", "strncpy", "strcat", "strncat", "strcmp", "strncmp", "strchr",
		"strrchr", "strstr", "sprintf", "snprintf", "abs", "labs":
		return rest
	}
	return name
}

const typesCompatible = "__ccgo__types_compatible_p"

// builtin lowers the builtins that are not functions; it returns nil for the
// rest, which are then called.
func (b *builder) builtin(name string, n *cc.PostfixExpression, want bool, at cfg.Site) *cfg.Expr {
	args := arguments(n)
	if name == opaqueCall {
		if !want {
			b.emit(&cfg.Asm{At: at})
		}
		return unknown(ulongType, "asm", at)
	}
	if c := b.fixedCall(n); c != nil {
		return c
	}
	if x := expected(name, n); x != nil {
		return convert(b.value(x), longType)
	}
	switch strings.TrimPrefix(name, "__builtin_") {
	case "choose_expr":
		if len(args) == 3 {
			if c := b.fixed(args[0]); c != nil {
				return b.value(args[2-b2i(c.Val != 0)])
			}
		}
	case "unreachable", "trap":
		b.end(cfg.Unreachable, nil, at)
		return unknown(voidType, "void", at)
	case "add_overflow", "sub_overflow", "mul_overflow":
		if len(args) == 3 {
			return b.overflow(name, args, at)
		}
	case "assume_aligned":
		if len(args) >= 1 {
			return b.value(args[0])
		}
	}
	return nil
}

// fixedCall evaluates a call of a builtin that is a constant.
func (b *builder) fixedCall(n *cc.PostfixExpression) *cfg.Expr {
	name := calleeName(n)
	if !isBuiltin(name) {
		return nil
	}
	args := arguments(n)
	at := b.at(n)
	if name == typesCompatible {
		if v, ok := intValue(n.Value()); ok {
			return constant(v, intType, "", at)
		}
		return nil
	}
	if x := expected(name, n); x != nil {
		if c := b.fixed(x); c != nil {
			return onlyConst(convert(c, longType))
		}
		return nil
	}
	if len(args) == 0 {
		return nil
	}
	switch rest := strings.TrimPrefix(name, "__builtin_"); rest {
	case "constant_p":
		return constant(b2i(b.isConstantP(args[0])), intType, "", at)
	case "choose_expr":
		if c := b.fixed(args[0]); c != nil && len(args) == 3 {
			return b.fixed(args[2-b2i(c.Val != 0)])
		}
	case "object_size", "dynamic_object_size":
		kind := b.fixedArg(args, 1)
		if kind == nil {
			return nil
		}
		if kind.Val&2 != 0 {
			return constant(0, ulongType, "", at)
		}
		return constant(-1, ulongType, "", at)
	case "types_compatible_p":
		if v, ok := intValue(n.Value()); ok {
			return constant(v, intType, "", at)
		}
	default:
		if c := b.fixedArg(args, 0); c != nil && len(args) == 1 {
			return bitBuiltin(rest, uint64(c.Val), at)
		}
	}
	return nil
}

func (b *builder) fixedArg(args []cc.ExpressionNode, i int) *cfg.Expr {
	if i >= len(args) {
		return nil
	}
	return b.fixed(args[i])
}

// isConstantP evaluates __builtin_constant_p: an operand that is no constant
// as written is taken for none, whatever an optimizer might find.
func (b *builder) isConstantP(e cc.ExpressionNode) bool {
	if b.fixed(e) != nil {
		return true
	}
	_, str := b.bare(e).Value().(cc.StringValue)
	return str
}

// bitBuiltin evaluates the builtins on the bits of a constant.
func bitBuiltin(name string, v uint64, at cfg.Site) *cfg.Expr {
	w := uint64(uint32(v))
	n := -1
	switch name {
	case "bswap16":
		return constant(int64(bits.ReverseBytes16(uint16(v))), intOf(2, false), "", at)
	case "bswap32":
		return constant(int64(bits.ReverseBytes32(uint32(v))), intOf(4, false), "", at)
	case "bswap64":
		return constant(int64(bits.ReverseBytes64(v)), ulongType, "", at)
	case "popcount":
		n = bits.OnesCount64(w)
	case "popcountl", "popcountll":
		n = bits.OnesCount64(v)
	case "ffs":
		n = lowest(w)
	case "ffsl", "ffsll":
		n = lowest(v)
	case "clz":
		if w != 0 {
			n = bits.LeadingZeros32(uint32(w))
		}
	case "clzl", "clzll":
		if v != 0 {
			n = bits.LeadingZeros64(v)
		}
	case "ctz":
		if w != 0 {
			n = bits.TrailingZeros64(w)
		}
	case "ctzl", "ctzll":
		if v != 0 {
			n = bits.TrailingZeros64(v)
		}
	case "parity":
		n = bits.OnesCount64(w) & 1
	case "parityl", "parityll":
		n = bits.OnesCount64(v) & 1
	}
	if n < 0 {
		return nil
	}
	return constant(int64(n), intType, "", at)
}

func lowest(v uint64) int {
	if v == 0 {
		return 0
	}
	return bits.TrailingZeros64(v) + 1
}

// overflow lowers __builtin_add_overflow and its like: the wrapped result is
// stored, and the value says whether it had to wrap.
func (b *builder) overflow(name string, args []cc.ExpressionNode, at cfg.Site) *cfg.Expr {
	x := b.keep(b.value(args[0]))
	y := b.keep(b.value(args[1]))
	p := b.value(args[2])
	t := b.src.typeOf(b.pointee(args[2]))
	if x.Type.Kind != cfg.Int || y.Type.Kind != cfg.Int || t.Kind != cfg.Int {
		b.emit(&cfg.Set{Dst: cfg.Place{Addr: p, Type: t}, At: at})
		return unknown(boolType, "overflow", at)
	}
	exact := same(x.Type, t) && same(y.Type, t) && !t.Signed && promote(t) == t && !wide(t)
	// Operands of other types than the result's are converted first: what is
	// stored is the low bits of the exact result either way.
	cx, cy := convert(x, t), convert(y, t)
	var sum, wrapped *cfg.Expr
	switch strings.TrimPrefix(name, "__builtin_") {
	case "add_overflow":
		sum = b.keep(convert(binary(cfg.OpAdd, cx, cy, at), t))
		wrapped = compare(cfg.OpLt, sum, cx, at)
	case "sub_overflow":
		sum = b.keep(convert(binary(cfg.OpSub, cx, cy, at), t))
		wrapped = compare(cfg.OpLt, cx, cy, at)
	default:
		sum = convert(binary(cfg.OpMul, cx, cy, at), t)
		exact = false
	}
	b.emit(&cfg.Set{Dst: cfg.Place{Addr: p, Type: t}, Src: sum, At: at})
	if !exact {
		return unknown(boolType, "overflow", at)
	}
	return convert(wrapped, boolType)
}
