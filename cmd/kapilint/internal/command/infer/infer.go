// SPDX-License-Identifier: GPL-2.0-only

// Package infer is the command that prints the contracts that the code has.
package infer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/show"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "infer",
		Purpose: cli.LookAtCode,
		Args:    "PATH|NAME...",
		Short:   "print the contracts that the code has",
		Long: `Infer computes from the code what interfaces take and return, whether somebody wrote a contract or not: accepted values of
parameters, errors, when they come and from where.

A PATH gives all system calls that it defines; kapilint help lint says what a PATH is. A NAME is a function or a system call, wherever it is
defined. It may also be a member that is called through, a security hook or a static call: then infer lists what the
files of PATH put there and what that returns, see docs/callbacks.md.`,
		Examples: []cli.Example{
			{Line: "infer epoll_create1", Says: "the contract of a system call"},
			{Line: "infer --stats fs", Says: "how many contracts below fs are complete, and what keeps the others open"},
		},
		Bind: bind,
	}
}

// options are the command's own flags.
type options struct {
	callbacks, stats bool
}

// call is one run of the command.
type call struct {
	*cli.Call
	*options
}

func bind(f *cli.Flags) cli.Run {
	o := &options{}
	f.Kernel()
	f.Work()
	f.Bool(&o.callbacks, "callbacks", "also list the errors of functions that are called through pointers, as far as the files of PATH put them there")
	f.Bool(&o.stats, "stats", "print, instead of contracts, how many are closed, and what keeps the others open, the most frequent reason first")
	f.Format(append([]string{"text"}, show.Forms()...)...)
	f.Output("; rst and man write a file for each contract if it is a directory or ends in /")
	f.Said("show all steps of the evidence, all reasons, and which flags a file is compiled with", "no notes and no progress")
	return func(ctx context.Context, c *cli.Call) (int, error) {
		if o.stats && c.Format != "text" && c.Format != "json" {
			return cli.Failed, errors.New("--stats is for infer, as text or as --format json")
		}
		return (&call{c, o}).infer(ctx)
	}
}

// infer prints what the code says about interfaces, named by themselves or by
// the files that define them.
func (c *call) infer(ctx context.Context) (int, error) {
	var paths, names, sets []string
	for _, n := range c.Names {
		switch {
		case c.isSet(n):
			sets = append(sets, n)
		case c.IsPath(n):
			paths = append(paths, n)
		default:
			names = append(names, n)
		}
	}
	if len(c.Names) == 0 {
		return cli.Failed, errors.New("infer: name .c files, functions or system calls")
	}
	tree, err := c.FindTree()
	if err != nil {
		return cli.Failed, err
	}
	req := c.NewRequest(tree)
	req.Names, req.Callbacks = names, c.callbacks
	if len(paths) > 0 {
		if req.Files, err = c.Pick(tree, paths); err != nil {
			return cli.Failed, err
		}
	}
	if err := inferSets(req, sets); err != nil {
		return cli.Failed, err
	}
	if req.Facts && len(names) > 0 {
		return cli.Failed, fmt.Errorf("infer --shard: %s is no path; a part is taken of files, directories and patterns", names[0])
	}
	got, err := cli.Promptly(ctx, func() (*engine.Contracts, error) { return c.Engine.Infer(ctx, req) })
	if err != nil {
		return cli.Failed, err
	}
	if req.Facts {
		return c.Sharded(req, got.Units)
	}
	if c.stats {
		return cli.UnitStatus(got), c.printStats(tree, got)
	}
	return cli.UnitStatus(got), show.Contracts(c.Call, tree, got)
}

var setName = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$`)

// isSet tells the name of what calls through a member can reach, such as
// file_operations.poll, from that of a file.
func (c *call) isSet(arg string) bool {
	if !setName.MatchString(arg) {
		return false
	}
	switch arg[strings.LastIndexByte(arg, '.')+1:] {
	case "c", "h", "S", "i", "o", "s":
		return false
	}
	_, err := os.Stat(c.Abs(arg))
	return err != nil
}

// inferSets names the sets of a request and says where to look.
func inferSets(req *engine.Request, sets []string) error {
	if len(sets) > 0 && len(req.Files) == 0 {
		return fmt.Errorf("infer: say where to look for what implements %s, such as `kapilint infer %s ./...`", sets[0], sets[0])
	}
	req.Sets = sets
	return nil
}
