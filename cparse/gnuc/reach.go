// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"maps"
	"slices"

	"kapilint/cparse/pp"
)

// form says how an item is given to cc.
type form uint8

const (
	left form = iota // not at all
	decl             // a function as its declaration
	whole
)

// unit is a translation unit cut into items, and how much of it is wanted.
type unit struct {
	toks  []pp.Token
	items []item
	opts  *Options

	names map[string]link // ordinary identifiers and enumeration constants
	tags  map[string]link
	links []link // chains of the two

	types     map[string]bool // typedef names
	form      []form
	text      [][]tok // the rewritten items
	queue     []int32
	faults    []int32        // items found to be at fault when they were wanted
	refused   map[int32]bool // those
	rw        rewriter
	members   map[string]bool     // names seen after . and ->
	waiting   map[string][]int32  // items of structs that are wanted when such a name is seen
	waits     map[int32]bool      // the items that wait
	enums     map[string]constant // see enumerator
	fieldSets map[fieldKey]map[string]bool
	weights   map[fieldKey]int
	builtins  map[string]bool
	noReturn  map[string]bool
	weak      map[string]bool
	cleanups  map[int32]string // of variables, by the pp token of their name
}

// link is an element of a chain of items that declare the same name.
type link struct{ item, next int32 }

func newUnit(toks []pp.Token, opts *Options, inMain func(*pp.Token) bool) *unit {
	s := splitter{toks: toks}
	s.split()
	u := &unit{
		toks: toks, items: s.items, opts: opts,
		names: make(map[string]link, 2*len(s.items)), tags: make(map[string]link, len(s.items)),
		types: map[string]bool{"__builtin_va_list": true},
		form:  make([]form, len(s.items)), text: make([][]tok, len(s.items)),
		members: map[string]bool{}, waiting: map[string][]int32{}, waits: map[int32]bool{},
		enums: map[string]constant{}, fieldSets: map[fieldKey]map[string]bool{}, weights: map[fieldKey]int{},
		refused:  map[int32]bool{},
		builtins: map[string]bool{}, noReturn: maps.Clone(noReturn), weak: map[string]bool{}, cleanups: map[int32]string{},
	}
	u.rw = rewriter{toks: toks, isType: func(name string) bool { return u.types[name] }, fields: u.fields, scope: u}
	for i := range u.items {
		it := &u.items[i]
		it.main = inMain(&toks[it.lo])
		if it.kind == dropItem {
			continue
		}
		declare(toks, it)
		for _, n := range it.names {
			u.chain(u.names, n, i)
			if it.typedef {
				u.types[n] = true
			}
		}
		for _, n := range it.consts {
			u.chain(u.names, n, i)
		}
		for _, n := range it.tags {
			u.chain(u.tags, n, i)
		}
	}
	return u
}

// chain adds item i to those that declare name.
func (u *unit) chain(m map[string]link, name string, i int) {
	next := int32(-1)
	if l, ok := m[name]; ok {
		next = int32(len(u.links))
		u.links = append(u.links, l)
	}
	m[name] = link{int32(i), next}
}

// each calls f for the items that declare name.
func (u *unit) each(m map[string]link, name string, f func(int32)) bool {
	l, ok := m[name]
	if !ok {
		return false
	}
	for {
		f(l.item)
		if l.next < 0 {
			return true
		}
		l = u.links[l.next]
	}
}

// reach wants an item. A function is wanted whole if its body is of use.
func (u *unit) reach(i int32) {
	f := whole
	if it := &u.items[i]; it.kind == funcItem && !u.keepBody(it) {
		f = decl
	}
	u.want(i, f)
}

// reachDecl wants an item, a function as its declaration.
func (u *unit) reachDecl(i int32) {
	if u.items[i].kind == funcItem {
		u.want(i, decl)
		return
	}
	u.reach(i)
}

func (u *unit) want(i int32, f form) {
	it := &u.items[i]
	if it.fault != "" {
		u.refuse(i)
	}
	if u.form[i] >= f || it.kind == dropItem || it.fault != "" {
		return
	}
	if len(it.tags) > 0 && it.kind == declItem && u.weigh(it) > maxMembers {
		it.fault, it.at = "too many nested members", it.lo
		u.want(i, f)
		return
	}
	u.form[i] = f
	u.queue = append(u.queue, i)
}

// refuse records that item i is at fault.
func (u *unit) refuse(i int32) {
	if !u.refused[i] {
		u.refused[i] = true
		u.faults = append(u.faults, i)
	}
}

// smallBody is the number of tokens up to which the body of a header function
// without a result is kept: most of the large ones are trace points.
const smallBody = 40

// keepBody reports whether the body of a function that is reached is kept. One
// without a result matters for what it does to the objects it is handed.
func (u *unit) keepBody(it *item) bool {
	switch {
	case u.opts.noBodies:
		return false
	case it.main, !it.void, u.opts.KeepVoid:
		return true
	}
	return it.hi-it.body <= smallBody && slices.ContainsFunc(u.toks[it.lo:it.body], func(t pp.Token) bool { return t.Text == "*" })
}

