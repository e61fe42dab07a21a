// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/checks/report"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/specjson"
)

func runSpecs(_ context.Context, req *Request) (*Contracts, error) {
	set, problems, err := readContracts(req.Specs, req.Tree)
	if err != nil {
		return nil, err
	}
	return &Contracts{Set: set, Problems: badProblems(problems)}, nil
}

// sourceKinds are the endings of files that hold contracts.
var sourceKinds = []string{".c", ".h", ".json"}

// readContracts reads the contracts of files and of all files below
// directories, and what is wrong with how they are written. A file that is no
// source of contracts is an error.
func readContracts(sources []string, tree *kbuild.Tree) (*specmodel.Set, []specmodel.Problem, error) {
	set := &specmodel.Set{}
	var problems []specmodel.Problem
	for _, source := range sources {
		files, err := sourceFiles(source)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, nil, err
			}
			name := file
			if tree != nil {
				if rel, ok := tree.Rel(file); ok {
					name = rel
				}
			}
			apis, found := readSource(name, text)
			set.Add(apis...)
			problems = append(problems, found...)
			if len(apis) == 0 && file == source {
				return nil, nil, fmt.Errorf("%s: %s", source, why(found))
			}
		}
	}
	return set, problems, nil
}

func readSource(name string, text []byte) ([]*specmodel.API, []specmodel.Problem) {
	if strings.HasSuffix(name, ".json") {
		return specjson.Read(name, text)
	}
	apis, problems := kerneldoc.ReadFile(name, text)
	more, moreProblems := macro.ReadFile(name, text)
	return append(apis, more...), append(problems, moreProblems...)
}

// why says why a file gave no contract.
func why(problems []specmodel.Problem) string {
	for _, p := range problems {
		if p.Pos.IsValid() {
			return fmt.Sprintf("line %d: %s", p.Pos.Line, p.Message)
		}
		return p.Message
	}
	return "no contract in it"
}

func sourceFiles(source string) ([]string, error) {
	st, err := os.Stat(source)
	if err != nil {
		return nil, fmt.Errorf("%s: no such file or directory", source)
	}
	known := func(path string) bool { return slices.Contains(sourceKinds, filepath.Ext(path)) }
	if !st.IsDir() {
		if !known(source) {
			return nil, fmt.Errorf("%s: contracts are read from %s files", source, strings.Join(sourceKinds, ", "))
		}
		return []string{source}, nil
	}
	var files []string
	err = filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && known(path) {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no %s file in it", source, strings.Join(sourceKinds, ", "))
	}
	return files, err
}

// badProblems are the problems that make a contract unusable, as the command
// line prints them.
func badProblems(problems []specmodel.Problem) []report.Problem {
	var out []report.Problem
	for _, p := range problems {
		if p.Severity == specmodel.Bad {
			out = append(out, report.Problem{
				Place:   report.Place{File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col},
				Item:    p.Symbol,
				Message: p.Message,
			})
		}
	}
	return out
}
