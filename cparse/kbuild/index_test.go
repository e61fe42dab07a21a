// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"kapilint/cparse/kbuild/defs"
)

const indexTree = `
-- Makefile --
VERSION = 6
PATCHLEVEL = 1
-- include/x.h --
-- .config --
-- fs/open.c --
int vfs_open(int a)
{
}
SYSCALL_DEFINE1(open, int, a) { }
static int helper(void) {}
-- kernel/build.c --
#include "core.c"
#include "../lib/shared.c"
-- kernel/core.c --
#include "core.h"
#include "build.c"
#include "gone.c"
int __weak vfs_open(int a) {}
-- lib/shared.c --
const struct ops shared_ops = { .a = 1 };
static int helper(void) {}
-- lib/other.c --
#include "shared.c"
`

func lookups(x *Index) string {
	var b strings.Builder
	for _, name := range []string{"vfs_open", "sys_open", "helper", "shared_ops", "none"} {
		for _, d := range x.Lookup(name) {
			fmt.Fprintf(&b, "%s %s:%d %d %v %v %v\n", name, d.File, d.Line, d.Kind, d.Static, d.Weak, d.Units)
		}
	}
	return b.String()
}

func TestIndex(t *testing.T) {
	dir := write(t, indexTree)
	tree, err := FindTree(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(t.TempDir(), "new", "cache")
	units := []string{"lib/other.c", "kernel/build.c", "fs/open.c"}
	build := func() string {
		t.Helper()
		x, err := BuildIndex(tree, units, cache)
		if err != nil {
			t.Fatal(err)
		}
		return lookups(x)
	}
	want := `vfs_open fs/open.c:1 0 false false [fs/open.c]
vfs_open kernel/core.c:4 0 false true [kernel/build.c]
sys_open fs/open.c:4 1 false false [fs/open.c]
helper fs/open.c:5 0 true false [fs/open.c]
helper lib/shared.c:2 0 true false [kernel/build.c lib/other.c]
shared_ops lib/shared.c:1 2 false false [kernel/build.c lib/other.c]
`
	if got := build(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := build(); got != want {
		t.Errorf("from the cache\n%s\nwant\n%s", got, want)
	}
	name := cacheName(tree, cache)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, data[:len(data)/2], append([]byte("x"), data...), append(data[:len(data):len(data)], 0)} {
		if err := os.WriteFile(name, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		if got := build(); got != want {
			t.Errorf("with a damaged cache\n%s\nwant\n%s", got, want)
		}
	}
	file := filepath.Join(dir, "fs/open.c")
	if err := os.WriteFile(file, []byte("int vfs_shut(int a)\n{\n}\nint sys_open(void) {}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := build(); strings.Contains(got, "vfs_open fs/") || !strings.Contains(got, "sys_open fs/open.c:4") {
		t.Errorf("after a change\n%s", got)
	}
	left, err := filepath.Glob(filepath.Join(cache, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("files in the cache: %v %v", left, err)
	}
	if _, err := BuildIndex(tree, []string{"none.c"}, cache); err == nil {
		t.Error("no error for a unit that is not there")
	}
	if x, err := BuildIndex(tree, units, "/dev/null/no"); err != nil || x.Lookup("shared_ops") == nil {
		t.Errorf("without a place for a cache: %v", err)
	}
}

func TestIndexAll(t *testing.T) {
	dir := write(t, indexTree)
	tree, err := FindTree(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := BuildIndex(tree, []string{"fs/open.c", "lib/shared.c"}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, d := range x.All() {
		if d.Kind == defs.Syscall {
			name += "!"
		}
		names = append(names, name)
	}
	if want := strings.Fields("vfs_open sys_open! helper shared_ops helper"); !reflect.DeepEqual(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

func FuzzDecodeCache(f *testing.F) {
	f.Add(encodeCache([]*indexed{
		{name: "a.c", size: 3, mtime: 4, includes: []string{"b.c"}, defs: []defs.Def{{Name: "f", Line: 7, Static: true}}},
		{name: "b.c"},
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := decodeCache(data)
		for name, i := range files {
			if i == nil || i.name != name {
				t.Fatalf("%q: %+v", name, i)
			}
		}
	})
}
