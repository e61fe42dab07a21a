// SPDX-License-Identifier: GPL-2.0-only

package dom

import "slices"

// maxGrow is how many elements a set may have that Widen lets grow as it is.
const maxGrow = 16

// Widen returns a set that holds old and next, chosen so that a chain of
// s = Widen(s, f(s)) soon ends, whatever f is.
//
// While the union is small and does not look like a counter, it is the result.
// Otherwise the result is one range, signed or unsigned, whichever is smaller,
// with the bits that are known of both; a bound that moved goes to the next
// threshold: 0, 1, -1, a limit of a type of 8, 16, 32 or 64 bits, or a constant of
// extra or one next to it. Extra constants are patterns of the width of old.
// Thresholds are few because every one may cost another round; the bounds that
// matter are in the program, and so in extra.
func Widen(old, next Set, extra ...uint64) Set {
	if next.w == old.w && next.Subset(old) {
		return old
	}
	all := old.Union(next)
	if old.n == 0 || old.w != next.w || all.IsFull() {
		return all
	}
	if all.small(maxGrow) && all.n > old.n {
		return all
	}
	m, sign := all.mask(), all.sign()
	// Signed numbers are unsigned ones after the sign bit is flipped.
	flip := uint64(0)
	if smin, smax := uint64(all.SMin()), uint64(all.SMax()); smax-smin < all.hull.hi-all.hull.lo {
		flip = sign
	}
	bound := func(s Set) (lo, hi uint64) {
		if flip == 0 {
			return s.hull.lo, s.hull.hi
		}
		return uint64(s.SMin())&m ^ sign, uint64(s.SMax())&m ^ sign
	}
	lo, hi := bound(all)
	oldLo, oldHi := bound(old)
	stops := thresholds(old.w, flip, extra)
	if lo < oldLo {
		i, found := slices.BinarySearch(stops, lo)
		if !found {
			i--
		}
		lo = stops[i]
	}
	if hi > oldHi {
		i, _ := slices.BinarySearch(stops, hi)
		hi = stops[i]
	}
	var out []piece
	free, ones := all.hull.free, all.hull.ones()
	// Bits above those in which all elements agree are a matter of the bounds.
	if low := fill(free); low != 0 {
		ones &= low
		free |= m &^ low
	}
	if flip != 0 && lo < sign && hi >= sign {
		out = appendPiece(lo^flip, m, free, ones, out)
		out = appendPiece(0, hi^flip, free, ones, out)
	} else {
		out = appendPiece(lo^flip, hi^flip, free, ones, out)
	}
	return build(old.w, out, false)
}

// thresholds returns the bounds at which widening stops, sorted, each with
// flip applied. It begins with 0 and ends with the greatest pattern.
func thresholds(w uint8, flip uint64, extra []uint64) []uint64 {
	m := maskOf(w)
	stops := make([]uint64, 0, 32+3*len(extra))
	add := func(v uint64) { stops = append(stops, v&m^flip) }
	for _, v := range [...]uint64{0, 1, ^uint64(0), m >> 1, m>>1 + 1} {
		add(v)
	}
	for _, k := range [...]uint{7, 8, 15, 16, 31, 32} {
		if k < uint(w) {
			add(1<<k - 1)
			add(^uint64(0) << k)
		}
	}
	for _, v := range extra {
		add(v - 1)
		add(v)
		add(v + 1)
	}
	slices.Sort(stops)
	return slices.Compact(stops)
}
