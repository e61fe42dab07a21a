// SPDX-License-Identifier: GPL-2.0-only

// Package app is the command line: the table of commands, and how one of them
// is chosen and run.
//
// A command line is words and flags. The first word that is a command's selects
// it; without one the words are files to lint. Each command has a package of
// its own below command, with its flags, its help and what it does. Package cli
// is what they share.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/command/checks"
	"kapilint/cmd/kapilint/internal/command/diff"
	"kapilint/cmd/kapilint/internal/command/explain"
	"kapilint/cmd/kapilint/internal/command/help"
	"kapilint/cmd/kapilint/internal/command/infer"
	"kapilint/cmd/kapilint/internal/command/lint"
	"kapilint/cmd/kapilint/internal/command/merge"
	"kapilint/cmd/kapilint/internal/command/review"
	"kapilint/cmd/kapilint/internal/command/spec"
	"kapilint/cmd/kapilint/internal/command/version"
	"kapilint/cmd/kapilint/internal/engine"
)

// App runs command lines.
type App struct {
	cli.Env
	Manual string // a Go source file whose first comment help prints
}

// Commands returns the table of commands. The first is meant where a command
// line names none.
func (a *App) Commands() []*cli.Command {
	return []*cli.Command{
		lint.Command(),
		infer.Command(),
		spec.Command(),
		checks.Command(),
		explain.Command(),
		diff.Command(),
		review.Command(),
		merge.Command(),
		help.Command(a.Commands, a.Manual),
		version.Command(),
	}
}

// Main runs one command line of a process and returns its exit status.
func Main(args []string, manual string) int {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kapilint:", err)
		return cli.Failed
	}
	engine, err := engine.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kapilint:", err)
		return cli.Failed
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process as if there were no handler
	a := &App{Env: cli.Env{Engine: engine, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir}, Manual: manual}
	return a.Run(ctx, args)
}

// Run runs one command line, without the program's name, and returns its exit
// status.
func (a *App) Run(ctx context.Context, args []string) int {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-version") {
		args = []string{"version"}
	}
	c := &cli.Call{Env: a.Env, Args: args}
	status, err := a.run(ctx, c)
	c.ClearProgress()
	if err != nil {
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			err = c.Interrupted()
		}
		fmt.Fprintln(a.Stderr, "kapilint:", err)
		return cli.Failed
	}
	return status
}

func (a *App) run(ctx context.Context, c *cli.Call) (int, error) {
	table := a.Commands()
	cmd, run, err := cli.Parse(c, table)
	switch {
	case errors.Is(err, flag.ErrHelp) && !slices.Contains(c.Args, cmd.Name):
		return cli.Clean, cli.Overview(a.Stdout, table)
	case errors.Is(err, flag.ErrHelp):
		return cli.Clean, cmd.Page(a.Stdout, a.Env, "  ")
	case err != nil:
		return cli.Failed, err
	}
	return run(ctx, c)
}
