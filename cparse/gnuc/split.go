// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"strconv"
	"strings"

	"kapilint/cparse/pp"
)

// itemKind tells what a top-level item is.
type itemKind uint8

const (
	declItem itemKind = iota // a declaration, possibly of several names
	funcItem                 // a function definition
	dropItem                 // nothing cc has to see: _Static_assert, asm, a stray ';'
)

// item is one top-level declaration or definition.
type item struct {
	kind   itemKind
	lo, hi int // range of tokens
	body   int // of a function: the token '{' that opens the body
	main   bool
	fault  string // why the item cannot be given to cc, "" if it can
	at     int    // the token the fault is at

	names   []string // ordinary identifiers declared, the function's name first
	typedef bool     // names are typedef names
	tags    []string // tags of the structs, unions and enums defined
	consts  []string // enumeration constants
	forward string   // the tag of a mere "struct tag;"
	static  bool
	inline  bool
	void    bool     // a function that returns nothing
	init    bool     // the declaration has an initializer
	open    bool     // the fault is that it does not end
	fixed   []string // those of names that are const objects, or arrays of them
}

// limits on what cc is given. Its parser and checker recurse with the depth
// of brackets and with the length of an expression.
const (
	maxDepth  = 400     // brackets inside brackets
	maxRun    = 8_000   // tokens without any of ; , { } between them
	maxChain  = 2000    // statements in one another without brackets, such as else if
	maxPrefix = 200     // unary operators in a row
	maxItem   = 4 << 20 // tokens in an item
)

// splitter cuts a token stream into items.
type splitter struct {
	toks   []pp.Token
	items  []item
	open   []byte // scratch
	chains []int
}

