// SPDX-License-Identifier: GPL-2.0-only

package dom

import "math/bits"

// The functions in this file go backwards: given the operand x of an operation
// and the values that its result may have, they return the part of x whose
// results are among these. Constants and masks are taken at the width of x.
// When the width of a result is not the one that the operation yields, x comes
// back as it is.

// keep returns the elements of x that satisfy ok, if x has at most limit.
func keep(x Set, limit uint64, ok func(v uint64) bool) (Set, bool) {
	if !x.small(limit) {
		return Set{}, false
	}
	vs := x.appendValues(make([]uint64, 0, x.size()))
	out := vs[:0]
	for _, v := range vs {
		if ok(v) {
			out = append(out, v)
		}
	}
	return within(fromValues(x.w, out), x), true
}

// preimage returns the elements of x that, but for the bits of free, are in
// result, as ok tells for each.
func preimage(x, result Set, free uint64, ok func(v uint64) bool) Set {
	var room [1]piece
	if int(x.n)*int(result.n) > maxWork {
		if r, ok := keep(x, maxElems, ok); ok {
			return r
		}
	}
	return anyBits(x, cubesOf(result.pieces(&room)), free)
}

// anyBits returns the elements of x that are in cubes, but for the bits of
// free. The cubes are such that they stay disjoint when these bits vary.
func anyBits(x Set, cubes []piece, free uint64) Set {
	var room [1]piece
	xs := x.pieces(&room)
	var out []piece
	for _, q := range cubes {
		q = piece{q.lo &^ free, q.hi | free, q.free | free}
		for _, p := range xs {
			if r, ok := p.meet(q); ok {
				out = append(out, r)
			}
		}
	}
	return within(build(x.w, out, true), x)
}

// RefineAndMask returns the part of x with x & mask in result.
func RefineAndMask(x Set, mask uint64, result Set) Set {
	if x.n == 0 || x.w != result.w {
		return x
	}
	mask &= x.mask()
	if mask == x.mask() {
		return x.Intersect(result)
	}
	if _, ones := result.KnownBits(); ones&^mask != 0 {
		return Set{w: x.w}
	}
	result = result.Intersect(Bits(int(x.w), ^mask, 0))
	return preimage(x, result, x.mask()&^mask, func(v uint64) bool { return result.Contains(v & mask) })
}

// RefineOr returns the part of x with x | mask in result.
func RefineOr(x Set, mask uint64, result Set) Set {
	if x.n == 0 || x.w != result.w {
		return x
	}
	mask &= x.mask()
	result = result.Intersect(Bits(int(x.w), 0, mask))
	return preimage(x, result, mask, func(v uint64) bool { return result.Contains(v | mask) })
}

// InvNot returns the part of x with ~x in result.
func InvNot(x, result Set) Set { return x.Intersect(result.Not()) }

// InvNeg returns the part of x with -x in result.
func InvNeg(x, result Set) Set { return x.Intersect(result.Neg()) }

// InvAdd returns the part of x with x + c in result.
func InvAdd(x Set, c uint64, result Set) Set {
	return x.Intersect(result.Sub(Const(int(result.w), c)))
}

// InvSub returns the part of x with x - c in result.
func InvSub(x Set, c uint64, result Set) Set {
	return x.Intersect(result.Add(Const(int(result.w), c)))
}

// InvSubFrom returns the part of x with c - x in result.
func InvSubFrom(x Set, c uint64, result Set) Set {
	return x.Intersect(Const(int(result.w), c).Sub(result))
}

// InvXor returns the part of x with x ^ c in result.
func InvXor(x Set, c uint64, result Set) Set {
	return x.Intersect(result.Xor(Const(int(result.w), c)))
}

