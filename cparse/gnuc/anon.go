// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import "kapilint/cparse/pp"

// nest describes the anonymous structs and unions in a struct. cc looks for a
// member that is not at the top through everything nested in the struct,
// named members included, and takes the one that is nested the least. A named
// member whose own members could be mistaken for those of an anonymous one is
// therefore put into so many more anonymous structs that it is nested deeper;
// the layout stays the same.
type nest struct {
	depth int             // how deep anonymous members nest
	names map[string]bool // what is declared in them
}

// anonymous returns the brackets of the body of the member declaration lo to
// hi, if it is an anonymous struct or union.
func (r *rewriter) anonymous(lo, hi int) (open, end int, ok bool) {
	i := lo
	for i < hi && r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == qualWord {
		i++
	}
	if i >= hi || words[r.toks[i].Text] != tagWord || r.toks[i].Text == "enum" {
		return 0, 0, false
	}
	for i++; i < hi && r.toks[i].Kind == pp.Ident; i++ {
		if words[r.toks[i].Text] == attrWord && r.is(i+1, hi, "(") {
			i = r.partner(i + 1)
		}
	}
	if !r.is(i, hi, "{") {
		return 0, 0, false
	}
	open, end = i, min(r.partner(i), hi)
	for i = end + 1; i < hi; i++ {
		if words[r.toks[i].Text] != attrWord || !r.is(i+1, hi, "(") {
			return 0, 0, false
		}
		i = r.partner(i + 1)
	}
	return open, end, true
}

// bare reports whether the member declaration lo to hi declares no member, only
// the constants of an enumeration or a tag.
func (r *rewriter) bare(lo, hi int) bool {
	i := lo
	for i < hi && r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == qualWord {
		i++
	}
	if i >= hi || words[r.toks[i].Text] != tagWord {
		return false
	}
	tagged := r.toks[i].Text == "enum"
	for i++; i < hi && r.toks[i].Kind == pp.Ident; i++ {
		if words[r.toks[i].Text] == attrWord && r.is(i+1, hi, "(") {
			i = r.partner(i + 1)
			continue
		}
		tagged = true
	}
	if !tagged || !r.is(i, hi, "{") {
		return false
	}
	for i = r.partner(i) + 1; i < hi; i++ {
		if words[r.toks[i].Text] != attrWord || !r.is(i+1, hi, "(") {
			return false
		}
		i = r.partner(i + 1)
	}
	return true
}

// hoistMember moves the declaration lo to hi out of the struct, before the
// item: cc would make a member of it.
func (r *rewriter) hoistMember(lo, hi int) {
	mark := len(r.out)
	r.seq(lo, hi, inParen)
	r.hoist = append(append(r.hoist, r.out[mark:]...), tok{";", int32(lo), false})
	r.out = r.out[:mark]
}

// nested describes the anonymous members in the struct body lo to hi.
func (r *rewriter) nested(lo, hi int) nest {
	n := nest{}
	for i := lo; i < hi; {
		end, _, _ := r.memberEnd(i, hi)
		if open, stop, ok := r.anonymous(i, end); ok {
			inner := r.nested(open+1, stop)
			n.depth = max(n.depth, inner.depth+1)
			if n.names == nil {
				n.names = map[string]bool{}
			}
			for _, name := range memberNames(r.toks, open+1, stop) {
				n.names[name] = true
			}
		}
		i = end + 1
	}
	return n
}

// shadows reports whether the named member lo to hi is a struct or union with
// a member of the same name as one in n.
func (r *rewriter) shadows(lo, hi int, n nest) bool {
	for i := lo; i < hi; i++ {
		t := &r.toks[i]
		if t.Kind != pp.Ident {
			return false
		}
		switch words[t.Text] {
		case qualWord:
			continue
		case noWord:
			return r.isType(t.Text) && r.collides(t.Text, false, n)
		case tagWord:
			if t.Text == "enum" {
				return false
			}
			for k := i + 1; k < hi; k++ {
				if r.is(k, hi, "{") {
					for _, name := range memberNames(r.toks, k+1, min(r.partner(k), hi)) {
						if n.names[name] {
							return true
						}
					}
					return false
				}
			}
			if i+1 < hi {
				return r.collides(r.toks[i+1].Text, true, n)
			}
		}
		return false
	}
	return false
}

func (r *rewriter) collides(name string, tag bool, n nest) bool {
	fields := r.fields(name, tag)
	for f := range fields {
		if n.names[f] {
			return true
		}
	}
	return false
}

// fields returns the names that may be members of the type called name, or of
// a member of it.
func (u *unit) fields(name string, tag bool) map[string]bool {
	key := fieldKey{name, tag}
	if set, ok := u.fieldSets[key]; ok {
		return set
	}
	set := map[string]bool{}
	u.fieldSets[key] = set // stands for itself in what it contains
	m := u.names
	if tag {
		m = u.tags
	}
	u.each(m, name, func(i int32) {
		it := &u.items[i]
		if it.kind != declItem || !tag && !it.typedef {
			return
		}
		for _, n := range memberNames(u.toks, it.lo, it.hi) {
			set[n] = true
		}
		for i := it.lo; i+1 < it.hi; i++ {
			t, next := &u.toks[i], &u.toks[i+1]
			if t.Kind != pp.Ident || next.Kind != pp.Ident {
				continue
			}
			var inner map[string]bool
			switch words[t.Text] {
			case tagWord:
				if i+2 < it.hi && u.toks[i+2].Kind == pp.Ident && next.Text != name {
					inner = u.fields(next.Text, true)
				}
			case noWord:
				if u.types[t.Text] {
					inner = u.fields(t.Text, false)
				}
			}
			for n := range inner {
				set[n] = true
			}
		}
	})
	return set
}

// maxMembers bounds the members of a struct, those of its members included: cc
// goes through all of them when it looks for one in an anonymous struct.
const maxMembers = 1 << 17

// weight returns the number of members of the type called name, nested ones
// included, or a bit more than maxMembers.
func (u *unit) weight(name string, tag bool) int {
	key := fieldKey{name, tag}
	if n, ok := u.weights[key]; ok {
		return n
	}
	u.weights[key] = 0
	m := u.names
	if tag {
		m = u.tags
	}
	n := 0
	u.each(m, name, func(i int32) {
		if it := &u.items[i]; it.kind == declItem && (tag || it.typedef) {
			n = max(n, u.weigh(it))
		}
	})
	n = min(n, maxMembers+1)
	u.weights[key] = n
	return n
}

// weigh returns the number of members that an item declares.
func (u *unit) weigh(it *item) int {
	n := 0
	for i := it.lo; i+2 < it.hi && n <= maxMembers; i++ {
		t, next := &u.toks[i], &u.toks[i+1]
		if t.Kind != pp.Ident || next.Kind != pp.Ident {
			continue
		}
		switch words[t.Text] {
		case tagWord:
			if t.Text != "enum" && u.toks[i+2].Kind == pp.Ident {
				n += u.weight(next.Text, true)
			}
		case noWord:
			n++
			if u.types[t.Text] {
				n += u.weight(t.Text, false)
			}
		case typeWord:
			n++
		}
	}
	return n
}

type fieldKey struct {
	name string
	tag  bool
}
