// SPDX-License-Identifier: GPL-2.0-only

package dom

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// model is a set of patterns of a small width, one bool each.
type model []bool

func newModel(w int) model { return make(model, 1<<w) }

func modelOf(s Set) model {
	m := newModel(s.Width())
	for v := range m {
		m[v] = s.Contains(uint64(v))
	}
	return m
}

func (m model) String() string {
	text := "{"
	for v, in := range m {
		if in {
			text += fmt.Sprintf(" %d", v)
		}
	}
	return text + " }"
}

// compare fails unless got holds all of want and, if exact, nothing else.
func (want model) compare(t *testing.T, got Set, exact bool, format string, args ...any) {
	t.Helper()
	if len(want) != 1<<got.Width() {
		t.Fatalf("%s: width %d", fmt.Sprintf(format, args...), got.Width())
	}
	for v, in := range want {
		has := got.Contains(uint64(v))
		if in && !has || exact && has && !in {
			t.Fatalf("%s = %s\n%v\nwant %v", fmt.Sprintf(format, args...), got.String(false), modelOf(got), want)
		}
	}
}

// sampleSets returns sets of width w of every shape: all there are for up to 3
// bits, else all pieces of few bits, and random ones.
func sampleSets(w, n int, rnd *rand.Rand) []Set {
	sets := []Set{Empty(w), Full(w), Const(w, 0), Const(w, 1), Const(w, ^uint64(0)), Const(w, 1<<(w-1))}
	if w <= 3 {
		for e := range 1 << (1 << w) {
			s := Empty(w)
			for v := range 1 << w {
				if e>>v&1 == 1 {
					s = s.Union(Const(w, uint64(v)))
				}
			}
			sets = append(sets, s)
		}
		return sets
	}
	for range n {
		sets = append(sets, randomSet(w, rnd))
	}
	return sets
}

func randomSet(w int, rnd *rand.Rand) Set {
	m := maskOf(width(w))
	value := func() uint64 {
		switch rnd.IntN(4) {
		case 0:
			return uint64(rnd.IntN(9)-4) & m
		case 1:
			return (1<<rnd.IntN(w) + uint64(rnd.IntN(3)) - 1) & m
		}
		return rnd.Uint64() & m
	}
	sparse := func() uint64 { return rnd.Uint64() & rnd.Uint64() & m }
	one := func() Set {
		switch rnd.IntN(6) {
		case 0:
			return Const(w, value())
		case 1:
			return Of(w, value(), value(), value())
		case 2:
			return Bits(w, sparse(), 0)
		case 3:
			zeros := sparse()
			return Bits(w, zeros, sparse()&^zeros).Intersect(randomRange(w, value))
		case 4:
			zeros := sparse()
			return Bits(w, ^(zeros | sparse()), 0)
		}
		return randomRange(w, value)
	}
	s := one()
	for range rnd.IntN(4) {
		switch rnd.IntN(4) {
		case 0:
			s = s.Minus(one())
		case 1:
			s = s.Intersect(one())
		default:
			s = s.Union(one())
		}
	}
	return s
}

func randomRange(w int, value func() uint64) Set {
	lo, hi := value(), value()
	return URange(w, min(lo, hi), max(lo, hi))
}

type binOp struct {
	name string
	set  func(a, b Set) Set
	// eval gives the result for two patterns, and false when C defines none.
	eval func(w uint8, a, b uint64) (uint64, bool)
}

func total(f func(a, b uint64) uint64) func(uint8, uint64, uint64) (uint64, bool) {
	return func(_ uint8, a, b uint64) (uint64, bool) { return f(a, b), true }
}

var binaries = []binOp{
	{"+", Set.Add, total(func(a, b uint64) uint64 { return a + b })},
	{"-", Set.Sub, total(func(a, b uint64) uint64 { return a - b })},
	{"*", Set.Mul, total(func(a, b uint64) uint64 { return a * b })},
	{"&", Set.And, total(func(a, b uint64) uint64 { return a & b })},
	{"|", Set.Or, total(func(a, b uint64) uint64 { return a | b })},
	{"^", Set.Xor, total(func(a, b uint64) uint64 { return a ^ b })},
	{"udiv", Set.UDiv, func(w uint8, a, b uint64) (uint64, bool) {
		if b == 0 {
			return 0, false
		}
		return a / b, true
	}},
	{"urem", Set.URem, func(w uint8, a, b uint64) (uint64, bool) {
		if b == 0 {
			return 0, false
		}
		return a % b, true
	}},
	{"sdiv", Set.SDiv, func(w uint8, a, b uint64) (uint64, bool) {
		if b == 0 {
			return 0, false
		}
		return uint64(signExtend(a, w) / signExtend(b, w)), true
	}},
	{"srem", Set.SRem, func(w uint8, a, b uint64) (uint64, bool) {
		if b == 0 {
			return 0, false
		}
		return uint64(signExtend(a, w) % signExtend(b, w)), true
	}},
	{"shl", Set.Shl, func(w uint8, a, b uint64) (uint64, bool) { return a << b, b < uint64(w) }},
	{"lshr", Set.LShr, func(w uint8, a, b uint64) (uint64, bool) { return a >> b, b < uint64(w) }},
	{"ashr", Set.AShr, func(w uint8, a, b uint64) (uint64, bool) {
		return uint64(signExtend(a, w) >> b), b < uint64(w)
	}},
}

