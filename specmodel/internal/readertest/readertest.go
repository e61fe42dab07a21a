// SPDX-License-Identifier: GPL-2.0-only

// Package readertest holds a reader of contracts in C source to golden files.
package readertest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares the contracts that read finds in each file of testdata, and
// what is wrong with them, with the golden file beside it.
func Golden(t *testing.T, read func(name string, src []byte) ([]*specmodel.API, []specmodel.Problem)) {
	files, err := filepath.Glob("testdata/*.[ch]")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			apis, problems := read(filepath.Base(file), src)
			var b bytes.Buffer
			if err := specjson.Write(&b, apis); err != nil {
				t.Fatal(err)
			}
			golden := file + ".golden"
			if _, problems := specjson.Read(golden, b.Bytes()); len(problems) > 0 {
				t.Errorf("the JSON form cannot be read: %v", problems[0])
			}
			for _, p := range problems {
				fmt.Fprintf(&b, "%s: %s: %s [%s]\n", p.Pos, p.Severity, p.Message, p.ID)
			}
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("got:\n%s\nwant:\n%s", b.Bytes(), want)
			}
		})
	}
}
