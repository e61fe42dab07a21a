// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
)

// nearly reports a comment that reads like a contract and is none: one that
// does not begin with "/**", or whose tags are not in lower case.
func (r *reader) nearly(contract bool) {
	open := r.lines.Pos(r.c.off, r.c.off+2)
	if r.c.plain {
		if contract && r.c.opening == "" {
			r.problem(open, "not-kernel-doc", specmodel.Odd, "this comment looks like a contract but is not kernel-doc; begin it with /**").Fix =
				specmodel.Replace(open, "/**", "Begin the comment with /**")
		}
		return
	}
	lower := *r.c
	lower.lines = make([]line, len(r.c.lines))
	var edits []specmodel.Edit
	for i, l := range r.c.lines {
		lower.lines[i] = l
		name, _, ok := cutTag(l.text)
		small := strings.ToLower(name)
		if !ok || name == small || name[0] == '@' || !isTag(small) || texts[small] && !strings.Contains(small, "-") {
			continue
		}
		at := l.indent
		lower.lines[i].text = l.text[:at] + small + l.text[at+len(name):]
		edits = append(edits, specmodel.Edit{File: open.File, Offset: l.off + at, EndOffset: l.off + at + len(name), New: small})
	}
	if len(edits) == 0 {
		return
	}
	if _, newest := lower.selected(); newest {
		r.problem(r.lines.Pos(r.c.off, r.c.off+3), "tag-case", specmodel.Odd,
			"the kernel's tools take no contract from this comment, because tags have capitals; write them in lower case").Fix =
			&specmodel.Fix{Message: "Change the tags to lower case", Edits: edits}
	}
}

// tagCase reports a tag in capitals, which only kernel-doc knows.
func (r *reader) tagCase(tag string, l line) {
	off := l.off + strings.Index(l.text, tag)
	pos := r.lines.Pos(off, off+len(tag))
	lower := strings.ToLower(tag)
	r.problem(pos, "tag-case", specmodel.Note, "the kapi tool does not know %s: with capitals; write %s:", tag, lower).Fix =
		r.change(pos, lower)
}

// notSelected reports a contract that only earlier rules took as one.
func (r *reader) notSelected() {
	pos := r.lines.Pos(r.c.off, r.c.off+3)
	for _, l := range r.c.lines {
		name, rest, ok := cutTag(l.text)
		bare := strings.TrimPrefix(name, "@")
		switch {
		case !ok:
		case bare == "contexts" || bare == "context-flags":
			r.problem(pos, "not-selected", specmodel.Odd, "the kernel's tools take no contract from this comment; add a param:, error: or long-desc: tag")
			return
		case strings.EqualFold(bare, "context") && allContexts(rest):
			off := l.off + strings.Index(l.text, bare)
			at := r.lines.Pos(off, off+len(bare))
			r.problem(pos, "not-selected", specmodel.Odd, "the kernel's tools take no contract from this comment; write contexts: instead of %s:", bare).Fix =
				r.change(at, "contexts")
			return
		}
	}
	r.problem(pos, "not-selected", specmodel.Odd, "the kernel's tools take no contract from this comment; add a contexts: line, such as contexts: process, sleepable")
}

// allContexts reports whether text is a list of contexts.
func allContexts(text string) bool {
	if strings.TrimSpace(text) == "" {
		return false
	}
	for word := range strings.SplitSeq(text, ",") {
		if _, ok := specmodel.ParseContext(strings.TrimSpace(word)); !ok {
			return false
		}
	}
	return true
}

// moveOpening moves the text after /** to a line of its own.
func (r *reader) moveOpening() *specmodel.Fix {
	i := strings.Index(string(r.src[r.c.off:r.c.end]), r.c.opening)
	if i < 0 || len(r.c.lines) == 0 {
		return nil
	}
	prefix := string(r.src[r.c.lines[0].start:r.c.lines[0].off])
	if strings.TrimSpace(prefix) != "*" {
		prefix = " * "
	}
	return specmodel.Replace(r.lines.Pos(r.c.off, r.c.off+i), "/**\n"+prefix, "Move the text to the next line")
}
