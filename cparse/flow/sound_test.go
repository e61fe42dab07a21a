// SPDX-License-Identifier: GPL-2.0-only

package flow_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
)

// machine runs lowered functions with numbers.
type machine struct {
	funcs   map[string]*cfg.Func
	globals map[string]uint64 // addresses
	code    []string          // functions whose addresses are taken, by address - codeBase
	mem     []byte
	steps   int
}

// codeBase is far from what memory there is.
const codeBase = 1 << 40

func (m *machine) global(name string) uint64 {
	at, ok := m.globals[name]
	if !ok {
		if m.globals == nil {
			m.globals = map[string]uint64{}
		}
		at = uint64(len(m.mem))
		m.mem = append(m.mem, make([]byte, 64)...)
		m.globals[name] = at
	}
	return at
}

func (m *machine) function(name string) uint64 {
	i := slices.Index(m.code, name)
	if i < 0 {
		i = len(m.code)
		m.code = append(m.code, name)
	}
	return codeBase + uint64(i)
}

type trap string

func (m *machine) call(f *cfg.Func, args []uint64) uint64 {
	if len(m.mem) == 0 {
		m.mem = make([]byte, 64) // so that no address is NULL
	}
	vars, addr := make([]uint64, len(f.Vars)), make([]uint64, len(f.Vars))
	for i, v := range f.Vars {
		if v.Memory {
			addr[i] = uint64(len(m.mem))
			m.mem = append(m.mem, make([]byte, v.Type.Size+8)...)
		}
		if i < f.Params {
			a := args[i] & ones(v.Type.Bits())
			if v.Memory {
				m.store(addr[i], v.Type.Size, a)
			}
			vars[i] = a
		}
	}
	fr := &frame{m, f, vars, addr}
	for b := 0; ; {
		if m.steps++; m.steps > 20000 {
			panic(trap("too long"))
		}
		for _, in := range f.Blocks[b].Instrs {
			fr.instr(in)
		}
		t := &f.Blocks[b].Term
		switch t.Kind {
		case cfg.Jump:
			b = t.Succs[0]
		case cfg.Branch:
			if fr.eval(t.Cond) != 0 {
				b = t.Succs[0]
			} else {
				b = t.Succs[1]
			}
		case cfg.Switch:
			v, next := fr.eval(t.Cond), len(t.Succs)-1
			for i, c := range t.Cases {
				s := flow.SignExtend(v, t.Cond.Type.Bits())
				if t.Cond.Type.Signed && s >= c.Lo && s <= c.Hi || !t.Cond.Type.Signed && v >= uint64(c.Lo) && v <= uint64(c.Hi) {
					next = i
					break
				}
			}
			b = t.Succs[next]
		case cfg.Return:
			return fr.eval(t.Cond)
		default:
			panic(trap("unreachable"))
		}
	}
}

func ones(w int) uint64 { return ^uint64(0) >> (64 - w) }

// check traps where a program uses memory that C does not give it.
func (m *machine) check(at uint64, n int64) {
	if at == 0 || at+uint64(n) > uint64(len(m.mem)) {
		panic(trap("bad address"))
	}
}

func (m *machine) store(at uint64, n int64, v uint64) {
	m.check(at, n)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	copy(m.mem[at:at+uint64(n)], b[:])
}

func (m *machine) load(at uint64, n int64) uint64 {
	m.check(at, n)
	var b [8]byte
	copy(b[:n], m.mem[at:])
	return binary.LittleEndian.Uint64(b[:])
}

type frame struct {
	*machine
	f          *cfg.Func
	vars, addr []uint64
}

func (fr *frame) assign(p *cfg.Place, v uint64) {
	v &= ones(p.Type.Bits())
	if p.Addr == nil {
		fr.vars[p.Var] = v
		return
	}
	fr.store(fr.eval(p.Addr), p.Type.Size, v)
}

