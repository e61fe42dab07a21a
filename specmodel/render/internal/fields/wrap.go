// SPDX-License-Identifier: GPL-2.0-only

package fields

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks text between words into lines of at most width characters; a
// word that is longer has a line of its own. No line begins with a word that
// keep refuses, unless it is the first; a nil keep refuses none.
func Wrap(text string, width int, refuse func(rest []string) bool) []string {
	var lines []string
	words := strings.Fields(text)
	line, col := "", 0
	for i, w := range words {
		n := utf8.RuneCountInString(w)
		if i > 0 && col+1+n > width && (refuse == nil || !refuse(words[i:])) {
			lines = append(lines, line)
			line, col = w, n
			continue
		}
		if i > 0 {
			line, col = line+" ", col+1
		}
		line, col = line+w, col+n
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// A Paragraph is a paragraph of prose, or an item of a bullet list.
type Paragraph struct {
	Text   string
	Bullet bool
	Gap    bool // an empty line stands before it
}

// Paragraphs cuts prose as kernel-doc does: an empty line separates two
// paragraphs, a line that starts with "- " or "* " begins an item, another
// line continues the one above.
func Paragraphs(text string) []Paragraph {
	var list []Paragraph
	gap := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		item, bullet := strings.CutPrefix(line, "- ")
		if !bullet {
			item, bullet = strings.CutPrefix(line, "* ")
		}
		switch {
		case line == "":
			gap = len(list) > 0
			continue
		case len(list) == 0 || gap || bullet:
			list = append(list, Paragraph{Text: item, Bullet: bullet, Gap: gap})
		default:
			list[len(list)-1].Text += " " + line
		}
		gap = false
	}
	return list
}
