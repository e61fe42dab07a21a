// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"fmt"
	"strings"
	"sync"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
)

// load is a unit whose facts are, or are about to be, in the store.
type load struct {
	Load
	onDemand bool
	digest   cache.Key
	once     sync.Once
	err      error
}

// doneLoad records a unit of the request.
func doneLoad(u *unit) *load {
	l := &load{Load: Load{Path: u.path, State: u.health.State}, err: u.loadErr}
	l.once.Do(func() {})
	return l
}

// demand sees to it that the facts about sym are in the store, if any unit is
// known to define it.
func (r *run) demand(sym cparse.Symbol) error {
	if sym.File != "" && r.store.Has(r.cfg.World.Object(sym)) {
		return nil // every unit that reads the file says the same
	}
	if r.cfg.Find == nil {
		return facts.ErrNoDefinition
	}
	paths := r.find(sym)
	if len(paths) == 0 {
		return facts.ErrNoDefinition
	}
	path := paths[0]
	r.mu.Lock()
	l := r.loads[path]
	if l == nil {
		if why := r.overBudget(); why != nil {
			r.refused[sym] = true
			r.mu.Unlock()
			return why
		}
		l = &load{Load: Load{Path: path, Symbol: sym}, onDemand: true}
		r.loads[path] = l
	}
	r.mu.Unlock()
	l.once.Do(func() { r.loadNow(l) })
	return l.err
}

// find asks Find and remembers the answer.
func (r *run) find(sym cparse.Symbol) []string {
	r.mu.Lock()
	paths, ok := r.found[sym]
	r.mu.Unlock()
	if ok {
		return paths
	}
	paths = r.cfg.Find(sym)
	r.mu.Lock()
	r.found[sym] = paths
	r.mu.Unlock()
	return paths
}

// overBudget says why no more units may be loaded. The caller holds r.mu.
func (r *run) overBudget() error {
	n := 0
	for _, l := range r.loads {
		if l.onDemand {
			n++
		}
	}
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case r.cfg.MaxLoads > 0 && n >= r.cfg.MaxLoads:
		return fmt.Errorf("the budget of %d units on demand is spent", r.cfg.MaxLoads)
	}
	return nil
}

func (r *run) loadNow(l *load) {
	u := r.newUnit(l.Path, false)
	u.summarize()
	u.publish()
	u.publishKept()
	l.State, l.Time, l.err, l.digest = u.health.State, u.took, u.loadErr, u.digest
	var why []string
	for _, p := range u.health.Reasons {
		why = append(why, p.Message)
	}
	l.Err = strings.Join(why, "; ")
	if l.State == report.Typed {
		r.logf("%s: loaded for %s in %s", l.Path, l.Symbol, l.Time)
		return
	}
	r.logf("%s: loaded for %s in %s: %s: %s", l.Path, l.Symbol, l.Time, l.State, l.Err)
}
