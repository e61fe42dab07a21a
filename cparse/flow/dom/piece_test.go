// SPDX-License-Identifier: GPL-2.0-only

package dom

import "testing"

// allPieces returns every piece of width w, each once.
func allPieces(w uint8) []piece {
	seen := map[piece]bool{}
	var out []piece
	m := maskOf(w)
	for free := uint64(0); free <= m; free++ {
		for ones := uint64(0); ones <= m; ones++ {
			if ones&free != 0 {
				continue
			}
			for lo := uint64(0); lo <= m; lo++ {
				for hi := lo; hi <= m; hi++ {
					if p, ok := newPiece(lo, hi, free, ones); ok && !seen[p] {
						seen[p] = true
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}

// elems returns the elements of ps as a bit set, by the definition of a piece.
func elems(ps ...piece) uint64 {
	var e uint64
	for _, p := range ps {
		for v := p.lo; v <= p.hi; v++ {
			if (v^p.lo)&^p.free == 0 {
				e |= 1 << v
			}
		}
	}
	return e
}

func checkDisjoint(t *testing.T, what string, ps []piece) {
	t.Helper()
	for i, p := range ps {
		for _, q := range ps[:i] {
			if elems(p)&elems(q) != 0 {
				t.Fatalf("%s: pieces %v and %v overlap", what, p, q)
			}
		}
	}
}

func checkPiece(t *testing.T, what string, p piece) {
	t.Helper()
	q, ok := newPiece(p.lo, p.hi, p.free, p.ones())
	if !ok || q != p {
		t.Fatalf("%s: %v is not a proper piece, want %v", what, p, q)
	}
}

func TestPieceDefinition(t *testing.T) {
	const w = 4
	m := maskOf(w)
	for free := uint64(0); free <= m; free++ {
		for ones := uint64(0); ones <= m; ones++ {
			if ones&free != 0 {
				continue
			}
			for lo := uint64(0); lo <= m; lo++ {
				for hi := uint64(0); hi <= m; hi++ {
					var want uint64
					for v := lo; v <= hi && lo <= hi; v++ {
						if v&^free == ones {
							want |= 1 << v
						}
					}
					p, ok := newPiece(lo, hi, free, ones)
					if ok != (want != 0) || ok && elems(p) != want {
						t.Fatalf("newPiece(%d, %d, %#x, %#x) = %v, %v; want elements %#x", lo, hi, free, ones, p, ok, want)
					}
				}
			}
		}
	}
}

func TestPieceUnary(t *testing.T) {
	const w = 5
	bySet := map[uint64]piece{}
	for _, p := range allPieces(w) {
		e := elems(p)
		if q, dup := bySet[e]; dup {
			t.Fatalf("%v and %v denote the same set", p, q)
		}
		bySet[e] = p

		n := uint64(0)
		for v := uint64(0); v <= maskOf(w); v++ {
			if p.contains(v) != (e>>v&1 == 1) {
				t.Fatalf("%v contains %d: %v", p, v, p.contains(v))
			}
			n += e >> v & 1
		}
		if p.size() != n || !p.small(n) || n > 1 && p.small(n-1) {
			t.Fatalf("%v: size %d, want %d", p, p.size(), n)
		}
		cubes := p.cubes(nil)
		checkDisjoint(t, "cubes", cubes)
		for _, c := range cubes {
			checkPiece(t, "cubes", c)
			if !c.cube() {
				t.Fatalf("%v: %v is not a cube", p, c)
			}
		}
		if elems(cubes...) != e {
			t.Fatalf("%v: cubes %v", p, cubes)
		}
		ranges := p.ranges(nil)
		if uint64(len(ranges)) != p.runs() || elems(ranges...) != e {
			t.Fatalf("%v: %d runs, ranges %v", p, p.runs(), ranges)
		}
		for i, r := range ranges {
			if !r.plain() || i > 0 && r.lo <= ranges[i-1].hi+1 {
				t.Fatalf("%v: ranges %v", p, ranges)
			}
		}
		for k := uint8(1); k < w; k++ {
			var want uint64
			for v := p.lo; ; v = p.next(v) {
				want |= 1 << (v & maskOf(k))
				if v == p.hi {
					break
				}
			}
			got := p.trunc(maskOf(k), nil)
			if elems(got...) != want {
				t.Fatalf("%v truncated to %d bits: %v, want %#x", p, k, got, want)
			}
		}
	}
}

func TestPiecePairs(t *testing.T) {
	const w = 4
	m := maskOf(w)
	all := allPieces(w)
	for _, p := range all {
		for _, q := range all {
			e, f := elems(p), elems(q)
			if p.within(q) != (e&^f == 0) {
				t.Fatalf("%v within %v: %v", p, q, p.within(q))
			}
			r, ok := p.meet(q)
			if ok != (e&f != 0) || ok && elems(r) != e&f {
				t.Fatalf("%v meet %v = %v, %v", p, q, r, ok)
			}
			j := p.join(q)
			checkPiece(t, "join", j)
			if (e|f)&^elems(j) != 0 {
				t.Fatalf("%v join %v = %v", p, q, j)
			}
			rest := p.minus(q, nil)
			checkDisjoint(t, "minus", rest)
			if elems(rest...) != e&^f {
				t.Fatalf("%v minus %v = %v", p, q, rest)
			}
			if e&f == 0 && (waste(p, q) == 0) != (elems(j) == e|f) {
				t.Fatalf("waste of %v, %v is %d", p, q, waste(p, q))
			}

			var sum, diff, prod, rem, both, either, other uint64
			for a := p.lo; ; a = p.next(a) {
				for b := q.lo; ; b = q.next(b) {
					sum |= 1 << ((a + b) & m)
					diff |= 1 << ((a - b) & m)
					prod |= 1 << (a * b & m)
					both |= 1 << (a & b)
					either |= 1 << (a | b)
					other |= 1 << (a ^ b)
					if b != 0 {
						rem |= 1 << (a % b)
					}
					if b == q.hi {
						break
					}
				}
				if a == p.hi {
					break
				}
			}
			for _, c := range []struct {
				name  string
				want  uint64
				got   []piece
				exact bool
			}{
				{"+", sum, addPieces(p, q, m, nil), p.plain() && q.plain()},
				{"-", diff, subPieces(p, q, m, nil), p.plain() && q.plain()},
				{"*", prod, mulPieces(p, q, w, nil), false},
				{"%", rem, remPieces(p, q, nil), p.plain() && q.lo == q.hi && q.lo != 0},
				{"&", both, bitPieces(and, p, q), true},
				{"|", either, bitPieces(or, p, q), true},
				{"^", other, bitPieces(xor, p, q), true},
			} {
				got := elems(c.got...)
				if c.want&^got != 0 || c.exact && c.want != got {
					t.Fatalf("%v %s %v = %v, elements %#x, want %#x", p, c.name, q, c.got, got, c.want)
				}
				for _, r := range c.got {
					checkPiece(t, c.name, r)
				}
			}
		}
	}
}

func bitPieces(op bitop, p, q piece) []piece {
	var out []piece
	for _, a := range p.cubes(nil) {
		for _, b := range q.cubes(nil) {
			out = append(out, op.cubes(a, b))
		}
	}
	return out
}
