// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// maxDepth bounds how deep values may be nested; the form needs less.
const maxDepth = 32

// Read returns the contracts of one document and what is wrong with it. name
// is used in positions. Numbers are evaluated where they are numbers.
func Read(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
	d := &decoder{src: src, name: name, types: map[reflect.Type]*layout{}, words: map[string]string{}, cursor: cursor{line: 1}}
	err := d.document()
	if err != nil && err != errStop {
		d.problem(d.off, "json", "%v", err)
	}
	return d.apis, d.problems
}

// errStop ends reading after a problem that is already reported.
var errStop = errors.New("stop")

type decoder struct {
	src      []byte
	off      int
	depth    int
	name     string
	lines    *ctext.Lines // of positions before the cursor, made when one is asked for
	cursor   cursor
	apis     []*specmodel.API
	problems []specmodel.Problem
	types    map[reflect.Type]*layout
	words    map[string]string // short texts that were read, so that each is kept once
	file     string            // of the contract that is read, if it states one
	symbol   string
}

// A cursor is a place up to which lines were counted.
type cursor struct{ off, line, start int }

// A layout is what the form has of a structure.
type layout struct {
	fields map[string]field
	pos    int // the index of its position, -1 if it has none
	must   []field
	names  []string // of what must be there
}

// A field is one field of a structure, by its key.
type field struct {
	index  int
	text   bool // the key is that of the expression's text
	kind   columnKind
	tokens []string // if it is a name of a fixed set
}

// at returns the position of the range off to end. Positions are mostly asked
// for from front to back.
func (d *decoder) at(off, end int) specmodel.Pos {
	c := &d.cursor
	if off < c.off {
		if d.lines == nil {
			d.lines = ctext.NewLines(d.name, d.src)
		}
		return d.lines.Pos(off, end)
	}
	between := d.src[c.off:off]
	if n := bytes.Count(between, newline); n > 0 {
		c.line += n
		c.start = c.off + bytes.LastIndexByte(between, '\n') + 1
	}
	c.off = off
	return specmodel.Pos{File: d.name, Line: c.line, Col: off - c.start + 1, Offset: off, EndOffset: end}
}

var newline = []byte{'\n'}

// maxWords and maxWord bound which texts are kept once.
const (
	maxWords = 1 << 14
	maxWord  = 64
)

// keep returns the bytes as text.
func (d *decoder) keep(raw []byte) string {
	if len(raw) > maxWord {
		return string(raw)
	}
	if s, ok := d.words[string(raw)]; ok {
		return s
	}
	s := string(raw)
	if len(d.words) < maxWords && d.words != nil {
		d.words[s] = s
	}
	return s
}

// maxProblems bounds how many problems of a document are told.
const maxProblems = 1000

func (d *decoder) problem(off int, id, format string, args ...any) {
	d.problems = append(d.problems, specmodel.Problem{Pos: d.at(off, off), ID: id, Symbol: d.symbol,
		Message: fmt.Sprintf(format, args...), Severity: specmodel.Bad})
}

func (d *decoder) document() error {
	if d.peek() != '{' {
		return errors.New("the document is not a JSON object")
	}
	switch d.form() {
	case toolForm:
		return d.documents(d.tool)
	case kernelForm:
		return d.documents(d.kernel)
	}
	schema := false
	err := d.object(func(key string, at int) error {
		switch key {
		case "schema":
			schema = true
			at := d.start()
			s, err := d.text()
			if err == nil && s != Schema {
				d.problem(at, "schema", "the schema is %q, and only %q can be read", s, Schema)
				return errStop
			}
			return err
		case "apis":
			return d.array(func() error {
				a := &specmodel.API{}
				if err := d.api(a); err != nil {
					return err
				}
				d.apis = append(d.apis, a)
				return nil
			})
		default:
			d.problem(at, "unknown-key", "%q is not a key of a document", key)
			return d.skip()
		}
	})
	if err != nil {
		return err
	}
	if !schema {
		d.problem(0, "schema", "the document names no schema; it must have \"schema\": %q", Schema)
	}
	if d.peek() != 0 || d.off < len(d.src) {
		return errors.New("something follows the document")
	}
	return nil
}

