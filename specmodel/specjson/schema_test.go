// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kapilint/specmodel"
)

var update = flag.Bool("update", false, "rewrite the published schema")

const schemaFile = "../../docs/kapilint.spec.schema.json"

type object = map[string]any

// comments returns what the model says of its types ("Param") and fields
// ("Param.Size").
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	fset := gotoken.NewFileSet()
	for _, file := range files {
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, s := range decl.Specs {
				ts, ok := s.(*ast.TypeSpec)
				if !ok {
					continue
				}
				said[ts.Name.Name] = sentence(decl.Doc.Text())
				st, ok := ts.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, field := range st.Fields.List {
					text := field.Doc.Text()
					if text == "" {
						text = field.Comment.Text()
					}
					for _, name := range field.Names {
						said[ts.Name.Name+"."+name.Name] = sentence(text)
					}
				}
			}
			return true
		})
	}
	return said
}

// sentence is the text of a comment as one paragraph, its links left out.
func sentence(s string) string {
	s, _, _ = strings.Cut(s, "\n\n")
	p := new(doc.Package).Parser()
	return strings.Join(strings.Fields(string(new(doc.Package).Printer().Text(p.Parse(s)))), " ")
}

// flagNames are the names that a set of flags can have.
func flagNames(t reflect.Type) []string {
	v := reflect.New(t).Elem()
	v.SetUint(1<<32 - 1)
	return v.Interface().(namer).Names()
}

// generate makes the schema from the model.
func generate(t *testing.T) []byte {
	said := comments(t)
	defs := object{
		"number": object{"type": "string", "pattern": "^(-?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+)$",
			"description": "A number, decimal or 0x and hexadecimal digits; a string because readers of JSON lose 64-bit integers."},
		"expression": object{"type": "string", "minLength": 1, "description": "A C integer expression as the contract writes it."},
	}
	var define func(reflect.Type) object
	value := func(ft reflect.Type) object {
		switch {
		case ft.Implements(reflect.TypeFor[namer]()):
			return object{"type": "array", "items": object{"enum": flagNames(ft)}, "uniqueItems": true}
		case tokens[ft] != nil:
			return object{"enum": tokens[ft]}
		}
		switch ft.Kind() {
		case reflect.Pointer:
			return define(ft.Elem())
		case reflect.Struct:
			return define(ft)
		case reflect.Slice:
			if ft.Elem().Kind() == reflect.String {
				return object{"type": "array", "items": object{"type": "string"}}
			}
			return object{"type": "array", "items": define(ft.Elem())}
		case reflect.Bool:
			return object{"type": "boolean"}
		case reflect.Int:
			return object{"type": "integer", "minimum": 0, "maximum": 1<<31 - 1}
		}
		return object{"type": "string"}
	}
	define = func(st reflect.Type) object {
		name := strings.ToLower(st.Name())
		ref := object{"$ref": "#/$defs/" + name}
		if defs[name] != nil {
			return ref
		}
		props, required := object{}, []string{}
		def := object{"type": "object", "additionalProperties": false, "properties": props}
		if text := said[st.Name()]; text != "" {
			def["description"] = text
		}
		defs[name] = def
		for i := range st.NumField() {
			f := st.Field(i)
			key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Name == "Pos" {
				props["file"] = object{"type": "string", "description": "The file it is written in, if it is not that of the contract."}
				props["line"] = object{"type": "integer", "minimum": 1, "maximum": 1<<31 - 1}
			}
			if key == "-" {
				continue
			}
			describe := func(o object) object {
				if text := said[st.Name()+"."+f.Name]; text != "" {
					o["description"] = text
				}
				return o
			}
			switch f.Type {
			case exprType:
				props[key] = describe(object{"$ref": "#/$defs/number"})
				props[key+"_expr"] = object{"$ref": "#/$defs/expression"}
			case exprsType:
				props[key] = describe(object{"type": "array", "items": object{"anyOf": []object{{"$ref": "#/$defs/number"}, {"type": "null"}}}})
				props[key+"_expr"] = object{"type": "array", "items": object{"type": "string"}}
			default:
				props[key] = describe(value(f.Type))
				if opts == "" {
					required = append(required, key)
				}
			}
		}
		if len(required) > 0 {
			def["required"] = required
		}
		return ref
	}
	root := object{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Contracts of kernel interfaces, form " + Schema,
		"type": "object", "additionalProperties": false, "required": []string{"schema", "apis"}, "properties": object{
			"schema": object{"const": Schema}, "apis": object{"type": "array", "items": define(apiType)}}}
	root["$defs"] = defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPublishedSchema holds the published schema to the model.
func TestPublishedSchema(t *testing.T) {
	want := generate(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the published schema is not that of the model; run the test with -update")
	}
}

func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, doc []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestWrittenDocumentsAreValid(t *testing.T) {
	s := published(t)
	apis := []*specmodel.API{filled(), {Name: "f"}, {Name: "g", Origin: specmodel.FromCode, Closed: true}}
	for _, kind := range tokens[reflect.TypeFor[specmodel.ConstraintKind]()] {
		apis = append(apis, &specmodel.API{Name: kind, Params: []specmodel.Param{{Constraint: specmodel.Constraint{Kind: specmodel.ConstraintKind(kind)},
			Flags: 1<<32 - 1, Size: specmodel.Text("012", specmodel.Pos{})}}})
	}
	foreign, problems := Read("x", []byte(details))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var doc bytes.Buffer
	if err := Write(&doc, append(apis, foreign...)); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, s, doc.Bytes()); err != nil {
		t.Error(err)
	}
	empty := new(bytes.Buffer)
	if err := Write(empty, nil); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, s, empty.Bytes()); err != nil {
		t.Error(err)
	}
	goldens, err := filepath.Glob("../*/testdata/*.golden")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range goldens {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		end := bytes.Index(src, []byte("\n}\n"))
		if !bytes.HasPrefix(src, []byte("{\n\t\"schema\"")) || end < 0 {
			continue
		}
		if err := validate(t, s, src[:end+3]); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaIsComplete looks for every key that the writer has in a document
// with every field, and finds each key of the schema there.
func TestSchemaIsComplete(t *testing.T) {
	a := filled()
	// A value that is not known is left out, and a plain number has no text.
	var doc bytes.Buffer
	if err := Write(&doc, []*specmodel.API{a}); err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any
		} `json:"$defs"`
	}
	src, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(src, &schema); err != nil {
		t.Fatal(err)
	}
	for name, def := range schema.Defs {
		for key := range def.Properties {
			if !bytes.Contains(doc.Bytes(), []byte(`"`+key+`":`)) && key != "value_expr" {
				t.Errorf("%s of %s is never written", key, name)
			}
		}
	}
}