func (fr *frame) instr(in cfg.Instr) {
	switch in := in.(type) {
	case *cfg.Set:
		if !in.Dst.Type.IsScalar() {
			fr.aggregate(in)
			return
		}
		if in.Src == nil {
			fr.assign(&in.Dst, 0xdeadbeef)
			return
		}
		fr.assign(&in.Dst, fr.eval(in.Src))
	case *cfg.Call:
		name := in.Callee
		if in.Ptr != nil {
			i := fr.eval(in.Ptr) - codeBase
			if i >= uint64(len(fr.code)) {
				panic(trap("bad function"))
			}
			name = fr.code[i]
		}
		f := fr.funcs[name]
		if f == nil {
			panic(trap("no body"))
		}
		var args []uint64
		for _, a := range in.Args {
			args = append(args, fr.eval(a))
		}
		v := fr.call(f, args)
		if in.Dst != nil {
			fr.assign(in.Dst, v)
		}
	}
}

func (fr *frame) aggregate(in *cfg.Set) {
	at := fr.addr[max(in.Dst.Var, 0)]
	if in.Dst.Addr != nil {
		at = fr.eval(in.Dst.Addr)
	}
	n := in.Dst.Type.Size
	fr.check(at, n)
	switch {
	case in.Src != nil:
		from := fr.eval(in.Src.X)
		fr.check(from, n)
		copy(fr.mem[at:at+uint64(n)], bytes.Clone(fr.mem[from:from+uint64(n)]))
	case in.Zero:
		clear(fr.mem[at : at+uint64(n)])
	}
}

func (fr *frame) eval(e *cfg.Expr) uint64 {
	w := max(e.Type.Bits(), 1)
	mask := ones(w)
	switch e.Op {
	case cfg.OpConst:
		return uint64(e.Val) & mask
	case cfg.OpVar:
		return fr.vars[e.Var]
	case cfg.OpAddrVar:
		return fr.addr[e.Var]
	case cfg.OpAddrGlobal:
		return fr.global(e.Name)
	case cfg.OpAddrFunc:
		return fr.function(e.Name)
	case cfg.OpLoad:
		return fr.load(fr.eval(e.X), e.Type.Size)
	case cfg.OpOffset:
		return fr.eval(e.X) + uint64(e.Val)
	case cfg.OpCast:
		v := fr.eval(e.X)
		if e.X.Type.Signed {
			v = uint64(flow.SignExtend(v, e.X.Type.Bits()))
		}
		if e.Type.Kind == cfg.Bool {
			if v&ones(e.X.Type.Bits()) != 0 {
				return 1
			}
			return 0
		}
		return v & mask
	}
	x := fr.eval(e.X)
	switch e.Op {
	case cfg.OpNeg:
		return -x & mask
	case cfg.OpCompl:
		return ^x & mask
	case cfg.OpNot:
		return truth(x == 0)
	}
	y := fr.eval(e.Y)
	xw, signed := e.X.Type.Bits(), e.X.Type.Signed
	sx, sy := flow.SignExtend(x, xw), flow.SignExtend(y, xw)
	switch e.Op {
	case cfg.OpAdd:
		return (x + y) & mask
	case cfg.OpSub:
		return (x - y) & mask
	case cfg.OpMul:
		return (x * y) & mask
	case cfg.OpDiv, cfg.OpRem:
		if y == 0 || signed && sy == -1 {
			panic(trap("division"))
		}
		switch {
		case e.Op == cfg.OpDiv && signed:
			return uint64(sx/sy) & mask
		case e.Op == cfg.OpDiv:
			return x / y
		case signed:
			return uint64(sx%sy) & mask
		}
		return x % y
	case cfg.OpAnd:
		return x & y
	case cfg.OpOr:
		return x | y
	case cfg.OpXor:
		return x ^ y
	case cfg.OpShl, cfg.OpShr:
		if y >= uint64(xw) {
			panic(trap("shift"))
		}
		switch {
		case e.Op == cfg.OpShl:
			return x << y & mask
		case signed:
			return uint64(sx>>y) & mask
		}
		return x >> y
	case cfg.OpEq:
		return truth(x == y)
	case cfg.OpNe:
		return truth(x != y)
	}
	less, more := x < y, x > y
	if signed {
		less, more = sx < sy, sx > sy
	}
	switch e.Op {
	case cfg.OpLt:
		return truth(less)
	case cfg.OpLe:
		return truth(!more)
	case cfg.OpGt:
		return truth(more)
	case cfg.OpGe:
		return truth(!less)
	}
	panic(fmt.Sprintf("no operator %d", e.Op))
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// value computes a term of a summary for actual parameters.
func value(t *flow.Term, args []uint64) uint64 {
	switch t.Kind {
	case flow.Const:
		return t.Val
	case flow.Param:
		return args[t.Val]
	}
	e := &cfg.Expr{Op: t.Op, Type: cfg.Type{Kind: cfg.Int, Size: int64(t.Width / 8)}}
	leaf := func(x *flow.Term) *cfg.Expr {
		return &cfg.Expr{Op: cfg.OpConst, Val: int64(value(x, args)), Type: cfg.Type{Kind: cfg.Int, Signed: t.Signed, Size: int64(x.Width / 8)}}
	}
	e.X = leaf(t.X)
	if t.Kind == flow.Cast {
		e.Op = cfg.OpCast
	}
	if t.Y != nil {
		e.Y = leaf(t.Y)
	}
	return (&frame{}).eval(e)
}

func ofMemory(t *flow.Term) bool {
	return t != nil && (t.Kind == flow.Load || t.Kind == flow.Global || ofMemory(t.X) || ofMemory(t.Y))
}

// covered reports whether a summary has an outcome for a run that returned v.
func covered(s *flow.Summary, args []uint64, v uint64) bool {
next:
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		for _, f := range o.Guard {
			if ofMemory(f.Term) {
				continue // of which args do not tell
			}
			if !f.Set.Contains(value(f.Term, args)) {
				continue next
			}
		}
		if !o.Set.Contains(v) || o.Ret.Kind != flow.Opaque && !ofMemory(o.Ret) && value(o.Ret, args) != v {
			continue
		}
		return true
	}
	return false
}

