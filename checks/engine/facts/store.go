// SPDX-License-Identifier: GPL-2.0-only

// Package facts keeps what analyzers say about the symbols of a program.
//
// The model has two layers. The facts a unit exports depend on that unit's
// text alone: they are gathered in a [Local] while its analyzers run, then
// encoded as a [Pack], which can be cached, and added to the [Store]. Facts
// derived by the link step from many units form the second layer; they are
// recomputed in every run and never encoded, so no stale conclusion outlives
// the code it was drawn from.
//
// Facts are keyed by the interned object of a symbol and by their Go type, as
// in go/analysis. Only a unit that defines a symbol speaks about it. An inline
// function of a header is defined by every unit that reads it, and an external
// name can have several definitions; where such units disagree, the store
// remembers the [Conflict] and keeps the fact of one of them, chosen by
// preference and path, not by the order of arrival.
//
// The store keeps exported facts in encoded form and decodes them when asked:
// the bodies of a whole kernel as Go values would take gigabytes.
//
// Limit: a symbol is one key in all units. Two units that see different
// bodies of one inline function share the body of one of them.
package facts

import (
	"bytes"
	"cmp"
	"fmt"
	"go/types"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse"
)

// Store holds the facts of a run. It may be used by many goroutines.
type Store struct {
	reg    *Registry
	world  *cparse.World
	prefer func(cparse.Symbol) []string

	mu      sync.RWMutex
	sealed  bool
	strings *table
	entries map[storeKey]*entry
	linked  map[linkKey]analysis.Fact
}

type storeKey struct {
	obj  types.Object
	kind int
}

type linkKey struct {
	obj types.Object
	typ reflect.Type
}

// entry is the exported fact of one type about one symbol: the variant that
// won, and who says what. The bytes of the fact are data, against the store's
// strings, or if src is set, off to end in what has to be read first.
type entry struct {
	data     []byte
	src      *source
	off, end int
	won      int
	variants []variant
}

type variant struct {
	sum  uint64
	unit string // the preferred one of those that say this
	rank int
}

// NewStore returns an empty store. The function prefer lists the units whose
// definition of a symbol with external linkage counts, best first; it may be
// nil, and is asked only about symbols that several units define differently.
func NewStore(reg *Registry, world *cparse.World, prefer func(cparse.Symbol) []string) *Store {
	return &Store{
		reg: reg, world: world, prefer: prefer, strings: newTable(),
		entries: map[storeKey]*entry{}, linked: map[linkKey]analysis.Fact{},
	}
}

// Add makes the facts of a unit visible. Until Seal, the outcome does not
// depend on the order of calls.
func (s *Store) Add(p *Pack) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range p.recs {
		if err := s.add(p, i); err != nil {
			return fmt.Errorf("%s: %s: %w", p.Unit, p.recs[i].sym, err)
		}
	}
	return nil
}

func (s *Store) add(p *Pack, rec int) error {
	r := p.recs[rec]
	k := storeKey{s.world.Object(r.sym), r.kind}
	e := s.entries[k]
	if e == nil {
		e = &entry{variants: []variant{{r.sum, p.Unit, unranked}}}
		s.entries[k] = e
		return s.take(e, p, rec)
	}
	i := slices.IndexFunc(e.variants, func(v variant) bool { return v.sum == r.sum })
	if i < 0 {
		i = len(e.variants)
		e.variants = append(e.variants, variant{r.sum, p.Unit, unranked})
	}
	s.rank(r.sym, e, i, p.Unit)
	best := 0
	for j := range e.variants {
		if e.variants[j].compare(e.variants[best]) < 0 {
			best = j
		}
	}
	if best == e.won || s.sealed && e.variants[best].rank == e.variants[e.won].rank {
		return nil
	}
	e.won = best
	return s.take(e, p, rec)
}

// take makes a record of p what e says.
func (s *Store) take(e *entry, p *Pack, rec int) error {
	r := p.recs[rec]
	if p.src.open != nil {
		e.data, e.src, e.off, e.end = nil, p.src, r.off, r.end
		return nil
	}
	data, err := s.transcode(p, r)
	if err != nil {
		return err
	}
	e.data, e.src = data, nil
	return nil
}

const unranked = math.MaxInt

// rank updates the standing of e's variants now that unit says variant i.
func (s *Store) rank(sym cparse.Symbol, e *entry, i int, unit string) {
	order := []string{sym.File} // a C file that others include speaks for itself
	if sym.File == "" {
		order = nil
		if s.prefer != nil {
			order = s.prefer(sym)
		}
	}
	rankOf := func(unit string) int {
		if r := slices.Index(order, unit); r >= 0 {
			return r
		}
		return unranked
	}
	for j := range e.variants {
		e.variants[j].rank = rankOf(e.variants[j].unit)
	}
	v := &e.variants[i]
	if w := (variant{v.sum, unit, rankOf(unit)}); w.compare(*v) < 0 {
		*v = w
	}
}

