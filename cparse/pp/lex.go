// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ftok is a token of a file. It has no pointers, so that the collector need
// not look into the tokens of a run.
type ftok struct {
	off, len uint32 // in the source's text
	sym      uint32 // an identifier's number, a punctuator's op
	kind     Kind
	flags    uint8
}

const (
	ftSpace uint8 = 1 << iota
	ftBOL
	ftBad
)

// lexError is a complaint about the text at off.
type lexError struct {
	off uint32
	msg string
}

// span is a range of offsets.
type span struct{ off, end uint32 }

// Classes of bytes.
const (
	chIdent uint8 = 1 << iota // may stand in an identifier
	chDigit
	chSpace // white space within a line
)

var class = func() (t [256]uint8) {
	for c := 0; c < 256; c++ {
		switch {
		case c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			t[c] = chIdent
		case '0' <= c && c <= '9':
			t[c] = chIdent | chDigit
		case c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r':
			t[c] = chSpace
		}
	}
	return t
}()

// lexer cuts text into tokens. One lexer is used for many files in turn, by
// one goroutine at a time.
type lexer struct {
	in    *interner
	cache symCache
	toks  []ftok
	docs  []span
	errs  []lexError
}

// run cuts s up. It reports false when a line splice stands inside a token;
// then run has to be given the text without splices.
func (lx *lexer) run(s string, spliced bool) bool {
	lx.toks, lx.docs, lx.errs = lx.toks[:0], lx.docs[:0], lx.errs[:0]
	if !spliced && strings.Contains(s, "*\\\n/") {
		return false
	}
	var (
		i      int
		bol    = true
		space  = false
		sawNul = false
		header = 0 // 1: after # at the start of a line, 2: after #include
	)
	for i < len(s) {
		c := s[i]
		switch {
		case class[c]&chSpace != 0:
			space = true
			i++
			continue
		case c == '\n':
			bol, space, header = true, false, 0
			i++
			continue
		case c == 0:
			if !sawNul {
				sawNul = true
				lx.errs = append(lx.errs, lexError{uint32(i), "null byte in source text"})
			}
			space = true
			i++
			continue
		case c == '/' && i+1 < len(s) && s[i+1] == '*':
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				lx.errs = append(lx.errs, lexError{uint32(i), "unterminated comment"})
				i = len(s)
				continue
			}
			end += i + 4
			if end-i > 5 && s[i+2] == '*' && s[i+3] != '*' {
				lx.docs = append(lx.docs, span{uint32(i), uint32(end)})
			}
			i, space = end, true
			continue
		case c == '/' && i+1 < len(s) && s[i+1] == '/':
			i, space = lineCommentEnd(s, i+2), true
			continue
		case c == '\\':
			if n := splice(s[i:]); n > 0 {
				i += n
				continue
			}
		case c == '<' && header == 2:
			if n := strings.IndexAny(s[i:], ">\n"); n > 0 && s[i+n] == '>' {
				lx.toks = append(lx.toks, ftok{uint32(i), uint32(n + 1), 0, kindHeader, flagsOf(bol, space, false)})
				i += n + 1
				bol, space, header = false, false, 0
				continue
			}
		}

		n, kind, sym, bad, joined := lx.token(s[i:])
		if joined && !spliced {
			return false
		}
		if bad != "" {
			lx.errs = append(lx.errs, lexError{uint32(i), bad})
		}
		switch {
		case bol && kind == Punct && sym == opHash:
			header = 1
		case header == 1 && kind == Ident && (sym == symInclude || sym == symIncludeNext || sym == symImport):
			header = 2
		default:
			header = 0
		}
		lx.toks = append(lx.toks, ftok{uint32(i), uint32(n), sym, kind, flagsOf(bol, space, bad != "")})
		i += n
		bol, space = false, false
		if !spliced && i < len(s) && s[i] == '\\' {
			if n := splice(s[i:]); n > 0 && i+n < len(s) && class[s[i+n]]&chSpace == 0 && s[i+n] != '\n' {
				return false
			}
		}
	}
	return true
}

func flagsOf(bol, space, bad bool) (f uint8) {
	if bol {
		f |= ftBOL
	}
	if space {
		f |= ftSpace
	}
	if bad {
		f |= ftBad
	}
	return f
}

// token reads the token at the start of s, which does not start with white
// space or a comment. It reports the text's length, a complaint or "", and
// whether it ran into a line splice.
func (lx *lexer) token(s string) (n int, kind Kind, sym uint32, bad string, joined bool) {
	c := s[0]
	cl := class[c]
	if cl&chDigit != 0 || c == '.' && len(s) > 1 && class[s[1]]&chDigit != 0 {
		return number(s), Number, 0, "", false
	}
	if cl&chIdent != 0 {
		h := uint32(0)
		for n < len(s) && class[s[n]]&chIdent != 0 {
			h = h*16777619 ^ uint32(s[n])
			n++
		}
		if n < len(s) {
			if s[n] >= utf8.RuneSelf || s[n] == '\\' {
				n = identEnd(s, n)
				return n, Ident, lx.cache.id(lx.in, s[:n], hashName(s[:n])), "", false
			}
			if (s[n] == '"' || s[n] == '\'') && n <= 3 {
				if m, kind, bad, joined := literal(s, n); m > 0 {
					return m, kind, 0, bad, joined
				}
			}
		}
		return n, Ident, lx.cache.id(lx.in, s[:n], mixHash(h)), "", false
	}
	if c == '"' || c == '\'' {
		n, kind, bad, joined = literal(s, 0)
		return n, kind, 0, bad, joined
	}
	if n, sym = punct(s); n > 0 {
		return n, Punct, sym, "", false
	}
	if n = identEnd(s, 0); n > 0 {
		return n, Ident, lx.cache.id(lx.in, s[:n], hashName(s[:n])), "", false
	}
	_, n = utf8.DecodeRuneInString(s)
	return n, Other, 0, "", false
}

