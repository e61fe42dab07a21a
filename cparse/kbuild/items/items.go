// SPDX-License-Identifier: GPL-2.0-only

// Package items splits a C file into what it declares, by reading its bytes, and
// says which names each declaration uses.
//
// The model. A file is a list of items: functions, macros, types, objects. An
// item is known by its name and by a sum over its tokens, so that two versions
// of a file can be compared item by item: comments, spaces and places do not
// count, the conditions around an item (#if) do. What it uses is every
// identifier in it, locals included. A member has a dot in front: .f_op.
//
// # Limits
//
// Nothing is preprocessed: an item counts in both branches of an #if, a name
// that a macro makes up is not seen, and a use is one by name alone.
package items

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"

	"kapilint/cparse/kbuild/defs"
)

// Kind says what an Item is.
type Kind uint8

// The kinds of items. An Other is a declaration, or a line that some macro makes
// something of.
const (
	Other Kind = iota
	Func
	Syscall // its name is sys_NAME or compat_sys_NAME
	Macro
	Type
	Object
)

// Item is a part of a file.
type Item struct {
	Kind      Kind
	Static    bool
	Enum      bool   // a type whose parts are constants
	Name      string // "" where it has none; of a type the tag
	Line, End int    // the first and the last line, from 1
	Sum       uint64 // over the tokens
	Uses      []int32
	Parts     []Part // of a type
}

// Part is a member of a struct or union, or a constant of an enum.
type Part struct {
	Name string
	Sum  uint64
}

// File is a file in items.
type File struct {
	Words []string // that items use
	Items []Item   // in order
}

// The sums of one process can be compared with each other.
var seed = maphash.MakeSeed()

// Scan reads a file. It takes any bytes.
func Scan(text []byte) *File {
	s := &scanner{text: text, line: 1, out: &File{}, words: map[string]int32{}, start: true}
	s.run()
	name(s.out.Items, defs.Scan(text).Defs)
	return s.out
}

// name gives functions and objects the names that defs finds.
func name(items []Item, found []defs.Def) {
	at := 0
	for i := range items {
		it := &items[i]
		if it.Kind != Other && it.Kind != Object && it.Kind != Func {
			continue
		}
		for at < len(found) && found[at].Line < it.Line {
			at++
		}
		for at < len(found) && found[at].Line <= it.End {
			d := found[at]
			at++
			it.Name, it.Static = d.Name, d.Static
			switch d.Kind {
			case defs.Func:
				it.Kind = Func
			case defs.Syscall:
				it.Kind = Syscall
			default:
				it.Kind = Object
			}
		}
	}
}

// maxConds bounds how many #if are remembered.
const maxConds = 200

// cond is the state at an #if.
type cond struct {
	depth int
	sum   uint64
}

// scanner reads one file.
type scanner struct {
	text  []byte
	pos   int
	line  int
	start bool // nothing but space since the line began
	out   *File
	words map[string]int32
	conds []cond

	open  bool // an item has begun
	depth int  // open brackets of all kinds
	it    Item
	sum   maphash.Hash
	seen  map[int32]bool
	head  []string // words outside brackets, the first few
	body  bool     // a brace was opened, not after an equals sign
	call  bool     // a parenthesis was opened before that
	after bool     // the last token is . or ->: what follows is a member
	init  bool     // an equals sign outside brackets
	part  part
}

// part is the member or constant being read.
type part struct {
	sum     maphash.Hash
	name    string
	named   bool // no later word is the name
	nonzero bool
}

const maxHead = 8

func (s *scanner) run() {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '\n':
			s.line++
			s.pos++
			s.start = true
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\\':
			s.pos++
			continue
		case c == '/' && s.comment():
			continue
		case c == '#' && s.start:
			s.directive()
			continue
		case isWord(c):
			s.token(s.word())
		case c == '"' || c == '\'':
			s.token(s.literal(c))
		default:
			s.punct(c)
		}
		s.start = false
	}
	s.finish()
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

