// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// set gives a field of the open block a value.
func (p *parser) set(b *block, field string, v val, start int) {
	ok := false
	switch elem := b.elem.(type) {
	case nil:
		if b.kind == "ioctl" || ioctlFields[field] {
			ok = p.setIoctl(field, v)
		} else {
			ok = p.setSpec(field, v)
		}
	case *specmodel.Param:
		ok = p.setParam(elem, field, v)
	case *specmodel.Return:
		ok = p.setReturn(elem, field, v)
	case *specmodel.Error:
		ok = p.setError(elem, field, v)
	case *specmodel.Lock:
		ok = p.setLock(elem, &b.locks, field, v)
	case *specmodel.Rule:
		ok = p.texts(field, v, map[string]*string{"name": &elem.Name, "description": &elem.Description, "expression": &elem.Expression})
	case *specmodel.Signal:
		ok = p.setSignal(elem, field, v)
	case *specmodel.SignalMask:
		ok = p.setMask(elem, field, v)
	case *specmodel.Struct:
		ok = p.setStruct(elem, field, v)
	case *specmodel.Field:
		ok = p.setField(elem, field, v)
	case *specmodel.SideEffect:
		ok = p.setEffect(elem, field, v)
	case *specmodel.StateTransition:
		ok = p.texts(field, v, map[string]*string{"object": &elem.Object, "from_state": &elem.From, "to_state": &elem.To,
			"condition": &elem.Condition, "description": &elem.Description})
	case *specmodel.Capability:
		ok = p.setCapability(elem, field, v)
	default:
		ok = p.setSocket(elem, field, v)
	}
	if !ok {
		pos := p.span(start, p.at)
		p.keep(b.kind, field, p.source(v), pos)
		p.problem(pos, "unknown-field", specmodel.Bad, "%s has no field named %s; remove it or correct the name", kinds[b.kind].name, clip(field))
	}
}

// texts sets one of several text fields.
func (p *parser) texts(field string, v val, fields map[string]*string) bool {
	f, ok := fields[field]
	if ok {
		*f = p.str(v, field)
	}
	return ok
}

// exprFields sets one of several numbers.
func (p *parser) exprFields(field string, v val, fields map[string]*specmodel.Expr) bool {
	f, ok := fields[field]
	if ok {
		*f = p.expr(v)
	}
	return ok
}

// countOf maps the count fields of the contract to the lists they count.
var countOf = map[string]string{
	"param_count": "params", "error_count": "errors", "lock_count": "locks", "constraint_count": "constraints", "signal_count": "signals",
	"signal_mask_count": "signal_masks", "struct_spec_count": "struct_specs", "side_effect_count": "side_effects",
	"state_trans_count": "state_transitions", "capability_count": "capabilities",
	"protocol_behavior_count": "socket.protocol_behaviors", "addr_family_count": "socket.addr_families",
}

func (p *parser) count(section string, v val) bool {
	p.api.Counts = append(p.api.Counts, specmodel.Count{Pos: p.valPos(v), Section: section, N: p.expr(v)})
	return true
}

var ioctlFields = map[string]bool{"cmd": true, "cmd_name": true, "input_size": true, "output_size": true, "file_ops_name": true}

func (p *parser) setIoctl(field string, v val) bool {
	if p.api.Ioctl == nil {
		p.api.Ioctl = &specmodel.IoctlSpec{Pos: p.valPos(v)}
	}
	s := p.api.Ioctl
	switch field {
	case "cmd_name":
		s.CmdName = p.str(v, field)
	case "file_ops_name":
		s.FileOps = p.plain(v)
	default:
		return p.exprFields(field, v, map[string]*specmodel.Expr{"cmd": &s.Cmd, "input_size": &s.InputSize, "output_size": &s.OutputSize})
	}
	return true
}

func (p *parser) setSpec(field string, v val) bool {
	a := p.api
	if section, ok := countOf[field]; ok {
		return p.count(section, v)
	}
	if strings.HasSuffix(field, "_magic") {
		return true
	}
	if p.setSocketFlag(field, v) {
		return true
	}
	switch field {
	case "name":
		a.Name = p.str(v, field)
	case "version":
		a.Version = p.expr(v)
	case "context_flags":
		a.Context = specmodel.Context{Pos: p.valPos(v), Flags: bits(p, v, "context", specmodel.ParseContext)}
	case "deprecated":
		a.Deprecated = p.yes(v, field)
	case "api_type":
		a.Kind = token(p, v, "kind of interface", parseKind)
	case "subsystem", "device_type":
		if a.Sysfs == nil {
			a.Sysfs = &specmodel.SysfsSpec{Pos: p.valPos(v)}
		}
		return p.texts(field, v, map[string]*string{"subsystem": &a.Sysfs.Subsystem, "device_type": &a.Sysfs.DeviceType})
	default:
		return p.texts(field, v, map[string]*string{"description": &a.Description, "long_description": &a.LongDescription,
			"examples": &a.Examples, "notes": &a.Notes, "since_version": &a.SinceVersion, "replacement": &a.Replacement})
	}
	return true
}

