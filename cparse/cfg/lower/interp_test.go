// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"encoding/binary"
	"fmt"

	"kapilint/cparse/cfg"
)

// machine runs lowered functions on a small memory, as the reference that the
// lowering is tested with. Anything unknown makes it panic.
type machine struct {
	funcs   map[string]*cfg.Func
	addrs   map[string]uint64 // of functions and globals
	names   map[uint64]string // of functions
	strings map[string]uint64
	mem     []byte
	brk     uint64
	steps   int
}

const (
	memBase  = 0x10000
	funcBase = 0x7000000000
)

// scalar or the bytes of an aggregate
type val struct {
	n uint64
	b []byte
}

func newMachine(funcs []*cfg.Func, globals []cfg.Global) *machine {
	m := &machine{
		funcs: map[string]*cfg.Func{}, addrs: map[string]uint64{}, names: map[uint64]string{},
		strings: map[string]uint64{}, mem: make([]byte, 1<<22), brk: memBase,
	}
	for i, f := range funcs {
		m.funcs[f.Name] = f
		m.addrs[f.Name] = funcBase + uint64(i)*16
		m.names[funcBase+uint64(i)*16] = f.Name
	}
	for _, g := range globals {
		m.addrs[g.Name] = m.alloc(g.Type.Size)
	}
	for _, g := range globals {
		base := m.addrs[g.Name]
		for _, c := range g.Cells {
			if c.Value.Op == cfg.OpStr && c.Value.Type.Kind == cfg.Aggregate {
				copy(m.bytes(base+uint64(c.Off), c.Value.Type.Size), c.Value.Name)
				continue
			}
			m.put(base+uint64(c.Off), c.Value.Type, m.eval(nil, c.Value))
		}
	}
	return m
}

func (m *machine) alloc(size int64) uint64 {
	a := m.brk
	m.brk += (uint64(size) + 31) &^ 15
	return a
}

func (m *machine) bytes(addr uint64, size int64) []byte {
	if addr < memBase || addr+uint64(size) > uint64(len(m.mem)) {
		panic(fmt.Sprintf("access to %d bytes at %#x", size, addr))
	}
	return m.mem[addr : addr+uint64(size)]
}

func (m *machine) get(addr uint64, t cfg.Type) val {
	b := m.bytes(addr, t.Size)
	if t.Kind == cfg.Aggregate {
		return val{b: append([]byte(nil), b...)}
	}
	var buf [8]byte
	copy(buf[:], b)
	return val{n: wrap(binary.LittleEndian.Uint64(buf[:]), t)}
}

func (m *machine) put(addr uint64, t cfg.Type, v val) {
	b := m.bytes(addr, t.Size)
	if t.Kind == cfg.Aggregate {
		copy(b, v.b)
		return
	}
	var buf [8]byte
	binary.LittleEndian.PutUint64(buf[:], v.n)
	copy(b, buf[:])
}

// wrap gives the bits of n as a value of t has them, extended to 64.
func wrap(n uint64, t cfg.Type) uint64 {
	if t.Kind == cfg.Bool {
		return n & 0xff
	}
	s := 64 - uint(t.Bits())
	if t.Signed {
		return uint64(int64(n<<s) >> s)
	}
	return n << s >> s
}

type frame struct {
	f    *cfg.Func
	vars []val
	mem  []uint64
}

func (m *machine) call(name string, args []val) val {
	f := m.funcs[name]
	if f == nil {
		panic("call of " + name)
	}
	if f.Unsupported != "" {
		panic(name + " is unsupported: " + f.Unsupported)
	}
	save := m.brk
	defer func() { m.brk = save }()
	fr := &frame{f: f, vars: make([]val, len(f.Vars)), mem: make([]uint64, len(f.Vars))}
	for i, v := range f.Vars {
		if v.Memory {
			fr.mem[i] = m.alloc(v.Type.Size)
		}
	}
	for i := range f.Params {
		m.assign(fr, cfg.Place{Var: i, Type: f.Vars[i].Type}, args[i])
	}
	for blk := 0; ; {
		for _, in := range f.Blocks[blk].Instrs {
			m.step(fr, in)
		}
		t := &f.Blocks[blk].Term
		switch t.Kind {
		case cfg.Jump:
			blk = t.Succs[0]
		case cfg.Branch:
			if m.eval(fr, t.Cond).n != 0 {
				blk = t.Succs[0]
			} else {
				blk = t.Succs[1]
			}
		case cfg.Switch:
			blk = t.Succs[way(t, m.eval(fr, t.Cond).n)]
		case cfg.Return:
			if t.Cond == nil {
				return val{}
			}
			return m.eval(fr, t.Cond)
		default:
			panic("unreachable reached in " + name)
		}
		if m.steps++; m.steps > 1<<24 {
			panic("endless loop in " + name)
		}
	}
}

func way(t *cfg.Term, n uint64) int {
	for i, c := range t.Cases {
		if t.Cond.Type.Signed && int64(n) >= c.Lo && int64(n) <= c.Hi ||
			!t.Cond.Type.Signed && n >= uint64(c.Lo) && n <= uint64(c.Hi) {
			return i
		}
	}
	return len(t.Cases)
}

