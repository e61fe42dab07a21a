// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
)

// newPass makes the pass of a over the unit. Misuse by the analyzer panics at
// the call, where the reader of the trace can see it.
func (u *unit) newPass(a *analysis.Analyzer, in map[*analysis.Analyzer]any) *analysis.Pass {
	box := new(lint.Box)
	in[lint.Sidecar] = box
	declared := map[reflect.Type]bool{}
	for _, f := range a.FactTypes {
		declared[reflect.TypeOf(f)] = true
	}
	u0 := u.syntax
	return &analysis.Pass{
		Analyzer: a, Fset: u0.Fset, Pkg: u.pkg, OtherFiles: u0.Files(), TypesInfo: new(types.Info),
		ResultOf: in, ReadFile: u0.ReadFile,
		Report: func(d analysis.Diagnostic) {
			if len(a.FactTypes) > 0 {
				panic(fmt.Sprintf("%s summarizes and must not report: its facts are cached, its findings would be lost", a))
			}
			if err := lint.CheckFixes(u0.Fset, d.SuggestedFixes); err != nil {
				panic(fmt.Sprintf("%s: %v", a, err))
			}
			u.findings = append(u.findings, u.resolve(u0.Fset, a, &d, box.Take()))
		},
		ImportObjectFact: func(o types.Object, f analysis.Fact) bool {
			if !declared[reflect.TypeOf(f)] {
				panic(fmt.Sprintf("%s reads %T, which it does not declare", a, f))
			}
			if u.checking {
				return u.run.store.Get(o, f)
			}
			return u.local.Get(o, f)
		},
		ExportObjectFact: func(o types.Object, f analysis.Fact) {
			if !declared[reflect.TypeOf(f)] {
				panic(fmt.Sprintf("%s exports %T, which it does not declare", a, f))
			}
			if err := u.local.Export(o, f); err != nil {
				panic(fmt.Sprintf("%s: %v", a, err))
			}
		},
		AllObjectFacts: func() []analysis.ObjectFact {
			if u.checking {
				return u.run.store.All(a.FactTypes)
			}
			return u.local.All(a.FactTypes)
		},
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(f analysis.Fact) { panic(fmt.Sprintf("%s exports %T about a unit; facts are about symbols", a, f)) },
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
	}
}

// resolve turns a diagnostic into a finding that needs no FileSet.
func (u *unit) resolve(fset *token.FileSet, a *analysis.Analyzer, d *analysis.Diagnostic, details *lint.Details) report.Finding {
	f := report.Finding{
		Check: a.Name, Category: d.Category, Message: d.Message,
		Place: placeOf(fset, d.Pos, d.End),
	}
	if w := u.run.wrap[a]; w != nil {
		f.Severity = w.About.Severity
	}
	var steps []lint.Step
	if details != nil {
		f.Symbol, f.Key, steps = details.Symbol, details.Key, details.Steps
		f.Severity = cmp.Or(details.Severity, f.Severity)
		if !d.Pos.IsValid() {
			f.Place = unread(details.Place.File, int(details.Place.Line), int(details.Place.Col))
		}
	}
	f.Severity = cmp.Or(f.Severity, report.Warning)
	f.Place.File = cmp.Or(f.Place.File, u.path)
	for i, r := range d.Related {
		n := report.Note{Place: placeOf(fset, r.Pos, r.End), Message: r.Message}
		if i < len(steps) {
			n.Depth = steps[i].Depth
			if s := steps[i].At; !r.Pos.IsValid() {
				n.Place = unread(s.File, int(s.Line), int(s.Col))
			}
		}
		n.Place.File = cmp.Or(n.Place.File, u.path)
		f.Notes = append(f.Notes, n)
	}
	for _, sf := range d.SuggestedFixes {
		fix := report.Fix{Message: sf.Message}
		for _, e := range sf.TextEdits {
			p := placeOf(fset, e.Pos, e.End)
			fix.Edits = append(fix.Edits, report.Edit{File: p.File, Offset: p.Offset, EndOffset: p.EndOffset, New: string(e.NewText)})
		}
		f.Fixes = append(f.Fixes, fix)
	}
	return f
}

// placeOf resolves a range; an end that is not there, or not in the same file,
// is the start.
func placeOf(fset *token.FileSet, pos, end token.Pos) report.Place {
	file := fset.File(pos)
	if file == nil {
		return report.Place{}
	}
	if end < pos || fset.File(end) != file {
		end = pos
	}
	p, e := file.PositionFor(pos, false), file.PositionFor(end, false)
	return report.Place{
		File: p.Filename, Line: p.Line, Col: p.Column, Offset: p.Offset,
		EndLine: e.Line, EndCol: e.Column, EndOffset: e.Offset,
	}
}

// unread is a place in a file whose text is not at hand: the offsets are 0.
func unread(file string, line, col int) report.Place {
	return report.Place{File: file, Line: line, Col: col, EndLine: line, EndCol: col}
}
