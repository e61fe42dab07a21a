// SPDX-License-Identifier: GPL-2.0-only

package pick

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func tree(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"linux/fs/eventpoll.c", "linux/fs/open.c", "linux/fs/off.c", "linux/fs/ext4/inode.c", "linux/fs/fs.h",
		"linux/drivers/a[1]/x.c", "linux/kernel/sys.c", "linux/doc/readme.txt", "other/fs/open.c", "other/lone.c",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func units() ([]string, error) {
	return []string{"drivers/a[1]/x.c", "fs/eventpoll.c", "fs/ext4/inode.c", "fs/open.c", "kernel/sys.c"}, nil
}

func TestPick(t *testing.T) {
	top := tree(t)
	abs := filepath.Join(top, "linux", "fs", "open.c")
	tests := []struct {
		name string
		cwd  string
		args []string
		want string // or the start of an error
	}{
		{"file from the root", "linux", []string{"fs/open.c"}, "fs/open.c"},
		{"file from a directory", "linux/fs", []string{"open.c"}, "fs/open.c"},
		{"file upward", "linux/fs", []string{"../kernel/sys.c"}, "kernel/sys.c"},
		{"root's name from a directory", "linux/fs", []string{"kernel/sys.c"}, "kernel/sys.c"},
		{"from outside", "", []string{"fs/open.c"}, "fs/open.c"},
		{"by way of another directory", "", []string{"linux/fs/open.c"}, "fs/open.c"},
		{"in another tree with the same file", "other", []string{"fs/open.c"}, "fs/open.c"},
		{"absolute", "other", []string{abs}, "fs/open.c"},
		{"a file that is not built", "linux", []string{"fs/off.c"}, "fs/off.c"},
		{"directory", "linux", []string{"fs"}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c"},
		{"directory with dots", "linux", []string{"./fs/..."}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c"},
		{"all", "linux", []string{"./..."}, "drivers/a[1]/x.c fs/eventpoll.c fs/ext4/inode.c fs/open.c kernel/sys.c"},
		{"all below here", "linux/fs", []string{"./..."}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c"},
		{"here", "linux/fs/ext4", []string{"."}, "fs/ext4/inode.c"},
		{"pattern", "linux", []string{"fs/*.c"}, "fs/eventpoll.c fs/open.c"},
		{"deep pattern", "linux", []string{"**/*e*.c"}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c"},
		{"pattern from a directory", "linux/fs", []string{"*/*.c"}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c kernel/sys.c"},
		{"alternatives", "linux", []string{"{fs,kernel}/*.c"}, "fs/eventpoll.c fs/open.c kernel/sys.c"},
		{"exclusion", "linux", []string{"./...", "!fs/**", "!kernel"}, "drivers/a[1]/x.c"},
		{"exclusion first", "linux", []string{"!fs/ext4/...", "fs"}, "fs/eventpoll.c fs/open.c"},
		{"exclusions only", "linux", []string{"!drivers", "!kernel"}, "fs/eventpoll.c fs/ext4/inode.c fs/open.c"},
		{"a name that looks like a pattern", "linux", []string{"drivers/a[1]/x.c"}, "drivers/a[1]/x.c"},
		{"pattern inside a directory that looks like one", "linux/drivers/a[1]", []string{"*.c"}, "drivers/a[1]/x.c"},
		{"twice", "linux", []string{"fs/open.c", "fs/*.c", "fs/open.c"}, "fs/eventpoll.c fs/open.c"},
		{"absolute pattern", "other", []string{filepath.Join(top, "linux", "fs", "*.c")}, "fs/eventpoll.c fs/open.c"},

		{"no such file", "linux", []string{"fs/oepn.c"}, "fs/oepn.c: no such file or directory"},
		{"a file as a directory", "linux", []string{"fs/open.c/x.c"}, "fs/open.c/x.c: no such file or directory"},
		{"no such directory", "linux", []string{"sound/..."}, "sound: no such file or directory"},
		{"outside the tree", "other", []string{"lone.c"}, "lone.c: not in the kernel tree "},
		{"a header", "linux", []string{"fs/fs.h"}, "fs/fs.h: a header is looked at through"},
		{"other text", "linux", []string{"doc/readme.txt"}, "doc/readme.txt: not a .c file"},
		{"nothing built", "linux", []string{"doc"}, "doc: the configuration builds no .c file there"},
		{"pattern without a match", "linux", []string{"sound/*.c"}, "sound/*.c: matches no .c file"},
		{"bad pattern", "linux", []string{"fs/[.c"}, "fs/[.c: syntax error in pattern"},
		{"all excluded", "linux", []string{"fs/*.c", "!fs"}, "nothing is left"},
		{"bad exclusion", "linux", []string{"fs", "!fs/[.c"}, "!fs/[.c: syntax error in pattern"},
		{"empty", "linux", []string{""}, "an empty name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &Picker{Cwd: filepath.Join(top, filepath.FromSlash(tt.cwd)), Root: filepath.Join(top, "linux"), Units: units}
			got, err := p.Pick(tt.args)
			if err != nil {
				if !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("error %q, want %q", err, tt.want)
				}
				return
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestUnitsUnknown(t *testing.T) {
	top := tree(t)
	fail := errors.New("no makefiles")
	p := &Picker{Cwd: top, Root: filepath.Join(top, "linux"), Units: func() ([]string, error) { return nil, fail }}
	if _, err := p.Pick([]string{"fs"}); !errors.Is(err, fail) {
		t.Errorf("got %v, want %v", err, fail)
	}
	if got, err := p.Pick([]string{"fs/open.c"}); err != nil || len(got) != 1 {
		t.Errorf("a named file needs no list of units: %v, %v", got, err)
	}
}

func TestThroughLink(t *testing.T) {
	top := tree(t)
	if err := os.Symlink("linux", filepath.Join(top, "src")); err != nil {
		t.Skip(err)
	}
	p := &Picker{Cwd: filepath.Join(top, "src", "fs"), Root: filepath.Join(top, "linux"), Units: units}
	got, err := p.Pick([]string{"open.c"})
	if err != nil || strings.Join(got, " ") != "fs/open.c" {
		t.Errorf("got %v, %v", got, err)
	}
}
