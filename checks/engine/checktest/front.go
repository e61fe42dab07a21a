// SPDX-License-Identifier: GPL-2.0-only

package checktest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/cparse"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
	"kapilint/specmodel/source"
)

// front is a tree on disk and the front end over it.
type front struct {
	env     *cparse.Env
	options cparse.Options
	index   *kbuild.Index
}

// newFront writes files into dir, over the fake kernel unless it is not wanted.
func newFront(dir string, files map[string][]byte, headers bool, options cparse.Options) (*front, error) {
	if headers {
		kernel, err := fakeKernel()
		if err != nil {
			return nil, err
		}
		if err := copyKernel(dir, kernel); err != nil {
			return nil, err
		}
	} else {
		for name, text := range map[string]string{"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", ".config": "CONFIG_X86_64=y\n"} {
			if err := put(dir, name, []byte(text)); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, "include"), 0o777); err != nil {
			return nil, err
		}
	}
	for name, data := range files {
		if err := put(dir, name, data); err != nil {
			return nil, err
		}
	}
	tree, err := kbuild.FindTree(dir, kbuild.Options{Src: dir})
	if err != nil {
		return nil, err
	}
	units := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(n string) bool { return !strings.HasSuffix(n, ".c") })
	cache, err := os.MkdirTemp(dir, "index")
	if err != nil {
		return nil, err
	}
	index, err := kbuild.BuildIndex(tree, units, cache)
	if err != nil {
		return nil, err
	}
	return &front{cparse.NewEnv(tree), options, index}, nil
}

func put(dir, name string, data []byte) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%s: not a name inside the tree", name)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

// fakeKernel finds testdata/kernel beside the go.mod above the test.
func fakeKernel() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata", "kernel"), nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// copyKernel copies everything but C files.
func copyKernel(dir, kernel string) error {
	return filepath.WalkDir(kernel, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".c") {
			return err
		}
		name, err := filepath.Rel(kernel, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return put(dir, filepath.ToSlash(name), data)
	})
}

func (f *front) load(path string) (*cparse.Unit, error) { return cparse.Parse(f.env, path, f.options) }

// find names the units that define a symbol.
func (f *front) find(sym cparse.Symbol) []string {
	if sym.File != "" {
		return f.index.Units(sym.File)
	}
	var strong, weak []string
	for _, d := range f.index.Lookup(sym.Name) {
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

// readSpecs reads the contracts from outside.
func readSpecs(files map[string][]byte) (*specmodel.Set, error) {
	set := &specmodel.Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		apis, problems, err := source.Read(name, files[name])
		if err != nil {
			return nil, err
		}
		if len(problems) > 0 {
			return nil, fmt.Errorf("%v", problems)
		}
		set.Add(apis...)
	}
	return set, nil
}
