// SPDX-License-Identifier: GPL-2.0-only

package flow_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
	"kapilint/cparse/flow"

	"modernc.org/cc/v4"
)

const predefined = `int __predefined_declarator;
typedef unsigned long __predefined_size_t;
typedef long __predefined_ptrdiff_t;
long __builtin_expect(long, long);
`

// program compiles C text and returns an engine over its functions.
func program(t testing.TB, src string) *flow.Engine {
	t.Helper()
	e, _ := load(t, src)
	return e
}

func load(t testing.TB, src string) (*flow.Engine, map[string]*cfg.Func) {
	t.Helper()
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	ast, err := cc.Translate(&cc.Config{ABI: abi}, []cc.Source{
		{Name: "<predefined>", Value: predefined}, {Name: "t.c", Value: src},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &lower.Source{
		Site: func(tok cc.Token) cfg.Site {
			p := tok.Position()
			return cfg.Site{File: p.Filename, Line: int32(p.Line), Col: int32(p.Column)}
		},
		NoReturn: func(name string) bool { return name == "panic" },
	}
	funcs := map[string]*cfg.Func{}
	globals := map[string]*cfg.Global{}
	for n := ast.TranslationUnit; n != nil; n = n.TranslationUnit {
		if d := n.ExternalDeclaration.FunctionDefinition; d != nil {
			f := lower.Func(s, d, "t.c")
			if err := cfg.Validate(f); err != nil {
				t.Fatalf("%v\n%s", err, f)
			}
			funcs[f.Name] = f
		}
	}
	for _, g := range lower.Globals(s, ast) {
		globals[g.Name] = &g
	}
	return flow.NewEngine(flow.Program{
		Func:   func(name, _ string) *cfg.Func { return funcs[name] },
		Global: func(name, _ string) *cfg.Global { return globals[name] },
		Known: func(name string, _ bool) *flow.Model {
			if name == "lock" {
				return &flow.Model{Void: true}
			}
			return nil
		},
	}), funcs
}

// show prints a summary, one outcome a line, sorted.
func show(s *flow.Summary) string {
	if s == nil {
		return "none\n"
	}
	var lines []string
	for _, o := range s.Outcomes {
		line := "void"
		if o.Ret != nil {
			line = o.Ret.Format(s.Params)
			if o.Ret.Kind != flow.Const {
				line += " in " + o.Set.String(true)
			}
			if o.Ret.Open != nil {
				line += " from " + o.Ret.Open.Name
			}
		}
		for i, f := range o.Guard {
			sep := " && "
			if i == 0 {
				sep = " if "
			}
			line += sep + f.Term.Format(s.Params) + " in " + f.Set.String(true)
		}
		if len(o.Trace) > 0 {
			line += " via"
			for _, st := range o.Trace {
				line += fmt.Sprintf(" %s:%d", st.Callee, st.At.Line)
			}
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n") + "\n"
}

func TestOutcomes(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"constants", `int f(int a) { if (a < 0) return -22; return 0; }`,
			"-22 if a in -2147483648..-1\n0 if a in 0..2147483647\n"},
		{"error variable and goto", `
int g(void);
int f(int a, int b)
{
	int error = -22;
	if (a & ~7)
		goto out;
	error = -9;
	if (b)
		goto out;
	error = 0;
out:
	return error;
}`, "-22 if a in any but 0..7\n-9 if a in 0..7 && b in any but 0\n0 if a in 0..7 && b in 0\n"},
		{"exclusive flags, narrow test last", `
int f(unsigned flags)
{
	if ((flags & 5) && (flags & 2))
		return -22;
	if (flags & ~7)
		return -22;
	return 0;
}`, "-22 if flags in 3..4294967291 step 8, bits 0xfffffff9 with 0x6\n" +
			"-22 if flags in 8..4294967290 with bits 0xfffffffa, 9..4294967289 step 8, 12..4294967293 with bits 0xfffffffd\n" +
			"0 if flags in 0..2, 4, 5\n"},
		{"wrapper with guard", `
static int h(int x, int nonblock)
{
	if (nonblock)
		return -11;
	if (x > 10)
		return -22;
	return 0;
}
int f(int x)
{
	int err = h(x, 0);
	if (err)
		return err;
	return x;
}`, "-22 if x in 11..2147483647 via h:12\nx in -2147483648..10 if x in -2147483648..10\n"},
		{"error pointers", `
static inline void *ERR_PTR(long e) { return (void *)e; }
static inline long PTR_ERR(const void *p) { return (long)p; }
static inline int IS_ERR(const void *p) { return (unsigned long)p >= (unsigned long)-4095; }
void *kmalloc(int);
static void *get(int a)
{
	void *p;
	if (a < 0)
		return ERR_PTR(-22);
	p = kmalloc(a);
	if (!p)
		return ERR_PTR(-12);
	return p;
}
int f(int a)
{
	void *p = get(a);
	if (IS_ERR(p))
		return PTR_ERR(p);
	return 0;
}`, "-12 if a in 0..2147483647 via get:18\n-22 if a in -2147483648..-1 via get:18\n0 if a in 0..2147483647\n" +
			"? in -4095..-1 from kmalloc if a in 0..2147483647 via get:18\n"},
		{"loop", `
int g(int);
int f(int n)
{
	int i, err = 0;
	for (i = 0; i < n; i++) {
		err = g(i);
		if (err < 0)
			break;
	}
	return err;
}`, "0\n? in 0..2147483647 from g if n in 1\n? in 0..2147483647 from g if n in 2\n? in any from g\n"},
		{"elvis and constant table", `
struct ops { int (*open)(int); int x; };
static int op(int a) { return a ? -5 : 0; }
static const struct ops t = { .open = op };
static int call(const struct ops *o, int a) { if (o->x) return -1; return o->open(a) ?: -7; }
int f(int a) { return call(&t, a); }`, "-5 if a in any but 0 via call:6 op:5\n-7 if a in 0 via call:6\n"},
		{"recursion", `
int f(int n) { if (n < 0) return -22; if (n == 0) return 0; return f(n - 1); }`, "-22 if n in -2147483648..-1\n0\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := show(program(t, tt.src).Summary("f", ""))
			if got != tt.want {
				t.Errorf("got:\n%swant:\n%s", got, tt.want)
			}
		})
	}
}

// TestTables checks calls through constant tables of which it is not known
// which one is meant.
func TestTables(t *testing.T) {
	src := `
struct ops { int (*get)(int); int (*set)(int, int); };
int unknown(int);
static int get_a(int a) { return a ? 0 : -1; }
static int get_b(int a) { return -2; }
static int set_a(int a, int b) { if (b < 0) return -3; return 0; }
static const struct ops a = { .get = get_a, .set = set_a }, b = { .get = get_b }, c = { .get = unknown };
static const struct ops *const table[3] = { [0] = &a, [2] = &b };
static const struct ops *const other[2] = { &a, &c };
static const struct ops *find(unsigned id) { return id < 3 ? table[id] : 0; }
int get(unsigned id, int v) { const struct ops *o = find(id); if (!o) return -22; return o->get(v); }
int set(unsigned id, int v, int w) {
	const struct ops *o = find(id);
	if (!o) return -22;
	if (!o->set) return -95;
	return o->set(v, w);
}
int half(unsigned id) { if (id > 1) return -22; return other[id]->get(id); }
`
	e := program(t, src)
	for _, tt := range []struct {
		name string
		want []string
	}{
		{"get", []string{"-1 if id in 0..2 && v in 0 via get_a:11", "-2 if id in 0..2 via get_b:11", "-22"}},
		{"set", []string{"-22", "-3 if id in 0..2 && w in -2147483648..-1 via set_a:16", "-95 if id in 0..2"}},
		{"half", []string{"-1 if id in 0 via get_a:18", "? in any from unknown if id in 0, 1 via unknown:18"}},
	} {
		got := show(e.Summary(tt.name, ""))
		for _, line := range tt.want {
			if !strings.Contains(got, line) {
				t.Errorf("%s lacks %q:\n%s", tt.name, line, got)
			}
		}
	}
}
