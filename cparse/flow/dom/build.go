// SPDX-License-Identifier: GPL-2.0-only

package dom

import "slices"

const (
	maxElems = 256  // sets up to this size are kept as their ranges
	maxParts = 32   // pieces of a larger set
	maxWork  = 64   // pieces in hand before they are joined, in the general case
	maxEnum  = 4096 // evaluations in one operation on small operands
)

func allPlain(ps []piece) bool {
	for _, p := range ps {
		if !p.plain() {
			return false
		}
	}
	return true
}

// single returns the set of one piece.
func single(w uint8, p piece) Set {
	if p.plain() {
		return Set{w: w, n: 1, hull: p}
	}
	if !p.small(maxElems) && p.runs()-1 >= maxParts {
		return Set{w: w, n: 1, hull: p}
	}
	return fromRanges(w, p.ranges(make([]piece, 0, p.runs())))
}

// list makes a set of pieces that are in their final form and order, and
// copies them.
func list(w uint8, ps []piece) Set {
	switch len(ps) {
	case 0:
		return Set{w: w}
	case 1:
		return Set{w: w, n: 1, hull: ps[0]}
	}
	hull := ps[0]
	for _, p := range ps[1:] {
		hull = hull.join(p)
	}
	return Set{w: w, n: uint16(len(ps)), hull: hull, parts: slices.Clone(ps)}
}

// fromValues makes the set of vs, which it may reorder.
func fromValues(w uint8, vs []uint64) Set {
	slices.Sort(vs)
	ps := make([]piece, 0, min(len(vs), maxElems))
	for _, v := range vs {
		if n := len(ps); n > 0 && v-ps[n-1].hi <= 1 {
			ps[n-1] = plainPiece(ps[n-1].lo, v)
			continue
		}
		ps = append(ps, point(v))
	}
	return fromRanges(w, ps)
}

// fromRanges makes the set of ranges that are sorted, disjoint and not
// adjacent. It may change ps.
func fromRanges(w uint8, ps []piece) Set {
	if len(ps) <= maxParts || smallPieces(ps, maxElems) {
		return list(w, ps)
	}
	ps = coarsen(ps, maxParts)
	if len(ps) == 1 {
		return single(w, ps[0])
	}
	return list(w, ps)
}

// mergeRanges sorts plain pieces in place and joins those that touch.
func mergeRanges(ps []piece) []piece {
	if !slices.IsSortedFunc(ps, comparePieces) {
		slices.SortFunc(ps, comparePieces)
	}
	out := ps[:0]
	for _, p := range ps {
		n := len(out)
		if n > 0 && (p.lo <= out[n-1].hi || p.lo-out[n-1].hi == 1) {
			if p.hi > out[n-1].hi {
				out[n-1] = plainPiece(out[n-1].lo, p.hi)
			}
			continue
		}
		out = append(out, p)
	}
	return out
}

// waste returns how many elements the join of the disjoint p and q adds.
func waste(p, q piece) uint64 { return p.join(q).size() - p.size() - q.size() }

// coarsen joins neighbours among sorted pieces until at most n are left:
// first those whose join adds nothing, then those where it adds least. It does
// not change ps. The result is disjoint if ps is a list of disjoint ranges.
func coarsen(ps []piece, n int) []piece {
	out := make([]piece, 0, len(ps))
	for _, p := range ps {
		for k := len(out); k > 0 && waste(out[k-1], p) == 0; k = len(out) {
			p = out[k-1].join(p)
			out = out[:k-1]
		}
		out = append(out, p)
	}
	for len(out) > n {
		costs := make([]uint64, len(out)-1)
		for i := range costs {
			costs[i] = waste(out[i], out[i+1])
		}
		order := slices.Clone(costs)
		slices.Sort(order)
		limit := order[len(out)-n-1]
		left := len(out) - n
		kept := out[:1]
		for i, p := range out[1:] {
			if left > 0 && costs[i] <= limit {
				kept[len(kept)-1] = kept[len(kept)-1].join(p)
				left--
				continue
			}
			kept = append(kept, p)
		}
		out = kept
	}
	return out
}

// expand returns the pieces as maximal ranges if they are at most limit ranges
// before ranges that touch are joined.
func expand(ps []piece, limit uint64) ([]piece, bool) {
	var n uint64
	for _, p := range ps {
		r := p.runs() - 1
		if r >= limit {
			return nil, false
		}
		if n += r + 1; n > limit {
			return nil, false
		}
	}
	out := make([]piece, 0, n)
	for _, p := range ps {
		out = p.ranges(out)
	}
	return mergeRanges(out), true
}

