// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// step lowers ++ and --.
func (b *builder) step(e cc.ExpressionNode, op cfg.Op, post, want bool, at cfg.Site) *cfg.Expr {
	lv := b.lvalueOf(e)
	old := b.load(lv)
	if post && want {
		old = b.keep(old)
	}
	var v *cfg.Expr
	if old.Type.Kind == cfg.Pointer {
		v = b.advance(op, old, constant(1, intType, "", at), b.pointee(e), at)
	} else {
		v = binary(op, old, constant(1, intType, "", at), at)
	}
	v = b.store(lv, v, want && !post, at)
	if post {
		return old
	}
	return v
}

// assignment lowers = and the compound assignments. The result is nil when the
// value is not wanted.
func (b *builder) assignment(n *cc.AssignmentExpression, want bool) *cfg.Expr {
	at := b.at(n)
	lv := b.lvalueOf(n.UnaryExpression)
	if n.Case == cc.AssignmentExpressionAssign {
		return b.assign(lv, n.AssignmentExpression, want, at)
	}
	op := assignOps[n.Case]
	old := b.load(lv)
	y := b.value(n.AssignmentExpression)
	if old.Type.Kind == cfg.Pointer && (op == cfg.OpAdd || op == cfg.OpSub) {
		return b.store(lv, b.advance(op, old, y, b.pointee(n.UnaryExpression), at), want, at)
	}
	return b.store(lv, binary(op, old, y, at), want, at)
}

// assign lowers an assignment or an initialisation by an expression.
func (b *builder) assign(lv lvalue, e cc.ExpressionNode, want bool, at cfg.Site) *cfg.Expr {
	if b.isOpaque(e) {
		b.emit(&cfg.Asm{Outs: []cfg.Place{lv.place}, At: at})
		return b.load(lv)
	}
	if call := b.directCall(e); call != nil && lv.bits == nil {
		if same(b.src.typeOf(call.Type()), lv.place.Type) && lv.place.Type.Kind != cfg.Void {
			dst := lv.place
			if b.callInto(call, &dst) {
				return b.load(lv)
			}
		}
	}
	if lv.place.Addr == nil && lv.place.Type.IsScalar() {
		// Each way to compute the value is stored at its end, so that a later
		// test of the variable is about that way's value.
		b.alternatives(e, func(v *cfg.Expr) {
			b.emit(&cfg.Set{Dst: lv.place, Src: convert(v, lv.place.Type), At: at})
		})
		return b.load(lv)
	}
	v := b.value(e)
	if lv.place.Type.Kind != cfg.Aggregate {
		return b.store(lv, v, want, at)
	}
	set := &cfg.Set{Dst: lv.place, At: at}
	if v.Op == cfg.OpLoad {
		set.Src = v
		if v.Type.Size != lv.place.Type.Size { // a flexible array member has grown
			set.Dst.Type = v.Type
		}
	}
	b.emit(set)
	return b.load(lv)
}

// choice lowers c ? x : y and c ?: y.
func (b *builder) choice(n *cc.ConditionalExpression, want bool) *cfg.Expr {
	elvis := absent(n.ExpressionList)
	at := b.at(n)
	if !elvis {
		if c := b.fixed(n.LogicalOrExpression); c != nil {
			if c.Val != 0 {
				return b.arm(n.ExpressionList, n, want)
			}
			return b.arm(n.ConditionalExpression, n, want)
		}
	}
	yes, no, join := b.newBlock(), b.newBlock(), b.newBlock()
	var x, y *cfg.Expr
	if elvis {
		x = b.keep(b.value(n.LogicalOrExpression))
		b.branch(b.test(x), yes, no, at)
		b.cur = yes
	} else {
		b.cond(n.LogicalOrExpression, yes, no)
		b.cur = yes
		x = b.wanted(n.ExpressionList, want)
	}
	yes = b.cur
	b.cur = no
	y = b.wanted(n.ConditionalExpression, want)
	no = b.cur

	b.cur = yes
	if !want || x.Type.Kind == cfg.Void || y.Type.Kind == cfg.Void {
		b.jumpTo(join)
		b.cur = no
		b.start(join)
		return unknown(voidType, "void", at)
	}
	t := usual(x.Type, y.Type)
	if t.Kind == cfg.Pointer && t.Name == ptrType.Name && y.Type.Kind == cfg.Pointer {
		t = y.Type // NULL does not say what it points to
	}
	dst := b.temp(t, at)
	b.setTemp(dst, x)
	b.jumpTo(join)
	b.cur = no
	b.setTemp(dst, y)
	b.start(join)
	return b.readVar(dst, at)
}

