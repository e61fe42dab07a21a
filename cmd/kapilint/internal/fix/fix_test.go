// SPDX-License-Identifier: GPL-2.0-only

package fix

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kapilint/checks/engine/report"
)

func finding(edits ...report.Edit) report.Finding {
	return report.Finding{Fixes: []report.Fix{{Message: "Do it", Edits: edits}}}
}

func edit(from, to int, text string) report.Edit {
	return report.Edit{File: "f.c", Offset: from, EndOffset: to, New: text}
}

func from(files map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, fs.ErrNotExist
	}
}

func TestMerge(t *testing.T) {
	const old = "one\ntwo\nthree\n"
	tests := []struct {
		name           string
		findings       []report.Finding
		want           string
		fixed, skipped int
	}{
		{"nothing to fix", []report.Finding{{Message: "x"}}, old, 0, 0},
		{"two apart", []report.Finding{finding(edit(8, 13, "3")), finding(edit(0, 3, "1"))}, "1\ntwo\n3\n", 2, 0},
		{"the same fix twice is made once", []report.Finding{finding(edit(0, 3, "1")), finding(edit(0, 3, "1"))}, "1\ntwo\nthree\n", 2, 0},
		{"insertions at one point stay in order", []report.Finding{finding(edit(4, 4, "a\n")), finding(edit(4, 4, "b\n"))},
			"one\na\nb\ntwo\nthree\n", 2, 0},
		{"insertion before replaced text", []report.Finding{finding(edit(4, 7, "2")), finding(edit(4, 4, "a\n"))}, "one\na\n2\nthree\n", 2, 0},
		{"overlap", []report.Finding{finding(edit(0, 5, "X")), finding(edit(3, 7, "Y"))}, "Xwo\nthree\n", 1, 1},
		{"different texts for one place", []report.Finding{finding(edit(0, 3, "1")), finding(edit(0, 3, "I"))}, "1\ntwo\nthree\n", 1, 1},
		{"one edit shared by two fixes is a conflict: both may count on what was there",
			[]report.Finding{finding(edit(0, 3, "1"), edit(4, 4, "a\n")), finding(edit(0, 3, "1"), edit(4, 4, "b\n"))},
			"1\na\ntwo\nthree\n", 1, 1},
		{"a conflict drops the whole fix", []report.Finding{finding(edit(0, 3, "1")), finding(edit(8, 13, "3"), edit(2, 3, "x"))},
			"1\ntwo\nthree\n", 1, 1},
		{"insertion inside replaced text", []report.Finding{finding(edit(0, 3, "1")), finding(edit(1, 1, "x"))}, "1\ntwo\nthree\n", 1, 1},
		{"only the first of several alternatives", []report.Finding{{Fixes: []report.Fix{
			{Edits: []report.Edit{edit(0, 3, "1")}}, {Edits: []report.Edit{edit(4, 7, "2")}}}}}, "1\ntwo\nthree\n", 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := Merge(tt.findings, from(map[string]string{"f.c": old}))
			if err != nil {
				t.Fatal(err)
			}
			got := old
			for _, f := range plan.Files {
				got = string(f.New)
			}
			if len(plan.Left) != len(tt.findings)-tt.fixed {
				t.Errorf("%d findings left of %d with %d fixed", len(plan.Left), len(tt.findings), tt.fixed)
			}
			if got != tt.want || plan.Fixed != tt.fixed || plan.Skipped != tt.skipped {
				t.Errorf("got %q, %d fixed, %d skipped; want %q, %d, %d", got, plan.Fixed, plan.Skipped, tt.want, tt.fixed, tt.skipped)
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	tests := []struct {
		name     string
		findings []report.Finding
		want     string
	}{
		{"no such file", []report.Finding{finding(report.Edit{File: "gone.c"})}, "gone.c: cannot read"},
		{"outside the text", []report.Finding{finding(edit(2, 99, ""))}, "outside the text"},
		{"before the text", []report.Finding{finding(edit(-1, 2, ""))}, "outside the text"},
		{"backwards", []report.Finding{finding(edit(3, 2, ""))}, "outside the text"},
		{"against itself", []report.Finding{finding(edit(0, 2, ""), edit(1, 3, ""))}, "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Merge(tt.findings, from(map[string]string{"f.c": "text"}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error about %q", err, tt.want)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	setup := func(t *testing.T) (string, *Plan) {
		dir := t.TempDir()
		for name, text := range map[string]string{"a.c": "aa", "b.c": "bb"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		plan, err := Merge([]report.Finding{
			finding(report.Edit{File: "a.c", EndOffset: 1, New: "A"}),
			finding(report.Edit{File: "b.c", EndOffset: 1, New: "B"}),
		}, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) })
		if err != nil {
			t.Fatal(err)
		}
		return dir, plan
	}
	text := func(t *testing.T, dir, name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}

	t.Run("writes", func(t *testing.T) {
		dir, plan := setup(t)
		if err := plan.Write(dir, nil); err != nil {
			t.Fatal(err)
		}
		if a, b := text(t, dir, "a.c"), text(t, dir, "b.c"); a != "Aa" || b != "Bb" {
			t.Errorf("got %q and %q", a, b)
		}
		st, err := os.Stat(filepath.Join(dir, "a.c"))
		if err != nil || st.Mode().Perm() != 0o640 {
			t.Errorf("mode is %v (%v), want that of the old file", st.Mode(), err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".kapilint-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("changed underneath", func(t *testing.T) {
		dir, plan := setup(t)
		if err := os.WriteFile(filepath.Join(dir, "b.c"), []byte("other"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := plan.Write(dir, nil); err == nil || !strings.Contains(err.Error(), "b.c: changed since") {
			t.Errorf("got %v", err)
		}
		if a := text(t, dir, "a.c"); a != "aa" {
			t.Errorf("a.c was changed to %q although b.c stood in the way", a)
		}
	})
	t.Run("link stays a link", func(t *testing.T) {
		dir, plan := setup(t)
		if err := os.Rename(filepath.Join(dir, "a.c"), filepath.Join(dir, "real.c")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("real.c", filepath.Join(dir, "a.c")); err != nil {
			t.Skip(err)
		}
		if err := plan.Write(dir, nil); err != nil {
			t.Fatal(err)
		}
		if got := text(t, dir, "real.c"); got != "Aa" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("named outside the tree", func(t *testing.T) {
		dir, _ := setup(t)
		file := filepath.Join(dir, "a.c")
		plan, err := Merge([]report.Finding{finding(report.Edit{File: file, EndOffset: 1, New: "A"})}, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Write(t.TempDir(), []string{file}); err != nil {
			t.Fatal(err)
		}
		if got := text(t, dir, "a.c"); got != "Aa" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("outside the tree", func(t *testing.T) {
		for _, name := range []string{"../x.c", "/etc/x.c"} {
			plan := &Plan{Files: []File{{Name: name}}}
			if err := plan.Write(t.TempDir(), []string{"/other"}); err == nil || !strings.Contains(err.Error(), "not in the tree") {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestDiff(t *testing.T) {
	old := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15"
	tests := []struct {
		name  string
		old   string
		edits []report.Edit
		want  string
	}{
		{"insert a line", old, []report.Edit{edit(8, 8, "new\n")}, "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n"},
		{"replace in a line", old, []report.Edit{edit(0, 1, "one")}, "@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n"},
		{"two hunks", old, []report.Edit{edit(0, 0, "0\n"), edit(33, 35, "fifteen\n")},
			"@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -12,4 +13,4 @@\n 12\n 13\n 14\n-15\n\\ No newline at end of file\n+fifteen\n"},
		{"one hunk", old, []report.Edit{edit(0, 1, "a"), edit(14, 15, "h")},
			"@@ -1,11 +1,11 @@\n-1\n+a\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+h\n 9\n 10\n 11\n"},
		{"join lines", "a\nb\nc\n", []report.Edit{edit(1, 2, " ")}, "@@ -1,3 +1,2 @@\n-a\n-b\n+a b\n c\n"},
		{"delete all", "a\n", []report.Edit{edit(0, 2, "")}, "@@ -1 +0,0 @@\n-a\n"},
		{"fill an empty file", "", []report.Edit{edit(0, 0, "a\n")}, "@@ -0,0 +1 @@\n+a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := Merge([]report.Finding{finding(tt.edits...)}, from(map[string]string{"f.c": tt.old}))
			if err != nil {
				t.Fatal(err)
			}
			var buf bytes.Buffer
			if err := plan.Diff(&buf); err != nil {
				t.Fatal(err)
			}
			want := "--- a/f.c\n+++ b/f.c\n" + tt.want
			if buf.String() != want {
				t.Errorf("got:\n%swant:\n%s", buf.String(), want)
			}
		})
	}
}

// TestDiffApplies lets patch(1) make of the old text what Merge made of it.
func TestDiffApplies(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		var text strings.Builder
		for l := range rnd.IntN(40) {
			fmt.Fprintf(&text, "line %d\n", l)
		}
		old := text.String()
		if len(old) > 0 && rnd.IntN(3) == 0 {
			old = old[:len(old)-1]
		}
		var findings []report.Finding
		for range 1 + rnd.IntN(6) {
			a := rnd.IntN(len(old) + 1)
			b := min(len(old), a+rnd.IntN(12)*rnd.IntN(2))
			findings = append(findings, finding(edit(a, b, []string{"", "x", "new\n", "p\nq\n"}[rnd.IntN(4)])))
		}
		plan, err := Merge(findings, from(map[string]string{"f.c": old}))
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Files) == 0 || bytes.Equal(plan.Files[0].Old, plan.Files[0].New) || len(plan.Files[0].New) == 0 {
			continue
		}
		var buf bytes.Buffer
		if err := plan.Diff(&buf); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "f.c")
		if err := os.WriteFile(path, []byte(old), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("patch", "-p1", "-s", "--fuzz=0")
		cmd.Dir, cmd.Stdin = dir, bytes.NewReader(buf.Bytes())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%d: %v\n%s\ndiff:\n%s", i, err, out, buf.Bytes())
		}
		got, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if !bytes.Equal(got, plan.Files[0].New) {
			t.Fatalf("%d: patch made %q, want %q; diff:\n%s", i, got, plan.Files[0].New, buf.Bytes())
		}
	}
}
