// SPDX-License-Identifier: GPL-2.0-only

package merge

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// keyOf says what an element of a list is about.
func keyOf(v reflect.Value, i int) string {
	switch e := v.Addr().Interface().(type) {
	case *specmodel.Param:
		return strconv.Itoa(e.Index)
	case *specmodel.Error:
		return specmodel.CanonicalErrno(e.Name)
	case *specmodel.Lock:
		return e.Name
	case *specmodel.Rule:
		return e.Name
	case *specmodel.Signal:
		return e.Name
	case *specmodel.SignalMask:
		return e.Name
	case *specmodel.Struct:
		return e.Name
	case *specmodel.Field:
		return e.Name
	case *specmodel.Capability:
		return e.Name
	case *specmodel.SideEffect:
		return e.Target
	case *specmodel.StateTransition:
		return e.Object + ": " + e.From + " -> " + e.To
	case *specmodel.ArchMask:
		return e.Arch
	}
	return strconv.Itoa(i)
}

// label names an element in a path.
func label(v reflect.Value, key string) string {
	if p, ok := v.Addr().Interface().(*specmodel.Param); ok && p.Name != "" {
		return p.Name
	}
	return key
}

func (m *merger) list(a, b reflect.Value, s spot) {
	switch {
	case a.Type().Elem() == exprType:
		m.exprs(a, b, s)
		return
	case a.Type().Elem().Kind() == reflect.String:
		m.strings(a, b, s)
		return
	}
	pairs := pair(a, b, m.keys(s))
	taken := make([]bool, b.Len())
	n := a.Len()
	for i := range n {
		key := keyOf(a.Index(i), i)
		at := s.element(label(a.Index(i), key))
		j, ok := pairs[i]
		if !ok {
			at.a = posOf(a.Index(i), s.a)
			m.report(at, "stated", "")
			continue
		}
		taken[j] = true
		m.structure(a.Index(i), b.Index(j), at)
	}
	for j := range b.Len() {
		if taken[j] {
			continue
		}
		at := s.element(label(b.Index(j), keyOf(b.Index(j), j)))
		at.b = posOf(b.Index(j), s.b)
		m.report(at, "", "stated")
		a.Set(reflect.Append(a, b.Index(j)))
	}
}

// keys returns how elements of the list are paired: rules by what they say
// where a source does not tell their names.
func (m *merger) keys(s spot) func(reflect.Value, int) string {
	if s.field == "constraints" && (unstated(m.a, "constraints.name") || unstated(m.b, "constraints.name")) {
		return func(v reflect.Value, _ int) string {
			return strings.Join(strings.Fields(v.Addr().Interface().(*specmodel.Rule).Description), " ")
		}
	}
	return keyOf
}

// pair finds for elements of a those of b with the same key, in order where a
// key occurs more than once.
func pair(a, b reflect.Value, key func(reflect.Value, int) string) map[int]int {
	free := map[string][]int{}
	for j := range b.Len() {
		k := key(b.Index(j), j)
		free[k] = append(free[k], j)
	}
	pairs := map[int]int{}
	for i := range a.Len() {
		k := key(a.Index(i), i)
		if list := free[k]; len(list) > 0 {
			pairs[i], free[k] = list[0], list[1:]
		}
	}
	return pairs
}

func posOf(v reflect.Value, otherwise specmodel.Pos) specmodel.Pos {
	if f := v.FieldByName("Pos"); f.IsValid() && f.Interface().(specmodel.Pos) != (specmodel.Pos{}) {
		return f.Interface().(specmodel.Pos)
	}
	return otherwise
}

// exprs compares lists of numbers, as sets where all numbers are known.
func (m *merger) exprs(a, b reflect.Value, s spot) {
	x, y := a.Interface().([]specmodel.Expr), b.Interface().([]specmodel.Expr)
	if len(x) > 0 && len(y) > 0 && sameList(x, y, s.field) {
		if !known(x) || !known(y) {
			for i := range x {
				join(&x[i], &y[i])
			}
		}
		return
	}
	if len(x) > 0 || len(y) > 0 {
		m.report(s, show(x), show(y))
	}
	if len(x) == 0 {
		a.Set(b)
	}
}

func known(list []specmodel.Expr) bool {
	return !slices.ContainsFunc(list, func(x specmodel.Expr) bool { return !x.Known })
}

func sameList(x, y []specmodel.Expr, field string) bool {
	if known(x) && known(y) {
		set := func(list []specmodel.Expr) []uint64 {
			var bits []uint64
			for _, e := range list {
				bits = append(bits, e.Val.Bits)
			}
			slices.Sort(bits)
			return slices.Compact(bits)
		}
		return slices.Equal(set(x), set(y))
	}
	return len(x) == len(y) && slices.EqualFunc(x, y, func(p, q specmodel.Expr) bool { return same(p, q, field) })
}

func show(list []specmodel.Expr) string {
	var all []string
	for _, e := range list {
		all = append(all, e.String())
	}
	return strings.Join(all, ", ")
}

func (m *merger) strings(a, b reflect.Value, s spot) {
	x, y := a.Interface().([]string), b.Interface().([]string)
	if !slices.Equal(x, y) {
		text := func(list []string) string {
			if len(list) == 0 {
				return ""
			}
			return fmt.Sprintf("%q", list)
		}
		m.report(s, text(x), text(y))
	}
	if len(x) == 0 {
		a.Set(b)
	}
}
