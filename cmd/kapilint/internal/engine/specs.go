// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
	"kapilint/specmodel/debugfs"
	"kapilint/specmodel/merge"
	"kapilint/specmodel/source"
)

func runSpecs(_ context.Context, req *Request) (*Contracts, error) {
	set, problems, err := readContracts(req.Specs, req.Tree)
	if err != nil {
		return nil, err
	}
	out := &Contracts{Set: set, Problems: BadProblems(problems)}
	if len(req.Specs) > 1 {
		merged, differences := merge.Set(set.APIs)
		out.Set = &specmodel.Set{APIs: merged}
		for _, d := range differences {
			out.Problems = append(out.Problems, printed(d.Problem()))
		}
	}
	return out, nil
}

// readContracts reads the contracts of files, of all files below directories,
// of kernels that were built, and of debugfs, and what is wrong with how they
// are written. A file that is no source of contracts is an error.
func readContracts(sources []string, tree *kbuild.Tree) (*specmodel.Set, []specmodel.Problem, error) {
	set := &specmodel.Set{}
	var problems []specmodel.Problem
	for _, src := range sources {
		files, err := sourceFiles(src)
		if err != nil {
			return nil, nil, err
		}
		if files == nil {
			more, found, err := source.Load(src)
			if err != nil {
				return nil, nil, err
			}
			set.Add(more.APIs...)
			problems = append(problems, found...)
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
			apis, found, err := source.Read(name, text)
			if err != nil {
				return nil, nil, err
			}
			set.Add(apis...)
			problems = append(problems, found...)
			if len(apis) == 0 && file == src {
				return nil, nil, fmt.Errorf("%s: %s", src, why(found))
			}
		}
	}
	return set, problems, nil
}

// why says why a file gave no contract.
func why(problems []specmodel.Problem) string {
	if len(problems) == 0 {
		return "no contract in it"
	}
	if p := problems[0]; p.Pos.IsValid() {
		return fmt.Sprintf("line %d: %s", p.Pos.Line, p.Message)
	}
	return problems[0].Message
}

// sourceFiles returns the files of C or JSON that a source stands for; none for
// a source that is read as a whole: a kernel or object file, or debugfs.
func sourceFiles(src string) ([]string, error) {
	st, err := os.Stat(src)
	if err != nil {
		return nil, fmt.Errorf("%s: no such file or directory", src)
	}
	if !st.IsDir() {
		if !source.IsSource(src) {
			return nil, nil
		}
		return []string{src}, nil
	}
	if _, ok := debugfs.Find(os.DirFS(src)); ok {
		return nil, nil
	}
	var files []string
	err = filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && source.IsSource(path) {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no %s file in it", src, strings.Join(source.Extensions(), ", "))
	}
	return files, err
}

// BadProblems are the problems that make a contract unusable, as the command
// line prints them.
func BadProblems(problems []specmodel.Problem) []report.Problem {
	var out []report.Problem
	for _, p := range problems {
		if p.Severity == specmodel.Bad {
			out = append(out, printed(p))
		}
	}
	return out
}

// printed is a problem as the command line prints it.
func printed(p specmodel.Problem) report.Problem {
	return report.Problem{
		Place:   report.Place{File: p.Pos.File, Line: p.Pos.Line, Col: p.Pos.Col},
		Item:    p.Symbol,
		Message: p.Message,
	}
}
