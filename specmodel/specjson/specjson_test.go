// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"kapilint/specmodel"
)

// filled returns a contract with a value in every field that the form has.
func filled() *specmodel.API {
	a := &specmodel.API{}
	fill(reflect.ValueOf(a).Elem())
	a.Name, a.Errors[0].Name, a.Errors[0].Code.Text = "sys_all", "EIO", "-EIO"
	return a
}

func fill(v reflect.Value) {
	if known, ok := tokens[v.Type()]; ok {
		v.SetString(known[len(known)-1])
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("<a \"b\"\n")
	case reflect.Int:
		v.SetInt(7)
	case reflect.Uint32:
		v.SetUint(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
		if v.Type() == exprsType {
			v.Index(1).Set(reflect.ValueOf(specmodel.Text("UNKNOWN | 1", specmodel.Pos{})))
		}
	case reflect.Struct:
		switch v.Type() {
		case exprType:
			v.Set(reflect.ValueOf(specmodel.Named("SOME_MAX", specmodel.Uint(1<<64-1))))
		case reflect.TypeFor[specmodel.Pos]():
			v.Set(reflect.ValueOf(specmodel.Pos{File: "f.c", Line: 3}))
		default:
			for i := range v.NumField() {
				if v.Type().Field(i).Name != "Insert" && v.Type().Field(i).Name != "Container" {
					fill(v.Field(i))
				}
			}
		}
	}
}

// forget removes the positions of expressions, which the form does not have.
func forget(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			forget(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			forget(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == exprType {
			v.FieldByName("Pos").SetZero()
			return
		}
		for i := range v.NumField() {
			forget(v.Field(i))
		}
	}
}

func TestRoundTripOfEveryField(t *testing.T) {
	want := filled()
	var doc bytes.Buffer
	if err := Write(&doc, []*specmodel.API{want}); err != nil {
		t.Fatal(err)
	}
	got, problems := Read("x.json", doc.Bytes())
	for _, p := range problems {
		t.Error(p)
	}
	if len(got) != 1 {
		t.Fatalf("%d contracts", len(got))
	}
	if !got[0].Container.IsValid() || got[0].Container.File != "x.json" {
		t.Errorf("container %v", got[0].Container)
	}
	got[0].Container = specmodel.Pos{}
	forget(reflect.ValueOf(got[0]))
	if !reflect.DeepEqual(want, got[0]) {
		t.Errorf("read back %+v\nwant %+v", got[0], want)
	}
	var again bytes.Buffer
	if err := Write(&again, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(doc.Bytes(), again.Bytes()) {
		t.Error("the second document differs from the first")
	}
}

func TestNumbers(t *testing.T) {
	tests := []struct {
		name string
		expr specmodel.Expr
		want string
	}{
		{"literal", specmodel.Lit(specmodel.Int(-3)), `"min": "-3"`},
		{"hexadecimal literal", specmodel.HexLit(specmodel.Uint(16)), `"min": "0x10"`},
		{"literal not evaluated", specmodel.Text("12", specmodel.Pos{}), `"min": "12"`},
		{"literal with suffix", specmodel.Named("12UL", specmodel.Uint(12)), `"min": "12","min_expr": "12UL"`},
		{"name", specmodel.Named("X", specmodel.Int(5)), `"min": "5","min_expr": "X"`},
		{"unknown name", specmodel.Text("X", specmodel.Pos{}), `"min_expr": "X"`},
		{"octal literal", specmodel.Named("0644", specmodel.Int(420)), `"min": "420","min_expr": "0644"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &specmodel.API{Name: "f", Params: []specmodel.Param{{Constraint: specmodel.Constraint{Min: tt.expr}}}}
			var b bytes.Buffer
			if err := Write(&b, []*specmodel.API{a}); err != nil {
				t.Fatal(err)
			}
			doc := strings.NewReplacer("\n", "", "\t", "").Replace(b.String())
			if want := `"constraint": {` + tt.want + `}`; !strings.Contains(doc, want) {
				t.Errorf("%s\nwant %s", doc, want)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	a := &specmodel.API{Name: "sys_b", Kind: specmodel.Syscall, Origin: specmodel.FromCode, Pos: specmodel.Pos{File: "fs/b.c", Line: 4},
		Params: []specmodel.Param{{Name: "flags", TypeName: "int", Flags: specmodel.FlagIn,
			Constraint: specmodel.Constraint{Kind: specmodel.ConstraintMask, Mask: specmodel.Named("B_CLOEXEC", specmodel.Int(1<<19)), Else: []string{"EINVAL"}}}},
		Errors: []specmodel.Error{{Name: "EINVAL", Code: specmodel.Named("-EINVAL", specmodel.Int(-22)), Condition: "flags & ~B_CLOEXEC",
			Trace: []specmodel.Step{{File: "fs/b.c", Line: 6, Func: "b", Note: "returns -EINVAL"}}}}}
	var b bytes.Buffer
	if err := Write(&b, []*specmodel.API{a, {Name: "sys_a"}}); err != nil {
		t.Fatal(err)
	}
	want := `{
	"schema": "kapilint.spec/1",
	"apis": [
		{
			"name": "sys_a"
		},
		{
			"name": "sys_b",
			"kind": "syscall",
			"origin": "inferred",
			"file": "fs/b.c",
			"line": 4,
			"closed": false,
			"params": [
				{
					"index": 0,
					"name": "flags",
					"type": "int",
					"flags": ["in"],
					"constraint": {
						"kind": "mask",
						"mask": "0x80000",
						"mask_expr": "B_CLOEXEC",
						"else": ["EINVAL"]
					}
				}
			],
			"errors": [
				{
					"name": "EINVAL",
					"value": "-22",
					"condition": "flags & ~B_CLOEXEC",
					"trace": [
						{
							"file": "fs/b.c",
							"line": 6,
							"func": "b",
							"note": "returns -EINVAL"
						}
					]
				}
			]
		}
	]
}
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestReadProblems(t *testing.T) {
	api := func(s string) string {
		return `{"schema": "kapilint.spec/1", "apis": [` + "\n" + s + "\n]}"
	}
	tests := []struct {
		name, doc, want string
	}{
		{"empty", ``, "x.json:1:1: the document is not a JSON object"},
		{"array", `[]`, "x.json:1:1: the document is not a JSON object"},
		{"no schema", `{"apis": []}`, `x.json:1:1: the document names no schema; it must have "schema": "kapilint.spec/1"`},
		{"other schema", `{"schema": "kapi/9", "apis": [{}]}`, `x.json:1:12: the schema is "kapi/9", and only "kapilint.spec/1" can be read`},
		{"unknown top key", `{"schema": "kapilint.spec/1", "specs": []}`, `x.json:1:31: "specs" is not a key of a document`},
		{"trailing text", `{"schema": "kapilint.spec/1"} x`, "x.json:1:31: something follows the document"},
		{"no name", api(`{}`), "x.json:2:1: the contract has no name"},
		{"unknown key", api(`{"name": "f", "eror": 1}`), `x.json:2:15: "eror" is not a key of a contract`},
		{"unknown key below", api(`{"name": "f", "errors": [{"name": "EIO", "code": "-5"}]}`), `x.json:2:42: "code" is not a key of an error`},
		{"key twice", api(`{"name": "f", "notes": "a", "notes": "b"}`), `x.json:2:29: the key "notes" is given twice`},
		{"number for text", api(`{"name": "f", "notes": 1}`), `x.json:2:24: "notes" must be a string`},
		{"text for list", api(`{"name": "f", "errors": "EIO"}`), `x.json:2:25: "errors" must be an array`},
		{"text for object", api(`{"name": "f", "return": "int"}`), `x.json:2:25: "return" must be an object`},
		{"list of texts", api(`{"name": "f", "errors": ["EIO"]}`), `x.json:2:26: "errors" must be an array of objects`},
		{"text for flag", api(`{"name": "f", "deprecated": "yes"}`), `x.json:2:29: "deprecated" must be true or false`},
		{"negative index", api(`{"name": "f", "params": [{"index": -1, "name": "p"}]}`), `x.json:2:36: "index" must be a number from 0 to 2147483647`},
		{"number not as text", api(`{"name": "f", "params": [{"index": 0, "name": "p", "size": 4}]}`), `x.json:2:60: "size" must be a string`},
		{"bad number", api(`{"name": "f", "params": [{"index": 0, "name": "p", "size": "four"}]}`),
			`x.json:2:60: "four" is not a number; write it decimal or as 0x and hexadecimal digits`},
		{"bad expression", api(`{"name": "f", "params": [{"index": 0, "name": "p", "size_expr": "4 +"}]}`),
			`x.json:2:65: "4 +" is not an expression: the expression ends too early`},
		{"unknown kind", api(`{"name": "f", "kind": "macro"}`), `x.json:2:23: "macro" is none of function, syscall, ioctl, sysfs`},
		{"unknown flag", api(`{"name": "f", "context": {"flags": ["fast"]}}`), `x.json:2:37: "fast" is not a name that "flags" may have`},
		{"missing colon", api(`{"name" "f"}`), `x.json:2:9: ":" is expected here`},
		{"missing comma", api(`{"name": "f" "notes": ""}`), `x.json:2:14: "}" is expected here`},
		{"ends early", `{"schema": "kapilint.spec/1", "apis": [`, `x.json:1:40: the document ends where "{" is expected`},
		{"open string", `{"schema": "kapi`, "x.json:1:17: the document ends inside a string"},
		{"line break in string", "{\"sch\nema\"", "x.json:1:6: the string is not closed on its line"},
		{"bad escape", `{"schema": "\q"}`, "x.json:1:13: the string has an escape that JSON does not know"},
		{"bare word", api(`{"name": "f", "deprecated": yes}`), `x.json:2:29: "deprecated" must be true or false`},
		{"nested", `{"schema": "kapilint.spec/1", "x": ` + strings.Repeat("[", 100), "values are nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := Read("x.json", []byte(tt.doc))
			var got []string
			for _, p := range problems {
				got = append(got, p.Error())
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, tt.want) {
				t.Errorf("problems:\n%s\nwant: %s", all, tt.want)
			}
		})
	}
}

func TestReadAcceptsEitherOrder(t *testing.T) {
	doc := `{"apis": [{"params": [{"name": "p", "index": 0, "constraint": {"values_expr": ["A", "7"], "values": ["1", "7"],
		"max_expr": "M", "max": "0xff"}}], "errors": [{"value": "-5", "name": "EIO"}], "name": "sys_f"}], "schema": "kapilint.spec/1"}`
	apis, problems := Read("x.json", []byte(doc))
	if len(problems) > 0 || len(apis) != 1 {
		t.Fatal(problems)
	}
	c := apis[0].Params[0].Constraint
	if got := fmt.Sprint(c.Values[0], c.Values[1], c.Max, apis[0].Errors[0].Code); got != "A (1) 7 M (255) -EIO (-5)" {
		t.Error(got)
	}
	if apis[0].Origin != specmodel.FromJSON || apis[0].Kind != specmodel.Syscall || apis[0].Pos.File != "x.json" {
		t.Errorf("origin %s, kind %s, at %s", apis[0].Origin, apis[0].Kind, apis[0].Pos)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := Write(&b, []*specmodel.API{filled()}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema": "kapilint.spec/1", "apis": [{"name": "f", "params": [{"index": 0, "name": "p", "size": "4"}]}]}`))
	f.Add([]byte(`{"schema": "kapilint.spec/1", "apis": [{"name": "f", "kind": 3, "errors": [{}, null]}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		apis, problems := Read("x.json", src)
		for _, p := range problems {
			if !p.Pos.IsValid() {
				t.Errorf("no position: %s", p.Message)
			}
		}
		if len(problems) > 0 {
			return
		}
		var first, second bytes.Buffer
		Write(&first, apis)
		again, problems := Read("x.json", first.Bytes())
		if len(problems) > 0 {
			t.Fatalf("what was written cannot be read: %v", problems[0])
		}
		Write(&second, again)
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("written:\n%s\nread and written again:\n%s", first.Bytes(), second.Bytes())
		}
	})
}

// BenchmarkReadWrite shows the cost of contracts with a value in every field,
// which are many times larger than real ones.
func BenchmarkReadWrite(b *testing.B) {
	var apis []*specmodel.API
	for range 100 {
		apis = append(apis, filled())
	}
	var doc bytes.Buffer
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			doc.Reset()
			if err := Write(&doc, apis); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(doc.Len()))
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(doc.Len()))
		for b.Loop() {
			if got, _ := Read("x.json", doc.Bytes()); len(got) != len(apis) {
				b.Fatal(len(got))
			}
		}
	})
}
