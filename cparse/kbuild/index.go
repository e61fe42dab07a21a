// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"kapilint/cparse/kbuild/defs"
)

// Def is a place where a name may be defined. The index that it comes from
// reads text only, so it may stand in a branch that is not compiled.
type Def struct {
	File   string // relative to the source directory
	Line   int
	Kind   defs.Kind
	Static bool
	Weak   bool
	Units  []string // units that compile File: itself if it is one, then those that include it
}

// Index says which file defines a function, a system call (sys_name,
// compat_sys_name) or an object with external linkage and an initializer. It
// covers units and the C files that they include, and is immutable.
type Index struct {
	files  []*indexed
	byName map[string][]ref
	units  map[string][]string // of each file
}

// ref is definition def of file file.
type ref struct{ file, def int32 }

// indexed is one file with what it was when it was read.
type indexed struct {
	name        string // relative to the source directory
	size, mtime int64
	includes    []string // C files, relative to the source directory
	defs        []defs.Def
}

// maxSource bounds how much of a C file is read for the index.
const maxSource = 64 << 20

// BuildIndex reads units, file names relative to the source directory of t. In
// cacheDir it keeps what it has read for the next time; a file is read again
// only if its size or time of modification differs. An empty cacheDir stands
// for kapilint below os.UserCacheDir; a cache that cannot be read or written is
// done without. A unit that cannot be read is an error.
func BuildIndex(t *Tree, units []string, cacheDir string) (*Index, error) {
	cache := cacheName(t, cacheDir)
	old := readCache(cache)
	b := indexBuilder{tree: t, old: old, files: map[string]*indexed{}}
	if err := b.read(units); err != nil {
		return nil, err
	}
	x := &Index{files: slices.SortedFunc(maps.Values(b.files), func(a, b *indexed) int { return cmp.Compare(a.name, b.name) })}
	x.link(units)
	if b.changed.Load() || len(old) != len(x.files) {
		writeCache(cache, x.files)
	}
	return x, nil
}

type indexBuilder struct {
	tree    *Tree
	old     map[string]*indexed
	files   map[string]*indexed
	changed atomic.Bool
}

// read reads files and, round by round, the C files that they include.
func (b *indexBuilder) read(names []string) error {
	for round := 0; len(names) > 0; round++ {
		names = slices.Compact(slices.Sorted(slices.Values(names)))
		got := make([]*indexed, len(names))
		errs := make([]error, len(names))
		var next atomic.Int64
		var wg sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), len(names)) {
			wg.Go(func() {
				var buf []byte
				for {
					i := int(next.Add(1)) - 1
					if i >= len(names) {
						return
					}
					got[i], buf, errs[i] = b.one(names[i], buf)
				}
			})
		}
		wg.Wait()
		var more []string
		for i, f := range got {
			if errs[i] != nil {
				if round == 0 {
					return errs[i]
				}
				continue
			}
			b.files[f.name] = f
			more = append(more, f.includes...)
		}
		names = slices.DeleteFunc(more, func(n string) bool { return b.files[n] != nil })
	}
	return nil
}

// one returns a file from the cache or reads it into buf, which it returns
// for the next one.
func (b *indexBuilder) one(name string, buf []byte) (*indexed, []byte, error) {
	full := b.tree.Abs(name)
	fi, err := os.Stat(full)
	if err != nil {
		return nil, buf, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxSource {
		return nil, buf, fmt.Errorf("%s: not a C file", name)
	}
	f := b.old[name]
	if f != nil && f.size == fi.Size() && f.mtime == fi.ModTime().UnixNano() {
		return f, buf, nil
	}
	b.changed.Store(true)
	if buf, err = readInto(full, buf, fi.Size()); err != nil {
		return nil, buf, err
	}
	out := defs.Scan(buf)
	f = &indexed{name: name, size: fi.Size(), mtime: fi.ModTime().UnixNano(), defs: out.Defs}
	for _, inc := range out.Includes {
		if n := b.included(name, inc); n != "" {
			f.includes = append(f.includes, n)
		}
	}
	return f, buf, nil
}

func readInto(name string, buf []byte, size int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return buf, err
	}
	defer f.Close()
	buf = slices.Grow(buf[:0], int(size))[:size]
	n := 0
	for n < len(buf) {
		k, err := f.Read(buf[n:])
		n += k
		if err != nil || k == 0 {
			break
		}
	}
	return buf[:n], nil
}

// included resolves #include "inc" in file: beside the file, or in the source
// directory.
func (b *indexBuilder) included(file, inc string) string {
	for _, name := range []string{path.Join(path.Dir(file), inc), path.Clean(inc)} {
		if name == ".." || len(name) > 2 && name[:3] == "../" || path.IsAbs(name) {
			continue
		}
		if fi, err := os.Stat(filepath.Join(b.tree.Src, filepath.FromSlash(name))); err == nil && fi.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// link makes the tables of names and of units.
func (x *Index) link(units []string) {
	n := 0
	at := make(map[string]int, len(x.files))
	for i, f := range x.files {
		at[f.name] = i
		n += len(f.defs)
	}
	x.byName = make(map[string][]ref, n)
	refs := make([]ref, n)
	for i, f := range x.files {
		for j := range f.defs {
			name := f.defs[j].Name
			old := x.byName[name]
			if old == nil {
				refs[0] = ref{int32(i), int32(j)}
				x.byName[name], refs = refs[:1:1], refs[1:]
				continue
			}
			x.byName[name] = append(old, ref{int32(i), int32(j)})
		}
	}
	x.units = make(map[string][]string, len(units))
	for _, u := range units {
		x.units[u] = []string{u}
	}
	for _, u := range slices.Sorted(slices.Values(units)) {
		seen := map[string]bool(nil)
		var visit func(name string)
		visit = func(name string) {
			i, ok := at[name]
			if !ok {
				return
			}
			for _, inc := range x.files[i].includes {
				if inc == u || seen[inc] {
					continue
				}
				if seen == nil {
					seen = map[string]bool{}
				}
				seen[inc] = true
				x.units[inc] = append(x.units[inc], u)
				visit(inc)
			}
		}
		visit(u)
	}
}

// Lookup returns the definitions of name, by file and line.
func (x *Index) Lookup(name string) []Def {
	refs := x.byName[name]
	if len(refs) == 0 {
		return nil
	}
	out := make([]Def, len(refs))
	for i, r := range refs {
		out[i] = x.def(r)
	}
	return out
}

func (x *Index) def(r ref) Def {
	f := x.files[r.file]
	d := &f.defs[r.def]
	return Def{File: f.name, Line: d.Line, Kind: d.Kind, Static: d.Static, Weak: d.Weak, Units: x.units[f.name]}
}

// All returns all definitions with their names, by file and line.
func (x *Index) All() iter.Seq2[string, Def] {
	return func(yield func(string, Def) bool) {
		for i, f := range x.files {
			for j := range f.defs {
				if !yield(f.defs[j].Name, x.def(ref{int32(i), int32(j)})) {
					return
				}
			}
		}
	}
}

// Units returns the units that compile file: itself if it is one, then those
// that include it.
func (x *Index) Units(file string) []string { return x.units[file] }

// Len returns the number of files and of definitions.
func (x *Index) Len() (files, definitions int) {
	for _, f := range x.files {
		definitions += len(f.defs)
	}
	return len(x.files), definitions
}
