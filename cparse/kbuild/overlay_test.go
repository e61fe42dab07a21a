// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"slices"
	"testing"
)

func TestIndexOver(t *testing.T) {
	tree, err := FindTree(write(t, indexTree), Options{})
	if err != nil {
		t.Fatal(err)
	}
	units, err := tree.Units()
	if err != nil {
		t.Fatal(err)
	}
	before, err := BuildIndex(tree, units, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	was := lookups(before)
	after := before.Over(map[string][]byte{
		"fs/open.c":      nil,
		"kernel/core.c":  []byte("#include \"gone.c\"\nint vfs_open(int a) {}\n"),
		"kernel/gone.c":  []byte("static int helper(void) {}\n"),
		"include/x.h":    []byte("int x;\n"),
		"lib/shared.txt": []byte("text"),
	})
	want := `vfs_open kernel/core.c:2 0 false false [kernel/core.c kernel/build.c]
helper kernel/gone.c:1 0 true false [kernel/gone.c kernel/build.c kernel/core.c]
helper lib/shared.c:2 0 true false [lib/shared.c kernel/build.c lib/other.c]
shared_ops lib/shared.c:1 2 false false [lib/shared.c kernel/build.c lib/other.c]
`
	if got := lookups(after); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := lookups(before); got != was {
		t.Errorf("the index that lies below has changed:\n%s", got)
	}
	if got := after.Files(); slices.Contains(got, "fs/open.c") || !slices.Contains(got, "kernel/gone.c") {
		t.Errorf("files: %v", got)
	}
}
