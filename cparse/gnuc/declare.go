// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import "kapilint/cparse/pp"

// wordClass is what a reserved word means to a declaration.
type wordClass uint8

const (
	noWord   wordClass = iota
	typeWord           // names a type or a part of one
	tagWord            // struct, union, enum
	qualWord           // qualifies and is dropped
	storWord           // storage class
	funcWord           // inline
	ofWord             // typeof
	attrWord           // introduces a group that is no part of a declarator
	stmtWord           // begins or continues a statement
	exprWord           // an operator
)

var words = map[string]wordClass{
	"void": typeWord, "char": typeWord, "short": typeWord, "int": typeWord, "long": typeWord,
	"float": typeWord, "double": typeWord, "signed": typeWord, "unsigned": typeWord,
	"__signed__": typeWord, "__signed": typeWord, "_Bool": typeWord, "_Complex": typeWord,
	"__int128": typeWord, "__int128_t": typeWord, "__uint128_t": typeWord, "_Float16": typeWord,
	"_Float32": typeWord, "_Float64": typeWord, "_Float128": typeWord, "__float128": typeWord,
	"__auto_type": typeWord,
	"struct":      tagWord, "union": tagWord, "enum": tagWord,
	"const": qualWord, "__const": qualWord, "__const__": qualWord,
	"volatile": qualWord, "__volatile": qualWord, "__volatile__": qualWord,
	"restrict": qualWord, "__restrict": qualWord, "__restrict__": qualWord,
	"__extension__": qualWord, "__seg_gs": qualWord, "__seg_fs": qualWord, "_Noreturn": qualWord,
	"_Atomic": qualWord, "__thread": qualWord, "_Thread_local": qualWord, "register": qualWord,
	"typedef": storWord, "extern": storWord, "static": storWord, "auto": storWord,
	"inline": funcWord, "__inline": funcWord, "__inline__": funcWord,
	"typeof": ofWord, "__typeof__": ofWord, "__typeof": ofWord,
	"typeof_unqual": ofWord, "__typeof_unqual__": ofWord, "__typeof_unqual": ofWord,
	"__attribute__": attrWord, "__attribute": attrWord, "asm": attrWord, "__asm__": attrWord,
	"__asm": attrWord, "__declspec": attrWord, "_Alignas": attrWord,
	"if": stmtWord, "else": stmtWord, "for": stmtWord, "while": stmtWord, "do": stmtWord,
	"switch": stmtWord, "case": stmtWord, "default": stmtWord, "goto": stmtWord,
	"return": stmtWord, "break": stmtWord, "continue": stmtWord, "__label__": stmtWord,
	"_Static_assert": stmtWord,
	"sizeof":         exprWord, "_Alignof": exprWord, "__alignof__": exprWord, "__alignof": exprWord,
	"_Generic": exprWord, "__builtin_offsetof": exprWord,
}

