// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"kapilint/specmodel"
)

var update = flag.Bool("update", false, "rewrite the catalogue in docs/diff.md")

// TestCatalogue holds the rules to their coordinates and to symmetry.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.ID != ruleID(r.Area, r.Attribute, r.Action) || strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%s is not made of %q, %q and %q", r.ID, r.Area, r.Attribute, r.Action)
		}
		if r.Says == "" || r.For == "" || r.Severity.rank() == 2 && r.Severity != Info {
			t.Errorf("%s lacks something: %+v", r.ID, r)
		}
		if r.For == Documentation && r.Severity == Breaking {
			t.Errorf("%s: words break nothing", r.ID)
		}
		switch mirror := r.Mirror(); {
		case mirror == "" && r.Waiver == "":
			t.Errorf("%s has no mirror and no waiver", r.ID)
		case mirror != "" && r.Waiver != "":
			t.Errorf("%s has a mirror and a waiver", r.ID)
		case mirror != "" && RuleByID(mirror) == nil:
			t.Errorf("%s: its mirror %s does not exist", r.ID, mirror)
		case mirror != "" && RuleByID(mirror).Mirror() != r.ID:
			t.Errorf("%s: the mirror of its mirror is %s", r.ID, RuleByID(mirror).Mirror())
		}
	}
}

