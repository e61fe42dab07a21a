// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Command says how file, absolute or relative to the source directory, is
// compiled. A file that the configuration does not build, and a header, get
// what their directory's makefile would give them.
func (t *Tree) Command(file string) (*Command, error) {
	full := t.Abs(file)
	if e, ok := t.db()[full]; ok {
		if c := e.command(); c != nil {
			return t.finish(c, SourceDatabase), nil
		}
	}
	rel, inside := t.Rel(full)
	if inside && strings.HasSuffix(rel, ".c") {
		if c := t.readCmd(rel); c != nil {
			return c, nil
		}
	}
	b, err := t.build()
	if err != nil {
		return nil, err
	}
	var c *Command
	if inside {
		c = b.command(rel)
	}
	if c == nil {
		c = t.plainCommand(rel)
	}
	c.File = full
	return t.finish(c, SourceTree), nil
}

// Builds tells whether the configuration compiles a C file, as far as its
// makefiles or an earlier build say; a tree without makefiles builds all.
func (t *Tree) Builds(file string) bool {
	full := t.Abs(file)
	if _, ok := t.db()[full]; ok {
		return true
	}
	rel, inside := t.Rel(full)
	if !inside || t.readCmd(rel) != nil {
		return inside
	}
	b, err := t.build()
	if err != nil {
		return true
	}
	u := b.find(rel)
	return u == nil || !u.unbuilt
}

// Complete adds to the arguments of CHECK= what only the tree knows, which
// Predefined needs: the machine and the version of the compiler.
func (t *Tree) Complete(c *Command) { t.finish(c, c.Source) }

// command returns the command that the tree's makefiles give for a file, or
// nil if they do not say.
func (b *build) command(file string) *Command {
	u := b.find(file)
	if u == nil {
		return nil
	}
	flags, err := u.flags()
	if err != nil || strings.TrimSpace(flags) == "" {
		return nil
	}
	c, err := ParseArgs(append(SplitCommand(flags), file), b.tree.Obj)
	if err != nil {
		return nil
	}
	return c
}

// find returns the unit of a file. The directories that a build visits on the
// way to the file are asked first, the deepest first of all; then all of the
// build, and then directories that no makefile names. A file that nothing
// compiles is taken for a part of its directory.
func (b *build) find(file string) *unit {
	chain, visited := b.chain(path.Dir(file))
	if len(chain) == 0 {
		return nil
	}
	if path.Ext(file) == ".c" {
		if u := compiled(chain[:visited], file); u != nil {
			return u
		}
		if w, err := b.tree.walked(); err == nil && w.units[file] != nil {
			return w.units[file]
		}
		if u := compiled(chain[visited:], file); u != nil {
			return u
		}
	}
	d := chain[len(chain)-1]
	stem := strings.TrimSuffix(file, path.Ext(file))
	if d.name != "." {
		if rest, ok := strings.CutPrefix(stem, d.name+"/"); ok {
			stem = rest
		}
	}
	return &unit{file: file, dir: d, target: d.target(stem + ".o"), unbuilt: true}
}

func compiled(dirs []*dir, file string) *unit {
	for _, d := range slices.Backward(dirs) {
		if u := d.units()[file]; u != nil {
			return u
		}
	}
	return nil
}

// chain returns the directories with a makefile from the top to name, each
// seen as the one before it would visit it, and how many of them a build does
// visit.
func (b *build) chain(name string) (dirs []*dir, visited int) {
	if b.makefile(".") == "" {
		return nil, 0
	}
	d := b.dir(".", b.env)
	dirs, visited = []*dir{d}, 1
	for d.name != name {
		next := ""
		for _, s := range d.subdirs {
			if within(name, s.name) && len(s.name) > len(next) {
				next = s.name
			}
		}
		listed := next != "" && next != d.name
		if !listed {
			next = b.deeper(d.name, name)
		}
		if next == "" || next == d.name {
			break
		}
		d = b.dir(next, d.sub)
		dirs = append(dirs, d)
		if listed && visited == len(dirs)-1 {
			visited++
		}
	}
	return dirs, visited
}

