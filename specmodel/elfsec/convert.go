// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"fmt"
	"slices"

	"kapilint/specmodel"
)

// The bits of each set that have a meaning.
const (
	knownParamFlags = specmodel.FlagIn | specmodel.FlagOut | specmodel.FlagOptional | specmodel.FlagConst | specmodel.FlagVolatile |
		specmodel.FlagUser | specmodel.FlagDMA | specmodel.FlagAligned
	sysfsParamFlags = specmodel.FlagSysfsReadonly | specmodel.FlagSysfsWriteonly | specmodel.FlagSysfsRW | specmodel.FlagSysfsBinary
	// flagInOut is a bit that older frameworks have for both directions.
	flagInOut       specmodel.ParamFlags = 1 << 2
	knownContexts                        = specmodel.CtxIRQDisabled<<1 - 1
	knownDirections                      = specmodel.SignalIgnore<<1 - 1
	knownEffects                         = specmodel.EffectIrreversible<<1 - 1
)

// plainTypes are the classes in the order of forms without those of sysfs.
var plainTypes = slices.DeleteFunc(slices.Clone(specmodel.ParamTypes), func(t specmodel.ParamType) bool {
	switch t {
	case specmodel.TypeString, specmodel.TypeBool, specmodel.TypeHex, specmodel.TypeBinary, specmodel.TypeBitmap:
		return true
	}
	return false
})

// oldKinds are the kinds of constraint in the order of the first forms.
var oldKinds = []specmodel.ConstraintKind{specmodel.ConstraintNone, specmodel.ConstraintRange, specmodel.ConstraintMask,
	specmodel.ConstraintEnum, specmodel.ConstraintCustom}

// unstated are the fields that the form has no place for.
func (f form) unstated() []string {
	list := []string{"params.constraint.arch_masks", "params.constraint.values_from", "return.errors_from", "capabilities.alternatives_from", "prototype", "struct_specs.fields.constraint.alignment",
		"struct_specs.fields.constraint.text", "struct_specs.fields.constraint.validate", "struct_specs.fields.constraint.values"}
	for _, x := range []struct {
		has  bool
		name string
	}{{f.since, "since_version"}, {f.replaced, "deprecated"}, {f.replaced, "replacement"}, {f.net, "socket"}, {f.ioctl, "ioctl"},
		{f.sysfs, "sysfs"}, {f.sysfs, "params.sysfs"}, {f.enumText, "struct_specs.fields.constraint.values_from"}} {
		if !x.has {
			list = append(list, x.name)
		}
	}
	slices.Sort(list)
	return list
}

