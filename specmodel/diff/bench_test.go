// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"fmt"
	"testing"

	"kapilint/specmodel"
)

// many makes a set of contracts like bell's, each with a name of its own.
func many(count int) *specmodel.Set {
	set := &specmodel.Set{}
	for i := range count {
		a := bell()
		a.Name = fmt.Sprintf("sys_bell%d", i)
		set.Add(a)
	}
	return set
}

// BenchmarkSame compares 50,000 contracts with equal ones.
func BenchmarkSame(b *testing.B) {
	old, new := many(50000), many(50000)
	b.ReportAllocs()
	for b.Loop() {
		if got := Compare(old, new); len(got) > 0 {
			b.Fatal(got[0].Message())
		}
	}
}

// TestDuplicates pairs contracts of one name.
func TestDuplicates(t *testing.T) {
	at := func(file string, kind specmodel.Kind, errs ...string) *specmodel.API {
		a := &specmodel.API{Name: "x", Kind: kind, Pos: specmodel.Pos{File: file, Line: 1}}
		for _, e := range errs {
			a.Errors = append(a.Errors, specmodel.Error{Name: e})
		}
		return a
	}
	old := &specmodel.Set{APIs: []*specmodel.API{at("a.c", specmodel.Ioctl, "EIO"), at("b.c", specmodel.Sysfs, "EPERM")}}
	new := &specmodel.Set{APIs: []*specmodel.API{at("b.c", specmodel.Sysfs, "EPERM"), at("a.c", specmodel.Ioctl, "EIO")}}
	if got := Compare(old, new); len(got) > 0 {
		t.Errorf("in another order:%s", list(got))
	}
	new.APIs = new.APIs[:1]
	if got := Compare(old, new); ids(got) != "api-removed" || got[0].OldPos.File != "a.c" {
		t.Errorf("one gone:%s", list(got))
	}
}
