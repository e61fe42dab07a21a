// SPDX-License-Identifier: GPL-2.0-only

package pp

// The punctuators that the preprocessor looks at. A Punct token has one of
// them, or opOther, as its sym; a digraph has that of what it stands for.
const (
	opOther uint32 = iota
	opHash
	opPaste
	opLParen
	opRParen
	opComma
	opEllipsis
	opLess
	opGreater
	opQuestion
	opColon
	opPlus
	opMinus
	opStar
	opSlash
	opPercent
	opShl
	opShr
	opLessEq
	opGreaterEq
	opEq
	opNotEq
	opAnd
	opOr
	opXor
	opAndAnd
	opOrOr
	opNot
	opTilde
)

// punct returns the length and the op of the punctuator at the start of s,
// which is not empty; length 0 if none is.
func punct(s string) (int, uint32) {
	var c1, c2 byte
	if len(s) > 1 {
		c1 = s[1]
	}
	if len(s) > 2 {
		c2 = s[2]
	}
	switch s[0] {
	case '(':
		return 1, opLParen
	case ')':
		return 1, opRParen
	case ',':
		return 1, opComma
	case '{', '}', '[', ']', ';':
		return 1, opOther
	case '~':
		return 1, opTilde
	case '?':
		return 1, opQuestion
	case '*':
		return assign(c1, opStar)
	case '/':
		return assign(c1, opSlash)
	case '^':
		return assign(c1, opXor)
	case '=':
		if c1 == '=' {
			return 2, opEq
		}
		return 1, opOther
	case '!':
		if c1 == '=' {
			return 2, opNotEq
		}
		return 1, opNot
	case ':':
		if c1 == '>' {
			return 2, opOther
		}
		return 1, opColon
	case '+':
		if c1 == '+' {
			return 2, opOther
		}
		return assign(c1, opPlus)
	case '-':
		if c1 == '-' || c1 == '>' {
			return 2, opOther
		}
		return assign(c1, opMinus)
	case '&':
		if c1 == '&' {
			return 2, opAndAnd
		}
		return assign(c1, opAnd)
	case '|':
		if c1 == '|' {
			return 2, opOrOr
		}
		return assign(c1, opOr)
	case '#':
		if c1 == '#' {
			return 2, opPaste
		}
		return 1, opHash
	case '.':
		if c1 == '.' && c2 == '.' {
			return 3, opEllipsis
		}
		return 1, opOther
	case '<':
		switch {
		case c1 == '<' && c2 == '=':
			return 3, opOther
		case c1 == '<':
			return 2, opShl
		case c1 == '=':
			return 2, opLessEq
		case c1 == ':' || c1 == '%':
			return 2, opOther
		}
		return 1, opLess
	case '>':
		switch {
		case c1 == '>' && c2 == '=':
			return 3, opOther
		case c1 == '>':
			return 2, opShr
		case c1 == '=':
			return 2, opGreaterEq
		}
		return 1, opGreater
	case '%':
		switch {
		case c1 == ':' && c2 == '%' && len(s) > 3 && s[3] == ':':
			return 4, opPaste
		case c1 == ':':
			return 2, opHash
		case c1 == '>':
			return 2, opOther
		}
		return assign(c1, opPercent)
	}
	return 0, opOther
}

func assign(next byte, op uint32) (int, uint32) {
	if next == '=' {
		return 2, opOther
	}
	return 1, op
}