func (m *machine) assign(fr *frame, p cfg.Place, v val) {
	switch {
	case p.Addr != nil:
		m.put(m.eval(fr, p.Addr).n, p.Type, v)
	case fr.f.Vars[p.Var].Memory:
		m.put(fr.mem[p.Var], p.Type, v)
	default:
		fr.vars[p.Var] = v
	}
}

func (m *machine) step(fr *frame, in cfg.Instr) {
	switch in := in.(type) {
	case *cfg.Set:
		switch {
		case in.Zero:
			clear(m.bytes(m.eval(fr, in.Dst.Addr).n, in.Dst.Type.Size))
		case in.Src != nil:
			m.assign(fr, in.Dst, m.eval(fr, in.Src))
		case in.Dst.Addr == nil:
			fr.vars[in.Dst.Var] = val{n: wrap(0xdeadbeefdeadbeef, in.Dst.Type)}
		}
	case *cfg.Call:
		name := in.Callee
		if in.Ptr != nil {
			name = m.names[m.eval(fr, in.Ptr).n]
		}
		var args []val
		for _, a := range in.Args {
			args = append(args, m.eval(fr, a))
		}
		v := m.call(name, args)
		if in.Dst != nil {
			m.assign(fr, *in.Dst, v)
		}
	default:
		panic("asm")
	}
}

func (m *machine) str(s string) uint64 {
	a, ok := m.strings[s]
	if !ok {
		panic("string not placed: " + s)
	}
	return a
}

// place puts the string literals of the functions in memory.
func (m *machine) place() {
	add := func(x *cfg.Expr) {
		cfg.Walk(x, func(x *cfg.Expr) {
			if x.Op == cfg.OpStr && m.strings[x.Name] == 0 {
				m.strings[x.Name] = m.alloc(int64(len(x.Name)) + 1)
				copy(m.bytes(m.strings[x.Name], int64(len(x.Name))), x.Name)
			}
		})
	}
	for _, f := range m.funcs {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				switch in := in.(type) {
				case *cfg.Set:
					add(in.Src)
				case *cfg.Call:
					for _, a := range in.Args {
						add(a)
					}
				}
			}
			add(b.Term.Cond)
		}
	}
}

func (m *machine) eval(fr *frame, x *cfg.Expr) val {
	switch x.Op {
	case cfg.OpConst:
		return val{n: uint64(x.Val)}
	case cfg.OpVar:
		return fr.vars[x.Var]
	case cfg.OpLoad:
		return m.get(m.eval(fr, x.X).n, x.Type)
	case cfg.OpAddrVar:
		return val{n: fr.mem[x.Var]}
	case cfg.OpAddrGlobal, cfg.OpAddrFunc:
		a, ok := m.addrs[x.Name]
		if !ok {
			panic("address of " + x.Name)
		}
		return val{n: a}
	case cfg.OpStr:
		if fr == nil { // an initialiser
			if m.strings[x.Name] == 0 {
				m.strings[x.Name] = m.alloc(int64(len(x.Name)) + 1)
				copy(m.bytes(m.strings[x.Name], int64(len(x.Name))), x.Name)
			}
		}
		return val{n: m.str(x.Name)}
	case cfg.OpOffset:
		return val{n: m.eval(fr, x.X).n + uint64(x.Val)}
	case cfg.OpIndex:
		return val{n: m.eval(fr, x.X).n + m.eval(fr, x.Y).n*uint64(x.Val)}
	case cfg.OpUnknown:
		panic("unknown: " + x.Name)
	}
	a := m.eval(fr, x.X).n
	switch x.Op {
	case cfg.OpNeg:
		return val{n: wrap(-a, x.Type)}
	case cfg.OpCompl:
		return val{n: wrap(^a, x.Type)}
	case cfg.OpNot:
		return val{n: bit(a == 0)}
	case cfg.OpCast:
		if x.Type.Kind == cfg.Bool {
			return val{n: bit(a != 0)}
		}
		return val{n: wrap(a, x.Type)}
	}
	return val{n: wrap(arith(x, a, m.eval(fr, x.Y).n), x.Type)}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func arith(x *cfg.Expr, a, b uint64) uint64 {
	signed := x.X.Type.Signed
	less := a < b
	if signed {
		less = int64(a) < int64(b)
	}
	switch x.Op {
	case cfg.OpAdd:
		return a + b
	case cfg.OpSub:
		return a - b
	case cfg.OpMul:
		return a * b
	case cfg.OpDiv:
		if signed {
			return uint64(int64(a) / int64(b))
		}
		return a / b
	case cfg.OpRem:
		if signed {
			return uint64(int64(a) % int64(b))
		}
		return a % b
	case cfg.OpAnd:
		return a & b
	case cfg.OpOr:
		return a | b
	case cfg.OpXor:
		return a ^ b
	case cfg.OpShl:
		return a << b
	case cfg.OpShr:
		if signed {
			return uint64(int64(a) >> b)
		}
		return a >> b
	case cfg.OpEq:
		return bit(a == b)
	case cfg.OpNe:
		return bit(a != b)
	case cfg.OpLt:
		return bit(less)
	case cfg.OpLe:
		return bit(less || a == b)
	case cfg.OpGt:
		return bit(!less && a != b)
	case cfg.OpGe:
		return bit(!less)
	}
	panic(fmt.Sprint("operator ", x.Op))
}
