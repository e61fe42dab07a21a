// SPDX-License-Identifier: GPL-2.0-only

// Package defs finds the definitions in a C file by reading its bytes, without
// preprocessing it.
//
// The model. Outside all braces a file is a list of items, each ended by a
// semicolon or by the closing brace of a body. An item with a parameter list
// and then a brace defines a function; one with an equals sign defines an
// object. Lines that start with # are skipped, but at #else the reader goes
// back to where it was at the #if, so that branches which open a brace each do
// not add up, and both branches count. A closing brace in the first column
// ends everything that is open.
//
// # Limits
//
// A function whose name a macro makes up is found only for the SYSCALL_DEFINE
// family. Old-style parameter lists are not understood. Static objects and
// objects without an initializer are left out.
package defs

import (
	"bytes"
	"strings"
)

// Kind says what a Def defines.
type Kind uint8

// The kinds of definition. A Syscall is written SYSCALL_DEFINEn(name, ...) or
// COMPAT_SYSCALL_DEFINEn(name, ...); its Name is sys_name or compat_sys_name.
const (
	Func Kind = iota
	Syscall
	Object
)

// Def is one definition.
type Def struct {
	Name   string
	Line   int // from 1; that of the name
	Kind   Kind
	Static bool
	Weak   bool
}

// File is what a C file defines, in order, and which C files it includes, as
// spelled between quotes.
type File struct {
	Defs     []Def
	Includes []string
}

// Scan reads a C file. It takes any bytes.
func Scan(text []byte) File {
	s := scanner{text: text, line: 1}
	s.run()
	return s.out
}

// word is an identifier of the item, outside parentheses and brackets.
type word struct {
	start, end int
	afterParen bool // it follows a closing parenthesis
	group      int  // index of the parenthesized group that follows it, or -1
}

// group is a parenthesized part of an item, without the parentheses.
type group struct{ start, end int }

// item is what has been read of a declaration.
type item struct {
	words   []word
	groups  []group
	bracket int  // words before the first [ since the start or a comma; 0 if none
	first   int  // words before the current declarator's
	init    bool // an equals sign has been seen in this declarator
	assign  bool // an equals sign has been seen at all
	closed  bool // the last token is a closing parenthesis
}

// saved is the state at an #if.
type saved struct {
	depth       int
	nwords, ngr int
	it          item
}

// maxConds bounds how many #if are remembered.
const maxConds = 200

// maxWords bounds the words of one item. More are found only in text that is
// not C.
const maxWords = 512

type scanner struct {
	text  []byte
	pos   int
	depth int // open braces
	it    item
	conds []saved
	out   File

	line, linePos int // line number of linePos
}

type class uint8

const (
	clPlain class = iota
	clSpace
	clIdent
	clSpecial
)

var classes = func() (t [256]class) {
	for c := range t {
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			t[c] = clSpace
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80:
			t[c] = clIdent
		case strings.IndexByte("{}\"'/#()[];=,", byte(c)) >= 0:
			t[c] = clSpecial
		}
	}
	return t
}()

// inBody marks the bytes that matter inside braces.
var inBody = func() (t [256]bool) {
	for _, c := range "{}\"'/#" {
		t[c] = true
	}
	return t
}()

func (s *scanner) run() {
	for s.pos < len(s.text) {
		if s.depth > 0 {
			s.body()
			continue
		}
		c := s.text[s.pos]
		switch classes[c] {
		case clIdent:
			s.ident()
		case clSpecial:
			s.special(c)
		default:
			if c == '*' {
				s.it.closed = false
			}
			s.pos++
		}
	}
}

// body skips up to the brace that closes the outermost open one.
func (s *scanner) body() {
	text := s.text
	for s.pos < len(text) {
		for !inBody[text[s.pos]] {
			if s.pos++; s.pos == len(text) {
				return
			}
		}
		switch text[s.pos] {
		case '{':
			s.depth++
			s.pos++
		case '}':
			if s.pos == 0 || text[s.pos-1] == '\n' {
				s.depth = 1
			}
			s.depth--
			s.pos++
			if s.depth == 0 {
				s.closeBrace()
				return
			}
		default:
			if s.skip(text[s.pos]); s.depth == 0 {
				return
			}
		}
	}
}

