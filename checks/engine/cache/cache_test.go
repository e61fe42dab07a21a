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
	if err := c.Trim(time.Now().Add(-24*time.Hour), 1<<20); err != nil {
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

func TestTrimBySize(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for i, name := range []string{"c", "a", "d", "b"} { // the oldest first
		if err := c.Put(key(name), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		used := start.Add(time.Duration(i-10) * time.Minute)
		if err := os.Chtimes(c.path(key(name)), used, used); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Trim(start.Add(-time.Hour), 2500); err != nil {
		t.Fatal(err)
	}
	var left string
	for _, name := range []string{"a", "b", "c", "d"} {
		if _, ok := c.Get(key(name)); ok {
			left += name
		}
	}
	if left != "bd" {
		t.Errorf("left are %q, want the two used last", left)
	}
}

func TestMerge(t *testing.T) {
	into, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	from, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new", "both", "damaged"} {
		if err := from.Put(key(name), []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	into.Put(key("both"), []byte("mine"))
	os.WriteFile(from.path(key("damaged")), []byte("not an entry"), 0o666)
	os.WriteFile(filepath.Join(from.dir, "tmp-1"), nil, 0o666)
	taken, damaged, err := into.Merge(t.Context(), from.dir)
	if err != nil || taken != 1 || damaged != 1 {
		t.Errorf("%d taken, %d damaged, %v", taken, damaged, err)
	}
	for name, want := range map[string]string{"new": "new", "both": "mine"} {
		if got, _ := into.Get(key(name)); string(got) != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if _, _, err := into.Merge(t.Context(), filepath.Join(from.dir, "nowhere")); err == nil {
		t.Error("a directory that is not there was merged")
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
	if err := c.Trim(time.Now().Add(-24*time.Hour), 1<<20); err != nil {
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
	if err := c.Trim(time.Now(), 0); err != nil {
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
