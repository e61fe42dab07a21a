// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cparse/kbuild"
)

// NewRequest returns a request to the engine as the shared flags say. tree is
// nil where no source of a tree is read.
func (c *Call) NewRequest(tree *kbuild.Tree) *engine.Request {
	req := &engine.Request{Tree: tree, Cache: c.CacheDir(), Facts: c.Shard.N > 0, Jobs: c.Jobs, Verbose: c.Verbose,
		Logf: c.Logf, Warnf: c.Warnf, Progress: c.progress}
	for _, s := range c.Specs {
		req.Specs = append(req.Specs, c.Abs(s))
	}
	if tree != nil {
		c.Logf("tree %s, objects %s, %s", tree.Src, tree.Obj, tree.Target())
	}
	return req
}

// Pick returns the units that paths name, or this run's part of them. It tells
// of a file named by itself that is no part of the configuration.
func (c *Call) Pick(tree *kbuild.Tree, paths []string) ([]string, error) {
	picker := &pick.Picker{Cwd: c.Dir, Root: tree.Src, Units: tree.Units}
	files, err := picker.Pick(paths)
	if err != nil {
		return nil, err
	}
	for _, name := range paths {
		if file, ok := picker.File(name); ok && !c.Quiet && slices.Contains(files, file) {
			if why := notBuilt(tree, file); why != "" {
				c.ClearProgress()
				fmt.Fprintf(c.Stderr, "%s: note: %s\n", c.Shown(tree)(file), why)
			}
		}
	}
	return c.Shard.Of(files), nil
}

// notBuilt says why a file is no part of the configuration, or "".
func notBuilt(tree *kbuild.Tree, file string) string {
	if rest, ok := strings.CutPrefix(file, "arch/"); ok {
		if arch, _, _ := strings.Cut(rest, "/"); arch != tree.Arch && !(tree.Arch == "um" && arch == "x86") {
			return fmt.Sprintf("this file is for %s, and the configuration is for %s", arch, tree.Arch)
		}
	}
	if !tree.Builds(file) {
		return "the configuration does not build this file; it is read as if it did"
	}
	return ""
}

// CacheDir is where what can be computed again is kept: as --cache says, or
// below the user's cache directory; "" for nowhere.
func (c *Call) CacheDir() string {
	switch {
	case c.NoCache:
		return ""
	case c.Cache != "":
		return c.Abs(c.Cache)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "kapilint")
}

// Sharded says what a run with --shard has done. It reports nothing about the
// code: findings need the other parts.
func (c *Call) Sharded(req *engine.Request, units []report.Unit) (int, error) {
	c.ClearProgress()
	failed := slices.DeleteFunc(slices.Clone(units), func(u report.Unit) bool { return u.State != report.Failed })
	if err := c.Text(req.Tree).Units(c.Stderr, failed); err != nil {
		return Failed, err
	}
	if !c.Quiet {
		fmt.Fprintf(c.Stderr, "%s analysed, part %s, kept in %s\n", output.Plural(len(units), "unit"), &c.Shard, req.Cache)
	}
	if len(failed) > 0 {
		return Failed, nil
	}
	return Clean, nil
}

// Text is how findings and problems are printed, with names of files as the
// user sees them. tree may be nil.
func (c *Call) Text(tree *kbuild.Tree) *output.Text {
	text := &output.Text{Verbose: c.Verbose}
	if tree != nil {
		text.Name, text.Make = c.Shown(tree), tree.Make()
	}
	return text
}

// TellUnits says what could not be done, and how the units fared.
func (c *Call) TellUnits(tree *kbuild.Tree, problems []report.Problem, units []report.Unit) error {
	c.ClearProgress()
	text := c.Text(tree)
	return errors.Join(text.Problems(c.Stderr, problems), text.Units(c.Stderr, units))
}

// UnitStatus is the exit status of what needs all units and problems nowhere.
func UnitStatus(got *engine.Contracts) int {
	failed := func(u report.Unit) bool { return u.State == report.Failed }
	if len(got.Problems) > 0 || slices.ContainsFunc(got.Units, failed) {
		return Failed
	}
	return Clean
}
