// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"slices"
	"strings"
)

// ParamType is the class of a parameter, return value or field.
type ParamType string

// The classes; String to Bitmap belong to sysfs attributes.
const (
	TypeVoid    ParamType = "void"
	TypeInt     ParamType = "int"
	TypeUint    ParamType = "uint"
	TypePtr     ParamType = "ptr"
	TypeStruct  ParamType = "struct"
	TypeUnion   ParamType = "union"
	TypeEnum    ParamType = "enum"
	TypeFuncPtr ParamType = "func_ptr"
	TypeArray   ParamType = "array"
	TypeFD      ParamType = "fd"
	TypeUserPtr ParamType = "user_ptr"
	TypePath    ParamType = "path"
	TypeString  ParamType = "string"
	TypeBool    ParamType = "bool"
	TypeHex     ParamType = "hex"
	TypeBinary  ParamType = "binary"
	TypeBitmap  ParamType = "bitmap"
	TypeCustom  ParamType = "custom"
)

// ParamTypes lists the classes in the order of their numbers in the compiled
// form that has the sysfs classes.
var ParamTypes = []ParamType{TypeVoid, TypeInt, TypeUint, TypePtr, TypeStruct, TypeUnion, TypeEnum, TypeFuncPtr,
	TypeArray, TypeFD, TypeUserPtr, TypePath, TypeString, TypeBool, TypeHex, TypeBinary, TypeBitmap, TypeCustom}

// ConstraintKind is the kind of a Constraint.
type ConstraintKind string

// The kinds of the notation, and "set" for what only inference knows. The
// empty kind means that the source states none, which the notation takes as none.
const (
	ConstraintNone        ConstraintKind = "none"
	ConstraintRange       ConstraintKind = "range"
	ConstraintMask        ConstraintKind = "mask"
	ConstraintEnum        ConstraintKind = "enum"
	ConstraintAlignment   ConstraintKind = "alignment"
	ConstraintPowerOfTwo  ConstraintKind = "power_of_two"
	ConstraintPageAligned ConstraintKind = "page_aligned"
	ConstraintNonZero     ConstraintKind = "nonzero"
	ConstraintUserString  ConstraintKind = "user_string"
	ConstraintUserPath    ConstraintKind = "user_path"
	ConstraintUserPtr     ConstraintKind = "user_ptr"
	ConstraintBuffer      ConstraintKind = "buffer"
	ConstraintCustom      ConstraintKind = "custom"
	ConstraintSet         ConstraintKind = "set"
)

// ConstraintKinds lists the kinds in the order of their numbers.
var ConstraintKinds = []ConstraintKind{ConstraintNone, ConstraintRange, ConstraintMask, ConstraintEnum,
	ConstraintAlignment, ConstraintPowerOfTwo, ConstraintPageAligned, ConstraintNonZero, ConstraintUserString,
	ConstraintUserPath, ConstraintUserPtr, ConstraintBuffer, ConstraintCustom}

// ReturnCheck is how success is told from failure.
type ReturnCheck string

// The checks.
const (
	ReturnExact      ReturnCheck = "exact"
	ReturnRange      ReturnCheck = "range"
	ReturnErrorCheck ReturnCheck = "error_check"
	ReturnFD         ReturnCheck = "fd"
	ReturnCustom     ReturnCheck = "custom"
	ReturnNone       ReturnCheck = "no_return"
)

// ReturnChecks lists the checks in the order of their numbers.
var ReturnChecks = []ReturnCheck{ReturnExact, ReturnRange, ReturnErrorCheck, ReturnFD, ReturnCustom, ReturnNone}

// LockType is the kind of a lock.
type LockType string

// The lock types.
const (
	LockNone      LockType = "none"
	LockMutex     LockType = "mutex"
	LockSpinlock  LockType = "spinlock"
	LockRwlock    LockType = "rwlock"
	LockSeqlock   LockType = "seqlock"
	LockRCU       LockType = "rcu"
	LockSemaphore LockType = "semaphore"
	LockCustom    LockType = "custom"
)

// LockTypes lists the lock types in the order of their numbers.
var LockTypes = []LockType{LockNone, LockMutex, LockSpinlock, LockRwlock, LockSeqlock, LockRCU, LockSemaphore, LockCustom}

// LockScope is how a lock is held around the call.
type LockScope string

