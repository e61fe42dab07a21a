// SPDX-License-Identifier: GPL-2.0-only

// Package version is the command that says which program this is.
package version

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"kapilint/cmd/kapilint/internal/cli"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:     "version",
		Purpose:  cli.LiveWithIt,
		Short:    "print version, commit and Go version",
		Long:     "Version prints the version of the program, the commit it was built from, the version of Go and the platform. kapilint --version does the same.",
		Examples: []cli.Example{{Line: "version", Says: "one line"}},
		Bind: func(f *cli.Flags) cli.Run {
			f.Output("")
			return func(_ context.Context, c *cli.Call) (int, error) {
				if len(c.Names) > 0 {
					return cli.Failed, fmt.Errorf("version takes no names: %s", c.Names[0])
				}
				return cli.Clean, c.Output(func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "kapilint %s commit %s %s %s/%s\n", cli.Version(), cli.Commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
					return err
				})
			}
		},
	}
}