// declare finds what the item declares, without knowing any type: in
// declaration specifiers the first identifier after no other type is a type
// name, and the next one is declared.
func declare(toks []pp.Token, it *item) {
	lo, hi := it.lo, it.hi
	if it.kind == funcItem {
		hi = it.body
	}
	typed := false // a type was seen
	star := false  // in this declarator
	isVoid := false
	specConst, starConst := false, false
	name := func(s string) {
		it.names = append(it.names, s)
		if star && starConst || !star && specConst {
			it.fixed = append(it.fixed, s)
		}
	}
	for i := lo; i < hi; {
		t := &toks[i]
		switch t.Kind {
		case pp.Ident:
			switch words[t.Text] {
			case typeWord:
				typed = true
				isVoid = isVoid || t.Text == "void"
			case tagWord:
				typed = true
				i = tagged(toks, i, hi, it)
				continue
			case ofWord:
				typed = true
				i = skipGroup(toks, i+1, hi)
				continue
			case attrWord:
				i = skipGroup(toks, i+1, hi)
				continue
			case qualWord:
				if t.Text == "const" || t.Text == "__const" || t.Text == "__const__" {
					specConst = specConst || !star
					starConst = star
				}
			case storWord:
				it.typedef = it.typedef || t.Text == "typedef"
				it.static = it.static || t.Text == "static"
			case funcWord:
				it.inline = true
			case stmtWord:
				if t.Text == "_Static_assert" && i == lo {
					it.kind = dropItem
					return
				}
			case noWord:
				if !typed {
					typed = true
					break
				}
				name(t.Text)
				i = it.declarator(toks, i+1, hi)
				it.void = isVoid && !star
				star = false
				continue
			}
		case pp.Punct:
			switch t.Text {
			case "*":
				star, starConst = true, false
			case "(":
				end := skipGroup(toks, i, hi)
				if k := declared(toks, i, hi); k >= 0 {
					for ; i < k; i++ {
						switch toks[i].Text {
						case "*":
							star, starConst = true, false
						case "const":
							starConst = star
						}
					}
					name(toks[k].Text)
					star = false
				}
				i = it.declarator(toks, end, hi)
				continue
			}
		}
		i++
	}
	if len(it.names) == 0 && len(it.tags) == 0 && len(it.consts) == 0 && it.forward == "" {
		if lo < hi && isAttr(toks[lo].Text) && it.kind == declItem {
			it.kind = dropItem
		}
	}
}

// declarator skips the rest of a declarator and its initializer: to after
// the ',' that ends it, or to hi.
func (it *item) declarator(toks []pp.Token, i, hi int) int {
	for i < hi {
		if toks[i].Kind == pp.Punct {
			switch toks[i].Text {
			case ",":
				return i + 1
			case "=":
				it.init = true
			case "(", "[", "{":
				i = skipGroup(toks, i, hi)
				continue
			}
		}
		i++
	}
	return hi
}

// declared returns the index of the name that the parenthesized declarator
// at i declares, or -1.
func declared(toks []pp.Token, i, hi int) int {
	for i < hi {
		t := &toks[i]
		if t.Kind == pp.Ident {
			switch words[t.Text] {
			case noWord:
				return i
			case attrWord:
				i = skipGroup(toks, i+1, hi)
				continue
			case qualWord:
			default:
				return -1
			}
		} else if t.Kind != pp.Punct || t.Text != "(" && t.Text != "*" {
			return -1
		}
		i++
	}
	return -1
}

// tagged records what the struct, union or enum specifier at i defines, and
// returns the index after it.
func tagged(toks []pp.Token, i, hi int, it *item) int {
	enum := toks[i].Text == "enum"
	first := i == it.lo
	i++
	tag := ""
	for i < hi && toks[i].Kind == pp.Ident {
		if isAttr(toks[i].Text) {
			i = skipGroup(toks, i+1, hi)
			continue
		}
		if tag != "" {
			return i
		}
		tag = toks[i].Text
		i++
	}
	if i >= hi || toks[i].Text != "{" {
		if first && i < hi && toks[i].Text == ";" {
			it.forward = tag
		}
		return i
	}
	end := skipGroup(toks, i, hi)
	if tag != "" {
		it.tags = append(it.tags, tag)
	}
	if enum {
		enumerators(toks, i+1, end-1, it)
		return end
	}
	for i++; i < end; {
		if toks[i].Kind == pp.Ident && words[toks[i].Text] == tagWord {
			i = tagged(toks, i, end, it)
			continue
		}
		i++
	}
	return end
}

// enumerators records the constants of an enumeration's body.
func enumerators(toks []pp.Token, i, hi int, it *item) {
	name := true
	for i < hi {
		t := &toks[i]
		switch {
		case t.Kind == pp.Ident && name:
			it.consts = append(it.consts, t.Text)
			name = false
		case t.Kind == pp.Punct && t.Text == ",":
			name = true
		case t.Kind == pp.Punct && (t.Text == "(" || t.Text == "["):
			i = skipGroup(toks, i, hi)
			continue
		}
		i++
	}
}