// The scopes.
const (
	LockInternal   LockScope = "internal"    // taken and dropped inside
	LockAcquires   LockScope = "acquires"    // taken, and held on return
	LockReleases   LockScope = "releases"    // held on entry, and dropped
	LockCallerHeld LockScope = "caller_held" // held throughout
)

// LockScopes lists the scopes in the order of their numbers.
var LockScopes = []LockScope{LockInternal, LockAcquires, LockReleases, LockCallerHeld}

// SignalAction is what a signal leads to.
type SignalAction string

// The actions.
const (
	ActionDefault   SignalAction = "default"
	ActionTerminate SignalAction = "terminate"
	ActionCoredump  SignalAction = "coredump"
	ActionStop      SignalAction = "stop"
	ActionContinue  SignalAction = "continue"
	ActionCustom    SignalAction = "custom"
	ActionReturn    SignalAction = "return"
	ActionRestart   SignalAction = "restart"
	ActionQueue     SignalAction = "queue"
	ActionDiscard   SignalAction = "discard"
	ActionTransform SignalAction = "transform"
)

// SignalActions lists the actions in the order of their numbers.
var SignalActions = []SignalAction{ActionDefault, ActionTerminate, ActionCoredump, ActionStop, ActionContinue,
	ActionCustom, ActionReturn, ActionRestart, ActionQueue, ActionDiscard, ActionTransform}

// CapabilityAction is what having a capability does.
type CapabilityAction string

// The actions.
const (
	CapBypassCheck         CapabilityAction = "bypass_check"
	CapIncreaseLimit       CapabilityAction = "increase_limit"
	CapOverrideRestriction CapabilityAction = "override_restriction"
	CapGrantPermission     CapabilityAction = "grant_permission"
	CapModifyBehavior      CapabilityAction = "modify_behavior"
	CapAccessResource      CapabilityAction = "access_resource"
	CapPerformOperation    CapabilityAction = "perform_operation"
)

// CapabilityActions lists the actions in the order of their numbers.
var CapabilityActions = []CapabilityAction{CapBypassCheck, CapIncreaseLimit, CapOverrideRestriction,
	CapGrantPermission, CapModifyBehavior, CapAccessResource, CapPerformOperation}

// ParamFlags is a set of parameter flags. INOUT is In and Out.
type ParamFlags uint32

// The parameter flags, with the bits of the compiled form.
const (
	FlagIn             ParamFlags = 1 << 0
	FlagOut            ParamFlags = 1 << 1
	FlagOptional       ParamFlags = 1 << 3
	FlagConst          ParamFlags = 1 << 4
	FlagVolatile       ParamFlags = 1 << 5
	FlagUser           ParamFlags = 1 << 6
	FlagDMA            ParamFlags = 1 << 7
	FlagAligned        ParamFlags = 1 << 8
	FlagSysfsReadonly  ParamFlags = 1 << 9
	FlagSysfsWriteonly ParamFlags = 1 << 10
	FlagSysfsRW        ParamFlags = 1 << 11
	FlagSysfsBinary    ParamFlags = 1 << 12
)

// ContextFlags is a set of execution contexts.
type ContextFlags uint32

// The contexts, with the bits of the compiled form.
const (
	CtxProcess ContextFlags = 1 << iota
	CtxSoftirq
	CtxHardirq
	CtxNMI
	CtxAtomic
	CtxSleepable
	CtxPreemptDisabled
	CtxIRQDisabled
)

// SignalDirections is a set of signal directions.
type SignalDirections uint32

// The directions, with the bits of the compiled form.
const (
	SignalReceive SignalDirections = 1 << iota
	SignalSend
	SignalHandle
	SignalBlock
	SignalIgnore
)

// EffectTypes is a set of kinds of side effect.
type EffectTypes uint32

// The kinds of side effect, with the bits of the compiled form.
const (
	EffectAllocMemory EffectTypes = 1 << iota
	EffectFreeMemory
	EffectModifyState
	EffectSignalSend
	EffectFilePosition
	EffectLockAcquire
	EffectLockRelease
	EffectResourceCreate
	EffectResourceDestroy
	EffectSchedule
	EffectHardware
	EffectNetwork
	EffectFilesystem
	EffectProcessState
	EffectIrreversible
)

