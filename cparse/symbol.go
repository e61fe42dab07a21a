// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"go/token"
	"go/types"
	"sync"
)

// Symbol names a C function or object for a whole run. File is empty for
// external linkage, and the file with the definition for internal linkage.
type Symbol struct{ File, Name string }

// String returns name or file:name.
func (s Symbol) String() string {
	if s.File == "" {
		return s.Name
	}
	return s.File + ":" + s.Name
}

// World holds the one types.Object that stands for each [Symbol], so that
// facts about a symbol from different units meet. It is safe for concurrent
// use.
type World struct {
	mu      sync.RWMutex
	objects map[Symbol]*types.Func
	symbols map[types.Object]Symbol
	files   map[string]*types.Package // of statics; "" for external linkage
}

// NewWorld returns an empty World.
func NewWorld() *World {
	return &World{
		objects: map[Symbol]*types.Func{},
		symbols: map[types.Object]Symbol{},
		files:   map[string]*types.Package{"": types.NewPackage("extern", "extern")},
	}
}

// Object returns the object that stands for s.
func (w *World) Object(s Symbol) types.Object {
	w.mu.RLock()
	o, ok := w.objects[s]
	w.mu.RUnlock()
	if ok {
		return o
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if o, ok := w.objects[s]; ok {
		return o
	}
	pkg, ok := w.files[s.File]
	if !ok {
		pkg = types.NewPackage(s.File, "static")
		w.files[s.File] = pkg
	}
	o = types.NewFunc(token.NoPos, pkg, s.Name, types.NewSignatureType(nil, nil, nil, nil, nil, false))
	w.objects[s], w.symbols[o] = o, s
	return o
}

// Symbol returns what o stands for; the zero Symbol if o is not of this World.
func (w *World) Symbol(o types.Object) Symbol {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.symbols[o]
}
