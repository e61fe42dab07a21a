// SPDX-License-Identifier: GPL-2.0-only

// Package lint is the command that reports where contracts and code differ.
package lint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/fix"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cparse/kbuild"
	"kapilint/sarif"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "lint",
		Purpose: cli.LookAtCode,
		Args:    "PATH...",
		Short:   "report where contracts and code differ",
		Long: `Lint compares the contracts of the units that PATH names with the code, and reports where the two differ, with the way
through the code that shows it. The word lint may be left out.

A PATH is a .c file, a directory (everything below it that the configuration builds; DIR/... says the same), or a pattern:
fs/*.c, fs/**, {fs,mm}/*.c. One with ! in front takes files away. Paths are looked up from the current directory, then
from the root of the tree.`,
		Examples: []cli.Example{
			{Line: "fs/eventpoll.c", Says: "check the contracts of one file"},
			{Line: "--checks errunlisted --diff fs '!fs/exec.c'", Says: "show the fixes of one check for a directory without one file"},
		},
		Bind: bind,
	}
}

// options are the command's own flags.
type options struct {
	checks    string
	fix, diff bool
	fail      cli.OptionalBool
}

// call is one run of the command.
type call struct {
	*cli.Call
	*options
}

func bind(f *cli.Flags) cli.Run {
	o := &options{}
	f.Kernels()
	f.Work()
	f.Outside("contracts kept outside the source, by name of the function: a .c, .h or .json file or a directory (--fix changes these, too); may be given more than once")
	f.String(&o.checks, "checks", "LIST", "checks to run, separated by commas: a name, a rule (paramrange/accepted) or a glob; -NAME takes away; default: all")
	f.Checks()
	f.Format("text", "json", "jsonl", "sarif")
	f.Output("")
	f.Bool(&o.fix, "fix", "change the files: make every fix that conflicts with no other, and report what is left")
	f.Bool(&o.diff, "diff", "show what --fix would change, as a unified diff")
	f.Var(&o.fail, "fail", "", "findings make exit status 1; on by default, off where make calls")
	f.Said("show all steps of the evidence, what was left out of a unit and why, and which flags a file is compiled with", "no summary and no progress")
	return func(ctx context.Context, c *cli.Call) (int, error) {
		run := &call{c, o}
		if err := run.validate(); err != nil {
			return cli.Failed, err
		}
		return run.lint(ctx)
	}
}

func (c *call) validate() error {
	switch {
	case c.Shard.N > 0 && (c.fix || c.diff):
		return errors.New("--shard reports nothing, so there is nothing to fix: merge the caches of all shards first")
	case c.fix && c.diff:
		return errors.New("--fix and --diff exclude each other: the one changes files, the other shows the changes")
	case c.diff && c.Format != "text":
		return fmt.Errorf("--diff writes a diff and no findings, so it takes no --format %s", c.Format)
	}
	return nil
}

func (c *call) lint(ctx context.Context) (int, error) {
	picked, sel, err := pick.Checks(c.Engine.Checks, c.checks)
	if err != nil {
		return cli.Failed, err
	}
	req, found, err := c.lintAll(ctx, picked)
	if err != nil {
		return cli.Failed, err
	}
	c.ClearProgress()
	if req.Facts {
		return c.Sharded(req, found.Units)
	}
	found.Findings = slices.DeleteFunc(found.Findings, func(f report.Finding) bool { return !sel.Keeps(f.Rule()) })
	text := c.Text(req.Tree)
	if err := errors.Join(text.Problems(c.Stderr, found.Problems), text.Units(c.Stderr, found.Units)); err != nil {
		return cli.Failed, err
	}
	if c.diff {
		err = c.showDiff(found)
	} else {
		err = c.reportFindings(req, found, picked, text)
	}
	if err != nil {
		return cli.Failed, err
	}
	if silent := c.Compiler != nil && found.Count().Findings() == 0; !c.Quiet && !silent {
		fmt.Fprintln(c.Stderr, output.Summary(&found.Result))
	}
	return c.status(found), nil
}

