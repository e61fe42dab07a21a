// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"kapilint/checks"
	"kapilint/checks/engine/driver"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/cmd/kapilint/internal/collect"
)

func runLint(ctx context.Context, req *Request) (*Findings, error) {
	outside, problems, err := readContracts(req.Specs, req.Tree)
	if err != nil {
		return nil, err
	}
	suite, err := checks.New(outside)
	if err != nil {
		return nil, err
	}
	picked, options, err := sameChecks(suite.Checks, req.Checks)
	if err != nil {
		return nil, err
	}
	all := suite.All(picked)
	if req.Verbose {
		all = append(all, collect.SayOpen(suite, req.Logf))
	}
	s := newSession(req, suite)
	defer s.close()
	if s.cfg.Facts != nil {
		s.cfg.Facts.Options = options + "\x00" + digestOf(req.Specs)
		s.cfg.Facts.KeepRuns = !req.Verbose
	}
	out, err := driver.Run(ctx, s.cfg, all, driver.Request{Check: req.Files, FactsOnly: req.Facts})
	if err != nil {
		return nil, err
	}
	s.tell(out)
	if outside != nil {
		isPicked := func(check string) bool {
			return slices.ContainsFunc(picked, func(a *lint.Analyzer) bool { return a.Name == check })
		}
		out.Result.Findings = append(out.Result.Findings, specproblem.Findings(outside.APIs, problems, isPicked)...)
		slices.SortFunc(out.Result.Findings, func(a, b report.Finding) int { return report.Compare(&a, &b) })
	}
	return &Findings{Result: out.Result, Problems: out.Problems, Read: s.env.Files.Content}, nil
}

// sameChecks returns the checks of a suite that have the names of the picked
// ones, with their options, and a text that tells options apart.
func sameChecks(all, picked []*lint.Analyzer) (same []*lint.Analyzer, options string, err error) {
	for _, p := range picked {
		i := slices.IndexFunc(all, func(a *lint.Analyzer) bool { return a.Name == p.Name })
		if i < 0 {
			return nil, "", fmt.Errorf("no check is named %s", p.Name)
		}
		same = append(same, all[i])
		p.Flags.VisitAll(func(f *flag.Flag) {
			if e := all[i].Flags.Set(f.Name, f.Value.String()); e != nil && err == nil {
				err = fmt.Errorf("--%s.%s: %w", p.Name, f.Name, e)
			}
			options += p.Name + "." + f.Name + "=" + f.Value.String() + "\n"
		})
	}
	return same, options, err
}
