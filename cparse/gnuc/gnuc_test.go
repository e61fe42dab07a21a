// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// preprocess writes files below a temporary directory and preprocesses a.c.
func preprocess(t testing.TB, files map[string]string) *Input {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fs := pp.NewFiles(dir)
	res, err := pp.Process(fs, &pp.Config{Dir: dir}, filepath.Join(dir, "a.c"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range res.Errors {
		t.Fatal(e)
	}
	return &Input{Files: fs, Result: res}
}

// accepted is C of the kind that the kernel is written in, all of which has to
// be taken, with the values that some of its expressions have.
var accepted = []struct {
	name, src string
	values    map[string]int64
}{
	{"plain", "int g; int f(int a) { return a + g; }", map[string]int64{"sizeof(g)": 4}},
	{"typeof of types", `struct s { int a; };
extern __typeof__(struct s) v; extern typeof(struct s *) p; extern typeof(int[3]) arr; extern typeof(int (*)(int)) fp;
extern typeof(*((int (*)(struct s *name, const unsigned flags, int (*cb)(int n), struct s v))0)) call1; extern typeof(*((int (*)(long name, int *flags))0)) call2;
typeof(const int *) q; typeof(typeof(long)) l; typeof(v) w;
int f(void) { typeof(p->a) x = p->a; return x + arr[0] + fp(1) + w.a; }`,
		map[string]int64{"sizeof(arr)": 12, "sizeof(v)": 4, "sizeof(p)": 8, "sizeof(l)": 8}},
	{"qualifiers", "const volatile int * const volatile a; void f(int n, int x[static const 4], char *restrict s) {} int __attribute__((const)) g(void);", nil},
	{"attributes", `struct __attribute__((packed)) p1 { char c; int i; void *p; };
struct p2 { char c; long l; } __attribute__((__packed__, aligned(2)));
struct p3 { int i; } __attribute__((aligned(64)));
struct p4 { char c; int x __attribute__((aligned(16))); };
typedef unsigned long long u64_4 __attribute__((aligned(4)));
struct p5 { char c; u64_4 x; };
struct p6 { char c; u64_4 x; } __attribute__((packed));
struct list { int *p; int n; } list = { (int[]){ 1, 2, 3, }, sizeof((int[]){ 1, 2, 3 }) / sizeof(((int[]){ 1, 2, 3 })[0]) };
enum e { A, B } __attribute__((packed));
static char name[4] __attribute__((nonstring)) = "abcd";
int f(int) __attribute__((warn_unused_result)) __attribute__((section(".text")));
int f(int x) { switch (x) { case 1: x++; __attribute__((__fallthrough__)); default: return x; } }
int g(void) { goto out; out: __attribute__((unused)); return 0; }`,
		map[string]int64{"sizeof(struct p1)": 13, "sizeof(struct p2)": 10, "sizeof(struct p3)": 64, "sizeof(struct p4)": 32, "sizeof(struct p5)": 12, "sizeof(struct p6)": 9, "sizeof((int[]){ 1, 2, 3 })": 12, "sizeof(enum e)": 1}},
	{"conditionals", "struct s { int a[4 ?: 2]; char c __attribute__((aligned((4 * sizeof(long) + 0) ? : 64))); };", map[string]int64{"sizeof(struct s)": 64, "5 ?: 6": 5}},
	{"bit-fields", `typedef unsigned int u32; typedef unsigned short u16; typedef unsigned char u8;
struct b1 { u16 a; u32 b:8; u32 c; };
struct b2 { u8 a; u32 b:1, c:7; u8 d; };
struct b3 { u16 l, b; u16 x:8, t:4, s:1, d:2, p:1; u16 h:4, v:1, r:1, m:1, g:1, e:8; } __attribute__((packed));
struct b4 { u32 a:1; u32 :0; u32 b:1; };
struct b5 { u32 a:20, b:12; u32 c:31, d:1; };
struct b6 { int a:3; };
int f(struct b1 *p) { return p->b; }`,
		map[string]int64{"sizeof(struct b1)": 8, "__builtin_offsetof(struct b1, c)": 4, "sizeof(struct b2)": 4, "sizeof(struct b3)": 8, "sizeof(struct b4)": 8, "sizeof(struct b5)": 8, "sizeof(struct b6)": 4}},
	{"anonymous members", `struct in { int curr; int other; };
struct out { struct in cfs; union { struct { long donor; }; long *curr; }; struct { struct { struct in rt; char deep; }; }; };
int f(struct out *o) { return *o->curr + o->cfs.curr + o->rt.other + o->deep; }`,
		map[string]int64{"sizeof(struct out)": 32, "__builtin_offsetof(struct out, curr)": 8, "sizeof(((struct out *)0)->curr)": 8}},
	{"bare members", `struct s { char a; enum { A = 7, B }; enum e { C = 3 } __attribute__((packed)); int b; struct t { int x; }; struct t d; struct { int z; }; };
struct s q = { 1, 2 }; int f(struct s *p) { return p->d.x + p->z + B; }`, map[string]int64{"sizeof(struct s)": 16, "B + C": 11}},
	{"asm", `int f(int a, int *p) {
	int o; char *q; unsigned long flags;
	asm volatile("" ::: "memory");
	asm("x" : "=r" (o), [q] "+m" (*p), "=&a"(q) : "r" (a), [z] "i" (1) : "cc");
	if (a) asm("nop"); else asm volatile("");
	asm goto("jmp %l0" : : : : fail, out);
	asm goto("" : "=r"(o) : : : fail);
	register unsigned long sp asm("rsp");
	return o + sp;
out: fail:
	return ({ asm("" : "=r"(flags)); flags; });
}
asm(".globl x"); register unsigned long current_sp asm("rsp"); extern int x asm("y");`, nil},
	{"builtins", `struct s { int a; int b[4]; struct { char c; short d; } e[2]; };
int f(int n, ...) {
	__builtin_va_list ap; int x; unsigned u;
	__builtin_va_start(ap, n); x = __builtin_va_arg(ap, int); __builtin_va_end(ap);
	if (__builtin_types_compatible_p(typeof(x), int) && __builtin_expect(!!(x), 1)) __builtin_unreachable();
	__builtin_add_overflow(x, n, &u);
	return __builtin_choose_expr(__builtin_constant_p(1), x, "no") + __builtin_popcount(u) + sizeof(__FUNCTION__);
}`, map[string]int64{"__builtin_offsetof(struct s, b[2])": 12, "__builtin_offsetof(struct s, e[1].d)": 26,
		"__builtin_ctzl(0x100)": 8, "63 - __builtin_clzll(4)": 2, "__builtin_ffs(0)": 0, "__builtin_bswap16(0x1234)": 0x3412,
		"__builtin_types_compatible_p(int, long)": 0, "__builtin_types_compatible_p(struct s *, struct s *)": 1}},
	{"assertions", `_Static_assert(1, "x"); struct s { int a; _Static_assert(sizeof(int) == 4, "x"); int b; };
int f(void) { _Static_assert(1, ""); return sizeof(struct { int:(-!!(0)); }); }
int g(int x) { return sizeof(int) == sizeof(*(8 ? ((void *)((long)(3) * 0l)) : (int *)8)); };`,
		map[string]int64{"sizeof(struct s)": 8, "sizeof(struct { int:(-!!(0)); })": 0,
			"sizeof(int) == sizeof(*(8 ? ((void *)((long)(3) * 0l)) : (int *)8))": 1}},
	{"gnu expressions", `struct s { int a; } g; struct s *h(void);
int f(int x) {
	void *t[] = { &&one, &&two };
	int y = ({ __label__ l; int z = x; l: z + 1; }) + ({ __label__ l, m; goto m; l: m: asm goto("" : : : : l); (long)&&l; });
	y += (3 ?: 4) + (x ?: h()->a ?: 5) + (sizeof(y) + 0 ?: x);
	__auto_type w = (char)3;
	switch (x) { case 1 ... 5: return x ?: y; }
	for (struct s *i = h(); i; i = 0) y += i->a;
	int arr[] = { [0 ... 3] = 1, [4 ... 4] = 2 }; int none[] = {}; int zero[0];
	goto *t[x];
one: two: return (x ? ((void *)0) : h())->a + w + arr[0] + sizeof(none);
}
__int128 big; struct empty { }; struct s old = { a: 1 };`, nil},
	{"generic", `#define pick(x) _Generic((x), int: 1, unsigned long: 2, char *: 3, const char *: 3, default: 4)
int f(long l) { return pick(l) + pick("a") + pick(3UL); }`, map[string]int64{"pick(1)": 1, "pick(1UL)": 2, "pick(1.0)": 4}},
	{"constants", `enum { A = 5, B, C = 1 << 4, D = C | A, E = 0x80000000, F = 1ULL << 40 };
typedef unsigned char u8; typedef u8 byte;
#define NEG (-EINVAL)
#define EINVAL 22
int a[63 - __builtin_clzll(C)];`,
		map[string]int64{"B": 6, "D": 21, "E": 0x80000000, "F": 1 << 40, "NEG": -22, "sizeof(a)": 16, "(byte)300": 44, "-1 > 0u": 1,
			"~0u >> 31": 1, "(1 ? 2 : 1 / 0)": 2, "'a'": 97, "(u8)'\377'": 255, "(char)200": 200, "1 << 31 < 0": 1, "07 + 0x10 + 0b11": 26}},
}

func TestAccepted(t *testing.T) {
	for _, tt := range accepted {
		t.Run(tt.name, func(t *testing.T) {
			in := preprocess(t, map[string]string{"a.c": tt.src})
			out, err := Translate(in, &Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range out.Quarantined {
				t.Errorf("%s is quarantined: %s", q.Name, q.Reason)
			}
			for expr, want := range tt.values {
				toks, err := in.Result.Expand(expr, "<expression>")
				if err != nil {
					t.Fatal(err)
				}
				r := out.Eval([][]pp.Token{toks})[0]
				if r.Err != nil || int64(r.Bits) != want {
					t.Errorf("%s is %v (%v), want %d", expr, r.Value, r.Err, want)
				}
			}
		})
	}
}

// TestBombs checks that input made to exhaust the parser's stack or its time
// is refused or taken, soon.
func TestBombs(t *testing.T) {
	rep := strings.Repeat
	tests := []struct{ name, src string }{
		{"parentheses", "int f(void) { return " + rep("(", 200000) + "1" + rep(")", 200000) + "; }"},
		{"parentheses within the limit", "int f(void) { return " + rep("(", 390) + "1" + rep(")", 390) + "; }"},
		{"blocks", "int f(void) { " + rep("{", 200000) + rep("}", 200000) + "}"},
		{"unary operators", "int f(int a) { return " + rep("- ", 500000) + "a; }"},
		{"unary operators within the limit", "int f(int a) { return " + rep("- ", maxRun-100) + "a; }"},
		{"casts", "int f(int a) { return " + rep("(int)", maxRun/3-100) + "a; }"},
		{"sum", "int f(int a) { return a" + rep("+a", maxRun/2-100) + "; }"},
		{"product of constants", "int f(int a) { return 1" + rep("*3", maxRun/2-100) + "; }"},
		{"conditionals", "int f(int a) { return " + rep("a?1:", maxRun/4-100) + "0; }"},
		{"assignments", "void f(int a) { " + rep("a=", maxRun/2-100) + "1; }"},
		{"else if", "int f(int a) { " + rep("if (a) ; else ", 300000) + "return 1; }"},
		{"else if within the limit", "int f(int a) { " + rep("if (a) ; else ", maxChain/2-10) + ";return 1; }"},
		{"else if with blocks", "int f(int a) { " + rep("if (a) { ; } else ", 100000) + "return 1; }"},
		{"for for for", "int f(int a) { " + rep("for(;;) ", 200000) + ";return 1; }"},
		{"do do", "int f(int a) { " + rep("do ", 200000) + ";" + rep("while(1);", 200000) + "return 1; }"},
		{"for for", "int f(int a) { " + rep("for(;;) ", maxChain-10) + ";return 1; }"},
		{"case case", "int f(int a) { switch (a) { " + rep("case 1: ", maxRun/3-10) + ";} return 1; }"},
		{"statement expressions", "int f(int a) { return " + rep("({", 190) + "a;" + rep("});", 190) + "}"},
		{"pointers", "int " + rep("*", maxRun-100) + "f;"},
		{"arrays", "int f" + rep("[1]", maxRun/3-100) + ";"},
		{"commas", "int f(int a) { return a" + rep(",a", 200000) + "; }"},
		{"arguments", "int g(); int f(int a) { return g(a" + rep(",a", 100000) + "); }"},
		{"initializers", "int f[] = {0" + rep(",1", 200000) + "};"},
		{"nested structs", rep("struct { ", 390) + "int a;" + rep("} x;", 390)},
		{"strings", "char *s = " + rep("\"a\" ", maxRun-100) + ";"},
		{"enumerators", "enum { A" + rep(", B", 3) + "};"},
		{"big array range", "int a[] = { [0 ... 1000000000] = 1 };"},
		{"big designator", "int a[] = { [1000000000] = 1 };"},
		{"members", "struct s { int a;" + rep("struct { int b; };", 3000) + "}; int f(struct s *p) { return p->b; }"},
		{"typeof chain", "int f(int a) { return sizeof(" + rep("typeof(", 190) + "a" + rep(")", 190) + "); }"},
		{"array of structs that are not defined", "struct e; struct e a[] = { f(1), f(2) };"},
		{"array of arrays of them", "struct e; struct e a[2][2] = { 1 };"},
		{"array of empty structs", "struct e {}; struct e a[] = { [0] = 1 };"},
		{"array of empty unions", "union e {}; union e a[] = { 1 };"},
		{"array of a typedef of them", "typedef struct e T; T a[2] = { 1, 2 };"},
		{"array of a typedef of empty structs", "typedef struct {} T; static T a[] = { 1, 2 };"},
		{"literal of structs that are not defined", "struct e; struct e *a = (struct e[]){ 1 };"},
		{"local array of them", "struct e; void f(void) { static const struct e a[] = { g(1), g(2) }; }"},
		{"doubled types", "typedef int t0;" + doubled(60)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := preprocess(t, map[string]string{"a.c": tt.src})
			start := time.Now()
			out, err := Translate(in, &Options{})
			d := time.Since(start)
			t.Log(d, err, len(out.Quarantined), out.Stats)
			if d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// doubled declares structs each twice as large as the one before.
func doubled(n int) string {
	var b strings.Builder
	b.WriteString("struct s0 { int a; };")
	for i := 1; i < n; i++ {
		prev, name := "s"+string(rune('0'+(i-1)/10))+string(rune('0'+(i-1)%10)), "s"+string(rune('0'+i/10))+string(rune('0'+i%10))
		if i == 1 {
			prev = "s0"
		}
		b.WriteString("struct " + name + " { struct " + prev + " a, b; union { struct " + prev + " c; int d; }; };")
	}
	b.WriteString("int f(struct s59 *p) { return p->d; }")
	return b.String()
}

var _ cc.Node

// TestWithheldStaysOut checks that a struct that cannot be given to cc is not
// brought in again when something needs it complete.
func TestWithheldStaysOut(t *testing.T) {
	in := preprocess(t, map[string]string{"a.c": `struct s { int a[NOT_GENERATED]; };
static int f(struct s *p) { struct s q = *p; return q.a[0]; }
int g(struct s *p) { return f(p) + sizeof(*p); }
int h(int a) { return a + 1; }`})
	out, err := Translate(in, &Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range out.Funcs {
		names = append(names, f.Name)
	}
	if !slices.Contains(names, "h") || len(out.Quarantined) == 0 {
		t.Errorf("functions %v, %d items withheld", names, len(out.Quarantined))
	}
}
