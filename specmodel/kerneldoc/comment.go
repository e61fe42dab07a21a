// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"bytes"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// A line is one line of a comment: the text after "* " and its byte offset.
type line struct {
	text   string
	off    int // of text in the file
	start  int // of the whole line in the file
	indent int // leading blanks of text
}

func (l line) blank() bool { return strings.TrimSpace(l.text) == "" }

// A comment is one comment that begins with "/**".
type comment struct {
	off, end int
	lines    []line // without the opening line
	opening  string // text after "/**" on the opening line
	inline   bool   // the last line has text before the closing
	plain    bool   // begins with /* and not with /**
}

func splitComment(src []byte, off, end int) comment {
	c := comment{off: off, end: end}
	body := src[off:end]
	closed := bytes.HasSuffix(body, []byte("*/"))
	if closed {
		body = body[:len(body)-2]
	}
	first := bytes.IndexByte(body, '\n')
	if first < 0 {
		c.opening = strings.TrimSpace(string(body[3:]))
		return c
	}
	c.opening = strings.TrimSpace(string(body[min(3, first):first]))
	for at := first + 1; at <= len(body); {
		stop := len(body)
		last := true
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			stop, last = at+i, false
		}
		l := cutLine(string(body[at:stop]), off+at)
		if !last || !l.blank() {
			c.lines = append(c.lines, l)
			c.inline = last
		}
		at = stop + 1
	}
	return c
}

// cutLine removes the leading blanks, the star and one blank.
func cutLine(raw string, off int) line {
	text := strings.TrimRight(raw, " \t\r")
	rest := strings.TrimLeft(text, " \t")
	if after, ok := strings.CutPrefix(rest, "*"); ok {
		rest = after
		if strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\t") {
			rest = rest[1:]
		}
	}
	l := line{text: rest, start: off, off: off + len(text) - len(rest)}
	l.indent = len(rest) - len(strings.TrimLeft(rest, " \t"))
	return l
}

// A section is what kernel-doc cuts a comment into.
type section struct {
	name   string // lower case, without @
	at     bool   // written with @
	raw    string // name as written
	line   line
	tagOff int
	head   string // text after the colon, trimmed
	off    int    // of head
	lines  []line // the following lines
}

// flat are the tags of the first generation that are not blocks.
var flat = words(`param-type param-flags param-constraint-type param-constraint param-range param-mask param-size
	param-alignment param-enum param-validate param-size-param param-size-multiplier
	return-type return-check-type return-check return-success return-desc error-code error-condition
	lock-acquired lock-released lock-desc lock-req lock-held-on-entry lock-held-on-exit
	signal-direction signal-action signal-condition signal-desc signal-error signal-timing signal-priority
	signal-interruptible signal-restartable signal-state-req
	capability-allows capability-without capability-condition capability-priority constraint-expr
	struct-type struct-field struct-field-range struct-field-enum struct-field-mask struct-field-policy
	struct-field-version struct-field-flag struct-field-validate`)

// lists are the tags that may be repeated.
var lists = words(`param error capability signal lock constraint side-effect state-trans`)

// counts maps the tags that state a number of elements to the list they count.
var counts = map[string]string{
	"param-count": "params", "error-count": "errors", "capability-count": "capabilities", "signal-count": "signals",
	"lock-count": "locks", "constraint-count": "constraints", "side-effect-count": "side_effects",
	"state-trans-count": "state_transitions", "struct-count": "struct_specs", "return-count": "return.error_values",
}

// texts are the tags with prose.
var texts = words(`long-desc notes note examples example description return returns context since since-version`)