// InvMulConst returns the part of x with x * c in result. It is exact when
// either set is small or the product does not overflow.
func InvMulConst(x Set, c uint64, result Set) Set {
	if x.n == 0 || x.w != result.w {
		return x
	}
	m := x.mask()
	c &= m
	if c == 0 {
		if result.Contains(0) {
			return x
		}
		return Set{w: x.w}
	}
	if c == m {
		return InvNeg(x, result)
	}
	if k, ok := log2(c); ok {
		return InvShl(x, k, result)
	}
	if r, ok := keep(x, maxEnum, func(v uint64) bool { return result.Contains(v * c & m) }); ok {
		return r
	}
	if result.small(maxElems) {
		return invMulValues(x, c, result)
	}
	if high, top := bits.Mul64(x.hull.hi, c); high == 0 && top <= m {
		return invMulRanges(x, c, result)
	}
	return invMulSigned(x, c, result)
}

// invMulValues solves x * c == v modulo 2^w for every v of result.
func invMulValues(x Set, c uint64, result Set) Set {
	shift := bits.TrailingZeros64(c)
	odd := c >> shift
	inverse := odd // correct to 3 bits; each step doubles that
	for range 5 {
		inverse *= 2 - odd*inverse
	}
	low := x.mask() >> shift
	var cubes []piece
	for _, v := range result.appendValues(nil) {
		if v&(1<<shift-1) == 0 {
			cubes = append(cubes, point(v>>shift*inverse&low))
		}
	}
	return anyBits(x, cubes, x.mask()&^low)
}

// invMulRanges is InvMulConst where no product overflows.
func invMulRanges(x Set, c uint64, result Set) Set {
	var room [1]piece
	out := make([]piece, 0, result.n)
	for _, p := range result.pieces(&room) {
		lo, hi := p.lo/c, p.hi/c
		if p.lo%c != 0 {
			lo++
		}
		if lo <= hi {
			out = append(out, plainPiece(lo, hi))
		}
	}
	return x.Intersect(build(x.w, out, false))
}

// invMulSigned is InvMulConst where no product overflows as a signed number,
// and returns x where one does.
func invMulSigned(x Set, c uint64, result Set) Set {
	factor := signExtend(c, x.w)
	_, _, ok := mulBounds([2]int64{x.SMin(), x.SMax()}, [2]int64{factor, factor}, x.w)
	if !ok {
		return x
	}
	abs := magnitude(factor)
	if factor < 0 {
		result = result.Neg()
	}
	pos, neg := x.split()
	rpos, rneg := result.split()
	pos = invMulRanges(pos, abs, rpos)
	neg = invMulRanges(neg.Neg(), abs, rneg.Neg()).Neg()
	return within(pos.Union(neg), x)
}

// InvShl returns the part of x with x << k in result.
func InvShl(x Set, k int, result Set) Set {
	if x.n == 0 || x.w != result.w || k < 0 || k >= int(x.w) {
		return x
	}
	result = result.Intersect(Bits(int(x.w), 1<<k-1, 0)).lshrBy(k)
	return RefineAndMask(x, x.mask()>>k, result)
}

// InvLShr returns the part of x with x >> k in result, zeros being shifted in.
func InvLShr(x Set, k int, result Set) Set {
	if x.n == 0 || x.w != result.w || k < 0 || k >= int(x.w) {
		return x
	}
	return x.Intersect(invShr(result.Intersect(URange(int(x.w), 0, x.mask()>>k)), k))
}

// InvAShr returns the part of x with x >> k in result, copies of the sign bit
// being shifted in.
func InvAShr(x Set, k int, result Set) Set {
	if x.n == 0 || x.w != result.w || k < 0 || k >= int(x.w) {
		return x
	}
	result = result.Intersect(SRange(int(x.w), signExtend(x.sign(), x.w)>>k, int64(x.mask()>>1)>>k))
	return x.Intersect(invShr(result, k))
}

// invShr returns the patterns that, shifted right by k, are those of s but for
// the bits shifted in.
func invShr(s Set, k int) Set {
	m, low := s.mask(), uint64(1)<<k-1
	var room [1]piece
	out := make([]piece, 0, s.n)
	for _, p := range s.pieces(&room) {
		lo, hi := p.lo<<k&m, p.hi<<k&m|low
		free := p.free<<k | low
		out = appendPiece(lo, hi, free&m, lo&^free, out)
	}
	return build(s.w, out, true)
}

