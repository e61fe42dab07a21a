// SPDX-License-Identifier: GPL-2.0-only

package cfg

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

var (
	i32 = Type{Kind: Int, Signed: true, Size: 4, Name: "int"}
	ptr = Type{Kind: Pointer, Size: 8, Name: "struct file *"}
)

func num(v int64, name string) *Expr {
	return &Expr{Op: OpConst, Type: i32, Val: v, Name: name, At: Site{"a.c", 3, 9}}
}

func variable(v int) *Expr { return &Expr{Op: OpVar, Type: i32, Var: v} }

// sample is a loop that counts variable 0 down and calls through a pointer.
//
//	b0 -> b1 -> b2 -> b1, b1 -> b3
func sample() *Func {
	load := &Expr{Op: OpLoad, Type: ptr, Name: "file.f_op", X: &Expr{
		Op: OpOffset, Type: ptr, Val: 8, Name: "file.f_op", X: &Expr{Op: OpVar, Type: ptr, Var: 1}}}
	return &Func{
		Name: "f", File: "a.c", Static: true, Params: 2, Result: i32, At: Site{"a.c", 1, 5},
		Vars: []Var{
			{Name: "n", Type: i32, At: Site{"a.c", 1, 11}},
			{Name: "f", Type: ptr},
			{Type: i32},
			{Name: "m", Type: Type{Kind: Aggregate, Size: 16, Name: "struct m"}, Memory: true},
		},
		Blocks: []Block{
			{Instrs: []Instr{
				&Set{Dst: Place{Var: 2, Type: i32}, Src: num(-22, "-EINVAL"), At: Site{"a.c", 3, 2}},
				&Set{Dst: Place{Type: Type{Kind: Aggregate, Size: 16, Name: "struct m"}, Addr: &Expr{Op: OpAddrVar, Type: ptr, Var: 3}}, Zero: true},
			}, Term: Term{Kind: Jump, Succs: []int{1}}},
			{Term: Term{Kind: Branch, Cond: variable(0), Succs: []int{2, 3}, At: Site{"b.h", 70000, 1}}},
			{Instrs: []Instr{
				&Call{Dst: &Place{Var: 2, Type: i32}, Ptr: load, Member: "file.f_op", Args: []*Expr{variable(0), num(1, "")}, Result: i32},
				&Set{Dst: Place{Var: 0, Type: i32}, Src: &Expr{Op: OpSub, Type: i32, X: variable(0), Y: num(1, "")}},
				&Asm{Outs: []Place{{Var: 0, Type: i32}}},
			}, Term: Term{Kind: Switch, Cond: variable(2), Cases: []Case{{Lo: -3, Hi: 9, Name: "A"}}, Succs: []int{1, 3}}},
			{Term: Term{Kind: Return, Cond: variable(2)}},
		},
	}
}

func TestText(t *testing.T) {
	const want = `func static f(n i32, f ptr) i32 {
	var t2 i32
	mem m agg16
b0:
	t2 = -EINVAL=-22
	agg16[&m] = zero
	jump b1
b1:
	branch n ? b2 b3
b2:
	t2 = call *ptr[(f +8:file.f_op)](n, 1) member file.f_op
	n = (n - 1)
	n = asm
	switch t2 -3...9: b1 default: b3
b3:
	return t2
}
`
	if got := sample().String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := sample().Text(true); !strings.Contains(got, "branch n ? b2 b3\t@ b.h:70000:1\n") {
		t.Errorf("no sites in:\n%s", got)
	}
}

