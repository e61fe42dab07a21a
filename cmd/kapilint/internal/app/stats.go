// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

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
	Reasons    []reason `json:"reasons"`          // why interfaces are not closed, the most frequent first
}

// reason is what keeps interfaces from being closed.
type reason struct {
	Text       string   `json:"reason"`
	Interfaces []string `json:"interfaces"`
}

func newStats(got *Contracts) *stats {
	s := &stats{
		Schema: statsSchema, Interfaces: len(got.Set.APIs), Reasons: []reason{},
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
				r = &reason{Text: o.Note}
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
	return s
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
func (c *call) printStats(tree *kbuild.Tree, got *Contracts) error {
	c.clearProgress()
	text := c.text(tree)
	if err := errors.Join(text.Problems(c.Stderr, got.Problems), text.Units(c.Stderr, got.Units)); err != nil {
		return err
	}
	s := newStats(got)
	return c.output(func(w io.Writer) error {
		if c.opt.format != "json" {
			return s.print(w, c.opt.verbose)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(s)
	})
}
