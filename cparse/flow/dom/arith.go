// SPDX-License-Identifier: GPL-2.0-only

package dom

import "math/bits"

// enumerate applies f to every pair of elements, if there are at most limit.
func enumerate(s, t Set, limit uint64, f func(a, b uint64) uint64) (Set, bool) {
	if !s.small(limit) || !t.small(limit) || s.size()*t.size() > limit {
		return Set{}, false
	}
	as := s.appendValues(make([]uint64, 0, s.size()))
	bs := t.appendValues(make([]uint64, 0, t.size()))
	m := s.mask()
	vs := make([]uint64, 0, len(as)*len(bs))
	for _, a := range as {
		for _, b := range bs {
			vs = append(vs, f(a, b)&m)
		}
	}
	return fromValues(s.w, vs), true
}

// unfit deals with operands that a binary operation cannot work on: it returns
// the empty set when one is empty, every value when the widths differ.
func unfit(s, t Set) (Set, bool) {
	switch {
	case s.w == 0:
		return s, true
	case s.n == 0 || t.n == 0:
		return Set{w: s.w}, true
	case s.w != t.w:
		return Full(int(s.w)), true
	}
	return Set{}, false
}

// maxPairs bounds the pairs of pieces that a binary operation looks at.
const maxPairs = 256

// operands returns the pieces of s and t, or fewer and larger ones that cover
// them, so that there are at most maxPairs pairs. They are in order, but need
// not be disjoint.
func operands(s, t *Set, room1, room2 *[1]piece) (ps, qs []piece) {
	ps, qs = s.pieces(room1), t.pieces(room2)
	if len(ps)*len(qs) <= maxPairs {
		return ps, qs
	}
	n, m := len(ps), len(qs)
	for n*m > maxPairs {
		if n >= m {
			n = (n + 1) / 2
		} else {
			m = (m + 1) / 2
		}
	}
	if n < len(ps) {
		ps = coarsen(ps, n)
	}
	if m < len(qs) {
		qs = coarsen(qs, m)
	}
	return ps, qs
}

// Neg returns -a.
func (s Set) Neg() Set {
	if s.n == 0 {
		return s
	}
	return Const(int(s.w), 0).Sub(s)
}

// Add returns a + b.
func (s Set) Add(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	if a, ok := s.Single(); ok {
		if b, ok := t.Single(); ok {
			return Const(int(s.w), a+b)
		}
		if a == 0 {
			return t
		}
	}
	if b, ok := t.Single(); ok && b == 0 || s.IsFull() {
		return s
	}
	if t.IsFull() {
		return t
	}
	if !s.plain() || !t.plain() {
		if r, ok := enumerate(s, t, maxEnum, func(a, b uint64) uint64 { return a + b }); ok {
			return r
		}
	}
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	var buf [4]piece
	out := buf[:0]
	for _, p := range ps {
		for _, q := range qs {
			out = addPieces(p, q, s.mask(), out)
		}
	}
	return build(s.w, out, false)
}

// addPieces appends pieces that cover the sums of p and q.
func addPieces(p, q piece, m uint64, out []piece) []piece {
	// Where a carry can come in, the sum's bit is free.
	ones := p.ones() + q.ones()
	carry := (ones + p.free + q.free) ^ ones
	free := (carry | p.free | q.free) & m
	ones &= m &^ free
	lo, c1 := bits.Add64(p.lo, q.lo, 0)
	hi, c2 := bits.Add64(p.hi, q.hi, 0)
	return wrap(lo, hi, c1, c2, free, ones, m, out)
}

// wrap appends the patterns of the mathematical interval from lo to hi, whose
// upper halves are c1 and c2, reduced to the width, with the given bits.
func wrap(lo, hi, c1, c2, free, ones, m uint64, out []piece) []piece {
	span, borrow := bits.Sub64(hi, lo, 0)
	more, _ := bits.Sub64(c2, c1, borrow)
	if more != 0 || span >= m {
		return appendPiece(0, m, free, ones, out)
	}
	lo, hi = lo&m, hi&m
	if lo <= hi {
		return appendPiece(lo, hi, free, ones, out)
	}
	return appendPiece(lo, m, free, ones, appendPiece(0, hi, free, ones, out))
}

func appendPiece(lo, hi, free, ones uint64, out []piece) []piece {
	if p, ok := newPiece(lo, hi, free, ones); ok {
		return append(out, p)
	}
	return out
}

