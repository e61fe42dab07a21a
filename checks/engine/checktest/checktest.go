// SPDX-License-Identifier: GPL-2.0-only

// Package checktest tests analyzers on small kernels, one txtar archive each.
//
// The files of an archive are the tree. Unless its head says "headers: none",
// the headers, makefiles and configuration of the fake kernel in
// testdata/kernel are there as well, except where the archive has a file of
// the same name. The head, the text before the first file, can have these
// lines; any other line there is a remark.
//
//	check: FILE...     units to check, instead of every .c file; other files
//	                   are then found through the index, as in a real run
//	headers: none      the archive's files are all there is
//	notes: all         every note must be expected
//	problem: "rx"      a unit complains about something; no other may
//
// Expectations stand in comments of the form // or /* */ on the line that they
// are about. Everything unexpected is an error, and so is what does not occur.
//
//	want "rx" "rx"     findings, matched against "message [rule]"
//	want+1 "rx"        the same, for the next line
//	name:"rx"          within want: the fact about the symbol defined here
//	note "rx"          evidence of some finding points here
//
// A section FILE.fixed is FILE after the first fix of every finding; its
// finding must be gone then. The flag -update rewrites these sections. Sections
// NAME.spec.json and NAME.spec.c are contracts kept outside the tree.
//
// Every archive runs twice, with different scheduling, and must give the same.
package checktest

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/driver"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
	"kapilint/specmodel"
)

var update = flag.Bool("update", false, "rewrite the FILE.fixed sections of archives")

// Config says what to test.
type Config struct {
	// New returns the analyzers, which know the contracts outside the tree.
	New func(outside *specmodel.Set) (Setup, error)

	// Facts are the types of facts that name:"rx" expectations are matched
	// against, through their String methods.
	Facts []analysis.Fact
}

// Setup is what one run of an archive needs. Every run gets one of its own.
type Setup struct {
	Analyzers []*lint.Analyzer
	Parse     cparse.Options
}

// RunAll runs every archive that the pattern matches as a subtest.
func RunAll(t *testing.T, pattern string, c Config) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no archives (%v)", pattern, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { Run(t, name, c) })
	}
}

