// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKernelHasNoContracts reads a kernel of before the notation: ordinary
// kernel-doc must never be taken for a contract.
func TestKernelHasNoContracts(t *testing.T) {
	root := os.Getenv("KAPILINT_LINUX")
	if root == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".c") && !strings.HasSuffix(path, ".h") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		apis, problems := ReadFile(path, src)
		for _, a := range apis {
			t.Errorf("%s: %s is taken for a contract", a.Pos, a.Name)
		}
		for _, p := range problems {
			t.Log(p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files", files)
}
