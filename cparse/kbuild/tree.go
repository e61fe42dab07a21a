// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// ErrNoTree is wrapped by the errors of FindTree that say there is no kernel
// tree; ErrNotPrepared by those that say that there is one, but without the
// configuration or the generated headers that compiling it needs.
var (
	ErrNoTree      = errors.New("not in a kernel tree")
	ErrNotPrepared = errors.New("not prepared")
)

// Options say what the caller knows of a tree. The zero value knows nothing.
type Options struct {
	Src  string // source directory; found upward from the start if empty
	Obj  string // object directory; the source directory if empty
	Arch string // architecture, as make's ARCH; that of the configuration if empty
}

// Tree is a kernel that can be read. Its methods may be called concurrently.
type Tree struct {
	Src     string            // source directory, absolute
	Obj     string            // object directory, absolute
	Arch    string            // name of the directory below arch: x86, arm64
	Version string            // VERSION.PATCHLEVEL.SUBLEVEL EXTRAVERSION: 6.12.1-rc1
	Config  map[string]string // CONFIG_X to its value as written: y, m, 64, "text"

	db     func() map[string]dbEntry // of compile_commands.json, by absolute name
	build  func() (*build, error)    // the evaluated top makefile
	walked func() (*walk, error)     // the directories a build visits
}

// FindTree returns the kernel tree that start, a file or directory, belongs to.
// opt overrides what would be found. The error is a sentence for the user that
// wraps ErrNoTree or ErrNotPrepared where it is about the tree.
func FindTree(start string, opt Options) (*Tree, error) {
	src, obj, err := locate(start, opt)
	if err != nil {
		return nil, err
	}
	if obj == "" {
		obj = src
		if !exists(src, ".config") && !exists(src, "include/generated/autoconf.h") {
			return nil, fmt.Errorf("%s: kernel tree is %w: run `make -C %s defconfig prepare`, or name its object directory with -O DIR", src, ErrNotPrepared, src)
		}
	}
	t := &Tree{Src: src, Obj: obj}
	if err := t.load(opt.Arch); err != nil {
		return nil, err
	}
	t.db = sync.OnceValue(t.readDatabase)
	t.build = sync.OnceValues(t.evalTop)
	t.walked = sync.OnceValues(t.walk)
	return t, nil
}

func locate(start string, opt Options) (src, obj string, err error) {
	if opt.Obj != "" {
		if obj, err = filepath.Abs(opt.Obj); err != nil {
			return "", "", err
		}
		if !isDir(obj) {
			return "", "", fmt.Errorf("%s: no such object directory", opt.Obj)
		}
	}
	if opt.Src != "" {
		if src, err = filepath.Abs(opt.Src); err != nil {
			return "", "", err
		}
		if isSource(src) {
			return src, obj, nil
		}
		if s := sourceOf(src); s != "" {
			if obj == "" {
				obj = src
			}
			return s, obj, nil
		}
		return "", "", fmt.Errorf("%s: %w: it has no Makefile with VERSION and PATCHLEVEL beside a directory include", opt.Src, ErrNoTree)
	}
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", "", err
	}
	if _, err := os.Stat(dir); err != nil {
		return "", "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if isSource(dir) {
			return dir, obj, nil
		}
		if s := sourceOf(dir); s != "" {
			if obj == "" {
				obj = dir
			}
			return s, obj, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if obj != "" {
		if s := sourceOf(obj); s != "" {
			return s, obj, nil
		}
	}
	return "", "", fmt.Errorf("%s: %w: name the source directory with -C DIR", start, ErrNoTree)
}

// load reads the version and the configuration.
func (t *Tree) load(arch string) error {
	head, err := readHead(filepath.Join(t.Src, "Makefile"), 4096)
	if err != nil {
		return err
	}
	t.Version = version(head)

	if !exists(t.Obj, "include/generated/autoconf.h") && exists(t.Src, "include/linux/kconfig.h") {
		goal := "defconfig prepare"
		if exists(t.Obj, ".config") {
			goal = "prepare"
		}
		return fmt.Errorf("%s: kernel tree is %w: run `%s %s`", t.Obj, ErrNotPrepared, t.Make(), goal)
	}
	header := ""
	t.Config = map[string]string{}
	for _, name := range []string{"include/config/auto.conf", ".config"} {
		text, err := os.ReadFile(filepath.Join(t.Obj, name))
		if err != nil {
			continue
		}
		header = archOfHeader(text)
		t.Config = parseConfig(text)
		break
	}
	configured := archOfConfig(t.Config, header)
	t.Arch = sourceArch(arch)
	switch {
	case t.Arch == "" && configured == "":
		t.Arch = hostArch()
	case t.Arch == "":
		t.Arch = configured
	case configured != "" && configured != t.Arch:
		return fmt.Errorf("%s: the kernel tree is configured for %s, not %s", t.Obj, configured, arch)
	}
	return nil
}

