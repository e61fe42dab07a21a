// SPDX-License-Identifier: GPL-2.0-only

package output

import (
	"bytes"
	"testing"

	"kapilint/specmodel"
)

func TestContracts(t *testing.T) {
	num := func(n int64) specmodel.Expr { return specmodel.Lit(specmodel.Int(n)) }
	declared := &specmodel.API{
		Name: "sys_z", Kind: specmodel.Syscall, Origin: specmodel.FromMacro, Pos: specmodel.Pos{File: "fs/z.c", Line: 3, Col: 1},
		Description: "Do z\nand more", Context: specmodel.Context{Flags: specmodel.CtxProcess},
		Params: []specmodel.Param{
			{Name: "n", TypeName: "int", Description: "How many", Constraint: specmodel.Constraint{
				Kind: specmodel.ConstraintRange, Min: num(1), Max: specmodel.Named("Z_MAX", specmodel.Int(9))}},
			{Name: "p", TypeName: "void __user *", Constraint: specmodel.Constraint{Kind: specmodel.ConstraintUserPtr}},
			{Name: "q"},
		},
		Return:       &specmodel.Return{TypeName: "int", Success: num(0)},
		Errors:       []specmodel.Error{{Name: "EINVAL", Condition: "n is bad", Description: "n is 0"}, {Name: "EIO"}},
		Capabilities: []specmodel.Capability{{Name: "CAP_X", Allows: "all"}},
		Unknown:      []specmodel.Unknown{{Pos: specmodel.Pos{File: "fs/z.c", Line: 9}, Key: "colour", Raw: "red"}},
	}
	inferred := &specmodel.API{
		Name: "sys_a", Kind: specmodel.Syscall, Origin: specmodel.FromCode, Pos: specmodel.Pos{File: "fs/a.c", Line: 7, Col: 2},
		Params: []specmodel.Param{{Name: "flags", TypeName: "int", Constraint: specmodel.Constraint{
			Kind: specmodel.ConstraintMask, Mask: specmodel.HexLit(specmodel.Uint(1)), Values: []specmodel.Expr{num(0), num(1)}, Else: []string{"EINVAL"}}}},
		Errors: []specmodel.Error{{Name: "EMFILE", Trace: []specmodel.Step{
			{File: "fs/a.c", Line: 9, Col: 3, Note: "sys_a calls f"}, {File: "fs/f.c", Line: 2, Col: 1, Note: "-EMFILE comes from here"}}}},
		Open: []specmodel.Step{{File: "fs/a.c", Line: 12, Note: "whatever g returns"}},
	}
	set := &specmodel.Set{APIs: []*specmodel.API{declared, inferred}}
	want := `fs/a.c:7:2: sys_a (syscall, inferred, open)
  flags (int): bits of 0x1: 0, 1; else EINVAL
  EMFILE
      fs/f.c:2:1: -EMFILE comes from here
  open: fs/a.c:12: whatever g returns

fs/z.c:3:1: sys_z (syscall, macro)
  Do z
  context: process
  n (int): 1 to Z_MAX (9), How many
  p (void __user *): user ptr
  q
  returns: int, success is 0
  EINVAL: n is bad: n is 0
  EIO
  capability: CAP_X: all
  fs/z.c:9: not understood: colour: red
`
	var buf bytes.Buffer
	if err := (&Text{}).Contracts(&buf, set); err != nil {
		t.Fatal(err)
	}
	if buf.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", buf.String(), want)
	}
	buf.Reset()
	if err := (&Text{Verbose: true}).Contracts(&buf, set); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(buf.Bytes(), []byte("  EMFILE\n      fs/a.c:9:3: sys_a calls f\n      fs/f.c:2:1:")) {
		t.Errorf("verbose lacks the walk:\n%s", buf.String())
	}
}

func TestConstraintText(t *testing.T) {
	num := func(n int64) specmodel.Expr { return specmodel.Lit(specmodel.Int(n)) }
	tests := []struct {
		name string
		c    specmodel.Constraint
		want string
	}{
		{"unstated", specmodel.Constraint{}, ""},
		{"free", specmodel.Constraint{Kind: specmodel.ConstraintNone}, "any value"},
		{"mask", specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: specmodel.Named("A | B", specmodel.Uint(0x30)),
			ArchMasks: []specmodel.ArchMask{{Arch: "powerpc", Bits: specmodel.HexLit(specmodel.Uint(8))}}}, "bits of A | B (0x30), on powerpc also 0x8"},
		{"enum", specmodel.Constraint{Kind: specmodel.ConstraintEnum, Values: []specmodel.Expr{num(1), num(3)}}, "one of 1, 3"},
		{"enum by name", specmodel.Constraint{Kind: specmodel.ConstraintEnum, ValuesFrom: "ops"}, "one of ops"},
		{"set", specmodel.Constraint{Kind: specmodel.ConstraintSet, Ranges: []specmodel.Interval{{Min: num(0), Max: num(0)}, {Min: num(4), Max: num(8)}},
			Else: []string{"EINVAL", "EPERM"}}, "0, 4 to 8; else EINVAL or EPERM"},
		{"alignment", specmodel.Constraint{Kind: specmodel.ConstraintAlignment, Alignment: num(8)}, "a multiple of 8"},
		{"with words", specmodel.Constraint{Kind: specmodel.ConstraintPageAligned, Text: "always"}, "page aligned: always"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ConstraintText(&tt.c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
