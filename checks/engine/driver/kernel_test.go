// SPDX-License-Identifier: GPL-2.0-only

package driver_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/driver"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/summary/body"
	"kapilint/cparse"
	"kapilint/cparse/kbuild"
)

// units of the real kernel with many headers in common.
var units = []string{
	"fs/eventpoll.c", "fs/eventfd.c", "fs/open.c", "fs/file.c", "fs/namei.c", "mm/mlock.c", "kernel/sys.c", "net/socket.c",
}

func kernel(t testing.TB) *cparse.Env {
	t.Helper()
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	tree, err := kbuild.FindTree(src, kbuild.Options{Src: src, Obj: obj})
	if err != nil {
		t.Fatal(err)
	}
	return cparse.NewEnv(tree)
}

// all is a check that compares what the link step sees with what units said.
func all(bodies *lint.Analyzer, found *[]analysis.ObjectFact) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name: "all", Doc: "collect bodies", Requires: []*analysis.Analyzer{bodies.Analyzer},
			ResultType: reflect.TypeFor[int](), Run: func(*analysis.Pass) (any, error) { return 0, nil },
		},
		Link: func(p *facts.Program) (any, error) {
			for _, o := range p.Objects(new(body.Func)) {
				f := new(body.Func)
				if p.Get(o, f) {
					*found = append(*found, analysis.ObjectFact{Object: o, Fact: f})
				}
			}
			return 0, nil
		},
	}
}

// Facts of real units are the same from fresh parses in any order and from the
// cache, and every one of them can be read back.
func TestKernelFacts(t *testing.T) {
	dir := t.TempDir()
	type said struct {
		sym  cparse.Symbol
		fact analysis.Fact
	}
	run := func(workers int, reverse bool, wantParsed int) []said {
		t.Helper()
		env := kernel(t)
		c, err := cache.Open(filepath.Join(dir, "facts"))
		if err != nil {
			t.Fatal(err)
		}
		files := cache.OpenFiles(c, "kernel", env.Tree.Abs)
		paths := slices.Clone(units)
		if reverse {
			slices.Reverse(paths)
		}
		var found []analysis.ObjectFact
		bodies := body.New()
		out, err := driver.Run(context.Background(), &driver.Config{
			World: env.World, Workers: workers,
			Load:  func(path string) (*cparse.Unit, error) { return cparse.Parse(env, path, cparse.Options{}) },
			Facts: &driver.FactCache{Cache: c, Digest: files.Digest, Key: func(string) (string, bool) { return "test", true }},
		}, []*lint.Analyzer{bodies, all(bodies, &found)}, driver.Request{Summarize: paths, Link: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Save(); err != nil {
			t.Error(err)
		}
		for _, u := range out.Units {
			if u.State != "typed" {
				t.Errorf("%s is %s: %+v", u.Path, u.State, u.Reasons)
			}
		}
		if out.Parsed != wantParsed {
			t.Errorf("%d units parsed, want %d", out.Parsed, wantParsed)
		}
		for _, c := range out.Conflicts {
			t.Logf("conflict: %s %v", c.Symbol, c.Units)
		}
		t.Logf("%d bodies, %v", len(found), out.Times)
		var all []said
		for _, f := range found {
			all = append(all, said{env.World.Symbol(f.Object), f.Fact})
		}
		return all
	}
	first := run(2, false, len(units))
	if len(first) < 100 {
		t.Fatalf("only %d bodies", len(first))
	}
	if cached := run(2, true, 0); !reflect.DeepEqual(first, cached) {
		t.Error("facts from the cache differ")
	}
	dir = t.TempDir()
	if again := run(1, true, len(units)); !reflect.DeepEqual(first, again) {
		t.Error("facts depend on the order of units")
	}
}
