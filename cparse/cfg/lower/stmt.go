// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// effect lowers an expression whose value is not wanted.
func (b *builder) effect(e cc.ExpressionNode) {
	if absent(e) {
		return
	}
	switch n := b.bare(e).(type) {
	case *cc.ExpressionList:
		for ; n != nil; n = n.ExpressionList {
			b.effect(n.AssignmentExpression)
		}
		return
	case *cc.PrimaryExpression:
		if n.Case == cc.PrimaryExpressionStmt || n.Case == cc.PrimaryExpressionExpr {
			if name := b.kept(n); name != "" {
				b.keptEffect(name, n)
			} else {
				b.compound(n.CompoundStatement)
			}
			return
		}
	case *cc.PostfixExpression:
		switch n.Case {
		case cc.PostfixExpressionCall:
			if name := b.kept(n); name != "" {
				b.plainCall(n, false)
				b.emit(&cfg.Call{Callee: name, Macro: true, Result: b.src.typeOf(n.Type()), At: b.at(n)})
				return
			}
			b.plainCall(n, false)
			return
		case cc.PostfixExpressionInc:
			b.step(n.PostfixExpression, cfg.OpAdd, true, false, b.at(n))
			return
		case cc.PostfixExpressionDec:
			b.step(n.PostfixExpression, cfg.OpSub, true, false, b.at(n))
			return
		}
	case *cc.UnaryExpression:
		switch n.Case {
		case cc.UnaryExpressionInc:
			b.step(n.UnaryExpression, cfg.OpAdd, false, false, b.at(n))
			return
		case cc.UnaryExpressionDec:
			b.step(n.UnaryExpression, cfg.OpSub, false, false, b.at(n))
			return
		}
	case *cc.CastExpression:
		if n.Case == cc.CastExpressionCast {
			b.effect(n.CastExpression)
			return
		}
	case *cc.LogicalAndExpression, *cc.LogicalOrExpression:
		join := b.newBlock()
		b.cond(n, join, join)
		b.start(join)
		return
	case *cc.ConditionalExpression:
		b.choice(n, false)
		return
	case *cc.AssignmentExpression:
		b.assignment(n, false)
		return
	}
	b.value(e)
}

// keptEffect is keptMacro for a use whose value is dropped.
func (b *builder) keptEffect(name string, n *cc.PrimaryExpression) {
	t := n.Type()
	if n.Case == cc.PrimaryExpressionStmt {
		b.compound(n.CompoundStatement)
	} else {
		b.effect(n.ExpressionList)
	}
	b.emit(&cfg.Call{Callee: name, Macro: true, Result: b.src.typeOf(t.Decay()), At: b.src.site(n.Token)})
}

// statementExpression lowers ({ ... }) for its value.
func (b *builder) statementExpression(n *cc.CompoundStatement) *cfg.Expr {
	x := unknown(voidType, "void", b.src.site(n.Token))
	b.statements(n, func(last cc.ExpressionNode, leave func()) {
		x = b.value(last)
		if leave != nil {
			x = b.keep(x)
		}
	})
	return x
}

func (b *builder) compound(n *cc.CompoundStatement) { b.statements(n, nil) }

// statements lowers a block. When it ends in an expression and last is not nil,
// last is called to lower that; its leave is nil when there is nothing to do
// at the end of the scope, and else does that, for a last that ends control.
func (b *builder) statements(n *cc.CompoundStatement, last func(e cc.ExpressionNode, leave func())) {
	outer := b.clean
	scope := len(b.labels)
	for l := n.BlockItemList; l != nil; l = l.BlockItemList {
		item := l.BlockItem
		switch item.Case {
		case cc.BlockItemDecl:
			b.declaration(item.Declaration)
		case cc.BlockItemLabel:
			b.localLabels(item.LabelDeclaration)
		case cc.BlockItemStmt:
			s := item.Statement
			if last != nil && l.BlockItemList == nil {
				if s = b.enterLabels(s); s.Case == cc.StatementExpr && !absent(s.ExpressionStatement.ExpressionList) {
					var leave func()
					if b.clean != outer {
						leave = func() { b.unwind(outer) }
					}
					last(s.ExpressionStatement.ExpressionList, leave)
					continue
				}
			}
			b.statement(s)
		default:
			panic(unsupported("nested function"))
		}
	}
	b.unwind(outer)
	b.clean = outer
	b.labels = b.labels[:scope]
}

// enterLabels starts the blocks of the labels in front of a statement and
// returns the statement.
func (b *builder) enterLabels(s *cc.Statement) *cc.Statement {
	for s.Case == cc.StatementLabeled {
		b.enterLabel(s.LabeledStatement)
		s = s.LabeledStatement.Statement
	}
	return s
}