// Make returns the command that builds the tree; what is to be built may follow.
func (t *Tree) Make() string {
	if t.Obj == t.Src {
		return "make -C " + t.Src
	}
	return "make -C " + t.Src + " O=" + t.Obj
}

// Abs returns the absolute name of file, which is absolute already or relative
// to the source directory.
func (t *Tree) Abs(file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(t.Src, filepath.FromSlash(file))
}

// Rel returns the slash-separated name of path relative to the source
// directory, or to the object directory for what is only below that, and
// whether it is below either. Symbolic links are followed if they must be.
func (t *Tree) Rel(path string) (string, bool) {
	path = t.Abs(path)
	for _, root := range []string{t.Src, t.Obj} {
		if r, ok := below(root, path); ok {
			return r, true
		}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path, false
	}
	for _, root := range []string{t.Src, t.Obj} {
		if root, err = filepath.EvalSymlinks(root); err != nil {
			continue
		}
		if r, ok := below(root, real); ok {
			return r, true
		}
	}
	return path, false
}

// set reports whether option CONFIG_name is y or m.
func (t *Tree) set(name string) bool {
	v := t.Config["CONFIG_"+name]
	return v == "y" || v == "m"
}

// Target names the machine the tree is configured for, in the form that
// Predefined takes.
func (t *Tree) Target() string {
	wide := t.set("64BIT")
	big := t.set("CPU_BIG_ENDIAN")
	switch t.Arch {
	case "x86":
		if t.set("X86_64") || wide || len(t.Config) == 0 {
			return "x86_64"
		}
		return "i386"
	case "riscv", "mips", "powerpc", "sparc", "parisc", "loongarch":
		if wide {
			return t.Arch + "64"
		}
		return t.Arch + "32"
	case "arm64":
		if big {
			return "arm64be"
		}
	}
	return t.Arch
}

func below(root, path string) (string, bool) {
	if path == root {
		return ".", true
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
	return filepath.ToSlash(rest), ok
}

func isSource(dir string) bool {
	head, err := readHead(filepath.Join(dir, "Makefile"), 4096)
	if err != nil {
		return false
	}
	return makeAssign(head, "VERSION") != "" && makeAssign(head, "PATCHLEVEL") != "" && isDir(filepath.Join(dir, "include"))
}

// sourceOf returns the source directory that the object directory dir was made
// from, or "".
func sourceOf(dir string) string {
	if link := filepath.Join(dir, "source"); isDir(link) {
		if to, err := os.Readlink(link); err == nil {
			link = to
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(dir, link)
		}
		if link = filepath.Clean(link); isSource(link) {
			return link
		}
	}
	head, err := readHead(filepath.Join(dir, "Makefile"), 4096)
	if err != nil || !bytes.HasPrefix(head, []byte("# Automatically generated by ")) {
		return ""
	}
	for line := range strings.Lines(string(head)) {
		src := ""
		if f := strings.Fields(line); len(f) == 2 && f[0] == "include" {
			src = filepath.Dir(f[1])
		} else if len(f) == 4 && f[0] == "MAKEARGS" && f[2] == "-C" {
			src = f[3]
		} else {
			continue
		}
		if !filepath.IsAbs(src) {
			src = filepath.Join(dir, src)
		}
		if isSource(src) {
			return filepath.Clean(src)
		}
	}
	return ""
}

func version(makefile []byte) string {
	v := makeAssign(makefile, "VERSION") + "." + makeAssign(makefile, "PATCHLEVEL")
	if sub := makeAssign(makefile, "SUBLEVEL"); sub != "" {
		v += "." + sub
	}
	return v + makeAssign(makefile, "EXTRAVERSION")
}

// makeAssign returns the value of a line "name = value" of a makefile.
func makeAssign(text []byte, name string) string {
	for line := range bytes.Lines(text) {
		rest, ok := bytes.CutPrefix(line, []byte(name))
		if !ok {
			continue
		}
		rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t:"), []byte("="))
		if ok {
			return string(bytes.TrimSpace(rest))
		}
	}
	return ""
}

func readHead(name string, n int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func isDir(name string) bool {
	fi, err := os.Stat(name)
	return err == nil && fi.IsDir()
}

func hostArch() string {
	switch a := runtime.GOARCH; a {
	case "amd64", "386":
		return "x86"
	case "riscv64":
		return "riscv"
	case "loong64":
		return "loongarch"
	case "ppc64", "ppc64le":
		return "powerpc"
	case "s390x":
		return "s390"
	default:
		return a
	}
}