func parseKind(tok string) (specmodel.Kind, bool) {
	k := specmodel.Kind(strings.TrimPrefix(strings.ToLower(tok), "kapi_api_"))
	return k, k == specmodel.Function || k == specmodel.Ioctl || k == specmodel.Sysfs || k == specmodel.Syscall
}

// setConstraint sets a field that parameters and fields of structures share.
func (p *parser) setConstraint(c *specmodel.Constraint, field string, v val) bool {
	switch field {
	case "constraint_type":
		c.Pos, c.Kind = p.valPos(v), token(p, v, "kind of constraint", specmodel.ParseConstraintKind)
	case "valid_mask":
		p.mask(c, v)
	case "validate":
		c.Validate = p.plain(v)
	case "constraints":
		c.Text = p.str(v, field)
	default:
		return p.exprFields(field, v, map[string]*specmodel.Expr{"min_value": &c.Min, "max_value": &c.Max, "alignment": &c.Alignment})
	}
	return true
}

func (p *parser) setParam(e *specmodel.Param, field string, v val) bool {
	switch field {
	case "index":
		p.moveParam(e, v)
	case "type":
		e.Type = token(p, v, "type of a parameter", specmodel.ParseParamType)
	case "flags":
		e.Flags = bits(p, v, "flag of a parameter", specmodel.ParseParamFlag)
	case "enum_values":
		e.Constraint.Values, e.Constraint.ValuesFrom = p.exprs(v)
	case "enum_count":
		if n, err := specmodel.EvalBuiltin(p.source(v)); err == nil {
			if m, ok := n.Int64(); ok && len(e.Constraint.Values) > 0 && m != int64(len(e.Constraint.Values)) {
				want := fmt.Sprint(len(e.Constraint.Values))
				p.problem(p.valPos(v), "count", specmodel.Odd, "the count of values is %d, and there are %s; write that", m, want).Fix = p.change(p.valPos(v), want)
			}
		}
	case "size_param":
		e.SizeParam = p.expr(v)
	case "size_param_idx":
		for i := range p.api.Params {
			if &p.api.Params[i] == e {
				p.sizeIndex = append(p.sizeIndex, rawIndex{i, p.expr(v)})
			}
		}
	default:
		return p.texts(field, v, map[string]*string{"name": &e.Name, "type_name": &e.TypeName, "description": &e.Description}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"size": &e.Size, "size_multiplier": &e.SizeMultiplier}) ||
			p.setConstraint(&e.Constraint, field, v) || p.setSysfs(e, field, v)
	}
	return true
}

// moveParam gives a parameter of a shortcut its fixed index.
func (p *parser) moveParam(e *specmodel.Param, v val) {
	n := int(v.fixed[0] - '0')
	used := p.used["params"]
	if at, ok := used[n]; ok && &p.api.Params[at] != e {
		p.problem(e.Pos, "duplicate-index", specmodel.Odd, "index %d of params is given twice, and the compiler takes the last; give each its own", n)
	}
	delete(used, e.Index)
	used[n], e.Index = len(p.api.Params)-1, n
}

func (p *parser) setSysfs(e *specmodel.Param, field string, v val) bool {
	s := e.Sysfs
	if s == nil {
		s = &specmodel.SysfsParam{}
	}
	ok := true
	switch field {
	case "allowed_strings":
		elems, found := p.list(v)
		if !found {
			p.problem(p.valPos(v), "not-text", specmodel.Odd, "the elements of %s are not in this file and are not checked; write them here", clip(p.source(v)))
			p.keep("parameter "+e.Name, field, p.source(v), p.valPos(v))
		}
		for _, elem := range elems {
			s.AllowedStrings = append(s.AllowedStrings, p.str(elem, field))
		}
	case "allowed_string_count":
	default:
		ok = p.texts(field, v, map[string]*string{"sysfs_path": &s.Path, "default_value": &s.Default, "units": &s.Units}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"sysfs_permissions": &s.Permissions, "step": &s.Step})
	}
	if ok {
		e.Sysfs = s
	}
	return ok
}