// Sub returns a - b.
func (s Set) Sub(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	if b, ok := t.Single(); ok {
		if a, ok := s.Single(); ok {
			return Const(int(s.w), a-b)
		}
		if b == 0 {
			return s
		}
	}
	switch {
	case s.IsFull():
		return s
	case t.IsFull():
		return t
	}
	if !s.plain() || !t.plain() {
		if r, ok := enumerate(s, t, maxEnum, func(a, b uint64) uint64 { return a - b }); ok {
			return r
		}
	}
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	var buf [4]piece
	out := buf[:0]
	for _, p := range ps {
		for _, q := range qs {
			out = subPieces(p, q, s.mask(), out)
		}
	}
	return build(s.w, out, false)
}

// subPieces appends pieces that cover the differences of p and q.
func subPieces(p, q piece, m uint64, out []piece) []piece {
	ones := p.ones() - q.ones()
	borrow := (ones + p.free) ^ (ones - q.free)
	free := (borrow | p.free | q.free) & m
	ones &= m &^ free
	lo, b1 := bits.Sub64(p.lo, q.hi, 0)
	hi, b2 := bits.Sub64(p.hi, q.lo, 0)
	return wrap(lo, hi, -b1, -b2, free, ones, m, out)
}

// Mul returns a * b.
func (s Set) Mul(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	if _, ok := s.Single(); ok {
		s, t = t, s
	}
	if b, ok := t.Single(); ok {
		if a, ok := s.Single(); ok {
			return Const(int(s.w), a*b)
		}
		if b == s.mask() {
			return s.Neg()
		}
		if b == 0 {
			return t
		}
		if k, ok := log2(b); ok {
			return s.shlBy(k)
		}
	}
	if r, ok := enumerate(s, t, maxEnum, func(a, b uint64) uint64 { return a * b }); ok {
		return r
	}
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	out := make([]piece, 0, len(ps)*len(qs))
	for _, p := range ps {
		for _, q := range qs {
			out = mulPieces(p, q, s.w, out)
		}
	}
	return build(s.w, out, false)
}

// mulPieces appends pieces that cover the products of p and q.
func mulPieces(p, q piece, w uint8, out []piece) []piece {
	m := maskOf(w)
	free, ones := mulBits(p, q, m)
	if high, hi := bits.Mul64(p.hi, q.hi); high == 0 && hi <= m {
		return appendPiece(p.lo*q.lo, hi, free, ones, out)
	}
	lo, hi, ok := mulSigned(p, q, w)
	if !ok {
		return appendPiece(0, m, free, ones, out)
	}
	if lo < 0 && hi >= 0 {
		out = appendPiece(0, uint64(hi), free, ones, out)
		return appendPiece(uint64(lo)&m, m, free, ones, out)
	}
	return appendPiece(uint64(lo)&m, uint64(hi)&m, free, ones, out)
}

// mulBits returns the low bits that are known of a product.
func mulBits(p, q piece, m uint64) (free, ones uint64) {
	zeros := func(p piece) int { return bits.TrailingZeros64(p.free | p.lo) }
	known := func(p piece) int { return bits.TrailingZeros64(p.free) }
	zp, zq := min(zeros(p), 64), min(zeros(q), 64)
	n := min(known(p)-zp, known(q)-zq) + zp + zq
	if n >= 64 {
		return 0, p.lo * q.lo & m
	}
	low := uint64(1)<<n - 1
	return m &^ low, p.lo * q.lo & low & m
}

// mulSigned returns the bounds of the products as signed numbers, if none of
// them overflows the width.
func mulSigned(p, q piece, w uint8) (lo, hi int64, ok bool) {
	sign := uint64(1) << (w - 1)
	if (p.lo^p.hi)&sign != 0 || (q.lo^q.hi)&sign != 0 {
		plo, phi := signedBounds(p, w)
		qlo, qhi := signedBounds(q, w)
		return mulBounds([2]int64{plo, phi}, [2]int64{qlo, qhi}, w)
	}
	return mulBounds([2]int64{signExtend(p.lo, w), signExtend(p.hi, w)}, [2]int64{signExtend(q.lo, w), signExtend(q.hi, w)}, w)
}

func signedBounds(p piece, w uint8) (lo, hi int64) {
	s := Set{w: w, n: 1, hull: p}
	return s.SMin(), s.SMax()
}

