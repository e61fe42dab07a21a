// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
)

var updateDocs = flag.Bool("update-spec-show", false, "rewrite the captured output in docs/spec-show.md")

// TestSpecShowPage holds the captured output of docs/spec-show.md to what the
// command prints for the contract above it, at 80 columns.
func TestSpecShowPage(t *testing.T) {
	page := filepath.FromSlash("../../../../docs/spec-show.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```c\n")
	source, rest, _ := strings.Cut(rest, "```\n")
	before, rest, _ := strings.Cut(rest, "```text\n")
	shown, after, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("the page lacks its two blocks")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "open.c"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	eng, err := engine.New()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	a := &App{Env: cli.Env{Engine: eng, Stdout: &stdout, Stderr: &stderr, Dir: dir}}
	if status := a.Run(context.Background(), []string{"spec", "show", "openat2", "open.c"}); status != 0 {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	got := strings.ReplaceAll(stdout.String(), dir+string(filepath.Separator), "")
	for line := range strings.SplitSeq(got, "\n") {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if *updateDocs {
		head, _, _ := strings.Cut(string(text), "```c\n")
		all := head + "```c\n" + source + "```\n" + before + "```text\n" + got + "```\n" + after
		if err := os.WriteFile(page, []byte(all), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != shown {
		t.Errorf("the page shows\n%s\nand the command prints\n%s", shown, got)
	}
}
