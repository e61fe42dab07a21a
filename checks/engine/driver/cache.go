// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
)

// FactCache keeps what the summarize phase makes of a unit, so that units that
// have not changed need not be parsed again, and what a whole run found, so
// that a run over nothing new need not look at facts at all.
//
// An entry holds as long as the files that its units were made from have the
// same content. A unit in which an analyzer failed is not kept.
//
// A header that was not found and is there now is noticed. Limit: one that appears
// in front of another one of the same name, in an include directory searched
// earlier, is not.
type FactCache struct {
	Cache *cache.Cache

	// Key identifies everything that the facts of a unit depend on, other
	// than the content of files: the tool, its options, and how the unit is
	// compiled. A unit without key is not cached.
	Key func(path string) (string, bool)

	// Layer sets units of a changed tree apart: what is made of them is kept
	// beside what the tree itself has, which is used where it holds.
	Layer string

	// Digest identifies the content of a file, and fails with fs.ErrNotExist if
	// there is none. It is called concurrently and often, so it should remember
	// its answers.
	Digest func(file string) (cache.Key, error)

	// Options identifies what checks depend on besides the unit: contracts
	// from outside, options. Facts are kept whatever it is.
	Options string

	// KeepRuns asks to keep what a whole run found. An outcome whose findings
	// are from the cache has no Program and no Linked. Question identifies what
	// the run was asked, besides Options, its analyzers and its units.
	KeepRuns bool
	Question string
}

// manifest is the entry of a unit. The body of its facts has one of its own,
// which is read only when some fact is asked for.
type manifest struct {
	Files   []byte    // the names of the files that the unit was made from, packed
	Missing []string  // names of headers that are not there
	Content cache.Key // over names and contents of the files
	Health  report.Unit
	Index   []byte // of the pack
	Body    cache.Key
	Views   []view // the newest first
}

// view is what checks made of a unit with certain options.
type view struct {
	Options  string
	Wanted   map[string]bool  // by the name of a check: does it want the unit
	Findings []report.Finding // of those that depend on the unit alone and were asked for
	Asked    bool             // they have been run
}

// maxViews bounds the views of a unit that are kept.
const maxViews = 4

// view returns the view that tells all that this run needs, or nil.
func (c *FactCache) view(u *unit, views []view) *view {
	for i := range views {
		v := &views[i]
		if v.Options == c.Options && v.tells(u) {
			return v
		}
	}
	return nil
}

func (v *view) tells(u *unit) bool {
	for _, a := range u.run.as {
		if _, ok := v.Wanted[a.Name]; u.run.early[a] && !ok {
			return false
		}
	}
	return v.Asked || !u.asked
}

// unitKey is the key of u's manifest in a layer.
func (c *FactCache) unitKey(u *unit, layer string) (cache.Key, bool) {
	own, ok := c.Key(u.path)
	if !ok {
		return cache.Key{}, false
	}
	h := cache.NewHash("facts of a unit")
	h.String(u.path)
	h.String(own)
	if layer != "" {
		h.String(layer)
	}
	version := u.run.reg.Version()
	h.Bytes(version[:])
	for _, a := range u.run.as {
		if len(a.FactTypes) > 0 {
			h.String(a.Name)
		}
	}
	return h.Key(), true
}

// manifest returns the entry of a unit.
func (c *FactCache) manifest(key cache.Key) (*manifest, bool) {
	data, ok := c.Cache.Get(key)
	if !ok {
		return nil, false
	}
	m := new(manifest)
	return m, gob.NewDecoder(bytes.NewReader(data)).Decode(m) == nil
}

// pack returns the facts of a unit whose entry was seen or put before, nil if
// the entry is not there any more.
func (c *FactCache) pack(u *unit) *facts.Pack {
	m, ok := c.manifest(u.key)
	if !ok || m.digest() != u.digest || !c.Cache.Has(m.Body) {
		return nil
	}
	pack, err := facts.DecodePack(u.run.reg, m.Index, func() ([]byte, error) {
		content, err := c.body(m.Body)
		if err != nil {
			content, err = c.repair(u, m, err)
		}
		if err != nil {
			u.run.logf("%s: facts in the cache: %v", u.path, err)
		}
		return content, err
	})
	if err != nil {
		return nil
	}
	return pack
}

// repair makes a body again that is damaged, or gone since it was seen.
func (c *FactCache) repair(u *unit, m *manifest, why error) ([]byte, error) {
	pack := u.again()
	if pack == nil {
		return nil, why
	}
	index, content := pack.Encode()
	if !bytes.Equal(index, m.Index) {
		return nil, why // the files have changed since
	}
	body, err := packed(content)
	if err == nil && u.run.unkeptReason() == nil {
		err = c.Cache.Put(m.Body, body)
	}
	if err != nil {
		u.run.giveUpKeeping(err)
	}
	return content, nil
}

