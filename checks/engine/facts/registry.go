// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// Variants is implemented by a fact with interface-typed fields. It names the
// concrete types that such fields can hold, by one value of each.
type Variants interface {
	analysis.Fact
	Variants() []any
}

// Registry knows the fact types of a run. It is immutable and may be shared.
type Registry struct {
	types   map[reflect.Type]int
	names   map[string]int
	kinds   []kind
	version [sha256.Size]byte
}

type kind struct {
	typ  reflect.Type // the pointer type, as in Analyzer.FactTypes
	name string
	plan *plan
}

// NewRegistry prepares the fact types of some analyzers. It refuses types
// whose values would not survive outside their unit: positions, objects,
// unexported fields, maps without an order, interfaces of unknown content.
func NewRegistry(protos ...analysis.Fact) (*Registry, error) {
	r := &Registry{types: map[reflect.Type]int{}, names: map[string]int{}}
	for _, f := range protos {
		t := reflect.TypeOf(f)
		if t == nil || t.Kind() != reflect.Pointer {
			return nil, fmt.Errorf("fact type %v is not a pointer", t)
		}
		if _, ok := r.types[t]; ok {
			continue
		}
		c := newCompiler()
		if v, ok := f.(Variants); ok {
			for _, x := range v.Variants() {
				c.variants = append(c.variants, reflect.TypeOf(x))
			}
		}
		p, err := c.plan(t.Elem())
		if err != nil {
			return nil, fmt.Errorf("fact type %v: %w", t, err)
		}
		shape := sha256.Sum256([]byte(c.shape.String()))
		k := kind{typ: t, name: fmt.Sprintf("%s.%s %x", t.Elem().PkgPath(), t.Elem().Name(), shape[:8]), plan: p}
		r.types[t], r.names[k.name] = len(r.kinds), len(r.kinds)
		r.kinds = append(r.kinds, k)
	}
	names := make([]string, 0, len(r.kinds))
	for _, k := range r.kinds {
		names = append(names, k.name)
	}
	slices.Sort(names)
	r.version = sha256.Sum256(fmt.Appendf(nil, "%q", names))
	return r, nil
}

// Version identifies the set of fact types and their shapes. It belongs into
// the key of whatever keeps encoded facts.
func (r *Registry) Version() [sha256.Size]byte { return r.version }

func (r *Registry) index(f analysis.Fact) (int, bool) {
	i, ok := r.types[reflect.TypeOf(f)]
	return i, ok
}

func (r *Registry) encode(e *encoder, i int, f analysis.Fact) error {
	v := reflect.ValueOf(f)
	if v.IsNil() {
		return fmt.Errorf("nil fact of type %T", f)
	}
	e.buf, e.sum, e.depth, e.err = e.buf[:0], fnvStart, 0, nil
	r.kinds[i].plan.enc(e, v.Elem())
	if e.err != nil {
		return fmt.Errorf("fact type %T: %w", f, e.err)
	}
	return nil
}

// decode reads one fact of kind i into *into, which is set to the zero value
// when the bytes are damaged.
func (r *Registry) decode(i int, strings []string, data []byte, into analysis.Fact) error {
	d := decoder{strings: strings, buf: data}
	v := reflect.ValueOf(into).Elem()
	v.SetZero()
	r.kinds[i].plan.dec(&d, v)
	if d.err == nil && len(d.buf) > 0 {
		d.fail(errDamaged)
	}
	if d.err != nil {
		v.SetZero()
		return fmt.Errorf("fact type %T: %w", into, d.err)
	}
	return nil
}