// TestSchemaAndReaderAgree holds what the reader refuses to the schema.
func TestSchemaAndReaderAgree(t *testing.T) {
	s := published(t)
	api := func(members string) string {
		return `{"schema": "` + Schema + `", "apis": [{"name": "f"` + members + `}]}`
	}
	for _, doc := range []string{`{"schema": "kapi/9", "apis": []}`, `{"schema": "` + Schema + `", "apis": [{}]}`, api(`, "eror": 1`), api(`, "notes": 1`),
		api(`, "kind": "macro"`), api(`, "context": {"flags": ["fast"]}`), api(`, "params": [{"index": -1, "name": "p"}]`),
		api(`, "params": [{"index": 0, "name": "p", "size": 4}]`), api(`, "params": [{"index": 0, "name": "p", "size": "four"}]`),
		api(`, "errors": [{}]`), api(`, "params": [{"name": "p"}]`), api(`, "errors": [{"name": "EIO", "code": "-5"}]`), api(`, "return": "int"`)} {
		_, problems := Read("x", []byte(doc))
		if err := validate(t, s, []byte(doc)); err == nil || len(problems) == 0 {
			t.Errorf("%s: schema %v, reader %v", doc, err, problems)
		}
	}
}

// many returns n contracts of usual size under names of their own.
func many(n int) []*specmodel.API {
	num := func(n int64) specmodel.Expr { return specmodel.Lit(specmodel.Int(n)) }
	apis := make([]*specmodel.API, n)
	for i := range apis {
		file := fmt.Sprintf("drivers/bell/bell%d.c", i%700)
		at := func(line int) specmodel.Pos { return specmodel.Pos{File: file, Line: i%3000 + line} }
		a := &specmodel.API{Name: fmt.Sprintf("sys_bell%05d", i), Kind: specmodel.Syscall, Origin: specmodel.FromKernelDoc, Notation: specmodel.NotationDocC,
			Pos: at(1), Description: "Ring the bell", LongDescription: "The bell rings until somebody holds it. It is loud.",
			Context: specmodel.Context{Pos: at(2), Flags: specmodel.CtxProcess | specmodel.CtxSleepable},
			Return:  &specmodel.Return{Pos: at(9), TypeName: "int", Check: specmodel.ReturnExact, Success: num(0), Description: "Zero on success"},
			Locks:   []specmodel.Lock{{Pos: at(20), Name: "bell->lock", Type: specmodel.LockMutex, Scope: specmodel.LockInternal, Description: "Held while it rings"}},
			Notes:   "A bell that is held does not ring."}
		for p := range 4 {
			a.Params = append(a.Params, specmodel.Param{Pos: at(3 + p), Index: p, Name: fmt.Sprint("arg", p), TypeName: "unsigned int", Type: specmodel.TypeUint,
				Flags: specmodel.FlagIn, Constraint: specmodel.Constraint{Pos: at(3 + p), Kind: specmodel.ConstraintRange, Min: num(0), Max: num(int64(i))}, Description: "What it is"})
		}
		for e, name := range []string{"EBADF", "EFAULT", "EINTR", "EINVAL", "EIO", "ENOMEM", "EPERM"} {
			n, _ := specmodel.Errno(name)
			a.Errors = append(a.Errors, specmodel.Error{Pos: at(10 + e), Name: name, Code: specmodel.Named("-"+name, specmodel.Int(-n)),
				Condition: "the argument is wrong", Description: "Says what is wrong with it."})
		}
		apis[i] = a
	}
	return apis
}

// BenchmarkMany reads a document of 50,000 contracts and compares it with
// itself. "B/input" is what stays allocated for each byte of the document.
func BenchmarkMany(b *testing.B) {
	var doc bytes.Buffer
	if err := Write(&doc, many(50_000)); err != nil {
		b.Fatal(err)
	}
	src := slices.Clip(doc.Bytes())
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		b.ReportAllocs()
		before := heap()
		var apis []*specmodel.API
		for b.Loop() {
			apis, _ = Read("x.json", src)
		}
		if len(apis) != 50_000 {
			b.Fatal(len(apis))
		}
		b.ReportMetric(float64(heap()-before)/float64(len(src)), "B/input")
		runtime.KeepAlive(apis)
	})
	b.Run("compare", func(b *testing.B) {
		x, _ := Read("x.json", src)
		y, _ := Read("x.json", src)
		b.ReportAllocs()
		for b.Loop() {
			for i := range x {
				if d := specmodel.Differences(x[i], y[i]); len(d) > 0 {
					b.Fatal(d)
				}
			}
		}
	})
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
