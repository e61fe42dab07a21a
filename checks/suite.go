// SPDX-License-Identifier: GPL-2.0-only

// Package checks lists what kapilint checks.
//
// A check compares the contract that is declared for a function with what the
// code does. The list is written by hand; a test compares it with the folders.
package checks

import (
	"fmt"

	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/known"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/summary/body"
	"kapilint/checks/knowledge/summary/callbacks"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/checks/passes/errleak"
	"kapilint/checks/passes/errstale"
	"kapilint/checks/passes/errunlisted"
	"kapilint/checks/passes/paramrange"
	"kapilint/checks/passes/speclimits"
	"kapilint/checks/passes/specmissing"
	"kapilint/checks/passes/specnotation"
	"kapilint/checks/passes/specsignature"
	"kapilint/checks/passes/specsyntax"
	"kapilint/checks/passes/specvalues"
	"kapilint/specmodel"
)

// Suite is a set of analyzers that belong together: they share one run's
// summaries and contracts.
type Suite struct {
	Checks []*lint.Analyzer // sorted by name

	Bodies, Callbacks, Outcomes, Specs *lint.Analyzer

	Known *known.Table
}

// New returns the suite. outside holds contracts kept outside the source; they
// apply to functions by name. It may be nil.
func New(outside *specmodel.Set) (*Suite, error) {
	table, err := known.Load()
	if err != nil {
		return nil, fmt.Errorf("built-in knowledge: %w", err)
	}
	s := &Suite{Known: table}
	s.Bodies = body.New()
	s.Callbacks = callbacks.New()
	s.Outcomes = outcomes.New(s.Bodies, s.Callbacks, table)
	s.Specs = spec.New(outside)
	s.Checks = []*lint.Analyzer{
		errleak.New(s.Specs, s.Outcomes),
		errstale.New(s.Specs, s.Outcomes),
		errunlisted.New(s.Specs, s.Outcomes),
		paramrange.New(s.Specs, s.Outcomes),
		speclimits.New(s.Specs),
		specmissing.New(s.Specs),
		specnotation.New(s.Specs),
		specsignature.New(s.Specs),
		specsyntax.New(s.Specs),
		specvalues.New(s.Specs),
	}
	return s, nil
}

// All returns the analyzers of the suite: the checks picked and all that
// computes something for them.
func (s *Suite) All(picked []*lint.Analyzer) []*lint.Analyzer {
	return append([]*lint.Analyzer{s.Bodies, s.Callbacks, s.Outcomes, s.Specs}, picked...)
}
