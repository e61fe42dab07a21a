// SPDX-License-Identifier: GPL-2.0-only

package sarif

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kapilint/checks/engine/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const source = "/* \U0001f427 fähre */ int a;\r\nSYSCALL_DEFINE1(ep, int, flags)\n{\n\treturn -EMFILE; /* last */\n}"

func testRun() *Run {
	return &Run{
		Version: "v1.2.3",
		Rules: []Rule{
			{ID: "errunlisted", Title: "An error is missing.", Text: "Says which.", Markdown: "# errunlisted\n\nSays *which*.",
				Level: report.Warning, URI: "https://example.org/checks/errunlisted"},
			{ID: "paramrange", Title: "A range is wrong.", Level: report.Error},
		},
		Root:      "/src/linux 6.12",
		Category:  "x86_64",
		Arguments: []string{"--format", "sarif", "fs/eventpoll.c"},
		ExitCode:  2,
		Read: func(file string) ([]byte, error) {
			if file == "fs/eventpoll.c" {
				return []byte(source), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func at(s string) report.Place {
	off := strings.Index(source, s)
	start := strings.Count(source[:off], "\n")
	col := off - strings.LastIndex(source[:off], "\n")
	return report.Place{
		File: "fs/eventpoll.c", Line: start + 1, Col: col, EndLine: start + 1, EndCol: col + len(s),
		Offset: off, EndOffset: off + len(s),
	}
}

func testResult() *report.Result {
	place := at("ep")
	return &report.Result{
		Findings: []report.Finding{
			{
				Check: "errunlisted", Severity: report.Warning, Place: place, Symbol: "sys_ep", Key: "EMFILE",
				Message: "ep can return -EMFILE, which its contract does not list",
				Notes: []report.Note{
					{Place: place, Message: "ep starts here"},
					{Place: at("-EMFILE"), Message: "-EMFILE is returned here", Depth: 1},
				},
				Fixes: []report.Fix{{
					Message: "Add the error",
					Edits: []report.Edit{
						{File: "fs/eventpoll.c", Offset: place.Offset, EndOffset: place.EndOffset, New: "pe"},
						{File: "fs/eventpoll.c", Offset: 0, EndOffset: 0, New: "/* new */"},
					},
				}},
			},
			{
				Check: "paramrange", Category: "accepted", Severity: report.Error, Place: at("int a"),
				Symbol: "sys_ep", Key: "flags:1", Message: "a value a[0](x) over the limit",
				Notes: []report.Note{{Place: report.Place{File: "include/linux/a b%.h", Line: 3, Col: 4}, Message: "here"}},
				Fixes: []report.Fix{{Message: "Drop it", Edits: []report.Edit{{File: "gone.c", EndOffset: 4}}}},
			},
			{Check: "unknown", Place: report.Place{File: "/obj/generated/autoconf.h"}, Message: "whole file"},
		},
		Units: []report.Unit{
			{Path: "fs/eventpoll.c", State: report.Typed},
			{Path: "fs/half.c", State: report.Partial, Reasons: []report.Problem{
				{Place: report.Place{File: "fs/half.c", Line: 2, Col: 1}, Item: "odd", Message: "no such type"},
				{Item: "odder", Message: "no such type"},
			}},
			{Path: "fs/gone.c", State: report.Failed, Reasons: []report.Problem{{Message: "no such file"}}},
			{Path: "fs/mute.c", State: report.Failed},
		},
	}
}

func write(t *testing.T, r *Run, res *report.Result) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := r.Write(&buf, res); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestGolden(t *testing.T) {
	got := write(t, testRun(), testResult())
	golden := filepath.Join("testdata", "run.sarif")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("output differs from %s; run with -update and read the difference\n%s", golden, got)
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchema(t *testing.T) {
	s := schema(t)
	tests := []struct {
		name string
		run  *Run
		res  *report.Result
	}{
		{"everything", testRun(), testResult()},
		{"nothing", &Run{}, &report.Result{}},
		{"no texts", &Run{Rules: testRun().Rules}, testResult()},
		{"no place", testRun(), &report.Result{Findings: []report.Finding{{Check: "errunlisted", Message: "x"}}}},
		{"bad places", testRun(), &report.Result{Findings: []report.Finding{
			{Check: "errunlisted", Message: "x\xff", Place: report.Place{File: "fs/eventpoll.c", Line: 99, Col: 7, EndLine: 1, EndCol: 1}},
			{Check: "errunlisted", Message: "y", Place: report.Place{File: "fs/\xff:.c", Line: 1}},
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(write(t, tt.run, tt.res)))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestSchemaRefuses shows that the schema is really applied.
func TestSchemaRefuses(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version":"2.1.0","runs":[{"results":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var invalid *jsonschema.ValidationError
	if err := schema(t).Validate(doc); !errors.As(err, &invalid) {
		t.Errorf("a run without a tool is accepted: %v", err)
	}
}

func TestColumns(t *testing.T) {
	x := newText([]byte("\xef\xbb\xbfab\n\U0001f427b\xffc\né"))
	tests := []struct {
		name                string
		line, col, wantUnit int
	}{
		{"start", 1, 4, 1},
		{"after the byte order mark", 1, 5, 2},
		{"after a surrogate pair", 2, 5, 3},
		{"a byte that is not UTF-8 counts as one", 2, 7, 5},
		{"end of text", 3, 3, 2},
		{"outside the text", 9, 4, 4},
		{"beyond the end", 3, 80, 80},
		{"no column", 2, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := x.column(tt.line, tt.col); got != tt.wantUnit {
				t.Errorf("column(%d, %d) = %d, want %d", tt.line, tt.col, got, tt.wantUnit)
			}
		})
	}
	if got := (*text)(nil).column(1, 7); got != 7 {
		t.Errorf("without text: %d, want 7", got)
	}
}

// TestFixReplays applies a fix from the SARIF file alone.
func TestFixReplays(t *testing.T) {
	var doc struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					ArtifactChanges []struct {
						Replacements []struct {
							DeletedRegion   struct{ StartLine, StartColumn, EndLine, EndColumn int }
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(write(t, testRun(), testResult()), &doc); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(source, "\n")
	changes := doc.Runs[0].Results[0].Fixes[0].ArtifactChanges
	if len(changes) != 1 || len(changes[0].Replacements) != 2 {
		t.Fatalf("got %+v, want one file with two replacements", changes)
	}
	for i := 1; i >= 0; i-- {
		r := changes[0].Replacements[i]
		if r.DeletedRegion.StartLine != r.DeletedRegion.EndLine {
			t.Fatalf("region %+v spans lines", r.DeletedRegion)
		}
		l := r.DeletedRegion.StartLine - 1 // these lines are ASCII up to the edit, so units are bytes
		lines[l] = lines[l][:r.DeletedRegion.StartColumn-1] + r.InsertedContent.Text + lines[l][r.DeletedRegion.EndColumn-1:]
	}
	got := strings.Join(lines, "")
	want := "/* new */" + strings.Replace(source, "(ep,", "(pe,", 1)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if n := len(doc.Runs[0].Results[1].Fixes); n != 0 {
		t.Errorf("a fix of a file that cannot be read is written: %d", n)
	}
}