// deeper returns the first directory below from, on the way to name, that has
// a makefile of its own, or "".
func (b *build) deeper(from, name string) string {
	at := ""
	for part := range strings.SplitSeq(name, "/") {
		at = path.Join(at, part)
		if from != "." && !strings.HasPrefix(at, from+"/") {
			continue
		}
		if b.makefile(at) != "" {
			return at
		}
	}
	return ""
}

func within(name, dir string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

// units returns what the makefile of this directory compiles, by file.
func (d *dir) units() map[string]*unit {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.own == nil {
		w := &walker{build: d.build, walk: &walk{units: map[string]*unit{}}, seen: map[goal]bool{}, flat: true}
		w.directory(d.name, d.env, true)
		d.own = w.units
	}
	return d.own
}

// flags returns the c_flags of scripts/Makefile.lib for the unit, as shell
// text.
func (u *unit) flags() (string, error) {
	d := u.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.lib {
		d.lib = true
		lib := filepath.Join(d.build.tree.Src, "scripts/Makefile.lib")
		d.mk.Include(filepath.ToSlash(lib))
	}
	d.mk.Refill()
	as := d.part[u.target]
	if u.unbuilt {
		as = roleBuiltin
	}
	stem := strings.TrimSuffix(strings.TrimPrefix(u.target, d.name+"/"), path.Ext(u.target))
	base := path.Base(u.target)
	multi := slices.Clone(d.multi[u.target])
	slices.Sort(multi)
	set := map[string]string{
		"@": u.target, "@F": base, "@D": path.Dir(u.target),
		"*": stem, "*F": path.Base(stem),
		"<":               u.file,
		"modname-multi":   strings.Join(slices.Compact(multi), " "),
		"part-of-builtin": "", "part-of-module": "",
	}
	switch as {
	case roleBuiltin:
		set["part-of-builtin"] = "y"
	case roleModule:
		set["part-of-module"] = "y"
	}
	flags := ""
	d.mk.With(u.binds, set, func() { flags = d.mk.Value("c_flags") })
	return flags, d.mk.Err()
}

// plainCommand is the command line of a kernel whose makefiles do not say how
// to compile: the include directories, forced headers and definitions that
// every kernel has.
func (t *Tree) plainCommand(file string) *Command {
	c := &Command{NoStdInc: true, Std: "gnu11", Bits: 64}
	if t.Arch == "x86" && t.Target() == "i386" {
		c.Bits = 32
	}
	arch := filepath.Join("arch", t.Arch)
	for _, in := range []struct {
		root string
		dir  string
	}{
		{t.Src, arch + "/include"}, {t.Obj, arch + "/include/generated"},
		{t.Src, "include"}, {t.Obj, "include"},
		{t.Src, arch + "/include/uapi"}, {t.Obj, arch + "/include/generated/uapi"},
		{t.Src, "include/uapi"}, {t.Obj, "include/generated/uapi"},
	} {
		if full := filepath.Join(in.root, in.dir); !slices.Contains(c.Include, full) {
			c.Include = append(c.Include, full)
		}
	}
	for _, name := range []string{"compiler-version.h", "kconfig.h", "compiler_types.h"} {
		if exists(t.Src, "include/linux/"+name) {
			c.Forced = append(c.Forced, filepath.Join(t.Src, "include/linux", name))
		}
	}
	stem := strings.TrimSuffix(file, path.Ext(file))
	word := strings.NewReplacer("-", "_", ",", "_").Replace(path.Base(stem))
	c.Defines = []Define{
		{Name: "__KERNEL__", Value: "1"},
		{Name: "KBUILD_MODFILE", Value: `"` + stem + `"`},
		{Name: "KBUILD_BASENAME", Value: `"` + word + `"`},
		{Name: "KBUILD_MODNAME", Value: `"` + word + `"`},
		{Name: "__KBUILD_MODNAME", Value: "kmod_" + word},
	}
	c.Flags = []string{"-O2", "-fshort-wchar", "-funsigned-char", "-fno-PIE"}
	return c
}
