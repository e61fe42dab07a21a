// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/output"
)

// cacheDir is where what can be computed again is kept: as --cache says, or
// below the user's cache directory; "" for nowhere.
func (c *call) cacheDir() string {
	switch {
	case c.opt.noCache:
		return ""
	case c.opt.cache != "":
		return c.abs(c.opt.cache)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "kapilint")
}

func factsDir(cacheDir string) string { return filepath.Join(cacheDir, "facts") }

// sharded says what a run with --shard has done. It reports nothing about the
// code: findings need the other parts.
func (c *call) sharded(req *Request, units []report.Unit) (int, error) {
	c.clearProgress()
	failed := slices.DeleteFunc(slices.Clone(units), func(u report.Unit) bool { return u.State != report.Failed })
	if err := c.text(req.Tree).Units(c.Stderr, failed); err != nil {
		return exitError, err
	}
	if !c.opt.quiet {
		fmt.Fprintf(c.Stderr, "%s analysed, part %s, kept in %s\n", output.Plural(len(units), "unit"), &c.opt.shard, req.Cache)
	}
	if len(failed) > 0 {
		return exitError, nil
	}
	return exitClean, nil
}

// merge takes what other cache directories keep into this run's own.
func (c *call) merge(ctx context.Context) (int, error) {
	if len(c.names) == 0 {
		return exitError, errors.New("merge: name the cache directories of the other runs")
	}
	own := c.cacheDir()
	if own == "" {
		return exitError, errors.New("merge: there is no user cache directory; say --cache DIR")
	}
	into, err := cache.Open(factsDir(own))
	if err != nil {
		return exitError, err
	}
	for _, name := range c.names {
		from := factsDir(c.abs(name))
		if st, err := os.Stat(from); err != nil || !st.IsDir() {
			return exitError, fmt.Errorf("%s: no cache directory of kapilint", name)
		}
		n, damaged, err := into.Merge(ctx, from)
		if err != nil {
			return exitError, err
		}
		if damaged > 0 {
			fmt.Fprintf(c.Stderr, "kapilint: %s: %s left out\n", name, output.Plural(damaged, "damaged file"))
		}
		if !c.opt.quiet {
			fmt.Fprintf(c.Stderr, "%s: %s taken over\n", name, output.Plural(n, "file"))
		}
	}
	return exitClean, nil
}
