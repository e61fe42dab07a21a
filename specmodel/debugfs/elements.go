// SPDX-License-Identifier: GPL-2.0-only

package debugfs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

// element reads an indented line of a section.
func (r *textReader) element(t string, indent int) bool {
	switch r.section {
	case "params":
		return r.param(t, indent)
	case "return":
		return r.returns(t)
	case "errors":
		return r.errors(t, indent)
	case "locks":
		return r.locks(t, indent)
	case "constraints":
		return r.rules(t, indent)
	case "signals":
		return r.signals(t, indent)
	case "side_effects":
		return r.effects(t)
	case "state_transitions":
		return r.transitions(t, indent)
	case "capabilities":
		return r.capabilities(t, indent)
	}
	return false
}

// lastOf is the last element of a list, nil if there is none.
func lastOf[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)-1]
}

var (
	paramHead  = regexp.MustCompile(`^\[(\d+)\] (.*):$`)
	classLine  = regexp.MustCompile(`^([a-z_]+)(?: \((.*)\))?$`)
	sizeParam  = regexp.MustCompile(`^(.*) \(index (-?\d+)\)$`)
	numbered   = regexp.MustCompile(`^(.*) \((-?\d+)\):(?: (.*))?$`)
	lockHead   = regexp.MustCompile(`^(.*) \(([a-z_]+)\):(?: (.*))?$`)
	stateChain = regexp.MustCompile(`^(.*?): (.*?) -> (.*)$`)
)

func (r *textReader) param(t string, indent int) bool {
	if m := paramHead.FindStringSubmatch(t); m != nil && indent <= 2 {
		n, err := strconv.Atoi(m[1])
		if err != nil || n > 1<<16 {
			r.problem(specmodel.Bad, "bad-number", "%s is no index of a parameter", m[1])
			n = len(r.api.Params)
		}
		r.api.Params = append(r.api.Params, specmodel.Param{Pos: r.pos, Index: n, Name: value(m[2])})
		r.last, r.inRule = nil, false
		return true
	}
	p := lastOf(r.api.Params)
	key, v, ok := strings.Cut(t, ":")
	if p == nil || !ok {
		return false
	}
	v = strings.TrimPrefix(v, " ")
	if r.inRule && indent >= 6 {
		return r.constraint(p, key, v)
	}
	switch key {
	case "type":
		r.last = nil
		m := classLine.FindStringSubmatch(v)
		if m == nil {
			return false
		}
		class, ok := specjson.ParseClass(m[1])
		if !ok {
			r.unknown("class of a parameter", m[1])
		} else {
			p.Type = class
		}
		p.TypeName = value(m[2])
	case "flags":
		r.last = nil
		for _, w := range strings.Fields(v) {
			f, ok := specmodel.ParseParamFlag(w)
			if !ok {
				r.unknown("flag of a parameter", w)
			}
			p.Flags |= f
		}
	case "description":
		r.set(&p.Description, v)
	case "size":
		p.Size, r.last = r.num(strings.TrimSuffix(v, " bytes")), nil
	case "alignment":
		p.Constraint.Alignment, r.last = r.num(v), nil
	case "constraints":
		r.inRule, r.last = true, nil
		p.Constraint.Pos = r.pos
		if v = value(v); v != "" {
			r.set(&p.Constraint.Text, v)
		}
	default:
		return false
	}
	return true
}

// constraint reads a line below "constraints:".
func (r *textReader) constraint(p *specmodel.Param, key, v string) bool {
	c := &p.Constraint
	last := r.last
	r.last = nil
	switch key {
	case "type":
		kind, ok := specmodel.ParseConstraintKind(v)
		if !ok {
			r.unknown("kind of constraint", v)
			break
		}
		c.Kind = kind
	case "min", "min_len":
		c.Min = r.num(v)
	case "max":
		c.Max = r.num(v)
	case "max_len":
		if c.Kind != specmodel.ConstraintUserPath {
			c.Max = r.num(v)
		}
	case "valid_bits":
		c.Mask = r.num(v)
	case "count":
		r.num(v)
	case "values":
		c.Values = r.nums(v)
	case "size":
		p.Size = r.num(strings.TrimSuffix(v, " bytes"))
	case "size_param":
		m := sizeParam.FindStringSubmatch(v)
		if m == nil {
			r.last = last
			return false
		}
		p.SizeParam = r.num(m[2])
	case "size_multiplier":
		p.SizeMultiplier = r.num(v)
	case "alignment":
		c.Alignment = r.num(v)
	case "description":
		r.set(&c.Text, v)
	default:
		r.last = last
		return false
	}
	return true
}

