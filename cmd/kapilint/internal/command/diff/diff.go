// SPDX-License-Identifier: GPL-2.0-only

// Package diff is the command that says what changed between two sources of
// contracts.
package diff

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/gitrev"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/sarif"
	"kapilint/specmodel"
	"kapilint/specmodel/diff"
	"kapilint/specmodel/source"
)

// diffDocs is where the rules of diff are explained.
const diffDocs = "docs/diff.md"

// failOn are the values of --fail-on.
var failOn = []string{string(diff.Breaking), string(diff.Warning), string(diff.Info), "none"}

// compared is what a run of diff has found.
type compared struct {
	old, new string // as the user named them
	empty    bool   // neither has a contract
	changes  []diff.Change
	accepted int
	oldRev   *gitrev.Revision // where old is one
	base     string           // directory that names of files of the new source are relative to
}

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "diff",
		Purpose: cli.Compare,
		Args:    "OLD NEW",
		Short:   "say what changed between two sources of contracts",
		Long: `Diff compares contracts, declared or inferred, and says for each change whether it breaks user space, and for whom.

OLD and NEW are each a .c, .h or .json file, a directory, a built kernel, or a revision: git:REV or git:REV:PATH, of the tree that
-C names, else of the current directory. docs/diff.md lists the rules.`,
		Examples: []cli.Example{
			{Line: "diff --fail-on warning fs/eventpoll.c mm/mlock.c", Says: "what two files declare differently"},
			{Line: "diff --format markdown --fail-on none fs mm", Says: "the same for directories, as a page"},
		},
		Bind: bind,
	}
}

// options are the command's own flags.
type options struct {
	failOn   string
	accepted string
}

// call is one run of the command.
type call struct {
	*cli.Call
	*options
}

func bind(f *cli.Flags) cli.Run {
	o := &options{}
	f.Source()
	f.String(&o.failOn, "fail-on", "HOW", "what makes exit status 1: breaking (the default), warning, info (each with those before it) or none")
	f.String(&o.accepted, "accepted", "FILE", "changes to leave out, see docs/diff.md")
	f.Format("text", "json", "sarif", "markdown")
	f.Output("")
	f.Said("show all steps of the evidence", "no summary")
	return func(ctx context.Context, c *cli.Call) (int, error) {
		if o.failOn != "" && !slices.Contains(failOn, o.failOn) {
			return cli.Failed, fmt.Errorf("--fail-on %s: want %s", o.failOn, strings.Join(failOn, ", "))
		}
		return (&call{c, o}).diffSpecs(ctx)
	}
}

// diffSpecs compares two sources of contracts.
func (c *call) diffSpecs(ctx context.Context) (int, error) {
	if len(c.Names) != 2 {
		return cli.Failed, errors.New("diff: name two sources of contracts, the old one and the new one: files, directories or git:REVISION")
	}
	d := &compared{old: c.Names[0], new: c.Names[1], base: c.Dir}
	var entries []diff.Accepted
	if c.accepted != "" {
		src, err := os.ReadFile(c.Abs(c.accepted))
		if err != nil {
			return cli.Failed, fmt.Errorf("%s: no such file", c.accepted)
		}
		if entries, err = diff.ReadAccepted(c.accepted, src); err != nil {
			return cli.Failed, err
		}
	}
	oldSet, rev, oldBad, err := c.loadSource(ctx, d.old)
	if err != nil {
		return cli.Failed, err
	}
	newSet, newRev, newBad, err := c.loadSource(ctx, d.new)
	if err != nil {
		return cli.Failed, err
	}
	d.oldRev = rev
	if newRev != nil {
		d.base = newRev.Dir
	}
	d.empty = len(oldSet.APIs)+len(newSet.APIs) == 0
	c.Logf("%s: %s; %s: %s", d.old, output.Plural(len(oldSet.APIs), "contract"), d.new, output.Plural(len(newSet.APIs), "contract"))
	d.changes, d.accepted = diff.Accept(diff.Compare(oldSet, newSet), entries, time.Now())
	bad := slices.Concat(oldBad, newBad)
	c.ClearProgress()
	if err := (&output.Text{}).Problems(c.Stderr, bad); err != nil {
		return cli.Failed, err
	}
	status := c.diffStatus(d, len(bad) > 0)
	if err := c.printChanges(d, status); err != nil {
		return cli.Failed, err
	}
	if !c.Quiet {
		fmt.Fprintln(c.Stderr, d.summary())
	}
	return status, nil
}

