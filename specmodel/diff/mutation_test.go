// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"strings"
	"testing"

	m "kapilint/specmodel"
)

func n(v int64) m.Expr              { return m.Lit(m.Int(v)) }
func name(s string, v int64) m.Expr { return m.Named(s, m.Int(v)) }
func text(s string) m.Expr          { return m.Text(s, m.Pos{}) }
func exprs(e ...m.Expr) []m.Expr    { return e }

func rng(lo, hi m.Expr) m.Constraint { return m.Constraint{Kind: m.ConstraintRange, Min: lo, Max: hi} }
func mask(e m.Expr) m.Constraint     { return m.Constraint{Kind: m.ConstraintMask, Mask: e} }
func enum(e ...m.Expr) m.Constraint  { return m.Constraint{Kind: m.ConstraintEnum, Values: e} }

// bell is a contract that has something of everything, as a person writes it.
func bell() *m.API {
	return &m.API{
		Name: "sys_bell", Kind: m.Syscall, Origin: m.FromKernelDoc, Description: "Ring a bell", LongDescription: "Once.",
		Pos:     m.Pos{File: "bell.c", Line: 3, Col: 1},
		Context: m.Context{Flags: m.CtxProcess | m.CtxSoftirq},
		Params: []m.Param{
			{Index: 0, Name: "door", TypeName: "unsigned int", Type: m.TypeUint, Flags: m.FlagIn, Constraint: rng(n(0), n(7))},
			{Index: 1, Name: "tune", TypeName: "struct note __user *", Type: m.TypeUserPtr, Flags: m.FlagIn | m.FlagUser,
				Constraint: m.Constraint{Kind: m.ConstraintBuffer}, SizeParam: n(2), Size: n(16)},
			{Index: 2, Name: "how", TypeName: "int", Type: m.TypeInt, Flags: m.FlagIn, Constraint: mask(n(3))},
			{Index: 3, Name: "op", TypeName: "int", Type: m.TypeInt, Flags: m.FlagIn, Constraint: enum(name("RING", 0), name("STOP", 1))},
		},
		Return:      &m.Return{TypeName: "long", Type: m.TypeInt, Check: m.ReturnExact, Success: n(0)},
		Errors:      []m.Error{{Name: "EINVAL", Code: n(-22), Condition: "No such door"}, {Name: "EINTR", Code: n(-4)}},
		Locks:       []m.Lock{{Name: "door_lock", Type: m.LockMutex}},
		Constraints: []m.Rule{{Name: "rest", Description: "Not twice a minute", Expression: "now - last >= 60"}},
		Signals: []m.Signal{{Name: "SIGALRM", Direction: m.SignalReceive, Action: m.ActionReturn, Restartable: true,
			Error: n(-4), SAFlagsRequired: n(1)}},
		SignalMasks: []m.SignalMask{{Name: "quiet", Signals: exprs(n(1), n(2))}},
		Structs: []m.Struct{{Name: "note", Size: n(16), Alignment: n(8), Fields: []m.Field{
			{Name: "pitch", TypeName: "__u32", Type: m.TypeUint, Offset: n(0), Size: n(4), Flags: m.FlagIn, Constraint: rng(n(1), n(100))},
			{Name: "heard", TypeName: "__u32", Type: m.TypeUint, Offset: n(4), Size: n(4), Flags: m.FlagOut, Constraint: rng(n(0), n(1))},
			{Name: "end", TypeName: "__u64", Type: m.TypeUint, Offset: n(8), Size: n(8), Flags: m.FlagIn | m.FlagOut}}}},
		Capabilities: []m.Capability{{Name: "CAP_SYS_RAWIO", Number: n(17), Action: m.CapPerformOperation, Alternatives: exprs(n(21))},
			{Name: "CAP_SYS_NICE", Number: n(23), Action: m.CapBypassCheck}},
		SideEffects:      []m.SideEffect{{Types: m.EffectHardware, Target: "the bell", Reversible: true}},
		StateTransitions: []m.StateTransition{{Object: "bell", From: "still", To: "ringing"}},
	}
}

