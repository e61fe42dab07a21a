// SPDX-License-Identifier: GPL-2.0-only

// Package driver runs analyzers over the translation units of a kernel.
//
// The model has three phases, because calls between C files have cycles and
// the facts of go/analysis do not:
//
//  1. Summarize. Every unit is parsed by itself, in parallel, and the analyzers
//     with fact types export facts about the functions it defines. Checks that
//     depend on the unit alone run as well. Then its syntax goes, unless the
//     check phase wants it soon.
//  2. Link. Each summarizing analyzer closes its facts over the program. It
//     sees facts and symbols only. A link step, and the result it returns, may
//     ask for a function of a unit that nobody asked to have summarized; the
//     driver then summarizes that unit on demand.
//  3. Check. The checks that look at linked facts run on those of the units
//     asked for that they want to see.
//
// What leaves the driver is resolved: findings with files, lines and text, and
// for every unit asked for whether it could be analysed whole. A panic in an
// analyzer ends that action alone; the action's unit becomes partial and names
// the analyzer, and so does everything that required it.
//
// Findings do not depend on the number of workers, the order of units, or what
// the cache holds. Units on demand are what could break this: the first of them
// that has an inline function says what it is, and their number has a bound. So
// the check phase parses in parallel, and then asks its questions one unit after
// the other, by path.
//
// Limit: an analyzer that starts goroutines must not let them panic.
package driver

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
)

// Config says where units come from and what a run may use.
type Config struct {
	World *cparse.World

	// Load parses a unit. It is called concurrently.
	Load func(path string) (*cparse.Unit, error)

	// Find names the units that define a symbol, the one that counts first.
	// It must be a pure function. Without it nothing is loaded on demand.
	Find func(cparse.Symbol) []string

	MaxLoads int // units on demand; 0 means no limit

	Workers int // how many units at a time; 0 means one per processor
	Keep    int // how many units may keep their syntax until they are checked

	Facts *FactCache // where facts of unchanged units are kept; may be nil

	// Progress, if set, is told how many of the units are done with, once for
	// each, and how many findings there are in them. It is called concurrently.
	Progress func(done, total, found int)

	// Log, if set, is told what happens, for the curious. It is called
	// concurrently, in no fixed order.
	Log func(format string, args ...any)
}

// Request names the units of a run. Those to check are summarized as well.
type Request struct {
	Check, Summarize []string

	// Link asks for the link phase even if no check needs it, for the sake of
	// what it leaves in the outcome.
	Link bool

	// FactsOnly ends the run after the summarize phase: it serves a later run
	// with the same cache. The outcome tells how the units fared.
	FactsOnly bool

	// Answer, if set, says what a kept run keeps besides its findings. An error
	// keeps the run from being kept, and no more.
	Answer func(*Outcome) ([]byte, error)
}

// Outcome is what a run leaves behind.
type Outcome struct {
	report.Result
	Problems  []report.Problem           // of the run, not of one unit
	Loads     []Load                     // units on demand, by path
	Refused   []cparse.Symbol            // looked up in vain because the budget was spent
	Conflicts []facts.Conflict           // symbols that units describe differently, as far as was looked
	Linked    map[*analysis.Analyzer]any // what Link steps returned
	Program   *facts.Program             // stays usable, loading on demand included; nil if nothing was linked
	Parsed    int                        // units parsed
	Reused    int                        // units whose facts came from the cache
	Answer    []byte                     // of a run that was kept; nil if this one was not taken from the cache
	Unkept    error                      // why the cache does not keep what it should, if so
	Times     map[string]time.Duration   // by analyzer name, "parse" and "link NAME", all workers together
}

// Load is a unit that was summarized because a link step asked for a symbol.
type Load struct {
	Path   string
	Symbol cparse.Symbol // the first one asked for
	State  report.UnitState
	Err    string // why State is not Typed
	Time   time.Duration
}

// run is the state of one Run.
type run struct {
	cfg   *Config
	ctx   context.Context
	as    []*lint.Analyzer
	wrap  map[*analysis.Analyzer]*lint.Analyzer
	goals map[*lint.Analyzer]bool // run on units for their own sake
	early map[*lint.Analyzer]bool // those of the goals that depend on the unit alone
	reg   *facts.Registry
	store *facts.Store
	prog  *facts.Program

	linked  map[*analysis.Analyzer]any   // written by link, read by check
	linkErr map[*analysis.Analyzer]error // likewise

	total int

	mu       sync.Mutex
	finished int
	reported int // findings
	kept     int
	parsed   int
	reused   int
	times    map[string]time.Duration
	loads    map[string]*load
	found    map[cparse.Symbol][]string // answers of Find
	refused  map[cparse.Symbol]bool
	unkept   error
}

