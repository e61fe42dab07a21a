// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"fmt"
	"math/bits"
	"strconv"
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

// add adds a problem and returns it, so that a fix can be added.
func (v *validator) add(pos Pos, id string, severity Severity, format string, args ...any) *Problem {
	if !pos.IsValid() {
		pos = v.api.Pos
	}
	v.problems = append(v.problems, Problem{Pos: pos, ID: id, Symbol: v.api.Name, Message: fmt.Sprintf(format, args...), Severity: severity})
	return &v.problems[len(v.problems)-1]
}

// misspelt adds a problem about a name, with the name that was meant if one is near.
func (v *validator) misspelt(pos Pos, id string, severity Severity, what, name string, nearest func(string) (string, bool)) {
	want, only := nearest(name)
	if want == "" || !only {
		v.add(pos, id, severity, "%s is not the name of %s; correct it", quote(name), what)
		return
	}
	v.add(pos, id, severity, "%s is not the name of %s; write %s", quote(name), what, want).Fix = rename(pos, name, want)
}

// rename is the fix that writes another name over what is a name alone.
func rename(pos Pos, name, want string) *Fix {
	if pos.EndOffset-pos.Offset != len(name) {
		return nil
	}
	return Change(pos, name, want)
}

// Meant returns the error that an entry with a name that no error has was
// meant to be, and the fix that writes it. name is "" if the entry's own name
// is right or too far from any; fix is nil where a text alone does not repair it.
func (e *Error) Meant() (name string, fix *Fix) {
	if _, ok := Errno(e.Name); ok {
		return "", nil
	}
	want, only := nearestErrno(e.Name)
	if !only {
		return "", nil
	}
	return want, rename(e.place(), e.Name, want)
}

// place is where the name of the error stands.
func (e *Error) place() Pos {
	if e.Code.Pos.IsValid() {
		return e.Code.Pos
	}
	return e.Pos
}

// Validate reports what is wrong with the contract by itself, without the
// code: values that cannot be meant, names that do not exist, entries that
// contradict each other, lists over the bounds of the compiled form. Bounds
// and masks are looked at only where [API.Resolve] or the maker of the
// contract set their values.
func (a *API) Validate() []Problem {
	v := &validator{api: a}
	if a.Name == "" {
		v.add(a.Pos, "no-name", Bad, "the contract has no name; give it that of its function")
	}
	v.params()
	v.returns()
	v.errors()
	v.names()
	v.entries()
	v.limits()
	v.lengths()
	return v.problems
}

