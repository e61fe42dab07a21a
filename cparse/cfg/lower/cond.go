// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// opaqueCall is the function that an earlier phase calls where inline assembly
// gave a value or decided where to go.
const opaqueCall = "__kapi_opaque"

// cond lowers an expression for control: to t when it is not zero, else to f.
func (b *builder) cond(e cc.ExpressionNode, t, f *block) {
	b.enter()
	defer b.leave()
	switch n := e.(type) {
	case *cc.ExpressionList:
		for ; n.ExpressionList != nil; n = n.ExpressionList {
			b.effect(n.AssignmentExpression)
		}
		b.cond(n.AssignmentExpression, t, f)
		return
	case *cc.PrimaryExpression:
		if b.condPrimary(n, t, f) {
			return
		}
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionCall {
			name := calleeName(n)
			if x := expected(name, n); x != nil {
				b.cond(x, t, f)
				return
			}
			if name == opaqueCall {
				b.branch(unknown(intType, "asm goto", b.at(n)), t, f, b.at(n))
				return
			}
		}
	case *cc.CastExpression:
		if n.Case == cc.CastExpressionCast && b.isTruth(n.CastExpression) && b.src.typeOf(n.TypeName.Type()).IsScalar() {
			b.cond(n.CastExpression, t, f)
			return
		}
	case *cc.UnaryExpression:
		if n.Case == cc.UnaryExpressionNot {
			b.cond(n.CastExpression, f, t)
			return
		}
	case *cc.LogicalAndExpression:
		if n.Case == cc.LogicalAndExpressionLAnd {
			both := b.newBlock()
			b.cond(n.LogicalAndExpression, both, f)
			b.cur = both
			b.cond(n.InclusiveOrExpression, t, f)
			return
		}
	case *cc.LogicalOrExpression:
		if n.Case == cc.LogicalOrExpressionLOr {
			neither := b.newBlock()
			b.cond(n.LogicalOrExpression, t, neither)
			b.cur = neither
			b.cond(n.LogicalAndExpression, t, f)
			return
		}
	case *cc.EqualityExpression:
		if x, equal, ok := b.testOfTruth(n); ok {
			if equal {
				t, f = f, t
			}
			b.cond(x, t, f)
			return
		}
	case *cc.ConditionalExpression:
		if n.Case == cc.ConditionalExpressionCond {
			b.condChoice(n, t, f)
			return
		}
	}
	x := b.value(e)
	b.branch(b.test(x), t, f, b.at(e))
}

// condPrimary lowers parentheses and statement expressions for control; it
// does nothing and returns false when that takes the value.
func (b *builder) condPrimary(n *cc.PrimaryExpression, t, f *block) bool {
	switch n.Case {
	case cc.PrimaryExpressionExpr:
		if b.kept(n) != "" {
			return false
		}
		b.cond(n.ExpressionList, t, f)
		return true
	case cc.PrimaryExpressionStmt:
		if b.kept(n) != "" {
			return false
		}
		done := false
		b.statements(n.CompoundStatement, func(last cc.ExpressionNode, leave func()) {
			done = true
			if leave == nil {
				b.cond(last, t, f)
				return
			}
			x := b.keep(b.value(last))
			leave()
			b.branch(b.test(x), t, f, b.at(last))
		})
		if !done { // its last statement leaves, or its value is void
			b.branch(unknown(intType, "void", b.at(n)), t, f, b.at(n))
		}
		return true
	case cc.PrimaryExpressionGeneric:
		if a := n.GenericSelection.Associated(); a != nil {
			b.cond(a.AssignmentExpression, t, f)
			return true
		}
	}
	return false
}

func (b *builder) condChoice(n *cc.ConditionalExpression, t, f *block) {
	no := b.newBlock()
	if absent(n.ExpressionList) {
		b.cond(n.LogicalOrExpression, t, no)
	} else {
		yes := b.newBlock()
		b.cond(n.LogicalOrExpression, yes, no)
		b.cur = yes
		b.cond(n.ExpressionList, t, f)
	}
	b.cur = no
	b.cond(n.ConditionalExpression, t, f)
}

