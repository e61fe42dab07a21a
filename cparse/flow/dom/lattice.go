// SPDX-License-Identifier: GPL-2.0-only

package dom

import "slices"

// Equal reports whether s and t have the same width and the same elements.
func (s Set) Equal(t Set) bool {
	if s.w != t.w || s.hull != t.hull {
		return false
	}
	if s.n == t.n && (s.n <= 1 || &s.parts[0] == &t.parts[0] || slices.Equal(s.parts, t.parts)) {
		return true
	}
	return s.n > 0 && t.n > 0 && s.size() == t.size() && s.Subset(t)
}

// Subset reports whether every element of s is one of t. It is false for sets
// of different widths, unless s is the zero Set.
func (s Set) Subset(t Set) bool {
	if s.n == 0 {
		return s.w == t.w || s.w == 0
	}
	if t.n == 0 || s.w != t.w || !s.hull.within(t.hull) {
		return false
	}
	if t.n == 1 {
		return true
	}
	if len(s.parts) == len(t.parts) && &s.parts[0] == &t.parts[0] {
		return true
	}
	var room [1]piece
	first := 0 // of t's pieces that end behind the beginning of p
	for _, p := range s.pieces(&room) {
		// The pieces of t are disjoint, so what they share with p adds up.
		var shared uint64
		found := false
		for first < len(t.parts) && t.parts[first].hi < p.lo {
			first++
		}
		for _, q := range t.parts[first:] {
			if q.lo > p.hi {
				break
			}
			if q.hi < p.lo {
				continue
			}
			if r, ok := p.meet(q); ok {
				shared += r.size()
				found = true
			}
		}
		if !found || shared != p.size() {
			return false
		}
	}
	return true
}

// Overlaps reports whether s and t share an element. It is true for non-empty
// sets of different widths.
func (s Set) Overlaps(t Set) bool {
	if s.n == 0 || t.n == 0 {
		return false
	}
	if s.w != t.w {
		return true
	}
	if _, ok := s.hull.meet(t.hull); !ok {
		return false
	}
	if s.n == 1 && t.n == 1 {
		return true
	}
	var room1, room2 [1]piece
	ps, qs := s.pieces(&room1), t.pieces(&room2)
	for _, p := range ps {
		for _, q := range qs {
			if q.lo > p.hi {
				break
			}
			if _, ok := p.meet(q); ok {
				return true
			}
		}
	}
	return false
}

// Union returns the elements of s and t, and possibly more when they cannot be
// written in few pieces.
func (s Set) Union(t Set) Set {
	switch {
	case s.n == 0 && (s.w == 0 || s.w == t.w):
		return t
	case t.n == 0 && (t.w == 0 || t.w == s.w):
		return s
	case s.w != t.w:
		return Full(int(s.w))
	}
	if s.n == 1 && t.n == 1 {
		return union1(s, t)
	}
	if s.Subset(t) {
		return t
	}
	if t.Subset(s) {
		return s
	}
	var room1, room2 [1]piece
	ps, qs := s.pieces(&room1), t.pieces(&room2)
	all := make([]piece, 0, len(ps)+len(qs))
	all = append(all, ps...)
	all = append(all, qs...)
	return build(s.w, all, false)
}

func union1(s, t Set) Set {
	p, q := s.hull, t.hull
	if q.within(p) {
		return s
	}
	if p.within(q) {
		return t
	}
	if p.plain() && q.plain() {
		if p.lo > q.lo {
			p, q = q, p
		}
		if q.lo <= p.hi || q.lo-p.hi == 1 {
			return Set{w: s.w, n: 1, hull: plainPiece(p.lo, max(p.hi, q.hi))}
		}
		return Set{w: s.w, n: 2, hull: p.join(q), parts: []piece{p, q}}
	}
	return build(s.w, []piece{p, q}, false)
}

