// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// cmdLine returns the command that a .cmd file of Kbuild saved: what follows
// `cmd_TARGET := ` or `savedcmd_TARGET := ` in its first line, with make's
// escapes undone.
func cmdLine(text []byte) (string, bool) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	rest, ok := strings.CutPrefix(string(line), "savedcmd_")
	if !ok {
		if rest, ok = strings.CutPrefix(string(line), "cmd_"); !ok {
			return "", false
		}
	}
	_, cmd, ok := strings.Cut(rest, " := ")
	if !ok {
		return "", false
	}
	return cmdEscapes.Replace(cmd), true
}

var cmdEscapes = strings.NewReplacer(`\#`, "#", "$(pound)", "#", "${pound}", "#", "$$", "$")

// readCmd returns the command of the .cmd file that a build left beside the
// object of file, a name relative to the tree, or nil.
func (t *Tree) readCmd(file string) *Command {
	dir, base := path.Split(strings.TrimSuffix(file, ".c"))
	for _, ext := range []string{".o", ".s"} {
		text, err := readHead(filepath.Join(t.Obj, filepath.FromSlash(dir), "."+base+ext+".cmd"), 64<<10)
		if err != nil {
			continue
		}
		if c := t.parseCmd(text, t.Abs(file)); c != nil {
			return c
		}
	}
	return nil
}

func (t *Tree) parseCmd(text []byte, file string) *Command {
	line, ok := cmdLine(text)
	if !ok {
		return nil
	}
	c, err := ParseArgs(dropProgram(SplitCommand(line)), t.Obj)
	if err != nil || c.File != file {
		return nil
	}
	return t.finish(c, SourceCmd)
}

// finish completes a command that was found in the tree.
func (t *Tree) finish(c *Command, source string) *Command {
	c.Source = source
	c.Target = t.Target()
	c.GCC = t.gccVersion()
	return c
}

// gccVersion returns the version of the compiler that the configuration was
// made with: CONFIG_GCC_VERSION=120200 is 12.2.0. It is "" for clang.
func (t *Tree) gccVersion() string {
	v, err := strconv.Atoi(t.Config["CONFIG_GCC_VERSION"])
	if err != nil || v <= 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", v/10000, v/100%100, v%100)
}

// dbEntry is one object of compile_commands.json.
type dbEntry struct {
	Directory string   `json:"directory"`
	File      string   `json:"file"`
	Command   string   `json:"command"`
	Arguments []string `json:"arguments"`
}

// maxDatabase bounds how much of a compile_commands.json is read; that of a
// kernel with everything enabled has about 100 MB.
const maxDatabase = 1 << 30

func (t *Tree) readDatabase() map[string]dbEntry {
	for _, dir := range []string{t.Obj, t.Src} {
		f, err := os.Open(filepath.Join(dir, "compile_commands.json"))
		if err != nil {
			continue
		}
		db := parseDatabase(io.LimitReader(f, maxDatabase), dir)
		f.Close()
		if len(db) > 0 {
			return db
		}
	}
	return nil
}

// parseDatabase reads a compilation database as far as it is well formed, by
// absolute name of the file. Where a file is compiled more than once, the
// first entry counts. Entries that do not define KBUILD_BASENAME belong to
// host programs and are left out.
func parseDatabase(r io.Reader, dir string) map[string]dbEntry {
	db := map[string]dbEntry{}
	dec := json.NewDecoder(r)
	if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
		return nil
	}
	for dec.More() {
		var e dbEntry
		if err := dec.Decode(&e); err != nil {
			break
		}
		if !e.kernel() || e.File == "" {
			continue
		}
		if !filepath.IsAbs(e.Directory) {
			e.Directory = filepath.Join(dir, e.Directory)
		}
		if !filepath.IsAbs(e.File) {
			e.File = filepath.Join(e.Directory, e.File)
		}
		e.File = filepath.Clean(e.File)
		if _, ok := db[e.File]; !ok {
			db[e.File] = e
		}
	}
	return db
}

func (e *dbEntry) kernel() bool {
	const define = "KBUILD_BASENAME"
	return strings.Contains(e.Command, define) ||
		slices.ContainsFunc(e.Arguments, func(a string) bool { return strings.Contains(a, define) })
}

// command returns the command of e, or nil if it compiles another file.
func (e *dbEntry) command() *Command {
	words := e.Arguments
	if len(words) == 0 {
		words = SplitCommand(e.Command)
	}
	c, err := ParseArgs(dropProgram(words), e.Directory)
	if err != nil || c.File != e.File {
		return nil
	}
	return c
}
