// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"strings"

	"kapilint/specmodel"
)

// NotationKernel is the notation of a contract that was read from the JSON
// that the kernel prints in debugfs, NotationKernelOld that of the one whose
// kernel had ioctl and sysfs contracts too.
const (
	NotationKernel    = "debugfs-json"
	NotationKernelOld = "debugfs-json-old"
)

var kernelKeys = []string{"name", "api_type", "version", "description", "long_description", "context_flags", "parameters", "return",
	"errors", "locks", "capabilities", "constraints", "signals", "side_effects", "state_transitions", "signal_masks",
	"struct_specs", "examples", "notes", "since_version", "deprecated", "replacement", "subsystem", "device_type"}

// kernelUnstated is what the kernel's JSON cannot tell.
var kernelUnstated = []string{"kind", "params.constraint.arch_masks", "params.constraint.values_from", "params.constraint.validate",
	"params.sysfs", "return.errors_from", "return.is_success", "struct_specs.fields.constraint.values",
	"struct_specs.fields.constraint.alignment", "struct_specs.fields.constraint.validate", "struct_specs.fields.constraint.text",
	"capabilities.alternatives_from", "since_version", "deprecated", "replacement", "ioctl", "sysfs", "socket"}

// oldStates is what the older kernel's JSON tells of them.
var oldStates = []string{"kind", "params.sysfs", "since_version", "deprecated", "replacement", "sysfs"}

// kernel reads one contract as the kernel prints it.
func (d *decoder) kernel() error {
	start := d.start()
	a := &specmodel.API{Origin: specmodel.FromDebugfs, Notation: NotationKernel}
	d.symbol = ""
	unstated := kernelUnstated
	old := func(read reader) reader {
		return func() error {
			if a.Notation == NotationKernel {
				a.Notation, unstated = NotationKernelOld, without(unstated, oldStates)
			}
			return read()
		}
	}
	var kind, subsystem, deviceType string
	err := d.members(a, "the contract", map[string]reader{
		"name":     func() error { err := d.str(&a.Name)(); d.symbol = a.Name; return err },
		"api_type": old(d.str(&kind)), "version": d.num(&a.Version), "description": d.str(&a.Description),
		"long_description": d.str(&a.LongDescription), "context_flags": d.context(a),
		"parameters": objects(d, &a.Params, func(p *specmodel.Param, i int) error { p.Index = i; return d.kernelParam(a, p) }),
		"return":     func() error { return d.kernelReturn(a) },
		"errors":     objects(d, &a.Errors, func(e *specmodel.Error, _ int) error { return d.foreignError(a, e, "code") }),
		"locks":      objects(d, &a.Locks, func(l *specmodel.Lock, _ int) error { return d.foreignLock(a, l, "") }),
		"capabilities": objects(d, &a.Capabilities, func(c *specmodel.Capability, _ int) error {
			return d.foreignCapability(a, c)
		}),
		"constraints":       objects(d, &a.Constraints, func(r *specmodel.Rule, _ int) error { return d.foreignRule(a, r) }),
		"signals":           objects(d, &a.Signals, func(s *specmodel.Signal, _ int) error { return d.foreignSignal(a, s) }),
		"side_effects":      objects(d, &a.SideEffects, func(e *specmodel.SideEffect, _ int) error { return d.foreignEffect(a, e) }),
		"state_transitions": objects(d, &a.StateTransitions, func(t *specmodel.StateTransition, _ int) error { return d.foreignTransition(a, t) }),
		"signal_masks":      objects(d, &a.SignalMasks, func(m *specmodel.SignalMask, _ int) error { return d.foreignMask(a, m) }),
		"struct_specs":      objects(d, &a.Structs, func(s *specmodel.Struct, _ int) error { return d.foreignStruct(a, s) }),
		"examples":          d.str(&a.Examples), "notes": d.str(&a.Notes),
		"since_version": old(d.str(&a.SinceVersion)), "deprecated": old(d.boolean(&a.Deprecated)), "replacement": old(d.str(&a.Replacement)),
		"subsystem": old(d.str(&subsystem)), "device_type": old(d.str(&deviceType)),
	})
	if err != nil {
		return err
	}
	if subsystem != "" || deviceType != "" {
		a.Sysfs = &specmodel.SysfsSpec{Pos: d.place(start), Subsystem: subsystem, DeviceType: deviceType}
	}
	if a.Return == nil {
		unstated = append(without(unstated, nil), "return")
	}
	d.finishForeign(a, start, kind, unstated)
	return nil
}

