// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
)

func compareStrings(a, b string) int { return strings.Compare(a, b) }

// unit is one translation unit on its way through the phases. One goroutine at
// a time works on it.
type unit struct {
	run   *run
	path  string
	asked bool // to be checked

	pack   *facts.Pack
	key    cache.Key // of the entry in the cache; zero if there can be none
	digest cache.Key // of what the entry says; zero if there is none
	views  []view    // of the entry, current or not
	anew   bool      // do without the cache

	syntax   *cparse.Unit
	pkg      *types.Package
	local    *facts.Local
	actions  map[*analysis.Analyzer]*action
	failed   map[*analysis.Analyzer]*action // summaries that did not work here
	checking bool                           // in the check phase: facts of all units are visible

	done     bool
	took     time.Duration // summarizing
	loadErr  error         // why there are no facts
	relevant bool
	health   report.Unit
	findings []report.Finding
}

// action is one analyzer applied to one unit.
type action struct {
	result any
	err    error
}

func (r *run) newUnit(path string, asked bool) *unit {
	return &unit{run: r, path: path, asked: asked, failed: map[*analysis.Analyzer]*action{}, health: report.Unit{Path: path, State: report.Typed}}
}

func (u *unit) problem(item, message string) {
	if u.health.State == report.Typed {
		u.health.State = report.Partial
	}
	u.health.Reasons = append(u.health.Reasons, report.Problem{Place: report.Place{File: u.path}, Item: item, Message: message})
}

// open parses the unit and prepares for analyzers.
func (u *unit) open() error {
	u.health = report.Unit{Path: u.path, State: report.Typed}
	start := time.Now()
	syntax, err := u.parse()
	u.run.spent("parse", start)
	u.run.mu.Lock()
	u.run.parsed++
	u.run.mu.Unlock()
	if err == nil && syntax == nil {
		err = errors.New("the loader returned no unit")
	}
	if err != nil {
		u.health.State = report.Failed
		u.health.Reasons = []report.Problem{{Place: report.Place{File: u.path}, Message: err.Error()}}
		return err
	}
	u.syntax = syntax
	if err := u.inspect(); err != nil {
		u.syntax = nil
		return err
	}
	u.pkg = types.NewPackage(u.path, "tu")
	u.actions = map[*analysis.Analyzer]*action{}
	u.local = facts.NewLocal(u.run.reg, u.run.cfg.World, u.path, owner(u.run.cfg.World, syntax))
	return nil
}

func (u *unit) parse() (syntax *cparse.Unit, err error) {
	defer u.run.contain("parser of "+u.path, &err)
	return u.run.cfg.Load(u.path)
}

// summarize makes the facts of the unit and decides whether to check it. Facts
// that are in the cache are left there: a run that has nothing to link will not
// ask for them, and those of a whole kernel are too much to hold.
func (u *unit) summarize() {
	start := time.Now()
	defer func() { u.took, u.done = time.Since(start), true }()
	cached := u.run.cfg.Facts
	if cached.get(u) {
		return
	}
	if u.loadErr = u.open(); u.loadErr != nil {
		return
	}
	for _, a := range u.run.as {
		if len(a.FactTypes) == 0 {
			continue
		}
		if act := u.exec(a.Analyzer); act.err != nil {
			u.failed[a.Analyzer] = act
		}
	}
	if u.pack, u.loadErr = u.local.Pack(); u.loadErr != nil {
		u.problem("", u.loadErr.Error())
	}
	wanted := u.relevance()
	u.decide(wanted)
	if u.loadErr == nil && cached.put(u, wanted) {
		u.pack = nil
	}
	if !u.relevant || !u.keep() {
		u.drop()
	}
}

// publish makes the facts of the unit that are in memory visible to all.
func (u *unit) publish() {
	if u.pack == nil {
		return
	}
	if err := u.run.store.Add(u.pack); err != nil {
		u.loadErr = err
		u.problem("", err.Error())
	}
	u.pack = nil
}

// publishKept makes the facts of the unit that are in the cache visible to all.
func (u *unit) publishKept() {
	if u.digest != (cache.Key{}) {
		u.pack = u.facts()
		u.publish()
	}
}

// facts returns the unit's facts, nil if there are none. Where the cache has
// lost them since they were put or seen there, they are made again.
func (u *unit) facts() *facts.Pack {
	if u.pack != nil || u.digest == (cache.Key{}) {
		return u.pack
	}
	if pack := u.run.cfg.Facts.pack(u); pack != nil {
		return pack
	}
	return u.again()
}

// again makes the unit's facts without the cache.
func (u *unit) again() *facts.Pack {
	again := u.run.newUnit(u.path, false)
	again.anew = true
	again.summarize()
	return again.pack
}

// relevance returns which of the checks want to see the unit, by name.
func (u *unit) relevance() map[string]bool {
	out := map[string]bool{}
	for _, a := range u.run.as {
		if u.run.goals[a] {
			out[a.Name] = u.wants(a)
		}
	}
	return out
}

// decide runs the checks that depend on the unit alone, and sees whether there
// are others to run when facts are linked.
func (u *unit) decide(wanted map[string]bool) {
	u.findings = nil // whatever an analyzer reported that was asked for its result
	if !u.asked {
		return
	}
	for _, a := range u.run.as {
		switch {
		case !u.run.goals[a] || !wanted[a.Name]:
		case u.run.early[a]:
			delete(u.actions, a.Analyzer)
			u.exec(a.Analyzer)
		default:
			u.relevant = true
		}
	}
	u.findings = u.ofEarly(u.findings, true)
}

