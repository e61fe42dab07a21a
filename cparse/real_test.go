// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"go/token"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"kapilint/cparse/kbuild"
)

// realKernel returns the kernel that KAPILINT_LINUX and KAPILINT_OBJ name.
func realKernel(t testing.TB) *kbuild.Tree {
	t.Helper()
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" || obj == "" {
		t.Skip("KAPILINT_LINUX and KAPILINT_OBJ name no kernel")
	}
	tree, err := kbuild.FindTree(src, kbuild.Options{Src: src, Obj: obj})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// unprepared reports whether the unit includes a generated file that make
// prepare does not make.
func unprepared(u *Unit) bool {
	return slices.ContainsFunc(u.Reasons, func(p Problem) bool { return p.Header != "" })
}

// TestRealKernel parses a sample of the units of a real kernel, every
// KAPILINT_STEP'th, and holds it to the numbers that the design promises.
func TestRealKernel(t *testing.T) {
	tree := realKernel(t)
	step, err := strconv.Atoi(os.Getenv("KAPILINT_STEP"))
	if err != nil || step < 1 {
		step = 100
	}
	start, _ := strconv.Atoi(os.Getenv("KAPILINT_START"))
	units, err := tree.Units()
	if err != nil {
		t.Fatal(err)
	}
	env := NewEnv(tree)
	var n, partial, funcs, left, unsupported int
	var total time.Duration
	for i := start; i < len(units); i += step {
		begin := time.Now()
		u, err := Parse(env, units[i], Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if d := time.Since(begin); d > 2*time.Second {
			t.Logf("%s: took %v: %+v", u.Path, d, u.Stats())
		}
		total += time.Since(begin)
		if unprepared(u) {
			t.Logf("%s: includes a file that the tree does not have yet", u.Path)
			continue
		}
		n++
		for _, p := range u.Reasons {
			t.Logf("%s: %+v", u.Path, p)
			if p.Item != "" {
				left++
			}
		}
		switch u.State {
		case Failed:
			t.Errorf("%s: failed", u.Path)
		case Partial:
			partial++
		}
		for _, f := range u.Funcs() {
			funcs++
			if why := u.Body(f).Unsupported; why != "" {
				unsupported++
				t.Logf("%s: %s: %s", u.Path, f.Name, why)
			}
		}
		u.Globals()
	}
	t.Logf("%d units in %v, %d partial; %d functions, %d items left out, %d bodies not lowered", n, total, partial, funcs, left, unsupported)
	if partial*100 > n {
		t.Errorf("%d of %d units are partial", partial, n)
	}
	if left*1000 > funcs {
		t.Errorf("%d items left out for %d functions", left, funcs)
	}
}

// BenchmarkTranslate measures what comes after the preprocessor for one unit.
func BenchmarkTranslate(b *testing.B) {
	tree := realKernel(b)
	env := NewEnv(tree)
	u, err := Parse(env, "fs/eventpoll.c", Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v := &Unit{Path: u.Path, State: Typed, Command: u.Command, Fset: token.NewFileSet(), env: env, res: u.res, isMain: map[string]bool{}}
		v.translate()
	}
	b.ReportMetric(float64(u.Stats().Tokens), "tokens")
	b.ReportMetric(float64(u.Stats().Kept), "kept")
}

// BenchmarkParse measures one unit with its headers already read.
func BenchmarkParse(b *testing.B) {
	tree := realKernel(b)
	env := NewEnv(tree)
	for b.Loop() {
		if _, err := Parse(env, "fs/eventpoll.c", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
