// SPDX-License-Identifier: GPL-2.0-only

// Package kernelprint prints contracts as the kernel's debugfs does, for the
// tests of what reads them. Like the kernel it knows numbers, so the values of
// a contract have to be resolved, and a number that is not stated is zero.
package kernelprint

import (
	"encoding/json"
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// words are the kernel's own for classes.
var words = map[specmodel.ParamType]string{specmodel.TypePtr: "pointer", specmodel.TypeFuncPtr: "function_pointer",
	specmodel.TypeFD: "file_descriptor", specmodel.TypeUserPtr: "user_pointer", specmodel.TypePath: "pathname", "": "void"}

func classWord(t specmodel.ParamType, old bool) string {
	if w, ok := words[t]; ok && (!old || t == "") {
		return w
	}
	return string(t)
}

func dec(x specmodel.Expr) string {
	if !x.IsSet() {
		return "0"
	}
	n := int64(x.Val.Bits)
	return fmt.Sprint(n)
}

func decs(list []specmodel.Expr) string {
	var all []string
	for _, x := range list {
		all = append(all, dec(x))
	}
	return strings.Join(all, " ")
}

func null(s string) string {
	if s == "" {
		return "(null)"
	}
	return s
}

// Text prints a contract as text, in the newest or in the oldest layout.
func Text(a *specmodel.API, old bool) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	opt := func(format, v string) {
		if v != "" {
			p(format, v)
		}
	}
	indent := func(s string) {
		for line := range strings.SplitSeq(s, "\n") {
			if line != "" && !old {
				line = "  " + line
			}
			p("%s", line)
		}
	}
	p("Kernel API Specification\n========================\n\nName: %s\nVersion: %s\nDescription: %s", a.Name, dec(a.Version), null(a.Description))
	if a.LongDescription != "" {
		if old {
			p("Long description: %s", a.LongDescription)
		} else {
			p("Long description:")
			indent(a.LongDescription)
		}
	}
	fmt.Fprint(&b, "Context flags: ")
	for _, n := range a.Context.Flags.Names() {
		fmt.Fprint(&b, strings.ToUpper(n)+" ")
	}
	p("\n")
	printParams(p, opt, a, old)
	printReturn(p, opt, a.Return)
	if len(a.Errors) > 0 {
		p("Errors (%d):", len(a.Errors))
		for _, e := range a.Errors {
			p("  %s (%s): %s", e.Name, dec(e.Code), null(e.Description))
			opt("    condition: %s", e.Condition)
		}
		p("")
	}
	if len(a.Locks) > 0 {
		p("Locks (%d):", len(a.Locks))
		for _, l := range a.Locks {
			p("  %s (%s): %s", l.Name, l.Type, null(l.Description))
			switch {
			case !old:
				p("    scope: %s", l.Scope)
			case l.Scope == specmodel.LockInternal:
				p("    acquired by function\n    released by function")
			case l.Scope == specmodel.LockAcquires:
				p("    acquired by function")
			case l.Scope == specmodel.LockReleases:
				p("    released by function")
			}
		}
		p("")
	}
	if len(a.Constraints) > 0 {
		p("Additional constraints (%d):", len(a.Constraints))
		for _, r := range a.Constraints {
			if old {
				p("  - %s", r.Description)
				continue
			}
			text := r.Description
			if text != "" {
				text = ": " + text
			}
			p("  - %s%s", r.Name, text)
			opt("    expression: %s", r.Expression)
		}
		p("")
	}
	if len(a.Signals) > 0 {
		p("Signal handling (%d):", len(a.Signals))
		for _, s := range a.Signals {
			p("  %s (%s):\n    direction: %s \n    action: %s", s.Name, dec(s.Number), strings.Join(s.Direction.Names(), " "), s.Action)
			opt("    description: %s", s.Description)
		}
		p("")
	}
	if !old {
		printNew(p, opt, a)
	}
	for _, t := range []struct{ head, text string }{{"Examples:", a.Examples}, {"Notes:", a.Notes}} {
		if t.text != "" {
			p("%s", t.head)
			indent(t.text)
			p("")
		}
	}
	if old {
		opt("Since: %s", a.SinceVersion)
		if a.Deprecated {
			p("DEPRECATED - use %s instead", a.Replacement)
		}
	}
	return b.String()
}

