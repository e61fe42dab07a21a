// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kapilint/checks/lint"
	"kapilint/checks/report"
)

// lintAll looks at each configuration that -O names, and makes one report of
// what comes back. The request is that of the first.
func (c *call) lintAll(ctx context.Context, picked []*lint.Analyzer) (*Request, *Findings, error) {
	objs := c.opt.objs
	if len(objs) == 0 {
		objs = list{""}
	}
	var first *Request
	var all []*Findings
	for _, obj := range objs {
		c.opt.objs = nil
		if obj != "" {
			c.opt.objs = list{obj}
		}
		c.startProgress(obj, len(objs))
		req, err := c.request()
		if err != nil {
			return nil, nil, err
		}
		req.Checks = picked
		found, err := c.Engine.Lint(ctx, req)
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = req
		}
		all = append(all, found)
	}
	return first, mergeConfigs(objs, all), nil
}

// mergeConfigs makes one report of those of several configurations. What all
// of them say is said once; what only some say names them.
func mergeConfigs(objs []string, all []*Findings) *Findings {
	if len(all) == 1 {
		return all[0]
	}
	out := &Findings{Read: all[0].Read}
	where := map[string][]string{} // configurations by what was found
	for i, found := range all {
		for _, f := range found.Findings {
			key := fmt.Sprintf("%+v", f)
			if !slices.Contains(where[key], objs[i]) {
				where[key] = append(where[key], objs[i])
			}
		}
		for _, p := range found.Problems {
			p.Message = objs[i] + ": " + p.Message
			out.Problems = append(out.Problems, p)
		}
	}
	done := map[string]bool{}
	for _, found := range all {
		for _, f := range found.Findings {
			key := fmt.Sprintf("%+v", f)
			if done[key] {
				continue
			}
			done[key] = true
			if in := where[key]; len(in) < len(objs) {
				f.Notes = append(slices.Clone(f.Notes), report.Note{Place: f.Place, Message: "only with the objects in " + strings.Join(in, ", ")})
			}
			out.Findings = append(out.Findings, f)
		}
	}
	out.Findings = report.Sort(out.Findings)
	out.Units = mergeUnits(objs, all)
	return out
}

// mergeUnits says once how a unit fared, where that is the same in all the
// configurations that build it, and else how it fared in each.
func mergeUnits(objs []string, all []*Findings) []report.Unit {
	var paths []string
	states := map[string][]report.Unit{}
	in := map[string][]string{}
	for i, found := range all {
		for _, u := range found.Units {
			if states[u.Path] == nil {
				paths = append(paths, u.Path)
			}
			states[u.Path] = append(states[u.Path], u)
			in[u.Path] = append(in[u.Path], objs[i])
		}
	}
	rank := map[report.UnitState]int{report.Typed: 0, report.Partial: 1, report.Failed: 2}
	var out []report.Unit
	for _, path := range paths {
		us := states[path]
		same := !slices.ContainsFunc(us, func(u report.Unit) bool { return fmt.Sprintf("%+v", u) != fmt.Sprintf("%+v", us[0]) })
		if same {
			out = append(out, us[0])
			continue
		}
		unit := report.Unit{Path: path, State: report.Typed}
		for i, u := range us {
			if rank[u.State] > rank[unit.State] {
				unit.State = u.State
			}
			for _, r := range u.Reasons {
				r.Message += " (objects in " + in[path][i] + ")"
				unit.Reasons = append(unit.Reasons, r)
			}
		}
		out = append(out, unit)
	}
	return report.SortUnits(out)
}