func (p *parser) setReturn(e *specmodel.Return, field string, v val) bool {
	switch field {
	case "type":
		e.Type = token(p, v, "type of a return value", specmodel.ParseParamType)
	case "check_type":
		e.Check = token(p, v, "check of a return value", specmodel.ParseReturnCheck)
	case "error_values":
		e.ErrorValues, e.ErrorsFrom = p.exprs(v)
		if e.ErrorsFrom == "NULL" {
			e.ErrorsFrom = ""
		}
	case "error_count":
		p.count("return.error_values", v)
	case "is_success":
		e.IsSuccess = p.plain(v)
	default:
		return p.texts(field, v, map[string]*string{"type_name": &e.TypeName, "description": &e.Description}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"success_value": &e.Success, "success_min": &e.SuccessMin, "success_max": &e.SuccessMax})
	}
	return true
}

func (p *parser) setError(e *specmodel.Error, field string, v val) bool {
	if field == "error_code" {
		e.Code = p.expr(v)
		if code := strings.Trim(e.Code.Text, " ()"); len(code) > 1 && code[0] == 'E' {
			p.problem(e.Code.Pos, "positive-code", specmodel.Odd, "the code of an error is negative; write -%s", clip(code)).Fix = p.change(e.Code.Pos, "-"+code)
		}
		return true
	}
	return p.texts(field, v, map[string]*string{"name": &e.Name, "condition": &e.Condition, "description": &e.Description})
}

func (p *parser) setLock(e *specmodel.Lock, f *lockFacts, field string, v val) bool {
	facts := map[string]*bool{"acquired": &f.acquired, "released": &f.released, "held_on_entry": &f.entry, "held_on_exit": &f.exit}
	if fact, ok := facts[field]; ok {
		if v.fixed != "" {
			f.n++
		}
		*fact = p.yes(v, field)
		return true
	}
	switch field {
	case "lock_type", "type":
		e.Type = token(p, v, "type of a lock", specmodel.ParseLockType)
	case "scope":
		e.Scope = token(p, v, "scope of a lock", specmodel.ParseLockScope)
	default:
		return p.texts(field, v, map[string]*string{"lock_name": &e.Name, "name": &e.Name, "description": &e.Description})
	}
	return true
}

func (p *parser) setSignal(e *specmodel.Signal, field string, v val) bool {
	switch field {
	case "direction":
		e.Direction = bits(p, v, "direction of a signal", specmodel.ParseDirection)
	case "action":
		e.Action = token(p, v, "action of a signal", specmodel.ParseSignalAction)
	case "restartable":
		e.Restartable = p.yes(v, field)
	case "interruptible":
		e.Interruptible = p.yes(v, field)
	default:
		return p.texts(field, v, map[string]*string{"signal_name": &e.Name, "target": &e.Target, "condition": &e.Condition,
			"description": &e.Description, "timing": &e.Timing, "queue_behavior": &e.Queue}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"signal_num": &e.Number, "sa_flags_required": &e.SAFlagsRequired,
				"sa_flags_forbidden": &e.SAFlagsForbidden, "error_on_signal": &e.Error, "transform_to": &e.TransformTo,
				"priority": &e.Priority, "state_required": &e.StateRequired, "state_forbidden": &e.StateForbidden})
	}
	return true
}

func (p *parser) setMask(e *specmodel.SignalMask, field string, v val) bool {
	switch field {
	case "add":
		e.Signals = append(e.Signals, p.expr(v))
	case "signals":
		e.Signals, _ = p.exprs(v)
	case "signal_count":
		p.count("signal_masks."+e.Name, v)
	default:
		return p.texts(field, v, map[string]*string{"mask_name": &e.Name, "name": &e.Name, "description": &e.Description})
	}
	return true
}

func (p *parser) setStruct(e *specmodel.Struct, field string, v val) bool {
	switch field {
	case "name":
		e.Name = p.plain(v)
	case "field_count":
		p.count("struct_specs."+e.Name, v)
	default:
		return p.texts(field, v, map[string]*string{"description": &e.Description}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"size": &e.Size, "alignment": &e.Alignment})
	}
	return true
}

func (p *parser) setField(e *specmodel.Field, field string, v val) bool {
	switch field {
	case "type":
		e.Type = token(p, v, "type of a field", specmodel.ParseParamType)
	case "flags":
		e.Flags = bits(p, v, "flag of a field", specmodel.ParseParamFlag)
	case "enum_values":
		e.Constraint.ValuesFrom = p.plain(v)
	case "enum_count":
	default:
		return p.texts(field, v, map[string]*string{"name": &e.Name, "type_name": &e.TypeName, "description": &e.Description}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"offset": &e.Offset, "size": &e.Size}) || p.setConstraint(&e.Constraint, field, v)
	}
	return true
}

