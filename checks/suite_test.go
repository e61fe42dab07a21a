// SPDX-License-Identifier: GPL-2.0-only

package checks_test

import (
	"os"
	"slices"
	"testing"

	"kapilint/checks"
	"kapilint/checks/engine/lint"
)

// TestSuiteIsComplete compares the written list with the folders.
func TestSuiteIsComplete(t *testing.T) {
	suite, err := checks.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := lint.Validate(suite.All(suite.Checks)); err != nil {
		t.Error(err)
	}
	var listed, folders []string
	for _, a := range suite.Checks {
		listed = append(listed, a.Name)
	}
	if !slices.IsSorted(listed) {
		t.Errorf("not sorted: %q", listed)
	}
	dirs, err := os.ReadDir("passes")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if d.IsDir() && d.Name() != "testdata" {
			folders = append(folders, d.Name())
		}
	}
	if !slices.Equal(listed, folders) {
		t.Errorf("checks listed: %q, folders: %q", listed, folders)
	}
}
