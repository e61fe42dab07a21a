// SPDX-License-Identifier: GPL-2.0-only

package infer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cparse/kbuild"
)

// statsSchema names the JSON form of the statistics.
const statsSchema = "kapilint.stats/1"

// stats says how much is known of a set of inferred contracts.
type stats struct {
	Schema     string   `json:"schema"`
	Interfaces int      `json:"interfaces"`
	Closed     int      `json:"closed"` // all their errors are known
	Errors     int      `json:"errors"`
	Functions  int      `json:"functions"` // analysed for them
	Kept       int      `json:"outcomes_kept"`
	Dropped    int      `json:"outcomes_dropped"` // at calls whose arguments rule them out
	Kinds      []kind   `json:"kinds"`            // of the reasons
	Reasons    []reason `json:"reasons"`          // why interfaces are not closed
}

// kind sums up reasons of one kind. Kinds and reasons are sorted by how many
// interfaces they concern, most first.
type kind struct {
	Name       string `json:"kind"`
	Reasons    int    `json:"reasons"`
	Interfaces int    `json:"interfaces"` // that have one of the reasons or more
}

// reason is what keeps interfaces from being closed.
type reason struct {
	Kind       string   `json:"kind"`
	Text       string   `json:"reason"`
	Interfaces []string `json:"interfaces"`
}

// otherKind is that of reasons that only the implementations of a callback have.
const otherKind = "other"

// kindTexts says in words what the kinds of reasons mean.
var kindTexts = map[string]string{
	"callback": "calls through pointers",
	"function": "functions whose body is not known",
	"budget":   "functions too large to analyse",
	"body":     "bodies that cannot be expressed",
	"memory":   "values computed or kept in memory",
	otherKind:  "implementations of callbacks",
}

func newStats(got *engine.Contracts) *stats {
	s := &stats{
		Schema: statsSchema, Interfaces: len(got.Set.APIs), Kinds: []kind{}, Reasons: []reason{},
		Functions: got.Work.Functions, Kept: got.Work.Kept, Dropped: got.Work.Dropped,
	}
	by := map[string]*reason{}
	for _, a := range got.Set.APIs {
		s.Errors += len(a.Errors)
		if a.Closed {
			s.Closed++
		}
		for _, o := range a.Open {
			r := by[o.Note]
			if r == nil {
				r = &reason{Kind: cmp.Or(got.Kinds[o.Note], otherKind), Text: o.Note}
				by[o.Note] = r
			}
			if !slices.Contains(r.Interfaces, a.Name) {
				r.Interfaces = append(r.Interfaces, a.Name)
			}
		}
	}
	for _, r := range by {
		s.Reasons = append(s.Reasons, *r)
	}
	slices.SortFunc(s.Reasons, func(a, b reason) int {
		return cmp.Or(cmp.Compare(len(b.Interfaces), len(a.Interfaces)), cmp.Compare(a.Text, b.Text))
	})
	s.Kinds = append(s.Kinds, kindsOf(s.Reasons)...)
	return s
}

func kindsOf(reasons []reason) []kind {
	count := map[string]int{}
	open := map[string]map[string]bool{} // interfaces by kind
	for _, r := range reasons {
		if open[r.Kind] == nil {
			open[r.Kind] = map[string]bool{}
		}
		count[r.Kind]++
		for _, name := range r.Interfaces {
			open[r.Kind][name] = true
		}
	}
	var out []kind
	for name, interfaces := range open {
		out = append(out, kind{Name: name, Reasons: count[name], Interfaces: len(interfaces)})
	}
	slices.SortFunc(out, func(a, b kind) int {
		return cmp.Or(cmp.Compare(b.Interfaces, a.Interfaces), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// maxReasons bounds the reasons that are printed without --verbose.
const maxReasons = 40

func (s *stats) print(w io.Writer, verbose bool) error {
	var err error
	line := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	line("%s, %d closed, %d open, with %s", output.Plural(s.Interfaces, "interface"), s.Closed, s.Interfaces-s.Closed, output.Plural(s.Errors, "error"))
	line("%s analysed; at their calls %s possible, %d ruled out by the arguments",
		output.Plural(s.Functions, "function"), output.Plural(s.Kept, "outcome"), s.Dropped)
	if len(s.Reasons) == 0 {
		return err
	}
	line("\nWhat keeps interfaces open, by how many of them:")
	for _, k := range s.Kinds {
		line("%5d  %s (%s)", k.Interfaces, kindTexts[k.Name], output.Plural(k.Reasons, "reason"))
	}
	line("")
	for i, r := range s.Reasons {
		if i == maxReasons && !verbose {
			line("       and %s more, which --verbose lists", output.Plural(len(s.Reasons)-i, "reason"))
			break
		}
		line("%5d  %s", len(r.Interfaces), r.Text)
		if !verbose {
			continue
		}
		for _, name := range r.Interfaces {
			line("         %s", name)
		}
	}
	return err
}

// printStats prints how the units fared, and the statistics.
func (c *call) printStats(tree *kbuild.Tree, got *engine.Contracts) error {
	if err := c.TellUnits(tree, got.Problems, got.Units); err != nil {
		return err
	}
	s := newStats(got)
	return c.Output(func(w io.Writer) error {
		if c.Format != "json" {
			return s.print(w, c.Verbose)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(s)
	})
}