func printParams(p func(string, ...any), opt func(format, v string), a *specmodel.API, old bool) {
	if len(a.Params) == 0 {
		return
	}
	p("Parameters (%d):", len(a.Params))
	for i := range a.Params {
		q := &a.Params[i]
		p("  [%d] %s:\n    type: %s (%s)", q.Index, q.Name, classWord(q.Type, old), q.TypeName)
		flags := strings.ToUpper(strings.Join(q.Flags.Names(), " "))
		if !old {
			flags = strings.Replace(flags, "IN OUT", "INOUT", 1)
		}
		p("    flags: %s ", flags)
		opt("    description: %s", q.Description)
		if q.Size.IsSet() && !old {
			p("    size: %s", dec(q.Size))
		}
		if q.Constraint.Alignment.IsSet() && !old {
			p("    alignment: %s", dec(q.Constraint.Alignment))
		}
		if c := &q.Constraint; c.Kind != "" || c.Text != "" {
			p("    constraints:")
			printConstraint(p, opt, a, q)
			opt("      description: %s", c.Text)
		}
		p("")
	}
}

func printConstraint(p func(string, ...any), opt func(format, v string), a *specmodel.API, q *specmodel.Param) {
	c := &q.Constraint
	if c.Kind == "" {
		return
	}
	p("      type: %s", c.Kind)
	sizes := func() {
		if q.SizeParam.IsSet() {
			n, _ := q.SizeParam.Int64()
			p("      size_param: %s (index %d)", a.ParamAt(int(n)).Name, n)
		}
		if q.SizeMultiplier.IsSet() {
			p("      size_multiplier: %s", dec(q.SizeMultiplier))
		}
	}
	switch c.Kind {
	case specmodel.ConstraintRange:
		p("      min: %s\n      max: %s", dec(c.Min), dec(c.Max))
	case specmodel.ConstraintMask:
		p("      valid_bits: %s", c.Mask.Val.Hex())
	case specmodel.ConstraintEnum:
		p("      count: %d\n      values: %s", len(c.Values), decs(c.Values))
	case specmodel.ConstraintUserString:
		p("      min_len: %s\n      max_len: %s", dec(c.Min), dec(c.Max))
	case specmodel.ConstraintUserPath:
		p("      max_len: PATH_MAX (4096)")
	case specmodel.ConstraintUserPtr:
		p("      size: %s bytes", dec(q.Size))
		sizes()
	case specmodel.ConstraintBuffer:
		sizes()
	case specmodel.ConstraintAlignment:
		p("      alignment: %s", dec(c.Alignment))
	}
}

func printReturn(p func(string, ...any), opt func(format, v string), r *specmodel.Return) {
	if r == nil {
		r = &specmodel.Return{}
	}
	p("Return value:\n  type: %s", null(r.TypeName))
	opt("  description: %s", r.Description)
	switch r.Check {
	case specmodel.ReturnExact, "":
		p("  success: == %s", dec(r.Success))
	case specmodel.ReturnRange:
		p("  success: [%s, %s]", dec(r.SuccessMin), dec(r.SuccessMax))
	case specmodel.ReturnFD:
		p("  success: valid file descriptor (>= 0)")
	case specmodel.ReturnErrorCheck:
		p("  success: error check")
		opt("  error values: %s", decs(r.ErrorValues))
	case specmodel.ReturnCustom:
		p("  success: custom check")
	case specmodel.ReturnNone:
		p("  success: does not return")
	}
	p("")
}

func printNew(p func(string, ...any), opt func(format, v string), a *specmodel.API) {
	if len(a.SideEffects) > 0 {
		p("Side effects (%d):", len(a.SideEffects))
		for _, e := range a.SideEffects {
			line := "  - " + e.Target
			if e.Description != "" {
				line += ": " + e.Description
			}
			if e.Reversible {
				line += " (reversible)"
			}
			p("%s", line)
		}
		p("")
	}
	if len(a.StateTransitions) > 0 {
		p("State transitions (%d):", len(a.StateTransitions))
		for _, t := range a.StateTransitions {
			p("  %s: %s -> %s", t.Object, t.From, t.To)
			opt("    %s", t.Description)
		}
		p("")
	}
	if len(a.Capabilities) > 0 {
		p("Capabilities (%d):", len(a.Capabilities))
		for _, c := range a.Capabilities {
			name := c.Name
			if c.Title != "" {
				name = c.Title
			}
			p("  %s (%s):", name, dec(c.Number))
			opt("    allows: %s", c.Allows)
			opt("    without: %s", c.Without)
		}
		p("")
	}
}

type object = map[string]any

func hex(n uint64) string { return fmt.Sprintf("0x%x", n) }

func raw(x specmodel.Expr) json.Number { return json.Number(dec(x)) }

func raws(list []specmodel.Expr) []json.Number {
	out := []json.Number{}
	for _, x := range list {
		out = append(out, raw(x))
	}
	return out
}

func kindWord(k specmodel.ConstraintKind) specmodel.ConstraintKind {
	if k == "" {
		return specmodel.ConstraintNone
	}
	return k
}

func index[T comparable](all []T, t T) int {
	for i, x := range all {
		if x == t {
			return i
		}
	}
	return 0
}

