// SPDX-License-Identifier: GPL-2.0-only

package specmodel

// Param is one parameter. Index is its place in the prototype, from 0.
type Param struct {
	Pos         Pos        `json:"-"`
	Index       int        `json:"index"`
	Name        string     `json:"name"`
	TypeName    string     `json:"type,omitempty"` // as C writes it: "struct epoll_event __user *"
	Type        ParamType  `json:"class,omitempty"`
	Flags       ParamFlags `json:"flags,omitempty"`
	Constraint  Constraint `json:"constraint,omitempty"`
	Description string     `json:"description,omitempty"`

	Size Expr `json:"size,omitempty"` // bytes; for user_string the length that was given with the kind
	// SizeParam is the index, from 0, of the parameter that holds the size of
	// this one, and SizeMultiplier the bytes that one unit of it stands for.
	SizeParam      Expr `json:"size_param,omitempty"`
	SizeMultiplier Expr `json:"size_multiplier,omitempty"`

	Sysfs *SysfsParam `json:"sysfs,omitempty"`
}

// SysfsParam is what a sysfs attribute says of its value beyond a parameter.
type SysfsParam struct {
	Path           string   `json:"path,omitempty"`
	Permissions    Expr     `json:"permissions,omitempty"`
	Default        string   `json:"default,omitempty"`
	Units          string   `json:"units,omitempty"`
	Step           Expr     `json:"step,omitempty"`
	AllowedStrings []string `json:"allowed_strings,omitempty"`
}

// Constraint is the set of values that a parameter or field may have. Kind
// says which of the other fields decide; they may be stated all the same.
//
// In an inferred contract it is the set of values that are not refused, and
// Else names the errors that the others get. An inferred set that no other
// kind describes has kind "set" and is the union of Ranges.
type Constraint struct {
	Pos       Pos            `json:"-"`
	Kind      ConstraintKind `json:"kind,omitempty"`
	Min       Expr           `json:"min,omitempty"`
	Max       Expr           `json:"max,omitempty"`
	Mask      Expr           `json:"mask,omitempty" form:"hex"`
	ArchMasks []ArchMask     `json:"arch_masks,omitempty"`
	Values    []Expr         `json:"values,omitempty"`
	// ValuesFrom is the name of the array that holds the values, where the
	// source gives one and the reader could not see its elements, or the text
	// form of the values of a struct field.
	ValuesFrom string     `json:"values_from,omitempty"`
	Ranges     []Interval `json:"ranges,omitempty"`
	Alignment  Expr       `json:"alignment,omitempty"`
	Validate   string     `json:"validate,omitempty"` // the function of a custom constraint
	Text       string     `json:"text,omitempty"`     // the constraint in words
	Else       []string   `json:"else,omitempty"`
	Trace      []Step     `json:"trace,omitempty"`
}

// ArchMask adds bits to a mask on one architecture. Arch is the name of the
// directory under arch/ (powerpc, x86).
type ArchMask struct {
	Pos  Pos    `json:"-"`
	Arch string `json:"arch"`
	Bits Expr   `json:"bits" form:"hex"`
}

// Interval is a closed interval.
type Interval struct {
	Min Expr `json:"min"`
	Max Expr `json:"max"`
}

// MaskFor returns the mask that holds on an architecture: the base mask and
// the bits that the architecture adds. ok is false if a part is not known.
// An empty arch gives the base mask.
func (c *Constraint) MaskFor(arch string) (v Value, ok bool) {
	if !c.Mask.Known {
		return Value{}, false
	}
	v = c.Mask.Val
	for _, m := range c.ArchMasks {
		if arch == "" || m.Arch != arch {
			continue
		}
		if !m.Bits.Known {
			return Value{}, false
		}
		v.Bits |= m.Bits.Val.Bits
	}
	return v, true
}

// Return is what the call returns.
type Return struct {
	Pos         Pos         `json:"-"`
	TypeName    string      `json:"type,omitempty"`
	Type        ParamType   `json:"class,omitempty"`
	Check       ReturnCheck `json:"check,omitempty"`
	Success     Expr        `json:"success,omitempty"`
	SuccessMin  Expr        `json:"success_min,omitempty"`
	SuccessMax  Expr        `json:"success_max,omitempty"`
	ErrorValues []Expr      `json:"error_values,omitempty"`
	// ErrorsFrom is the name of the array that holds the error values, where
	// the reader could not see its elements.
	ErrorsFrom  string `json:"errors_from,omitempty"`
	IsSuccess   string `json:"is_success,omitempty"` // the function of a custom check
	Description string `json:"description,omitempty"`
}

// Error is one error that the call can return. Code is negative.
//
// In an inferred contract Condition says when, Trace is the walk from the
// entry point to the return statement, and Via names the kind of callback
// that the error comes from where it is not the code's own; the same name
// may then stand several times with different conditions.
type Error struct {
	Pos         Pos    `json:"-"`
	Name        string `json:"name"` // EMFILE
	Code        Expr   `json:"value,omitempty"`
	Condition   string `json:"condition,omitempty"`
	Description string `json:"description,omitempty"`
	Via         string `json:"via,omitempty"`
	Trace       []Step `json:"trace,omitempty"`
}

