// SPDX-License-Identifier: GPL-2.0-only

// Package help is the command that prints help: of all commands, of one, of a
// check, or the manual.
package help

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cmd/kapilint/internal/suggest"
)

// width of explanations on a terminal.
const width = 80

// Command returns the command. table returns all commands, this one among
// them; manual is a Go source file whose first comment is the manual.
func Command(table func() []*cli.Command, manual string) *cli.Command {
	return &cli.Command{
		Name:     "help",
		Purpose:  cli.LiveWithIt,
		Args:     "[COMMAND|CHECK|manual]",
		Short:    "show what a command does, or the whole manual",
		Long:     "Help prints the commands, or the flags and examples of one command, or the page of a check, or the manual.",
		Examples: []cli.Example{{Line: "help infer", Says: "the flags of a command, with examples"}},
		Bind: func(f *cli.Flags) cli.Run {
			f.Output("")
			return func(_ context.Context, c *cli.Call) (int, error) {
				page, err := pageFor(c, table(), manual)
				if err != nil {
					return cli.Failed, err
				}
				return cli.Clean, c.Output(page)
			}
		},
	}
}

// pageFor returns what writes the page that is asked for.
func pageFor(c *cli.Call, table []*cli.Command, manual string) (func(io.Writer) error, error) {
	if len(c.Names) == 0 {
		return func(w io.Writer) error { return cli.Overview(w, table) }, nil
	}
	if len(c.Names) > 1 {
		return nil, errors.New("help: name one command, one check, or manual")
	}
	name := c.Names[0]
	if name == "manual" {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, text(manual))
			return err
		}, nil
	}
	if cmd := cli.Find(table, name); cmd != nil {
		return func(w io.Writer) error { return cmd.Page(w, c.Env, "  ") }, nil
	}
	check, err := pick.Check(c.Engine.Checks, name)
	if err != nil {
		known := []string{"manual"}
		for _, cmd := range table {
			known = append(known, cmd.Name)
		}
		for _, a := range c.Engine.Checks {
			known = append(known, a.Name)
		}
		return nil, fmt.Errorf("there is no help on %s%s", name, suggest.Hint(name, known, "kapilint help"))
	}
	return func(w io.Writer) error {
		_, err := io.WriteString(w, check.Docs().Plain(width))
		return err
	}, nil
}

// text takes the text of the package comment out of a Go source file.
func text(source string) string {
	_, manual, ok := strings.Cut(source, "/*\n")
	if !ok {
		return source
	}
	manual, _, _ = strings.Cut(manual, "*/")
	return manual
}
