// SPDX-License-Identifier: GPL-2.0-only

// Package dom is the abstract domain of integer values: sets of bit patterns
// that over-approximate what an expression of C can evaluate to.
//
// The model: a [Set] holds patterns of one width, 1 to 64 bits, as uint64 with
// zeros above. It has no signedness; operations that care take it in their
// name (UDiv, SDiv) or as an argument. Arithmetic wraps, as two's complement
// does.
//
// A set is a list of disjoint pieces. A piece is the patterns of a range that
// agree in some bits and take every combination of the others: 1..100,
// "any combination of the bits 0x80800", "multiples of 4096 up to 2^20". So
// ranges, masks and the cases that tests of masks leave over are exact:
// x & ~7 == 0 is 0..7, and !(x & A && x & B) is two pieces, whatever else x
// may hold.
//
// A set of at most 256 elements, or one that is at most 32 ranges, is kept as
// its maximal ranges, in one way only. Other sets have at most 32 pieces and
// can be written in more than one way; [Set.Equal] and [Set.Subset] compare
// what is denoted and are exact all the same. When an operation would need
// more pieces than that, pieces are joined, cheapest first, which adds
// elements and never loses one.
//
// Limits: as long as the result fits those bounds, an operation is exact for
// operands of few elements (their counts multiply to at most 4096), for ranges
// under +, - and comparisons, for any pieces under &, |, ^, ~, shifts by
// constants and conversions, and for a range divided by a constant.
// Multiplication and division of other sets keep bounds and, where there are
// any, low known bits. Division by zero yields nothing, and a shift count that
// is not below the width is taken as any count that is. What is refined never
// grows: one that does not fit keeps the elements in the hull of the result.
//
// The zero Set has width 0 and is empty; it is neutral for Union. Operands of
// different widths do not belong together; such operations claim nothing: they
// return the first operand unrefined, or every value of its width.
//
// All operations rest on the form of a piece, which nobody outside may see; so
// they are one package, with a file for each group of operators.
package dom

import (
	"math/bits"
	"slices"
)

// Set is an immutable set of bit patterns of one width. Copies are cheap and
// share memory.
type Set struct {
	w     uint8
	n     uint16  // number of pieces
	hull  piece   // the least piece around everything; the only piece when n is 1
	parts []piece // the pieces in order when n > 1
}

// Range is the inclusive range of bit patterns from Lo to Hi. Ranges that were
// asked for as signed have Lo <= Hi as signed numbers.
type Range struct{ Lo, Hi uint64 }

func width(w int) uint8 { return uint8(min(max(w, 1), 64)) }

func maskOf(w uint8) uint64 { return ^uint64(0) >> (64 - w) }

func (s Set) mask() uint64 { return maskOf(s.w) }

func (s Set) sign() uint64 { return 1 << (s.w - 1) }

// Full returns the set of all patterns of width w.
func Full(w int) Set {
	m := maskOf(width(w))
	return Set{w: width(w), n: 1, hull: piece{0, m, m}}
}

// Empty returns the set of width w without elements.
func Empty(w int) Set { return Set{w: width(w)} }

// Const returns the set of width w that holds v only.
func Const(w int, v uint64) Set {
	return Set{w: width(w), n: 1, hull: point(v & maskOf(width(w)))}
}

// Of returns the set of width w that holds vs.
func Of(w int, vs ...uint64) Set {
	m := maskOf(width(w))
	own := make([]uint64, len(vs))
	for i, v := range vs {
		own[i] = v & m
	}
	return fromValues(width(w), own)
}

// URange returns the set of width w with the patterns from lo to hi as
// unsigned numbers, empty when lo > hi.
func URange(w int, lo, hi uint64) Set {
	m := maskOf(width(w))
	if lo > hi || lo > m {
		return Empty(w)
	}
	return Set{w: width(w), n: 1, hull: plainPiece(lo, min(hi, m))}
}

