// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const gitSpec = `/**
 * sys_bell - Ring
 *
 * contexts: process
 *
 * error: EINVAL, Bad door
 */
SYSCALL_DEFINE0(bell)
`

// repository makes a repository of one commit and returns its directory.
func repository(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	// git sets these for what it runs, hooks for example: the commands below
	// would then change the repository that the test is run from.
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"} {
		t.Setenv(name, "") // restores it in the end
		os.Unsetenv(name)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("fs/bell.c", gitSpec)
	write("fs/other.c", "int x;\n")
	write("fs/-v/dash.c", strings.ReplaceAll(gitSpec, "bell", "dash"))
	write("data.json", `{"a": 1}`)
	write("doc.txt", gitSpec)
	if err := os.Symlink("bell.c", filepath.Join(dir, "fs", "link.c")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"},
		{"-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "one"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write("fs/bell.c", strings.Replace(gitSpec, "EINVAL", "EBADF", 1))
	return dir
}

func TestRevision(t *testing.T) {
	dir := repository(t)
	tests := []struct {
		arg   string
		names string // of contracts, or part of the error
		bad   bool
	}{
		{"git:HEAD", "sys_bell sys_dash", false},
		{"git:HEAD:", "sys_bell sys_dash", false},
		{"git:HEAD:.", "sys_bell sys_dash", false},
		{"git:HEAD:fs/bell.c", "sys_bell", false},
		{"git:HEAD:fs/-v", "sys_dash", false},
		{"git:HEAD:doc.txt", "sys_bell", false},
		{"git:HEAD:fs/other.c", "", false},
		{"git:HEAD:fs/*.c", "there is no fs/*.c in this revision", true},
		{"git:HEAD:nowhere", "there is no nowhere in this revision", true},
		{"git:nowhere", "there is no such revision", true},
		{"git:HEAD^{tree}", "there is no such revision", true},
		{"git:", "name a revision", true},
		{"git:--output=x", "begin with a dash", true},
		{"git:HEAD:-v", "begin with a dash", true},
		{"git:HEAD\n", "control character", true},
		{"git:HEAD:../up", "must lie in the tree", true},
		{"git:HEAD:/etc", "must lie in the tree", true},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.arg, "/", "_"), func(t *testing.T) {
			r, err := parseRevision(tt.arg, dir)
			var names []string
			if err == nil {
				set, problems, loadErr := r.load(context.Background())
				if err = loadErr; err == nil {
					if len(problems) > 0 {
						t.Errorf("problems %v", problems)
					}
					for _, a := range set.APIs {
						names = append(names, a.Name)
					}
				}
			}
			switch {
			case tt.bad && (err == nil || !strings.Contains(err.Error(), tt.names)):
				t.Errorf("error %v, want %q", err, tt.names)
			case !tt.bad && (err != nil || strings.Join(names, " ") != tt.names):
				t.Errorf("%v %v, want %s", names, err, tt.names)
			}
		})
	}
	if r, err := parseRevision("fs/bell.c", dir); r != nil || err != nil {
		t.Errorf("a file is taken for a revision: %v %v", r, err)
	}
	outside := &revision{dir: t.TempDir(), rev: "HEAD"}
	if _, _, err := outside.load(context.Background()); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
}

func TestDiffRevision(t *testing.T) {
	dir := repository(t)
	var out, msg strings.Builder
	a := &App{Stdout: &out, Stderr: &msg, Dir: dir}
	if status := a.Run(context.Background(), []string{"diff", "git:HEAD", "fs"}); status != exitFound {
		t.Errorf("status %d", status)
	}
	const want = `fs/bell.c:1:1: note: sys_bell: error EINVAL cannot happen any more: Bad door [errno-removed]
  fs/bell.c:6:4: note: before, in HEAD: Bad door
fs/bell.c:6:4: error: sys_bell: error EBADF can happen now: Bad door [errno-added]
  fs/bell.c:1:1: note: the contract before, in HEAD
`
	if out.String() != want {
		t.Errorf("got:\n%s%s", out.String(), msg.String())
	}
	if got := msg.String(); got != "1 breaking change, 1 other change\n" {
		t.Errorf("summary %q", got)
	}
}

func TestReadBlob(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"0123 blob 3\nabc\n", "abc"},
		{"0123 blob 0\n\n", ""},
		{"0123 missing\n", "error"},
		{"0123 tree 3\nabc\n", "error"},
		{"0123 blob 9999999999\nabc\n", "error"},
		{"0123 blob -1\nabc\n", "error"},
		{"0123 blob x\nabc\n", "error"},
		{"", "error"},
	} {
		text, err := readBlob(bufio.NewReader(strings.NewReader(tt.in)))
		if (err != nil) != (tt.want == "error") || err == nil && string(text) != tt.want {
			t.Errorf("%q: %q, %v", tt.in, text, err)
		}
	}
}
