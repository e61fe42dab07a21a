// SPDX-License-Identifier: GPL-2.0-only

// Package specsyntax reports what cannot be read, or makes no sense, in the
// contracts of a unit.
package specsyntax

import (
	"golang.org/x/tools/go/analysis"

	"kapilint/checks/lint"
	"kapilint/checks/report"
	"kapilint/checks/spec"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "specsyntax",
			Doc:      "report what cannot be read in a contract",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				res := spec.Of(pass, specs)
				for _, p := range res.Problems {
					tell(pass, p)
				}
				for _, d := range res.Declared {
					for _, p := range d.API.Validate() {
						tell(pass, p)
					}
				}
				return nil, nil
			},
		},
		About: lint.Doc{
			Title:    "Contracts that cannot be read as meant",
			Severity: report.Warning,
			Since:    "0.1",
			Text: `A tag that nobody recognises, a range that does not parse, an error that has no
such name, a parameter that the function does not have: each is a promise that
looks made and is not, since the kernel's own tools pass over it in silence.`,
			Before: ` * param: flgs
 *   type: int, input
 *   constraint-type: range(1,`,
			After: ` * param: flags
 *   type: int, input
 *   constraint-type: range(1, 10)`,
			Limits: `Differences between the framework's own two readers are told as notes of the
readers, not by this check.`,
		},
	}
}

func tell(pass *analysis.Pass, p specmodel.Problem) {
	if p.Severity == specmodel.Note {
		return
	}
	severity := report.Warning
	if p.Severity == specmodel.Bad {
		severity = report.Error
	}
	at := cfg.Site{File: p.Pos.File, Line: int32(p.Pos.Line), Col: int32(max(p.Pos.Col, 1))}
	lint.Report(pass, lint.At(at), p.Message,
		lint.WithSymbol(p.Symbol), lint.WithKey(p.ID), lint.WithSeverity(severity))
}
