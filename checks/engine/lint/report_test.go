// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"fmt"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse/cfg"
)

const code = "int f(void)\n{\n\tlabel_1: return -EÄ;\n}\n"

// run calls f with a pass over one file and returns what it reported.
func run(t *testing.T, f func(*analysis.Pass)) (*token.FileSet, []analysis.Diagnostic, []*Details) {
	t.Helper()
	box := &Box{}
	var ds []analysis.Diagnostic
	var details []*Details
	pass := &analysis.Pass{
		Analyzer: &analysis.Analyzer{Name: "demo"},
		Fset:     token.NewFileSet(),
		ResultOf: map[*analysis.Analyzer]any{Sidecar: box},
		ReadFile: func(name string) ([]byte, error) {
			if name != "a.c" {
				return nil, fs.ErrNotExist
			}
			return []byte(code), nil
		},
		Report: func(d analysis.Diagnostic) {
			ds = append(ds, d)
			details = append(details, box.Take())
		},
	}
	f(pass)
	return pass.Fset, ds, details
}

func site(line, col int32) cfg.Site { return cfg.Site{File: "a.c", Line: line, Col: col} }

func TestReport(t *testing.T) {
	fset, ds, details := run(t, func(pass *analysis.Pass) {
		Report(pass, At(site(1, 5)), "m",
			WithCategory("c"), WithSymbol("f"), WithKey("k"),
			WithEvidence(Step{Range: Span(site(3, 2), site(3, 9)), Message: "one", Depth: 1}),
			WithNote(cfg.Site{File: "gone.c", Line: 7, Col: 3}, "two"),
			WithFix("Edit", Edit{"a.c", 10, 11, "x"}, Edit{"a.c", 0, 0, "static "}))
		Report(pass, At(site(3, 20)), "wide")
		Report(pass, At(site(99, 1)), "nowhere")
		pass.Report(analysis.Diagnostic{Message: "bare"})
	})
	where := func(pos, end token.Pos) string {
		p, e := fset.Position(pos), fset.Position(end)
		return fmt.Sprintf("%s:%d:%d-%d", p.Filename, p.Line, p.Column, e.Column)
	}
	if got := where(ds[0].Pos, ds[0].End); got != "a.c:1:5-6" {
		t.Errorf("finding at %s", got)
	}
	if got := where(ds[0].Related[0].Pos, ds[0].Related[0].End); got != "a.c:3:2-9" {
		t.Errorf("note at %s", got)
	}
	if ds[0].Related[1].Pos.IsValid() {
		t.Error("a note in a file that is not there has a position")
	}
	if got := details[0].Steps[1].At.Line; got != 7 {
		t.Errorf("the place of an unreadable note is lost: line %d", got)
	}
	edits := ds[0].SuggestedFixes[0].TextEdits
	if len(edits) != 2 || edits[0].Pos >= edits[1].Pos {
		t.Errorf("edits are not sorted: %v", edits)
	}
	want := Details{Symbol: "f", Key: "k", Place: site(1, 5)}
	got := *details[0]
	got.Steps = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("details are %+v, want %+v", got, want)
	}
	if got := where(ds[1].Pos, ds[1].End); got != "a.c:3:20-22" {
		t.Errorf("a letter of two bytes at %s", got)
	}
	if ds[2].Pos.IsValid() || ds[2].Message != "nowhere" {
		t.Errorf("finding at a line that is not there: %+v", ds[2])
	}
	if details[3] != nil {
		t.Error("a plain diagnostic got the details of the one before")
	}
	n := 0
	for range fset.Iterate {
		n++
	}
	if n != 1 {
		t.Errorf("the file was added %d times", n)
	}
}

func TestReportRefusesBadFixes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		opts  []Opt
		panic string
	}{
		{"no message", []Opt{WithFix("", Edit{"a.c", 0, 0, "x"})}, "no message"},
		{"no edits", []Opt{WithFix("Fix")}, "no edits"},
		{"same message", []Opt{WithFix("Fix", Edit{"a.c", 0, 0, "x"}), WithFix("Fix", Edit{"a.c", 0, 0, "y"})}, "two fixes"},
		{"missing file", []Opt{WithFix("Fix", Edit{"b.c", 0, 0, "x"})}, "cannot read"},
		{"outside", []Opt{WithFix("Fix", Edit{"a.c", 0, len(code) + 1, "x"})}, "are not in"},
		{"backwards", []Opt{WithFix("Fix", Edit{"a.c", 3, 2, "x"})}, "are not in"},
		{"overlap", []Opt{WithFix("Fix", Edit{"a.c", 0, 4, "x"}, Edit{"a.c", 3, 5, "y"})}, "overlap"},
		{"two insertions at one place", []Opt{WithFix("Fix", Edit{"a.c", 3, 3, "x"}, Edit{"a.c", 3, 3, "y"})}, "overlap"},
		{"no change", []Opt{WithFix("Fix", Edit{"a.c", 3, 3, ""})}, "changes nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), tt.panic) {
					t.Errorf("panic is %v, want %q", r, tt.panic)
				}
			}()
			run(t, func(pass *analysis.Pass) { Report(pass, At(site(1, 5)), "m", tt.opts...) })
		})
	}
}

func TestReportUnderAForeignDriver(t *testing.T) {
	var got []analysis.Diagnostic
	pass := &analysis.Pass{
		Analyzer: &analysis.Analyzer{Name: "demo"}, Fset: token.NewFileSet(),
		ReadFile: func(string) ([]byte, error) { return []byte(code), nil },
		Report:   func(d analysis.Diagnostic) { got = append(got, d) },
	}
	Report(pass, At(site(1, 5)), "m", WithKey("k"))
	if len(got) != 1 || !got[0].Pos.IsValid() {
		t.Errorf("got %+v", got)
	}
}
