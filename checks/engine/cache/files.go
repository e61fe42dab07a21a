// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"sync"
	"time"
)

// settled is how old a file's modification time must be before it is trusted
// to change with the next change: file systems have coarse clocks.
const settled = 2 * time.Second

// Files digests the content of source files. A file is read again only if its
// size or modification time is not what a cache remembers of it; within one
// run the first answer stands. It may be used by many goroutines.
type Files struct {
	cache *Cache
	key   Key
	abs   func(string) string
	start time.Time

	mu    sync.Mutex
	old   map[string]fileState
	now   map[string]*fileDigest
	dirty bool
}

type fileState struct {
	Size   int64
	MTime  int64 // nanoseconds
	Digest Key
}

type fileDigest struct {
	once  sync.Once
	state fileState
	err   error
}

// OpenFiles returns the digests of the files of one tree, whose name keeps it
// apart from others in c. The function abs says where a file is.
func OpenFiles(c *Cache, tree string, abs func(string) string) *Files {
	h := NewHash("digests of files")
	h.String(tree)
	if host, err := os.Hostname(); err == nil {
		h.String(host)
	}
	if c != nil {
		h.String(c.dir) // times tell nothing of files in another place
	}
	f := &Files{cache: c, key: h.Key(), abs: abs, start: time.Now(), now: map[string]*fileDigest{}}
	if data, ok := c.Get(f.key); ok {
		if gob.NewDecoder(bytes.NewReader(data)).Decode(&f.old) != nil {
			f.old = nil
		}
	}
	return f
}

// Digest returns the digest of a file's content. A file that was written after
// OpenFiles has none, because a reader may have seen what it was before.
func (f *Files) Digest(name string) (Key, error) {
	f.mu.Lock()
	d := f.now[name]
	if d == nil {
		d = new(fileDigest)
		f.now[name] = d
	}
	f.mu.Unlock()
	d.once.Do(func() { d.state, d.err = f.digest(name) })
	return d.state.Digest, d.err
}

func (f *Files) digest(name string) (fileState, error) {
	path := f.abs(name)
	info, err := os.Stat(path)
	if err != nil {
		return fileState{}, err
	}
	if info.ModTime().After(f.start) {
		return fileState{}, fmt.Errorf("%s: changed during the run", name)
	}
	st := fileState{Size: info.Size(), MTime: info.ModTime().UnixNano()}
	if old, ok := f.old[name]; ok && old.Size == st.Size && old.MTime == st.MTime {
		return old, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fileState{}, err
	}
	st.Digest = Sum(data)
	if f.start.Sub(info.ModTime()) < settled {
		st.MTime = 0 // right for this run, not to be relied on later
	}
	f.mu.Lock()
	f.dirty = true
	f.mu.Unlock()
	return st, nil
}

// Save keeps the digests for the next run.
func (f *Files) Save() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.dirty {
		return nil
	}
	table := map[string]fileState{}
	for name, st := range f.old {
		table[name] = st
	}
	for name, d := range f.now {
		if d.err != nil || d.state.MTime == 0 {
			delete(table, name)
			continue
		}
		table[name] = d.state
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(table); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	f.dirty = false
	return f.cache.Put(f.key, b.Bytes())
}
