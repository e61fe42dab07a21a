// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/cparse/kbuild"
)

// kernelFiles are what TestKernel lowers unless KAPILINT_FILES names others.
const kernelFiles = "fs/eventpoll.c fs/open.c mm/mlock.c fs/pipe.c kernel/sys.c ipc/msg.c fs/namei.c"

// TestKernel lowers every function and object of some units of a real tree.
func TestKernel(t *testing.T) {
	src, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" || obj == "" {
		t.Skip("KAPILINT_LINUX or KAPILINT_OBJ is not set")
	}
	tree, err := kbuild.FindTree(src, kbuild.Options{Obj: obj})
	if err != nil {
		t.Fatal(err)
	}
	names := os.Getenv("KAPILINT_FILES")
	if names == "" {
		names = kernelFiles
	}
	env := cparse.NewEnv(tree)
	for _, name := range strings.Fields(names) {
		t.Run(name, func(t *testing.T) { lowerUnit(t, env, name) })
	}
}

func lowerUnit(t *testing.T, env *cparse.Env, name string) {
	start := time.Now()
	unit, err := cparse.Parse(env, name, cparse.Options{KeepMacros: map[string]bool{"get_user": true, "put_user": true}})
	if err != nil {
		t.Fatal(err)
	}
	if unit.State == cparse.Failed {
		t.Fatal(unit.Reasons)
	}
	parsed := time.Since(start)
	start = time.Now()
	var fns []*cfg.Func
	for _, f := range unit.Funcs() {
		fns = append(fns, unit.Body(f))
	}
	globals := unit.Globals()
	lowered := time.Since(start)
	stats := map[string]int{}
	var dump strings.Builder
	for _, fn := range fns {
		if fn.Unsupported != "" {
			t.Logf("%s:%d: %s: unsupported: %s", fn.At.File, fn.At.Line, fn.Name, fn.Unsupported)
			stats["unsupported"]++
		}
		if err := cfg.Validate(fn); err != nil {
			t.Errorf("%v\n%s", err, fn)
		}
		roundTrip(t, fn)
		stats["bytes"] += len(fn.Encode(nil))
		stats["blocks"] += len(fn.Blocks)
		dump.WriteString(fn.Text(true))
		countUnknown(fn, stats)
	}
	for _, g := range globals {
		stats["cells"] += len(g.Cells)
		for _, c := range g.Cells {
			if c.Value.Op == cfg.OpUnknown {
				stats["cell: "+c.Value.Name]++
			}
		}
	}
	t.Logf("%d functions, %d globals, parse %v, lower %v, %v", len(fns), len(globals),
		parsed.Round(time.Millisecond), lowered.Round(time.Millisecond), stats)
	if dir := os.Getenv("KAPILINT_DUMP"); dir != "" {
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".txt")
		if err := os.WriteFile(file, []byte(dump.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func countUnknown(fn *cfg.Func, stats map[string]int) {
	count := func(x *cfg.Expr) {
		cfg.Walk(x, func(x *cfg.Expr) {
			if x.Op == cfg.OpUnknown {
				stats[x.Name]++
			}
		})
	}
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			stats["instrs"]++
			switch in := in.(type) {
			case *cfg.Set:
				count(in.Src)
				count(in.Dst.Addr)
			case *cfg.Call:
				for _, a := range in.Args {
					count(a)
				}
			}
		}
		count(b.Term.Cond)
	}
}
