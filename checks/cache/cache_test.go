// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func key(parts ...string) Key {
	h := NewHash("test")
	for _, p := range parts {
		h.String(p)
	}
	return h.Key()
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("long "), 1e5)} {
		k := Sum(data)
		if _, ok := c.Get(k); ok || c.Has(k) {
			t.Error("hit before Put")
		}
		if err := c.Put(k, data); err != nil {
			t.Fatal(err)
		}
		again, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := again.Get(k); !ok || !again.Has(k) || !bytes.Equal(got, data) {
			t.Errorf("got %d bytes, %v; want %d", len(got), ok, len(data))
		}
	}
}

func TestKeysDoNotRunTogether(t *testing.T) {
	if key("ab", "c") == key("a", "bc") || key("a") == key("a", "") {
		t.Error("different inputs share a key")
	}
}

func TestDamageIsAMiss(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := key("k")
	for _, tt := range []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"cut", func(b []byte) []byte { return b[:len(b)-1] }},
		{"head only", func(b []byte) []byte { return b[:len(magic)+3] }},
		{"flipped", func(b []byte) []byte { b[len(b)-1] ^= 1; return b }},
		{"other version", func(b []byte) []byte { b[0]++; return b }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := c.Put(k, []byte("payload")); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(c.path(k))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.path(k), tt.damage(b), 0o666); err != nil {
				t.Fatal(err)
			}
			if got, ok := c.Get(k); ok {
				t.Errorf("hit with %q", got)
			}
		})
	}
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := key("old"), key("fresh")
	foreign := filepath.Join(dir, "README")
	if err := os.WriteFile(foreign, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, k := range []Key{old, fresh} {
		if err := c.Put(k, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-48 * time.Hour)
	for _, f := range []string{foreign, c.path(old)} {
		if err := os.Chtimes(f, past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Trim(time.Now().Add(-24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Get(old); ok {
		t.Error("an unused entry survived")
	}
	if _, ok := c.Get(fresh); !ok {
		t.Error("a fresh entry was removed")
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file that is not an entry was removed: %v", err)
	}
}

func TestReadingRenews(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, past := key("k"), time.Now().Add(-48*time.Hour)
	if err := c.Put(k, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(c.path(k), past, past); err != nil {
		t.Fatal(err)
	}
	c.Get(k)
	if err := c.Trim(time.Now().Add(-24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Get(k); !ok {
		t.Error("an entry in use was trimmed")
	}
}

func TestNilCache(t *testing.T) {
	var c *Cache
	if err := c.Put(key("k"), []byte("x")); err != nil {
		t.Error(err)
	}
	if _, ok := c.Get(key("k")); ok {
		t.Error("a nil cache remembers")
	}
	if err := c.Trim(time.Now()); err != nil {
		t.Error(err)
	}
}

func TestConcurrentUse(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("d"), 1<<12)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if err := c.Put(key("k"), data); err != nil {
					t.Error(err)
				}
				if got, ok := c.Get(key("k")); !ok || !bytes.Equal(got, data) {
					t.Error("torn entry")
				}
			}
		})
	}
	wg.Wait()
}
