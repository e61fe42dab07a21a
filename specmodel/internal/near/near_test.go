// SPDX-License-Identifier: GPL-2.0-only

package near

import (
	"slices"
	"testing"
)

func TestWord(t *testing.T) {
	known := []string{"type", "flags", "from", "to", "param", "range", "error", "EINVAL", "EIO", "ENXIO"}
	tests := []struct {
		name, word, want string
		only             bool
	}{
		{"swap", "tpye", "type", true},
		{"missing letter", "typ", "type", true},
		{"two edits", "parrams", "param", true},
		{"too far", "validity", "", false},
		{"itself", "type", "type", true},
		{"short words may differ by one", "tx", "to", true},
		{"two edits of a short word", "rnage", "range", true},
		{"two edits and too short", "EFIX", "", false},
		{"short and too far", "xyz", "", false},
		{"as near to two", "ENIO", "EIO", false},
		{"very long", string(make([]byte, 100)), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, only := Word(tt.word, slices.Values(known))
			if got != tt.want || only != tt.only {
				t.Errorf("Word(%q) = %q, %v, want %q, %v", tt.word, got, only, tt.want, tt.only)
			}
		})
	}
}
