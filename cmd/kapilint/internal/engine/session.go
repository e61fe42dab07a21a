// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"kapilint/cmd/kapilint/internal/suggest"

	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"kapilint/checks"
	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/driver"
	"kapilint/cparse"
	"kapilint/cparse/kbuild"
)

// maxLoads bounds how many units that nobody named are read for the functions
// they define. What lies beyond it stays unknown, and --verbose says so.
const maxLoads = 400

// session is what the units of one run share.
type session struct {
	req   *Request
	env   *cparse.Env
	cfg   *driver.Config
	files *cache.Files
	index func() (*kbuild.Index, error)

	unkept error // the cache cannot be written to, as has been said
}

func newSession(req *Request, suite *checks.Suite) *session {
	setMemory(req.Jobs)
	s := &session{req: req, env: cparse.NewEnv(req.Tree)}
	s.env.Command = s.command
	s.index = sync.OnceValues(func() (*kbuild.Index, error) {
		units, err := req.Tree.Units()
		if err != nil {
			return nil, err
		}
		index, err := kbuild.BuildIndex(req.Tree, units, req.Cache)
		if err == nil && len(req.Overlay) > 0 {
			index = index.Over(req.Overlay)
		}
		return index, err
	})
	s.env.Files.Overlay(absolute(req))
	options := cparse.Options{KeepMacros: suite.Known.Macros()}
	s.cfg = &driver.Config{
		World: s.env.World,
		Load: func(path string) (*cparse.Unit, error) {
			return cparse.Parse(s.env, path, options)
		},
		Find:     s.find,
		Workers:  req.Jobs,
		Keep:     req.Jobs,
		MaxLoads: maxLoads,
		Progress: req.Progress,
		Log:      req.Logf,
	}
	s.cfg.Facts = s.factCache()
	return s
}

// command is how a file is compiled: as make says for the file it calls for,
// as the tree says for all others.
func (s *session) command(file string) (*kbuild.Command, error) {
	if c := s.req.Command; c != nil && s.req.Tree.Abs(file) == s.req.Tree.Abs(c.File) {
		return c, nil
	}
	c, err := s.req.Tree.Command(file)
	if err == nil {
		s.req.Logf("%s: flags from %s", file, c.Source)
	}
	return c, err
}

// find names the units that may define a symbol. Where several files define it,
// the one that lies highest in the tree is meant: lib/string.c and not what the
// boot code has in its place, which is linked into no kernel.
func (s *session) find(sym cparse.Symbol) []string {
	if sym.File != "" {
		return s.unitsOf(sym.File)
	}
	index, err := s.index()
	if err != nil {
		s.req.Logf("no index of definitions: %v", err)
		return nil
	}
	defs := index.Lookup(sym.Name)
	slices.SortStableFunc(defs, func(a, b kbuild.Def) int {
		return cmp.Compare(strings.Count(a.File, "/"), strings.Count(b.File, "/"))
	})
	var strong, weak []string
	for _, d := range defs {
		switch {
		case d.Static:
		case d.Weak:
			weak = append(weak, d.Units...)
		default:
			strong = append(strong, d.Units...)
		}
	}
	return append(strong, weak...)
}

// unitsOf names the units that compile a file.
func (s *session) unitsOf(file string) []string {
	if index, err := s.index(); err == nil {
		if units := index.Units(file); len(units) > 0 {
			return units
		}
	}
	if strings.HasSuffix(file, ".c") {
		return []string{file}
	}
	return nil
}

// defining returns the units that define what a user calls name, and the names
// that contracts have for it.
func (s *session) defining(name string) (units, names []string, err error) {
	index, err := s.index()
	if err != nil {
		return nil, nil, err
	}
	for _, n := range []string{"sys_" + name, "compat_sys_" + name, name} {
		defs := index.Lookup(n)
		for _, d := range defs {
			if len(d.Units) > 0 {
				units = append(units, d.Units[0])
			}
		}
		if len(defs) > 0 {
			names = append(names, n)
		}
	}
	if len(units) == 0 {
		var known []string
		for n := range index.All() {
			known = append(known, strings.TrimPrefix(n, "sys_"))
		}
		return nil, nil, fmt.Errorf("no file that the configuration builds defines %s%s", name,
			suggest.Hint(name, known, ""))
	}
	return units, names, nil
}

// tell logs how the run went.
func (s *session) tell(out *driver.Outcome) {
	if s.unkept = out.Unkept; s.unkept != nil {
		s.req.Warnf("%v: the run goes on without keeping anything", s.unkept)
	}
	s.req.Logf("%d units parsed, %d from the cache, %d looked into for the functions they define", out.Parsed, out.Reused, len(out.Loads))
	for _, l := range out.Loads {
		if l.Err != "" {
			s.req.Logf("%s, needed for %s: %s: %s", l.Path, l.Symbol.Name, l.State, l.Err)
		}
	}
	for _, sym := range out.Refused {
		s.req.Logf("%s stays unknown: %d units were looked into, which is the limit", sym.Name, maxLoads)
	}
	for _, c := range out.Conflicts {
		s.req.Logf("%v", c)
	}
}
