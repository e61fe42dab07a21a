// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kapilint/cmd/kapilint/internal/engine"
)

var update = flag.Bool("update", false, "rewrite docs/checks")

// TestPages keeps docs/checks what the checks say of themselves.
func TestPages(t *testing.T) {
	dir := filepath.FromSlash("../../../../docs/checks")
	known := map[string]bool{}
	eng, err := engine.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range eng.Checks {
		known[a.Name] = true
		page := []byte("<!-- Made from the check's own text; go test ./cmd/kapilint/internal/app -update -->\n\n" + a.Docs().Markdown())
		path := filepath.Join(dir, a.Name+".md")
		if *update {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s has no page: %v", a.Name, err)
			continue
		}
		if !bytes.Equal(have, page) {
			t.Errorf("%s is not what the check says; run with -update", path)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if name := strings.TrimSuffix(filepath.Base(p), ".md"); !known[name] {
			t.Errorf("%s is about no check", p)
		}
	}
}
