// SPDX-License-Identifier: GPL-2.0-only

// Package suggest names the word that a misspelt one was meant to be.
package suggest

import (
	"slices"
	"strings"

	"kapilint/specmodel"
)

// Word returns the known word that is nearest to word: one or two edits away,
// or one that word begins. It returns "" where none is like it.
func Word(word string, known []string) string {
	word = strings.ToLower(word)
	var lower []string
	for _, k := range known {
		lower = append(lower, strings.ToLower(k))
	}
	if best, _ := specmodel.Nearest(word, slices.Values(lower)); best != "" {
		return known[slices.Index(lower, best)]
	}
	if len(word) < 3 {
		return ""
	}
	for i, k := range lower {
		if strings.HasPrefix(k, word) || len(k) >= 3 && strings.HasPrefix(word, k) {
			return known[i]
		}
	}
	return ""
}

// Hint is the end of a message about an unknown word: it names the nearest
// known one, or else the command that lists them, if there is one.
func Hint(word string, known []string, where string) string {
	return HintAs(word, known, func(s string) string { return s }, where)
}

// HintAs is Hint for words that are shown in another form.
func HintAs(word string, known []string, show func(string) string, where string) string {
	if near := Word(word, known); near != "" {
		return "; did you mean " + show(near) + "?"
	}
	if where == "" {
		return ""
	}
	return "; `" + where + "` lists them"
}
