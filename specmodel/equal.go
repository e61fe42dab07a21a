// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Canonical puts the lists whose order means nothing into one order:
// parameters by index, errors, locks, signals, capabilities and the rest by
// name. Elements of one name keep the order they had.
func (a *API) Canonical() {
	slices.SortStableFunc(a.Params, func(x, y Param) int { return cmp.Compare(x.Index, y.Index) })
	byName(a.Errors, func(e Error) string { return e.Name })
	byName(a.Locks, func(l Lock) string { return l.Name })
	byName(a.Constraints, func(r Rule) string { return r.Name })
	byName(a.Signals, func(s Signal) string { return s.Name })
	byName(a.SignalMasks, func(m SignalMask) string { return m.Name })
	byName(a.Structs, func(s Struct) string { return s.Name })
	byName(a.Capabilities, func(c Capability) string { return c.Name })
	byName(a.SideEffects, func(e SideEffect) string { return e.Target + "\x00" + strings.Join(e.Types.Names(), " ") })
	byName(a.StateTransitions, func(t StateTransition) string { return t.Object + "\x00" + t.From + "\x00" + t.To })
	byName(a.Counts, func(c Count) string { return c.Section })
	slices.Sort(a.Unstated)
}

func byName[T any](list []T, name func(T) string) {
	slices.SortStableFunc(list, func(x, y T) int { return strings.Compare(name(x), name(y)) })
}

// Equal reports whether two contracts say the same: positions, origin,
// notation, stated counts, prototype, evidence and the order of lists are
// ignored, numbers are compared by value where both are known.
func Equal(a, b *API) bool { return len(Differences(a, b)) == 0 }

// Differences lists where two contracts differ, as "path: one != other", in
// the sense of Equal. It is meant for messages and tests; package diff says
// what a difference means to a user of the interface.
func Differences(a, b *API) []string {
	x, y := *a, *b
	for _, api := range []*API{&x, &y} {
		copyLists(api)
		api.Canonical()
	}
	var diffs []string
	compare(reflect.ValueOf(&x).Elem(), reflect.ValueOf(&y).Elem(), nil, &diffs)
	return diffs
}

// copyLists gives the contract its own top-level lists, so that they can be sorted.
func copyLists(a *API) {
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice {
			c := reflect.MakeSlice(f.Type(), f.Len(), f.Len())
			reflect.Copy(c, f)
			f.Set(c)
		}
	}
}

// ignored are the fields that Equal does not look at, by their JSON names.
var ignored = map[string]bool{"-": true, "origin": true, "notation": true, "counts": true, "prototype": true, "trace": true, "open": true, "unstated": true}

// A place is where in a contract a value stands, up to the whole contract.
// It is written out only for a difference.
type place struct {
	in    *place
	field string
	index int
}

func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.field == "":
		return fmt.Sprintf("%s[%d]", p.in, p.index)
	case p.in == nil:
		return p.field
	}
	return p.in.String() + "." + p.field
}

func compare(x, y reflect.Value, at *place, diffs *[]string) {
	report := func(a, b any) { *diffs = append(*diffs, fmt.Sprintf("%s: %v != %v", at, a, b)) }
	switch x.Kind() {
	case reflect.Pointer:
		if x.IsNil() != y.IsNil() {
			report(!x.IsNil(), !y.IsNil())
			return
		}
		if !x.IsNil() {
			compare(x.Elem(), y.Elem(), at, diffs)
		}
	case reflect.Slice:
		if x.Len() != y.Len() {
			report(fmt.Sprint(x.Len(), " elements"), fmt.Sprint(y.Len(), " elements"))
			return
		}
		for i := range x.Len() {
			compare(x.Index(i), y.Index(i), &place{in: at, index: i}, diffs)
		}
	case reflect.Struct:
		if x.Type() == exprType {
			a, b := x.Addr().Interface().(*Expr), y.Addr().Interface().(*Expr)
			if !SameExpr(*a, *b) {
				report(a.Text, b.Text)
			}
			return
		}
		t := x.Type()
		for i := range x.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if !ignored[name] {
				compare(x.Field(i), y.Field(i), &place{in: at, field: name}, diffs)
			}
		}
	default:
		if !x.Equal(y) {
			report(x.Interface(), y.Interface())
		}
	}
}

// SameExpr reports whether two expressions are the same number: by value
// where both are known, else by their text without spaces.
func SameExpr(a, b Expr) bool {
	if a.Known && b.Known {
		return a.Val.Cmp(b.Val) == 0
	}
	if a.Text == b.Text {
		return true
	}
	return strings.Join(strings.Fields(a.Text), "") == strings.Join(strings.Fields(b.Text), "")
}
