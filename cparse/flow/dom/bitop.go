// SPDX-License-Identifier: GPL-2.0-only

package dom

// bitop is a binary operation that treats every bit by itself.
type bitop uint8

const (
	and bitop = iota
	or
	xor
)

func (op bitop) apply(a, b uint64) uint64 {
	switch op {
	case and:
		return a & b
	case or:
		return a | b
	}
	return a ^ b
}

// cubes returns the results for two pieces for which cube holds. It is exact:
// the free bits of both vary independently of each other.
func (op bitop) cubes(p, q piece) piece {
	var free uint64
	switch op {
	case and:
		free = p.free&(q.free|q.lo) | q.free&p.lo
	case or:
		free = p.free&(q.free|^q.lo) | q.free&^p.lo
	case xor:
		free = p.free | q.free
	}
	ones := op.apply(p.ones(), q.ones()) &^ free
	return piece{ones, ones | free, free}
}

// Not returns ~a.
func (s Set) Not() Set {
	m := s.mask()
	if s.n <= 1 {
		if s.n == 1 {
			s.hull = piece{m &^ s.hull.hi, m &^ s.hull.lo, s.hull.free}
		}
		return s
	}
	out := make([]piece, len(s.parts))
	for i, p := range s.parts {
		out[len(out)-1-i] = piece{m &^ p.hi, m &^ p.lo, p.free}
	}
	return build(s.w, out, true)
}

// And returns a & b.
func (s Set) And(t Set) Set { return s.bitwise(and, t) }

// Or returns a | b.
func (s Set) Or(t Set) Set { return s.bitwise(or, t) }

// Xor returns a ^ b.
func (s Set) Xor(t Set) Set { return s.bitwise(xor, t) }

func (s Set) bitwise(op bitop, t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	if s.n == 1 && t.n == 1 && s.hull.cube() && t.hull.cube() {
		return single(s.w, op.cubes(s.hull, t.hull))
	}
	if r, ok := enumerate(s, t, maxElems, op.apply); ok {
		return r
	}
	var room1, room2 [1]piece
	ps := cubesOf(s.pieces(&room1))
	qs := cubesOf(t.pieces(&room2))
	if len(ps)*len(qs) > 4*maxPairs {
		if r, ok := enumerate(s, t, maxEnum, op.apply); ok {
			return r
		}
		return s.bitwiseBounds(op, t)
	}
	var out []piece
	for _, p := range ps {
	next:
		for _, q := range qs {
			r := op.cubes(p, q)
			for _, o := range out {
				if r.within(o) {
					continue next
				}
			}
			out = append(out, r)
		}
	}
	return build(s.w, out, false)
}

func cubesOf(ps []piece) []piece {
	var out []piece
	for _, p := range ps {
		out = p.cubes(out)
	}
	return out
}

// bitwiseBounds is op for operands of many pieces: known bits and bounds.
func (s Set) bitwiseBounds(op bitop, t Set) Set {
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	m := s.mask()
	var out []piece
	for _, p := range ps {
		for _, q := range qs {
			p1 := piece{p.ones(), p.ones() | p.free, p.free}
			q1 := piece{q.ones(), q.ones() | q.free, q.free}
			r := op.cubes(p1, q1)
			lo, hi := uint64(0), m
			switch op {
			case and:
				hi = min(p.hi, q.hi)
			case or:
				lo = max(p.lo, q.lo)
			}
			out = appendPiece(lo, hi, r.free, r.ones(), out)
		}
	}
	return build(s.w, out, false)
}

// Shl returns a << b.
func (s Set) Shl(t Set) Set { return s.shift(t, Set.shlBy) }

// LShr returns a >> b with zeros shifted in.
func (s Set) LShr(t Set) Set { return s.shift(t, Set.lshrBy) }

// AShr returns a >> b with copies of the sign bit shifted in.
func (s Set) AShr(t Set) Set { return s.shift(t, Set.ashrBy) }

// shift applies by for every count in t; t may have another width.
func (s Set) shift(t Set, by func(Set, int) Set) Set {
	if s.n == 0 || t.n == 0 {
		return Set{w: s.w}
	}
	w := uint64(s.w)
	if k, ok := t.Single(); ok && k < w {
		return by(s, int(k))
	}
	if t.hull.lo >= w {
		return Full(int(s.w))
	}
	out := Set{w: s.w}
	for k := range int(w) {
		if t.hull.hi >= w || t.Contains(uint64(k)) {
			out = out.Union(by(s, k))
		}
	}
	return out
}