func (b *builder) localLabels(n *cc.LabelDeclaration) {
	scope := map[string]*label{}
	for l := n.IdentifierList; l != nil; l = l.IdentifierList {
		t := l.Token
		if l.Token2.SrcStr() != "" { // the first token is then the comma
			t = l.Token2
		}
		scope[t.SrcStr()] = &label{b: b.newBlock()}
	}
	b.labels = append(b.labels, scope)
}

// labelOf returns the label that a name means here.
func (b *builder) labelOf(name string) *label {
	for i := len(b.labels) - 1; i > 0; i-- {
		if l := b.labels[i][name]; l != nil {
			return l
		}
	}
	l := b.labels[0][name]
	if l == nil {
		l = &label{b: b.newBlock()}
		b.labels[0][name] = l
	}
	return l
}

func (b *builder) statement(s *cc.Statement) {
	b.enter()
	defer b.leave()
	s = b.enterLabels(s)
	switch s.Case {
	case cc.StatementCompound:
		b.compound(s.CompoundStatement)
	case cc.StatementExpr:
		b.effect(s.ExpressionStatement.ExpressionList)
	case cc.StatementSelection:
		b.selection(s.SelectionStatement)
	case cc.StatementIteration:
		b.iteration(s.IterationStatement)
	case cc.StatementJump:
		b.jumpStatement(s.JumpStatement)
	case cc.StatementAsm:
		b.asm(s.AsmStatement.Asm)
	default:
		panic(unsupported("statement of an unknown kind"))
	}
}

func (b *builder) enterLabel(n *cc.LabeledStatement) {
	switch n.Case {
	case cc.LabeledStatementLabel:
		l := b.labelOf(n.Token.SrcStr())
		l.defined, l.clean = true, b.clean
		b.start(l.b)
		return
	}
	if b.sw == nil {
		panic(unsupported("case outside a switch"))
	}
	blk := b.newBlock()
	b.start(blk)
	if n.Case == cc.LabeledStatementDefault {
		b.sw.def = blk
		return
	}
	lo := b.caseValue(n.ConstantExpression)
	hi := lo
	if n.Case == cc.LabeledStatementRange {
		hi = b.caseValue(n.ConstantExpression2)
		lo.Name = ""
	}
	b.sw.cases = append(b.sw.cases, cfg.Case{Lo: lo.Val, Hi: hi.Val, Name: lo.Name})
	b.sw.succs = append(b.sw.succs, blk)
}

func (b *builder) caseValue(e cc.ExpressionNode) *cfg.Expr {
	if x := b.value(e); isConst(x) {
		return convert(x, b.sw.typ)
	}
	v, ok := intValue(e.Value())
	if !ok {
		panic(unsupported("case label that is not a constant"))
	}
	return constant(v, b.sw.typ, "", b.at(e))
}

func (b *builder) selection(n *cc.SelectionStatement) {
	if n.Case == cc.SelectionStatementSwitch {
		b.switchStatement(n)
		return
	}
	yes, no, join := b.newBlock(), b.newBlock(), b.newBlock()
	b.cond(n.ExpressionList, yes, no)
	b.cur = yes
	b.statement(n.Statement)
	b.jumpTo(join)
	b.cur = no
	if n.Case == cc.SelectionStatementIfElse {
		b.statement(n.Statement2)
	}
	b.start(join)
}

func (b *builder) switchStatement(n *cc.SelectionStatement) {
	x := b.value(n.ExpressionList)
	x = convert(x, promote(x.Type))
	if x.Type.Kind != cfg.Int || wide(x.Type) {
		x = unknown(intType, "switch on a value that is not an integer of at most 64 bits", x.At)
	}
	saveSwitch, saveLoop := b.sw, b.loop
	sw := &dispatch{typ: x.Type}
	exit := b.newBlock()
	b.sw = sw
	b.loop.brk, b.loop.brkClean = exit, b.clean

	from := b.cur
	b.cur = b.newBlock()
	b.statement(n.Statement)
	b.start(exit)
	b.sw, b.loop = saveSwitch, saveLoop

	if sw.def == nil {
		sw.def = exit
	}
	at := b.src.site(n.Token)
	after := b.cur
	b.cur = from
	if isConst(x) {
		b.jumpTo(sw.choose(x.Val))
	} else {
		b.end(cfg.Switch, x, at, append(sw.succs, sw.def)...)
		from.cases = sw.cases
	}
	b.cur = after
}

// choose returns where a switch on the constant v goes.
func (sw *dispatch) choose(v int64) *block {
	for i, c := range sw.cases {
		if holds(cfg.OpLe, c.Lo, v, sw.typ) && holds(cfg.OpLe, v, c.Hi, sw.typ) {
			return sw.succs[i]
		}
	}
	return sw.def
}

