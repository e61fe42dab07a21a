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
	e := &encoder{}
	e.open('{')
	e.key("schema")
	e.string(Schema)
	e.key("apis")
	e.open('[')
	for _, a := range sorted.APIs {
		e.element()
		e.file = a.Pos.File
		e.structure(reflect.ValueOf(*a))
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
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(s) // a string cannot fail
	e.buf.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
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
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		e.field(v, i, name, opts)
		if v.Type() == apiType && name == "notation" {
			e.place(v.Interface().(specmodel.API).Pos, true)
		}
	}
	if pos, ok := posOf(v); ok && v.Type() != apiType {
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

func (e *encoder) field(v reflect.Value, i int, name, opts string) {
	f := v.Field(i)
	hex := strings.HasSuffix(opts, ",hex") || opts == "hex"
	switch {
	case f.Type() == exprType:
		implied := ""
		if v.Type() == errorType {
			implied = "-" + v.FieldByName("Name").String()
		}
		e.expr(name, f.Interface().(specmodel.Expr), implied, hex)
	case f.Type() == exprsType:
		e.exprs(name, f.Interface().([]specmodel.Expr), hex)
	case name == "closed" && v.FieldByName("Origin").String() == string(specmodel.FromCode):
		e.key(name)
		e.buf.WriteString(strconv.FormatBool(f.Bool()))
	case strings.HasPrefix(opts, "omitempty") && empty(f):
	default:
		e.key(name)
		e.value(f)
	}
}

func (e *encoder) value(f reflect.Value) {
	if set, ok := f.Interface().(namer); ok {
		e.strings(set.Names())
		return
	}
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
		if list, ok := f.Interface().([]string); ok {
			e.strings(list)
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
func empty(f reflect.Value) bool {
	switch f.Kind() {
	case reflect.Slice:
		return f.Len() == 0
	case reflect.Pointer:
		return f.IsNil()
	case reflect.Struct:
		if f.Type() == exprType {
			return f.Interface().(specmodel.Expr) == specmodel.Expr{}
		}
		for i := range f.NumField() {
			if name, _, _ := strings.Cut(f.Type().Field(i).Tag.Get("json"), ","); name != "-" && !empty(f.Field(i)) {
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

func number(x specmodel.Expr, hex bool) string {
	switch {
	case plain(x.Text):
		return x.Text
	case hex:
		return x.Val.Hex()
	default:
		return x.Val.String()
	}
}

func (e *encoder) expr(name string, x specmodel.Expr, implied string, hex bool) {
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
	for i, x := range list {
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
