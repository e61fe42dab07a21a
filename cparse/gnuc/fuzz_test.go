// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kapilint/cparse/pp"
)

// FuzzTranslate gives arbitrary text to the translation and looks at all of
// the result.
func FuzzTranslate(f *testing.F) {
	for _, tt := range accepted {
		f.Add(tt.src)
	}
	for _, s := range []string{
		"int f(", "}", "struct {", "asm goto(\"\" : : : : l)", "#define x(", "int a[sizeof(struct{int:(-!!(1));})];",
		"typeof(typeof(int*)[3]) x;", "int f(void){__builtin_offsetof(struct s, a[0].b[1]);}",
		"enum __attribute__((packed)) e { A = 300 };", "struct s { int a:3, :0, b:40; } __attribute__((packed));",
		"int f(void) { asm(\"\" : \"=r\"(", "__attribute__((aligned", "_Static_assert(", "int f(void) { return 1 ? ((void *)0) : ",
		"struct a { struct b; union { struct { int x; }; }; };", "\"unterminated", "'", "int a = 08; float b = 1e; int c = 0x;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) <= 1<<16 {
			survive(t, src)
		}
	})
}

// survive translates arbitrary text and looks at all of the result.
func survive(t *testing.T, src string) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	fs := pp.NewFiles(dir)
	res, err := pp.Process(fs, &pp.Config{Dir: dir, Limits: pp.Limits{Tokens: 1 << 17, Work: 1 << 20}}, filepath.Join(dir, "a.c"))
	if err != nil {
		return
	}
	start := time.Now()
	out, err := Translate(&Input{Files: fs, Result: res}, &Options{})
	if d := time.Since(start); d > 10*time.Second {
		t.Fatalf("took %v", d)
	}
	if err != nil {
		return
	}
	for _, fn := range out.Funcs {
		if fn.At == nil || fn.End == nil {
			t.Fatalf("%s is nowhere", fn.Name)
		}
		out.Cleanup(fn.Def.Declarator.NameTok())
	}
	toks, err := res.Expand("sizeof(int) + A", "<expression>")
	if err != nil {
		t.Fatal(err)
	}
	out.Eval([][]pp.Token{toks, res.Tokens, nil})
}

// TestMutations deletes, repeats and exchanges tokens of valid C.
func TestMutations(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 30
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var texts [][]pp.Token
	for _, tt := range accepted {
		texts = append(texts, preprocess(t, map[string]string{"a.c": tt.src}).Result.Tokens)
	}
	for range n {
		toks := slices.Clone(texts[rnd.IntN(len(texts))])
		for range 1 + rnd.IntN(4) {
			i := rnd.IntN(len(toks))
			switch other := texts[rnd.IntN(len(texts))]; rnd.IntN(4) {
			case 0:
				toks = slices.Delete(toks, i, min(len(toks), i+1+rnd.IntN(3)))
			case 1:
				toks = slices.Insert(toks, i, toks[rnd.IntN(len(toks))])
			case 2:
				toks[i] = other[rnd.IntN(len(other))]
			case 3:
				k := rnd.IntN(len(other))
				toks = slices.Insert(toks, i, other[k:min(len(other), k+rnd.IntN(8))]...)
			}
			if len(toks) == 0 {
				break
			}
		}
		var b strings.Builder
		for _, k := range toks {
			b.WriteString(k.Text)
			b.WriteByte(' ')
		}
		survive(t, b.String())
	}
}