// Run runs the analyzers as, which must include every summarizing analyzer
// that another one requires, over the units of req. The error is for misuse
// and cancellation; what goes wrong with a unit is in the outcome.
func Run(ctx context.Context, cfg *Config, as []*lint.Analyzer, req Request) (*Outcome, error) {
	r, err := newRun(ctx, cfg, as)
	if err != nil {
		return nil, err
	}
	check := distinct(req.Check)
	all := distinct(append(slices.Clone(req.Check), req.Summarize...))
	units := make([]*unit, len(all))
	for i, path := range all {
		_, asked := slices.BinarySearch(check, path)
		units[i] = r.newUnit(path, asked)
	}
	r.total = len(units)
	r.parallel(len(units), func(i int) {
		u := units[i]
		if u.summarize(); !u.relevant || req.FactsOnly {
			r.advance(u)
		}
		if req.FactsOnly {
			u.drop()
			return
		}
		u.publish() // what the cache has not kept
	})
	out := &Outcome{}
	link := req.Link || slices.ContainsFunc(units, func(u *unit) bool { return u.relevant })
	if req.FactsOnly || !link {
		r.collect(out, units)
		r.stats(out)
		return out, ctx.Err()
	}
	key, keep := cfg.Facts.runKey(r, units, req.Link)
	if keep && ctx.Err() == nil && cfg.Facts.replay(r, key, out) {
		r.stats(out)
		return out, nil
	}
	r.parallel(len(units), func(i int) { units[i].publishKept() })
	for _, u := range units {
		r.loads[u.path] = doneLoad(u)
	}
	r.store.Seal()
	if ctx.Err() == nil {
		out.Program, out.Problems = r.prog, r.link()
		out.Linked = r.linked
		r.check(units)
	}
	r.collect(out, units)
	r.stats(out)
	if keep {
		cfg.Facts.keep(r, key, out, req.Answer)
	}
	return out, ctx.Err()
}

func newRun(ctx context.Context, cfg *Config, as []*lint.Analyzer) (*run, error) {
	if err := lint.Validate(as); err != nil {
		return nil, err
	}
	if cfg.World == nil || cfg.Load == nil {
		return nil, errors.New("driver: no world or no loader")
	}
	r := &run{
		cfg: cfg, ctx: ctx,
		wrap:    map[*analysis.Analyzer]*lint.Analyzer{},
		goals:   map[*lint.Analyzer]bool{},
		early:   map[*lint.Analyzer]bool{},
		linked:  map[*analysis.Analyzer]any{},
		linkErr: map[*analysis.Analyzer]error{},
		times:   map[string]time.Duration{},
		loads:   map[string]*load{},
		found:   map[cparse.Symbol][]string{},
		refused: map[cparse.Symbol]bool{},
	}
	for _, a := range as {
		r.wrap[a.Analyzer] = a
	}
	var protos []analysis.Fact
	for _, a := range order(as) {
		w := r.wrap[a]
		if w == nil {
			if len(a.FactTypes) > 0 {
				return nil, fmt.Errorf("driver: %s has facts, is required and not among the analyzers", a.Name)
			}
			continue
		}
		r.as = append(r.as, w)
		protos = append(protos, a.FactTypes...)
	}
	for _, a := range r.as {
		if i := slices.IndexFunc(a.Requires, r.needsLink); i >= 0 && len(a.FactTypes) > 0 {
			return nil, fmt.Errorf("driver: %s summarizes and requires %s, whose result comes from the link step", a.Name, a.Requires[i].Name)
		}
	}
	for _, a := range r.as {
		helper := !a.IsCheck() && slices.ContainsFunc(r.as, func(b *lint.Analyzer) bool { return slices.Contains(b.Requires, a.Analyzer) })
		r.goals[a] = len(a.FactTypes) == 0 && a.Link == nil && !helper
		r.early[a] = r.goals[a] && !r.dependsOnFacts(a.Analyzer) && !r.needsLink(a.Analyzer)
	}
	var err error
	if r.reg, err = facts.NewRegistry(protos...); err != nil {
		return nil, err
	}
	r.store = facts.NewStore(r.reg, cfg.World, cfg.Find)
	r.prog = facts.NewProgram(r.store, r.demand)
	return r, nil
}

