// SPDX-License-Identifier: GPL-2.0-only

package cfg

import (
	"encoding/binary"
)

// The encoding: a version byte, then the value's fields in the order of their
// declaration. Numbers are varints, signed ones zigzag. A string or a type is
// its number in a table that both sides build as they go, or the next free
// number followed by the content. A site is a file and the difference of its
// line to that of the site before. Equal values encode to equal bytes.
const (
	funcVersion   = 0x61
	globalVersion = 0x63
)

// maxDepth bounds the nesting of an expression that Decode accepts.
const maxDepth = 10000

// Encode appends the encoding of f to buf.
func (f *Func) Encode(buf []byte) []byte {
	e := newEncoder(append(buf, funcVersion))
	e.str(f.Name)
	e.str(f.File)
	e.bool(f.Static)
	e.bool(f.Inline)
	e.uint(uint64(len(f.Vars)))
	e.uint(uint64(f.Params))
	for i := range f.Vars {
		v := &f.Vars[i]
		e.str(v.Name)
		e.typ(v.Type)
		e.bool(v.Memory)
		e.site(v.At)
	}
	e.typ(f.Result)
	e.site(f.At)
	e.str(f.Unsupported)
	e.uint(uint64(len(f.Blocks)))
	for i := range f.Blocks {
		e.block(&f.Blocks[i])
	}
	return e.buf
}

// Encode appends the encoding of g to buf.
func (g *Global) Encode(buf []byte) []byte {
	e := newEncoder(append(buf, globalVersion))
	e.str(g.Name)
	e.str(g.File)
	e.bool(g.Static)
	e.bool(g.Const)
	e.typ(g.Type)
	e.site(g.At)
	e.bool(g.HasInit)
	e.uint(uint64(len(g.Cells)))
	off := int64(0)
	for i := range g.Cells {
		e.int(g.Cells[i].Off - off)
		off = g.Cells[i].Off
		e.expr(g.Cells[i].Value)
		e.str(g.Cells[i].Member)
	}
	return e.buf
}

type encoder struct {
	buf     []byte
	strings map[string]uint64
	types   map[Type]uint64
	line    int32
}

func newEncoder(buf []byte) *encoder {
	return &encoder{buf: buf, strings: map[string]uint64{"": 0}, types: map[Type]uint64{}}
}

func (e *encoder) uint(v uint64) { e.buf = binary.AppendUvarint(e.buf, v) }
func (e *encoder) int(v int64)   { e.buf = binary.AppendVarint(e.buf, v) }

func (e *encoder) bool(v bool) {
	if v {
		e.buf = append(e.buf, 1)
	} else {
		e.buf = append(e.buf, 0)
	}
}

func (e *encoder) str(s string) {
	n, ok := e.strings[s]
	if !ok {
		n = uint64(len(e.strings))
		e.strings[s] = n
		e.uint(n)
		e.uint(uint64(len(s)))
		e.buf = append(e.buf, s...)
		return
	}
	e.uint(n)
}

func (e *encoder) typ(t Type) {
	n, ok := e.types[t]
	if !ok {
		n = uint64(len(e.types))
		e.types[t] = n
		e.uint(n)
		e.uint(uint64(t.Kind))
		e.bool(t.Signed)
		e.int(t.Size)
		e.str(t.Name)
		return
	}
	e.uint(n)
}

func (e *encoder) site(s Site) {
	e.str(s.File)
	e.int(int64(s.Line) - int64(e.line))
	e.int(int64(s.Col))
	e.line = s.Line
}

// Which fields of an expression follow its operator.
const (
	hasX = 1 << iota
	hasY
	hasVal
	hasVar
	hasName
	hasFile
	hasAt
)

func (e *encoder) expr(x *Expr) {
	e.uint(uint64(x.Op))
	e.typ(x.Type)
	flags := byte(0)
	set := func(bit byte, on bool) {
		if on {
			flags |= bit
		}
	}
	set(hasX, x.X != nil)
	set(hasY, x.Y != nil)
	set(hasVal, x.Val != 0)
	set(hasVar, x.Var != 0)
	set(hasName, x.Name != "")
	set(hasFile, x.File != "")
	set(hasAt, x.At != Site{})
	e.buf = append(e.buf, flags)
	if flags&hasVal != 0 {
		e.int(x.Val)
	}
	if flags&hasVar != 0 {
		e.int(int64(x.Var))
	}
	if flags&hasName != 0 {
		e.str(x.Name)
	}
	if flags&hasFile != 0 {
		e.str(x.File)
	}
	if flags&hasAt != 0 {
		e.site(x.At)
	}
	if x.X != nil {
		e.expr(x.X)
	}
	if x.Y != nil {
		e.expr(x.Y)
	}
}

// maybe encodes an expression that may be nil.
func (e *encoder) maybe(x *Expr) {
	e.bool(x != nil)
	if x != nil {
		e.expr(x)
	}
}

func (e *encoder) place(p Place) {
	e.int(int64(p.Var))
	e.typ(p.Type)
	e.maybe(p.Addr)
}

const (
	setInstr = iota
	callInstr
	asmInstr
)

func (e *encoder) block(b *Block) {
	e.uint(uint64(len(b.Instrs)))
	for _, in := range b.Instrs {
		e.instr(in)
	}
	t := &b.Term
	e.uint(uint64(t.Kind))
	e.maybe(t.Cond)
	e.uint(uint64(len(t.Cases)))
	for _, c := range t.Cases {
		e.int(c.Lo)
		e.int(c.Hi - c.Lo)
		e.str(c.Name)
	}
	e.uint(uint64(len(t.Succs)))
	for _, s := range t.Succs {
		e.int(int64(s))
	}
	e.site(t.At)
}

func (e *encoder) instr(in Instr) {
	switch in := in.(type) {
	case *Set:
		e.uint(setInstr)
		e.place(in.Dst)
		e.maybe(in.Src)
		e.bool(in.Zero)
		e.site(in.At)
	case *Call:
		e.uint(callInstr)
		e.bool(in.Dst != nil)
		if in.Dst != nil {
			e.place(*in.Dst)
		}
		e.str(in.Callee)
		e.str(in.File)
		e.bool(in.Macro)
		e.maybe(in.Ptr)
		e.str(in.Member)
		e.uint(uint64(len(in.Args)))
		for _, a := range in.Args {
			e.expr(a)
		}
		e.typ(in.Result)
		e.site(in.At)
	case *Asm:
		e.uint(asmInstr)
		e.uint(uint64(len(in.Outs)))
		for _, o := range in.Outs {
			e.place(o)
		}
		e.site(in.At)
	}
}
