// SPDX-License-Identifier: GPL-2.0-only

package specsignature_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
)

func TestArchives(t *testing.T) {
	checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("specsignature"))
}