func (s *scanner) word() []byte {
	start := s.pos
	for s.pos < len(s.text) && isWord(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

// comment passes a comment, if one starts here.
func (s *scanner) comment() bool {
	rest := s.text[s.pos:]
	n := 0
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		n = bytes.IndexByte(rest, '\n')
	case bytes.HasPrefix(rest, []byte("/*")):
		if n = bytes.Index(rest[2:], []byte("*/")); n >= 0 {
			n += 4
		}
	default:
		return false
	}
	if n < 0 {
		n = len(rest)
	}
	s.line += bytes.Count(rest[:n], []byte("\n"))
	s.pos += n
	return true
}

func (s *scanner) literal(quote byte) []byte {
	start := s.pos
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			if s.pos++; s.pos < len(s.text) && s.text[s.pos] == '\n' {
				s.line++
			}
		case '\n': // not closed
			return s.text[start:s.pos]
		case quote:
			s.pos++
			return s.text[start:s.pos]
		}
	}
	s.pos = len(s.text)
	return s.text[start:]
}

// begin starts an item where none has begun.
func (s *scanner) begin(line int) {
	if s.open {
		return
	}
	s.open, s.depth, s.body, s.init, s.call, s.after = true, 0, false, false, false, false
	s.it = Item{Line: line}
	s.head = s.head[:0]
	s.sum.SetSeed(seed)
	s.sum.Reset()
	for _, c := range s.conds {
		maphash.WriteComparable(&s.sum, c.sum)
	}
	s.seen = map[int32]bool{}
	s.newPart()
}

func (s *scanner) newPart() {
	s.part = part{}
	s.part.sum.SetSeed(seed)
}

// token takes a word or a literal.
func (s *scanner) token(t []byte) {
	s.begin(s.line)
	s.write(t)
	c := t[0]
	if !isWord(c) || c >= '0' && c <= '9' {
		return
	}
	member := s.after
	s.after = false
	s.use(t, member)
	if s.depth == 0 && !s.body && !s.init && len(s.head) < maxHead {
		s.head = append(s.head, string(t))
	}
	if s.depth > 0 && !s.part.named {
		s.part.name = string(t)
	}
}

func (s *scanner) write(t []byte) {
	s.sum.Write(t)
	s.sum.WriteByte(0)
	s.part.sum.Write(t)
	s.part.sum.WriteByte(0)
	s.part.nonzero = true
}

func (s *scanner) use(t []byte, member bool) {
	w := string(t)
	if member {
		w = "." + w
	}
	i, ok := s.words[w]
	if !ok {
		i = int32(len(s.out.Words))
		s.words[w] = i
		s.out.Words = append(s.out.Words, w)
	}
	if !s.seen[i] {
		s.seen[i] = true
		s.it.Uses = append(s.it.Uses, i)
	}
}

func (s *scanner) punct(c byte) {
	s.begin(s.line)
	column := s.pos
	s.pos++
	s.after = c == '.' || c == '>' && column > 0 && s.text[column-1] == '-'
	switch c {
	case '{':
		if s.depth == 0 && !s.init {
			s.body = true
			s.newPart()
		} else {
			s.write([]byte{c})
		}
		s.sum.WriteByte(c)
		s.depth++
	case '(', '[':
		s.write([]byte{c})
		s.part.named = s.part.named || c == '['
		s.call = s.call || c == '(' && s.depth == 0 && !s.body
		s.depth++
	case ')', ']', '}':
		s.depth--
		if c == '}' && (column == 0 || s.text[column-1] == '\n') || s.depth < 0 {
			s.depth = 0
		}
		if s.depth == 0 && c == '}' {
			s.endPart()
		}
		s.write([]byte{c})
		if s.depth == 0 && c == '}' && s.body && !s.init && !s.isType() {
			s.it.Kind = Func
			s.finish()
		}
	case ';', ',':
		if s.body && s.depth == 1 && s.isType() && (c == ';' || s.enum()) {
			s.endPart()
			s.sum.WriteByte(c)
			break
		}
		s.write([]byte{c})
		if c == ';' && s.depth == 0 {
			s.finish()
		}
	case '=', ':':
		s.write([]byte{c})
		s.part.named = s.part.named || s.depth > 0
		if s.depth == 0 && c == '=' {
			s.init = true
		}
	default:
		s.write([]byte{c})
	}
}

// isType tells whether the item's braces hold members or constants.
func (s *scanner) isType() bool {
	for _, w := range s.head {
		switch w {
		case "struct", "union", "enum":
			return !s.call
		case "typedef", "static", "const", "extern":
			continue
		}
		return false
	}
	return false
}

func (s *scanner) enum() bool { return slices.Contains(s.head, "enum") }

func (s *scanner) endPart() {
	if s.body && s.isType() && s.part.nonzero && s.part.name != "" {
		s.it.Parts = append(s.it.Parts, Part{s.part.name, s.part.sum.Sum64()})
	}
	s.newPart()
}

