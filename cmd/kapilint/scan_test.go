// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scan is a tree to scan, and how.
type scan struct {
	t     *testing.T
	dir   string
	flags []string // of every command that analyses
	spec  []string // of lint only
	paths []string
}

// fakeScan scans a copy of the fake kernel, which gives findings of all kinds.
func fakeScan(t *testing.T) *scan {
	dir := filepath.Join(t.TempDir(), "linux")
	if err := os.CopyFS(dir, os.DirFS("../../testdata/kernel")); err != nil {
		t.Fatal(err)
	}
	return &scan{t: t, dir: dir, paths: []string{"./..."}}
}

// linuxScan scans some files of a real kernel.
func linuxScan(t *testing.T) *scan {
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" || obj == "" {
		t.Skip("KAPILINT_LINUX and KAPILINT_OBJ are not set; testdata/linux.sh says how to get a kernel")
	}
	contract := filepath.Join(t.TempDir(), "contract.c")
	if err := os.WriteFile(contract, []byte(epollContract), 0o644); err != nil {
		t.Fatal(err)
	}
	s := &scan{t: t, dir: src, flags: []string{"-O", obj}, spec: []string{"--spec", contract}}
	s.paths = []string{"fs/eventfd.c", "fs/eventpoll.c", "fs/readdir.c", "fs/stat.c", "mm/mlock.c"}
	return s
}

// epollContract lacks errors that epoll_create1 returns.
const epollContract = `/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 */
SYSCALL_DEFINE1(epoll_create1, int, flags)
{
}
`

func (s *scan) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append(slices.Clone(s.flags), args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), asTool+"=1", "XDG_CACHE_HOME="+s.t.TempDir())
	return cmd
}

// lint returns the command that lints the paths.
func (s *scan) lint(args ...string) *exec.Cmd {
	return s.command(slices.Concat(s.spec, args, s.paths)...)
}

