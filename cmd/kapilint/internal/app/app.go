// SPDX-License-Identifier: GPL-2.0-only

// Package app is the command line: it reads flags, finds the tree and the
// files, lets an [Engine] do the work, and prints what comes back.
//
// Every command shares one set of flags, which may stand before, between and
// after the names, with one dash or two. The first name that is a command's
// selects it; without one the names are files to lint. A name that is not
// known is answered with the nearest that is.
//
// Nothing here analyses anything, and nothing below prints: results go to
// standard output alone, all else to standard error, and the exit status is
// decided in one place per command.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"kapilint/cparse/kbuild"
)

// The exit statuses.
const (
	exitClean = 0
	exitFound = 1 // lint found something, diff a change that --fail-on names
	exitError = 2 // what was asked could not be done
)

// App runs command lines.
type App struct {
	Manual string // shown by help
	Engine Engine
	Stdout io.Writer
	Stderr io.Writer
	Dir    string // current directory, absolute
}

// Main runs one command line of a process and returns its exit status.
func Main(args []string, manual string) int {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kapilint:", err)
		return exitError
	}
	engine, err := newEngine()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kapilint:", err)
		return exitError
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process as if there were no handler
	a := &App{Manual: manual, Engine: engine, Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir}
	return a.Run(ctx, args)
}

// Run runs one command line, without the program's name, and returns its exit
// status.
func (a *App) Run(ctx context.Context, args []string) int {
	c := &call{App: a, args: args}
	status, err := c.run(ctx)
	c.clearProgress()
	if err != nil {
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			err = c.interrupted()
		}
		fmt.Fprintln(a.Stderr, "kapilint:", err)
		return exitError
	}
	return status
}

// patience is how long an interrupted run waits for its workers.
const patience = 500 * time.Millisecond

// promptly returns what work returns. When ctx ends it waits no longer than a
// user would: workers stop only after the unit that they are at, which can take
// seconds, and what work keeps in the meantime survives the end of the process.
func promptly[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := work()
		done <- result{value, err}
	}()
	var late <-chan time.Time
	for stop := ctx.Done(); ; {
		select {
		case r := <-done:
			return r.value, r.err
		case <-stop:
			stop, late = nil, time.After(patience)
		case <-late:
			return *new(T), ctx.Err()
		}
	}
}

// interrupted says what an interrupted run has done.
func (c *call) interrupted() error {
	c.bar.mu.Lock()
	done, total := c.bar.done, c.bar.total
	c.bar.mu.Unlock()
	switch {
	case total == 0:
		return errors.New("interrupted")
	case c.cacheDir() == "":
		return fmt.Errorf("interrupted after %d of %d units", done, total)
	}
	return fmt.Errorf("interrupted after %d of %d units; the same command goes on from there", done, total)
}

// call is one command line being run.
type call struct {
	*App
	args  []string
	opt   options
	names []string // arguments that are no flags
	check []string // the compiler's arguments, when make calls through CHECK=
	bar   progress
}

// command is one of the words that can stand first.
type command struct {
	name    string
	formats []string // of --format, the default first
	run     func(*call, context.Context) (int, error)
}

func commands() []command {
	return []command{
		{"lint", []string{"text", "json", "jsonl", "sarif"}, (*call).lint},
		{"infer", append([]string{"text"}, contractFormats...), (*call).infer},
		{"spec", append([]string{"", "text"}, contractFormats...), (*call).spec}, // the default depends on the action
		{"diff", []string{"text", "json", "sarif", "markdown"}, (*call).diffSpecs},
		{"merge", []string{"text"}, (*call).merge},
		{"checks", []string{"text", "json"}, (*call).listChecks},
		{"explain", []string{"text", "markdown"}, (*call).explain},
		{"help", []string{"text", "markdown"}, (*call).help},
		{"version", []string{"text"}, (*call).version},
	}
}

func (c *call) run(ctx context.Context) (int, error) {
	c.check = compilerArgs(c.args)
	own := c.args
	if c.check != nil {
		own, c.check = splitCheck(c.flagSet(), c.args)
	}
	names, err := c.parse(own)
	if errors.Is(err, flag.ErrHelp) {
		names, err = []string{"help"}, nil
	}
	if err != nil {
		return exitError, err
	}
	cmd := commands()[0]
	if len(names) > 0 && c.check == nil {
		for _, known := range commands() {
			if known.name == names[0] {
				cmd, names = known, names[1:]
				break
			}
		}
	}
	c.names = names
	if err := c.validate(cmd); err != nil {
		return exitError, err
	}
	return cmd.run(c, ctx)
}

// findTree finds the tree that -C names, that the first name lies in, or that
// is here.
func (c *call) findTree() (*kbuild.Tree, error) {
	opt := kbuild.Options{Src: c.abs(c.opt.tree), Obj: c.abs(c.opt.obj()), Arch: c.opt.arch}
	if opt.Src != "" {
		return kbuild.FindTree(opt.Src, opt)
	}
	for _, name := range c.names {
		name = strings.TrimSuffix(filepath.ToSlash(name), "/...")
		if at := c.abs(name); at != "" {
			if _, err := os.Stat(at); err == nil {
				return kbuild.FindTree(at, opt)
			}
		}
	}
	return kbuild.FindTree(c.Dir, opt)
}

// abs returns an absolute name for one that the user gave; "" stays.
func (c *call) abs(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, filepath.FromSlash(name))
}

// shown returns how a file of the tree is named to the user: relative to the
// current directory, unless that lies elsewhere.
func (c *call) shown(tree *kbuild.Tree) func(string) string {
	under := func(root, path string) bool {
		rel, err := filepath.Rel(root, path)
		return err == nil && filepath.IsLocal(rel)
	}
	near := under(tree.Src, c.Dir) || under(c.Dir, tree.Src)
	return func(file string) string {
		abs := tree.Abs(file)
		if !near {
			return abs
		}
		if rel, err := filepath.Rel(c.Dir, abs); err == nil {
			return filepath.ToSlash(rel)
		}
		return abs
	}
}

// checkOut checks before the work that the directory of -o is there.
func (c *call) checkOut() error {
	if c.opt.out == "" || strings.HasSuffix(c.opt.out, "/") {
		return nil // no file, or a directory that is made
	}
	dir := filepath.Dir(c.opt.out)
	if st, err := os.Stat(c.abs(dir)); err != nil || !st.IsDir() {
		return fmt.Errorf("-o %s: %s is no directory", c.opt.out, dir)
	}
	return nil
}

// output writes what print prints to the file of -o, or to standard output.
func (c *call) output(print func(io.Writer) error) error {
	c.clearProgress()
	if c.opt.out == "" {
		return print(c.Stdout)
	}
	f, err := os.Create(c.abs(c.opt.out))
	if err != nil {
		return err
	}
	if err := print(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// logf is what --verbose tells about the way.
func (c *call) logf(format string, args ...any) {
	if !c.opt.verbose {
		return
	}
	c.clearProgress()
	fmt.Fprintf(c.Stderr, "kapilint: "+format+"\n", args...)
}

// warnf tells what went wrong without changing what comes out.
func (c *call) warnf(format string, args ...any) {
	c.clearProgress()
	fmt.Fprintf(c.Stderr, "kapilint: warning: "+format+"\n", args...)
}
