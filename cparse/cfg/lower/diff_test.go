// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
)

// triples are the arguments that every function of the differential test gets.
func triples() [][3]int64 {
	edge := []int64{0, 1, -1, 2, 7, 63, 64, 127, 128, 255, 256, 32767, 65535, 1 << 31, 1<<31 - 1, -1 << 31, 1 << 32, 1<<63 - 1, -1 << 63}
	r := rand.New(rand.NewSource(1))
	var out [][3]int64
	for i, a := range edge {
		out = append(out, [3]int64{a, edge[(i*7+3)%len(edge)], edge[(i*5+1)%len(edge)]})
		out = append(out, [3]int64{a, a, int64(i)})
	}
	for range 12 {
		out = append(out, [3]int64{int64(r.Uint64()), int64(r.Uint64()), int64(r.Uint64())})
	}
	for range 12 {
		out = append(out, [3]int64{int64(r.Intn(20)) - 10, int64(r.Intn(20)) - 10, int64(r.Intn(20)) - 10})
	}
	return out
}

var cTypes = []struct{ name, c string }{
	{"bool", "_Bool"}, {"i8", "signed char"}, {"u8", "unsigned char"}, {"i16", "short"}, {"u16", "unsigned short"},
	{"i32", "int"}, {"u32", "unsigned int"}, {"i64", "long"}, {"u64", "unsigned long"}, {"e", "enum color"},
}

// operatorFunctions writes a function for each operator and pair of types.
func operatorFunctions() string {
	var b strings.Builder
	b.WriteString("enum color { RED, GREEN, BLUE = 200 };\n")
	ops := []struct{ name, op string }{
		{"add", "+"}, {"sub", "-"}, {"mul", "*"}, {"div", "/"}, {"rem", "%"}, {"and", "&"}, {"or", "|"}, {"xor", "^"},
		{"shl", "<<"}, {"shr", ">>"}, {"eq", "=="}, {"ne", "!="}, {"lt", "<"}, {"le", "<="}, {"gt", ">"}, {"ge", ">="},
		{"land", "&&"}, {"lor", "||"},
	}
	for xi, x := range cTypes {
		for yi, y := range cTypes {
			for i, op := range ops {
				guard := ""
				switch op.op {
				case "/", "%":
					guard = "if (!y || (long)y == -1) return 0; "
				case "<<", ">>":
					guard = "y &= 15; if ((long)x < 0 && " + fmt.Sprint(op.op == "<<") + ") x = 5; "
					guard = strings.NewReplacer("true", "1", "false", "0").Replace(guard)
				}
				fmt.Fprintf(&b, "long op_%s_%s_%s(long a, long b, long c) { %s x = a; %s y = b; %sreturn x %s y; }\n",
					op.name, x.name, y.name, x.c, y.c, guard, op.op)
				if i < 10 && (xi+yi+i)%3 == 0 {
					fmt.Fprintf(&b, "long as_%s_%s_%s(long a, long b, long c) { %s x = a; %s y = b; %sx %s= y; return x; }\n",
						op.name, x.name, y.name, x.c, y.c, guard, op.op)
				}
			}
			fmt.Fprintf(&b, "long cv_%s_%s(long a, long b, long c) { %s x = a; %s y = (%s)x; return y + (b < c ? x : y); }\n", x.name, y.name, x.c, y.c, y.c)
		}
		fmt.Fprintf(&b, "long un_%s(long a, long b, long c) { %s x = a, y = b, z; z = -x; z ^= ~y; z += !x; x++; --y; z += x-- + ++y; return z * 3 + x - y; }\n", x.name, x.c)
	}
	return b.String()
}

// TestAgainstCompiler runs functions lowered and compiled by gcc on the same
// arguments and compares what they return.
func TestAgainstCompiler(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc")
	}
	hand, err := os.ReadFile("testdata/run/programs.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []struct{ name, src string }{
		{"operators", operatorFunctions()},
		{"programs", string(hand)},
	} {
		t.Run(unit.name, func(t *testing.T) {
			ast := parse(t, unit.src)
			s := source(nil)
			var fns []*cfg.Func
			globals := lower.Globals(s, ast)
			for _, d := range functions(ast) {
				fn, statics := lower.FuncStatics(s, d, "t.c")
				if err := cfg.Validate(fn); err != nil {
					t.Errorf("%v\n%s", err, fn)
				}
				fns = append(fns, fn)
				globals = append(globals, statics...)
			}
			want := compiled(t, gcc, unit.src, tested(fns))
			compareRuns(t, fns, globals, want)
		})
	}
}

// tested returns the names of the functions to run: those that take three
// longs and return one.
func tested(fns []*cfg.Func) []string {
	var names []string
	for _, f := range fns {
		if f.Params == 3 && f.Result.Name == "long" && f.Vars[0].Type.Name == "long" && !f.Static {
			names = append(names, f.Name)
		}
	}
	return names
}

func compiled(t *testing.T, gcc, src string, names []string) []string {
	t.Helper()
	var b strings.Builder
	b.WriteString(src)
	b.WriteString("\nint printf(const char *, ...);\nstatic const long args[][3] = {\n")
	for _, a := range triples() {
		fmt.Fprintf(&b, "\t{ 0x%xl, 0x%xl, 0x%xl },\n", uint64(a[0]), uint64(a[1]), uint64(a[2]))
	}
	b.WriteString("};\nstatic long (*const tests[])(long, long, long) = {\n")
	for _, n := range names {
		fmt.Fprintf(&b, "\t%s,\n", n)
	}
	fmt.Fprintf(&b, "};\nint main(void) { for (int f = 0; f < %d; f++) for (int i = 0; i < %d; i++) printf(\"%%ld\\n\", tests[f](args[i][0], args[i][1], args[i][2])); }\n", len(names), len(triples()))
	dir := t.TempDir()
	file := filepath.Join(dir, "t.c")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "t")
	if out, err := exec.Command(gcc, "-O0", "-w", "-fwrapv", "-o", exe, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, exe).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(bytes.TrimSpace(out)), "\n")
}

func compareRuns(t *testing.T, fns []*cfg.Func, globals []cfg.Global, want []string) {
	t.Helper()
	m := newMachine(fns, globals)
	m.place()
	i := 0
	for _, name := range tested(fns) {
		failed := false
		for _, a := range triples() {
			got := m.try(name, a)
			if got != want[i] && !failed {
				failed = true
				t.Errorf("%s(%d, %d, %d) = %s, compiled %s\n%s", name, a[0], a[1], a[2], got, want[i], m.funcs[name])
			}
			i++
		}
	}
	if i != len(want) {
		t.Errorf("%d results, compiled gave %d", i, len(want))
	}
}

func (m *machine) try(name string, a [3]int64) (out string) {
	defer func() {
		if r := recover(); r != nil {
			out = fmt.Sprint(r)
		}
	}()
	m.steps = 0
	v := m.call(name, []val{{n: uint64(a[0])}, {n: uint64(a[1])}, {n: uint64(a[2])}})
	return fmt.Sprint(int64(v.n))
}
