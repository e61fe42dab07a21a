// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"fmt"
	"slices"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/reach"
	"kapilint/specmodel/diff"
)

// group is one change of several interfaces: a helper that returns another error
// is one line for a hundred system calls.
type group struct {
	change
	of []*change
}

// groups joins changes that say the same of different interfaces, the breaking
// ones first. An error that takes the place of another is said once, by the
// change that is worse.
func (rep *result) groups() []*group {
	var out []*group
	byText := map[string]*group{}
	for i := range rep.changes {
		ch := &rep.changes[i]
		if ch.paired() {
			continue
		}
		key := fmt.Sprintf("%s\x00%s\x00%v\x00%d", ch.Rule.ID, ch.says(), ch.At, ch.Patch)
		if ch.At.File == "" {
			key += fmt.Sprint("\x00", place(ch.NewPos))
		}
		g := byText[key]
		if g == nil {
			g = &group{change: *ch}
			byText[key] = g
			out = append(out, g)
		}
		g.of = append(g.of, ch)
	}
	slices.SortStableFunc(out, func(a, b *group) int {
		return slices.Index(diff.Severities, a.Rule.Severity) - slices.Index(diff.Severities, b.Rule.Severity)
	})
	return out
}

// says is the change without its interface.
func (ch *change) says() string {
	s := strings.TrimPrefix(ch.Message(), ch.Symbol+": ")
	old, isError := strings.CutPrefix(ch.Instead, "error ")
	now, alsoError := strings.CutPrefix(ch.Element, "error ")
	if isError && alsoError {
		rest := strings.TrimPrefix(s, ch.Element+" "+ch.Rule.Says)
		s = old + " becomes " + now + rest
	}
	return s
}

// maxNames is how many interfaces a line names unless all are asked for.
const maxNames = 8

// names lists the interfaces of a group.
func (g *group) names(all bool) string {
	var out []string
	for _, ch := range g.of {
		out = append(out, bare(ch.Symbol))
	}
	if n := len(out); n > maxNames && !all {
		out = append(out[:maxNames-1], fmt.Sprintf("%d more", n-maxNames+1))
	}
	return strings.Join(out, ", ")
}

// verdict says what a change means, and for whom.
func verdict(r *diff.Rule) string {
	switch r.Severity {
	case diff.Breaking:
		return "breaks " + subject(r.For)
	case diff.Warning:
		return "may break " + subject(r.For)
	}
	return "breaks nothing"
}

func subject(a diff.Audience) string {
	if a == diff.Binary {
		return "compiled programs"
	}
	return "callers"
}

// arrows is the way from the interface down to the changed declaration.
func arrows(way []reach.Step) string {
	var names []string
	for i := len(way) - 1; i >= 0; i-- {
		names = append(names, way[i].Name)
	}
	return strings.Join(names, " -> ")
}

// inGroups says the changes as findings, one for each group, at their places in
// the patch, with the ways from the interfaces to it as notes.
func (rep *result) inGroups(all bool) []report.Finding {
	var out []report.Finding
	for _, g := range rep.groups() {
		f := report.Finding{Check: g.Rule.ID, Severity: level(g.Rule.Severity), Symbol: g.Symbol, Place: g.At,
			Message: g.names(all) + ": " + g.says() + "; " + verdict(g.Rule) + rep.in(g.Patch)}
		if f.Place.File == "" {
			f.Place = place(g.NewPos)
		}
		for _, ch := range g.of {
			if n := len(ch.Way); n > 1 {
				last := ch.Way[n-1]
				f.Notes = append(f.Notes, report.Note{Place: report.Place{File: last.File, Line: last.Line}, Message: arrows(ch.Way)})
			}
		}
		out = append(out, f)
	}
	return out
}