// A bit is one member of a set: its name, its value, and other spellings.
type bit struct {
	name  string
	value uint32
	alias []string
}

var paramFlagBits = []bit{
	{"in", uint32(FlagIn), []string{"input"}},
	{"out", uint32(FlagOut), []string{"output"}},
	{"optional", uint32(FlagOptional), nil},
	{"const", uint32(FlagConst), nil},
	{"volatile", uint32(FlagVolatile), nil},
	{"user", uint32(FlagUser), nil},
	{"dma", uint32(FlagDMA), nil},
	{"aligned", uint32(FlagAligned), nil},
	{"sysfs_readonly", uint32(FlagSysfsReadonly), nil},
	{"sysfs_writeonly", uint32(FlagSysfsWriteonly), nil},
	{"sysfs_rw", uint32(FlagSysfsRW), nil},
	{"sysfs_binary", uint32(FlagSysfsBinary), nil},
	{"", uint32(FlagIn | FlagOut), []string{"inout"}},
	{"", uint32(FlagUser), []string{"user_ptr"}},
}

var contextBits = []bit{
	{"process", uint32(CtxProcess), nil},
	{"softirq", uint32(CtxSoftirq), nil},
	{"hardirq", uint32(CtxHardirq), nil},
	{"nmi", uint32(CtxNMI), nil},
	{"atomic", uint32(CtxAtomic), nil},
	{"sleepable", uint32(CtxSleepable), nil},
	{"preempt_disabled", uint32(CtxPreemptDisabled), nil},
	{"irq_disabled", uint32(CtxIRQDisabled), nil},
}

var directionBits = []bit{
	{"receive", uint32(SignalReceive), nil},
	{"send", uint32(SignalSend), nil},
	{"handle", uint32(SignalHandle), nil},
	{"block", uint32(SignalBlock), nil},
	{"ignore", uint32(SignalIgnore), nil},
}

var effectBits = []bit{
	{"alloc_memory", uint32(EffectAllocMemory), nil},
	{"free_memory", uint32(EffectFreeMemory), nil},
	{"modify_state", uint32(EffectModifyState), nil},
	{"signal_send", uint32(EffectSignalSend), nil},
	{"file_position", uint32(EffectFilePosition), nil},
	{"lock_acquire", uint32(EffectLockAcquire), nil},
	{"lock_release", uint32(EffectLockRelease), nil},
	{"resource_create", uint32(EffectResourceCreate), nil},
	{"resource_destroy", uint32(EffectResourceDestroy), nil},
	{"schedule", uint32(EffectSchedule), nil},
	{"hardware", uint32(EffectHardware), nil},
	{"network", uint32(EffectNetwork), nil},
	{"filesystem", uint32(EffectFilesystem), nil},
	{"process_state", uint32(EffectProcessState), nil},
	{"irreversible", uint32(EffectIrreversible), nil},
	{"", 0, []string{"none"}},
	{"", uint32(EffectAllocMemory | EffectFreeMemory), []string{"kapi_effects_memory"}},
	{"", uint32(EffectLockAcquire | EffectLockRelease), []string{"kapi_effects_locking"}},
	{"", uint32(EffectResourceCreate | EffectResourceDestroy), []string{"kapi_effects_resources"}},
	{"", uint32(EffectNetwork | EffectFilesystem), []string{"kapi_effects_io"}},
}

func bitNames(v uint32, bits []bit) []string {
	var names []string
	for _, b := range bits {
		if b.name != "" && v&b.value != 0 {
			names = append(names, b.name)
		}
	}
	return names
}

// parseBit finds a token with or without its C prefix, in any case.
func parseBit(tok, prefix string, bits []bit) (uint32, bool) {
	t := shortToken(tok, prefix)
	for _, b := range bits {
		if t == b.name && t != "" || slices.Contains(b.alias, t) {
			return b.value, true
		}
	}
	return 0, false
}

func shortToken(tok, prefix string) string {
	t := strings.ToLower(strings.TrimSpace(tok))
	return strings.TrimPrefix(t, prefix)
}

func parseToken[T ~string](tok, prefix string, all []T) (T, bool) {
	t := T(shortToken(tok, prefix))
	return t, slices.Contains(all, t)
}

// Names lists the flags that are set by their short names, in bit order.
func (f ParamFlags) Names() []string { return bitNames(uint32(f), paramFlagBits) }

