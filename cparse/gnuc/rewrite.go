// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kapilint/cparse/pp"
)

// tok is a token on its way to cc.
type tok struct {
	text  string
	src   int32 // index of the pp token it is, or stands for
	ident bool
}

// place is the kind of text that is being rewritten.
type place uint8

const (
	atFile   place = iota // outside of all brackets
	inParen               // ( or [
	inMember              // the body of a struct or union
	inPacked              // the same, with members that are not aligned
	inBlock               // statements, or an initializer
)

// cleanup is a variable, by its name token, with the function that its
// cleanup attribute names.
type cleanup struct {
	src  int32
	name string
}

// rewriter turns the tokens of one item into what cc takes.
type rewriter struct {
	toks   []pp.Token
	isType func(string) bool // is it the name of a typedef
	fields func(name string, tag bool) map[string]bool
	scope  scope
	base   int
	match  []int32 // partner of each bracket, relative to base
	out    []tok
	hoist  []tok // declarations to put before the item
	floor  int   // tokens of out before this one belong to something else

	labels map[string]string // of the blocks around, see localLabels

	// the struct that is being rewritten
	nest  nest
	level int  // in how many anonymous ones
	anon  bool // the specifier that comes next is of an anonymous one

	// facts about the item
	noreturn, weak bool
	cleanups       []cleanup
	aligned        []tok // argument of the last aligned attribute seen
	packed         bool  // a packed attribute was seen
}

// load prepares r for the tokens lo to hi.
func (r *rewriter) load(lo, hi int) {
	r.base = lo
	r.match = r.match[:0]
	r.noreturn, r.weak, r.packed, r.aligned = false, false, false, nil
	r.cleanups, r.hoist = r.cleanups[:0], nil
	var stack []int32
	for i := lo; i < hi; i++ {
		r.match = append(r.match, int32(hi-lo))
		if r.toks[i].Kind != pp.Punct {
			continue
		}
		switch r.toks[i].Text {
		case "(", "[", "{":
			stack = append(stack, int32(i-lo))
		case ")", "]", "}":
			if n := len(stack); n > 0 {
				r.match[stack[n-1]] = int32(i - lo)
				stack = stack[:n-1]
			}
		}
	}
}

// partner returns the index of the bracket that closes the one at i.
func (r *rewriter) partner(i int) int { return r.base + int(r.match[i-r.base]) }

// put emits a token that stands for the one at src.
func (r *rewriter) put(src int, texts ...string) {
	for _, s := range texts {
		r.out = append(r.out, tok{s, int32(src), isIdent(s)})
	}
}

// copy emits the token at i as it is.
func (r *rewriter) copy(i int) {
	t := &r.toks[i]
	r.out = append(r.out, tok{t.Text, int32(i), t.Kind == pp.Ident})
}

