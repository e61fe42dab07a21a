// SPDX-License-Identifier: GPL-2.0-only

// Package sarif writes the findings of one run as one SARIF 2.1.0 run.
//
// A [Run] knows what the tool is and where the tree lies; [Run.Write] adds the
// findings. What a reader of the file gets:
//
//   - one rule per check, with the check's page as help. A finding's ruleId is
//     the check, or check/category where the check names one; the rule is found
//     by its index, since the category has no rule of its own;
//   - regions with both ends, in UTF-16 code units as columnKind says. Findings
//     count bytes, so the text of each file named is asked for through Read;
//     where it cannot be read the byte column stands;
//   - the evidence twice: as relatedLocations, the deciding one linked from the
//     message, and as one code flow whose nesting levels are the call depth;
//   - fixes as replacements of regions, never of offsets, so that a viewer needs
//     no knowledge of bytes;
//   - a fingerprint that holds no line number;
//   - one notification per problem of a unit that could not be analysed whole,
//     and executionSuccessful false where a unit failed.
//
// Paths under the tree are relative to the base SRCROOT. Suppressed findings
// are left out by the caller: consumers that ignore "suppressions" would bring
// them back as open ones.
package sarif

import (
	"encoding/json"
	"io"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"kapilint/checks/engine/report"
)

const (
	schemaURI  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	srcRoot    = "SRCROOT"
	columnKind = "utf16CodeUnits"

	unitFailed  = "unit-failed"
	unitPartial = "unit-partial"
)

// Rule is what a consumer is told about a check.
type Rule struct {
	ID       string          // the check: errunlisted
	Title    string          // one sentence
	Text     string          // what it finds and why it matters, plain
	Markdown string          // the whole page
	Level    report.Severity // of its findings unless they say otherwise
	URI      string          // absolute address of the page, or ""
}

// Run describes the run that made the findings.
type Run struct {
	Version   string   // of kapilint
	Rules     []Rule   // every check that ran, found something or not
	Root      string   // absolute path of the kernel tree; "" leaves SRCROOT to the reader
	Category  string   // tells uploads for one commit apart: the architecture
	Arguments []string // of the command line, without the program
	ExitCode  int

	// Read returns the text a finding's place or edit refers to.
	Read func(file string) ([]byte, error)
}

// Write writes one SARIF file with one run.
func (r *Run) Write(w io.Writer, res *report.Result) error {
	out := &gosarif.Report{
		Version: string(gosarif.Version210),
		Schema:  schemaURI,
		Runs:    []*gosarif.Run{r.run(res)},
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

func (r *Run) run(res *report.Result) *gosarif.Run {
	run := gosarif.NewRun(*gosarif.NewTool(r.driver()))
	run.ColumnKind = columnKind
	run.AutomationDetails = gosarif.NewRunAutomationDetails().WithID(r.automationID())
	run.OriginalUriBaseIDs = map[string]*gosarif.ArtifactLocation{srcRoot: r.base()}

	index := make(map[string]uint, len(r.Rules))
	for i, rule := range r.Rules {
		index[rule.ID] = uint(i)
	}
	texts := newTexts(r.Read)
	prints := report.Fingerprints(res.Findings)
	for i := range res.Findings {
		run.Results = append(run.Results, result(&res.Findings[i], prints[i], index, texts))
	}
	run.Invocations = []*gosarif.Invocation{r.invocation(res, texts)}
	return run
}

// automationID ends in a slash: what stands before it is the category, what
// would follow it is the name of one run, which kapilint does not have.
func (r *Run) automationID() string {
	if r.Category == "" {
		return "kapilint/"
	}
	return "kapilint/" + r.Category + "/"
}

func (r *Run) base() *gosarif.ArtifactLocation {
	base := gosarif.NewArtifactLocation().WithDescriptionText("The kernel source tree.")
	if r.Root != "" {
		uri := fileURI(r.Root)
		if !strings.HasSuffix(uri, "/") {
			uri += "/"
		}
		base.WithUri(uri)
	}
	return base
}

func (r *Run) driver() *gosarif.ToolComponent {
	driver := gosarif.NewDriver("kapilint").
		WithFullName("kapilint, a linter for contracts of Linux kernel interfaces")
	if r.Version != "" {
		driver.WithVersion(r.Version)
	}
	for _, rule := range r.Rules {
		driver.Rules = append(driver.Rules, descriptor(rule))
	}
	driver.Notifications = []*gosarif.ReportingDescriptor{
		notificationKind(unitFailed, "A translation unit could not be analysed.", report.Error),
		notificationKind(unitPartial, "A function or declaration of a translation unit was left out.", report.Warning),
	}
	return driver
}

func descriptor(rule Rule) *gosarif.ReportingDescriptor {
	d := gosarif.NewRule(rule.ID)
	d.ShortDescription = gosarif.NewMultiformatMessageString(rule.Title)
	text := rule.Text
	if text == "" {
		text = rule.Title
	}
	d.FullDescription = gosarif.NewMultiformatMessageString(text)
	d.Help = gosarif.NewMultiformatMessageString(text)
	if rule.Markdown != "" {
		d.Help.WithMarkdown(rule.Markdown)
	}
	d.DefaultConfiguration = gosarif.NewReportingConfiguration().WithLevel(level(rule.Level))
	if rule.URI != "" {
		d.HelpURI = &rule.URI
	}
	return d
}

func notificationKind(id, text string, sev report.Severity) *gosarif.ReportingDescriptor {
	d := gosarif.NewRule(id)
	d.ShortDescription = gosarif.NewMultiformatMessageString(text)
	d.DefaultConfiguration = gosarif.NewReportingConfiguration().WithLevel(level(sev))
	return d
}

func level(s report.Severity) string {
	switch s {
	case report.Error, report.Warning, report.Info:
		return string(s)
	}
	return string(report.Warning)
}

func (r *Run) invocation(res *report.Result, texts *texts) *gosarif.Invocation {
	inv := gosarif.NewInvocation()
	inv.Arguments = r.Arguments
	inv.ExitCode = &r.ExitCode
	ok := true
	for i := range res.Units {
		u := &res.Units[i]
		switch u.State {
		case report.Failed:
			ok = false
			inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications,
				notifications(u, unitFailed, 0, report.Error, texts)...)
		case report.Partial:
			inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications,
				notifications(u, unitPartial, 1, report.Warning, texts)...)
		}
	}
	inv.ExecutionSuccessful = &ok
	return inv
}

// notifications has one entry per reason, and one where none was given: a unit
// that is not whole is never left out.
func notifications(u *report.Unit, id string, index int, sev report.Severity, texts *texts) []*gosarif.Notification {
	reasons := u.Reasons
	if len(reasons) == 0 {
		reasons = []report.Problem{{Message: string(u.State)}}
	}
	var out []*gosarif.Notification
	for _, p := range reasons {
		text := u.Path + ": " + p.Message
		if p.Item != "" {
			text = u.Path + ": " + p.Item + " left out: " + p.Message
		}
		place := p.Place
		if place.File == "" {
			place = report.Place{File: u.Path}
		}
		out = append(out, &gosarif.Notification{
			Descriptor: gosarif.NewReportingDescriptorReference().WithId(id).WithIndex(index),
			Level:      level(sev),
			Message:    gosarif.NewTextMessage(unlink(text)),
			Locations:  []*gosarif.Location{location(place, texts)},
		})
	}
	return out
}