// test makes a value fit for the condition of a branch.
func (b *builder) test(x *cfg.Expr) *cfg.Expr {
	switch {
	case !x.Type.IsScalar():
		return unknown(intType, "test of a value that is not an integer", x.At)
	case wide(x.Type):
		return unknown(intType, "128-bit integer", x.At)
	}
	return x
}

// expected returns the operand of a call of __builtin_expect.
func expected(name string, n *cc.PostfixExpression) cc.ExpressionNode {
	if name != "__builtin_expect" && name != "__builtin_expect_with_probability" {
		return nil
	}
	if n.ArgumentExpressionList == nil {
		return nil
	}
	return n.ArgumentExpressionList.AssignmentExpression
}

// testOfTruth recognises x == 0 and x != 0 where x is 0 or 1 by its form.
func (b *builder) testOfTruth(n *cc.EqualityExpression) (x cc.ExpressionNode, equal, ok bool) {
	if n.Case == cc.EqualityExpressionRel || !b.isTruth(n.EqualityExpression) {
		return nil, false, false
	}
	c, isLit := b.bare(n.RelationalExpression).(*cc.PrimaryExpression)
	if !isLit || c.Case != cc.PrimaryExpressionInt {
		return nil, false, false
	}
	if v, known := intValue(c.Value()); !known || v != 0 {
		return nil, false, false
	}
	return n.EqualityExpression, n.Case == cc.EqualityExpressionEq, true
}

// isTruth reports whether e is 0 or 1 by its form, so that lowering it for
// control loses nothing.
func (b *builder) isTruth(e cc.ExpressionNode) bool {
	switch n := b.bare(e).(type) {
	case *cc.LogicalAndExpression, *cc.LogicalOrExpression, *cc.EqualityExpression, *cc.RelationalExpression:
		return true
	case *cc.UnaryExpression:
		return n.Case == cc.UnaryExpressionNot
	case *cc.CastExpression:
		return n.Case == cc.CastExpressionCast && b.isTruth(n.CastExpression)
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionCall {
			x := expected(calleeName(n), n)
			return x != nil && b.isTruth(x)
		}
	}
	return false
}

// isControl reports whether e needs control flow for its value.
func (b *builder) isControl(e cc.ExpressionNode) bool {
	switch n := b.bare(e).(type) {
	case *cc.LogicalAndExpression, *cc.LogicalOrExpression:
		return true
	case *cc.UnaryExpression:
		return n.Case == cc.UnaryExpressionNot && b.isControl(n.CastExpression)
	case *cc.CastExpression:
		return n.Case == cc.CastExpressionCast && b.isTruth(n.CastExpression) && b.isControl(n.CastExpression)
	case *cc.EqualityExpression:
		x, _, ok := b.testOfTruth(n)
		return ok && b.isControl(x)
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionCall {
			x := expected(calleeName(n), n)
			return x != nil && b.isControl(x)
		}
	}
	return false
}

// truth returns the value, 0 or 1, of an expression that needs control flow.
func (b *builder) truth(e cc.ExpressionNode) *cfg.Expr {
	at := b.at(e)
	if c := b.fixed(e); c != nil {
		return constant(b2i(c.Val != 0), intType, "", at)
	}
	yes, no, join := b.newBlock(), b.newBlock(), b.newBlock()
	b.cond(e, yes, no)
	v := b.temp(intType, at)
	b.cur = yes
	b.setTemp(v, constant(1, intType, "", at))
	b.jumpTo(join)
	b.cur = no
	b.setTemp(v, constant(0, intType, "", at))
	b.start(join)
	return b.readVar(v, at)
}

