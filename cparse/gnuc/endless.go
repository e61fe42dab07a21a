// SPDX-License-Identifier: GPL-2.0-only

package gnuc

// cc never finishes an array of structs without members whose initializer has
// an element without braces: such an element uses up none of the list. A struct
// has no members when only a configuration that is off defines it, as struct
// irq_bit_descr of kernel/irq/internals.h, and its elements have no braces when
// the macro that makes them is off as well. The item is withheld instead.

// endless returns the token of the array in ts that cc would not finish, or -1.
func (u *unit) endless(ts []tok) int32 {
	for k := range ts {
		if ts[k].text != "{" || k < 2 {
			continue
		}
		j := k - 1
		if ts[j].text == "=" {
			j--
		} else if ts[j].text != ")" {
			continue
		} else {
			j-- // a compound literal
		}
		if ts[j].text != "]" {
			continue
		}
		for j >= 0 && ts[j].text == "]" {
			for j >= 0 && ts[j].text != "[" {
				j--
			}
			j--
		}
		if j >= 1 && ts[j].ident && !isTag(ts, j) && ts[j-1].ident {
			j-- // the declarator's name
		}
		if j < 0 || !ts[j].ident || isTag(ts, j) && definesTag(ts, ts[j].text) {
			continue
		}
		if u.hollow(ts[j].text, isTag(ts, j)) && unbraced(ts[k:]) {
			return ts[k].src
		}
	}
	return -1
}

func isTag(ts []tok, j int) bool { return j > 0 && words[ts[j-1].text] == tagWord }

// definesTag reports whether ts defines a struct or union called name itself.
func definesTag(ts []tok, name string) bool {
	for k := 1; k+2 < len(ts); k++ {
		if ts[k].text == name && isTag(ts, k) && ts[k+1].text == "{" && ts[k+2].text != "}" {
			return true
		}
	}
	return false
}

// hollow reports whether a struct or union, or what a typedef name stands for,
// has no members as far as the unit tells.
func (u *unit) hollow(name string, tag bool) bool {
	m := u.names
	if tag {
		m = u.tags
	} else if !u.types[name] {
		return false
	}
	solid := false
	known := u.each(m, name, func(i int32) {
		it := &u.items[i]
		switch {
		case tag && u.isDefined(it, name), !tag && !u.isHollowTypedef(it):
			solid = true
		}
	})
	return !solid && (known || tag)
}

// isDefined reports whether it defines the struct or union name with members.
func (u *unit) isDefined(it *item, name string) bool {
	for i := it.lo; i+2 < it.hi; i++ {
		if u.toks[i].Text == name && u.toks[i+1].Text == "{" && u.toks[i+2].Text != "}" {
			return true
		}
	}
	return false
}

// isHollowTypedef reports whether a typedef names a struct without members.
func (u *unit) isHollowTypedef(it *item) bool {
	for i := it.lo; i+2 < it.hi; i++ {
		word := u.toks[i].Text
		if word != "struct" && word != "union" {
			continue
		}
		if next := u.toks[i+1].Text; next != "{" {
			return u.toks[i+2].Text != "{" && u.toks[i+2].Text != "*" && u.hollow(next, true)
		}
		return u.toks[i+2].Text == "}"
	}
	return false
}

// unbraced reports whether the list that opens at ts[0] has an element without
// braces.
func unbraced(ts []tok) bool {
	depth, start := 0, true
	for k := range ts {
		switch ts[k].text {
		case "{", "(", "[":
			if depth == 1 && start && ts[k].text == "(" {
				return true
			}
			if depth++; depth > 1 {
				start = false
			}
			continue
		case "}", ")", "]":
			if depth--; depth == 0 {
				return false
			}
			continue
		case ",":
			start = start || depth == 1
			continue
		case "=":
			start = start || depth == 1 // after a designator
			continue
		}
		if depth == 1 && start {
			return true
		}
	}
	return false
}
