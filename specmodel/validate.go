// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"fmt"
	"math/bits"
	"strings"
)

// maxElements are the bounds of the arrays that the compiled form has, by the
// JSON name of the list.
var maxElements = map[string]int{
	"params": 16, "errors": 32, "locks": 16, "constraints": 32, "signals": 32, "signal_masks": 32,
	"struct_specs": 8, "capabilities": 8, "side_effects": 32, "state_transitions": 8,
}

// validator collects the problems of one contract.
type validator struct {
	api      *API
	problems []Problem
}

func (v *validator) add(pos Pos, id string, severity Severity, format string, args ...any) {
	if !pos.IsValid() {
		pos = v.api.Pos
	}
	v.problems = append(v.problems, Problem{Pos: pos, ID: id, Symbol: v.api.Name, Message: fmt.Sprintf(format, args...), Severity: severity})
}

// Validate reports what is wrong with the contract by itself, without the
// code: values that cannot be meant, names that do not exist, entries that
// contradict each other, lists over the bounds of the compiled form. Bounds
// and masks are looked at only where [API.Resolve] or the maker of the
// contract set their values.
func (a *API) Validate() []Problem {
	v := &validator{api: a}
	if a.Name == "" {
		v.add(a.Pos, "no-name", Bad, "the contract has no name")
	}
	v.params()
	v.returns()
	v.errors()
	v.names()
	v.limits()
	return v.problems
}

func (v *validator) params() {
	a := v.api
	index, name := map[int]string{}, map[string]bool{}
	for i := range a.Params {
		p := &a.Params[i]
		if prev, ok := index[p.Index]; ok {
			v.add(p.Pos, "duplicate-param", Bad, "parameters %s and %s both have index %d", prev, p.Name, p.Index)
		} else if name[p.Name] && p.Name != "" {
			v.add(p.Pos, "duplicate-param", Bad, "parameter %s is described twice", p.Name)
		}
		index[p.Index], name[p.Name] = p.Name, true
		v.constraint("parameter "+p.Name, p.Pos, &p.Constraint)
		v.sizeParam(p)
	}
	for i := range a.Structs {
		s := &a.Structs[i]
		for j := range s.Fields {
			f := &s.Fields[j]
			v.constraint("field "+s.Name+"."+f.Name, f.Pos, &f.Constraint)
		}
	}
}

func (v *validator) sizeParam(p *Param) {
	if !p.SizeParam.IsSet() {
		if p.Constraint.Kind == ConstraintBuffer {
			v.add(p.Constraint.Pos, "buffer-without-size", Odd, "parameter %s is a buffer, and no parameter is named for its size", p.Name)
		}
		return
	}
	n, ok := p.SizeParam.Int64()
	switch {
	case !ok || len(v.api.Params) == 0:
	case n < 0 || n >= int64(len(v.api.Params)):
		v.add(p.SizeParam.Pos, "size-param-index", Bad, "parameter %s takes its size from parameter %d, but there are %d parameters, counted from 0", p.Name, n, len(v.api.Params))
	case n == int64(p.Index):
		v.add(p.SizeParam.Pos, "size-param-index", Bad, "parameter %s takes its size from itself", p.Name)
	}
}

func (v *validator) constraint(who string, pos Pos, c *Constraint) {
	if c.Pos.IsValid() {
		pos = c.Pos
	}
	at := func(e Expr) Pos {
		if e.Pos.IsValid() {
			return e.Pos
		}
		return pos
	}
	if c.Min.Known && c.Max.Known && c.Min.Val.Cmp(c.Max.Val) > 0 && !(c.Kind == ConstraintUserString && c.Max.Val.Bits == 0) {
		v.add(at(c.Min), "empty-range", Bad, "%s has an empty range: %s is greater than %s", who, c.Min, c.Max)
	}
	switch c.Kind {
	case "", ConstraintNone:
		if c.Min.IsSet() || c.Max.IsSet() || c.Mask.IsSet() || len(c.Values) > 0 {
			v.add(pos, "unused-constraint", Odd, "%s has a range, mask or values that mean nothing, because no kind of constraint is stated", who)
		}
	case ConstraintRange:
		if !c.Min.IsSet() || !c.Max.IsSet() {
			v.add(pos, "range-without-bounds", Bad, "%s has a range without two bounds", who)
		}
	case ConstraintMask:
		switch {
		case !c.Mask.IsSet():
			v.add(pos, "mask-without-bits", Bad, "%s has a mask constraint and no mask", who)
		case c.Mask.Known && c.Mask.Val.Bits == 0 && len(c.ArchMasks) == 0:
			v.add(at(c.Mask), "empty-mask", Note, "%s has a mask without bits, so only 0 is valid", who)
		}
	case ConstraintEnum:
		v.enum(who, pos, c)
	case ConstraintAlignment:
		switch {
		case !c.Alignment.IsSet():
			v.add(pos, "bad-alignment", Bad, "%s has an alignment constraint and no alignment", who)
		case c.Alignment.Known && bits.OnesCount64(c.Alignment.Val.Bits) != 1:
			v.add(at(c.Alignment), "bad-alignment", Bad, "%s has the alignment %s, which is not a power of two", who, c.Alignment)
		}
	}
}