// fixed returns the constant that e is by C's rules, without lowering it, or
// nil when it is none. An operand that would not be evaluated does not matter.
func (b *builder) fixed(e cc.ExpressionNode) *cfg.Expr {
	b.enter()
	defer b.leave()
	e = b.bare(e)
	switch n := e.(type) {
	case *cc.PrimaryExpression:
		switch n.Case {
		case cc.PrimaryExpressionInt, cc.PrimaryExpressionChar, cc.PrimaryExpressionLChar:
			return onlyConst(b.primary(n))
		case cc.PrimaryExpressionIdent:
			if _, ok := n.ResolvedTo().(*cc.Enumerator); ok {
				return onlyConst(b.primary(n))
			}
		}
	case *cc.UnaryExpression:
		return b.fixedUnary(n)
	case *cc.CastExpression:
		x := b.fixed(n.CastExpression)
		t := b.src.typeOf(n.TypeName.Type())
		if x == nil || !t.IsScalar() || wide(t) {
			return nil
		}
		return onlyConst(convert(x, t))
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionCall {
			return b.fixedCall(n)
		}
	case *cc.LogicalAndExpression:
		x := b.fixed(n.LogicalAndExpression)
		if x == nil || x.Val == 0 {
			return x
		}
		return b.fixed(n.InclusiveOrExpression)
	case *cc.LogicalOrExpression:
		x := b.fixed(n.LogicalOrExpression)
		if x == nil || x.Val != 0 {
			return x
		}
		return b.fixed(n.LogicalAndExpression)
	case *cc.ConditionalExpression:
		c := b.fixed(n.LogicalOrExpression)
		if c == nil {
			return nil
		}
		arm := n.ExpressionList
		if c.Val == 0 {
			arm = n.ConditionalExpression
		} else if absent(arm) {
			arm = n.LogicalOrExpression
		}
		if x := b.fixed(arm); x != nil {
			return onlyConst(convert(x, b.choiceType(n)))
		}
	}
	return b.fixedBinary(e)
}

func onlyConst(x *cfg.Expr) *cfg.Expr {
	if isConst(x) {
		return x
	}
	return nil
}

func (b *builder) fixedUnary(n *cc.UnaryExpression) *cfg.Expr {
	at := b.src.site(n.Token)
	switch n.Case {
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionSizeofType,
		cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionAlignofType:
		return onlyConst(b.sizeOf(n, at))
	case cc.UnaryExpressionAddrof:
		return b.fixedAddress(n.CastExpression)
	}
	if absent(n.CastExpression) {
		return nil
	}
	x := b.fixed(n.CastExpression)
	if x == nil {
		return nil
	}
	switch n.Case {
	case cc.UnaryExpressionPlus:
		return onlyConst(convert(x, promote(x.Type)))
	case cc.UnaryExpressionMinus:
		return onlyConst(unary(cfg.OpNeg, x, at))
	case cc.UnaryExpressionCpl:
		return onlyConst(unary(cfg.OpCompl, x, at))
	case cc.UnaryExpressionNot:
		return onlyConst(not(x, at))
	}
	return nil
}

// fixedAddress evaluates the address of a member of an object at a constant
// address, which is how offsetof is written.
func (b *builder) fixedAddress(e cc.ExpressionNode) *cfg.Expr {
	n, ok := b.bare(e).(*cc.PostfixExpression)
	if !ok || n.Field() == nil || n.Field().IsBitfield() {
		return nil
	}
	var base *cfg.Expr
	switch n.Case {
	case cc.PostfixExpressionPSelect:
		base = b.fixed(n.PostfixExpression)
	case cc.PostfixExpressionSelect:
		base = b.fixedAddress(n.PostfixExpression)
	}
	if base == nil {
		return nil
	}
	return constant(base.Val+n.Field().Offset(), ptrType, "", base.At)
}

func (b *builder) fixedBinary(e cc.ExpressionNode) *cfg.Expr {
	op, l, r, _ := operandsOf(e)
	if op == cfg.OpInvalid {
		return nil
	}
	x := b.fixed(l)
	if x == nil {
		return nil
	}
	y := b.fixed(r)
	if y == nil {
		return nil
	}
	if x.Type.Kind == cfg.Pointer || y.Type.Kind == cfg.Pointer {
		return nil
	}
	switch op {
	case cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		return onlyConst(compare(op, x, y, x.At))
	}
	return onlyConst(binary(op, x, y, x.At))
}
