// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"kapilint/checks"
	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/driver"
	"kapilint/checks/engine/facts"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cmd/kapilint/internal/collect"
	"kapilint/specmodel"
)

// Side is one side of a comparison of two programs.
type Side struct {
	Findings
	Set *specmodel.Set // the contracts of the interfaces that the request names
}

// runSide computes findings and contracts in one run, so that what both need is
// looked at once.
func runSide(ctx context.Context, req *Request) (*Side, error) {
	outside, _, err := readContracts(req.Specs, req.Tree)
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
	s := newSession(req, suite)
	defer s.close()
	if s.cfg.Facts != nil {
		s.cfg.Facts.Options = options + "\x00" + digestOf(req.Specs)
	}
	wanted := map[string]bool{}
	for _, name := range req.Names {
		wanted[name] = true
	}
	var got []*inferred.Contract
	collector := collect.New(suite, func(p entry.Point) bool { return wanted[p.Name] },
		func(_ entry.Point, c *inferred.Contract) { got = append(got, c) })
	if len(req.Only) > 0 {
		limit(suite, append(slices.Clone(req.Only), req.Names...))
	}
	var units []string
	for _, f := range req.Files {
		units = append(units, s.unitsOf(f)...)
	}
	var fresh *Contracts
	request := driver.Request{Check: units, Answer: func(out *driver.Outcome) ([]byte, error) {
		var err error
		if fresh, err = answer(req, results(suite, out), got); err != nil {
			return nil, err
		}
		return fresh.encode()
	}}
	if s.cfg.Facts != nil {
		s.cfg.Facts.KeepRuns = true
		s.cfg.Facts.Question = fmt.Sprintf("side %q %s", req.Only, question(req))
	}
	out, err := driver.Run(ctx, s.cfg, append(suite.All(picked), collector), request)
	if err != nil {
		return nil, err
	}
	s.tell(out)
	contracts := fresh
	if contracts == nil && out.Answer != nil {
		contracts, err = decodeContracts(out.Answer)
	}
	if contracts == nil && err == nil {
		contracts, err = answer(req, results(suite, out), got)
	}
	if err != nil {
		return nil, err
	}
	return &Side{Findings: Findings{Result: out.Result, Problems: out.Problems, Read: s.env.Files.Content}, Set: contracts.Set}, nil
}

// limit makes a suite know of some functions and system calls only.
func limit(suite *checks.Suite, names []string) {
	only := map[string]bool{}
	for _, n := range names {
		only[n] = true
	}
	link := suite.Outcomes.Link
	suite.Outcomes.Link = func(prog *facts.Program) (any, error) {
		result, err := link(prog)
		if r, ok := result.(*outcomes.Result); ok {
			r.Limit(func(p entry.Point) bool { return only[p.Name] })
		}
		return result, err
	}
}

// absolute is the request's overlay by absolute name.
func absolute(req *Request) map[string][]byte {
	out := make(map[string][]byte, len(req.Overlay))
	for name, text := range req.Overlay {
		out[req.Tree.Abs(name)] = text
	}
	return out
}

// layer names an overlay by its content.
func layer(overlay map[string][]byte) string {
	if len(overlay) == 0 {
		return ""
	}
	h := cache.NewHash("a layer over a tree")
	for _, name := range slices.Sorted(maps.Keys(overlay)) {
		h.String(name)
		if overlay[name] == nil {
			h.String("gone")
			continue
		}
		h.Bytes(overlay[name])
	}
	return h.Key().String()
}

// overlaid digests files with those of the request's overlay in their places.
func overlaid(req *Request, digest func(string) (cache.Key, error)) func(string) (cache.Key, error) {
	if len(req.Overlay) == 0 {
		return digest
	}
	over := absolute(req)
	return func(name string) (cache.Key, error) {
		text, ok := over[req.Tree.Abs(name)]
		switch {
		case !ok:
			return digest(name)
		case text == nil:
			return cache.Key{}, fs.ErrNotExist
		}
		return cache.Sum(text), nil
	}
}