// wanted lowers e for its value or only for its effects.
func (b *builder) wanted(e cc.ExpressionNode, want bool) *cfg.Expr {
	if want {
		return b.value(e)
	}
	b.effect(e)
	return nil
}

func (b *builder) setTemp(v int, x *cfg.Expr) {
	s := &cfg.Set{Dst: b.varPlace(v, x.At), At: x.At}
	if s.Dst.Type.Kind != cfg.Aggregate {
		s.Src = convert(x, s.Dst.Type)
	} else if x.Op == cfg.OpLoad {
		s.Src = x
	}
	b.emit(s)
}

// arm lowers the only arm of a choice that can be taken, which still has the
// type of the whole.
func (b *builder) arm(e cc.ExpressionNode, n *cc.ConditionalExpression, want bool) *cfg.Expr {
	if !want {
		b.effect(e)
		return nil
	}
	x := b.value(e)
	if x.Type.IsScalar() && x.Type.Kind != cfg.Pointer {
		return convert(x, b.choiceType(n))
	}
	return x
}

// choiceType returns the type of a conditional expression.
func (b *builder) choiceType(n *cc.ConditionalExpression) cfg.Type {
	t := b.src.typeOf(n.Type())
	if t.Kind != cfg.Int && t.Kind != cfg.Bool {
		return t
	}
	y := b.staticType(n.ConditionalExpression)
	x := b.staticType(n.LogicalOrExpression)
	if !absent(n.ExpressionList) {
		x = b.staticType(n.ExpressionList)
	}
	return usual(x, y)
}

// staticType returns the type that value would give e, without lowering it.
// It differs from the front end's where enumerators are involved.
func (b *builder) staticType(e cc.ExpressionNode) cfg.Type {
	b.enter()
	defer b.leave()
	e = b.bare(e)
	switch n := e.(type) {
	case *cc.PrimaryExpression:
		if n.Case != cc.PrimaryExpressionIdent {
			break
		}
		if en, ok := n.ResolvedTo().(*cc.Enumerator); ok {
			if v, ok := intValue(en.Value()); ok && v == norm(v, intType) {
				return intType
			}
		}
	case *cc.UnaryExpression:
		switch n.Case {
		case cc.UnaryExpressionPlus, cc.UnaryExpressionMinus, cc.UnaryExpressionCpl:
			return promote(b.staticType(n.CastExpression))
		}
	case *cc.ConditionalExpression:
		return b.choiceType(n)
	}
	switch op, x, y, _ := operandsOf(e); op {
	case cfg.OpInvalid, cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
	case cfg.OpShl, cfg.OpShr:
		return promote(b.staticType(x))
	default:
		t := b.src.typeOf(e.Type())
		if t.Kind == cfg.Int {
			return usual(b.staticType(x), b.staticType(y))
		}
	}
	return b.src.typeOf(e.Type())
}

// alternatives lowers e and gives the value of each way to compute it, which
// has the type of the whole, to sink, where that way ends: the arms of a
// conditional expression, and 1 and 0 where there is a test.
func (b *builder) alternatives(e cc.ExpressionNode, sink func(*cfg.Expr)) {
	n, ok := b.bare(e).(*cc.ConditionalExpression)
	switch {
	case ok && b.fixed(n.LogicalOrExpression) == nil:
		b.eachArm(n, sink)
	case !ok && b.isControl(e) && b.fixed(e) == nil:
		at := b.at(e)
		yes, no, join := b.newBlock(), b.newBlock(), b.newBlock()
		b.cond(e, yes, no)
		b.cur = yes
		sink(constant(1, intType, "", at))
		b.jumpTo(join)
		b.cur = no
		sink(constant(0, intType, "", at))
		b.start(join)
	default:
		sink(b.value(e))
	}
}

func (b *builder) eachArm(n *cc.ConditionalExpression, sink func(*cfg.Expr)) {
	t := b.choiceType(n)
	arm := func(x *cfg.Expr) {
		if t.Kind != cfg.Pointer || x.Type.Kind != cfg.Pointer {
			x = convert(x, t)
		}
		sink(x)
	}
	yes, no, join := b.newBlock(), b.newBlock(), b.newBlock()
	if absent(n.ExpressionList) {
		x := b.keep(b.value(n.LogicalOrExpression))
		b.branch(b.test(x), yes, no, b.at(n))
		b.cur = yes
		arm(x)
	} else {
		b.cond(n.LogicalOrExpression, yes, no)
		b.cur = yes
		b.alternatives(n.ExpressionList, arm)
	}
	b.jumpTo(join)
	b.cur = no
	b.alternatives(n.ConditionalExpression, arm)
	b.start(join)
}