// contract reads the struct of one contract.
func (rd *reader) contract(c chosen) (*specmodel.API, error) {
	b, err := rd.im.load(c.addr, uint64(c.layout.size))
	if err != nil {
		return nil, err
	}
	v := view{rd: rd, l: c.layout, b: b, addr: c.addr, pointers: c.form.pointers}
	a := &specmodel.API{Origin: specmodel.FromVmlinux, Pos: rd.pos, Container: rd.pos, Unstated: c.form.unstated()}
	rd.api, rd.form = a, c.form
	a.Name = v.str("name")
	if a.Name == "" {
		rd.problem("", "no-name", specmodel.Odd, "the contract at offset 0x%x has no name, and the kernel does not see it", rd.im.offset(c.addr))
	}
	a.Kind = rd.kind(c, v)
	a.Version = v.size("version")
	a.Description, a.LongDescription = v.str("description"), v.str("long_description")
	a.Context = specmodel.Context{Pos: rd.pos, Flags: flags(v, "context_flags", knownContexts)}
	a.Examples, a.Notes = v.str("examples"), v.str("notes")
	a.SinceVersion, a.Deprecated, a.Replacement = v.str("since_version"), v.yes("deprecated"), v.str("replacement")
	v.list("params", func(i int, e view) { a.Params = append(a.Params, rd.param(i, e)) })
	if r, ok := v.rec("return_spec"); ok || v.yes("return_magic") {
		if !ok {
			s, _ := v.slot("return_spec")
			r = v.elem(s, 0)
		}
		a.Return = rd.returned(r)
	}
	v.list("errors", func(_ int, e view) { a.Errors = append(a.Errors, rd.error(e)) })
	v.list("locks", func(_ int, e view) { a.Locks = append(a.Locks, rd.lock(e)) })
	v.list("constraints", func(_ int, e view) {
		a.Constraints = append(a.Constraints, specmodel.Rule{Pos: rd.pos, Name: e.str("name"), Description: e.str("description"), Expression: e.str("expression")})
	})
	v.list("signals", func(_ int, e view) { a.Signals = append(a.Signals, rd.signal(e)) })
	v.list("signal_masks", func(_ int, e view) { a.SignalMasks = append(a.SignalMasks, rd.mask(e)) })
	v.list("struct_specs", func(_ int, e view) { a.Structs = append(a.Structs, rd.structure(e)) })
	v.list("side_effects", func(_ int, e view) { a.SideEffects = append(a.SideEffects, rd.effect(e)) })
	v.list("state_transitions", func(_ int, e view) {
		a.StateTransitions = append(a.StateTransitions, specmodel.StateTransition{Pos: rd.pos, Object: e.str("object"), From: e.str("from_state"),
			To: e.str("to_state"), Condition: e.str("condition"), Description: e.str("description")})
	})
	v.list("capabilities", func(_ int, e view) { a.Capabilities = append(a.Capabilities, rd.capability(e)) })
	if v.has("cmd", "cmd_name", "input_size", "output_size", "file_ops_name") {
		a.Ioctl = &specmodel.IoctlSpec{Pos: rd.pos, Cmd: v.bits("cmd"), CmdName: v.str("cmd_name"), InputSize: v.size("input_size"),
			OutputSize: v.size("output_size"), FileOps: v.str("file_ops_name")}
	}
	if v.has("subsystem", "device_type") {
		a.Sysfs = &specmodel.SysfsSpec{Pos: rd.pos, Subsystem: v.str("subsystem"), DeviceType: v.str("device_type")}
	}
	a.Socket = rd.socket(v)
	for _, c := range []struct {
		section, field string
		have           int
	}{{"params", "param_count", len(a.Params)}, {"errors", "error_count", len(a.Errors)}, {"locks", "lock_count", len(a.Locks)},
		{"constraints", "constraint_count", len(a.Constraints)}, {"signals", "signal_count", len(a.Signals)},
		{"signal_masks", "signal_mask_count", len(a.SignalMasks)}, {"struct_specs", "struct_spec_count", len(a.Structs)},
		{"side_effects", "side_effect_count", len(a.SideEffects)}, {"state_transitions", "state_trans_count", len(a.StateTransitions)},
		{"capabilities", "capability_count", len(a.Capabilities)}} {
		rd.count(v, c.section, c.field, c.have)
	}
	return a, nil
}

func (rd *reader) kind(c chosen, v view) specmodel.Kind {
	switch k := v.num("api_type"); {
	case k == 1:
		return specmodel.Ioctl
	case k == 2:
		return specmodel.Sysfs
	case k > 2:
		v.unknown("api_type", fmt.Sprint(k))
	}
	if c.kind != "" {
		return c.kind
	}
	return specmodel.KindOf(rd.api.Name)
}

// count keeps a count where the list or the count is not empty.
func (rd *reader) count(v view, section, field string, have int) {
	if n := v.num(field); n != 0 || have != 0 {
		rd.api.Counts = append(rd.api.Counts, specmodel.Count{Pos: rd.pos, Section: section, N: specmodel.Lit(specmodel.Uint(n))})
	}
}

// class is a type; void is also what was not written.
func (rd *reader) class(v view) specmodel.ParamType {
	if v.num("type") == 0 {
		return ""
	}
	if rd.form.sysfs {
		return word(v, "type", specmodel.ParamTypes)
	}
	return word(v, "type", plainTypes)
}

func (rd *reader) paramFlags(v view) specmodel.ParamFlags {
	known := knownParamFlags | flagInOut
	if rd.form.sysfs {
		known |= sysfsParamFlags
	}
	f := flags(v, "flags", known)
	if f&flagInOut != 0 {
		f = f&^flagInOut | specmodel.FlagIn | specmodel.FlagOut
	}
	return f
}

