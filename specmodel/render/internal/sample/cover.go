// SPDX-License-Identifier: GPL-2.0-only

package sample

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	sm "kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
)

// Cover takes each field that a sample sets, changes or empties it alone, and
// holds a writer to its table: the text differs exactly where the table does
// not list the field.
func Cover(t *testing.T, inexpressible []string, write func(*sm.API) string) {
	t.Helper()
	says := map[string]bool{}
	for _, full := range All() {
		want := write(full)
		for i, l := range fields.Leaves(full) {
			for _, change := range []func(reflect.Value){empty, other} {
				a := full.Clone()
				v := fields.Leaves(a)[i].Value
				change(v)
				says[l.Path] = says[l.Path] || write(a) != want
			}
		}
	}
	delete(says, "params.index") // which is told by the order
	delete(says, "open.via")     // which the note tells in words
	for path, said := range says {
		if listed := fields.Matches(path, inexpressible); said && listed {
			t.Errorf("%s is in the table, and changes the text", path)
		} else if !said && !listed {
			t.Errorf("%s changes nothing in the text", path)
		}
	}
	for _, p := range inexpressible {
		listed := func(path string) bool { return fields.Matches(path, []string{p}) }
		if p != "closed" && !slices.ContainsFunc(keys(says), listed) {
			t.Errorf("no sample has %s", p)
		}
	}
}

func keys(m map[string]bool) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}

func empty(v reflect.Value) { v.SetZero() }

// other gives a value another value.
func other(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + " otherwise")
	case reflect.Uint32:
		v.SetUint(v.Uint() ^ 3)
	case reflect.Struct:
		v.Set(reflect.ValueOf(text(v.Interface().(sm.Expr).Text + "+1")))
	}
}

// Hostile are texts that are made to break out of any notation.
var Hostile = []string{
	"*/ end /*", "\x1b[31mred\x07", "\xff\xfe", ".so /etc/passwd", "'de x", "\\n\\fB", "`code` *em* **st** |s| ref_ __x__ [1]_ :role:`x`",
	".. include:: /etc/passwd", "- item\n- item", "1. one", "A) two", "::", ">>> 1", "=====", ":field: x", "a\n\n  b\n c", "word:: \n", "\u202eabc", "\"quoted\"", "\t",
	"..", "+---+", "|", "| line", "é 漢字", "x_", "%s%n", "(i) x", "#. x", "http://example.org/a_b_ <b@example.org>", "...", "\\", "a\x00b",
}

// Poison returns copies of the samples with a hostile text in every field that
// holds text, so that fields and texts meet in many pairs.
func Poison(t *testing.T) []*sm.API {
	t.Helper()
	var list []*sm.API
	for round := range 8 {
		for _, a := range All() {
			for i, l := range fields.Leaves(a) {
				bad := Hostile[(i+round*4)%len(Hostile)]
				if l.Value.Type() == reflect.TypeFor[string]() && l.Path != "name" {
					l.Value.SetString(bad)
				}
				if l.Value.Type() == reflect.TypeFor[sm.Expr]() {
					l.Value.Set(reflect.ValueOf(text(bad)))
				}
			}
			a.Name = fmt.Sprintf("%s_%d", a.Name, round)
			list = append(list, a)
		}
	}
	return list
}
