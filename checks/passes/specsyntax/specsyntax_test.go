// SPDX-License-Identifier: GPL-2.0-only

package specsyntax_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
	"kapilint/specmodel"
)

func TestArchives(t *testing.T) {
	checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("specsyntax"))
}

// TestAll has the places that only --specsyntax.all reports.
func TestAll(t *testing.T) {
	plain := checktest.Checks("specsyntax")
	checktest.RunAll(t, "testdata/all/*.txtar", checktest.Config{New: func(outside *specmodel.Set) (checktest.Setup, error) {
		setup, err := plain.New(outside)
		for _, a := range setup.Analyzers {
			if a.Name == "specsyntax" {
				if err := a.Flags.Set("all", "true"); err != nil {
					return setup, err
				}
			}
		}
		return setup, err
	}})
}