// order returns the analyzers and all they require, requirements first.
func order(as []*lint.Analyzer) []*analysis.Analyzer {
	var out []*analysis.Analyzer
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if slices.Contains(out, a) {
			return
		}
		for _, q := range a.Requires {
			visit(q)
		}
		out = append(out, a)
	}
	for _, a := range as {
		visit(a.Analyzer)
	}
	return out
}

func distinct(paths []string) []string {
	out := slices.Clone(paths)
	slices.Sort(out)
	return slices.Compact(out)
}

// parallel calls f(0) to f(n-1) on the run's workers.
func (r *run) parallel(n int, f func(int)) {
	workers := r.cfg.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		if r.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
}

func (r *run) logf(format string, args ...any) {
	if r.cfg.Log != nil {
		r.cfg.Log(format, args...)
	}
}

// advance counts a unit that is done with.
func (r *run) advance(u *unit) {
	r.mu.Lock()
	r.finished++
	r.reported += len(u.findings)
	done, found := r.finished, r.reported
	r.mu.Unlock()
	if r.cfg.Progress != nil {
		r.cfg.Progress(done, r.total, found)
	}
}

func (r *run) spent(on string, start time.Time) {
	d := time.Since(start)
	r.mu.Lock()
	r.times[on] += d
	r.mu.Unlock()
}

// link runs the link steps and returns what went wrong.
func (r *run) link() []report.Problem {
	var problems []report.Problem
	for _, a := range r.as {
		if a.Link == nil || r.ctx.Err() != nil {
			continue
		}
		start := time.Now()
		result, err := r.linkOne(a)
		r.spent("link "+a.Name, start)
		switch {
		case err != nil:
			r.linkErr[a.Analyzer] = err
			problems = append(problems, report.Problem{Message: err.Error()})
		case result != nil:
			r.linked[a.Analyzer] = result
		}
	}
	return problems
}

func (r *run) linkOne(a *lint.Analyzer) (result any, err error) {
	for _, q := range a.Requires {
		if r.linkErr[q] != nil {
			return nil, fmt.Errorf("%s was not linked: failed prerequisite %s", a.Name, q.Name)
		}
	}
	defer r.contain("link step of "+a.Name, &err)
	result, err = a.Link(r.prog)
	if err != nil {
		return nil, fmt.Errorf("link step of %s: %w", a.Name, err)
	}
	if result != nil {
		if err := checkResult(a.Analyzer, result); err != nil {
			return nil, fmt.Errorf("link step of %s: %w", a.Name, err)
		}
	}
	return result, nil
}

// check runs the checks that need linked facts, the units in order.
func (r *run) check(units []*unit) {
	units = slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return !u.relevant })
	turns := make([]chan struct{}, len(units)+1)
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	r.parallel(len(units), func(i int) {
		defer close(turns[i+1])
		units[i].check(turns[i])
		r.advance(units[i])
	})
}

// contain turns a panic into *err. It is to be deferred.
func (r *run) contain(what string, err *error) {
	x := recover()
	if x == nil {
		return
	}
	stack := make([]byte, 16<<10)
	stack = stack[:runtime.Stack(stack, false)]
	r.logf("%s panicked: %v\n%s", what, x, stack)
	*err = fmt.Errorf("%s panicked: %v", what, x)
}

func (r *run) collect(out *Outcome, units []*unit) {
	for _, u := range units {
		if u.done {
			out.Units = append(out.Units, u.health)
			out.Findings = append(out.Findings, u.findings...)
		}
	}
	out.Findings = report.Sort(out.Findings)
	out.Units = report.SortUnits(out.Units)
	out.Conflicts = r.store.Conflicts()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.loads {
		if l.onDemand {
			out.Loads = append(out.Loads, l.Load)
		}
	}
	slices.SortFunc(out.Loads, func(a, b Load) int { return compareStrings(a.Path, b.Path) })
	for s := range r.refused {
		out.Refused = append(out.Refused, s)
	}
	slices.SortFunc(out.Refused, func(a, b cparse.Symbol) int { return compareStrings(a.String(), b.String()) })
}

func (r *run) stats(out *Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out.Parsed, out.Reused, out.Times, out.Unkept = r.parsed, r.reused, r.times, r.unkept
}
