// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// An emitter writes contracts as C, in the notation that both the compiler
// and package macro read.
type emitter struct {
	form   form
	before strings.Builder // arrays and functions
	body   strings.Builder
	arrays int
}

func cString(s string) string { return strconv.QuoteToASCII(s) }

func (e *emitter) line(format string, args ...any) { fmt.Fprintf(&e.body, format+"\n", args...) }

func (e *emitter) str(name, s string) {
	if s != "" {
		e.line(".%s = %s,", name, cString(s))
	}
}

func (e *emitter) num(name string, x specmodel.Expr) {
	if x.IsSet() {
		e.line(".%s = %s,", name, x.Text)
	}
}

func (e *emitter) yes(name string, v bool) {
	if v {
		e.line(".%s = true,", name)
	}
}

func (e *emitter) token(name, prefix, word string) {
	if word != "" {
		e.line(".%s = %s%s,", name, prefix, strings.ToUpper(word))
	}
}

func (e *emitter) bits(name, prefix string, words []string) {
	if len(words) > 0 {
		e.line(".%s = %s%s,", name, prefix, strings.ToUpper(strings.Join(words, " | "+prefix)))
	}
}

func exprTexts(list []specmodel.Expr) string {
	var texts []string
	for _, x := range list {
		texts = append(texts, x.Text)
	}
	return strings.Join(texts, ", ")
}

// array is an array behind a pointer.
func (e *emitter) array(typ, name, counted, elems string, n int) {
	if n == 0 {
		return
	}
	e.arrays++
	fmt.Fprintf(&e.before, "static %sarray_%d[] = { %s };\n", typ, e.arrays, elems)
	e.line(".%s = array_%d,\n.%s = %d,", name, e.arrays, counted, n)
}

func (e *emitter) function(name, f string) {
	if f != "" {
		fmt.Fprintf(&e.before, "bool %s(s64 v);\nbool %s(s64 v) { return v != 0; }\n", f, f)
		e.line(".%s = %s,", name, f)
	}
}

// numbers is an array in the struct.
func (e *emitter) numbers(name, counted string, list []specmodel.Expr) {
	if len(list) > 0 {
		e.line(".%s = { %s },\n.%s = %d,", name, exprTexts(list), counted, len(list))
	}
}

func eachOf[T any](e *emitter, magic uint32, prefix, array, counted string, list []T, f func(*T)) {
	if len(list) == 0 {
		return
	}
	if e.form.magics && magic != 0 {
		e.line(".%s_magic = 0x%x,", prefix, magic)
	}
	e.line(".%s = %d,", counted, len(list))
	for i := range list {
		e.line(".%s[%d] = {", array, i)
		f(&list[i])
		if array == "params" && !e.form.pointers {
			e.line("KAPI_PARAM_END")
		} else {
			e.line("},")
		}
	}
}

// emit returns C source with the contracts.
func emit(f form, apis ...*specmodel.API) string {
	var b strings.Builder
	b.WriteString("#include \"kapi.h\"\nint entry;\n")
	for i, a := range apis {
		e := &emitter{form: f, arrays: 100 * i}
		e.api(a)
		b.WriteString(e.before.String())
		end := "};"
		if !f.pointers {
			end = "KAPI_END_SPEC;"
		}
		fmt.Fprintf(&b, "DEFINE_KERNEL_API_SPEC(%s)\n%s%s\n", a.Name, e.body.String(), end)
	}
	return b.String()
}

