// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"path"
	"slices"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/patch"
	"kapilint/cmd/kapilint/internal/reach"
	"kapilint/specmodel/diff"
)

// judge compares versions: the first with the last, and each with the next.
func (c *call) judge(rep *result, versions []*version, sc *scope) {
	first, last := versions[0].side, versions[len(versions)-1].side
	rep.read = last.Read
	rep.units = newlyPartial(first.Units, last.Units)
	rep.failed = rep.failed || len(rep.units) > 0 || slices.ContainsFunc(last.Units, func(u report.Unit) bool { return u.State == report.Failed })
	rep.changes = c.contracts(first, last, sc)
	rep.caused = c.only(last.Findings.Findings, first.Findings.Findings)
	rep.repaired = c.only(first.Findings.Findings, last.Findings.Findings)
	for i := range rep.patches {
		p := &rep.patches[i]
		a, b := versions[i].side, versions[i+1].side
		if a == b {
			continue
		}
		step := c.contracts(a, b, sc)
		for k := range step {
			step[k].Patch, step[k].At = i+1, p.place(&step[k])
			for n := range rep.changes {
				if w := &rep.changes[n]; w.of(&step[k]) {
					w.Patch, w.At = i+1, step[k].At
				}
			}
		}
		pair(step)
		for k := range step {
			switch {
			case step[k].paired():
			case step[k].Rule.Severity == diff.Breaking:
				p.Breaking++
			default:
				p.Other++
			}
		}
		caused, repaired := c.only(b.Findings.Findings, a.Findings.Findings), c.only(a.Findings.Findings, b.Findings.Findings)
		p.Caused, p.Repaired = len(caused), len(repaired)
		mark(rep.caused, caused, i+1)
		mark(rep.repaired, repaired, i+1)
	}
	pair(rep.changes)
}

// of tells whether two changes are of the same part of a contract, in the same
// direction.
func (ch *change) of(other *change) bool {
	return ch.Symbol == other.Symbol && ch.Element == other.Element && ch.Rule == other.Rule
}

// paired tells whether another change says this one, too: the error that comes
// instead of it.
func (ch *change) paired() bool { return ch.Instead != "" && ch.Rule.Action == "removed" }

// pair joins an error that is gone with the one that the same line of a patch
// has put in its place.
func pair(changes []change) {
	type spot struct {
		symbol string
		patch  int
		at     report.Place
	}
	gone, come := map[spot][]int{}, map[spot][]int{}
	for i := range changes {
		ch := &changes[i]
		k := spot{ch.Symbol, ch.Patch, ch.At}
		switch id := ch.Rule.ID; {
		case ch.At.File == "":
		case id == "errno-removed", id == "errno-seen-removed", id == "errno-own-removed":
			gone[k] = append(gone[k], i)
		case id == "errno-added", id == "errno-seen-added", id == "errno-own-added":
			come[k] = append(come[k], i)
		}
	}
	for k, i := range gone {
		if j := come[k]; len(i) == 1 && len(j) == 1 {
			changes[i[0]].Instead, changes[j[0]].Instead = changes[j[0]].Element, changes[i[0]].Element
		}
	}
}

// contracts compares the contracts of two versions. What only other words say
// is left out unless it is asked for.
func (c *call) contracts(a, b *engine.Side, sc *scope) []change {
	var out []change
	for _, ch := range diff.Compare(a.Set, b.Set) {
		if c.Verbose || ch.Rule.For != diff.Documentation && ch.Rule.ID != "errno-condition-seen-changed" {
			out = append(out, change{Change: ch, Way: sc.ways[ch.Symbol]})
		}
	}
	return out
}

// only returns the findings of one version that the other one does not have.
// Lines do not count, the number of equal findings does.
func (c *call) only(of, without []report.Finding) []finding {
	have := map[string]int{}
	for i := range without {
		have[claim(&without[i])]++
	}
	var out []finding
	for _, f := range of {
		if !c.picked.Keeps(f.Rule()) {
			continue
		}
		if k := claim(&f); have[k] > 0 {
			have[k]--
			continue
		}
		out = append(out, finding{Finding: f})
	}
	return out
}

// claim tells findings apart by what they are about. A file that is renamed
// keeps its findings.
func claim(f *report.Finding) string {
	return f.Rule() + "\x00" + f.Symbol + "\x00" + f.Key + "\x00" + path.Base(f.Place.File)
}

func mark(whole, step []finding, patch int) {
	for i := range whole {
		if slices.ContainsFunc(step, func(f finding) bool { return claim(&f.Finding) == claim(&whole[i].Finding) }) {
			whole[i].Patch = patch
		}
	}
}

// newlyPartial returns the units that are worse than they were.
func newlyPartial(before, after []report.Unit) []report.Unit {
	was := map[string]report.UnitState{}
	for _, u := range before {
		was[u.Path] = u.State
	}
	return slices.DeleteFunc(slices.Clone(after), func(u report.Unit) bool {
		return u.State == report.Typed || u.State == was[u.Path]
	})
}

// place finds what of a patch is nearest to a change: the line in which the
// changed element is made or was made, or else the first hunk on the way to the
// interface.
func (p *patchResult) place(ch *change) report.Place {
	for _, d := range p.done {
		for _, h := range d.Hunks {
			switch now, was := ch.NewPos, ch.OldPos; {
			case d.New != "" && d.New == now.File && h.Line <= now.Line && now.Line <= h.End:
				return report.Place{File: d.New, Line: now.Line}
			case d.New != "" && d.Old == was.File && h.OldLine <= was.Line && was.Line <= h.OldEnd:
				return report.Place{File: d.New, Line: min(h.Line+was.Line-h.OldLine, h.End)}
			}
		}
	}
	for _, step := range append(slices.Clone(ch.Way), reach.Step{}) {
		for _, d := range p.done {
			if h := hunkIn(d, step); h != nil {
				return report.Place{File: d.New, Line: h.Line}
			}
		}
	}
	return report.Place{}
}

// hunkIn returns the first hunk of a file that lies in a declaration, in any
// for the zero Step.
func hunkIn(d patch.Change, step reach.Step) *patch.Place {
	if ext := path.Ext(d.New); ext != ".c" && ext != ".h" || step.File != "" && step.File != d.New {
		return nil
	}
	for i, h := range d.Hunks {
		if step.Line == 0 || h.Line <= step.End && step.Line <= h.End {
			return &d.Hunks[i]
		}
	}
	return nil
}