// close rewrites what is wanted and wants what that mentions, until nothing
// more is.
func (u *unit) close() {
	for len(u.queue) > 0 {
		i := u.queue[len(u.queue)-1]
		u.queue = u.queue[:len(u.queue)-1]
		u.rewrite(int(i))
		if at := u.endless(u.text[i]); at >= 0 {
			u.items[i].fault, u.items[i].at = "an array of structs without members", int(at)
			u.form[i] = left
			u.refuse(i)
			continue
		}
		u.mentions(u.text[i], &u.items[i])
	}
}

// rewrite makes the text of an item.
func (u *unit) rewrite(i int) {
	it := &u.items[i]
	hi := it.hi
	if it.kind == funcItem && u.form[i] == decl {
		hi = it.body
	}
	r := &u.rw
	r.out = make([]tok, 0, hi-it.lo+8)
	r.load(it.lo, hi)
	if it.kind == funcItem {
		r.seq(it.lo, it.body, atFile)
		if hi == it.body {
			r.put(hi-1, ";")
		} else {
			r.seq(it.body, hi, atFile)
		}
	} else {
		r.seq(it.lo, hi, atFile)
		if it.typedef && r.aligned != nil && !(len(r.aligned) == 1 && r.aligned[0].text == "8" && u.opts.Bits != 32) {
			r.out = r.out[:len(r.out)-1]
			r.align(hi-1, r.aligned)
			r.put(hi-1, ";")
		}
	}
	u.text[i] = append(r.hoist, r.out...)
	for _, c := range r.cleanups {
		u.cleanups[c.src] = c.name
		u.each(u.names, c.name, u.reach)
	}
	if !it.typedef {
		for _, n := range it.names {
			if r.noreturn {
				u.noReturn[n] = true
			}
			if r.weak {
				u.weak[n] = true
			}
		}
	}
}

// mentions wants everything that the tokens ts of an item need.
func (u *unit) mentions(ts []tok, it *item) {
	body := it.kind == funcItem || it.init
	reach := u.reach
	if u.opts.Roots != nil && it.kind == declItem {
		reach = u.reachDecl // what a table of functions names is not called from here
	}
	for k := range ts {
		t := &ts[k]
		if !t.ident {
			continue
		}
		class := words[t.text]
		if class != noWord {
			continue
		}
		prev := ""
		if k > 0 {
			prev = ts[k-1].text
			switch c := words[prev]; {
			case prev == "." || prev == "->":
				u.member(t.text)
				continue
			case c == tagWord:
				u.tag(ts, k, prev)
				continue
			case ts[k-1].ident && (c == noWord || c == typeWord):
				continue // T name: a declarator
			case prev == "*" && !body && k+1 < len(ts) && endsDeclarator(ts[k+1].text):
				u.each(u.names, t.text, u.reachEnum) // T *name, or a product
				continue
			case k+1 < len(ts) && ts[k+1].text == ":" && (prev == "{" || prev == ",") && body:
				u.member(t.text) // an old designator, or a label
			}
		}
		if !u.each(u.names, t.text, reach) {
			if builtinDecl(t.text) != "" && !u.types[t.text] {
				u.builtins[t.text] = true
			}
		}
	}
}

// reachEnum wants an item if it defines enumeration constants.
func (u *unit) reachEnum(i int32) {
	if len(u.items[i].consts) > 0 {
		u.reach(i)
	}
}

func endsDeclarator(s string) bool {
	switch s {
	case ",", ")", ";", "[", ":":
		return true
	}
	return false
}

// tag wants what the tag at ts[k] needs: through a pointer, a struct is
// needed only if one of its members is named somewhere.
func (u *unit) tag(ts []tok, k int, keyword string) {
	name := ts[k].text
	next := ""
	if k+1 < len(ts) {
		next = ts[k+1].text
	}
	if keyword != "enum" && (next == "*" || next == ";" && k == 1) {
		u.each(u.tags, name, u.wait)
		return
	}
	u.each(u.tags, name, u.reach)
}

// wait wants item i as soon as one of its members is named.
func (u *unit) wait(i int32) {
	it := &u.items[i]
	if u.form[i] == whole || u.waits[i] {
		return
	}
	if it.kind != declItem || it.main {
		u.reach(i)
		return
	}
	u.waits[i] = true
	names := memberNames(u.toks, it.lo, it.hi)
	for _, n := range names {
		if u.members[n] {
			u.reach(i)
			return
		}
	}
	for _, n := range names {
		u.waiting[n] = append(u.waiting[n], i)
	}
}

// member notes that a member called name is used.
func (u *unit) member(name string) {
	if u.members[name] {
		return
	}
	u.members[name] = true
	for _, i := range u.waiting[name] {
		u.reach(i)
	}
	delete(u.waiting, name)
}

// memberNames returns the identifiers that may be names of members in the
// struct definition lo to hi.
func memberNames(toks []pp.Token, lo, hi int) []string {
	var names []string
	for i := lo; i+1 < hi; i++ {
		if toks[i].Kind != pp.Ident || words[toks[i].Text] != noWord {
			continue
		}
		next := &toks[i+1]
		if endsDeclarator(next.Text) || next.Kind == pp.Ident && words[next.Text] == attrWord {
			names = append(names, toks[i].Text)
		}
	}
	return names
}
