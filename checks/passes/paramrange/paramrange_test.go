// SPDX-License-Identifier: GPL-2.0-only

package paramrange_test

import (
	"testing"

	"kapilint/checks/engine/checktest"
)

func Test(t *testing.T) { checktest.RunAll(t, "testdata/*.txtar", checktest.Checks("paramrange")) }
