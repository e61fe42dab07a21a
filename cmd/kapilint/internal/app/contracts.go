// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
)

// infer prints what the code says about interfaces, named by themselves or by
// the files that define them.
func (c *call) infer(ctx context.Context) (int, error) {
	var paths, names []string
	for _, n := range c.names {
		if c.isPath(n) {
			paths = append(paths, n)
		} else {
			names = append(names, n)
		}
	}
	if len(c.names) == 0 {
		return exitError, errors.New("infer: name .c files, functions or system calls")
	}
	tree, err := c.findTree()
	if err != nil {
		return exitError, err
	}
	req := c.newRequest(tree)
	req.Names = names
	if len(paths) > 0 {
		picker := &pick.Picker{Cwd: c.Dir, Root: tree.Src, Units: tree.Units}
		if req.Files, err = picker.Pick(paths); err != nil {
			return exitError, err
		}
	}
	got, err := c.Engine.Infer(ctx, req)
	if err != nil {
		return exitError, err
	}
	if err := c.printUnits(tree, got); err != nil {
		return exitError, err
	}
	return unitStatus(got), c.output(func(w io.Writer) error {
		return c.Engine.PrintContracts(w, got.Set, c.opt.format == "json")
	})
}

// isPath tells files from names: a name is a C identifier that is no file.
func (c *call) isPath(arg string) bool {
	if strings.ContainsAny(arg, "./*?[{!\\") {
		return true
	}
	_, err := os.Stat(c.abs(arg))
	return err == nil
}

func (c *call) printUnits(tree *kbuild.Tree, got *Contracts) error {
	c.clearProgress()
	text := &output.Text{Verbose: c.opt.verbose}
	if tree != nil {
		text.Name = c.shown(tree)
	}
	return text.Units(c.Stderr, got.Units)
}

func unitStatus(got *Contracts) int {
	for _, u := range got.Units {
		if u.State == "failed" {
			return exitError
		}
	}
	return exitClean
}

// spec lists or shows declared contracts.
func (c *call) spec(ctx context.Context) (int, error) {
	actions := []string{"list", "show", "export"}
	if len(c.names) == 0 {
		return exitError, errors.New("spec: say `spec list SOURCE...`, `spec show NAME SOURCE...` or `spec export SOURCE...`")
	}
	action := c.names[0]
	c.names = c.names[1:]
	if !slices.Contains(actions, action) {
		return exitError, fmt.Errorf("spec: unknown action %s%s (%s)", action,
			hint(action, actions, func(s string) string { return s }, ""), strings.Join(actions, ", "))
	}
	var sources, names []string
	for _, n := range c.names {
		if c.isPath(n) {
			sources = append(sources, n)
		} else {
			names = append(names, n)
		}
	}
	got, err := c.readSpecs(ctx, sources)
	if err != nil {
		return exitError, err
	}
	if len(names) > 0 {
		if got.Set, err = named(got.Set, names); err != nil {
			return exitError, err
		}
	} else if action == "show" {
		return exitError, errors.New("spec show: name the contract to show; `spec list` lists them")
	}
	return unitStatus(got), c.output(func(w io.Writer) error {
		if action == "list" && c.opt.format == "text" {
			return listContracts(w, got.Set)
		}
		return c.Engine.PrintContracts(w, got.Set, action == "export" || c.opt.format == "json")
	})
}

func (c *call) readSpecs(ctx context.Context, sources []string) (*Contracts, error) {
	sources = append(sources, c.opt.specs...)
	if len(sources) == 0 {
		return nil, errors.New("spec: name the source of the contracts: a .c, .h or .json file")
	}
	tree, err := c.findTree()
	needed := slices.ContainsFunc(sources, func(s string) bool { return filepath.Ext(s) != ".json" })
	if err != nil && needed {
		return nil, err
	}
	c.opt.specs = nil
	req := c.newRequest(tree)
	for _, s := range sources {
		at := c.abs(s)
		if _, err := os.Stat(at); err != nil && tree != nil && !filepath.IsAbs(s) {
			at = tree.Abs(s)
		}
		if _, err := os.Stat(at); err != nil {
			return nil, fmt.Errorf("%s: no such file or directory", s)
		}
		req.Specs = append(req.Specs, at)
	}
	got, err := c.Engine.Specs(ctx, req)
	if err != nil {
		return nil, err
	}
	return got, c.printUnits(tree, got)
}

// named returns the contracts with the names. A system call may be called by
// its bare name.
func named(set *specmodel.Set, names []string) (*specmodel.Set, error) {
	out := &specmodel.Set{}
	var known []string
	for _, a := range set.APIs {
		known = append(known, a.Name)
	}
	for _, n := range names {
		apis := set.All(n)
		for _, prefix := range []string{"sys_", "compat_sys_"} {
			if len(apis) == 0 {
				apis = set.All(prefix + n)
			}
		}
		if len(apis) == 0 {
			return nil, fmt.Errorf("no contract is named %s%s", n,
				hint(n, known, func(s string) string { return s }, "kapilint spec list SOURCE"))
		}
		out.Add(apis...)
	}
	return out, nil
}

func listContracts(w io.Writer, set *specmodel.Set) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, a := range set.APIs {
		at := a.Pos
		if !at.IsValid() {
			at = a.Container
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d params\t%d errors\t%s\n", a.Name, a.Kind, a.Origin, len(a.Params), len(a.Errors), at)
	}
	return tw.Flush()
}