func (e *emitter) api(a *specmodel.API) {
	if e.form.apiType && a.Kind != specmodel.Syscall {
		e.token("api_type", "KAPI_API_", string(a.Kind))
	}
	e.num("version", a.Version)
	e.str("description", a.Description)
	e.str("long_description", a.LongDescription)
	e.bits("context_flags", "KAPI_CTX_", a.Context.Flags.Names())
	eachOf(e, magicParams, "param", "params", "param_count", a.Params, e.param)
	if r := a.Return; r != nil {
		if e.form.magics {
			e.line(".return_magic = 0x%x,", magicReturn)
		}
		e.line(".return_spec = {")
		e.str("type_name", r.TypeName)
		e.token("type", "KAPI_TYPE_", string(r.Type))
		e.token("check_type", "KAPI_RETURN_", string(r.Check))
		e.num("success_value", r.Success)
		e.num("success_min", r.SuccessMin)
		e.num("success_max", r.SuccessMax)
		e.array("const s64 ", "error_values", "error_count", exprTexts(r.ErrorValues), len(r.ErrorValues))
		e.function("is_success", r.IsSuccess)
		e.str("description", r.Description)
		e.line("},")
	}
	eachOf(e, magicErrors, "error", "errors", "error_count", a.Errors, func(x *specmodel.Error) {
		e.num("error_code", x.Code)
		e.str("name", x.Name)
		e.str("condition", x.Condition)
		e.str("description", x.Description)
	})
	eachOf(e, magicLocks, "lock", "locks", "lock_count", a.Locks, func(x *specmodel.Lock) {
		e.str("lock_name", x.Name)
		e.token("lock_type", "KAPI_LOCK_", string(x.Type))
		if e.form.scope {
			e.token("scope", "KAPI_LOCK_", string(x.Scope))
		} else {
			e.yes("acquired", x.Scope == specmodel.LockAcquires || x.Scope == specmodel.LockInternal)
			e.yes("released", x.Scope == specmodel.LockReleases || x.Scope == specmodel.LockInternal)
			e.yes("held_on_entry", x.Scope == specmodel.LockCallerHeld)
			e.yes("held_on_exit", x.Scope == specmodel.LockCallerHeld)
		}
		e.str("description", x.Description)
	})
	eachOf(e, magicRules, "constraint", "constraints", "constraint_count", a.Constraints, func(x *specmodel.Rule) {
		e.str("name", x.Name)
		e.str("description", x.Description)
		e.str("expression", x.Expression)
	})
	if e.form.magics && a.Examples != "" {
		e.line(".info_magic = 0x%x,", magicInfo)
	}
	e.str("examples", a.Examples)
	e.str("notes", a.Notes)
	e.str("since_version", a.SinceVersion)
	e.yes("deprecated", a.Deprecated)
	e.str("replacement", a.Replacement)
	eachOf(e, magicSignals, "signal", "signals", "signal_count", a.Signals, e.signal)
	eachOf(e, magicMasks, "sigmask", "signal_masks", "signal_mask_count", a.SignalMasks, func(x *specmodel.SignalMask) {
		e.str("mask_name", x.Name)
		e.numbers("signals", "signal_count", x.Signals)
		e.str("description", x.Description)
	})
	eachOf(e, magicStructs, "struct", "struct_specs", "struct_spec_count", a.Structs, func(x *specmodel.Struct) {
		e.str("name", x.Name)
		e.num("size", x.Size)
		e.num("alignment", x.Alignment)
		eachOf(e, 0, "", "fields", "field_count", x.Fields, e.field)
		e.str("description", x.Description)
	})
	eachOf(e, magicEffects, "effect", "side_effects", "side_effect_count", a.SideEffects, func(x *specmodel.SideEffect) {
		e.bits("type", "KAPI_EFFECT_", x.Types.Names())
		e.str("target", x.Target)
		e.str("condition", x.Condition)
		e.str("description", x.Description)
		e.yes("reversible", x.Reversible)
	})
	eachOf(e, magicTrans, "trans", "state_transitions", "state_trans_count", a.StateTransitions, func(x *specmodel.StateTransition) {
		e.str("from_state", x.From)
		e.str("to_state", x.To)
		e.str("condition", x.Condition)
		e.str("object", x.Object)
		e.str("description", x.Description)
	})
	eachOf(e, magicCaps, "cap", "capabilities", "capability_count", a.Capabilities, func(x *specmodel.Capability) {
		e.num("capability", x.Number)
		e.str("cap_name", x.Name)
		e.token("action", "KAPI_CAP_", string(x.Action))
		e.str("allows", x.Allows)
		e.str("without_cap", x.Without)
		e.str("check_condition", x.Condition)
		e.num("priority", x.Priority)
		e.numbers("alternative", "alternative_count", x.Alternatives)
	})
	if a.Socket != nil {
		e.socket(a.Socket)
	}
	if s := a.Ioctl; s != nil {
		e.num("cmd", s.Cmd)
		e.str("cmd_name", s.CmdName)
		e.num("input_size", s.InputSize)
		e.num("output_size", s.OutputSize)
		e.str("file_ops_name", s.FileOps)
	}
	if s := a.Sysfs; s != nil {
		e.str("subsystem", s.Subsystem)
		e.str("device_type", s.DeviceType)
	}
}

