// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kapilint/checks"
	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/driver"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/cmd/kapilint/internal/collect"
	"kapilint/cparse"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
)

// maxLoads bounds how many units that nobody named are read for the functions
// they define. What lies beyond it stays unknown, and --verbose says so.
const maxLoads = 400

// newEngine connects the analysis to the command line.
func newEngine() (Engine, error) {
	catalogue, err := checks.New(nil)
	if err != nil {
		return Engine{}, err
	}
	return Engine{Checks: catalogue.Checks, Lint: runLint, Infer: runInfer, Specs: runSpecs}, nil
}

func runLint(ctx context.Context, req *Request) (*Findings, error) {
	outside, problems, err := readContracts(req.Specs, req.Tree)
	if err != nil {
		return nil, err
	}
	suite, err := checks.New(outside)
	if err != nil {
		return nil, err
	}
	picked, options, err := sameChecks(suite.Checks, req.Checks)
	if err != nil {
		return nil, err
	}
	all := suite.All(picked)
	if req.Verbose {
		all = append(all, collect.SayOpen(suite, req.Logf))
	}
	s := newSession(req, suite)
	defer s.close()
	if s.cfg.Facts != nil {
		s.cfg.Facts.Options = options + "\x00" + digestOf(req.Specs)
		s.cfg.Facts.KeepRuns = !req.Verbose
	}
	out, err := driver.Run(ctx, s.cfg, all, driver.Request{Check: req.Files, FactsOnly: req.Facts})
	if err != nil {
		return nil, err
	}
	s.tell(out)
	if outside != nil {
		isPicked := func(check string) bool {
			return slices.ContainsFunc(picked, func(a *lint.Analyzer) bool { return a.Name == check })
		}
		out.Result.Findings = append(out.Result.Findings, specproblem.Findings(outside.APIs, problems, isPicked)...)
		slices.SortFunc(out.Result.Findings, func(a, b report.Finding) int { return report.Compare(&a, &b) })
	}
	return &Findings{Result: out.Result, Problems: out.Problems, Read: s.env.Files.Content}, nil
}

// sameChecks returns the checks of a suite that have the names of the picked
// ones, with their options, and a text that tells options apart.
func sameChecks(all, picked []*lint.Analyzer) (same []*lint.Analyzer, options string, err error) {
	for _, p := range picked {
		i := slices.IndexFunc(all, func(a *lint.Analyzer) bool { return a.Name == p.Name })
		if i < 0 {
			return nil, "", fmt.Errorf("no check is named %s", p.Name)
		}
		same = append(same, all[i])
		p.Flags.VisitAll(func(f *flag.Flag) {
			if e := all[i].Flags.Set(f.Name, f.Value.String()); e != nil && err == nil {
				err = fmt.Errorf("--%s.%s: %w", p.Name, f.Name, e)
			}
			options += p.Name + "." + f.Name + "=" + f.Value.String() + "\n"
		})
	}
	return same, options, err
}

func runInfer(ctx context.Context, req *Request) (*Contracts, error) {
	suite, err := checks.New(nil)
	if err != nil {
		return nil, err
	}
	s := newSession(req, suite)
	defer s.close()
	files := map[string]bool{}
	var check, look []string
	if len(req.Sets) > 0 {
		look = req.Files
	} else {
		check = slices.Clone(req.Files)
	}
	for _, f := range check {
		files[f] = true
	}
	wanted := map[string]bool{}
	for _, name := range req.Names {
		units, called, err := s.defining(name)
		if err != nil {
			return nil, err
		}
		check = append(check, units...)
		for _, n := range called {
			wanted[n] = true
		}
	}
	set := &specmodel.Set{}
	want := func(p entry.Point) bool {
		switch {
		case wanted[p.Name]:
			return true
		case p.Kind != specmodel.Syscall:
			return false
		}
		return files[p.At.File] || slices.ContainsFunc(s.unitsOf(p.At.File), func(u string) bool { return files[u] })
	}
	var got []*inferred.Contract
	collecting := collect.New
	if len(req.Names) == 0 {
		collecting = collect.Syscalls
	}
	collector := collecting(suite, want, func(_ entry.Point, c *inferred.Contract) { got = append(got, c) })
	out, err := driver.Run(ctx, s.cfg, append(suite.All(nil), collector), driver.Request{Check: check, Summarize: look, Link: len(req.Sets) > 0, FactsOnly: req.Facts})
	if err != nil {
		return nil, err
	}
	s.tell(out)
	r := results(suite, out)
	set.Add(apis(req, r, got)...)
	if r != nil {
		callbacks, err := contractsOfSets(req, r)
		if err != nil {
			return nil, err
		}
		set.Add(callbacks...)
	}
	set.Sort()
	contracts := &Contracts{Set: set, Units: out.Units, Problems: out.Problems, Kinds: openKinds(got)}
	if r != nil {
		contracts.Work = r.Counts()
	}
	return contracts, nil
}

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
		return kbuild.BuildIndex(req.Tree, units, req.Cache)
	})
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
			hint(name, known, func(s string) string { return s }, ""))
	}
	return units, names, nil
}

