// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse"
)

// Local holds what the analyzers say about the symbols of one unit while they
// run. It serves one goroutine.
type Local struct {
	unit  string
	reg   *Registry
	world *cparse.World
	owns  func(types.Object) bool
	facts map[localKey]analysis.Fact
}

type localKey struct {
	obj  types.Object
	kind int
}

// NewLocal returns an empty set of facts for a unit. The function owns reports
// whether the unit defines an object.
func NewLocal(reg *Registry, world *cparse.World, unit string, owns func(types.Object) bool) *Local {
	return &Local{unit: unit, reg: reg, world: world, owns: owns, facts: map[localKey]analysis.Fact{}}
}

// Export records f about o, replacing an earlier fact of its type. It is an
// error to speak about a symbol that the unit does not define.
func (l *Local) Export(o types.Object, f analysis.Fact) error {
	i, ok := l.reg.index(f)
	switch {
	case !ok:
		return fmt.Errorf("fact type %T is not registered", f)
	case !l.owns(o):
		return fmt.Errorf("%s exports %T about %s, which it does not define", l.unit, f, l.world.Symbol(o))
	}
	l.facts[localKey{o, i}] = f
	return nil
}

// Get copies the unit's fact about o into *into.
func (l *Local) Get(o types.Object, into analysis.Fact) bool {
	i, ok := l.reg.index(into)
	if !ok {
		return false
	}
	f, ok := l.facts[localKey{o, i}]
	if ok {
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(f).Elem())
	}
	return ok
}

// All returns the unit's facts of the given types, by symbol and type.
func (l *Local) All(protos []analysis.Fact) []analysis.ObjectFact {
	var out []analysis.ObjectFact
	for _, k := range l.keys() {
		f := l.facts[k]
		if slices.ContainsFunc(protos, func(p analysis.Fact) bool { return reflect.TypeOf(p) == reflect.TypeOf(f) }) {
			out = append(out, analysis.ObjectFact{Object: k.obj, Fact: f})
		}
	}
	return out
}

func (l *Local) keys() []localKey {
	out := make([]localKey, 0, len(l.facts))
	for k := range l.facts {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b localKey) int {
		return cmp.Or(compareSymbols(l.world.Symbol(a.obj), l.world.Symbol(b.obj)),
			cmp.Compare(l.reg.kinds[a.kind].name, l.reg.kinds[b.kind].name))
	})
	return out
}

func compareSymbols(a, b cparse.Symbol) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Name, b.Name))
}