func (d *decoder) api(a *specmodel.API) error {
	start := d.start()
	container := d.at(start, start)
	d.file, d.symbol = "", ""
	if err := d.structure(reflect.ValueOf(a).Elem()); err != nil {
		return err
	}
	container.EndOffset = d.off
	a.Container = container
	if a.Name == "" {
		d.problem(start, "no-name", "the contract has no name")
	}
	if a.Origin == "" {
		a.Origin = specmodel.FromJSON
	}
	if a.Kind == "" {
		a.Kind = specmodel.KindOf(a.Name)
	}
	return nil
}

func (d *decoder) layout(t reflect.Type) *layout {
	if l, ok := d.types[t]; ok {
		return l
	}
	l := &layout{fields: map[string]field{}, pos: -1}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Name == "Pos" {
			l.pos = i
		}
		name, opts, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		f := field{index: i, tokens: tokens[sf.Type]}
		switch {
		case sf.Type == exprType:
			f.kind = single
		case sf.Type == exprsType:
			f.kind = list
		case sf.Type.Implements(reflect.TypeFor[namer]()):
			f.kind = flags
		}
		l.fields[name] = f
		if opts == "" && f.kind == other && t != apiType {
			l.must, l.names = append(l.must, f), append(l.names, name)
		}
		if f.kind == single || f.kind == list {
			f.text = true
			l.fields[name+"_expr"] = f
		}
	}
	d.types[t] = l
	return l
}

// A keySet is a set of keys of one structure.
type keySet [2]uint64

// add reports whether the key was there. n is under 128.
func (s *keySet) add(n int) bool {
	bit := uint64(1) << (n % 64)
	had := s[n/64]&bit != 0
	s[n/64] |= bit
	return had
}

func (s *keySet) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// The numbers of keys that are no fields.
const fileKey, lineKey = 126, 127

func (f field) number() int {
	if f.text {
		return f.index*2 + 1
	}
	return f.index * 2
}

func (d *decoder) structure(v reflect.Value) error {
	l := d.layout(v.Type())
	start := d.start()
	var begin specmodel.Pos
	if l.pos >= 0 {
		begin = d.at(start, start)
	}
	place := specmodel.Pos{File: d.file}
	var seen keySet
	again := func(n int, key string, at int) {
		if seen.add(n) {
			d.problem(at, "duplicate-key", "the key %q is given twice", key)
		}
	}
	err := d.object(func(key string, at int) error {
		f, ok := l.fields[key]
		switch {
		case ok && v.Type() == apiType && key == "name":
			again(f.number(), key, at)
			s, err := d.text()
			v.Field(f.index).SetString(s)
			d.symbol = s
			return err
		case ok:
			again(f.number(), key, at)
			return d.value(v.Field(f.index), f, key)
		case l.pos >= 0 && key == "file":
			again(fileKey, key, at)
			s, err := d.text()
			place.File = s
			if v.Type() == apiType {
				d.file = s
			}
			return err
		case l.pos >= 0 && key == "line":
			again(lineKey, key, at)
			return d.integer(&place.Line, key)
		}
		d.problem(at, "unknown-key", "%q is not a key of %s", key, describe(v.Type()))
		return d.skip()
	})
	if err != nil {
		return err
	}
	for i, f := range l.must {
		if !seen.has(f.number()) {
			d.problem(start, "missing-key", "%s must have the key %q", describe(v.Type()), l.names[i])
		}
	}
	if l.pos >= 0 {
		if place.Line == 0 {
			place, place.EndOffset = begin, d.off
		}
		*v.Field(l.pos).Addr().Interface().(*specmodel.Pos) = place
	}
	if v.Type() == errorType {
		finishError(v.Addr().Interface().(*specmodel.Error))
	}
	return nil
}

