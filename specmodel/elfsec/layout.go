// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"fmt"
	"strings"
)

// A form is one of the ways in which struct kernel_api_spec was defined.
type form struct {
	pointers bool // texts are pointers, natural alignment
	magics   bool // a magic word before each list
	scope    bool // a lock has one scope instead of four truth values
	enumText bool // a field of a structure has its values as text
	apiType  bool // the kind of interface after the name
	sysfs    bool // wider parameters, subsystem at the end
	ioctl    bool // ioctl fields at the end
	net      bool // socket fields at the end
	since    bool // since_version
	replaced bool // deprecated and replacement
	oldKinds bool // custom is constraint 4
	rules    int  // bound of constraints
	effects  int  // bound of side effects
	versions string
}

// forms are all that are known. Of forms with one size that fit a file alike,
// the first is taken.
var forms = knownForms()

func knownForms() []form {
	var list []form
	old := form{since: true, replaced: true, oldKinds: true, rules: 16, effects: 16, versions: "RFC v1, v2"}
	late := form{magics: true, scope: true, enumText: true, rules: 32, effects: 32}
	rfc3 := old
	rfc3.enumText, rfc3.versions = true, "RFC v3"
	rfc4 := late
	rfc4.scope, rfc4.since, rfc4.replaced, rfc4.versions = false, true, true, "RFC v4, v5"
	patch1 := rfc4
	patch1.scope, patch1.versions = true, "RFC v5, PATCH v1"
	patch2 := late
	patch2.versions = "PATCH v2"
	kept := patch2
	kept.replaced = true
	for _, base := range []form{old, rfc3, rfc4, patch1, patch2, kept} {
		for _, net := range []bool{false, true} {
			base.net = net
			list = append(list, base, with(base, false, true, false), with(base, true, true, true), with(base, true, false, true), with(base, false, true, true))
		}
	}
	current := late
	current.pointers, current.versions = true, "PATCH v3 to v5"
	return append(list, current)
}

func with(f form, apiType, ioctl, sysfs bool) form {
	f.apiType, f.ioctl, f.sysfs = apiType, ioctl, sysfs
	return f
}

// String names the form for messages.
func (f form) String() string {
	var tails []string
	for _, t := range []struct {
		on   bool
		name string
	}{{f.net, "socket"}, {f.ioctl, "ioctl"}, {f.sysfs, "sysfs"}} {
		if t.on {
			tails = append(tails, t.name)
		}
	}
	if tails == nil {
		return f.versions
	}
	return fmt.Sprintf("%s with %s fields", f.versions, strings.Join(tails, ", "))
}

// An abi is what a machine adds to a form.
type abi struct {
	word    int // bytes of a pointer and of size_t
	align64 int // alignment of a 64-bit number
}

type kind uint8

const (
	kText  kind = iota // n bytes, or a pointer
	kBool              // 1 byte
	kU8                // 1 byte
	kU16               // 2 bytes
	kU32               // 4 bytes, also int and enum
	kMagic             // 4 bytes
	kCount             // 4 bytes, at most n
	kS64               // 8 bytes
	kSize              // a word
	kPtr               // a word
	kRec               // a struct
)

// A member is one field of a struct as the table has it: n is the length of a
// text, the bound of a count, and the number of elements of a struct or of
// numbers (0 for no array).
type member struct {
	name  string
	kind  kind
	n     int
	rec   []member
	magic uint32
}

func text(name string, n int) member  { return member{name: name, kind: kText, n: n} }
func u32(name string) member          { return member{name: name, kind: kU32} }
func count(name string, n int) member { return member{name: name, kind: kCount, n: n} }
func list(name string, n int, rec []member) member {
	return member{name: name, kind: kRec, n: n, rec: rec}
}
func one(name string, rec []member) member          { return member{name: name, kind: kRec, rec: rec} }
func numbers(name string, n int) member             { return member{name: name, kind: kU32, n: n} }
func of(k kind, names ...string) (members []member) { return many(k, 0, names) }
func texts(n int, names ...string) []member         { return many(kText, n, names) }

func many(k kind, n int, names []string) (members []member) {
	for _, name := range names {
		members = append(members, member{name: name, kind: k, n: n})
	}
	return members
}

func join(parts ...[]member) (all []member) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

const (
	name128 = 128
	text512 = 512
)

// The magic words spell "KA" and two characters.
const (
	magicParams     = 0x4B415031
	magicReturn     = 0x4B415232
	magicErrors     = 0x4B414533
	magicLocks      = 0x4B414C34
	magicRules      = 0x4B414335
	magicInfo       = 0x4B414936
	magicSignals    = 0x4B415337
	magicMasks      = 0x4B414D38
	magicStructs    = 0x4B415439
	magicEffects    = 0x4B414641
	magicTrans      = 0x4B415442
	magicCaps       = 0x4B414343
	maxParams       = 16
	maxErrors       = 32
	maxLocks        = 16
	maxSignals      = 32
	maxCaps         = 8
	maxStructs      = 8
	maxTrans        = 8
	maxStates       = 16
	maxProtocols    = 8
	maxFamilies     = 8
	maxAlternatives = 8
)

