// SPDX-License-Identifier: GPL-2.0-only

// Package output prints the findings of a run for people and for programs.
//
// The text form is gcc's, so that editors and log readers that know gcc's
// messages know these:
//
//	fs/eventpoll.c:2412:1: warning: MESSAGE [errunlisted]
//	  fs/file.c:569:10: note: -EMFILE is returned here
//
// with the evidence below the finding, outermost step first. [Text] writes it,
// and what was not analysed whole, which is printed apart from the findings.
// The JSON forms are [JSON], one object, and [JSONLines], one object a line.
// SARIF has a room of its own.
package output

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kapilint/checks/engine/report"
)

// maxNotes is how many lines of evidence a finding shows unless all are asked for.
const maxNotes = 6

// few is how many names and reasons are shown unless all are asked for.
const few = 4

// Text writes findings and problems in gcc's form.
type Text struct {
	Name    func(file string) string // how a file is shown, for example relative to where the user is
	Verbose bool                     // all evidence, all reasons
	Make    string                   // the command that builds what is named behind it, "" where there is none
}

// Findings writes every finding with its evidence.
func (t *Text) Findings(w io.Writer, findings []report.Finding) error {
	out := bufio.NewWriter(w)
	for i := range findings {
		f := &findings[i]
		sev := f.Severity
		if sev == "" {
			sev = report.Warning
		}
		fmt.Fprintf(out, "%s%s: %s [%s]\n", t.at(f.Place), sev, clean(f.Message), f.Rule())
		t.notes(out, f.Notes)
	}
	return out.Flush()
}

// notes shows the way in and the place that decides; what is left out where
// the way is long is the middle.
func (t *Text) notes(w io.Writer, notes []report.Note) {
	head, tail := len(notes), len(notes)
	if !t.Verbose && len(notes) > maxNotes {
		head, tail = maxNotes/2, len(notes)-(maxNotes-maxNotes/2-1)
	}
	t.walk(w, notes[:head])
	if tail > head {
		fmt.Fprintf(w, "  %snote: %d more calls, which --verbose shows\n", t.at(notes[head].Place), tail-head)
	}
	t.walk(w, notes[tail:])
}

func (t *Text) walk(w io.Writer, notes []report.Note) {
	for _, n := range notes {
		fmt.Fprintf(w, "  %snote: %s\n", t.at(n.Place), clean(n.Message))
	}
}

// Units writes one line for each unit that could not be analysed whole; with
// Verbose also why, item by item. A unit that failed always says why. The last
// line is on how to get headers that are not there.
func (t *Text) Units(w io.Writer, units []report.Unit) error {
	out := bufio.NewWriter(w)
	for i := range units {
		u := &units[i]
		switch u.State {
		case report.Failed:
			reasons := u.Reasons
			if len(reasons) == 0 {
				reasons = []report.Problem{{Message: "could not be analysed"}}
			}
			for _, p := range reasons {
				fmt.Fprintf(out, "%serror: %s\n", t.at(in(u, p)), clean(p.Message))
			}
		case report.Partial:
			t.partial(out, u)
		}
	}
	t.headers(out, units)
	return out.Flush()
}

// partial names what was left out, and says what was not as it should be
// without anything being left out, such as a header that is not there. A header
// that several files include is named once.
func (t *Text) partial(w io.Writer, u *report.Unit) {
	var items, others []report.Problem
	for _, p := range u.Reasons {
		again := func(q report.Problem) bool { return q.Header == p.Header }
		switch {
		case p.Item != "":
			items = append(items, p)
		case t.Verbose || p.Header == "" || !slices.ContainsFunc(others, again):
			others = append(others, p)
		}
	}
	if len(items) > 0 || len(others) == 0 {
		fmt.Fprintf(w, "%snote: analysed without %s\n", t.at(report.Place{File: u.Path}), t.items(items))
	}
	for i, p := range others {
		if i == few && !t.Verbose {
			fmt.Fprintf(w, "%snote: %d more like this, which --verbose shows\n", t.at(report.Place{File: u.Path}), len(others)-few)
			break
		}
		whose := ""
		if place := in(u, p); place.File != u.Path { // a header, which does not tell whose
			whose = strings.TrimSuffix(t.at(report.Place{File: u.Path}), ": ") + " "
		}
		fmt.Fprintf(w, "%snote: %snot analysed whole: %s\n", t.at(in(u, p)), whose, clean(p.Message))
	}
	if !t.Verbose {
		return
	}
	for _, p := range items {
		fmt.Fprintf(w, "  %snote: %s: %s\n", t.at(in(u, p)), clean(p.Item), clean(p.Message))
	}
}

