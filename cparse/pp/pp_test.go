// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files, given as name and text in turn, to a new directory.
func tree(tb testing.TB, files ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func process(tb testing.TB, cfg Config, files ...string) (*Files, *Result) {
	tb.Helper()
	fs := NewFiles(tree(tb, files...))
	r, err := Process(fs, &cfg, files[0])
	if err != nil {
		tb.Fatal(err)
	}
	return fs, r
}

func joined(toks []Token) string { return strings.Join(texts(toks), " ") }

func errorTexts(r *Result) (out []string) {
	for _, e := range r.Errors {
		out = append(out, e.Error())
	}
	return out
}

func TestExpansion(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"empty file", "", ""},
		{"no newline at the end", "a", "a"},
		{"object-like", "#define N 4 + 1\nN * N", "4 + 1 * 4 + 1"},
		{"empty macro", "#define E\na E b", "a b"},
		{"function-like without arguments", "#define F() 1\nF() F( ) F", "1 1 F"},
		{"name before newline and parenthesis", "#define F(x) [x]\nF\n\n(\n2\n)", "[ 2 ]"},
		{"name before directive", "#define F(x) [x]\nF\n#define G\n(2)", "F ( 2 )"},
		{"own name", "#define self self + other\n#define other self\nself", "self + self"},
		{"own name in argument", "#define F(x) x + F(x)\nF(F(1))", "1 + F ( 1 ) + F ( 1 + F ( 1 ) )"},
		{"painted for good", "#define F(x) x F\n#define G(x) x (2)\nG(F(1))", "1 F ( 2 )"},
		{"rescan reaches beyond the list", "#define F(a) a*G\n#define G(a) F(a)\nF(2)(9)", "2 * 9 * G"},
		{"name from list, arguments from file", "#define pick add\n#define add(a,b) a+b\npick(1,2)", "1 + 2"},
		{"argument expanded first", "#define two 1+1\n#define F(x) x*x\nF(two)", "1 + 1 * 1 + 1"},
		{"commas in parentheses", "#define F(x,y) y x\nF((1,2),(3,(4,5)))", "( 3 , ( 4 , 5 ) ) ( 1 , 2 )"},
		{"empty arguments", "#define F(x,y,z) <x|y|z>\nF(,,) F(1,,3)", "< | | > < 1 | | 3 >"},
		{"stringify", `#define S(x) #x` + "\n" + `S( a  "b\n" '\\' /* c */ d )`, `"a \"b\\n\" '\\\\' d"`},
		{"stringify nothing", "#define S(x) #x\nS()", `""`},
		{"stringify is not expanded", "#define A 1\n#define S(x) #x\n#define T(x) S(x)\nS(A) T(A)", `"A" "1"`},
		{"stringify across lines", "#define S(x) #x\nS(a\n  b)", `"a b"`},
		{"stringify of pieces", "#define S(x) #x\n#define T(x) S(x)\n#define P a/b\n#define Q .h\nT(P/c Q) T(P(Q))", `"a/b/c .h" "a/b(.h)"`},
		{"paste", "#define C(a,b) a##b\nC(x,1) C(1,x) C(-,>) C(,y) C(y,) C(,)", "x1 1x -> y y"},
		{"paste makes a macro", "#define AB ok\n#define C(a,b) a##b\nC(A,B)", "ok"},
		{"pasted argument is not expanded", "#define A 1\n#define C(a,b) a##b\n#define D(a,b) C(a,b)\nC(A,A) D(A,A)", "AA 11"},
		{"three pasted", "#define C(a,b,c) a##b##c\nC(1,,2) C(,,3) C(4,,)", "12 3 4"},
		{"paste in object-like", "#define HH # ## #\nHH", "##"},
		{"hash hash from argument is a token", "#define ID(x) x\nID(a ## b)", "a ## b"},
		{"paste of string prefix", `#define L_(s) L ## s` + "\n" + `L_("x") L_('x')`, `L"x" L'x'`},
		{"dots", "#define D ...\nD .. . 1.2.3", "... . . . 1.2.3"},
		{"variadic", "#define V(f, ...) p(f, __VA_ARGS__)\nV(1) V(1,) V(1,2,3)", "p ( 1 , ) p ( 1 , ) p ( 1 , 2 , 3 )"},
		{"comma swallowed", "#define V(f, ...) p(f, ##__VA_ARGS__)\nV(1) V(1,) V(1,2,3)", "p ( 1 ) p ( 1 , ) p ( 1 , 2 , 3 )"},
		{"named variadic", "#define V(f, a...) p(f, ##a)\nV(1) V(1,2,3)", "p ( 1 ) p ( 1 , 2 , 3 )"},
		{"only variadic", "#define V(a...) p(0, ##a)\nV() V(1)", "p ( 0 ) p ( 0 , 1 )"},
		{"stringify variadic", "#define V(...) #__VA_ARGS__\nV(a ,b,  c)", `"a ,b, c"`},
		{"va_opt", "#define V(f, ...) f(0 __VA_OPT__(,) __VA_ARGS__)\nV(a) V(a,) V(a,1)", "a ( 0 ) a ( 0 ) a ( 0 , 1 )"},
		{"va_opt with empty expansion", "#define E\n#define V(...) <__VA_OPT__(x)>\nV(E) V(E 1)", "< > < x >"},
		{"va_opt pasted", "#define V(x, ...) x##__VA_OPT__(y)##z\nV(a) V(a,1)", "az ayz"},
		{"va_opt stringified", "#define V(x, ...) #__VA_OPT__(x  -> __VA_ARGS__)\nV(a) V(a,1, 2)", `"" "a -> 1, 2"`},
		{"directives among arguments", "#define F(x) [x]\nF(1\n#if 1\n+2\n#else\n+3\n#endif\n)", "[ 1 + 2 ]"},
		{"redefinition among arguments", "#define A 1\n#define F(x) x A\nF(A\n#undef A\n#define A 2\nA)", "2 2 2"},
		{"line splice in a token", "#define AB 1\nA\\\nB x\\\n\\\ny \"s\\\nt\"", `1 xy "st"`},
		{"line splice in a directive", "#def\\\nine A \\\n  7\nA", "7"},
		{"splice with blanks before the newline", "#define A 1 \\  \n 2\nA", "1 2"},
		{"comments", "a/**/b // c \\\nd\n/* x\n*/ e", "a b e"},
		{"comment before directive", "/* x\ny */ # /* z */ define A /* w */ 1 // v\nA", "1"},
		{"hash not first is no directive", "a # define A 1\nA", "a # define A 1 A"},
		{"digraphs", "%:define A(x) %:x\nA(b) <: %>", `"b" <: %>`},
		{"no trigraphs", `??= "??/"`, `? ? = "??/"`},
		{"prefixes", `L'x' u8"a" U"b" u'c' R"x(a")x" LR"(b)" u8'x'`, `L'x' u8"a" U"b" u'c' R"x(a")x" LR"(b)" u8 'x'`},
		{"numbers", "0x1p-3 1e+5 1.f .5e-x 0xe+1 1_a", "0x1p-3 1e+5 1.f .5e-x 0xe+1 1_a"},
		{"identifiers", "$a ä_ß \\u00e4x @", "$a ä_ß \\u00e4x @"},
		{"pragma", "a\n#pragma omp x\nb _Pragma(\"once\") c", "a b c"},
		{"pragma in macro", "#define P(x) _Pragma(#x) x\nP(foo)", "foo"},
		{"push_macro", "#define A 1\n#pragma push_macro(\"A\")\n#undef A\n#define A 2\nA\n_Pragma(\"pop_macro(\\\"A\\\")\") A", "2 1"},
		{"counter", "__COUNTER__ __COUNTER__\n#define C(x) x x\nC(__COUNTER__)", "0 1 2 2"},
		{"line", "__LINE__\n\n#define L __LINE__\n#define ID(x) x\nL ID(\nL) ID(a\nb) __LINE__", "1 5 6 a b 7"},
		{"line directive", "#line 100 \"x.c\"\n__LINE__ __FILE__\n#define N 7\n#line N\n__LINE__", "100 \"x.c\" 7"},
		{"file", "__FILE__ __BASE_FILE__ __INCLUDE_LEVEL__ __FILE_NAME__", `"t.c" "t.c" 0 "t.c"`},
		{"date", "__DATE__ __TIME__", `"Jan  1 1970" "00:00:00"`},
		{"ident", "#ident \"x\"\n#sccs \"y\"\na", "a"},
		{"null directive", "#\n # /* c */\na", "a"},
		{"has_attribute in text", "__has_attribute(__packed__) __has_attribute(gnu::aligned) __has_attribute(nope)", "1 1 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := process(t, Config{}, "t.c", tt.src)
			if got := joined(r.Tokens); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if len(r.Errors) > 0 {
				t.Errorf("errors: %v", errorTexts(r))
			}
		})
	}
}