// accepted are the tags that are known and have no meaning in the model.
var accepted = words(`api-version struct validation-group validation-policy validation-flag validation-rule`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// isTag reports whether the lower-case name starts a section of a contract.
func isTag(name string) bool {
	return lists[name] || flat[name] || texts[name] || accepted[name] || counts[name] != "" || name == "contexts" ||
		name == "context-flags" || name == "api-type" || strings.HasPrefix(name, "kapi-")
}

// cutTag splits "  @name : text". ok is false if there is no such form, or
// the colon is doubled.
func cutTag(text string) (name, rest string, ok bool) {
	s := strings.TrimLeft(text, " \t")
	n := 0
	for n < len(s) && (s[n] == '@' && n == 0 || isNameByte(s[n])) {
		n++
	}
	if n == 0 {
		return "", "", false
	}
	after := strings.TrimLeft(s[n:], " \t")
	if !strings.HasPrefix(after, ":") || strings.HasPrefix(after, "::") {
		return "", "", false
	}
	return s[:n], after[1:], true
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// selected tells whether the comment is a contract, and whether the newest
// rule takes it.
func (c *comment) selected() (contract, newest bool) {
	context, indicator, strong := false, false, false
	for i, l := range c.lines {
		name, rest, ok := cutTag(l.text)
		if !ok {
			continue
		}
		bare, at := strings.CutPrefix(name, "@")
		hyphen := strings.Contains(bare, "-")
		if at && !hyphen || bare != strings.ToLower(bare) || !isTag(bare) {
			continue
		}
		switch {
		case bare == "contexts" || bare == "context-flags":
			context = true
		case hyphen && !strings.HasPrefix(bare, "kapi-"):
			strong = strong || !lists[bare] || isEffect(rest) || i+1 < len(c.lines) && isSubtagOf(bare, c.lines[i+1])
			indicator = indicator || bare == "api-type" || bare == "state-trans" || bare == "side-effect" || bare == "long-desc" || flat[bare]
		case lists[bare]:
			indicator = true
			strong = strong || bare == "error" && errorHead(rest) || i+1 < len(c.lines) && isSubtagOf(bare, c.lines[i+1])
		}
	}
	newest = context && indicator
	return newest || strong, newest
}

// errorHead reports whether text looks like "EINVAL, words".
func errorHead(text string) bool {
	name, _, ok := strings.Cut(strings.TrimSpace(text), ",")
	return ok && isErrorName(name)
}

// isEffect reports whether text begins with kinds of side effect.
func isEffect(text string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(text), ",")
	word, _, _ = strings.Cut(word, "|")
	_, ok := specmodel.ParseEffect(word)
	return ok
}

func isErrorName(name string) bool {
	if len(name) < 2 || name[0] != 'E' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func isSubtagOf(tag string, l line) bool {
	name, _, ok := cutTag(l.text)
	return ok && l.indent > 0 && subtags[tag][name]
}

// mayHaveContract is a quick look at a whole file.
func mayHaveContract(src []byte) bool {
	for _, tag := range [...]string{"param", "error", "signal", "lock", "capability", "constraint", "side-effect",
		"state-trans", "long-desc", "contexts", "context-flags", "Contexts", "CONTEXTS", "Context-flags", "Context-Flags", "api-type", "error-code", "return-type", "struct-field"} {
		needle := []byte(tag)
		for at := 0; ; {
			i := bytes.Index(src[at:], needle)
			if i < 0 {
				break
			}
			at += i
			if startsCommentLine(src, at) {
				return true
			}
			at += len(needle)
		}
	}
	return false
}

// startsCommentLine reports whether only blanks, a star and perhaps an @
// stand before the offset on its line.
func startsCommentLine(src []byte, off int) bool {
	i := off - 1
	if i >= 0 && src[i] == '@' {
		i--
	}
	for i >= 0 && (src[i] == ' ' || src[i] == '\t') {
		i--
	}
	return i >= 0 && src[i] == '*'
}

// sections cuts the comment. params are the names of the prototype.
func (r *reader) sections(c *comment, params map[string]bool) (preamble []line, list []section) {
	for _, l := range c.lines {
		name, rest, ok := cutTag(l.text)
		bare, at := strings.CutPrefix(name, "@")
		lower := strings.ToLower(bare)
		param := at && (params[bare] || !strings.Contains(bare, "-") || !isTag(lower))
		ok = ok && (param || isTag(lower))
		if ok && l.indent > 0 && len(list) > 0 && !param {
			ok = r.indented(&list[len(list)-1], lower, l)
		}
		if !ok {
			if len(list) == 0 {
				preamble = append(preamble, l)
			} else {
				list[len(list)-1].lines = append(list[len(list)-1].lines, l)
			}
			continue
		}
		if !param && bare != lower && (lists[lower] || strings.Contains(lower, "-") || lower == "contexts") {
			r.tagCase(bare, l)
		}
		s := section{name: lower, at: param, raw: name, line: l, tagOff: l.off + l.indent}
		if param {
			s.name = bare
		}
		s.head = strings.TrimSpace(rest)
		s.off = l.off + len(l.text) - len(strings.TrimLeft(rest, " \t"))
		list = append(list, s)
	}
	return preamble, list
}

// indented decides whether an indented tag starts a section of its own, as
// kernel-doc has it, or is a sub-tag of an older notation.
func (r *reader) indented(in *section, name string, l line) bool {
	block := lists[in.name] && !in.at || in.name == "return" && in.head == ""
	if !block {
		return true
	}
	_, rest, _ := cutTag(l.text)
	rest = strings.TrimSpace(rest)
	switch {
	case in.name == "signal" && name == "error" && !errorHead(rest):
		if r.api.Notation == specmodel.NotationDocC {
			pos := r.lines.Pos(l.off+l.indent, l.off+l.indent+len(name))
			r.problem(pos, "indented-tag", specmodel.Odd, "error: starts a new section although it is indented; write errno: in a signal").Fix =
				r.change(pos, "errno")
		}
		return false // renamed to errno: later
	case in.name == "param" && name == "constraint" && r.api.Notation == specmodel.NotationDocB:
		return false // renamed to cdesc: later
	}
	pos := r.lines.Pos(l.off+l.indent, l.off+l.indent+len(name))
	switch want := unclash[in.name+" "+name]; {
	case want != "":
		p := r.problem(pos, "indented-tag", specmodel.Odd, "%s: starts a new section although it is indented; write %s: in a %s", name, want, in.name)
		if name != "error" { // its text is not that of an errno:
			p.Fix = r.change(pos, want)
		}
	case l.indent > in.line.indent && !flat[name]:
		r.problem(pos, "indented-tag", specmodel.Odd, "%s: starts a new section although it is indented; remove its indent, or its colon if it is text", name)
	}
	return true
}

// unclash maps a sub-tag that is also the name of a section to the sub-tag
// that a block has for it.
var unclash = map[string]string{"signal error": "errno", "param constraint": "cdesc", "param description": "desc"}

// notation tells the generation of a comment by what stands in it: flat tags
// are the first; contexts: came with the short tokens of the third, which may
// still use KAPI_ names.
func (c *comment) notation() string {
	n, short := specmodel.NotationDocC, false
	for _, l := range c.lines {
		name, rest, ok := cutTag(l.text)
		lower := strings.ToLower(strings.TrimPrefix(name, "@"))
		switch {
		case !ok:
		case flat[lower] && !strings.HasPrefix(lower, "struct-"): // those stand in all generations
			return specmodel.NotationDocA
		case lower == "contexts":
			short = true
		case strings.Contains(rest, "KAPI_"):
			n = specmodel.NotationDocB
		}
	}
	if short {
		return specmodel.NotationDocC
	}
	return n
}

// subject is the parameter that a section is about, or "".
func (s *section) subject() string {
	switch {
	case s.at:
		return s.name
	case s.name == "param" || strings.HasPrefix(s.name, "param-"):
		name, _, _ := strings.Cut(s.head, ",")
		return strings.TrimSpace(name)
	}
	return ""
}

// comments calls f for every comment of several lines, and lets it look at
// what follows.
func comments(src []byte, f func(c comment, after ctext.Scanner)) {
	s := ctext.Scanner{Src: src}
	for {
		t := s.Next()
		switch {
		case t.Kind == ctext.EOF:
			return
		case t.Kind != ctext.Comment || t.End-t.Off <= 4:
		case bytes.HasPrefix(src[t.Off:t.End], []byte("/**")):
			f(splitComment(src, t.Off, t.End), s)
		case bytes.HasPrefix(src[t.Off:t.End], []byte("/*")) && bytes.IndexByte(src[t.Off:t.End], '\n') > 0:
			c := splitComment(src, t.Off, t.End)
			c.plain = true
			f(c, s)
		}
	}
}
