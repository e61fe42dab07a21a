// SPDX-License-Identifier: GPL-2.0-only

// Package spec is the command that lists, shows and exports contracts that
// somebody wrote.
package spec

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

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/output"
	"kapilint/cmd/kapilint/internal/show"
	"kapilint/cmd/kapilint/internal/suggest"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "spec",
		Purpose: cli.LookAtContracts,
		Args:    "list|show|export [NAME...] SOURCE...",
		Short:   "list, show or export contracts that somebody wrote",
		Long: `Spec reads declared contracts. list prints one line for each, show prints those that are named, export prints all as JSON, for
--spec, or in any other form.

A SOURCE is a .c, .h or .json file, a directory, a built kernel or object file, or the kapi directory of debugfs. A NAME may be a
pattern: 'epoll_*'.`,
		Examples: []cli.Example{
			{Line: "spec list fs", Says: "the contracts below fs"},
			{Line: "spec show 'epoll_*' fs", Says: "some of them, for people to read"},
		},
		Bind: bind,
	}
}

// call is one run of the command.
type call struct {
	*cli.Call
	kind string
}

func bind(f *cli.Flags) cli.Run {
	own := &call{}
	f.Kernel()
	f.Outside("another SOURCE")
	f.String(&own.kind, "kind", "LIST", "only contracts of these kinds: function, ioctl, syscall, sysfs, callback")
	f.Format(append([]string{"", "text"}, show.Forms()...)...)
	f.Output("; rst and man write a file for each contract if it is a directory or ends in /")
	f.Said("show all steps of evidence", "no notes on what a form does not carry")
	return func(ctx context.Context, c *cli.Call) (int, error) {
		own.Call = c
		return own.spec(ctx)
	}
}

// spec lists or shows declared contracts.
func (c *call) spec(ctx context.Context) (int, error) {
	actions := []string{"list", "show", "export"}
	if len(c.Names) == 0 {
		return cli.Failed, errors.New("spec: say `spec list SOURCE...`, `spec show NAME SOURCE...` or `spec export SOURCE...`")
	}
	action := c.Names[0]
	c.Names = c.Names[1:]
	if !slices.Contains(actions, action) {
		return cli.Failed, fmt.Errorf("spec: unknown action %s%s (%s)", action,
			suggest.Hint(action, actions, ""), strings.Join(actions, ", "))
	}
	var sources, names []string
	for _, n := range c.Names {
		if c.IsPath(n) && !c.isNameGlob(n) {
			sources = append(sources, n)
		} else {
			names = append(names, n)
		}
	}
	tree, got, err := c.readSpecs(ctx, sources)
	if err != nil {
		return cli.Failed, err
	}
	if len(names) > 0 {
		if got.Set, err = named(got.Set, names); err != nil {
			return cli.Failed, err
		}
	} else if action == "show" && c.kind == "" {
		return cli.Failed, errors.New("spec show: name the contract to show; `spec list` lists them")
	}
	if got.Set, err = ofKind(got.Set, c.kind); err != nil {
		return cli.Failed, err
	}
	switch {
	case action == "list" && (c.Format == "" || c.Format == "text"):
		return cli.UnitStatus(got), c.Output(func(w io.Writer) error { return c.listContracts(w, tree, got.Set) })
	case action == "list" && c.Format != "json":
		return cli.Failed, fmt.Errorf("spec list has no --format %s (text, json)", c.Format)
	case c.Format == "" && action == "export":
		c.Format = "json"
	case c.Format == "":
		c.Format = "text"
	}
	return cli.UnitStatus(got), show.Contracts(c.Call, tree, got)
}

// isNameGlob tells a pattern of names from a pattern of files, which has a
// folder or an ending.
func (c *call) isNameGlob(arg string) bool {
	if strings.ContainsAny(arg, "./\\!") || !strings.ContainsAny(arg, "*?[") {
		return false
	}
	_, err := os.Stat(c.Abs(arg))
	return err != nil
}

func (c *call) readSpecs(ctx context.Context, sources []string) (*kbuild.Tree, *engine.Contracts, error) {
	sources = append(sources, c.Specs...)
	if len(sources) == 0 {
		return nil, nil, errors.New("spec: name the source of the contracts: a .c, .h or .json file")
	}
	tree, err := c.FindTree() // contracts are read as text, so there need not be one
	if err != nil && (c.Tree != "" || c.Obj() != "") {
		return nil, nil, err
	}
	c.Specs = nil
	req := c.NewRequest(tree)
	for _, s := range sources {
		at := c.Abs(s)
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
			return nil, fmt.Errorf("--kind %s: unknown kind%s (%s)", k, suggest.Hint(k, known, ""), strings.Join(known, ", "))
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
				suggest.Hint(n, known, "kapilint spec list SOURCE"))
		}
		out.Add(apis...)
	}
	return out, nil
}

func (c *call) listContracts(w io.Writer, tree *kbuild.Tree, set *specmodel.Set) error {
	name := func(file string) string { return file }
	if tree != nil {
		name = c.Shown(tree)
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
