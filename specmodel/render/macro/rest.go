// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
)

func (w *writer) rest() {
	a := w.api
	w.count("KAPI_SIGNAL_COUNT", len(a.Signals))
	for i := range a.Signals {
		w.signal(i, &a.Signals[i])
	}
	w.signalMasks()
	w.locks()
	w.count("KAPI_CONSTRAINT_COUNT", len(a.Constraints))
	for i, c := range a.Constraints {
		w.open("KAPI_CONSTRAINT", fmt.Sprint(i), literal(c.Name), literal(c.Description))
		w.str("KAPI_CONSTRAINT_EXPR", c.Expression)
		w.end("KAPI_CONSTRAINT")
	}
	w.structs()
	w.count("KAPI_SIDE_EFFECT_COUNT", len(a.SideEffects))
	for i, e := range a.SideEffects {
		types := e.Types
		if w.form == Ends {
			types &^= specmodel.EffectIrreversible
		}
		w.open("KAPI_SIDE_EFFECT", fmt.Sprint(i), or(constants("KAPI_EFFECT_", types.Names()), "KAPI_EFFECT_NONE"), literal(e.Target), literal(e.Description))
		w.str("KAPI_EFFECT_CONDITION", e.Condition)
		w.flag("KAPI_EFFECT_REVERSIBLE", e.Reversible)
		w.end("KAPI_SIDE_EFFECT")
	}
	w.count("KAPI_STATE_TRANS_COUNT", len(a.StateTransitions))
	for i, t := range a.StateTransitions {
		w.open("KAPI_STATE_TRANS", fmt.Sprint(i), literal(t.Object), literal(t.From), literal(t.To), literal(t.Description))
		w.str("KAPI_STATE_TRANS_COND", t.Condition)
		w.end("KAPI_STATE_TRANS")
	}
	w.capabilities()
}

func (w *writer) signal(i int, s *specmodel.Signal) {
	w.open("KAPI_SIGNAL", fmt.Sprint(i), or(valid(s.Number), "0"), literal(s.Name), or(constants("KAPI_SIGNAL_", s.Direction.Names()), "0"),
		or(token("KAPI_SIGNAL_ACTION_", s.Action), "KAPI_SIGNAL_ACTION_DEFAULT"))
	w.str("KAPI_SIGNAL_TARGET", s.Target)
	w.str("KAPI_SIGNAL_CONDITION", s.Condition)
	w.str("KAPI_SIGNAL_DESC", s.Description)
	w.flag("KAPI_SIGNAL_RESTARTABLE", s.Restartable)
	w.flag("KAPI_SIGNAL_INTERRUPTIBLE", s.Interruptible)
	w.num("KAPI_SIGNAL_SA_FLAGS_REQ", s.SAFlagsRequired)
	w.num("KAPI_SIGNAL_SA_FLAGS_FORBID", s.SAFlagsForbidden)
	w.num("KAPI_SIGNAL_ERROR", s.Error)
	w.num("KAPI_SIGNAL_TRANSFORM", s.TransformTo)
	w.str("KAPI_SIGNAL_TIMING", s.Timing)
	w.num("KAPI_SIGNAL_PRIORITY", s.Priority)
	w.str("KAPI_SIGNAL_QUEUE", s.Queue)
	w.num("KAPI_SIGNAL_STATE_REQ", s.StateRequired)
	w.num("KAPI_SIGNAL_STATE_FORBID", s.StateForbidden)
	w.end("KAPI_SIGNAL")
}

func (w *writer) signalMasks() {
	n := len(w.api.SignalMasks)
	if n == 0 {
		return
	}
	if w.form == Braces {
		w.count("KAPI_SIGNAL_MASK_COUNT", n)
	} else {
		w.raw("signal_mask_count", fmt.Sprint(n))
	}
	for i, m := range w.api.SignalMasks {
		w.open("KAPI_SIGNAL_MASK", fmt.Sprint(i), literal(m.Name), literal(m.Description))
		switch text := list(m.Signals); {
		case text == "":
		case w.form == Braces:
			w.call("KAPI_SIGNAL_MASK_SIGNALS", text)
		default: // the macro of that version does not compile
			w.raw("signals", "{ "+text+" }")
			w.raw("signal_count", fmt.Sprint(len(m.Signals)))
		}
		w.end("KAPI_SIGNAL_MASK")
	}
}

