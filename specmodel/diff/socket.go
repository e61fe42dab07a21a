// SPDX-License-Identifier: GPL-2.0-only

package diff

import "kapilint/specmodel"

// socket compares what only a socket call has.
func (c *comparer) socket() {
	old, new := c.old.Socket, c.new.Socket
	if c.block("socket", old == nil, new == nil) || old == nil {
		return
	}
	at := spot{kind: "socket", old: old.Pos, new: new.Pos}
	c.socketState(orEmpty(old.State), orEmpty(new.State))
	c.protocols(old.Protocols, new.Protocols)
	c.buffer(orEmpty(old.Buffer), orEmpty(new.Buffer))
	c.async(orEmpty(old.Async), orEmpty(new.Async))
	c.families(old.Families, new.Families)
	c.flag(at, "socket.is_connection_oriented", "socket-connection", old.Connection, new.Connection)
	c.flag(at, "socket.is_message_oriented", "socket-message", old.Message, new.Message)
	c.flag(at, "socket.supports_oob_data", "socket-oob", old.OOB, new.OOB)
	c.flag(at, "socket.supports_peek", "socket-peek", old.Peek, new.Peek)
	c.flag(at, "socket.supports_select_poll", "socket-poll", old.SelectPoll, new.SelectPoll)
	c.flag(at, "socket.is_reentrant", "socket-reentrant", old.Reentrant, new.Reentrant)
	c.text(at, "socket.connection_establishment", "socket-establishment-changed", old.Establish, new.Establish)
	c.text(at, "socket.connection_termination", "socket-termination-changed", old.Terminate, new.Terminate)
	c.text(at, "socket.data_transfer_semantics", "socket-transfer-changed", old.Transfer, new.Transfer)
}

func orEmpty[T any](p *T) *T {
	if p == nil {
		p = new(T)
	}
	return p
}

func (c *comparer) socketState(old, new *specmodel.SocketState) {
	const path = "socket.state."
	at := spot{kind: "socket state", old: old.Pos, new: new.Pos}
	// One of the required states must hold, and with none listed any may: the
	// first one is a restriction, a second one loosens it.
	rel := relateLists(old.Required, new.Required)
	switch {
	case len(old.Required) == 0 && len(new.Required) > 0:
		rel = narrower
	case len(new.Required) == 0 && len(old.Required) > 0:
		rel = wider
	}
	if rel != same {
		c.related(at, path+"required_states", "socket-state-required", asInterval, rel, showAll(old.Required), showAll(new.Required))
	}
	c.list(at, path+"forbidden_states", "socket-state-forbidden", old.Forbidden, new.Forbidden)
	c.expr(at, path+"resulting_state", "socket-state-result-changed", old.Resulting, new.Resulting)
	c.text(at, path+"state_condition", "socket-state-condition-changed", old.Condition, new.Condition)
	if rel := relateBits(old.Protocols, new.Protocols); rel != same && c.stated(path+"applicable_protocols") {
		c.emit("socket-state-protocols-changed", at, showHex(old.Protocols), showHex(new.Protocols))
	}
}

func (c *comparer) protocols(old, new []specmodel.ProtocolBehavior) {
	if len(old) == 0 && len(new) == 0 {
		return
	}
	const path = "socket.protocol_behaviors"
	pairs, gone, come := match(old, new,
		func(b *specmodel.ProtocolBehavior) string { return number(b.Protocols, "") },
		func(b *specmodel.ProtocolBehavior) string { return b.Behavior })
	if !c.stated(path) {
		return
	}
	for _, i := range gone {
		c.emit("protocol-removed", spot{kind: "protocols", name: showHex(old[i].Protocols), old: old[i].Pos}, oneLine(old[i].Behavior), "")
	}
	for _, j := range come {
		c.emit("protocol-added", spot{kind: "protocols", name: showHex(new[j].Protocols), new: new[j].Pos}, "", oneLine(new[j].Behavior))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "protocols", name: showHex(y.Protocols), old: x.Pos, new: y.Pos}
		if relateBits(x.Protocols, y.Protocols) != same {
			c.emit("protocol-set-changed", at, showHex(x.Protocols), showHex(y.Protocols))
		}
		c.text(at, path+".behavior", "protocol-behavior-changed", x.Behavior, y.Behavior)
		if relateBits(x.Flags, y.Flags) != same && c.stated(path+".protocol_flags") {
			c.emit("protocol-flags-changed", at, showHex(x.Flags), showHex(y.Flags))
		}
		c.text(at, path+".flag_description", "protocol-description-changed", x.FlagDescription, y.FlagDescription)
	}
}

