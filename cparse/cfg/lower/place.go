// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"fmt"
	"kapilint/cparse/cfg"
	"strings"

	"modernc.org/cc/v4"
)

// lvalue is something that C can assign or take the address of.
type lvalue struct {
	place cfg.Place
	typ   cc.Type // the declared type
	name  string  // the member it is, "struct.member", or ""
	bits  *bitField
	at    cfg.Site
}

// bitField says which bits of a storage unit a bit-field is.
type bitField struct {
	shift, width int64
	unit         cfg.Type // unsigned, of the unit's size
	typ          cfg.Type // declared
	value        cfg.Type // of an expression that reads it
	opaque       bool     // lies in no unit of at most 64 bits
}

// lvalueOf lowers an expression that designates an object.
func (b *builder) lvalueOf(e cc.ExpressionNode) lvalue {
	e = b.bare(e)
	at := b.at(e)
	switch n := e.(type) {
	case *cc.PrimaryExpression:
		switch n.Case {
		case cc.PrimaryExpressionIdent:
			if d, ok := n.ResolvedTo().(*cc.Declarator); ok {
				return b.object(d, at)
			}
		case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
			s := b.stringLiteral(n, at)
			return b.memory(s, n.Type().Undecay(), "", at)
		}
	case *cc.PostfixExpression:
		switch n.Case {
		case cc.PostfixExpressionIndex:
			return b.element(n, at)
		case cc.PostfixExpressionSelect:
			return b.member(b.aggregateAddr(n.PostfixExpression), b.valueType(n.PostfixExpression), n.Field(), b.src.site(n.Token2))
		case cc.PostfixExpressionPSelect:
			p := b.value(n.PostfixExpression)
			return b.member(p, b.pointee(n.PostfixExpression), n.Field(), b.src.site(n.Token2))
		case cc.PostfixExpressionComplit:
			return b.compoundLiteral(n, at)
		}
	case *cc.UnaryExpression:
		if n.Case == cc.UnaryExpressionDeref {
			if a, ok := b.bare(n.CastExpression).(*cc.UnaryExpression); ok && a.Case == cc.UnaryExpressionAddrof {
				return b.lvalueOf(a.CastExpression)
			}
			p := b.value(n.CastExpression)
			lv := b.memory(p, b.pointee(n.CastExpression), "", at)
			if _, cast := b.bare(n.CastExpression).(*cc.CastExpression); cast && p.Op == cfg.OpOffset {
				lv.name = p.Name // *(volatile T *)&s->member
			}
			return lv
		}
	}
	// Not an lvalue in C, but a struct can still be selected from.
	return b.memory(b.aggregateAddr(e), b.valueType(e), "", at)
}

func (b *builder) memory(addr *cfg.Expr, t cc.Type, name string, at cfg.Site) lvalue {
	ct := b.src.typeOf(t)
	return lvalue{place: cfg.Place{Addr: addr, Type: ct}, typ: t, name: name, at: at}
}

// object returns the variable or function that an identifier means.
func (b *builder) object(d *cc.Declarator, at cfg.Site) lvalue {
	t := d.Type()
	v, ok := b.vars[d]
	if !ok && d.IsParam() {
		// The front end can take a parameter's name for that of a parameter of
		// a function type mentioned before.
		v, ok = b.paramNamed(d.Name())
	}
	if ok {
		lv := lvalue{place: b.varPlace(v, at), typ: t, at: at}
		if lv.place.Addr != nil {
			lv.place.Addr.Type = b.src.pointerTo(t)
		}
		return lv
	}
	addr := &cfg.Expr{Op: cfg.OpAddrGlobal, Type: b.src.pointerTo(t), Name: d.Name(), At: at}
	switch {
	case t.Kind() == cc.Function:
		addr.Op = cfg.OpAddrFunc
		addr.File = b.src.staticFile(d)
	case b.names[d] != "":
		addr.Name, addr.File = b.names[d], b.fn.File
	case d.Name() == "__func__":
		addr.Op, addr.Name = cfg.OpStr, b.fn.Name
	case d.IsParam() || d.StorageDuration() == cc.Automatic:
		panic(unsupported("variable " + d.Name() + " used outside its scope"))
	default:
		addr.File = b.src.staticFile(d)
	}
	return b.memory(addr, t, "", at)
}

func (b *builder) paramNamed(name string) (v int, ok bool) {
	for v := range b.fn.Params {
		if b.fn.Vars[v].Name == name {
			return v, true
		}
	}
	return 0, false
}

