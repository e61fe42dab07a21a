// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// realTree returns the kernel that KAPILINT_LINUX and KAPILINT_OBJ name.
func realTree(t testing.TB) *Tree {
	t.Helper()
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	tree, err := FindTree(src, Options{Src: src, Obj: obj})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// realCommands returns the command lines of a real build, one gcc command a
// line, by file: from KAPILINT_COMMANDS or kapilint-commands.txt in the object
// directory. Commands for the build machine are left out.
func realCommands(t testing.TB, tree *Tree) []*Command {
	t.Helper()
	name := os.Getenv("KAPILINT_COMMANDS")
	if name == "" {
		name = filepath.Join(tree.Obj, "kapilint-commands.txt")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Skipf("no command lines to compare with: %v", err)
	}
	defer f.Close()
	var out []*Command
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		c, err := ParseArgs(dropProgram(SplitCommand(lines.Text())), tree.Obj)
		if err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if c.defines("__KERNEL__") {
			out = append(out, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// aside reports whether a build compiles a file only to make headers or tools.
func aside(file string) bool {
	return strings.HasSuffix(file, "asm-offsets.c") || file == "kernel/bounds.c" || strings.HasPrefix(file, "scripts/")
}

func TestRealUnits(t *testing.T) {
	tree := realTree(t)
	start := time.Now()
	units, err := tree.Units()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d units in %v", len(units), time.Since(start))
	if len(units) < 1000 {
		t.Fatalf("only %d units", len(units))
	}
	for _, u := range units {
		if !exists(tree.Src, u) || strings.HasPrefix(u, "/") {
			t.Errorf("no such file: %s", u)
		}
	}
	var real []string
	for _, c := range realCommands(t, tree) {
		rel, ok := below(tree.Src, c.File)
		if ok && exists(tree.Src, rel) && !aside(rel) {
			real = append(real, rel)
		}
	}
	slices.Sort(real)
	real = slices.Compact(real)
	for _, u := range real {
		if _, ok := slices.BinarySearch(units, u); !ok {
			t.Errorf("missing: %s", u)
		}
	}
	for _, u := range units {
		if _, ok := slices.BinarySearch(real, u); !ok {
			t.Errorf("not in the build: %s", u)
		}
	}
}

// essence writes what must be equal of two commands.
func essence(c *Command) string {
	var b strings.Builder
	list := func(name string, items []string) {
		for _, i := range items {
			b.WriteString(name + " " + i + "\n")
		}
	}
	list("-iquote", c.Quote)
	list("-I", c.Include)
	list("-isystem", c.ISystem)
	list("-idirafter", c.After)
	for _, d := range c.Defines {
		if d.Undef {
			b.WriteString("-U" + d.Name + "\n")
		} else {
			b.WriteString("-D" + d.Name + "=" + d.Value + "\n")
		}
	}
	list("-include", c.Forced)
	list("-imacros", c.Macros)
	fmt.Fprintf(&b, "nostdinc %v, bits %d, std %s\n", c.NoStdInc, c.Bits, c.Std)
	return b.String()
}

func TestRealCommands(t *testing.T) {
	tree := realTree(t)
	real := map[string][]string{} // a file may be compiled more than once, for another image
	for _, c := range realCommands(t, tree) {
		if rel, ok := below(tree.Src, c.File); ok && exists(tree.Src, rel) {
			real[c.File] = append(real[c.File], essence(c))
		}
	}
	equal := 0
	start := time.Now()
	for _, file := range slices.Sorted(maps.Keys(real)) {
		got, err := tree.Command(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if slices.Contains(real[file], essence(got)) {
			equal++
			continue
		}
		t.Errorf("%s (%s)\ngot:\n%s\nwant:\n%s", file, got.Source, essence(got), real[file][0])
	}
	t.Logf("%d of %d commands equal in %v", equal, len(real), time.Since(start))
}

// BenchmarkCommand is what the flags of one file cost a new process.
func BenchmarkCommand(b *testing.B) {
	for b.Loop() {
		if _, err := realTree(b).Command("fs/eventpoll.c"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnits(b *testing.B) {
	for b.Loop() {
		if _, err := realTree(b).Units(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIndex is the time with nothing, and with everything, in the cache.
func BenchmarkIndex(b *testing.B) {
	tree := realTree(b)
	units, err := tree.Units()
	if err != nil {
		b.Fatal(err)
	}
	run := func(b *testing.B, dir string) {
		if _, err := BuildIndex(tree, units, dir); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			run(b, b.TempDir()+"/none")
		}
	})
	b.Run("warm", func(b *testing.B) {
		dir := b.TempDir()
		for b.Loop() {
			run(b, dir)
		}
	})
}

func TestRealIndex(t *testing.T) {
	tree := realTree(t)
	units, err := tree.Units()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	start := time.Now()
	x, err := BuildIndex(tree, units, dir)
	if err != nil {
		t.Fatal(err)
	}
	files, n := x.Len()
	t.Logf("cold: %d files, %d definitions in %v", files, n, time.Since(start))
	start = time.Now()
	warm, err := BuildIndex(tree, units, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("warm: %v", time.Since(start))
	if f, m := warm.Len(); f != files || m != n {
		t.Errorf("%d files and %d definitions from the cache, want %d and %d", f, m, files, n)
	}
	for name, want := range map[string]string{
		"sys_epoll_create1": "fs/eventpoll.c",
		"vfs_read":          "fs/read_write.c",
		"sys_sched_yield":   "kernel/sched/syscalls.c",
		"try_to_wake_up":    "kernel/sched/core.c",
	} {
		got := warm.Lookup(name)
		if len(got) != 1 || got[0].File != want || len(got[0].Units) == 0 {
			t.Errorf("%s: %+v, want one in %s", name, got, want)
		}
	}
	if u := warm.Units("kernel/sched/syscalls.c"); !slices.Equal(u, []string{"kernel/sched/build_policy.c"}) {
		t.Errorf("kernel/sched/syscalls.c is compiled by %v", u)
	}
}