// diffStatus is 1 where a change is as bad as --fail-on says, and otherwise 2
// where a part of a source could not be read: it may hide one.
func (c *call) diffStatus(d *compared, bad bool) int {
	limit := c.failOn
	if limit == "" {
		limit = string(diff.Breaking)
	}
	if limit != "none" && slices.ContainsFunc(d.changes, func(ch diff.Change) bool { return ch.Rule.Severity.AtLeast(diff.Severity(limit)) }) {
		return cli.Found
	}
	if bad {
		return cli.Failed
	}
	return cli.Clean
}

// loadSource reads a file, a directory or a revision, and returns also what of
// it cannot be used.
func (c *call) loadSource(ctx context.Context, arg string) (*specmodel.Set, *gitrev.Revision, []report.Problem, error) {
	dir := c.Dir
	if c.Tree != "" {
		dir = c.Abs(c.Tree)
	}
	rev, err := gitrev.Parse(arg, dir)
	if err != nil {
		return nil, nil, nil, err
	}
	if rev != nil {
		set, problems, err := rev.Load(ctx)
		return set, rev, engine.BadProblems(problems), err
	}
	at := c.Abs(arg)
	if _, err := os.Stat(at); err != nil {
		return nil, nil, nil, fmt.Errorf("%s: no such file or directory", arg)
	}
	set, problems, err := source.Load(at)
	if err != nil {
		return nil, nil, nil, errors.New(strings.ReplaceAll(err.Error(), at, arg))
	}
	bad := engine.BadProblems(problems)
	for i := range bad {
		bad[i].Place.File = c.Near(bad[i].Place.File)
	}
	return set, nil, bad, nil
}

func (d *compared) count(s diff.Severity) int {
	n := 0
	for i := range d.changes {
		if d.changes[i].Rule.Severity == s {
			n++
		}
	}
	return n
}

func (d *compared) summary() string {
	var parts []string
	for _, s := range []struct {
		sev  diff.Severity
		text string
	}{{diff.Breaking, "breaking change"}, {diff.Warning, "warning"}, {diff.Info, "other change"}} {
		if n := d.count(s.sev); n > 0 {
			parts = append(parts, output.Plural(n, s.text))
		}
	}
	s := "nothing changed"
	switch {
	case len(parts) > 0:
		s = strings.Join(parts, ", ")
	case d.empty:
		s = "there is no contract in either source"
	}
	if d.accepted > 0 {
		s += fmt.Sprintf(" (%d accepted)", d.accepted)
	}
	return s
}

func (c *call) printChanges(d *compared, status int) error {
	return c.Output(func(w io.Writer) error {
		switch c.Format {
		case "json":
			return c.diffJSON(w, d)
		case "markdown":
			return c.diffMarkdown(w, d)
		case "sarif":
			run := sarif.Run{Version: cli.Version(), Root: d.base, Category: "diff", Arguments: c.Args, ExitCode: status,
				Rules: diffRules(), Read: func(file string) ([]byte, error) {
					if !filepath.IsAbs(file) {
						file = filepath.Join(d.base, file)
					}
					return os.ReadFile(file)
				}}
			return run.Write(w, &report.Result{Findings: report.Sort(c.findings(d))})
		}
		return (&output.Text{Verbose: c.Verbose}).Findings(w, c.findings(d))
	})
}

