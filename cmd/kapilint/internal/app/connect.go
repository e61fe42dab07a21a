// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kapilint/checks"
	"kapilint/checks/collect"
	"kapilint/checks/driver"
	"kapilint/checks/lint"
	"kapilint/checks/report"
	"kapilint/cparse"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
	"kapilint/specmodel/source"
)

// newEngine wires the analysis to the command line.
func newEngine() Engine {
	suite, err := checks.New(nil)
	if err != nil {
		panic(err) // the tables are part of the program, and tested
	}
	return Engine{Checks: suite.Checks, Lint: lintUnits, Infer: inferUnits, Specs: readSpecs}
}

// maxLoads bounds the units that are read only because a callee is defined in
// them. It is far above what the deepest system calls need.
const maxLoads = 1500

// session is one run of the driver.
type session struct {
	req   *Request
	suite *checks.Suite
	env   *cparse.Env
	index func() (*kbuild.Index, error)
}

func newSession(req *Request, outside *specmodel.Set) (*session, error) {
	suite, err := checks.New(outside)
	if err != nil {
		return nil, err
	}
	s := &session{req: req, suite: suite, env: cparse.NewEnv(req.Tree)}
	if req.Command != nil {
		s.env.Command = func(file string) (*kbuild.Command, error) {
			if file == req.Command.File {
				return req.Command, nil
			}
			return req.Tree.Command(file)
		}
	}
	s.index = sync.OnceValues(func() (*kbuild.Index, error) {
		units, err := req.Tree.Units()
		if err != nil {
			return nil, err
		}
		return kbuild.BuildIndex(req.Tree, units, "")
	})
	return s, nil
}

// find names the units that define a symbol.
func (s *session) find(sym cparse.Symbol) []string {
	if sym.File != "" {
		if strings.HasSuffix(sym.File, ".c") {
			if x, err := s.index(); err == nil {
				return x.Units(sym.File)
			}
		}
		return nil
	}
	x, err := s.index()
	if err != nil {
		return nil
	}
	var strong, weak []string
	for _, d := range x.Lookup(sym.Name) {
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

func (s *session) run(ctx context.Context, as []*lint.Analyzer, files []string) (*driver.Outcome, error) {
	var done sync.Map
	total := len(files)
	cfg := &driver.Config{
		World: s.env.World,
		Load: func(path string) (*cparse.Unit, error) {
			u, err := cparse.Parse(s.env, path, cparse.Options{KeepMacros: s.suite.Known.Macros()})
			if slices.Contains(files, path) {
				done.Store(path, true)
				n := 0
				done.Range(func(any, any) bool { n++; return true })
				s.req.Progress(n, total)
			}
			return u, err
		},
		Find: s.find, Workers: s.req.Jobs, Keep: 2, MaxLoads: maxLoads, Log: s.req.Logf,
	}
	return driver.Run(ctx, cfg, s.suite.All(as), driver.Request{Check: files})
}

func lintUnits(ctx context.Context, req *Request) (*Findings, error) {
	outside, problems, err := loadSpecs(req)
	if err != nil {
		return nil, err
	}
	s, err := newSession(req, outside)
	if err != nil {
		return nil, err
	}
	var picked []*lint.Analyzer
	for _, a := range s.suite.Checks {
		if slices.ContainsFunc(req.Checks, func(b *lint.Analyzer) bool { return a.Name == b.Name }) {
			picked = append(picked, a)
		}
	}
	out, err := s.run(ctx, picked, req.Files)
	if err != nil {
		return nil, err
	}
	res := &Findings{Result: out.Result, Read: s.env.Files.Content}
	for _, p := range problems {
		res.Findings = append(res.Findings, specProblem(p))
	}
	res.Findings = report.Sort(res.Findings)
	return res, nil
}

// specProblem is a finding about a contract outside the source.
func specProblem(p specmodel.Problem) report.Finding {
	severity := report.Warning
	if p.Severity == specmodel.Bad {
		severity = report.Error
	}
	return report.Finding{
		Check: "specsyntax", Severity: severity, Message: p.Message, Symbol: p.Symbol, Key: p.ID,
		Place: report.Place{
			File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col, EndLine: p.Pos.Line, EndCol: p.Pos.Col,
			Offset: p.Pos.Offset, EndOffset: p.Pos.EndOffset,
		},
	}
}

// loadSpecs reads the contracts kept outside the source.
func loadSpecs(req *Request) (*specmodel.Set, []specmodel.Problem, error) {
	set := &specmodel.Set{}
	var problems []specmodel.Problem
	for _, path := range req.Specs {
		more, bad, err := source.Load(path)
		if err != nil {
			return nil, nil, fmt.Errorf("--spec: %w", err)
		}
		set.Add(more.APIs...)
		problems = append(problems, slices.DeleteFunc(bad, func(p specmodel.Problem) bool { return p.Severity == specmodel.Note })...)
	}
	return set, problems, nil
}

func inferUnits(ctx context.Context, req *Request) (*Contracts, error) {
	s, err := newSession(req, nil)
	if err != nil {
		return nil, err
	}
	sink := &collect.Sink{Functions: map[string]map[string]bool{}}
	files := slices.Clone(req.Files)
	wanted := map[string]bool{}
	for _, name := range req.Names {
		units, err := s.locate(name, sink, wanted)
		if err != nil {
			return nil, err
		}
		files = append(files, units...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	out, err := s.run(ctx, []*lint.Analyzer{collect.New(s.suite.Outcomes, sink)}, files)
	if err != nil {
		return nil, err
	}
	got := &Contracts{Set: &specmodel.Set{}, Units: out.Units}
	for _, c := range sink.Found() {
		if slices.Contains(req.Files, c.Summary.File) || len(req.Names) == 0 || wanted[c.API.Name] {
			got.Set.Add(c.API)
		}
	}
	got.Set.Sort()
	for _, l := range out.Loads {
		if l.State != report.Typed {
			req.Logf("%s is %s: %s", l.Path, l.State, l.Err)
		}
	}
	req.Logf("%d units parsed, %d of them for callees", out.Parsed, len(out.Loads))
	return got, nil
}

// locate returns the units that define the function or system call name, and
// asks sink for it.
func (s *session) locate(name string, sink *collect.Sink, wanted map[string]bool) ([]string, error) {
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	var units []string
	for _, n := range []string{name, "sys_" + name, "compat_sys_" + name} {
		for _, d := range x.Lookup(n) {
			units = append(units, d.Units...)
			wanted[n] = true
			for _, u := range d.Units {
				if sink.Functions[u] == nil {
					sink.Functions[u] = map[string]bool{}
				}
				sink.Functions[u][n] = true
			}
		}
		if len(units) > 0 {
			return units, nil
		}
	}
	return nil, fmt.Errorf("no unit of this configuration defines %s", name)
}

func readSpecs(_ context.Context, req *Request) (*Contracts, error) {
	set, problems, err := loadSpecs(req)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p.Error())
	}
	for _, a := range set.APIs {
		a.Pos.File = filepath.ToSlash(a.Pos.File)
	}
	set.Sort()
	return &Contracts{Set: set}, nil
}
