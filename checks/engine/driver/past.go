// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"bytes"
	"encoding/gob"
	"slices"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
)

// past is the entry of a run.
type past struct {
	Result    report.Result
	Problems  []report.Problem
	Loads     []Load
	Refused   []cparse.Symbol
	Conflicts []facts.Conflict
	Asked     []asked
	Answer    []byte
}

// asked is what the run wanted to know about a symbol, and which unit gave it.
type asked struct {
	Symbol cparse.Symbol
	Units  []string  // what Find said
	Digest cache.Key // of the facts of the first of them; zero if it was in the request
}

// runKey is the key of what a run over units finds, if it can be kept.
func (c *FactCache) runKey(r *run, units []*unit, link bool) (cache.Key, bool) {
	if c == nil || !c.KeepRuns {
		return cache.Key{}, false
	}
	h := cache.NewHash("findings of a run")
	h.String(c.Options)
	h.String(c.Question)
	if link {
		h.String("linked")
	}
	version := r.reg.Version()
	h.Bytes(version[:])
	for _, a := range r.as {
		h.String(a.Name)
	}
	for _, u := range units {
		if u.digest == (cache.Key{}) {
			return cache.Key{}, false
		}
		h.String(u.path)
		h.Bytes(u.key[:]) // of the tool, too
		h.Bytes(u.digest[:])
		if u.asked {
			h.String("asked")
		}
	}
	return h.Key(), true
}

// replay fills out from a run that found the same units, if what that run
// looked up on demand is as it was, too.
func (c *FactCache) replay(r *run, key cache.Key, out *Outcome) bool {
	data, ok := c.Cache.Get(key)
	if !ok {
		return false
	}
	var p past
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&p); err != nil {
		return false
	}
	checked := map[string]cache.Key{}
	for _, a := range p.Asked {
		if r.cfg.Find == nil || !slices.Equal(r.cfg.Find(a.Symbol), a.Units) {
			return false
		}
		if a.Digest == (cache.Key{}) {
			continue
		}
		path := a.Units[0]
		if _, ok := checked[path]; !ok {
			u := r.newUnit(path, false)
			if !c.get(u) {
				return false
			}
			checked[path] = u.digest
		}
		if checked[path] != a.Digest {
			return false
		}
	}
	out.Result, out.Problems, out.Loads, out.Refused, out.Conflicts = p.Result, p.Problems, p.Loads, p.Refused, p.Conflicts
	out.Answer = p.Answer
	return true
}

// keep keeps the outcome of a run. A run is left out when it loaded units that
// are not in the cache, or might have loaded others had it had more budget.
func (c *FactCache) keep(r *run, key cache.Key, out *Outcome, answer func(*Outcome) ([]byte, error)) {
	if len(out.Refused) > 0 || r.ctx.Err() != nil {
		return
	}
	p := past{Result: out.Result, Problems: out.Problems, Loads: out.Loads, Refused: out.Refused, Conflicts: out.Conflicts}
	for sym, units := range r.found {
		a := asked{Symbol: sym, Units: units}
		if len(units) > 0 {
			l := r.loads[units[0]]
			if l == nil || l.onDemand && l.digest == (cache.Key{}) {
				return
			}
			if l.onDemand {
				a.Digest = l.digest
			}
		}
		p.Asked = append(p.Asked, a)
	}
	if answer != nil {
		var err error
		if p.Answer, err = answer(out); err != nil {
			r.logf("findings not cached: %v", err)
			return
		}
	}
	slices.SortFunc(p.Asked, func(a, b asked) int { return compareStrings(a.Symbol.String(), b.Symbol.String()) })
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(p)
	if err == nil {
		err = c.Cache.Put(key, b.Bytes())
	}
	if err != nil {
		r.logf("findings not cached: %v", err)
		r.giveUpKeeping(err)
	}
}
