// SPDX-License-Identifier: GPL-2.0-only

// Package cli is what the commands share.
//
// A [Command] is data: a name, help, and a function that binds its flags and
// returns what runs it. Flags that more than one command has are bound by
// methods of [Flags], which put them into the [Options] of the [Call], so that
// all commands read them the same way and mean the same by them. A Call is one
// command line being run; it finds the tree and the units, prepares the request
// to the engine, shows progress, and writes results.
//
// Results go to standard output alone, all else to standard error. A command
// returns its exit status, or an error, which is status 2.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cparse/kbuild"
)

// The exit statuses.
const (
	Clean  = 0
	Found  = 1 // there are findings, or changes that --fail-on names
	Failed = 2 // what was asked could not be done
)

// Env is where command lines are run.
type Env struct {
	Engine engine.Engine
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Dir    string // current directory, absolute
}

// Call is one command line being run.
type Call struct {
	Env
	Options
	Args     []string // the whole command line, without the program's name
	Names    []string // arguments that are neither flags nor the command
	Compiler []string // the compiler's arguments, where make calls through CHECK=

	bar progress
}

// Promptly returns what work returns. When ctx ends it waits no longer than a
// user would: workers stop only after the unit that they are at, which can take
// seconds, and what work keeps in the meantime survives the end of the process.
func Promptly[T any](ctx context.Context, work func() (T, error)) (T, error) {
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

// patience is how long an interrupted run waits for its workers.
const patience = 500 * time.Millisecond

// Interrupted says what an interrupted run has done.
func (c *Call) Interrupted() error {
	c.bar.mu.Lock()
	done, total := c.bar.done, c.bar.total
	c.bar.mu.Unlock()
	switch {
	case total == 0:
		return errors.New("interrupted")
	case c.CacheDir() == "":
		return fmt.Errorf("interrupted after %d of %d units", done, total)
	}
	return fmt.Errorf("interrupted after %d of %d units; the same command goes on from there", done, total)
}

// FindTree finds the tree that -C names, that the first name lies in, or that
// is here.
func (c *Call) FindTree() (*kbuild.Tree, error) {
	opt := kbuild.Options{Src: c.Abs(c.Tree), Obj: c.Abs(c.Obj()), Arch: c.Arch}
	if opt.Src != "" {
		return kbuild.FindTree(opt.Src, opt)
	}
	for _, name := range c.Names {
		name = strings.TrimSuffix(filepath.ToSlash(name), "/...")
		if at := c.Abs(name); at != "" {
			if _, err := os.Stat(at); err == nil {
				return kbuild.FindTree(at, opt)
			}
		}
	}
	return kbuild.FindTree(c.Dir, opt)
}

// Abs returns an absolute name for one that the user gave; "" stays.
func (c *Call) Abs(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, filepath.FromSlash(name))
}

// Shown returns how a file of the tree is named to the user: relative to the
// current directory, unless that lies elsewhere.
func (c *Call) Shown(tree *kbuild.Tree) func(string) string {
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

// Near is a file's name from the current directory, if it lies below that.
func (c *Call) Near(file string) string {
	if !filepath.IsAbs(file) {
		return file
	}
	if rel, err := filepath.Rel(c.Dir, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

// IsPath tells files from names: a name is a C identifier that is no file.
func (c *Call) IsPath(arg string) bool {
	if strings.ContainsAny(arg, "./*?[{!\\") {
		return true
	}
	_, err := os.Stat(c.Abs(arg))
	return err == nil
}

// Output writes what print prints to the file of -o, or to standard output.
func (c *Call) Output(print func(io.Writer) error) error {
	return c.OutputTo(c.Stdout, print)
}

// OutputTo is Output for what goes elsewhere without -o.
func (c *Call) OutputTo(w io.Writer, print func(io.Writer) error) error {
	c.ClearProgress()
	if c.Out == "" {
		return print(w)
	}
	f, err := os.Create(c.Abs(c.Out))
	if err != nil {
		return err
	}
	if err := print(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// Logf is what --verbose tells about the way.
func (c *Call) Logf(format string, args ...any) {
	if !c.Verbose {
		return
	}
	c.ClearProgress()
	fmt.Fprintf(c.Stderr, "kapilint: "+format+"\n", args...)
}

// Warnf tells what went wrong without changing what comes out.
func (c *Call) Warnf(format string, args ...any) {
	c.ClearProgress()
	fmt.Fprintf(c.Stderr, "kapilint: warning: "+format+"\n", args...)
}
