// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// where describes a token: its text, where it is spelled, and the chain of the
// expansions it came through.
func where(fs *Files, r *Result, t *Token) string {
	p := fs.Position(t.Pos)
	s := fmt.Sprintf("%s@%d:%d", t.Text, p.Line, p.Col)
	if t.InBody() {
		s += "*"
	}
	for e := t.Exp; e != 0; e = r.Expansions[e].Parent {
		x := r.Expansions[e]
		u := fs.Position(x.Use)
		s += fmt.Sprintf("<%s@%d:%d", x.Name, u.Line, u.Col)
	}
	return s
}

func TestSourceMap(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"plain", "a\n b", "a@1:1 b@2:2"},
		{"object-like", "#define N 1 x\nN", "1@1:11*<N@2:1 x@1:13*<N@2:1"},
		{"through two", "#define A 7\n#define B A\nB", "7@1:11*<A@2:11<B@3:1"},
		{"argument", "#define F(x) x+\nF(a)", "a@2:3<F@2:1 +@1:15*<F@2:1"},
		{"macro in an argument", "#define N 1\n#define F(x) x\nF(N)", "1@1:11*<N@3:3<F@3:1"},
		{"argument passed on", "#define F(x) x\n#define G(y) F(y)\nG(a)", "a@3:3<F@2:14<G@3:1"},
		{"expanded argument passed on", "#define N 1\n#define F(x) x\n#define G(y) F(y) y\nG(N)", "1@1:11*<N@4:3<F@3:14<G@4:1 1@1:11*<N@4:3<G@4:1"},
		{"nested calls", "#define F(x) x\nF(F(a))", "a@2:5<F@2:3<F@2:1"},
		{"name from a list, argument from the file", "#define F(x) x\n#define P F\nP(a)", "a@3:3<F@2:11<P@3:1"},
		{"pasted", "#define C(x,y) x##y\nC(a,b)", "ab@2:3*<C@2:1"},
		{"stringified", "#define S(x) #x\nS(a b) S()", `"a b"@2:3*<S@2:1 ""@1:15*<S@2:8`},
		{"computed", "__LINE__", "1@1:1*<__LINE__@1:1"},
		{"splice in a token", "a\\\nb c", "ab@1:1 c@2:3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs, r := process(t, Config{}, "t.c", tt.src)
			var got []string
			for i := range r.Tokens {
				got = append(got, where(fs, r, &r.Tokens[i]))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
			for i, e := range r.Expansions {
				if int(e.Parent) >= i && i > 0 {
					t.Errorf("expansion %d has parent %d", i, e.Parent)
				}
			}
		})
	}
}

func TestInvocationsAsWritten(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"arguments", "#define DEF(n, ...) n\nDEF(open, int ,\n\tflags /* f */)", "DEF(open, int ,\n\tflags /* f */)|open|int|flags"},
		{"inside of others", "#define ID(x) x\n#define W(x) ID(x)\nW( ID(a b) )", "W( ID(a b) )|ID(a b);ID(a b)|a b;ID(a b)|a b"},
		{"empty", "#define F(x) x\n#define G() 1\nF() G( ) F( )", "F()|;G( );F( )|"},
		{"another name", "#define F(x) x\n#define P F\nP(a)", "P;F\nP(a)|a"}, // F is where P is defined
		{"object-like", "#define N 1\nN", "N"},
		{"parentheses", "#define F(x,y) x\nF((a,b), c(d))", "F((a,b), c(d))|(a,b)|c(d)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs, r := process(t, Config{}, "t.c", tt.src)
			var got []string
			for _, e := range r.Expansions[1:] {
				if e.Args == nil && e.Parent != 0 {
					continue
				}
				s := fs.Text(e.Use, e.UseEnd)
				for _, a := range e.Args {
					s += "|" + fs.Text(a.Pos, a.End)
				}
				got = append(got, s)
			}
			if s := strings.Join(got, ";"); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestSpacing(t *testing.T) {
	_, r := process(t, Config{}, "t.c", "#define N 1\n#define F(x) x\na N\n N+F( b)c")
	var b strings.Builder
	for _, t := range r.Tokens {
		switch {
		case t.BOL:
			b.WriteString("\n")
		case t.Space:
			b.WriteString(" ")
		}
		b.WriteString(t.Text)
	}
	if got, want := b.String(), "\na 1\n1+ bc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExpansionBody(t *testing.T) {
	_, r := process(t, Config{}, "t.c", "#define A 1\n#define B (2)\n#define C -3\n#define D(x) x\n#define E (-1)\nA B C D(1) E")
	want := "A 1 true false, B 3 true false, C 2 false false, D 1 true true, E 4 false false"
	var got []string
	for _, e := range r.Expansions[1:] {
		got = append(got, fmt.Sprint(e.Name, " ", e.Body, " ", e.Single, " ", e.FuncLike))
	}
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got %s\nwant %s", s, want)
	}
}