// finishForeign completes a contract and adds it.
func (d *decoder) finishForeign(a *specmodel.API, start int, kind string, unstated []string) {
	a.Pos = d.place(start)
	a.Container = a.Pos
	a.Unstated = without(unstated, nil)
	if a.Name == "" {
		d.problem(start, "no-name", "the contract has no name")
	}
	switch k := specmodel.Kind(kind); k {
	case specmodel.Syscall, specmodel.Ioctl, specmodel.Sysfs:
		a.Kind = k
	default:
		a.Kind = specmodel.KindOf(a.Name)
	}
	d.apis = append(d.apis, a)
}

// without returns the entries of list that are not in drop.
func without(list, drop []string) []string {
	var left []string
	for _, s := range list {
		keep := true
		for _, x := range drop {
			keep = keep && s != x
		}
		if keep {
			left = append(left, s)
		}
	}
	return left
}

func (d *decoder) context(a *specmodel.API) reader {
	return func() error {
		start := d.start()
		err := bits(d, a, "the contract", "context_flags", &a.Context.Flags, specmodel.ParseContext, 1<<8-1)()
		a.Context.Pos = d.place(start)
		return err
	}
}

// constraint holds the readers of the keys that parameters and fields share.
func (d *decoder) constraint(a *specmodel.API, where string, c *specmodel.Constraint) map[string]reader {
	return map[string]reader{
		"constraint_type": token(d, a, where, "constraint_type", &c.Kind, specmodel.ConstraintKinds, specmodel.ParseConstraintKind),
		"min_value":       d.num(&c.Min), "max_value": d.num(&c.Max), "valid_mask": d.num(&c.Mask),
	}
}

func (d *decoder) kernelParam(a *specmodel.API, p *specmodel.Param) error {
	start := d.start()
	where := "a parameter"
	readers := d.constraint(a, where, &p.Constraint)
	for key, read := range map[string]reader{
		"name": d.str(&p.Name), "type": d.str(&p.TypeName), "flags": d.paramFlags(a, where, &p.Flags),
		"type_class":  token(d, a, where, "type_class", &p.Type, specmodel.ParamTypes, ParseClass),
		"description": d.str(&p.Description), "constraint_desc": d.str(&p.Constraint.Text), "enum_values": d.nums(&p.Constraint.Values),
		"size": d.num(&p.Size), "alignment": d.num(&p.Constraint.Alignment), "size_param_idx": d.num(&p.SizeParam),
		"size_multiplier": d.num(&p.SizeMultiplier),
		"sysfs_path":      d.str(&sysfsOf(p).Path), "permissions": d.num(&p.Sysfs.Permissions), "default_value": d.str(&p.Sysfs.Default),
		"units": d.str(&p.Sysfs.Units), "step": d.num(&p.Sysfs.Step),
		"range": d.skip, // the same as min_value and max_value
	} {
		readers[key] = read
	}
	err := d.members(a, where, readers)
	p.Pos = d.place(start)
	p.Constraint.Pos = p.Pos
	drop(&p.Sysfs.Permissions, &p.Sysfs.Step)
	if p.Sysfs.Path == "" && p.Sysfs.Default == "" && p.Sysfs.Units == "" && !p.Sysfs.Permissions.IsSet() && !p.Sysfs.Step.IsSet() {
		p.Sysfs = nil
	}
	Unset(p)
	return err
}

func sysfsOf(p *specmodel.Param) *specmodel.SysfsParam {
	if p.Sysfs == nil {
		p.Sysfs = &specmodel.SysfsParam{}
	}
	return p.Sysfs
}

func (d *decoder) kernelReturn(a *specmodel.API) error {
	return d.foreignReturn(a, map[string]string{"type": "type_name", "type_class": "type", "check_type": "check_type",
		"success_value": "success_value", "success_min": "success_min", "success_max": "success_max", "error_values": "error_values",
		"description": "description"})
}

