// SPDX-License-Identifier: GPL-2.0-only

package debugfs

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/kernelprint"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/merge"
	"kapilint/specmodel/specjson"
)

func num(n int64) specmodel.Expr  { return specmodel.Lit(specmodel.Int(n)) }
func bit(n uint64) specmodel.Expr { return specmodel.HexLit(specmodel.Uint(n)) }

// bell is a contract with every field that the kernel's JSON can tell.
func bell() *specmodel.API {
	param := func(i int, name, typ string, class specmodel.ParamType, c specmodel.Constraint) specmodel.Param {
		return specmodel.Param{Index: i, Name: name, TypeName: typ, Type: class, Flags: specmodel.FlagIn, Constraint: c, Description: "What " + name + " is"}
	}
	a := &specmodel.API{Name: "sys_bell", Kind: specmodel.Syscall, Version: num(1), Description: "Ring a bell", LongDescription: "It is loud.\n\n  Very.",
		Context: specmodel.Context{Flags: specmodel.CtxProcess | specmodel.CtxSleepable | specmodel.CtxIRQDisabled},
		Params: []specmodel.Param{
			param(0, "fd", "int", specmodel.TypeFD, specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(0), Max: num(99), Text: "Must be open"}),
			param(1, "flags", "unsigned int", specmodel.TypeUint, specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: bit(0x8000000000000003)}),
			param(2, "way", "int", specmodel.TypeEnum, specmodel.Constraint{Kind: specmodel.ConstraintEnum, Values: []specmodel.Expr{num(-1), num(0), num(7)}}),
			param(3, "buf", "void __user *", specmodel.TypeUserPtr, specmodel.Constraint{Kind: specmodel.ConstraintBuffer}),
			param(4, "len", "size_t", specmodel.TypeUint, specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(0), Max: specmodel.Lit(specmodel.Uint(1<<64 - 1))}),
			param(5, "name", "const char __user *", specmodel.TypePath, specmodel.Constraint{Kind: specmodel.ConstraintUserPath}),
			param(6, "label", "char *", specmodel.TypePtr, specmodel.Constraint{Kind: specmodel.ConstraintUserString, Min: num(1), Max: num(16)}),
			param(7, "at", "long", specmodel.TypeInt, specmodel.Constraint{Kind: specmodel.ConstraintAlignment, Alignment: num(8)}),
			param(8, "hook", "fn", specmodel.TypeFuncPtr, specmodel.Constraint{Kind: specmodel.ConstraintNonZero, Text: "Not null"}),
			param(9, "what", "x", specmodel.TypeCustom, specmodel.Constraint{Text: "Words only"}),
			param(10, "item", "struct i __user *", specmodel.TypeUserPtr, specmodel.Constraint{Kind: specmodel.ConstraintUserPtr}),
		},
		Return: &specmodel.Return{TypeName: "long", Type: specmodel.TypeInt, Check: specmodel.ReturnErrorCheck, ErrorValues: []specmodel.Expr{num(-5), num(-22)}, Description: "Zero"},
		Errors: []specmodel.Error{{Name: "EINVAL", Code: specmodel.Named("-EINVAL", specmodel.Int(-22)), Condition: "flags & ~3", Description: "Bad flags"},
			{Name: "EIO", Code: specmodel.Named("-EIO", specmodel.Int(-5)), Description: "It: broke (again)"}},
		Locks: []specmodel.Lock{{Name: "bell->lock", Type: specmodel.LockMutex, Scope: specmodel.LockInternal, Description: "Held"},
			{Name: "door", Type: specmodel.LockSpinlock, Scope: specmodel.LockAcquires}, {Name: "gate", Type: specmodel.LockRCU, Scope: specmodel.LockReleases},
			{Name: "wall", Type: specmodel.LockRwlock, Scope: specmodel.LockCallerHeld}},
		Constraints: []specmodel.Rule{{Name: "peace", Description: "Not at night", Expression: "hour < 22"}, {Name: "alone"}},
		Signals: []specmodel.Signal{{Name: "SIGIO", Number: num(29), Direction: specmodel.SignalSend | specmodel.SignalHandle, Action: specmodel.ActionTransform,
			Target: "owner", Condition: "rung", Description: "Tells", Restartable: true, Interruptible: true, SAFlagsRequired: bit(4), SAFlagsForbidden: bit(8),
			Error: num(-4), TransformTo: num(23), Timing: "while_blocked", Priority: num(2), Queue: "realtime", StateRequired: bit(1), StateForbidden: bit(32)}},
		SignalMasks: []specmodel.SignalMask{{Name: "quiet", Signals: []specmodel.Expr{num(2), num(15)}, Description: "Held back"}},
		Structs: []specmodel.Struct{{Name: "item", Size: num(16), Alignment: num(8), Description: "One", Fields: []specmodel.Field{
			{Name: "kind", TypeName: "__u32", Type: specmodel.TypeEnum, Flags: specmodel.FlagIn, Offset: num(0), Size: num(4),
				Constraint: specmodel.Constraint{Kind: specmodel.ConstraintEnum, ValuesFrom: "BOOK,LAMP"}, Description: "Kind"},
			{Name: "mass", TypeName: "__u32", Type: specmodel.TypeUint, Offset: num(4), Size: num(4), Constraint: specmodel.Constraint{Kind: specmodel.ConstraintRange, Min: num(1), Max: num(9)}}}}},
		Capabilities: []specmodel.Capability{{Name: "CAP_SYS_ADMIN", Number: num(21), Action: specmodel.CapGrantPermission, Allows: "Ring", Without: "EPERM",
			Condition: "at night", Priority: num(1), Alternatives: []specmodel.Expr{num(3), num(1)}}},
		SideEffects:      []specmodel.SideEffect{{Types: specmodel.EffectModifyState | specmodel.EffectIrreversible, Target: "ears", Condition: "near", Description: "Ring on", Reversible: true}, {Target: "air"}},
		StateTransitions: []specmodel.StateTransition{{Object: "bell", From: "still", To: "ringing", Condition: "not held", Description: "For a while"}},
		Examples:         "bell(fd);\n\n\tbell(0);", Notes: "Loud.",
	}
	a.Params[3].SizeParam, a.Params[3].SizeMultiplier, a.Params[3].Flags = num(4), num(2), specmodel.FlagIn|specmodel.FlagOut|specmodel.FlagOptional|specmodel.FlagUser
	a.Params[10].Size = num(16)
	return a
}

