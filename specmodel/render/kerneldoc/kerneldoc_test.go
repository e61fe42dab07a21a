// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/sample"
)

func readBack(t *testing.T, a *specmodel.API) (*specmodel.API, string) {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, []*specmodel.API{a}); err != nil {
		t.Fatal(err)
	}
	apis, problems := kerneldoc.ReadFile("x.h", []byte(b.String()))
	if len(apis) != 1 {
		t.Fatalf("%d contracts in\n%s\n%v", len(apis), b.String(), problems)
	}
	for _, p := range problems {
		if p.Severity == specmodel.Bad {
			t.Errorf("%v in\n%s", p, b.String())
		}
	}
	return apis[0], b.String()
}

// TestRoundTrip reads what was written. Only fields of the table may be lost.
func TestRoundTrip(t *testing.T) {
	more := map[string][]string{ // beyond the table, because of their values
		"crane_lift": {"kind", "return.type"}, "speed": {"kind", "params.type", "params.class", "params.flags"},
		"sys_hail": {"return.type"}, "tie": {"params.constraint.kind"},
	}
	for _, a := range sample.All() {
		t.Run(a.Name, func(t *testing.T) {
			back, text := readBack(t, a)
			lost := fields.Changed(a, back)
			for _, path := range lost {
				if !fields.Matches(path, Inexpressible) && !slices.Contains(more[a.Name], path) {
					t.Errorf("%s is lost in\n%s", path, text)
				}
			}
			if got := Lossy(a); !slices.Equal(sorted(got), sorted(fields.Group(lost, Inexpressible))) {
				t.Errorf("Lossy = %v, want %v", got, lost)
			}
			if a.Name == "sys_ferry" {
				if d := specmodel.Differences(a, back); len(d) > 0 {
					t.Errorf("%v in\n%s", d, text)
				}
			}
		})
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// TestTable sets each field on its own: what the table does not list comes
// back, and what it lists does not.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, full := range sample.All() {
		for _, l := range fields.Leaves(full) {
			if fields.Matches(l.Path, Inexpressible) {
				seen[l.Path] = true
				back, text := readBack(t, full)
				for _, b := range fields.Leaves(back) {
					if b.Where == l.Where {
						t.Errorf("%s is in the table and comes back from\n%s", l.Path, text)
					}
				}
			}
		}
	}
	for _, p := range Inexpressible {
		ok := p == "closed"
		for path := range seen {
			ok = ok || fields.Matches(path, []string{p})
		}
		if !ok {
			t.Errorf("no sample has %s", p)
		}
	}
}

// TestHarmless writes texts that are made to break the comment.
func TestHarmless(t *testing.T) {
	texts := []string{
		"ends */ int x; /* here", "**/", "error: EINVAL, not one", "a\n\nNote: b\n\n@fd: c", "x\n\nerror: EIO, y\n\nparam: fd\n  type: int",
		"a\x00b\x1b[31m\xff", "param: fd", strings.Repeat("word error: EIO, x param: y @fd: z ", 20), "- a\n- error: b", "\n\n", "contexts: nmi",
	}
	for _, text := range texts {
		for _, l := range fields.Leaves(sample.Syscall()) {
			if l.Value.Kind().String() != "string" || l.Path == "kind" {
				continue
			}
			a := sample.Syscall()
			for _, m := range fields.Leaves(a) {
				if m.Where == l.Where {
					m.Value.SetString(text)
				}
			}
			var b strings.Builder
			if err := Write(&b, []*specmodel.API{a}); err != nil {
				t.Fatal(err)
			}
			out := b.String()
			if strings.Count(out, "*/") != 1 || strings.Count(out, "/*") != 1 {
				t.Fatalf("%s = %q gives\n%s", l.Path, text, out)
			}
			apis, _ := kerneldoc.ReadFile("x.h", []byte(out))
			if len(apis) != 1 || l.Path != "errors.name" && len(apis[0].Errors) != len(a.Errors) || len(apis[0].Params) != len(a.Params) || len(apis[0].Signals) != 1 {
				t.Fatalf("%s = %q gives other sections:\n%s", l.Path, text, out)
			}
			if ctx := apis[0].Context.Flags; ctx != a.Context.Flags {
				t.Fatalf("%s = %q gives other contexts:\n%s", l.Path, text, out)
			}
		}
	}
}

// TestNothing takes a contract that says next to nothing.
func TestNothing(t *testing.T) {
	back, text := readBack(t, &specmodel.API{Name: "sys_nil", Kind: specmodel.Syscall})
	if back.Name != "sys_nil" {
		t.Errorf("name %q in\n%s", back.Name, text)
	}
}
