// SPDX-License-Identifier: GPL-2.0-only

// Package specproblem reports what is wrong with contracts by themselves, for
// the checks that share that work.
//
// The readers of contracts and [specmodel.API.Validate] find everything; each
// kind of problem belongs to one area, and each area to one check. A contract
// from outside the source is reported where it is read, without a unit; only
// what its expressions mean in a unit is reported here.
package specproblem

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/spec"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/specmodel"
)

// Areas says which check reports the problems of an area.
var Areas = map[specmodel.Area]string{
	specmodel.AreaSyntax:    "specsyntax",
	specmodel.AreaLimits:    "speclimits",
	specmodel.AreaValues:    "specvalues",
	specmodel.AreaSignature: "specsignature",
	specmodel.AreaNotation:  "specnotation",
}

// Check returns the check that reports the problems of an area in the contracts
// that specs collects. brief is its one line of help.
func Check(specs *lint.Analyzer, area specmodel.Area, brief string, about lint.Doc) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     Areas[area],
			Doc:      brief,
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				Report(pass, Of(cparse.Of(pass), spec.Of(pass, specs), area, false))
				return nil, nil
			},
		},
		About: about,
	}
}

// Of returns the problems of an area that the contracts of a unit have, in
// source order. Those that no author can repair are left out unless all is set.
func Of(u *cparse.Unit, res *spec.Result, area specmodel.Area, all bool) []specmodel.Problem {
	var list []specmodel.Problem
	add := func(problems []specmodel.Problem) {
		for _, p := range problems {
			if specmodel.AreaOf(p.ID) == area && (all || !specmodel.ToolOnly(p.ID)) {
				list = append(list, p)
			}
		}
	}
	add(res.Problems)
	for _, d := range res.Declared {
		if Inside(u, d.API) {
			add(d.API.Validate())
		}
	}
	for _, a := range res.Orphans {
		add(a.Validate())
	}
	slices.SortStableFunc(list, func(a, b specmodel.Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return slices.CompactFunc(list, func(a, b specmodel.Problem) bool {
		return a.Pos == b.Pos && a.ID == b.ID && a.Message == b.Message
	})
}

// Inside reports whether a contract was read from a file of the unit.
func Inside(u *cparse.Unit, a *specmodel.API) bool {
	return !a.Container.IsValid() && slices.Contains(u.MainFiles(), a.Pos.File)
}

// Report reports problems as findings of a check.
func Report(pass *analysis.Pass, problems []specmodel.Problem) {
	for _, p := range problems {
		opts := []lint.Opt{lint.WithSymbol(p.Symbol), lint.WithKey(key(p)), lint.WithSeverity(Severity(p))}
		if p.Fix != nil {
			var edits []lint.Edit
			for _, e := range p.Fix.Edits {
				edits = append(edits, lint.Edit{File: e.File, Start: e.Offset, End: e.EndOffset, New: e.New})
			}
			opts = append(opts, lint.WithFix(p.Fix.Message, edits...))
		}
		lint.Report(pass, lint.At(Site(p.Pos)), p.Message, opts...)
	}
}

// Site is the place where a position begins.
func Site(p specmodel.Pos) cfg.Site {
	return cfg.Site{File: p.File, Line: int32(p.Line), Col: int32(max(p.Col, 1))}
}

// Severity is that of the finding for a problem.
func Severity(p specmodel.Problem) report.Severity {
	switch p.Severity {
	case specmodel.Bad:
		return report.Error
	case specmodel.Note:
		return report.Info
	}
	return report.Warning
}

// Findings are the problems that contracts have without a unit, as findings of
// the picked checks. Nothing is said about functions, which are not there.
func Findings(apis []*specmodel.API, problems []specmodel.Problem, picked func(check string) bool) []report.Finding {
	for _, a := range apis {
		copied := a.Clone()
		copied.Resolve(nil) // names that it does not know get their values in a unit
		for _, p := range copied.Validate() {
			if a.Container.IsValid() {
				p.Pos, p.Fix = a.Container, nil // the place that the contract states is where it once was
			}
			problems = append(problems, p)
		}
	}
	first := map[string]*specmodel.API{}
	for _, a := range apis {
		if b := first[a.Name]; b != nil {
			problems = append(problems, specmodel.Problem{Pos: place(a), ID: "two-contracts", Symbol: a.Name, Severity: specmodel.Odd,
				Message: fmt.Sprintf("%s has two contracts; remove this one or that of %s", a.Name, place(b))})
			continue
		}
		first[a.Name] = a
	}
	var list []report.Finding
	for _, p := range problems {
		area := specmodel.AreaOf(p.ID)
		if area == specmodel.AreaSignature && p.ID != "no-name" && p.ID != "two-contracts" || specmodel.ToolOnly(p.ID) || !picked(Areas[area]) {
			continue
		}
		f := report.Finding{
			Check: Areas[area], Severity: Severity(p), Message: p.Message, Symbol: p.Symbol, Key: key(p),
			Place: report.Place{File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col, EndLine: p.Pos.Line, EndCol: p.Pos.Col,
				Offset: p.Pos.Offset, EndOffset: p.Pos.EndOffset},
		}
		if p.Fix != nil {
			fix := report.Fix{Message: p.Fix.Message}
			for _, e := range p.Fix.Edits {
				fix.Edits = append(fix.Edits, report.Edit(e))
			}
			f.Fixes = []report.Fix{fix}
		}
		list = append(list, f)
	}
	return list
}

// place is where a contract was read from.
func place(a *specmodel.API) specmodel.Pos {
	if a.Container.IsValid() {
		return a.Container
	}
	return a.Pos
}

var lineNumber = regexp.MustCompile(`\bline \d+`)

// key tells a problem apart from others of the contract, wherever it stands.
func key(p specmodel.Problem) string {
	return p.ID + ": " + lineNumber.ReplaceAllString(p.Message, "a line")
}
