// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"fmt"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// value is the value of an expression, computed if nobody has done so.
func value(e specmodel.Expr) (specmodel.Value, bool) {
	if e.Known || !e.IsSet() {
		return e.Val, e.Known
	}
	v, err := specmodel.EvalBuiltin(e.Text)
	return v, err == nil
}

// sameExpr reports whether two expressions are the same number, or the same
// text where one is not known.
func sameExpr(a, b specmodel.Expr) bool {
	if a.Text == b.Text && a.Known == b.Known && a.Val == b.Val {
		return true
	}
	if a.IsSet() != b.IsSet() {
		return false
	}
	if v, ok := value(a); ok {
		if w, ok := value(b); ok {
			return v.Cmp(w) == 0
		}
	}
	return specmodel.SameExpr(a, b)
}

// sameNumber is sameExpr where what is not stated is 0.
func sameNumber(a, b specmodel.Expr) bool {
	zero := specmodel.Lit(specmodel.Int(0))
	if !a.IsSet() {
		a = zero
	}
	if !b.IsSet() {
		b = zero
	}
	return sameExpr(a, b)
}

// isName reports whether an expression is written with names.
func isName(e specmodel.Expr) bool {
	t := strings.TrimLeft(e.Text, "-~( ")
	return t != "" && (t[0] == '_' || t[0] >= 'A' && t[0] <= 'Z' || t[0] >= 'a' && t[0] <= 'z')
}

// sameText compares words, however they are spaced and broken.
func sameText(a, b string) bool {
	return a == b || slices.Equal(strings.Fields(a), strings.Fields(b))
}

// orTerms splits A | B | C into its names; ok is false for any other expression.
func orTerms(text string) (terms []string, ok bool) {
	text = strings.TrimSpace(text)
	for strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") && !strings.ContainsAny(text[1:len(text)-1], "()") {
		text = strings.TrimSpace(text[1 : len(text)-1])
	}
	for t := range strings.SplitSeq(text, "|") {
		t = strings.TrimSpace(t)
		if t == "" || strings.ContainsFunc(t, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}) {
			return nil, false
		}
		terms = append(terms, t)
	}
	return terms, true
}

// relateKeys compares two sets of anything that has a name.
func relateKeys(old, new []string) relation {
	has := func(in map[string]bool, keys []string) (all bool) {
		for _, k := range keys {
			if !in[k] {
				return false
			}
		}
		return true
	}
	toSet := func(keys []string) map[string]bool {
		m := make(map[string]bool, len(keys))
		for _, k := range keys {
			m[k] = true
		}
		return m
	}
	if slices.Equal(old, new) {
		return same
	}
	shrinks, grows := has(toSet(old), new), has(toSet(new), old)
	switch {
	case shrinks && grows:
		return same
	case shrinks:
		return narrower
	case grows:
		return wider
	}
	return moved
}

// relateLists compares two lists of numbers as sets.
func relateLists(old, new []specmodel.Expr) relation {
	if slices.EqualFunc(old, new, sameExpr) {
		return same
	}
	var mixed [2]bool // a number and a name that is not known may be the same
	keys := func(list []specmodel.Expr, i int) []string {
		var out []string
		for _, e := range list {
			if v, ok := value(e); ok {
				out = append(out, v.String())
			} else {
				out = append(out, "?"+strings.Join(strings.Fields(e.Text), ""))
				mixed[i] = true
			}
		}
		return out
	}
	rel := relateKeys(keys(old, 0), keys(new, 1))
	if rel == moved && mixed[0] != mixed[1] {
		return unknown
	}
	return rel
}

// relateBits compares two masks; what is not stated has no bits.
func relateBits(old, new specmodel.Expr) relation {
	if sameNumber(old, new) {
		return same
	}
	v, ok1 := value(old)
	w, ok2 := value(new)
	if (ok1 || !old.IsSet()) && (ok2 || !new.IsSet()) {
		d := domain{width: 64}
		return relate(bitSet(d, v.Bits), bitSet(d, w.Bits))
	}
	if !old.IsSet() {
		return wider
	}
	if !new.IsSet() {
		return narrower
	}
	a, split1 := orTerms(old.Text)
	b, split2 := orTerms(new.Text)
	if !split1 || !split2 {
		return unknown
	}
	rel := relateKeys(a, b)
	if rel == moved && ok1 != ok2 {
		return unknown // the one may be the number of the other
	}
	return rel
}

// relateSpans compares two intervals bound by bound; a bound that is not
// stated excludes nothing.
func relateSpans(oldMin, oldMax, newMin, newMax specmodel.Expr, d domain) relation {
	lower := relateBound(oldMin, newMin, d, 1)
	upper := relateBound(oldMax, newMax, d, -1)
	switch {
	case lower == unknown || upper == unknown:
		return unknown
	case lower == same:
		return upper
	case upper == same || upper == lower:
		return lower
	}
	return moved
}

// relateBound compares lower bounds with sign 1, upper bounds with -1.
func relateBound(old, new specmodel.Expr, d domain, sign int) relation {
	if sameExpr(old, new) {
		return same
	}
	end := uint64(0)
	if sign < 0 {
		end = d.all()
	}
	v, ok1 := value(old)
	w, ok2 := value(new)
	k, l := end, end
	if ok1 {
		k = d.clip(v)
	}
	if ok2 {
		l = d.clip(w)
	}
	switch {
	case old.IsSet() && !ok1 && !new.IsSet():
		return wider
	case new.IsSet() && !ok2 && !old.IsSet():
		return narrower
	case old.IsSet() && !ok1 || new.IsSet() && !ok2:
		return unknown
	case k == l:
		return same
	case k < l == (sign > 0):
		return narrower
	}
	return wider
}

// show is a number for people and for the file of accepted changes.
func show(e specmodel.Expr) string {
	if !e.Known {
		if v, ok := value(e); ok {
			e.Known, e.Val = true, v
		}
	}
	return e.String()
}

func showAll(list []specmodel.Expr) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, show(e))
	}
	return strings.Join(parts, ", ")
}

func showHex(e specmodel.Expr) string {
	v, ok := value(e)
	switch {
	case !ok:
		return e.Text
	case isName(e):
		return e.Text + " (" + v.Hex() + ")"
	}
	return v.Hex()
}

func showSpan(min, max specmodel.Expr) string {
	switch {
	case !min.IsSet() && !max.IsSet():
		return "any"
	case !max.IsSet():
		return "from " + show(min)
	case !min.IsSet():
		return "up to " + show(max)
	}
	return fmt.Sprintf("%s to %s", show(min), show(max))
}