func (r *textReader) returns(t string) bool {
	ret := r.api.Return
	key, v, ok := strings.Cut(t, ":")
	if !ok {
		return false
	}
	v = strings.TrimPrefix(v, " ")
	switch key {
	case "type":
		r.set(&ret.TypeName, v)
	case "description":
		r.set(&ret.Description, v)
	case "success":
		r.last = nil
		return r.success(ret, v)
	case "error values":
		ret.ErrorValues, r.last = r.nums(v), nil
	default:
		return false
	}
	return true
}

func (r *textReader) success(ret *specmodel.Return, v string) bool {
	v = strings.TrimSpace(v)
	if n, ok := strings.CutPrefix(v, "== "); ok {
		ret.Check, ret.Success = specmodel.ReturnExact, r.num(n)
		return true
	}
	if bounds, ok := strings.CutPrefix(v, "["); ok {
		lo, hi, ok := strings.Cut(strings.TrimSuffix(bounds, "]"), ",")
		if !ok {
			return false
		}
		ret.Check, ret.SuccessMin, ret.SuccessMax = specmodel.ReturnRange, r.num(lo), r.num(hi)
		specjson.UnsetReturn(ret)
		return true
	}
	for prefix, check := range map[string]specmodel.ReturnCheck{"valid file descriptor": specmodel.ReturnFD, "error check": specmodel.ReturnErrorCheck,
		"custom check": specmodel.ReturnCustom, "does not return": specmodel.ReturnNone} {
		if strings.HasPrefix(v, prefix) {
			ret.Check = check
			return true
		}
	}
	r.unknown("way to tell success", v)
	return true
}

func (r *textReader) errors(t string, indent int) bool {
	if m := numbered.FindStringSubmatch(t); m != nil && indent <= 2 {
		e := specmodel.Error{Pos: r.pos, Name: value(m[1]), Code: r.num(m[2])}
		n, ok := e.Code.Int64()
		if e.Name == "" && ok && n < 0 && n > -1<<20 {
			e.Name = specmodel.ErrnoName(-n)
		}
		if e.Name != "" && ok {
			e.Code.Text = "-" + e.Name
		}
		r.api.Errors = append(r.api.Errors, e)
		r.set(&lastOf(r.api.Errors).Description, m[3])
		return true
	}
	v, ok := strings.CutPrefix(t, "condition:")
	e := lastOf(r.api.Errors)
	if !ok || e == nil {
		return false
	}
	r.set(&e.Condition, v)
	return true
}

func (r *textReader) locks(t string, indent int) bool {
	if m := lockHead.FindStringSubmatch(t); m != nil && indent <= 2 {
		kind, ok := specmodel.ParseLockType(m[2])
		if !ok {
			r.unknown("type of lock", m[2])
			kind = ""
		}
		r.api.Locks = append(r.api.Locks, specmodel.Lock{Pos: r.pos, Name: value(m[1]), Type: kind})
		r.set(&lastOf(r.api.Locks).Description, m[3])
		return true
	}
	l := lastOf(r.api.Locks)
	if l == nil {
		return false
	}
	switch v, isScope := strings.CutPrefix(t, "scope: "); {
	case isScope:
		scope, ok := specmodel.ParseLockScope(v)
		if !ok {
			r.unknown("scope of a lock", v)
			scope = ""
		}
		l.Scope = scope
	case t == "acquired by function":
		l.Scope = specmodel.LockAcquires
	case t == "released by function" && l.Scope == specmodel.LockAcquires:
		l.Scope = specmodel.LockInternal
	case t == "released by function":
		l.Scope = specmodel.LockReleases
	default:
		return false
	}
	r.last = nil
	return true
}