func (v *validator) params() {
	a := v.api
	index, name := map[int]string{}, map[string]bool{}
	for i := range a.Params {
		p := &a.Params[i]
		if prev, ok := index[p.Index]; ok {
			v.add(p.Pos, "duplicate-param", Bad, "parameters %s and %s both have index %d; correct one", prev, p.Name, p.Index)
		} else if name[p.Name] && p.Name != "" {
			v.add(p.Pos, "duplicate-param", Bad, "parameter %s is described twice; remove one", p.Name)
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
			v.add(p.Constraint.Pos, "buffer-without-size", Odd, "parameter %s is a buffer without a size; name the parameter that holds it", p.Name)
		}
		return
	}
	n, ok := p.SizeParam.Int64()
	switch {
	case !ok || len(v.api.Params) == 0:
	case n < 0 || n >= int64(len(v.api.Params)):
		v.add(p.SizeParam.Pos, "size-param-index", Bad, "parameter %s takes its size from parameter %d; write one from 0 to %d", p.Name, n, len(v.api.Params)-1)
	case n == int64(p.Index):
		v.add(p.SizeParam.Pos, "size-param-index", Bad, "parameter %s takes its size from itself; write the index of the parameter that holds it", p.Name)
	default:
		if q := v.api.ParamAt(int(n)); q != nil && (q.Type == TypeUserPtr || q.Type == TypePtr || q.Type == TypePath || q.Type == TypeFuncPtr) {
			v.add(p.SizeParam.Pos, "size-param-index", Odd, "parameter %s takes its size from %s, which is a pointer; write the index of a number", p.Name, q.Name)
		}
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
		v.add(at(c.Min), "empty-range", Bad, "%s has an empty range; swap or correct the bounds, since %s is greater than %s", who, c.Min, c.Max)
	}
	v.archMasks(who, pos, c)
	switch c.Kind {
	case "", ConstraintNone:
		if c.Min.IsSet() || c.Max.IsSet() || c.Mask.IsSet() || len(c.Values) > 0 {
			v.add(pos, "unused-constraint", Odd, "%s has a range, mask or values and no kind of constraint, so that they mean nothing; state the kind", who)
		}
	case ConstraintRange:
		if !c.Min.IsSet() || !c.Max.IsSet() {
			v.add(pos, "range-without-bounds", Bad, "%s has a range without two bounds; write both", who)
		}
	case ConstraintMask:
		switch {
		case !c.Mask.IsSet():
			v.add(pos, "mask-without-bits", Bad, "%s has a mask constraint without a mask; write the bits", who)
		case c.Mask.Known && c.Mask.Val.Bits == 0 && len(c.ArchMasks) == 0:
			v.add(at(c.Mask), "empty-mask", Note, "%s has a mask without bits, so only 0 is valid; write the bits, or say in its text that it must be 0", who)
		}
	case ConstraintEnum:
		v.enum(who, pos, c)
	case ConstraintAlignment:
		switch {
		case !c.Alignment.IsSet():
			v.add(pos, "bad-alignment", Bad, "%s has an alignment constraint without an alignment; write it", who)
		case c.Alignment.Known && bits.OnesCount64(c.Alignment.Val.Bits) != 1:
			v.add(at(c.Alignment), "bad-alignment", Bad, "%s has the alignment %s; write a power of two", who, c.Alignment)
		}
	}
}

// archMasks looks at the bits that architectures add to a mask.
func (v *validator) archMasks(who string, pos Pos, c *Constraint) {
	seen := map[string]bool{}
	for i := range c.ArchMasks {
		m := &c.ArchMasks[i]
		at := m.Pos
		if !at.IsValid() {
			at = pos
		}
		if !c.Mask.IsSet() && i == 0 {
			v.add(at, "arch-mask-without-mask", Bad, "%s has bits for an architecture and no mask to add them to; write the mask", who)
		}
		if seen[m.Arch] {
			v.add(at, "duplicate-entry", Odd, "%s has two masks for %s; join them with |", who, m.Arch)
		}
		seen[m.Arch] = true
	}
}

func (v *validator) enum(who string, pos Pos, c *Constraint) {
	if len(c.Values) == 0 && c.ValuesFrom == "" {
		v.add(pos, "enum-without-values", Bad, "%s has an enum constraint without values; list them", who)
	}
	seen := map[string]Expr{}
	for _, e := range c.Values {
		key := e.Text
		if e.Known {
			key = e.Val.String()
		}
		if prev, ok := seen[key]; ok {
			v.add(e.Pos, "duplicate-value", Odd, "%s lists the value %s twice, as %s and %s; remove one", who, key, prev.Text, e.Text)
		}
		seen[key] = e
	}
}

