// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"strings"

	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// value lowers an expression for its value. Void expressions give an
// OpUnknown of void type.
func (b *builder) value(e cc.ExpressionNode) *cfg.Expr {
	b.enter()
	defer b.leave()
	x := b.plainValue(e)
	if isConst(x) && b.src.ConstSpan != nil && (x.Name == "" || strings.Contains(x.Name, " | ")) {
		if name := b.src.ConstSpan(firstToken(e), lastToken(e)); name != "" {
			return constant(x.Val, x.Type, name, x.At)
		}
	}
	return x
}

func (b *builder) plainValue(e cc.ExpressionNode) *cfg.Expr {
	switch n := e.(type) {
	case *cc.ExpressionList:
		for ; n.ExpressionList != nil; n = n.ExpressionList {
			b.effect(n.AssignmentExpression)
		}
		return b.value(n.AssignmentExpression)
	case *cc.ConstantExpression:
		return b.value(n.ConditionalExpression)
	case *cc.PrimaryExpression:
		return b.primary(n)
	case *cc.PostfixExpression:
		return b.postfix(n)
	case *cc.UnaryExpression:
		return b.unaryValue(n)
	case *cc.CastExpression:
		if n.Case == cc.CastExpressionUnary {
			return b.value(n.UnaryExpression)
		}
		return b.cast(n)
	case *cc.MultiplicativeExpression, *cc.AdditiveExpression, *cc.ShiftExpression,
		*cc.RelationalExpression, *cc.EqualityExpression, *cc.AndExpression,
		*cc.ExclusiveOrExpression, *cc.InclusiveOrExpression:
		return b.operator(e)
	case *cc.LogicalAndExpression, *cc.LogicalOrExpression:
		return b.truth(e)
	case *cc.ConditionalExpression:
		if n.Case == cc.ConditionalExpressionLOr {
			return b.value(n.LogicalOrExpression)
		}
		return b.choice(n, true)
	case *cc.AssignmentExpression:
		if n.Case == cc.AssignmentExpressionCond {
			return b.value(n.ConditionalExpression)
		}
		return b.assignment(n, true)
	}
	panic(unsupported("expression of an unknown kind"))
}

func (b *builder) primary(n *cc.PrimaryExpression) *cfg.Expr {
	at := b.src.site(n.Token)
	switch n.Case {
	case cc.PrimaryExpressionIdent:
		if en, ok := n.ResolvedTo().(*cc.Enumerator); ok {
			return b.enumerator(en, n.Token, at)
		}
		return b.load(b.lvalueOf(n))
	case cc.PrimaryExpressionInt, cc.PrimaryExpressionChar, cc.PrimaryExpressionLChar:
		v, ok := intValue(n.Value())
		if !ok {
			return unknown(intType, "constant", at)
		}
		return constant(v, b.src.typeOf(n.Type()), b.constName(n.Token), at)
	case cc.PrimaryExpressionFloat:
		return unknown(b.src.typeOf(n.Type()), "floating point", at)
	case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
		return b.stringLiteral(n, at)
	case cc.PrimaryExpressionExpr:
		if name := b.kept(n); name != "" {
			return b.keptMacro(name, n.ExpressionList.Type(), at, func() { b.effect(n.ExpressionList) })
		}
		return b.value(n.ExpressionList)
	case cc.PrimaryExpressionStmt:
		if name := b.kept(n); name != "" {
			return b.keptMacro(name, n.Type(), at, func() { b.compound(n.CompoundStatement) })
		}
		return b.statementExpression(n.CompoundStatement)
	case cc.PrimaryExpressionGeneric:
		if a := n.GenericSelection.Associated(); a != nil {
			return b.value(a.AssignmentExpression)
		}
	}
	panic(unsupported("generic selection without a match"))
}

func (b *builder) constName(t cc.Token) string {
	if b.src.ConstName == nil {
		return ""
	}
	return b.src.ConstName(t)
}

// enumerator returns the value of an enumeration constant, which has type int
// where that can hold it.
func (b *builder) enumerator(en *cc.Enumerator, t cc.Token, at cfg.Site) *cfg.Expr {
	v, ok := intValue(en.Value())
	typ := intType
	if v != norm(v, intType) {
		typ = b.src.typeOf(en.Type())
	}
	if !ok {
		return unknown(typ, "enumeration constant", at)
	}
	name := b.constName(t)
	if name == "" {
		name = en.Token.SrcStr()
	}
	return constant(v, typ, name, at)
}

func intValue(v cc.Value) (int64, bool) {
	switch v := v.(type) {
	case cc.Int64Value:
		return int64(v), true
	case cc.UInt64Value:
		return int64(v), true
	}
	return 0, false
}

