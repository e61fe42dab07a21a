// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"kapilint/cparse/pp"
)

// smallest returns the smallest type that can hold the constants of the
// enumeration body lo to hi.
func (r *rewriter) smallest(lo, hi int) []string {
	var it item
	enumerators(r.toks, lo, hi, &it)
	low, high := int64(0), int64(len(it.consts)-1)
	for _, name := range it.consts {
		if c, ok := r.scope.enumerator(name); ok {
			low, high = min(low, int64(c.v)), max(high, int64(c.v))
		}
	}
	switch {
	case low >= 0 && high < 1<<8:
		return []string{"unsigned", "char"}
	case low >= 0 && high < 1<<16:
		return []string{"unsigned", "short"}
	case low >= -1<<7 && high < 1<<7:
		return []string{"signed", "char"}
	case low >= -1<<15 && high < 1<<15:
		return []string{"short"}
	}
	return []string{"int"}
}

// align emits an aligned attribute.
func (r *rewriter) align(src int, arg []tok) {
	r.put(src, "__attribute__", "(", "(", "aligned", "(")
	r.out = append(r.out, arg...)
	r.put(src, ")", ")", ")")
}

// members rewrites the body of a struct or union. cc knows no packed
// attribute, but takes the alignment of a member's type from an aligned one.
// The result is the alignment that the struct has beyond that of the members
// that were emitted.
func (r *rewriter) members(lo, hi int, packed bool) (align int) {
	run := bitRun{end: lo - 1}
	p := inMember
	if packed {
		p = inPacked
	}
	for i := lo; i < hi; {
		if r.is(i, hi, ";") {
			i++ // cc takes no empty member
			continue
		}
		if t := &r.toks[i]; t.Kind == pp.Ident && t.Text == "_Static_assert" {
			i = r.one(i, hi, p)
			continue
		}
		end, stars, bits := r.memberEnd(i, hi)
		if r.bare(i, end) {
			r.hoistMember(i, end)
			i = end
			continue
		}
		if bits && i > run.end {
			run = r.bitRun(i, hi)
		}
		if bits && run.size > 0 {
			next, n := r.narrow(i, end, run.size)
			i, align = next, max(align, n)
		}
		_, _, anon := r.anonymous(i, end)
		wraps := 0
		if !anon && !stars && !bits && r.level < r.nest.depth && r.shadows(i, end, r.nest) {
			wraps = r.nest.depth - r.level
		}
		for range wraps {
			r.put(i, "struct", "{")
		}
		var aligned []tok
		switch {
		case !packed || bits:
		case stars:
			if next := r.packedPointer(i, end); next > i {
				i = next
			}
		default:
			r.align(i, []tok{{"1", int32(i), false}})
			if base := r.scope.unaligned(r.toks[i].Text); base != nil {
				r.put(i, base...) // cc refuses two alignments
				i++
			}
		}
		for i < end {
			r.aligned, r.anon = nil, anon
			i = r.one(i, end, p)
			if r.aligned != nil {
				aligned = r.aligned
			}
		}
		r.aligned = nil
		if aligned != nil && !bits {
			r.align(end-1, aligned)
		}
		for range wraps {
			r.put(end-1, ";", "}")
		}
		if i < hi {
			r.copy(i)
			i++
		}
	}
	return align
}

// memberEnd returns the index of the ';' that ends the member declaration at
// i, and whether it has pointer or bit-field declarators.
func (r *rewriter) memberEnd(i, hi int) (end int, stars, bits bool) {
	for i < hi {
		if r.toks[i].Kind == pp.Punct {
			switch r.toks[i].Text {
			case ";":
				return i, stars, bits
			case "*":
				stars = true
			case ":":
				bits = true
			case "(", "[", "{":
				if r.is(i+1, hi, "*") {
					stars = true
				}
				i = min(r.partner(i), hi)
			}
		}
		i++
	}
	return hi, stars, bits
}

// zeroSize reports whether at i stands an assertion of the form
//
//	sizeof(struct { int:(-!!(condition)); })
//
// The kernel was compiled, so it does not fail and the size is 0, whatever cc
// can evaluate of the condition.
func (r *rewriter) zeroSize(i, hi int) bool {
	for k, s := range [...]string{"sizeof", "(", "struct", "{", "int", ":", "(", "-", "!", "!"} {
		if i+k >= hi || r.toks[i+k].Text != s {
			return false
		}
	}
	return r.partner(i+1) < hi
}

// packedPointer rewrites "T *" of a packed member "T *name;" so that the
// pointer is not aligned, and returns the index of the name; or lo when the
// declaration has another form.
func (r *rewriter) packedPointer(lo, hi int) int {
	star, name := -1, hi-1
	for i := lo; i < hi; i++ {
		t := &r.toks[i]
		switch {
		case t.Kind == pp.Punct && t.Text == "*":
			star = i
		case t.Kind != pp.Ident || words[t.Text] == attrWord:
			return lo
		}
	}
	if star < 0 || name <= star {
		return lo
	}
	r.align(lo, []tok{{"1", int32(lo), false}})
	r.put(lo, "typeof", "(", "(")
	r.seq(lo, star+1, inParen)
	r.put(lo, ")", "0", ")")
	return star + 1
}
