// SPDX-License-Identifier: GPL-2.0-only

// Package outcomes gives checks what functions really return.
//
// Its link step puts the engine of package flow over the bodies of the whole
// program. Summaries are computed when somebody asks: a call's callee is
// looked into only when its result matters, and the unit that defines it is
// loaded then. What was collected by hand (package known) overrides bodies.
package outcomes

import (
	"fmt"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/known"
	"kapilint/checks/knowledge/summary/body"
	"kapilint/checks/knowledge/summary/callbacks"
	"kapilint/cparse/flow"
)

// Result answers questions about functions of any unit. It is safe for
// concurrent use; one question is worked on at a time.
type Result struct {
	mu        sync.Mutex
	engine    *flow.Engine
	contracts map[string]*inferred.Contract
	only      func(entry.Point) bool // nil for all
	sets      map[string]*inferred.Set
	callbacks *callbacks.Sets
	table     *known.Table
}

// New returns the analyzer over the facts of bodies and of puts, which says what
// callbacks can be.
func New(bodies, puts *lint.Analyzer, table *known.Table) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:       "outcomes",
			Doc:        "compute what functions return, and under which conditions",
			Requires:   []*analysis.Analyzer{bodies.Analyzer, puts.Analyzer},
			ResultType: reflect.TypeFor[*Result](),
			Run: func(*analysis.Pass) (any, error) {
				return nil, fmt.Errorf("outcomes: the result comes from the link step")
			},
		},
		Link: func(prog *facts.Program) (any, error) {
			b := body.Over(prog)
			return &Result{
				engine: flow.NewEngine(flow.Program{
					Func: b.Func, Global: b.Global, Known: table.Model, Value: table.Value, Done: b.Forget,
					Set: func(member string) string { return table.MemberSet("", member) },
				}),
				contracts: map[string]*inferred.Contract{},
				sets:      map[string]*inferred.Set{},
				callbacks: callbacks.Over(prog, callbacks.Names{Member: table.MemberSet, Param: table.ParamSet}),
				table:     table,
			}, nil
		},
	}
}

// Of returns the result of a, made by New, in the pass of a check.
func Of(pass *analysis.Pass, a *lint.Analyzer) *Result { return pass.ResultOf[a.Analyzer].(*Result) }

// Contract returns the inferred contract of an entry point, nil when its body
// is not known.
func (r *Result) Contract(p entry.Point) *inferred.Contract {
	if r.only != nil && !r.only(p) {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.contract(p)
}

// Limit makes Contract answer only for some entry points, so that checks pass
// over the others. It is to be called before Contract is.
func (r *Result) Limit(to func(entry.Point) bool) { r.only = to }

func (r *Result) contract(p entry.Point) *inferred.Contract {
	key := p.Func.Sym.String() + "\x00" + p.Name
	if c, ok := r.contracts[key]; ok {
		return c
	}
	var c *inferred.Contract
	if s := r.engine.Summary(p.Func.Sym.Name, p.Func.Sym.File); s != nil {
		types := make([]string, len(p.Params))
		for i, q := range p.Params {
			types[i] = q.Type
		}
		c = inferred.Of(p.Name, p.Kind, s, types)
	}
	r.contracts[key] = c
	return c
}

// Counts returns how much work the answers so far have taken.
func (r *Result) Counts() flow.Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.engine.Counts()
}