func (v *validator) returns() {
	r := v.api.Return
	if r == nil {
		return
	}
	if n, ok := r.Success.Int64(); ok && n < 0 && n >= -4095 && (r.Check == "" || r.Check == ReturnExact || r.Check == ReturnErrorCheck) {
		v.add(r.Success.Pos, "bad-success", Odd, "the value of success is %s, which means an error; write the value of a call that works", r.Success)
	}
	listed := map[int64]bool{}
	for i := range v.api.Errors {
		n, ok := v.api.Errors[i].Code.Int64()
		if !ok {
			listed = nil
			break
		}
		listed[n] = true
	}
	for _, e := range r.ErrorValues {
		if n, ok := e.Int64(); ok && len(listed) > 0 && n < 0 && !listed[n] {
			v.add(e.Pos, "error-values", Odd, "the return block lists %s, and no error of the contract has that code; add the error", e)
		}
	}
	if r.SuccessMin.Known && r.SuccessMax.Known && r.SuccessMin.Val.Cmp(r.SuccessMax.Val) > 0 {
		v.add(r.SuccessMin.Pos, "empty-range", Bad, "the range of success is empty; swap or correct the bounds, since %s is greater than %s", r.SuccessMin, r.SuccessMax)
	}
}

func (v *validator) errors() {
	inferred := v.api.Origin == FromCode
	seen := map[string]string{}
	for i := range v.api.Errors {
		e := &v.api.Errors[i]
		if _, ok := Errno(e.Name); !ok {
			v.misspelt(e.place(), "unknown-errno", Bad, "an error", e.Name, nearestErrno)
		}
		first := CanonicalErrno(e.Name)
		if prev, ok := seen[first]; ok && !inferred {
			if prev == e.Name {
				v.add(e.Pos, "duplicate-error", Odd, "the error %s is listed twice; join the two", e.Name)
			} else {
				v.add(e.Pos, "duplicate-error", Odd, "the errors %s and %s are the same number; list one of them", prev, e.Name)
			}
		}
		seen[first] = e.Name
		code := strings.Trim(e.Code.Text, " -+()")
		if _, ok := Errno(code); ok && CanonicalErrno(code) != first {
			v.add(e.Code.Pos, "error-code", Bad, "the error named %s has the code %s; correct one", e.Name, e.Code.Text)
		}
		if n, err := strconv.Atoi(code); err == nil && errnos[e.Name] != 0 && int64(n) != errnos[e.Name] && errnos[e.Name] < 35 {
			v.add(e.Code.Pos, "error-code", Bad, "the error named %s has the code %s; write -%s", e.Name, e.Code.Text, e.Name)
		}
	}
}

// names checks the names of capabilities and signals.
func (v *validator) names() {
	for i := range v.api.Capabilities {
		c := &v.api.Capabilities[i]
		if _, ok := CapabilityNumber(c.Name); !ok {
			v.misspelt(nameAt(c.Number, c.Name, c.Pos), "unknown-capability", Bad, "a capability", c.Name, nearestCapability)
		}
	}
	for i := range v.api.Signals {
		s := &v.api.Signals[i]
		if _, ok := SignalNumber(s.Name); !ok && strings.HasPrefix(s.Name, "SIG") && !strings.ContainsAny(s.Name, " /,+-") {
			v.misspelt(nameAt(s.Number, s.Name, s.Pos), "unknown-signal", Odd, "a signal", s.Name, nearestSignal)
		}
	}
}

// nameAt is where a name stands, if it is what an expression consists of.
func nameAt(e Expr, name string, otherwise Pos) Pos {
	if e.Text == name && e.Pos.IsValid() {
		return e.Pos
	}
	return otherwise
}

