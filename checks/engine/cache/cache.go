// SPDX-License-Identifier: GPL-2.0-only

// Package cache keeps byte strings in files, addressed by a key that says
// everything the bytes depend on.
//
// The model: a [Key] is a hash over all inputs of a computation, so an entry is
// never wrong, only unused. Entries are written to a temporary file and
// renamed, so readers of any process see whole entries or none; a checksum in
// front of the bytes turns damage into a miss. A read renews an entry's
// modification time at most once an hour, and [Cache.Trim] removes what has
// not been read for long.
//
// A cache is an aid, not a store: a failed write loses time, never a result.
// What the bytes mean, and what belongs into the key, is the caller's affair.
package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Key addresses an entry.
type Key [sha256.Size]byte

// String returns the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// Hash collects the inputs that make up a [Key]. Its zero value is not usable.
type Hash struct{ h hash.Hash }

// NewHash starts a key. The purpose separates keys of different kinds.
func NewHash(purpose string) *Hash {
	h := &Hash{sha256.New()}
	h.String(purpose)
	return h
}

// String adds a string, so that neighbouring inputs cannot run together.
func (h *Hash) String(s string) {
	io.WriteString(h.h, strconv.Itoa(len(s))+":")
	io.WriteString(h.h, s)
}

// Bytes adds a byte string, as String does.
func (h *Hash) Bytes(b []byte) {
	io.WriteString(h.h, strconv.Itoa(len(b))+":")
	h.h.Write(b)
}

// Key returns the key over everything added so far.
func (h *Hash) Key() Key { return Key(h.h.Sum(nil)) }

// Sum is the key of the bytes alone.
func Sum(b []byte) Key { return sha256.Sum256(b) }

// Cache is a directory of entries. It may be shared by goroutines and by
// processes. A nil Cache holds nothing and forgets everything.
type Cache struct{ dir string }

const (
	magic      = "kapilint cache 1\n"
	renewAfter = time.Hour
)

// Open returns the cache in dir, which is created if need be.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	return &Cache{dir}, nil
}

func (c *Cache) path(k Key) string {
	s := k.String()
	return filepath.Join(c.dir, s[:2], s)
}

// Get returns the bytes kept under k. Missing and damaged entries are alike.
func (c *Cache) Get(k Key) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	name := c.path(k)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	head := len(magic) + sha256.Size
	if len(data) < head || string(data[:len(magic)]) != magic {
		return nil, false
	}
	sum, body := data[len(magic):head], data[head:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, false
	}
	c.Has(k)
	return body, true
}

// Has reports whether there is an entry under k, without reading it, and
// counts as use.
func (c *Cache) Has(k Key) bool {
	if c == nil {
		return false
	}
	name := c.path(k)
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	if time.Since(info.ModTime()) > renewAfter {
		now := time.Now()
		os.Chtimes(name, now, now) // failing only makes the entry look older
	}
	return true
}

// Put keeps data under k.
func (c *Cache) Put(k Key, data []byte) (err error) {
	if c == nil {
		return nil
	}
	name := c.path(k)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), "tmp-*")
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("cache: %w", err)
		}
	}()
	sum := sha256.Sum256(data)
	for _, part := range [][]byte{[]byte(magic), sum[:], data} {
		if _, err = f.Write(part); err != nil {
			f.Close()
			return err
		}
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Trim removes the entries that have not been used since the given time,
// whatever an interrupted write left behind, and, if the rest takes more than
// size bytes, those that have not been used for longest. It touches no file
// that is not named as the cache names its own.
func (c *Cache) Trim(before time.Time, size int64) error {
	if c == nil {
		return nil
	}
	type entry struct {
		name string
		used time.Time
		size int64
	}
	var rest []entry
	var total int64
	err := filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !own(d.Name()) {
			return ignoreMissing(err)
		}
		info, err := d.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		if info.ModTime().After(before) {
			rest = append(rest, entry{name, info.ModTime(), info.Size()})
			total += info.Size()
			return nil
		}
		return ignoreMissing(os.Remove(name))
	})
	slices.SortFunc(rest, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, e := range rest {
		if err != nil || total <= size {
			break
		}
		total -= e.size
		err = ignoreMissing(os.Remove(e.name))
	}
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// Merge takes the entries below another cache's directory into c, apart from
// those it has. It returns how many there were to take, and how many of them
// were damaged and are left out.
func (c *Cache) Merge(ctx context.Context, dir string) (taken, damaged int, err error) {
	from := &Cache{dir}
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		var k Key
		if b, err := hex.DecodeString(d.Name()); err != nil || len(b) != copy(k[:], b) || len(b) != len(k) {
			return nil
		}
		if c.Has(k) {
			return nil
		}
		data, ok := from.Get(k)
		if !ok {
			damaged++
			return nil
		}
		taken++
		return c.Put(k, data)
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("cache: %w", err)
	}
	return taken, damaged, err
}

func own(name string) bool {
	if strings.HasPrefix(name, "tmp-") {
		return true
	}
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == sha256.Size
}

// ignoreMissing forgives a file that another process removed first.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
