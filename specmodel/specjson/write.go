// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

var (
	exprType  = reflect.TypeFor[specmodel.Expr]()
	exprsType = reflect.TypeFor[[]specmodel.Expr]()
	apiType   = reflect.TypeFor[specmodel.API]()
	errorType = reflect.TypeFor[specmodel.Error]()
)

// A namer is a set of flags.
type namer interface{ Names() []string }

// Write prints contracts as one document. The result depends on the contracts
// only: equal input gives equal bytes.
func Write(w io.Writer, apis []*specmodel.API) error {
	sorted := specmodel.Set{APIs: slices.Clone(apis)}
	sorted.Sort()
	e := &encoder{types: map[reflect.Type][]column{}}
	e.open('{')
	e.key("schema")
	e.string(Schema)
	e.key("apis")
	e.open('[')
	for _, a := range sorted.APIs {
		e.element()
		e.file = a.Pos.File
		e.structure(reflect.ValueOf(a).Elem())
	}
	e.close(']')
	e.close('}')
	e.buf.WriteByte('\n')
	_, err := w.Write(e.buf.Bytes())
	return err
}

// An encoder prints indented JSON.
type encoder struct {
	buf   bytes.Buffer
	depth int
	first bool // nothing printed yet in the innermost object or array
	file  string
	types map[reflect.Type][]column
}

// A column is one field of a structure that the form has.
type column struct {
	index     int
	name      string
	omitEmpty bool
	hex       bool // the field has the tag form:"hex": its number is written so
	kind      columnKind
}

type columnKind byte

const (
	other columnKind = iota
	single
	list
	closed // written for inferred contracts even when it is false
	flags
)

func (e *encoder) columns(t reflect.Type) []column {
	if c, ok := e.types[t]; ok {
		return c
	}
	var all []column
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		c := column{index: i, name: name, omitEmpty: strings.HasPrefix(opts, "omitempty"), hex: f.Tag.Get("form") == "hex"}
		switch {
		case f.Type == exprType:
			c.kind = single
		case f.Type == exprsType:
			c.kind = list
		case f.Type.Implements(reflect.TypeFor[namer]()):
			c.kind = flags
		case t == apiType && name == "closed":
			c.kind = closed
		}
		all = append(all, c)
	}
	e.types[t] = all
	return all
}

func (e *encoder) open(c byte) {
	e.buf.WriteByte(c)
	e.depth++
	e.first = true
}

func (e *encoder) close(c byte) {
	e.depth--
	if !e.first {
		e.newline()
	}
	e.buf.WriteByte(c)
	e.first = false
}

func (e *encoder) newline() {
	e.buf.WriteByte('\n')
	for range e.depth {
		e.buf.WriteByte('\t')
	}
}

func (e *encoder) element() {
	if !e.first {
		e.buf.WriteByte(',')
	}
	e.first = false
	e.newline()
}

func (e *encoder) key(name string) {
	e.element()
	e.string(name)
	e.buf.WriteString(": ")
}

func (e *encoder) string(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.Encode(s) // a string cannot fail
			e.buf.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
			return
		}
	}
	e.buf.WriteByte('"')
	e.buf.WriteString(s)
	e.buf.WriteByte('"')
}

// strings prints a list on one line.
func (e *encoder) strings(list []string) {
	e.buf.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			e.buf.WriteString(", ")
		}
		e.string(s)
	}
	e.buf.WriteByte(']')
}

func (e *encoder) structure(v reflect.Value) {
	e.open('{')
	isAPI := v.Type() == apiType
	for _, c := range e.columns(v.Type()) {
		e.field(v, c)
		if isAPI && c.name == "notation" {
			pos, _ := posOf(v)
			e.place(pos, true)
		}
	}
	if pos, ok := posOf(v); ok && !isAPI {
		e.place(pos, false)
	}
	e.close('}')
}

