// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"cmp"
	"maps"
	"path"
	"slices"

	"kapilint/cparse/kbuild/defs"
)

// Over returns the index of a tree in which some files have another text, by
// name relative to the source directory; nil stands for a file that is gone. A C
// file that the index does not have becomes a unit.
func (x *Index) Over(text map[string][]byte) *Index {
	files := map[string]*indexed{}
	units := map[string]bool{}
	for _, f := range x.files {
		files[f.name] = f
		if slices.Contains(x.units[f.name], f.name) {
			units[f.name] = true
		}
	}
	for name, src := range text {
		if path.Ext(name) != ".c" {
			continue
		}
		if src == nil {
			delete(files, name)
			delete(units, name)
			continue
		}
		if files[name] == nil {
			units[name] = true
		}
		out := defs.Scan(src)
		f := &indexed{name: name, size: int64(len(src)), defs: out.Defs}
		for _, inc := range out.Includes {
			for _, n := range []string{path.Join(path.Dir(name), inc), path.Clean(inc)} {
				if _, there := text[n]; there || files[n] != nil {
					f.includes = append(f.includes, n)
					break
				}
			}
		}
		files[name] = f
	}
	over := &Index{files: slices.SortedFunc(maps.Values(files), func(a, b *indexed) int { return cmp.Compare(a.name, b.name) })}
	over.link(slices.Sorted(maps.Keys(units)))
	return over
}

// Files returns the names of all files that are built or included, sorted.
func (x *Index) Files() []string {
	out := make([]string, len(x.files))
	for i, f := range x.files {
		out[i] = f.name
	}
	return out
}
