// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"

	"modernc.org/cc/v4"
)

// globalText prints objects for comparison.
func globalText(gs []cfg.Global) string {
	var b strings.Builder
	for _, g := range gs {
		fmt.Fprintf(&b, "%s static=%t const=%t init=%t size=%d\n", g.Name, g.Static, g.Const, g.HasInit, g.Type.Size)
		for _, c := range g.Cells {
			x, off := c.Value, ""
			if x.Op == cfg.OpOffset {
				off = fmt.Sprintf(" +%d", x.Val)
				x = x.X
			}
			switch x.Op {
			case cfg.OpConst:
				fmt.Fprintf(&b, "\t%d: %s%d\n", c.Off, strings.TrimLeft(x.Name+"=", "="), x.Val)
			case cfg.OpUnknown:
				fmt.Fprintf(&b, "\t%d: unknown %d bytes\n", c.Off, x.Type.Size)
			default:
				fmt.Fprintf(&b, "\t%d: op%d %s%s %d bytes\n", c.Off, x.Op, x.Name, off, c.Value.Type.Size)
			}
		}
	}
	return b.String()
}

func TestGlobals(t *testing.T) {
	const src = `
struct ops { int (*open)(int); const char *name; unsigned a:3, b:5; struct { short x[3]; } in; };
static int my_open(int x) { static const int limit[2] = { 7 }; return limit[x]; }
extern int ext_open(int);
extern long elsewhere;
int tentative;
int tentative;
static long seven = 7;
int *into = (int *)&seven + 1;
const struct ops ops = { .open = my_open, .name = "n", .a = 5, .b = 22, .in.x = { [1] = -2 } };
struct ops table[] = { { ext_open }, [2] = { .name = "z" } };
char text[8] = "abc", copy[] = { "de" };
unsigned long addr = (unsigned long)&elsewhere + 4, odd = ~(unsigned long)&elsewhere;
int range[6] = { [0 ... 4] = 3, [2] = 4, [4] = 0 };
struct ops *lit = &(struct ops){ .b = 1 };
const char *const words[] = { "one", "two" };
_Bool flag = 4;
float f = 1.5f;
`
	const want = `tentative static=false const=false init=false size=4
seven static=true const=false init=true size=8
	0: 7
into static=false const=false init=true size=8
	0: op%[2]d seven +4 8 bytes
ops static=false const=true init=true size=24
	0: op%[3]d my_open 8 bytes
	8: op%[1]d n 8 bytes
	16: 181
	20: -2
table static=false const=false init=true size=72
	0: op%[3]d ext_open 8 bytes
	56: op%[1]d z 8 bytes
text static=false const=false init=true size=8
	0: op%[1]d abc 3 bytes
copy static=false const=false init=true size=3
	0: op%[1]d de 2 bytes
addr static=false const=false init=true size=8
	0: unknown 8 bytes
odd static=false const=false init=true size=8
	0: unknown 8 bytes
range static=false const=false init=true size=24
	0: 3
	4: 3
	8: 4
	12: 3
lit static=false const=false init=true size=8
	0: op%[2]d lit.literal1 8 bytes
lit.literal1 static=true const=false init=true size=24
	16: 8
words static=false const=true init=true size=16
	0: op%[1]d one 8 bytes
	8: op%[1]d two 8 bytes
flag static=false const=false init=true size=1
	0: 1
f static=false const=false init=true size=4
	0: unknown 4 bytes
my_open.limit static=true const=true init=true size=8
	0: 7
`
	ast := parse(t, src)
	s := source(nil)
	gs := lower.Globals(s, ast)
	for _, d := range functions(ast) {
		_, statics := lower.FuncStatics(s, d, "t.c")
		gs = append(gs, statics...)
	}
	text := fmt.Sprintf(want, cfg.OpStr, cfg.OpAddrGlobal, cfg.OpAddrFunc)
	if got := globalText(gs); got != text {
		t.Errorf("got:\n%s\nwant:\n%s", got, text)
	}
	for _, g := range gs {
		if g.File != "t.c" || g.At.Line == 0 {
			t.Errorf("%s: file %q, at %v", g.Name, g.File, g.At)
		}
		back, _, err := cfg.DecodeGlobal(g.Encode(nil))
		if err != nil || !reflect.DeepEqual(g.Cells, back.Cells) {
			t.Errorf("%s: does not survive its encoding, error %v", g.Name, err)
		}
	}
}

// TestKeepMacros checks that uses of chosen macros become calls beside what
// they expand to.
func TestKeepMacros(t *testing.T) {
	const src = `
#define get_user(x, p) ({ int err_; x = *p; err_ = 0; err_; })
#define other(x) ({ x; })
int f(int *p)
{
	int v;
	if (get_user(v, p))
		return -14;
	get_user(v, p + 1);
	return other(v) + get_user(v, p);
}
`
	const want = `func f(p ptr) i32 {
	var v i32
	var err_.2 i32
	var t3 i32
	var err_.4 i32
	var err_.5 i32
	var t6 i32
b0:
	v = ?
	err_.2 = ?
	v = i32[p]
	err_.2 = 0
	t3 = macro get_user()
	branch t3 ? b1 b2
b1:
	return -14
b2:
	err_.4 = ?
	v = i32[(p +4)]
	err_.4 = 0
	macro get_user()
	err_.5 = ?
	v = i32[p]
	err_.5 = 0
	t6 = macro get_user()
	return (v + t6)
}
`
	ast := parse(t, strings.Replace(src, "x = *p;", "x = *(p);", 1))
	s := source(nil)
	lines := strings.Split(src, "\n")
	s.KeepMacros = map[string]bool{"get_user": true}
	// The front end puts all tokens of an expansion where the macro is named.
	s.MacroCall = func(first, last cc.Token) (string, bool) {
		p := first.Position()
		if p != last.Position() || first.SrcStr() != "(" || last.SrcStr() != ")" || first.Seq()+10 > last.Seq() {
			return "", false
		}
		name, _, ok := strings.Cut(lines[p.Line-1][p.Column-1:], "(")
		return name, ok
	}
	if got := text(lowerAll(t, s, ast)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestConstSpan checks that a constant expression that a macro stands for gets
// the macro's name.
func TestConstSpan(t *testing.T) {
	ast := parse(t, "#define WAKEUP ((1U << 29))\nunsigned f(unsigned x) { return x & ~WAKEUP | WAKEUP; }\n")
	s := source(nil)
	s.ConstSpan = func(first, last cc.Token) string {
		if first.SrcStr() == "(" && last.SrcStr() == ")" && first.Position().Column > 30 {
			return "WAKEUP"
		}
		return ""
	}
	const want = "return ((x & ~WAKEUP=3758096383u) | WAKEUP=536870912u)\n"
	if got := text(lowerAll(t, s, ast)); !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwithout %s", got, want)
	}
}
