// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"reflect"
	"strings"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"

	"modernc.org/cc/v4"
)

const predefined = `int __predefined_declarator;
typedef unsigned long __predefined_size_t;
typedef long __predefined_ptrdiff_t;
extern unsigned long __kapi_opaque(void);
long __builtin_expect(long, long);
void __builtin_unreachable(void);
#define __builtin_offsetof(type, member) ((unsigned long)&(((type *)0)->member))
`

// parse translates C text without a compiler.
func parse(t testing.TB, src string) *cc.AST {
	t.Helper()
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	ast, err := cc.Translate(&cc.Config{ABI: abi}, []cc.Source{
		{Name: "<predefined>", Value: predefined},
		{Name: "t.c", Value: src},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ast
}

// source is a Source over text that the front end preprocessed itself. Names
// gives the spelled names of number tokens.
func source(names map[string]string) *lower.Source {
	return &lower.Source{
		Site: func(tok cc.Token) cfg.Site {
			p := tok.Position()
			return cfg.Site{File: p.Filename, Line: int32(p.Line), Col: int32(p.Column)}
		},
		ConstName: func(tok cc.Token) string { return names[tok.SrcStr()] },
		NoReturn:  func(name string) bool { return name == "panic" },
	}
}

// functions returns the definitions in src that t.c holds.
func functions(ast *cc.AST) []*cc.FunctionDefinition {
	var defs []*cc.FunctionDefinition
	for n := ast.TranslationUnit; n != nil; n = n.TranslationUnit {
		if d := n.ExternalDeclaration.FunctionDefinition; d != nil {
			defs = append(defs, d)
		}
	}
	return defs
}

// lowerAll lowers every function of src and checks the results.
func lowerAll(t testing.TB, s *lower.Source, ast *cc.AST) []*cfg.Func {
	t.Helper()
	var fns []*cfg.Func
	for _, d := range functions(ast) {
		fn := lower.Func(s, d, "t.c")
		if err := cfg.Validate(fn); err != nil {
			t.Errorf("%v\n%s", err, fn)
		}
		roundTrip(t, fn)
		fns = append(fns, fn)
	}
	return fns
}

// roundTrip checks that a body survives its encoding.
func roundTrip(t testing.TB, fn *cfg.Func) {
	t.Helper()
	back, rest, err := cfg.DecodeFunc(fn.Encode(nil))
	if err != nil || len(rest) > 0 || !reflect.DeepEqual(fn, back) {
		t.Errorf("%s: does not survive its encoding, error %v", fn.Name, err)
	}
}

func text(fns []*cfg.Func) string {
	var b strings.Builder
	for _, fn := range fns {
		b.WriteString(fn.String())
	}
	return b.String()
}
