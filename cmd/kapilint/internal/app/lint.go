// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/fix"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cparse/kbuild"
	"kapilint/sarif"
)

func (c *call) lint(ctx context.Context) (int, error) {
	picked, sel, err := pickChecks(c.Engine.Checks, c.opt.checks)
	if err != nil {
		return exitError, err
	}
	req, found, err := c.lintAll(ctx, picked)
	if err != nil {
		return exitError, err
	}
	c.clearProgress()
	if req.Facts {
		return c.sharded(req, found.Units)
	}
	found.Findings = slices.DeleteFunc(found.Findings, func(f report.Finding) bool { return !sel.keeps(f.Rule()) })
	text := c.text(req.Tree)
	if err := errors.Join(text.Problems(c.Stderr, found.Problems), text.Units(c.Stderr, found.Units)); err != nil {
		return exitError, err
	}
	if c.opt.diff {
		err = c.showDiff(found)
	} else {
		err = c.reportFindings(req, found, picked, text)
	}
	if err != nil {
		return exitError, err
	}
	if !c.opt.quiet {
		fmt.Fprintln(c.Stderr, output.Summary(&found.Result))
	}
	return c.status(found), nil
}

// reportFindings writes fixes if asked to, and prints what is left.
func (c *call) reportFindings(req *Request, found *Findings, picked []*lint.Analyzer, text *output.Text) error {
	if c.opt.fix {
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
	return c.output(func(w io.Writer) error {
		switch c.opt.format {
		case "json":
			return output.JSON(w, &found.Result)
		case "jsonl":
			return output.JSONLines(w, &found.Result)
		case "sarif":
			run := sarif.Run{
				Version:   versionString(),
				Root:      req.Tree.Src,
				Category:  req.Tree.Target(),
				Arguments: c.args,
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

func (c *call) showDiff(found *Findings) error {
	plan, err := fix.Merge(found.Findings, found.Read)
	if err != nil {
		return err
	}
	c.fixed(plan, "can fix")
	return c.output(plan.Diff)
}

func (c *call) fixed(plan *fix.Plan, verb string) {
	if c.opt.quiet && plan.Skipped == 0 {
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
func (c *call) status(found *Findings) int {
	fail := c.check == nil
	if c.opt.fail.set {
		fail = c.opt.fail.value
	}
	count := found.Count()
	switch {
	case count.Failed+len(found.Problems) > 0 && (fail || c.check == nil):
		return exitError
	case count.Findings() > 0 && fail:
		return exitFound
	case count.Partial > 0 && fail: // nothing found in a part is not the same as nothing found
		return exitError
	}
	return exitClean
}

func ruleOf(a *lint.Analyzer) sarif.Rule {
	doc := a.Docs()
	return sarif.Rule{ID: a.Name, Title: doc.Title + ".", Text: doc.Text, Markdown: doc.Markdown(), Level: doc.Severity, URI: a.URL}
}

// request resolves the tree and the files.
func (c *call) request() (*Request, error) {
	if c.check != nil {
		return c.checkRequest()
	}
	if len(c.names) == 0 {
		return nil, errors.New("no files given: name .c files, directories, ./... or patterns; `kapilint help` says more")
	}
	tree, err := c.findTree()
	if err != nil {
		return nil, err
	}
	req := c.newRequest(tree)
	picker := &pick.Picker{Cwd: c.Dir, Root: tree.Src, Units: tree.Units}
	if req.Files, err = picker.Pick(c.names); err != nil {
		return nil, err
	}
	req.Files = c.opt.shard.of(req.Files)
	return req, nil
}

func (c *call) newRequest(tree *kbuild.Tree) *Request {
	req := &Request{Tree: tree, Cache: c.cacheDir(), Facts: c.opt.shard.n > 0, Callbacks: c.opt.callbacks, Jobs: c.opt.jobs, Verbose: c.opt.verbose, Logf: c.logf, Warnf: c.warnf, Progress: c.progress}
	for _, s := range c.opt.specs {
		req.Specs = append(req.Specs, c.abs(s))
	}
	if tree != nil {
		c.logf("tree %s, objects %s, %s", tree.Src, tree.Obj, tree.Target())
	}
	return req
}

// checkRequest is for make C=1 CHECK=kapilint, which runs in the object
// directory with the options of the compiler.
func (c *call) checkRequest() (*Request, error) {
	cmd, err := kbuild.ParseArgs(c.check, c.Dir)
	if err != nil {
		return nil, err
	}
	opt := kbuild.Options{Src: c.abs(c.opt.tree), Obj: c.abs(c.opt.obj()), Arch: c.opt.arch}
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
	req := c.newRequest(tree)
	req.Command, req.Files = cmd, []string{file}
	return req, nil
}