func (v variant) compare(w variant) int {
	return cmp.Or(cmp.Compare(v.rank, w.rank), cmp.Compare(v.unit, w.unit))
}

// transcode rewrites a fact against the store's own table of strings, so that
// the pack, most of whose facts another unit has said before, can go.
func (s *Store) transcode(p *Pack, r record) ([]byte, error) {
	if s.reg.kinds[r.kind].plan.own {
		return bytes.Clone(p.src.body.payload[r.off:r.end]), nil
	}
	f := reflect.New(s.reg.kinds[r.kind].typ.Elem()).Interface().(analysis.Fact)
	if err := s.reg.decode(r.kind, p.src.body.strings, p.src.body.payload[r.off:r.end], f); err != nil {
		return nil, err
	}
	e := encoder{strings: s.strings}
	if err := s.reg.encode(&e, r.kind, f); err != nil {
		return nil, err
	}
	return slices.Clip(e.buf), nil
}

// Seal ends the phase in which units arrive in any order. Facts of units added
// later do not replace those that may have been read, unless their unit is
// preferred.
func (s *Store) Seal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = true
}

// Get copies the fact of into's type about o into *into: the derived one, or
// else the exported one.
func (s *Store) Get(o types.Object, into analysis.Fact) bool {
	s.mu.RLock()
	f, linked := s.linked[linkKey{o, reflect.TypeOf(into)}]
	i, registered := s.reg.index(into)
	var e entry
	exported := false
	if p := s.entries[storeKey{o, i}]; registered && p != nil {
		e, exported = *p, true
	}
	strs := s.strings.all
	s.mu.RUnlock()
	switch {
	case linked:
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(f).Elem())
		return true
	case !exported:
		return false
	case e.src != nil:
		return e.src.get(i, e.off, e.end, into) == nil
	}
	return s.reg.decode(i, strs, e.data, into) == nil
}

// Has reports whether there is any exported fact about o.
func (s *Store) Has(o types.Object) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range s.reg.kinds {
		if s.entries[storeKey{o, i}] != nil {
			return true
		}
	}
	return false
}

// Set records a derived fact about o. Its type need not be registered.
func (s *Store) Set(o types.Object, f analysis.Fact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linked[linkKey{o, reflect.TypeOf(f)}] = f
}

// Objects returns the objects that have a fact of proto's type, by symbol.
func (s *Store) Objects(proto analysis.Fact) []types.Object {
	set := map[types.Object]bool{}
	s.mu.RLock()
	if i, ok := s.reg.index(proto); ok {
		for k := range s.entries {
			if k.kind == i {
				set[k.obj] = true
			}
		}
	}
	for k := range s.linked {
		if k.typ == reflect.TypeOf(proto) {
			set[k.obj] = true
		}
	}
	s.mu.RUnlock()
	out := make([]types.Object, 0, len(set))
	for o := range set {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b types.Object) int { return compareSymbols(s.world.Symbol(a), s.world.Symbol(b)) })
	return out
}

// All returns the facts of the given types about all objects.
func (s *Store) All(protos []analysis.Fact) []analysis.ObjectFact {
	var out []analysis.ObjectFact
	for _, p := range protos {
		for _, o := range s.Objects(p) {
			f := reflect.New(reflect.TypeOf(p).Elem()).Interface().(analysis.Fact)
			if s.Get(o, f) {
				out = append(out, analysis.ObjectFact{Object: o, Fact: f})
			}
		}
	}
	return out
}

// World returns the symbol table that the store's keys come from.
func (s *Store) World() *cparse.World { return s.world }

// Conflict says that units describe one symbol differently.
type Conflict struct {
	Symbol cparse.Symbol
	Fact   string   // the Go type of the facts
	Units  []string // one unit for each description, the one that counts first
}

// String says in a sentence what the conflict is.
func (c Conflict) String() string {
	return fmt.Sprintf("%s: units differ about it (%s): that of %s counts, not that of %s",
		c.Symbol, c.Fact, c.Units[0], strings.Join(c.Units[1:], ", "))
}

// Conflicts returns all conflicts, by symbol and type.
func (s *Store) Conflicts() []Conflict {
	var out []Conflict
	s.mu.RLock()
	for k, e := range s.entries {
		if len(e.variants) < 2 {
			continue
		}
		c := Conflict{Symbol: s.world.Symbol(k.obj), Fact: s.reg.kinds[k.kind].typ.Elem().String()}
		for i, v := range e.variants {
			if i != e.won {
				c.Units = append(c.Units, v.unit)
			}
		}
		slices.Sort(c.Units)
		c.Units = slices.Insert(c.Units, 0, e.variants[e.won].unit)
		out = append(out, c)
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Conflict) int {
		return cmp.Or(compareSymbols(a.Symbol, b.Symbol), strings.Compare(a.Fact, b.Fact))
	})
	return out
}
