// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// manDir is where the pages of system calls are, those of Debian's
// manpages-dev unless KAPILINT_MANPAGES names others.
func manDir() string {
	return cmp.Or(os.Getenv("KAPILINT_MANPAGES"), "/usr/share/man/man2")
}

// manErrors returns the errors that a manual page lists: the tags of its
// ERRORS section, of which some pages leave the first one without .TP.
func manErrors(page string) []string {
	found := map[string]bool{}
	in, tag := false, false
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		macro, rest, _ := strings.Cut(line, " ")
		switch {
		case macro == ".SH":
			in = strings.Trim(strings.TrimSpace(rest), `"`) == "ERRORS"
			tag = strings.HasPrefix(after(lines, i), ".B")
		case !in:
		case macro == ".TP" || macro == ".TQ":
			tag = true
		case strings.HasPrefix(line, `.\"`):
		case tag:
			tag = false
			for _, name := range errorName.FindAllString(line, -1) {
				found[canonical(name)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// after returns the line after line i.
func after(lines []string, i int) string {
	if i+1 < len(lines) {
		return lines[i+1]
	}
	return ""
}

var errorName = regexp.MustCompile(`\bE[A-Z0-9]{2,}\b`)

// canonical returns the name that kapilint uses for an error with several.
func canonical(name string) string {
	switch name {
	case "EWOULDBLOCK":
		return "EAGAIN"
	case "ENOTSUP":
		return "EOPNOTSUPP"
	case "EDEADLOCK":
		return "EDEADLK"
	case "ENOATTR":
		return "ENODATA"
	}
	return name
}

// readPage returns the text of a page, through .so requests.
func readPage(name string) (string, error) {
	for range 4 {
		f, err := os.Open(filepath.Join(manDir(), name+".2.gz"))
		if err != nil {
			return "", err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(z)
		if err != nil {
			return "", err
		}
		other, ok := strings.CutPrefix(strings.TrimSpace(string(text)), ".so man2/")
		if !ok {
			return string(text), nil
		}
		name = strings.TrimSuffix(other, ".2")
	}
	return "", fmt.Errorf("%s: too many .so requests", name)
}

func TestManErrors(t *testing.T) {
	page := ".TH X 2\n.SH RETURN VALUE\n.B EPERM\n.SH ERRORS\nText.\n.TP\n.B EACCES\nNot\n.BR ENOENT .\n.TP\n.BR EAGAIN \" or \" EWOULDBLOCK\n.\\\" .B EIO\n" +
		".TP\n.\\\" a remark\n.B ENOTSUP \" (since Linux 2.6)\"\n.SH NOTES\n.TP\n.B EROFS\n"
	if got := fmt.Sprint(manErrors(page)); got != "[EACCES EAGAIN EOPNOTSUPP]" {
		t.Error(got)
	}
}

func TestManErrorsFirstTag(t *testing.T) {
	page := ".SH ERRORS\n.B EAGAIN\nNo memory.\n.TP\n.B EFAULT\n"
	if got := fmt.Sprint(manErrors(page)); got != "[EAGAIN EFAULT]" {
		t.Error(got)
	}
}

func FuzzManErrors(f *testing.F) {
	f.Add(".SH ERRORS\n.TP\n.B EIO\n")
	f.Add(".SH \"ERRORS\"\n.TP")
	f.Fuzz(func(t *testing.T, page string) { manErrors(page) })
}

// manCase is a line of testdata/manpages/calls.txt: a page, and the system
// calls whose errors it lists.
type manCase struct {
	page  string
	calls []string
}

// readWords reads lines of words; what follows a # is a remark, and the last of
// max words is the rest of the line.
func readWords(t *testing.T, file string, max int) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/manpages", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line, _, _ := strings.Cut(sc.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if max > 0 && len(words) >= max {
			words = append(words[:max-1:max-1], strings.Join(words[max-1:], " "))
		}
		out = append(out, words)
	}
	return out
}

// The classes of an error that a page lists and the inference lacks.
var manClasses = map[string]string{
	"callback": "a file system, a driver, a protocol or a security module returns it",
	"libc":     "the C library returns it, or does before the kernel is asked",
	"arch":     "not on this architecture, or not with this configuration",
	"old":      "older kernels did",
	"wrong":    "nothing in this kernel does",
	"miss":     "generic code does, and the inference does not see it",
}

// TestManualPages compares the errors that manual pages list with those that
// are inferred. What a page lists and the inference lacks is classified in
// testdata/manpages/classes.txt, after reading the code; of what generic code
// can return, 95 percent must be inferred.
func TestManualPages(t *testing.T) {
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" || obj == "" {
		t.Skip("KAPILINT_LINUX and KAPILINT_OBJ are not set; testdata/linux.sh says how to get a kernel")
	}
	if _, err := os.Stat(filepath.Join(manDir(), "open.2.gz")); err != nil {
		t.Skip("the manual pages of Debian's manpages-dev are not installed")
	}
	class := map[string]string{}
	for _, w := range readWords(t, "classes.txt", 4) {
		if len(w) < 4 || manClasses[w[2]] == "" {
			t.Errorf("classes.txt: %v: want PAGE ERROR CLASS REASON", w)
			continue
		}
		class[w[0]+" "+w[1]] = w[2]
	}
	var cases []manCase
	var calls []string
	for _, w := range readWords(t, "calls.txt", 0) {
		cases = append(cases, manCase{w[0], w[1:]})
		calls = append(calls, w[1:]...)
	}
	inferred := inferredErrors(t, src, obj, calls)
	seen := map[string]bool{}
	count := map[string]int{}
	for _, c := range cases {
		text, err := readPage(c.page)
		if err != nil {
			t.Error(err)
			continue
		}
		have := map[string]bool{}
		for _, call := range c.calls {
			for _, e := range inferred[call] {
				have[canonical(e)] = true
			}
		}
		for _, e := range manErrors(text) {
			key := c.page + " " + e
			switch known, ok := class[key]; {
			case have[e] && ok:
				t.Errorf("%s is classified as %s, but is inferred", key, known)
			case have[e]:
				count["inferred"]++
			case !ok:
				t.Errorf("%s: neither inferred nor classified", key)
			default:
				count[known]++
			}
			seen[key] = true
		}
	}
	for key := range class {
		if !seen[key] {
			t.Errorf("%s is classified, but the page does not list it", key)
		}
	}
	checkSample(t, inferred)
	generic := count["inferred"] + count["miss"]
	t.Logf("%d pages, %d system calls: %v; %d of %d errors of generic code are inferred (%.1f %%)",
		len(cases), len(calls), count, count["inferred"], generic, 100*float64(count["inferred"])/float64(generic))
	if 100*count["inferred"] < 95*generic {
		t.Error("less than 95 percent")
	}
}

// checkSample checks that what was found when paths of inferred errors were
// read still tells what is inferred: testdata/manpages/sample.txt.
func checkSample(t *testing.T, inferred map[string][]string) {
	t.Helper()
	count := map[string]int{}
	for _, w := range readWords(t, "sample.txt", 5) {
		if len(w) < 5 || !slices.Contains([]string{"real", "fatal", "false"}, w[3]) {
			t.Errorf("sample.txt: %v: want PAGE CALL ERROR VERDICT REASON", w)
			continue
		}
		count[w[3]]++
		if !slices.Contains(inferred[w[1]], w[2]) {
			t.Errorf("sample.txt: %s %s is not inferred any more", w[1], w[2])
		}
	}
	t.Logf("of a sample of inferred errors that no page lists: %v", count)
}

// inferredErrors runs kapilint infer for the system calls.
func inferredErrors(t *testing.T, src, obj string, calls []string) map[string][]string {
	t.Helper()
	s := &scan{t: t, dir: src, flags: []string{"-O", obj, "-q"}}
	cmd := s.command(append([]string{"infer", "--format", "json"}, calls...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	var doc struct {
		APIs []struct {
			Name   string
			Errors []struct {
				Name  string
				Value string
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, a := range doc.APIs {
		name, ok := strings.CutPrefix(a.Name, "sys_")
		if !ok {
			continue
		}
		for _, e := range a.Errors {
			if v, err := strconv.Atoi(e.Value); err != nil || max(v, -v) > 511 {
				t.Errorf("%s: %s is an error that only the kernel knows (include/linux/errno.h)", a.Name, e.Name)
			}
			all[name] = append(all[name], e.Name)
		}
	}
	return all
}