type mutation struct {
	name string
	base func(*m.API) // makes the old contract, where bell does not do
	do   func(*m.API)
	want string // the rule forth
	sev  Severity
}

var mutations = []mutation{
	{"range narrowed", nil, func(a *m.API) { a.Params[0].Constraint.Max = n(6) }, "param-range-narrowed", Breaking},
	{"range widened", nil, func(a *m.API) { a.Params[0].Constraint.Max = n(8) }, "param-range-widened", Info},
	{"range moved", nil, func(a *m.API) { a.Params[0].Constraint = rng(n(1), n(8)) }, "param-range-moved", Breaking},
	{"range with unknown end", nil, func(a *m.API) { a.Params[0].Constraint.Max = text("DOORS") }, "param-constraint-changed", Warning},
	{"range of unknown end, closer start", func(a *m.API) { a.Params[0].Constraint.Max = text("DOORS") },
		func(a *m.API) { a.Params[0].Constraint.Min = n(1) }, "param-range-narrowed", Breaking},
	{"range by the value of a name", func(a *m.API) { a.Params[0].Constraint.Max = name("DOORS", 7) },
		func(a *m.API) { a.Params[0].Constraint.Max = name("DOORS", 5) }, "param-range-narrowed", Breaking},
	{"range to mask, fewer", nil, func(a *m.API) { a.Params[0].Constraint = mask(n(3)) }, "param-constraint-narrowed", Breaking},
	{"range to mask, more", nil, func(a *m.API) { a.Params[0].Constraint = mask(n(15)) }, "param-constraint-widened", Info},
	{"range to list, others", nil, func(a *m.API) { a.Params[0].Constraint = enum(n(1), n(9)) }, "param-constraint-moved", Breaking},
	{"no range", nil, func(a *m.API) { a.Params[0].Constraint = m.Constraint{} }, "param-constraint-removed", Info},
	{"a first constraint", func(a *m.API) { a.Params[0].Constraint = m.Constraint{} },
		func(a *m.API) { a.Params[0].Constraint = m.Constraint{Kind: m.ConstraintNonZero} }, "param-constraint-added", Breaking},
	{"alignment", func(a *m.API) { a.Params[0].Constraint = m.Constraint{Kind: m.ConstraintAlignment, Alignment: n(8)} },
		func(a *m.API) { a.Params[0].Constraint.Alignment = n(16) }, "param-alignment-narrowed", Breaking},
	{"mask loses a bit", nil, func(a *m.API) { a.Params[2].Constraint.Mask = n(1) }, "param-mask-bits-removed", Breaking},
	{"mask wins a bit", nil, func(a *m.API) { a.Params[2].Constraint.Mask = n(7) }, "param-mask-bits-added", Info},
	{"mask of other bits", nil, func(a *m.API) { a.Params[2].Constraint.Mask = n(6) }, "param-mask-bits-changed", Breaking},
	{"mask of unknown names, one less", func(a *m.API) { a.Params[2].Constraint.Mask = text("LOUD | LONG") },
		func(a *m.API) { a.Params[2].Constraint.Mask = text("LONG") }, "param-mask-bits-removed", Breaking},
	{"mask renumbered", func(a *m.API) { a.Params[2].Constraint.Mask = name("LOUD", 2) },
		func(a *m.API) { a.Params[2].Constraint.Mask = name("LOUD", 4) }, "param-values-renumbered", Breaking},
	{"mask on one architecture", func(a *m.API) { a.Params[2].Constraint.ArchMasks = []m.ArchMask{{Arch: "sparc", Bits: n(64)}} },
		func(a *m.API) { a.Params[2].Constraint.ArchMasks = nil }, "param-arch-mask-bits-removed", Breaking},
	{"renumbered on one architecture", func(a *m.API) {
		a.Params[2].Constraint.ArchMasks = []m.ArchMask{{Arch: "sparc", Bits: name("LOUD", 64)}, {Arch: "x86", Bits: name("LOUD", 4)}}
	}, func(a *m.API) { a.Params[2].Constraint.ArchMasks[0].Bits = name("LOUD", 128) }, "param-arch-values-renumbered", Breaking},
	{"list shorter", nil, func(a *m.API) { a.Params[3].Constraint.Values = exprs(name("RING", 0)) }, "param-values-removed", Breaking},
	{"list longer", nil, func(a *m.API) { a.Params[3].Constraint = enum(n(0), n(1), n(2)) }, "param-values-added", Info},
	{"list renumbered", nil, func(a *m.API) { a.Params[3].Constraint = enum(name("RING", 0), name("STOP", 4)) }, "param-values-renumbered", Breaking},
	{"refusal", func(a *m.API) { a.Params[0].Constraint.Else = []string{"EINVAL"} },
		func(a *m.API) { a.Params[0].Constraint.Else = []string{"EINVAL", "EINTR"} }, "param-refusal-added", Breaking},
	{"optional", nil, func(a *m.API) { a.Params[1].Flags |= m.FlagOptional }, "param-optional-added", Info},
	{"written, too", nil, func(a *m.API) { a.Params[1].Flags |= m.FlagOut }, "param-output-added", Breaking},
	{"in becomes out", nil, func(a *m.API) { a.Params[1].Flags ^= m.FlagIn | m.FlagOut }, "param-direction-changed", Breaking},
	{"param type", nil, func(a *m.API) { a.Params[2].TypeName = "long"; a.Params[2].Type = m.TypeUint }, "param-type-changed", Breaking},
	{"param class", nil, func(a *m.API) { a.Params[2].Type = m.TypeFD }, "param-class-changed", Warning},
	{"param renamed", nil, func(a *m.API) { a.Params[2].Name = "way" }, "param-name-changed", Info},
	{"last param gone", nil, func(a *m.API) { a.Params = a.Params[:3] }, "param-removed", Breaking},
	{"first param gone", nil, func(a *m.API) {
		a.Params = a.Params[1:]
		for i := range a.Params {
			a.Params[i].Index--
		}
		a.Params[0].SizeParam = n(1)
	}, "param-removed", Breaking},
	{"params swapped", nil, func(a *m.API) { a.Params[2].Index, a.Params[3].Index = 3, 2; a.Params[1].SizeParam = n(3) }, "param-order-changed", Breaking},
	{"size in another param", nil, func(a *m.API) { a.Params[1].SizeParam = n(0) }, "param-size-param-changed", Breaking},
	{"size", nil, func(a *m.API) { a.Params[1].Size = n(24) }, "param-size-grown", Breaking},
	{"unit", nil, func(a *m.API) { a.Params[1].SizeMultiplier = n(8) }, "param-unit-changed", Breaking},
	{"step", func(a *m.API) { a.Params[0].Sysfs = &m.SysfsParam{Step: n(2)} },
		func(a *m.API) { a.Params[0].Sysfs = &m.SysfsParam{Step: n(4)} }, "param-step-narrowed", Breaking},
	{"read-only attribute, more values", func(a *m.API) { a.Kind = m.Sysfs; a.Params[0].Flags = m.FlagSysfsReadonly },
		func(a *m.API) { a.Params[0].Constraint.Max = n(9) }, "param-output-values-widened", Breaking},
	{"attribute, other access", func(a *m.API) { a.Kind = m.Sysfs; a.Params[0].Flags = m.FlagSysfsRW },
		func(a *m.API) { a.Params[0].Flags = m.FlagSysfsReadonly }, "param-access-removed", Breaking},
	{"error added", nil, func(a *m.API) { a.Errors = append(a.Errors, m.Error{Name: "EIO"}) }, "errno-added", Breaking},
	{"error removed", nil, func(a *m.API) { a.Errors = a.Errors[:1] }, "errno-removed", Info},
	{"error renumbered", nil, func(a *m.API) { a.Errors[0].Code = n(-77) }, "errno-number-changed", Breaking},
	{"error condition", nil, func(a *m.API) { a.Errors[0].Condition = "Locked" }, "errno-condition-changed", Warning},
	{"one more way to an error", nil, func(a *m.API) { a.Errors = append(a.Errors, m.Error{Name: "EINTR", Condition: "x"}) }, "errno-way-added", Warning},
	{"gone from an open contract", func(a *m.API) { a.Origin = m.FromCode }, func(a *m.API) { a.Errors = a.Errors[:1] }, "errno-seen-removed", Info},
	{"gone from one that callbacks keep open", func(a *m.API) { a.Origin, a.Open = m.FromCode, []m.Step{{Via: "bell.ring"}} },
		func(a *m.API) { a.Errors = a.Errors[:1] }, "errno-own-removed", Info},
	{"new in one that callbacks keep open", func(a *m.API) { a.Origin, a.Open = m.FromCode, []m.Step{{Via: "bell.ring"}} },
		func(a *m.API) { a.Errors = append(a.Errors, m.Error{Name: "EIO"}) }, "errno-own-added", Warning},
	{"new in one that memory keeps open as well", func(a *m.API) { a.Origin, a.Open = m.FromCode, []m.Step{{Via: "bell.ring"}, {Note: "kept in memory"}} },
		func(a *m.API) { a.Errors = append(a.Errors, m.Error{Name: "EIO"}) }, "errno-seen-added", Info},
	{"another callback", func(a *m.API) {
		a.Origin, a.Open = m.FromCode, []m.Step{{Via: "bell.ring", Line: 1}, {Via: "bell.ring", Line: 2}}
	},
		func(a *m.API) { a.Open = append(a.Open, m.Step{Via: "bell.mute"}) }, "errno-source-added", Info},
	{"gone from a closed contract", func(a *m.API) { a.Origin, a.Closed = m.FromCode, true }, func(a *m.API) { a.Errors = a.Errors[:1] }, "errno-removed", Info},
	{"opened", func(a *m.API) { a.Origin, a.Closed = m.FromCode, true },
		func(a *m.API) { a.Closed = false; a.Open = []m.Step{{Note: "whatever it calls"}} }, "errno-list-opened", Warning},
	{"success widened", nil, func(a *m.API) { a.Return.Check, a.Return.SuccessMin, a.Return.SuccessMax = m.ReturnRange, n(0), n(4) }, "return-success-widened", Breaking},
	{"success moved", nil, func(a *m.API) { a.Return.Success = n(1) }, "return-success-moved", Breaking},
	{"may sleep", nil, func(a *m.API) { a.Context.Flags |= m.CtxSleepable }, "context-sleep-added", Breaking},
	{"fewer places", nil, func(a *m.API) { a.Context.Flags = m.CtxProcess }, "context-place-removed", Breaking},
	{"lock inside", nil, func(a *m.API) { a.Locks = append(a.Locks, m.Lock{Name: "bell_lock"}) }, "lock-internal-added", Warning},
	{"lock to be held", nil, func(a *m.API) { a.Locks = append(a.Locks, m.Lock{Name: "bell_lock", Scope: m.LockCallerHeld}) }, "lock-required-added", Breaking},
	{"lock scope", nil, func(a *m.API) { a.Locks[0].Scope = m.LockAcquires }, "lock-scope-changed", Breaking},
	{"constraint", nil, func(a *m.API) { a.Constraints = append(a.Constraints, m.Rule{Name: "night"}) }, "constraint-added", Breaking},
	{"signal", nil, func(a *m.API) { a.Signals = append(a.Signals, m.Signal{Name: "SIGINT"}) }, "signal-added", Breaking},
	{"signal restarts no more", nil, func(a *m.API) { a.Signals[0].Restartable = false }, "signal-restartable-removed", Breaking},
	{"signal requires more", nil, func(a *m.API) { a.Signals[0].SAFlagsRequired = n(5) }, "signal-sa-flags-required-added", Breaking},
	{"struct size", nil, func(a *m.API) { a.Structs[0].Size = n(24) }, "struct-size-changed", Breaking},
	{"field added", nil, func(a *m.API) {
		a.Structs[0].Size = n(24)
		a.Structs[0].Fields = append(a.Structs[0].Fields, m.Field{Name: "more", Offset: n(16), Size: n(8)})
	}, "field-added", Breaking},
	{"field grown", nil, func(a *m.API) {
		f := a.Structs[0].Fields
		f[0].Size, f[1].Offset, f[2].Offset, a.Structs[0].Size = n(8), n(8), n(16), n(24)
	}, "field-size-changed", Breaking},
	{"fields moved", nil, func(a *m.API) { f := a.Structs[0].Fields; f[1].Offset, f[2].Offset = n(8), n(12) }, "field-offset-changed", Breaking},
	{"field in, narrower", nil, func(a *m.API) { a.Structs[0].Fields[0].Constraint.Max = n(99) }, "field-range-narrowed", Breaking},
	{"field out, wider", nil, func(a *m.API) { a.Structs[0].Fields[1].Constraint.Max = n(2) }, "field-output-values-widened", Breaking},
	{"capability needed", nil, func(a *m.API) {
		a.Capabilities = append(a.Capabilities, m.Capability{Name: "CAP_KILL", Action: m.CapGrantPermission})
	}, "capability-added", Breaking},
	{"capability frees no more", nil, func(a *m.API) { a.Capabilities = a.Capabilities[:1] }, "capability-bypass-removed", Breaking},
	{"capability alternatives", nil, func(a *m.API) { a.Capabilities[0].Alternatives = nil }, "capability-alternatives-removed", Breaking},
	{"side effect", nil, func(a *m.API) { a.SideEffects[0].Types |= m.EffectSignalSend }, "effect-types-added", Breaking},
	{"state", nil, func(a *m.API) { a.StateTransitions[0].To = "broken" }, "transition-to-changed", Breaking},
	{"description", nil, func(a *m.API) { a.Description = "Ring the bell" }, "api-description-changed", Info},
	{"deprecated", nil, func(a *m.API) { a.Deprecated = true }, "api-deprecated-added", Info},
	{"string length", func(a *m.API) { a.Params[1].Constraint = m.Constraint{Kind: m.ConstraintUserString, Max: n(80)} },
		func(a *m.API) { a.Params[1].Constraint.Max = n(40) }, "param-length-narrowed", Breaking},
	{"required socket states", func(a *m.API) { a.Socket = &m.SocketSpec{} },
		func(a *m.API) {
			a.Socket = &m.SocketSpec{State: &m.SocketState{Required: exprs(text("KAPI_SOCK_STATE_BOUND"))}}
		}, "socket-state-required-narrowed", Breaking},
	{"ports", func(a *m.API) {
		a.Socket = &m.SocketSpec{Families: []m.AddrFamily{{Name: "AF_X", PortMin: n(1), PortMax: n(9)}}}
	},
		func(a *m.API) {
			a.Socket = &m.SocketSpec{Families: []m.AddrFamily{{Name: "AF_X", PortMin: n(1), PortMax: n(8)}}}
		}, "family-ports-narrowed", Breaking},
	{"ioctl number", func(a *m.API) { a.Ioctl = &m.IoctlSpec{Cmd: n(1)} }, func(a *m.API) { a.Ioctl = &m.IoctlSpec{Cmd: n(2)} }, "ioctl-number-changed", Breaking},
}