// build makes a set of pieces in any order. It may change ps, and does not
// keep it. The pieces may overlap unless disjoint says that they do not.
func build(w uint8, ps []piece, disjoint bool) Set {
	switch len(ps) {
	case 0:
		return Set{w: w}
	case 1:
		return single(w, ps[0])
	}
	if allPlain(ps) {
		return fromRanges(w, mergeRanges(ps))
	}
	if out, ok := expand(ps, 2*maxElems); ok && (len(out) <= maxParts || smallPieces(out, maxElems)) {
		return list(w, out)
	}
	if len(ps) > maxWork {
		slices.SortFunc(ps, comparePieces)
		ps = coarsen(ps, maxWork)
		disjoint = false
	}
	if !disjoint {
		ps = separate(ps)
	}
	ps = mergeExact(ps)
	for {
		if smallPieces(ps, maxElems) {
			out := make([]piece, 0, maxElems)
			for _, p := range ps {
				out = p.ranges(out)
			}
			return list(w, mergeRanges(out))
		}
		if out, ok := expand(ps, 2*maxParts); ok && len(out) <= maxParts {
			return list(w, out)
		}
		if len(ps) <= maxParts {
			slices.SortFunc(ps, comparePieces)
			return list(w, ps)
		}
		ps = mergeExact(reduce(ps, maxParts))
	}
}

// separate returns disjoint pieces with the elements of ps, or more when that
// would take too many pieces.
func separate(ps []piece) []piece {
	slices.SortFunc(ps, func(p, q piece) int {
		// Large pieces first; size is modulo 2^64, so the full piece needs care.
		a, b := p.size()-1, q.size()-1
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return comparePieces(p, q)
	})
	out := make([]piece, 0, len(ps))
	var rest, next []piece
	for _, q := range ps {
		rest = append(rest[:0], q)
		for _, p := range out {
			next = next[:0]
			for _, r := range rest {
				next = r.minus(p, next)
			}
			rest, next = next, rest
			if len(rest) == 0 || len(rest) > maxWork {
				break
			}
		}
		if len(out)+len(rest) > max(maxWork, len(ps)) {
			out = absorb(out, q)
			continue
		}
		out = append(out, rest...)
	}
	return out
}

// absorb adds q to the disjoint pieces ps and joins it with all it overlaps.
func absorb(ps []piece, q piece) []piece {
	for i := 0; i < len(ps); i++ {
		if _, ok := ps[i].meet(q); !ok {
			continue
		}
		q = q.join(ps[i])
		ps[i] = ps[len(ps)-1]
		ps = ps[:len(ps)-1]
		i = -1
	}
	return append(ps, q)
}

// mergeExact joins pairs of disjoint pieces as long as a join adds nothing.
func mergeExact(ps []piece) []piece {
	var room [maxWork]uint64
	sizes := room[:0]
	for _, p := range ps {
		sizes = append(sizes, p.size())
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(ps); i++ {
			for j := i + 1; j < len(ps); {
				both := ps[i].join(ps[j])
				if both.size() != sizes[i]+sizes[j] {
					j++
					continue
				}
				last := len(ps) - 1
				ps[i], sizes[i] = both, sizes[i]+sizes[j]
				ps[j], sizes[j] = ps[last], sizes[last]
				ps = ps[:last]
				again = true
				j = i + 1
			}
		}
	}
	return ps
}

// reduce joins disjoint pieces, the pair that adds least first, until at most
// n are left.
func reduce(ps []piece, n int) []piece {
	// mate[i] is the piece that is cheapest to join with piece i, at cost[i].
	// A piece that is gone has itself as mate.
	mate := make([]int, len(ps))
	cost := make([]uint64, len(ps))
	sizes := make([]uint64, len(ps))
	waste := func(i, j int) uint64 { return ps[i].join(ps[j]).size() - sizes[i] - sizes[j] }
	find := func(i int) {
		mate[i], cost[i] = -1, 0
		for j := range ps {
			if j == i || mate[j] == j {
				continue
			}
			if c := waste(i, j); mate[i] < 0 || c < cost[i] {
				mate[i], cost[i] = j, c
			}
		}
	}
	for i, p := range ps {
		mate[i], sizes[i] = -1, p.size()
	}
	for i := range ps {
		find(i)
	}
	for left := len(ps); left > n; {
		best := -1
		for i := range ps {
			if mate[i] != i && (best < 0 || cost[i] < cost[best]) {
				best = i
			}
		}
		ps[best] = ps[best].join(ps[mate[best]])
		mate[mate[best]] = mate[best]
		left--
		for j := 0; j < len(ps); j++ {
			if j == best || mate[j] == j {
				continue
			}
			if _, ok := ps[j].meet(ps[best]); ok {
				ps[best] = ps[best].join(ps[j])
				mate[j] = j
				left--
				j = -1
			}
		}
		if left == 1 {
			return append(ps[:0], ps[best])
		}
		sizes[best] = ps[best].size()
		find(best)
		for j := range ps {
			switch m := mate[j]; {
			case j == best || m == j:
			case m == best || mate[m] == m:
				find(j)
			default:
				if c := waste(j, best); c < cost[j] {
					mate[j], cost[j] = best, c
				}
			}
		}
	}
	out := ps[:0]
	for i, p := range ps {
		if mate[i] != i {
			out = append(out, p)
		}
	}
	return out
}
