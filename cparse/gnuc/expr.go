// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"slices"
	"strings"

	"kapilint/cparse/pp"
)

// Opaque is the function whose calls stand for what an asm statement does.
const Opaque = "__kapi_opaque"

// typeof rewrites the typeof specifier at i. cc takes typeof of expressions
// only, so typeof of a plain type becomes the type, and of a derived type
// the typeof of a dereferenced null pointer.
func (r *rewriter) typeof(i, hi int, p place) int {
	if !r.is(i+1, hi, "(") {
		r.copy(i)
		return i + 1
	}
	end := min(r.partner(i+1), hi)
	if !r.startsType(i+2, end) {
		r.put(i, "typeof", "(")
		r.seq(i+2, end, inParen)
		r.put(i, ")")
		return end + 1
	}
	mark := len(r.out)
	r.seq(i+2, end, inParen)
	typ := r.out[mark:]
	if specifiers(typ) == len(typ) {
		return end + 1
	}
	typ = slices.Clone(typ)
	r.out = r.out[:mark]
	r.put(i, "typeof", "(", "*", "(")
	r.out = append(r.out, pointerTo(typ, int32(i))...)
	r.put(i, ")", "0", ")")
	return end + 1
}

// startsType reports whether a type name starts at i.
func (r *rewriter) startsType(i, hi int) bool {
	for ; i < hi; i++ {
		t := &r.toks[i]
		if t.Kind != pp.Ident {
			return false
		}
		switch words[t.Text] {
		case qualWord:
			continue
		case typeWord, tagWord, ofWord:
			return true
		case attrWord:
			if !r.is(i+1, hi, "(") {
				return false
			}
			i = r.partner(i + 1)
			continue
		case noWord:
			return r.isType(t.Text)
		}
		return false
	}
	return false
}

// specifiers returns how many tokens of the type name typ are specifiers;
// an abstract declarator follows.
func specifiers(typ []tok) int {
	for i := 0; i < len(typ); i++ {
		switch typ[i].text {
		case "*", "(", "[":
			return i
		case "{":
			i = group(typ, i)
		case "typeof", "__attribute__":
			i = group(typ, i+1)
		}
	}
	return len(typ)
}

// group returns the index of the bracket that closes the one at i.
func group(ts []tok, i int) int {
	depth := 0
	for ; i < len(ts); i++ {
		switch ts[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth <= 0 {
				return i
			}
		}
	}
	return len(ts)
}

// pointerTo returns the type name of a pointer to the type named typ.
func pointerTo(typ []tok, src int32) []tok {
	i := specifiers(typ)
	for i < len(typ) && typ[i].text == "*" {
		i++
	}
	star := []tok{{"*", src, false}}
	if i < len(typ) {
		if typ[i].text == "(" && i+1 < len(typ) && typ[i+1].text == "*" {
			i++
		} else {
			star = []tok{{"(", src, false}, {"*", src, false}, {")", src, false}}
		}
	}
	return slices.Insert(typ, i, star...)
}

// args returns the ranges of the comma separated arguments between the
// brackets at open and end.
func (r *rewriter) args(open, end int) [][2]int {
	var list [][2]int
	lo := open + 1
	for i := lo; i < end; i++ {
		if r.toks[i].Kind != pp.Punct {
			continue
		}
		switch r.toks[i].Text {
		case "(", "[", "{":
			i = min(r.partner(i), end)
		case ",":
			list = append(list, [2]int{lo, i})
			lo = i + 1
		}
	}
	return append(list, [2]int{lo, end})
}

// typeArg emits "(T *)" for the type name T in a range.
func (r *rewriter) pointerCast(src int, arg [2]int) {
	mark := len(r.out)
	r.seq(arg[0], arg[1], inParen)
	typ := slices.Clone(r.out[mark:])
	r.out = r.out[:mark]
	r.put(src, "(")
	r.out = append(r.out, pointerTo(typ, int32(src))...)
	r.put(src, ")")
}

// builtin rewrites the call of a gcc builtin at i.
func (r *rewriter) builtin(i, hi int, p place) int {
	end := min(r.partner(i+1), hi)
	args := r.args(i+1, end)
	switch name := r.toks[i].Text; {
	case name == "__builtin_types_compatible_p" && len(args) == 2:
		r.put(i, "__ccgo__types_compatible_p", "(", "*")
		r.pointerCast(i, args[0])
		r.put(i, "0", ",", "*")
		r.pointerCast(i, args[1])
		r.put(i, "0", ")")
	case name == "__builtin_offsetof" && len(args) == 2:
		mark := len(r.out)
		r.seq(args[0][0], args[0][1], inParen)
		typ := slices.Clone(r.out[mark:])
		r.out = r.out[:mark]
		r.offset(i, typ, args[1][0], args[1][1])
	case name == "__builtin_va_arg" && len(args) == 2:
		r.put(i, "(", "*")
		r.pointerCast(i, args[1])
		r.put(i, "__builtin_va_arg_impl", "(")
		r.seq(args[0][0], args[0][1], inParen)
		r.put(i, ")", ")")
	case name == "__builtin_va_copy" && len(args) == 2:
		r.put(i, "(", "(")
		r.seq(args[0][0], args[0][1], inParen)
		r.put(i, ")", "=", "(")
		r.seq(args[1][0], args[1][1], inParen)
		r.put(i, ")", ")")
	case name == "__builtin_has_attribute":
		r.put(i, "0")
	default:
		mark := len(r.out)
		r.copy(i)
		r.copy(i + 1)
		r.seq(i+2, end, inParen)
		if v, ok := foldBuiltin(name, r.out[mark+2:], r.scope); ok {
			r.out = r.out[:mark]
			r.put(i, v)
		} else if end < hi {
			r.copy(end)
		}
	}
	return end + 1
}