// number returns the length of the preprocessing number at the start of s.
func number(s string) int {
	n := 1
	for n < len(s) {
		c := s[n]
		switch {
		case class[c]&chIdent != 0 || c == '.':
			n++
		case (c == '+' || c == '-') && strings.IndexByte("eEpP", s[n-1]) >= 0:
			n++
		case c >= utf8.RuneSelf || c == '\\':
			m := identEnd(s, n)
			if m == n {
				return n
			}
			n = m
		default:
			return n
		}
	}
	return n
}

// identEnd returns where the identifier that has come to s[n] ends, when
// s[n] may be a letter outside of ASCII or a universal character name.
func identEnd(s string, n int) int {
	for n < len(s) {
		c := s[n]
		switch {
		case class[c]&chIdent != 0:
			n++
		case c >= utf8.RuneSelf:
			r, w := utf8.DecodeRuneInString(s[n:])
			if r == utf8.RuneError || !unicode.IsLetter(r) && !(n > 0 && (unicode.IsDigit(r) || unicode.IsMark(r))) {
				return n
			}
			n += w
		case c == '\\' && n+1 < len(s) && (s[n+1] == 'u' || s[n+1] == 'U'):
			w := 4
			if s[n+1] == 'U' {
				w = 8
			}
			if n+2+w > len(s) || strings.Trim(s[n+2:n+2+w], "0123456789abcdefABCDEF") != "" {
				return n
			}
			n += 2 + w
		default:
			return n
		}
	}
	return n
}

// literal reads the string or character constant at the start of s, of which
// s[:q] is the prefix and s[q] the quote. Length 0 means that s[:q] is not a
// prefix. An unclosed one reaches to the end of the line.
func literal(s string, q int) (n int, kind Kind, bad string, joined bool) {
	quote := s[q]
	raw := false
	switch s[:q] {
	case "", "L", "u", "U":
	case "u8":
		if quote != '"' {
			return 0, Other, "", false
		}
	case "R", "LR", "uR", "UR", "u8R":
		if quote != '"' {
			return 0, Other, "", false
		}
		raw = true
	default:
		return 0, Other, "", false
	}
	kind = String
	if quote == '\'' {
		kind = Char
	}
	if raw {
		return rawLiteral(s, q)
	}
	for n = q + 1; n < len(s); n++ {
		switch s[n] {
		case quote:
			return n + 1, kind, "", false
		case '\\':
			if splice(s[n:]) > 0 {
				return n, Other, "", true
			}
			if n+1 < len(s) && s[n+1] != '\n' {
				n++
			}
		case '\n':
			return n, Other, "missing terminating " + string(quote) + " character", false
		}
	}
	return len(s), Other, "missing terminating " + string(quote) + " character", false
}

func rawLiteral(s string, q int) (n int, kind Kind, bad string, joined bool) {
	open := strings.IndexByte(s[q+1:min(len(s), q+18)], '(')
	if open < 0 || strings.ContainsAny(s[q+1:q+1+open], " \t\v\f\n\\)") {
		return q + 1, Other, "invalid delimiter of raw string", false
	}
	end := ")" + s[q+1:q+1+open] + `"`
	n = strings.Index(s[q:], end)
	if n < 0 {
		return len(s), Other, "unterminated raw string", false
	}
	return q + n + len(end), String, "", false
}

// splice returns the length of the line splice at the start of s, which starts
// with a backslash; 0 if it is none. White space may stand before the newline.
func splice(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == '\n' {
			return i + 1
		}
		if class[s[i]]&chSpace == 0 {
			return 0
		}
	}
	return 0
}

// lineCommentEnd returns where the // comment that goes on at s[i:] ends: at
// its newline.
func lineCommentEnd(s string, i int) int {
	for {
		n := strings.IndexByte(s[i:], '\n')
		if n < 0 {
			return len(s)
		}
		j := i + n - 1
		for j >= i && class[s[j]]&chSpace != 0 {
			j--
		}
		if j < i || s[j] != '\\' {
			return i + n
		}
		i += n + 1
	}
}

// unsplice removes all line splices of s. cuts[k] tells how the offsets of the
// result lie in s.
func unsplice(s string) (string, []cut) {
	var b strings.Builder
	var cuts []cut
	b.Grow(len(s))
	last := 0
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '\\')
		if n < 0 {
			break
		}
		i += n
		w := splice(s[i:])
		if w == 0 {
			i++
			continue
		}
		b.WriteString(s[last:i])
		i += w
		last = i
		cuts = append(cuts, cut{uint32(b.Len()), uint32(i - b.Len())})
	}
	b.WriteString(s[last:])
	return b.String(), cuts
}

// cut says that from offset at on, skip bytes are missing before.
type cut struct{ at, skip uint32 }

// rawOffset maps an offset in unspliced text to one in the text as it was.
func rawOffset(cuts []cut, off uint32) uint32 {
	i := sort.Search(len(cuts), func(i int) bool { return cuts[i].at > off })
	if i == 0 {
		return off
	}
	return off + cuts[i-1].skip
}
