// SPDX-License-Identifier: GPL-2.0-only

package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kapilint/checks/engine/report"
)

func steps(n int) []report.Note {
	var out []report.Note
	for i := range n {
		out = append(out, report.Note{
			Place: report.Place{File: "fs/file.c", Line: 10 + i, Col: 2}, Message: fmt.Sprintf("step %d", i+1), Depth: i,
		})
	}
	return out
}

func TestText(t *testing.T) {
	f := report.Finding{
		Check: "errunlisted", Severity: report.Warning, Message: "ep can return -EMFILE",
		Place: report.Place{File: "fs/eventpoll.c", Line: 7, Col: 17},
	}
	with := func(change func(*report.Finding)) report.Finding {
		g := f
		change(&g)
		return g
	}
	tests := []struct {
		name string
		text Text
		f    report.Finding
		want string
	}{
		{"plain", Text{}, f, "fs/eventpoll.c:7:17: warning: ep can return -EMFILE [errunlisted]\n"},
		{"renamed", Text{Name: func(s string) string { return "../" + s }}, f,
			"../fs/eventpoll.c:7:17: warning: ep can return -EMFILE [errunlisted]\n"},
		{"category and severity", Text{}, with(func(f *report.Finding) {
			f.Check, f.Category, f.Severity = "paramrange", "accepted", report.Error
		}), "fs/eventpoll.c:7:17: error: ep can return -EMFILE [paramrange/accepted]\n"},
		{"no severity, whole file", Text{}, with(func(f *report.Finding) {
			f.Severity, f.Place = "", report.Place{File: "a.c"}
		}), "a.c: warning: ep can return -EMFILE [errunlisted]\n"},
		{"no column", Text{}, with(func(f *report.Finding) { f.Place.Col = 0 }),
			"fs/eventpoll.c:7: warning: ep can return -EMFILE [errunlisted]\n"},
		{"text that steers", Text{}, with(func(f *report.Finding) { f.Message = "a\nb\x1b[31m\xff\u202e" }),
			"fs/eventpoll.c:7:17: warning: a b\\u001b[31m\\xff\\u202e [errunlisted]\n"},
		{"six notes", Text{}, with(func(f *report.Finding) { f.Notes = steps(6) }),
			"fs/eventpoll.c:7:17: warning: ep can return -EMFILE [errunlisted]\n" +
				"  fs/file.c:10:2: note: step 1\n  fs/file.c:11:2: note: step 2\n  fs/file.c:12:2: note: step 3\n" +
				"  fs/file.c:13:2: note: step 4\n  fs/file.c:14:2: note: step 5\n  fs/file.c:15:2: note: step 6\n"},
		{"nine notes", Text{}, with(func(f *report.Finding) { f.Notes = steps(9) }),
			"fs/eventpoll.c:7:17: warning: ep can return -EMFILE [errunlisted]\n" +
				"  fs/file.c:10:2: note: step 1\n  fs/file.c:11:2: note: step 2\n  fs/file.c:12:2: note: step 3\n" +
				"  fs/file.c:13:2: note: 4 more calls, which --verbose shows\n" +
				"  fs/file.c:17:2: note: step 8\n  fs/file.c:18:2: note: step 9\n"},
		{"seven notes, verbose", Text{Verbose: true}, with(func(f *report.Finding) { f.Notes = steps(7) }),
			"fs/eventpoll.c:7:17: warning: ep can return -EMFILE [errunlisted]\n" +
				"  fs/file.c:10:2: note: step 1\n  fs/file.c:11:2: note: step 2\n  fs/file.c:12:2: note: step 3\n" +
				"  fs/file.c:13:2: note: step 4\n  fs/file.c:14:2: note: step 5\n  fs/file.c:15:2: note: step 6\n" +
				"  fs/file.c:16:2: note: step 7\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := tt.text.Findings(&buf, []report.Finding{tt.f}); err != nil {
				t.Fatal(err)
			}
			if buf.String() != tt.want {
				t.Errorf("got:\n%swant:\n%s", buf.String(), tt.want)
			}
		})
	}
}

var units = []report.Unit{
	{Path: "fs/good.c", State: report.Typed},
	{Path: "fs/half.c", State: report.Partial, Reasons: []report.Problem{
		{Place: report.Place{File: "fs/half.h", Line: 2, Col: 1}, Item: "odd", Message: "no such type"},
		{Item: "odder", Message: "no such type"},
		{Item: "c", Message: "x"}, {Item: "d", Message: "x"}, {Item: "e", Message: "x"},
	}},
	{Path: "fs/mute.c", State: report.Partial},
	{Path: "fs/gone.c", State: report.Failed, Reasons: []report.Problem{{Message: "no such file"}}},
	{Path: "fs/bad.c", State: report.Failed},
}

