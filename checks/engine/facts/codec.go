// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"slices"
	"strings"
)

// maxDepth bounds the nesting of a value. Real bodies stay far below it; a
// value that reaches it has a cycle.
const maxDepth = 20_000

// plan says how values of one type are written and read. Strings go through a
// table, so a file name that occurs in every site is stored once.
type plan struct {
	enc func(*encoder, reflect.Value)
	dec func(*decoder, reflect.Value)
	own bool // the type encodes itself, without the table
}

// compiler makes plans for types and refuses types that facts cannot have.
type compiler struct {
	plans    map[reflect.Type]*plan
	variants []reflect.Type // concrete types of interface fields, in the order given
	shape    strings.Builder
}

func newCompiler() *compiler { return &compiler{plans: map[reflect.Type]*plan{}} }

var (
	posType    = reflect.TypeFor[token.Pos]()
	objectType = reflect.TypeFor[types.Object]()
	gobEnc     = reflect.TypeFor[gob.GobEncoder]()
	gobDec     = reflect.TypeFor[gob.GobDecoder]()
	binEnc     = reflect.TypeFor[encoding.BinaryMarshaler]()
	binDec     = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// plan returns the plan of t, making it and those of its parts if need be. It
// also writes t's shape, which tells one version of a type from another.
func (c *compiler) plan(t reflect.Type) (*plan, error) {
	if p, ok := c.plans[t]; ok {
		c.shape.WriteString(t.String())
		return p, nil
	}
	p := new(plan)
	c.plans[t] = p // before its parts: types are recursive
	c.shape.WriteString(t.String() + "=" + t.Kind().String())
	err := c.fill(p, t)
	if err != nil {
		delete(c.plans, t)
		return nil, err
	}
	c.shape.WriteByte(';')
	return p, nil
}

func (c *compiler) fill(p *plan, t reflect.Type) error {
	if t == posType || t.Implements(objectType) {
		return fmt.Errorf("%s means nothing outside its unit; use a site or a symbol", t)
	}
	if own, err := ownCoding(p, t); own || err != nil {
		return err
	}
	switch t.Kind() {
	case reflect.Bool:
		p.enc = func(e *encoder, v reflect.Value) { e.uint(uint64(b2i(v.Bool()))) }
		p.dec = func(d *decoder, v reflect.Value) { v.SetBool(d.uint() != 0) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.enc = func(e *encoder, v reflect.Value) { x := v.Int(); e.uint(uint64(x<<1) ^ uint64(x>>63)) }
		p.dec = func(d *decoder, v reflect.Value) {
			u := d.uint()
			v.SetInt(int64(u>>1) ^ -int64(u&1))
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.enc = func(e *encoder, v reflect.Value) { e.uint(v.Uint()) }
		p.dec = func(d *decoder, v reflect.Value) { v.SetUint(d.uint()) }
	case reflect.Float32, reflect.Float64:
		p.enc = func(e *encoder, v reflect.Value) { e.uint(math.Float64bits(v.Float())) }
		p.dec = func(d *decoder, v reflect.Value) { v.SetFloat(math.Float64frombits(d.uint())) }
	case reflect.String:
		p.enc = func(e *encoder, v reflect.Value) { e.string(v.String()) }
		p.dec = func(d *decoder, v reflect.Value) { v.SetString(d.string()) }
	case reflect.Pointer:
		return c.pointer(p, t)
	case reflect.Struct:
		return c.structure(p, t)
	case reflect.Slice:
		return c.slice(p, t)
	case reflect.Array:
		return c.array(p, t)
	case reflect.Map:
		return c.mapping(p, t)
	case reflect.Interface:
		return c.iface(p, t)
	default:
		return fmt.Errorf("facts cannot hold a %s", t)
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ownCoding uses a type's own GobEncode or MarshalBinary.
func ownCoding(p *plan, t reflect.Type) (bool, error) {
	pt := reflect.PointerTo(t)
	var marshal func(reflect.Value) ([]byte, error)
	var unmarshal func(reflect.Value, []byte) error
	switch {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		return false, nil
	case pt.Implements(gobEnc) && pt.Implements(gobDec):
		marshal = func(v reflect.Value) ([]byte, error) { return v.Addr().Interface().(gob.GobEncoder).GobEncode() }
		unmarshal = func(v reflect.Value, b []byte) error { return v.Addr().Interface().(gob.GobDecoder).GobDecode(b) }
	case pt.Implements(binEnc) && pt.Implements(binDec):
		marshal = func(v reflect.Value) ([]byte, error) {
			return v.Addr().Interface().(encoding.BinaryMarshaler).MarshalBinary()
		}
		unmarshal = func(v reflect.Value, b []byte) error {
			return v.Addr().Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
		}
	default:
		return false, nil
	}
	p.own = true
	p.enc = func(e *encoder, v reflect.Value) {
		if !v.CanAddr() { // a map key, or a value in an interface
			a := reflect.New(t).Elem()
			a.Set(v)
			v = a
		}
		b, err := marshal(v)
		if err != nil {
			e.fail(err)
		}
		e.bytes(b)
	}
	p.dec = func(d *decoder, v reflect.Value) {
		b := d.bytes()
		if d.err != nil {
			return
		}
		if err := unmarshal(v, b); err != nil {
			d.fail(err)
		}
	}
	return true, nil
}

func (c *compiler) pointer(p *plan, t reflect.Type) error {
	elem, err := c.plan(t.Elem())
	if err != nil {
		return err
	}
	p.enc = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		e.uint(1)
		if e.enter() {
			elem.enc(e, v.Elem())
			e.depth--
		}
	}
	p.dec = func(d *decoder, v reflect.Value) {
		if d.uint() == 0 {
			v.SetZero()
			return
		}
		if d.enter() {
			n := reflect.New(t.Elem())
			elem.dec(d, n.Elem())
			v.Set(n)
			d.depth--
		}
	}
	return nil
}

func (c *compiler) structure(p *plan, t reflect.Type) error {
	fields := make([]*plan, t.NumField())
	for i := range fields {
		f := t.Field(i)
		if !f.IsExported() {
			return fmt.Errorf("%s has the unexported field %s, which would be lost", t, f.Name)
		}
		c.shape.WriteString("." + f.Name + " ")
		fp, err := c.plan(f.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		fields[i] = fp
	}
	p.enc = func(e *encoder, v reflect.Value) {
		for i, f := range fields {
			f.enc(e, v.Field(i))
		}
	}
	p.dec = func(d *decoder, v reflect.Value) {
		for i, f := range fields {
			if d.err != nil {
				return
			}
			f.dec(d, v.Field(i))
		}
	}
	return nil
}

func (c *compiler) slice(p *plan, t reflect.Type) error {
	if t.Elem().Kind() == reflect.Uint8 {
		p.enc = func(e *encoder, v reflect.Value) {
			if e.uint(uint64(b2i(!v.IsNil()))); !v.IsNil() {
				e.bytes(v.Bytes())
			}
		}
		p.dec = func(d *decoder, v reflect.Value) {
			if v.SetZero(); d.uint() != 0 {
				v.SetBytes(bytes.Clone(d.bytes()))
			}
		}
		return nil
	}
	elem, err := c.plan(t.Elem())
	if err != nil {
		return err
	}
	p.enc = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		e.uint(uint64(v.Len()) + 1)
		if e.enter() {
			for i := range v.Len() {
				elem.enc(e, v.Index(i))
			}
			e.depth--
		}
	}
	// The slice grows as elements arrive: a length is not to be trusted with
	// memory, an element of many zero bytes costs little input.
	p.dec = func(d *decoder, v reflect.Value) {
		n := d.len()
		if n < 0 {
			v.SetZero()
			return
		}
		if !d.enter() {
			return
		}
		out := reflect.New(t).Elem()
		out.Set(reflect.MakeSlice(t, 0, min(n, 1024)))
		for range n {
			if d.err != nil {
				return
			}
			if out.Len() == out.Cap() {
				out.Grow(1)
			}
			out.SetLen(out.Len() + 1)
			elem.dec(d, out.Index(out.Len()-1))
		}
		v.Set(out)
		d.depth--
	}
	if t.Elem().Size() == 0 {
		return fmt.Errorf("facts cannot hold a %s, whose elements are empty", t)
	}
	return nil
}

func (c *compiler) array(p *plan, t reflect.Type) error {
	elem, err := c.plan(t.Elem())
	if err != nil {
		return err
	}
	p.enc = func(e *encoder, v reflect.Value) {
		for i := range v.Len() {
			elem.enc(e, v.Index(i))
		}
	}
	p.dec = func(d *decoder, v reflect.Value) {
		for i := range v.Len() {
			elem.dec(d, v.Index(i))
		}
	}
	return nil
}

func (c *compiler) mapping(p *plan, t reflect.Type) error {
	if !ordered(t.Key()) {
		return fmt.Errorf("facts cannot hold a %s: its keys have no order", t)
	}
	key, err := c.plan(t.Key())
	if err != nil {
		return err
	}
	elem, err := c.plan(t.Elem())
	if err != nil {
		return err
	}
	p.enc = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, compareKeys)
		e.uint(uint64(len(keys)) + 1)
		if e.enter() {
			for _, k := range keys {
				key.enc(e, k)
				elem.enc(e, v.MapIndex(k))
			}
			e.depth--
		}
	}
	p.dec = func(d *decoder, v reflect.Value) {
		n := d.len()
		if n < 0 {
			v.SetZero()
			return
		}
		if !d.enter() {
			return
		}
		out := reflect.MakeMap(t)
		for range n {
			if d.err != nil {
				return
			}
			k, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			key.dec(d, k)
			elem.dec(d, x)
			out.SetMapIndex(k, x)
		}
		v.Set(out)
		d.depth--
	}
	return nil
}

// ordered reports whether compareKeys can compare values of t.
func ordered(t reflect.Type) bool {
	switch k := t.Kind(); {
	case k == reflect.String, k == reflect.Bool, k >= reflect.Int && k <= reflect.Uint64:
		return true
	case k == reflect.Struct:
		for i := range t.NumField() {
			if !ordered(t.Field(i).Type) {
				return false
			}
		}
		return true
	}
	return false
}

func compareKeys(a, b reflect.Value) int {
	switch k := a.Kind(); {
	case k == reflect.String:
		return strings.Compare(a.String(), b.String())
	case k == reflect.Bool:
		return cmp.Compare(b2i(a.Bool()), b2i(b.Bool()))
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	}
	for i := range a.NumField() {
		if n := compareKeys(a.Field(i), b.Field(i)); n != 0 {
			return n
		}
	}
	return 0
}

func (c *compiler) iface(p *plan, t reflect.Type) error {
	type variant struct {
		typ  reflect.Type
		plan *plan
	}
	var vs []variant
	for _, v := range c.variants {
		if !v.Implements(t) {
			continue
		}
		vp, err := c.plan(v)
		if err != nil {
			return err
		}
		vs = append(vs, variant{v, vp})
	}
	if len(vs) == 0 {
		return fmt.Errorf("no variant of the interface %s is known; see Variants", t)
	}
	p.enc = func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.uint(0)
			return
		}
		x := v.Elem()
		i := slices.IndexFunc(vs, func(w variant) bool { return w.typ == x.Type() })
		if i < 0 {
			e.fail(fmt.Errorf("%s is no known variant of %s", x.Type(), t))
			return
		}
		e.uint(uint64(i) + 1)
		vs[i].plan.enc(e, x)
	}
	p.dec = func(d *decoder, v reflect.Value) {
		i := d.uint()
		if i == 0 {
			v.SetZero()
			return
		}
		if i > uint64(len(vs)) {
			d.fail(errDamaged)
			return
		}
		x := reflect.New(vs[i-1].typ).Elem()
		vs[i-1].plan.dec(d, x)
		v.Set(x)
	}
	return nil
}

const (
	fnvStart = 14695981039346656037
	fnvPrime = 1099511628211
)

var errDamaged = errors.New("damaged facts")
