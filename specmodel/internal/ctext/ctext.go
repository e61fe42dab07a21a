// SPDX-License-Identifier: GPL-2.0-only

// Package ctext cuts C source into tokens without understanding it, for the
// readers that find contracts in raw text. It never fails: an unterminated
// string or comment ends at the end of its line or of the file.
//
// Preprocessor lines are one token each; nothing is expanded or left out.
package ctext

import (
	"bytes"
	"sort"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// Kind is the kind of a token.
type Kind byte

// The kinds. EOF is the kind of the token after the last.
const (
	EOF Kind = iota
	Ident
	Number
	String
	Char
	Punct // one byte
	Comment
	Directive // a preprocessor line with its continuations
)

// Token is a range of bytes.
type Token struct {
	Kind     Kind
	Off, End int
}

// Scanner reads the tokens of src from Off on.
type Scanner struct {
	Src []byte
	Off int

	// midLine is set once the line has a token, so that a # is not a directive.
	midLine bool
}

// Next returns the next token, comments and directives included.
func (s *Scanner) Next() Token {
	src := s.Src
	for s.Off < len(src) {
		switch c := src[s.Off]; {
		case c == '\n':
			s.midLine = false
			s.Off++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			s.Off++
		case c == '\\' && s.Off+1 < len(src) && (src[s.Off+1] == '\n' || src[s.Off+1] == '\r'):
			s.Off++
		default:
			return s.token(c)
		}
	}
	return Token{Kind: EOF, Off: len(src), End: len(src)}
}

func (s *Scanner) token(c byte) Token {
	start := s.Off
	if c == '/' && s.comment() {
		return Token{Comment, start, s.Off}
	}
	if c == '#' && !s.midLine {
		s.directive()
		return Token{Directive, start, s.Off}
	}
	s.midLine = true
	kind := Punct
	switch {
	case c == '"' || c == '\'':
		kind = String
		if c == '\'' {
			kind = Char
		}
		s.quoted(c)
	case c >= '0' && c <= '9':
		kind = Number
		s.skip(isWord)
	case isWord(c):
		kind = Ident
		s.skip(isWord)
	default:
		s.Off++
	}
	return Token{kind, start, s.Off}
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (s *Scanner) skip(in func(byte) bool) {
	for s.Off < len(s.Src) && in(s.Src[s.Off]) {
		s.Off++
	}
}

// comment moves over a comment and reports whether there was one.
func (s *Scanner) comment() bool {
	rest := s.Src[s.Off:]
	switch {
	case bytes.HasPrefix(rest, []byte("/*")):
		end := bytes.Index(rest[2:], []byte("*/"))
		if end < 0 {
			s.Off = len(s.Src)
		} else {
			s.Off += end + 4
		}
		return true
	case bytes.HasPrefix(rest, []byte("//")):
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		s.Off += end
		return true
	}
	return false
}

// quoted moves over a string or character, which ends at the end of the line
// at the latest.
func (s *Scanner) quoted(q byte) {
	s.Off++
	for s.Off < len(s.Src) {
		switch s.Src[s.Off] {
		case q:
			s.Off++
			return
		case '\n':
			return
		case '\\':
			s.Off++
			if s.Off+1 < len(s.Src) && s.Src[s.Off] == '\r' && s.Src[s.Off+1] == '\n' {
				s.Off++
			}
		}
		s.Off++
	}
	s.Off = min(s.Off, len(s.Src))
}

func (s *Scanner) directive() {
	for s.Off < len(s.Src) {
		switch s.Src[s.Off] {
		case '\n':
			return
		case '\\':
			s.Off++
			if s.Off < len(s.Src) && s.Src[s.Off] == '\r' {
				s.Off++
			}
		case '/':
			if s.comment() {
				continue
			}
		}
		s.Off++
	}
	s.Off = min(s.Off, len(s.Src))
}

// Text returns the bytes of a token.
func (s *Scanner) Text(t Token) string { return string(s.Src[t.Off:t.End]) }

// Lines turns byte offsets of one file into positions.
type Lines struct {
	file   string
	starts []int
}

// NewLines indexes the lines of src.
func NewLines(file string, src []byte) *Lines {
	l := &Lines{file: file, starts: []int{0}}
	for i, c := range src {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// Pos returns the position of the range off to end.
func (l *Lines) Pos(off, end int) specmodel.Pos {
	line := sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > off })
	return specmodel.Pos{File: l.file, Line: line, Col: off - l.starts[line-1] + 1, Offset: off, EndOffset: end}
}

// Unquote returns what a string literal stands for. Escapes that C has and Go
// has not, and bad ones, are kept as the byte after the backslash.
func Unquote(lit string) string {
	lit = strings.TrimSuffix(strings.TrimPrefix(lit, `"`), `"`)
	if !strings.Contains(lit, `\`) {
		return lit
	}
	var b strings.Builder
	for lit != "" {
		if lit[0] != '\\' {
			b.WriteByte(lit[0])
			lit = lit[1:]
			continue
		}
		if len(lit) > 1 && lit[1] == '\n' {
			lit = lit[2:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(lit, '"')
		switch {
		case err == nil && multibyte:
			b.WriteRune(r)
			lit = rest
		case err == nil:
			b.WriteByte(byte(r))
			lit = rest
		case len(lit) > 1 && lit[1] == '0':
			b.WriteByte(0)
			lit = lit[2:]
		default:
			lit = lit[1:]
			if lit != "" {
				b.WriteByte(lit[0])
				lit = lit[1:]
			}
		}
	}
	return b.String()
}

// SplitTop splits text at the top-level commas, outside parentheses, braces
// and strings, and returns the start of each piece; pieces are not trimmed.
func SplitTop(text string) (pieces []string, starts []int) {
	depth, start := 0, 0
	s := Scanner{Src: []byte(text)}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		case '"', '\'':
			s.Off = i
			s.quoted(text[i])
			i = s.Off - 1
		case ',':
			if depth == 0 {
				pieces, starts = append(pieces, text[start:i]), append(starts, start)
				start = i + 1
			}
		}
	}
	return append(pieces, text[start:]), append(starts, start)
}