// Names lists the contexts that are set by their short names, in bit order.
func (f ContextFlags) Names() []string { return bitNames(uint32(f), contextBits) }

// Names lists the directions that are set by their short names, in bit order.
func (d SignalDirections) Names() []string { return bitNames(uint32(d), directionBits) }

// Names lists the kinds that are set by their short names, in bit order.
func (e EffectTypes) Names() []string { return bitNames(uint32(e), effectBits) }

// ParseParamType reads a short or KAPI_TYPE_ name, in any case.
func ParseParamType(tok string) (ParamType, bool) {
	if t := shortToken(tok, "kapi_type_"); t == "uptr" {
		return TypeUserPtr, true
	}
	return parseToken(tok, "kapi_type_", ParamTypes)
}

// ParseParamFlag reads one flag, by short or KAPI_PARAM_ name, in any case.
func ParseParamFlag(tok string) (ParamFlags, bool) {
	v, ok := parseBit(tok, "kapi_param_", paramFlagBits)
	return ParamFlags(v), ok
}

// ParseContext reads one context, by short or KAPI_CTX_ name, in any case.
func ParseContext(tok string) (ContextFlags, bool) {
	v, ok := parseBit(tok, "kapi_ctx_", contextBits)
	return ContextFlags(v), ok
}

// ParseDirection reads one direction, by short or KAPI_SIGNAL_ name, in any case.
func ParseDirection(tok string) (SignalDirections, bool) {
	v, ok := parseBit(tok, "kapi_signal_", directionBits)
	return SignalDirections(v), ok
}

// ParseEffect reads one kind of side effect, by short, KAPI_EFFECT_ or
// KAPI_EFFECTS_ name, in any case.
func ParseEffect(tok string) (EffectTypes, bool) {
	v, ok := parseBit(tok, "kapi_effect_", effectBits)
	return EffectTypes(v), ok
}

// ParseConstraintKind reads a kind, by short or KAPI_CONSTRAINT_ name, in any
// case; align is alignment.
func ParseConstraintKind(tok string) (ConstraintKind, bool) {
	if shortToken(tok, "kapi_constraint_") == "align" {
		return ConstraintAlignment, true
	}
	return parseToken(tok, "kapi_constraint_", ConstraintKinds)
}

// ParseReturnCheck reads a check, by short or KAPI_RETURN_ name, in any case.
func ParseReturnCheck(tok string) (ReturnCheck, bool) {
	return parseToken(tok, "kapi_return_", ReturnChecks)
}

// ParseLockType reads a lock type, by short or KAPI_LOCK_ name, in any case.
func ParseLockType(tok string) (LockType, bool) {
	return parseToken(tok, "kapi_lock_", LockTypes)
}

// ParseLockScope reads a scope, by short or KAPI_LOCK_ name, in any case.
func ParseLockScope(tok string) (LockScope, bool) {
	return parseToken(tok, "kapi_lock_", LockScopes)
}

// ParseSignalAction reads an action, by short or KAPI_SIGNAL_ACTION_ name, in any case.
func ParseSignalAction(tok string) (SignalAction, bool) {
	return parseToken(tok, "kapi_signal_action_", SignalActions)
}

// ParseCapabilityAction reads an action, by short or KAPI_CAP_ name, in any case.
func ParseCapabilityAction(tok string) (CapabilityAction, bool) {
	return parseToken(tok, "kapi_cap_", CapabilityActions)
}

// SignalTiming gives the text that a KAPI_SIGNAL_TIME_ constant or a short
// alias stands for; ok is false for other text, which the notation allows.
func SignalTiming(tok string) (text string, ok bool) {
	t := shortToken(tok, "kapi_signal_time_")
	switch t {
	case "blocking":
		return "while_blocked", true
	case "sleeping":
		return "while_sleeping", true
	case "entry", "during", "exit", "anytime", "before", "after", "while_blocked", "while_sleeping":
		return t, true
	}
	return tok, false
}

// SignalQueue gives the text that a KAPI_SIGNAL_QUEUE_ constant stands for;
// ok is false for other text, which the notation allows.
func SignalQueue(tok string) (text string, ok bool) {
	t := shortToken(tok, "kapi_signal_queue_")
	switch t {
	case "standard", "realtime", "coalesce", "replace", "discard":
		return t, true
	}
	return tok, false
}