var setops = []binOp{
	{"union", Set.Union, func(_ uint8, a, b uint64) (uint64, bool) { return a | b, true }},
	{"intersect", Set.Intersect, func(_ uint8, a, b uint64) (uint64, bool) { return a & b, true }},
	{"minus", Set.Minus, func(_ uint8, a, b uint64) (uint64, bool) { return a &^ b, true }},
}

// TestBinaryExact compares every operation with its definition on sets that
// are small enough for every result to be exact.
func TestBinaryExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for w := 1; w <= 6; w++ {
		n := []int{4: 120, 5: 80, 6: 40}[max(w, 4)]
		sets := sampleSets(w, n, rnd)
		if w == 3 {
			rnd.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
			sets = sets[:150]
		}
		for _, a := range sets {
			ma := modelOf(a)
			for _, b := range sets {
				mb := modelOf(b)
				for _, op := range binaries {
					want := newModel(w)
					beyond := false
					for x, in := range ma {
						for y, in2 := range mb {
							if !in || !in2 {
								continue
							}
							r, ok := op.eval(uint8(w), uint64(x), uint64(y))
							if ok {
								want[r&maskOf(uint8(w))] = true
							}
							beyond = beyond || !ok
						}
					}
					exact := !beyond || op.name != "shl" && op.name != "lshr" && op.name != "ashr"
					want.compare(t, op.set(a, b), exact, "w=%d: %v %s %v", w, ma, op.name, mb)
				}
				for _, op := range setops {
					want := newModel(w)
					for v := range want {
						x, y := uint64(0), uint64(0)
						if ma[v] {
							x = 1
						}
						if mb[v] {
							y = 1
						}
						r, _ := op.eval(1, x, y)
						want[v] = r&1 == 1
					}
					want.compare(t, op.set(a, b), true, "w=%d: %v %s %v", w, ma, op.name, mb)
				}
				checkRelations(t, a, b, ma, mb)
			}
		}
	}
}

func checkRelations(t *testing.T, a, b Set, ma, mb model) {
	t.Helper()
	subset, overlaps, equal := true, false, true
	for v := range ma {
		subset = subset && (!ma[v] || mb[v])
		overlaps = overlaps || ma[v] && mb[v]
		equal = equal && ma[v] == mb[v]
	}
	if a.Subset(b) != subset || a.Overlaps(b) != overlaps || a.Equal(b) != equal {
		t.Fatalf("%v, %v: subset %v, overlaps %v, equal %v", ma, mb, a.Subset(b), a.Overlaps(b), a.Equal(b))
	}
	if w := a.Width(); w <= 8 && (a.Key() == b.Key()) != equal {
		t.Fatalf("%v, %v: keys %q, %q", ma, mb, a.Key(), b.Key())
	}
}

// TestCompare checks comparisons and their refinement against the definition.
func TestCompare(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for w := 1; w <= 6; w++ {
		sets := sampleSets(w, 60, rnd)
		if len(sets) > 100 {
			rnd.Shuffle(len(sets), func(i, j int) { sets[i], sets[j] = sets[j], sets[i] })
			sets = sets[:100]
		}
		for _, a := range sets {
			for _, b := range sets {
				for c := EQ; c <= SGE; c++ {
					checkCompare(t, c, a, b)
				}
			}
		}
	}
}