func TestUnits(t *testing.T) {
	var buf bytes.Buffer
	if err := (&Text{}).Units(&buf, units); err != nil {
		t.Fatal(err)
	}
	want := "fs/half.c: note: analysed without odd, odder, c, d and 1 more\nfs/mute.c: note: analysed without something that is not named\n" +
		"fs/gone.c: error: no such file\nfs/bad.c: error: could not be analysed\n"
	if buf.String() != want {
		t.Errorf("got:\n%swant:\n%s", buf.String(), want)
	}
	buf.Reset()
	noInclude := report.Unit{Path: "a.c", State: report.Partial, Reasons: []report.Problem{
		{Place: report.Place{File: "a.c", Line: 1, Col: 10}, Message: "no such header"}}}
	if err := (&Text{}).Units(&buf, []report.Unit{noInclude}); err != nil {
		t.Fatal(err)
	}
	if want := "a.c:1:10: note: not analysed whole: no such header\n"; buf.String() != want {
		t.Errorf("got %q, want %q", buf.String(), want)
	}
	buf.Reset()
	lacking := func(path string, headers ...string) report.Unit {
		u := report.Unit{Path: path, State: report.Partial}
		for i, h := range headers {
			u.Reasons = append(u.Reasons, report.Problem{Place: report.Place{File: path, Line: i + 1}, Message: h + ": no such file", Header: h})
		}
		return u
	}
	generated := []report.Unit{lacking("lib/a.c", "gen.h", "x/tab.h", "gen.h"), lacking("lib/b/c.c", "gen.h"), lacking("library/d.c", "gen.h")}
	generated[1].Reasons[0].Place.File = "lib/c.h"
	if err := (&Text{Make: "make -C src"}).Units(&buf, generated); err != nil {
		t.Fatal(err)
	}
	want = "lib/a.c:1: note: not analysed whole: gen.h: no such file\nlib/a.c:2: note: not analysed whole: x/tab.h: no such file\n" +
		"lib/c.h:1: note: lib/b/c.c not analysed whole: gen.h: no such file\nlibrary/d.c:1: note: not analysed whole: gen.h: no such file\n" +
		"note: 3 units without gen.h, tab.h: if a build makes that, run `make -C src lib/ library/`\n"
	if buf.String() != want {
		t.Errorf("got:\n%swant:\n%s", buf.String(), want)
	}
	buf.Reset()
	if err := (&Text{Verbose: true}).Units(&buf, units[1:2]); err != nil {
		t.Fatal(err)
	}
	want = "fs/half.c: note: analysed without odd, odder, c, d and 1 more\n  fs/half.h:2:1: note: odd: no such type\n" +
		"  fs/half.c: note: odder: no such type\n"
	if !strings.HasPrefix(buf.String(), want) {
		t.Errorf("got:\n%swant:\n%s", buf.String(), want)
	}
}

func TestSummary(t *testing.T) {
	w := report.Finding{Severity: report.Warning}
	tests := []struct {
		name string
		res  report.Result
		want string
	}{
		{"nothing", report.Result{Units: units[:1]}, "nothing found in 1 unit"},
		{"all kinds", report.Result{Findings: []report.Finding{w, w, {Severity: report.Error}, {Severity: report.Info}}, Units: units},
			"1 error, 2 warnings, 1 note in 5 units (2 partial, 2 failed)"},
		{"no units", report.Result{}, "nothing found in 0 units"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Summary(&tt.res); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	res := &report.Result{
		Findings: []report.Finding{{
			Check: "paramrange", Category: "call", Message: "a < b", Symbol: "f", Key: "k",
			Place: report.Place{File: "a.c", Line: 1, Col: 2, EndLine: 1, EndCol: 4, Offset: 0, EndOffset: 2},
			Notes: steps(1),
			Fixes: []report.Fix{{Message: "Do it", Edits: []report.Edit{{File: "a.c", EndOffset: 2, New: "x"}}}},
		}},
		Units: units[:2],
	}
	var buf bytes.Buffer
	if err := JSON(&buf, res); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(buf.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"schema": "kapilint.findings/1"`, `"rule": "paramrange/call"`, `"severity": "warning"`, `"a < b"`, `"offset": 0`,
		`"end_col": 4`, `"depth": 0`, `"new": "x"`, `"state": "partial"`, `"item": "odd"`, `"fingerprint": "` + report.Fingerprints(res.Findings)[0] + `"`,
	} {
		if !strings.Contains(buf.String(), want) {
			t.Errorf("no %s in\n%s", want, buf.String())
		}
	}

	buf.Reset()
	if err := JSONLines(&buf, res); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(buf.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want one for the finding and two for units:\n%s", len(lines), buf.String())
	}
	for i, key := range []string{"finding", "unit", "unit"} {
		var line map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil || line[key] == nil {
			t.Errorf("line %d: %v, no %q in %s", i+1, err, key, lines[i])
		}
	}

	buf.Reset()
	if err := JSON(&buf, &report.Result{}); err != nil {
		t.Fatal(err)
	}
	if want := "\"findings\": [],\n \"units\": []"; !strings.Contains(buf.String(), want) {
		t.Errorf("no findings are not an empty list: %s", buf.String())
	}
}