// closeBrace ends an item after a body. A type or an initializer goes on to
// its semicolon.
func (s *scanner) closeBrace() {
	if !s.it.assign && !s.isType() {
		s.reset()
	}
	s.it.closed = false
}

// skip passes a comment, literal or directive that starts with c, or c itself.
func (s *scanner) skip(c byte) {
	switch c {
	case '"', '\'':
		s.literal(c)
	case '/':
		s.comment()
	case '#':
		s.directive()
	default:
		s.pos++
	}
}

func (s *scanner) literal(quote byte) {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case '\n': // not closed: an apostrophe in text that is switched off
			return
		case quote:
			s.pos++
			return
		}
	}
	s.pos = len(s.text)
}

func (s *scanner) comment() {
	rest := s.text[s.pos:]
	n := 1
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		n = lineEnd(rest)
	case bytes.HasPrefix(rest, []byte("/*")):
		if n = bytes.Index(rest[2:], []byte("*/")); n < 0 {
			n = len(rest)
		} else {
			n += 4
		}
	}
	s.pos += n
}

// lineEnd returns the length of the logical line that text starts with,
// without its newline.
func lineEnd(text []byte) int {
	at := 0
	for {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			return len(text)
		}
		at += n
		if at > 0 && text[at-1] == '\\' || at > 1 && text[at-1] == '\r' && text[at-2] == '\\' {
			at++
			continue
		}
		return at
	}
}

// directive passes a line that starts with #.
func (s *scanner) directive() {
	for i := s.pos - 1; i >= 0 && s.text[i] != '\n'; i-- {
		if classes[s.text[i]] != clSpace {
			if i > 0 && s.text[i] == '/' && s.text[i-1] == '*' {
				break // after a comment
			}
			s.pos++ // not at the start of a line
			return
		}
	}
	rest := s.text[s.pos:]
	line := rest[:lineEnd(rest)]
	s.pos += len(line)
	if open := bytes.LastIndex(line, []byte("/*")); open > 0 && !bytes.Contains(line[open:], []byte("*/")) && !bytes.Contains(line, []byte("//")) {
		// The comment goes on in the next line.
		s.pos -= len(line) - open
		s.comment()
	}
	line = bytes.TrimLeft(line[1:], " \t")
	n := 0
	for n < len(line) && classes[line[n]] == clIdent {
		n++
	}
	switch string(line[:n]) {
	case "if", "ifdef", "ifndef":
		if len(s.conds) < maxConds {
			s.conds = append(s.conds, s.save())
		}
	case "else", "elif", "elifdef", "elifndef":
		if k := len(s.conds); k > 0 {
			s.restore(s.conds[k-1])
		}
	case "endif":
		if k := len(s.conds); k > 0 {
			s.conds = s.conds[:k-1]
		}
	case "include":
		name := bytes.TrimLeft(line[n:], " \t")
		if len(name) > 1 && name[0] == '"' {
			if end := bytes.IndexByte(name[1:], '"'); end > 0 && bytes.HasSuffix(name[:1+end], []byte(".c")) {
				s.out.Includes = append(s.out.Includes, string(name[1:1+end]))
			}
		}
	}
}

func (s *scanner) save() saved {
	return saved{s.depth, len(s.it.words), len(s.it.groups), s.it}
}

// restore goes back to the state at an #if. The item's words from before it
// are still there unless the item has ended since; then a new one begins.
func (s *scanner) restore(b saved) {
	s.depth = b.depth
	if len(s.it.words) < b.nwords || len(s.it.groups) < b.ngr {
		s.reset()
		return
	}
	words, groups := s.it.words[:b.nwords], s.it.groups[:b.ngr]
	s.it = b.it
	s.it.words, s.it.groups = words, groups
}

func (s *scanner) reset() {
	s.it = item{words: s.it.words[:0], groups: s.it.groups[:0]}
}

