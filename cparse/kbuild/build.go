// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kapilint/cparse/kbuild/mk"
)

// maxMakefile bounds how much of a makefile is read; the largest of a kernel
// have about 100 KB.
const maxMakefile = 4 << 20

// build is what a make in the object directory knows before it goes down into
// directories.
type build struct {
	tree *Tree
	host *mk.Host
	base *mk.Make // configuration and common definitions
	env  *mk.Make // what the top makefile exports
	top  *mk.Make // the evaluated top makefile
	src  string   // the text that $(src) is set from, in scripts/Makefile.build

	mu    sync.Mutex
	files map[string]*mk.File
	dirs  map[dirKey]*dir
}

type dirKey struct {
	name string
	env  *mk.Make
}

// evalTop evaluates the top makefile as make does in its last step, when the
// object directory is the current one and there is nothing to configure.
func (t *Tree) evalTop() (*build, error) {
	b := &build{tree: t, files: map[string]*mk.File{}, dirs: map[dirKey]*dir{}}
	b.host = &mk.Host{File: b.file, Text: b.text, Glob: b.glob}
	b.base = mk.New(b.host, nil)
	for name, value := range t.Config {
		b.base.Set(name, value, mk.InFile)
	}
	for name, value := range map[string]string{
		"CURDIR":        filepath.ToSlash(t.Obj),
		"MAKE":          "make",
		"MAKE_VERSION":  "4.3",
		"MAKEFLAGS":     "rR --no-print-directory",
		".FEATURES":     "output-sync target-specific order-only second-expansion else-if",
		"ARCH":          t.makeArch(),
		"SUBARCH":       t.Arch,
		"sub_make_done": "1",
	} {
		b.base.Set(name, value, mk.Preset)
	}
	if text, err := readHead(filepath.Join(t.Src, "Makefile"), maxMakefile); err == nil && bytes.Contains(text, []byte("export abs_srctree abs_objtree")) {
		// Linux 6.1 sets these in the first step, which hands them on.
		b.base.SetEnv("abs_srctree", filepath.ToSlash(t.Src))
		b.base.SetEnv("abs_objtree", filepath.ToSlash(t.Obj))
	}
	setCompilerTests(b.base)

	b.top = mk.New(b.host, b.base)
	b.top.Include(filepath.ToSlash(filepath.Join(t.Src, "Makefile")))
	if err := b.top.Err(); err != nil {
		return nil, err
	}
	// What scripts/Makefile.build includes for every directory.
	common := mk.New(b.host, b.base)
	common.Set("srctree", b.top.Value("srctree"), mk.InFile)
	common.Include(filepath.ToSlash(filepath.Join(t.Src, "scripts/Kbuild.include")))
	common.Include(filepath.ToSlash(filepath.Join(t.Src, "scripts/Makefile.compiler")))
	if err := common.Err(); err != nil {
		return nil, err
	}
	b.env = mk.New(b.host, common)
	for name, value := range b.top.Changed() {
		b.env.SetEnv(name, value)
	}
	b.src = b.srcText()
	return b, nil
}

// makeArch returns the value of make's ARCH.
func (t *Tree) makeArch() string {
	if t.Arch == "sparc" && t.set("64BIT") {
		return "sparc64"
	}
	return t.Arch
}

// setCompilerTests gives the functions that ask the compiler an answer: it can
// do what is asked.
func setCompilerTests(m *mk.Make) {
	first := func(_ *mk.Make, a []string) string { return strings.TrimSpace(a[0]) }
	second := func(_ *mk.Make, a []string) string {
		if len(a) < 2 {
			return ""
		}
		return strings.TrimSpace(a[1])
	}
	yes := func(*mk.Make, []string) string { return "y" }
	for _, name := range []string{"cc-option", "as-option", "ld-option", "hostcc-option"} {
		m.SetFunc(name, first)
	}
	for _, name := range []string{"as-instr", "try-run"} {
		m.SetFunc(name, second)
	}
	for _, name := range []string{"cc-option-yn", "ld-option-yn"} {
		m.SetFunc(name, yes)
	}
	m.SetFunc("cc-disable-warning", func(_ *mk.Make, a []string) string { return "-Wno-" + strings.TrimSpace(a[0]) })
	for name, ok := range map[string]func(c int) bool{
		"test-ge": func(c int) bool { return c >= 0 },
		"test-gt": func(c int) bool { return c > 0 },
		"test-le": func(c int) bool { return c <= 0 },
		"test-lt": func(c int) bool { return c < 0 },
	} {
		m.SetFunc(name, func(_ *mk.Make, a []string) string {
			if len(a) == 2 && ok(compareNumbers(a[0], a[1])) {
				return "y"
			}
			return ""
		})
	}
	for name, option := range map[string]string{"gcc-min-version": "CONFIG_GCC_VERSION", "clang-min-version": "CONFIG_CLANG_VERSION"} {
		m.SetFunc(name, func(m *mk.Make, a []string) string {
			if compareNumbers(m.Value(option), a[0]) >= 0 {
				return "y"
			}
			return ""
		})
	}
}

