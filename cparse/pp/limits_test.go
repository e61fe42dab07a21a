// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// doubling defines n macros of which each uses the one before twice.
func doubling(n int, format string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, format, i, i-1)
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	deep := func(n int, s string) string { return strings.Repeat(s, n) }
	tests := []struct {
		name  string
		files []string
		lim   Limits
		want  string // the last error
	}{
		{"include loop", []string{"t.c", "#include \"t.c\"\n#include \"t.c\"\n"}, Limits{}, "t.c:1:10: #include nested more than 200 deep"},
		{"include loop of two", []string{"t.c", "#include \"u.h\"\n", "u.h", "#define A\n#include \"t.c\"\n"}, Limits{}, "#include nested more than 200 deep"},
		{"tokens", []string{"t.c", "#define A0 x\n" + doubling(40, "#define A%d A%[2]d A%[2]d\n") + "A40"}, Limits{Tokens: 100_000}, "more than 100000 tokens"},
		{"work without tokens", []string{"t.c", "#define A0\n" + doubling(60, "#define A%d A%[2]d A%[2]d\n") + "A60"}, Limits{Work: 100_000}, "more than 100000 steps of preprocessing"},
		{"work in a condition", []string{"t.c", "#define A0\n" + doubling(60, "#define A%d A%[2]d A%[2]d\n") + "#if A60\n#endif"}, Limits{Work: 100_000}, "more than 100000 steps of preprocessing"},
		{"work by includes", []string{"t.c", deep(50, "#include \"a.h\"\n"), "a.h", deep(50, "#include \"b.h\"\n"), "b.h", deep(50, "#include \"c.h\"\n"), "c.h", ""},
			Limits{Work: 100_000}, "more than 100000 steps of preprocessing"},
		{"arguments", []string{"t.c", "#define D(x) x x\n" + deep(60, "D(") + "y" + deep(60, ")")}, Limits{Held: 100_000}, "of more than 100000 tokens"},
		{"argument depth", []string{"t.c", "#define D(x) x\n" + deep(500, "D(") + "y" + deep(500, ")")}, Limits{ExpandDepth: 100}, "macro arguments nested more than 100 deep"},
		{"stringify", []string{"t.c", "#define S(x) #x\n#define T0(x) S(x)\n" + doubling(60, "#define T%d(x) T%d(S(x))\n") + `T60("\\")`}, Limits{Text: 100_000}, "# and ## make more than 100000 bytes of text"},
		{"paste", []string{"t.c", "#define C(x) x##x\n#define T0(x) C(x)\n" + doubling(60, "#define T%d(x) T%[2]d(T%[2]d(x))\n") + `T60(a)`}, Limits{Text: 100_000}, ""},
		{"expansions", []string{"t.c", "#define A x\n" + deep(2000, "A ")}, Limits{Expansions: 1000}, "more than 1000 macro expansions"},
		{"parentheses in a condition", []string{"t.c", "#if " + deep(100_000, "(") + "1\n#endif"}, Limits{}, "t.c:1:2: expression nested more than 1000 deep"},
		{"operators in a condition", []string{"t.c", "#if " + deep(100_000, "!") + "1\n#endif"}, Limits{}, "t.c:1:2: expression nested more than 1000 deep"},
		{"open parentheses in text", []string{"t.c", "#define F(x) x\n" + deep(100_000, "F(")}, Limits{}, "unterminated argument list invoking macro \"F\""},
		{"open conditionals", []string{"t.c", deep(100_000, "#if 1\n")}, Limits{}, "unterminated #if"},
		{"chain of macros", []string{"t.c", "#define A0 x\n" + doubling(50_000, "#define A%d A%d\n") + "A50000 A50000"}, Limits{}, ""},
		{"long list", []string{"t.c", "#define F(x) " + deep(10_000, "x ") + "\n#define A " + deep(10_000, "a ") + "\nF(A)"}, Limits{}, "macro expansion of more than 1048576 tokens"},
		{"long optional list", []string{"t.c", "#define F(x,...) __VA_OPT__(" + deep(10_000, "x ") + ")\n#define A " + deep(10_000, "a ") + "\nF(A,1)"}, Limits{}, "macro expansion of more than 1048576 tokens"},
		{"many parameters", []string{"t.c", "#define F(" + doubling(50_000, "a%d_%d,") + "z) " + doubling(50_000, "a%d_%d ")}, Limits{}, ""},
		{"many bad tokens", []string{"t.c", deep(200_000, "'\n")}, Limits{}, "t.c:100:1: missing terminating ' character"},
		{"raw strings", []string{"t.c", deep(200_000, "R\"")}, Limits{}, ""},
		{"missing headers", []string{"t.c", deep(100_000, "#include <x>\n")}, Limits{Work: 1_000_000}, "more than 1000000 steps of preprocessing"},
		{"many arguments", []string{"t.c", "#define F(...)\nF(" + deep(2000, ",") + ")"}, Limits{Expansions: 1000}, "more than 1000 arguments of macros"},
		{"many errors", []string{"t.c", deep(1000, "#error\n")}, Limits{}, "t.c:100:2: #error "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, r := process(t, Config{Limits: tt.lim}, tt.files...)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("it takes %v", d)
			}
			if tt.want == "" && len(r.Errors) == 0 {
				return
			}
			if len(r.Errors) == 0 {
				t.Fatal("no error")
			}
			last := r.Errors[len(r.Errors)-1]
			if tt.want != "" && !strings.Contains(last.Error(), tt.want) {
				t.Errorf("got %q, want %q", last.Error(), tt.want)
			}
			if !last.At.IsValid() {
				t.Errorf("%q has no position", last.Error())
			}
		})
	}
}

