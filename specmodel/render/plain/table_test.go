// SPDX-License-Identifier: GPL-2.0-only

package plain

import (
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/sample"
)

// TestTable holds that every field of the model is printed.
func TestTable(t *testing.T) {
	sample.Cover(t, []string{}, func(a *specmodel.API) string {
		var b strings.Builder
		if err := Write(&b, a, Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	})
}

// TestHostile holds that no text steers the terminal or breaks the layout.
func TestHostile(t *testing.T) {
	for _, a := range sample.Poison(t) {
		var b strings.Builder
		if err := Write(&b, a, Options{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x00\x07\x1b\ufffd\t\r\u202e") {
			t.Errorf("control characters in %q", b.String())
		}
		tidy(t, b.String(), 80)
	}
}