// more are changes that TestMutations has no need of: other values of one field.
var more = []struct {
	path     string
	old, new any
}{
	{"Context.Flags", specmodel.CtxProcess, specmodel.CtxSoftirq},
	{"Context.Flags", specmodel.CtxAtomic, specmodel.ContextFlags(0)},
	{"Context.Flags", specmodel.CtxPreemptDisabled, specmodel.ContextFlags(0)},
	{"Context.Flags", specmodel.CtxPreemptDisabled, specmodel.CtxIRQDisabled},
	{"Signals.Direction", specmodel.SignalSend, specmodel.SignalBlock},
	{"SideEffects.Types", specmodel.EffectNetwork, specmodel.EffectHardware},
	{"Signals.SAFlagsRequired", n(1), n(2)},
	{"Signals.SAFlagsForbidden", n(1), n(2)},
	{"Signals.SAFlagsForbidden", n(1), n(3)},
	{"Signals.StateRequired", n(1), n(2)},
	{"Signals.StateRequired", n(1), n(3)},
	{"Signals.StateForbidden", n(1), n(2)},
	{"Signals.StateForbidden", n(1), n(3)},
	{"SignalMasks.Signals", exprs(n(1)), exprs(n(2))},
	{"SignalMasks.Signals", exprs(n(1)), exprs(n(1), n(2))},
	{"Capabilities.Alternatives", exprs(n(1)), exprs(n(2))},
	{"Return.ErrorValues", exprs(n(-1)), exprs(n(-2))},
	{"Return.ErrorValues", exprs(n(-1)), exprs(n(-2), n(-1))},
	{"Return.Success", text("DONE"), text("OVER")},
	{"Return.Check", specmodel.ReturnCustom, specmodel.ReturnErrorCheck},
	{"Params.Flags", specmodel.FlagIn | specmodel.FlagOut, specmodel.FlagOut},
	{"Params.Flags", specmodel.FlagConst, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagVolatile, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagUser, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagDMA, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagAligned, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagSysfsBinary, specmodel.ParamFlags(0)},
	{"Params.Flags", specmodel.FlagSysfsReadonly, specmodel.FlagSysfsWriteonly},
	{"Structs.Fields.Flags", specmodel.FlagIn | specmodel.FlagOut, specmodel.FlagOut},
	{"Structs.Fields.Flags", specmodel.FlagIn | specmodel.FlagOut, specmodel.FlagIn},
	{"Structs.Fields.Flags", specmodel.FlagIn, specmodel.FlagOut},
	{"Structs.Fields.Flags", specmodel.FlagConst, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagVolatile, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagUser, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagDMA, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagAligned, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagSysfsBinary, specmodel.ParamFlags(0)},
	{"Structs.Fields.Flags", specmodel.FlagSysfsReadonly, specmodel.FlagSysfsWriteonly},
	{"Structs.Fields.Flags", specmodel.FlagSysfsReadonly, specmodel.ParamFlags(0)},
	{"Params.Size", n(8), specmodel.Expr{}},
	{"Params.Sysfs.Permissions", n(0o644), n(0o444)},
	{"Params.Sysfs.Permissions", n(0o200), n(0o444)},
	{"Params.Sysfs.Step", n(2), n(3)},
	{"Params.Sysfs.Step", n(2), text("STEP")},
	{"Params.Sysfs.AllowedStrings", []string{"on"}, []string{"on", "off"}},
	{"Params.Sysfs.AllowedStrings", []string{"on"}, []string{"off"}},
	{"Socket", (*specmodel.SocketSpec)(nil), &specmodel.SocketSpec{}},
	{"Ioctl", (*specmodel.IoctlSpec)(nil), &specmodel.IoctlSpec{}},
	{"Sysfs", (*specmodel.SysfsSpec)(nil), &specmodel.SysfsSpec{}},
	{"Return", (*specmodel.Return)(nil), &specmodel.Return{}},
	{"Socket.State.Required", exprs(n(1)), exprs(n(2))},
	{"Socket.State.Required", exprs(n(1)), exprs(text("A"))},
	{"Socket.State.Forbidden", exprs(n(1)), exprs(n(2))},
	{"Socket.State.Forbidden", exprs(n(1)), exprs(n(1), n(2))},
	{"Socket.Protocols", []specmodel.ProtocolBehavior{}, []specmodel.ProtocolBehavior{{Behavior: "b"}}},
	{"Socket.Families", []specmodel.AddrFamily{}, []specmodel.AddrFamily{{Name: "b"}}},
	{"Socket.Buffer.Behaviors", n(1), n(2)},
	{"Socket.Buffer.Behaviors", n(1), n(3)},
	{"Socket.Async.Modes", n(1), n(2)},
	{"Socket.Async.Modes", n(1), n(3)},
	{"Socket.Async.PollIn", n(1), n(2)},
	{"Socket.Async.PollIn", n(1), n(3)},
	{"Socket.Async.PollOut", n(1), n(2)},
	{"Socket.Async.PollOut", n(1), n(3)},
	{"Errors", []specmodel.Error{{Name: "E1", Condition: "a"}}, []specmodel.Error{{Name: "E1", Condition: "a"}, {Name: "E1", Condition: "b"}}},
	{"Open", []specmodel.Step{{Via: "a.b"}}, []specmodel.Step{{Via: "a.b"}, {Via: "a.c"}}},
	{"Unknown", []specmodel.Unknown{{Key: "a"}}, []specmodel.Unknown{{Key: "a"}, {Key: "b"}}},
	{"Locks", []specmodel.Lock{}, []specmodel.Lock{{Name: "l", Scope: specmodel.LockAcquires}}},
	{"Locks", []specmodel.Lock{}, []specmodel.Lock{{Name: "l", Scope: specmodel.LockReleases}}},
	{"Locks", []specmodel.Lock{}, []specmodel.Lock{{Name: "l", Scope: specmodel.LockCallerHeld}}},
	{"SignalMasks", []specmodel.SignalMask{}, []specmodel.SignalMask{{Name: "l"}}},
	{"Structs", []specmodel.Struct{}, []specmodel.Struct{{Name: "l"}}},
	{"Structs.Fields", []specmodel.Field{{Name: "a"}, {Name: "b", Size: n(1)}}, []specmodel.Field{{Name: "b", Size: n(1)}, {Name: "a"}}},
	{"SideEffects", []specmodel.SideEffect{}, []specmodel.SideEffect{{Target: "l"}}},
	{"StateTransitions", []specmodel.StateTransition{}, []specmodel.StateTransition{{Object: "l"}}},
	{"Capabilities", []specmodel.Capability{}, []specmodel.Capability{{Name: "l", Action: specmodel.CapBypassCheck}}},
	{"Socket.Buffer.Min", n(1), text("LEAST")},
	{"Socket.Families.MinLen", n(1), text("LEAST")},
	{"Socket.Families.PortMin", n(1), text("LEAST")},
}

