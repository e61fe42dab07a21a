// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"reflect"
	"slices"
	"strings"
)

var exprType = reflect.TypeFor[Expr]()

// Resolve computes every expression of the contract that has no value yet and
// sets its Val and Known. in is the translation unit that the contract stands
// in; where that has no value, or is nil, [EvalBuiltin] is asked. The result has
// a Problem for each expression that stays unknown, or for each misspelt name
// in it, except for bits of a mask that belong to one architecture, whose names
// need not exist on another, and for names of errors, capabilities and signals,
// which Validate reports.
//
// ENOTTY and -ENOTTY both mean the error of a code that is written positive;
// the value of an error code is always negative.
func (a *API) Resolve(in *Scope) []Problem {
	var problems []Problem
	a.eachExpr(func(path string, e *Expr) {
		if !e.IsSet() || e.Known {
			return
		}
		v, err := in.eval(e.Text)
		if err == nil {
			e.Val, e.Known = v, true
			return
		}
		if strings.HasSuffix(path, ".arch_masks.bits") || a.badName(path, e.Text) {
			return
		}
		for _, p := range in.explain(e, err) {
			p.ID, p.Symbol, p.Severity = "unknown-value", a.Name, Odd
			problems = append(problems, p)
		}
	})
	for i := range a.Errors {
		if c := &a.Errors[i].Code; c.Known && !c.Val.Negative() && c.Val.Bits != 0 {
			c.Val = Value{Bits: -c.Val.Bits}
		}
	}
	return problems
}

// badName reports whether the text is the name of an entry that Validate finds
// to be unknown.
func (a *API) badName(path, text string) bool {
	bare := strings.Trim(text, " -()")
	switch path {
	case "errors.value":
		return slices.ContainsFunc(a.Errors, func(e Error) bool { return e.Name == bare })
	case "capabilities.number":
		return slices.ContainsFunc(a.Capabilities, func(c Capability) bool { return c.Name == bare })
	case "signals.error_on_signal":
		_, known := Errno(bare)
		return !known && strings.HasPrefix(bare, "E") // an error of that name would be known
	case "signals.number":
		return slices.ContainsFunc(a.Signals, func(s Signal) bool { return s.Name == bare })
	}
	return false
}

func quote(s string) string {
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return `"` + strings.Join(strings.Fields(s), " ") + `"`
}

// eachExpr calls f for every expression with the dotted JSON path of its
// field, indices left out: params.constraint.min.
func (a *API) eachExpr(f func(path string, e *Expr)) {
	walkExprs(reflect.ValueOf(a).Elem(), "", f)
}

func walkExprs(v reflect.Value, path string, f func(string, *Expr)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkExprs(v.Elem(), path, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkExprs(v.Index(i), path, f)
		}
	case reflect.Struct:
		if v.Type() == exprType {
			f(path, v.Addr().Interface().(*Expr))
			return
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != "" && name != "-" {
				walkExprs(v.Field(i), strings.TrimPrefix(path+"."+name, "."), f)
			}
		}
	}
}