func mulBounds(ps, qs [2]int64, w uint8) (lo, hi int64, ok bool) {
	top := int64(maskOf(w) >> 1)
	for i, a := range ps {
		for j, b := range qs {
			high, low := bits.Mul64(magnitude(a), magnitude(b))
			v := int64(low)
			if (a < 0) != (b < 0) {
				v = -v
			}
			if high != 0 || low > uint64(top) {
				return 0, 0, false
			}
			if i == 0 && j == 0 {
				lo, hi = v, v
			}
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi, true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// nonzero returns t without 0. A divisor that can only be 0 yields no value;
// the second result is then false.
func nonzero(t Set) (Set, bool) {
	t = t.Without(0)
	return t, t.n > 0
}

// UDiv returns a / b as unsigned numbers, for the b that are not 0.
func (s Set) UDiv(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	t, ok := nonzero(t)
	if !ok {
		return t
	}
	if b, ok := t.Single(); ok {
		if k, ok := log2(b); ok {
			return s.lshrBy(k)
		}
	}
	if !s.plain() || !t.plain() || t.hull.lo != t.hull.hi {
		if r, ok := enumerate(s, t, maxEnum, func(a, b uint64) uint64 { return a / b }); ok {
			return r
		}
	}
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	out := make([]piece, 0, len(ps)*len(qs))
	for _, p := range ps {
		for _, q := range qs {
			out = append(out, plainPiece(p.lo/max(q.hi, 1), p.hi/max(q.lo, 1)))
		}
	}
	return build(s.w, out, false)
}

// URem returns a % b as unsigned numbers, for the b that are not 0.
func (s Set) URem(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	t, ok := nonzero(t)
	if !ok {
		return t
	}
	if s.hull.hi < t.hull.lo {
		return s
	}
	if b, ok := t.Single(); ok {
		if _, ok := log2(b); ok {
			return s.And(Const(int(s.w), b-1))
		}
	}
	if !s.plain() || !t.plain() || t.hull.lo != t.hull.hi {
		if r, ok := enumerate(s, t, maxEnum, func(a, b uint64) uint64 { return a % b }); ok {
			return r
		}
	}
	var room1, room2 [1]piece
	ps, qs := operands(&s, &t, &room1, &room2)
	out := make([]piece, 0, len(ps)*len(qs))
	for _, p := range ps {
		for _, q := range qs {
			out = remPieces(p, q, out)
		}
	}
	return build(s.w, out, false)
}

// remPieces appends pieces that cover p % q; q may hold 0 only by having been
// made coarse.
func remPieces(p, q piece, out []piece) []piece {
	lo, hi := max(q.lo, 1), max(q.hi, 1)
	if p.hi < lo {
		return append(out, p)
	}
	if lo != hi {
		return append(out, plainPiece(0, min(p.hi, hi-1)))
	}
	first, last := p.lo/lo, p.hi/lo
	switch {
	case first == last:
		return append(out, plainPiece(p.lo%lo, p.hi%lo))
	case first+1 == last:
		return append(out, plainPiece(p.lo%lo, lo-1), plainPiece(0, p.hi%lo))
	}
	return append(out, plainPiece(0, lo-1))
}

// split returns the elements without and with the sign bit.
func (s Set) split() (pos, neg Set) {
	pos = s.Intersect(URange(int(s.w), 0, s.sign()-1))
	neg = s.Intersect(URange(int(s.w), s.sign(), s.mask()))
	return pos, neg
}

// SDiv returns a / b as signed numbers, rounded towards zero, for the b that
// are not 0.
func (s Set) SDiv(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	t, ok := nonzero(t)
	if !ok {
		return t
	}
	sp, sn := s.split()
	tp, tn := t.split()
	sn, tn = sn.Neg(), tn.Neg()
	r := sp.UDiv(tp).Union(sn.UDiv(tn))
	return r.Union(sp.UDiv(tn).Union(sn.UDiv(tp)).Neg())
}

// SRem returns a % b as signed numbers, with the sign of a, for the b that are
// not 0.
func (s Set) SRem(t Set) Set {
	if r, bad := unfit(s, t); bad {
		return r
	}
	t, ok := nonzero(t)
	if !ok {
		return t
	}
	sp, sn := s.split()
	tp, tn := t.split()
	by := tp.Union(tn.Neg())
	return sp.URem(by).Union(sn.Neg().URem(by).Neg())
}