func (s *scanner) ident() {
	start := s.pos
	for s.pos < len(s.text) && classes[s.text[s.pos]] == clIdent {
		s.pos++
	}
	if s.it.init || len(s.it.words) >= maxWords {
		return
	}
	s.it.words = append(s.it.words, word{start, s.pos, s.it.closed, -1})
	s.it.closed = false
}

func (s *scanner) special(c byte) {
	it := &s.it
	switch c {
	case '(':
		s.parens()
	case '[':
		if it.bracket == 0 && !it.init {
			it.bracket = len(it.words)
		}
		s.brackets()
	case '=':
		if !it.init {
			s.object()
		}
		it.init, it.assign = true, true
		s.pos++
	case ',':
		it.init, it.bracket, it.first = false, 0, len(it.words)
		s.pos++
	case ';':
		s.reset()
		s.pos++
	case '{':
		if !it.assign && !s.isType() {
			s.function()
		}
		s.depth++
		s.pos++
	case '}', ')', ']':
		s.pos++
	default:
		s.skip(c)
	}
}

// parens reads a parenthesized group.
func (s *scanner) parens() {
	start := s.pos + 1
	end := s.nested('(', ')')
	it := &s.it
	if it.init || len(it.groups) >= maxWords {
		return
	}
	if n := len(it.words); n > 0 && it.words[n-1].group < 0 && !it.closed {
		it.words[n-1].group = len(it.groups)
	}
	it.groups = append(it.groups, group{start, end})
	it.closed = true
}

func (s *scanner) brackets() { s.nested('[', ']') }

// nested passes everything up to the bracket that closes the one at s.pos, and
// returns the place of it. An open brace or a directive inside is passed like
// any byte; a line that starts with } ends an unbalanced group.
func (s *scanner) nested(open, shut byte) int {
	depth := 0
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case open:
			depth++
			s.pos++
		case shut:
			depth--
			s.pos++
			if depth == 0 {
				return s.pos - 1
			}
		case '}':
			if s.pos > 0 && s.text[s.pos-1] == '\n' {
				s.reset()
				return s.pos
			}
			s.pos++
		case '"', '\'', '/':
			s.skip(c)
		case '#':
			n := len(s.conds)
			s.inGroup(n)
		default:
			s.pos++
		}
	}
	return s.pos
}

// inGroup passes a directive inside a group without going back at #else.
func (s *scanner) inGroup(n int) {
	conds := s.conds
	s.conds = nil
	s.directive()
	s.conds = conds[:n]
}

func (s *scanner) str(w word) string { return string(s.text[w.start:w.end]) }

