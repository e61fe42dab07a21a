// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"fmt"
	"os"
	"sync"
	"time"

	"kapilint/cmd/kapilint/internal/output"
)

// How often progress is told: to a person, who watches a line that is written
// over, and to a log, which gets a line of its own only on long work.
const (
	barEvery = 100 * time.Millisecond
	logEvery = 30 * time.Second
)

// progress is how far the work is.
type progress struct {
	mu          sync.Mutex
	done, total int
	config      string // goes in front, where there are several
	shown       bool   // a line is on the terminal
	start, last time.Time
}

// StartProgress begins anew, for one of several configurations.
func (c *Call) StartProgress(config string, of int) {
	c.bar.mu.Lock()
	defer c.bar.mu.Unlock()
	c.bar.done, c.bar.total, c.bar.start = 0, 0, time.Time{}
	if c.bar.config = ""; of > 1 {
		c.bar.config = config + ": "
	}
}

// progress shows how far the work is. It may be called concurrently.
func (c *Call) progress(done, total, found int) {
	c.bar.mu.Lock()
	defer c.bar.mu.Unlock()
	now := time.Now()
	if c.bar.start.IsZero() {
		c.bar.start, c.bar.last = now, now
	}
	c.bar.done, c.bar.total = max(done, c.bar.done), total
	if c.Quiet || total < 2 {
		return
	}
	line := c.bar.config + progressLine(c.bar.done, total, found, now.Sub(c.bar.start))
	if !isTerminal(c.Stderr) {
		if now.Sub(c.bar.last) > logEvery {
			c.bar.last = now
			fmt.Fprintln(c.Stderr, line)
		}
		return
	}
	if now.Sub(c.bar.last) > barEvery {
		c.bar.last, c.bar.shown = now, true
		fmt.Fprint(c.Stderr, "\r\x1b[K"+line)
	}
}

// progressLine says how many units are done with, how fast, how long the rest
// will take, and what was found.
func progressLine(done, total, found int, took time.Duration) string {
	line := fmt.Sprintf("%d of %d units", done, total)
	if took >= time.Second && done > 0 {
		rate := float64(done) / took.Seconds()
		left := time.Duration(float64(total-done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %.1f a second, %s left", rate, left.Round(time.Second))
	}
	if found > 0 {
		line += ", " + output.Plural(found, "finding")
	}
	return line
}

// ClearProgress makes room for other text.
func (c *Call) ClearProgress() {
	c.bar.mu.Lock()
	defer c.bar.mu.Unlock()
	if c.bar.shown {
		c.bar.shown = false
		fmt.Fprint(c.Stderr, "\r\x1b[K")
	}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
