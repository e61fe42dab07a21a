// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/sample"
)

var forms = map[string]Form{"braces": Braces, "ends": Ends}

func readBack(t *testing.T, a *specmodel.API, form Form) (*specmodel.API, string) {
	t.Helper()
	text := Spec(a, form)
	apis, problems := macro.ReadFile("x.h", []byte(text))
	if len(apis) != 1 {
		t.Fatalf("%d contracts in\n%s\n%v", len(apis), text, problems)
	}
	for _, p := range problems {
		if p.Severity != specmodel.Note {
			t.Errorf("%v in\n%s", p, text)
		}
	}
	return apis[0], text
}

// TestRoundTrip reads what was written. Only fields of the table may be lost,
// and those whose value only the newest form has.
func TestRoundTrip(t *testing.T) {
	more := map[string][]string{
		"braces crane_lift": {"kind"}, "braces speed": {"kind", "params.class", "params.flags"}, "braces tie": {"params.constraint.kind"},
		"ends sys_ferry": {"params.constraint.kind"}, "ends tie": {"params.constraint.kind", "side_effects.types"},
	}
	for name, form := range forms {
		for _, a := range sample.All() {
			t.Run(name+" "+a.Name, func(t *testing.T) {
				back, text := readBack(t, a, form)
				lost := fields.Changed(a, back)
				for _, path := range lost {
					if !fields.Matches(path, Inexpressible[form]) && !slices.Contains(more[name+" "+a.Name], path) {
						t.Errorf("%s is lost in\n%s", path, text)
					}
				}
				if got := Lossy(a, form); !slices.Equal(sorted(got), sorted(fields.Group(lost, Inexpressible[form]))) {
					t.Errorf("Lossy = %v, want %v", got, lost)
				}
				if len(lost) == 0 {
					if d := specmodel.Differences(a, back); len(d) > 0 {
						t.Errorf("%v in\n%s", d, text)
					}
				}
				if got := back.Notation; got != map[Form]string{Braces: specmodel.NotationBraces, Ends: specmodel.NotationMacro}[form] {
					t.Errorf("notation %s", got)
				}
			})
		}
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// TestTable holds that nothing in the table comes back.
func TestTable(t *testing.T) {
	for _, form := range forms {
		for _, a := range sample.All() {
			back, text := readBack(t, a, form)
			for _, l := range fields.Leaves(back) {
				if fields.Matches(l.Path, Inexpressible[form]) {
					t.Errorf("%s is in the table and comes back from\n%s", l.Path, text)
				}
			}
		}
	}
}

// TestHarmless writes texts that are made to break out of a literal, in every
// text of the model.
func TestHarmless(t *testing.T) {
	texts := []string{`"); int x; (`, `\`, "a\nb", "a\x00b\x1b\xff", "??/", "*/ /*", `"`, "#define X", "é\u202e", strings.Repeat(`\"`, 100), "KAPI_END_SPEC;"}
	for name, form := range forms {
		for _, full := range sample.All() {
			lost := Lossy(full, form)
			for i, l := range fields.Leaves(full) {
				if l.Value.Kind().String() != "string" || l.Path == "kind" || l.Path == "params.constraint.arch_masks.arch" {
					continue
				}
				for _, text := range texts {
					a := full.Clone()
					v := fields.Leaves(a)[i].Value
					if v.Type().String() != "string" {
						continue
					}
					v.SetString(text)
					apis, problems := macro.ReadFile("x.h", []byte(Spec(a, form)))
					if len(apis) != 1 {
						t.Fatalf("%s %s = %q: %d contracts in\n%s\n%v", name, l.Path, text, len(apis), Spec(a, form), problems)
					}
					for _, path := range fields.Changed(a, apis[0]) {
						if path != l.Path && !fields.Matches(path, lost) && !(l.Path == "name" && path == "kind") {
							t.Fatalf("%s %s = %q changes %s in\n%s\n%v", name, l.Path, text, path, Spec(a, form), problems)
						}
					}
				}
			}
		}
	}
}

// TestBadNumbers writes expressions that are none.
func TestBadNumbers(t *testing.T) {
	for _, text := range []string{"1) }, (", "a */ b", "1, 2", "// x", "\"", "1\n#define X"} {
		a := sample.Syscall()
		a.Params[0].Constraint.Min = specmodel.Text(text, specmodel.Pos{})
		a.Signals[0].Number = specmodel.Text(text, specmodel.Pos{})
		a.Errors[0].Code = specmodel.Text(text, specmodel.Pos{})
		for _, form := range forms {
			back, _ := readBack(t, a, form)
			if len(back.Errors) != 2 || len(back.Params) != 6 {
				t.Errorf("%q broke the contract:\n%s", text, Spec(a, form))
			}
		}
	}
}
