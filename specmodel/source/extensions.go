// SPDX-License-Identifier: GPL-2.0-only

package source

import (
	"path/filepath"
	"slices"
)

// Extensions returns the endings of files that are read below a directory.
func Extensions() []string { return []string{".c", ".h", ".json"} }

// IsSource tells by its name whether a file may hold contracts as text.
func IsSource(name string) bool { return slices.Contains(Extensions(), filepath.Ext(name)) }