// generator writes random C functions of the kind that check arguments.
type generator struct {
	*rand.Rand
	b     strings.Builder
	calls []string
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) variable() string { return g.pick("a", "b", "c", "x", "err", "m") }

func (g *generator) constant() string {
	return g.pick("0", "1", "2", "3", "4", "7", "8", "-1", "-22", "-12", "-9", "16", "100", "255", "4096", "0x80000", "2147483647", "(-2147483647 - 1)", "~7", "~0x80800", "6", "5")
}

func (g *generator) expr(d int) string {
	if d == 0 || g.IntN(3) == 0 {
		if g.IntN(2) == 0 {
			return g.variable()
		}
		return g.constant()
	}
	x, y := g.expr(d-1), g.expr(d-1)
	switch g.IntN(8) {
	case 0:
		return fmt.Sprintf("(%s & %s)", x, g.constant())
	case 1:
		return fmt.Sprintf("(%s %s %s)", x, g.pick("+", "-", "|", "^", "*"), y)
	case 2:
		return fmt.Sprintf("(%s ? %s : %s)", g.cond(d-1), x, y)
	case 3:
		return fmt.Sprintf("(%s)%s", g.pick("unsigned", "int", "unsigned char", "short", "long", "unsigned long"), x)
	case 4:
		return g.pick("~", "-", "!") + "(" + x + ")"
	case 5:
		if len(g.calls) > 0 {
			return fmt.Sprintf("%s(%s, %s)", g.pick(g.calls...), x, y)
		}
		return x
	case 6:
		return fmt.Sprintf("(%s %s %s)", x, g.pick("/", "%", ">>", "<<"), g.pick("1", "2", "3", "8", "5"))
	}
	return fmt.Sprintf("(%s)", x)
}

func (g *generator) cond(d int) string {
	x := g.expr(max(d, 0))
	switch g.IntN(5) {
	case 0:
		return x
	case 1:
		return fmt.Sprintf("%s & %s", x, g.constant())
	case 2:
		return fmt.Sprintf("(%s) && (%s)", g.cond(d-1), g.cond(d-1))
	case 3:
		return fmt.Sprintf("(%s) || (%s)", g.cond(d-1), g.cond(d-1))
	}
	return fmt.Sprintf("%s %s %s", x, g.pick("<", "<=", ">", ">=", "==", "!="), g.pick(g.constant(), g.variable()))
}