// stringLiteral returns the address of a string literal.
func (b *builder) stringLiteral(n *cc.PrimaryExpression, at cfg.Site) *cfg.Expr {
	t := ptrType
	if p, ok := n.Type().Decay().(*cc.PointerType); ok {
		t = b.src.pointerTo(p.Elem())
	}
	s, ok := n.Value().(cc.StringValue)
	if !ok {
		return unknown(t, "wide string", at)
	}
	if len(s) > 0 && s[len(s)-1] == 0 {
		s = s[:len(s)-1]
	}
	return &cfg.Expr{Op: cfg.OpStr, Type: t, Name: string(s), At: at}
}

// keptMacro evaluates the expansion of a macro to keep for its effects and
// takes the value from a call of the macro.
func (b *builder) keptMacro(name string, t cc.Type, at cfg.Site, effect func()) *cfg.Expr {
	effect()
	call := &cfg.Call{Callee: name, Macro: true, Result: b.src.typeOf(t.Decay()), At: at}
	return b.result(call)
}

// result emits a call and returns what it returned.
func (b *builder) result(call *cfg.Call) *cfg.Expr {
	if call.Result.Kind == cfg.Void {
		b.emit(call)
		return unknown(voidType, "void", call.At)
	}
	v := b.temp(call.Result, call.At)
	dst := b.varPlace(v, call.At)
	call.Dst = &dst
	b.emit(call)
	return b.readVar(v, call.At)
}

func (b *builder) postfix(n *cc.PostfixExpression) *cfg.Expr {
	switch n.Case {
	case cc.PostfixExpressionPrimary:
		return b.value(n.PrimaryExpression)
	case cc.PostfixExpressionCall:
		return b.callValue(n, true)
	case cc.PostfixExpressionInc:
		return b.step(n.PostfixExpression, cfg.OpAdd, true, true, b.at(n))
	case cc.PostfixExpressionDec:
		return b.step(n.PostfixExpression, cfg.OpSub, true, true, b.at(n))
	}
	return b.load(b.lvalueOf(n))
}

func (b *builder) unaryValue(n *cc.UnaryExpression) *cfg.Expr {
	at := b.src.site(n.Token)
	switch n.Case {
	case cc.UnaryExpressionPostfix:
		return b.value(n.PostfixExpression)
	case cc.UnaryExpressionInc:
		return b.step(n.UnaryExpression, cfg.OpAdd, false, true, at)
	case cc.UnaryExpressionDec:
		return b.step(n.UnaryExpression, cfg.OpSub, false, true, at)
	case cc.UnaryExpressionAddrof:
		return b.addressOf(n.CastExpression, at)
	case cc.UnaryExpressionDeref:
		return b.load(b.lvalueOf(n))
	case cc.UnaryExpressionPlus:
		x := b.value(n.CastExpression)
		return convert(x, promote(x.Type))
	case cc.UnaryExpressionMinus:
		return unary(cfg.OpNeg, b.value(n.CastExpression), at)
	case cc.UnaryExpressionCpl:
		return unary(cfg.OpCompl, b.value(n.CastExpression), at)
	case cc.UnaryExpressionNot:
		if b.isControl(n.CastExpression) {
			return b.truth(n)
		}
		return not(b.value(n.CastExpression), at)
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionSizeofType,
		cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionAlignofType:
		return b.sizeOf(n, at)
	case cc.UnaryExpressionLabelAddr:
		return unknown(ptrType, "address of a label", at)
	case cc.UnaryExpressionReal, cc.UnaryExpressionImag:
		b.effect(n.UnaryExpression)
		return unknown(b.src.typeOf(n.Type()), "complex number", at)
	}
	panic(unsupported("unary operator of an unknown kind"))
}

func (b *builder) sizeOf(n *cc.UnaryExpression, at cfg.Site) *cfg.Expr {
	var size int64
	switch n.Case {
	case cc.UnaryExpressionSizeofExpr:
		// The front end forgets that an element of an array of arrays is an array.
		t := b.objectType(n.UnaryExpression)
		if v, ok := elemSize(t); ok {
			return constant(v, ulongType, "", at)
		}
		return unknown(ulongType, "size of a variable length array", at)
	default:
		v, ok := intValue(n.Value())
		if !ok || v < 0 {
			return unknown(ulongType, "size of a variable length array", at)
		}
		size = v
	}
	return constant(size, ulongType, "", at)
}

func (b *builder) cast(n *cc.CastExpression) *cfg.Expr {
	t := b.src.typeOf(n.TypeName.Type())
	if t.Kind == cfg.Void {
		b.effect(n.CastExpression)
		return unknown(voidType, "void", b.src.site(n.Token))
	}
	x := b.value(n.CastExpression)
	if t.Kind == cfg.Aggregate && x.Type.Kind != cfg.Aggregate {
		return b.castToUnion(x, t, b.src.site(n.Token))
	}
	if same(x.Type, t) && x.Type.Name != t.Name && x.Type.Kind == cfg.Pointer {
		y := *x // the same address, seen as another type
		y.Type = t
		return &y
	}
	return convert(x, t)
}

