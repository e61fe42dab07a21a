// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden lowers each testdata/*.c and compares with the *.txt beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.c")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	names := map[string]string{"22": "EINVAL", "12": "ENOMEM", "0x400": "O_APPEND", "0x800": "O_NONBLOCK"}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := source(names)
			s.KeepMacros = nil
			got := text(lowerAll(t, s, parse(t, string(src))))
			golden := strings.TrimSuffix(file, ".c") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from %s; got:\n%s", file, golden, got)
			}
		})
	}
}

func TestUnsupported(t *testing.T) {
	const n = 5000
	tests := []struct{ name, src, want string }{
		{"computed goto", "void f(void *p) { goto *p; l: return; }", "computed goto"},
		{"nested function", "int f(int n) { int g(int x) { return x; } return g(n); }", "nested function"},
		{"deep parentheses", "int f(int n) { return " + strings.Repeat("(n+", n) + "n" + strings.Repeat(")", n) + "; }", "nested too deeply"},
		{"long sum", "int f(int n) { return " + strings.Repeat("n+", n) + "n; }", "nested too deeply"},
		{"deep statements", "int f(int n) { " + strings.Repeat("if (n) ", n) + "; return n; }", "nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ast := parse(t, tt.src)
			fns := lowerAll(t, source(nil), ast)
			if fn := fns[0]; fn.Unsupported != tt.want || fn.Name != "f" || fn.At.Line != 1 {
				t.Errorf("got %q, want %q\n%s", fn.Unsupported, tt.want, fn)
			}
		})
	}
}
