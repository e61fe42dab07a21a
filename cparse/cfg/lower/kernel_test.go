// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
	"kapilint/cparse/gnuc"
	"kapilint/cparse/kbuild"
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// kernelFiles are what TestKernel lowers unless KAPILINT_FILES names others.
const kernelFiles = "fs/eventpoll.c fs/open.c mm/mlock.c fs/pipe.c kernel/sys.c ipc/msg.c fs/namei.c"

// kernelSource makes a Source from the source map of a unit.
func kernelSource(fs *pp.Files, res *pp.Result, out *gnuc.Output) *lower.Source {
	root := func(t *pp.Token) *pp.Expansion {
		e := t.Exp
		for res.Expansions[e].Parent != 0 {
			e = res.Expansions[e].Parent
		}
		return &res.Expansions[e]
	}
	first, last := spans(res)
	return &lower.Source{
		ConstSpan: func(a, b cc.Token) string {
			from, to, name := out.Token(a), out.Token(b), ""
			if from == nil || to == nil {
				return ""
			}
			for e := from.Exp; e != 0; e = res.Expansions[e].Parent {
				if &res.Tokens[first[e]] == from && &res.Tokens[last[e]] == to && !res.Expansions[e].FuncLike {
					name = res.Expansions[e].Name
				}
			}
			return name
		},
		Site: func(ct cc.Token) cfg.Site {
			t := out.Token(ct)
			if t == nil {
				return cfg.Site{}
			}
			pos := t.Pos
			if t.Exp != 0 {
				if x := root(t); pos < x.Use || pos >= x.UseEnd {
					pos = x.Use
				}
			}
			p := fs.Position(pos)
			return cfg.Site{File: p.File, Line: int32(p.Line), Col: int32(p.Col)}
		},
		ConstName: func(ct cc.Token) string {
			t := out.Token(ct)
			if t == nil {
				return ""
			}
			name := ""
			for e := t.Exp; e != 0; e = res.Expansions[e].Parent {
				x := &res.Expansions[e]
				if x.FuncLike || !x.Single {
					break
				}
				name = x.Name
			}
			return name
		},
		NoReturn: func(name string) bool { return out.NoReturn[name] },
		IsConst:  func(name string) bool { return out.Const[name] },
	}
}

// spans returns the first and the last token of each expansion.
func spans(res *pp.Result) (first, last []int32) {
	first = make([]int32, len(res.Expansions))
	last = make([]int32, len(res.Expansions))
	for i := range first {
		first[i] = -1
	}
	for i := range res.Tokens {
		for e := res.Tokens[i].Exp; e != 0; e = res.Expansions[e].Parent {
			if first[e] < 0 {
				first[e] = int32(i)
			}
			last[e] = int32(i)
		}
	}
	return first, last
}

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
	for _, name := range strings.Fields(names) {
		t.Run(name, func(t *testing.T) { lowerUnit(t, tree, pp.NewFiles(src), name) })
	}
}

func lowerUnit(t *testing.T, tree *kbuild.Tree, fs *pp.Files, name string) {
	cmd, err := tree.Command(name)
	if err != nil {
		t.Fatal(err)
	}
	conf := &pp.Config{
		Quote: cmd.Quote, Angle: append(append([]string(nil), cmd.Include...), cmd.ISystem...),
		Forced: cmd.Forced, Predefined: predefinedMacros(t, cmd),
	}
	for _, d := range cmd.Defines {
		conf.Defines = append(conf.Defines, pp.Define{Name: d.Name, Value: d.Value, Undef: d.Undef})
	}
	res, err := pp.Process(fs, conf, name)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	out, err := gnuc.Translate(&gnuc.Input{Files: fs, Result: res}, &gnuc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	translated := time.Since(start)
	s := kernelSource(fs, res, out)
	start = time.Now()
	var fns []*cfg.Func
	globals := lower.Globals(s, out.AST)
	for _, f := range out.Funcs {
		fn, statics := lower.FuncStatics(s, f.Def, "")
		fns = append(fns, fn)
		globals = append(globals, statics...)
	}
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
	t.Logf("%d functions, %d globals, gnuc %v, lower %v, %d quarantined, %v", len(fns), len(globals),
		translated.Round(time.Millisecond), lowered.Round(time.Millisecond), len(out.Quarantined), stats)
	if dir := os.Getenv("KAPILINT_DUMP"); dir != "" {
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".txt")
		if err := os.WriteFile(file, []byte(dump.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// predefinedMacros asks the compiler for its own macros.
func predefinedMacros(t *testing.T, cmd *kbuild.Command) string {
	args := []string{"-O2", "-fshort-wchar", "-mcmodel=kernel", "-fno-PIE", "-dM", "-E", "-x", "c", os.DevNull}
	for _, f := range cmd.Flags {
		if strings.HasPrefix(f, "-mno-") || f == "-m64" || f == "-m32" {
			args = append(args, f)
		}
	}
	out, err := exec.Command("gcc", args...).Output()
	if err != nil {
		t.Skip("no gcc that takes the tree's options: ", err)
	}
	return string(out)
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
