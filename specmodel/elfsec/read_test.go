// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/macro"
)

// fill sets every field of a contract that a compiled form can hold, each to
// something else.
type filler struct{ n int }

func pick[T any](f *filler, list []T) T {
	f.n++
	return list[f.n%len(list)]
}

// skipped are fields that only other sources have, by "type.field".
var skipped = []string{"API.Name", "API.Kind", "API.Origin", "API.Notation", "API.Closed", "API.Open", "API.Implementations", "API.Counts", "API.Prototype", "API.Unknown", "API.Unstated",
	"API.Insert", "Constraint.Ranges", "Constraint.Else", "Constraint.Trace", "Constraint.ArchMasks", "Return.ErrorsFrom", "Error.Via", "Error.Trace",
	"Capability.Title", "Capability.AlternativesFrom", "Param.Index"}

func (f *filler) fill(v reflect.Value, path string) {
	f.n++
	switch p := v.Addr().Interface().(type) {
	case *specmodel.Pos:
		return
	case *specmodel.Expr:
		*p = specmodel.Lit(specmodel.Int(int64(f.n%200 + 1)))
		return
	case *specmodel.ParamType:
		*p = pick(f, specmodel.ParamTypes[1:])
		return
	case *specmodel.ConstraintKind:
		*p = pick(f, specmodel.ConstraintKinds[1:])
		return
	case *specmodel.ReturnCheck:
		*p = pick(f, specmodel.ReturnChecks)
		return
	case *specmodel.LockType:
		*p = pick(f, specmodel.LockTypes)
		return
	case *specmodel.LockScope:
		*p = pick(f, specmodel.LockScopes)
		return
	case *specmodel.SignalAction:
		*p = pick(f, specmodel.SignalActions)
		return
	case *specmodel.CapabilityAction:
		*p = pick(f, specmodel.CapabilityActions)
		return
	case *specmodel.ParamFlags:
		*p = specmodel.ParamFlags(f.n) & (knownParamFlags | sysfsParamFlags)
		return
	case *specmodel.ContextFlags:
		*p = knownContexts
		return
	case *specmodel.SignalDirections:
		*p = specmodel.SignalDirections(f.n)&knownDirections | 1
		return
	case *specmodel.EffectTypes:
		*p = specmodel.EffectTypes(f.n*7)&knownEffects | 1
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d", strings.ToLower(path[strings.LastIndexByte(path, '.')+1:]), f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		n := 2
		if v.Type() == reflect.TypeFor[[]specmodel.Param]() {
			n = maxParams
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !slices.Contains(skipped, v.Type().Name()+"."+field.Name) {
				f.fill(v.Field(i), path+"."+field.Name)
			}
		}
	}
}

