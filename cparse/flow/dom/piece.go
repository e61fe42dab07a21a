// SPDX-License-Identifier: GPL-2.0-only

package dom

import "math/bits"

// A piece is a non-empty set of bit patterns: those from lo to hi that agree
// with lo in every bit outside free.
//
// Read the free bits of its elements as one number, and the elements are all
// the numbers from one to another. Hence a piece is determined by the set it
// denotes: lo and hi are elements, and every bit of free does vary.
type piece struct{ lo, hi, free uint64 }

// fill returns x with every bit below its highest one set as well.
func fill(x uint64) uint64 {
	if x == 0 {
		return 0
	}
	return ^uint64(0) >> bits.LeadingZeros64(x)
}

func plainPiece(lo, hi uint64) piece { return piece{lo, hi, fill(lo ^ hi)} }

func point(v uint64) piece { return piece{v, v, 0} }

// newPiece returns the patterns from lo to hi that have exactly the bits ones
// outside free, and false when there are none.
func newPiece(lo, hi, free, ones uint64) (piece, bool) {
	if lo > hi {
		return piece{}, false
	}
	lo, ok := ceil(lo, free, ones)
	if !ok {
		return piece{}, false
	}
	hi, ok = floor(hi, free, ones)
	if !ok || lo > hi {
		return piece{}, false
	}
	return piece{lo, hi, free & fill(lo^hi)}, true
}

// ceil returns the least pattern that is not below v and has exactly the bits
// ones outside free.
func ceil(v, free, ones uint64) (uint64, bool) {
	bad := (v ^ ones) &^ free
	if bad == 0 {
		return v, true
	}
	upto := fill(bad)
	if v&(upto>>1+1) == 0 {
		return v&^upto | ones&upto, true
	}
	up := free &^ v &^ upto
	if up == 0 {
		return 0, false
	}
	up &= -up
	return v&^(up|(up-1)) | up | ones&(up-1), true
}

// floor returns the greatest pattern that is not above v and has exactly the
// bits ones outside free.
func floor(v, free, ones uint64) (uint64, bool) {
	bad := (v ^ ones) &^ free
	if bad == 0 {
		return v, true
	}
	upto := fill(bad)
	if v&(upto>>1+1) != 0 {
		return v&^upto | (ones|free)&upto, true
	}
	down := free & v &^ upto
	if down == 0 {
		return 0, false
	}
	down &= -down
	return v&^(down|(down-1)) | (ones|free)&(down-1), true
}

// extract gathers the bits of v that are in mask at the low end.
func extract(v, mask uint64) uint64 {
	if mask&(mask+1) == 0 {
		return v & mask
	}
	var r uint64
	at := 0
	for mask != 0 {
		skip := bits.TrailingZeros64(mask)
		mask >>= skip
		v >>= skip
		n := bits.TrailingZeros64(^mask)
		r |= v & (1<<n - 1) << at
		at += n
		mask >>= n
		v >>= n
	}
	return r
}

// deposit scatters the low bits of v to the places of mask.
func deposit(v, mask uint64) uint64 {
	if mask&(mask+1) == 0 {
		return v & mask
	}
	var r uint64
	at := 0
	for mask != 0 {
		skip := bits.TrailingZeros64(mask)
		mask >>= skip
		at += skip
		n := bits.TrailingZeros64(^mask)
		r |= v & (1<<n - 1) << at
		at += n
		mask >>= n
		v >>= n
	}
	return r
}

// ones returns the bits that are set in every element.
func (p piece) ones() uint64 { return p.lo &^ p.free }

// plain reports whether p is simply all patterns from lo to hi.
func (p piece) plain() bool { return p.free&(p.free+1) == 0 }

// cube reports whether p is given by its known bits alone.
func (p piece) cube() bool { return p.lo&p.free == 0 && p.hi&p.free == p.free }

// size returns the number of elements modulo 2^64; 0 stands for 2^64.
func (p piece) size() uint64 {
	switch {
	case p.plain():
		return p.hi - p.lo + 1
	case p.cube():
		return 1 << bits.OnesCount64(p.free)
	}
	return extract(p.hi, p.free) - extract(p.lo, p.free) + 1
}

// small reports whether p has at most n elements.
func (p piece) small(n uint64) bool { return p.size()-1 < n }

