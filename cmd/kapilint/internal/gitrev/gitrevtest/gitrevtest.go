// SPDX-License-Identifier: GPL-2.0-only

// Package gitrevtest makes a repository for tests.
package gitrevtest

import (
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

// Repository makes a repository of one commit and returns its directory.
func Repository(t *testing.T) string {
	t.Helper()
	alone(t)
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
	Git(t, dir, "init", "-q")
	Commit(t, dir, "one")
	write("fs/bell.c", strings.Replace(gitSpec, "EINVAL", "EBADF", 1))
	return dir
}

// alone skips the test where there is no git. git sets variables for what it
// runs, hooks for example: commands would then change the repository that the
// test is run from.
func alone(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"} {
		t.Setenv(name, "") // restores it in the end
		os.Unsetenv(name)
	}
}

// Kernel makes a repository of the files of dir, with one commit, v6.12, and one
// after it that changes a file.
func Kernel(t *testing.T, dir, file, old, new string) {
	t.Helper()
	alone(t)
	Git(t, dir, "init", "-q")
	Commit(t, dir, "one")
	Git(t, dir, "tag", "v6.12")
	path := filepath.Join(dir, filepath.FromSlash(file))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	Commit(t, dir, "two")
}

// Commit commits all there is.
func Commit(t *testing.T, dir, message string) {
	t.Helper()
	Git(t, dir, "add", "-A", "-f")
	Git(t, dir, "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", message)
}

// Git runs git.
func Git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}