// everything is a contract with every field.
func everything() *specmodel.API {
	a := &specmodel.API{Name: "sys_everything", Kind: specmodel.Ioctl}
	(&filler{}).fill(reflect.ValueOf(a).Elem(), "api")
	for i := range a.Params {
		p := &a.Params[i]
		p.Index, p.SizeParam = i, specmodel.Lit(specmodel.Int(int64((i+3)%maxParams)))
		p.Sysfs.Permissions = specmodel.Named("0644", specmodel.Int(0o644))
		p.Sysfs.Step = specmodel.Lit(specmodel.Int(int64(i - 20)))
		c := &p.Constraint
		c.ValuesFrom, c.Validate = "", fmt.Sprintf("validate_%d", i)
		c.Min = specmodel.Lit(specmodel.Int(int64(-i - 1)))
		c.Mask = specmodel.HexLit(specmodel.Uint(0x8000000000000001 + uint64(i)))
		c.Values = append(c.Values, specmodel.Lit(specmodel.Int(-5000000000)))
		if i == 5 { // a parameter of which little is said
			*p = specmodel.Param{Index: i, Name: "little", TypeName: "int"}
		}
	}
	for i := range a.Structs {
		for j := range a.Structs[i].Fields {
			f := &a.Structs[i].Fields[j]
			f.Constraint = specmodel.Constraint{Kind: f.Constraint.Kind, Min: f.Constraint.Min, Max: f.Constraint.Max, Mask: f.Constraint.Mask,
				ValuesFrom: f.Constraint.ValuesFrom}
			f.Offset = specmodel.Lit(specmodel.Int(int64(8 * j)))
		}
	}
	a.Return.IsSuccess = "is_success"
	a.Errors = nil
	for _, name := range []string{"EPERM", "ENOENT", "EINTR", "EIO", "E2BIG", "EBADF", "EAGAIN", "ENOMEM", "EFAULT", "EBUSY", "EEXIST", "ENODEV", "EINVAL"} {
		n, _ := specmodel.Errno(name)
		a.Errors = append(a.Errors, specmodel.Error{Name: name, Code: specmodel.Lit(specmodel.Int(-n)), Condition: "if " + name, Description: strings.Repeat(name, 60)})
	}
	for i := range a.Capabilities {
		name := []string{"CAP_CHOWN", "CAP_SYS_ADMIN"}[i]
		n, _ := specmodel.CapabilityNumber(name)
		a.Capabilities[i].Name, a.Capabilities[i].Number = name, specmodel.Lit(specmodel.Int(n))
	}
	for i := range 40 { // more than some forms can hold
		a.Constraints = append(a.Constraints, specmodel.Rule{Name: fmt.Sprintf("rule %02d", i), Description: "d", Expression: "x < y \"q\" \\ \n"})
		a.SideEffects = append(a.SideEffects, specmodel.SideEffect{Types: specmodel.EffectNetwork, Target: fmt.Sprintf("target %02d", i)})
	}
	a.Constraints, a.SideEffects = a.Constraints[:32], a.SideEffects[:32]
	s := a.Socket
	s.State.Required = states([]int64{0, 3, 14})
	s.State.Forbidden, s.State.Resulting = states([]int64{1, 15}), state(4)
	a.Ioctl.Cmd = specmodel.HexLit(specmodel.Uint(0xC0104B01))
	a.Notes = strings.Repeat("n", 1024) // fills its array
	return a
}

// little is a contract of which hardly anything is said.
func little() *specmodel.API {
	return &specmodel.API{Name: "sys_little", Kind: specmodel.Syscall, Version: specmodel.Lit(specmodel.Int(1)), Description: "quiet",
		Return: &specmodel.Return{TypeName: "long", Type: specmodel.TypeInt, Check: specmodel.ReturnExact, Success: specmodel.Lit(specmodel.Int(0))}}
}

func on(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f form) defines() []string {
	var d []string
	for _, x := range []struct {
		name string
		n    int
	}{{"POINTERS", on(f.pointers)}, {"MAGICS", on(f.magics)}, {"SCOPE", on(f.scope)}, {"ENUMTEXT", on(f.enumText)}, {"APITYPE", on(f.apiType)},
		{"SYSFS", on(f.sysfs)}, {"IOCTL", on(f.ioctl)}, {"NET", on(f.net)}, {"SINCE", on(f.since)}, {"REPLACED", on(f.replaced)},
		{"OLDKINDS", on(f.oldKinds)}, {"RULES", f.rules}, {"EFFECTS", f.effects}} {
		d = append(d, fmt.Sprintf("-D%s=%d", x.name, x.n))
	}
	return d
}

// A target is a machine that a compiler makes objects for.
type target struct {
	name string
	cc   []string
	ld   []string
}

var targets = []target{
	{"x86_64", []string{"gcc"}, []string{"ld"}},
	{"i386", []string{"gcc", "-m32", "-fno-pic"}, []string{"ld", "-m", "elf_i386"}},
	{"aarch64", []string{"aarch64-linux-gnu-gcc"}, []string{"aarch64-linux-gnu-ld"}},
	{"s390x", []string{"s390x-linux-gnu-gcc"}, []string{"s390x-linux-gnu-ld"}},
	{"powerpc", []string{"powerpc-linux-gnu-gcc"}, []string{"powerpc-linux-gnu-ld"}},
	{"powerpc64", []string{"powerpc-linux-gnu-gcc", "-m64"}, []string{"powerpc-linux-gnu-ld", "-m", "elf64ppc"}},
}