// get fills u in from the cache, apart from the facts.
func (c *FactCache) get(u *unit) bool {
	if c == nil || u.anew {
		return false
	}
	m := c.entry(u)
	if m == nil {
		return false
	}
	u.views = m.Views
	v := &view{}
	if u.asked {
		if found := c.view(u, m.Views); found != nil {
			v = found
		} else if slices.ContainsFunc(u.run.as, func(a *lint.Analyzer) bool { return u.run.early[a] }) {
			return false
		}
	}
	u.health, u.digest = m.Health, m.digest()
	for _, a := range u.run.as {
		switch {
		case !u.run.goals[a] || !u.asked:
		case !u.run.early[a]:
			wanted, known := v.Wanted[a.Name]
			u.relevant = u.relevant || wanted || !known
		default:
			for _, f := range v.Findings {
				if f.Check == a.Name {
					u.findings = append(u.findings, f)
				}
			}
		}
	}
	u.run.mu.Lock()
	u.run.reused++
	u.run.mu.Unlock()
	return true
}

// entry returns the entry of a unit that holds, nil if none does, and sets the
// unit's key.
func (c *FactCache) entry(u *unit) *manifest {
	layers := []string{""}
	if c.Layer != "" {
		layers = append(layers, c.Layer)
	}
	for _, layer := range layers {
		var ok bool
		if u.key, ok = c.unitKey(u, layer); !ok {
			return nil
		}
		if m, ok := c.manifest(u.key); ok && c.current(m) {
			return m
		}
	}
	return nil
}

// digest identifies the facts of the unit and how it fared.
func (m *manifest) digest() cache.Key {
	h := cache.NewHash("a unit")
	h.Bytes(m.Content[:])
	h.Bytes(m.Index)
	h.Bytes(m.Body[:])
	return h.Key()
}

// current reports whether the files of m are as they were.
func (c *FactCache) current(m *manifest) bool {
	if !c.Cache.Has(m.Body) {
		return false
	}
	names, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(m.Files)), maxNames))
	if err != nil || len(names) == 0 {
		return false
	}
	for _, f := range m.Missing {
		if _, err := c.Digest(f); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	sum, err := c.content(strings.Split(string(names), "\x00"))
	return err == nil && sum == m.Content
}

// maxNames bounds the size of the names of a unit's files.
const maxNames = 16 << 20

// content identifies the names and contents of files.
func (c *FactCache) content(files []string) (cache.Key, error) {
	h := cache.NewHash("files of a unit")
	for _, f := range files {
		d, err := c.Digest(f)
		if err != nil {
			return cache.Key{}, err
		}
		h.String(f)
		h.Bytes(d[:])
	}
	return h.Key(), nil
}

func (c *FactCache) body(key cache.Key) ([]byte, error) {
	data, ok := c.Cache.Get(key)
	if !ok {
		return nil, errors.New("the entry is gone or damaged")
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(data)))
}

// put keeps what summarizing made of u. A unit with a problem that an analyzer
// caused is left out, so that the problem is seen again. It reports whether the
// facts are in the cache.
func (c *FactCache) put(u *unit, wanted map[string]bool) bool {
	if c == nil || u.key == (cache.Key{}) || u.run.unkeptReason() != nil {
		return false
	}
	for _, act := range u.actions {
		if act.err != nil {
			return false
		}
	}
	index, content := u.pack.Encode()
	m := manifest{Health: u.health, Index: index, Body: cache.Sum(content)}
	m.Views = []view{{Options: c.Options, Wanted: wanted, Findings: u.findings, Asked: u.asked}}
	for _, v := range u.views {
		if v.Options != c.Options && len(m.Views) < maxViews {
			m.Views = append(m.Views, v)
		}
	}
	if !c.keepEntry(u, &m, content) {
		return false
	}
	u.digest = m.digest()
	return true
}

// keepEntry reports whether the entry is kept. A cache that cannot be written
// to is not tried again in this run: its disk is full, or it is read-only.
func (c *FactCache) keepEntry(u *unit, m *manifest, content []byte) bool {
	files := u.syntax.Files()
	m.Missing = u.syntax.Missing()
	var err error
	if m.Content, err = c.content(files); err != nil {
		u.run.logf("%s: not cached: %v", u.path, err)
		return false
	}
	if err := c.write(u.key, m, files, content); err != nil {
		u.run.logf("%s: not cached: %v", u.path, err)
		u.run.giveUpKeeping(err)
		return false
	}
	return true
}

func (r *run) unkeptReason() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unkept
}

func (r *run) giveUpKeeping(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unkept == nil {
		r.unkept = err
	}
}

func (c *FactCache) write(key cache.Key, m *manifest, files []string, content []byte) (err error) {
	if m.Files, err = packed([]byte(strings.Join(files, "\x00"))); err != nil {
		return err
	}
	if !c.Cache.Has(m.Body) {
		body, err := packed(content)
		if err != nil {
			return err
		}
		if err := c.Cache.Put(m.Body, body); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(m); err != nil {
		return err
	}
	return c.Cache.Put(key, b.Bytes())
}

func packed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
