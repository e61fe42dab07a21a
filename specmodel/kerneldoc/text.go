// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"maps"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/near"
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
	oneLine := counts[s.name] != ""
	switch s.name {
	case "contexts", "context-flags", "since", "since-version", "api-type":
		oneLine = true
	}
	prev := oneLine
	for _, l := range s.lines {
		if l.indent == 0 {
			r.strayTag(l, prev)
		}
		prev = oneLine || l.blank()
	}
}

// lostBlocks reports the misspelt tags in a section that begin a block, as the
// sub-tags below them show, wherever they stand. told is the first problem
// about the section.
func (r *reader) lostBlocks(s *section, told int) {
	known := map[int]bool{} // the offsets that a problem is about
	for _, p := range r.problems[told:] {
		known[p.Pos.Offset] = true
	}
	for i := range len(s.lines) - 1 {
		l := s.lines[i]
		name, _, ok := cutTag(l.text)
		if !ok || l.indent > 0 || name[0] == '@' {
			continue
		}
		want, only := near.Word(strings.ToLower(name), maps.Keys(subtags))
		pos := r.lines.Pos(l.off, l.off+len(name))
		if want == "" || !isSubtagOf(want, s.lines[i+1]) || known[pos.Offset] {
			continue
		}
		p := r.problem(pos, "unknown-tag", specmodel.Odd, "%s: is not a tag of the notation; write %s:", clip(name), want)
		if only {
			p.Fix = r.change(pos, want)
		}
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
	want, only := near.Word(name, func(yield func(string) bool) {
		for _, set := range []map[string]bool{lists, texts, flat, {"contexts": true, "context-flags": true}} {
			for t := range set {
				if !yield(t) {
					return
				}
			}
		}
	})
	if want == "" && !strings.Contains(name, "-") && !afterBlank {
		return
	}
	pos := r.lines.Pos(l.off, l.off+len(name))
	r.keep("", name, strings.TrimSpace(rest), pos)
	if want == "" {
		r.problem(pos, "unknown-tag", specmodel.Odd, "%s: is not a tag of the notation; remove it, or the colon if it is text", clip(name))
		return
	}
	p := r.problem(pos, "unknown-tag", specmodel.Odd, "%s: is not a tag of the notation; write %s:", clip(name), want)
	if only {
		p.Fix = r.change(pos, want)
	}
}
