// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"kapilint/cparse/pp"
)

// enumerator returns the value of an enumeration constant, as far as it is
// made of numbers.
func (u *unit) enumerator(name string) (constant, bool) {
	if c, ok := u.enums[name]; ok {
		return c, c.size > 0
	}
	u.enums[name] = constant{} // not known, and not while it is worked out
	u.each(u.names, name, func(i int32) {
		if it := &u.items[i]; len(it.consts) > 0 {
			u.enumerate(it)
		}
	})
	c := u.enums[name]
	return c, c.size > 0
}

// enumerate works out the constants of the enumerations in an item.
func (u *unit) enumerate(it *item) {
	for i := it.lo; i < it.hi; i++ {
		if u.toks[i].Text != "enum" {
			continue
		}
		for i++; i < it.hi && u.toks[i].Kind == pp.Ident; i++ {
		}
		if i >= it.hi || u.toks[i].Text != "{" {
			continue
		}
		end := skipGroup(u.toks, i, it.hi) - 1
		next := constant{size: 4}
		for i++; i < end; i++ {
			name := u.toks[i].Text
			lo := i + 1
			for i++; i < end && u.toks[i].Text != ","; {
				if u.toks[i].Text == "(" {
					i = skipGroup(u.toks, i, end)
				} else {
					i++
				}
			}
			if lo < i && u.toks[lo].Text == "=" {
				var ts []tok
				for k := lo + 1; k < i; k++ {
					ts = append(ts, tok{u.toks[k].Text, int32(k), u.toks[k].Kind == pp.Ident})
				}
				if c, ok := fold(ts, u); ok {
					if next = c; int64(c.v) == int64(int32(c.v)) && !(c.unsigned && c.v > 1<<31-1) {
						next.size, next.unsigned = 4, false
					}
				} else {
					next.size = 0
				}
			}
			u.enums[name] = next
			next.v++
		}
	}
}

// integer returns a zero of the integer type that name is a typedef of.
func (u *unit) integer(name string) (t constant, ok bool) {
	if !u.types[name] {
		return t, false
	}
	u.each(u.names, name, func(i int32) {
		it := &u.items[i]
		if !it.typedef || it.hi-it.lo > 8 || it.hi-it.lo < 4 {
			return
		}
		var ts []tok
		for k := it.lo + 1; k < it.hi-1; k++ {
			ts = append(ts, tok{u.toks[k].Text, int32(k), u.toks[k].Kind == pp.Ident})
		}
		if ts[0].text == name {
			return
		}
		if c, n := integerType(ts, u); n > 0 && n < len(ts) && ts[n].text == name {
			t, ok = c, true
		}
	})
	return t, ok
}

// unaligned returns the type that the typedef name gives an alignment of its
// own, or nil.
func (u *unit) unaligned(name string) (base []string) {
	if !u.types[name] {
		return nil
	}
	u.each(u.names, name, func(i int32) {
		it := &u.items[i]
		if !it.typedef || it.hi-it.lo > 40 {
			return
		}
		aligned := false
		var words []string
		for k := it.lo + 1; k < it.hi-1; k++ {
			switch t := &u.toks[k]; {
			case t.Text == "*" || t.Text == "{" || t.Text == "[":
				return
			case isAttr(t.Text):
				k = skipGroup(u.toks, k+1, it.hi) - 1
			case t.Text != name:
				words = append(words, t.Text)
			}
		}
		for k := it.lo; k < it.hi; k++ {
			aligned = aligned || u.toks[k].Text == "aligned" || u.toks[k].Text == "__aligned__"
		}
		if aligned {
			base = words
		}
	})
	return base
}
