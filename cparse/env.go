// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/gnuc"
	"kapilint/cparse/kbuild"
	"kapilint/cparse/pp"
)

// Env is what the units of a run share. It is safe for concurrent use.
type Env struct {
	Files *pp.Files    // source text, read once
	World *World       // symbols
	Tree  *kbuild.Tree // where the files are

	// Command says how a file, relative to the tree or absolute, is compiled.
	// When nil, the Tree does.
	Command func(file string) (*kbuild.Command, error)
}

// NewEnv returns an Env for the files of a kernel tree.
func NewEnv(tree *kbuild.Tree) *Env {
	return &Env{Files: pp.NewFiles(tree.Src), World: NewWorld(), Tree: tree}
}

// Options say how much of a unit is wanted. The zero Options want all of it.
type Options struct {
	// Roots are the functions of interest. Of the main file only these, and
	// what they call, have a body; nil stands for all.
	Roots []string
	// KeepVoid keeps the bodies of large header functions without a result, too.
	KeepVoid bool
	// KeepMacros are the function-like macros that bodies show as calls.
	KeepMacros map[string]bool
}

// Parse reads the translation unit of a C file, a name relative to the tree
// or absolute. The error is not nil if the file cannot be read at all; what is
// wrong with its text is in the unit's State and Reasons.
func Parse(env *Env, path string, opts Options) (*Unit, error) {
	abs := env.Tree.Abs(path)
	if err := readable(env.Files, abs); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	command := env.Command
	if command == nil {
		command = env.Tree.Command
	}
	cmd, err := command(abs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	res, err := pp.Process(env.Files, config(env, cmd), abs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	u := &Unit{
		Path: res.Main, State: Typed, Command: cmd, Fset: token.NewFileSet(),
		env: env, res: res, opts: opts,
		files: map[string]*token.File{}, bodies: map[*Func]*body{}, values: map[string]evaluated{},
	}
	u.isMain = map[string]bool{res.Main: true}
	u.file(res.Main)
	if text, err := env.Files.Content(res.Main); err == nil {
		if i := bytes.IndexByte(text, 0); i >= 0 {
			u.fail(u.site(env.Files.Pos(res.Main, i)), "not a text file")
			return u, nil
		}
	}
	for _, e := range res.Errors {
		if !e.Warning {
			u.partly(Problem{At: siteOf(e.At), Message: e.Msg, InMain: true, Header: e.Header, Searched: e.Searched})
		}
	}
	if res.Incomplete {
		u.fail(cfg.Site{}, "too large to be preprocessed")
		return u, nil
	}
	u.translate()
	return u, nil
}

// readable says why a file cannot be a unit.
func readable(files *pp.Files, abs string) error {
	if text, ok := files.Overlaid(abs); ok {
		if text == nil {
			return os.ErrNotExist
		}
		return nil
	}
	switch st, err := os.Stat(abs); {
	case err != nil:
		return cause(err)
	case st.IsDir():
		return errors.New("is a directory")
	case !st.Mode().IsRegular():
		return errors.New("not a regular file")
	}
	return nil
}

// cause returns the innermost error, which names no file.
func cause(err error) error {
	for {
		w, ok := err.(interface{ Unwrap() error })
		if !ok || w.Unwrap() == nil {
			return err
		}
		err = w.Unwrap()
	}
}

// config is cmd for the preprocessor.
func config(env *Env, cmd *kbuild.Command) *pp.Config {
	c := &pp.Config{
		Dir:        filepath.ToSlash(env.Tree.Src),
		Quote:      cmd.Quote,
		Angle:      slices.Concat(cmd.Include, cmd.ISystem, cmd.After),
		Predefined: cmd.Predefined(),
		Forced:     slices.Concat(cmd.Macros, cmd.Forced),
	}
	for _, d := range cmd.Defines {
		c.Defines = append(c.Defines, pp.Define{Name: d.Name, Value: d.Value, Undef: d.Undef})
	}
	return c
}

// translate parses the preprocessed unit.
func (u *Unit) translate() {
	out, err := gnuc.Translate(&gnuc.Input{Files: u.env.Files, Result: u.res}, &gnuc.Options{
		Arch: goarch(u.Command), Bits: bits(u.Command),
		Roots: u.opts.Roots, KeepVoid: u.opts.KeepVoid,
	})
	u.out = out
	if err != nil {
		at := cfg.Site{}
		if e, ok := err.(*gnuc.Error); ok && e.At != nil {
			at = u.place(e.At)
		}
		u.fail(at, err.Error())
		return
	}
	for _, q := range out.Quarantined {
		p := Problem{Item: q.Name, Message: q.Reason, InMain: q.InMain}
		if q.At != nil {
			p.At = u.place(q.At)
		}
		u.partly(p)
	}
	for i := range out.Funcs {
		u.funcs = append(u.funcs, u.newFunc(&out.Funcs[i]))
	}
	for _, name := range u.res.Files {
		if strings.HasSuffix(name, ".c") {
			u.isMain[name] = true
		}
	}
}

func (u *Unit) fail(at cfg.Site, msg string) {
	u.State = Failed
	u.Reasons = append([]Problem{{At: at, Message: msg, InMain: true}}, u.Reasons...)
}

func (u *Unit) partly(p Problem) {
	if p.InMain {
		u.State = Partial
	}
	u.Reasons = append(u.Reasons, p)
}

// goarch returns the name that Go gives the machine of a command.
func goarch(cmd *kbuild.Command) string {
	target := cmd.Target
	arch := map[string]string{
		"": "amd64", "x86_64": "amd64", "x86": "amd64", "i386": "386", "arm": "arm", "arm64": "arm64",
		"riscv64": "riscv64", "riscv": "riscv64", "s390": "s390x", "loongarch": "loong64", "loongarch64": "loong64",
		"powerpc64": "ppc64le", "powerpc64le": "ppc64le", "powerpc": "ppc64le", "mips64": "mips64le", "mips": "mips64le",
	}[target]
	if arch == "amd64" && cmd.Bits == 32 {
		return "386"
	}
	return cmp.Or(arch, "amd64")
}

// bits returns the width of a pointer.
func bits(cmd *kbuild.Command) int {
	switch goarch(cmd) {
	case "386", "arm":
		return 32
	}
	return 64
}