// TestMutations changes one thing of a contract: one change, of the right rule
// and severity, and its mirror for the way back.
func TestMutations(t *testing.T) {
	if len(mutations) < 40 {
		t.Errorf("only %d mutations", len(mutations))
	}
	for _, mu := range mutations {
		t.Run(mu.name, func(t *testing.T) {
			old, new := bell(), bell()
			if mu.base != nil {
				mu.base(old)
				mu.base(new)
			}
			mu.do(new)
			forth, back := compare(old, new), compare(new, old)
			if ids(forth) != mu.want || forth[0].Rule.Severity != mu.sev {
				t.Fatalf("want %s (%s), got:%s", mu.want, mu.sev, list(forth))
			}
			if forth[0].Symbol != "sys_bell" || forth[0].NewPos.Line != 3 || forth[0].OldPos.Line != 3 {
				t.Errorf("%+v", forth[0])
			}
			if ids(back) != RuleByID(mu.want).Mirror() {
				t.Errorf("back: want %s, got:%s", RuleByID(mu.want).Mirror(), list(back))
			}
		})
	}
}

// TestSeenMirror: an error that is new against an open contract.
func TestSeenMirror(t *testing.T) {
	old, new := bell(), bell()
	old.Origin, new.Origin = m.FromCode, m.FromCode
	old.Errors = old.Errors[:1]
	got := compare(old, new)
	if ids(got) != "errno-seen-added" || !strings.Contains(got[0].Message(), "may have been one of them") {
		t.Errorf("got:%s", list(got))
	}
}