func (p *parser) setEffect(e *specmodel.SideEffect, field string, v val) bool {
	switch field {
	case "type":
		e.Types = bits(p, v, "kind of side effect", specmodel.ParseEffect)
	case "reversible":
		e.Reversible = p.yes(v, field)
	default:
		return p.texts(field, v, map[string]*string{"target": &e.Target, "condition": &e.Condition, "description": &e.Description})
	}
	return true
}

func (p *parser) setCapability(e *specmodel.Capability, field string, v val) bool {
	switch field {
	case "action":
		e.Action = token(p, v, "action of a capability", specmodel.ParseCapabilityAction)
	case "alternative":
		e.Alternatives, e.AlternativesFrom = p.exprs(v)
	case "alternative_count":
	default:
		return p.texts(field, v, map[string]*string{"cap_name": &e.Name, "allows": &e.Allows, "without_cap": &e.Without, "check_condition": &e.Condition}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"capability": &e.Number, "priority": &e.Priority})
	}
	return true
}

func (p *parser) setSocketFlag(field string, v val) bool {
	s := p.api.Socket
	if s == nil {
		s = &specmodel.SocketSpec{Pos: p.valPos(v)}
	}
	flags := map[string]*bool{"is_connection_oriented": &s.Connection, "is_message_oriented": &s.Message, "supports_oob_data": &s.OOB,
		"supports_peek": &s.Peek, "supports_select_poll": &s.SelectPoll, "is_reentrant": &s.Reentrant}
	f, ok := flags[field]
	if ok {
		*f = p.yes(v, field)
	} else {
		ok = p.texts(field, v, map[string]*string{"connection_establishment": &s.Establish, "connection_termination": &s.Terminate,
			"data_transfer_semantics": &s.Transfer})
	}
	if ok {
		p.api.Socket = s
	}
	return ok
}

func (p *parser) setSocket(elem any, field string, v val) bool {
	switch e := elem.(type) {
	case *specmodel.SocketState:
		switch field {
		case "required_states":
			e.Required, _ = p.exprs(v)
		case "forbidden_states":
			e.Forbidden, _ = p.exprs(v)
		case "required_state_count", "forbidden_state_count":
		case "state_condition":
			e.Condition = p.str(v, field)
		default:
			return p.exprFields(field, v, map[string]*specmodel.Expr{"resulting_state": &e.Resulting, "applicable_protocols": &e.Protocols})
		}
		return true
	case *specmodel.ProtocolBehavior:
		return p.texts(field, v, map[string]*string{"behavior": &e.Behavior, "flag_description": &e.FlagDescription}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"applicable_protocols": &e.Protocols, "protocol_flags": &e.Flags})
	case *specmodel.BufferSpec:
		if field == "can_partial_transfer" {
			e.Partial = p.yes(v, field)
			return true
		}
		return p.texts(field, v, map[string]*string{"fragmentation_rules": &e.Fragmentation, "partial_transfer_rules": &e.PartialRules}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"buffer_behaviors": &e.Behaviors, "min_buffer_size": &e.Min,
				"max_buffer_size": &e.Max, "optimal_buffer_size": &e.Optimal})
	case *specmodel.AsyncSpec:
		if field == "supports_timeout" {
			e.Timeout = p.yes(v, field)
			return true
		}
		return p.texts(field, v, map[string]*string{"completion_condition": &e.Completion, "timeout_behavior": &e.TimeoutRules}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"supported_modes": &e.Modes, "nonblock_errno": &e.NonblockErrno,
				"poll_events_in": &e.PollIn, "poll_events_out": &e.PollOut})
	case *specmodel.AddrFamily:
		flags := map[string]*bool{"supports_wildcard": &e.Wildcard, "supports_multicast": &e.Multicast, "supports_broadcast": &e.Broadcast}
		if f, ok := flags[field]; ok {
			*f = p.yes(v, field)
			return true
		}
		return p.texts(field, v, map[string]*string{"family_name": &e.Name, "addr_format": &e.Format, "special_addresses": &e.Special}) ||
			p.exprFields(field, v, map[string]*specmodel.Expr{"family": &e.Family, "addr_struct_size": &e.StructSize, "min_addr_len": &e.MinLen,
				"max_addr_len": &e.MaxLen, "port_range_min": &e.PortMin, "port_range_max": &e.PortMax})
	}
	return false
}
