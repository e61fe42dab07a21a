// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"kapilint/cmd/kapilint/internal/suggest"
	"kapilint/cparse/flow"

	"context"
	"fmt"
	"slices"

	"kapilint/checks"
	"kapilint/checks/engine/driver"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cmd/kapilint/internal/collect"
	"kapilint/specmodel"
)

func runInfer(ctx context.Context, req *Request) (*Contracts, error) {
	suite, err := checks.New(nil)
	if err != nil {
		return nil, err
	}
	s := newSession(req, suite)
	defer s.close()
	files := map[string]bool{}
	var check, look []string
	if len(req.Sets) > 0 {
		look = req.Files
	} else {
		check = slices.Clone(req.Files)
	}
	for _, f := range check {
		files[f] = true
	}
	wanted := map[string]bool{}
	for _, name := range req.Names {
		units, called, err := s.defining(name)
		if err != nil {
			return nil, err
		}
		check = append(check, units...)
		for _, n := range called {
			wanted[n] = true
		}
	}
	want := func(p entry.Point) bool {
		switch {
		case wanted[p.Name]:
			return true
		case p.Kind != specmodel.Syscall:
			return false
		}
		return files[p.At.File] || slices.ContainsFunc(s.unitsOf(p.At.File), func(u string) bool { return files[u] })
	}
	var got []*inferred.Contract
	collecting := collect.New
	if len(req.Names) == 0 {
		collecting = collect.Syscalls
	}
	collector := collecting(suite, want, func(_ entry.Point, c *inferred.Contract) { got = append(got, c) })
	var fresh *Contracts
	request := driver.Request{
		Check: check, Summarize: look, Link: len(req.Sets) > 0, FactsOnly: req.Facts,
		Answer: func(out *driver.Outcome) ([]byte, error) {
			var err error
			if fresh, err = answer(req, results(suite, out), got); err != nil {
				return nil, err
			}
			return fresh.encode()
		},
	}
	if s.cfg.Facts != nil {
		s.cfg.Facts.KeepRuns = true
		s.cfg.Facts.Question = question(req)
	}
	out, err := driver.Run(ctx, s.cfg, append(suite.All(nil), collector), request)
	if err != nil {
		return nil, err
	}
	s.tell(out)
	switch {
	case out.Answer != nil:
		fresh, err = decodeContracts(out.Answer)
	case fresh == nil:
		fresh, err = answer(req, results(suite, out), got)
	}
	if err != nil {
		return nil, err
	}
	fresh.Units, fresh.Problems = out.Units, out.Problems
	return fresh, nil
}

// answer puts together what the request asks for.
func answer(req *Request, r *outcomes.Result, got []*inferred.Contract) (*Contracts, error) {
	set := &specmodel.Set{}
	set.Add(apis(req, r, got)...)
	c := &Contracts{Set: set, Kinds: openKinds(got)}
	if r != nil {
		callbacks, err := contractsOfSets(req, r)
		if err != nil {
			return nil, err
		}
		set.Add(callbacks...)
		c.Work = r.Counts()
	}
	set.Sort()
	return c, nil
}

// results returns what the run knows about functions, nil where it was only to
// keep facts.
func results(suite *checks.Suite, out *driver.Outcome) *outcomes.Result {
	r, _ := out.Linked[suite.Outcomes.Analyzer].(*outcomes.Result)
	return r
}

// contractsOfSets returns the contracts of the sets that the request names.
func contractsOfSets(req *Request, r *outcomes.Result) ([]*specmodel.API, error) {
	var out []*specmodel.API
	for i, name := range req.Sets {
		s := r.Set(name)
		if slices.ContainsFunc(req.Sets[:i], func(other string) bool { return r.Set(other) == s }) {
			continue // by another of its names
		}
		if len(s.Callees) == 0 && len(s.Unknown) == 0 {
			known := r.Sets()
			if i := slices.Index(known, s.Name); i >= 0 {
				known = slices.Delete(known, i, i+1)
			}
			return nil, fmt.Errorf("no function is put into %s in the files looked at%s", name,
				suggest.Hint(name, known, ""))
		}
		out = append(out, s.API())
	}
	return out, nil
}

// apis returns contracts in the model's form, with the errors that only
// callbacks give them where the request asks for these.
func apis(req *Request, r *outcomes.Result, contracts []*inferred.Contract) []*specmodel.API {
	var out []*specmodel.API
	for _, c := range contracts {
		if req.Callbacks && r != nil {
			out = append(out, c.WithCallbacks(r.FromCallbacks(c)))
			continue
		}
		out = append(out, c.API)
	}
	return out
}

// kindOf names the kind of what keeps a contract open.
func kindOf(o flow.Open) string {
	switch o.Kind {
	case flow.OpenPointer:
		return "callback"
	case flow.OpenBudget:
		return "budget"
	case flow.OpenBody:
		return "body"
	case flow.OpenMemory:
		return "memory"
	}
	return "function"
}

// openKinds returns the kinds of all that keeps contracts open, by its text.
func openKinds(contracts []*inferred.Contract) map[string]string {
	out := map[string]string{}
	for _, c := range contracts {
		for _, o := range c.Open {
			out[inferred.OpenText(o)] = kindOf(o)
		}
	}
	return out
}
