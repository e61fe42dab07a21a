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

var (
	exprType       = reflect.TypeFor[specmodel.Expr]()
	constraintType = reflect.TypeFor[specmodel.Constraint]()
)

// skipped are the fields that say nothing of the interface, by JSON name.
var skipped = map[string]bool{"-": true, "name": false, "origin": true, "notation": true, "closed": true, "open": true, "counts": true,
	"prototype": true, "unknown": true, "unstated": true, "trace": true, "via": true, "else": true}

// firsts are the values that a compiled form has where nothing is stated.
var firsts = map[reflect.Type]string{
	reflect.TypeFor[specmodel.ParamType]():        string(specmodel.TypeVoid),
	reflect.TypeFor[specmodel.ConstraintKind]():   string(specmodel.ConstraintNone),
	reflect.TypeFor[specmodel.ReturnCheck]():      string(specmodel.ReturnExact),
	reflect.TypeFor[specmodel.LockType]():         string(specmodel.LockNone),
	reflect.TypeFor[specmodel.LockScope]():        string(specmodel.LockInternal),
	reflect.TypeFor[specmodel.SignalAction]():     string(specmodel.ActionDefault),
	reflect.TypeFor[specmodel.CapabilityAction](): string(specmodel.CapBypassCheck),
}

// named maps a list of numbers to the field with the name of the array.
var named = map[string]string{"Values": "ValuesFrom", "ErrorValues": "ErrorsFrom", "Alternatives": "AlternativesFrom"}

// A merger merges b into a.
type merger struct {
	a, b  *specmodel.API
	found []Disagreement
}

// A spot is a place in both contracts: path for people, field without the
// elements for Unstated, and the positions of what is around it.
type spot struct {
	path, field string
	a, b        specmodel.Pos
}

func (s spot) to(name string) spot {
	s.path = strings.TrimPrefix(s.path+"."+name, ".")
	s.field = strings.TrimPrefix(s.field+"."+name, ".")
	return s
}

func (s spot) element(key string) spot {
	s.path += "[" + key + "]"
	return s
}

func (m *merger) contract(a, b *specmodel.API) {
	m.a, m.b = a, b
	m.structure(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem(), spot{a: a.Pos, b: b.Pos})
	if a.Kind != b.Kind && unstated(a, "kind") && !unstated(b, "kind") {
		a.Kind = b.Kind
	}
	var left []string
	for _, f := range slices.Concat(a.Unstated, b.Unstated) {
		if unstated(a, f) && unstated(b, f) && !slices.Contains(left, f) {
			left = append(left, f)
		}
	}
	a.Unstated = left
	if a.Prototype == nil {
		a.Prototype = b.Prototype
	}
}

// unstated reports whether a source cannot tell a field, or what it is part of.
func unstated(a *specmodel.API, field string) bool {
	return slices.ContainsFunc(a.Unstated, func(u string) bool {
		return field == u || strings.HasPrefix(field, u) && field[len(u)] == '.'
	})
}

// report notes a disagreement unless the side that says nothing cannot say it.
func (m *merger) report(s spot, va, vb string) {
	if va == "" && unstated(m.a, s.field) || vb == "" && unstated(m.b, s.field) || s.field == "kind" && (unstated(m.a, "kind") || unstated(m.b, "kind")) {
		return
	}
	word := func(v string) string {
		if v == "" {
			return "nothing"
		}
		return v
	}
	at := func(p, q specmodel.Pos) specmodel.Pos {
		if p == (specmodel.Pos{}) {
			return q
		}
		return p
	}
	m.found = append(m.found, Disagreement{Name: m.a.Name, Path: s.path,
		A: Side{m.a.Origin, at(s.a, m.a.Pos), word(va)}, B: Side{m.b.Origin, at(s.b, m.b.Pos), word(vb)}})
}

func (m *merger) structure(a, b reflect.Value, s spot) {
	if p := a.FieldByName("Pos"); p.IsValid() {
		s.a, s.b = p.Interface().(specmodel.Pos), b.FieldByName("Pos").Interface().(specmodel.Pos)
		if s.a == (specmodel.Pos{}) {
			p.Set(b.FieldByName("Pos"))
		}
	}
	if a.Type() == constraintType {
		reconcile(m, a.Addr().Interface().(*specmodel.Constraint), b.Addr().Interface().(*specmodel.Constraint))
	}
	for i := range a.NumField() {
		f := a.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || skipped[name] {
			continue
		}
		if from, ok := named[f.Name]; ok && sideless(a, b, f.Name, from) {
			continue
		}
		if slices.Contains([]string{"ValuesFrom", "ErrorsFrom", "AlternativesFrom"}, f.Name) && fromOnly(a, b, f.Name) {
			continue
		}
		m.value(a.Field(i), b.Field(i), s.to(name))
	}
}

// sideless settles a list of numbers where one source only has the name of
// the array and the other only the numbers.
func sideless(a, b reflect.Value, list, from string) bool {
	onlyName := func(v reflect.Value) bool {
		return v.FieldByName(list).Len() == 0 && v.FieldByName(from).String() != ""
	}
	switch {
	case onlyName(a) && b.FieldByName(list).Len() > 0:
		a.FieldByName(list).Set(b.FieldByName(list))
	case onlyName(b) && a.FieldByName(list).Len() > 0:
	default:
		return false
	}
	return true
}

