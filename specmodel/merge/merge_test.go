// SPDX-License-Identifier: GPL-2.0-only

package merge

import (
	"fmt"
	"strings"
	"testing"

	"kapilint/specmodel"
)

func num(n int64) specmodel.Expr   { return specmodel.Lit(specmodel.Int(n)) }
func name(s string) specmodel.Expr { return specmodel.Text(s, specmodel.Pos{}) }

func base(origin specmodel.Origin) *specmodel.API {
	return &specmodel.API{Name: "sys_f", Kind: specmodel.Syscall, Origin: origin, Pos: specmodel.Pos{File: string(origin), Line: 1, Col: 1},
		Params: []specmodel.Param{{Name: "x", TypeName: "int", Type: specmodel.TypeInt}}, Return: &specmodel.Return{Check: specmodel.ReturnFD},
		Errors: []specmodel.Error{{Name: "EINVAL", Code: specmodel.Named("-EINVAL", specmodel.Int(-22)), Pos: specmodel.Pos{File: string(origin), Line: 5, Col: 2}}}}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name string
		edit func(a, b *specmodel.API)
		want string // the paths, with both values
	}{
		{"same", func(a, b *specmodel.API) {}, ""},
		{"texts", func(a, b *specmodel.API) { a.Description, b.Description = "One", "Two" }, `description: "One" "Two"`},
		{"white space", func(a, b *specmodel.API) { a.Description, b.Description = "One  two\n", "One two" }, ""},
		{"one is silent", func(a, b *specmodel.API) { a.Notes = "n" }, `notes: "n" nothing`},
		{"one cannot say", func(a, b *specmodel.API) { a.Notes, b.Unstated = "n", []string{"notes"} }, ""},
		{"one cannot say what is above", func(a, b *specmodel.API) {
			a.Capabilities = []specmodel.Capability{{Name: "CAP_KILL", Allows: "x"}}
			b.Unstated = []string{"capabilities"}
		}, ""},
		{"unstated is no prefix", func(a, b *specmodel.API) { a.SinceVersion, b.Unstated = "1", []string{"since"} }, `since_version: "1" nothing`},
		{"field of an element unstated", func(a, b *specmodel.API) {
			a.Signals, b.Signals = []specmodel.Signal{{Name: "SIGINT", Timing: "during"}}, []specmodel.Signal{{Name: "SIGINT"}}
			b.Unstated = []string{"signals.timing"}
		}, ""},
		{"error more", func(a, b *specmodel.API) { b.Errors = append(b.Errors, specmodel.Error{Name: "EIO"}) }, "errors[EIO]: nothing stated"},
		{"error less", func(a, b *specmodel.API) { b.Errors = nil }, "errors[EINVAL]: stated nothing"},
		{"two names of an error", func(a, b *specmodel.API) { a.Errors[0].Name, b.Errors[0].Name = "EAGAIN", "EWOULDBLOCK" }, ""},
		{"error text", func(a, b *specmodel.API) { b.Errors[0].Condition = "x" }, `errors[EINVAL].condition: nothing "x"`},
		{"code on another architecture", func(a, b *specmodel.API) { b.Errors[0].Code.Val = specmodel.Int(-23) }, "errors[EINVAL].value: -EINVAL (-22) -EINVAL (-23)"},
		{"name and number", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Max, b.Params[0].Constraint.Max = name("X_MAX"), num(9)
		}, ""},
		{"numbers", func(a, b *specmodel.API) { a.Params[0].Constraint.Max, b.Params[0].Constraint.Max = num(8), num(9) }, "params[x].constraint.max: 8 9"},
		{"numbers of the same bits", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Max, b.Params[0].Constraint.Max = name("SIZE_MAX"), num(-1)
		}, ""},
		{"zero and nothing", func(a, b *specmodel.API) { a.Params[0].Size = num(0) }, ""},
		{"version one and nothing", func(a, b *specmodel.API) { a.Version = num(1) }, ""},
		{"version two and nothing", func(a, b *specmodel.API) { a.Version = num(2) }, "version: 2 nothing"},
		{"first of a set and nothing", func(a, b *specmodel.API) { a.Params[0].Constraint.Kind = specmodel.ConstraintNone }, ""},
		{"kinds", func(a, b *specmodel.API) { a.Params[0].Constraint.Kind = specmodel.ConstraintNonZero }, "params[x].constraint.kind: nonzero nothing"},
		{"kind of interface unstated", func(a, b *specmodel.API) { a.Kind, a.Unstated = specmodel.Function, []string{"kind"} }, ""},
		{"kind of interface", func(a, b *specmodel.API) { a.Kind = specmodel.Function }, `kind: function syscall`},
		{"array and elements", func(a, b *specmodel.API) {
			a.Params[0].Constraint.ValuesFrom, b.Params[0].Constraint.Values = "list", []specmodel.Expr{num(1)}
		}, ""},
		{"sets", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Values, b.Params[0].Constraint.Values = []specmodel.Expr{num(1), num(2)}, []specmodel.Expr{num(2), num(1)}
		}, ""},
		{"sets differ", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Values, b.Params[0].Constraint.Values = []specmodel.Expr{num(1), num(2)}, []specmodel.Expr{num(1)}
		}, "params[x].constraint.values: 1, 2 1"},
		{"mask with bits of an architecture", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Mask, a.Params[0].Constraint.ArchMasks = num(1), []specmodel.ArchMask{{Arch: "x86", Bits: num(2)}}
			b.Params[0].Constraint.Mask, b.Unstated = num(3), []string{"params.constraint.arch_masks"}
		}, ""},
		{"mask with other bits", func(a, b *specmodel.API) {
			a.Params[0].Constraint.Mask, a.Params[0].Constraint.ArchMasks = num(1), []specmodel.ArchMask{{Arch: "x86", Bits: num(2)}}
			b.Params[0].Constraint.Mask, b.Unstated = num(5), []string{"params.constraint.arch_masks"}
		}, "params[x].constraint.mask: 1 5"},
		{"flags", func(a, b *specmodel.API) { a.Context.Flags = specmodel.CtxAtomic | specmodel.CtxNMI }, "context.flags: nmi atomic nothing"},
		{"block", func(a, b *specmodel.API) { a.Return = nil }, "return: nothing stated"},
		{"rules without names", func(a, b *specmodel.API) {
			a.Constraints = []specmodel.Rule{{Name: "p", Description: "x y"}, {Name: "q", Description: "z"}}
			b.Constraints, b.Unstated = []specmodel.Rule{{Description: "z"}, {Description: "x  y"}}, []string{"constraints.name"}
		}, ""},
		{"entry twice", func(a, b *specmodel.API) {
			a.SideEffects = []specmodel.SideEffect{{Target: "t", Description: "1"}, {Target: "t", Description: "2"}}
			b.SideEffects = []specmodel.SideEffect{{Target: "t", Description: "1"}}
		}, "side_effects[t]: stated nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := base(specmodel.FromMacro), base(specmodel.FromDebugfs)
			tt.edit(a, b)
			before := fmt.Sprintf("%+v", *a)
			check := func(a, b *specmodel.API, swap bool) {
				var got []string
				for _, d := range Compare(a, b) {
					if swap {
						d.A, d.B = d.B, d.A
					}
					got = append(got, d.Path+": "+d.A.Text+" "+d.B.Text)
					if d.A.Pos.File == "" || d.B.Pos.File == "" || d.A.Origin == d.B.Origin {
						t.Errorf("places %v and %v", d.A, d.B)
					}
				}
				if all := strings.Join(got, "; "); all != tt.want {
					t.Errorf("got %s, want %s", all, tt.want)
				}
			}
			check(a, b, false)
			check(b, a, true)
			if after := fmt.Sprintf("%+v", *a); after != before {
				t.Error("the contract was changed")
			}
		})
	}
}

