// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/gitrev/gitrevtest"
)

// newApp returns the real command line, run in dir.
func newApp(t *testing.T, dir string, stdout, stderr *bytes.Buffer) *App {
	t.Helper()
	eng, err := engine.New()
	if err != nil {
		t.Fatal(err)
	}
	return &App{Env: cli.Env{Engine: eng, Stdout: stdout, Stderr: stderr, Dir: dir}}
}

// TestManual keeps the last section of the manual what the commands say of
// themselves.
func TestManual(t *testing.T) {
	const end = "*/\npackage main\n"
	path := filepath.FromSlash("../../doc.go")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(t, "", nil, nil)
	head, _, _ := strings.Cut(string(have), "# Commands\n")
	var want bytes.Buffer
	want.WriteString(head + "# Commands\n")
	for _, cmd := range a.Commands() {
		fmt.Fprintf(&want, "\n# kapilint %s\n\n", cmd.Name)
		if err := cmd.Page(&want, a.Env, "\t"); err != nil {
			t.Fatal(err)
		}
	}
	want.WriteString(end)
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(have, want.Bytes()) {
		t.Errorf("%s is not what the commands say; run with -update", path)
	}
}

// TestOverviewFitsAScreen holds help to 24 lines of 80 columns.
func TestOverviewFitsAScreen(t *testing.T) {
	var out bytes.Buffer
	a := newApp(t, "", &out, &out)
	if status := a.Run(context.Background(), []string{"help"}); status != cli.Clean {
		t.Fatalf("status %d", status)
	}
	if n := strings.Count(out.String(), "\n"); n > 24 {
		t.Errorf("%d lines", n)
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > 81 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

// TestCommands holds each command's help to what help needs, and its flags to
// the form that other commands give a flag of that name.
func TestCommands(t *testing.T) {
	a := newApp(t, "", nil, nil)
	for _, cmd := range a.Commands() {
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || cmd.Long == "" || len(cmd.Examples) < 1 || len(cmd.Examples) > 2 {
			t.Errorf("%s: help lacks a line, a text, or one or two examples", cmd.Name)
		}
	}
	if err := cli.SameForms(a.Env, a.Commands()); err != nil {
		t.Error(err)
	}
}

// TestExamples runs the examples of each command's help in the fake kernel.
func TestExamples(t *testing.T) {
	top := t.TempDir()
	if err := os.CopyFS(top, os.DirFS("../../../../testdata/kernel")); err != nil {
		t.Fatal(err)
	}
	gitrevtest.Kernel(t, top, "fs/eventpoll.c", "maxevents <= 0", "maxevents < 0")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for i := range 2 { // what merge joins
		var out bytes.Buffer
		part := fmt.Sprintf("%d/2", i+1)
		if status := newApp(t, top, &out, &out).Run(context.Background(), []string{"--cache", fmt.Sprintf("part%d", i+1), "--shard", part, "./..."}); status != cli.Clean {
			t.Fatalf("shard %s: status %d\n%s", part, status, &out)
		}
	}
	for _, cmd := range newApp(t, top, nil, nil).Commands() {
		for _, e := range cmd.Examples {
			t.Run(e.Line, func(t *testing.T) {
				var out, errs bytes.Buffer
				args := strings.Fields(strings.ReplaceAll(e.Line, "'", ""))
				if status := newApp(t, top, &out, &errs).Run(context.Background(), args); status > cli.Found || out.Len()+errs.Len() == 0 {
					t.Errorf("status %d\n%s%s", status, &out, &errs)
				}
			})
		}
	}
}