func checkCompare(t *testing.T, c Cmp, a, b Set) {
	t.Helper()
	w := a.Width()
	ma, mb := modelOf(a), modelOf(b)
	wantA, wantB, truth := newModel(w), newModel(w), Never
	for x, in := range ma {
		for y, in2 := range mb {
			if !in || !in2 {
				continue
			}
			holds := c.Eval(w, uint64(x), uint64(y))
			if holds == c.Negate().Eval(w, uint64(x), uint64(y)) || holds != c.Swap().Eval(w, uint64(y), uint64(x)) {
				t.Fatalf("%d %v %d is %v; negated or swapped it is not", x, c, y, holds)
			}
			if holds {
				truth |= True
				wantA[x], wantB[y] = true, true
			} else {
				truth |= False
			}
		}
	}
	if got := Compare(c, a, b); got != truth {
		t.Fatalf("%v %v %v is %d, want %d", ma, c, mb, got, truth)
	}
	a2, b2 := RefineCmp(c, a, b)
	wantA.compare(t, a2, true, "left of %v %v %v", ma, c, mb)
	wantB.compare(t, b2, true, "right of %v %v %v", ma, c, mb)
}

type unOp struct {
	name string
	w2   int // width of the result; 0 for that of the operand
	set  func(a Set) Set
	eval func(w uint8, a uint64) uint64
	inv  func(x, result Set) Set
}

func unaries(w int, c uint64) []unOp {
	m := maskOf(uint8(w))
	c &= m
	k := int(c % uint64(w))
	cs := Const(w, c)
	div := max(c, 1)
	return []unOp{
		{"neg", 0, Set.Neg, func(_ uint8, a uint64) uint64 { return -a }, InvNeg},
		{"not", 0, Set.Not, func(_ uint8, a uint64) uint64 { return ^a }, InvNot},
		{"zext", w + 3, func(a Set) Set { return a.Zext(w + 3) }, func(_ uint8, a uint64) uint64 { return a }, InvZext},
		{"sext", w + 3, func(a Set) Set { return a.Sext(w + 3) }, func(w uint8, a uint64) uint64 { return uint64(signExtend(a, w)) }, InvSext},
		{"trunc", w - 1, func(a Set) Set { return a.Trunc(w - 1) }, func(_ uint8, a uint64) uint64 { return a }, InvTrunc},
		{"trunc2", (w + 1) / 2, func(a Set) Set { return a.Trunc((w + 1) / 2) }, func(_ uint8, a uint64) uint64 { return a }, InvTrunc},
		{"add", 0, func(a Set) Set { return a.Add(cs) }, func(_ uint8, a uint64) uint64 { return a + c },
			func(x, r Set) Set { return InvAdd(x, c, r) }},
		{"sub", 0, func(a Set) Set { return a.Sub(cs) }, func(_ uint8, a uint64) uint64 { return a - c },
			func(x, r Set) Set { return InvSub(x, c, r) }},
		{"sub from", 0, func(a Set) Set { return cs.Sub(a) }, func(_ uint8, a uint64) uint64 { return c - a },
			func(x, r Set) Set { return InvSubFrom(x, c, r) }},
		{"xor", 0, func(a Set) Set { return a.Xor(cs) }, func(_ uint8, a uint64) uint64 { return a ^ c },
			func(x, r Set) Set { return InvXor(x, c, r) }},
		{"and", 0, func(a Set) Set { return a.And(cs) }, func(_ uint8, a uint64) uint64 { return a & c },
			func(x, r Set) Set { return RefineAndMask(x, c, r) }},
		{"or", 0, func(a Set) Set { return a.Or(cs) }, func(_ uint8, a uint64) uint64 { return a | c },
			func(x, r Set) Set { return RefineOr(x, c, r) }},
		{"mul", 0, func(a Set) Set { return a.Mul(cs) }, func(_ uint8, a uint64) uint64 { return a * c },
			func(x, r Set) Set { return InvMulConst(x, c, r) }},
		{"udiv", 0, func(a Set) Set { return a.UDiv(Const(w, div)) }, func(_ uint8, a uint64) uint64 { return a / div },
			func(x, r Set) Set { return InvUDiv(x, div, r) }},
		{"urem", 0, func(a Set) Set { return a.URem(Const(w, div)) }, func(_ uint8, a uint64) uint64 { return a % div },
			func(x, r Set) Set { return InvURem(x, div, r) }},
		{"sdiv", 0, func(a Set) Set { return a.SDiv(Const(w, div)) }, func(w uint8, a uint64) uint64 { return uint64(signExtend(a, w) / signExtend(div, w)) },
			func(x, r Set) Set { return InvSDiv(x, div, r) }},
		{"srem", 0, func(a Set) Set { return a.SRem(Const(w, div)) }, func(w uint8, a uint64) uint64 { return uint64(signExtend(a, w) % signExtend(div, w)) },
			func(x, r Set) Set { return InvSRem(x, div, r) }},
		{"shl", 0, func(a Set) Set { return a.Shl(Const(8, uint64(k))) }, func(_ uint8, a uint64) uint64 { return a << k },
			func(x, r Set) Set { return InvShl(x, k, r) }},
		{"lshr", 0, func(a Set) Set { return a.LShr(Const(8, uint64(k))) }, func(_ uint8, a uint64) uint64 { return a >> k },
			func(x, r Set) Set { return InvLShr(x, k, r) }},
		{"ashr", 0, func(a Set) Set { return a.AShr(Const(8, uint64(k))) }, func(w uint8, a uint64) uint64 { return uint64(signExtend(a, w) >> k) },
			func(x, r Set) Set { return InvAShr(x, k, r) }},
	}
}