// Run runs one archive.
func Run(t *testing.T, name string, c Config) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a, err := parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, e := range c.run(a, t.TempDir, *update) {
		t.Error(e)
	}
	if !*update || t.Failed() {
		return
	}
	if out := a.golden(a.got); !bytes.Equal(out, data) {
		if err := os.WriteFile(name, out, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs the archive and returns what is wrong. With update the goldens are
// not compared.
func (c Config) run(a *archive, tempDir func() string, update bool) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	out, front, err := c.analyze(a, a.files, tempDir(), 1)
	if err != nil {
		return []string{err.Error()}
	}
	again, _, err := c.analyze(a, a.files, tempDir(), 2)
	switch {
	case err != nil:
		complain("second run: %v", err)
	case !reflect.DeepEqual(out.Result, again.Result):
		complain("two runs differ:\n%+v\n%+v", out.Result, again.Result)
	}
	a.units(out, complain)
	a.findings(out, complain)
	if err := c.facts(a, out, front, complain); err != nil {
		complain("facts: %v", err)
	}
	for _, e := range a.unmet() {
		complain("%s: nothing matches", e)
	}
	a.fixes(out, update, complain)
	if len(a.got) == 0 {
		return complaints
	}
	fixed := maps.Clone(a.files)
	maps.Copy(fixed, a.got)
	after, _, err := c.analyze(a, fixed, tempDir(), 1)
	if err != nil {
		complain("after fixes: %v", err)
		return complaints
	}
	for _, f := range after.Findings {
		if len(f.Fixes) > 0 && slices.ContainsFunc(out.Findings, func(g report.Finding) bool {
			return len(g.Fixes) > 0 && g.Rule() == f.Rule() && g.Symbol == f.Symbol && g.Key == f.Key
		}) {
			complain("%s:%d: still there after its fix: %s", f.Place.File, f.Place.Line, f.Message)
		}
	}
	return complaints
}

// analyze runs the analyzers over files with the given number of workers.
func (c Config) analyze(a *archive, files map[string][]byte, dir string, workers int) (*driver.Outcome, *front, error) {
	outside, err := readSpecs(a.specs)
	if err != nil {
		return nil, nil, err
	}
	setup, err := c.New(outside)
	if err != nil {
		return nil, nil, err
	}
	front, err := newFront(dir, files, a.headers, setup.Parse)
	if err != nil {
		return nil, nil, err
	}
	check := slices.Clone(a.check)
	if workers > 1 {
		slices.Reverse(check)
	}
	out, err := driver.Run(context.Background(), &driver.Config{
		World: front.env.World, Load: front.load, Find: front.find, Workers: workers, Keep: workers - 1,
	}, setup.Analyzers, driver.Request{Check: check})
	return out, front, err
}

func (a *archive) units(out *driver.Outcome, complain func(string, ...any)) {
	met := make([]bool, len(a.problems))
	problem := func(where string, p report.Problem) {
		text := strings.TrimPrefix(p.Item+": "+p.Message, ": ")
		for i, rx := range a.problems {
			if rx.MatchString(text) {
				met[i] = true
				return
			}
		}
		complain("%s: unexpected problem: %s", where, text)
	}
	for _, u := range out.Units {
		for _, p := range u.Reasons {
			problem(u.Path, p)
		}
	}
	for _, p := range out.Problems {
		problem("run", p)
	}
	for i, ok := range met {
		if !ok {
			complain("no problem matches %q", a.problems[i])
		}
	}
}

func (a *archive) findings(out *driver.Outcome, complain func(string, ...any)) {
	for i := range out.Findings {
		f := &out.Findings[i]
		text := fmt.Sprintf("%s [%s]", f.Message, f.Rule())
		if !a.meet(finding, f.Place.File, f.Place.Line, "", text) {
			complain("%s:%d:%d: unexpected finding: %s", f.Place.File, f.Place.Line, f.Place.Col, text)
		}
		for _, n := range f.Notes {
			if !a.meet(note, n.Place.File, n.Place.Line, "", n.Message) && a.allNotes {
				complain("%s:%d:%d: unexpected note: %s", n.Place.File, n.Place.Line, n.Place.Col, n.Message)
			}
		}
	}
}

// facts matches the facts about functions that expectations name.
func (c Config) facts(a *archive, out *driver.Outcome, front *front, complain func(string, ...any)) error {
	wanted := map[string]bool{}
	for _, e := range a.expects {
		if e.kind == fact {
			wanted[e.name] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	seen := map[types.Object]bool{}
	for _, path := range a.check {
		u, err := front.load(path)
		if err != nil {
			return err
		}
		for _, f := range u.Funcs() {
			if !wanted[f.Name] || seen[f.Obj] {
				continue
			}
			seen[f.Obj] = true
			c.factsAbout(a, out, f, complain)
		}
	}
	return nil
}

func (c Config) factsAbout(a *archive, out *driver.Outcome, f *cparse.Func, complain func(string, ...any)) {
	for _, proto := range c.Facts {
		v := reflect.New(reflect.TypeOf(proto).Elem()).Interface().(analysis.Fact)
		if !out.Program.Get(f.Obj, v) {
			continue
		}
		here := slices.ContainsFunc(a.expects, func(e *expectation) bool {
			return e.kind == fact && e.file == f.At.File && e.line == int(f.At.Line) && e.name == f.Name
		})
		if text := fmt.Sprint(v); here && !a.meet(fact, f.At.File, int(f.At.Line), f.Name, text) {
			complain("%s:%d: unexpected fact about %s: %s", f.At.File, f.At.Line, f.Name, text)
		}
	}
}

// fixes applies the first fix of every finding and compares with the goldens.
func (a *archive) fixes(out *driver.Outcome, update bool, complain func(string, ...any)) {
	edits := map[string][]report.Edit{}
	for _, f := range out.Findings {
		if len(f.Fixes) == 0 {
			continue
		}
		for _, e := range f.Fixes[0].Edits {
			edits[e.File] = append(edits[e.File], e)
		}
	}
	a.got = map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		src, ok := a.files[name]
		if !ok {
			complain("a fix edits %s, which is not in the archive", name)
			continue
		}
		text, err := apply(src, edits[name])
		if err != nil {
			complain("%s: %v", name, err)
			continue
		}
		a.got[name] = text
	}
	if update {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(a.fixed)) {
		got, ok := a.got[name]
		if !ok {
			got = a.files[name]
		}
		if !bytes.Equal(got, a.fixed[name]) {
			complain("%s after fixes:\n%s\nwant:\n%s", name, got, a.fixed[name])
		}
	}
	for name := range a.got {
		if _, ok := a.fixed[name]; !ok && len(a.fixed) > 0 {
			complain("there are fixes for %s and no section %s.fixed", name, name)
		}
	}
}

// apply makes the edits in src. Insertions at one place follow each other, and
// equal edits are one.
func apply(src []byte, edits []report.Edit) ([]byte, error) {
	slices.SortStableFunc(edits, func(a, b report.Edit) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.EndOffset, b.EndOffset))
	})
	edits = slices.Compact(edits)
	var out []byte
	at := 0
	for _, e := range edits {
		if e.Offset < at || e.EndOffset < e.Offset || e.EndOffset > len(src) {
			return nil, fmt.Errorf("fixes conflict at byte %d: %q", e.Offset, e.New)
		}
		out = append(append(out, src[at:e.Offset]...), e.New...)
		at = e.EndOffset
	}
	return append(out, src[at:]...), nil
}
