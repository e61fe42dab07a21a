// SPDX-License-Identifier: GPL-2.0-only

package cfg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// DecodeFunc reads what Encode wrote at the start of data and returns what
// follows. It reports an error for bytes that Encode did not write, where it
// can tell; a body that it returns need not be valid, see [Validate].
func DecodeFunc(data []byte) (*Func, []byte, error) {
	d := newDecoder(data)
	if d.byte() != funcVersion {
		return nil, nil, errors.New("cfg: not the encoding of a function")
	}
	f := &Func{Name: d.str(), File: d.str(), Static: d.bool(), Inline: d.bool()}
	n := d.count()
	f.Params = d.index()
	f.Vars = alloc[Var](d, n)
	for i := range f.Vars {
		f.Vars[i] = Var{Name: d.str(), Type: d.typ(), Memory: d.bool(), At: d.site()}
	}
	f.Result = d.typ()
	f.At = d.site()
	f.Unsupported = d.str()
	f.Blocks = alloc[Block](d, d.count())
	for i := range f.Blocks {
		d.block(&f.Blocks[i])
	}
	if d.err != nil {
		return nil, nil, d.err
	}
	return f, d.data, nil
}

// DecodeGlobal is like DecodeFunc for a [Global].
func DecodeGlobal(data []byte) (*Global, []byte, error) {
	d := newDecoder(data)
	if d.byte() != globalVersion {
		return nil, nil, errors.New("cfg: not the encoding of an object")
	}
	g := &Global{
		Name: d.str(), File: d.str(), Static: d.bool(), Const: d.bool(),
		Type: d.typ(), At: d.site(), HasInit: d.bool(),
	}
	g.Cells = alloc[Cell](d, d.count())
	off := int64(0)
	for i := range g.Cells {
		off += d.int()
		g.Cells[i] = Cell{Off: off, Value: d.expr(), Member: d.str()}
	}
	if d.err != nil {
		return nil, nil, d.err
	}
	return g, d.data, nil
}

// decoder reads an encoding. After the first error it returns zero values.
type decoder struct {
	data    []byte
	size    int
	strings []string
	types   []Type
	line    int32
	depth   int
	err     error
}

func newDecoder(data []byte) *decoder {
	return &decoder{data: data, size: len(data), strings: []string{""}}
}

// alloc makes a slice of n elements, nil when there are none.
func alloc[T any](d *decoder, n int) []T {
	if n == 0 || d.err != nil {
		return nil
	}
	return make([]T, n)
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("cfg: byte %d: %s", d.size-len(d.data), what)
	}
	d.data = nil
}

func (d *decoder) byte() byte {
	if len(d.data) == 0 {
		d.fail("unexpected end")
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) bool() bool {
	b := d.byte()
	if b > 1 {
		d.fail("neither true nor false")
	}
	return b == 1
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.data)
	if n <= 0 {
		d.fail("bad number")
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.data)
	if n <= 0 {
		d.fail("bad number")
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) int32() int32 {
	v := d.int()
	if int64(int32(v)) != v {
		d.fail("number out of range")
		return 0
	}
	return int32(v)
}

// count reads a number of things that take at least a byte each.
func (d *decoder) count() int {
	v := d.uint()
	if v > uint64(len(d.data)) {
		d.fail("count out of range")
		return 0
	}
	return int(v)
}

// index reads a small number that is not negative.
func (d *decoder) index() int {
	v := d.uint()
	if v > 1<<31 {
		d.fail("index out of range")
		return 0
	}
	return int(v)
}

func (d *decoder) str() string {
	n := d.uint()
	if n < uint64(len(d.strings)) {
		return d.strings[n]
	}
	if n != uint64(len(d.strings)) {
		d.fail("no such string")
		return ""
	}
	size := d.count()
	if d.err != nil {
		return ""
	}
	s := string(d.data[:size])
	d.data = d.data[size:]
	d.strings = append(d.strings, s)
	return s
}

func (d *decoder) typ() Type {
	n := d.uint()
	if d.err != nil {
		return Type{}
	}
	if n < uint64(len(d.types)) {
		return d.types[n]
	}
	if n != uint64(len(d.types)) {
		d.fail("no such type")
		return Type{}
	}
	kind := d.uint()
	if kind > uint64(Function) {
		d.fail("no such kind of type")
		return Type{}
	}
	t := Type{Kind: Kind(kind), Signed: d.bool(), Size: d.int(), Name: d.str()}
	d.types = append(d.types, t)
	return t
}

func (d *decoder) site() Site {
	s := Site{File: d.str()}
	line := int64(d.line) + d.int()
	if int64(int32(line)) != line {
		d.fail("line out of range")
		return Site{}
	}
	s.Line = int32(line)
	s.Col = d.int32()
	d.line = s.Line
	return s
}

func (d *decoder) expr() *Expr {
	if d.depth++; d.depth > maxDepth {
		d.fail("expression nested too deeply")
	}
	defer func() { d.depth-- }()
	op := d.uint()
	if op > uint64(OpUnknown) {
		d.fail("no such operator")
	}
	x := &Expr{Op: Op(op), Type: d.typ()}
	flags := d.byte()
	if flags&hasVal != 0 {
		x.Val = d.int()
	}
	if flags&hasVar != 0 {
		x.Var = int(d.int32())
	}
	if flags&hasName != 0 {
		x.Name = d.str()
	}
	if flags&hasFile != 0 {
		x.File = d.str()
	}
	if flags&hasAt != 0 {
		x.At = d.site()
	}
	if d.err != nil {
		return x
	}
	if flags&hasX != 0 {
		x.X = d.expr()
	}
	if flags&hasY != 0 {
		x.Y = d.expr()
	}
	return x
}

func (d *decoder) maybe() *Expr {
	if !d.bool() {
		return nil
	}
	return d.expr()
}

func (d *decoder) place() Place {
	return Place{Var: int(d.int32()), Type: d.typ(), Addr: d.maybe()}
}

func (d *decoder) block(b *Block) {
	b.Instrs = alloc[Instr](d, d.count())
	for i := range b.Instrs {
		if d.err != nil {
			return
		}
		b.Instrs[i] = d.instr()
	}
	t := &b.Term
	kind := d.uint()
	if kind > uint64(Unreachable) {
		d.fail("no such kind of term")
	}
	t.Kind = TermKind(kind)
	t.Cond = d.maybe()
	t.Cases = alloc[Case](d, d.count())
	for i := range t.Cases {
		lo := d.int()
		t.Cases[i] = Case{Lo: lo, Hi: lo + d.int(), Name: d.str()}
	}
	t.Succs = alloc[int](d, d.count())
	for i := range t.Succs {
		t.Succs[i] = int(d.int32())
	}
	t.At = d.site()
}

func (d *decoder) instr() Instr {
	switch d.uint() {
	case setInstr:
		return &Set{Dst: d.place(), Src: d.maybe(), Zero: d.bool(), At: d.site()}
	case callInstr:
		c := &Call{}
		if d.bool() {
			p := d.place()
			c.Dst = &p
		}
		c.Callee, c.File, c.Macro, c.Ptr, c.Member = d.str(), d.str(), d.bool(), d.maybe(), d.str()
		c.Args = alloc[*Expr](d, d.count())
		for i := range c.Args {
			c.Args[i] = d.expr()
		}
		c.Result, c.At = d.typ(), d.site()
		return c
	case asmInstr:
		a := &Asm{}
		a.Outs = alloc[Place](d, d.count())
		for i := range a.Outs {
			a.Outs[i] = d.place()
		}
		a.At = d.site()
		return a
	}
	d.fail("no such kind of instruction")
	return &Asm{}
}