// SRange returns the set of width w with the patterns from lo to hi as signed
// numbers, empty when lo > hi.
func SRange(w int, lo, hi int64) Set {
	m := maskOf(width(w))
	top := int64(m >> 1)
	lo, hi = max(lo, -top-1), min(hi, top)
	if lo > hi {
		return Empty(w)
	}
	if lo >= 0 || hi < 0 {
		return Set{w: width(w), n: 1, hull: plainPiece(uint64(lo)&m, uint64(hi)&m)}
	}
	out := [2]piece{plainPiece(0, uint64(hi)), plainPiece(uint64(lo)&m, m)}
	return fromRanges(width(w), out[:])
}

// Bits returns the set of width w with the patterns that have no bit of zeros
// and all bits of ones.
func Bits(w int, zeros, ones uint64) Set {
	m := maskOf(width(w))
	ones &= m
	if zeros&ones != 0 {
		return Empty(w)
	}
	return single(width(w), piece{ones, m &^ zeros, m &^ zeros &^ ones})
}

// pieces returns the pieces of s in order; the caller must not change them.
// The array is room for the only piece of a set that has no list.
func (s *Set) pieces(room *[1]piece) []piece {
	switch s.n {
	case 0:
		return nil
	case 1:
		room[0] = s.hull
		return room[:]
	}
	return s.parts
}

// Width returns the width of the patterns in bits.
func (s Set) Width() int { return int(s.w) }

// IsEmpty reports whether s has no element.
func (s Set) IsEmpty() bool { return s.n == 0 }

// IsFull reports whether s has every pattern of its width.
func (s Set) IsFull() bool {
	return s.n == 1 && s.hull.lo == 0 && s.hull.hi == s.mask() && s.hull.plain()
}

// Contains reports whether v is an element.
func (s Set) Contains(v uint64) bool {
	if s.n == 0 || !s.hull.contains(v) {
		return false
	}
	if s.n == 1 {
		return true
	}
	if !s.plain() {
		return slices.ContainsFunc(s.parts, func(p piece) bool { return p.contains(v) })
	}
	i, found := slices.BinarySearchFunc(s.parts, v, func(p piece, v uint64) int {
		switch {
		case p.hi < v:
			return -1
		case p.lo > v:
			return 1
		}
		return 0
	})
	return found && s.parts[i].contains(v)
}

// plain reports whether every piece of s is a range.
func (s Set) plain() bool {
	if s.n == 1 {
		return s.hull.plain()
	}
	return allPlain(s.parts)
}

// Single returns the only element, if s has exactly one.
func (s Set) Single() (uint64, bool) {
	return s.hull.lo, s.n == 1 && s.hull.lo == s.hull.hi
}

// Count returns the number of elements. It is exact but for the full set of
// width 64, which has one element more than n says.
func (s Set) Count() (n uint64, exact bool) {
	if s.n == 0 {
		return 0, true
	}
	if n = s.size(); n == 0 {
		return ^uint64(0), false
	}
	return n, true
}

// size returns the number of elements modulo 2^64.
func (s Set) size() uint64 {
	if s.n <= 1 {
		if s.n == 0 {
			return 0
		}
		return s.hull.size()
	}
	return sizeOf(s.parts)
}

func sizeOf(ps []piece) uint64 {
	var n uint64
	for _, p := range ps {
		n += p.size()
	}
	return n
}

// smallPieces reports whether the disjoint pieces ps have at most limit
// elements.
func smallPieces(ps []piece, limit uint64) bool {
	var n uint64
	for _, p := range ps {
		if !p.small(limit) {
			return false
		}
		if n += p.size(); n > limit {
			return false
		}
	}
	return true
}

// small reports whether s has at most limit elements.
func (s Set) small(limit uint64) bool {
	if s.n == 1 {
		return s.hull.small(limit)
	}
	return smallPieces(s.parts, limit)
}

// Values returns the elements in ascending order as unsigned numbers, and
// false when there are more than limit.
func (s Set) Values(limit int) ([]uint64, bool) {
	if limit < 0 || !s.small(uint64(limit)) {
		return nil, false
	}
	if s.n == 0 {
		return nil, true
	}
	vs := s.appendValues(make([]uint64, 0, s.size()))
	if !s.plain() {
		slices.Sort(vs)
	}
	return vs, true
}

