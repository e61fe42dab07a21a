// SPDX-License-Identifier: GPL-2.0-only

package cfg

import (
	"encoding/binary"
	"errors"
	"fmt"
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
