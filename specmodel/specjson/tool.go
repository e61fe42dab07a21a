// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"slices"

	"kapilint/specmodel"
)

// NotationTool is the notation of a contract that was read from what the
// framework's own tool prints as JSON, NotationToolList that of an entry of
// its list, which has a name and a kind only.
const (
	NotationTool     = "kapi-json"
	NotationToolList = "kapi-json-list"
)

// compiledTypes are the classes by number. From 12 on the kernels with sysfs
// contracts number differently; what only they have is read as theirs.
var compiledTypes = []specmodel.ParamType{specmodel.TypeVoid, specmodel.TypeInt, specmodel.TypeUint, specmodel.TypePtr, specmodel.TypeStruct,
	specmodel.TypeUnion, specmodel.TypeEnum, specmodel.TypeFuncPtr, specmodel.TypeArray, specmodel.TypeFD, specmodel.TypeUserPtr,
	specmodel.TypePath, specmodel.TypeCustom, specmodel.TypeBool, specmodel.TypeHex, specmodel.TypeBinary, specmodel.TypeBitmap, specmodel.TypeCustom}

// toolUnstated is what the tool's JSON cannot tell, or only where the kind of
// a constraint or check asks for it.
var toolUnstated = []string{"params.constraint.min", "params.constraint.max", "params.constraint.mask", "params.constraint.values",
	"return.success", "return.success_min", "return.success_max", "return.error_values", "struct_specs.fields.constraint.min",
	"struct_specs.fields.constraint.max", "struct_specs.fields.constraint.mask",
	"kind", "version", "params.constraint.arch_masks", "params.constraint.values_from", "params.constraint.validate",
	"params.size_multiplier", "params.sysfs.default", "params.sysfs.units", "params.sysfs.step", "params.sysfs.allowed_strings",
	"return.errors_from", "return.is_success", "struct_specs.fields.constraint.values", "struct_specs.fields.constraint.values_from",
	"struct_specs.fields.constraint.alignment", "struct_specs.fields.constraint.validate", "struct_specs.fields.constraint.text",
	"capabilities.alternatives_from", "deprecated", "replacement", "ioctl", "sysfs.device_type", "socket"}

// listUnstated is what an entry of the tool's list cannot tell: everything.
var listUnstated = []string{"version", "description", "long_description", "context", "params", "return", "errors", "locks", "constraints",
	"signals", "signal_masks", "struct_specs", "capabilities", "side_effects", "state_transitions", "examples", "notes",
	"since_version", "deprecated", "replacement", "ioctl", "sysfs", "socket"}

// tool reads one document of the tool: a list, or the details of a contract.
func (d *decoder) tool() error {
	doc := &specmodel.API{}
	return d.members(doc, "the document", map[string]reader{
		"apis": func() error {
			return d.each(func() error { return d.toolEntry() })
		},
		"api_details": func() error {
			if d.peek() != '{' {
				return d.mismatch(d.off, "api_details", "an object")
			}
			return d.toolDetails()
		},
	})
}

func (d *decoder) toolEntry() error {
	start := d.start()
	if d.peek() != '{' {
		return d.mismatch(d.off, "apis", "an array of objects")
	}
	a := &specmodel.API{Origin: specmodel.FromJSON, Notation: NotationToolList}
	d.symbol = ""
	var kind string
	err := d.members(a, "the entry", map[string]reader{
		"name":     func() error { err := d.str(&a.Name)(); d.symbol = a.Name; return err },
		"api_type": d.str(&kind),
	})
	if err == nil {
		d.finishForeign(a, start, kind, listUnstated)
	}
	return err
}

