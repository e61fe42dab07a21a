// SPDX-License-Identifier: GPL-2.0-only

package errleak_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
)

func TestArchives(t *testing.T) {
	checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("errleak"))
}

func TestAll(t *testing.T) {
	checktest.RunAll(t, "testdata/all/*.txtar", checktest.Checks("errleak.all=true"))
}
