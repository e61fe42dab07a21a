// SPDX-License-Identifier: GPL-2.0-only

package checktest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
	"kapilint/specmodel"
)

// size is the fact of the demonstration: how many lines a function has.
type size struct{ Lines int }

func (*size) AFact()           {}
func (s *size) String() string { return fmt.Sprintf("size(%d)", s.Lines) }

// demo reports functions whose name is not the number of their lines: f3.
func demo() Config {
	return Config{Facts: []analysis.Fact{new(size)}, New: func(outside *specmodel.Set) (Setup, error) {
		sum := &lint.Analyzer{Analyzer: &analysis.Analyzer{
			Name: "size", Doc: "count lines", Requires: []*analysis.Analyzer{cparse.Analyzer},
			FactTypes: []analysis.Fact{new(size)},
			Run: func(p *analysis.Pass) (any, error) {
				for _, f := range cparse.Of(p).Funcs() {
					p.ExportObjectFact(f.Obj, &size{int(f.End.Line-f.At.Line) + 1})
				}
				return nil, nil
			},
		}}
		var prog *facts.Program
		sum.Link = func(p *facts.Program) (any, error) {
			prog = p
			return nil, nil
		}
		check := &lint.Analyzer{
			About: lint.Doc{Title: "t", Text: "t", Before: "b", After: "a", Limits: "l", Severity: report.Warning},
			Analyzer: &analysis.Analyzer{
				Name: "name", Doc: "compare names", Requires: []*analysis.Analyzer{cparse.Analyzer, sum.Analyzer},
				Run: func(p *analysis.Pass) (any, error) {
					for _, f := range cparse.Of(p).Funcs() {
						var s size
						if err := prog.Lookup(f.Sym, &s); err != nil {
							return nil, err
						}
						want := fmt.Sprintf("f%d", s.Lines)
						if f.Name == want || outside.Get(f.Name) != nil {
							continue
						}
						text, err := p.ReadFile(f.At.File)
						if err != nil {
							return nil, err
						}
						at := lineStart(text, int(f.At.Line)) + int(f.At.Col) - 1
						lint.Report(p, lint.At(f.At), f.Name+" should be "+want, lint.WithSymbol(f.Name),
							lint.WithNote(f.End, "it ends here"),
							lint.WithFix("Rename to "+want, lint.Edit{File: f.At.File, Start: at, End: at + len(f.Name), New: want}))
					}
					return nil, nil
				},
			},
		}
		return Setup{Analyzers: []*lint.Analyzer{check, sum}}, nil
	}}
}

func lineStart(text []byte, line int) int {
	at := 0
	for ; line > 1; line-- {
		at += strings.IndexByte(string(text[at:]), '\n') + 1
	}
	return at
}

func TestArchives(t *testing.T) { RunAll(t, "testdata/*.txtar", demo()) }

// The checks of the suite work in the harness, in units on demand too.
func TestSuite(t *testing.T) { RunAll(t, "testdata/suite/*.txtar", Checks("errunlisted")) }

// Every way in which code and expectations can differ is a complaint.
func TestComplaints(t *testing.T) {
	for _, tt := range []struct {
		name, archive string
		want          []string
	}{
		{"clean", "-- a.c --\nint f3(void)\n{\n}\n", nil},
		{"unexpected finding", "-- a.c --\nint f(void)\n{\n}\n", []string{"a.c:1:5: unexpected finding: f should be f3 [name]"}},
		{"missing finding", "-- a.c --\nint f3(void) // want \"x\"\n{\n}\n", []string{"a.c:1: want \"x\": nothing matches"}},
		{"wrong text", "-- a.c --\nint f(void) // want \"f4\"\n{\n}\n", []string{"unexpected finding", "nothing matches"}},
		{"missing note", "-- a.c --\nint f(void) // want \"f3\" note \"ends\"\n{\n}\n", []string{"a.c:1: note \"ends\": nothing matches"}},
		{"unexpected note", "notes: all\n-- a.c --\nint f(void) // want \"f3\"\n{\n}\n", []string{"a.c:3:1: unexpected note: it ends here"}},
		{"wrong fact", "-- a.c --\nint f3(void) // want f3:\"size.4\"\n{\n}\n", []string{"unexpected fact about f3: size(3)", "nothing matches"}},
		{"wrong golden", "-- a.c --\nint f(void) // want \"f3\"\n{\n}\n-- a.c.fixed --\nint f4(void)\n{\n}\n", []string{"a.c after fixes:\nint f3"}},
		{"golden without fix", "-- a.c --\nint f3(void)\n{\n}\n-- a.c.fixed --\n", []string{"a.c after fixes:"}},
		{"unexpected problem", "-- a.c --\n#error no\nint f3(void)\n{\n}\n", []string{"a.c: unexpected problem: "}},
		{"missing problem", "problem: \"no\"\n-- a.c --\nint f3(void)\n{\n}\n", []string{"no problem matches \"no\""}},
		{"missing golden", "-- a.c --\nint f3(void)\n{\n}\n-- b.c --\nint f(void) // want \"f3\"\n{\n}\n-- a.c.fixed --\nint f3(void)\n{\n}\n", []string{"no section b.c.fixed"}},
		{"outside the tree", "-- ../a.c --\n", []string{"not a name inside the tree"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := parse([]byte("headers: none\n" + tt.archive))
			if err != nil {
				t.Fatal(err)
			}
			got := demo().run(a, t.TempDir, false)
			if len(got) != len(tt.want) {
				t.Fatalf("complaints: %q, want %q", got, tt.want)
			}
			for _, w := range tt.want {
				if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, w) }) {
					t.Errorf("complaints: %q, want %q", got, w)
				}
			}
		})
	}
}