// compareNumbers compares decimal numbers of any length; no digits are zero.
func compareNumbers(a, b string) int {
	a = strings.TrimLeft(strings.TrimSpace(a), "0")
	b = strings.TrimLeft(strings.TrimSpace(b), "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// srcText returns what scripts/Makefile.build sets src to: $(obj) in older
// kernels, a directory of the sources in newer ones.
func (b *build) srcText() string {
	text, err := os.ReadFile(filepath.Join(b.tree.Src, "scripts/Makefile.build"))
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(line, "src := "); ok {
				return strings.TrimSpace(v)
			}
		}
	}
	return "$(srctree)/$(obj)"
}

// place returns the absolute name of a file that a makefile names, if a
// makefile may read it: those of the tree only.
func (b *build) place(name string) (string, bool) {
	name = filepath.FromSlash(name)
	if !filepath.IsAbs(name) {
		name = filepath.Join(b.tree.Obj, name)
	}
	name = filepath.Clean(name)
	_, src := below(b.tree.Src, name)
	_, obj := below(b.tree.Obj, name)
	return name, src || obj
}

func (b *build) file(name string) *mk.File {
	name, ok := b.place(name)
	if !ok || path.Base(filepath.ToSlash(filepath.Dir(name))) == "config" {
		return nil // auto.conf and its dependencies: the configuration is known already
	}
	b.mu.Lock()
	f, ok := b.files[name]
	b.mu.Unlock()
	if ok {
		return f
	}
	if text, err := readHead(name, maxMakefile); err == nil {
		f = mk.Parse(name, text)
	}
	b.mu.Lock()
	b.files[name] = f
	b.mu.Unlock()
	return f
}

func (b *build) text(name string) string {
	name, ok := b.place(name)
	if !ok {
		return ""
	}
	text, err := readHead(name, maxMakefile)
	if err != nil {
		return ""
	}
	return string(bytes.ReplaceAll(text, []byte{0}, nil))
}

func (b *build) glob(pattern string) []string {
	full, ok := b.place(pattern)
	if !ok {
		return nil
	}
	if !strings.ContainsAny(full, "*?[") {
		if _, err := os.Stat(full); err != nil {
			return nil
		}
		return []string{pattern}
	}
	names, err := filepath.Glob(full)
	if err != nil {
		return nil
	}
	if !filepath.IsAbs(pattern) {
		for i, n := range names {
			if r, ok := below(b.tree.Obj, n); ok {
				names[i] = r
			}
		}
	}
	slices.Sort(names)
	return names
}

// dir is a directory whose Kbuild makefile has been evaluated.
type dir struct {
	build *build
	name  string   // as $(obj): slash-separated, "." at the top
	env   *mk.Make // what it sees

	once     sync.Once           // sets what stands above mu
	sub      *mk.Make            // environment of the directories below
	builtin  []string            // primitive objects of vmlinux, as targets
	modules  []string            // those of modules
	libs     []string            // those of lib.a
	always   []string            // further targets
	subdirs  []subdir            // in the order they are named
	host     map[string]bool     // targets that are for the build machine
	part     map[string]role     // of primitive objects
	multi    map[string][]string // the composite objects that a primitive one belongs to
	exact    map[string][]*mk.Rule
	patterns []*mk.Rule
	binds    []mk.Bind

	mu  sync.Mutex
	mk  *mk.Make
	lib bool             // scripts/Makefile.lib has been evaluated
	own map[string]*unit // what this makefile compiles, by file
}

type role uint8

const (
	roleNone role = iota
	roleBuiltin
	roleModule
)

type subdir struct {
	name    string
	builtin bool // it is named by obj-y
}

// dir returns the evaluated directory name, which sees env.
func (b *build) dir(name string, env *mk.Make) *dir {
	key := dirKey{name, env}
	b.mu.Lock()
	d := b.dirs[key]
	if d == nil {
		d = &dir{build: b, name: name, env: env}
		b.dirs[key] = d
	}
	b.mu.Unlock()
	d.once.Do(d.eval)
	return d
}

// makefile returns the absolute name of the Kbuild makefile of a directory, or "".
func (b *build) makefile(name string) string {
	for _, base := range []string{"Kbuild", "Makefile"} {
		full := filepath.Join(b.tree.Src, filepath.FromSlash(name), base)
		if fi, err := os.Stat(full); err == nil && fi.Mode().IsRegular() {
			return full
		}
	}
	return ""
}