// Intersect returns the elements that s and t share, and possibly more when
// they cannot be written in few pieces; never one that s does not have. When
// the widths differ the result is s.
func (s Set) Intersect(t Set) Set {
	switch {
	case s.w != t.w, s.n == 0:
		return s
	case t.n == 0:
		return t
	}
	if s.n == 1 && t.n == 1 {
		p, ok := s.hull.meet(t.hull)
		switch {
		case !ok:
			return Set{w: s.w}
		case p == s.hull:
			return s
		case p == t.hull:
			return t
		}
		return single(s.w, p)
	}
	if t.n == 1 && s.hull.within(t.hull) {
		return s
	}
	if s.n == 1 && t.hull.within(s.hull) {
		return t
	}
	var room1, room2 [1]piece
	ps, qs := s.pieces(&room1), t.pieces(&room2)
	if _, ok := s.hull.meet(t.hull); !ok {
		return Set{w: s.w}
	}
	var buf [8]piece
	out := buf[:0]
	if allPlain(ps) && allPlain(qs) {
		for len(ps) > 0 && len(qs) > 0 {
			if p, ok := ps[0].meet(qs[0]); ok {
				out = append(out, p)
			}
			if ps[0].hi <= qs[0].hi {
				ps = ps[1:]
			} else {
				qs = qs[1:]
			}
		}
		return within(build(s.w, out, true), s)
	}
	for _, p := range ps {
		for _, q := range qs {
			if q.lo > p.hi {
				break
			}
			if r, ok := p.meet(q); ok {
				out = append(out, r)
			}
		}
	}
	return within(build(s.w, out, true), s)
}

// within returns the part r of s. If joining pieces made r larger than that,
// the result is the part of s in the hull of r, which takes no more pieces
// than s.
func within(r, s Set) Set {
	if r.Subset(s) {
		return r
	}
	return s.Intersect(Set{w: s.w, n: 1, hull: r.hull})
}

// Minus returns the elements of s that are not in t, and possibly more of s
// when they cannot be written in few pieces. When the widths differ the result
// is s.
func (s Set) Minus(t Set) Set {
	if s.n == 0 || t.n == 0 || s.w != t.w || !s.Overlaps(t) {
		return s
	}
	if s.n == 1 && t.n == 1 && s.hull.plain() && t.hull.plain() {
		return minus1(s, t)
	}
	var room1, room2 [1]piece
	var buf1, buf2 [8]piece
	rest, next := append(buf1[:0], s.pieces(&room1)...), buf2[:0]
	for _, q := range t.pieces(&room2) {
		next = next[:0]
		for _, p := range rest {
			next = p.minus(q, next)
		}
		rest, next = next, rest
		if len(rest) > 2*maxElems {
			fewer := build(s.w, rest, true)
			rest = append(rest[:0], fewer.pieces(&room1)...)
		}
	}
	return within(build(s.w, rest, true), s)
}

// minus1 is Minus for two ranges that overlap.
func minus1(s, t Set) Set {
	p, q := s.hull, t.hull
	low, high := p.lo < q.lo, q.hi < p.hi
	switch {
	case low && high:
		parts := []piece{plainPiece(p.lo, q.lo-1), plainPiece(q.hi+1, p.hi)}
		return Set{w: s.w, n: 2, hull: parts[0].join(parts[1]), parts: parts}
	case low:
		return Set{w: s.w, n: 1, hull: plainPiece(p.lo, q.lo-1)}
	case high:
		return Set{w: s.w, n: 1, hull: plainPiece(q.hi+1, p.hi)}
	}
	return Set{w: s.w}
}

// Complement returns the patterns of the width that are not in s, and possibly
// more when they cannot be written in few pieces.
func (s Set) Complement() Set {
	if s.w == 0 {
		return s
	}
	return Full(int(s.w)).Minus(s)
}

// Without returns s without v.
func (s Set) Without(v uint64) Set {
	if !s.Contains(v) {
		return s
	}
	return s.Minus(Const(int(s.w), v))
}
