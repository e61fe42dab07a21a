// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/kbuild"

	"golang.org/x/tools/go/analysis"
)

// kernel is a small kernel made for these tests.
var kernel = map[string]string{
	"Makefile":                     "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n",
	"include/linux/kconfig.h":      "",
	"include/generated/autoconf.h": "",
	"include/linux/kernel.h": `#ifndef KERNEL_H
#define KERNEL_H
#define EINVAL 22
#define NULL ((void *)0)
#define __noreturn __attribute__((__noreturn__))
typedef unsigned int u32;
struct file { const struct ops *f_op; u32 f_flags; };
struct ops { long (*read)(struct file *); };
struct unused { int never; };
void __noreturn panic(const char *fmt, ...);
int __attribute__((weak)) hook(void);
static inline int is_odd(int x) { return x & 1; }
static inline void note(int x) { panic("%d", x); }
static inline int not_called(struct unused *u) { return u->never; }
#endif
`,
	"include/linux/syscalls.h": `#define __MAP1(m, t, a) m(t, a)
#define __DECL(t, a) t a
#define SYSCALL_DEFINE1(name, ...) SYSCALL_DEFINEx(1, _##name, __VA_ARGS__)
#define SYSCALL_DEFINEx(x, name, ...) \
	long sys##name(__MAP##x(__DECL, __VA_ARGS__)); \
	static inline long __do_sys##name(__MAP##x(__DECL, __VA_ARGS__)); \
	long sys##name(__MAP##x(__DECL, __VA_ARGS__)) { return __do_sys##name(0); } \
	static inline long __do_sys##name(__MAP##x(__DECL, __VA_ARGS__))
`,
	"fs/a.c": `#include <linux/kernel.h>
#include <linux/syscalls.h>
#include "part.c"
#define FL_A 4
#define FL_ALL (FL_A | 8)

static const struct ops table = { .read = NULL };

/**
 * helper - does something
 */
static int helper(int x)
{
	if (is_odd(x))
		note(x); else if (x < 0) panic("negative");
	return part(x) ? -EINVAL : 0;
}

SYSCALL_DEFINE1(thing, int,
		flags)
{
	if (flags & ~FL_ALL)
		return -EINVAL;
	return helper(flags);
}
`,
	"fs/part.c":   "static int part(int x) { return x > 3; }\n",
	"fs/broken.c": "#include <linux/kernel.h>\nint good(int x) { return x; }\nint bad(int x) { return nothing_like_it; }\nint also_good(void) { return bad(good(1)); }\n",
	"fs/cut.c":    "int whole(void) { return 1; }\nint half(int x)\n{\n\tif (x) {\n\t\treturn 1;\n",
	"fs/binary.c": "int x;\n\x7fELF\x00\x01\x02{{{(((",
	"fs/gone.c":   "#include <linux/no_such.h>\nint f(void) { return 0; }\n",
	"fs/roots.c":  "static int leaf(int x) { return x; }\nint one(int x) { return leaf(x); }\nint two(int x) { return x; }\nint (*tab[])(int) = { two };\n",
	"fs/empty.c":  "",
}

