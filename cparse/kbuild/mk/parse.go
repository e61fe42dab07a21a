// SPDX-License-Identifier: GPL-2.0-only

package mk

import (
	"strings"
)

// File is a makefile cut into statements. It is immutable and may be evaluated
// any number of times.
type File struct {
	Name  string
	stmts []stmt
}

type stmtKind uint8

const (
	stText    stmtKind = iota // anything else: expanded, and a rule if a colon comes out
	stRule                    // text has a colon outside references
	stRecipe                  // text is one line of a recipe
	stAssign                  // name op text, with modifiers
	stCond                    // arms
	stInclude                 // text
	stExport                  // text, names
	stUnexport
	stUndefine
)

type stmt struct {
	kind stmtKind
	mods modifier
	op   string // =, :=, +=, ?=, !=
	name string // of the variable, unexpanded
	text string
	arms []arm
}

type modifier uint8

const (
	modOverride modifier = 1 << iota
	modExport
)

// arm is one branch of a conditional; a nil test is else.
type arm struct {
	test *test
	body []stmt
}

type test struct {
	negate bool
	def    bool // ifdef a
	a, b   string
}

// Parse cuts text into statements. It takes any text: what GNU make would
// refuse, such as an endif too many, is read as well as can be.
func Parse(name string, text []byte) *File {
	p := parser{text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	body, _ := p.block(0)
	for p.pos < len(p.text) { // after an else or endif without an if
		more, _ := p.block(0)
		body = append(body, more...)
	}
	return &File{Name: name, stmts: body}
}

// maxNesting bounds how deep conditionals may stand in each other.
const maxNesting = 100

type parser struct {
	text   string
	pos    int
	inRule bool // a line that starts with a tab is a recipe
}

// raw returns the next line and, joined with \n, those that it continues with
// a backslash.
func (p *parser) raw() string {
	start := p.pos
	for {
		n := strings.IndexByte(p.text[p.pos:], '\n')
		if n < 0 {
			p.pos = len(p.text)
			return p.text[start:]
		}
		end := p.pos + n
		p.pos = end + 1
		slashes := 0
		for slashes < n && p.text[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return p.text[start:end]
		}
	}
}

// logical turns a raw line into what make reads outside recipes: continuations
// joined and the comment taken off.
func logical(raw string) string {
	if strings.IndexByte(raw, '\n') >= 0 {
		lines := strings.Split(raw, "\n")
		var b strings.Builder
		for i, l := range lines {
			if i > 0 {
				l = strings.TrimLeft(l, " \t")
			}
			if i < len(lines)-1 {
				l = strings.TrimRight(strings.TrimSuffix(l, `\`), " \t") + " "
			} else {
				l = strings.TrimSuffix(l, `\`)
			}
			b.WriteString(l)
		}
		raw = b.String()
	}
	i := strings.IndexByte(raw, '#')
	if i < 0 {
		return raw
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(raw, '#') {
		slashes := 0
		for slashes < i && raw[i-1-slashes] == '\\' {
			slashes++
		}
		b.WriteString(raw[:i-slashes])
		b.WriteString(strings.Repeat(`\`, slashes/2))
		if slashes%2 == 0 {
			return b.String()
		}
		b.WriteByte('#')
		raw = raw[i+1:]
	}
	b.WriteString(raw)
	return b.String()
}

type stop uint8

const (
	stopEOF stop = iota
	stopElse
	stopEndif
)

// block reads statements up to the end of the text or the else or endif that
// ends it. After an else, p.pos stands before its line.
func (p *parser) block(depth int) (body []stmt, end stop) {
	for p.pos < len(p.text) {
		start := p.pos
		raw := p.raw()
		if p.inRule && strings.HasPrefix(raw, "\t") {
			body = append(body, stmt{kind: stRecipe, text: raw[1:]})
			continue
		}
		line := strings.TrimSpace(logical(raw))
		if line == "" {
			continue
		}
		word, rest := cutWord(line)
		switch word {
		case "ifeq", "ifneq", "ifdef", "ifndef":
			if t := parseTest(word, rest); t != nil && depth < maxNesting {
				body = append(body, p.cond(t, depth+1))
				continue
			}
		case "else":
			p.pos = start
			if depth == 0 {
				p.raw()
			}
			return body, stopElse
		case "endif":
			return body, stopEndif
		}
		body = append(body, p.line(line)...)
	}
	return body, stopEOF
}

func (p *parser) cond(t *test, depth int) stmt {
	s := stmt{kind: stCond}
	for {
		body, end := p.block(depth)
		s.arms = append(s.arms, arm{t, body})
		if end != stopElse {
			return s
		}
		_, rest := cutWord(strings.TrimSpace(logical(p.raw())))
		word, rest := cutWord(rest)
		if t = parseTest(word, rest); t != nil {
			continue
		}
		body, end = p.block(depth)
		s.arms = append(s.arms, arm{nil, body})
		for end == stopElse { // a second else: nothing of it is reached
			p.raw()
			_, end = p.block(depth)
		}
		return s
	}
}

func parseTest(word, rest string) *test {
	t := &test{negate: word == "ifneq" || word == "ifndef"}
	switch word {
	case "ifdef", "ifndef":
		t.def, t.a = true, rest
		return t
	case "ifeq", "ifneq":
	default:
		return nil
	}
	if rest == "" {
		return nil
	}
	if rest[0] == '(' {
		i := topLevel(rest[1:], ",")
		if i < 0 {
			return nil
		}
		t.a = strings.TrimRight(rest[1:1+i], " \t")
		b := rest[2+i:]
		if j := closing(b, '(', ')'); j >= 0 {
			b = b[:j]
		}
		t.b = strings.TrimLeft(b, " \t")
		return t
	}
	var ok bool
	if t.a, rest, ok = cutQuoted(rest); !ok {
		return nil
	}
	if t.b, _, ok = cutQuoted(strings.TrimLeft(rest, " \t")); !ok {
		return nil
	}
	return t
}

func cutQuoted(s string) (in, rest string, ok bool) {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return "", "", false
	}
	in, rest, ok = strings.Cut(s[1:], s[:1])
	return in, rest, ok
}

// line reads one logical line that is no conditional.
func (p *parser) line(line string) []stmt {
	mods, rest := modifiers(line)
	word, after := cutWord(rest)
	switch word {
	case "define":
		return []stmt{p.define(mods, after)}
	case "undefine":
		p.inRule = false
		return []stmt{{kind: stUndefine, text: after, mods: mods}}
	case "include", "-include", "sinclude":
		if _, op, _ := cutAssign(rest); op == "" {
			p.inRule = false
			return []stmt{{kind: stInclude, text: after}}
		}
	case "unexport":
		p.inRule = false
		return []stmt{{kind: stUnexport, text: after}}
	case "vpath", "load", "-load":
		p.inRule = false
		return nil
	}
	if name, op, value := cutAssign(rest); op != "" {
		p.inRule = false
		return []stmt{{kind: stAssign, mods: mods, name: name, op: op, text: value}}
	}
	if mods&modExport != 0 {
		p.inRule = false
		return []stmt{{kind: stExport, text: rest}}
	}
	if topLevel(line, ":") >= 0 {
		p.inRule = true
		rule, recipe := line, ""
		if i := topLevel(line, ";"); i >= 0 {
			rule, recipe = line[:i], line[i+1:]
		}
		out := []stmt{{kind: stRule, text: rule}}
		if strings.TrimSpace(recipe) != "" {
			out = append(out, stmt{kind: stRecipe, text: recipe})
		}
		return out
	}
	p.inRule = false
	return []stmt{{kind: stText, text: line}}
}

// define reads the lines of a multi-line variable. rest is what follows the
// word define.
func (p *parser) define(mods modifier, rest string) stmt {
	p.inRule = false
	name, op, _ := cutAssign(rest)
	if op == "" {
		name, op = strings.TrimSpace(rest), "="
	}
	var lines []string
	for depth := 1; p.pos < len(p.text); {
		raw := p.raw()
		word, _ := cutWord(strings.TrimLeft(raw, " \t"))
		switch word {
		case "define":
			depth++
		case "endef":
			depth--
		}
		if depth == 0 {
			break
		}
		if strings.IndexByte(raw, '\n') >= 0 {
			raw = joinContinued(raw)
		}
		lines = append(lines, raw)
	}
	return stmt{kind: stAssign, mods: mods, name: name, op: op, text: strings.Join(lines, "\n")}
}

func joinContinued(raw string) string {
	parts := strings.Split(raw, "\n")
	for i := range parts {
		if i > 0 {
			parts[i] = strings.TrimLeft(parts[i], " \t")
		}
		if i < len(parts)-1 {
			parts[i] = strings.TrimRight(strings.TrimSuffix(parts[i], `\`), " \t")
		}
	}
	return strings.Join(parts, " ")
}

// modifiers takes override, export and private off the front of a line, unless
// the word is itself the variable that is assigned.
func modifiers(line string) (mods modifier, rest string) {
	for {
		word, after := cutWord(line)
		var m modifier
		switch word {
		case "override":
			m = modOverride
		case "export":
			m = modExport
		case "private":
		default:
			return mods, line
		}
		if name, op, _ := cutAssign(line); op != "" && name == word {
			return mods, line
		}
		mods |= m
		line = after
	}
}

// cutAssign splits "name op value". op is "" if the line is no assignment.
// ::= and :::= are given as :=.
func cutAssign(line string) (name, op, value string) {
	i := 0
	for i < len(line) {
		c := line[i]
		if c == '$' && i+1 < len(line) {
			i += refLen(line[i:])
			continue
		}
		if c == ' ' || c == '\t' || c == '=' || c == ':' || c == '#' {
			break
		}
		if (c == '+' || c == '?' || c == '!') && i+1 < len(line) && line[i+1] == '=' {
			break
		}
		i++
	}
	name = line[:i]
	rest := strings.TrimLeft(line[i:], " \t")
	for _, o := range assignOps {
		if v, ok := strings.CutPrefix(rest, o); ok && name != "" {
			if o == "::=" || o == ":::=" {
				o = ":="
			}
			return name, o, strings.TrimLeft(v, " \t")
		}
	}
	return "", "", ""
}

var assignOps = []string{"=", ":=", "+=", "?=", "!=", "::=", ":::="}

func cutWord(s string) (word, rest string) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], " \t")
}

// refLen returns the length of the reference that s, which starts with $,
// starts with.
func refLen(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '(':
		if n := closing(s[2:], '(', ')'); n >= 0 {
			return n + 3
		}
		return len(s)
	case '{':
		if n := closing(s[2:], '{', '}'); n >= 0 {
			return n + 3
		}
		return len(s)
	}
	return 2
}

// closing returns the place in s of the bracket that closes one opened before
// it, or -1.
func closing(s string, open, shut byte) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// topLevel returns the place of the first byte of s that is in set and outside
// references, or -1.
func topLevel(s, set string) int {
	for i := 0; i < len(s); {
		if s[i] == '$' {
			i += refLen(s[i:])
			continue
		}
		if strings.IndexByte(set, s[i]) >= 0 {
			return i
		}
		i++
	}
	return -1
}