func (g *generator) stmt(d int) {
	p := func(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }
	switch g.IntN(11) {
	case 0, 1:
		p("if (%s) return %s;", g.cond(1), g.pick("-22", "-12", "err", "-9", "x"))
	case 2:
		p("err = %s;", g.pick("-22", "-9", "0", g.expr(1)))
	case 3:
		p("if (%s) goto out;", g.cond(1))
	case 4:
		p("%s = %s;", g.pick("x", "a", "b", "m", "*pm"), g.expr(2))
	case 5:
		if d > 0 {
			p("if (%s) {", g.cond(1))
			g.block(d - 1)
			p("} else {")
			g.block(d - 1)
			p("}")
		}
	case 6:
		if d > 0 {
			p("for (i = 0; i < %s; i++) {", g.pick("3", "(c & 7)", "5"))
			g.block(d - 1)
			p("if (%s) break;", g.cond(0))
			p("}")
		}
	case 7:
		if d > 0 {
			p("switch (%s) {", g.expr(1))
			for _, k := range []string{"0", "1", "2 ... 5", "-1", "8"} {
				p("case %s:", k)
				g.stmt(d - 1)
				if g.IntN(2) == 0 {
					p("break;")
				}
			}
			p("default: ;")
			g.stmt(d - 1)
			p("}")
		}
	case 8:
		p("x = a & b;")
	case 9:
		if len(g.calls) > 0 {
			p("err = %s(%s, %s); if (err%s) return err;", g.pick(g.calls...), g.variable(), g.variable(), g.pick("", " < 0"))
		}
	case 10:
		p("%s += %s;", g.pick("x", "m", "err"), g.pick("1", "2", "c"))
	}
}

func (g *generator) block(d int) {
	for range 1 + g.IntN(3) {
		g.stmt(d)
	}
}

func (g *generator) function(name string) {
	fmt.Fprintf(&g.b, "int %s(int a, int b)\n{\nint x = 0, err = 0, i = 0, m = 1, c = a; int *pm = &m;\n", name)
	for range 3 + g.IntN(4) {
		g.stmt(2)
	}
	g.b.WriteString("out:\nreturn err ? err : x;\n}\n")
	g.calls = append(g.calls, name)
}

// TestSound runs random functions on many arguments and checks that every run
// is one that the summary foresees.
func TestSound(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	interesting := []uint64{0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 100, 101, 255, 256, 4096, 0x80000, 0x80800, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0xffffffea}
	for seed := range uint64(rounds) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 7))}
		g.function("h1")
		g.function("h2")
		g.function("f")
		src := g.b.String()
		e, funcs := load(t, src)
		s := e.Summary("f", "")
		for i := range 150 {
			args := []uint64{interesting[g.IntN(len(interesting))], interesting[g.IntN(len(interesting))]}
			if i%5 == 0 {
				args[0] = uint64(g.Uint32())
			}
			m := &machine{funcs: funcs}
			v, ok := run(m, funcs["f"], args)
			if ok && !covered(s, args, v) {
				t.Fatalf("seed %d: f(%d, %d) returns %d, which no outcome allows\n%s\n%s",
					seed, int32(args[0]), int32(args[1]), int32(v), show(s), src)
			}
		}
	}
}

// run reports false when the run does what C does not define.
func run(m *machine, f *cfg.Func, args []uint64) (v uint64, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, isTrap := r.(trap); !isTrap {
				panic(r)
			}
			ok = false
		}
	}()
	return m.call(f, args), true
}

// TestOrder checks that what is said of a function does not depend on which
// questions were asked before, also where functions call each other in circles.
func TestOrder(t *testing.T) {
	orders := [][]string{{"h1", "h2", "h3", "f"}, {"f", "h3", "h2", "h1"}, {"h2", "f", "h1", "h3"}, {"h3", "h1", "f", "h2"}}
	for seed := range uint64(120) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 11))}
		g.calls = []string{"h1", "h2", "h3", "f"}
		g.b.WriteString("int h1(int, int); int h2(int, int); int h3(int, int); int f(int, int);\n")
		for _, name := range []string{"h1", "h2", "h3", "f"} {
			g.function(name)
		}
		src := g.b.String()
		var want map[string]string
		for _, order := range orders {
			e := program(t, src)
			got := map[string]string{}
			for _, name := range order {
				got[name] = show(e.Summary(name, ""))
			}
			if want == nil {
				want = got
			}
			for _, name := range order {
				if got[name] != want[name] {
					t.Fatalf("seed %d, asked in order %v: %s is\n%s\nnot\n%s\n%s", seed, order, name, got[name], want[name], src)
				}
			}
		}
	}
}