// skipGroup returns the index after the bracket group that opens at i, or hi
// when it does not close before.
func skipGroup(toks []pp.Token, i, hi int) int {
	depth := 0
	for ; i < hi; i++ {
		if toks[i].Kind != pp.Punct {
			continue
		}
		switch toks[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return hi
}

// isAttr reports whether word introduces a parenthesized group that is no
// part of a declarator.
func isAttr(word string) bool {
	switch word {
	case "__attribute__", "__attribute", "asm", "__asm__", "__asm", "__declspec", "_Alignas":
		return true
	}
	return false
}

// split fills s.items.
func (s *splitter) split() {
	toks := s.toks
	for i := 0; i < len(toks); {
		i = s.item(i)
	}
}

// nests reports whether word introduces a statement inside another.
func nests(word string) bool {
	switch word {
	case "if", "else", "for", "while", "do", "switch", "case", "default":
		return true
	}
	return false
}

// stray reports whether t is nothing that C has, or would mean something to
// cc's preprocessor.
func stray(t *pp.Token) bool {
	switch t.Kind {
	case pp.Other:
		return true
	case pp.Punct:
		return t.Text[0] == '#' || t.Text[0] == '%' && (t.Text == "%:" || t.Text == "%:%:")
	case pp.Ident:
		switch t.Text {
		case "__FILE__", "__LINE__", "__COUNTER__", "__DATE__", "__TIME__", "__STDC_HOSTED__",
			"__STDC_MB_MIGHT_NEQ_WC__", "_Pragma":
			return true
		}
		return false
	case pp.String, pp.Char:
		return strings.ContainsRune(t.Text, '\n')
	}
	return false
}

// item cuts the item that starts at token lo and returns the index after it.
func (s *splitter) item(lo int) int {
	toks := s.toks
	it := item{lo: lo, body: -1}
	open := s.open[:0] // closing brackets expected
	run, chain, prefix := 0, 0, 0
	chains := s.chains[:0] // of the blocks around
	attr := false          // in the group of an attribute, which is transparent
	last := ""             // previous token outside of brackets
	assign := false
	ofGroup := false // the last group is that of a typeof
	open0 := -1      // the last bracket opened outside of brackets
	i := lo
	fault := func(why string) {
		if it.fault == "" {
			it.fault, it.at = why, i
		}
	}
	done := false
	for ; i < len(toks) && !done; i++ {
		t := &toks[i]
		if run++; run > maxRun {
			fault("expression too long")
		}
		if stray(t) {
			fault("stray " + strconv.Quote(t.Text))
		}
		if prefix = s.prefixes(i, prefix); prefix > maxPrefix {
			fault("too many operators in a row")
		}
		if t.Kind != pp.Punct {
			if t.Kind == pp.Ident && nests(t.Text) {
				if chain++; chain > maxChain {
					fault("statements nested too deeply")
				}
			}
			if len(open) == 0 {
				if t.Kind == pp.Ident && isAttr(t.Text) {
					attr = true
					continue
				}
				if t.Kind == pp.Ident && last == ")" && !ofGroup && !assign {
					// A parameter list that something follows is one of old C, or
					// else a macro that is not defined.
					fault("unexpected " + strconv.Quote(t.Text))
					if t.BOL && open0 == lo+1 {
						it.at, it.fault = lo, strconv.Quote(toks[lo].Text)+" is not declared"
						it.names = []string{toks[lo].Text}
						done = true
						i--
						continue
					}
				}
				last = t.Text
				ofGroup = t.Kind == pp.Ident && words[t.Text] == ofWord
			}
			continue
		}
		switch t.Text {
		case "(", "[", "{":
			if t.Text == "{" {
				run = 0
				if len(open) == 0 && !assign && last == ")" {
					it.kind, it.body = funcItem, i
				}
			}
			if len(open) == 0 {
				open0 = i
			}
			chains = append(chains, chain)
			chain = 0
			if open = append(open, closer(t.Text)); len(open) > maxDepth {
				fault("brackets nested too deeply")
			}
			continue
		case ")", "]", "}":
			if t.Text == "}" {
				run = 0
			}
			if len(open) == 0 {
				fault("unmatched '" + t.Text + "'")
				done = true
				continue
			}
			for len(open) > 1 && open[len(open)-1] != t.Text[0] {
				fault("mismatched '" + t.Text + "'")
				open = open[:len(open)-1]
			}
			open = open[:len(open)-1]
			if chain = chains[len(open)]; t.Text == "}" && !s.continues(i+1) {
				chain = 0
			}
			if chains = chains[:len(open)]; len(open) > 0 {
				continue
			}
			if attr {
				attr = false
				continue
			}
			done = t.Text == "}" && it.kind == funcItem
		case ";":
			run = 0
			if !s.continues(i + 1) {
				chain = 0
			}
			done = len(open) == 0
		case ",":
			run = 0
		case "=":
			assign = assign || len(open) == 0
		}
		if len(open) == 0 {
			last = t.Text
		}
	}
	it.hi = i
	s.open, s.chains = open, chains
	if it.hi-lo > maxItem {
		fault("too many tokens in one declaration")
	}
	switch {
	case it.hi-lo == 1 && toks[lo].Text == ";":
		it.kind = dropItem
	case len(open) > 0 && it.fault == "":
		it.at = s.unclosed(lo)
		it.fault = "'" + toks[it.at].Text + "' is never closed"
		it.open = true
	case !done && it.fault == "":
		it.at = it.hi - 1
		it.fault = "declaration is cut off"
		it.open = true
	}
	s.items = append(s.items, it)
	return it.hi
}

// prefixes returns the number of unary operators in a row up to token i, given
// that of the token before.
func (s *splitter) prefixes(i, n int) int {
	if s.toks[i].Kind == pp.Punct {
		switch s.toks[i].Text {
		case "-", "+", "!", "~", "*", "&", "&&", "--", "++":
			return n + 1
		}
	}
	return 0
}

// continues reports whether the token at i goes on with the statement before.
func (s *splitter) continues(i int) bool { return i < len(s.toks) && s.toks[i].Text == "else" }

// unclosed returns the outermost bracket after lo that has no partner.
func (s *splitter) unclosed(lo int) int {
	var stack []int
	for i := lo; i < len(s.toks); i++ {
		if s.toks[i].Kind != pp.Punct {
			continue
		}
		switch s.toks[i].Text {
		case "(", "[", "{":
			stack = append(stack, i)
		case ")", "]", "}":
			for len(stack) > 0 && closer(s.toks[stack[len(stack)-1]].Text) != s.toks[i].Text[0] {
				stack = stack[:len(stack)-1]
			}
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		}
	}
	if len(stack) == 0 {
		return lo
	}
	return stack[0]
}

func closer(open string) byte {
	switch open {
	case "(":
		return ')'
	case "[":
		return ']'
	}
	return '}'
}
