// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"fmt"
	"slices"

	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// Globals lowers the objects that a translation unit defines at file scope,
// including the unnamed ones that compound literals in initialisers make, in
// source order. Of several declarations of one object the one with an
// initialiser counts.
func Globals(src *Source, ast *cc.AST) []cfg.Global {
	var out []cfg.Global
	seen := map[string]int{}
	for n := ast.TranslationUnit; n != nil; n = n.TranslationUnit {
		if n.ExternalDeclaration.Case != cc.ExternalDeclarationDecl {
			continue
		}
		decl := n.ExternalDeclaration.Declaration
		if decl == nil || decl.Case != cc.DeclarationDecl {
			continue
		}
		for l := decl.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
			gs := Global(src, l.InitDeclarator)
			if len(gs) == 0 {
				continue
			}
			g := gs[0]
			if i, ok := seen[g.Name]; ok {
				if g.HasInit {
					out[i] = g
					out = append(out, gs[1:]...)
				}
				continue
			}
			seen[g.Name] = len(out)
			out = append(out, gs...)
		}
	}
	return out
}

// Global lowers one declared object of file scope, followed by the unnamed
// objects of its initialiser. It returns nil for what is only declared, and
// for functions and types.
func Global(src *Source, id *cc.InitDeclarator) []cfg.Global {
	d := id.Declarator
	if d == nil || d.IsTypename() || d.IsSynthetic() || d.Type().Kind() == cc.Function {
		return nil
	}
	if d.Name() == "__predefined_declarator" { // the front end's own
		return nil
	}
	if d.IsExtern() && id.Initializer == nil {
		return nil
	}
	at := src.site(d.NameTok())
	file := src.staticFile(d)
	fn := &cfg.Func{File: at.File}
	b := newBuilder(src, fn)
	g := b.global(d, id.Initializer, d.Name(), at)
	g.Static = file != ""
	if g.Static {
		g.File = file
	}
	return append([]cfg.Global{g}, b.statics...)
}

// staticVariable lowers a static variable of the function.
func (b *builder) staticVariable(id *cc.InitDeclarator) {
	d := id.Declarator
	name := b.staticName(d)
	g := b.global(d, id.Initializer, name, b.src.site(d.NameTok()))
	g.File, g.Static = b.fn.File, true
	b.statics = append(b.statics, g)
}

func (b *builder) global(d *cc.Declarator, init *cc.Initializer, name string, at cfg.Site) cfg.Global {
	t := d.Type()
	g := cfg.Global{
		Name: name, File: at.File, At: at,
		Type:    b.src.typeOf(t),
		Const:   isConstType(t) || b.src.IsConst != nil && b.src.IsConst(name),
		HasInit: init != nil,
	}
	if init == nil {
		return g
	}
	b.literals = &literals{owner: name}
	g.Cells = b.cells(g.Type, func(f func(leaf)) bool {
		if init.Case == cc.InitializerExpr && !isAggregate(t) {
			f(leaf{typ: t, expr: init.AssignmentExpression})
			return true
		}
		return leaves(init, 0, f)
	})
	return g
}

func isAggregate(t cc.Type) bool {
	switch t.Kind() {
	case cc.Struct, cc.Union, cc.Array:
		return true
	}
	return false
}

// isConstType reports whether an object's type, or that of the elements of an
// array, is const-qualified.
func isConstType(t cc.Type) bool {
	for {
		if a := t.Attributes(); a != nil && a.IsConst() {
			return true
		}
		arr, ok := t.(*cc.ArrayType)
		if !ok {
			return false
		}
		t = arr.Elem()
	}
}

// cellMap collects cells by offset; later ones override earlier ones.
type cellMap struct {
	cells   map[int64]*cfg.Expr
	members map[int64]string // of the cells that are pointers to functions
	end     int64
}