// reportFindings writes fixes if asked to, and prints what is left.
func (c *call) reportFindings(req *engine.Request, found *engine.Findings, picked []*lint.Analyzer, text *output.Text) error {
	if c.fix {
		plan, err := fix.Merge(found.Findings, found.Read)
		if err != nil {
			return err
		}
		if err := plan.Write(req.Tree.Src, req.Specs); err != nil {
			return err
		}
		found.Findings = plan.Left
		found.Read = after(plan, found.Read)
		c.fixed(plan, "fixed")
	}
	out := c.Stdout
	if c.Compiler != nil { // make -s throws standard output away
		out = c.Stderr
	}
	return c.OutputTo(out, func(w io.Writer) error {
		switch c.Format {
		case "json":
			return output.JSON(w, &found.Result)
		case "jsonl":
			return output.JSONLines(w, &found.Result)
		case "sarif":
			run := sarif.Run{
				Version:   cli.Version(),
				Root:      req.Tree.Src,
				Category:  req.Tree.Target(),
				Arguments: c.Args,
				ExitCode:  c.status(found),
				Read:      found.Read,
			}
			for _, a := range picked {
				run.Rules = append(run.Rules, ruleOf(a))
			}
			return run.Write(w, &found.Result)
		}
		return text.Findings(w, found.Findings)
	})
}

func (c *call) showDiff(found *engine.Findings) error {
	plan, err := fix.Merge(found.Findings, found.Read)
	if err != nil {
		return err
	}
	c.fixed(plan, "can fix")
	return c.Output(plan.Diff)
}

func (c *call) fixed(plan *fix.Plan, verb string) {
	if c.Quiet && plan.Skipped == 0 {
		return
	}
	fmt.Fprintf(c.Stderr, "%s %d of %d findings", verb, plan.Fixed, plan.Fixed+len(plan.Left))
	switch len(plan.Files) {
	case 0:
	case 1:
		fmt.Fprintf(c.Stderr, " in %s", plan.Files[0].Name)
	default:
		fmt.Fprintf(c.Stderr, " in %d files", len(plan.Files))
	}
	if plan.Skipped > 0 {
		fmt.Fprintf(c.Stderr, "; left out for a conflict with these: %d, run again for them", plan.Skipped)
	}
	fmt.Fprintln(c.Stderr)
}

// after reads files as a plan left them.
func after(plan *fix.Plan, before func(string) ([]byte, error)) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		for _, f := range plan.Files {
			if f.Name == name {
				return f.New, nil
			}
		}
		return before(name)
	}
}

// status is the exit status: make calls for information, and neither findings
// nor what could not be analysed may stop a build unless asked to.
func (c *call) status(found *engine.Findings) int {
	fail := c.Compiler == nil
	if c.fail.Given {
		fail = c.fail.Value
	}
	count := found.Count()
	switch {
	case count.Failed+len(found.Problems) > 0 && (fail || c.Compiler == nil):
		return cli.Failed
	case count.Findings() > 0 && fail:
		return cli.Found
	case count.Partial > 0 && fail: // nothing found in a part is not the same as nothing found
		return cli.Failed
	}
	return cli.Clean
}

func ruleOf(a *lint.Analyzer) sarif.Rule {
	doc := a.Docs()
	return sarif.Rule{ID: a.Name, Title: doc.Title + ".", Text: doc.Text, Markdown: doc.Markdown(), Level: doc.Severity, URI: a.URL}
}

// request resolves the tree and the files.
func (c *call) request() (*engine.Request, error) {
	if c.Compiler != nil {
		return c.checkRequest()
	}
	if len(c.Names) == 0 {
		return nil, errors.New("no files given: name .c files, directories, ./... or patterns; `kapilint help` says more")
	}
	tree, err := c.FindTree()
	if err != nil {
		return nil, err
	}
	req := c.NewRequest(tree)
	if req.Files, err = c.Pick(tree, c.Names); err != nil {
		return nil, err
	}
	return req, nil
}

// checkRequest is for make C=1 CHECK=kapilint, which runs in the object
// directory with the options of the compiler.
func (c *call) checkRequest() (*engine.Request, error) {
	cmd, err := kbuild.ParseArgs(c.Compiler, c.Dir)
	if err != nil {
		return nil, err
	}
	opt := kbuild.Options{Src: c.Abs(c.Tree), Obj: c.Abs(c.Obj()), Arch: c.Arch}
	if opt.Obj == "" {
		opt.Obj = c.Dir
	}
	tree, err := kbuild.FindTree(filepath.Dir(cmd.File), opt)
	if err != nil {
		return nil, err
	}
	file, ok := tree.Rel(cmd.File)
	if !ok {
		return nil, fmt.Errorf("%s: not in the kernel tree %s", cmd.File, tree.Src)
	}
	req := c.NewRequest(tree)
	req.Command, req.Files = cmd, []string{file}
	return req, nil
}
