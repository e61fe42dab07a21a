// SPDX-License-Identifier: GPL-2.0-only

package suggest

import "testing"

func TestWord(t *testing.T) {
	known := []string{"format", "fix", "diff", "verbose", "O"}
	for word, want := range map[string]string{
		"formta": "format", "verbos": "verbose", "fixx": "fix", "dif": "diff", "form": "format", "json": "", "xyz": "",
		"FORMAT": "format", "": "", "o": "O",
	} {
		if got := Word(word, known); got != want {
			t.Errorf("Word(%q) = %q, want %q", word, got, want)
		}
	}
}