// clear removes the cells in the size bytes at off.
func (m *cellMap) clear(off, size int64) {
	if off >= m.end || size <= 0 {
		return
	}
	if size <= 16 {
		for i := off; i < off+size; i++ {
			delete(m.cells, i)
		}
		return
	}
	for o := range m.cells {
		if o >= off && o < off+size {
			delete(m.cells, o)
		}
	}
}

func (m *cellMap) set(off int64, x *cfg.Expr) {
	size := max(1, x.Type.Size)
	m.clear(off, size)
	m.cells[off] = x
	delete(m.members, off)
	m.end = max(m.end, off+size)
}

// maxCells bounds the size of an initialiser that is kept.
const maxCells = 1 << 16

// cells evaluates the initialisers of an object with static storage.
func (b *builder) cells(t cfg.Type, each func(func(leaf)) bool) []cfg.Cell {
	m := &cellMap{cells: map[int64]*cfg.Expr{}, members: map[int64]string{}}
	ok := each(func(l leaf) { b.cell(m, l) })
	if !ok || len(m.cells) > maxCells {
		all := t
		all.Kind = cfg.Aggregate
		return []cfg.Cell{{Value: unknown(all, "large initialiser", cfg.Site{})}}
	}
	out := make([]cfg.Cell, 0, len(m.cells))
	for off, x := range m.cells {
		if !isConst(x) || x.Val != 0 || x.Name != "" {
			out = append(out, cfg.Cell{Off: off, Value: x, Member: m.members[off]})
		}
	}
	slices.SortFunc(out, func(a, b cfg.Cell) int { return int(a.Off - b.Off) })
	return out
}

// cell evaluates one initialiser.
func (b *builder) cell(m *cellMap, l leaf) {
	t := b.src.typeOf(l.typ)
	if l.expr == nil {
		if l.field == nil || !l.field.IsBitfield() {
			m.clear(l.off, t.Size)
		}
		return
	}
	if l.field != nil && l.field.IsBitfield() {
		b.bitCell(m, l)
		return
	}
	if t.Kind == cfg.Aggregate {
		b.aggregateCell(m, l, t)
		return
	}
	x := b.staticValue(l.expr, t)
	m.set(l.off, x)
	if l.field != nil && (x.Op == cfg.OpAddrFunc || isFuncPointer(l.typ)) {
		m.members[l.off] = b.src.memberName(l.field.ParentType(), l.field)
	}
}

func isFuncPointer(t cc.Type) bool {
	p, ok := t.(*cc.PointerType)
	return ok && p.Elem().Kind() == cc.Function
}

// bitCell merges a bit-field into the cell of its storage unit.
func (b *builder) bitCell(m *cellMap, l leaf) {
	bf, off := b.src.bitFieldOf(l.field)
	off += l.off - l.field.Offset()
	x := b.staticValue(l.expr, bf.typ)
	old := m.cells[off]
	switch {
	case bf.opaque || !isConst(x):
		m.set(off, unknown(bf.unit, "bit-field", x.At))
		return
	case old == nil:
		old = constant(0, bf.unit, "", x.At)
	case !isConst(old) || old.Type.Size != bf.unit.Size:
		m.set(off, unknown(bf.unit, "bit-field", x.At))
		return
	}
	m.set(off, constant(bf.insert(old, x, x.At).Val, bf.unit, "", x.At))
}

// aggregateCell evaluates the initialiser of a struct or array that is one
// expression: a string or a compound literal.
func (b *builder) aggregateCell(m *cellMap, l leaf, t cfg.Type) {
	switch n := b.bare(l.expr).(type) {
	case *cc.PostfixExpression:
		if n.Case == cc.PostfixExpressionComplit {
			m.clear(l.off, t.Size)
			count := 0
			ok := eachInList(n.InitializerList, l.off, &count, func(l leaf) { b.cell(m, l) })
			if ok {
				return
			}
		}
	case *cc.PrimaryExpression:
		if n.Case == cc.PrimaryExpressionString {
			m.clear(l.off, t.Size)
			x := b.stringLiteral(n, b.src.site(n.Token))
			s := x.Name
			if t.Size > 0 && int64(len(s)) > t.Size {
				s = s[:t.Size]
			}
			if s == "" {
				return
			}
			t.Size = int64(len(s))
			m.set(l.off, &cfg.Expr{Op: cfg.OpStr, Type: t, Name: s, At: x.At})
			return
		}
	}
	m.set(l.off, unknown(t, "initialiser", b.at(l.expr)))
}

