// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"strings"
	"testing"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/engine"
)

func TestMergeConfigs(t *testing.T) {
	f := func(line int, message string) report.Finding {
		return report.Finding{Check: "c", Message: message, Place: report.Place{File: "a.c", Line: line}}
	}
	unit := func(path string, state report.UnitState, reasons ...string) report.Unit {
		u := report.Unit{Path: path, State: state}
		for _, r := range reasons {
			u.Reasons = append(u.Reasons, report.Problem{Message: r})
		}
		return u
	}
	another := f(4, "other way")
	another.Notes = []report.Note{{Message: "by another way"}}
	one := &engine.Findings{Result: report.Result{
		Findings: []report.Finding{f(1, "both"), f(2, "first"), f(4, "other way")},
		Units:    []report.Unit{unit("a.c", report.Typed), unit("b.c", report.Partial, "x.h: no such file")},
	}}
	two := &engine.Findings{
		Result: report.Result{
			Findings: []report.Finding{f(1, "both"), f(3, "second"), another},
			Units:    []report.Unit{unit("a.c", report.Typed), unit("b.c", report.Typed), unit("c.c", report.Failed, "no")},
		},
		Problems: []report.Problem{{Message: "late"}},
	}
	got := mergeConfigs([]string{"../x", "../y"}, []*engine.Findings{one, two})
	var lines []string
	for _, f := range got.Findings {
		line := f.Message
		for _, n := range f.Notes {
			line += ", " + n.Message
		}
		lines = append(lines, line)
	}
	for _, u := range got.Units {
		line := u.Path + " " + string(u.State)
		for _, r := range u.Reasons {
			line += ", " + r.Message
		}
		lines = append(lines, line)
	}
	lines = append(lines, got.Problems[0].Message)
	want := `both
first, only with the objects in ../x
second, only with the objects in ../y
other way
a.c typed
b.c partial, x.h: no such file (objects in ../x)
c.c failed, no
../y: late`
	if s := strings.Join(lines, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}