func (c *comparer) buffer(old, new *specmodel.BufferSpec) {
	const path = "socket.buffer."
	at := spot{kind: "socket buffer", old: old.Pos, new: new.Pos}
	c.bits(at, path+"buffer_behaviors", "buffer-behaviors", old.Behaviors, new.Behaviors)
	c.span(at, path+"min_buffer_size", "buffer-size", old.Min, old.Max, new.Min, new.Max)
	c.number(at, path+"optimal_buffer_size", "buffer-optimal-changed", old.Optimal, new.Optimal)
	c.text(at, path+"fragmentation_rules", "buffer-fragmentation-changed", old.Fragmentation, new.Fragmentation)
	c.flag(at, path+"can_partial_transfer", "buffer-partial", old.Partial, new.Partial)
	c.text(at, path+"partial_transfer_rules", "buffer-partial-rules-changed", old.PartialRules, new.PartialRules)
}

func (c *comparer) async(old, new *specmodel.AsyncSpec) {
	const path = "socket.async."
	at := spot{kind: "asynchronous use", old: old.Pos, new: new.Pos}
	c.bits(at, path+"supported_modes", "async-modes", old.Modes, new.Modes)
	c.number(at, path+"nonblock_errno", "async-errno-changed", positive(old.NonblockErrno), positive(new.NonblockErrno))
	c.bits(at, path+"poll_events_in", "async-poll-in", old.PollIn, new.PollIn)
	c.bits(at, path+"poll_events_out", "async-poll-out", old.PollOut, new.PollOut)
	c.text(at, path+"completion_condition", "async-completion-changed", old.Completion, new.Completion)
	c.flag(at, path+"supports_timeout", "async-timeout", old.Timeout, new.Timeout)
	c.text(at, path+"timeout_behavior", "async-timeout-rules-changed", old.TimeoutRules, new.TimeoutRules)
}

func (c *comparer) families(old, new []specmodel.AddrFamily) {
	if len(old) == 0 && len(new) == 0 {
		return
	}
	const path = "socket.addr_families"
	pairs, gone, come := match(old, new,
		func(f *specmodel.AddrFamily) string { return number(f.Family, f.Name) },
		func(f *specmodel.AddrFamily) string { return f.Name })
	if !c.stated(path) {
		return
	}
	name := func(f *specmodel.AddrFamily) string {
		if f.Name != "" {
			return f.Name
		}
		return show(f.Family)
	}
	for _, i := range gone {
		c.emit("family-removed", spot{kind: "address family", name: name(&old[i]), old: old[i].Pos}, show(old[i].Family), "")
	}
	for _, j := range come {
		c.emit("family-added", spot{kind: "address family", name: name(&new[j]), new: new[j].Pos}, "", show(new[j].Family))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "address family", name: name(y), old: x.Pos, new: y.Pos}
		c.expr(at, path+".family", "family-number-changed", x.Family, y.Family)
		c.text(at, path+".family_name", "family-name-changed", x.Name, y.Name)
		c.number(at, path+".addr_struct_size", "family-size-changed", x.StructSize, y.StructSize)
		c.span(at, path+".min_addr_len", "family-length", x.MinLen, x.MaxLen, y.MinLen, y.MaxLen)
		c.text(at, path+".addr_format", "family-format-changed", x.Format, y.Format)
		c.flag(at, path+".supports_wildcard", "family-wildcard", x.Wildcard, y.Wildcard)
		c.flag(at, path+".supports_multicast", "family-multicast", x.Multicast, y.Multicast)
		c.flag(at, path+".supports_broadcast", "family-broadcast", x.Broadcast, y.Broadcast)
		c.text(at, path+".special_addresses", "family-special-changed", x.Special, y.Special)
		c.span(at, path+".port_range_min", "family-ports", x.PortMin, x.PortMax, y.PortMin, y.PortMax)
	}
}
