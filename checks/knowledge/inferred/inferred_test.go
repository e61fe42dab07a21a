// SPDX-License-Identifier: GPL-2.0-only

package inferred

import (
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/cparse/flow/dom"
	"kapilint/specmodel"
)

func TestErrnoName(t *testing.T) {
	for _, tt := range []struct {
		n       int64
		spelled string
		want    string
	}{
		{22, "-EINVAL", "EINVAL"},
		{22, "", "EINVAL"},
		{11, "-EWOULDBLOCK", "EAGAIN"},
		{512, "-ERESTARTSYS", "ERESTARTSYS"},
		{22, "-SOMETHING", "EINVAL"},
		{4000, "", "E4000"},
	} {
		if got := ErrnoName(tt.n, tt.spelled); got != tt.want {
			t.Errorf("ErrnoName(%d, %q) = %q, want %q", tt.n, tt.spelled, got, tt.want)
		}
	}
}

var (
	intType = cfg.Type{Kind: cfg.Int, Signed: true, Size: 4, Name: "int"}
	flags   = &flow.Term{Kind: flow.Param, Width: 32}
)

func outcome(v int64, name string, guard dom.Set) flow.Outcome {
	o := flow.Outcome{
		Ret: &flow.Term{Kind: flow.Const, Width: 64, Val: uint64(v), Name: name, At: cfg.Site{File: "x.c", Line: 3, Col: 1}},
		Set: dom.Const(64, uint64(v)),
	}
	if !guard.IsFull() {
		o.Guard = []flow.Fact{{Term: flags, Set: guard, At: cfg.Site{File: "x.c", Line: 2, Col: 1}}}
	}
	return o
}

func TestOf(t *testing.T) {
	bits := dom.Bits(32, ^uint64(3)&0xffffffff, 0)
	sum := &flow.Summary{
		Name: "__do_sys_x", Params: []string{"flags"}, Types: []cfg.Type{intType},
		Outcomes: []flow.Outcome{
			outcome(-22, "-EINVAL", bits.Complement()),
			outcome(-512, "-ERESTARTSYS", bits),
			outcome(0, "0", bits.Without(3)),
			outcome(-524, "-ENOTSUPP", bits),
			{Ret: &flow.Term{Kind: flow.Opaque, Width: 64, Open: &flow.Open{Kind: flow.OpenPointer, Name: "ops.go"}}, Set: dom.SRange(64, -4095, 0)},
		},
	}
	c := Of("sys_x", specmodel.Syscall, sum, []string{"int"})
	if c.API.Closed || len(c.Open) != 1 || c.API.Open[0].Note != "whatever an ops.go implementation returns" {
		t.Errorf("open: %+v", c.API.Open)
	}
	var names []string
	for _, e := range c.Errors {
		names = append(names, e.Name+"<"+e.Internal)
	}
	if len(names) != 2 || names[0] != "EINTR<ERESTARTSYS" || names[1] != "EINVAL<" {
		t.Errorf("errors: %q", names)
	}
	if r := c.Params[0].Refused(8); r != nil {
		t.Errorf("a hook may succeed for any value, yet 8 is refused: %+v", r)
	}
	sum.Outcomes = sum.Outcomes[:4]
	c = Of("sys_x", specmodel.Syscall, sum, []string{"int"})
	if !c.API.Closed {
		t.Error("not closed")
	}
	k := c.API.Params[0].Constraint
	if k.Kind != specmodel.ConstraintRange || k.Min.Text != "0" || k.Max.Text != "2" {
		t.Errorf("constraint: %+v", k)
	}
	if r := c.Params[0].Refused(8); r == nil || r.Error != "EINVAL" || r.At.Line != 2 {
		t.Errorf("8: %+v", r)
	}
	if got := c.Condition(&sum.Outcomes[0]); got != "flags & ~0x3" {
		t.Errorf("condition: %q", got)
	}
}

func TestFactText(t *testing.T) {
	s := &flow.Summary{Params: []string{"n"}, Types: []cfg.Type{intType}}
	n := &flow.Term{Kind: flow.Param, Width: 32}
	for _, tt := range []struct {
		set  dom.Set
		want string
	}{
		{dom.Const(32, 0), "n == 0"},
		{dom.Const(32, 5), "n == 5"},
		{dom.Full(32).Without(0), "n != 0"},
		{dom.Full(32).Without(7), "n != 7"},
		{dom.SRange(32, -1<<31, -1), "n <= -1"},
		{dom.SRange(32, 10, 1<<31-1), "n >= 10"},
		{dom.Of(32, 1, 2, 3), "n is 1, 2 or 3"},
		{dom.Bits(32, 0, 0x800), "n & 0x800"},
		{dom.Bits(32, 0, 0x600), "(n & 0x600) == 0x600"},
		{dom.Bits(32, 0x4000, 0x800), "n & 0x800 && !(n & 0x4000)"},
		{dom.Bits(32, 0xfffff7fe, 0).Complement(), "n & ~0x801"},
		{dom.Bits(32, 0, 0x600).Complement(), "!((n & 0x600) == 0x600)"},
	} {
		if got := factText(flow.Fact{Term: n, Set: tt.set}, s); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.set.String(true), got, tt.want)
		}
	}
}

// TestComputedErrors checks which numbers that a body computes count as errors
// that are not known.
func TestComputedErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ret    flow.Kind
		set    dom.Set
		closed bool
	}{
		{"errseq", flow.Unary, dom.SRange(64, -4095, 0), false},
		{"only errors", flow.Binary, dom.SRange(64, -4095, -1), false},
		{"a number that no error has", flow.Const, dom.Const(64, ^uint64(4094)), false},
		{"a count that could overflow", flow.Binary, dom.Full(64), true},
		{"a count", flow.Binary, dom.SRange(64, 0, 1<<40), true},
		{"the parameter", flow.Param, dom.SRange(64, -5, 5), true},
	} {
		sum := &flow.Summary{Name: "f", Params: []string{"x"}, Types: []cfg.Type{intType}, Outcomes: []flow.Outcome{
			{Ret: &flow.Term{Kind: tt.ret, Width: 64}, Set: tt.set},
		}}
		if got := Of("f", specmodel.Function, sum, []string{"int"}).API.Closed; got != tt.closed {
			t.Errorf("%s: closed is %v", tt.name, got)
		}
	}
}