// foreignReturn reads a return value. keys maps the keys of the form to the
// names of the fields of the compiled form.
func (d *decoder) foreignReturn(a *specmodel.API, keys map[string]string) error {
	start := d.start()
	if d.peek() != '{' {
		var none string
		return d.str(&none)() // null
	}
	where := "the return value"
	r := &specmodel.Return{}
	fields := map[string]reader{
		"type_name": d.str(&r.TypeName), "type": token(d, a, where, "type", &r.Type, compiledTypes, ParseClass),
		"check_type":    token(d, a, where, "check_type", &r.Check, specmodel.ReturnChecks, ParseCheck),
		"success_value": d.num(&r.Success), "success_min": d.num(&r.SuccessMin), "success_max": d.num(&r.SuccessMax),
		"error_values": d.nums(&r.ErrorValues), "description": d.str(&r.Description),
	}
	readers := map[string]reader{}
	for key, field := range keys {
		readers[key] = fields[field]
	}
	if err := d.members(a, where, readers); err != nil {
		return err
	}
	r.Pos = d.place(start)
	nothing := r.TypeName == "" && r.Description == "" && len(r.ErrorValues) == 0 && isZero(r.Success) && isZero(r.SuccessMin) &&
		isZero(r.SuccessMax) && (r.Type == "" || r.Type == specmodel.TypeVoid) && (r.Check == "" || r.Check == specmodel.ReturnExact)
	if !nothing {
		UnsetReturn(r)
		a.Return = r
	}
	return nil
}

func (d *decoder) foreignError(a *specmodel.API, e *specmodel.Error, code string) error {
	start := d.start()
	err := d.members(a, "an error", map[string]reader{code: d.num(&e.Code), "name": d.str(&e.Name),
		"condition": d.str(&e.Condition), "description": d.str(&e.Description)})
	e.Pos = d.place(start)
	nameError(e)
	return err
}

// foreignLock reads a lock, in whose keys prefix precedes name and type.
func (d *decoder) foreignLock(a *specmodel.API, l *specmodel.Lock, prefix string) error {
	start := d.start()
	where := "a lock"
	var acquired, released, entry, exit bool
	err := d.members(a, where, map[string]reader{prefix + "name": d.str(&l.Name),
		prefix + "type": token(d, a, where, prefix+"type", &l.Type, specmodel.LockTypes, specmodel.ParseLockType),
		"scope":         token(d, a, where, "scope", &l.Scope, specmodel.LockScopes, specmodel.ParseLockScope),
		"description":   d.str(&l.Description),
		"acquired":      d.boolean(&acquired), "released": d.boolean(&released), "held_on_entry": d.boolean(&entry), "held_on_exit": d.boolean(&exit),
	})
	if l.Scope == "" && (acquired || released || entry || exit) {
		l.Scope = specmodel.ScopeOf(acquired, released, entry, exit)
	}
	l.Pos = d.place(start)
	return err
}

func (d *decoder) foreignCapability(a *specmodel.API, c *specmodel.Capability) error {
	start := d.start()
	where := "a capability"
	err := d.members(a, where, map[string]reader{"capability": d.num(&c.Number), "name": d.str(&c.Name),
		"action": token(d, a, where, "action", &c.Action, specmodel.CapabilityActions, specmodel.ParseCapabilityAction),
		"allows": d.str(&c.Allows), "without_cap": d.str(&c.Without), "check_condition": d.str(&c.Condition),
		"priority": d.num(&c.Priority), "alternatives": d.nums(&c.Alternatives)})
	c.Pos = d.place(start)
	drop(&c.Priority)
	nameCapability(c)
	return err
}

func (d *decoder) foreignRule(a *specmodel.API, r *specmodel.Rule) error {
	start := d.start()
	err := d.members(a, "a constraint", map[string]reader{"name": d.str(&r.Name), "description": d.str(&r.Description),
		"expression": d.str(&r.Expression)})
	r.Pos = d.place(start)
	return err
}

// timings are the numbers that the tool has for the timing of a signal.
var timings = []string{"before", "during", "after"}

