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