func (s *scanner) finish() {
	if !s.open {
		return
	}
	it := s.it
	it.End, it.Sum = s.line, s.sum.Sum64()
	it.Static = slices.Contains(s.head, "static")
	switch {
	case s.body && s.isType():
		it.Kind, it.Enum = Type, s.enum()
		for i, w := range s.head[:max(len(s.head)-1, 0)] {
			if w == "struct" || w == "union" || w == "enum" {
				it.Name = s.head[i+1]
				break
			}
		}
	case s.init:
		it.Kind = Object
		it.Name = s.objectName()
	}
	if it.Kind != Type {
		it.Parts = nil
	}
	s.out.Items = append(s.out.Items, it)
	s.open = false
}

// objectName is the word that the equals sign follows, brackets left out.
func (s *scanner) objectName() string {
	for i := len(s.head) - 1; i >= 0; i-- {
		if !strings.HasPrefix(s.head[i], "__") {
			return s.head[i]
		}
	}
	return ""
}

// directive reads a line that starts with #.
func (s *scanner) directive() {
	start, line := s.pos, s.line
	end := start
	for end < len(s.text) {
		n := bytes.IndexByte(s.text[end:], '\n')
		if n < 0 {
			end = len(s.text)
			break
		}
		end += n
		if !bytes.HasSuffix(bytes.TrimRight(s.text[start:end], "\r"), []byte("\\")) {
			break
		}
		end++
	}
	text := s.text[start:end]
	if o := bytes.LastIndex(text, []byte("/*")); o > 0 && !bytes.Contains(text[o:], []byte("*/")) {
		end = start + o // the comment goes on in the next line
		text = text[:o]
	}
	s.pos = end
	s.line += bytes.Count(text, []byte("\n"))
	sub := &scanner{text: text[1:], line: line, out: s.out, words: s.words}
	var words [][]byte
	sub.begin(line)
	for sub.pos < len(sub.text) && len(words) < 1<<16 {
		c := sub.text[sub.pos]
		switch {
		case c == '/' && sub.comment():
		case isWord(c):
			w := sub.word()
			words = append(words, w)
			sub.write(w)
			if len(words) > 2 && (c < '0' || c > '9') {
				sub.use(w, sub.after)
			}
			sub.after = false
		case c == ' ' || c == '\t' || c == '\\' || c == '\n' || c == '\r':
			sub.pos++
		case c == '"' || c == '\'':
			sub.write(sub.literal(c))
		default:
			sub.after = c == '.' || c == '>' && sub.pos > 0 && sub.text[sub.pos-1] == '-'
			sub.write([]byte{c})
			sub.pos++
		}
	}
	if len(words) == 0 {
		return
	}
	sum := sub.sum.Sum64()
	switch string(words[0]) {
	case "define":
		if len(words) > 1 {
			it := sub.it
			it.Kind, it.Name, it.Sum, it.End = Macro, string(words[1]), sum, s.line
			for _, c := range s.conds {
				it.Sum = it.Sum*31 + c.sum
			}
			s.out.Items = append(s.out.Items, it)
		}
		return
	case "if", "ifdef", "ifndef":
		if len(s.conds) < maxConds {
			s.conds = append(s.conds, cond{s.depth, sum})
		}
	case "else", "elif", "elifdef", "elifndef":
		if k := len(s.conds); k > 0 {
			s.conds[k-1].sum = s.conds[k-1].sum*31 + sum
			if s.open {
				s.depth = s.conds[k-1].depth
			}
		}
	case "endif":
		if k := len(s.conds); k > 0 {
			s.conds = s.conds[:k-1]
		}
	}
	if s.open { // what is switched within an item is a part of it
		s.sum.Write(text)
		s.part.sum.Write(text)
	}
}

// Changed returns what differs between two versions of a file: items of old that
// are gone or other, and items of new that are there instead.
func Changed(old, new *File) (was, is []Item) {
	type key struct {
		kind Kind
		name string
		sum  uint64
	}
	count := map[key]int{}
	for _, it := range old.Items {
		count[key{it.Kind, it.Name, it.Sum}]++
	}
	for _, it := range new.Items {
		k := key{it.Kind, it.Name, it.Sum}
		if count[k] > 0 {
			count[k]--
			continue
		}
		is = append(is, it)
	}
	for _, it := range old.Items {
		k := key{it.Kind, it.Name, it.Sum}
		if count[k] > 0 {
			count[k]--
			was = append(was, it)
		}
	}
	return was, is
}
