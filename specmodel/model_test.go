// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func known(text string) Expr {
	v, err := EvalBuiltin(text)
	return Expr{Text: text, Known: err == nil, Val: v}
}

func TestValueCmp(t *testing.T) {
	ordered := []Value{Int(-1 << 63), Int(-1), Int(0), Uint(1), Int(1<<63 - 1), Uint(1 << 63), Uint(1<<64 - 1)}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := a.Cmp(b); got != want {
				t.Errorf("%s against %s: %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	check := func(ok bool, got, want any) {
		t.Helper()
		if !ok || got != want {
			t.Errorf("got %v (%v), want %v", got, ok, want)
		}
	}
	pt, ok := ParseParamType("KAPI_TYPE_USER_PTR")
	check(ok, pt, TypeUserPtr)
	pt, ok = ParseParamType("uptr")
	check(ok, pt, TypeUserPtr)
	pf, ok := ParseParamFlag("KAPI_PARAM_INOUT")
	check(ok, pf, FlagIn|FlagOut)
	ck, ok := ParseConstraintKind("align")
	check(ok, ck, ConstraintAlignment)
	ef, ok := ParseEffect("KAPI_EFFECTS_MEMORY")
	check(ok, ef, EffectAllocMemory|EffectFreeMemory)
	ef, ok = ParseEffect("KAPI_EFFECT_NONE")
	check(ok, ef, EffectTypes(0))
	if _, ok := ParseSignalAction("explode"); ok {
		t.Error("explode is taken for an action")
	}
	for _, kind := range ParamTypes {
		got, ok := ParseParamType("KAPI_TYPE_" + strings.ToUpper(string(kind)))
		check(ok, got, kind)
	}
	for _, kind := range ConstraintKinds {
		got, ok := ParseConstraintKind("KAPI_CONSTRAINT_" + strings.ToUpper(string(kind)))
		check(ok, got, kind)
	}
	for bit, name := range map[ParamFlags]string{FlagIn: "in", FlagSysfsBinary: "sysfs_binary"} {
		if names := bit.Names(); !slices.Equal(names, []string{name}) {
			t.Errorf("%v, want %s", names, name)
		}
	}
}

func TestErrnoTables(t *testing.T) {
	for name, want := range map[string]int64{"EPERM": 1, "EDEADLK": 35, "EIDRM": 43, "EBFONT": 59, "EHWPOISON": 133, "EOPNOTSUPP": 95,
		"EWOULDBLOCK": 11, "ERESTARTSYS": 512, "EPROBE_DEFER": 517, "EBADHANDLE": 521, "ENOGRACE": 531} {
		if got, ok := Errno(name); !ok || got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
	if n, _ := CapabilityNumber("CAP_CHECKPOINT_RESTORE"); n != 40 {
		t.Errorf("CAP_CHECKPOINT_RESTORE = %d", n)
	}
	if n, _ := SignalNumber("SIGSYS"); n != 31 {
		t.Errorf("SIGSYS = %d", n)
	}
	a := &API{Errors: []Error{{Name: "EAGAIN"}}}
	if !a.HasError("EWOULDBLOCK") || a.HasError("EINTR") {
		t.Error("HasError does not go by number")
	}
}

func TestResolve(t *testing.T) {
	a := &API{Name: "sys_x", Params: []Param{{Constraint: Constraint{
		Min: Text("1", Pos{}), Max: Text("UNIT_MAX", Pos{}), Mask: Text("NOWHERE", Pos{File: "f.c", Line: 3, Col: 4}),
		ArchMasks: []ArchMask{{Arch: "sparc", Bits: Text("SPARC_BIT", Pos{})}},
	}}}, Errors: []Error{{Name: "EINVAL", Code: Text("EINVAL", Pos{})}}}
	problems := a.Resolve(&Scope{Eval: func(expr string) (Value, error) {
		if expr == "UNIT_MAX" {
			return Int(99), nil
		}
		return Value{}, errors.New("not in the unit")
	}})
	c := &a.Params[0].Constraint
	if c.Min.String() != "1" || c.Max.String() != "UNIT_MAX (99)" {
		t.Errorf("bounds %s and %s", c.Min, c.Max)
	}
	if n, _ := a.Errors[0].Code.Int64(); n != -22 {
		t.Errorf("code %d, want -22", n)
	}
	if len(problems) != 1 || problems[0].Error() != `f.c:3:4: "NOWHERE" has no value here; define it or correct the name: NOWHERE is not known` {
		t.Errorf("problems %v", problems)
	}
}

func TestMaskFor(t *testing.T) {
	c := Constraint{Mask: known("3"), ArchMasks: []ArchMask{{Arch: "x86", Bits: known("0x40")}, {Arch: "sparc", Bits: Text("S", Pos{})}}}
	for arch, want := range map[string]string{"": "0x3", "arm64": "0x3", "x86": "0x43"} {
		if v, ok := c.MaskFor(arch); !ok || v.Hex() != want {
			t.Errorf("%q: %s, want %s", arch, v.Hex(), want)
		}
	}
	if _, ok := c.MaskFor("sparc"); ok {
		t.Error("a mask with unknown bits is known")
	}
}

func TestValidate(t *testing.T) {
	param := func(c Constraint) *API {
		return &API{Name: "f", Params: []Param{{Name: "p", Constraint: c}}}
	}
	tests := []struct {
		name string
		api  *API
		want string // ID, empty for none
	}{
		{"nothing wrong", param(Constraint{Kind: ConstraintRange, Min: known("0"), Max: known("9")}), ""},
		{"no name", &API{}, "no-name"},
		{"empty range", param(Constraint{Kind: ConstraintRange, Min: known("2"), Max: known("1")}), "empty-range"},
		{"unsigned maximum", param(Constraint{Kind: ConstraintRange, Min: known("0"), Max: known("SIZE_MAX")}), ""},
		{"unknown bounds", param(Constraint{Kind: ConstraintRange, Min: Text("B", Pos{}), Max: Text("A", Pos{})}), ""},
		{"range without bounds", param(Constraint{Kind: ConstraintRange, Min: known("2")}), "range-without-bounds"},
		{"no kind", param(Constraint{Min: known("0"), Max: known("9")}), "unused-constraint"},
		{"mask without bits", param(Constraint{Kind: ConstraintMask}), "mask-without-bits"},
		{"empty mask", param(Constraint{Kind: ConstraintMask, Mask: known("0")}), "empty-mask"},
		{"enum without values", param(Constraint{Kind: ConstraintEnum}), "enum-without-values"},
		{"value twice", param(Constraint{Kind: ConstraintEnum, Values: []Expr{known("1"), known("0x1")}}), "duplicate-value"},
		{"alignment", param(Constraint{Kind: ConstraintAlignment, Alignment: known("6")}), "bad-alignment"},
		{"no alignment", param(Constraint{Kind: ConstraintAlignment}), "bad-alignment"},
		{"buffer", param(Constraint{Kind: ConstraintBuffer}), "buffer-without-size"},
		{"size index", &API{Name: "f", Params: []Param{{Name: "p", SizeParam: known("1")}}}, "size-param-index"},
		{"own size", &API{Name: "f", Params: []Param{{Name: "p", SizeParam: known("0")}}}, "size-param-index"},
		{"same index", &API{Name: "f", Params: []Param{{Name: "p"}, {Name: "q"}}}, "duplicate-param"},
		{"same name", &API{Name: "f", Params: []Param{{Name: "p"}, {Name: "p", Index: 1}}}, "duplicate-param"},
		{"field", &API{Name: "f", Structs: []Struct{{Name: "s", Fields: []Field{{Name: "x", Constraint: Constraint{Kind: ConstraintRange, Min: known("2"), Max: known("1")}}}}}}, "empty-range"},
		{"return range", &API{Name: "f", Return: &Return{SuccessMin: known("1"), SuccessMax: known("0")}}, "empty-range"},
		{"unknown errno", &API{Name: "f", Errors: []Error{{Name: "EFOO"}}}, "unknown-errno"},
		{"error twice", &API{Name: "f", Errors: []Error{{Name: "EIO"}, {Name: "EIO"}}}, "duplicate-error"},
		{"one number twice", &API{Name: "f", Errors: []Error{{Name: "EAGAIN"}, {Name: "EWOULDBLOCK"}}}, "duplicate-error"},
		{"inferred twice", &API{Name: "f", Origin: FromCode, Errors: []Error{{Name: "EIO"}, {Name: "EIO"}}}, ""},
		{"other code", &API{Name: "f", Errors: []Error{{Name: "EIO", Code: known("-EINVAL")}}}, "error-code"},
		{"capability", &API{Name: "f", Capabilities: []Capability{{Name: "CAP_FLY"}}}, "unknown-capability"},
		{"signal", &API{Name: "f", Signals: []Signal{{Name: "SIGFOO"}}}, "unknown-signal"},
		{"signal in words", &API{Name: "f", Signals: []Signal{{Name: "Any signal"}}}, ""},
		{"count", &API{Name: "f", Counts: []Count{{Section: "errors", N: known("1")}}}, "count"},
		{"too many", &API{Name: "f", Structs: make([]Struct, 9)}, "too-many"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ids []string
			for _, p := range tt.api.Validate() {
				ids = append(ids, p.ID)
				if p.Message == "" || strings.HasSuffix(p.Message, ".") {
					t.Errorf("message %q", p.Message)
				}
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("problems %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEqualIgnoresOrderAndPlace(t *testing.T) {
	a := &API{Name: "f", Pos: Pos{Line: 1}, Origin: FromMacro, Errors: []Error{{Name: "EIO"}, {Name: "EBADF"}}, Params: []Param{{Name: "p", Size: known("0x10")}}}
	b := &API{Name: "f", Pos: Pos{Line: 9}, Origin: FromJSON, Errors: []Error{{Name: "EBADF"}, {Name: "EIO", Pos: Pos{Line: 3}}}, Params: []Param{{Name: "p", Size: known("16")}}}
	if d := Differences(a, b); len(d) != 0 {
		t.Errorf("differences %v", d)
	}
	if a.Errors[0].Name != "EIO" {
		t.Error("comparing sorted the caller's list")
	}
	b.Params[0].Size = known("17")
	if d := Differences(a, b); !slices.Equal(d, []string{"params[0].size: 0x10 != 17"}) {
		t.Errorf("differences %v", d)
	}
}

// TestDifferencesSeesEveryField changes each field of the model in turn.
func TestDifferencesSeesEveryField(t *testing.T) {
	base := filled()
	n := 0
	before := base.Clone()
	visit(reflect.ValueOf(base).Elem(), "", func(path string, field reflect.Value, other any) {
		n++
		old := reflect.ValueOf(field.Interface())
		field.Set(reflect.ValueOf(other).Convert(field.Type()))
		if Equal(before, base) {
			t.Errorf("a change of %s is not seen", path)
		}
		field.Set(old)
	})
	if n < 100 {
		t.Errorf("only %d fields were changed", n)
	}
}

// filled returns a contract with one element in every list and a value in
// every field.
func filled() *API {
	a := &API{}
	fill(reflect.ValueOf(a).Elem())
	return a
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Uint32:
		v.SetUint(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		if v.Type() == exprType {
			v.Set(reflect.ValueOf(Lit(Int(5))))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// visit calls f for each value that comparing should see, with another value.
func visit(v reflect.Value, path string, f func(path string, field reflect.Value, other any)) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == exprType {
			f(path, v, Lit(Int(6)))
			return
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if !ignored[name] {
				visit(v.Field(i), path+"."+name, f)
			}
		}
	case reflect.Pointer:
		visit(v.Elem(), path, f)
	case reflect.Slice:
		visit(v.Index(0), path, f)
	case reflect.Bool:
		f(path, v, !v.Bool())
	case reflect.String:
		f(path, v, "y")
	default:
		f(path, v, 2)
	}
}

func TestClone(t *testing.T) {
	a := filled()
	c := a.Clone()
	if !reflect.DeepEqual(a, c) {
		t.Error("the copy differs")
	}
	c.Params[0].Constraint.Values[0].Text = "changed"
	c.Return.TypeName = "changed"
	if a.Params[0].Constraint.Values[0].Text == "changed" || a.Return.TypeName == "changed" {
		t.Error("the copy shares memory with the original")
	}
}

func TestSet(t *testing.T) {
	s := &Set{}
	first := &API{Name: "b", Pos: Pos{Line: 2}}
	s.Add(first, &API{Name: "a"}, &API{Name: "b", Pos: Pos{Line: 1}})
	if s.Get("b") != first || s.ByName()["b"] != first || s.Get("c") != nil || len(s.All("b")) != 2 {
		t.Error("lookup by name")
	}
	s.Sort()
	if s.APIs[0].Name != "a" || s.APIs[1].Pos.Line != 1 {
		t.Error("order")
	}
}

func TestPosString(t *testing.T) {
	for want, p := range map[string]Pos{"f.c:1:2": {File: "f.c", Line: 1, Col: 2}, "f.c:1": {File: "f.c", Line: 1}, "f.c": {File: "f.c"}} {
		if got := p.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func BenchmarkEqual(b *testing.B) {
	x, y := filled(), filled()
	for b.Loop() {
		if !Equal(x, y) {
			b.Fatal("not equal")
		}
	}
}
