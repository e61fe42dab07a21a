// SPDX-License-Identifier: GPL-2.0-only

package plain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"kapilint/specmodel"
	"kapilint/specmodel/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden prints the test data of the readers.
func TestGolden(t *testing.T) {
	for _, file := range []string{"macro/testdata/hand.c", "macro/testdata/ioctl.c", "macro/testdata/socket.c", "kerneldoc/testdata/gen-c.c", "kerneldoc/testdata/gen-a.c"} {
		t.Run(file, func(t *testing.T) {
			src, err := os.ReadFile(filepath.Join("../..", file))
			if err != nil {
				t.Fatal(err)
			}
			apis, _, err := source.Read(filepath.Base(file), src)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			for _, a := range apis {
				a.Resolve(nil)
				if err := Write(&b, a, Options{}); err != nil {
					t.Fatal(err)
				}
				b.WriteString("\n")
			}
			golden := filepath.Join("testdata", filepath.Base(file)+".txt")
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("got:\n%s\nwant:\n%s", b.Bytes(), want)
			}
			tidy(t, b.String(), 100)
		})
	}
}

// tidy checks that no line is too long or ends in blanks.
func tidy(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimRight(line, " \t") != line {
			t.Errorf("blanks at the end of %q", line)
		}
		if utf8.RuneCountInString(line) > width {
			t.Errorf("%d columns: %q", utf8.RuneCountInString(line), line)
		}
	}
}

func number(n int64) specmodel.Expr { return specmodel.Lit(specmodel.Int(n)) }

func TestInferred(t *testing.T) {
	a := &specmodel.API{
		Name: "sys_wait", Kind: specmodel.Syscall, Origin: specmodel.FromCode, Pos: specmodel.Pos{File: "fs/wait.c", Line: 120},
		Params: []specmodel.Param{
			{Name: "fd", TypeName: "int"},
			{Index: 1, Name: "events", TypeName: "struct event __user *"},
			{Index: 2, Name: "max", TypeName: "int", Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: number(1),
				Max: specmodel.Named("MAX_EVENTS", specmodel.Int(99)), Else: []string{"EINVAL"},
				Trace: []specmodel.Step{{File: "fs/wait.c", Line: 7, Col: 5, Func: "do_wait", Note: "max <= 0"}}}},
			{Index: 3, Name: "how", TypeName: "int", Constraint: specmodel.Constraint{Kind: specmodel.ConstraintSet,
				Ranges: []specmodel.Interval{{Min: number(0), Max: number(2)}, {Min: number(4), Max: number(4)}}}},
		},
		Errors: []specmodel.Error{
			{Name: "EBADF", Condition: "fd is not open", Trace: []specmodel.Step{
				{File: "fs/wait.c", Line: 120, Col: 9, Func: "sys_wait", Note: "calls do_wait"},
				{File: "fs/wait.c", Line: 9, Col: 10, Func: "do_wait", Note: "returns -EBADF"}}},
			{Name: "EIO", Via: "file_operations.poll"},
		},
		Open: []specmodel.Step{{File: "fs/wait.c", Line: 11, Func: "do_wait", Note: "calls through a pointer"}},
	}
	want := `sys_wait(int fd, struct event __user *events, int max, int how)
  Syscall inferred from the code at fs/wait.c:120

Parameters
  fd      any value
  events  any value
  max     1 to MAX_EVENTS (99), else EINVAL
      fs/wait.c:7:5  do_wait: max <= 0
  how     0 to 2, 4

Errors (2), there may be more
  EBADF  when fd is not open
      fs/wait.c:120:9  sys_wait: calls do_wait
      fs/wait.c:9:10   do_wait: returns -EBADF
  EIO    from file_operations.poll

Not known
  fs/wait.c:11  do_wait: calls through a pointer
`
	var b bytes.Buffer
	if err := Write(&b, a, Options{}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	b.Reset()
	a.Closed, a.Errors, a.Open = true, nil, nil
	if err := Write(&b, a, Options{Brief: true}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.HasSuffix(got, "\nErrors: none\n") || strings.Contains(got, "do_wait") {
		t.Error(got)
	}
}

// TestAccepted has one case for each kind of constraint.
func TestNarrow(t *testing.T) {
	a := &specmodel.API{Name: "sys_long", Kind: specmodel.Syscall, Description: strings.Repeat("word ", 40),
		Errors: []specmodel.Error{{Name: "EIO", Condition: strings.Repeat("why ", 40)}}}
	for i := range 6 {
		a.Params = append(a.Params, specmodel.Param{Index: i, Name: fmt.Sprint("parameter", i), TypeName: "unsigned long"})
	}
	var b bytes.Buffer
	if err := Write(&b, a, Options{Width: 60}); err != nil {
		t.Fatal(err)
	}
	tidy(t, b.String(), 60)
}