// constraints are value sets that give the rules of parameters and fields.
var constraintPairs = [][2]specmodel.Constraint{
	{rng(n(0), n(9)), rng(n(0), n(8))}, {rng(n(0), n(9)), rng(n(1), n(10))}, {rng(n(0), n(9)), {}},
	{rng(n(0), n(9)), enum(n(1), n(2))}, {rng(n(0), n(9)), enum(n(1), n(20))}, {rng(n(0), n(9)), rng(n(0), text("X"))},
	{mask(n(1)), mask(n(3))}, {mask(n(1)), mask(n(2))}, {mask(name("A", 1)), mask(name("A", 2))},
	{enum(n(1)), enum(n(1), n(2))}, {enum(n(1)), enum(n(2))},
	{{Kind: "alignment", Alignment: n(8)}, {Kind: "alignment", Alignment: n(4)}},
	{{Kind: "user_string", Max: n(8)}, {Kind: "user_string", Max: n(4)}},
	{{Kind: "user_string", Min: n(1), Max: n(8)}, {Kind: "user_string", Min: n(2), Max: n(9)}},
	{{Kind: "alignment", Alignment: n(8)}, {Kind: "alignment", Alignment: n(6)}},
	{{Kind: "mask", Mask: n(1), ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: n(2)}}}, mask(n(1))},
	{{Kind: "mask", Mask: n(1), ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: n(2)}}}, {Kind: "mask", Mask: n(1), ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: n(4)}}}},
	{{Kind: "mask", Mask: n(1), ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: name("B", 2)}}}, {Kind: "mask", Mask: n(1), ArchMasks: []specmodel.ArchMask{{Arch: "x86", Bits: name("B", 4)}}}},
	{{Else: []string{"EIO"}}, {Else: []string{"EPERM"}}}, {{Else: []string{"EIO"}}, {Else: []string{"EPERM", "EIO"}}},
	{{Kind: "custom", Text: "a"}, {Kind: "custom", Text: "b"}},
}

