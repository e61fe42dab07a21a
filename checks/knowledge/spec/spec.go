// SPDX-License-Identifier: GPL-2.0-only

// Package spec gives checks the contracts that are declared for the functions
// of a translation unit.
//
// A contract is written beside the function, as a kernel-doc comment or with
// macros, or is handed in from outside (--spec) and applies by name. Its
// expressions are evaluated in the unit's own types and macros. Where a
// function has both, the one in the source counts, and the other is left to
// those that compare contracts.
package spec

import (
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/knowledge/entry"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/specmodel"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
)

// Declared is a contract and the function it is for.
type Declared struct {
	API   *specmodel.API
	Point entry.Point
}

// Result is what a unit declares.
type Result struct {
	Declared []Declared          // in source order of the functions
	Missing  []entry.Point       // system calls without a contract
	Problems []specmodel.Problem // what is wrong with the contracts of this unit's files
	Orphans  []*specmodel.API    // contracts in this unit's files for which it has no function
	Twice    []*specmodel.API    // contracts in this unit's files for functions that an earlier one is for
}

// New returns the analyzer. outside holds the contracts from elsewhere.
func New(outside *specmodel.Set) *lint.Analyzer {
	var byName map[string]*specmodel.API
	if outside != nil {
		byName = outside.ByName()
	}
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name:       "spec",
		Doc:        "collect the contracts declared for the functions of a unit",
		Requires:   []*analysis.Analyzer{cparse.Analyzer},
		ResultType: reflect.TypeFor[*Result](),
		Run:        func(pass *analysis.Pass) (any, error) { return collect(cparse.Of(pass), byName), nil },
	}}
}

// Of returns what the unit of the pass declares.
func Of(pass *analysis.Pass, a *lint.Analyzer) *Result { return pass.ResultOf[a.Analyzer].(*Result) }

func collect(u *cparse.Unit, byName map[string]*specmodel.API) *Result {
	res := &Result{}
	here := map[string]*specmodel.API{}
	var order []*specmodel.API
	for _, name := range u.MainFiles() {
		text, err := u.ReadFile(name)
		if err != nil {
			continue
		}
		apis, problems := kerneldoc.ReadFile(name, text)
		more, moreProblems := macro.ReadFile(name, text)
		res.Problems = append(res.Problems, append(problems, moreProblems...)...)
		for _, a := range append(apis, more...) {
			if here[a.Name] == nil {
				here[a.Name] = a
			}
			order = append(order, a)
		}
	}
	used, in := map[string]bool{}, scope(u)
	declare := func(p entry.Point) bool {
		a := here[p.Name]
		if a == nil {
			if o := byName[p.Name]; o != nil {
				a = o.Clone()
			}
		}
		if a == nil {
			return false
		}
		used[p.Name] = true
		problems := a.Resolve(in)
		res.Problems = append(res.Problems, problems...)
		res.Declared = append(res.Declared, Declared{a, p})
		return true
	}
	for _, p := range entry.Syscalls(u) {
		if !declare(p) {
			res.Missing = append(res.Missing, p)
		}
	}
	for _, p := range entry.Functions(u) {
		declare(p)
	}
	for _, a := range order {
		switch {
		case !used[a.Name]:
			a.Resolve(in) // a name that has no value may be of a configuration that is off
			res.Orphans = append(res.Orphans, a)
		case here[a.Name] != a:
			res.Twice = append(res.Twice, a)
		}
	}
	return res
}

// scope computes a contract's expressions as the unit's code would.
func scope(u *cparse.Unit) *specmodel.Scope {
	return &specmodel.Scope{Names: u.Constants, Eval: func(expr string) (specmodel.Value, error) {
		v, err := u.Eval(strings.TrimSpace(expr))
		if err != nil {
			return specmodel.Value{}, err
		}
		return specmodel.Value{Bits: v.Bits, Unsigned: !v.Signed}, nil
	}}
}

// Walk returns where a finding about an interface is reported, and its evidence:
// the steps of an outcome, the condition with the last one. A finding stands at
// the first step where that lies in the interface's own file.
func Walk(p entry.Point, steps []specmodel.Step, condition string) (at lint.Range, evidence []lint.Step) {
	at = lint.Span(p.At, p.End)
	for i, s := range steps {
		site := cfg.Site{File: s.File, Line: int32(s.Line), Col: int32(s.Col)}
		if i == 0 && s.File == p.At.File {
			at = lint.At(site)
		}
		evidence = append(evidence, lint.Step{Range: lint.At(site), Message: s.Note, Depth: i})
	}
	if condition != "" && len(evidence) > 0 {
		evidence[len(evidence)-1].Message += ", when " + condition
	}
	return at, evidence
}