// castToUnion makes a union out of the value of one member.
func (b *builder) castToUnion(x *cfg.Expr, t cfg.Type, at cfg.Site) *cfg.Expr {
	v := b.temp(t, at)
	b.emit(&cfg.Set{Dst: b.varPlace(v, at), At: at})
	b.emit(&cfg.Set{Dst: cfg.Place{Addr: b.addrVar(v, at), Type: x.Type}, Src: x, At: at})
	return b.readVar(v, at)
}

// operandsOf returns the operator of a binary expression and its operands, op
// OpInvalid when the node is only a level of the grammar.
func operandsOf(e cc.ExpressionNode) (op cfg.Op, x, y cc.ExpressionNode, t cc.Token) {
	switch n := e.(type) {
	case *cc.MultiplicativeExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpMul, cfg.OpDiv, cfg.OpRem}[n.Case]
		return op, n.MultiplicativeExpression, n.CastExpression, n.Token
	case *cc.AdditiveExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpAdd, cfg.OpSub}[n.Case]
		return op, n.AdditiveExpression, n.MultiplicativeExpression, n.Token
	case *cc.ShiftExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpShl, cfg.OpShr}[n.Case]
		return op, n.ShiftExpression, n.AdditiveExpression, n.Token
	case *cc.RelationalExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpLt, cfg.OpGt, cfg.OpLe, cfg.OpGe}[n.Case]
		return op, n.RelationalExpression, n.ShiftExpression, n.Token
	case *cc.EqualityExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpEq, cfg.OpNe}[n.Case]
		return op, n.EqualityExpression, n.RelationalExpression, n.Token
	case *cc.AndExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpAnd}[n.Case]
		return op, n.AndExpression, n.EqualityExpression, n.Token
	case *cc.ExclusiveOrExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpXor}[n.Case]
		return op, n.ExclusiveOrExpression, n.AndExpression, n.Token
	case *cc.InclusiveOrExpression:
		op = [...]cfg.Op{cfg.OpInvalid, cfg.OpOr}[n.Case]
		return op, n.InclusiveOrExpression, n.ExclusiveOrExpression, n.Token
	}
	return cfg.OpInvalid, nil, nil, cc.Token{}
}

func (b *builder) operator(e cc.ExpressionNode) *cfg.Expr {
	op, l, r, _ := operandsOf(e)
	if op == cfg.OpInvalid {
		if absent(l) {
			return b.value(r)
		}
		return b.value(l)
	}
	at := b.at(e)
	x := b.value(l)
	y := b.value(r)
	switch op {
	case cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		return compare(op, x, y, at)
	case cfg.OpAdd, cfg.OpSub:
		return b.add(op, x, y, l, r, at)
	}
	return binary(op, x, y, at)
}

// add lowers + and -, on pointers in bytes.
func (b *builder) add(op cfg.Op, x, y *cfg.Expr, l, r cc.ExpressionNode, at cfg.Site) *cfg.Expr {
	xp, yp := x.Type.Kind == cfg.Pointer, y.Type.Kind == cfg.Pointer
	switch {
	case !xp && !yp:
		return binary(op, x, y, at)
	case xp && yp:
		return b.distance(x, y, l, at)
	case yp:
		x, y, l = y, x, r
	}
	return b.advance(op, x, y, b.pointee(l), at)
}

// advance returns pointer x moved by i elements.
func (b *builder) advance(op cfg.Op, x, i *cfg.Expr, elem cc.Type, at cfg.Site) *cfg.Expr {
	size, known := elemSize(elem)
	if op == cfg.OpSub {
		i = unary(cfg.OpNeg, convert(i, longType), at)
	}
	t := x.Type
	return index(x, i, size, known, t, at)
}

// distance returns the number of elements between two pointers.
func (b *builder) distance(x, y *cfg.Expr, l cc.ExpressionNode, at cfg.Site) *cfg.Expr {
	size, known := elemSize(b.pointee(l))
	if !known || size == 0 {
		return unknown(longType, "distance in units of unknown size", at)
	}
	d := binary(cfg.OpSub, convert(x, longType), convert(y, longType), at)
	if size == 1 {
		return d
	}
	return binary(cfg.OpDiv, d, constant(size, longType, "", at), at)
}

var assignOps = [...]cfg.Op{
	cc.AssignmentExpressionMul: cfg.OpMul,
	cc.AssignmentExpressionDiv: cfg.OpDiv,
	cc.AssignmentExpressionMod: cfg.OpRem,
	cc.AssignmentExpressionAdd: cfg.OpAdd,
	cc.AssignmentExpressionSub: cfg.OpSub,
	cc.AssignmentExpressionLsh: cfg.OpShl,
	cc.AssignmentExpressionRsh: cfg.OpShr,
	cc.AssignmentExpressionAnd: cfg.OpAnd,
	cc.AssignmentExpressionXor: cfg.OpXor,
	cc.AssignmentExpressionOr:  cfg.OpOr,
}
