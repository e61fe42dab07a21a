// SPDX-License-Identifier: GPL-2.0-only

package collect

import (
	"golang.org/x/tools/go/analysis"

	"kapilint/checks"
	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/summary/outcomes"
)

// SayOpen returns an analyzer that tells, for each interface that has a
// contract, what the analysis does not know about it.
func SayOpen(suite *checks.Suite, logf func(format string, args ...any)) *lint.Analyzer {
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:     "sayopen",
		Doc:      "tell what is not known about interfaces with a contract",
		Requires: []*analysis.Analyzer{suite.Specs.Analyzer, suite.Outcomes.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, d := range spec.Of(pass, suite.Specs).Declared {
				c := outcomes.Of(pass, suite.Outcomes).Contract(d.Point)
				if c == nil {
					logf("%s: nothing is known of its body", d.Point.Name)
					continue
				}
				for _, s := range c.API.Open {
					logf("%s is open: %s:%d: %s", c.API.Name, s.File, s.Line, s.Note)
				}
			}
			return nil, nil
		},
	}}
}
