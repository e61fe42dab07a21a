// SPDX-License-Identifier: GPL-2.0-only

// Package merge is the command that takes over what other runs have kept.
package merge

import (
	"context"
	"errors"
	"fmt"
	"os"

	"kapilint/checks/engine/cache"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/output"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:    "merge",
		Purpose: cli.LiveWithIt,
		Args:    "CACHE...",
		Short:   "take over what runs with --shard have kept",
		Long: `Merge copies what other cache directories hold into this run's own, so that a run over the whole tree finds the work of all shards
done. docs/scale.md tells how to split a tree over machines.`,
		Examples: []cli.Example{{Line: "merge --cache all part1 part2", Says: "join the caches of two shards"}},
		Bind: func(f *cli.Flags) cli.Run {
			f.CacheDir()
			f.Silent()
			return merge
		},
	}
}

// merge takes what other cache directories keep into this run's own.
func merge(ctx context.Context, c *cli.Call) (int, error) {
	if len(c.Names) == 0 {
		return cli.Failed, errors.New("merge: name the cache directories of the other runs")
	}
	own := c.CacheDir()
	if own == "" {
		return cli.Failed, errors.New("merge: there is no user cache directory; say --cache DIR")
	}
	into, err := cache.Open(engine.FactsDir(own))
	if err != nil {
		return cli.Failed, err
	}
	for _, name := range c.Names {
		from := engine.FactsDir(c.Abs(name))
		if st, err := os.Stat(from); err != nil || !st.IsDir() {
			return cli.Failed, fmt.Errorf("%s: no cache directory of kapilint", name)
		}
		n, damaged, err := into.Merge(ctx, from)
		if err != nil {
			return cli.Failed, err
		}
		if damaged > 0 {
			fmt.Fprintf(c.Stderr, "kapilint: %s: %s left out\n", name, output.Plural(damaged, "damaged file"))
		}
		if !c.Quiet {
			fmt.Fprintf(c.Stderr, "%s: %s taken over\n", name, output.Plural(n, "file"))
		}
	}
	return cli.Clean, nil
}