// checkUnary checks op forwards on a, and backwards from results.
func checkUnary(t *testing.T, op unOp, a Set, results []Set, exact bool) {
	t.Helper()
	w := a.Width()
	w2 := w
	if op.w2 != 0 {
		w2 = op.w2
	}
	m := maskOf(uint8(w2))
	ma := modelOf(a)
	want := newModel(w2)
	for v, in := range ma {
		if in {
			want[op.eval(uint8(w), uint64(v))&m] = true
		}
	}
	want.compare(t, op.set(a), exact, "w=%d: %s of %v", w, op.name, a.String(false))
	for _, r := range results {
		if r.Width() != w2 {
			continue
		}
		want := newModel(w)
		for v, in := range ma {
			want[v] = in && r.Contains(op.eval(uint8(w), uint64(v))&m)
		}
		got := op.inv(a, r)
		want.compare(t, got, exact, "w=%d: part of %s with %s in %s", w, a.String(false), op.name, r.String(false))
		if !got.Subset(a) {
			t.Fatalf("w=%d: part of %s with %s in %s is %s", w, a.String(false), op.name, r.String(false), got.String(false))
		}
	}
}

func TestUnaryAndInverses(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	results := map[int][]Set{}
	for w := 1; w <= 9; w++ {
		results[w] = sampleSets(w, 20, rnd)
		if len(results[w]) > 30 {
			rnd.Shuffle(len(results[w]), func(i, j int) { results[w][i], results[w][j] = results[w][j], results[w][i] })
			results[w] = results[w][:30]
		}
	}
	for w := 2; w <= 6; w++ {
		for _, a := range append(sampleSets(w, 20, rnd)[:min(20, 1<<w)], Full(w)) {
			for c := uint64(0); c < 1<<w; c += 1 + uint64(w)/6*2 {
				for _, op := range unaries(w, c) {
					w2 := w
					if op.w2 != 0 {
						w2 = op.w2
					}
					checkUnary(t, op, a, results[w2], true)
				}
			}
		}
	}
}

// TestWideSets does the same at a width where sets have to be cubes, and
// results may be more than what is wanted.
func TestWideSets(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	const w = 11
	rounds := 400
	if testing.Short() {
		rounds = 100
	}
	for range rounds {
		a, b, r := randomSet(w, rnd), randomSet(w, rnd), randomSet(w, rnd)
		ma, mb := modelOf(a), modelOf(b)
		for _, op := range setops {
			want := newModel(w)
			n := 0
			for v := range want {
				x, y := uint64(0), uint64(0)
				if ma[v] {
					x = 1
				}
				if mb[v] {
					y = 1
				}
				res, _ := op.eval(1, x, y)
				if want[v] = res&1 == 1; want[v] {
					n++
				}
			}
			want.compare(t, op.set(a, b), false, "%s %s %s", a.String(false), op.name, b.String(false))
		}
		checkRelations(t, a, b, ma, mb)
		checkBounds(t, a, ma)
		for _, op := range unaries(w, rnd.Uint64()&rnd.Uint64()) {
			w2 := w
			if op.w2 != 0 {
				w2 = op.w2
			}
			checkUnary(t, op, a, []Set{r, randomSet(w2, rnd)}, false)
		}
		for range 4 {
			checkSampled(t, a, b, rnd)
		}
	}
}