func TestConditions(t *testing.T) {
	tests := []struct {
		expr string
		want bool
	}{
		{"1", true},
		{"0", false},
		{"undefined_name", false},
		{"ONE == 1 && TWO == 2", true},
		{"defined ONE && defined(TWO) && !defined THREE", true},
		{"IS_DEF", true},
		{"1 + 2 * 3 == 7 && (1 + 2) * 3 == 9", true},
		{"10 - 4 - 3 == 3", true},
		{"1 ? 2 : 0 ? 0 : 0", true},
		{"0 ? 1 : 0 ? 1 : 2", true},
		{"-1 < 0", true},
		{"-1 < 0u", false},
		{"-1 > 0u", true},
		{"(1 ? -1 : 0u) > 0", true},
		{"~0 == -1", true},
		{"1 << 4 == 16 && -16 >> 2 == -4", true},
		{"1 << -1 == 0", true},
		{"1 << 64", false},
		{"-1 >> 100 == -1", true},
		{"(-1ull >> 63) == 1", true},
		{"0x10 == 020 && 0b101 == 5", true},
		{"18446744073709551615u == -1ULL", true},
		{"0xffffffffffffffff > 0", true},
		{"5 / 2 == 2 && -5 / 2 == -2 && -5 % 3 == -2", true},
		{"0 && 1 / 0", false},
		{"1 || 1 / 0", true},
		{"1 ? 1 : 1 / 0", true},
		{"(2 | 4) == 6 && (6 & 3) == 2 && (6 ^ 3) == 5", true},
		{"!0 && !!1", true},
		{"+ - + 1 == -1", true},
		{"'a' == 97 && '\\n' == 10 && '\\x41' == 65 && '\\101' == 'A'", true},
		{"'ab' == 24930", true},
		{"'\\377' < 0", true},
		{"L'\\xff' == 255 && u'x' == 120", true},
		{"__has_include(\"there.h\") && !__has_include(\"missing.h\")", true},
		{"__has_include(<there.h>)", false},
		{"__has_attribute(packed) && !__has_attribute(btf_type_tag)", true},
		{"__has_attribute(__nonstring__) && __has_c_attribute(nodiscard) == 202003", true},
		{"__has_builtin(__builtin_expect) && !__has_builtin(__builtin_nothing)", true},
		{"defined __has_include && defined __has_builtin && defined __COUNTER__", true},
		{"__LINE__ == 6", true},
		{"EMPTY 1 EMPTY", true},
		{"F\t(3) == 4", true},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			src := "#define ONE 1\n#define TWO (ONE+ONE)\n#define IS_DEF defined(ONE)\n#define EMPTY\n#define F(x) x + 1\n#if " + tt.expr + "\nyes\n#else\nno\n#endif\n"
			_, r := process(t, Config{}, "t.c", src, "there.h", "")
			if got := joined(r.Tokens) == "yes"; got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if len(r.Errors) > 0 {
				t.Errorf("errors: %v", errorTexts(r))
			}
		})
	}
}