func (d *decoder) foreignSignal(a *specmodel.API, s *specmodel.Signal) error {
	start := d.start()
	where := "a signal"
	err := d.members(a, where, map[string]reader{"signal_num": d.num(&s.Number), "signal_name": d.str(&s.Name),
		"direction": bits(d, a, where, "direction", &s.Direction, specmodel.ParseDirection, 1<<5-1),
		"action":    token(d, a, where, "action", &s.Action, specmodel.SignalActions, specmodel.ParseSignalAction),
		"target":    d.str(&s.Target), "condition": d.str(&s.Condition), "description": d.str(&s.Description),
		"restartable": d.boolean(&s.Restartable), "interruptible": d.boolean(&s.Interruptible),
		"sa_flags_required": d.num(&s.SAFlagsRequired), "sa_flags_forbidden": d.num(&s.SAFlagsForbidden),
		"error_on_signal": d.num(&s.Error), "transform_to": d.num(&s.TransformTo),
		"timing": token(d, a, where, "timing", &s.Timing, timings, func(t string) (string, bool) {
			t, _ = specmodel.SignalTiming(t)
			return t, true
		}),
		"priority": d.num(&s.Priority), "queue_behavior": d.str(&s.Queue), "queue": d.str(&s.Queue),
		"state_required": d.num(&s.StateRequired), "state_forbidden": d.num(&s.StateForbidden),
		"sa_flags": d.skip, // the tool's, always 0
	})
	s.Pos = d.place(start)
	drop(&s.SAFlagsRequired, &s.SAFlagsForbidden, &s.Error, &s.TransformTo, &s.Priority, &s.StateRequired, &s.StateForbidden)
	return err
}

func (d *decoder) foreignEffect(a *specmodel.API, e *specmodel.SideEffect) error {
	start := d.start()
	where := "a side effect"
	types := bits(d, a, where, "type", &e.Types, specmodel.ParseEffect, 1<<15-1)
	err := d.members(a, where, map[string]reader{"type": types, "effect_type": types, "target": d.str(&e.Target),
		"condition": d.str(&e.Condition), "description": d.str(&e.Description), "reversible": d.boolean(&e.Reversible)})
	e.Pos = d.place(start)
	return err
}

func (d *decoder) foreignTransition(a *specmodel.API, t *specmodel.StateTransition) error {
	start := d.start()
	err := d.members(a, "a state transition", map[string]reader{"object": d.str(&t.Object), "from_state": d.str(&t.From),
		"to_state": d.str(&t.To), "condition": d.str(&t.Condition), "description": d.str(&t.Description)})
	t.Pos = d.place(start)
	return err
}

func (d *decoder) foreignMask(a *specmodel.API, m *specmodel.SignalMask) error {
	start := d.start()
	err := d.members(a, "a signal mask", map[string]reader{"name": d.str(&m.Name), "description": d.str(&m.Description), "signals": d.nums(&m.Signals)})
	m.Pos = d.place(start)
	return err
}

func (d *decoder) foreignStruct(a *specmodel.API, s *specmodel.Struct) error {
	start := d.start()
	var count specmodel.Expr
	err := d.members(a, "a structure", map[string]reader{"name": d.str(&s.Name), "size": d.num(&s.Size), "alignment": d.num(&s.Alignment),
		"description": d.str(&s.Description), "field_count": d.num(&count),
		"fields": objects(d, &s.Fields, func(f *specmodel.Field, _ int) error { return d.foreignField(a, f) })})
	s.Pos = d.place(start)
	drop(&s.Size, &s.Alignment)
	if count.IsSet() && strings.TrimSpace(s.Name) != "" {
		a.Counts = append(a.Counts, specmodel.Count{Pos: s.Pos, Section: "struct_specs." + s.Name, N: count})
	}
	return err
}

func (d *decoder) foreignField(a *specmodel.API, f *specmodel.Field) error {
	start := d.start()
	where := "a field"
	readers := d.constraint(a, where, &f.Constraint)
	types := token(d, a, where, "type_class", &f.Type, compiledTypes, ParseClass)
	for key, read := range map[string]reader{
		"name": d.str(&f.Name), "type": d.str(&f.TypeName), "type_name": d.str(&f.TypeName), "type_class": types, "field_type": types,
		"offset": d.num(&f.Offset), "size": d.num(&f.Size), "flags": d.paramFlags(a, where, &f.Flags),
		"enum_values": d.str(&f.Constraint.ValuesFrom), "description": d.str(&f.Description),
	} {
		readers[key] = read
	}
	err := d.members(a, where, readers)
	f.Pos = d.place(start)
	f.Constraint.Pos = f.Pos
	drop(&f.Size)
	if !f.Size.IsSet() {
		drop(&f.Offset)
	}
	if f.Type == specmodel.TypeVoid {
		f.Type = ""
	}
	unsetConstraint(&f.Constraint)
	return err
}