// ofEarly returns those of the findings that a check made that depends on the
// unit alone, or the others.
func (u *unit) ofEarly(all []report.Finding, early bool) []report.Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f report.Finding) bool {
		i := slices.IndexFunc(u.run.as, func(a *lint.Analyzer) bool { return a.Name == f.Check })
		return (i >= 0 && u.run.early[u.run.as[i]]) != early
	})
}

// wants asks a's Relevant. A unit on which a requirement fails is wanted, so
// that the check phase shows it.
func (u *unit) wants(a *lint.Analyzer) (yes bool) {
	if a.Relevant == nil {
		return true
	}
	in, err := u.inputs(a.Analyzer)
	if err != nil {
		return true
	}
	defer func() { yes = yes || err != nil }()
	defer u.run.contain(a.Name+", asked whether it wants "+u.path, &err)
	return a.Relevant(u.newPass(a.Analyzer, in))
}

func (u *unit) keep() bool {
	u.run.mu.Lock()
	defer u.run.mu.Unlock()
	if u.run.kept >= u.run.cfg.Keep {
		return false
	}
	u.run.kept++
	return true
}

func (u *unit) drop() {
	u.syntax, u.pkg, u.local, u.actions = nil, nil, nil, nil
}

// check runs the checks on the unit that need facts of other units, when it is
// the unit's turn.
func (u *unit) check(turn <-chan struct{}) {
	u.checking = true
	defer u.drop()
	early := u.findings
	if u.syntax == nil {
		before := u.health
		if u.open() != nil {
			<-turn
			return
		}
		u.health = before
	}
	<-turn
	u.forget()
	u.findings = nil
	for _, a := range u.run.as {
		if u.run.goals[a] && !u.run.early[a] {
			u.exec(a.Analyzer)
		}
	}
	u.findings = append(early, u.ofEarly(u.findings, false)...)
}

// forget drops the results that were made before facts were linked, and could
// be different now. The result of a summarizing analyzer that no link step has
// replaced stays: it reads linked facts through its pass.
func (u *unit) forget() {
	for a, act := range u.actions {
		replaced := u.run.linked[a] != nil || u.run.linkErr[a] != nil
		if act.err == nil && (replaced || len(a.FactTypes) == 0 && u.run.dependsOnFacts(a)) {
			delete(u.actions, a)
		}
	}
}

// needsLink reports whether a or something it requires has a link step.
func (r *run) needsLink(a *analysis.Analyzer) bool {
	if w := r.wrap[a]; w != nil && w.Link != nil {
		return true
	}
	return slices.ContainsFunc(a.Requires, r.needsLink)
}

// dependsOnFacts reports whether a or something it requires reads facts.
func (r *run) dependsOnFacts(a *analysis.Analyzer) bool {
	return len(a.FactTypes) > 0 || slices.ContainsFunc(a.Requires, r.dependsOnFacts)
}

// exec returns what a makes of the unit, running it if that was not done yet.
func (u *unit) exec(a *analysis.Analyzer) *action {
	if act, ok := u.actions[a]; ok {
		return act
	}
	act := &action{}
	u.actions[a] = act
	switch {
	case a == cparse.Analyzer:
		act.result = u.syntax // seeded, never run
		return act
	case u.failed[a] != nil:
		return u.failed[a]
	case u.checking && u.run.linkErr[a] != nil:
		act.err = u.run.linkErr[a] // in Outcome.Problems already
		return act
	case u.checking && u.run.linked[a] != nil:
		act.result = u.run.linked[a]
		return act
	}
	in, err := u.inputs(a)
	if err == nil {
		if err = u.run.ctx.Err(); err == nil {
			start := time.Now()
			act.result, err = u.call(a, in)
			u.run.spent(a.Name, start)
		}
	}
	if err != nil {
		act.err = err
		u.problem("", err.Error())
	}
	return act
}

// inputs gathers the results that a requires. Before the link phase those
// that depend on it are left out; only Relevant is called that early.
func (u *unit) inputs(a *analysis.Analyzer) (map[*analysis.Analyzer]any, error) {
	in := map[*analysis.Analyzer]any{}
	var failed []string
	for _, q := range a.Requires {
		if !u.checking && u.run.needsLink(q) {
			continue
		}
		dep := u.exec(q)
		if dep.err != nil {
			failed = append(failed, q.Name)
		}
		in[q] = dep.result
	}
	if len(failed) > 0 {
		return nil, fmt.Errorf("%s did not run: failed prerequisite %s", a.Name, strings.Join(failed, ", "))
	}
	return in, nil
}

func (u *unit) call(a *analysis.Analyzer, in map[*analysis.Analyzer]any) (result any, err error) {
	defer u.run.contain(a.Name, &err)
	pass := u.newPass(a, in)
	defer func() {
		pass.ExportObjectFact = func(types.Object, analysis.Fact) { panic("a fact is exported after Run") }
		pass.Report = func(analysis.Diagnostic) { panic("a diagnostic is reported after Run") }
	}()
	result, err = a.Run(pass)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	return result, checkResult(a, result)
}

func checkResult(a *analysis.Analyzer, result any) error {
	if got := reflect.TypeOf(result); got != a.ResultType {
		return fmt.Errorf("%s: the result is %v, declared is %v", a.Name, got, a.ResultType)
	}
	return nil
}