// factCache keeps facts below the user's cache directory; without one there is
// no cache.
func (s *session) factCache() *driver.FactCache {
	if s.req.Cache == "" {
		return nil
	}
	tool, err := toolDigest()
	if err != nil {
		s.req.Logf("no cache: %v", err)
		return nil
	}
	c, err := cache.Open(factsDir(s.req.Cache))
	if err != nil {
		s.req.Warnf("%v: nothing is kept for the next run", err)
		return nil
	}
	s.files = cache.OpenFiles(c, s.req.Tree.Src+"\x00"+s.req.Tree.Obj, s.req.Tree.Abs)
	return &driver.FactCache{
		Cache: c,
		Key: func(path string) (string, bool) {
			cmd, err := s.command(path)
			if err != nil {
				return "", false
			}
			return tool + " " + portable(s.req.Tree, fmt.Sprintf("%+v", *cmd)), true
		},
		Digest: s.files.Digest,
	}
}

func (s *session) close() {
	if s.files == nil {
		return
	}
	if s.unkept != nil {
		return
	}
	if err := s.files.Save(); err != nil {
		s.req.Warnf("%v: the next run has to look at all files again", err)
		return
	}
	if err := s.trim(); err != nil {
		s.req.Logf("cache: %v", err)
	}
}

// Facts that no run has asked for this long are removed, and the oldest of those
// that take more room than this. A tree with one configuration needs 0.2 GB.
const (
	cacheLife = 14 * 24 * time.Hour
	cacheSize = 4 << 30 // bytes
	trimEvery = 24 * time.Hour
)

// trim removes old facts, if nobody has today.
func (s *session) trim() error {
	if s.cfg.Facts == nil {
		return nil
	}
	stamp := filepath.Join(s.req.Cache, "trimmed")
	if st, err := os.Stat(stamp); err == nil && time.Since(st.ModTime()) < trimEvery {
		return nil
	}
	if err := os.WriteFile(stamp, nil, 0o666); err != nil {
		return err
	}
	return s.cfg.Facts.Cache.Trim(time.Now().Add(-cacheLife), cacheSize)
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

// portable returns text that names files of a tree in a form that does not
// tell where the tree lies, as long as the object directory lies in the same
// place beside it.
func portable(tree *kbuild.Tree, text string) string {
	text = strings.ReplaceAll(text, tree.Src, "<source>")
	rel, err := filepath.Rel(tree.Src, tree.Obj)
	if err != nil {
		rel = tree.Obj
	}
	return strings.ReplaceAll(text, tree.Obj, "<source>/"+filepath.ToSlash(rel))
}

// toolDigest identifies this program by its own content.
var toolDigest = sync.OnceValues(func() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(exe)
	if err != nil {
		return "", err
	}
	return cache.Sum(data).String(), nil
})

// digestOf identifies the content of files.
func digestOf(files []string) string {
	h := cache.NewHash("contracts outside the source")
	for _, f := range files {
		data, err := os.ReadFile(f)
		h.String(fmt.Sprint(f, err))
		h.Bytes(data)
	}
	return h.Key().String()
}