// TestSources: what keeps a contract open is compared by kind of callback, and
// only where nothing else does.
func TestSources(t *testing.T) {
	ring, mute, memory := m.Step{Via: "bell.ring"}, m.Step{Via: "bell.mute"}, m.Step{Note: "kept in memory"}
	tests := []struct {
		name     string
		old, new []m.Step
		want     string
	}{
		{"in more places", []m.Step{ring}, []m.Step{ring, ring}, ""},
		{"in another order", []m.Step{ring, mute}, []m.Step{mute, ring}, ""},
		{"instead", []m.Step{ring}, []m.Step{mute}, "errno-source-changed"},
		{"old is not known", []m.Step{memory}, []m.Step{ring}, ""},
		{"new is not known", []m.Step{ring}, []m.Step{mute, memory}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			old, new := bell(), bell()
			old.Origin, new.Origin, old.Open, new.Open = m.FromCode, m.FromCode, tt.old, tt.new
			if got := compare(old, new); ids(got) != tt.want {
				t.Errorf("want %q, got:%s", tt.want, list(got))
			}
		})
	}
}

// TestUnseenConstraint: code may refuse a value in a way that was not seen, so
// that a constraint is not gone where it was computed.
func TestUnseenConstraint(t *testing.T) {
	old, new := bell(), bell()
	for _, a := range []*m.API{old, new} {
		a.Origin, a.Closed = m.FromCode, true
	}
	old.Params[0].Constraint, new.Params[0].Constraint = rng(n(0), n(7)), m.Constraint{}
	if got := compare(old, new); ids(got) != "param-constraint-seen-removed" {
		t.Errorf("gone:%s", list(got))
	}
	if got := compare(new, old); ids(got) != "param-constraint-added" {
		t.Errorf("new:%s", list(got))
	}
}

