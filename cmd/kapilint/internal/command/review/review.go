// SPDX-License-Identifier: GPL-2.0-only

// Package review is the command that says what a change does to user space.
//
// A change is two programs: the tree before it and the tree after it. Both are
// inferred and checked, as far as the change can reach, and compared as any two
// kernels are. A series has one more program after each patch, so that what
// breaks and what mends can be told by patch.
package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/specmodel/diff"
)

// failOn are the values of --fail-on.
var failOn = []string{string(diff.Breaking), string(diff.Warning), string(diff.Info), "none"}

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "review",
		Purpose: cli.Compare,
		Args:    "[PATCH|REV|REV..REV|-]...",
		Short:   "say what a change does to user space",
		Long: `Review analyses the tree before and after a change, as far as the change can reach, and says what becomes different for user
space, which findings the change causes, and which it repairs. The change is made in memory; no file is touched.

A PATCH is a file: a plain diff, what git format-patch prints, a mail or a file of mails; - is standard input. Of git, REV is a commit and
REV..REV the commits of a range. Without a name, the change is what the work tree has that HEAD has not. docs/review.md explains the report.`,
		Examples: []cli.Example{
			{Line: "review --format mail too-big.patch", Says: "an answer to a patch, with its hunks quoted"},
			{Line: "review --format markdown v6.12..", Says: "the commits since v6.12, as a page"},
		},
		Bind: bind,
	}
}

// options are the command's own flags.
type options struct {
	base   string
	staged bool
	failOn string
	checks string
}

// call is one run of the command.
type call struct {
	*cli.Call
	*options
	picked pick.Rules
}

func bind(f *cli.Flags) cli.Run {
	o := &options{}
	f.Kernel()
	f.String(&o.base, "base", "REV", "the tree before the patches is that of a revision; default: the files as they are")
	f.Bool(&o.staged, "staged", "the change is what git's index has that HEAD has not")
	f.String(&o.failOn, "fail-on", "HOW", "what makes exit status 1, beside findings that the change causes: breaking (the default), warning, info (each with those before it), or none, also no findings")
	f.String(&o.checks, "checks", "LIST", "checks to run, as for lint; default: all")
	f.Whole()
	f.Outside("contracts kept outside the source; may be given more than once")
	f.Checks()
	f.Format("text", "json", "markdown", "mail", "sarif")
	f.Output("")
	f.Said("show also changes of words only, and all steps of the evidence", "no summary and no progress")
	return func(ctx context.Context, c *cli.Call) (int, error) {
		run := &call{Call: c, options: o}
		if err := run.validate(); err != nil {
			return cli.Failed, err
		}
		return run.review(ctx)
	}
}

func (c *call) validate() error {
	switch {
	case c.failOn != "" && !slices.Contains(failOn, c.failOn):
		return fmt.Errorf("--fail-on %s: want %s", c.failOn, strings.Join(failOn, ", "))
	case c.staged && len(c.Names) > 0:
		return fmt.Errorf("--staged is a change of its own: give it no %s", c.Names[0])
	}
	return nil
}

func (c *call) review(ctx context.Context) (int, error) {
	tree, err := c.tree()
	if err != nil {
		return cli.Failed, err
	}
	in, err := c.input(ctx, tree)
	if err != nil {
		return cli.Failed, err
	}
	rep, err := c.compare(ctx, tree, in)
	if err != nil {
		return cli.Failed, err
	}
	if err := c.tellNotes(tree, rep); err != nil {
		return cli.Failed, err
	}
	status := c.status(rep)
	if err := c.print(tree, rep, status); err != nil {
		return cli.Failed, err
	}
	if !c.Quiet {
		fmt.Fprintln(c.Stderr, rep.summary())
	}
	return status, nil
}

// status is 1 for a change that is as bad as --fail-on says and for findings
// that the change causes, and otherwise 2 where a part could not be looked at.
func (c *call) status(rep *result) int {
	limit := c.failOn
	if limit == "" {
		limit = string(diff.Breaking)
	}
	if limit != "none" && (len(rep.caused) > 0 ||
		slices.ContainsFunc(rep.changes, func(ch change) bool { return ch.Rule.Severity.AtLeast(diff.Severity(limit)) })) {
		return cli.Found
	}
	if rep.failed {
		return cli.Failed
	}
	return cli.Clean
}
