// SPDX-License-Identifier: GPL-2.0-only

// Package fields names the fields of a contract by path, so that writers can
// say which ones their notation cannot express.
//
// A path is made of the JSON names of the model's fields, without indices:
// errors.condition is the condition of any error. What is no part of what a
// contract says has no path: positions, where it was read from, the counts
// that the source stated, the prototype, and what the source could not tell.
package fields

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kapilint/specmodel"
)

var exprType = reflect.TypeFor[specmodel.Expr]()

// skipped are the fields that have no path.
var skipped = map[string]bool{"": true, "-": true, "origin": true, "notation": true, "counts": true, "prototype": true, "unstated": true}

// A Leaf is one value of a contract. Where has the indices that Path leaves out.
type Leaf struct {
	Path, Where string
	Value       reflect.Value
}

// Leaves returns the values of a contract that are set, in the order of the
// model; those of elements that are there but say nothing are left out. The
// values can be set where the contract is addressed through a pointer.
func Leaves(a *specmodel.API) []Leaf {
	var list []Leaf
	walk(reflect.ValueOf(a).Elem(), "", "", func(l Leaf) { list = append(list, l) })
	return list
}

func walk(v reflect.Value, path, where string, leaf func(Leaf)) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, where, leaf)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			walk(v.Index(i), path, fmt.Sprintf("%s[%d]", where, i), leaf)
		}
	case v.Kind() == reflect.Struct && v.Type() != exprType:
		t := v.Type()
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if skipped[name] {
				continue
			}
			dot := "."
			if path == "" {
				dot = ""
			}
			walk(v.Field(i), path+dot+name, where+dot+name, leaf)
		}
	case !v.IsZero():
		leaf(Leaf{path, where, v})
	}
}

// Lost lists those of the patterns that something set in a matches. A pattern
// is a path that stands for itself and all below it.
func Lost(a *specmodel.API, patterns []string) []string {
	var lost []string
	for _, l := range Leaves(a) {
		if Matches(l.Path, patterns) {
			lost = Merge(lost, Group([]string{l.Path}, patterns))
		}
	}
	return lost
}

// Group replaces the paths that match a pattern by the pattern, once.
func Group(paths, patterns []string) []string {
	var out []string
	for _, path := range paths {
		for _, p := range patterns {
			if Matches(path, []string{p}) {
				path = p
				break
			}
		}
		out = Merge(out, []string{path})
	}
	return out
}

// Matches reports whether a path is, or lies below, one of the patterns.
func Matches(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return path == p || strings.HasPrefix(path, p+".") })
}

// Changed lists the paths of what is set in a and is missing or different in
// b. The order of lists matters as little as it does to [specmodel.Equal].
func Changed(a, b *specmodel.API) []string {
	x, y := a.Clone(), b.Clone()
	x.Canonical()
	y.Canonical()
	got := map[string]reflect.Value{}
	for _, l := range Leaves(y) {
		got[l.Where] = l.Value
	}
	var paths []string
	for _, l := range Leaves(x) {
		if v, ok := got[l.Where]; (!ok || !same(l.Value, v)) && !slices.Contains(paths, l.Path) {
			paths = append(paths, l.Path)
		}
	}
	return paths
}

func same(a, b reflect.Value) bool {
	if a.Type() == exprType {
		return specmodel.SameExpr(a.Interface().(specmodel.Expr), b.Interface().(specmodel.Expr))
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// Merge joins lists of paths without repeating one.
func Merge(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		for _, p := range l {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// Clean returns a copy of a contract whose texts hold nothing that steers a
// terminal or hides: control characters and what is no UTF-8 become \u0007
// and \xff. Line ends stay, other white space becomes a blank.
func Clean(a *specmodel.API) *specmodel.API {
	c := a.Clone()
	clean(reflect.ValueOf(c).Elem())
	return c
}

func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			clean(v.Field(i))
		}
	case reflect.String:
		v.SetString(CleanText(v.String()))
	}
}

// CleanText does for one text what [Clean] does for a contract.
func CleanText(s string) string {
	safe := func(r rune) bool { return r == '\n' || unicode.IsPrint(r) && r != utf8.RuneError }
	if strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\t':
			b.WriteString(strings.Repeat(" ", 8-column(b.String())%8))
		case safe(r):
			b.WriteRune(r)
		case r == '\r':
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

func column(s string) int { return utf8.RuneCountInString(s[strings.LastIndexByte(s, '\n')+1:]) }