// Implementation is one of the functions that a callback's callers can reach.
type Implementation struct {
	Name   string   `json:"name"`
	At     Step     `json:"at,omitzero"`      // where it is defined
	Puts   []Step   `json:"puts,omitempty"`   // the initialisers and assignments that make it one
	Errors []string `json:"errors,omitempty"` // those it returns
	Closed bool     `json:"closed,omitempty"` // they are all there are
	Open   []Step   `json:"open,omitempty"`   // what kept it from being closed
}

// Lock is a lock that the call takes, drops or needs.
type Lock struct {
	Pos         Pos       `json:"-"`
	Name        string    `json:"name"`
	Type        LockType  `json:"type,omitempty"`
	Scope       LockScope `json:"scope,omitempty"` // empty where the source does not say; it then means internal
	Description string    `json:"description,omitempty"`
}

// Rule is an entry of the section that the notation calls constraint: a rule
// between parameters or about state, in words and perhaps as an expression.
type Rule struct {
	Pos         Pos    `json:"-"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Expression  string `json:"expression,omitempty"`
}

// Signal is how the call deals with one signal.
type Signal struct {
	Pos              Pos              `json:"-"`
	Name             string           `json:"name"`
	Number           Expr             `json:"number,omitempty"`
	Direction        SignalDirections `json:"direction,omitempty"`
	Action           SignalAction     `json:"action,omitempty"`
	Target           string           `json:"target,omitempty"`
	Condition        string           `json:"condition,omitempty"`
	Description      string           `json:"description,omitempty"`
	Restartable      bool             `json:"restartable,omitempty"`
	Interruptible    bool             `json:"interruptible,omitempty"`
	SAFlagsRequired  Expr             `json:"sa_flags_required,omitempty" form:"hex"`
	SAFlagsForbidden Expr             `json:"sa_flags_forbidden,omitempty" form:"hex"`
	Error            Expr             `json:"error_on_signal,omitempty"`
	TransformTo      Expr             `json:"transform_to,omitempty"`
	Timing           string           `json:"timing,omitempty"` // during, while_blocked, ...
	Priority         Expr             `json:"priority,omitempty"`
	Queue            string           `json:"queue_behavior,omitempty"`
	StateRequired    Expr             `json:"state_required,omitempty" form:"hex"`
	StateForbidden   Expr             `json:"state_forbidden,omitempty" form:"hex"`
}

// SignalMask is a named set of signals.
type SignalMask struct {
	Pos         Pos    `json:"-"`
	Name        string `json:"name"`
	Signals     []Expr `json:"signals,omitempty"`
	Description string `json:"description,omitempty"`
}

// Struct describes a structure that the call reads or writes.
type Struct struct {
	Pos         Pos     `json:"-"`
	Name        string  `json:"name"`
	Size        Expr    `json:"size,omitempty"`
	Alignment   Expr    `json:"alignment,omitempty"`
	Fields      []Field `json:"fields,omitempty"`
	Description string  `json:"description,omitempty"`
}

// Field is one field of a Struct.
type Field struct {
	Pos         Pos        `json:"-"`
	Name        string     `json:"name"`
	TypeName    string     `json:"type,omitempty"`
	Type        ParamType  `json:"class,omitempty"`
	Flags       ParamFlags `json:"flags,omitempty"`
	Offset      Expr       `json:"offset,omitempty"`
	Size        Expr       `json:"size,omitempty"`
	Constraint  Constraint `json:"constraint,omitempty"`
	Description string     `json:"description,omitempty"`
}

// Capability is what a capability changes. Name is the constant's name;
// Title the text that some notations give in its place.
type Capability struct {
	Pos          Pos              `json:"-"`
	Name         string           `json:"name"`
	Title        string           `json:"title,omitempty"`
	Number       Expr             `json:"number,omitempty"`
	Action       CapabilityAction `json:"action,omitempty"`
	Allows       string           `json:"allows,omitempty"`
	Without      string           `json:"without_cap,omitempty"`
	Condition    string           `json:"check_condition,omitempty"`
	Priority     Expr             `json:"priority,omitempty"`
	Alternatives []Expr           `json:"alternatives,omitempty"`
	// AlternativesFrom is the name of the array that holds the alternatives,
	// where the reader could not see its elements.
	AlternativesFrom string `json:"alternatives_from,omitempty"`
}

// SideEffect is a change that outlives the call.
type SideEffect struct {
	Pos         Pos         `json:"-"`
	Types       EffectTypes `json:"types,omitempty"`
	Target      string      `json:"target,omitempty"`
	Condition   string      `json:"condition,omitempty"`
	Description string      `json:"description,omitempty"`
	Reversible  bool        `json:"reversible,omitempty"`
}

// StateTransition is a change of an object from one named state to another.
type StateTransition struct {
	Pos         Pos    `json:"-"`
	Object      string `json:"object"`
	From        string `json:"from,omitempty"`
	To          string `json:"to,omitempty"`
	Condition   string `json:"condition,omitempty"`
	Description string `json:"description,omitempty"`
}

// IoctlSpec is what only an ioctl command has.
type IoctlSpec struct {
	Pos        Pos    `json:"-"`
	Cmd        Expr   `json:"cmd,omitempty" form:"hex"`
	CmdName    string `json:"cmd_name,omitempty"`
	InputSize  Expr   `json:"input_size,omitempty"`
	OutputSize Expr   `json:"output_size,omitempty"`
	FileOps    string `json:"file_ops_name,omitempty"`
}

// SysfsSpec is what only a sysfs attribute has.
type SysfsSpec struct {
	Pos        Pos    `json:"-"`
	Subsystem  string `json:"subsystem,omitempty"`
	DeviceType string `json:"device_type,omitempty"`
}

// SocketSpec is what only a socket call has.
type SocketSpec struct {
	Pos        Pos                `json:"-"`
	State      *SocketState       `json:"state,omitempty"`
	Protocols  []ProtocolBehavior `json:"protocol_behaviors,omitempty"`
	Buffer     *BufferSpec        `json:"buffer,omitempty"`
	Async      *AsyncSpec         `json:"async,omitempty"`
	Families   []AddrFamily       `json:"addr_families,omitempty"`
	Connection bool               `json:"is_connection_oriented,omitempty"`
	Message    bool               `json:"is_message_oriented,omitempty"`
	OOB        bool               `json:"supports_oob_data,omitempty"`
	Peek       bool               `json:"supports_peek,omitempty"`
	SelectPoll bool               `json:"supports_select_poll,omitempty"`
	Reentrant  bool               `json:"is_reentrant,omitempty"`
	Establish  string             `json:"connection_establishment,omitempty"`
	Terminate  string             `json:"connection_termination,omitempty"`
	Transfer   string             `json:"data_transfer_semantics,omitempty"`
}

// SocketState is which socket states a call needs, refuses and leads to.
// States and protocols are expressions of the notation's constants.
type SocketState struct {
	Pos       Pos    `json:"-"`
	Required  []Expr `json:"required_states,omitempty"`
	Forbidden []Expr `json:"forbidden_states,omitempty"`
	Resulting Expr   `json:"resulting_state,omitempty"`
	Condition string `json:"state_condition,omitempty"`
	Protocols Expr   `json:"applicable_protocols,omitempty" form:"hex"`
}

// ProtocolBehavior is what differs on some protocols.
type ProtocolBehavior struct {
	Pos             Pos    `json:"-"`
	Protocols       Expr   `json:"applicable_protocols,omitempty" form:"hex"`
	Behavior        string `json:"behavior,omitempty"`
	Flags           Expr   `json:"protocol_flags,omitempty" form:"hex"`
	FlagDescription string `json:"flag_description,omitempty"`
}

// BufferSpec is how a socket call treats its buffer.
type BufferSpec struct {
	Pos           Pos    `json:"-"`
	Behaviors     Expr   `json:"buffer_behaviors,omitempty" form:"hex"`
	Min           Expr   `json:"min_buffer_size,omitempty"`
	Max           Expr   `json:"max_buffer_size,omitempty"`
	Optimal       Expr   `json:"optimal_buffer_size,omitempty"`
	Fragmentation string `json:"fragmentation_rules,omitempty"`
	Partial       bool   `json:"can_partial_transfer,omitempty"`
	PartialRules  string `json:"partial_transfer_rules,omitempty"`
}

// AsyncSpec is how a socket call behaves when it would block.
type AsyncSpec struct {
	Pos           Pos    `json:"-"`
	Modes         Expr   `json:"supported_modes,omitempty" form:"hex"`
	NonblockErrno Expr   `json:"nonblock_errno,omitempty"`
	PollIn        Expr   `json:"poll_events_in,omitempty" form:"hex"`
	PollOut       Expr   `json:"poll_events_out,omitempty" form:"hex"`
	Completion    string `json:"completion_condition,omitempty"`
	Timeout       bool   `json:"supports_timeout,omitempty"`
	TimeoutRules  string `json:"timeout_behavior,omitempty"`
}

// AddrFamily is what a socket call takes as an address of one family.
type AddrFamily struct {
	Pos        Pos    `json:"-"`
	Family     Expr   `json:"family,omitempty"`
	Name       string `json:"family_name,omitempty"`
	StructSize Expr   `json:"addr_struct_size,omitempty"`
	MinLen     Expr   `json:"min_addr_len,omitempty"`
	MaxLen     Expr   `json:"max_addr_len,omitempty"`
	Format     string `json:"addr_format,omitempty"`
	Wildcard   bool   `json:"supports_wildcard,omitempty"`
	Multicast  bool   `json:"supports_multicast,omitempty"`
	Broadcast  bool   `json:"supports_broadcast,omitempty"`
	Special    string `json:"special_addresses,omitempty"`
	PortMin    Expr   `json:"port_range_min,omitempty"`
	PortMax    Expr   `json:"port_range_max,omitempty"`
}
