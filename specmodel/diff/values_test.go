// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"math/rand/v2"
	"testing"

	"kapilint/specmodel"
)

// accepts says by definition whether a constraint admits a number of a type.
func accepts(c *specmodel.Constraint, d domain, number int64) bool {
	pattern := uint64(number) & d.all()
	at := func(e specmodel.Expr) int64 { k, _ := e.Val.Int64(); return k }
	switch kindOf(c) {
	case specmodel.ConstraintNone:
		return true
	case specmodel.ConstraintRange:
		return (!c.Min.IsSet() || number >= at(c.Min)) && (!c.Max.IsSet() || number <= at(c.Max))
	case specmodel.ConstraintMask:
		return pattern&^c.Mask.Val.Bits == 0
	case specmodel.ConstraintEnum:
		for _, e := range c.Values {
			if e.Val.Bits&d.all() == pattern {
				return true
			}
		}
		return false
	case specmodel.ConstraintSet:
		for _, r := range c.Ranges {
			if number >= at(r.Min) && number <= at(r.Max) {
				return true
			}
		}
		return false
	case specmodel.ConstraintAlignment:
		return pattern%c.Alignment.Val.Bits == 0
	case specmodel.ConstraintPowerOfTwo:
		return pattern != 0 && pattern&(pattern-1) == 0
	case specmodel.ConstraintNonZero:
		return pattern != 0
	}
	panic(c.Kind)
}

func randomConstraint(r *rand.Rand, signed bool) specmodel.Constraint {
	number := func() specmodel.Expr {
		k := int64(r.IntN(256))
		if signed {
			k -= 128
		}
		return n(k)
	}
	pair := func() (specmodel.Expr, specmodel.Expr) {
		a, b := number(), number()
		if a.Val.Cmp(b.Val) > 0 {
			a, b = b, a
		}
		return a, b
	}
	switch r.IntN(8) {
	case 0:
		a, b := pair()
		return rng(a, b)
	case 1:
		return mask(n(int64(r.IntN(256))))
	case 2:
		c := enum(number())
		for range r.IntN(4) {
			c.Values = append(c.Values, number())
		}
		return c
	case 3:
		c := specmodel.Constraint{Kind: specmodel.ConstraintSet}
		for range 1 + r.IntN(3) {
			a, b := pair()
			c.Ranges = append(c.Ranges, specmodel.Interval{Min: a, Max: b})
		}
		return c
	case 4:
		return specmodel.Constraint{Kind: specmodel.ConstraintAlignment, Alignment: n(1 << r.IntN(6))}
	case 5:
		return specmodel.Constraint{Kind: specmodel.ConstraintPowerOfTwo}
	case 6:
		return specmodel.Constraint{Kind: specmodel.ConstraintNonZero}
	}
	return specmodel.Constraint{}
}

// TestSetsAgainstDefinition relates random sets of 8-bit values, and compares
// with what trying every value gives.
func TestSetsAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		d := domain{8, r.IntN(2) == 0}
		a, b := randomConstraint(r, d.signed), randomConstraint(r, d.signed)
		x, ok1 := setOf(&a, d)
		y, ok2 := setOf(&b, d)
		if !ok1 || !ok2 {
			t.Fatalf("%v or %v is no set", a, b)
		}
		onlyA, onlyB := false, false
		first := int64(0)
		if d.signed {
			first = -128
		}
		for k := first; k < first+256; k++ {
			inA, inB := accepts(&a, d, k), accepts(&b, d, k)
			onlyA, onlyB = onlyA || inA && !inB, onlyB || inB && !inA
		}
		want := same
		switch {
		case onlyA && onlyB:
			want = moved
		case onlyA:
			want = narrower
		case onlyB:
			want = wider
		}
		if got := relate(x, y); got != want {
			t.Fatalf("%s to %s (%+v): %d, want %d", showConstraint(&a), showConstraint(&b), d, got, want)
		}
		if relate(y, x) != want.reverse() {
			t.Fatalf("%s and %s are not symmetric", showConstraint(&a), showConstraint(&b))
		}
		v, found := x.example(y)
		if found != onlyA {
			t.Fatalf("%s without %s: example %v, %v", showConstraint(&a), showConstraint(&b), v, found)
		}
		if k, _ := v.Int64(); found && (!accepts(&a, d, k) || accepts(&b, d, k)) {
			t.Fatalf("%s is no example of %s without %s", v, showConstraint(&a), showConstraint(&b))
		}
	}
}

func TestTypes(t *testing.T) {
	alike := [][2]string{{"unsigned", "unsigned int"}, {"u32", "__u32"}, {"size_t", "unsigned long"}, {"const char __user *", "char*"},
		{"long int", "long"}, {"unsigned long long int", "u64"}, {"int short", "s16"}, {"struct a  *", "struct a*"}}
	for _, p := range alike {
		if !sameType(p[0], p[1]) {
			t.Errorf("%q and %q are told apart", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"int", "unsigned"}, {"long", "long long"}, {"int", "long"}, {"struct a *", "struct b *"}, {"char", "char *"}, {"", "int"}} {
		if sameType(p[0], p[1]) {
			t.Errorf("%q and %q are taken for one", p[0], p[1])
		}
	}
}