func (e *emitter) constraint(c *specmodel.Constraint) {
	e.token("constraint_type", "KAPI_CONSTRAINT_", string(c.Kind))
	e.num("min_value", c.Min)
	e.num("max_value", c.Max)
	e.num("valid_mask", c.Mask)
}

func (e *emitter) param(p *specmodel.Param) {
	e.str("name", p.Name)
	e.str("type_name", p.TypeName)
	e.token("type", "KAPI_TYPE_", string(p.Type))
	e.bits("flags", "KAPI_PARAM_", p.Flags.Names())
	e.num("size", p.Size)
	e.num("alignment", p.Constraint.Alignment)
	e.constraint(&p.Constraint)
	e.array("const s64 ", "enum_values", "enum_count", exprTexts(p.Constraint.Values), len(p.Constraint.Values))
	e.function("validate", p.Constraint.Validate)
	e.str("description", p.Description)
	e.str("constraints", p.Constraint.Text)
	switch n, ok := p.SizeParam.Int64(); {
	case ok && e.form.pointers:
		e.line(".size_param_idx = %d,", n+1)
	case ok:
		e.line(".size_param_idx = %d,", n)
	case !e.form.pointers:
		e.line(".size_param_idx = -1,")
	}
	e.num("size_multiplier", p.SizeMultiplier)
	if s := p.Sysfs; s != nil {
		e.str("sysfs_path", s.Path)
		e.num("sysfs_permissions", s.Permissions)
		e.str("default_value", s.Default)
		e.str("units", s.Units)
		e.num("step", s.Step)
		var list []string
		for _, t := range s.AllowedStrings {
			list = append(list, cString(t))
		}
		e.array("const char *", "allowed_strings", "allowed_string_count", strings.Join(list, ", "), len(list))
	}
}

func (e *emitter) field(f *specmodel.Field) {
	e.str("name", f.Name)
	e.token("type", "KAPI_TYPE_", string(f.Type))
	e.str("type_name", f.TypeName)
	e.num("offset", f.Offset)
	e.num("size", f.Size)
	e.bits("flags", "KAPI_PARAM_", f.Flags.Names())
	e.constraint(&f.Constraint)
	e.str("enum_values", f.Constraint.ValuesFrom)
	e.str("description", f.Description)
}

func (e *emitter) signal(s *specmodel.Signal) {
	e.num("signal_num", s.Number)
	e.str("signal_name", s.Name)
	e.bits("direction", "KAPI_SIGNAL_", s.Direction.Names())
	e.token("action", "KAPI_SIGNAL_ACTION_", string(s.Action))
	e.str("target", s.Target)
	e.str("condition", s.Condition)
	e.str("description", s.Description)
	e.yes("restartable", s.Restartable)
	e.num("sa_flags_required", s.SAFlagsRequired)
	e.num("sa_flags_forbidden", s.SAFlagsForbidden)
	e.num("error_on_signal", s.Error)
	e.num("transform_to", s.TransformTo)
	e.str("timing", s.Timing)
	e.num("priority", s.Priority)
	e.yes("interruptible", s.Interruptible)
	e.str("queue_behavior", s.Queue)
	e.num("state_required", s.StateRequired)
	e.num("state_forbidden", s.StateForbidden)
}