// fuzzSeeds are pieces of text that reach every corner of the package.
var fuzzSeeds = []string{
	"", "\\", "/", "/*", "//\\\n", "\"\\", "'", "#", "#\n#", "\x00", "\xff\xfe", "ä\\u00e4", "R\"(", "R\"x(a)x\"",
	"#define F(x,y...) x##y #x , ##y __VA_OPT__(y)\nF(1,2)F()F(\n#if 1\n3\n#endif\n)",
	"#define V(x,...) a __VA_OPT__(x ## x) ## __VA_ARGS__ #__VA_OPT__(x)\nV(1)V(1,2)",
	"#define f(a) a*g\n#define g(a) f(a)\nf(2)(9)(f)(g)",
	"#if 0x1u + 'a' << 3 ? ~-!1 : defined(A) && __has_include(<t.c>)\n#elif 1\n#else\n#endif",
	"#include \"t.c\"", "#include <t.c>", "#include_next <a", "#define H <t.c>\n#include H\n#ifndef G\n#define G\n#endif",
	"#line 5 \"x\"\n__LINE__ __FILE__ __COUNTER__", "_Pragma(\"push_macro(\\\"A\\\")\")\n#pragma once\n#pragma pop_macro(\"A\")",
	"%:define S(x) %:x %:%: x\nS(a b)", "a\\\nb \"c\\\nd\" /\\\n* e *\\\n/ f", "#ifdef A\n#elifdef B\n#elifndef C\n#else\n#endif\n#endif",
	"__has_attribute(gnu::x) __has_builtin(y) __has_c_attribute(", "#define A B\n#define B A C\n#define C(x) A(x) B(C)(x)\nA(A)(B)(C(C)(A))",
}

// FuzzProcess checks that any text is processed within the limits, that every
// token's place can be resolved and holds what it should, and that the record
// of expansions is well-formed.
func FuzzProcess(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir := tree(t, "t.c", text)
		fs := NewFiles(dir)
		lim := Limits{IncludeDepth: 5, Tokens: 20_000, Work: 200_000, Expansions: 20_000, Text: 1 << 20}
		r, err := Process(fs, &Config{Angle: []string{"."}, Limits: lim}, "t.c")
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Tokens {
			tok := &r.Tokens[i]
			if !fs.Position(tok.Pos).IsValid() {
				t.Fatalf("token %q has no place", tok.Text)
			}
			if tok.Text == "" || tok.Kind > Punct || tok.Exp < 0 || int(tok.Exp) >= len(r.Expansions) {
				t.Fatalf("bad token %+v", *tok)
			}
			if !tok.InBody() && !strings.Contains(text, "\\") && fs.Text(tok.Pos, tok.End()) != tok.Text {
				t.Fatalf("token %q is not at its place", tok.Text)
			}
		}
		for i := 1; i < len(r.Expansions); i++ {
			if e := r.Expansions[i]; e.Parent < 0 || int(e.Parent) >= i || e.Name == "" {
				t.Fatalf("bad expansion %d: %+v", i, e)
			}
		}
		for _, e := range r.Errors {
			if !e.At.IsValid() || e.Msg == "" {
				t.Fatalf("bad error %+v", e)
			}
		}
		if r.Incomplete {
			return
		}
		if _, err := r.Expand(text, "again"); err != nil && !strings.HasPrefix(err.Error(), "again:") && !strings.HasPrefix(err.Error(), "t.c:") {
			t.Fatalf("odd error %v", err)
		}
	})
}
