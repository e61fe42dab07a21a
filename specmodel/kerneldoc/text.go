// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
)

// oneLine joins a section's lines with blanks, up to the first empty one.
func oneLine(s *section) string {
	parts := []string{s.head}
	for _, l := range s.lines {
		if l.blank() {
			break
		}
		parts = append(parts, strings.TrimSpace(l.text))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// fold makes paragraphs of prose: an empty line separates two, a line that
// starts a bullet starts a line, all others continue the one above.
func fold(s *section) string {
	var b strings.Builder
	gap := ""
	add := func(text string) {
		text = strings.Join(strings.Fields(text), " ")
		switch {
		case text == "":
			if b.Len() > 0 {
				gap = "\n\n"
			}
			return
		case b.Len() == 0:
			gap = ""
		case gap == "" && strings.HasPrefix(text, "- "):
			gap = "\n"
		case gap == "":
			gap = " "
		}
		b.WriteString(gap)
		b.WriteString(text)
		gap = ""
	}
	add(s.head)
	for _, l := range s.lines {
		add(l.text)
	}
	return b.String()
}

// verbatim keeps lines: tabs become blanks, the common indent of the lines
// after the first goes away, and empty lines in a row become one.
func verbatim(s *section) string {
	var lines []string
	common := -1
	for _, l := range s.lines {
		text := strings.TrimRight(expandTabs(l.text), " ")
		if text == "" {
			if len(lines) > 0 && lines[len(lines)-1] == "" {
				continue
			}
		} else if indent := len(text) - len(strings.TrimLeft(text, " ")); common < 0 || indent < common {
			common = indent
		}
		lines = append(lines, text)
	}
	for i, text := range lines {
		if text != "" {
			lines[i] = text[common:]
		}
	}
	return strings.Trim(s.head+"\n"+strings.Join(lines, "\n"), "\n")
}

func expandTabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] != '\t' {
			b.WriteByte(s[i])
			continue
		}
		b.WriteString(strings.Repeat(" ", 8-b.Len()%8))
	}
	return b.String()
}

func join2(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// prose looks in free text for lines that were meant as tags. What has one
// line only is not free text, and nothing continues it.
func (r *reader) prose(s *section) {
	oneLine := s.name == "contexts" || s.name == "context-flags" || counts[s.name] != ""
	prev := oneLine
	for _, l := range s.lines {
		if l.indent == 0 {
			r.strayTag(l, prev)
		}
		prev = oneLine || l.blank()
	}
}

// strayTag reports an unindented line that looks like a tag and is none:
// after an empty line any "word:", elsewhere only what is close to a tag.
func (r *reader) strayTag(l line, afterBlank bool) {
	name, rest, ok := cutTag(l.text)
	if !ok || name[0] == '@' || strings.ContainsAny(name, "._") || name != strings.ToLower(name) ||
		rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return
	}
	near := nearest(name, func(yield func(string)) {
		for _, set := range []map[string]bool{lists, texts, flat} {
			for t := range set {
				yield(t)
			}
		}
		yield("contexts")
		yield("context-flags")
	})
	if near == "" && !strings.Contains(name, "-") && !afterBlank {
		return
	}
	pos := r.lines.Pos(l.off, l.off+len(name))
	hint := ""
	if near != "" {
		hint = "; did you mean " + near + "?"
	}
	r.keep("", name, strings.TrimSpace(rest), pos)
	r.problem(pos, "unknown-tag", specmodel.Odd, "%s: is not a tag of the notation%s", clip(name), hint)
}

// nearest returns the known word that is one or two edits away, or "".
func nearest(word string, known func(yield func(string))) string {
	limit := 3
	if len(word) < 4 {
		limit = 2
	}
	best, bestDist := "", limit
	known(func(k string) {
		if d := distance(word, k, limit); d < bestDist || d == bestDist && d < limit && k < best {
			best, bestDist = k, d
		}
	})
	return best
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