// isType reports whether the brace at hand opens a struct, union or enum.
func (s *scanner) isType() bool {
	w := s.it.words
	for i := len(w) - 1; i >= 0; i-- {
		switch s.str(w[i]) {
		case "struct", "union", "enum":
			// struct name __packed {, but not struct name *f(int a) {
			for _, x := range w[i+1:] {
				if x.group >= 0 && s.isParams(s.it.groups[x.group]) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// function records the function whose body opens at s.pos.
func (s *scanner) function() {
	it := &s.it
	d := Def{Kind: Func}
	var name word
	found := false
	for _, w := range it.words {
		switch id := s.str(w); {
		case id == "static":
			d.Static = true
		case id == "__weak":
			d.Weak = true
		case id == "__attribute__" && w.group >= 0:
			d.Weak = d.Weak || bytes.Contains(s.groupText(w.group), []byte("weak"))
		case found || w.group < 0:
		default:
			if prefix, ok := syscallPrefix(id); ok {
				if arg := firstArg(s.groupText(w.group)); arg != "" {
					d.Name, d.Kind = prefix+arg, Syscall
					name, found = w, true
				}
			} else if s.isParams(it.groups[w.group]) && w.end > w.start && !digit(id[0]) {
				d.Name = id
				name, found = w, true
			}
		}
	}
	if !found {
		return
	}
	d.Line = s.lineOf(name.start)
	s.out.Defs = append(s.out.Defs, d)
}

// object records the object whose initializer begins at s.pos.
func (s *scanner) object() {
	it := &s.it
	n := len(it.words)
	if it.bracket > it.first {
		n = it.bracket
	}
	d := Def{Kind: Object}
	for _, w := range it.words {
		switch s.str(w) {
		case "static", "typedef":
			return
		case "__weak":
			d.Weak = true
		}
	}
	for n > it.first && (it.words[n-1].group >= 0 || attribute(s.str(it.words[n-1]))) {
		n--
	}
	// The name follows a type, or the comma after the declarator before it.
	if n == it.first || n < 2 && it.first == 0 {
		return
	}
	w := it.words[n-1]
	if d.Name = s.str(w); digit(d.Name[0]) {
		return
	}
	d.Line = s.lineOf(w.start)
	s.out.Defs = append(s.out.Defs, d)
}

// attribute reports whether an identifier between the name of an object and
// its initializer is a macro for where the object lives or how it is aligned.
func attribute(id string) bool {
	if !strings.HasPrefix(id, "__") {
		return false
	}
	for _, end := range []string{"data", "const", "aligned", "aligned_in_smp", "mostly", "init", "used", "unused", "weak", "percpu", "rcu", "user", "visible", "layout", "decrypted", "entropy", "iomem", "packed"} {
		if strings.HasSuffix(id, end) {
			return true
		}
	}
	return false
}

func (s *scanner) groupText(i int) []byte {
	g := s.it.groups[i]
	return s.text[g.start:max(g.start, g.end)]
}

// syscallPrefix returns what the first argument of a macro that defines a
// system call is prefixed with.
func syscallPrefix(id string) (string, bool) {
	name, compat := strings.CutPrefix(id, "COMPAT_")
	if n, ok := strings.CutPrefix(id, "SYSCALL32_"); ok { // stands for the compat one where there is one
		name, compat = "SYSCALL_"+n, true
	}
	rest, ok := strings.CutPrefix(name, "SYSCALL_DEFINE")
	rest = strings.TrimPrefix(rest, "_MAY")
	if !ok || len(rest) != 1 || !digit(rest[0]) {
		return "", false
	}
	if compat {
		return "compat_sys_", true
	}
	return "sys_", true
}

func firstArg(text []byte) string {
	arg, _, _ := bytes.Cut(text, []byte(","))
	arg = bytes.TrimSpace(arg)
	for _, c := range arg {
		if classes[c] != clIdent {
			return ""
		}
	}
	return string(arg)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// isParams reports whether a group can be the parameter list of a definition:
// it is empty or void, or its first parameter has a type and a name. The
// arguments of attributes, and of macros that make up a function, do not.
func (s *scanner) isParams(g group) bool {
	text := s.text[g.start:max(g.start, g.end)]
	words, last := 0, ""
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case classes[c] == clIdent:
			start := i
			for i < len(text) && classes[text[i]] == clIdent {
				i++
			}
			if digit(c) {
				return false
			}
			if words++; words > 1 {
				return true
			}
			last = string(text[start:i])
		case classes[c] == clSpace:
			i++
		case c == '*':
			return words > 0
		case c == '(': // a pointer to a function: int (*f)(void)
			rest := bytes.TrimLeft(text[i+1:], " \t\n")
			return words > 0 && len(rest) > 0 && rest[0] == '*'
		case c == '#':
			i += lineEnd(text[i:])
		case bytes.HasPrefix(text[i:], []byte("/*")):
			n := bytes.Index(text[i+2:], []byte("*/"))
			if n < 0 {
				return false
			}
			i += n + 4
		case bytes.HasPrefix(text[i:], []byte("//")):
			i += lineEnd(text[i:])
		default:
			return false
		}
	}
	return words == 0 || last == "void"
}

// lineOf returns the line of a place that is not before the last one asked for.
func (s *scanner) lineOf(pos int) int {
	if pos > s.linePos {
		s.line += bytes.Count(s.text[s.linePos:pos], []byte("\n"))
		s.linePos = pos
	}
	return s.line
}