func TestGraph(t *testing.T) {
	f := sample()
	if err := Validate(f); err != nil {
		t.Error(err)
	}
	if got, want := Order(f), []int{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if got, want := Preds(f), [][]int{nil, {0, 2}, {1}, {1, 2}}; !reflect.DeepEqual(got, want) {
		t.Errorf("predecessors %v, want %v", got, want)
	}
	if got, want := BackEdges(f), []Edge{{2, 1}}; !slices.Equal(got, want) {
		t.Errorf("back edges %v, want %v", got, want)
	}
	if got, want := Live(f), [][]uint64{{3}, {7}, {3}, {4}}; !reflect.DeepEqual(got, want) {
		t.Errorf("live %v, want %v", got, want)
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Func)
		want  string
	}{
		{"no blocks", func(f *Func) { f.Blocks = nil }, "no blocks"},
		{"successor", func(f *Func) { f.Blocks[0].Term.Succs[0] = 4 }, "block 4 of 4"},
		{"number of ways", func(f *Func) { f.Blocks[1].Term.Succs = []int{2} }, "1 ways"},
		{"way to the entry", func(f *Func) { f.Blocks[2].Term.Succs[1] = 0 }, "back to block 0"},
		{"unreachable block", func(f *Func) {
			f.Blocks[1].Term.Succs = []int{3, 3}
		}, "cannot be reached"},
		{"variable", func(f *Func) { variable := f.Blocks[1].Term.Cond; variable.Var = 9 }, "no such variable"},
		{"memory as a scalar", func(f *Func) { f.Blocks[1].Term.Cond.Var = 3 }, "memory"},
		{"operand types", func(f *Func) {
			f.Blocks[2].Instrs[1].(*Set).Src.Y = &Expr{Op: OpConst, Type: Type{Kind: Int, Size: 8}}
		}, "operands of type"},
		{"constant out of its type", func(f *Func) { f.Blocks[0].Instrs[0].(*Set).Src.Val = 1 << 40 }, "constant"},
		{"return without a value", func(f *Func) { f.Blocks[3].Term.Cond = nil }, "return"},
		{"constant condition", func(f *Func) { f.Blocks[1].Term.Cond = num(1, "") }, "no test"},
		{"no operator", func(f *Func) { f.Blocks[3].Term.Cond = &Expr{Type: i32} }, "operator"},
		{"callee and pointer", func(f *Func) { f.Blocks[2].Instrs[0].(*Call).Callee = "g" }, "call of"},
		{"result type", func(f *Func) { f.Blocks[2].Instrs[0].(*Call).Result = ptr }, "result"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := sample()
			tt.spoil(f)
			if err := Validate(f); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one about %q", err, tt.want)
			}
		})
	}
}

func sampleGlobal() *Global {
	return &Global{
		Name: "fops", File: "a.c", Static: true, Const: true, HasInit: true, At: Site{"a.c", 7, 1},
		Type: Type{Kind: Aggregate, Size: 32, Name: "struct file_operations"},
		Cells: []Cell{
			{8, &Expr{Op: OpAddrFunc, Type: ptr, Name: "open", File: "a.c"}, "file_operations.open"},
			{16, &Expr{Op: OpStr, Type: ptr, Name: "a\x00b"}, ""},
			{24, num(5, "FIVE"), ""},
		},
	}
}

func TestEncode(t *testing.T) {
	f := sample()
	data := f.Encode([]byte("x"))
	back, rest, err := DecodeFunc(append(data[1:], "rest"...))
	if err != nil || string(rest) != "rest" {
		t.Fatalf("rest %q, error %v", rest, err)
	}
	if !reflect.DeepEqual(f, back) {
		t.Errorf("got:\n%swant:\n%s", back.Text(true), f.Text(true))
	}
	if again := back.Encode([]byte("x")); !slices.Equal(again, data) {
		t.Error("the second encoding differs")
	}

	g := sampleGlobal()
	gback, rest, err := DecodeGlobal(g.Encode(nil))
	if err != nil || len(rest) != 0 || !reflect.DeepEqual(g, gback) {
		t.Errorf("got %+v, rest %q, error %v, want %+v", gback, rest, err, g)
	}
}

func TestDecodeCutShort(t *testing.T) {
	data := sample().Encode(nil)
	for i := range data {
		if _, _, err := DecodeFunc(data[:i]); err == nil {
			t.Errorf("no error for the first %d bytes of %d", i, len(data))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample().Encode(nil))
	f.Add(sampleGlobal().Encode(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if fn, _, err := DecodeFunc(data); err == nil {
			if Validate(fn) == nil {
				_ = fn.String()
				_ = Live(fn)
				_ = BackEdges(fn)
			}
			if _, _, err := DecodeFunc(fn.Encode(nil)); err != nil {
				t.Errorf("own encoding not read: %v", err)
			}
		}
		if g, _, err := DecodeGlobal(data); err == nil {
			if _, _, err := DecodeGlobal(g.Encode(nil)); err != nil {
				t.Errorf("own encoding not read: %v", err)
			}
		}
	})
}