// initial lists the variables that scripts/Makefile.build makes simple and
// empty before it reads a Kbuild makefile.
var initial = strings.Fields(`obj-y obj-m lib-y lib-m always always-y always-m targets subdir-y subdir-m
	EXTRA_AFLAGS EXTRA_CFLAGS EXTRA_CPPFLAGS EXTRA_LDFLAGS
	asflags-y ccflags-y rustflags-y cppflags-y ldflags-y subdir-asflags-y subdir-ccflags-y`)

func (d *dir) eval() {
	m := mk.New(d.build.host, d.env)
	d.mk = m
	m.Set("obj", d.name, mk.Preset)
	m.Set("src", m.Expand(d.build.src), mk.InFile)
	for _, name := range initial {
		m.Set(name, "", mk.InFile)
	}
	if f := d.build.makefile(d.name); f != "" {
		m.Include(filepath.ToSlash(f))
	}
	d.sub = d.env
	changed := m.Changed()
	if flags := m.Value("subdir-ccflags-y"); flags != "" {
		changed["KBUILD_CFLAGS"] = m.Value("KBUILD_CFLAGS") + " " + flags
	}
	if len(changed) > 0 {
		d.sub = mk.New(d.build.host, d.env)
		for _, name := range slices.Sorted(maps.Keys(changed)) {
			d.sub.SetEnv(name, changed[name])
		}
	}
	d.collect()
}

// target returns the name of a file of the directory as make knows it.
func (d *dir) target(name string) string {
	if d.name == "." || d.name == "" {
		return name
	}
	return d.name + "/" + name
}

// collect reads what there is to build from the variables, as
// scripts/Makefile.lib does.
func (d *dir) collect() {
	m := d.mk
	d.part = map[string]role{}
	d.multi = map[string][]string{}
	d.host = map[string]bool{}
	objY, objM := m.Words("obj-y"), m.Words("obj-m")
	isY := map[string]bool{}
	for _, o := range objY {
		isY[o] = true
	}
	objM = slices.DeleteFunc(objM, func(o string) bool { return isY[o] })

	d.builtin = d.primitives(objY, roleBuiltin)
	d.modules = d.primitives(objM, roleModule)
	for _, o := range append(m.Words("lib-y"), m.Words("lib-m")...) {
		if !isY[o] {
			d.libs = append(d.libs, d.target(o))
			d.part[d.target(o)] = roleBuiltin
		}
	}
	for _, v := range []string{"hostprogs", "hostprogs-y", "hostprogs-m", "hostprogs-always-y", "userprogs", "userprogs-always-y"} {
		for _, o := range m.Words(v) {
			d.host[d.target(o)] = true
		}
	}
	for _, v := range []string{"extra-y", "always-y", "always-m", "always"} {
		for _, o := range m.Words(v) {
			d.always = append(d.always, d.target(o))
		}
	}
	seen := map[string]bool{}
	add := func(name string, builtin bool) {
		name = path.Clean(d.target(strings.TrimSuffix(name, "/")))
		if !seen[name] && name != "." && !strings.HasPrefix(name, "../") {
			seen[name] = true
			d.subdirs = append(d.subdirs, subdir{name, builtin})
		}
	}
	for _, o := range objY {
		if strings.HasSuffix(o, "/") {
			add(o, true)
		}
	}
	for _, o := range objM {
		if strings.HasSuffix(o, "/") {
			add(o, false)
		}
	}
	for _, v := range []string{"subdir-y", "subdir-m"} {
		for _, o := range m.Words(v) {
			add(o, false)
		}
	}
	d.binds = m.Binds()
	d.exact = map[string][]*mk.Rule{}
	for _, r := range m.Rules() {
		for _, t := range r.Targets {
			if strings.Contains(t, "%") {
				d.patterns = append(d.patterns, r)
				break
			}
			d.exact[t] = append(d.exact[t], r)
		}
	}
}

// primitives replaces the composite objects among objs by their parts.
func (d *dir) primitives(objs []string, as role) []string {
	suffixes := []string{"-objs", "-y"}
	if as == roleModule {
		suffixes = append(suffixes, "-m")
	}
	var out []string
	for _, o := range objs {
		stem, ok := strings.CutSuffix(o, ".o")
		if !ok {
			continue
		}
		var parts []string
		for _, s := range suffixes {
			parts = append(parts, d.mk.Words(stem+s)...)
		}
		if len(parts) == 0 && strings.TrimSpace(d.mk.Value(stem+"-")) == "" {
			parts = []string{o}
		} else {
			for _, p := range parts {
				t := d.target(p)
				d.multi[t] = append(d.multi[t], stem)
			}
		}
		for _, p := range parts {
			t := d.target(p)
			d.part[t] = max(d.part[t], as)
			out = append(out, t)
		}
	}
	return out
}
