// SPDX-License-Identifier: GPL-2.0-only

// Package collect takes inferred contracts out of a run of the driver.
//
// A contract is known where a check asks for it, in the check phase. So what
// wants to see contracts and no findings takes the place of a check.
package collect

import (
	"sync"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks"
	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cparse"
)

// New returns an analyzer that hands inferred contracts of the units of a run to
// use, one at a time, in no fixed order: those of the interfaces that want
// picks. No others are computed.
func New(suite *checks.Suite, want func(entry.Point) bool, use func(entry.Point, *inferred.Contract)) *lint.Analyzer {
	return collector("collect", suite, want, use)
}

// Syscalls is New for runs in which want picks system calls only: units without
// any are passed over.
func Syscalls(suite *checks.Suite, want func(entry.Point) bool, use func(entry.Point, *inferred.Contract)) *lint.Analyzer {
	a := collector("collectsyscalls", suite, want, use)
	a.Relevant = func(pass *analysis.Pass) bool { return len(entry.Syscalls(cparse.Of(pass))) > 0 }
	return a
}

func collector(name string, suite *checks.Suite, want func(entry.Point) bool, use func(entry.Point, *inferred.Contract)) *lint.Analyzer {
	var mu sync.Mutex
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:     name,
		Doc:      "collect the contracts that the code has",
		Requires: []*analysis.Analyzer{cparse.Analyzer, suite.Outcomes.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			u := cparse.Of(pass)
			for _, p := range append(entry.Syscalls(u), entry.Functions(u)...) {
				if !want(p) {
					continue
				}
				if got := outcomes.Of(pass, suite.Outcomes).Contract(p); got != nil {
					mu.Lock()
					use(p, got)
					mu.Unlock()
				}
			}
			return nil, nil
		},
	}}
}
