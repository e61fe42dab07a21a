// SPDX-License-Identifier: GPL-2.0-only

package items

import (
	"fmt"
	"strings"
	"testing"
)

const file = `
#include <linux/fs.h>
/* A comment; with int f(void) { */
#define LIMIT(x) ((x) + BASE) /* more */
#define LONG \\
	(LIMIT(2))
struct foo {
	int a, *b;
	u32 c[LIMIT(3)];
	unsigned d:4;
};
enum { ONE, TWO = ONE + 5, THREE };
static const struct ops my_ops = {
	.read = my_read,
};
static struct foo *get(struct bar *p, int n)
{
	char c = '}';
#ifdef CONFIG_X
	if (n) {
#else
	if (!n) {
#endif
		return p->foo;
	}
	return other(n, "text }");
}
int declared(int a);
SYSCALL_DEFINE2(open, int, a, int, b)
{
	return LONG + get(a, b);
}
EXPORT_SYMBOL(get);
`

func text(f *File) string {
	var b strings.Builder
	for _, it := range f.Items {
		var uses, parts []string
		for _, u := range it.Uses {
			uses = append(uses, f.Words[u])
		}
		for _, p := range it.Parts {
			parts = append(parts, p.Name)
		}
		fmt.Fprintf(&b, "%d-%d %d %q %v %v %v\n", it.Line, it.End, it.Kind, it.Name, it.Static, uses, parts)
	}
	return b.String()
}

func TestScan(t *testing.T) {
	const want = `4-4 3 "LIMIT" false [x BASE] []
5-6 3 "LONG" false [LIMIT] []
7-11 4 "foo" false [struct foo int a b u32 c LIMIT unsigned d] [b c d]
12-12 4 "" false [enum ONE TWO THREE] [ONE TWO THREE]
13-15 5 "my_ops" true [static const struct ops my_ops .read my_read] []
16-27 1 "get" true [static struct foo get bar p int n char c if return .foo other] []
28-28 0 "" false [int declared a] []
29-32 2 "sys_open" false [SYSCALL_DEFINE2 open int a b return LONG get] []
33-33 0 "" false [EXPORT_SYMBOL get] []
`
	if got := text(Scan([]byte(file))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestChanged(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"/* A comment;", "\n\n/* Another;", ""},
		{"\tchar c", "  char\t c", ""},
		{"+ BASE", "+ FLOOR", "3 LIMIT, 3 LIMIT"},
		{"(LIMIT(2))", "(LIMIT(3))", "3 LONG, 3 LONG"},
		{"c[LIMIT(3)]", "c[LIMIT(4)]", "4 foo, 4 foo"},
		{"if (n)", "if (n > 1)", "1 get, 1 get"},
		{"CONFIG_X", "CONFIG_Y", "1 get, 1 get"},
		{"#define LIMIT", "#if 1\n#define LIMIT", "3 LIMIT 3 LONG 4 foo 4  5 my_ops 1 get 0  2 sys_open 0 , 3 LIMIT 3 LONG 4 foo 4  5 my_ops 1 get 0  2 sys_open 0 "},
		{"EXPORT_SYMBOL(get);\n", "", "0 , "},
		{"", "int g(void) { }\n", ", 1 g"},
	} {
		was, is := Changed(Scan([]byte(file)), Scan([]byte(strings.Replace(file, tt.from, tt.to, 1))))
		names := func(list []Item) string {
			var out []string
			for _, it := range list {
				out = append(out, fmt.Sprint(it.Kind, " ", it.Name))
			}
			return strings.Join(out, " ")
		}
		got := names(was) + ", " + names(is)
		if got == ", " {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%q to %q: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte("#define\n#if\n{{{((([[[\n}\n\"\\"))
	f.Fuzz(func(t *testing.T, src []byte) {
		out := Scan(src)
		for _, it := range out.Items {
			if it.Line < 1 || it.End < it.Line {
				t.Fatalf("%+v", it)
			}
		}
	})
}
