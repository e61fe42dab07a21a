// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// asTool makes the test binary be kapilint.
const asTool = "KAPILINT_TEST_AS_TOOL"

func TestMain(m *testing.M) {
	if os.Getenv(asTool) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestScripts runs testdata/script/*.txtar. A script's files are unpacked into
// a directory of its own; then each line of its comment is one of
//
//	kapilint ARG...         run the tool; 'x y' and "x y" are one argument
//	exit N                  the status of the last run, which must be 0 without this
//	stdout FILE             the last run's output is FILE of the archive
//	stderr FILE             likewise; $WORK stands for the script's directory
//	match stdout REGEXP     some line of it matches; also stderr
//	absent stdout REGEXP    no line does
//	cmp FILE FILE           the first is as the second of the archive is
//	kernel DIR              copy the fake kernel to DIR
//	git ARG...              run git
//	input FILE              what the next run reads from standard input
//	cd DIR                  relative to the script's directory, or $LINUX/DIR
func TestScripts(t *testing.T) {
	runScripts(t, "testdata/script/*.txtar")
}

// TestLinuxScripts runs testdata/linux/*.txtar, where $LINUX and $OBJ stand for
// a real kernel, which no script may change.
func TestLinuxScripts(t *testing.T) {
	for _, name := range []string{"KAPILINT_LINUX", "KAPILINT_OBJ"} {
		if os.Getenv(name) == "" {
			t.Skipf("%s is not set; testdata/linux.sh says how to get a kernel", name)
		}
	}
	runScripts(t, "testdata/linux/*.txtar")
}

func runScripts(t *testing.T, pattern string) {
	t.Helper()
	cache := t.TempDir()
	scripts, err := filepath.Glob(pattern)
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runScript(t, path, cache)
		})
	}
}

type script struct {
	t       *testing.T
	archive *txtar.Archive
	work    string
	cache   string // shared by the scripts of a test, as runs of a user share theirs
	dir     string
	line    int

	input          []byte
	ran            bool
	status, wanted int
	stdout, stderr string
	changed        bool
}

func runScript(t *testing.T, path, cache string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	work, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, archive: archive, work: work, cache: cache, dir: work}
	for _, f := range archive.Files {
		name := filepath.Join(work, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		s.line = i + 1
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			s.do(line)
		}
	}
	s.checkStatus()
	if s.changed {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// gitless is the environment without what git sets for a hook that runs this.
func gitless() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
}

func (s *script) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("line %d: "+format, append([]any{s.line}, args...)...)
}

func (s *script) do(line string) {
	s.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	args := split(rest)
	switch {
	case word == "kapilint":
		s.checkStatus()
		s.exec(args)
	case word == "exit" && len(args) == 1:
		n, err := strconv.Atoi(args[0])
		if err != nil {
			s.fail("%v", err)
		}
		s.wanted = n
		s.checkStatus()
	case (word == "stdout" || word == "stderr") && len(args) == 1:
		s.compare(s.stream(word), args[0])
	case (word == "match" || word == "absent") && len(args) == 2:
		rx, err := regexp.Compile("(?m)" + args[1])
		if err != nil {
			s.fail("%v", err)
			return
		}
		if rx.MatchString(s.stream(args[0])) != (word == "match") {
			s.fail("%s\n%s is:\n%s", line, args[0], s.stream(args[0]))
		}
	case word == "cmp" && len(args) == 2:
		data, err := os.ReadFile(filepath.Join(s.work, args[0]))
		if err != nil {
			s.fail("%v", err)
		}
		s.compare(string(data), args[1])
	case word == "kernel" && len(args) == 1:
		if err := os.CopyFS(filepath.Join(s.work, args[0]), os.DirFS("../../testdata/kernel")); err != nil {
			s.fail("%v", err)
		}
	case word == "git":
		if _, err := exec.LookPath("git"); err != nil {
			s.t.Skip("git is not installed")
		}
		cmd := exec.Command("git", args...)
		cmd.Dir = s.dir
		cmd.Env = append(gitless(), "HOME="+s.work, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org",
			"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org")
		if out, err := cmd.CombinedOutput(); err != nil {
			s.fail("%v\n%s", err, out)
		}
	case word == "input" && len(args) == 1:
		text, err := os.ReadFile(filepath.Join(s.work, args[0]))
		if err != nil {
			s.fail("%v", err)
		}
		s.input = text
	case word == "cd" && len(args) == 1:
		s.dir = filepath.Join(s.work, args[0])
		if rest, ok := strings.CutPrefix(args[0], "$LINUX"); ok {
			s.dir = filepath.Join(os.Getenv("KAPILINT_LINUX"), rest)
		}
	default:
		s.fail("not understood: %s", line)
	}
}

func (s *script) exec(args []string) {
	vars := strings.NewReplacer("$WORK", s.work, "$LINUX", os.Getenv("KAPILINT_LINUX"), "$OBJ", os.Getenv("KAPILINT_OBJ"))
	for i := range args {
		args[i] = vars.Replace(args[i])
	}
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(exe, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &stdout, &stderr
	cmd.Stdin, s.input = bytes.NewReader(s.input), nil
	cmd.Env = append(gitless(), asTool+"=1", "XDG_CACHE_HOME="+s.cache, "HOME="+s.work)
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	s.ran, s.wanted, s.status = true, 0, cmd.ProcessState.ExitCode()
	names := []string{s.work, "$WORK"}
	if linux := os.Getenv("KAPILINT_LINUX"); linux != "" {
		names = append(names, linux, "$LINUX")
	}
	s.stdout = strings.NewReplacer(names...).Replace(stdout.String())
	s.stderr = strings.NewReplacer(names...).Replace(stderr.String())
}

// checkStatus holds a run's status against what was wanted, once.
func (s *script) checkStatus() {
	s.t.Helper()
	if s.ran && s.status != s.wanted {
		if s.wanted == 0 && strings.HasPrefix(strings.TrimSpace(s.next()), "exit ") {
			return
		}
		s.fail("exit status %d, want %d\nstdout:\n%s\nstderr:\n%s", s.status, s.wanted, s.stdout, s.stderr)
	}
	s.ran = s.ran && s.wanted != s.status
}

// next is the line after the current one.
func (s *script) next() string {
	lines := strings.Split(string(s.archive.Comment), "\n")
	if s.line < len(lines) {
		return lines[s.line]
	}
	return ""
}

func (s *script) stream(name string) string {
	if name == "stderr" {
		return s.stderr
	}
	return s.stdout
}

func (s *script) compare(got, name string) {
	s.t.Helper()
	for i, f := range s.archive.Files {
		if f.Name != name {
			continue
		}
		if got == string(f.Data) {
			return
		}
		if *update {
			s.archive.Files[i].Data, s.changed = []byte(got), true
			return
		}
		s.fail("got:\n%swant %s:\n%s", got, name, f.Data)
		return
	}
	s.fail("the script has no file %s", name)
}

// split cuts a line at spaces outside quotes.
func split(line string) []string {
	var out []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, in = r, true
		case quote == 0 && r == ' ':
			if in {
				out = append(out, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

// TestManualNamesFlags keeps the manual and the flags together.
func TestManualNamesFlags(t *testing.T) {
	for _, name := range []string{"-C", "-O", "--arch", "-j", "--spec", "--checks", "--format", "-o", "--fix", "--diff", "--fail", "--fail-on", "--accepted", "--verbose", "-q"} {
		if !regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(name) + `\b`).MatchString(manual) {
			t.Errorf("the manual does not describe %s", name)
		}
	}
	if !strings.Contains(manual, fmt.Sprintf("%q", "kapilint --fail")) {
		t.Error("the manual does not show CHECK=")
	}
}
