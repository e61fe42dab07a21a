// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"cmp"
	"math/bits"
	"slices"

	"kapilint/specmodel"
)

// relation is how a new set of values stands to the old one.
type relation int

const (
	same relation = iota
	narrower
	wider
	moved   // each has values that the other has not
	unknown // not all values are known
)

// reverse is the relation of the old set to the new one.
func (r relation) reverse() relation {
	switch r {
	case narrower:
		return wider
	case wider:
		return narrower
	}
	return r
}

// domain is the integers of a C type.
type domain struct {
	width  int
	signed bool
}

func (d domain) all() uint64 { return ^uint64(0) >> (64 - d.width) }

// sign is the bit that turns a bit pattern into a key, whose unsigned order is
// the order of the numbers.
func (d domain) sign() uint64 {
	if d.signed {
		return 1 << (d.width - 1)
	}
	return 0
}

// key brings the pattern of a number into the order of the type.
func (d domain) key(pattern uint64) uint64 { return pattern&d.all() ^ d.sign() }

// clip is the key of a number, or the end of the type that it lies beyond.
func (d domain) clip(v specmodel.Value) uint64 {
	least, most := specmodel.Uint(0), specmodel.Uint(d.all())
	if d.signed {
		most = specmodel.Uint(d.all() >> 1)
		least = specmodel.Int(-int64(d.all()>>1) - 1)
	}
	switch {
	case v.Cmp(least) < 0:
		return 0
	case v.Cmp(most) > 0:
		return d.all()
	}
	return d.key(v.Bits)
}

// number is the value of a key.
func (d domain) number(key uint64) specmodel.Value {
	pattern := key ^ d.sign()
	if d.signed && pattern&d.sign() != 0 {
		return specmodel.Int(int64(pattern | ^d.all()))
	}
	return specmodel.Uint(pattern)
}

// span is a closed interval of keys.
type span struct{ lo, hi uint64 }

// set is a set of values of one type: all patterns within a mask, or spans
// that are sorted and neither touch nor overlap.
type set struct {
	dom   domain
	isBit bool
	mask  uint64
	spans []span
}

func full(d domain) set { return set{dom: d, spans: []span{{0, d.all()}}} }

func bitSet(d domain, mask uint64) set { return set{dom: d, isBit: true, mask: mask & d.all()} }

func spanSet(d domain, spans []span) set {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && (s.lo <= out[n-1].hi || s.lo-1 == out[n-1].hi) {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return set{dom: d, spans: out}
}

// maxSpread is how many bits above a run of low bits a mask may have to be
// written as spans.
const maxSpread = 12

// expand writes the set as spans.
func (s set) expand() (set, bool) {
	if !s.isBit {
		return s, true
	}
	low := bits.TrailingZeros64(^s.mask)
	if low == 64 {
		return full(s.dom), true
	}
	run := uint64(1)<<low - 1
	rest := s.mask &^ run
	if bits.OnesCount64(rest) > maxSpread {
		return set{}, false
	}
	var spans []span
	for sub := rest; ; sub = (sub - 1) & rest {
		lo, hi := s.dom.key(sub), s.dom.key(sub|run)
		if lo > hi { // the run reaches the sign bit
			spans = append(spans, span{lo, s.dom.all()}, span{0, hi})
		} else {
			spans = append(spans, span{lo, hi})
		}
		if sub == 0 {
			return spanSet(s.dom, spans), true
		}
	}
}

// subset reports whether every value of s is in t; known is false where that
// is too hard to tell.
func (s set) subset(t set) (yes, known bool) {
	switch {
	case s.isBit && t.isBit:
		return s.mask&^t.mask == 0, true
	case t.isBit:
		for _, r := range s.spans {
			if orOf(s.dom, r)&^t.mask != 0 {
				return false, true
			}
		}
		return true, true
	case s.isBit && len(t.spans) == 1 && t.spans[0] == span{0, t.dom.all()}:
		return true, true
	}
	s, ok := s.expand()
	if !ok {
		return false, false
	}
	for _, r := range s.spans {
		i, _ := slices.BinarySearchFunc(t.spans, r.lo, func(x span, lo uint64) int { return cmp.Compare(x.hi, lo) })
		if i == len(t.spans) || t.spans[i].lo > r.lo || t.spans[i].hi < r.hi {
			return false, true
		}
	}
	return true, true
}

// orOf is every bit that some value of the span has.
func orOf(d domain, r span) uint64 {
	if sign := d.sign(); sign != 0 && r.lo < sign && r.hi >= sign {
		return d.all() // -1 is in it
	}
	lo, hi := r.lo^d.sign(), r.hi^d.sign()
	return hi | lo | (uint64(1)<<bits.Len64(lo^hi) - 1)
}

// relate compares two sets of one domain.
func relate(old, new set) relation {
	shrinks, ok1 := new.subset(old)
	grows, ok2 := old.subset(new)
	switch {
	case !ok1 || !ok2:
		return unknown
	case shrinks && grows:
		return same
	case shrinks:
		return narrower
	case grows:
		return wider
	}
	return moved
}

// maxPairs bounds the search for an example.
const maxPairs = 1 << 20

// example finds a value of s that is not in t.
func (s set) example(t set) (specmodel.Value, bool) {
	if s.isBit && t.isBit {
		if rest := s.mask &^ t.mask; rest != 0 {
			return s.dom.number(s.dom.key(rest & -rest)), true
		}
		return specmodel.Value{}, false
	}
	s, ok1 := s.expand()
	t, ok2 := t.expand()
	if !ok1 || !ok2 || len(s.spans)*len(t.spans) > maxPairs {
		return specmodel.Value{}, false
	}
	var best uint64
	found := false
	// Of the least value of each gap the one nearest to zero says most.
	try := func(key uint64) {
		if !found || distance(s.dom, key) < distance(s.dom, best) {
			best, found = key, true
		}
	}
	for _, r := range s.spans {
		at, done := r.lo, false
		for _, q := range t.spans {
			if q.hi < at {
				continue
			}
			if q.lo > r.hi {
				break
			}
			if q.lo > at {
				try(at)
				try(q.lo - 1)
			}
			if q.hi >= r.hi {
				done = true
				break
			}
			at = q.hi + 1
		}
		if !done {
			try(at)
			try(r.hi)
		}
	}
	return s.dom.number(best), found
}

func distance(d domain, key uint64) uint64 {
	zero := d.sign()
	if key >= zero {
		return key - zero
	}
	return zero - key
}
