// SPDX-License-Identifier: GPL-2.0-only

package outcomes

import (
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/summary/callbacks"
	"kapilint/cparse"
	"kapilint/specmodel"
)

// Set returns what calls through a member such as file_operations.poll can
// reach, of what the units that the run was asked about put there.
func (r *Result) Set(name string) *inferred.Set {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set(name)
}

// Sets returns the names of the sets that something is put into, sorted.
func (r *Result) Sets() []string { return r.callbacks.All() }

// FromCallbacks returns the errors of c that only callbacks give it.
func (r *Result) FromCallbacks(c *inferred.Contract) []inferred.CallbackError {
	r.mu.Lock()
	defer r.mu.Unlock()
	return inferred.FromCallbacks(c, r.set)
}

func (r *Result) set(name string) *inferred.Set {
	if other := r.table.MemberSet("", name); other != "" {
		name = other
	}
	if s, ok := r.sets[name]; ok {
		return s
	}
	found := r.callbacks.Of(name)
	s := &inferred.Set{Name: name, Unknown: steps(found.Unknown, "something that could not be followed is put there by ")}
	for _, f := range found.Functions {
		s.Callees = append(s.Callees, inferred.Callee{Name: f.Sym.Name, Contract: r.function(f.Sym), Puts: steps(f.Places, "put there by ")})
	}
	r.sets[name] = s
	return s
}

func steps(places []callbacks.Place, what string) []specmodel.Step {
	var out []specmodel.Step
	for _, p := range places {
		out = append(out, specmodel.Step{File: p.At.File, Line: int(p.At.Line), Col: int(p.At.Col), Func: p.In, Note: what + p.In})
	}
	return out
}

// function returns the contract of a function by its symbol.
func (r *Result) function(sym cparse.Symbol) *inferred.Contract {
	return r.contract(entry.Point{Name: sym.Name, Kind: specmodel.Function, Func: &cparse.Func{Sym: sym}})
}
