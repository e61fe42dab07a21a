// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"errors"
	"fmt"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse"
)

// ErrNoDefinition says that no unit of the program is known to define a
// symbol: it may be in assembly, in a module not built, or a callback.
var ErrNoDefinition = errors.New("no definition is known")

// ErrNoFact says that the unit that defines a symbol has nothing to say about
// it, for example because the front end had to leave the definition out.
var ErrNoFact = errors.New("the defining unit says nothing about it")

// Program is the view of all units that a link step has. It sees symbols and
// facts, no syntax, and may ask for symbols of units that were not loaded yet.
// It may be used by many goroutines, also after the link step is over.
type Program struct {
	store  *Store
	demand func(cparse.Symbol) error
}

// NewProgram returns a view of store. The function demand makes the facts of
// the unit that defines a symbol visible in the store, returns
// [ErrNoDefinition] where there is none, and any other error where it was not
// possible; it must allow concurrent calls. A nil demand finds nothing more.
func NewProgram(store *Store, demand func(cparse.Symbol) error) *Program {
	return &Program{store, demand}
}

// Lookup copies the fact of into's type about sym into *into, after seeing to
// it that the unit that defines sym has been summarized. The error says why
// there is no fact: [ErrNoDefinition], [ErrNoFact], or what kept the defining
// unit from being loaded. A caller must treat each of them as "unknown".
func (p *Program) Lookup(sym cparse.Symbol, into analysis.Fact) error {
	var err error
	if p.demand != nil {
		err = p.demand(sym)
	}
	switch {
	case err != nil && !errors.Is(err, ErrNoDefinition):
		return fmt.Errorf("%s: %w", sym, err) // what is in the store may be a weak definition
	case p.store.Get(p.Object(sym), into):
		return nil
	case err != nil || p.demand == nil:
		return fmt.Errorf("%s: %w", sym, ErrNoDefinition)
	}
	return fmt.Errorf("%s: %w", sym, ErrNoFact)
}

// Get copies a fact about o into *into if a unit loaded so far has it.
func (p *Program) Get(o types.Object, into analysis.Fact) bool { return p.store.Get(o, into) }

// Set records a derived fact about o, which pass.ImportObjectFact will return.
func (p *Program) Set(o types.Object, f analysis.Fact) { p.store.Set(o, f) }

// Objects returns the objects that have a fact of proto's type so far.
func (p *Program) Objects(proto analysis.Fact) []types.Object { return p.store.Objects(proto) }

// Object returns the object that stands for sym.
func (p *Program) Object(sym cparse.Symbol) types.Object { return p.store.world.Object(sym) }

// Symbol is the inverse of Object.
func (p *Program) Symbol(o types.Object) cparse.Symbol { return p.store.world.Symbol(o) }
