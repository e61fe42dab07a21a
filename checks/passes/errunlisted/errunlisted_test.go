// SPDX-License-Identifier: GPL-2.0-only

package errunlisted_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
)

func Test(t *testing.T) { checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("errunlisted")) }

func TestCallbacks(t *testing.T) {
	checktest.RunAll(t, "testdata/callbacks/*.txtar", checktest.Checks("errunlisted.callbacks=true"))
}

// TestMisspelt has errors that are missing because their names are misspelt;
// specvalues, which tells of the name, must not repair the entry once more.
func TestMisspelt(t *testing.T) {
	checktest.RunAll(t, "testdata/misspelt/*.txtar", checktest.Checks("errunlisted", "specvalues"))
}
