// SPDX-License-Identifier: GPL-2.0-only

package dom

// Cmp is a comparison operator with its signedness.
type Cmp uint8

// The comparisons. U and S tell unsigned from signed order.
const (
	EQ Cmp = iota
	NE
	ULT
	ULE
	UGT
	UGE
	SLT
	SLE
	SGT
	SGE
)

// Negate returns the comparison that holds exactly where c does not.
func (c Cmp) Negate() Cmp {
	return [...]Cmp{EQ: NE, NE: EQ, ULT: UGE, ULE: UGT, UGT: ULE, UGE: ULT, SLT: SGE, SLE: SGT, SGT: SLE, SGE: SLT}[c]
}

// Swap returns the comparison that holds for b, a exactly where c does for
// a, b.
func (c Cmp) Swap() Cmp {
	return [...]Cmp{EQ: EQ, NE: NE, ULT: UGT, ULE: UGE, UGT: ULT, UGE: ULE, SLT: SGT, SLE: SGE, SGT: SLT, SGE: SLE}[c]
}

// Eval applies c to two patterns of width w.
func (c Cmp) Eval(w int, a, b uint64) bool {
	sa, sb := signExtend(a, width(w)), signExtend(b, width(w))
	a, b = a&maskOf(width(w)), b&maskOf(width(w))
	switch c {
	case EQ:
		return a == b
	case NE:
		return a != b
	case ULT:
		return a < b
	case ULE:
		return a <= b
	case UGT:
		return a > b
	case UGE:
		return a >= b
	case SLT:
		return sa < sb
	case SLE:
		return sa <= sb
	case SGT:
		return sa > sb
	}
	return sa >= sb
}

// String returns c as C spells it, with u or s before it where that matters.
func (c Cmp) String() string {
	return [...]string{EQ: "==", NE: "!=", ULT: "u<", ULE: "u<=", UGT: "u>", UGE: "u>=", SLT: "s<", SLE: "s<=", SGT: "s>", SGE: "s>="}[c]
}

// Tri is what is known of a truth value: which of false and true it can be.
type Tri uint8

// The truth values. Never is that of an operation on an empty set.
const (
	Never Tri = 0
	False Tri = 1
	True  Tri = 2
	Maybe Tri = 3
)

// CanBeTrue reports whether t can be true.
func (t Tri) CanBeTrue() bool { return t&True != 0 }

// CanBeFalse reports whether t can be false.
func (t Tri) CanBeFalse() bool { return t&False != 0 }

// Not returns the negation of t.
func (t Tri) Not() Tri { return t>>1 | t&1<<1 }

// Set returns t as a set of the values 0 and 1 of width w.
func (t Tri) Set(w int) Set {
	switch t {
	case False:
		return Const(w, 0)
	case True:
		return Const(w, 1)
	case Maybe:
		return URange(w, 0, 1)
	}
	return Empty(w)
}

// Truth returns what is known of the truth value of s: true is not 0.
func (s Set) Truth() Tri {
	t := Never
	if s.n == 0 {
		return t
	}
	if s.Contains(0) {
		t |= False
	}
	if s.hull.hi != 0 {
		t |= True
	}
	return t
}

// Compare returns what is known of a c b. It is exact, for values that are
// independent of each other.
func Compare(c Cmp, a, b Set) Tri {
	if a.n == 0 || b.n == 0 {
		return Never
	}
	if a.w != b.w {
		return Maybe
	}
	switch c {
	case EQ:
		_, one := a.Single()
		return tri(!one || !a.Equal(b), a.Overlaps(b))
	case ULT:
		return tri(a.hull.hi >= b.hull.lo, a.hull.lo < b.hull.hi)
	case ULE:
		return tri(a.hull.hi > b.hull.lo, a.hull.lo <= b.hull.hi)
	case SLT:
		return tri(a.SMax() >= b.SMin(), a.SMin() < b.SMax())
	case SLE:
		return tri(a.SMax() > b.SMin(), a.SMin() <= b.SMax())
	case UGT, UGE, SGT, SGE:
		return Compare(c.Swap(), b, a)
	}
	return Compare(EQ, a, b).Not()
}

func tri(canBeFalse, canBeTrue bool) Tri {
	t := Never
	if canBeFalse {
		t |= False
	}
	if canBeTrue {
		t |= True
	}
	return t
}

// Eq returns the results of a == b as a set of width 32, like all comparisons
// that follow.
func Eq(a, b Set) Set { return Compare(EQ, a, b).Set(32) }

// Ne returns the results of a != b.
func Ne(a, b Set) Set { return Compare(NE, a, b).Set(32) }

// ULt returns the results of a < b as unsigned numbers.
func ULt(a, b Set) Set { return Compare(ULT, a, b).Set(32) }

// ULe returns the results of a <= b as unsigned numbers.
func ULe(a, b Set) Set { return Compare(ULE, a, b).Set(32) }

// SLt returns the results of a < b as signed numbers.
func SLt(a, b Set) Set { return Compare(SLT, a, b).Set(32) }

// SLe returns the results of a <= b as signed numbers.
func SLe(a, b Set) Set { return Compare(SLE, a, b).Set(32) }

// RefineCmp returns the parts of a and b for which a c b can hold: an element
// stays if some element of the other set makes the comparison true. Both
// results are empty when the comparison cannot hold.
func RefineCmp(c Cmp, a, b Set) (a2, b2 Set) {
	switch {
	case a.n == 0 || b.n == 0:
		return Set{w: a.w}, Set{w: b.w}
	case a.w != b.w:
		return a, b
	}
	w := int(a.w)
	switch c {
	case EQ:
		both := a.Intersect(b)
		return both, both
	case NE:
		a2, b2 = a, b
		if v, ok := b.Single(); ok {
			a2 = a.Without(v)
		}
		if v, ok := a.Single(); ok {
			b2 = b.Without(v)
		}
	case ULT:
		if a.hull.lo >= b.hull.hi {
			return Set{w: a.w}, Set{w: b.w}
		}
		a2 = a.Intersect(URange(w, 0, b.hull.hi-1))
		b2 = b.Intersect(URange(w, a.hull.lo+1, b.mask()))
	case ULE:
		a2 = a.Intersect(URange(w, 0, b.hull.hi))
		b2 = b.Intersect(URange(w, a.hull.lo, b.mask()))
	case SLT:
		amin, bmax := a.SMin(), b.SMax()
		if amin >= bmax {
			return Set{w: a.w}, Set{w: b.w}
		}
		a2 = a.Intersect(SRange(w, -1<<63, bmax-1))
		b2 = b.Intersect(SRange(w, amin+1, 1<<63-1))
	case SLE:
		a2 = a.Intersect(SRange(w, -1<<63, b.SMax()))
		b2 = b.Intersect(SRange(w, a.SMin(), 1<<63-1))
	default:
		b2, a2 = RefineCmp(c.Swap(), b, a)
	}
	if a2.n == 0 || b2.n == 0 {
		return Set{w: a.w}, Set{w: b.w}
	}
	return a2, b2
}