func (b *builder) iteration(n *cc.IterationStatement) {
	outer, save := b.clean, b.loop
	test, body, post, exit := b.newBlock(), b.newBlock(), b.newBlock(), b.newBlock()
	var cond, step cc.ExpressionNode
	switch n.Case {
	case cc.IterationStatementWhile, cc.IterationStatementDo:
		cond = n.ExpressionList
	case cc.IterationStatementFor:
		b.effect(n.ExpressionList)
		cond, step = n.ExpressionList2, n.ExpressionList3
	case cc.IterationStatementForDecl:
		b.declaration(n.Declaration)
		cond, step = n.ExpressionList, n.ExpressionList2
	}
	b.loop = loop{brk: exit, cont: post, brkClean: b.clean, contClean: b.clean}
	if n.Case == cc.IterationStatementDo {
		b.start(body)
		b.statement(n.Statement)
		b.start(post)
		b.cond(cond, body, exit)
	} else {
		b.start(test)
		if absent(cond) {
			b.jumpTo(body)
		} else {
			b.cond(cond, body, exit)
		}
		b.cur = body
		b.statement(n.Statement)
		b.start(post)
		b.effect(step)
		b.jumpTo(test)
	}
	b.cur = exit
	b.loop = save
	b.unwind(outer)
	b.clean = outer
}

func (b *builder) jumpStatement(n *cc.JumpStatement) {
	at := b.src.site(n.Token)
	switch n.Case {
	case cc.JumpStatementGoto:
		l := b.labelOf(n.Token2.SrcStr())
		b.jumps = append(b.jumps, jump{from: b.cur, clean: b.clean, to: l, at: at})
		b.jumpTo(l.b)
	case cc.JumpStatementContinue:
		if b.loop.cont == nil {
			panic(unsupported("continue outside a loop"))
		}
		b.unwind(b.loop.contClean)
		b.jumpTo(b.loop.cont)
	case cc.JumpStatementBreak:
		if b.loop.brk == nil {
			panic(unsupported("break outside a loop"))
		}
		b.unwind(b.loop.brkClean)
		b.jumpTo(b.loop.brk)
	case cc.JumpStatementReturn:
		b.returnStatement(n, at)
	default:
		panic(unsupported("computed goto"))
	}
}

func (b *builder) returnStatement(n *cc.JumpStatement, at cfg.Site) {
	var x *cfg.Expr
	switch {
	case absent(n.ExpressionList):
		if b.fn.Result.Kind != cfg.Void {
			x = unknown(b.fn.Result, "return without a value", at)
		}
	case b.fn.Result.Kind == cfg.Void:
		b.effect(n.ExpressionList)
	case b.fn.Result.IsScalar():
		b.alternatives(n.ExpressionList, func(x *cfg.Expr) { b.returnValue(x, at) })
		return
	default:
		x = b.value(n.ExpressionList)
	}
	b.returnValue(x, at)
}

func (b *builder) returnValue(x *cfg.Expr, at cfg.Site) {
	if x != nil {
		x = convert(x, b.fn.Result)
		if x.Type.Kind == cfg.Void || x.Type.Kind == cfg.Aggregate && x.Op != cfg.OpLoad {
			x = unknown(b.fn.Result, x.Name, at)
		}
		if b.clean != nil {
			x = b.keep(x)
		}
	}
	b.unwind(nil)
	b.end(cfg.Return, x, at)
}

// asm lowers an asm statement that no earlier phase rewrote.
func (b *builder) asm(n *cc.Asm) {
	a := &cfg.Asm{At: b.src.site(n.Token)}
	if n.AsmArgList != nil {
		for l := n.AsmArgList.AsmExpressionList; l != nil; l = l.AsmExpressionList {
			call, ok := l.AssignmentExpression.(*cc.PostfixExpression)
			if !ok || call.Case != cc.PostfixExpressionCall {
				continue
			}
			for _, arg := range arguments(call) {
				a.Outs = append(a.Outs, b.lvalueOf(arg).place)
			}
		}
	}
	b.emit(a)
}

// unwind calls the cleanups of the scopes inside outer.
func (b *builder) unwind(outer *cleanup) {
	for c := b.clean; c != nil && c != outer; c = c.outer {
		b.emit(b.cleanupCall(c, b.fn.Vars[c.v].At))
	}
}

func (b *builder) cleanupCall(c *cleanup, at cfg.Site) *cfg.Call {
	return &cfg.Call{
		Callee: c.fn, File: c.file, Result: voidType, At: at,
		Args: []*cfg.Expr{b.addrVar(c.v, at)},
	}
}

// resolve adds the cleanups of the scopes that each goto leaves.
func (b *builder) resolve() {
	for _, j := range b.jumps {
		if !j.to.defined {
			panic(unsupported("goto a label that is not there"))
		}
		keep := commonScope(j.clean, j.to.clean)
		for c := j.clean; c != keep; c = c.outer {
			j.from.instrs = append(j.from.instrs, b.cleanupCall(c, j.at))
		}
	}
}

func commonScope(x, y *cleanup) *cleanup {
	for x != y {
		switch {
		case x == nil || y == nil:
			return nil
		case x.depth >= y.depth:
			x = x.outer
		default:
			y = y.outer
		}
	}
	return x
}
