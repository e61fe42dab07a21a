// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"fmt"
	"io"
	"os"
	"strings"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/fix"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cparse/kbuild"
	"kapilint/sarif"
	"kapilint/specmodel"
	"kapilint/specmodel/diff"
)

// docs is where the words of a review are explained.
const docs = "docs/review.md"

// The titles of the parts of a report.
const (
	titleChanges  = "What changes for user space"
	titleCaused   = "What the change gets wrong"
	titleRepaired = "What the change repairs"
	titleForgot   = "Contract text to change with it"
	titlePatches  = "By patch"
)

func (c *call) print(tree *kbuild.Tree, rep *result, status int) error {
	return c.Output(func(w io.Writer) error {
		switch c.Format {
		case "json":
			return rep.json(w)
		case "markdown":
			return rep.markdown(w)
		case "mail":
			return rep.mail(w)
		case "sarif":
			run := sarif.Run{Version: cli.Version(), Root: tree.Src, Category: "review", Arguments: c.Args, ExitCode: status,
				Rules: c.rules(), Read: rep.read}
			if run.Read == nil {
				run.Read = os.ReadFile
			}
			return run.Write(w, &report.Result{Findings: report.Sort(append(rep.changed(), rep.found(rep.caused)...))})
		}
		return rep.writeText(w, c.Text(tree))
	})
}

func (c *call) rules() []sarif.Rule {
	var out []sarif.Rule
	for _, r := range diff.Rules() {
		out = append(out, sarif.Rule{ID: r.ID, Title: r.Title(), Level: level(r.Severity),
			Text: fmt.Sprintf("%s This is %s, and concerns %s. %s explains the words.", r.Title(), r.Severity, r.For, docs)})
	}
	for _, a := range c.Engine.Checks {
		out = append(out, ruleOf(a))
	}
	return out
}

func ruleOf(a *lint.Analyzer) sarif.Rule {
	doc := a.Docs()
	return sarif.Rule{ID: a.Name, Title: doc.Title + ".", Text: doc.Text, Markdown: doc.Markdown(), Level: doc.Severity, URI: a.URL}
}

func level(s diff.Severity) report.Severity {
	switch s {
	case diff.Breaking:
		return report.Error
	case diff.Warning:
		return report.Warning
	}
	return report.Info
}

// changed says each change of a contract as a finding, with the place in the
// patch and the way from there to the interface as notes.
func (rep *result) changed() []report.Finding {
	var out []report.Finding
	for i := range rep.changes {
		ch := &rep.changes[i]
		f := report.Finding{Check: ch.Rule.ID, Severity: level(ch.Rule.Severity), Message: ch.Message(), Symbol: ch.Symbol,
			Key: ch.Element + "\x00" + ch.Old + "\x00" + ch.New, Place: place(ch.NewPos)}
		if f.Place.File == "" {
			f.Place = ch.At
		}
		if ch.At.File != "" {
			f.Notes = append(f.Notes, report.Note{Place: ch.At, Message: "changed here" + rep.in(ch.Patch)})
		}
		for k, s := range ch.Way {
			if k > 0 {
				f.Notes = append(f.Notes, report.Note{Place: report.Place{File: s.File, Line: s.Line}, Depth: len(ch.Way) - k,
					Message: fmt.Sprintf("%s uses %s", s.Name, ch.Way[k-1].Name)})
			}
		}
		out = append(out, f)
	}
	return out
}

// found are findings, with the patch where there are several.
func (rep *result) found(list []finding) []report.Finding {
	var out []report.Finding
	for _, f := range list {
		f.Message += rep.in(f.Patch)
		out = append(out, f.Finding)
	}
	return out
}

// in says which patch of a series is meant.
func (rep *result) in(n int) string {
	if n == 0 || len(rep.patches) < 2 {
		return ""
	}
	return ", by " + rep.patchName(n-1)
}

// patchName names a patch of a series.
func (rep *result) patchName(i int) string {
	name := fmt.Sprintf("patch %d/%d", i+1, len(rep.patches))
	if s := rep.patches[i].Subject; s != "" {
		name += fmt.Sprintf(" (%s)", s)
	}
	return name
}