func (w *writer) locks() {
	w.count("KAPI_LOCK_COUNT", len(w.api.Locks))
	for i, l := range w.api.Locks {
		w.open("KAPI_LOCK", fmt.Sprint(i), literal(l.Name), or(token("KAPI_LOCK_", l.Type), "KAPI_LOCK_NONE"))
		switch l.Scope {
		case specmodel.LockAcquires:
			w.line("KAPI_LOCK_ACQUIRED")
		case specmodel.LockReleases:
			w.line("KAPI_LOCK_RELEASED")
		case specmodel.LockCallerHeld:
			w.line("KAPI_LOCK_HELD_ENTRY")
			w.flag("KAPI_LOCK_HELD_EXIT", w.form == Ends)
		case specmodel.LockInternal:
			w.flag("KAPI_LOCK_ACQUIRED", w.form == Ends)
			w.flag("KAPI_LOCK_RELEASED", w.form == Ends)
		}
		w.str("KAPI_LOCK_DESC", l.Description)
		w.end("KAPI_LOCK")
	}
}

func (w *writer) structs() {
	w.count("KAPI_STRUCT_SPEC_COUNT", len(w.api.Structs))
	for i := range w.api.Structs {
		s := &w.api.Structs[i]
		words := strings.Fields(s.Name)
		for j, word := range words {
			words[j] = fields.Identifier(word)
		}
		title := or(strings.Join(words, " "), "_")
		w.open("KAPI_STRUCT_SPEC", fmt.Sprint(i), title, literal(s.Description))
		if title != s.Name {
			w.raw("name", literal(s.Name))
		}
		w.pair("KAPI_STRUCT_SIZE", s.Size, s.Alignment, "size", "alignment")
		w.count("KAPI_STRUCT_FIELD_COUNT", len(s.Fields))
		for j := range s.Fields {
			w.field(j, &s.Fields[j])
		}
		w.end("KAPI_STRUCT_SPEC")
	}
}

func (w *writer) field(i int, f *specmodel.Field) {
	c := &f.Constraint
	w.open("KAPI_STRUCT_FIELD", fmt.Sprint(i), literal(f.Name), or(w.typeOf(f.Type), "KAPI_TYPE_VOID"), literal(f.TypeName), literal(f.Description))
	w.num("KAPI_FIELD_OFFSET", f.Offset)
	w.num("KAPI_FIELD_SIZE", f.Size)
	w.tok("KAPI_FIELD_FLAGS", w.flagsOf(f.Flags))
	min, max, bits := valid(c.Min), valid(c.Max), valid(c.Mask)
	values := c.ValuesFrom
	if values == "" {
		values = list(c.Values)
	}
	switch {
	case c.Kind == specmodel.ConstraintRange && min != "" && max != "":
		w.call("KAPI_FIELD_CONSTRAINT_RANGE", min, max)
		min, max = "", ""
	case c.Kind == specmodel.ConstraintMask && bits != "":
		w.call("KAPI_FIELD_CONSTRAINT_MASK", bits)
		bits = ""
	case c.Kind == specmodel.ConstraintEnum && values != "" && w.form == Braces:
		w.call("KAPI_FIELD_CONSTRAINT_ENUM", literal(values))
		values = ""
	default:
		w.raw("constraint_type", w.kindOf(c.Kind))
	}
	w.raw("min_value", min)
	w.raw("max_value", max)
	w.raw("valid_mask", bits)
	if values != "" && w.form == Braces {
		w.raw("enum_values", literal(values))
	}
	w.end("KAPI_STRUCT_FIELD")
}

func (w *writer) capabilities() {
	w.count("KAPI_CAPABILITY_COUNT", len(w.api.Capabilities))
	for i := range w.api.Capabilities {
		c := &w.api.Capabilities[i]
		number := valid(c.Number)
		if strings.HasPrefix(c.Name, "CAP_") && name(c.Name) != "" && (number == "" || c.Title != "") {
			number = c.Name
		}
		w.open("KAPI_CAPABILITY", fmt.Sprint(i), or(number, "0"), literal(or(c.Title, c.Name)), or(token("KAPI_CAP_", c.Action), "KAPI_CAP_PERFORM_OPERATION"))
		w.str("KAPI_CAP_ALLOWS", c.Allows)
		w.str("KAPI_CAP_WITHOUT", c.Without)
		w.str("KAPI_CAP_CONDITION", c.Condition)
		w.num("KAPI_CAP_PRIORITY", c.Priority)
		text, from := list(c.Alternatives), name(c.AlternativesFrom)
		switch {
		case text != "" && w.form == Braces:
			w.call("KAPI_CAP_ALTERNATIVE", text)
		case text != "":
			w.call("KAPI_CAP_ALTERNATIVE", "((const int[]){"+text+"})", fmt.Sprint(len(c.Alternatives)))
		case from != "" && w.form == Ends:
			w.call("KAPI_CAP_ALTERNATIVE", from, "ARRAY_SIZE("+from+")")
		}
		w.end("KAPI_CAPABILITY")
	}
}

