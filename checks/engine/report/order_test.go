// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func sample() []Finding {
	at := func(file string, line, col int) Place { return Place{File: file, Line: line, Col: col} }
	return []Finding{
		{Check: "a", Place: at("fs/a.c", 3, 1), Symbol: "f", Key: "EIO", Message: "m"},
		{Check: "a", Place: at("fs/a.c", 3, 1), Symbol: "f", Key: "EPERM", Message: "m"},
		{Check: "a", Category: "x", Place: at("fs/a.c", 3, 1), Symbol: "f", Key: "EPERM", Message: "m"},
		{Check: "a", Place: at("fs/a.c", 12, 1), Symbol: "f", Key: "EIO", Message: "m"},
		{Check: "b", Place: at("fs/a.c", 3, 9), Severity: Warning, Message: "m"},
		{Check: "a", Place: at("include/i.h", 1, 1), Severity: Error, Message: "short", Notes: []Note{{Message: "one"}}},
		{Check: "a", Place: at("include/i.h", 1, 1), Severity: Error, Message: "short", Notes: []Note{{Message: "a"}, {Message: "b"}}},
		{Check: "a", Place: at("include/i.h", 1, 1), Severity: Error, Message: "short", Notes: []Note{{Message: "one"}}},
	}
}

func TestSortIsStableUnderShuffle(t *testing.T) {
	want := Sort(sample())
	if len(want) != 6 {
		t.Fatalf("%d findings after sorting, want 6 without repetitions", len(want))
	}
	if got := want[5].Notes; len(got) != 1 {
		t.Errorf("kept the longer evidence: %v", got)
	}
	for seed := range uint64(20) {
		fs := sample()
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(fs), func(i, j int) { fs[i], fs[j] = fs[j], fs[i] })
		if got := Sort(fs); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n%+v\nwant\n%+v", seed, got, want)
		}
	}
}

func TestFingerprints(t *testing.T) {
	fs := Sort(sample())
	before := Fingerprints(fs)
	if u := slices.Compact(slices.Sorted(slices.Values(before))); len(u) != len(before) {
		t.Errorf("fingerprints are not unique: %v", before)
	}
	var counters int
	for _, p := range before {
		if strings.HasSuffix(p, ":2") {
			counters++
		}
	}
	if counters != 1 {
		t.Errorf("%d repeated identities, want 1: %v", counters, before)
	}
	for i := range fs {
		fs[i].Place.Line += 100
		fs[i].Message += " reworded"
		fs[i].Notes = nil
	}
	if after := Fingerprints(fs); !slices.Equal(before, after) {
		t.Errorf("lines, wording or evidence changed the identity:\n%v\n%v", before, after)
	}
	for _, change := range []func(*Finding){
		func(f *Finding) { f.Check = "z" }, func(f *Finding) { f.Category = "z" }, func(f *Finding) { f.Symbol = "z" },
		func(f *Finding) { f.Key = "z" }, func(f *Finding) { f.Place.File = "z" },
	} {
		one := []Finding{sample()[0]}
		was := Fingerprints(one)[0]
		change(&one[0])
		if Fingerprints(one)[0] == was {
			t.Errorf("identity ignores a change: %+v", one[0])
		}
	}
}

func TestSortUnits(t *testing.T) {
	got := SortUnits([]Unit{
		{Path: "b.c", State: Typed},
		{Path: "a.c", State: Typed},
		{Path: "b.c", State: Partial, Reasons: []Problem{{Item: "f", Message: "x"}}},
		{Path: "b.c", State: Typed, Reasons: []Problem{{Item: "f", Message: "x"}, {Item: "e", Message: "x"}}},
	})
	want := []Unit{
		{Path: "a.c", State: Typed},
		{Path: "b.c", State: Partial, Reasons: []Problem{{Item: "e", Message: "x"}, {Item: "f", Message: "x"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestCount(t *testing.T) {
	r := Result{Findings: Sort(sample()), Units: []Unit{{State: Typed}, {State: Partial, Reasons: make([]Problem, 3)}, {State: Failed}}}
	got := r.Count()
	want := Counts{Errors: 1, Warnings: 1, Infos: 4, Typed: 1, Partial: 1, Failed: 1, LeftOut: 3}
	if got != want || got.Findings() != 6 || got.Units() != 3 || r.Complete() {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
