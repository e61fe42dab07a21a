// SPDX-License-Identifier: GPL-2.0-only

// Package sample has contracts that between them use every field of the
// model, for the tests of writers: a system call, an ioctl command, a sysfs
// attribute, a socket call and an exported function.
package sample

import sm "kapilint/specmodel"

func text(s string) sm.Expr { return sm.Text(s, sm.Pos{}) }

func texts(list ...string) []sm.Expr {
	var out []sm.Expr
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}

// All returns new copies of the five contracts.
func All() []*sm.API { return []*sm.API{Syscall(), Ioctl(), Sysfs(), Socket(), Function()} }

// Syscall returns a system call that uses what all notations have.
func Syscall() *sm.API {
	return &sm.API{
		Name: "sys_ferry", Kind: sm.Syscall, Origin: sm.FromKernelDoc, Pos: sm.Pos{File: "fs/ferry.c", Line: 40, Col: 1},
		Description: "Carry bytes across", LongDescription: "Carries what fits.\n\nThe order is kept.\n- first in\n- first out",
		Context: sm.Context{Flags: sm.CtxProcess | sm.CtxSleepable},
		Params: []sm.Param{
			{Index: 0, Name: "fd", TypeName: "int", Type: sm.TypeFD, Flags: sm.FlagIn, Description: "Where to",
				Constraint: sm.Constraint{Kind: sm.ConstraintRange, Min: text("0"), Max: text("INT_MAX"), Text: "Must be open."}},
			{Index: 1, Name: "buf", TypeName: "char __user *", Type: sm.TypeUserPtr, Flags: sm.FlagIn | sm.FlagOut | sm.FlagUser, Description: "The bytes",
				SizeParam: text("2"), Constraint: sm.Constraint{Kind: sm.ConstraintBuffer}},
			{Index: 2, Name: "len", TypeName: "size_t", Type: sm.TypeUint, Flags: sm.FlagIn, Description: "How many",
				Constraint: sm.Constraint{Kind: sm.ConstraintNone}},
			{Index: 3, Name: "flags", TypeName: "unsigned int", Type: sm.TypeUint, Flags: sm.FlagIn, Description: "How",
				Constraint: sm.Constraint{Kind: sm.ConstraintMask, Mask: text("FERRY_NOW | FERRY_LATER"),
					ArchMasks: []sm.ArchMask{{Arch: "powerpc", Bits: text("0x40")}}}},
			{Index: 4, Name: "name", TypeName: "const char __user *", Type: sm.TypePath, Flags: sm.FlagIn | sm.FlagOptional | sm.FlagUser,
				Description: "Of the ferry", Constraint: sm.Constraint{Kind: sm.ConstraintUserPath}},
			{Index: 5, Name: "way", TypeName: "int", Type: sm.TypeInt, Flags: sm.FlagIn, Description: "Which way",
				Constraint: sm.Constraint{Kind: sm.ConstraintEnum, Values: texts("FERRY_IN", "FERRY_OUT", "-1")}},
		},
		Return: &sm.Return{TypeName: "int", Type: sm.TypeInt, Check: sm.ReturnRange, SuccessMin: text("0"), SuccessMax: text("S64_MAX"),
			Description: "Bytes that arrived."},
		Errors: []sm.Error{
			{Name: "EBADF", Code: text("-EBADF"), Condition: "Not open", Description: "fd is not open."},
			{Name: "EINVAL", Code: text("-EINVAL"), Condition: "Unknown flags", Description: "flags has a bit that nobody knows."},
		},
		Locks: []sm.Lock{
			{Name: "ferry_lock", Type: sm.LockMutex, Scope: sm.LockInternal, Description: "Held on the way"},
			{Name: "quay", Type: sm.LockSpinlock, Scope: sm.LockAcquires}, {Name: "rope", Type: sm.LockRCU, Scope: sm.LockReleases},
			{Name: "port", Type: sm.LockRwlock, Scope: sm.LockCallerHeld},
		},
		Constraints: []sm.Rule{{Name: "Load", Description: "A ferry is small.", Expression: "len <= FERRY_MAX"}},
		Signals: []sm.Signal{{Name: "SIGINT", Number: text("SIGINT"), Direction: sm.SignalReceive | sm.SignalHandle, Action: sm.ActionReturn,
			Target: "the caller", Condition: "it waits", Description: "The ferry stops", Restartable: true, Interruptible: true,
			SAFlagsRequired: text("SA_RESTART"), SAFlagsForbidden: text("0x4"), Error: text("-EINTR"), TransformTo: text("SIGTERM"),
			Timing: "during", Priority: text("1"), Queue: "standard", StateRequired: text("KAPI_SIGNAL_STATE_SLEEPING"),
			StateForbidden: text("KAPI_SIGNAL_STATE_DEAD")}},
		Capabilities: []sm.Capability{{Name: "CAP_SYS_NICE", Number: text("CAP_SYS_NICE"), Action: sm.CapBypassCheck, Allows: "Skip the queue",
			Without: "Wait", Condition: "there is a queue", Priority: text("2")}},
		SideEffects: []sm.SideEffect{{Types: sm.EffectModifyState | sm.EffectSchedule, Target: "the ferry", Condition: "it left",
			Description: "It is on the other side", Reversible: true}},
		StateTransitions: []sm.StateTransition{{Object: "ferry", From: "here", To: "there", Condition: "it left", Description: "It moved"}},
		Examples:         "ferry(fd, buf, 4,\n      0);", Notes: "Mind the gap.",
	}
}