// kinds writes what only ioctl commands, sysfs attributes and sockets have.
func (w *writer) kinds() {
	if s := w.api.Ioctl; s != nil {
		w.num("KAPI_IOCTL_CMD", s.Cmd)
		w.str("KAPI_IOCTL_CMD_NAME", s.CmdName)
		w.num("KAPI_IOCTL_INPUT_SIZE", s.InputSize)
		w.num("KAPI_IOCTL_OUTPUT_SIZE", s.OutputSize)
		w.str("KAPI_IOCTL_FILE_OPS_NAME", s.FileOps)
	}
	if s := w.api.Sysfs; s != nil {
		w.str("KAPI_SUBSYSTEM", s.Subsystem)
		w.str("KAPI_DEVICE_TYPE", s.DeviceType)
	}
	if s := w.api.Socket; s != nil {
		w.socket(s)
	}
}

func (w *writer) socket(s *specmodel.SocketSpec) {
	if st := s.State; st != nil {
		w.open("KAPI_SOCKET_STATE_REQ", list(st.Required))
		w.tok("KAPI_SOCKET_STATE_FORBID", list(st.Forbidden))
		w.num("KAPI_SOCKET_STATE_RESULT", st.Resulting)
		w.str("KAPI_SOCKET_STATE_COND", st.Condition)
		w.num("KAPI_SOCKET_STATE_PROTOS", st.Protocols)
		w.end("KAPI_SOCKET_STATE")
	}
	w.count("KAPI_PROTOCOL_BEHAVIOR_COUNT", len(s.Protocols))
	for i, b := range s.Protocols {
		w.open("KAPI_PROTOCOL_BEHAVIOR", fmt.Sprint(i), or(valid(b.Protocols), "0"), literal(b.Behavior))
		if flags := valid(b.Flags); flags != "" || b.FlagDescription != "" {
			w.call("KAPI_PROTOCOL_FLAGS", or(flags, "0"), literal(b.FlagDescription))
		}
		w.end("KAPI_PROTOCOL_BEHAVIOR")
	}
	if b := s.Buffer; b != nil {
		w.open("KAPI_BUFFER_SPEC", or(valid(b.Behaviors), "0"))
		w.raw("min_buffer_size", valid(b.Min))
		w.raw("max_buffer_size", valid(b.Max))
		w.raw("optimal_buffer_size", valid(b.Optimal))
		if b.Partial || b.PartialRules != "" {
			w.call("KAPI_BUFFER_PARTIAL", fmt.Sprint(b.Partial), literal(b.PartialRules))
		}
		w.str("KAPI_BUFFER_FRAGMENT", b.Fragmentation)
		w.end("KAPI_BUFFER")
	}
	if a := s.Async; a != nil {
		w.open("KAPI_ASYNC_SPEC", or(valid(a.Modes), "0"), or(valid(a.NonblockErrno), "0"))
		w.pair("KAPI_ASYNC_POLL", a.PollIn, a.PollOut, "poll_events_in", "poll_events_out")
		w.str("KAPI_ASYNC_COMPLETION", a.Completion)
		if a.Timeout || a.TimeoutRules != "" {
			w.call("KAPI_ASYNC_TIMEOUT", fmt.Sprint(a.Timeout), literal(a.TimeoutRules))
		}
		w.end("KAPI_ASYNC")
	}
	w.count("KAPI_ADDR_FAMILY_COUNT", len(s.Families))
	for i := range s.Families {
		w.family(i, &s.Families[i])
	}
	w.flag("KAPI_NET_CONNECTION_ORIENTED", s.Connection)
	w.flag("KAPI_NET_MESSAGE_ORIENTED", s.Message)
	w.flag("KAPI_NET_SUPPORTS_OOB", s.OOB)
	w.flag("KAPI_NET_SUPPORTS_PEEK", s.Peek)
	w.flag(".supports_select_poll = true,", s.SelectPoll)
	w.flag("KAPI_NET_REENTRANT", s.Reentrant)
	w.str("KAPI_NET_CONN_ESTABLISH", s.Establish)
	w.str("KAPI_NET_CONN_TERMINATE", s.Terminate)
	w.str("KAPI_NET_DATA_TRANSFER", s.Transfer)
}

func (w *writer) family(i int, f *specmodel.AddrFamily) {
	w.open("KAPI_ADDR_FAMILY", fmt.Sprint(i), or(valid(f.Family), "0"), literal(f.Name), or(valid(f.StructSize), "0"), or(valid(f.MinLen), "0"), or(valid(f.MaxLen), "0"))
	w.str("KAPI_ADDR_FORMAT", f.Format)
	if f.Wildcard || f.Multicast || f.Broadcast {
		w.call("KAPI_ADDR_FEATURES", fmt.Sprint(f.Wildcard), fmt.Sprint(f.Multicast), fmt.Sprint(f.Broadcast))
	}
	w.str("KAPI_ADDR_SPECIAL", f.Special)
	w.pair("KAPI_ADDR_PORTS", f.PortMin, f.PortMax, "port_range_min", "port_range_max")
	w.end("KAPI_ADDR_FAMILY")
}