// constraint reads what parameters and fields of structures share.
func (rd *reader) constraint(v view) specmodel.Constraint {
	c := specmodel.Constraint{Pos: rd.pos, Mask: v.bits("valid_mask"), Alignment: specmodel.Expr{}}
	if v.yes("constraint_type") {
		kinds := specmodel.ConstraintKinds
		if rd.form.oldKinds {
			kinds = oldKinds
		}
		c.Kind = word(v, "constraint_type", kinds)
	}
	if c.Kind == specmodel.ConstraintRange || v.has("min_value", "max_value") {
		c.Min, c.Max = v.stated("min_value"), v.stated("max_value")
	}
	if c.Kind == specmodel.ConstraintMask {
		c.Mask = specmodel.HexLit(specmodel.Uint(v.num("valid_mask")))
	}
	return c
}

func (rd *reader) param(i int, v view) specmodel.Param {
	p := specmodel.Param{Pos: rd.pos, Index: i, Name: v.str("name")}
	v.where = "parameter " + p.Name
	p.TypeName, p.Description = v.str("type_name"), v.str("description")
	p.Type, p.Flags, p.Constraint = rd.class(v), rd.paramFlags(v), rd.constraint(v)
	p.Constraint.Alignment = v.size("alignment")
	p.Constraint.Values = v.longs("enum_values", "enum_count")
	p.Constraint.Validate = v.function("validate")
	p.Constraint.Text = v.str("constraints")
	p.Size, p.SizeMultiplier = v.size("size"), v.size("size_multiplier")
	n := v.signed("size_param_idx")
	if rd.form.pointers {
		n-- // counted from 1, and 0 is none
	} else if n == 0 && i == 0 {
		n = -1
	}
	if n >= 0 {
		p.SizeParam = specmodel.Lit(specmodel.Int(n))
	}
	if v.has("sysfs_path", "sysfs_permissions", "default_value", "units", "step", "allowed_strings") {
		s := &specmodel.SysfsParam{Path: v.str("sysfs_path"), Default: v.str("default_value"), Units: v.str("units"), Step: v.expr("step"),
			AllowedStrings: v.strings("allowed_strings", "allowed_string_count")}
		if mode := v.num("sysfs_permissions"); mode != 0 {
			s.Permissions = specmodel.Named(fmt.Sprintf("0%o", mode), specmodel.Uint(mode))
		}
		p.Sysfs = s
	}
	return p
}

// strings reads an array of texts behind a pointer.
func (v view) strings(name, counted string) []string {
	w := v.rd.im.word()
	b := v.array(name, counted, w)
	var list []string
	for ; len(b) >= w; b = b[w:] {
		t, err := v.rd.im.cstring(v.rd.im.getWord(b))
		if err != nil {
			v.rd.problem(v.where, "bad-pointer", specmodel.Bad, "%s cannot be read: %v", name, err)
			return list
		}
		list = append(list, t)
	}
	return list
}

func (rd *reader) returned(v view) *specmodel.Return {
	v.where = "the return value"
	r := &specmodel.Return{Pos: rd.pos, TypeName: v.str("type_name"), Type: rd.class(v), Check: word(v, "check_type", specmodel.ReturnChecks),
		ErrorValues: v.longs("error_values", "error_count"), IsSuccess: v.function("is_success"), Description: v.str("description")}
	if r.Check == specmodel.ReturnExact || v.has("success_value") {
		r.Success = v.stated("success_value")
	}
	if r.Check == specmodel.ReturnRange || v.has("success_min", "success_max") {
		r.SuccessMin, r.SuccessMax = v.stated("success_min"), v.stated("success_max")
	}
	rd.count(v, "return.error_values", "error_count", len(r.ErrorValues))
	return r
}

func (rd *reader) error(v view) specmodel.Error {
	e := specmodel.Error{Pos: rd.pos, Name: v.str("name"), Code: v.stated("error_code"), Condition: v.str("condition"), Description: v.str("description")}
	if e.Name == "" {
		e.Name = specmodel.ErrnoName(-v.signed("error_code"))
	}
	return e
}