// InvZext returns the part of x that, converted to the width of result by
// adding zeros, is in result.
func InvZext(x, result Set) Set {
	if x.n == 0 || x.w > result.w {
		return x
	}
	return x.Intersect(result.Intersect(URange(int(result.w), 0, x.mask())).Trunc(int(x.w)))
}

// InvSext returns the part of x that, converted to the width of result by
// copying the sign bit, is in result.
func InvSext(x, result Set) Set {
	if x.n == 0 || x.w > result.w {
		return x
	}
	bound := int64(x.mask() >> 1)
	return x.Intersect(result.Intersect(SRange(int(result.w), -bound-1, bound)).Trunc(int(x.w)))
}

// InvTrunc returns the part of x that, converted to the width of result by
// dropping the bits above, is in result.
func InvTrunc(x, result Set) Set {
	if x.n == 0 || x.w < result.w {
		return x
	}
	return RefineAndMask(x, result.mask(), result.Zext(int(x.w)))
}

// InvUDiv returns the part of x with x / c in result, as unsigned numbers. It
// returns x when c is 0.
func InvUDiv(x Set, c uint64, result Set) Set {
	m := x.mask()
	c &= m
	if x.n == 0 || x.w != result.w || c == 0 {
		return x
	}
	var room [1]piece
	out := make([]piece, 0, result.n)
	for _, p := range result.pieces(&room) {
		if p.lo > m/c {
			continue
		}
		hi := m
		if p.hi < m/c {
			hi = p.hi*c + (c - 1)
		}
		out = append(out, plainPiece(p.lo*c, hi))
	}
	x2 := x.Intersect(build(x.w, out, false))
	if r, ok := keep(x2, maxEnum, func(v uint64) bool { return result.Contains(v / c) }); ok {
		return r
	}
	return x2
}

// InvURem returns the part of x with x % c in result, as unsigned numbers. It
// is exact when x is small or c a power of two, and returns x when c is 0.
func InvURem(x Set, c uint64, result Set) Set {
	c &= x.mask()
	if x.n == 0 || x.w != result.w || c == 0 {
		return x
	}
	if _, ok := log2(c); ok {
		return RefineAndMask(x, c-1, result)
	}
	result = result.Intersect(URange(int(x.w), 0, c-1))
	if result.n == 0 {
		return result
	}
	if r, ok := keep(x, maxEnum, func(v uint64) bool { return result.Contains(v % c) }); ok {
		return r
	}
	if x.hull.lo/c == x.hull.hi/c {
		return InvSub(x, x.hull.lo/c*c, result)
	}
	return x
}

// InvSDiv returns the part of x with x / c in result, as signed numbers. It
// returns x when c is 0.
func InvSDiv(x Set, c uint64, result Set) Set {
	abs, pos, neg, ok := signs(x, c, result)
	if !ok {
		return x
	}
	if signExtend(c, x.w) < 0 {
		result = result.Neg()
	}
	return within(InvUDiv(pos, abs, result).Union(InvUDiv(neg, abs, result.Neg()).Neg()), x)
}

// InvSRem returns the part of x with x % c in result, as signed numbers. It is
// exact as InvURem is, and returns x when c is 0.
func InvSRem(x Set, c uint64, result Set) Set {
	abs, pos, neg, ok := signs(x, c, result)
	if !ok {
		return x
	}
	return within(InvURem(pos, abs, result).Union(InvURem(neg, abs, result.Neg()).Neg()), x)
}

// signs returns the absolute value of c, the elements of x that are not
// negative and the absolute values of the others.
func signs(x Set, c uint64, result Set) (abs uint64, pos, neg Set, ok bool) {
	if x.n == 0 || x.w != result.w || c&x.mask() == 0 {
		return 0, x, x, false
	}
	pos, neg = x.split()
	return magnitude(signExtend(c, x.w)), pos, neg.Neg(), true
}