// TestEveryRule holds that each rule of the catalogue can be met, and that
// what a change back gives is the mirror.
func TestEveryRule(t *testing.T) {
	met := map[string]bool{"param-alignment-moved": true, "field-alignment-moved": true} // two powers of two are never apart
	try := func(what string, old, new *specmodel.API, mirrored bool) {
		t.Helper()
		forth, back := compare(old, new), compare(new, old)
		for _, c := range append(forth, back...) {
			met[c.Rule.ID] = true
			if RuleByID(c.Rule.ID) == nil {
				t.Errorf("%s: %s is not in the catalogue", what, c.Rule.ID)
			}
		}
		if mirrored && (len(forth) != 1 || len(back) != 1 || back[0].Rule.ID != forth[0].Rule.Mirror()) {
			t.Errorf("%s: forth:%s\nback:%s", what, list(forth), list(back))
		}
	}
	eachField(reflect.TypeFor[specmodel.API](), "", func(v reflect.Value) reflect.Value { return v }, func(path string, get func(reflect.Value) reflect.Value) {
		if notCompared[path[strings.LastIndexByte(path, '.')+1:]] == "" {
			old, new := prepare(path), prepare(path)
			mutate(path, get(reflect.ValueOf(new).Elem()))
			try(path, old, new, false)
		}
	})
	for _, mu := range mutations {
		old, new := bell(), bell()
		if mu.base != nil {
			mu.base(old)
			mu.base(new)
		}
		mu.do(new)
		try(mu.name, old, new, true)
	}
	for _, mo := range more {
		old, new := prepare(mo.path), prepare(mo.path)
		at(old, mo.path).Set(reflect.ValueOf(mo.old))
		at(new, mo.path).Set(reflect.ValueOf(mo.new))
		try(fmt.Sprintf("%s %v %v", mo.path, mo.old, mo.new), old, new, true)
	}
	for _, flags := range []specmodel.ParamFlags{specmodel.FlagIn, specmodel.FlagOut, specmodel.FlagIn | specmodel.FlagOut} {
		for _, p := range constraintPairs {
			old, new := bell(), bell()
			old.Structs[0].Fields[0].Flags, new.Structs[0].Fields[0].Flags = flags, flags
			old.Structs[0].Fields[0].Constraint, new.Structs[0].Fields[0].Constraint = p[0], p[1]
			try(fmt.Sprint("field ", p), old, new, flags == specmodel.FlagIn)
			old, new = bell(), bell()
			old.Params[0].Constraint, new.Params[0].Constraint = p[0], p[1]
			if flags == specmodel.FlagOut {
				old.Kind, new.Kind = specmodel.Sysfs, specmodel.Sysfs
				old.Params[0].Flags, new.Params[0].Flags = specmodel.FlagSysfsReadonly, specmodel.FlagSysfsReadonly
			}
			try(fmt.Sprint("param ", p), old, new, true)
		}
	}
	for _, set := range []func(a *specmodel.API, k specmodel.Constraint){
		func(a *specmodel.API, k specmodel.Constraint) { a.Params[0].Constraint = k },
		func(a *specmodel.API, k specmodel.Constraint) { a.Structs[0].Fields[0].Constraint = k },
	} {
		old, new := bell(), bell()
		old.Origin, new.Origin = specmodel.FromCode, specmodel.FromCode
		set(old, specmodel.Constraint{})
		set(new, rng(n(1), n(2)))
		try("constraint seen", old, new, true)
	}
	old, new := bell(), bell()
	old.Origin, new.Origin, old.Errors = specmodel.FromCode, specmodel.FromCode, old.Errors[:1]
	try("seen", old, new, true)
	old.Open, new.Open = []specmodel.Step{{Via: "bell.ring"}}, []specmodel.Step{{Via: "bell.ring"}}
	try("own", old, new, true)
	for _, set := range []func(a *specmodel.API, k int64){
		func(a *specmodel.API, k int64) { a.Params[2].Constraint.Max = n(k) },
		func(a *specmodel.API, k int64) { a.Structs[0].Fields[0].Constraint.Mask = n(k) },
		func(a *specmodel.API, k int64) { a.Return.SuccessMin = n(k) },
		func(a *specmodel.API, k int64) {
			a.Socket = &specmodel.SocketSpec{Buffer: &specmodel.BufferSpec{Min: n(k), Max: n(k + 9)}}
		},
		func(a *specmodel.API, k int64) {
			a.Socket = &specmodel.SocketSpec{Families: []specmodel.AddrFamily{{MinLen: n(k), MaxLen: n(k + 9)}}}
		},
		func(a *specmodel.API, k int64) {
			a.Socket = &specmodel.SocketSpec{Families: []specmodel.AddrFamily{{PortMin: n(k), PortMax: n(k + 9)}}}
		},
	} {
		old, new := bell(), bell()
		set(old, 1)
		set(new, 2)
		try("set", old, new, true)
	}
	try("contract", bell(), &specmodel.API{Name: "other"}, false)
	for _, r := range Rules() {
		if !met[r.ID] && r.Area != "accepted" {
			t.Errorf("nothing gives %s", r.ID)
		}
	}
}

// at finds a field by its path, the first element of each list.
func at(a *specmodel.API, path string) reflect.Value {
	v := reflect.ValueOf(a).Elem()
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() == reflect.Slice {
			v = v.Index(0)
		}
		v = v.FieldByName(name)
	}
	return v
}

const begin, end = "<!-- Made from the rules; go test ./specmodel/diff -update -->\n", "<!-- End of the rules -->\n"

// TestDocs keeps the catalogue in docs/diff.md what it is here.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(begin)
	for _, area := range Areas() {
		fmt.Fprintf(&b, "\n### %s\n\n| rule | severity | for | what |\n|---|---|---|---|\n", area)
		for _, r := range Rules() {
			if r.Area == area {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, r.Severity, r.For, r.Title())
			}
		}
	}
	b.WriteString("\nRules without a mirror: ")
	var waived []string
	for _, r := range Rules() {
		if r.Waiver != "" {
			waived = append(waived, fmt.Sprintf("%s (%s)", r.ID, r.Waiver))
		}
	}
	b.WriteString(strings.Join(waived, ", ") + ".\n\n" + end)
	path := filepath.FromSlash("../../docs/diff.md")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(have), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the rules", path)
	}
	want := head + b.String() + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(have) != want {
		t.Errorf("%s is not what the rules say; run with -update", path)
	}
}