// oldBell is a contract with what the older text can tell besides.
func oldBell() *specmodel.API {
	a := bell()
	a.LongDescription = "It is loud."
	a.Params = a.Params[:3]
	a.Examples = "bell(fd);"
	a.Constraints = a.Constraints[:1]
	a.SinceVersion, a.Deprecated, a.Replacement = "2.6", true, "bell2"
	return a
}

// sometimes is what the text tells in some places, which in the contracts of
// these tests are all that have it.
var sometimes = []string{"kind", "constraints.name", "params.size_param", "params.size_multiplier",
	"params.constraint.min", "params.constraint.max", "params.constraint.mask", "params.constraint.values",
	"return.success", "return.success_min", "return.success_max", "return.error_values"}

// lose removes what a source cannot tell.
func lose(a *specmodel.API, unstated []string) *specmodel.API {
	c := a.Clone()
	for _, u := range unstated {
		if !slices.Contains(sometimes, u) {
			erase(reflect.ValueOf(c).Elem(), strings.Split(u, "."))
		}
	}
	return c
}

func erase(v reflect.Value, path []string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			erase(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			erase(v.Index(i), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != path[0] {
				continue
			}
			if len(path) == 1 {
				v.Field(i).SetZero()
			} else {
				erase(v.Field(i), path[1:])
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	tests := []struct {
		name, dir, text, notation string
		api                       *specmodel.API
	}{
		{"newest text", "specs", kernelprint.Text(bell(), false), NotationText, bell()},
		{"oldest text", "specs", kernelprint.Text(oldBell(), true), NotationOldText, oldBell()},
		{"JSON", "specs-json", kernelprint.JSON(bell()), "debugfs-json", bell()},
		{"JSON under specs", "specs", kernelprint.JSON(bell()), "debugfs-json", bell()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"kapi/list": {Data: []byte("Available Kernel API Specifications\n====\n\nsys_bell - Ring a bell\n\nTotal: 1 specifications\n")},
				"kapi/" + tt.dir + "/sys_bell": {Data: []byte(tt.text)}}
			dir, ok := Find(fsys)
			if !ok || dir != "kapi" {
				t.Fatalf("found %q", dir)
			}
			apis, problems, err := Read("d", fsys, dir)
			if err != nil || len(problems) > 0 || len(apis) != 1 {
				t.Fatal(len(apis), problems, err)
			}
			got := apis[0]
			if got.Notation != tt.notation || got.Origin != specmodel.FromDebugfs || got.Pos.File != "d/kapi/"+tt.dir+"/sys_bell" {
				t.Error(got.Notation, got.Origin, got.Pos)
			}
			for _, d := range merge.Compare(tt.api, got) {
				t.Error("merge:", d)
			}
			want := lose(tt.api, got.Unstated)
			for i := range got.Params { // the maximum is stored without a sign bit of its own
				if q := &want.Params[i]; q.Constraint.Kind != specmodel.ConstraintBuffer && q.Constraint.Kind != specmodel.ConstraintUserPtr {
					q.SizeParam, q.SizeMultiplier = specmodel.Expr{}, specmodel.Expr{}
				}
			}
			if tt.notation == NotationOldText {
				want.Constraints[0].Name = ""
				want.Locks[3].Scope = ""
				for i := range want.Locks[:3] {
					want.Locks[i].Scope = tt.api.Locks[i].Scope
				}
			}
			for _, d := range specmodel.Differences(want, got) {
				t.Error(d)
			}
		})
	}
}

func TestUnstatedNamesFields(t *testing.T) {
	a, _ := ReadText("f", []byte(kernelprint.Text(bell(), false)))
	b, _ := ReadText("f", []byte(kernelprint.Text(oldBell(), true)))
	for _, u := range slices.Concat(a.Unstated, b.Unstated) {
		typ := reflect.TypeFor[specmodel.API]()
		for part := range strings.SplitSeq(u, ".") {
			for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			found := false
			for i := range typ.NumField() {
				if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name == part {
					typ, found = typ.Field(i).Type, true
					break
				}
			}
			if !found {
				t.Fatalf("%s is no field", u)
			}
		}
	}
}

func TestTextProblems(t *testing.T) {
	head := "Kernel API Specification\n========================\n\nName: f\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "f:1:1: the contract has no name"},
		{"garbage", "xyz\n", `f:1:1: "xyz" is no line of a contract in debugfs`},
		{"name twice", head + "Name: g\n", `f:5:1: "Name: g" is no line`},
		{"bad version", head + "Version: one\n", `f:5:1: "one" is no number of 64 bits`},
		{"context", head + "Context flags: PROCESS FAST \n", `f:5:1: "FAST" is no context flag`},
		{"class", head + "Parameters (1):\n  [0] x:\n    type: thing (int)\n", `f:7:5: "thing" is no class of a parameter`},
		{"flag", head + "Parameters (1):\n  [0] x:\n    flags: IN WET \n", `f:7:5: "WET" is no flag of a parameter`},
		{"constraint", head + "Parameters (1):\n  [0] x:\n    constraints:\n      type: unknown (77)\n", `f:8:7: "unknown (77)" is no kind of constraint`},
		{"line without element", head + "Errors (1):\n    condition: x\n", `f:6:5: "condition: x" is no line`},
		{"success", head + "Return value:\n  success: perhaps\n", `f:6:3: "perhaps" is no way to tell success`},
		{"lock", head + "Locks (1):\n  l (padlock): x\n    scope: wide\n", `f:6:3: "padlock" is no type of lock`},
		{"scope", head + "Locks (1):\n  l (mutex): x\n    scope: wide\n", `f:7:5: "wide" is no scope of a lock`},
		{"signal", head + "Signal handling (1):\n  SIGINT (2):\n    direction: up \n    action: fly\n", `f:8:5: "fly" is no action of a signal`},
		{"text goes on", head + "Description: a\nb\n", `f:6:1: "b" is no line of the layout and taken as more of the text before it`},
		{"much garbage", strings.Repeat("x\n", 1000), "too much is not understood"},
		{"long", head + "Description: " + strings.Repeat("x", maxText), "the text has more than 1048576 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := ReadText("f", []byte(tt.text))
			var all []string
			for _, p := range problems {
				all = append(all, p.Error())
			}
			if !strings.Contains(strings.Join(all, "\n"), tt.want) {
				t.Errorf("problems:\n%s\nwant %s", strings.Join(all, "\n"), tt.want)
			}
		})
	}
}