func TestConditionalGroups(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"first", "#if 1\na\n#elif 1\nb\n#else\nc\n#endif", "a"},
		{"second", "#if 0\na\n#elif 1\nb\n#elif 1/0\nx\n#else\nc\n#endif", "b"},
		{"else", "#if 0\na\n#elif 0\nb\n#else\nc\n#endif\nd", "c d"},
		{"none", "#if 0\na\n#endif\nd", "d"},
		{"nested in skipped", "#if 0\n#if 1\na\n#else\nb\n#endif\n#else\nc\n#endif", "c"},
		{"nested in taken", "#if 1\n#if 0\na\n#else\nb\n#endif\n#else\nc\n#endif", "b"},
		{"skipped rubbish", "#if 0\n#bogus\ndon't\n\"\n#if (\n#elif +\n#endif\n#endif\na", "a"},
		{"ifdef", "#define A\n#ifdef A\na\n#endif\n#ifndef A\nb\n#endif\n#ifdef __FILE__\nc\n#endif", "a c"},
		{"elifdef", "#define A\n#if 0\n#elifdef B\nb\n#elifdef A\na\n#endif\n#if 0\n#elifndef B\nc\n#endif", "a c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := process(t, Config{}, "t.c", tt.src)
			if got := joined(r.Tokens); got != tt.want || len(r.Errors) > 0 {
				t.Errorf("got %s, want %s; errors %v", got, tt.want, errorTexts(r))
			}
		})
	}
}

