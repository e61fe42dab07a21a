// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"errors"
	"fmt"

	"kapilint/cparse/gnuc"
	"kapilint/cparse/pp"
)

// Value is the value of an integer constant expression. Bits is extended to
// 64 bits as its type says; Size is that of the type, in bytes.
type Value = gnuc.Value

type evaluated struct {
	value Value
	err   error
}

// Eval returns the value of a C constant expression as it would be at the end
// of the unit, with the unit's macros and types.
func (u *Unit) Eval(expr string) (Value, error) {
	values, errs := u.EvalAll([]string{expr})
	return values[0], errs[0]
}

// Constants returns the names that constant expressions may use at the end of
// the unit: its macros without arguments and enumeration constants, in no
// particular order. A macro need not have a value.
func (u *Unit) Constants() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.out == nil {
		return nil
	}
	names := u.out.Enumerators()
	for m := range u.res.Macros {
		if !m.FuncLike {
			names = append(names, m.Name)
		}
	}
	return names
}

// EvalAll is Eval for several expressions, which is faster than one at a time.
// One that has no value does not affect the others.
func (u *Unit) EvalAll(exprs []string) ([]Value, []error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var missing []string
	var tokens [][]pp.Token
	for _, e := range exprs {
		if _, ok := u.values[e]; ok {
			continue
		}
		if u.out == nil {
			u.values[e] = evaluated{err: errors.New("the unit could not be parsed")}
			continue
		}
		toks, err := u.res.Expand(e, "<expression>")
		u.values[e] = evaluated{err: err}
		if err == nil {
			missing = append(missing, e)
			tokens = append(tokens, toks)
		}
	}
	if len(missing) > 0 {
		for i, r := range u.out.Eval(tokens) {
			v := evaluated{value: r.Value}
			if r.Err != nil {
				v = evaluated{err: fmt.Errorf("%s: %w", missing[i], r.Err)}
			}
			u.values[missing[i]] = v
		}
	}
	values, errs := make([]Value, len(exprs)), make([]error, len(exprs))
	for i, e := range exprs {
		values[i], errs[i] = u.values[e].value, u.values[e].err
	}
	return values, errs
}
