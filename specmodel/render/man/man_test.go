// SPDX-License-Identifier: GPL-2.0-only

package man

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/sample"
)

var opts = Options{Date: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}

func write(t *testing.T, a *specmodel.API) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, a, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTable holds that every field is on the page.
func TestTable(t *testing.T) {
	sample.Cover(t, []string{}, func(a *specmodel.API) string { return write(t, a) })
}

func TestLayout(t *testing.T) {
	text := write(t, sample.Syscall())
	at := 0
	for _, want := range []string{".TH FERRY 2 ", ".SH NAME\nferry \\- Carry bytes across\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH \"PARAMETERS\"\n",
		".SH \"RETURN VALUE\"\n", ".SH \"ERRORS\"\n", ".SH \"LOCKS\"\n", ".SH \"NOTES\"\n", ".SH \"EXAMPLES\"\n"} {
		i := strings.Index(text[at:], want)
		if i < 0 {
			t.Fatalf("no %q after byte %d of\n%s", want, at, text)
		}
		at += i
	}
}

// TestTools lets groff, man and mandoc look for anything to complain about, on
// pages with friendly and with hostile texts.
func TestTools(t *testing.T) {
	dir := t.TempDir()
	var pages []string
	for _, a := range append(sample.All(), sample.Poison(t)...) {
		name := filepath.Join(dir, Name(a)+"."+Section(a))
		text := write(t, a)
		for line := range strings.SplitSeq(text, "\n") {
			if len(line) > 0 && (line[0] == '\'' || line[0] == '.' && !known(line)) {
				t.Errorf("%s: a request that no writer wrote: %q", a.Name, line)
			}
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, name)
	}
	for _, tool := range [][]string{
		{"groff", "-man", "-Tutf8", "-ww", "-z"}, {"mandoc", "-T", "lint", "-W", "style"}, {"man", "--warnings", "-l"},
	} {
		t.Run(tool[0], func(t *testing.T) {
			if _, err := exec.LookPath(tool[0]); err != nil {
				t.Skip("not installed: ", tool[0])
			}
			args := tool[1:]
			files := pages
			if tool[0] == "man" {
				files = pages[:len(sample.All())] // it takes a while for each
			}
			cmd := exec.Command(tool[0], append(args, files...)...)
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANPAGER=cat", "MANWIDTH=80")
			var stderr, stdout strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			out := stderr.String()
			if tool[0] == "mandoc" {
				out += stdout.String()
			}
			var complaints []string
			for line := range strings.SplitSeq(out, "\n") {
				// Pages that refer to no file of this machine are no mistake.
				if line != "" && !strings.Contains(line, "referenced manual not found") {
					complaints = append(complaints, line)
				}
			}
			if len(complaints) > 0 {
				t.Errorf("%d complaints: %s", len(complaints), strings.Join(complaints[:min(len(complaints), 20)], "\n"))
			} else if err != nil && tool[0] != "mandoc" {
				t.Error(err)
			}
		})
	}
}

func known(line string) bool {
	for _, r := range []string{`.\"`, ".TH ", ".SH ", ".nf", ".fi", ".B ", ".PP", ".IP ", ".TP", ".br", ".sp", ".BR "} {
		if strings.HasPrefix(line, r) {
			return true
		}
	}
	return false
}