func TestIncludes(t *testing.T) {
	files := []string{
		"inc/a.h", "#ifndef A_H\n#define A_H\na\n#endif\n",
		"inc/once.h", "#pragma once\nonce\n",
		"inc/sub/b.h", "#include \"c.h\"\n__FILE__\n",
		"inc/sub/c.h", "c\n",
		"inc/next.h", "first\n#include_next <next.h>\n",
		"inc2/next.h", "second\n",
		"inc2/a.h", "wrong\n",
		"quote/q.h", "q\n",
		"if.h", "#if !defined(IF_H)\n#define IF_H\nif\n#endif\n",
		"own.h", "#include_next \"own.h\"\nown\n",
		"quote/own.h", "quoted\n",
		"a<b.h", "odd\n",
		"tail.h", "#define CALL f\nx CALL",
	}
	tests := []struct{ name, src, want string }{
		{"guarded", "#include <a.h>\n#include <a.h>\n#include \"a.h\"", "a"},
		{"guarded by if", "#include \"if.h\"\n#include \"if.h\"", "if"},
		{"once", "#include <once.h>\n#include \"inc/once.h\"", "once"},
		{"import", "#import <sub/c.h>\n#import <sub/c.h>", "c"},
		{"next to the includer", "#include <sub/b.h>", `c "inc/sub/b.h"`},
		{"include_next", "#include <next.h>", "first second"},
		{"include_next from own directory", "#include \"own.h\"", "quoted own"},
		{"quote chain", "#include \"q.h\"", "q"},
		{"computed", "#define H <a.h>\n#define S(x) #x\n#define T(x) S(x)\n#define D inc/sub\n#include H\n#include T(D/c.h)", "a c"},
		{"header name is no operators", "#include \"a<b.h\"", "odd"},
		{"macro does not reach out of a file", "#define f(x) [x]\n#include \"tail.h\"\n(1)", "x f ( 1 )"},
		{"guard undefined in between", "#include <a.h>\n#undef A_H\n#include <a.h>", "a a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := Config{Quote: []string{"quote"}, Angle: []string{"inc", "./inc/", "inc2"}}
			_, r := process(t, cfg, append([]string{"t.c", tt.src}, files...)...)
			if got := joined(r.Tokens); got != tt.want || len(r.Errors) > 0 {
				t.Errorf("got %s, want %s; errors %v", got, tt.want, errorTexts(r))
			}
		})
	}
}