// JSON prints a contract as JSON. The order of keys is not the kernel's; a
// reader does not depend on it.
func JSON(a *specmodel.API) string {
	doc := object{"name": a.Name, "version": raw(a.Version), "description": a.Description, "long_description": a.LongDescription,
		"context_flags": hex(uint64(a.Context.Flags)), "examples": a.Examples, "notes": a.Notes}
	add := func(key string, o object) {
		list, _ := doc[key].([]object)
		doc[key] = append(list, o)
	}
	for _, p := range a.Params {
		var size any
		if p.SizeParam.IsSet() {
			size = raw(p.SizeParam)
		}
		add("parameters", object{"name": p.Name, "type": p.TypeName, "type_class": classWord(p.Type, false), "flags": hex(uint64(p.Flags)),
			"description": p.Description, "constraint_type": kindWord(p.Constraint.Kind), "constraint_desc": p.Constraint.Text,
			"min_value": raw(p.Constraint.Min), "max_value": raw(p.Constraint.Max), "valid_mask": p.Constraint.Mask.Val.Hex(),
			"enum_values": raws(p.Constraint.Values), "size": raw(p.Size), "alignment": raw(p.Constraint.Alignment), "size_param_idx": size,
			"size_multiplier": raw(p.SizeMultiplier)})
	}
	r := a.Return
	if r == nil {
		r = &specmodel.Return{Check: specmodel.ReturnExact}
	}
	check := string(r.Check)
	if check == "fd" {
		check = "file_descriptor"
	}
	doc["return"] = object{"type": r.TypeName, "type_class": classWord(r.Type, false), "check_type": check, "success_value": raw(r.Success),
		"success_min": raw(r.SuccessMin), "success_max": raw(r.SuccessMax), "error_values": raws(r.ErrorValues), "description": r.Description}
	for _, e := range a.Errors {
		add("errors", object{"code": raw(e.Code), "name": e.Name, "condition": e.Condition, "description": e.Description})
	}
	for _, l := range a.Locks {
		add("locks", object{"name": l.Name, "type": l.Type, "scope": l.Scope, "description": l.Description})
	}
	for _, c := range a.Capabilities {
		name := c.Name
		if c.Title != "" {
			name = c.Title
		}
		add("capabilities", object{"capability": raw(c.Number), "name": name, "action": c.Action, "allows": c.Allows, "without_cap": c.Without,
			"check_condition": c.Condition, "priority": raw(c.Priority), "alternatives": raws(c.Alternatives)})
	}
	for _, c := range a.Constraints {
		add("constraints", object{"name": c.Name, "description": c.Description, "expression": c.Expression})
	}
	for _, s := range a.Signals {
		add("signals", object{"signal_num": raw(s.Number), "signal_name": s.Name, "direction": hex(uint64(s.Direction)),
			"action": index(specmodel.SignalActions, s.Action), "target": s.Target, "condition": s.Condition, "description": s.Description,
			"restartable": s.Restartable, "sa_flags_required": s.SAFlagsRequired.Val.Hex(), "sa_flags_forbidden": s.SAFlagsForbidden.Val.Hex(),
			"error_on_signal": raw(s.Error), "transform_to": raw(s.TransformTo), "timing": s.Timing, "priority": raw(s.Priority),
			"interruptible": s.Interruptible, "queue_behavior": s.Queue, "state_required": s.StateRequired.Val.Hex(), "state_forbidden": s.StateForbidden.Val.Hex()})
	}
	for _, e := range a.SideEffects {
		add("side_effects", object{"type": hex(uint64(e.Types)), "target": e.Target, "condition": e.Condition, "description": e.Description, "reversible": e.Reversible})
	}
	for _, t := range a.StateTransitions {
		add("state_transitions", object{"object": t.Object, "from_state": t.From, "to_state": t.To, "condition": t.Condition, "description": t.Description})
	}
	for _, m := range a.SignalMasks {
		add("signal_masks", object{"name": m.Name, "description": m.Description, "signals": raws(m.Signals)})
	}
	for _, s := range a.Structs {
		fields := []object{}
		for _, f := range s.Fields {
			fields = append(fields, object{"name": f.Name, "type": f.TypeName, "type_class": classWord(f.Type, false), "offset": raw(f.Offset),
				"size": raw(f.Size), "flags": hex(uint64(f.Flags)), "constraint_type": kindWord(f.Constraint.Kind), "min_value": raw(f.Constraint.Min),
				"max_value": raw(f.Constraint.Max), "valid_mask": f.Constraint.Mask.Val.Hex(), "enum_values": f.Constraint.ValuesFrom, "description": f.Description})
		}
		add("struct_specs", object{"name": s.Name, "size": raw(s.Size), "alignment": raw(s.Alignment), "description": s.Description, "fields": fields})
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(out) + "\n"
}
