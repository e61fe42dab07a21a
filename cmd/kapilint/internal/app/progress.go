// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// progress is a line on a terminal that is written over.
type progress struct {
	mu    sync.Mutex
	shown bool
	last  time.Time
}

// progress shows how far the work is, where a person is watching.
func (c *call) progress(done, total int) {
	if c.opt.quiet || total < 2 || !isTerminal(c.Stderr) {
		return
	}
	c.bar.mu.Lock()
	defer c.bar.mu.Unlock()
	if now := time.Now(); now.Sub(c.bar.last) > 100*time.Millisecond {
		c.bar.last, c.bar.shown = now, true
		fmt.Fprintf(c.Stderr, "\r\x1b[K%d of %d units", done, total)
	}
}

// clearProgress makes room for other text.
func (c *call) clearProgress() {
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