func (s Set) appendValues(vs []uint64) []uint64 {
	var room [1]piece
	for _, p := range s.pieces(&room) {
		for v := p.lo; ; v = p.next(v) {
			vs = append(vs, v)
			if v == p.hi {
				break
			}
		}
	}
	return vs
}

// UMin returns the least element as unsigned number, and 0 when s is empty.
func (s Set) UMin() uint64 { return s.hull.lo }

// UMax returns the greatest element as unsigned number, and 0 when s is empty.
func (s Set) UMax() uint64 { return s.hull.hi }

// SMin returns the least element as signed number, and 0 when s is empty.
func (s Set) SMin() int64 {
	if s.n == 0 {
		return 0
	}
	least := s.hull.lo
	if s.hull.hi >= s.sign() && least < s.sign() {
		least = ^uint64(0)
		var room [1]piece
		for _, p := range s.pieces(&room) {
			if q, ok := newPiece(max(p.lo, s.sign()), p.hi, p.free, p.ones()); ok {
				least = min(least, q.lo)
			}
		}
	}
	return signExtend(least, s.w)
}

// SMax returns the greatest element as signed number, and 0 when s is empty.
func (s Set) SMax() int64 {
	if s.n == 0 {
		return 0
	}
	greatest := s.hull.hi
	if greatest >= s.sign() && s.hull.lo < s.sign() {
		greatest = 0
		var room [1]piece
		for _, p := range s.pieces(&room) {
			if q, ok := newPiece(p.lo, min(p.hi, s.sign()-1), p.free, p.ones()); ok {
				greatest = max(greatest, q.hi)
			}
		}
	}
	return signExtend(greatest, s.w)
}

func signExtend(v uint64, w uint8) int64 {
	return int64(v<<(64-w)) >> (64 - w)
}

// KnownBits returns the bits that no element has and those that every element
// has. Both are all bits of the width when s is empty.
func (s Set) KnownBits() (zeros, ones uint64) {
	if s.n == 0 {
		return s.mask(), s.mask()
	}
	return s.mask() &^ s.hull.free &^ s.hull.lo, s.hull.ones()
}

// Low returns the values of the low w bits, and whether they alone decide what
// is in s.
func (s Set) Low(w int) (Set, bool) {
	if w >= s.Width() {
		return Set{}, false
	}
	low := s.Trunc(w)
	return low, InvTrunc(Full(s.Width()), low).Equal(s)
}

// maxShown bounds what Ranges lists.
const maxShown = 64

// Ranges returns s as inclusive ranges in the order of unsigned or signed
// numbers, for display: at most 64. Sets that need more are given by the
// bounds of their pieces, which may then overlap and hold other values.
func (s Set) Ranges(signed bool) []Range {
	var room [1]piece
	ps := s.pieces(&room)
	if exact, ok := expand(ps, maxShown); ok {
		ps = exact
	} else if len(ps) > maxShown {
		ps = coarsen(ps, maxShown)
	}
	out := make([]Range, 0, len(ps)+1)
	for _, p := range ps {
		out = append(out, Range{p.lo, p.hi})
	}
	if signed {
		return s.signedOrder(out)
	}
	return out
}

// signedOrder sorts ranges as signed numbers; one that crosses the sign bit is
// split, and two that meet at zero become one.
func (s Set) signedOrder(rs []Range) []Range {
	var neg, pos []Range
	for _, r := range rs {
		if r.Lo < s.sign() {
			pos = append(pos, Range{r.Lo, min(r.Hi, s.sign()-1)})
		}
		if r.Hi >= s.sign() {
			neg = append(neg, Range{max(r.Lo, s.sign()), r.Hi})
		}
	}
	if len(neg) > 0 && len(pos) > 0 && neg[len(neg)-1].Hi == s.mask() && pos[0].Lo == 0 {
		neg[len(neg)-1].Hi = pos[0].Hi
		pos = pos[1:]
	}
	return append(neg, pos...)
}

// log2 returns k when v is 1<<k.
func log2(v uint64) (int, bool) {
	if v == 0 || v&(v-1) != 0 {
		return 0, false
	}
	return bits.TrailingZeros64(v), true
}