// offset emits the offset of the member lo to hi of the type typ. cc evaluates
// no address of an element, so the offset of one is a sum.
func (r *rewriter) offset(at int, typ []tok, lo, hi int) {
	open := lo
	for open < hi && !r.is(open, hi, "[") {
		open++
	}
	if open < hi && r.is(r.partner(open)+1, hi, "[") {
		open = hi // of several dimensions: left to the reader of the tree
	}
	null := func() {
		r.put(at, "(", "(")
		r.out = append(r.out, pointerTo(slices.Clone(typ), int32(at))...)
		r.put(at, ")", "0", ")", "->")
		r.seq(lo, open, inParen)
	}
	r.put(at, "(", "(", "__predefined_size_t", ")", "&")
	null()
	if open < hi {
		end := min(r.partner(open), hi)
		r.put(at, "+", "(")
		r.seq(open+1, end, inParen)
		r.put(at, ")", "*", "sizeof", "(")
		mark := len(r.out)
		null()
		r.put(at, "[", "0", "]")
		elem := slices.Clone(r.out[mark:])
		r.put(at, ")")
		if end+1 < hi && r.is(end+1, hi, ".") {
			spec := append([]tok{{"typeof", int32(at), true}, {"(", int32(at), false}}, elem...)
			r.put(at, "+")
			r.offset(at, append(spec, tok{")", int32(at), false}), end+2, hi)
		}
	}
	r.put(at, ")")
}

// constexpr recognizes at i the test whether x is an integer constant
// expression, which relies on the type of a conditional with a null pointer:
//
//	sizeof(int) == sizeof(*(8 ? ((void *)((long)(x) * 0l)) : (int *)8))
//
// It returns the range of x and the index after the test.
func (r *rewriter) constexpr(i, hi int) (lo, end, next int) {
	head := [...]string{"sizeof", "(", "int", ")", "==", "sizeof", "(", "*", "(", "8", "?", "(", "(", "void", "*", ")", "(", "(", "long", ")", "("}
	if i+len(head) >= hi {
		return 0, 0, 0
	}
	for k, s := range head {
		if r.toks[i+k].Text != s {
			return 0, 0, 0
		}
	}
	lo = i + len(head)
	end = r.partner(lo - 1)
	if next = r.partner(i+6) + 1; next > hi || end >= next {
		return 0, 0, 0
	}
	return lo, end, next
}

// asm rewrites the asm statement at i, up to its ';'.
func (r *rewriter) asm(i, hi int) int {
	at := i
	for i++; i < hi && r.toks[i].Kind == pp.Ident; i++ {
	}
	if !r.is(i, hi, "(") {
		return i
	}
	end := min(r.partner(i), hi)
	parts := r.colons(i+1, end)
	var outs, labels [][2]int
	if len(parts) > 1 {
		outs = r.operands(parts[1])
	}
	if len(parts) > 4 {
		labels = r.args(parts[4][0]-1, parts[4][1])
	}
	if len(labels) > 0 {
		r.put(at, "do", "{")
	}
	for k, o := range outs {
		if k > 0 {
			r.put(at, ",")
		}
		r.put(at, "(")
		r.seq(o[0], o[1], inParen)
		r.put(at, ")", "=", "(", "typeof", "(")
		r.seq(o[0], o[1], inParen)
		r.put(at, ")", ")", Opaque, "(", ")")
	}
	if len(outs) == 0 && len(labels) == 0 {
		r.put(at, "(", "void", ")", Opaque, "(", ")")
	}
	if len(labels) > 0 {
		if len(outs) > 0 {
			r.put(at, ";")
		}
		for _, l := range labels {
			if l[0] < l[1] {
				r.put(at, "if", "(", Opaque, "(", ")", ")", "goto")
				r.one(l[0], l[1], inParen)
				r.put(at, ";")
			}
		}
		r.put(at, "}", "while", "(", "0", ")")
	}
	return end + 1
}

// colons splits a range at the colons outside of brackets.
func (r *rewriter) colons(lo, hi int) [][2]int {
	var list [][2]int
	from := lo
	for i := lo; i < hi; i++ {
		if r.toks[i].Kind != pp.Punct {
			continue
		}
		switch r.toks[i].Text {
		case "(", "[", "{":
			i = min(r.partner(i), hi)
		case ":":
			list = append(list, [2]int{from, i})
			from = i + 1
		case "::":
			list = append(list, [2]int{from, i}, [2]int{i, i})
			from = i + 1
		}
	}
	return append(list, [2]int{from, hi})
}

// operands returns the expressions of a list of asm operands.
func (r *rewriter) operands(part [2]int) [][2]int {
	var list [][2]int
	for _, a := range r.args(part[0]-1, part[1]) {
		for i := a[0]; i < a[1]; i++ {
			if r.is(i, a[1], "[") {
				i = min(r.partner(i), a[1])
				continue
			}
			if r.is(i, a[1], "(") {
				list = append(list, [2]int{i + 1, min(r.partner(i), a[1])})
				break
			}
		}
	}
	return list
}

// trimOrigin removes the traces of cc's own source from one of its messages.
func trimOrigin(s string) string {
	for {
		s = strings.TrimSpace(s)
		i := strings.LastIndex(s, " (")
		if i < 0 || !strings.HasSuffix(s, ":)") || !strings.Contains(s[i:], ".go:") {
			return s
		}
		s = s[:i]
	}
}
