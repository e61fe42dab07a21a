// SPDX-License-Identifier: GPL-2.0-only

package callbacks

import (
	"cmp"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kapilint/checks/engine/facts"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// Names says what sets are called whose callers do not name the member. Its
// functions must answer the same each time; "" is for no other name.
type Names struct {
	// Member names the set of a member that object initialises.
	Member func(object, member string) string
	// Param names the set that a function is put into which callee gets as
	// parameter param, counted from 1, together with the address of object.
	Param func(callee string, param int, object string) string
}

// Set is what can be called through a member.
type Set struct {
	Name      string // file_operations.poll
	Functions []Function
	Unknown   []Place // where something is put into it that could not be followed
}

// Function is a member of a [Set].
type Function struct {
	Sym    cparse.Symbol
	Places []Place // that put it there, sorted
}

// Place is where something is put into a set: In is the object that is
// initialised, or the function that assigns.
type Place struct {
	In string
	At cfg.Site
}

// Sets answers questions about callbacks over the units that a run was asked
// about. It is safe for concurrent use.
type Sets struct {
	prog    *facts.Program
	names   Names
	objects []types.Object

	once sync.Once
	into map[string][]edge // by node
}

// edge is one put, seen from where it goes.
type edge struct {
	fn    cparse.Symbol // a function
	from  string        // or another node
	place Place         // neither: something unknown is put
}

// Over returns the sets of the units in prog so far. Units that are read later
// add nothing, so that answers do not depend on what else was asked.
func Over(prog *facts.Program, names Names) *Sets {
	return &Sets{prog: prog, names: names, objects: prog.Objects(new(Puts))}
}

// Of returns the set of a member; without Functions when none is known.
func (s *Sets) Of(name string) *Set {
	s.once.Do(s.link)
	out := &Set{Name: name}
	found := map[cparse.Symbol][]Place{}
	seen := map[string]bool{}
	var walk func(node string)
	walk = func(node string) {
		if seen[node] {
			return
		}
		seen[node] = true
		for _, e := range s.into[node] {
			switch {
			case e.from != "":
				walk(e.from)
			case e.fn.Name != "":
				found[e.fn] = append(found[e.fn], e.place)
			default:
				out.Unknown = append(out.Unknown, e.place)
			}
		}
	}
	walk(name)
	for sym, places := range found {
		out.Functions = append(out.Functions, Function{sym, sorted(places)})
	}
	slices.SortFunc(out.Functions, func(a, b Function) int {
		return cmp.Or(strings.Compare(a.Sym.Name, b.Sym.Name), strings.Compare(a.Sym.File, b.Sym.File))
	})
	out.Unknown = sorted(out.Unknown)
	return out
}

// All returns the names of the sets that something is put into, sorted.
func (s *Sets) All() []string {
	s.once.Do(s.link)
	var out []string
	for node := range s.into {
		if !isParam(node) {
			out = append(out, node)
		}
	}
	slices.Sort(out)
	return out
}

func sorted(places []Place) []Place {
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Col, b.At.Col), strings.Compare(a.In, b.In))
	})
	return slices.Compact(places)
}

// link turns the facts into edges.
func (s *Sets) link() {
	s.into = map[string][]edge{}
	for _, o := range s.objects {
		var fact Puts
		if !s.prog.Get(o, &fact) {
			continue
		}
		owner := s.prog.Symbol(o)
		for i := range fact.List {
			s.add(owner, &fact.List[i])
		}
	}
}

func (s *Sets) add(owner cparse.Symbol, p *Put) {
	e := edge{fn: p.Func, place: Place{owner.Name, p.At}}
	switch {
	case p.Arg > 0:
		e.from = paramNode(owner, p.Arg)
	case p.From != "":
		e.from = p.From
		if n := s.names.Member("", p.From); n != "" {
			e.from = n
		}
	}
	to := p.Member
	if to == "" {
		to = paramNode(p.Callee, p.Param)
		if n := s.names.Param(p.Callee.Name, p.Param, p.Object); n != "" {
			to = n
		}
	} else if n := s.names.Member(owner.Name, p.Member); n != "" {
		to = n
	}
	s.into[to] = append(s.into[to], e)
}

// A node is the name of a set, or stands for a parameter: a space is in no
// name of the former kind.
func paramNode(fn cparse.Symbol, param int) string { return strconv.Itoa(param) + " " + fn.String() }

func isParam(node string) bool { return strings.Contains(node, " ") }