// findings is what the scan prints.
func (s *scan) findings(args ...string) string {
	s.t.Helper()
	cmd := s.lint(append([]string{"-q"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
		s.t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

// contracts is what infer prints of the same files.
func (s *scan) contracts(args ...string) string {
	s.t.Helper()
	cmd := s.command(slices.Concat([]string{"infer", "-q", "--format", "json"}, args, s.paths)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 2 || !strings.Contains(out.String(), `"name": "sys_`) {
		s.t.Fatalf("infer %v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

// TestScanIsDeterministic checks that neither the number of workers, nor the
// order of files, nor what the cache holds changes what a scan prints.
func TestScanIsDeterministic(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *scan{"fake": fakeScan, "linux": linuxScan} {
		t.Run(name, func(t *testing.T) {
			s := make(t)
			want := s.findings("--no-cache", "-j", "1")
			for _, check := range []string{"errunlisted", "specmissing"} {
				if !strings.Contains(want, "["+check+"]") {
					t.Fatalf("no finding of %s:\n%s", check, want)
				}
			}
			compare := func(what, got string) {
				t.Helper()
				if got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
				}
			}
			compare("two workers", s.findings("--no-cache", "-j", "2"))
			cache := t.TempDir()
			compare("cold", s.findings("--cache", cache))
			compare("warm", s.findings("--cache", cache))
			half := t.TempDir()
			if out, err := s.lint("--cache", half, "--shard", "2/2").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			compare("half of it warm", s.findings("--cache", half))
			rand.Shuffle(len(s.paths), func(i, j int) { s.paths[i], s.paths[j] = s.paths[j], s.paths[i] })
			compare("another order", s.findings("--no-cache", "-j", "2"))
		})
	}
}

// TestKeptContracts checks that infer prints the same from what an earlier run
// has kept, that this answers no other question, and that edits are seen.
func TestKeptContracts(t *testing.T) {
	s := fakeScan(t)
	cache := t.TempDir()
	compare := func(what string, args ...string) string {
		t.Helper()
		want := s.contracts(append(args, "--no-cache")...)
		for _, state := range []string{"cold", "warm"} {
			if got := s.contracts(append(args, "--cache", cache)...); got != want {
				t.Errorf("%s, %s: got\n%s\nwant\n%s", what, state, got, want)
			}
		}
		return want
	}
	plain := compare("as it is")
	compare("with callbacks", "--callbacks")
	all := s.paths
	s.paths = []string{"fs/eventpoll.c"}
	if compare("one file") == plain {
		t.Error("the files make no difference")
	}
	s.paths = all
	name := filepath.Join(s.dir, "fs/file.c")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte("-EMFILE"), []byte("-EDOM"))
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if compare("edited") == plain {
		t.Error("an edit makes no difference")
	}
}

// TestShards checks that four processes that share the work, and the caches
// of which are merged, find what one process finds.
func TestShards(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *scan{"fake": fakeScan, "linux": linuxScan} {
		t.Run(name, func(t *testing.T) {
			s := make(t)
			want := s.findings("--no-cache")
			var dirs []string
			for i := range 4 {
				dir := t.TempDir()
				cmd := s.lint("--cache", dir, "--shard", fmt.Sprintf("%d/4", i+1))
				var out, errs bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &errs
				if err := cmd.Run(); err != nil || out.Len() > 0 || !strings.Contains(errs.String(), "analysed, part") {
					t.Fatalf("shard %d: %v\n%s%s", i+1, err, out.String(), errs.String())
				}
				dirs = append(dirs, dir)
			}
			merged := t.TempDir()
			merge := scan{t: t, dir: s.dir} // which takes no objects
			if out, err := merge.command(append([]string{"merge", "--cache", merged}, dirs...)...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, workers := range []string{"1", "2"} {
				if got := s.findings("--cache", merged, "-j", workers); got != want {
					t.Errorf("-j %s: got\n%s\nwant\n%s", workers, got, want)
				}
				one, all := s.contracts("--no-cache", "-j", workers), s.contracts("--cache", merged, "-j", workers)
				if one != all {
					t.Errorf("infer -j %s: got\n%s\nwant\n%s", workers, all, one)
				}
			}
			if name == "linux" {
				return
			}
			moved := &scan{t: t, dir: filepath.Join(t.TempDir(), "elsewhere"), paths: s.paths}
			if err := os.CopyFS(moved.dir, os.DirFS(s.dir)); err != nil {
				t.Fatal(err)
			}
			cmd := moved.lint("--verbose", "--shard", "1/1", "--cache", merged)
			out, _ := cmd.CombinedOutput()
			if !strings.Contains(string(out), "0 units parsed") {
				t.Errorf("a tree in another place is analysed again:\n%s", out)
			}
		})
	}
}

// TestKilledScan kills a scan at ten moments and checks that the run after
// that finds what it should.
func TestKilledScan(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *scan{"fake": fakeScan, "linux": linuxScan} {
		t.Run(name, func(t *testing.T) {
			s := make(t)
			start := time.Now()
			want := s.findings("--no-cache")
			whole := time.Since(start)
			cache := t.TempDir()
			for i := range 10 {
				cmd := s.lint("--cache", cache)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.Int64N(int64(whole))))
				cmd.Process.Kill()
				cmd.Wait()
				if i%2 == 1 {
					continue // the next one is killed with the same cache
				}
				if got := s.findings("--cache", cache); got != want {
					t.Fatalf("after kill %d: got\n%s\nwant\n%s", i+1, got, want)
				}
				cache = t.TempDir()
			}
		})
	}
}

// TestInterruptedScan checks that a scan that is told to stop does so, says how
// to go on, and leaves a cache that the next run goes on with.
func TestInterruptedScan(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		s := linuxScan(t)
		cache := t.TempDir()
		cmd := s.lint("--cache", cache, "-j", "1")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
		cmd.Process.Signal(sig)
		start := time.Now()
		cmd.Wait()
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%v: stopped after %v", sig, took)
		}
		if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(errs.String(), "kapilint: interrupted after ") {
			t.Errorf("%v: status %d: %s", sig, cmd.ProcessState.ExitCode(), errs.String())
		}
		if got, want := s.findings("--cache", cache), s.findings("--no-cache"); got != want {
			t.Errorf("%v: got\n%s\nwant\n%s", sig, got, want)
		}
	}
}
