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
	compare(reflect.ValueOf(x), reflect.ValueOf(y), "", &diffs)
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

func compare(x, y reflect.Value, path string, diffs *[]string) {
	report := func(a, b any) { *diffs = append(*diffs, fmt.Sprintf("%s: %v != %v", path, a, b)) }
	switch x.Kind() {
	case reflect.Pointer:
		if x.IsNil() != y.IsNil() {
			report(!x.IsNil(), !y.IsNil())
			return
		}
		if !x.IsNil() {
			compare(x.Elem(), y.Elem(), path, diffs)
		}
	case reflect.Slice:
		if x.Len() != y.Len() {
			report(fmt.Sprint(x.Len(), " elements"), fmt.Sprint(y.Len(), " elements"))
			return
		}
		for i := range x.Len() {
			compare(x.Index(i), y.Index(i), fmt.Sprintf("%s[%d]", path, i), diffs)
		}
	case reflect.Struct:
		if x.Type() == exprType {
			a, b := x.Interface().(Expr), y.Interface().(Expr)
			if !SameExpr(a, b) {
				report(a.Text, b.Text)
			}
			return
		}
		for i := range x.NumField() {
			name, _, _ := strings.Cut(x.Type().Field(i).Tag.Get("json"), ",")
			if !ignored[name] {
				compare(x.Field(i), y.Field(i), strings.TrimPrefix(path+"."+name, "."), diffs)
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
	return strings.Join(strings.Fields(a.Text), "") == strings.Join(strings.Fields(b.Text), "")
}
