// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"errors"
	"io"
	"slices"

	"kapilint/checks/cache"
	"kapilint/checks/facts"
	"kapilint/checks/report"
	"kapilint/cparse"
)

// FactCache keeps what the summarize phase makes of a unit, so that units that
// have not changed need not be parsed again, and what a whole run found, so
// that a run over nothing new need not look at facts at all.
//
// An entry holds as long as the files that its units were made from have the
// same content. A unit in which an analyzer failed is not kept.
//
// Limit: a header that appears in front of another one of the same name, in an
// include directory searched earlier, is not noticed.
type FactCache struct {
	Cache *cache.Cache

	// Key identifies everything that the facts of a unit depend on, other
	// than the content of files: the tool, its options, and how the unit is
	// compiled. A unit without key is not cached.
	Key func(path string) (string, bool)

	// Digest identifies the content of a file. It is called concurrently and
	// often, so it should remember its answers.
	Digest func(file string) (cache.Key, error)

	// Wants identifies what the answers of Relevant depend on besides the unit:
	// contracts from outside. Facts are kept whatever it is.
	Wants string

	// Findings identifies what findings depend on besides facts and the names
	// of analyzers: contracts from outside, options of checks. If it is empty,
	// findings are not kept. An outcome whose findings are from the cache has
	// no Program and no Linked.
	Findings string
}

// manifest is the entry of a unit. The body of its facts has one of its own,
// which is read only when some fact is asked for.
type manifest struct {
	Files    []string
	Digests  []cache.Key
	Health   report.Unit
	Relevant []string // the checks that want the unit
	Wants    string   // FactCache.Wants when they were asked
	Index    []byte   // of the pack
	Body     cache.Key
}

// unitKey is the key of u's manifest.
func (c *FactCache) unitKey(u *unit) (cache.Key, bool) {
	own, ok := c.Key(u.path)
	if !ok {
		return cache.Key{}, false
	}
	h := cache.NewHash("facts of a unit")
	h.String(u.path)
	h.String(own)
	version := u.run.reg.Version()
	h.Bytes(version[:])
	for _, a := range u.run.as {
		h.String(a.Name)
	}
	return h.Key(), true
}

// get fills u in from the cache. The facts are u.pack, not in the store yet.
func (c *FactCache) get(u *unit) bool {
	if c == nil {
		return false
	}
	key, ok := c.unitKey(u)
	if !ok {
		return false
	}
	u.key = key
	data, ok := c.Cache.Get(key)
	if !ok {
		return false
	}
	var m manifest
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&m); err != nil || !c.current(&m) {
		return false
	}
	pack, err := facts.DecodePack(u.run.reg, m.Index, func() ([]byte, error) {
		content, err := c.body(m.Body)
		if err != nil {
			u.run.logf("%s: facts in the cache: %v", u.path, err)
		}
		return content, err
	})
	if err != nil {
		return false
	}
	u.pack, u.digest, u.health = pack, cache.Sum(data), m.Health
	if m.Wants != c.Wants {
		u.relevant = u.asked // what the checks want may be another matter now
	}
	for _, a := range u.run.as {
		u.relevant = u.relevant || u.asked && slices.Contains(m.Relevant, a.Name)
	}
	u.run.mu.Lock()
	u.run.reused++
	u.run.mu.Unlock()
	return true
}

// current reports whether the files of m are as they were.
func (c *FactCache) current(m *manifest) bool {
	if len(m.Files) != len(m.Digests) || len(m.Files) == 0 || !c.Cache.Has(m.Body) {
		return false
	}
	for i, f := range m.Files {
		if d, err := c.Digest(f); err != nil || d != m.Digests[i] {
			return false
		}
	}
	return true
}

func (c *FactCache) body(key cache.Key) ([]byte, error) {
	data, ok := c.Cache.Get(key)
	if !ok {
		return nil, errors.New("the entry is gone")
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(data)))
}

// put keeps what summarizing made of u. A unit with a problem that an analyzer
// caused is left out, so that the problem is seen again.
func (c *FactCache) put(u *unit, relevant []string) {
	if c == nil {
		return
	}
	if u.key == (cache.Key{}) {
		return
	}
	for _, act := range u.actions {
		if act.err != nil {
			return
		}
	}
	index, content := u.pack.Encode()
	m := manifest{Files: u.syntax.Files(), Health: u.health, Relevant: relevant, Wants: c.Wants, Index: index, Body: cache.Sum(content)}
	for _, f := range m.Files {
		d, err := c.Digest(f)
		if err != nil {
			return
		}
		m.Digests = append(m.Digests, d)
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		if _, err = w.Write(content); err == nil {
			err = w.Close()
		}
	}
	if err == nil && !c.Cache.Has(m.Body) {
		err = c.Cache.Put(m.Body, packed.Bytes())
	}
	var b bytes.Buffer
	if err == nil {
		err = gob.NewEncoder(&b).Encode(m)
	}
	if err == nil {
		err = c.Cache.Put(u.key, b.Bytes())
	}
	if err != nil {
		u.run.logf("%s: not cached: %v", u.path, err)
		return
	}
	u.digest = cache.Sum(b.Bytes())
}

// past is the entry of a run.
type past struct {
	Result    report.Result
	Problems  []report.Problem
	Loads     []Load
	Refused   []cparse.Symbol
	Conflicts []facts.Conflict
	Asked     []asked
}

// asked is what the run wanted to know about a symbol, and which unit gave it.
type asked struct {
	Symbol cparse.Symbol
	Units  []string  // what Find said
	Digest cache.Key // of the facts of the first of them; zero if it was in the request
}

// runKey is the key of what a run over units finds, if it can be kept.
func (c *FactCache) runKey(r *run, units []*unit) (cache.Key, bool) {
	if c == nil || c.Findings == "" {
		return cache.Key{}, false
	}
	h := cache.NewHash("findings of a run")
	h.String(c.Findings)
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
	return true
}

// keep keeps the outcome of a run. A run is left out when it loaded units that
// are not in the cache, or might have loaded others had it had more budget.
func (c *FactCache) keep(r *run, key cache.Key, out *Outcome) {
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
	slices.SortFunc(p.Asked, func(a, b asked) int { return compareStrings(a.Symbol.String(), b.Symbol.String()) })
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(p)
	if err == nil {
		err = c.Cache.Put(key, b.Bytes())
	}
	if err != nil {
		r.logf("findings not cached: %v", err)
	}
}