func TestDirectory(t *testing.T) {
	text, asJSON := kernelprint.Text(bell(), false), kernelprint.JSON(bell())
	list := "Available Kernel API Specifications\n===================================\n\nsys_bell - Ring a bell\nsys_gone - (null)\n\nTotal: 3 specifications\n"
	fsys := fstest.MapFS{"list": {Data: []byte(list)}, "specs/sys_bell": {Data: []byte(text)}, "specs-json/sys_bell": {Data: []byte(asJSON)},
		"specs/sys_cut": {Data: []byte(strings.Replace(text, "sys_bell", "sys_cut", 1))}, "specs-json/sys_cut": {Data: []byte(asJSON[:len(asJSON)/2])},
		"specs/sys_b": {Data: []byte(text)}}
	apis, problems, err := Read("", fsys, ".")
	if err != nil || len(apis) != 3 {
		t.Fatal(len(apis), err)
	}
	for i, want := range []string{"sys_bell debugfs-text", "sys_bell debugfs-json", "sys_cut debugfs-text"} {
		if got := apis[i].Name + " " + apis[i].Notation; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{"specs/sys_b:1:1: the file of sys_b holds the contract of sys_bell", "specs-json/sys_cut:",
		"the text is read in its place", "list:5:1: sys_gone is listed, and there is no contract of that name",
		"list:7:1: the list says that it has 3 entries, and has 2", "specs/sys_cut:1:1: sys_cut is not in the list"} {
		if !strings.Contains(got, want) {
			t.Errorf("problems:\n%s\nwant %s", got, want)
		}
	}
	if _, ok := Find(fstest.MapFS{"list": {}, "x.c": {}}); ok {
		t.Error("a directory without specs was taken for debugfs")
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(kernelprint.Text(bell(), false)))
	f.Add([]byte(kernelprint.Text(oldBell(), true)))
	f.Add([]byte("Name: f\nReturn value:\n  success: [1, 2\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		a, problems := ReadText("f", src)
		for _, p := range problems {
			if !p.Pos.IsValid() || p.Pos.Offset > len(src)*3 {
				t.Errorf("position %v: %s", p.Pos, p.Message)
			}
		}
		if len(fmt.Sprint(a)) == 0 {
			t.Error("nothing")
		}
		if d := merge.Compare(a, a); len(d) > 0 {
			t.Errorf("a contract disagrees with itself: %v", d)
		}
		ReadList("l", src)
	})
}

// TestSourceAndKernelAgree merges contracts as people write them, with names
// whose values are not known, with what a kernel that has values for them
// would print.
func TestSourceAndKernelAgree(t *testing.T) {
	files := []string{"../macro/testdata/hand.c", "../macro/testdata/bell.apispec.h", "../macro/testdata/raw.c", "../kerneldoc/testdata/gen-c.c", "../kerneldoc/testdata/gen-b.c"}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		apis, _ := macro.ReadFile(file, src)
		docs, _ := kerneldoc.ReadFile(file, src)
		for _, a := range append(apis, docs...) {
			compiled := a.Clone()
			compiled.Resolve(&specmodel.Scope{Eval: func(expr string) (specmodel.Value, error) {
				if v, err := specmodel.EvalBuiltin(expr); err == nil {
					return v, nil
				}
				if strings.HasPrefix(expr, "sizeof(struct ") {
					return specmodel.Int(16), nil
				}
				return specmodel.Eval(expr, func(name string) (specmodel.Value, bool) {
					if strings.HasSuffix(name, "_MAX") {
						return specmodel.Int(77), true
					}
					return specmodel.Int(5), true
				})
			}})
			asCompiled(compiled)
			text, problems := ReadText("text", []byte(kernelprint.Text(compiled, false)))
			asJSON, more := specjson.Read("json", []byte(kernelprint.JSON(compiled)))
			for _, p := range append(problems, more...) {
				if !strings.Contains(p.Message, "more of the text") {
					t.Error(a.Name, p)
				}
			}
			merged, found := merge.APIs([]*specmodel.API{a, asJSON[0], text})
			for _, d := range found {
				t.Error(file, d)
			}
			if len(merged.Errors) != len(a.Errors) || len(merged.Params) != len(a.Params) {
				t.Errorf("%s: the merged contract has other elements", a.Name)
			}
			if len(merged.Unstated) > 0 {
				t.Errorf("%s: unstated %v", a.Name, merged.Unstated)
			}
		}
	}
}

// asCompiled puts into a contract what the compiled form has where nothing
// is written.
func asCompiled(a *specmodel.API) {
	if a.Return == nil {
		a.Return = &specmodel.Return{}
	}
	if a.Return.Check == "" {
		a.Return.Check = specmodel.ReturnExact
	}
	for i := range a.Locks {
		if a.Locks[i].Scope == "" {
			a.Locks[i].Scope = specmodel.LockInternal
		}
		if a.Locks[i].Type == "" {
			a.Locks[i].Type = specmodel.LockNone
		}
	}
	for i := range a.Signals {
		if a.Signals[i].Action == "" {
			a.Signals[i].Action = specmodel.ActionDefault
		}
	}
	for i := range a.Capabilities {
		if a.Capabilities[i].Action == "" {
			a.Capabilities[i].Action = specmodel.CapBypassCheck
		}
	}
	for i := range a.Params {
		if v, ok := a.Params[i].Constraint.MaskFor("x86"); ok {
			a.Params[i].Constraint.Mask = specmodel.HexLit(v)
		}
	}
}
