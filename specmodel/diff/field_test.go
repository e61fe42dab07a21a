// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
)

// notCompared are fields, by their last, first or whole name, that are no part of what a
// contract says, with the reason.
var notCompared = map[string]string{
	"Pos":       "where it is written",
	"Container": "where it is written",
	"Insert":    "where a fix would write",
	"Origin":    "who wrote it; the two sets may come from different sources",
	"Notation":  "how it is written",
	"Unstated":  "what a source cannot say",
	"File":      "lines move with every edit",
	"Line":      "lines move with every edit",
	"Col":       "lines move with every edit",
	"Section":   "names the list that is counted",
	"Arch":      "is the key of its bits, and tested by itself",

	"Errors.Trace.Func":                   "how the code comes to an error is evidence, which moves with every edit",
	"Errors.Trace.Note":                   "likewise",
	"Errors.Trace.Via":                    "only what keeps a contract open has it",
	"Params.Constraint.Trace.Via":         "likewise",
	"Structs.Fields.Constraint.Trace.Via": "likewise",
	"Open.Func":                           "a kind of callback that errors can come from is compared, not who calls it",
	"Open.Note":                           "likewise",
	"Implementations":                     "who implements a callback is no part of what its callers get; their errors are the contract's",
}

// kindFor is the constraint in which a field of it decides.
var kindFor = map[string]specmodel.ConstraintKind{
	"Min": specmodel.ConstraintRange, "Max": specmodel.ConstraintRange, "Mask": specmodel.ConstraintMask,
	"ArchMasks": specmodel.ConstraintMask, "Values": specmodel.ConstraintEnum, "ValuesFrom": specmodel.ConstraintEnum,
	"Ranges": specmodel.ConstraintSet, "Alignment": specmodel.ConstraintAlignment, "Validate": specmodel.ConstraintCustom,
}

