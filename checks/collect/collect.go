// SPDX-License-Identifier: GPL-2.0-only

// Package collect gathers inferred contracts from the units of a run, for those
// who want to see them and not to compare them.
package collect

import (
	"sync"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/entry"
	"kapilint/checks/inferred"
	"kapilint/checks/lint"
	"kapilint/checks/summary/outcomes"
	"kapilint/cparse"
)

// Sink takes the contracts. It is safe for concurrent use.
type Sink struct {
	// Functions are the plain functions wanted, besides all system calls, by
	// the file that defines them.
	Functions map[string]map[string]bool

	mu    sync.Mutex
	found []*inferred.Contract
}

// Found returns what has been collected, in no fixed order.
func (s *Sink) Found() []*inferred.Contract {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found
}

// New returns an analyzer that puts the contracts of a unit's system calls, and
// of the functions that sink wants, into sink.
func New(outs *lint.Analyzer, sink *Sink) *lint.Analyzer {
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:     "collect",
		Doc:      "collect inferred contracts",
		Requires: []*analysis.Analyzer{cparse.Analyzer, outs.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			u := cparse.Of(pass)
			points := entry.Syscalls(u)
			wanted := sink.Functions[u.Path]
			for _, p := range entry.Functions(u) {
				if wanted[p.Name] {
					points = append(points, p)
				}
			}
			for _, p := range points {
				if c := outcomes.Of(pass, outs).Contract(p); c != nil {
					sink.mu.Lock()
					sink.found = append(sink.found, c)
					sink.mu.Unlock()
				}
			}
			return nil, nil
		},
	}}
}