func smallKernel(t testing.TB) *Env {
	t.Helper()
	dir := t.TempDir()
	for name, text := range kernel {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := kbuild.FindTree(dir, kbuild.Options{Src: dir, Arch: "x86"})
	if err != nil {
		t.Fatal(err)
	}
	env := NewEnv(tree)
	env.Command = func(file string) (*kbuild.Command, error) {
		cmd, err := kbuild.ParseArgs([]string{"-nostdinc", "-Iinclude", file}, dir)
		if err == nil {
			cmd.Target = "x86_64"
		}
		return cmd, err
	}
	return env
}

func parse(t testing.TB, path string, opts Options) *Unit {
	t.Helper()
	u, err := Parse(smallKernel(t), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func funcNames(u *Unit) string {
	var list []string
	for _, f := range u.Funcs() {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
}

func TestUnit(t *testing.T) {
	u := parse(t, "fs/a.c", Options{})
	if u.State != Typed || len(u.Reasons) != 0 || u.Path != "fs/a.c" {
		t.Fatalf("%s: %s, %v", u.Path, u.State, u.Reasons)
	}
	if got, want := funcNames(u), "is_odd part helper sys_thing __do_sys_thing"; got != want {
		t.Errorf("functions are %q, want %q", got, want)
	}
	if got := u.MainFiles(); !slices.Equal(got, []string{"fs/a.c", "fs/part.c"}) {
		t.Errorf("main files are %q", got)
	}
	if !u.NoReturn("panic") || u.NoReturn("hook") || u.Const("file") || !u.Const("table") {
		t.Error("attributes are lost")
	}
	if c := u.Comments(); len(c) != 1 || c[0].At.Line != 9 || !strings.Contains(c[0].Text, "helper - does") {
		t.Errorf("comments are %v", c)
	}
	by := map[string]*Func{}
	for _, f := range u.Funcs() {
		by[f.Name] = f
	}
	helper, sys, odd := by["helper"], by["__do_sys_thing"], by["is_odd"]
	if helper.Sym != (Symbol{"fs/a.c", "helper"}) || !helper.InMain || helper.Macro != nil || helper.Inline ||
		helper.At != (cfg.Site{File: "fs/a.c", Line: 12, Col: 12}) || helper.End != (cfg.Site{File: "fs/a.c", Line: 17, Col: 1}) {
		t.Errorf("helper is %+v", helper)
	}
	if odd.InMain || !odd.Inline || odd.Sym.File != "include/linux/kernel.h" {
		t.Errorf("is_odd is %+v", odd)
	}
	if by["part"].Sym.File != "fs/part.c" || !by["part"].InMain || by["sys_thing"].Sym != (Symbol{"", "sys_thing"}) {
		t.Error("linkage is lost")
	}
	m := sys.Macro
	if m == nil || m.Name != "SYSCALL_DEFINE1" || !slices.Equal(m.Args, []string{"thing", "int", "flags"}) ||
		m.At != (cfg.Site{File: "fs/a.c", Line: 19, Col: 1}) || m.End != (cfg.Site{File: "fs/a.c", Line: 20, Col: 9}) ||
		m.ArgAt[2] != (cfg.Site{File: "fs/a.c", Line: 20, Col: 3}) {
		t.Errorf("the macro is %+v", m)
	}
	body := u.Body(sys)
	if body.Unsupported != "" || body.Params != 1 || body != u.Body(sys) {
		t.Errorf("the body is %+v", body)
	}
	var seen []string
	for _, b := range body.Blocks {
		if b.Term.Kind == cfg.Return && b.Term.Cond != nil && b.Term.Cond.Op == cfg.OpConst {
			seen = append(seen, b.Term.Cond.Name)
		}
	}
	if !slices.Contains(seen, "-EINVAL") {
		t.Errorf("constants returned are %q", seen)
	}
	if g := u.Globals(); len(g) != 1 || g[0].Name != "table" || !g[0].Const || !g[0].Static {
		t.Errorf("globals are %+v", g)
	}
	if u.Symbol("helper") != helper.Sym || u.Symbol("panic") != (Symbol{"", "panic"}) {
		t.Error("names are not resolved")
	}
}

func TestPos(t *testing.T) {
	u := parse(t, "fs/a.c", Options{})
	for _, s := range []cfg.Site{{File: "fs/a.c", Line: 12, Col: 12}, {File: "include/linux/kernel.h", Line: 3, Col: 9}} {
		p := u.Fset.Position(u.Pos(s))
		if p.Filename != s.File || p.Line != int(s.Line) || p.Column != int(s.Col) {
			t.Errorf("%v has position %v", s, p)
		}
	}
	for _, s := range []cfg.Site{{}, {File: "fs/a.c", Line: 1000}, {File: "nowhere", Line: 1}} {
		if u.Pos(s).IsValid() {
			t.Errorf("%v is somewhere", s)
		}
	}
}

func TestEval(t *testing.T) {
	u := parse(t, "fs/a.c", Options{})
	tests := []struct {
		expr, want string
		signed     bool
		size       int
		err        string
	}{
		{expr: "-EINVAL", want: "-22", signed: true, size: 4},
		{expr: "FL_ALL", want: "12", signed: true, size: 4},
		{expr: "sizeof(struct file)", want: "16", size: 8},
		{expr: "(u32)-1", want: "4294967295", size: 4},
		{expr: "~0UL", want: "18446744073709551615", size: 8},
		{expr: "sizeof(((struct file *)NULL)->f_flags) * FL_A", want: "16", size: 8},
		{expr: "no_such_name", err: "no_such_name: undefined: no_such_name"},
		{expr: "helper(1)", err: "not a constant"},
		{expr: "1 +", err: "1 +: "},
		{expr: "1; int x", err: "not an expression"},
		{expr: ")", err: ")"},
		{expr: "", err: "no expression"},
		{expr: "\"", err: "terminating"},
	}
	var exprs []string
	for _, tt := range tests {
		exprs = append(exprs, tt.expr)
	}
	values, errs := u.EvalAll(exprs)
	for i, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			v, err := values[i], errs[i]
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %v, %v, want error %q", v, err, tt.err)
				}
				return
			}
			if err != nil || v.String() != tt.want || v.Signed != tt.signed || v.Size != tt.size {
				t.Errorf("got %v signed %v size %d, %v", v, v.Signed, v.Size, err)
			}
			if again, _ := u.Eval(tt.expr); again != v {
				t.Errorf("then got %v", again)
			}
		})
	}
}