func TestMergedContract(t *testing.T) {
	a, b, c := base(specmodel.FromDebugfs), base(specmodel.FromMacro), base(specmodel.FromKernelDoc)
	a.Unstated = []string{"kind", "signals.timing", "capabilities", "socket"}
	a.Params[0].Constraint = specmodel.Constraint{Kind: specmodel.ConstraintRange, Max: num(9)}
	b.Params[0].Constraint = specmodel.Constraint{Kind: specmodel.ConstraintRange, Max: name("X_MAX")}
	c.Params[0].Constraint = specmodel.Constraint{Kind: specmodel.ConstraintRange, Max: name("X_MAX"), Values: []specmodel.Expr{num(3)}}
	b.Capabilities = []specmodel.Capability{{Name: "CAP_KILL"}}
	c.Capabilities = b.Capabilities
	c.Unstated = []string{"socket.async"}
	set, found := Set([]*specmodel.API{a, b, c, {Name: "other"}, {Name: "sys_f", Origin: specmodel.FromCode}})
	if len(set) != 3 || set[0].Name != "other" || set[1].Origin != specmodel.FromCode && set[2].Origin != specmodel.FromCode {
		t.Fatal(set)
	}
	m := set[1]
	if m.Origin == specmodel.FromCode {
		m = set[2]
	}
	if got := m.Params[0].Constraint.Max.String(); got != "9" && got != "X_MAX (9)" {
		t.Errorf("maximum %s", got)
	}
	if len(m.Capabilities) != 1 || len(m.Errors) != 1 {
		t.Error(m)
	}
	if got := strings.Join(m.Unstated, " "); got != "" {
		t.Errorf("unstated: %s", got)
	}
	if len(found) != 1 || !strings.HasPrefix(found[0].String(), "kerneldoc:1:1: sys_f: params[x].constraint.values is 3 here and nothing in debugfs:1:1") {
		t.Error(found)
	}
}
