// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.h", "b.h"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files := NewFiles(dir)
	files.Overlay(map[string][]byte{filepath.Join(dir, "a.h"): []byte("new"), filepath.Join(dir, "b.h"): nil, filepath.Join(dir, "c.h"): {}})
	for name, want := range map[string]string{"a.h": "new", "b.h": "none", "c.h": ""} {
		text, err := files.Content(name)
		if err != nil {
			text = []byte("none")
		}
		if string(text) != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
}
