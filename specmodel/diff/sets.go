// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"math/bits"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// listed is the values of an enum, which the fields of structures have as
// text with commas.
func listed(c *specmodel.Constraint) []specmodel.Expr {
	if len(c.Values) > 0 || !strings.Contains(c.ValuesFrom, ",") {
		return c.Values
	}
	var out []specmodel.Expr
	for t := range strings.SplitSeq(c.ValuesFrom, ",") {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, specmodel.Text(t, c.Pos))
		}
	}
	return out
}

func sameRanges(a, b *specmodel.Constraint) bool {
	return slices.EqualFunc(a.Ranges, b.Ranges, func(x, y specmodel.Interval) bool {
		return sameExpr(x.Min, y.Min) && sameExpr(x.Max, y.Max)
	})
}

// sets gives both constraints as sets of one domain, where all numbers are known.
func sets(v valued, dom domain) (old, new set, ok bool) {
	if old, ok = setOf(v.old, dom); !ok {
		return old, new, false
	}
	new, ok = setOf(v.new, dom)
	return old, new, ok
}

// setOf is the values that a constraint admits.
func setOf(c *specmodel.Constraint, dom domain) (set, bool) {
	switch kindOf(c) {
	case specmodel.ConstraintNone:
		return full(dom), true
	case specmodel.ConstraintRange:
		s, ok := spanOf(c.Min, c.Max, dom)
		return spanSet(dom, []span{s}), ok
	case specmodel.ConstraintMask:
		v, ok := value(c.Mask)
		return bitSet(dom, v.Bits), ok
	case specmodel.ConstraintEnum:
		var spans []span
		for _, e := range listed(c) {
			v, ok := value(e)
			if !ok {
				return set{}, false
			}
			k := dom.key(v.Bits)
			spans = append(spans, span{k, k})
		}
		return spanSet(dom, spans), len(spans) > 0
	case specmodel.ConstraintSet:
		var spans []span
		for _, r := range c.Ranges {
			s, ok := spanOf(r.Min, r.Max, dom)
			if !ok {
				return set{}, false
			}
			spans = append(spans, s)
		}
		return spanSet(dom, spans), len(spans) > 0
	case specmodel.ConstraintAlignment:
		v, ok := value(c.Alignment)
		return bitSet(dom, ^(v.Bits - 1)), ok && bits.OnesCount64(v.Bits) == 1
	case specmodel.ConstraintPowerOfTwo:
		var spans []span
		for i := range dom.width {
			k := dom.key(1 << i)
			spans = append(spans, span{k, k})
		}
		return spanSet(dom, spans), true
	case specmodel.ConstraintNonZero:
		zero, s := dom.key(0), []span{}
		if zero > 0 {
			s = append(s, span{0, zero - 1})
		}
		return spanSet(dom, append(s, span{zero + 1, dom.all()})), true
	}
	return set{}, false
}

// spanOf is an interval. A maximum below the minimum is one that does not fit
// a signed number, such as SIZE_MAX; the kernel then tests the minimum only.
func spanOf(min, max specmodel.Expr, dom domain) (span, bool) {
	s := span{0, dom.all()}
	lo, ok1 := value(min)
	hi, ok2 := value(max)
	if min.IsSet() && !ok1 || max.IsSet() && !ok2 {
		return s, false
	}
	if ok1 {
		s.lo = dom.clip(lo)
	}
	if ok2 && (!ok1 || hi.Cmp(lo) >= 0) {
		s.hi = dom.clip(hi)
	}
	return s, true
}

// hasNegative reports whether a constraint speaks of a number below zero.
func hasNegative(c *specmodel.Constraint) bool {
	below := func(e specmodel.Expr) bool { v, ok := value(e); return ok && v.Negative() }
	switch c.Kind {
	case specmodel.ConstraintRange:
		return below(c.Min)
	case specmodel.ConstraintEnum:
		return slices.ContainsFunc(c.Values, below)
	case specmodel.ConstraintSet:
		return slices.ContainsFunc(c.Ranges, func(r specmodel.Interval) bool { return below(r.Min) })
	}
	return false
}