// Ioctl returns an ioctl command with structures.
func Ioctl() *sm.API {
	return &sm.API{
		Name: "crane_lift", Kind: sm.Ioctl, Origin: sm.FromMacro, Pos: sm.Pos{File: "drivers/crane/main.c", Line: 12, Col: 1}, Description: "Lift a crate",
		Version: text("3"), Context: sm.Context{Flags: sm.CtxProcess},
		Ioctl: &sm.IoctlSpec{Cmd: text("_IOWR('C', 1, struct crate)"), CmdName: "CRANE_LIFT", InputSize: text("sizeof(struct crate)"),
			OutputSize: text("8"), FileOps: "crane_fops"},
		Params: []sm.Param{{Index: 0, Name: "height", TypeName: "__u32", Type: sm.TypeUint, Flags: sm.FlagIn | sm.FlagConst, Description: "In metres",
			Size: text("4"), SizeMultiplier: text("2"), Constraint: sm.Constraint{Kind: sm.ConstraintCustom, Validate: "height_ok", Text: "Below the beam.", Alignment: text("4")}}},
		Return: &sm.Return{TypeName: "long", Type: sm.TypeInt, Check: sm.ReturnErrorCheck, Success: text("0"), ErrorValues: texts("-EIO", "-EBUSY"), Description: "0 or an error"},
		Errors: []sm.Error{{Name: "EIO", Code: text("-EIO"), Condition: "The rope broke", Description: "It is gone"}},
		Structs: []sm.Struct{{Name: "crate", Size: text("sizeof(struct crate)"), Alignment: text("8"), Description: "One crate", Fields: []sm.Field{
			{Name: "weight", TypeName: "__u32", Type: sm.TypeUint, Flags: sm.FlagIn, Offset: text("0"), Size: text("4"), Description: "In kilograms",
				Constraint: sm.Constraint{Kind: sm.ConstraintRange, Min: text("1"), Max: text("1000")}},
			{Name: "marks", TypeName: "__u32", Type: sm.TypeUint, Flags: sm.FlagOut, Offset: text("4"), Size: text("4"), Description: "Marks",
				Constraint: sm.Constraint{Kind: sm.ConstraintMask, Mask: text("0x7")}},
		}}},
		SignalMasks:  []sm.SignalMask{{Name: "quiet", Signals: texts("SIGINT", "SIGTERM"), Description: "Held back"}},
		Capabilities: []sm.Capability{{Name: "CAP_SYS_RAWIO", Title: "raw access", Number: text("CAP_SYS_RAWIO"), Action: sm.CapPerformOperation, Alternatives: texts("CAP_SYS_ADMIN", "CAP_SYS_BOOT")}},
	}
}

// Sysfs returns a sysfs attribute.
func Sysfs() *sm.API {
	return &sm.API{
		Name: "speed", Kind: sm.Sysfs, Origin: sm.FromMacro, Pos: sm.Pos{File: "drivers/crane/sysfs.c", Line: 5, Col: 1}, Description: "How fast the crane turns",
		Sysfs: &sm.SysfsSpec{Subsystem: "crane", DeviceType: "crane"},
		Params: []sm.Param{{Index: 0, Name: "speed", TypeName: "int", Type: sm.TypeString, Flags: sm.FlagSysfsRW | sm.FlagIn, Description: "In degrees",
			Constraint: sm.Constraint{Kind: sm.ConstraintRange, Min: text("0"), Max: text("90")},
			Sysfs: &sm.SysfsParam{Path: "/sys/class/crane/speed", Permissions: text("0644"), Default: "10", Units: "deg/s", Step: text("5"),
				AllowedStrings: []string{"slow", `"fast"`}}}},
		SinceVersion: "6.1", Deprecated: true, Replacement: "turn_rate",
	}
}