// TestDeclaredAndInferred compares what somebody wrote with what the code does.
func TestDeclaredAndInferred(t *testing.T) {
	code := func() *m.API {
		return &m.API{Name: "sys_bell", Kind: m.Syscall, Origin: m.FromCode, Closed: true, Params: []m.Param{
			{Index: 0, Name: "door", TypeName: "unsigned int", Type: m.TypeUint, Constraint: mask(n(7))},
			{Index: 1, Name: "tune", TypeName: "struct note *", Type: m.TypePtr},
			{Index: 2, Name: "how", TypeName: "int", Type: m.TypeInt, Constraint: m.Constraint{Kind: m.ConstraintMask, Mask: n(3), Else: []string{"EINVAL"}}},
			{Index: 3, Name: "op", TypeName: "int", Type: m.TypeInt, Constraint: rng(n(0), n(1))}},
			Errors: []m.Error{{Name: "EINTR", Code: n(-4)}, {Name: "EINVAL", Code: n(-22), Condition: "how & ~3"}}}
	}
	for _, got := range [][]Change{compare(bell(), code()), compare(code(), bell())} {
		if len(got) > 0 {
			t.Errorf("the same:%s", list(got))
		}
	}
	other := code()
	other.Params[3].Constraint = rng(n(0), n(2))
	other.Errors = other.Errors[:1]
	if got := compare(bell(), other); ids(got) != "param-constraint-widened errno-removed" {
		t.Errorf("another:%s", list(got))
	}
	other.Closed = false
	other.Params[2].Constraint = m.Constraint{}
	if got := compare(bell(), other); ids(got) != "param-constraint-seen-removed param-constraint-widened errno-seen-removed" {
		t.Errorf("an open one:%s", list(got))
	}
}