func (s Set) shlBy(k int) Set {
	if k == 0 || s.n == 0 {
		return s
	}
	if k >= int(s.w) {
		return Const(int(s.w), 0)
	}
	low := s.Trunc(int(s.w) - k)
	if low.n == 1 {
		p := low.hull
		return single(s.w, piece{p.lo << k, p.hi << k, p.free << k})
	}
	out := make([]piece, 0, low.n)
	for _, p := range low.parts {
		out = append(out, piece{p.lo << k, p.hi << k, p.free << k})
	}
	return build(s.w, out, true)
}

func (s Set) lshrBy(k int) Set {
	if k == 0 || s.n == 0 {
		return s
	}
	if s.n == 1 {
		p := s.hull
		return single(s.w, piece{p.lo >> k, p.hi >> k, p.free >> k})
	}
	out := make([]piece, 0, s.n)
	for _, p := range s.parts {
		out = append(out, piece{p.lo >> k, p.hi >> k, p.free >> k})
	}
	return build(s.w, out, false)
}

func (s Set) ashrBy(k int) Set {
	if k == 0 || s.n == 0 {
		return s
	}
	if s.hull.hi < s.sign() {
		return s.lshrBy(k)
	}
	pos, neg := s.split()
	top := s.mask() &^ (s.mask() >> k)
	return pos.lshrBy(k).Union(neg.lshrBy(k).setBits(s.w, top))
}

// setBits returns s at width w with the bits of mask, which s must have clear
// everywhere, set.
func (s Set) setBits(w uint8, mask uint64) Set {
	s.w = w
	if s.n == 0 {
		return s
	}
	s.hull.lo |= mask
	s.hull.hi |= mask
	if s.n == 1 {
		return s
	}
	out := make([]piece, 0, s.n)
	for _, p := range s.parts {
		out = append(out, piece{p.lo | mask, p.hi | mask, p.free})
	}
	s.parts = out
	return s
}

// Zext returns a converted to width w by adding zeros above. A smaller width
// truncates.
func (s Set) Zext(w int) Set {
	if w < int(s.w) {
		return s.Trunc(w)
	}
	if s.w != 0 {
		s.w = width(w)
	}
	return s
}

// Sext returns a converted to width w by copying the sign bit. A smaller width
// truncates.
func (s Set) Sext(w int) Set {
	if w <= int(s.w) {
		return s.Trunc(w)
	}
	if s.n == 0 || s.hull.hi < s.sign() {
		return s.Zext(w)
	}
	top := maskOf(width(w)) &^ s.mask()
	pos, neg := s.split()
	if pos.n == 0 {
		return neg.setBits(width(w), top)
	}
	return pos.Zext(w).Union(neg.setBits(width(w), top))
}

// Trunc returns a converted to width w by dropping the bits above. A larger
// width adds zeros.
func (s Set) Trunc(w int) Set {
	if w >= int(s.w) {
		return s.Zext(w)
	}
	m := maskOf(width(w))
	if s.hull.hi <= m {
		s.w = width(w)
		return s
	}
	if s.n == 1 {
		var buf [2]piece
		out := s.hull.trunc(m, buf[:0])
		if len(out) == 1 {
			return single(width(w), out[0])
		}
		return build(width(w), out, false)
	}
	out := make([]piece, 0, s.n)
	for _, p := range s.parts {
		out = p.trunc(m, out)
	}
	return build(width(w), out, false)
}

// trunc appends pieces that are the low bits of p under the mask m exactly.
func (p piece) trunc(m uint64, out []piece) []piece {
	free, ones := p.free&m, p.ones()&m
	if (p.lo^p.hi)&^m == 0 {
		return append(out, piece{p.lo & m, p.hi & m, free})
	}
	// The high parts are consecutive; with one between the first and the last
	// the low part takes all its values.
	high := piece{p.lo &^ m, p.hi &^ m, p.free &^ m}
	if high.next(high.lo) != high.hi {
		return append(out, piece{ones, ones | free, free})
	}
	out = appendPiece(p.lo&m, m, free, ones, out)
	return appendPiece(0, p.hi&m, free, ones, out)
}