// fromOnly settles the name of an array where one source has the numbers.
func fromOnly(a, b reflect.Value, from string) bool {
	list := from
	for l, f := range named {
		if f == from {
			list = l
		}
	}
	fa, fb := a.FieldByName(from), b.FieldByName(from)
	if fa.String() == "" && fb.String() != "" && a.FieldByName(list).Len() > 0 {
		fa.Set(fb)
		return true
	}
	return fb.String() == "" && fa.String() != "" && (b.FieldByName(list).Len() > 0 || a.FieldByName(list).Len() > 0)
}

// reconcile takes a mask that has the bits of one architecture in it for the
// base mask of a source that states both.
func reconcile(m *merger, a, b *specmodel.Constraint) {
	whole := func(parts, flat *specmodel.Constraint) bool {
		if len(parts.ArchMasks) == 0 || len(flat.ArchMasks) > 0 || !flat.Mask.Known {
			return false
		}
		return slices.ContainsFunc(parts.ArchMasks, func(am specmodel.ArchMask) bool {
			v, ok := parts.MaskFor(am.Arch)
			return !ok || v.Bits == flat.Mask.Val.Bits
		})
	}
	switch {
	case whole(a, b) && unstated(m.b, "params.constraint.arch_masks"):
		b.Mask, b.ArchMasks = a.Mask, a.ArchMasks
	case whole(b, a) && unstated(m.a, "params.constraint.arch_masks"):
		a.Mask, a.ArchMasks = b.Mask, b.ArchMasks
	}
}

func (m *merger) value(a, b reflect.Value, s spot) {
	switch a.Kind() {
	case reflect.Pointer:
		m.pointer(a, b, s)
	case reflect.Struct:
		if a.Type() == exprType {
			m.expr(a.Addr().Interface().(*specmodel.Expr), b.Addr().Interface().(*specmodel.Expr), s)
			return
		}
		m.structure(a, b, s)
	case reflect.Slice:
		m.list(a, b, s)
	case reflect.String:
		m.text(a, b, s)
	default:
		if !a.Equal(b) {
			m.report(s, scalar(a), scalar(b))
			if a.IsZero() {
				a.Set(b)
			}
		}
	}
}

// scalar returns a flag or a set of flags as text, "" if it is not set.
func scalar(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	if n, ok := v.Interface().(interface{ Names() []string }); ok {
		return strings.Join(n.Names(), " ")
	}
	return fmt.Sprint(v.Interface())
}

func (m *merger) pointer(a, b reflect.Value, s spot) {
	switch {
	case a.IsNil() && b.IsNil():
	case a.IsNil():
		m.report(s, "", "stated")
		a.Set(b)
	case b.IsNil():
		m.report(s, "stated", "")
	default:
		m.structure(a.Elem(), b.Elem(), s)
	}
}

func (m *merger) text(a, b reflect.Value, s spot) {
	x, y := a.String(), b.String()
	if first, ok := firsts[a.Type()]; ok {
		if x == first {
			x = ""
		}
		if y == first {
			y = ""
		}
	}
	if strings.Join(strings.Fields(x), " ") != strings.Join(strings.Fields(y), " ") && !sameErrno(s, x, y) {
		quote := func(v string) string {
			if v == "" || a.Type() != reflect.TypeFor[string]() {
				return v
			}
			return strconv.Quote(v)
		}
		m.report(s, quote(x), quote(y))
	}
	if a.String() == "" {
		a.Set(b)
	}
}

func sameErrno(s spot, x, y string) bool {
	return s.field == "errors.name" && specmodel.CanonicalErrno(x) == specmodel.CanonicalErrno(y)
}

func (m *merger) expr(a, b *specmodel.Expr, s spot) {
	if !same(*a, *b, s.field) {
		at := s
		if a.Pos.IsValid() {
			at.a = a.Pos
		}
		if b.Pos.IsValid() {
			at.b = b.Pos
		}
		m.report(at, a.String(), b.String())
	}
	join(a, b)
}

// join gives a what only b knows: the number, the name, its value.
func join(a, b *specmodel.Expr) {
	switch {
	case !a.IsSet():
		*a = *b
	case !a.Known && b.Known:
		a.Known, a.Val = true, b.Val
	case a.Known && b.Known && a.Val.Bits == b.Val.Bits && isNumber(a.Text) && b.IsSet() && !isNumber(b.Text):
		*a = *b
	}
}

func isNumber(text string) bool {
	_, err := strconv.ParseInt(text, 0, 64)
	_, uerr := strconv.ParseUint(text, 0, 64)
	return err == nil || uerr == nil
}

// same reports whether two numbers do not contradict each other.
func same(a, b specmodel.Expr, field string) bool {
	rest := func(x specmodel.Expr) bool { // what is there where nothing is stated
		return x.Known && (x.Val.Bits == 0 || field == "version" && x.Val.Bits == 1)
	}
	switch {
	case !a.IsSet() && !b.IsSet():
		return true
	case !a.IsSet():
		return rest(b)
	case !b.IsSet():
		return rest(a)
	case a.Known && b.Known:
		return a.Val.Bits == b.Val.Bits
	case a.Known != b.Known:
		return true
	}
	return specmodel.SameExpr(a, b)
}