func (rd *reader) lock(v view) specmodel.Lock {
	l := specmodel.Lock{Pos: rd.pos, Name: v.str("lock_name"), Description: v.str("description")}
	v.where = "lock " + l.Name
	l.Type = word(v, "lock_type", specmodel.LockTypes)
	if rd.form.scope {
		l.Scope = word(v, "scope", specmodel.LockScopes)
	} else {
		l.Scope = specmodel.ScopeOf(v.yes("acquired"), v.yes("released"), v.yes("held_on_entry"), v.yes("held_on_exit"))
	}
	return l
}

func (rd *reader) signal(v view) specmodel.Signal {
	s := specmodel.Signal{Pos: rd.pos, Name: v.str("signal_name")}
	v.where = "signal " + s.Name
	s.Number, s.Direction = v.stated("signal_num"), flags(v, "direction", knownDirections)
	s.Action = word(v, "action", specmodel.SignalActions)
	s.Target, s.Condition, s.Description = v.str("target"), v.str("condition"), v.str("description")
	s.Restartable, s.Interruptible = v.yes("restartable"), v.yes("interruptible")
	s.SAFlagsRequired, s.SAFlagsForbidden = v.bits("sa_flags_required"), v.bits("sa_flags_forbidden")
	s.Error, s.TransformTo, s.Priority = v.expr("error_on_signal"), v.expr("transform_to"), v.size("priority")
	s.Timing, s.Queue = v.str("timing"), v.str("queue_behavior")
	s.StateRequired, s.StateForbidden = v.bits("state_required"), v.bits("state_forbidden")
	return s
}

func (rd *reader) mask(v view) specmodel.SignalMask {
	m := specmodel.SignalMask{Pos: rd.pos, Name: v.str("mask_name"), Signals: v.exprs("signals", "signal_count"), Description: v.str("description")}
	rd.count(v, "signal_masks."+m.Name, "signal_count", len(m.Signals))
	return m
}

func (rd *reader) structure(v view) specmodel.Struct {
	s := specmodel.Struct{Pos: rd.pos, Name: v.str("name"), Size: v.size("size"), Alignment: v.size("alignment"), Description: v.str("description")}
	v.list("fields", func(_ int, e view) {
		f := specmodel.Field{Pos: rd.pos, Name: e.str("name"), TypeName: e.str("type_name"), Description: e.str("description")}
		e.where = "field " + s.Name + "." + f.Name
		f.Type, f.Flags, f.Constraint = rd.class(e), rd.paramFlags(e), rd.constraint(e)
		f.Constraint.ValuesFrom = e.str("enum_values")
		f.Size = e.size("size")
		if e.has("offset", "size") {
			f.Offset = specmodel.Lit(specmodel.Uint(e.num("offset")))
		}
		s.Fields = append(s.Fields, f)
	})
	rd.count(v, "struct_specs."+s.Name, "field_count", len(s.Fields))
	return s
}

func (rd *reader) effect(v view) specmodel.SideEffect {
	e := specmodel.SideEffect{Pos: rd.pos, Target: v.str("target"), Condition: v.str("condition"), Description: v.str("description"), Reversible: v.yes("reversible")}
	v.where = "side effect " + e.Target
	e.Types = flags(v, "type", knownEffects)
	return e
}

func (rd *reader) capability(v view) specmodel.Capability {
	name := v.str("cap_name")
	v.where = "capability " + name
	c := specmodel.Capability{Pos: rd.pos, Number: v.stated("capability"), Action: word(v, "action", specmodel.CapabilityActions),
		Allows: v.str("allows"), Without: v.str("without_cap"), Condition: v.str("check_condition"), Priority: v.size("priority"),
		Alternatives: v.exprs("alternative", "alternative_count")}
	if _, ok := specmodel.CapabilityNumber(name); ok {
		c.Name = name
		return c
	}
	if c.Name = specmodel.CapabilityName(v.signed("capability")); c.Name == "" {
		c.Name = name // there is no such capability
	} else {
		c.Title = name
	}
	return c
}
