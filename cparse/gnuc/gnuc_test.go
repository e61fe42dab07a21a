// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"os"
	"path/filepath"
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

// take translates a.c, which must be accepted whole.
func take(t testing.TB, src string) *Output {
	t.Helper()
	out, err := Translate(preprocess(t, map[string]string{"a.c": src}), &Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range out.Quarantined {
		t.Errorf("%s is quarantined: %s", q.Name, q.Reason)
	}
	return out
}

func names(out *Output) string {
	var list []string
	for _, f := range out.Funcs {
		list = append(list, f.Name)
	}
	return strings.Join(list, " ")
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
