// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
)

// lintAll looks at each configuration that -O names, and makes one report of
// what comes back. The request is that of the first.
func (c *call) lintAll(ctx context.Context, picked []*lint.Analyzer) (*engine.Request, *engine.Findings, error) {
	objs := c.Objs
	if len(objs) == 0 {
		objs = cli.List{""}
	}
	var first *engine.Request
	var all []*engine.Findings
	for _, obj := range objs {
		c.Objs = nil
		if obj != "" {
			c.Objs = cli.List{obj}
		}
		c.StartProgress(obj, len(objs))
		req, err := c.request()
		if err != nil {
			return nil, nil, err
		}
		req.Checks = picked
		found, err := cli.Promptly(ctx, func() (*engine.Findings, error) { return c.Engine.Lint(ctx, req) })
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
// of them say is said once, with the evidence of the first; what only some say
// names them.
func mergeConfigs(objs []string, all []*engine.Findings) *engine.Findings {
	if len(all) == 1 {
		return all[0]
	}
	out := &engine.Findings{Read: all[0].Read}
	where := map[string][]string{} // configurations by what was found
	for i, found := range all {
		for _, f := range found.Findings {
			key := claim(&f)
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
			key := claim(&f)
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

// claim tells findings apart by what they say. The way through the code that
// shows it may differ from configuration to configuration.
func claim(f *report.Finding) string {
	return fmt.Sprintf("%q %q %q %q %+v", f.Rule(), f.Symbol, f.Key, f.Message, f.Place)
}

// mergeUnits says how each unit fared in the configurations that build it, the
// worst state counting. A reason that not all of them give names those that do.
func mergeUnits(objs []string, all []*engine.Findings) []report.Unit {
	type cause struct {
		path   string
		reason report.Problem
	}
	builds := map[string]int{} // configurations that build a unit
	where := map[cause][]string{}
	for i, found := range all {
		for _, u := range found.Units {
			builds[u.Path]++
			for _, r := range u.Reasons {
				if c := (cause{u.Path, r}); !slices.Contains(where[c], objs[i]) {
					where[c] = append(where[c], objs[i])
				}
			}
		}
	}
	var units []report.Unit
	for _, found := range all {
		for _, u := range found.Units {
			u.Reasons = slices.Clone(u.Reasons)
			for i, r := range u.Reasons {
				if in := where[cause{u.Path, r}]; len(in) < builds[u.Path] {
					u.Reasons[i].Message += " (objects in " + strings.Join(in, ", ") + ")"
				}
			}
			units = append(units, u)
		}
	}
	return report.SortUnits(units)
}