// TestConditionFollows: a condition that tests a parameter changes with it.
func TestConditionFollows(t *testing.T) {
	old, new := bell(), bell()
	for i, a := range []*m.API{old, new} {
		a.Origin, a.Closed = m.FromCode, true
		a.Params[2].Constraint.Mask = n(3 << i)
		a.Errors[0].Condition = []string{"how & ~3", "how & ~6"}[i]
	}
	if got := compare(old, new); ids(got) != "param-mask-bits-changed" {
		t.Errorf("got:%s", list(got))
	}
}

// TestBothWays: what goes in and comes out is harmed by fewer values as by more.
func TestBothWays(t *testing.T) {
	old, new := bell(), bell()
	new.Structs[0].Fields[2].Constraint = rng(n(1), n(2))
	if got := compare(old, new); ids(got) != "field-constraint-narrowed" || got[0].Note != "0 was accepted" {
		t.Errorf("got:%s", list(got))
	}
	if got := compare(new, old); ids(got) != "field-output-values-widened" || got[0].Note != "0 did not occur" {
		t.Errorf("got:%s", list(got))
	}
}

// TestNoChange rewrites a contract without changing what it means.
func TestNoChange(t *testing.T) {
	tests := []mutation{
		{name: "range as mask", do: func(a *m.API) { a.Params[0].Constraint = mask(n(7)) }},
		{name: "range as list", do: func(a *m.API) {
			a.Params[0].Constraint = enum(n(7), n(6), n(5), n(4), n(3), n(2), n(1), n(0))
		}},
		{name: "range as set", do: func(a *m.API) {
			a.Params[0].Constraint = m.Constraint{Kind: m.ConstraintSet, Ranges: []m.Interval{{Min: n(4), Max: n(7)}, {Min: n(0), Max: n(3)}}}
		}},
		{name: "mask as list", do: func(a *m.API) { a.Params[2].Constraint = enum(n(0), n(1), n(2), n(3)) }},
		{name: "other digits", do: func(a *m.API) { a.Params[2].Constraint.Mask = text("0x03") }},
		{name: "number as expression", do: func(a *m.API) { a.Params[0].Constraint.Max = text("(1 << 3) - 1") }},
		{name: "name of a number", do: func(a *m.API) { a.Params[0].Constraint.Max = name("DOORS", 7) }},
		{name: "all bits of the type", base: func(a *m.API) { a.Params[0].Constraint = m.Constraint{} },
			do: func(a *m.API) { a.Params[0].Constraint = rng(n(0), text("UINT_MAX")) }},
		{name: "names of flags in another order", base: func(a *m.API) { a.Params[2].Constraint.Mask = text("LOUD | LONG") },
			do: func(a *m.API) { a.Params[2].Constraint.Mask = text("(LONG|LOUD)") }},
		{name: "alignment as mask", base: func(a *m.API) { a.Params[0].Constraint = m.Constraint{Kind: m.ConstraintAlignment, Alignment: n(8)} },
			do: func(a *m.API) { a.Params[0].Constraint = mask(text("0xfffffff8")) }},
		{name: "errors in another order", do: func(a *m.API) { a.Errors[0], a.Errors[1] = a.Errors[1], a.Errors[0] }},
		{name: "error without sign", do: func(a *m.API) { a.Errors[0].Code = text("EINVAL") }},
		{name: "error without number", do: func(a *m.API) { a.Errors[0].Code = m.Expr{} }},
		{name: "the other name of an error", base: func(a *m.API) { a.Errors[1] = m.Error{Name: "EAGAIN"} },
			do: func(a *m.API) { a.Errors[1] = m.Error{Name: "EWOULDBLOCK", Code: n(-11)} }},
		{name: "parameters listed in another order", do: func(a *m.API) { a.Params[0], a.Params[3] = a.Params[3], a.Params[0] }},
		{name: "type spelled otherwise", do: func(a *m.API) { a.Params[0].TypeName = "u32" }},
		{name: "pointer spaced otherwise", do: func(a *m.API) { a.Params[1].TypeName = "const struct note  __user*" }},
		{name: "words broken otherwise", do: func(a *m.API) { a.Description = "Ring\n  a bell" }},
		{name: "notation", do: func(a *m.API) { a.Origin, a.Notation = m.FromMacro, m.NotationMacro }},
		{name: "place", do: func(a *m.API) { a.Pos = m.Pos{File: "door.c", Line: 99, Col: 2}; a.Params[0].Pos.Line = 7 }},
		{name: "lock scope that is meant anyway", do: func(a *m.API) { a.Locks[0].Scope = m.LockInternal }},
		{name: "no constraint by name", base: func(a *m.API) { a.Params[0].Constraint = m.Constraint{} },
			do: func(a *m.API) { a.Params[0].Constraint.Kind = m.ConstraintNone }},
		{name: "success as range", do: func(a *m.API) {
			a.Return.Check, a.Return.Success, a.Return.SuccessMin, a.Return.SuccessMax = m.ReturnRange, m.Expr{}, n(0), n(0)
		}},
		{name: "priority that is meant anyway", do: func(a *m.API) { a.Signals[0].Priority = n(0) }},
		{name: "signals of a mask in another order", do: func(a *m.API) { a.SignalMasks[0].Signals = exprs(n(2), n(1)) }},
		{name: "fields listed in another order", do: func(a *m.API) { f := a.Structs[0].Fields; f[0], f[2] = f[2], f[0] }},
		{name: "name with the word struct", do: func(a *m.API) { a.Structs[0].Name = "struct note" }},
		{name: "values of a field as text", base: func(a *m.API) {
			a.Structs[0].Fields[0].Constraint = m.Constraint{Kind: m.ConstraintEnum, ValuesFrom: "C, D, E"}
		}, do: func(a *m.API) { a.Structs[0].Fields[0].Constraint.ValuesFrom = "E,D,C" }},
		{name: "bits moved to every architecture that has them", base: func(a *m.API) {
			a.Params[2].Constraint.ArchMasks = []m.ArchMask{{Arch: "x86", Bits: n(1)}}
		}, do: func(a *m.API) { a.Params[2].Constraint.ArchMasks = nil }},
		{name: "evidence on other lines", base: func(a *m.API) { a.Errors[0].Trace = []m.Step{{File: "a.c", Line: 1, Func: "f", Note: "n"}} },
			do: func(a *m.API) { a.Errors[0].Trace = []m.Step{{File: "a.c", Line: 9, Func: "f", Note: "n"}} }},
		{name: "what the source cannot say", do: func(a *m.API) {
			a.Errors[0].Condition, a.Signals, a.Unstated = "", nil, []string{"errors.condition", "signals"}
		}},
	}
	if len(tests) < 20 {
		t.Errorf("only %d rewrites", len(tests))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			old, new := bell(), bell()
			if tt.base != nil {
				tt.base(old)
				tt.base(new)
			}
			tt.do(new)
			for _, got := range [][]Change{compare(old, new), compare(new, old)} {
				if len(got) > 0 {
					t.Errorf("got:%s", list(got))
				}
			}
		})
	}
}
