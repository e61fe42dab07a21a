// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"testing"

	"kapilint/specmodel/internal/readertest"
)

func TestGolden(t *testing.T) { readertest.Golden(t, ReadFile) }