// Socket returns a socket call.
func Socket() *sm.API {
	return &sm.API{
		Name: "sys_hail", Kind: sm.Syscall, Origin: sm.FromMacro, Pos: sm.Pos{File: "net/hail.c", Line: 9, Col: 1}, Description: "Call a ship",
		Return: &sm.Return{TypeName: "long", Type: sm.TypeFD, Check: sm.ReturnFD, Description: "A descriptor"},
		Socket: &sm.SocketSpec{
			State: &sm.SocketState{Required: texts("KAPI_SOCK_STATE_OPEN"), Forbidden: texts("KAPI_SOCK_STATE_CLOSED", "KAPI_SOCK_STATE_LISTEN"),
				Resulting: text("KAPI_SOCK_STATE_CONNECTED"), Condition: "the ship hears", Protocols: text("KAPI_PROTO_TCP | KAPI_PROTO_UNIX")},
			Protocols: []sm.ProtocolBehavior{{Protocols: text("KAPI_PROTO_TCP"), Behavior: "shakes hands", Flags: text("0x4"), FlagDescription: "twice"}},
			Buffer: &sm.BufferSpec{Behaviors: text("KAPI_BUF_PEEK"), Min: text("1"), Max: text("4096"), Optimal: text("512"), Fragmentation: "none",
				Partial: true, PartialRules: "the rest is lost"},
			Async: &sm.AsyncSpec{Modes: text("KAPI_ASYNC_NONBLOCK"), NonblockErrno: text("-EAGAIN"), PollIn: text("EPOLLIN"), PollOut: text("EPOLLOUT"),
				Completion: "an answer came", Timeout: true, TimeoutRules: "SO_SNDTIMEO"},
			Families: []sm.AddrFamily{{Family: text("AF_INET"), Name: "AF_INET", StructSize: text("16"), MinLen: text("8"), MaxLen: text("16"),
				Format: "address and port", Wildcard: true, Multicast: true, Broadcast: true, Special: "INADDR_ANY", PortMin: text("1"), PortMax: text("65535")}},
			Connection: true, Message: true, OOB: true, Peek: true, SelectPoll: true, Reentrant: true,
			Establish: "by a hail", Terminate: "by silence", Transfer: "in order",
		},
	}
}

// Function returns an exported function, inferred from code, with all that
// only inference says and all that a reader could not resolve.
func Function() *sm.API {
	step := []sm.Step{{File: "lib/knot.c", Line: 7, Col: 2, Func: "tie", Note: "returns -EIO"}}
	return &sm.API{
		Name: "tie", Kind: sm.Function, Origin: sm.FromCode, Pos: sm.Pos{File: "lib/knot.c", Line: 3, Col: 1}, Description: "Tie a knot",
		Open: []sm.Step{{File: "lib/knot.c", Line: 9, Col: 4, Func: "tie", Note: "calls through a pointer", Via: "knot_ops.tie"}},
		Params: []sm.Param{
			{Index: 0, Name: "rope", TypeName: "struct rope *", Type: sm.TypePtr, Constraint: sm.Constraint{Kind: sm.ConstraintSet,
				Ranges: []sm.Interval{{Min: text("0"), Max: text("2")}, {Min: text("4"), Max: text("4")}}, Else: []string{"EINVAL", "EPERM"}, Trace: step}},
			{Index: 1, Name: "how", TypeName: "int", Type: sm.TypeInt, Constraint: sm.Constraint{Kind: sm.ConstraintEnum, ValuesFrom: "knots"}},
			{Index: 2, Name: "page", TypeName: "unsigned long", Type: sm.TypeUint, Constraint: sm.Constraint{Kind: sm.ConstraintPageAligned}},
		},
		Return: &sm.Return{TypeName: "int", Type: sm.TypeInt, Check: sm.ReturnCustom, IsSuccess: "tied", ErrorsFrom: "tie_errors", Description: "0"},
		Errors: []sm.Error{{Name: "EIO", Code: text("-EIO"), Condition: "rope is 3", Via: "file_operations.flush", Trace: step}},
		Implementations: []sm.Implementation{
			{Name: "knot_flush", At: sm.Step{File: "lib/knot.c", Line: 20, Func: "knot_flush", Note: "defined here"}, Puts: step, Errors: []string{"EIO"}, Closed: true},
			{Name: "bow_flush", Open: step},
		},
		Capabilities: []sm.Capability{{Name: "CAP_KILL", Number: text("CAP_KILL"), Action: sm.CapGrantPermission, AlternativesFrom: "other_caps"}},
		SideEffects:  []sm.SideEffect{{Types: sm.EffectIrreversible, Target: "the rope"}},
		Unknown:      []sm.Unknown{{Where: "parameter rope", Key: "colour", Raw: "red"}},
	}
}