// entries finds entries that are there twice, and what contradicts itself.
func (v *validator) entries() {
	a := v.api
	if a.Origin == FromCode {
		return
	}
	if f := a.Context.Flags; f&CtxSleepable != 0 && f&(CtxHardirq|CtxNMI|CtxSoftirq|CtxAtomic) != 0 {
		v.add(a.Context.Pos, "contradiction", Odd, "the contexts say that the call sleeps and that it may be made where nothing sleeps; remove one of the two")
	}
	twice := func(seen map[string]Pos, key string, pos Pos, format string, args ...any) {
		if _, ok := seen[key]; ok && key != "" {
			v.add(pos, "duplicate-entry", Odd, format, args...)
		}
		seen[key] = pos
	}
	locks, kinds := map[string]Pos{}, map[string]LockType{}
	for i := range a.Locks {
		l := &a.Locks[i]
		if kind, ok := kinds[l.Name]; ok && kind != l.Type && l.Name != "" {
			v.add(l.Pos, "contradiction", Odd, "the lock %s is of type %s here and %s above; correct one", l.Name, l.Type, kind)
		} else {
			twice(locks, l.Name, l.Pos, "the lock %s is listed twice; join the two", l.Name)
		}
		kinds[l.Name] = l.Type
	}
	signals := map[string]Pos{}
	for i := range a.Signals {
		s := &a.Signals[i]
		twice(signals, fmt.Sprint(s.Name, s.Direction, s.Condition, s.Timing, s.Target), s.Pos, "the signal %s is listed twice for the same case; join the two", s.Name)
		v.signalError(s)
	}
	caps := map[string]Pos{}
	for i := range a.Capabilities {
		c := &a.Capabilities[i]
		twice(caps, fmt.Sprint(c.Name, c.Action, c.Condition, c.Allows), c.Pos, "the capability %s is listed twice for the same purpose; join the two", c.Name)
	}
	effects := map[string]Pos{}
	for i := range a.SideEffects {
		e := &a.SideEffects[i]
		twice(effects, fmt.Sprint(e.Types, e.Target, e.Description, e.Condition), e.Pos, "this side effect is listed twice; remove one")
	}
	trans := map[string]Pos{}
	for i := range a.StateTransitions {
		t := &a.StateTransitions[i]
		twice(trans, strings.Join([]string{t.Object, t.From, t.To, t.Condition}, "\x00"), t.Pos, "this transition of %s is listed twice; remove one", t.Object)
	}
	rules := map[string]Pos{}
	for i := range a.Constraints {
		r := &a.Constraints[i]
		twice(rules, r.Name+"\x00"+r.Description, r.Pos, "the constraint %s is listed twice; remove one", r.Name)
	}
	for i := range a.Structs {
		fields := map[string]Pos{}
		for j := range a.Structs[i].Fields {
			f := &a.Structs[i].Fields[j]
			twice(fields, f.Name, f.Pos, "the field %s of %s is listed twice; remove one", f.Name, a.Structs[i].Name)
		}
	}
}

// signalError holds the error that a signal leads to to the list of errors.
func (v *validator) signalError(s *Signal) {
	name := strings.Trim(s.Error.Text, " -()")
	n, ok := Errno(name)
	switch {
	case name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" || name[0] != 'E':
	case !ok:
		v.misspelt(s.Error.Pos, "unknown-errno", Bad, "an error", name, nearestErrno)
	case KernelErrno(n) || len(v.api.Errors) == 0 || v.api.HasError(name):
	default:
		v.add(s.Error.Pos, "signal-error", Odd, "the signal %s leads to %s, which the contract does not list; add the error", s.Name, name)
	}
}

// lengths are the bounds of texts in the first form of the macros, which kept
// them in arrays.
func (v *validator) lengths() {
	a := v.api
	if a.Notation != NotationMacro {
		return
	}
	check := func(pos Pos, what, text string, most int) {
		if len(text) >= most {
			v.add(pos, "too-long-text", Odd, "%s has %d bytes; shorten it to %d, since frameworks with these macros keep no more", what, len(text), most-1)
		}
	}
	check(a.Pos, "the description", a.Description, 512)
	check(a.Pos, "the long description", a.LongDescription, 2048)
	check(a.Pos, "the examples", a.Examples, 1024)
	check(a.Pos, "the notes", a.Notes, 1024)
	for i := range a.Params {
		p := &a.Params[i]
		check(p.Pos, "the name of parameter "+clipName(p.Name), p.Name, 128)
		check(p.Pos, "the description of parameter "+p.Name, p.Description, 512)
	}
	for i := range a.Errors {
		e := &a.Errors[i]
		check(e.Pos, "the condition of "+e.Name, e.Condition, 512)
		check(e.Pos, "the description of "+e.Name, e.Description, 512)
	}
	for i := range a.Signals {
		check(a.Signals[i].Pos, "the name of signal "+clipName(a.Signals[i].Name), a.Signals[i].Name, 32)
	}
}

