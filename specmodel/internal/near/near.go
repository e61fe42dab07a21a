// SPDX-License-Identifier: GPL-2.0-only

// Package near finds the word that a misspelt one was meant to be.
package near

import "iter"

// Word returns the known word that is one or two edits away from word, one
// for words of less than six letters. only tells that no other known word is
// as near, so that a repair is certain. best is "" if none is near.
func Word(word string, known iter.Seq[string]) (best string, only bool) {
	limit := 3
	if len(word) < 6 {
		limit = min(2, len(word)) // one letter is near to every other
	}
	least := limit
	for k := range known {
		if k == best {
			continue
		}
		switch d := distance(word, k, limit); {
		case d < least:
			best, least, only = k, d, true
		case d == least && d < limit:
			only = false
			best = min(best, k)
		}
	}
	return best, only
}

// distance is the number of edits between two words, a swap of neighbours
// counting as one, or limit if there are at least as many.
func distance(a, b string, limit int) int {
	if len(a) > len(b)+limit || len(b) > len(a)+limit || len(a) > 64 {
		return limit
	}
	var before, prev, cur [80]int
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev = prev, cur
	}
	return min(prev[len(b)], limit)
}