func TestComments(t *testing.T) {
	src := "/** one */\n#include \"b.c\"\n#include \"c.h\"\n/* no */ /*** no */ /**/\n#if 0\n/** no */\n#elif 1\n/**\n * two\n */\n#else\n/** no */\n#endif\n/** thr\\\nee */ a\\\nb"
	fs, r := process(t, Config{}, "a.c", src, "b.c", "x\n/** four */", "c.h", "/** no */")
	var got []string
	for _, c := range r.Comments {
		p, e := fs.Position(c.Pos), fs.Position(c.End)
		got = append(got, fmt.Sprintf("%s:%d:%d-%d:%d %q", p.File, p.Line, p.Col, e.Line, e.Col, c.Text))
	}
	want := []string{
		`a.c:1:1-1:11 "/** one */"`, `a.c:8:1-10:4 "/**\n * two\n */"`, `a.c:14:1-15:6 "/** thr\\\nee */"`, `b.c:2:1-2:12 "/** four */"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMacroTable(t *testing.T) {
	fs, r := process(t, Config{}, "t.c", "#define EOK 0\n#include \"e.h\"\n#undef EOK\n#define F(x, ...) # x ## __VA_ARGS__\n", "e.h", "#define EBAD (-1) /* bad */\n")
	m, ok := r.Macro("EBAD")
	if !ok || m.FuncLike || joined(m.Body()) != "( - 1 )" {
		t.Errorf("EBAD: %v %v", m, ok)
	}
	if p := fs.Position(m.Pos); p.File != "e.h" || p.Line != 1 || p.Col != 9 {
		t.Errorf("EBAD is at %v", p)
	}
	if _, ok := r.Macro("EOK"); ok {
		t.Error("EOK is still defined")
	}
	f, ok := r.Macro("F")
	if !ok || !f.FuncLike || !f.Variadic || strings.Join(f.Params, " ") != "x __VA_ARGS__" || joined(f.Body()) != "# x ## __VA_ARGS__" {
		t.Errorf("F: %v", f)
	}
	n := 0
	for m := range r.Macros {
		if strings.HasPrefix(m.Name, "E") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d macros start with E", n)
	}
}

func TestExpandText(t *testing.T) {
	_, r := process(t, Config{}, "t.c", "#define ADD(x,y) (x)+(y)\n#define ONE 1\na ONE\n")
	tests := []struct{ name, text, want string }{
		{"call", "ADD(ONE, 2) b", "( 1 ) + ( 2 ) b"},
		{"directives are text", "#define ONE 2\nONE", "# define 1 2 1"},
		{"again", "ADD(ONE, 2) b", "( 1 ) + ( 2 ) b"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			toks, err := r.Expand(tt.text, "probe")
			if err != nil || joined(toks) != tt.want {
				t.Errorf("got %s, %v; want %s", joined(toks), err, tt.want)
			}
		})
	}
	if _, err := r.Expand("ADD(1", "probe"); err == nil || err.Error() != `probe:1:1: unterminated argument list invoking macro "ADD"` {
		t.Errorf("got %v", err)
	}
	if got := joined(r.Tokens); got != "a 1" || len(r.Errors) > 0 {
		t.Errorf("the result has changed: %s %v", got, r.Errors)
	}
}

func TestFiles(t *testing.T) {
	dir := tree(t, "in/k/a.c", "one\ntwo\n", "out.h", "x")
	fs := NewFiles(dir + "/in/k")
	r, err := Process(fs, &Config{Angle: []string{dir}}, "a.c")
	if err != nil {
		t.Fatal(err)
	}
	p := fs.Pos("a.c", 5)
	if p != r.Tokens[1].Pos+1 || fs.Position(p) != (Position{File: "a.c", Line: 2, Col: 2, Offset: 5}) {
		t.Errorf("offset 5 is at %d, %v", p, fs.Position(p))
	}
	if data, err := fs.Content("a.c"); err != nil || string(data) != "one\ntwo\n" {
		t.Errorf("content %q, %v", data, err)
	}
	if data, err := fs.Content(dir + "/out.h"); err != nil || string(data) != "x" {
		t.Errorf("content %q, %v", data, err)
	}
	if _, err := fs.Content("b.c"); err == nil {
		t.Error("b.c has content")
	}
	for _, p := range []Pos{0, 1 << 30} {
		if fs.Position(p).IsValid() {
			t.Errorf("position %d is valid", p)
		}
	}
}

// TestShared runs units that share headers at the same time, for the race
// detector.
func TestShared(t *testing.T) {
	files := []string{"h.h", "#ifndef H\n#define H\n#define F(x) x + N\n#define N __LINE__\nint h;\n#endif\n"}
	for i := range 8 {
		files = append(files, fmt.Sprintf("u%d.c", i), fmt.Sprintf("#include \"h.h\"\n#include \"h.h\"\nF(%d)", i))
	}
	fs := NewFiles(tree(t, files...))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r, err := Process(fs, &Config{}, fmt.Sprintf("u%d.c", i))
			if err != nil || joined(r.Tokens) != fmt.Sprintf("int h ; %d + 3", i) {
				t.Errorf("unit %d: %v %v", i, r, err)
			}
		})
	}
	wg.Wait()
}