func place(p specmodel.Pos) report.Place {
	if !p.IsValid() {
		return report.Place{}
	}
	return report.Place{File: p.File, Line: p.Line, Col: p.Col}
}

func (rep *result) writeText(w io.Writer, text *output.Text) error {
	forgot, err := rep.forgot()
	if err != nil {
		return err
	}
	parts := []struct {
		title    string
		findings []report.Finding
		lines    string
	}{
		{titleChanges, rep.inGroups(text.Verbose), ""},
		{titleCaused, rep.found(rep.caused), ""},
		{titleForgot, nil, forgot},
		{titleRepaired, rep.found(rep.repaired), ""},
		{titlePatches, nil, lines(rep.byPatch())},
	}
	first := true
	for _, p := range parts {
		if len(p.findings) == 0 && p.lines == "" {
			continue
		}
		if !first {
			fmt.Fprintln(w)
		}
		first = false
		fmt.Fprintf(w, "%s:\n", p.title)
		if p.title == titleRepaired {
			for i := range p.findings {
				p.findings[i].Notes = nil
			}
		}
		if err := text.Findings(w, p.findings); err != nil {
			return err
		}
		if _, err := io.WriteString(w, p.lines); err != nil {
			return err
		}
	}
	return nil
}

func lines(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "\n") + "\n"
}

// forgot is the contract text that should change with the code, as a diff on top
// of the patches.
func (rep *result) forgot() (string, error) {
	if rep.read == nil || len(rep.caused) == 0 {
		return "", nil
	}
	plan, err := fix.Merge(rep.found(rep.caused), rep.read)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = plan.Diff(&out)
	return out.String(), err
}

// byPatch says what each patch of a series does by itself; nothing where none
// does anything.
func (rep *result) byPatch() []string {
	var out []string
	some := false
	for i := range rep.patches {
		parts := rep.patches[i].does()
		some = some || len(parts) > 0
		if len(parts) == 0 {
			parts = []string{"nothing"}
		}
		out = append(out, rep.patchName(i)+": "+strings.Join(parts, ", "))
	}
	if !some || len(out) < 2 {
		return nil
	}
	return out
}

// does says what a patch does by itself, in parts.
func (p *patchResult) does() []string {
	var parts []string
	for _, n := range []struct {
		count        int
		before, what string
	}{{p.Breaking, "", "breaking change"}, {p.Other, "", "other change"}, {p.Caused, "causes ", "finding"}, {p.Repaired, "repairs ", "finding"}} {
		if n.count > 0 {
			parts = append(parts, n.before+output.Plural(n.count, n.what))
		}
	}
	return parts
}

func (rep *result) count(s diff.Severity) int {
	n := 0
	for i := range rep.changes {
		if ch := &rep.changes[i]; ch.Rule.Severity == s && !ch.paired() {
			n++
		}
	}
	return n
}

// summary is one line.
func (rep *result) summary() string {
	var parts []string
	for _, s := range []struct {
		sev  diff.Severity
		text string
	}{{diff.Breaking, "breaking change"}, {diff.Warning, "warning"}, {diff.Info, "other change"}} {
		if n := rep.count(s.sev); n > 0 {
			parts = append(parts, output.Plural(n, s.text))
		}
	}
	s := "nothing changes for user space"
	if len(parts) > 0 {
		s = strings.Join(parts, ", ")
	}
	if n := len(rep.caused); n > 0 {
		s += "; " + output.Plural(n, "finding") + " caused"
	}
	if n := len(rep.repaired); n > 0 {
		s += "; " + output.Plural(n, "finding") + " repaired"
	}
	if rep.compared > 0 {
		s += fmt.Sprintf(" (%s compared)", output.Plural(rep.compared, "system call"))
	}
	return s
}

// tellNotes says on standard error what could not be done, and where the answer
// ends.
func (c *call) tellNotes(tree *kbuild.Tree, rep *result) error {
	if err := c.TellUnits(tree, rep.problems, rep.units); err != nil || c.Quiet {
		return err
	}
	if err := c.Text(tree).Notes(c.Stderr, rep.notes); err != nil {
		return err
	}
	for _, h := range rep.hints {
		fmt.Fprintln(c.Stderr, "note:", h)
	}
	return nil
}