func (d *decoder) toolDetails() error {
	start := d.start()
	a := &specmodel.API{Origin: specmodel.FromJSON, Notation: NotationTool}
	d.symbol = ""
	var subsystem, path string
	var permissions specmodel.Expr
	since := false
	err := d.members(a, "the contract", map[string]reader{
		"name":        func() error { err := d.str(&a.Name)(); d.symbol = a.Name; return err },
		"description": d.str(&a.Description), "long_description": d.str(&a.LongDescription), "context_flags": d.context(a),
		"examples": d.str(&a.Examples), "notes": d.str(&a.Notes),
		"since_version": func() error { since = true; return d.str(&a.SinceVersion)() },
		"subsystem":     d.str(&subsystem), "sysfs_path": d.str(&path), "permissions": d.num(&permissions),
		"capabilities":      objects(d, &a.Capabilities, func(c *specmodel.Capability, _ int) error { return d.foreignCapability(a, c) }),
		"state_transitions": objects(d, &a.StateTransitions, func(t *specmodel.StateTransition, _ int) error { return d.foreignTransition(a, t) }),
		"side_effects":      objects(d, &a.SideEffects, func(e *specmodel.SideEffect, _ int) error { return d.foreignEffect(a, e) }),
		"parameters":        objects(d, &a.Params, func(p *specmodel.Param, i int) error { return d.toolParam(a, p, i) }),
		"return_spec": func() error {
			return d.foreignReturn(a, map[string]string{"type_name": "type_name", "description": "description", "return_type": "type",
				"check_type": "check_type", "success_value": "success_value", "success_min": "success_min", "success_max": "success_max",
				"error_values": "error_values"})
		},
		"errors":       objects(d, &a.Errors, func(e *specmodel.Error, _ int) error { return d.foreignError(a, e, "error_code") }),
		"locks":        objects(d, &a.Locks, func(l *specmodel.Lock, _ int) error { return d.foreignLock(a, l, "lock_") }),
		"struct_specs": objects(d, &a.Structs, func(s *specmodel.Struct, _ int) error { return d.foreignStruct(a, s) }),
		"signals":      objects(d, &a.Signals, func(s *specmodel.Signal, _ int) error { return d.foreignSignal(a, s) }),
		"signal_masks": objects(d, &a.SignalMasks, func(m *specmodel.SignalMask, _ int) error { return d.foreignMask(a, m) }),
		"constraints":  objects(d, &a.Constraints, func(r *specmodel.Rule, _ int) error { return d.foreignRule(a, r) }),
	})
	if err != nil {
		return err
	}
	if subsystem != "" || path != "" || permissions.IsSet() {
		a.Sysfs = &specmodel.SysfsSpec{Pos: d.place(start), Subsystem: subsystem}
		if len(a.Params) > 0 && (path != "" || permissions.IsSet()) {
			a.Params[0].Sysfs = &specmodel.SysfsParam{Path: path, Permissions: permissions}
		}
	}
	unstated := toolUnstated
	if !since {
		unstated = append(without(unstated, nil), "since_version")
	}
	d.finishForeign(a, start, "", unstated)
	if a.Sysfs != nil {
		a.Kind = specmodel.Sysfs
	}
	return nil
}

func (d *decoder) toolParam(a *specmodel.API, p *specmodel.Param, i int) error {
	start := d.start()
	where := "a parameter"
	var index specmodel.Expr
	readers := d.constraint(a, where, &p.Constraint)
	for key, read := range map[string]reader{
		"index": d.num(&index), "name": d.str(&p.Name), "type_name": d.str(&p.TypeName), "description": d.str(&p.Description),
		"flags": d.paramFlags(a, where, &p.Flags), "param_type": token(d, a, where, "param_type", &p.Type, compiledTypes, ParseClass),
		"constraint": d.str(&p.Constraint.Text), "enum_values": d.nums(&p.Constraint.Values), "size": d.num(&p.Size),
		"alignment": d.num(&p.Constraint.Alignment), "size_param_idx": d.num(&p.SizeParam),
	} {
		readers[key] = read
	}
	err := d.members(a, where, readers)
	p.Pos = d.place(start)
	p.Constraint.Pos = p.Pos
	p.Index = i
	if n, ok := index.Int64(); ok && n >= 0 && n < 1<<16 {
		p.Index = int(n)
	}
	Unset(p)
	if p.Constraint.Kind == specmodel.ConstraintAlignment && !p.Constraint.Alignment.IsSet() {
		p.Constraint.Kind = specmodel.ConstraintCustom // the number that custom had before there were more kinds
	}
	p.Constraint.Values = slices.Clip(p.Constraint.Values)
	return err
}
