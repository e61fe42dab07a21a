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