func TestCommandLine(t *testing.T) {
	cfg := Config{
		Dir:        "obj",
		Angle:      []string{"./include", "../inc"},
		Predefined: "#define __GNUC__ 12\n#define __VERSION__ \"12\"\n",
		Defines:    []Define{{Name: "A", Value: "1"}, {Name: "F(x)", Value: "x+A"}, {Name: "__GNUC__", Undef: true}, {Name: "E", Value: ""}},
		Forced:     []string{"forced.h", "../inc/other.h"},
	}
	_, r := process(t, cfg, "sub/t.c", "F(2) __GNUC__ E __VERSION__\n#include <gen.h>\n",
		"obj/forced.h", "forced A\n", "inc/other.h", "other\n", "obj/include/gen.h", "__FILE__\n")
	want := `forced 1 other 2 + 1 __GNUC__ "12" "./include/gen.h"`
	if got := joined(r.Tokens); got != want || len(r.Errors) > 0 {
		t.Errorf("got %s, want %s; errors %v", got, want, errorTexts(r))
	}
	files := strings.Join(r.Files, " ")
	if want := "obj/forced.h inc/other.h sub/t.c obj/include/gen.h"; files != want {
		t.Errorf("files %s, want %s", files, want)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"error", "a\n  #error no  more\nb", []string{"t.c:2:4: #error no more"}},
		{"warning", "#warning careful", []string{"t.c:1:2: #warning careful"}},
		{"missing include", "#include <x/y.h>\na", []string{"t.c:1:10: x/y.h: no such file; searched inc"}},
		{"missing quoted include", "#include \"y.h\"", []string{"t.c:1:10: y.h: no such file; searched the directory of t.c, inc"}},
		{"include of nothing", "#include\n#include foo\n#include \"\"", []string{
			"t.c:1:2: #include expects \"FILENAME\" or <FILENAME>", "t.c:2:10: #include expects \"FILENAME\" or <FILENAME>", "t.c:3:10: empty file name in #include"}},
		{"unterminated conditional", "#if 1\n#ifdef A\na", []string{"t.c:1:1: unterminated #if", "t.c:2:1: unterminated #ifdef"}},
		{"else without if", "#else\n#endif\n#elif 1", []string{"t.c:1:2: #else without #if", "t.c:2:2: #endif without #if", "t.c:3:2: #elif without #if"}},
		{"else after else", "#if 1\n#else\n#else\n#endif", []string{"t.c:3:2: #else after #else"}},
		{"unterminated comment", "a\n  /* b", []string{"t.c:2:3: unterminated comment"}},
		{"unterminated string", "a \"b\nc 'd", []string{"t.c:1:3: missing terminating \" character", "t.c:2:3: missing terminating ' character"}},
		{"null byte", "a\x00b\x00", []string{"t.c:1:2: null byte in source text"}},
		{"unknown directive", "#foo", []string{"t.c:1:2: invalid preprocessing directive #foo"}},
		{"unterminated arguments", "#define F(x) x\na F(1", []string{"t.c:2:3: unterminated argument list invoking macro \"F\""}},
		{"too many arguments", "#define F(x) x\nF(1,2)", []string{"t.c:2:1: macro \"F\" passed 2 arguments, but takes just 1"}},
		{"too few arguments", "#define F(x,y) x\nF(1)", []string{"t.c:2:1: macro \"F\" requires 2 arguments, but only 1 given"}},
		{"bad paste", "#define C(a,b) a##b\nC(+,/)", []string{"t.c:2:3: pasting \"+\" and \"/\" does not give a valid preprocessing token"}},
		{"paste makes no comment", "#define C(a,b) a##b\nC(/,/)", []string{"t.c:2:3: pasting \"/\" and \"/\" does not give a valid preprocessing token"}},
		{"definitions", "#define\n#define 1\n#define F(x\n#define F(x,x)\n#define F(x) #y\n#define A ## 1\n#define A 1 ##\n#define defined", []string{
			"t.c:1:2: no macro name given in #define directive", "t.c:2:9: macro names must be identifiers",
			"t.c:3:11: expected ')' in macro parameter list", "t.c:4:13: duplicate macro parameter \"x\"",
			"t.c:5:14: '#' is not followed by a macro parameter", "t.c:6:11: '##' cannot appear at either end of a macro expansion",
			"t.c:7:13: '##' cannot appear at either end of a macro expansion", "t.c:8:9: \"defined\" cannot be used as a macro name"}},
		{"conditions", "#if\n#endif\n#if 1 +\n#endif\n#if (1\n#endif\n#if 1 2\n#endif\n#if 1/0\n#endif\n#if 1.0\n#endif\n#if \"s\"\n#endif\n#if 089\n#endif\n#if 1x\n#endif\n#if defined\n#endif\n#if a(1)\n#endif", []string{
			"t.c:1:2: #if with no expression", "t.c:3:2: #if expression ends where an operand is expected", "t.c:5:5: missing ')' in expression",
			"t.c:7:7: missing binary operator before token \"2\"", "t.c:9:6: division by zero in #if", "t.c:11:5: floating constant \"1.0\" in preprocessor expression",
			"t.c:13:5: token \"\\\"s\\\"\" is not valid in preprocessor expressions", "t.c:15:5: invalid digit \"8\" in \"089\"", "t.c:17:5: invalid suffix \"x\" on integer constant",
			"t.c:19:5: operator \"defined\" requires an identifier", "t.c:21:6: missing binary operator before token \"(\""}},
		{"line", "#line x\n#line 0 x", []string{"t.c:1:2: \"x\" after #line is not a positive integer", "t.c:2:9: \"x\" is not a valid file name"}},
		{"pragma operator", "_Pragma(x)", []string{"t.c:1:1: _Pragma takes a parenthesized string literal"}},
		{"operand at the end", "__has_attribute(", []string{"t.c:1:1: macro \"__has_attribute\" requires an identifier"}},
		{"has_include at the end", "__has_include(<x", []string{"t.c:1:1: \"__has_include\" used outside of preprocessing directive", "t.c:1:1: missing ')' after \"__has_include\" operand"}},
		{"pragma operator at the end", "_Pragma(\"x\"", []string{"t.c:1:1: _Pragma takes a parenthesized string literal"}},
		{"has_include in text", "__has_include(\"t.c\")", []string{"t.c:1:1: \"__has_include\" used outside of preprocessing directive"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := process(t, Config{Angle: []string{"inc"}}, "t.c", tt.src)
			got, want := strings.Join(errorTexts(r), "\n"), strings.Join(tt.want, "\n")
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if r.Incomplete {
				t.Error("an error ended the unit")
			}
		})
	}
	if _, err := Process(NewFiles(t.TempDir()), &Config{}, "absent.c"); err == nil {
		t.Error("no error for a main file that does not exist")
	}
}

// TestGoesOn checks that processing continues behind an error.
func TestGoesOn(t *testing.T) {
	_, r := process(t, Config{}, "t.c", "#include <none.h>\na\n#if 1 +\nb\n#else\nc\n#endif\n'\nd")
	if got := joined(r.Tokens); got != "a c ' d" {
		t.Errorf("got %s", got)
	}
}

// TestOperandEndsWithItsFile checks that an operand cut off by the end of a
// header neither takes tokens of the includer nor hides its own value.
func TestOperandEndsWithItsFile(t *testing.T) {
	_, r := process(t, Config{}, "t.c", "#include \"attr.h\"\n) b", "attr.h", "a __has_attribute(packed")
	if got := joined(r.Tokens); got != "a 0 ) b" {
		t.Errorf("got %s", got)
	}
	want := `attr.h:1:3: missing ')' after "__has_attribute"`
	if got := strings.Join(errorTexts(r), "\n"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
