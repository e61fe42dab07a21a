// SPDX-License-Identifier: GPL-2.0-only

// Package explain is the command that prints the page of a check.
package explain

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/pick"
)

// width of explanations on a terminal.
const width = 80

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:     "explain",
		Purpose:  cli.LookAtContracts,
		Args:     "CHECK...",
		Short:    "say what a check reports, and what to do about it",
		Long:     "Explain prints the page of a check: what it reports, an example before and after, its limits and its options.",
		Examples: []cli.Example{{Line: "explain errunlisted", Says: "the page of one check"}},
		Bind: func(f *cli.Flags) cli.Run {
			f.Format("text", "markdown")
			f.Output("")
			return explain
		},
	}
}

func explain(_ context.Context, c *cli.Call) (int, error) {
	if len(c.Names) == 0 {
		return cli.Failed, fmt.Errorf("explain: name a check; `kapilint checks` lists them")
	}
	var pages []string
	for _, name := range c.Names {
		a, err := pick.Check(c.Engine.Checks, name)
		if err != nil {
			return cli.Failed, err
		}
		if c.Format == "markdown" {
			pages = append(pages, a.Docs().Markdown())
		} else {
			pages = append(pages, a.Docs().Plain(width))
		}
	}
	return cli.Clean, c.Output(func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(pages, "\n"))
		return err
	})
}
