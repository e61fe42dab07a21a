// SPDX-License-Identifier: GPL-2.0-only

// Package source finds the reader for a file that may hold contracts, so that
// a command can take "--spec SRC" without being told what SRC is.
//
// What a file is follows from its content: text that begins as JSON does is
// JSON, unless it is named .c or .h; an ELF file is a compiled kernel or a part
// of one; other text is C source, read for both notations. A directory stands
// for all C files, headers and JSON documents of ours below it; files that
// hold no contract are passed over. The order of files never shows. A
// directory with "list" and "specs" in it is the kapi directory of debugfs, or
// a copy, and is read as that.
package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"kapilint/specmodel"
	"kapilint/specmodel/debugfs"
	"kapilint/specmodel/elfsec"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/specjson"
)

// Load reads every contract of a file or a directory. Problems say what is
// wrong with how contracts are written; the error that nothing could be read.
// A file named on its own that holds no contract is an error, too.
func Load(path string) (*specmodel.Set, []specmodel.Problem, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, clean(err)
	}
	if info.IsDir() {
		if dir, ok := debugfs.Find(os.DirFS(path)); ok {
			apis, problems, err := debugfs.Read(path, os.DirFS(path), dir)
			set := &specmodel.Set{APIs: apis}
			set.Sort()
			return set, problems, err
		}
		return loadDir(path)
	}
	apis, problems, err := loadFile(path)
	if err != nil {
		return nil, nil, err
	}
	if len(apis) == 0 && len(problems) == 0 {
		return nil, nil, fmt.Errorf("%s: there is no contract in this file", path)
	}
	set := &specmodel.Set{APIs: apis}
	set.Sort()
	return set, problems, nil
}

// loadFile reads one file; a compiled kernel is not taken into memory whole.
func loadFile(path string) ([]*specmodel.API, []specmodel.Problem, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, clean(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, clean(err)
	}
	head := make([]byte, elfsec.HeadSize)
	if n, _ := f.ReadAt(head, 0); info.Mode().IsRegular() && elfsec.Sniff(head[:n]) {
		return elfsec.Read(path, f, info.Size())
	}
	src, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, clean(err)
	}
	return Read(path, src)
}

// clean makes "open x: no such file" into "x: no such file".
func clean(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", pe.Path, pe.Err)
	}
	return err
}

// Read returns the contracts in the content of one file; name is used in
// positions. The error says that the content is of no kind that can be read.
func Read(name string, src []byte) ([]*specmodel.API, []specmodel.Problem, error) {
	switch {
	case isJSON(name, src):
		apis, problems := specjson.Read(name, src)
		return apis, problems, nil
	case elfsec.Sniff(src):
		return elfsec.Read(name, bytes.NewReader(src), int64(len(src)))
	case bytes.IndexByte(src, 0) >= 0:
		return nil, nil, fmt.Errorf("%s: this is a binary file, and neither C source, JSON nor a compiled kernel", name)
	}
	apis, problems := kerneldoc.ReadFile(name, src)
	more, moreProblems := macro.ReadFile(name, src)
	apis, problems = append(apis, more...), append(problems, moreProblems...)
	slices.SortStableFunc(apis, func(a, b *specmodel.API) int { return cmp.Compare(a.Pos.Line, b.Pos.Line) })
	slices.SortStableFunc(problems, func(a, b specmodel.Problem) int { return cmp.Compare(a.Pos.Line, b.Pos.Line) })
	return apis, problems, nil
}

// isJSON looks at the first byte; a fragment of C may begin with it, too.
func isJSON(name string, src []byte) bool {
	if ext := filepath.Ext(name); ext == ".c" || ext == ".h" {
		return false
	}
	src = bytes.TrimLeft(src, " \t\r\n")
	return bytes.HasPrefix(src, []byte("{")) || bytes.HasPrefix(src, []byte("["))
}

// ErrorEntries returns the edits that add errors to a contract in the
// notation that it is written in. It fails if the contract stands in no file
// that can be edited, or has no place for them.
func ErrorEntries(a *specmodel.API, entries ...specmodel.ErrorEntry) ([]specmodel.Edit, error) {
	switch a.Origin {
	case specmodel.FromKernelDoc:
		return kerneldoc.ErrorEntries(a, entries...)
	case specmodel.FromMacro:
		return macro.ErrorEntries(a, entries...)
	}
	return nil, fmt.Errorf("%s: a contract from %s cannot be edited", a.Name, a.Origin)
}

// A result is what one file of a directory holds.
type result struct {
	apis     []*specmodel.API
	problems []specmodel.Problem
	err      error
}

func loadDir(dir string) (*specmodel.Set, []specmodel.Problem, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return clean(err)
		}
		if d.IsDir() && path != dir && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		switch filepath.Ext(path) {
		case ".c", ".h", ".json":
			if d.Type().IsRegular() {
				paths = append(paths, path)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	results := make([]result, len(paths))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				results[i] = loadOne(paths[i])
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	set := &specmodel.Set{}
	var problems []specmodel.Problem
	for _, r := range results {
		if r.err != nil {
			return nil, nil, r.err
		}
		set.Add(r.apis...)
		problems = append(problems, r.problems...)
	}
	set.Sort()
	return set, problems, nil
}

func loadOne(path string) result {
	src, err := os.ReadFile(path)
	if err != nil {
		return result{err: clean(err)}
	}
	if filepath.Ext(path) == ".json" && !bytes.Contains(src, []byte(`"kapilint.spec/`)) {
		return result{}
	}
	apis, problems, err := Read(path, src)
	if err != nil {
		return result{} // a binary file with the name of a source
	}
	return result{apis: apis, problems: problems}
}