func (e *emitter) socket(s *specmodel.SocketSpec) {
	if x := s.State; x != nil {
		e.line(".socket_state = {")
		e.numbers("required_states", "required_state_count", x.Required)
		e.numbers("forbidden_states", "forbidden_state_count", x.Forbidden)
		e.num("resulting_state", x.Resulting)
		e.str("state_condition", x.Condition)
		e.num("applicable_protocols", x.Protocols)
		e.line("},")
	}
	eachOf(e, 0, "", "protocol_behaviors", "protocol_behavior_count", s.Protocols, func(x *specmodel.ProtocolBehavior) {
		e.num("applicable_protocols", x.Protocols)
		e.str("behavior", x.Behavior)
		e.num("protocol_flags", x.Flags)
		e.str("flag_description", x.FlagDescription)
	})
	if x := s.Buffer; x != nil {
		e.line(".buffer_spec = {")
		e.num("buffer_behaviors", x.Behaviors)
		e.num("min_buffer_size", x.Min)
		e.num("max_buffer_size", x.Max)
		e.num("optimal_buffer_size", x.Optimal)
		e.str("fragmentation_rules", x.Fragmentation)
		e.yes("can_partial_transfer", x.Partial)
		e.str("partial_transfer_rules", x.PartialRules)
		e.line("},")
	}
	if x := s.Async; x != nil {
		e.line(".async_spec = {")
		e.num("supported_modes", x.Modes)
		e.num("nonblock_errno", x.NonblockErrno)
		e.num("poll_events_in", x.PollIn)
		e.num("poll_events_out", x.PollOut)
		e.str("completion_condition", x.Completion)
		e.yes("supports_timeout", x.Timeout)
		e.str("timeout_behavior", x.TimeoutRules)
		e.line("},")
	}
	eachOf(e, 0, "", "addr_families", "addr_family_count", s.Families, func(x *specmodel.AddrFamily) {
		e.num("family", x.Family)
		e.str("family_name", x.Name)
		e.num("addr_struct_size", x.StructSize)
		e.num("min_addr_len", x.MinLen)
		e.num("max_addr_len", x.MaxLen)
		e.str("addr_format", x.Format)
		e.yes("supports_wildcard", x.Wildcard)
		e.yes("supports_multicast", x.Multicast)
		e.yes("supports_broadcast", x.Broadcast)
		e.str("special_addresses", x.Special)
		e.num("port_range_min", x.PortMin)
		e.num("port_range_max", x.PortMax)
	})
	e.yes("is_connection_oriented", s.Connection)
	e.yes("is_message_oriented", s.Message)
	e.yes("supports_oob_data", s.OOB)
	e.yes("supports_peek", s.Peek)
	e.yes("supports_select_poll", s.SelectPoll)
	e.yes("is_reentrant", s.Reentrant)
	e.str("connection_establishment", s.Establish)
	e.str("connection_termination", s.Terminate)
	e.str("data_transfer_semantics", s.Transfer)
}

// trim takes out of a contract what the form cannot tell.
func trim(f form, a *specmodel.API) *specmodel.API {
	a = a.Clone()
	if !f.since {
		a.SinceVersion = ""
	}
	if !f.replaced {
		a.Deprecated, a.Replacement = false, ""
	}
	if !f.net {
		a.Socket = nil
	}
	if !f.ioctl {
		a.Ioctl = nil
	}
	if !f.sysfs {
		a.Sysfs = nil
	}
	if !f.apiType {
		a.Kind = specmodel.KindOf(a.Name)
	}
	types := specmodel.ParamTypes
	if !f.sysfs {
		types = plainTypes
	}
	kinds := specmodel.ConstraintKinds
	if f.oldKinds {
		kinds = oldKinds
	}
	if a.Return != nil {
		a.Return.Type = among(a.Return.Type, types, 0)
	}
	for i := range a.Params {
		p := &a.Params[i]
		p.Type, p.Constraint.Kind = among(p.Type, types, i), among(p.Constraint.Kind, kinds, i)
		if !f.sysfs {
			p.Sysfs, p.Flags = nil, p.Flags&^sysfsParamFlags
		}
	}
	for i := range a.Structs {
		for j := range a.Structs[i].Fields {
			x := &a.Structs[i].Fields[j]
			x.Type, x.Constraint.Kind = among(x.Type, types, j), among(x.Constraint.Kind, kinds, j)
			if !f.sysfs {
				x.Flags &^= sysfsParamFlags
			}
			if !f.enumText {
				x.Constraint.ValuesFrom = ""
			}
		}
	}
	a.Constraints = a.Constraints[:min(len(a.Constraints), f.rules)]
	a.SideEffects = a.SideEffects[:min(len(a.SideEffects), f.effects)]
	return a
}

// among replaces a word that the form does not have by another one.
func among[T ~string](word T, all []T, i int) T {
	if word == "" || slices.Contains(all, word) {
		return word
	}
	return all[1+i%(len(all)-1)]
}
