// SPDX-License-Identifier: GPL-2.0-only

package errstale_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
)

func TestArchives(t *testing.T) {
	checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("errstale"))
}

func TestCallbacks(t *testing.T) {
	checktest.RunAll(t, "testdata/callbacks/*.txtar", checktest.Checks("errstale.callbacks=true"))
}