func clipName(s string) string { return s[:min(len(s), 32)] }

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

// maxNames are the constants of the framework for [maxElements].
var maxNames = map[string]string{
	"params": "KAPI_MAX_PARAMS", "errors": "KAPI_MAX_ERRORS", "locks": "KAPI_MAX_LOCKS", "constraints": "KAPI_MAX_CONSTRAINTS",
	"signals": "KAPI_MAX_SIGNALS", "signal_masks": "KAPI_MAX_SIGNALS", "struct_specs": "KAPI_MAX_STRUCT_SPECS",
	"capabilities": "KAPI_MAX_CAPABILITIES", "side_effects": "KAPI_MAX_SIDE_EFFECTS", "state_transitions": "KAPI_MAX_STATE_TRANS",
}

func (v *validator) limits() {
	have := v.api.Lens()
	if v.api.Origin != FromCode {
		for _, section := range []string{"params", "errors", "locks", "constraints", "signals", "signal_masks",
			"struct_specs", "capabilities", "side_effects", "state_transitions"} {
			v.tooMany(v.api.Pos, "the contract", strings.ReplaceAll(section, "_", " "), have[section], maxElements[section], maxNames[section])
		}
		for i := range v.api.Structs {
			s := &v.api.Structs[i]
			v.tooMany(s.Pos, "the structure "+s.Name, "fields", len(s.Fields), 16, "KAPI_MAX_PARAMS")
		}
		for i := range v.api.SignalMasks {
			m := &v.api.SignalMasks[i]
			v.tooMany(m.Pos, "the mask "+m.Name, "signals", len(m.Signals), 32, "KAPI_MAX_SIGNALS")
		}
		for i := range v.api.Capabilities {
			c := &v.api.Capabilities[i]
			v.tooMany(c.Pos, "the capability "+c.Name, "alternatives", len(c.Alternatives), 8, "KAPI_MAX_CAPABILITIES")
		}
		if s := v.api.Socket; s != nil {
			v.tooMany(s.Pos, "the contract", "protocol behaviors", len(s.Protocols), 8, "KAPI_MAX_PROTOCOL_BEHAVIORS")
			v.tooMany(s.Pos, "the contract", "address families", len(s.Families), 8, "KAPI_MAX_ADDR_FAMILIES")
			if s.State != nil {
				v.tooMany(s.State.Pos, "the contract", "required socket states", len(s.State.Required), 16, "KAPI_MAX_SOCKET_STATES")
				v.tooMany(s.State.Pos, "the contract", "forbidden socket states", len(s.State.Forbidden), 16, "KAPI_MAX_SOCKET_STATES")
			}
		}
	}
	for _, c := range v.api.Counts {
		n, ok := c.N.Int64()
		if lit, err := strconv.ParseInt(strings.TrimSpace(c.N.Text), 0, 64); err == nil {
			n, ok = lit, true // a number needs no unit
		}
		if have, known := have[c.Section]; ok && known && n != int64(have) {
			_, name, _ := strings.Cut("."+c.Section, ".")
			p := v.add(c.Pos, "count", Odd, "the count of %s is %d, and there are %d; write %d", strings.ReplaceAll(name, "_", " "), n, have, have)
			if _, err := strconv.Atoi(strings.TrimSpace(c.N.Text)); err == nil {
				p.Fix = Change(c.N.Pos, c.N.Text, strconv.Itoa(have))
			}
		}
	}
}

func (v *validator) tooMany(pos Pos, who, what string, have, most int, name string) {
	if have > most {
		v.add(pos, "too-many", Odd, "%s has %d %s; leave out %d, since the kernel keeps %d (%s)", who, have, what, have-most, most, name)
	}
}