// runs returns how many maximal ranges p consists of, modulo 2^64.
func (p piece) runs() uint64 {
	low := bits.TrailingZeros64(^p.free)
	free := p.free >> low
	if free == 0 {
		return 1
	}
	return extract(p.hi>>low, free) - extract(p.lo>>low, free) + 1
}

// next returns the element after v, which must not be hi.
func (p piece) next(v uint64) uint64 { return ((v|^p.free)+1)&p.free | p.ones() }

func (p piece) contains(v uint64) bool {
	return p.lo <= v && v <= p.hi && (v^p.lo)&^p.free == 0
}

func (p piece) within(q piece) bool {
	return q.lo <= p.lo && p.hi <= q.hi && p.free&^q.free == 0 && (p.lo^q.lo)&^q.free == 0
}

// join returns the least piece that holds p and q.
func (p piece) join(q piece) piece {
	return piece{min(p.lo, q.lo), max(p.hi, q.hi), p.free | q.free | (p.lo ^ q.lo)}
}

// meet returns the elements that p and q share.
func (p piece) meet(q piece) (piece, bool) {
	if p.lo > q.hi || q.lo > p.hi || (p.lo^q.lo)&^p.free&^q.free != 0 {
		return piece{}, false
	}
	if p.plain() && q.plain() {
		return plainPiece(max(p.lo, q.lo), min(p.hi, q.hi)), true
	}
	return newPiece(max(p.lo, q.lo), min(p.hi, q.hi), p.free&q.free, p.ones()|q.ones())
}

// minus appends disjoint pieces for the elements of p that are not in q.
func (p piece) minus(q piece, out []piece) []piece {
	both, ok := p.meet(q)
	if !ok {
		return append(out, p)
	}
	if both == p {
		return out
	}
	free, ones := p.free, p.ones()
	add := func(lo, hi, free, ones uint64) {
		if r, ok := newPiece(lo, hi, free, ones); ok {
			out = append(out, r)
		}
	}
	// The known bits of q above the highest one that varies are a matter of
	// ranges: everything outside the window goes at once.
	window := fill(q.lo ^ q.hi)
	lo, hi := q.lo&^window, q.lo|window
	if p.lo < lo {
		add(p.lo, lo-1, free, ones)
	} else {
		lo = p.lo
	}
	if hi < p.hi {
		add(hi+1, p.hi, free, ones)
	} else {
		hi = p.hi
	}
	for rest := window &^ q.free & free; rest != 0; {
		bit := fill(rest)>>1 + 1
		rest &^= bit
		free &^= bit
		add(lo, hi, free, ones|bit&^q.lo)
		ones |= bit & q.lo
	}
	if lo < q.lo {
		add(lo, q.lo-1, free, ones)
	}
	if q.hi < hi {
		add(q.hi+1, hi, free, ones)
	}
	return out
}

// cubes appends pieces for which cube holds and which together are p.
func (p piece) cubes(out []piece) []piece {
	if p.cube() {
		return append(out, p)
	}
	ones := p.ones()
	at, last := extract(p.lo, p.free), extract(p.hi, p.free)
	for {
		// The largest aligned block that starts here and does not pass last.
		k := min(bits.TrailingZeros64(at), 63)
		for uint64(1)<<k-1 > last-at {
			k--
		}
		free := deposit(1<<k-1, p.free)
		lo := deposit(at, p.free) | ones
		out = append(out, piece{lo, lo | free, free})
		end := at + (1<<k - 1)
		if end == last {
			return out
		}
		at = end + 1
	}
}

// ranges appends the maximal ranges of p in order.
func (p piece) ranges(out []piece) []piece {
	if p.plain() {
		return append(out, p)
	}
	low := uint64(1)<<bits.TrailingZeros64(^p.free) - 1
	high := piece{p.lo &^ low, p.hi &^ low, p.free &^ low}
	for v := high.lo; ; v = high.next(v) {
		lo, hi := v, v|low
		if v == high.lo {
			lo = p.lo
		}
		if v == high.hi {
			hi = p.hi
		}
		out = append(out, plainPiece(lo, hi))
		if v == high.hi {
			return out
		}
	}
}

// comparePieces orders pieces by their least element.
func comparePieces(p, q piece) int {
	switch {
	case p.lo != q.lo:
		if p.lo < q.lo {
			return -1
		}
		return 1
	case p.hi != q.hi:
		if p.hi < q.hi {
			return -1
		}
		return 1
	case p.free != q.free:
		if p.free < q.free {
			return -1
		}
		return 1
	}
	return 0
}