// members is struct kernel_api_spec in the form.
func (f form) members() []member {
	section := func(magic uint32, magicName string, m ...member) []member {
		if !f.magics {
			return m
		}
		return append([]member{{name: magicName, kind: kMagic, magic: magic}}, m...)
	}
	when := func(on bool, m ...member) []member {
		if !on {
			return nil
		}
		return m
	}
	return join(
		texts(name128, "name"),
		when(f.apiType, u32("api_type")),
		of(kU32, "version"),
		texts(text512, "description"), texts(2048, "long_description"),
		of(kU32, "context_flags"),
		section(magicParams, "param_magic", count("param_count", maxParams), list("params", maxParams, f.param())),
		section(magicReturn, "return_magic", one("return_spec", returnMembers)),
		section(magicErrors, "error_magic", count("error_count", maxErrors), list("errors", maxErrors, errorMembers)),
		section(magicLocks, "lock_magic", count("lock_count", maxLocks), list("locks", maxLocks, f.lock())),
		section(magicRules, "constraint_magic", count("constraint_count", f.rules), list("constraints", f.rules, ruleMembers)),
		section(magicInfo, "info_magic", texts(1024, "examples", "notes")...),
		when(f.since, text("since_version", 32)),
		when(f.replaced, member{name: "deprecated", kind: kBool}, text("replacement", name128)),
		section(magicSignals, "signal_magic", count("signal_count", maxSignals), list("signals", maxSignals, signalMembers)),
		section(magicMasks, "sigmask_magic", count("signal_mask_count", maxSignals), list("signal_masks", maxSignals, maskMembers)),
		section(magicStructs, "struct_magic", count("struct_spec_count", maxStructs), list("struct_specs", maxStructs, f.structure())),
		section(magicEffects, "effect_magic", count("side_effect_count", f.effects), list("side_effects", f.effects, effectMembers)),
		section(magicTrans, "trans_magic", count("state_trans_count", maxTrans), list("state_transitions", maxTrans, transMembers)),
		section(magicCaps, "cap_magic", count("capability_count", maxCaps), list("capabilities", maxCaps, capMembers)),
		when(f.net, netMembers...),
		when(f.ioctl, u32("cmd"), text("cmd_name", name128), member{name: "input_size", kind: kSize},
			member{name: "output_size", kind: kSize}, text("file_ops_name", name128)),
		when(f.sysfs, text("subsystem", name128), text("device_type", name128)),
	)
}

func (f form) param() []member {
	m := join(texts(name128, "name", "type_name"), of(kU32, "type", "flags"), of(kSize, "size", "alignment"),
		of(kS64, "min_value", "max_value", "valid_mask"), of(kPtr, "enum_values"), of(kU32, "enum_count", "constraint_type"),
		of(kPtr, "validate"), texts(text512, "description", "constraints"), of(kU32, "size_param_idx"), of(kSize, "size_multiplier"))
	if !f.sysfs {
		return m
	}
	return join(m, texts(name128, "sysfs_path"), of(kU16, "sysfs_permissions"), texts(name128, "default_value"), texts(32, "units"),
		of(kS64, "step"), of(kPtr, "allowed_strings"), of(kU32, "allowed_string_count"))
}

func (f form) lock() []member {
	if f.scope {
		return join(texts(name128, "lock_name"), of(kU32, "lock_type", "scope"), texts(text512, "description"))
	}
	return join(texts(name128, "lock_name"), of(kU32, "lock_type"), of(kBool, "acquired", "released", "held_on_entry", "held_on_exit"),
		texts(text512, "description"))
}

func (f form) structure() []member {
	field := join(texts(name128, "name"), of(kU32, "type"), texts(name128, "type_name"), of(kSize, "offset", "size"),
		of(kU32, "flags", "constraint_type"), of(kS64, "min_value", "max_value", "valid_mask"))
	if f.enumText {
		field = append(field, text("enum_values", text512))
	}
	field = append(field, text("description", text512))
	return join(texts(name128, "name"), of(kSize, "size", "alignment"),
		[]member{count("field_count", maxParams), list("fields", maxParams, field), text("description", text512)})
}

