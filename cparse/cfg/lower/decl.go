// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// declaration lowers a declaration in a block.
func (b *builder) declaration(n *cc.Declaration) {
	switch n.Case {
	case cc.DeclarationDecl:
		for l := n.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
			b.initDeclarator(n, l.InitDeclarator)
		}
	case cc.DeclarationAuto:
		v := b.newVar(n.Declarator)
		b.initialise(n.Declarator, v, n.Initializer)
	}
}

func (b *builder) initDeclarator(n *cc.Declaration, id *cc.InitDeclarator) {
	d := id.Declarator
	if d.IsTypename() || d.IsExtern() || d.Type().Kind() == cc.Function {
		return
	}
	if d.IsStatic() {
		if d.Name() == "__func__" {
			return
		}
		b.staticVariable(id)
		return
	}
	v := b.newVar(d)
	if fn := b.cleanupOf(n, id); fn != "" {
		b.fn.Vars[v].Memory = true
		b.initialise(d, v, id.Initializer)
		depth := 1
		if b.clean != nil {
			depth = b.clean.depth + 1
		}
		file := b.src.staticFileOf(fn, d.LexicalScope(), nil)
		b.clean = &cleanup{outer: b.clean, depth: depth, v: v, fn: fn, file: file}
		return
	}
	b.initialise(d, v, id.Initializer)
}

// cleanupOf returns the function that the cleanup attribute of a variable
// names, or "".
func (b *builder) cleanupOf(n *cc.Declaration, id *cc.InitDeclarator) string {
	if b.src.Cleanup != nil {
		if fn := b.src.Cleanup(id.Declarator.NameTok()); fn != "" {
			return fn
		}
	}
	if fn := cleanupIn(id.AttributeSpecifierList); fn != "" {
		return fn
	}
	if fn := cleanupIn(n.AttributeSpecifierList); fn != "" {
		return fn
	}
	for ds := n.DeclarationSpecifiers; ds != nil; ds = ds.DeclarationSpecifiers {
		if fn := cleanupIn(ds.AttributeSpecifierList); fn != "" {
			return fn
		}
	}
	return ""
}

func cleanupIn(l *cc.AttributeSpecifierList) string {
	for ; l != nil; l = l.AttributeSpecifierList {
		for v := l.AttributeSpecifier.AttributeValueList; v != nil; v = v.AttributeValueList {
			a := v.AttributeValue
			name := a.Token.SrcStr()
			if name != "cleanup" && name != "__cleanup__" || a.ArgumentExpressionList == nil {
				continue
			}
			if p, ok := a.ArgumentExpressionList.AssignmentExpression.(*cc.PrimaryExpression); ok {
				return p.Token.SrcStr()
			}
		}
	}
	return ""
}

// initialise gives a new variable its first value.
func (b *builder) initialise(d *cc.Declarator, v int, init *cc.Initializer) {
	at := b.fn.Vars[v].At
	lv := lvalue{place: b.varPlace(v, at), typ: d.Type(), at: at}
	if init == nil {
		b.emit(&cfg.Set{Dst: lv.place, At: at})
		return
	}
	if lv.place.Type.Kind != cfg.Aggregate {
		e := scalarInit(init)
		if e == nil {
			b.emit(&cfg.Set{Dst: lv.place, Src: b.zero(lv.place.Type, at), At: at})
			return
		}
		b.assign(lv, e, false, at)
		return
	}
	if init.Case == cc.InitializerExpr && isAggregateValue(init.AssignmentExpression) {
		b.assign(lv, init.AssignmentExpression, false, at)
		return
	}
	b.fill(lv.place.Addr, lv.place.Type, init, at)
}

func (b *builder) zero(t cfg.Type, at cfg.Site) *cfg.Expr {
	if !t.IsScalar() || wide(t) {
		return unknown(t, "zero", at)
	}
	return constant(0, t, "", at)
}

// scalarInit returns the expression that initialises a scalar, inside braces
// or not, or nil for empty braces.
func scalarInit(init *cc.Initializer) cc.ExpressionNode {
	for init.Case == cc.InitializerInitList {
		if init.InitializerList == nil {
			return nil
		}
		init = init.InitializerList.Initializer
	}
	return init.AssignmentExpression
}

// isAggregateValue reports whether e has a struct or union as its value.
func isAggregateValue(e cc.ExpressionNode) bool {
	switch e.Type().Kind() {
	case cc.Struct, cc.Union:
		return true
	}
	return false
}

// leaf is one initialiser of a scalar or of an aggregate by an expression.
type leaf struct {
	off   int64
	typ   cc.Type
	field *cc.Field
	expr  cc.ExpressionNode // nil: the whole of typ is zeroed, overriding what came before
}

// maxLeaves bounds how many initialisers of one object are looked at.
const maxLeaves = 1 << 16

// leaves calls f for each initialiser of an object in order; it stops and
// returns false when there are too many.
func leaves(init *cc.Initializer, base int64, f func(leaf)) bool {
	n := 0
	return eachLeaf(init, base, &n, true, f)
}

func eachLeaf(init *cc.Initializer, base int64, n *int, top bool, f func(leaf)) bool {
	if *n++; *n > maxLeaves {
		return false
	}
	if init.Case == cc.InitializerExpr {
		f(leaf{base + init.Offset(), init.Type(), init.Field(), init.AssignmentExpression})
		return true
	}
	if !top {
		f(leaf{base + init.Offset(), init.Type(), init.Field(), nil})
	}
	return eachInList(init.InitializerList, base, n, f)
}

