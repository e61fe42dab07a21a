// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"testing"

	"kapilint/specmodel"
)

func num(n int64) specmodel.Expr { return specmodel.Lit(specmodel.Int(n)) }

func TestAccepted(t *testing.T) {
	max := specmodel.Named("MAX", specmodel.Int(9))
	tests := []struct {
		want  string
		param specmodel.Param
	}{
		{"any value", specmodel.Param{}},
		{"any value", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintNone}}},
		{"0 to MAX (9)", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(0), Max: max}}},
		{"1 or more", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(1), Max: specmodel.Text("S64_MAX", specmodel.Pos{})}}},
		{"up to MAX (9)", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Max: max}}},
		{"3 only", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(3), Max: num(3)}}},
		{"bits of MAX (0x9)", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: max}}},
		{"bits of 0x7", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: num(7)}}},
		{"0 only, else EINVAL", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: num(0), Else: []string{"EINVAL"}}}},
		{"bits of 0x1, on x86 also 0x2", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: num(1),
			ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: num(2)}}}}},
		{"one of 0, MAX (9)", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintEnum, Values: []specmodel.Expr{num(0), max}}}},
		{"one of ways", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintEnum, ValuesFrom: "ways"}}},
		{"a multiple of 8", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintAlignment, Alignment: num(8)}}},
		{"a power of two", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintPowerOfTwo}}},
		{"a multiple of the page size", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintPageAligned}}},
		{"anything but 0", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintNonZero}}},
		{"a string in user memory of 1 to MAX (9) bytes", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintUserString, Min: num(1), Max: max}}},
		{"a path in user memory", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintUserPath}}},
		{"a pointer to user memory of 16 bytes", specmodel.Param{Size: num(16), Constraint: specmodel.Constraint{Kind: specmodel.ConstraintUserPtr}}},
		{"a buffer in user memory of len times 4 bytes", specmodel.Param{SizeParam: num(0), SizeMultiplier: num(4), Constraint: specmodel.Constraint{Kind: specmodel.ConstraintBuffer}}},
		{"must be odd", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintCustom, Text: "must be odd"}}},
		{"what satisfies is_odd", specmodel.Param{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintCustom, Validate: "is_odd"}}},
	}
	p := &Page{API: &specmodel.API{Params: []specmodel.Param{{Name: "len"}}}}
	for _, tt := range tests {
		if got := p.Accepted(&tt.param); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.param.Constraint.Kind, got, tt.want)
		}
	}
}
