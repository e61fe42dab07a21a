// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"strings"

	"kapilint/specmodel"
)

var socketStates = strings.Fields("UNSPEC CLOSED OPEN BOUND LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE_WAIT CLOSING LAST_ACK TIME_WAIT CONNECTED DISCONNECTED")

// state is a state of a socket by its name.
func state(n int64) specmodel.Expr {
	if n < 0 || n >= int64(len(socketStates)) {
		return specmodel.Lit(specmodel.Int(n))
	}
	return specmodel.Named("KAPI_SOCK_STATE_"+socketStates[n], specmodel.Int(n))
}

func states(numbers []int64) []specmodel.Expr {
	var list []specmodel.Expr
	for _, n := range numbers {
		list = append(list, state(n))
	}
	return list
}

// socket reads what only socket calls have, nil if that is all zero.
func (rd *reader) socket(v view) *specmodel.SocketSpec {
	s := &specmodel.SocketSpec{Pos: rd.pos, Connection: v.yes("is_connection_oriented"), Message: v.yes("is_message_oriented"), OOB: v.yes("supports_oob_data"),
		Peek: v.yes("supports_peek"), SelectPoll: v.yes("supports_select_poll"), Reentrant: v.yes("is_reentrant"),
		Establish: v.str("connection_establishment"), Terminate: v.str("connection_termination"), Transfer: v.str("data_transfer_semantics")}
	if !v.has("socket_state", "protocol_behaviors", "protocol_behavior_count", "buffer_spec", "async_spec", "addr_families", "addr_family_count",
		"is_connection_oriented", "is_message_oriented", "supports_oob_data", "supports_peek", "supports_select_poll", "is_reentrant",
		"connection_establishment", "connection_termination", "data_transfer_semantics") {
		return nil
	}
	if e, ok := v.rec("socket_state"); ok {
		s.State = &specmodel.SocketState{Pos: rd.pos, Required: states(e.numbers("required_states", "required_state_count")),
			Forbidden: states(e.numbers("forbidden_states", "forbidden_state_count")), Condition: e.str("state_condition"), Protocols: e.bits("applicable_protocols")}
		if e.yes("resulting_state") {
			s.State.Resulting = state(e.signed("resulting_state"))
		}
	}
	v.list("protocol_behaviors", func(_ int, e view) {
		s.Protocols = append(s.Protocols, specmodel.ProtocolBehavior{Pos: rd.pos, Protocols: e.bits("applicable_protocols"), Behavior: e.str("behavior"),
			Flags: e.bits("protocol_flags"), FlagDescription: e.str("flag_description")})
	})
	if e, ok := v.rec("buffer_spec"); ok {
		s.Buffer = &specmodel.BufferSpec{Pos: rd.pos, Behaviors: e.bits("buffer_behaviors"), Min: e.size("min_buffer_size"), Max: e.size("max_buffer_size"),
			Optimal: e.size("optimal_buffer_size"), Fragmentation: e.str("fragmentation_rules"), Partial: e.yes("can_partial_transfer"), PartialRules: e.str("partial_transfer_rules")}
	}
	if e, ok := v.rec("async_spec"); ok {
		s.Async = &specmodel.AsyncSpec{Pos: rd.pos, Modes: e.bits("supported_modes"), NonblockErrno: e.expr("nonblock_errno"), PollIn: e.bits("poll_events_in"),
			PollOut: e.bits("poll_events_out"), Completion: e.str("completion_condition"), Timeout: e.yes("supports_timeout"), TimeoutRules: e.str("timeout_behavior")}
	}
	v.list("addr_families", func(_ int, e view) {
		f := specmodel.AddrFamily{Pos: rd.pos, Family: e.stated("family"), Name: e.str("family_name"), StructSize: e.size("addr_struct_size"),
			MinLen: e.size("min_addr_len"), MaxLen: e.size("max_addr_len"), Format: e.str("addr_format"), Wildcard: e.yes("supports_wildcard"),
			Multicast: e.yes("supports_multicast"), Broadcast: e.yes("supports_broadcast"), Special: e.str("special_addresses")}
		if e.has("port_range_min", "port_range_max") {
			f.PortMin, f.PortMax = specmodel.Lit(specmodel.Uint(e.num("port_range_min"))), specmodel.Lit(specmodel.Uint(e.num("port_range_max")))
		}
		s.Families = append(s.Families, f)
	})
	rd.count(v, "socket.protocol_behaviors", "protocol_behavior_count", len(s.Protocols))
	rd.count(v, "socket.addr_families", "addr_family_count", len(s.Families))
	return s
}