func TestStates(t *testing.T) {
	tests := []struct {
		path   string
		state  State
		funcs  string
		reason string // of the first Problem
		at     cfg.Site
	}{
		{"fs/broken.c", Partial, "good also_good", "undefined: nothing_like_it", cfg.Site{File: "fs/broken.c", Line: 3, Col: 25}},
		{"fs/cut.c", Failed, "", "'{' is never closed", cfg.Site{File: "fs/cut.c", Line: 3, Col: 1}},
		{"fs/binary.c", Failed, "", "not a text file", cfg.Site{File: "fs/binary.c", Line: 2, Col: 5}},
		{"fs/gone.c", Partial, "f", "linux/no_such.h", cfg.Site{File: "fs/gone.c", Line: 1, Col: 10}},
		{"fs/empty.c", Typed, "", "", cfg.Site{}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			u := parse(t, tt.path, Options{})
			if u.State != tt.state || funcNames(u) != tt.funcs {
				t.Errorf("%s with %q: %+v", u.State, funcNames(u), u.Reasons)
			}
			if tt.reason == "" {
				return
			}
			if len(u.Reasons) != 1 || !strings.Contains(u.Reasons[0].Message, tt.reason) || u.Reasons[0].At != tt.at {
				t.Errorf("the reasons are %+v", u.Reasons)
			}
			u.Globals()
			if _, err := u.Eval("1"); err != nil && tt.state != Failed {
				t.Error(err)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	env := smallKernel(t)
	for path, want := range map[string]string{
		"fs/missing.c": "fs/missing.c: no such file or directory",
		"fs":           "fs: is a directory",
	} {
		if _, err := Parse(env, path, Options{}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestRoots(t *testing.T) {
	if got := funcNames(parse(t, "fs/roots.c", Options{Roots: []string{"one"}})); got != "leaf one" {
		t.Errorf("functions are %q", got)
	}
	if got := funcNames(parse(t, "fs/a.c", Options{KeepVoid: true})); !strings.Contains(got, "note") {
		t.Errorf("functions are %q", got)
	}
}

func TestWorld(t *testing.T) {
	w := NewWorld()
	var wg sync.WaitGroup
	objects := make([]any, 8)
	for i := range objects {
		wg.Go(func() { objects[i] = w.Object(Symbol{"fs/a.c", "helper"}) })
	}
	wg.Wait()
	for _, o := range objects {
		if o != objects[0] {
			t.Fatal("one symbol has two objects")
		}
	}
	if w.Object(Symbol{"fs/b.c", "helper"}) == objects[0] || w.Object(Symbol{"", "helper"}) == objects[0] {
		t.Error("two symbols have one object")
	}
	if s := w.Symbol(w.Object(Symbol{"fs/a.c", "helper"})); s.String() != "fs/a.c:helper" {
		t.Errorf("the symbol is %v", s)
	}
}

func TestAnalyzer(t *testing.T) {
	if err := analysis.Validate([]*analysis.Analyzer{Analyzer}); err != nil {
		t.Error(err)
	}
	u := &Unit{}
	pass := &analysis.Pass{ResultOf: map[*analysis.Analyzer]any{Analyzer: u}}
	if Of(pass) != u {
		t.Error("the unit is lost")
	}
}

// TestConcurrent parses and reads the same units from several goroutines.
func TestConcurrent(t *testing.T) {
	env := smallKernel(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			u, err := Parse(env, "fs/a.c", Options{})
			if err != nil {
				t.Error(err)
				return
			}
			var inner sync.WaitGroup
			for range 2 {
				inner.Go(func() {
					for _, f := range u.Funcs() {
						u.Body(f)
						u.Pos(f.At)
					}
					u.Eval("sizeof(struct file)")
					u.Globals()
				})
			}
			inner.Wait()
		})
	}
	wg.Wait()
}