// pointee returns the type that a pointer valued expression points to. The
// front end's type for the address of an array element that is an array is
// that of the decayed element, so the operand is asked.
func (b *builder) pointee(e cc.ExpressionNode) cc.Type {
	x := b.bare(e)
	if u, ok := x.(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionAddrof {
		return b.objectType(u.CastExpression)
	}
	t := x.Type()
	if t.Kind() == cc.Array || t.Kind() == cc.Function {
		t = t.Decay()
	}
	if p, ok := t.(*cc.PointerType); ok {
		return p.Elem()
	}
	panic(unsupported("pointer expected, not " + t.String()))
}

// objectType returns the type of the object that an expression designates,
// an array being an array.
func (b *builder) objectType(e cc.ExpressionNode) cc.Type {
	e = b.bare(e)
	switch n := e.(type) {
	case *cc.PrimaryExpression:
		if n.Case == cc.PrimaryExpressionIdent {
			if d, ok := n.ResolvedTo().(*cc.Declarator); ok {
				return d.Type()
			}
		}
	case *cc.PostfixExpression:
		switch n.Case {
		case cc.PostfixExpressionIndex:
			ptr, _ := b.subscript(n)
			return b.pointee(ptr)
		case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
			if f := n.Field(); f != nil {
				return f.Type()
			}
		case cc.PostfixExpressionComplit:
			return n.TypeName.Type()
		}
	case *cc.UnaryExpression:
		if n.Case == cc.UnaryExpressionDeref {
			return b.pointee(n.CastExpression)
		}
	}
	return e.Type().Undecay()
}

// valueType returns the struct or union type of an expression.
func (b *builder) valueType(e cc.ExpressionNode) cc.Type {
	switch t := b.objectType(e); t.Kind() {
	case cc.Struct, cc.Union:
		return t
	}
	return b.bare(e).Type()
}

// subscript tells the pointer of a[i] from the index.
func (b *builder) subscript(n *cc.PostfixExpression) (ptr, idx cc.ExpressionNode) {
	switch n.PostfixExpression.Type().Kind() {
	case cc.Ptr, cc.Array:
		return n.PostfixExpression, n.ExpressionList
	}
	return n.ExpressionList, n.PostfixExpression
}

func (b *builder) element(n *cc.PostfixExpression, at cfg.Site) lvalue {
	ptr, idx := b.subscript(n)
	if n.PostfixExpression.Type().VectorSize() > 0 {
		panic(unsupported("subscripted vector"))
	}
	elem := b.pointee(ptr)
	size, known := elemSize(elem)
	p := b.value(ptr)
	i := b.value(idx)
	return b.memory(index(p, i, size, known, b.src.pointerTo(elem), at), elem, "", at)
}

// member returns the member f of the struct or union t at addr.
func (b *builder) member(addr *cfg.Expr, t cc.Type, f *cc.Field, at cfg.Site) lvalue {
	if f == nil {
		panic(unsupported("member of an incomplete type"))
	}
	name := b.src.memberName(t, f)
	if f.IsBitfield() {
		bf, off := b.src.bitFieldOf(f)
		of, _, _ := strings.Cut(name, ".")
		name = fmt.Sprintf("%s.%s%d", of, cfg.BitFields, off) // one name for one place
		lv := b.memory(offset(addr, off, name, ptrType, at), f.Type(), name, at)
		lv.bits, lv.place.Type = bf, bf.unit
		return lv
	}
	return b.memory(offset(addr, f.Offset(), name, b.src.pointerTo(f.Type()), at), f.Type(), name, at)
}

// bitFieldOf lays out a bit-field: the aligned unit of its declared type, or
// where that does not hold all of it, the smallest unit that does.
func (s *Source) bitFieldOf(f *cc.Field) (*bitField, int64) {
	t := s.typeOf(f.Type())
	bf := &bitField{width: f.ValueBits(), typ: t, value: promote(t)}
	if t.Kind == cfg.Int && bf.width < intType.Size*8 {
		bf.value = intType
	}
	start := f.Offset()*8 + int64(f.OffsetBits())
	unit := t.Size * 8
	off := int64(0)
	if unit > 0 {
		off = start / unit * unit
	}
	if unit == 0 || unit > 64 || start+bf.width > off+unit {
		off = start / 8 * 8
		for unit = 8; unit < start-off+bf.width; unit *= 2 {
		}
		if unit > 64 {
			unit, bf.opaque = 64, true
		}
	}
	bf.shift = start - off
	bf.unit = intOf(unit/8, false)
	return bf, off / 8
}

// mask returns the bits of the field, at the bottom.
func (f *bitField) mask() int64 { return int64(^uint64(0) >> (64 - f.width)) }

// load returns the value of an lvalue: for an array or a function its address,
// as C has it.
func (b *builder) load(lv lvalue) *cfg.Expr {
	switch lv.typ.Kind() {
	case cc.Array:
		x := *lv.place.Addr
		if p, ok := lv.typ.Decay().(*cc.PointerType); ok {
			x.Type = b.src.pointerTo(p.Elem())
		}
		return &x
	case cc.Function:
		return lv.place.Addr
	}
	if lv.place.Addr == nil {
		return &cfg.Expr{Op: cfg.OpVar, Type: lv.place.Type, Var: lv.place.Var, At: lv.at}
	}
	if lv.place.Addr.Op == cfg.OpUnknown {
		return unknown(lv.place.Type, lv.place.Addr.Name, lv.at)
	}
	x := &cfg.Expr{Op: cfg.OpLoad, Type: lv.place.Type, X: lv.place.Addr, Name: lv.name, At: lv.at}
	if lv.bits == nil {
		return x
	}
	return lv.bits.extract(x, lv.at)
}

// extract returns the field's value, given its unit's.
func (f *bitField) extract(unit *cfg.Expr, at cfg.Site) *cfg.Expr {
	if f.opaque {
		return unknown(f.value, "bit-field across storage units", at)
	}
	big := intOf(max(f.unit.Size, intType.Size), false)
	x := convert(unit, big)
	if !f.typ.Signed {
		if f.shift > 0 {
			x = binary(cfg.OpShr, x, constant(f.shift, intType, "", at), at)
		}
		x = binary(cfg.OpAnd, x, constant(f.mask(), big, "", at), at)
		return convert(x, f.value)
	}
	bits := int64(big.Bits())
	x = binary(cfg.OpShl, x, constant(bits-f.shift-f.width, intType, "", at), at)
	x = convert(x, intOf(big.Size, true))
	x = binary(cfg.OpShr, x, constant(bits-f.width, intType, "", at), at)
	return convert(x, f.value)
}

// insert returns the unit's value with the field's set to v.
func (f *bitField) insert(unit, v *cfg.Expr, at cfg.Site) *cfg.Expr {
	if f.opaque {
		return nil
	}
	big := intOf(max(f.unit.Size, intType.Size), false)
	mask := constant(f.mask()<<f.shift, big, "", at)
	rest := binary(cfg.OpAnd, convert(unit, big), constant(^mask.Val, big, "", at), at)
	v = convert(convert(v, f.typ), big)
	if f.shift > 0 {
		v = binary(cfg.OpShl, v, constant(f.shift, intType, "", at), at)
	}
	v = binary(cfg.OpAnd, v, mask, at)
	return convert(binary(cfg.OpOr, rest, v, at), f.unit)
}

// store assigns v, which has any arithmetic or pointer type, and when the
// value of the assignment is wanted returns it.
func (b *builder) store(lv lvalue, v *cfg.Expr, want bool, at cfg.Site) *cfg.Expr {
	if lv.bits != nil {
		return b.storeBits(lv, v, want, at)
	}
	v = convert(v, lv.place.Type)
	if want && lv.place.Addr != nil {
		v = b.keep(v)
	}
	b.emit(&cfg.Set{Dst: lv.place, Src: v, At: at})
	if want && !isConst(v) && lv.place.Addr == nil {
		return b.load(lv)
	}
	return v
}

func (b *builder) storeBits(lv lvalue, v *cfg.Expr, want bool, at cfg.Site) *cfg.Expr {
	if want {
		v = b.keep(v)
	}
	unit := &cfg.Expr{Op: cfg.OpLoad, Type: lv.bits.unit, X: lv.place.Addr, Name: lv.name, At: at}
	b.emit(&cfg.Set{Dst: lv.place, Src: lv.bits.insert(unit, v, at), At: at})
	if !want {
		return nil
	}
	narrow := *lv.bits
	narrow.shift = 0
	narrow.unit = intOf(8, false)
	return narrow.extract(convert(convert(v, narrow.typ), narrow.unit), at)
}

// aggregateAddr returns where the value of a struct or union expression is.
func (b *builder) aggregateAddr(e cc.ExpressionNode) *cfg.Expr {
	x := b.value(e)
	switch {
	case x.Op == cfg.OpLoad:
		return x.X
	case x.Op == cfg.OpUnknown:
		return unknown(ptrType, x.Name, x.At)
	}
	panic(unsupported("aggregate without an address"))
}

// addressOf lowers &e.
func (b *builder) addressOf(e cc.ExpressionNode, at cfg.Site) *cfg.Expr {
	lv := b.lvalueOf(e)
	if lv.place.Addr == nil || lv.bits != nil {
		return unknown(ptrType, "address of a variable kept in no memory", at)
	}
	x := *lv.place.Addr
	x.At = at
	x.Type = b.src.pointerTo(lv.typ)
	return &x
}