func checkBounds(t *testing.T, a Set, ma model) {
	t.Helper()
	n := uint64(0)
	umin, umax, smin, smax := ^uint64(0), uint64(0), int64(1<<62), int64(-1<<62)
	zeros, ones := a.mask(), a.mask()
	for v, in := range ma {
		if !in {
			continue
		}
		n++
		u, s := uint64(v), signExtend(uint64(v), a.w)
		umin, umax, smin, smax = min(umin, u), max(umax, u), min(smin, s), max(smax, s)
		zeros, ones = zeros&^u, ones&u
	}
	count, exact := a.Count()
	vs, all := a.Values(int(n))
	if count != n || !exact || !all || uint64(len(vs)) != n {
		t.Fatalf("%s: count %d, %d values, want %d", a.String(false), count, len(vs), n)
	}
	for i, v := range vs {
		if !a.Contains(v) || i > 0 && vs[i-1] >= v {
			t.Fatalf("%s: values %v", a.String(false), vs)
		}
	}
	if n == 0 {
		return
	}
	z, o := a.KnownBits()
	if a.UMin() != umin || a.UMax() != umax || a.SMin() != smin || a.SMax() != smax || z != zeros || o != ones {
		t.Fatalf("%s: bounds %d %d %d %d, bits %#x %#x", a.String(false), a.UMin(), a.UMax(), a.SMin(), a.SMax(), z, o)
	}
}

// pick returns an element of a, which must not be empty.
func pick(a Set, rnd *rand.Rand) uint64 {
	var room [1]piece
	ps := a.pieces(&room)
	p := ps[rnd.IntN(len(ps))]
	switch rnd.IntN(4) {
	case 0:
		return p.lo
	case 1:
		return p.hi
	}
	lo, hi := extract(p.lo, p.free), extract(p.hi, p.free)
	v := rnd.Uint64()
	if span := hi - lo + 1; span != 0 {
		v = lo + v%span
	}
	return deposit(v, p.free) | p.ones()
}

// checkSampled checks all operations on elements taken from a and b.
func checkSampled(t *testing.T, a, b Set, rnd *rand.Rand) {
	t.Helper()
	if a.IsEmpty() || b.IsEmpty() {
		return
	}
	x, y := pick(a, rnd), pick(b, rnd)
	if !a.Contains(x) || !b.Contains(y) {
		t.Fatalf("%s, %s: %#x or %#x is no element", a.String(false), b.String(false), x, y)
	}
	for _, op := range binaries {
		if r, ok := op.eval(a.w, x, y); ok && !op.set(a, b).Contains(r&a.mask()) {
			t.Fatalf("w=%d: %s %s %s = %s lacks %#x %s %#x", a.w, a.String(false), op.name, b.String(false), op.set(a, b).String(false), x, op.name, y)
		}
	}
	for c := EQ; c <= SGE; c++ {
		holds := c.Eval(int(a.w), x, y)
		if truth := Compare(c, a, b); holds && !truth.CanBeTrue() || !holds && !truth.CanBeFalse() {
			t.Fatalf("%s %v %s cannot be %v, as it is for %#x, %#x", a.String(false), c, b.String(false), holds, x, y)
		}
		if a2, b2 := RefineCmp(c, a, b); holds && (!a2.Contains(x) || !b2.Contains(y)) {
			t.Fatalf("%s %v %s lost %#x or %#x", a.String(false), c, b.String(false), x, y)
		}
	}
	wide := Widen(a, b)
	if !wide.Contains(x) || !wide.Contains(y) {
		t.Fatalf("%s widened to %s is %s", a.String(false), b.String(false), wide.String(false))
	}
}

// TestFullWidth samples operations at the widths of C types.
func TestFullWidth(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	rounds := 800
	if testing.Short() {
		rounds = 100
	}
	for i := range rounds {
		w := []int{8, 16, 32, 64}[i%4]
		a, b := randomSet(w, rnd), randomSet(w, rnd)
		for range 4 {
			checkSampled(t, a, b, rnd)
		}
		if a.IsEmpty() {
			continue
		}
		x := pick(a, rnd)
		for _, op := range unaries(w, rnd.Uint64()>>rnd.IntN(64)) {
			w2 := w
			if op.w2 != 0 {
				if w2 = op.w2; w2 > 64 {
					continue
				}
			}
			y := op.eval(uint8(w), x) & maskOf(uint8(w2))
			if !op.set(a).Contains(y) {
				t.Fatalf("w=%d: %s of %s lacks %#x, that of %#x", w, op.name, a.String(false), y, x)
			}
			r := randomSet(w2, rnd).Union(Const(w2, y))
			if !op.inv(a, r).Contains(x) {
				t.Fatalf("w=%d: part of %s with %s in %s lacks %#x", w, a.String(false), op.name, r.String(false), x)
			}
		}
	}
}