// staticValue evaluates an address constant or a number of type t.
func (b *builder) staticValue(e cc.ExpressionNode, t cfg.Type) (x *cfg.Expr) {
	at := b.at(e)
	depth := b.depth
	defer func() {
		if r := recover(); r != nil {
			x = unknown(t, reason(r), at)
			b.depth = depth
		}
	}()
	if c := b.fixed(e); c != nil {
		return convert(c, t)
	}
	// The expression is lowered apart; what needs instructions is no constant.
	scratch := newBuilder(b.src, &cfg.Func{Name: b.fn.Name, File: b.fn.File})
	scratch.static = true
	scratch.vars, scratch.names, scratch.literals = b.vars, b.names, b.literals
	start := scratch.cur
	v := scratch.value(e)
	if scratch.cur != start || len(start.instrs) > 0 || start.closed {
		return unknown(t, "initialiser that is not constant", at)
	}
	b.statics = append(b.statics, scratch.statics...)
	if v = plainAddress(v); v == nil || !t.IsScalar() || !isConst(v) && t.Bits() != 64 {
		return unknown(t, "initialiser that is not constant", at)
	}
	if isConst(v) {
		return convert(v, t)
	}
	return v
}

// plainAddress strips casts that keep all bits of an address and reduces it to
// an object and an offset; it returns nil for anything else.
func plainAddress(x *cfg.Expr) *cfg.Expr {
	switch x.Op {
	case cfg.OpConst, cfg.OpAddrGlobal, cfg.OpAddrFunc, cfg.OpStr:
		return x
	case cfg.OpCast:
		if x.Type.Bits() == 64 && x.X.Type.Bits() == 64 {
			return plainAddress(x.X)
		}
	case cfg.OpOffset:
		y := plainAddress(x.X)
		switch {
		case y == nil:
			return nil
		case isConst(y):
			return constant(y.Val+x.Val, x.Type, "", x.At)
		case y.Op == cfg.OpOffset:
			return &cfg.Expr{Op: cfg.OpOffset, Type: x.Type, X: y.X, Val: y.Val + x.Val, Name: x.Name, At: x.At}
		}
		z := *x
		z.X = y
		return &z
	}
	return nil
}

// staticLiteral lowers a compound literal in the initialiser of an object with
// static storage to an unnamed object of its own.
func (b *builder) staticLiteral(n *cc.PostfixExpression, t cc.Type, ct cfg.Type, at cfg.Site) lvalue {
	b.literals.n++
	name := fmt.Sprintf("%s.literal%d", b.literals.owner, b.literals.n)
	g := cfg.Global{Name: name, File: b.fn.File, Static: true, Const: isConstType(t), Type: ct, At: at, HasInit: true}
	inner := newBuilder(b.src, &cfg.Func{Name: b.fn.Name, File: b.fn.File})
	inner.static = true
	inner.names, inner.literals = b.names, b.literals
	g.Cells = inner.cells(ct, func(f func(leaf)) bool {
		if ct.Kind != cfg.Aggregate && n.InitializerList != nil {
			f(leaf{typ: t, expr: scalarInit(n.InitializerList.Initializer)})
			return true
		}
		count := 0
		return eachInList(n.InitializerList, 0, &count, f)
	})
	b.statics = append(b.statics, inner.statics...)
	b.statics = append(b.statics, g)
	addr := &cfg.Expr{Op: cfg.OpAddrGlobal, Type: b.src.pointerTo(t), Name: name, File: b.fn.File, At: at}
	return b.memory(addr, t, "", at)
}