// diffRules describes the catalogue.
func diffRules() []sarif.Rule {
	var rules []sarif.Rule
	for _, r := range diff.Rules() {
		rules = append(rules, sarif.Rule{ID: r.ID, Title: r.Title(), Level: level(r.Severity),
			Text: fmt.Sprintf("%s This is %s, and concerns %s. %s explains the words.", r.Title(), r.Severity, r.For, diffDocs)})
	}
	return rules
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

// findings says each change as a finding at its new place, with the old one as
// a note.
func (c *call) findings(d *compared) []report.Finding {
	var out []report.Finding
	for i := range d.changes {
		ch := &d.changes[i]
		f := report.Finding{Check: ch.Rule.ID, Severity: level(ch.Rule.Severity), Message: ch.Message(), Symbol: ch.Symbol,
			Key: ch.Element + "\x00" + ch.Old + "\x00" + ch.New, Place: c.place(ch.NewPos)}
		if f.Place.File == "" { // gone: all that is left is where it was
			f.Place = c.place(ch.OldPos)
			if d.oldRev != nil {
				f.Message += "; it was there in " + d.oldRev.Rev
			}
		} else if ch.Rule.Area != "accepted" && ch.OldPos.IsValid() {
			when, what := "before", ": "+ch.Old
			if d.oldRev != nil {
				when += ", in " + d.oldRev.Rev
			}
			if ch.Old == "" { // the place is that of the whole contract
				when, what = "the contract "+when, ""
			}
			f.Notes = []report.Note{{Place: c.place(ch.OldPos), Message: when + what}}
		}
		out = append(out, f)
	}
	return out
}

func (c *call) place(p specmodel.Pos) report.Place {
	if !p.IsValid() {
		return report.Place{}
	}
	return report.Place{File: c.Near(p.File), Line: p.Line, Col: p.Col}
}

// diffJSON writes one object; a change has the keys of an accepted one.
func (c *call) diffJSON(w io.Writer, d *compared) error {
	type place struct {
		File string `json:"file"`
		Line int    `json:"line"`
		Col  int    `json:"col,omitempty"`
	}
	type change struct {
		Rule     string `json:"rule"`
		Symbol   string `json:"symbol"`
		Element  string `json:"element,omitempty"`
		Severity string `json:"severity"`
		For      string `json:"for"`
		Old      string `json:"old,omitempty"`
		New      string `json:"new,omitempty"`
		Message  string `json:"message"`
		OldPlace *place `json:"old_place,omitempty"`
		NewPlace *place `json:"new_place,omitempty"`
	}
	at := func(p specmodel.Pos) *place {
		if !p.IsValid() {
			return nil
		}
		return &place{c.Near(p.File), p.Line, p.Col}
	}
	type summary struct {
		Breaking int `json:"breaking"`
		Warning  int `json:"warning"`
		Info     int `json:"info"`
		Accepted int `json:"accepted"`
	}
	doc := struct {
		Schema  string   `json:"schema"`
		Old     string   `json:"old"`
		New     string   `json:"new"`
		Summary summary  `json:"summary"`
		Changes []change `json:"changes"`
	}{"kapilint.diff/1", d.old, d.new, summary{d.count(diff.Breaking), d.count(diff.Warning), d.count(diff.Info), d.accepted}, []change{}}
	for i := range d.changes {
		ch := &d.changes[i]
		doc.Changes = append(doc.Changes, change{ch.Rule.ID, ch.Symbol, ch.Element, string(ch.Rule.Severity), string(ch.Rule.For),
			ch.Old, ch.New, ch.Message(), at(ch.OldPos), at(ch.NewPos)})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// diffMarkdown writes a page: what breaks first, then the rest, each by contract.
func (c *call) diffMarkdown(w io.Writer, d *compared) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Contracts: %s to %s\n\n%s.\n", markdown(d.old), markdown(d.new), d.summary())
	titles := map[diff.Severity]string{diff.Breaking: "Breaking", diff.Warning: "Warnings", diff.Info: "Other changes"}
	for _, s := range diff.Severities {
		if d.count(s) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n## %s\n\n| contract | what | before | now | for | rule |\n|---|---|---|---|---|---|\n", titles[s])
		for i := range d.changes {
			ch := &d.changes[i]
			if ch.Rule.Severity != s {
				continue
			}
			what := strings.TrimSpace(ch.Element + " " + ch.Rule.Says)
			if ch.Note != "" {
				what += "; " + ch.Note
			}
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", markdown(ch.Symbol), markdown(what), markdown(ch.Old), markdown(ch.New), ch.Rule.For, ch.Rule.ID)
		}
	}
	return out.Flush()
}

// markdown protects text from being read as markup in a table.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "`", "\\`", "[", `\[`, "\n", " ").Replace(s)
}