func run(t testing.TB, args ...string) {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// compile makes an object file of the source, and skips without a compiler.
func (tg target) compile(t testing.TB, f form, source string) string {
	t.Helper()
	if _, err := exec.LookPath(tg.cc[0]); err != nil || tg.cc[0] == "gcc" && runtime.GOARCH != "amd64" {
		t.Skip("no compiler for", tg.name)
	}
	dir := t.TempDir()
	src, obj := filepath.Join(dir, "x.c"), filepath.Join(dir, "x.o")
	if err := os.WriteFile(src, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat(tg.cc, []string{"-c", "-O1", "-w", "-ffreestanding", "-Itestdata"}, f.defines(), []string{"-o", obj, src})
	run(t, args...)
	return obj
}

// link makes an executable like a kernel of an object file.
func (tg target) link(t testing.TB, obj string, options ...string) string {
	t.Helper()
	out := strings.TrimSuffix(obj, ".o")
	run(t, slices.Concat(tg.ld, []string{"--no-warnings", "-T", "testdata/kernel.lds", "-o", out}, options, []string{obj})...)
	return out
}

func readFile(t testing.TB, path string) ([]*specmodel.API, []specmodel.Problem, error) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Read(filepath.Base(path), bytes.NewReader(b), int64(len(b)))
}

// same reads a file and compares it with contracts.
func same(t *testing.T, path string, want ...*specmodel.API) []*specmodel.API {
	t.Helper()
	got, problems, err := readFile(t, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("problem: %v", p)
	}
	if len(got) != len(want) {
		t.Fatalf("read %d contracts, want %d", len(got), len(want))
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(a *specmodel.API) bool { return a.Name == w.Name })
		if i < 0 {
			t.Fatalf("no contract %s", w.Name)
		}
		for _, d := range specmodel.Differences(got[i], w) {
			t.Errorf("%s: %s", w.Name, d)
		}
		for _, p := range got[i].Validate() {
			if p.ID == "count" {
				t.Errorf("%s: %s", w.Name, p.Message)
			}
		}
	}
	return got
}

// TestEveryForm compiles every form of the struct, and reads the object file
// and the executable; the same source read as macros says the same.
func TestEveryForm(t *testing.T) {
	tg := targets[0]
	for _, f := range forms {
		t.Run(f.String(), func(t *testing.T) {
			want := []*specmodel.API{trim(f, everything()), trim(f, little())}
			source := emit(f, want...)
			obj := tg.compile(t, f, source)
			got := same(t, obj, want...)
			same(t, tg.link(t, obj), want...)
			written, problems := macro.ReadFile("x.c", []byte(source))
			for _, p := range problems {
				if p.Severity != specmodel.Note {
					t.Errorf("macros: %v", p)
				}
			}
			for _, w := range written {
				w.Resolve(nil)
				i := slices.IndexFunc(got, func(a *specmodel.API) bool { return a.Name == w.Name })
				if i < 0 {
					t.Fatalf("macros: no contract %s", w.Name)
				}
				for _, d := range specmodel.Differences(got[i], w) {
					t.Errorf("macros: %s: %s", w.Name, d)
				}
			}
		})
	}
}

// current and widest are the forms of the newest framework and the one with
// most fields.
func current() form { return forms[len(forms)-1] }

func widest() form {
	i := slices.IndexFunc(forms, func(f form) bool { return f.net && f.sysfs && f.ioctl && f.apiType })
	return forms[i]
}

// TestTargets reads both families for other byte orders and word sizes.
func TestTargets(t *testing.T) {
	for _, tg := range targets {
		for _, f := range []form{widest(), current()} {
			t.Run(tg.name+" "+f.String(), func(t *testing.T) {
				want := []*specmodel.API{trim(f, everything()), trim(f, little())}
				obj := tg.compile(t, f, emit(f, want...))
				same(t, obj, want...)
				same(t, tg.link(t, obj), want...)
			})
		}
	}
}