func isIdent(s string) bool {
	c := s[0]
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// prev returns the text of the last token emitted.
func (r *rewriter) prev() string {
	if len(r.out) == 0 {
		return ""
	}
	return r.out[len(r.out)-1].text
}

// is reports whether the token at i is the punctuator s.
func (r *rewriter) is(i, hi int, s string) bool {
	return i < hi && r.toks[i].Kind == pp.Punct && r.toks[i].Text == s
}

// seq rewrites the tokens lo to hi.
func (r *rewriter) seq(lo, hi int, p place) {
	for i := lo; i < hi; {
		i = r.one(i, hi, p)
	}
}

// one rewrites what starts at i and returns the index after it.
func (r *rewriter) one(i, hi int, p place) int {
	t := &r.toks[i]
	if t.Kind == pp.Punct {
		return r.punct(i, hi, p)
	}
	if t.Kind != pp.Ident {
		r.copy(i)
		return i + 1
	}
	switch words[t.Text] {
	case qualWord:
		if t.Text == "_Noreturn" && p == atFile {
			r.noreturn = true
		}
		return i + 1
	case storWord:
		if p == inParen && r.prev() == "[" {
			return i + 1
		}
	case funcWord:
		r.put(i, "inline")
		return i + 1
	case ofWord:
		return r.typeof(i, hi, p)
	case attrWord:
		return r.attr(i, hi, p)
	case tagWord:
		return r.tagged(i, hi, p)
	case stmtWord:
		if t.Text == "__label__" && p == inBlock {
			return r.localLabels(i, hi)
		}
		if t.Text == "_Static_assert" && r.is(i+1, hi, "(") {
			end := r.partner(i+1) + 1
			if r.is(end, hi, ";") {
				end++
			}
			if p == inBlock {
				r.put(i, ";")
			}
			return min(end, hi)
		}
	case noWord, exprWord:
		if name, ok := r.labels[t.Text]; ok && (r.prev() == "goto" || r.prev() == "&&" || r.is(i+1, hi, ":")) {
			r.put(i, name)
			return i + 1
		}
		if strings.HasPrefix(t.Text, "__builtin_") && r.is(i+1, hi, "(") {
			return r.builtin(i, hi, p)
		}
		if t.Text == "__FUNCTION__" || t.Text == "__PRETTY_FUNCTION__" {
			r.put(i, "__func__")
			return i + 1
		}
		if t.Text == "sizeof" {
			if r.zeroSize(i, hi) {
				r.put(i, "0UL")
				return r.partner(i+1) + 1
			}
			if lo, end, next := r.constexpr(i, hi); next > 0 {
				r.put(i, "__builtin_constant_p", "(")
				r.seq(lo, end, inParen)
				r.put(i, ")")
				return next
			}
		}
	case typeWord:
		if t.Text == "__signed" || t.Text == "__signed__" {
			r.put(i, "signed")
			return i + 1
		}
	}
	r.copy(i)
	return i + 1
}

// punct rewrites the punctuator at i, with all it brackets.
func (r *rewriter) punct(i, hi int, p place) int {
	inner := inParen
	switch r.toks[i].Text {
	case "(":
		if r.prev() == "?" && r.isNull(i, hi) {
			r.put(i, "0") // cc would make a void * of the conditional
			return r.partner(i) + 1
		}
		if n := len(r.out); n > 2 && r.out[n-1].text == ")" && r.out[n-2].text == "*" && r.out[n-3].text == "(" {
			return r.parameters(i, hi)
		}
	case "[":
		end := min(r.partner(i), hi)
		if p == inBlock && r.ranged(i, end) {
			return end + 1
		}
		if n := r.literalSize(i, end); n >= 0 {
			r.put(i, "[", strconv.Itoa(n), "]")
			return end + 1
		}
	case "{":
		inner = inBlock
		if n := len(r.out); n > 3 && r.is(i+1, hi, "}") && r.out[n-1].text == "=" && r.out[n-2].text == "]" && r.out[n-3].text == "[" {
			r.out = append(r.out[:n-2], tok{"0", r.out[n-2].src, false}, r.out[n-2], r.out[n-1])
		}
	case "?":
		if n := len(r.out); r.is(i+1, hi, ":") {
			if r.elvis(i); len(r.out) > n {
				return i + 1
			}
		}
		r.copy(i)
		return i + 1
	default:
		r.copy(i)
		return i + 1
	}
	end := min(r.partner(i), hi)
	r.copy(i)
	labels := r.labels
	r.seq(i+1, end, inner)
	r.labels = labels
	if end < hi {
		r.copy(end)
	}
	return end + 1
}

// parameters rewrites the parameters at i of a pointer to function that is not
// declared, such as in a cast, without their names: cc would declare them in
// the scope around.
func (r *rewriter) parameters(i, hi int) int {
	end := min(r.partner(i), hi)
	r.copy(i)
	for k, a := range r.args(i, end) {
		if k > 0 {
			r.put(a[0]-1, ",")
		}
		n := a[1] - 1
		if n > a[0] && r.toks[n].Kind == pp.Ident && words[r.toks[n].Text] == noWord {
			if before := &r.toks[n-1]; before.Text == "*" || before.Kind == pp.Ident && words[before.Text] != tagWord && words[before.Text] != qualWord {
				a[1] = n
			}
		}
		r.seq(a[0], a[1], inParen)
	}
	if end < hi {
		r.copy(end)
	}
	return end + 1
}

// localLabels rewrites the declaration of labels at i. cc knows the labels of
// a function only as a whole, so those of a block get a name of their own.
func (r *rewriter) localLabels(i, hi int) int {
	r.labels = maps.Clone(r.labels)
	if r.labels == nil {
		r.labels = map[string]string{}
	}
	for ; i < hi; i++ {
		t := &r.toks[i]
		if t.Kind == pp.Ident && words[t.Text] == noWord {
			name := t.Text + "__" + strconv.Itoa(i)
			r.labels[t.Text] = name
			r.put(i, name)
			continue
		}
		r.copy(i)
		if r.is(i, hi, ";") {
			return i + 1
		}
	}
	return hi
}

// elvis completes a conditional without a second operand, of which the "?"
// comes next, if the first has no effect: cc fails on a constant there.
func (r *rewriter) elvis(i int) {
	depth := 0
	k := len(r.out)
scan:
	for ; k > r.floor; k-- {
		t := &r.out[k-1]
		switch t.text {
		case ")", "]":
			depth++
			continue
		case "(", "[":
			if depth--; depth < 0 {
				break scan
			}
			if k > r.floor+1 && r.out[k-2].ident && words[r.out[k-2].text] == noWord && t.text == "(" {
				return // a call
			}
			continue
		case "}", "{", ";", "++", "--", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|=":
			if depth > 0 {
				return
			}
			break scan
		case "=":
			if depth > 0 {
				return
			}
			break scan
		case ",", "?", ":", "return", "case", "else", "goto":
			if depth == 0 {
				break scan
			}
		}
	}
	if len(r.out)-k > 100 {
		return
	}
	first := slices.Clone(r.out[k:])
	r.put(i, "?")
	r.out = append(r.out, first...)
}

// literalSize returns the number of elements of the compound literal whose type
// ends with the brackets at i and end, if those are empty: cc does not count.
// It is -1 if there is no such literal, or one with designators.
func (r *rewriter) literalSize(i, end int) int {
	top := r.base + len(r.match)
	if end != i+1 || !r.is(end+1, top, ")") || !r.is(end+2, top, "{") {
		return -1
	}
	list := r.args(end+2, min(r.partner(end+2), top))
	if last := list[len(list)-1]; last[0] >= last[1] {
		list = list[:len(list)-1]
	}
	for _, a := range list {
		if r.is(a[0], a[1], "[") {
			return -1
		}
	}
	return len(list)
}

// ranged rewrites the designator between the brackets at i and end if it is a
// range of one element, which cc refuses. It reports whether it did.
func (r *rewriter) ranged(i, end int) bool {
	for k := i + 1; k < end; k++ {
		if !r.is(k, end, "...") {
			continue
		}
		mark := len(r.out)
		r.copy(i)
		r.seq(i+1, k, inParen)
		lo, ok1 := fold(r.out[mark+1:], r.scope)
		n := len(r.out)
		r.seq(k+1, end, inParen)
		hi, ok2 := fold(r.out[n:], r.scope)
		if ok1 && ok2 && lo.v == hi.v {
			r.out = r.out[:n]
			r.put(end, "]")
			return true
		}
		r.out = r.out[:mark]
		return false
	}
	return false
}

// isNull reports whether ((void *)0) stands at i, before a colon.
func (r *rewriter) isNull(i, hi int) bool {
	for k, s := range [...]string{"(", "(", "void", "*", ")", "0", ")", ":"} {
		if i+k >= hi || r.toks[i+k].Text != s {
			return false
		}
	}
	return true
}

// tagged rewrites the struct, union or enum specifier at i.
func (r *rewriter) tagged(i, hi int, p place) int {
	kw := i
	anon := r.anon
	r.anon = false
	r.copy(i)
	r.packed, r.aligned = false, nil
	for i++; i < hi && r.toks[i].Kind == pp.Ident; i++ {
		if words[r.toks[i].Text] != attrWord {
			r.copy(i)
			i++
			break
		}
		i = r.attr(i, hi, inParen) - 1
	}
	for i < hi && r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == attrWord && r.toks[i].Text != "asm" {
		i = r.attr(i, hi, inParen)
	}
	if !r.is(i, hi, "{") {
		return i
	}
	open, end := i, min(r.partner(i), hi)
	for i = end + 1; i < hi && r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == attrWord; {
		i = r.attr(i, hi, inParen)
	}
	packed, aligned := r.packed, r.aligned
	if packed && r.toks[kw].Text == "enum" {
		r.put(open, append([]string{":"}, r.smallest(open+1, end)...)...)
	}
	r.copy(open)
	switch {
	case r.toks[kw].Text == "enum":
		r.seq(open+1, end, inParen)
	default:
		n, level := r.nest, r.level
		if anon {
			r.level++
		} else {
			r.nest, r.level = r.nested(open+1, end), 0
		}
		if n := r.members(open+1, end, packed); n > 1 && aligned == nil && !packed {
			aligned = []tok{{strconv.Itoa(n), int32(kw), false}}
		}
		r.nest, r.level = n, level
	}
	r.put(min(end, hi-1), "}")
	if aligned != nil && r.toks[kw].Text != "enum" {
		r.align(kw, aligned)
	}
	r.packed, r.aligned = false, nil
	return i
}

// attr rewrites the attribute, asm label, asm statement or alignment
// specifier at i.
func (r *rewriter) attr(i, hi int, p place) int {
	t := &r.toks[i]
	if !r.is(i+1, hi, "(") {
		if words[t.Text] == attrWord && strings.Contains(t.Text, "asm") {
			return r.asm(i, hi)
		}
		return i + 1
	}
	end := min(r.partner(i+1), hi)
	switch t.Text {
	case "__attribute__", "__attribute":
		if r.is(i+2, hi, "(") {
			r.attrs(i+3, min(r.partner(i+2), end), p)
		}
	case "asm", "__asm__", "__asm":
		if p == inBlock && r.atStatement() {
			return r.asm(i, hi)
		}
	case "_Alignas":
		if p == inMember || p == inPacked {
			r.put(i, "_Alignas", "(")
			r.seq(i+2, end, inParen)
			r.put(i, ")")
		}
	}
	return end + 1
}

// atStatement reports whether what is emitted next begins a statement.
func (r *rewriter) atStatement() bool {
	switch r.prev() {
	case ";", "{", "}", ")", ":", "else", "do":
		return true
	}
	return false
}

// attrs reads a list of attributes, keeping what matters for layout and flow.
func (r *rewriter) attrs(i, hi int, p place) {
	for i < hi {
		t := &r.toks[i]
		i++
		if t.Kind != pp.Ident {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(t.Text, "__"), "__")
		arg := i
		if r.is(i, hi, "(") {
			i = min(r.partner(i), hi) + 1
		}
		switch name {
		case "noreturn":
			r.noreturn = r.noreturn || p == atFile
		case "cleanup":
			if k := len(r.out) - 1; k >= 0 && r.out[k].ident && arg < i && arg+1 < len(r.toks) && r.toks[arg+1].Kind == pp.Ident {
				r.cleanups = append(r.cleanups, cleanup{r.out[k].src, r.toks[arg+1].Text})
			}
		case "weak":
			r.weak = r.weak || p == atFile
		case "packed":
			r.packed = true
		case "aligned":
			if arg == i {
				r.aligned = []tok{{"16", int32(arg - 1), false}}
				break
			}
			mark, floor := len(r.out), r.floor
			r.floor = mark
			r.seq(arg+1, i-1, inParen)
			r.floor = floor
			r.aligned = append([]tok(nil), r.out[mark:]...)
			r.out = r.out[:mark]
		}
	}
}
