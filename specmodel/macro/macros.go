// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strings"
)

// A macro is what one macro of the notation does: in is the kind of block it
// may stand in, open the kind of block it opens, set the field that each
// argument goes to ("" for none; the index of an element is taken by open),
// fixed pairs of field and value. self says that the block is complete with
// the call. max is the number of arguments if more than set are allowed.
type macro struct {
	in, open string
	set      []string
	fixed    []string
	self     bool
	max      int
	run      func(p *parser, b *block, args []val, start int)
	min      int // with run: the least number of arguments
}

const many = 1 << 20

func (m *macro) fits(n int) bool {
	least, most := m.bounds()
	return n >= least && n <= most
}

func (m *macro) bounds() (least, most int) {
	if m.run != nil {
		return m.min, max(m.min, m.max)
	}
	return len(m.set), max(len(m.set), m.max)
}

func (m *macro) arity() string {
	least, most := m.bounds()
	switch {
	case most == least:
		return fmt.Sprint(least)
	case most == many:
		return fmt.Sprintf("at least %d", least)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// fields splits the fields that the arguments go to; - stands for none.
func fields(s string) []string {
	if s == "" {
		return nil
	}
	list := strings.Split(s, " ")
	for i, f := range list {
		if f == "-" {
			list[i] = ""
		}
	}
	return list
}

// one is a macro whose arguments go to fields of an open block.
func one(in, set string) macro { return macro{in: in, set: fields(set)} }

// fixed is a macro without arguments that sets a field.
func fixed(in, field, value string) macro { return macro{in: in, fixed: []string{field, value}} }

// element is a macro that opens an element of a list.
func element(in, kind, set string) macro { return macro{in: in, open: kind, set: fields(set)} }

// macros is the whole notation, by name. It is filled by init because some
// macros are functions that read others.
var macros = map[string]macro{}

func init() {
	for _, group := range []map[string]macro{top, params, returns, locksAndRules, signals, structs, effects, network, sysfs, shortcuts} {
		for name, m := range group {
			macros[name] = m
		}
	}
}

var top = map[string]macro{
	"KAPI_DESCRIPTION": one("spec", "description"), "KAPI_LONG_DESC": one("spec", "long_description"), "KAPI_CONTEXT": one("spec", "context_flags"),
	"KAPI_PARAM_COUNT": one("spec", "param_count"), "KAPI_ERROR_COUNT": one("spec", "error_count"), "KAPI_LOCK_COUNT": one("spec", "lock_count"),
	"KAPI_CONSTRAINT_COUNT": one("spec", "constraint_count"), "KAPI_SIGNAL_COUNT": one("spec", "signal_count"),
	"KAPI_SIGNAL_MASK_COUNT": one("spec", "signal_mask_count"), "KAPI_STRUCT_SPEC_COUNT": one("spec", "struct_spec_count"),
	"KAPI_SIDE_EFFECT_COUNT": one("spec", "side_effect_count"), "KAPI_STATE_TRANS_COUNT": one("spec", "state_trans_count"),
	"KAPI_CAPABILITY_COUNT": one("spec", "capability_count"), "KAPI_EXAMPLES": one("spec", "examples"), "KAPI_NOTES": one("spec", "notes"),
	"KAPI_SINCE_VERSION": one("spec", "since_version"), "KAPI_DEPRECATED": fixed("spec", "deprecated", "true"),
	"KAPI_REPLACEMENT": one("spec", "replacement"), "KAPI_SUBSYSTEM": one("spec", "subsystem"), "KAPI_DEVICE_TYPE": one("spec", "device_type"),
	"KAPI_ERROR":     {in: "spec", open: "error", set: fields("- error_code name condition description"), self: true},
	"KAPI_IOCTL_CMD": one("spec", "cmd"), "KAPI_IOCTL_CMD_NAME": one("spec", "cmd_name"), "KAPI_IOCTL_INPUT_SIZE": one("spec", "input_size"),
	"KAPI_IOCTL_OUTPUT_SIZE": one("spec", "output_size"), "KAPI_IOCTL_FILE_OPS_NAME": one("spec", "file_ops_name"),
	"KAPI_IOCTL_SIZE": one("spec", "input_size output_size"), "KAPI_IOCTL_FILE_OPS": one("spec", "file_ops_name"),
}

var params = map[string]macro{
	"KAPI_PARAM": element("spec", "param", "- name type_name description"), "KAPI_PARAM_TYPE": one("param", "type"),
	"KAPI_PARAM_FLAGS": one("param", "flags"), "KAPI_PARAM_SIZE": one("param", "size"), "KAPI_PARAM_RANGE": one("param", "min_value max_value"),
	"KAPI_PARAM_CONSTRAINT_TYPE": one("param", "constraint_type"), "KAPI_PARAM_CONSTRAINT": one("param", "constraints"),
	"KAPI_PARAM_VALID_MASK": one("param", "valid_mask"), "KAPI_PARAM_ALIGNMENT": one("param", "alignment"),
	"KAPI_PARAM_ENUM_VALUES": {in: "param", min: 1, max: many, run: enumValues},
	"KAPI_PARAM_SIZE_PARAM":  one("param", "size_param"), "KAPI_PARAM_SIZE_PARAM_IDX": one("param", "size_param"),
}

var returns = map[string]macro{
	"KAPI_RETURN": {in: "spec", open: "return", set: fields("type_name description")}, "KAPI_RETURN_TYPE": one("return", "type"),
	"KAPI_RETURN_CHECK_TYPE": one("return", "check_type"), "KAPI_RETURN_SUCCESS": {in: "return", set: fields("success_value"), max: many},
	"KAPI_RETURN_SUCCESS_RANGE": one("return", "success_min success_max"), "KAPI_RETURN_ERROR_VALUES": one("return", "error_values"),
	"KAPI_RETURN_ERROR_COUNT": one("return", "error_count"),
}

var locksAndRules = map[string]macro{
	"KAPI_LOCK": element("spec", "lock", "- lock_name lock_type"), "KAPI_LOCK_ACQUIRED": fixed("lock", "acquired", "true"),
	"KAPI_LOCK_RELEASED": fixed("lock", "released", "true"), "KAPI_LOCK_HELD_ENTRY": fixed("lock", "held_on_entry", "true"),
	"KAPI_LOCK_HELD_EXIT": fixed("lock", "held_on_exit", "true"), "KAPI_LOCK_DESC": one("lock", "description"),
	"KAPI_CONSTRAINT": element("spec", "constraint", "- name description"), "KAPI_CONSTRAINT_EXPR": one("constraint", "expression"),
}

var signals = map[string]macro{
	"KAPI_SIGNAL":        element("spec", "signal", "- signal_num signal_name direction action"),
	"KAPI_SIGNAL_TARGET": one("signal", "target"), "KAPI_SIGNAL_CONDITION": one("signal", "condition"), "KAPI_SIGNAL_DESC": one("signal", "description"),
	"KAPI_SIGNAL_RESTARTABLE": fixed("signal", "restartable", "true"), "KAPI_SIGNAL_SA_FLAGS_REQ": one("signal", "sa_flags_required"),
	"KAPI_SIGNAL_SA_FLAGS_FORBID": one("signal", "sa_flags_forbidden"), "KAPI_SIGNAL_ERROR": one("signal", "error_on_signal"),
	"KAPI_SIGNAL_TRANSFORM": one("signal", "transform_to"), "KAPI_SIGNAL_TIMING": one("signal", "timing"),
	"KAPI_SIGNAL_PRIORITY": one("signal", "priority"), "KAPI_SIGNAL_INTERRUPTIBLE": fixed("signal", "interruptible", "true"),
	"KAPI_SIGNAL_QUEUE": one("signal", "queue_behavior"), "KAPI_SIGNAL_STATE_REQ": one("signal", "state_required"),
	"KAPI_SIGNAL_STATE_FORBID": one("signal", "state_forbidden"), "KAPI_SIGNAL_MASK": element("spec", "mask", "- mask_name description"),
	"KAPI_SIGNAL_MASK_ADD": one("mask", "add"), "KAPI_SIGNAL_MASK_SIGNALS": {in: "mask", min: 1, max: many, run: maskSignals},
}

var structs = map[string]macro{
	"KAPI_STRUCT_SPEC": element("spec", "struct", "- name description"), "KAPI_STRUCT_SIZE": one("struct", "size alignment"),
	"KAPI_STRUCT_FIELD_COUNT": one("struct", "field_count"), "KAPI_STRUCT_FIELD": element("struct", "field", "- name type type_name description"),
	"KAPI_FIELD_OFFSET": one("field", "offset"), "KAPI_FIELD_SIZE": one("field", "size"), "KAPI_FIELD_FLAGS": one("field", "flags"),
	"KAPI_FIELD_CONSTRAINT_RANGE": {in: "field", set: fields("min_value max_value"), fixed: []string{"constraint_type", "range"}},
	"KAPI_FIELD_CONSTRAINT_MASK":  {in: "field", set: fields("valid_mask"), fixed: []string{"constraint_type", "mask"}},
	"KAPI_FIELD_CONSTRAINT_ENUM":  {in: "field", min: 1, max: many, run: fieldEnum},
}

var effects = map[string]macro{
	"KAPI_SIDE_EFFECT": element("spec", "effect", "- type target description"), "KAPI_EFFECT_CONDITION": one("effect", "condition"),
	"KAPI_EFFECT_REVERSIBLE": fixed("effect", "reversible", "true"),
	"KAPI_STATE_TRANS":       element("spec", "trans", "- object from_state to_state description"), "KAPI_STATE_TRANS_COND": one("trans", "condition"),
	"KAPI_CAPABILITY": element("spec", "cap", "- capability cap_name action"), "KAPI_CAP_ALLOWS": one("cap", "allows"),
	"KAPI_CAP_WITHOUT": one("cap", "without_cap"), "KAPI_CAP_CONDITION": one("cap", "check_condition"), "KAPI_CAP_PRIORITY": one("cap", "priority"),
	"KAPI_CAP_ALTERNATIVE": {in: "cap", min: 1, max: many, run: alternatives},
}

var network = map[string]macro{
	"KAPI_SOCKET_STATE_REQ":    {in: "spec", max: many, run: socketState},
	"KAPI_SOCKET_STATE_FORBID": {in: "socket", max: many, run: forbiddenStates}, "KAPI_SOCKET_STATE_RESULT": one("socket", "resulting_state"),
	"KAPI_SOCKET_STATE_COND": one("socket", "state_condition"), "KAPI_SOCKET_STATE_PROTOS": one("socket", "applicable_protocols"),
	"KAPI_PROTOCOL_BEHAVIOR":       element("spec", "protocol", "- applicable_protocols behavior"),
	"KAPI_PROTOCOL_FLAGS":          one("protocol", "protocol_flags flag_description"),
	"KAPI_PROTOCOL_BEHAVIOR_COUNT": one("spec", "protocol_behavior_count"),
	"KAPI_BUFFER_SPEC":             {in: "spec", open: "buffer", set: fields("buffer_behaviors")},
	"KAPI_BUFFER_SIZE":             one("buffer", "min_buffer_size max_buffer_size optimal_buffer_size"),
	"KAPI_BUFFER_PARTIAL":          one("buffer", "can_partial_transfer partial_transfer_rules"), "KAPI_BUFFER_FRAGMENT": one("buffer", "fragmentation_rules"),
	"KAPI_ASYNC_SPEC": {in: "spec", open: "async", set: fields("supported_modes nonblock_errno")},
	"KAPI_ASYNC_POLL": one("async", "poll_events_in poll_events_out"), "KAPI_ASYNC_COMPLETION": one("async", "completion_condition"),
	"KAPI_ASYNC_TIMEOUT": one("async", "supports_timeout timeout_behavior"),
	"KAPI_ADDR_FAMILY":   element("spec", "family", "- family family_name addr_struct_size min_addr_len max_addr_len"),
	"KAPI_ADDR_FORMAT":   one("family", "addr_format"), "KAPI_ADDR_FEATURES": one("family", "supports_wildcard supports_multicast supports_broadcast"),
	"KAPI_ADDR_SPECIAL": one("family", "special_addresses"), "KAPI_ADDR_PORTS": one("family", "port_range_min port_range_max"),
	"KAPI_ADDR_FAMILY_COUNT":       one("spec", "addr_family_count"),
	"KAPI_NET_CONNECTION_ORIENTED": fixed("spec", "is_connection_oriented", "true"), "KAPI_NET_MESSAGE_ORIENTED": fixed("spec", "is_message_oriented", "true"),
	"KAPI_NET_SUPPORTS_OOB": fixed("spec", "supports_oob_data", "true"), "KAPI_NET_SUPPORTS_PEEK": fixed("spec", "supports_peek", "true"),
	"KAPI_NET_REENTRANT": fixed("spec", "is_reentrant", "true"), "KAPI_NET_CONN_ESTABLISH": one("spec", "connection_establishment"),
	"KAPI_NET_CONN_TERMINATE": one("spec", "connection_termination"), "KAPI_NET_DATA_TRANSFER": one("spec", "data_transfer_semantics"),
}

var sysfs = map[string]macro{
	"KAPI_PATH": one("param", "sysfs_path"), "KAPI_PERMISSIONS": one("param", "sysfs_permissions"), "KAPI_DEFAULT": one("param", "default_value"),
	"KAPI_UNITS": one("param", "units"), "KAPI_STEP": one("param", "step"), "KAPI_ALLOWED_STRINGS": one("param", "allowed_strings allowed_string_count"),
}

// known is a parameter that a shortcut describes, closed or left open.
func known(set string, fixed ...string) macro {
	return macro{in: "spec", open: "param", set: fields(set), fixed: fixed, self: true}
}

// stock is an error that a shortcut describes.
func stock(name, set, condition, description string) macro {
	fixed := []string{"error_code", "-" + name, "name", name}
	if condition != "" {
		fixed = append(fixed, "condition", condition)
	}
	return macro{in: "spec", open: "error", set: fields(set), fixed: append(fixed, "description", description), self: true}
}

var shortcuts = map[string]macro{
	"KAPI_SYSCALL_SLEEPABLE": fixed("spec", "context_flags", "KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE"),
	"KAPI_SYSCALL_ATOMIC":    fixed("spec", "context_flags", "KAPI_CTX_PROCESS | KAPI_CTX_ATOMIC"),
	"KAPI_PARAM_FD":          known("- description", "name", "fd", "type_name", "int", "flags", "in", "type", "fd", "constraint_type", "none"),
	"KAPI_PARAM_USER_BUF":    known("- name description", "type_name", "void __user *", "flags", "user | in"),
	"KAPI_PARAM_USER_STRUCT": {in: "spec", min: 4, run: userStruct},
	"KAPI_PARAM_SIZE_T":      known("- name description", "type_name", "size_t", "flags", "in", "min_value", "0", "max_value", "SIZE_MAX"),
	"KAPI_IOCTL_PARAM_SIZE": known("", "index", "0", "name", "size", "type_name", "__u32", "flags", "in", "type", "uint", "constraint_type", "custom",
		"constraints", "must equal the size of the structure", "description", "size of the structure"),
	"KAPI_IOCTL_PARAM_FLAGS": known("", "index", "1", "name", "flags", "type_name", "__u32", "flags", "in", "type", "uint", "constraint_type", "mask",
		"valid_mask", "0", "description", "flags, none of which is defined"),
	"KAPI_IOCTL_PARAM_USER_BUF":     known("- name description size_param", "type_name", "__aligned_u64", "flags", "in | user", "type", "user_ptr"),
	"KAPI_IOCTL_PARAM_USER_OUT_BUF": known("- name description size_param", "type_name", "__aligned_u64", "flags", "out | user", "type", "user_ptr"),
	"KAPI_IOCTL_PARAM_LEN":          known("- name description max_value", "type_name", "__u32", "flags", "in | out", "type", "uint", "constraint_type", "range", "min_value", "0"),
	"KAPI_ERROR_EBADF":              stock("EBADF", "-", "the descriptor is not open", "the file descriptor is not valid"),
	"KAPI_ERROR_EINVAL":             stock("EINVAL", "- condition", "", "an argument is not valid"),
	"KAPI_ERROR_ENOMEM":             stock("ENOMEM", "-", "memory is short", "the kernel has not enough memory"),
	"KAPI_ERROR_EPERM":              stock("EPERM", "-", "a privilege is missing", "the operation is not permitted"),
	"KAPI_ERROR_EFAULT":             stock("EFAULT", "-", "a pointer is not valid", "user memory cannot be accessed"),
	"KAPI_RETURN_SUCCESS_ZERO":      {in: "spec", open: "return", self: true, fixed: []string{"type_name", "long", "success_value", "0", "description", "0 on success, a negative error code otherwise"}},
	"KAPI_RETURN_FD_SPEC":           {in: "spec", open: "return", self: true, fixed: []string{"type_name", "long", "check_type", "fd", "description", "a file descriptor, or a negative error code"}},
	"KAPI_RETURN_COUNT":             {in: "spec", open: "return", self: true, fixed: []string{"type_name", "long", "success_value", "0", "description", "a number of bytes, or a negative error code"}},

	"KAPI_SIGNAL_INTERRUPTIBLE_SLEEP": {in: "spec", run: func(p *parser, b *block, _ []val, start int) {
		for i, name := range []string{"SIGINT", "SIGTERM"} {
			p.stockSignal(b, start, i, name, "return", "timing", "while_sleeping", "error_on_signal", "-EINTR", "restartable", "true")
		}
	}},
	"KAPI_SIGNAL_FATAL_DEFAULT": {in: "spec", run: func(p *parser, b *block, _ []val, start int) {
		p.stockSignal(b, start, 2, "SIGKILL", "terminate", "timing", "anytime", "priority", "0")
	}},
	"KAPI_SIGNAL_STOP_CONT": {in: "spec", run: func(p *parser, b *block, _ []val, start int) {
		p.stockSignal(b, start, 3, "SIGSTOP", "stop", "timing", "anytime")
		p.stockSignal(b, start, 4, "SIGCONT", "continue", "timing", "anytime")
	}},
}
