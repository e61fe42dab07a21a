// SPDX-License-Identifier: GPL-2.0-only

// Package engine connects the analysis to the command line.
//
// A command resolves what was asked into a [Request]: a tree, units, names,
// checks, and where to keep what can be used again. The functions of an
// [Engine] answer it: findings, contracts that the code has, contracts that
// sources declare. Each opens a session, which finds out how units are
// compiled, which unit defines a function, and what earlier runs have kept, and
// gives that to the driver. Nothing here prints; what a person should be told
// on the way goes to the functions of the request.
package engine

import (
	"context"

	"kapilint/checks"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse/flow"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
)

// Engine is the analysis as the command line sees it.
type Engine struct {
	// Checks is the catalogue: every check there is, sorted by name.
	Checks []*lint.Analyzer

	// Lint looks at the request's files with its checks.
	Lint func(context.Context, *Request) (*Findings, error)

	// Infer computes the contracts of the request's files, and of the
	// functions and system calls that it names.
	Infer func(context.Context, *Request) (*Contracts, error)

	// Side looks at the request's files as one side of a comparison: findings,
	// and the contracts of those of the named interfaces that the files define.
	Side func(context.Context, *Request) (*Side, error)

	// Specs reads the contracts that the request's sources declare.
	Specs func(context.Context, *Request) (*Contracts, error)
}

// Request is what a command line asks for, resolved.
type Request struct {
	Tree      *kbuild.Tree      // nil only where Specs reads no source of a tree
	Command   *kbuild.Command   // flags that make gave to CHECK=; nil to find them for each file
	Files     []string          // units, slash-separated, relative to the tree
	Names     []string          // interfaces to infer, wherever they are defined
	Only      []string          // for Side: what else checks look at; if there is none, everything
	Overlay   map[string][]byte // text that stands for that of a file of the tree, by name; nil for a file that is gone
	Sets      []string          // members to infer what calls through them can reach, of what Files put there; those are then not inferred themselves
	Specs     []string          // contracts outside the source (--spec), absolute; the sources to read for Specs
	Checks    []*lint.Analyzer  // of the catalogue, for Lint
	Jobs      int               // how many units at once
	Cache     string            // directory of what is kept from run to run; "" for none
	Facts     bool              // only analyse and keep what becomes of it: report nothing
	Callbacks bool              // infer errors that come from callbacks too
	Verbose   bool              // somebody reads what Logf is told

	Logf     func(format string, args ...any) // what --verbose tells; never nil
	Warnf    func(format string, args ...any) // what everybody should know; never nil
	Progress func(done, total, found int)     // may be called concurrently; never nil
}

// Findings is what Lint has found, and the text that it looked at.
type Findings struct {
	report.Result
	Problems []report.Problem // of the run, not of one unit: it could not do all that was asked
	Read     func(file string) ([]byte, error)
}

// Contracts is a set of contracts and how the units that it was read or
// computed from fared.
type Contracts struct {
	Set      *specmodel.Set
	Units    []report.Unit
	Problems []report.Problem
	Work     flow.Counts       // what inferring them took
	Kinds    map[string]string // of what keeps inferred ones open, by its text
}

// New returns the engine that analyses, with the catalogue of checks.
func New() (Engine, error) {
	catalogue, err := checks.New(nil)
	if err != nil {
		return Engine{}, err
	}
	return Engine{Checks: catalogue.Checks, Lint: runLint, Infer: runInfer, Side: runSide, Specs: runSpecs}, nil
}