// finishError gives an error the code that its name stands for.
func finishError(e *specmodel.Error) {
	if e.Name != "" && (e.Code.Text == "" || plain(e.Code.Text) && e.Code.Known) {
		e.Code.Text = "-" + e.Name
		if !e.Code.Pos.IsValid() {
			e.Code.Pos = e.Pos
		}
	}
}

func describe(t reflect.Type) string {
	if t == apiType {
		return "a contract"
	}
	name := strings.ToLower(t.Name())
	if strings.ContainsRune("aeiou", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

func (d *decoder) mismatch(at int, key, want string) error {
	d.problem(at, "wrong-type", "%q must be %s", key, want)
	d.off = at
	return d.skip()
}

func (d *decoder) value(f reflect.Value, desc field, key string) error {
	at := d.start()
	c := d.peek()
	switch desc.kind {
	case single:
		if c != '"' {
			return d.mismatch(at, key, "a string")
		}
		s, err := d.text()
		if err == nil {
			d.setExpr(f.Addr().Interface().(*specmodel.Expr), s, desc.text, at)
		}
		return err
	case list:
		return d.exprs(f.Addr().Interface().(*[]specmodel.Expr), desc.text, key)
	case flags:
		return d.flags(f, key)
	}
	switch f.Kind() {
	case reflect.String:
		if c != '"' {
			return d.mismatch(at, key, "a string")
		}
		s, err := d.text()
		if err == nil {
			if desc.tokens != nil && !slices.Contains(desc.tokens, s) {
				d.problem(at, "unknown-token", "%q is none of %s", clip(s), strings.Join(desc.tokens, ", "))
			}
			f.SetString(s)
		}
		return err
	case reflect.Bool:
		w, err := d.word()
		if err != nil || w != "true" && w != "false" {
			return d.mismatch(at, key, "true or false")
		}
		f.SetBool(w == "true")
		return nil
	case reflect.Int:
		return d.integer(f.Addr().Interface().(*int), key)
	case reflect.Pointer:
		if c != '{' {
			return d.mismatch(at, key, "an object")
		}
		f.Set(reflect.New(f.Type().Elem()))
		return d.structure(f.Elem())
	case reflect.Struct:
		if c != '{' {
			return d.mismatch(at, key, "an object")
		}
		return d.structure(f)
	}
	return d.slice(f, key)
}

func (d *decoder) integer(to *int, key string) error {
	at := d.start()
	w, err := d.word()
	n, numErr := strconv.Atoi(w)
	if err != nil || numErr != nil || n < 0 || n > math.MaxInt32 {
		return d.mismatch(at, key, "a number from 0 to 2147483647")
	}
	*to = n
	return nil
}

func (d *decoder) slice(f reflect.Value, key string) error {
	at := d.start()
	if d.peek() != '[' {
		return d.mismatch(at, key, "an array")
	}
	structs := f.Type().Elem().Kind() == reflect.Struct
	return d.array(func() error {
		at := d.start()
		switch c := d.peek(); {
		case structs && c != '{':
			return d.mismatch(at, key, "an array of objects")
		case !structs && c != '"':
			return d.mismatch(at, key, "an array of strings")
		}
		n := f.Len()
		if n == f.Cap() {
			f.Grow(1)
		}
		f.SetLen(n + 1)
		if structs {
			return d.structure(f.Index(n))
		}
		s, err := d.text()
		f.Index(n).SetString(s)
		return err
	})
}

// tokens are the fixed sets of names.
var tokens = map[reflect.Type][]string{
	reflect.TypeFor[specmodel.Kind]():             {string(specmodel.Function), string(specmodel.Syscall), string(specmodel.Ioctl), string(specmodel.Sysfs), string(specmodel.Callback)},
	reflect.TypeFor[specmodel.ParamType]():        names(specmodel.ParamTypes),
	reflect.TypeFor[specmodel.ConstraintKind]():   append(names(specmodel.ConstraintKinds), string(specmodel.ConstraintSet)),
	reflect.TypeFor[specmodel.ReturnCheck]():      names(specmodel.ReturnChecks),
	reflect.TypeFor[specmodel.LockType]():         names(specmodel.LockTypes),
	reflect.TypeFor[specmodel.LockScope]():        names(specmodel.LockScopes),
	reflect.TypeFor[specmodel.SignalAction]():     names(specmodel.SignalActions),
	reflect.TypeFor[specmodel.CapabilityAction](): names(specmodel.CapabilityActions),
}

func names[T ~string](list []T) []string {
	var out []string
	for _, t := range list {
		out = append(out, string(t))
	}
	return out
}

// setExpr sets the value or the text of an expression.
func (d *decoder) setExpr(x *specmodel.Expr, s string, text bool, at int) {
	if !x.Pos.IsValid() {
		x.Pos = d.at(at, d.off)
	}
	if text {
		x.Text = s
		if err := specmodel.CheckSyntax(s); err != nil {
			d.problem(at, "bad-expression", "%q is not an expression: %v", clip(s), err)
		}
		return
	}
	if x.Text == "" {
		x.Text = s
	}
	v, err := parseNumber(s)
	if err != nil {
		d.problem(at, "bad-number", "%q is not a number; write it decimal or as 0x and hexadecimal digits", clip(s))
		return
	}
	x.Val, x.Known = v, true
}

func parseNumber(s string) (specmodel.Value, error) {
	if !plain(s) {
		return specmodel.Value{}, strconv.ErrSyntax
	}
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return specmodel.Int(n), nil
	}
	n, err := strconv.ParseUint(s, 0, 64)
	return specmodel.Uint(n), err
}

// exprs reads the values or the texts of a list; the two may come in either order.
func (d *decoder) exprs(list *[]specmodel.Expr, text bool, key string) error {
	at := d.start()
	if d.peek() != '[' {
		return d.mismatch(at, key, "an array")
	}
	i := 0
	return d.array(func() error {
		at := d.start()
		if i == len(*list) {
			*list = append(*list, specmodel.Expr{})
		}
		x := &(*list)[i]
		i++
		if d.peek() != '"' {
			w, err := d.word()
			if err != nil || w != "null" || text {
				return d.mismatch(at, key, "an array of strings")
			}
			return nil
		}
		s, err := d.text()
		if err == nil {
			d.setExpr(x, s, text, at)
		}
		return err
	})
}

// flags reads a set of flags by their names.
func (d *decoder) flags(f reflect.Value, key string) error {
	at := d.start()
	if d.peek() != '[' {
		return d.mismatch(at, key, "an array of names")
	}
	return d.array(func() error {
		at := d.start()
		if d.peek() != '"' {
			return d.mismatch(at, key, "an array of names")
		}
		s, err := d.text()
		if err != nil {
			return err
		}
		bit, ok := parseFlag(f.Interface(), s)
		if !ok {
			d.problem(at, "unknown-token", "%q is not a name that %q may have", clip(s), key)
		}
		f.SetUint(f.Uint() | bit)
		return nil
	})
}

func parseFlag(kind any, s string) (bit uint64, ok bool) {
	switch kind.(type) {
	case specmodel.ParamFlags:
		v, ok := specmodel.ParseParamFlag(s)
		return uint64(v), ok
	case specmodel.ContextFlags:
		v, ok := specmodel.ParseContext(s)
		return uint64(v), ok
	case specmodel.SignalDirections:
		v, ok := specmodel.ParseDirection(s)
		return uint64(v), ok
	case specmodel.EffectTypes:
		v, ok := specmodel.ParseEffect(s)
		return uint64(v), ok
	}
	return 0, false
}