func (v *validator) enum(who string, pos Pos, c *Constraint) {
	if len(c.Values) == 0 && c.ValuesFrom == "" {
		v.add(pos, "enum-without-values", Bad, "%s has an enum constraint and no values", who)
	}
	seen := map[string]Expr{}
	for _, e := range c.Values {
		key := e.Text
		if e.Known {
			key = e.Val.String()
		}
		if prev, ok := seen[key]; ok {
			v.add(e.Pos, "duplicate-value", Odd, "%s lists the value %s twice, as %s and %s", who, key, prev.Text, e.Text)
		}
		seen[key] = e
	}
}

func (v *validator) returns() {
	r := v.api.Return
	if r == nil {
		return
	}
	if r.SuccessMin.Known && r.SuccessMax.Known && r.SuccessMin.Val.Cmp(r.SuccessMax.Val) > 0 {
		v.add(r.SuccessMin.Pos, "empty-range", Bad, "the range of success is empty: %s is greater than %s", r.SuccessMin, r.SuccessMax)
	}
}

func (v *validator) errors() {
	inferred := v.api.Origin == FromCode
	seen := map[string]string{}
	for i := range v.api.Errors {
		e := &v.api.Errors[i]
		if _, ok := Errno(e.Name); !ok {
			pos := e.Pos
			if e.Code.Pos.IsValid() {
				pos = e.Code.Pos
			}
			v.add(pos, "unknown-errno", Bad, "%s is not the name of an error", quote(e.Name))
		}
		first := CanonicalErrno(e.Name)
		if prev, ok := seen[first]; ok && !inferred {
			if prev == e.Name {
				v.add(e.Pos, "duplicate-error", Odd, "the error %s is listed twice", e.Name)
			} else {
				v.add(e.Pos, "duplicate-error", Odd, "the errors %s and %s are the same number", prev, e.Name)
			}
		}
		seen[first] = e.Name
		code := strings.Trim(e.Code.Text, " -+()")
		if _, ok := Errno(code); ok && CanonicalErrno(code) != first {
			v.add(e.Code.Pos, "error-code", Bad, "the error named %s has the code %s", e.Name, e.Code.Text)
		}
	}
}

// names checks the names of capabilities and signals.
func (v *validator) names() {
	for i := range v.api.Capabilities {
		c := &v.api.Capabilities[i]
		if _, ok := CapabilityNumber(c.Name); !ok {
			v.add(c.Pos, "unknown-capability", Bad, "%s is not the name of a capability", quote(c.Name))
		}
	}
	for i := range v.api.Signals {
		s := &v.api.Signals[i]
		if _, ok := SignalNumber(s.Name); !ok && strings.HasPrefix(s.Name, "SIG") && !strings.ContainsAny(s.Name, " /,+-") {
			v.add(s.Pos, "unknown-signal", Odd, "%s is not the name of a signal", quote(s.Name))
		}
	}
}

// Lens returns the number of elements of each list that has a count in the
// notation, by the JSON name of the list.
func (a *API) Lens() map[string]int {
	n := map[string]int{
		"params": len(a.Params), "errors": len(a.Errors), "locks": len(a.Locks), "constraints": len(a.Constraints),
		"signals": len(a.Signals), "signal_masks": len(a.SignalMasks), "struct_specs": len(a.Structs),
		"capabilities": len(a.Capabilities), "side_effects": len(a.SideEffects), "state_transitions": len(a.StateTransitions),
	}
	if a.Return != nil {
		n["return.error_values"] = len(a.Return.ErrorValues)
	}
	if a.Socket != nil {
		n["socket.protocol_behaviors"], n["socket.addr_families"] = len(a.Socket.Protocols), len(a.Socket.Families)
	}
	for i := range a.SignalMasks {
		n["signal_masks."+a.SignalMasks[i].Name] = len(a.SignalMasks[i].Signals)
	}
	for i := range a.Structs {
		n["struct_specs."+a.Structs[i].Name] = len(a.Structs[i].Fields)
	}
	return n
}

func (v *validator) limits() {
	have := v.api.Lens()
	if v.api.Origin != FromCode {
		for _, section := range []string{"params", "errors", "locks", "constraints", "signals", "signal_masks",
			"struct_specs", "capabilities", "side_effects", "state_transitions"} {
			if have[section] > maxElements[section] {
				v.add(v.api.Pos, "too-many", Odd, "%s has %d entries, and the kernel keeps %d", section, have[section], maxElements[section])
			}
		}
	}
	for _, c := range v.api.Counts {
		n, ok := c.N.Int64()
		if have, known := have[c.Section]; ok && known && n != int64(have) {
			v.add(c.Pos, "count", Odd, "the count of %s is %d, and there are %d entries", c.Section, n, have)
		}
	}
}