// fill gives every field a value, one element in each list.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case specmodel.Pos, specmodel.Insert:
		return
	case specmodel.Expr:
		v.Set(reflect.ValueOf(specmodel.Lit(specmodel.Int(int64(*n) * 64))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text%d", *n))
	case reflect.Int:
		v.SetInt(0)
	case reflect.Uint32:
		v.SetUint(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	}
}

// whole is an inferred contract that has everything.
func whole() *specmodel.API {
	a, n := &specmodel.API{}, 0
	fill(reflect.ValueOf(a).Elem(), &n)
	a.Origin, a.Kind, a.Unstated = specmodel.FromCode, specmodel.Function, nil
	a.Errors[0].Name, a.Errors[0].Code = "EINVAL", specmodel.Lit(specmodel.Int(-22))
	a.Counts[0].Section = "params"
	a.Return.Check = specmodel.ReturnErrorCheck
	a.Params[0].Flags = specmodel.FlagIn
	a.Structs[0].Fields[0].Flags = specmodel.FlagIn
	a.Params[0].SizeParam = specmodel.Expr{}
	a.Params[0].Constraint.Kind = specmodel.ConstraintNone
	a.Structs[0].Fields[0].Constraint.Kind = specmodel.ConstraintNone
	for _, c := range []*specmodel.Constraint{&a.Params[0].Constraint, &a.Structs[0].Fields[0].Constraint} {
		c.Min, c.Max = specmodel.Lit(specmodel.Int(1)), specmodel.Lit(specmodel.Int(1000))
		c.Ranges[0] = specmodel.Interval{Min: specmodel.Lit(specmodel.Int(1)), Max: specmodel.Lit(specmodel.Int(1000))}
		c.Alignment = specmodel.Lit(specmodel.Int(8))
		c.Mask = specmodel.HexLit(specmodel.Uint(0xf0))
		c.ArchMasks[0].Bits = specmodel.HexLit(specmodel.Uint(0x100))
		c.Else = []string{"ENOMEM"}
	}
	return a
}

// prepare makes a contract in which a field matters.
func prepare(path string) *specmodel.API {
	a := whole()
	parts := strings.Split(path, ".")
	if i := slices.Index(parts, "Constraint"); i >= 0 && i+1 < len(parts) {
		for _, c := range []*specmodel.Constraint{&a.Params[0].Constraint, &a.Structs[0].Fields[0].Constraint} {
			if k, ok := kindFor[parts[i+1]]; ok {
				c.Kind = k
			}
			if parts[i+1] == "ValuesFrom" {
				c.Values = nil
			}
		}
	}
	if strings.HasPrefix(path, "Return.Success") && path != "Return.Success" {
		a.Return.Check = specmodel.ReturnRange
		a.Return.SuccessMin, a.Return.SuccessMax = specmodel.Lit(specmodel.Int(0)), specmodel.Lit(specmodel.Int(1<<20))
	}
	return a
}

// mutate gives a field another value.
func mutate(path string, v reflect.Value) {
	if e, ok := v.Interface().(specmodel.Expr); ok {
		n, _ := e.Int64()
		if path == "Params.Constraint.Alignment" || path == "Structs.Fields.Constraint.Alignment" {
			n = n * 2
		} else {
			n = n + 1
		}
		v.Set(reflect.ValueOf(specmodel.Lit(specmodel.Int(n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		switch path {
		case "Kind":
			v.SetString(string(specmodel.Syscall))
		case "Errors.Name":
			v.SetString("EINVALID")
		case "Params.Constraint.Kind", "Structs.Fields.Constraint.Kind":
			v.SetString(string(specmodel.ConstraintNonZero))
		default:
			v.SetString(v.String() + "x")
		}
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Uint32:
		v.SetUint(v.Uint() ^ 1<<3)
	}
}

// eachField calls f with the path of every field that holds a value, and how
// to get it from a contract.
func eachField(t reflect.Type, path string, get func(reflect.Value) reflect.Value, f func(string, func(reflect.Value) reflect.Value)) {
	switch {
	case t == reflect.TypeFor[specmodel.Expr](), t == reflect.TypeFor[specmodel.Pos](), t == reflect.TypeFor[specmodel.Insert]():
		f(path, get)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		eachField(t.Elem(), path, func(v reflect.Value) reflect.Value { return get(v).Elem() }, f)
	case reflect.Slice:
		eachField(t.Elem(), path, func(v reflect.Value) reflect.Value { return get(v).Index(0) }, f)
	case reflect.Struct:
		for i := range t.NumField() {
			eachField(t.Field(i).Type, strings.TrimPrefix(path+"."+t.Field(i).Name, "."),
				func(v reflect.Value) reflect.Value { return get(v).Field(i) }, f)
		}
	default:
		f(path, get)
	}
}

// TestEveryField changes each field of the model alone: it must give exactly
// one change, and the change back exactly its mirror.
func TestEveryField(t *testing.T) {
	fields := 0
	eachField(reflect.TypeFor[specmodel.API](), "", func(v reflect.Value) reflect.Value { return v },
		func(path string, get func(reflect.Value) reflect.Value) {
			last := path[strings.LastIndexByte(path, '.')+1:]
			if first, _, _ := strings.Cut(path, "."); notCompared[last] != "" || notCompared[first] != "" || notCompared[path] != "" {
				return
			}
			fields++
			t.Run(path, func(t *testing.T) {
				old, new := prepare(path), prepare(path)
				if path == "Name" {
					new.Name = "other"
					if got := ids(compare(old, new)); got != "api-added api-removed" && got != "api-removed api-added" {
						t.Errorf("got %s", got)
					}
					return
				}
				if path == "Params.SizeParam" {
					get(reflect.ValueOf(old).Elem()).Set(reflect.ValueOf(specmodel.Lit(specmodel.Int(4))))
				}
				mutate(path, get(reflect.ValueOf(new).Elem()))
				forth, back := compare(old, new), compare(new, old)
				if len(forth) != 1 {
					t.Fatalf("got %d changes:%s", len(forth), list(forth))
				}
				if len(back) != 1 {
					t.Fatalf("back: got %d changes:%s", len(back), list(back))
				}
				if want := forth[0].Rule.Mirror(); back[0].Rule.ID != want {
					t.Errorf("forth %s, back %s, want %s", forth[0].Rule.ID, back[0].Rule.ID, want)
				}
				if RuleByID(forth[0].Rule.ID) == nil {
					t.Errorf("%s is not in the catalogue", forth[0].Rule.ID)
				}
				if !strings.Contains(forth[0].Message(), forth[0].Rule.Says) {
					t.Errorf("message %q", forth[0].Message())
				}
			})
		})
	if fields < 150 {
		t.Errorf("only %d fields were looked at", fields)
	}
}

func compare(old, new *specmodel.API) []Change {
	return Compare(&specmodel.Set{APIs: []*specmodel.API{old}}, &specmodel.Set{APIs: []*specmodel.API{new}})
}

func ids(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Rule.ID)
	}
	return strings.Join(out, " ")
}

func list(changes []Change) string {
	var b strings.Builder
	for i := range changes {
		fmt.Fprintf(&b, "\n\t%s [%s]", changes[i].Message(), changes[i].Rule.ID)
	}
	return b.String()
}
