// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"reflect"
	"slices"
	"testing"

	"kapilint/specmodel"
)

// inferred is a contract with what only code says, and what a reader could
// not place.
func inferred(t testing.TB) *specmodel.API {
	a := contracts(t)[4].Clone()
	a.Name, a.Origin, a.Closed = "tie_inferred", specmodel.FromCode, true
	step := []specmodel.Step{{File: "lib/knot.c", Line: 7, Col: 2, Func: "tie", Note: "returns -EIO"}}
	a.Open = []specmodel.Step{{File: "lib/knot.c", Line: 8, Note: "whatever a knot_ops.tie implementation returns", Via: "knot_ops.tie"}}
	a.Implementations = []specmodel.Implementation{{Name: "knot_flush", At: step[0], Puts: step, Errors: []string{"EIO"}, Closed: true, Open: step}}
	c := &a.Params[0].Constraint
	c.Pos = a.Params[0].Pos
	c.Kind, c.Else, c.Trace = specmodel.ConstraintSet, []string{"EINVAL"}, step
	c.Ranges = []specmodel.Interval{{Min: specmodel.Lit(specmodel.Int(0)), Max: specmodel.Lit(specmodel.Int(2))}}
	a.Errors[0].Via, a.Errors[0].Trace = "file_operations.flush", step
	a.Unknown = []specmodel.Unknown{{Pos: a.Pos, Where: "parameter rope", Key: "colour", Raw: "red"}}
	return a
}

// told are fields that are no part of what a contract says: how it was read.
var told = map[string]string{
	"API.Container": "where a document stands", "API.Unstated": "what a source cannot tell", "API.Insert": "where a fix adds an error",
	"API.Prototype": "the code below the contract", "API.Notation": "the dialect",
}

// TestEveryField holds that the contracts leave no field of the model empty.
func TestEveryField(t *testing.T) {
	fields, seen := map[string]bool{}, map[string]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if skip := []string{"Expr", "Pos", "Value"}; slices.Contains(skip, v.Type().Name()) {
				return
			}
			for i := range v.NumField() {
				f := v.Type().Field(i)
				name := v.Type().Name() + "." + f.Name
				if f.Name == "Pos" || told[name] != "" {
					continue
				}
				seen[name] = seen[name] || !v.Field(i).IsZero()
				walk(v.Field(i))
			}
		}
	}
	for _, a := range append(contracts(t), inferred(t)) {
		walk(reflect.ValueOf(a).Elem())
	}
	collect(reflect.TypeFor[specmodel.API](), fields)
	for name := range fields {
		if !seen[name] && told[name] == "" {
			t.Errorf("no contract has %s", name)
		}
	}
	if len(fields) < 150 {
		t.Errorf("the model has %d fields", len(fields))
	}
}

// collect lists the fields of a type of the model and of those it is made of.
func collect(typ reflect.Type, fields map[string]bool) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		collect(typ.Elem(), fields)
	case reflect.Struct:
		if slices.Contains([]string{"Expr", "Pos", "Value", "Prototype", "Insert"}, typ.Name()) {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if name := typ.Name() + "." + f.Name; f.Name != "Pos" && !fields[name] {
				fields[name] = true
				collect(f.Type, fields)
			}
		}
	}
}
