// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
)

// infer prints what the code says about interfaces, named by themselves or by
// the files that define them.
func (c *call) infer(ctx context.Context) (int, error) {
	var paths, names, sets []string
	for _, n := range c.names {
		switch {
		case c.isSet(n):
			sets = append(sets, n)
		case c.isPath(n):
			paths = append(paths, n)
		default:
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
		req.Files = c.opt.shard.of(req.Files)
	}
	if err := inferSets(req, sets); err != nil {
		return exitError, err
	}
	if req.Facts && len(names) > 0 {
		return exitError, fmt.Errorf("infer --shard: %s is no path; a part is taken of files, directories and patterns", names[0])
	}
	got, err := promptly(ctx, func() (*Contracts, error) { return c.Engine.Infer(ctx, req) })
	if err != nil {
		return exitError, err
	}
	if req.Facts {
		return c.sharded(req, got.Units)
	}
	if c.opt.stats {
		return unitStatus(got), c.printStats(tree, got)
	}
	return unitStatus(got), c.printContracts(tree, got)
}

// isPath tells files from names: a name is a C identifier that is no file.
func (c *call) isPath(arg string) bool {
	if strings.ContainsAny(arg, "./*?[{!\\") {
		return true
	}
	_, err := os.Stat(c.abs(arg))
	return err == nil
}

func (c *call) text(tree *kbuild.Tree) *output.Text {
	text := &output.Text{Verbose: c.opt.verbose}
	if tree != nil {
		text.Name, text.Make = c.shown(tree), tree.Make()
	}
	return text
}

// printContracts prints how the units fared, and the contracts.
func (c *call) printContracts(tree *kbuild.Tree, got *Contracts) error {
	if err := c.tellUnits(tree, got.Problems, got.Units); err != nil {
		return err
	}
	return c.render(tree, got.Set)
}

// tellUnits says what could not be done, and how the units fared.
func (c *call) tellUnits(tree *kbuild.Tree, problems []report.Problem, units []report.Unit) error {
	c.clearProgress()
	text := c.text(tree)
	return errors.Join(text.Problems(c.Stderr, problems), text.Units(c.Stderr, units))
}

func unitStatus(got *Contracts) int {
	failed := func(u report.Unit) bool { return u.State == report.Failed }
	if len(got.Problems) > 0 || slices.ContainsFunc(got.Units, failed) {
		return exitError
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
		if c.isPath(n) && !c.isNameGlob(n) {
			sources = append(sources, n)
		} else {
			names = append(names, n)
		}
	}
	tree, got, err := c.readSpecs(ctx, sources)
	if err != nil {
		return exitError, err
	}
	if len(names) > 0 {
		if got.Set, err = named(got.Set, names); err != nil {
			return exitError, err
		}
	} else if action == "show" && c.opt.kind == "" {
		return exitError, errors.New("spec show: name the contract to show; `spec list` lists them")
	}
	if got.Set, err = ofKind(got.Set, c.opt.kind); err != nil {
		return exitError, err
	}
	switch {
	case action == "list" && (c.opt.format == "" || c.opt.format == "text"):
		return unitStatus(got), c.output(func(w io.Writer) error { return c.listContracts(w, tree, got.Set) })
	case action == "list" && c.opt.format != "json":
		return exitError, fmt.Errorf("spec list has no --format %s (text, json)", c.opt.format)
	case c.opt.format == "" && action == "export":
		c.opt.format = "json"
	case c.opt.format == "":
		c.opt.format = "text"
	}
	return unitStatus(got), c.printContracts(tree, got)
}

// isNameGlob tells a pattern of names from a pattern of files, which has a
// folder or an ending.
func (c *call) isNameGlob(arg string) bool {
	if strings.ContainsAny(arg, "./\\!") || !strings.ContainsAny(arg, "*?[") {
		return false
	}
	_, err := os.Stat(c.abs(arg))
	return err != nil
}

func (c *call) readSpecs(ctx context.Context, sources []string) (*kbuild.Tree, *Contracts, error) {
	sources = append(sources, c.opt.specs...)
	if len(sources) == 0 {
		return nil, nil, errors.New("spec: name the source of the contracts: a .c, .h or .json file")
	}
	tree, err := c.findTree() // contracts are read as text, so there need not be one
	if err != nil && (c.opt.tree != "" || c.opt.obj() != "") {
		return nil, nil, err
	}
	c.opt.specs = nil
	req := c.newRequest(tree)
	for _, s := range sources {
		at := c.abs(s)
		if _, err := os.Stat(at); err != nil && tree != nil && !filepath.IsAbs(s) {
			at = tree.Abs(s)
		}
		if _, err := os.Stat(at); err != nil {
			return nil, nil, fmt.Errorf("%s: no such file or directory", s)
		}
		req.Specs = append(req.Specs, at)
	}
	got, err := c.Engine.Specs(ctx, req)
	return tree, got, err
}

// ofKind returns the contracts of one of the kinds, which commas separate.
func ofKind(set *specmodel.Set, kinds string) (*specmodel.Set, error) {
	if kinds == "" {
		return set, nil
	}
	known := []string{string(specmodel.Callback), string(specmodel.Function), string(specmodel.Ioctl), string(specmodel.Syscall), string(specmodel.Sysfs)}
	want := strings.Split(kinds, ",")
	for _, k := range want {
		if !slices.Contains(known, k) {
			return nil, fmt.Errorf("--kind %s: unknown kind%s (%s)", k, hint(k, known, func(s string) string { return s }, ""), strings.Join(known, ", "))
		}
	}
	out := &specmodel.Set{}
	for _, a := range set.APIs {
		if slices.Contains(want, string(a.Kind)) {
			out.Add(a)
		}
	}
	return out, nil
}

// bareName is the name that programs know a system call by.
func bareName(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "compat_"), "sys_")
}

// named returns the contracts with the names, any of which may be a pattern.
// A system call may be called by its bare name.
func named(set *specmodel.Set, names []string) (*specmodel.Set, error) {
	out := &specmodel.Set{}
	var known []string
	for _, a := range set.APIs {
		known = append(known, a.Name)
	}
	for _, n := range names {
		if strings.ContainsAny(n, "*?[") {
			if _, err := path.Match(n, ""); err != nil {
				return nil, fmt.Errorf("%s: not a pattern of names", n)
			}
			found := false
			for _, a := range set.APIs {
				whole, _ := path.Match(n, a.Name)
				bare, _ := path.Match(n, bareName(a.Name))
				if whole || bare {
					out.Add(a)
					found = true
				}
			}
			if !found {
				return nil, fmt.Errorf("no contract has a name like %s", n)
			}
			continue
		}
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

func (c *call) listContracts(w io.Writer, tree *kbuild.Tree, set *specmodel.Set) error {
	name := func(file string) string { return file }
	if tree != nil {
		name = c.shown(tree)
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, a := range set.APIs {
		at := a.Pos
		if !at.IsValid() {
			at = a.Container
		}
		if at.File != "" {
			at.File = name(at.File)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Kind, a.Origin,
			output.Plural(len(a.Params), "param"), output.Plural(len(a.Errors), "error"), at)
	}
	return tw.Flush()
}