var (
	returnMembers = join(texts(name128, "type_name"), of(kU32, "type", "check_type"), of(kS64, "success_value", "success_min", "success_max"),
		of(kPtr, "error_values"), of(kU32, "error_count"), of(kPtr, "is_success"), texts(text512, "description"))
	errorMembers  = join(of(kU32, "error_code"), texts(name128, "name"), texts(text512, "condition", "description"))
	ruleMembers   = join(texts(name128, "name"), texts(text512, "description", "expression"))
	signalMembers = join(of(kU32, "signal_num"), texts(32, "signal_name"), of(kU32, "direction", "action"),
		texts(text512, "target", "condition", "description"), of(kBool, "restartable"),
		of(kU32, "sa_flags_required", "sa_flags_forbidden", "error_on_signal", "transform_to"), texts(32, "timing"),
		of(kU8, "priority"), of(kBool, "interruptible"), texts(name128, "queue_behavior"), of(kU32, "state_required", "state_forbidden"))
	maskMembers = join(texts(name128, "mask_name"), []member{numbers("signals", maxSignals), count("signal_count", maxSignals)},
		texts(text512, "description"))
	effectMembers = join(of(kU32, "type"), texts(name128, "target"), texts(text512, "condition", "description"), of(kBool, "reversible"))
	transMembers  = join(texts(name128, "from_state", "to_state"), texts(text512, "condition"), texts(name128, "object"), texts(text512, "description"))
	capMembers    = join(of(kU32, "capability"), texts(name128, "cap_name"), of(kU32, "action"), texts(text512, "allows", "without_cap", "check_condition"),
		of(kU8, "priority"), []member{numbers("alternative", maxAlternatives), count("alternative_count", maxAlternatives)})

	netMembers = join(
		[]member{one("socket_state", join(
			[]member{numbers("required_states", maxStates), count("required_state_count", maxStates),
				numbers("forbidden_states", maxStates), count("forbidden_state_count", maxStates)},
			of(kU32, "resulting_state"), texts(text512, "state_condition"), of(kU32, "applicable_protocols")))},
		[]member{list("protocol_behaviors", maxProtocols, join(of(kU32, "applicable_protocols"), texts(text512, "behavior"),
			of(kS64, "protocol_flags"), texts(text512, "flag_description"))), count("protocol_behavior_count", maxProtocols)},
		[]member{one("buffer_spec", join(of(kU32, "buffer_behaviors"), of(kSize, "min_buffer_size", "max_buffer_size", "optimal_buffer_size"),
			texts(text512, "fragmentation_rules"), of(kBool, "can_partial_transfer"), texts(text512, "partial_transfer_rules")))},
		[]member{one("async_spec", join(of(kU32, "supported_modes", "nonblock_errno", "poll_events_in", "poll_events_out"),
			texts(text512, "completion_condition"), of(kBool, "supports_timeout"), texts(text512, "timeout_behavior")))},
		[]member{list("addr_families", maxFamilies, join(of(kU32, "family"), texts(32, "family_name"),
			of(kSize, "addr_struct_size", "min_addr_len", "max_addr_len"), texts(text512, "addr_format"),
			of(kBool, "supports_wildcard", "supports_multicast", "supports_broadcast"), texts(text512, "special_addresses"),
			of(kU32, "port_range_min", "port_range_max"))), count("addr_family_count", maxFamilies)},
		of(kBool, "is_connection_oriented", "is_message_oriented", "supports_oob_data", "supports_peek", "supports_select_poll", "is_reentrant"),
		texts(text512, "connection_establishment", "connection_termination", "data_transfer_semantics"))
)

// A slot is where a member lies in a struct.
type slot struct {
	member
	off, size int // size of one element
	rec       *layout
}

// A layout is a struct as a machine has it in memory.
type layout struct {
	size, align int
	slots       []slot
	index       map[string]int
}

// lay computes where the members lie.
func lay(members []member, packed bool, a abi) *layout {
	l := &layout{align: 1, index: make(map[string]int, len(members))}
	for _, m := range members {
		s := slot{member: m}
		align := 0
		switch m.kind {
		case kText:
			s.size = m.n
			if !packed {
				s.size = a.word
			}
			align = s.size
		case kBool, kU8:
			s.size = 1
		case kU16:
			s.size = 2
		case kU32, kMagic, kCount:
			s.size = 4
		case kS64:
			s.size, align = 8, a.align64
		case kSize, kPtr:
			s.size = a.word
		case kRec:
			s.rec = lay(m.rec, packed, a)
			s.size, align = s.rec.size, s.rec.align
		}
		if align == 0 {
			align = s.size
		}
		if packed {
			align = 1
		}
		l.align = max(l.align, align)
		s.off = roundUp(l.size, align)
		l.size = s.off + s.size*s.elems()
		l.index[m.name] = len(l.slots)
		l.slots = append(l.slots, s)
	}
	l.size = roundUp(l.size, l.align)
	return l
}

func roundUp(n, align int) int { return (n + align - 1) / align * align }

// elems is the number of elements in memory, 1 for what is no array.
func (s *slot) elems() int {
	if s.n > 0 && (s.kind == kRec || s.kind == kU32) {
		return s.n
	}
	return 1
}
