// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "a.h")
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	open := func() *Files {
		return OpenFiles(c, "tree", func(n string) string { return filepath.Join(dir, n) })
	}
	digest := func(f *Files) Key {
		t.Helper()
		k, err := f.Digest("a.h")
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Save(); err != nil {
			t.Fatal(err)
		}
		return k
	}
	old := time.Now().Add(-time.Hour)
	write("one", old)
	first := open()
	if got := digest(first); got != Sum([]byte("one")) {
		t.Error("wrong digest")
	}
	write("two", old.Add(time.Minute))
	if got := digest(first); got != Sum([]byte("one")) {
		t.Error("the answer changed within a run")
	}
	if got := digest(open()); got != Sum([]byte("two")) {
		t.Error("a new modification time was not noticed")
	}
	// Same size and time: the remembered digest is used, the file not read.
	write("owt", old.Add(time.Minute))
	if got := digest(open()); got != Sum([]byte("two")) {
		t.Error("the table of digests is not used")
	}
	// A file as young as the clock is coarse is read every time.
	young := time.Now().Add(-time.Second)
	write("abc", young)
	digest(open())
	write("xyz", young)
	if got := digest(open()); got != Sum([]byte("xyz")) {
		t.Error("a change right after the first was not noticed")
	}
	f := open()
	write("new", time.Now().Add(time.Minute))
	if _, err := f.Digest("a.h"); err == nil {
		t.Error("a file written during the run has a digest")
	}
	if _, err := f.Digest("gone.h"); err == nil {
		t.Error("a missing file has a digest")
	}
}