func (r *textReader) rules(t string, indent int) bool {
	if v, ok := strings.CutPrefix(t, "- "); ok && indent <= 2 {
		r.api.Constraints = append(r.api.Constraints, specmodel.Rule{Pos: r.pos})
		rule := lastOf(r.api.Constraints)
		if r.old {
			r.set(&rule.Description, v)
			return true
		}
		name, text, _ := strings.Cut(v, ": ")
		rule.Name = value(name)
		r.set(&rule.Description, text)
		return true
	}
	rule := lastOf(r.api.Constraints)
	v, ok := strings.CutPrefix(t, "expression:")
	if !ok || rule == nil {
		return false
	}
	r.set(&rule.Expression, v)
	return true
}

func (r *textReader) signals(t string, indent int) bool {
	if m := numbered.FindStringSubmatch(t); m != nil && indent <= 2 {
		r.api.Signals = append(r.api.Signals, specmodel.Signal{Pos: r.pos, Name: value(m[1]), Number: r.num(m[2])})
		r.last = nil
		return true
	}
	s := lastOf(r.api.Signals)
	key, v, ok := strings.Cut(t, ":")
	if !ok || s == nil {
		return false
	}
	switch key {
	case "direction":
		r.last = nil
		for _, w := range strings.Fields(v) {
			f, ok := specmodel.ParseDirection(w)
			if !ok {
				r.unknown("direction of a signal", w)
			}
			s.Direction |= f
		}
	case "action":
		r.last = nil
		action, ok := specmodel.ParseSignalAction(v)
		if !ok {
			r.unknown("action of a signal", strings.TrimSpace(v))
			break
		}
		s.Action = action
	case "description":
		r.set(&s.Description, v)
	default:
		return false
	}
	return true
}

func (r *textReader) effects(t string) bool {
	v, ok := strings.CutPrefix(t, "- ")
	if !ok {
		return false
	}
	v, reversible := strings.CutSuffix(v, " (reversible)")
	target, text, _ := strings.Cut(v, ": ")
	r.api.SideEffects = append(r.api.SideEffects, specmodel.SideEffect{Pos: r.pos, Target: value(target), Reversible: reversible})
	r.set(&lastOf(r.api.SideEffects).Description, text)
	return true
}

func (r *textReader) transitions(t string, indent int) bool {
	if m := stateChain.FindStringSubmatch(t); m != nil && indent <= 2 {
		r.api.StateTransitions = append(r.api.StateTransitions, specmodel.StateTransition{Pos: r.pos, Object: value(m[1]), From: value(m[2]), To: value(m[3])})
		r.last = nil
		return true
	}
	s := lastOf(r.api.StateTransitions)
	if s == nil || indent < 4 || s.Description != "" {
		return false
	}
	r.set(&s.Description, t)
	return true
}

func (r *textReader) capabilities(t string, indent int) bool {
	if m := numbered.FindStringSubmatch(t); m != nil && indent <= 2 {
		c := specmodel.Capability{Pos: r.pos, Name: value(m[1]), Number: r.num(m[2])}
		if n, ok := c.Number.Int64(); ok && !strings.HasPrefix(c.Name, "CAP_") {
			if name := specmodel.CapabilityName(n); name != "" {
				c.Title, c.Name = c.Name, name
			}
		}
		r.api.Capabilities = append(r.api.Capabilities, c)
		r.last = nil
		return true
	}
	c := lastOf(r.api.Capabilities)
	key, v, ok := strings.Cut(t, ":")
	i := slices.Index([]string{"allows", "without"}, key)
	if !ok || c == nil || i < 0 {
		return false
	}
	r.set([]*string{&c.Allows, &c.Without}[i], v)
	return true
}