// maxDirs is how many directories are named before it is simpler to build all.
const maxDirs = 12

// headers says how to make the headers that are not there. What a prepared tree
// lacks is what the build of a directory generates.
func (t *Text) headers(w io.Writer, units []report.Unit) {
	var names, dirs []string
	n := 0
	for _, u := range units {
		lacks := len(names)
		for _, p := range u.Reasons {
			if p.Header != "" {
				names = append(names, path.Base(p.Header))
			}
		}
		if len(names) > lacks {
			n++
			dirs = append(dirs, path.Dir(u.Path)+"/")
		}
	}
	if n == 0 || t.Make == "" {
		return
	}
	names, dirs = distinct(names), outermost(distinct(dirs))
	if len(dirs) > maxDirs {
		dirs = nil
	}
	fmt.Fprintf(w, "note: %s without %s: if a build makes that, run `%s`\n", Plural(n, "unit"), clean(some(names)),
		clean(strings.Join(append([]string{t.Make}, dirs...), " ")))
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// outermost drops the directories that are below another of a sorted list.
func outermost(dirs []string) []string {
	var out []string
	for _, d := range dirs {
		if n := len(out); n == 0 || !strings.HasPrefix(d, out[n-1]) {
			out = append(out, d)
		}
	}
	return out
}

// some names as many as a line holds.
func some(names []string) string {
	s := strings.Join(names[:min(few, len(names))], ", ")
	if n := len(names) - few; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// Problems writes what went wrong apart from any unit.
func (t *Text) Problems(w io.Writer, problems []report.Problem) error {
	return t.lines(w, "error", problems)
}

// Notes writes a line for each of what is worth knowing and no problem.
func (t *Text) Notes(w io.Writer, notes []report.Problem) error {
	return t.lines(w, "note", notes)
}

func (t *Text) lines(w io.Writer, what string, problems []report.Problem) error {
	out := bufio.NewWriter(w)
	for _, p := range problems {
		item := clean(p.Item)
		if item != "" {
			item += ": "
		}
		fmt.Fprintf(out, "%s%s: %s%s\n", t.at(p.Place), what, item, clean(p.Message))
	}
	return out.Flush()
}

// items names what was left out, as many as a line holds.
func (t *Text) items(reasons []report.Problem) string {
	var names []string
	for _, p := range reasons {
		if p.Item != "" && !slices.Contains(names, p.Item) { // left out for several reasons
			names = append(names, p.Item)
		}
	}
	if len(names) == 0 {
		return "something that is not named"
	}
	return clean(some(names))
}

// in places a problem without a place in its unit.
func in(u *report.Unit, p report.Problem) report.Place {
	if p.Place.File == "" {
		return report.Place{File: u.Path}
	}
	return p.Place
}

// at is the start of a line about a place, up to and with the space.
func (t *Text) at(p report.Place) string {
	if p.File == "" {
		return ""
	}
	name := p.File
	if t.Name != nil {
		name = t.Name(name)
	}
	name = clean(name)
	switch {
	case p.Line <= 0:
		return name + ": "
	case p.Col <= 0:
		return fmt.Sprintf("%s:%d: ", name, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d: ", name, p.Line, p.Col)
}

// Summary is one line on what was found and in how many units it was looked for.
func Summary(res *report.Result) string {
	c := res.Count()
	var found []string
	for _, part := range []struct {
		n    int
		name string
	}{{c.Errors, "error"}, {c.Warnings, "warning"}, {c.Infos, "note"}} {
		if part.n > 0 {
			found = append(found, Plural(part.n, part.name))
		}
	}
	s := "nothing found"
	if len(found) > 0 {
		s = strings.Join(found, ", ")
	}
	s += " in " + Plural(c.Units(), "unit")
	var states []string
	if c.Partial > 0 {
		states = append(states, fmt.Sprintf("%d partial", c.Partial))
	}
	if c.Failed > 0 {
		states = append(states, fmt.Sprintf("%d failed", c.Failed))
	}
	if len(states) > 0 {
		s += " (" + strings.Join(states, ", ") + ")"
	}
	return s
}

// Plural counts: 1 unit, 2 units.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// clean keeps text that comes from a source file on one line and from steering
// the terminal.
func clean(s string) string {
	safe := func(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }
	if strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case safe(r):
			b.WriteRune(r)
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(s[i:])
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