func eachInList(l *cc.InitializerList, base int64, n *int, f func(leaf)) bool {
	for ; l != nil; l = l.InitializerList {
		count, step := int64(1), int64(0)
		if l.Designation != nil {
			count, step = designatedRange(l.Designation.DesignatorList.Designator)
		}
		for i := range count {
			if !eachLeaf(l.Initializer, base+i*step, n, false, f) {
				return false
			}
		}
	}
	return true
}

// designatedRange returns how many elements [a ... b] designates and how far
// apart they are.
func designatedRange(d *cc.Designator) (count, step int64) {
	if d.Case != cc.DesignatorIndex2 {
		return 1, 0
	}
	lo, ok1 := intValue(d.ConstantExpression.Value())
	hi, ok2 := intValue(d.ConstantExpression2.Value())
	if !ok1 || !ok2 || hi < lo {
		return 1, 0
	}
	return hi - lo + 1, d.Type().Size()
}

// fill initialises an aggregate in memory: all of it is zeroed, then each part
// that has an initialiser is set.
func (b *builder) fill(addr *cfg.Expr, t cfg.Type, init *cc.Initializer, at cfg.Site) {
	b.emit(&cfg.Set{Dst: cfg.Place{Addr: addr, Type: t}, Zero: true, At: at})
	b.fillParts(addr, at, func(f func(leaf)) bool { return leaves(init, 0, f) })
}

func (b *builder) fillParts(addr *cfg.Expr, at cfg.Site, each func(func(leaf)) bool) {
	end := int64(0) // of what has been set
	ok := each(func(l leaf) {
		size := max(0, l.typ.Size())
		if l.expr == nil {
			if l.off < end && l.field == nil || l.off < end && !l.field.IsBitfield() {
				ct := b.src.typeOf(l.typ)
				p := cfg.Place{Addr: offset(addr, l.off, "", ptrType, at), Type: ct}
				if ct.Kind == cfg.Aggregate {
					b.emit(&cfg.Set{Dst: p, Zero: true, At: at})
				}
			}
			return
		}
		end = max(end, l.off+size)
		b.fillLeaf(addr, l)
	})
	if !ok {
		b.emit(&cfg.Set{Dst: cfg.Place{Addr: addr, Type: cfg.Type{Kind: cfg.Aggregate}}, At: at})
	}
}

func (b *builder) fillLeaf(addr *cfg.Expr, l leaf) {
	at := b.at(l.expr)
	if l.field != nil && l.field.IsBitfield() {
		bf, off := b.src.bitFieldOf(l.field)
		off += l.off - l.field.Offset()
		lv := b.memory(offset(addr, off, "", ptrType, at), l.typ, "", at)
		lv.bits, lv.place.Type = bf, bf.unit
		b.store(lv, b.value(l.expr), false, at)
		return
	}
	name := ""
	if l.field != nil && isFuncPointer(l.typ) {
		name = b.src.memberName(l.field.ParentType(), l.field)
	}
	lv := b.memory(offset(addr, l.off, name, b.src.pointerTo(l.typ), at), l.typ, name, at)
	if l.typ.Kind() == cc.Array {
		b.fillArray(lv, l, at)
		return
	}
	b.assign(lv, l.expr, false, at)
}

// fillArray initialises an array by a string literal or a compound literal.
func (b *builder) fillArray(lv lvalue, l leaf, at cfg.Site) {
	if n, ok := b.bare(l.expr).(*cc.PostfixExpression); ok && n.Case == cc.PostfixExpressionComplit {
		b.fillParts(lv.place.Addr, at, func(f func(leaf)) bool {
			count := 0
			return eachInList(n.InitializerList, 0, &count, f)
		})
		return
	}
	x := b.value(l.expr)
	if x.Op != cfg.OpStr || lv.place.Type.Size == 0 {
		b.emit(&cfg.Set{Dst: lv.place, At: at})
		return
	}
	// What the string does not cover has been zeroed.
	t := lv.place.Type
	t.Size = min(t.Size, int64(len(x.Name))+1)
	b.emit(&cfg.Set{
		Dst: cfg.Place{Addr: lv.place.Addr, Type: t},
		Src: &cfg.Expr{Op: cfg.OpLoad, Type: t, X: x, At: at},
		At:  at,
	})
}

// compoundLiteral lowers (T){ ... } to a temporary in memory.
func (b *builder) compoundLiteral(n *cc.PostfixExpression, at cfg.Site) lvalue {
	t := n.TypeName.Type()
	ct := b.src.typeOf(t)
	if b.static {
		return b.staticLiteral(n, t, ct, at)
	}
	v := b.temp(ct, at)
	b.fn.Vars[v].Memory = true
	lv := b.memory(b.addrVar(v, at), t, "", at)
	lv.place.Var = v
	if ct.Kind != cfg.Aggregate {
		if n.InitializerList == nil {
			b.emit(&cfg.Set{Dst: lv.place, Src: b.zero(ct, at), At: at})
			return lv
		}
		b.assign(lv, scalarInit(n.InitializerList.Initializer), false, at)
		return lv
	}
	b.emit(&cfg.Set{Dst: lv.place, Zero: true, At: at})
	b.fillParts(lv.place.Addr, at, func(f func(leaf)) bool {
		count := 0
		return eachInList(n.InitializerList, 0, &count, f)
	})
	return lv
}