func posOf(v reflect.Value) (specmodel.Pos, bool) {
	f := v.FieldByName("Pos")
	if !f.IsValid() {
		return specmodel.Pos{}, false
	}
	pos, ok := f.Interface().(specmodel.Pos)
	return pos, ok
}

func (e *encoder) place(pos specmodel.Pos, whole bool) {
	if pos.File != "" && (whole || pos.File != e.file) {
		e.key("file")
		e.string(pos.File)
	}
	if pos.Line > 0 {
		e.key("line")
		e.buf.WriteString(strconv.Itoa(pos.Line))
	}
}

func (e *encoder) field(v reflect.Value, c column) {
	f := v.Field(c.index)
	switch c.kind {
	case single:
		implied := ""
		if v.Type() == errorType {
			implied = "-" + v.FieldByName("Name").String()
		}
		e.expr(c.name, f.Addr().Interface().(*specmodel.Expr), implied, c.hex)
		return
	case list:
		e.exprs(c.name, f.Interface().([]specmodel.Expr), c.hex)
		return
	case flags:
		if !f.IsZero() {
			e.key(c.name)
			e.strings(f.Interface().(namer).Names())
		}
		return
	case closed:
		if v.FieldByName("Origin").String() == string(specmodel.FromCode) {
			c.omitEmpty = false
		}
	}
	if c.omitEmpty && e.empty(f) {
		return
	}
	e.key(c.name)
	e.value(f)
}

func (e *encoder) value(f reflect.Value) {
	switch f.Kind() {
	case reflect.String:
		e.string(f.String())
	case reflect.Bool:
		e.buf.WriteString(strconv.FormatBool(f.Bool()))
	case reflect.Int:
		e.buf.WriteString(strconv.FormatInt(f.Int(), 10))
	case reflect.Pointer:
		e.structure(f.Elem())
	case reflect.Struct:
		e.structure(f)
	case reflect.Slice:
		if f.Type().Elem().Kind() == reflect.String {
			e.strings(f.Interface().([]string))
			return
		}
		e.open('[')
		for i := range f.Len() {
			e.element()
			e.structure(f.Index(i))
		}
		e.close(']')
	}
}

// empty reports whether a field says nothing, its positions left out.
func (e *encoder) empty(f reflect.Value) bool {
	switch f.Kind() {
	case reflect.Slice:
		return f.Len() == 0
	case reflect.Struct:
		if f.Type() == exprType {
			return f.IsZero()
		}
		for _, c := range e.columns(f.Type()) {
			if !e.empty(f.Field(c.index)) {
				return false
			}
		}
		return true
	}
	return f.IsZero()
}

// plain reports whether text is a number as the form writes numbers.
func plain(text string) bool {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		return digits != "" && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
	}
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == "" && (digits == "0" || digits[0] != '0')
}

func number(x *specmodel.Expr, hex bool) string {
	switch {
	case plain(x.Text):
		return x.Text
	case hex:
		return x.Val.Hex()
	default:
		return x.Val.String()
	}
}

func (e *encoder) expr(name string, x *specmodel.Expr, implied string, hex bool) {
	if x.Known || plain(x.Text) {
		e.key(name)
		e.string(number(x, hex))
	}
	if x.Text != "" && x.Text != implied && !plain(x.Text) {
		e.key(name + "_expr")
		e.string(x.Text)
	}
}

func (e *encoder) exprs(name string, list []specmodel.Expr, hex bool) {
	if len(list) == 0 {
		return
	}
	texts := false
	e.key(name)
	e.buf.WriteByte('[')
	for i := range list {
		x := &list[i]
		if i > 0 {
			e.buf.WriteString(", ")
		}
		if x.Known || plain(x.Text) {
			e.string(number(x, hex))
		} else {
			e.buf.WriteString("null")
		}
		texts = texts || !plain(x.Text)
	}
	e.buf.WriteByte(']')
	if !texts {
		return
	}
	var all []string
	for _, x := range list {
		all = append(all, x.Text)
	}
	e.key(name + "_expr")
	e.strings(all)
}
