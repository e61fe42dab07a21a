// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A room is a folder and all below it. What it may import of this module is
// listed; a room that is listed below another one is a room of its own. An
// entry that ends in a slash means what is below it.
var rooms = map[string][]string{
	"specmodel": {"specmodel"},

	"cparse":        {"cparse"},
	"cparse/kbuild": {"cparse/kbuild"},
	"cparse/pp":     {},
	"cparse/gnuc":   {"cparse/pp"},
	"cparse/cfg":    {"cparse/cfg"},
	"cparse/flow":   {"cparse/cfg", "cparse/flow"},

	// The machinery that runs checks.
	"checks/engine/report":    {},
	"checks/engine/cache":     {},
	"checks/engine/facts":     {"cparse"},
	"checks/engine/lint":      {"checks/engine/facts", "checks/engine/report", "cparse", "cparse/cfg"},
	"checks/engine/driver":    {"cparse", "checks/engine/cache", "checks/engine/facts", "checks/engine/lint", "checks/engine/report"},
	"checks/engine/checktest": {"specmodel/", "cparse", "cparse/kbuild", "checks", "checks/engine/driver", "checks/engine/lint", "checks/engine/report"},

	// What is known about code and contracts, for checks to compare.
	"checks/knowledge/known":    {"specmodel", "cparse/cfg", "cparse/flow"},
	"checks/knowledge/entry":    {"specmodel", "cparse", "cparse/cfg"},
	"checks/knowledge/inferred": {"specmodel", "cparse", "cparse/cfg", "cparse/flow/", "checks/knowledge/entry"},
	"checks/knowledge/spec":     {"specmodel/", "cparse", "cparse/cfg", "checks/engine/lint", "checks/knowledge/entry"},
	"checks/knowledge/summary": {"specmodel", "cparse", "cparse/cfg", "cparse/flow/", "checks/engine/facts", "checks/engine/lint",
		"checks/knowledge/known", "checks/knowledge/entry", "checks/knowledge/inferred", "checks/knowledge/summary"},
	"checks/knowledge/specproblem": {"specmodel", "cparse", "cparse/cfg", "checks/engine/lint", "checks/engine/report", "checks/knowledge/spec"},

	"checks/passes": {"specmodel/", "cparse", "cparse/cfg", "cparse/flow/", "checks/engine/lint", "checks/engine/report", "checks/knowledge/"},
	"checks":        {"specmodel", "checks/engine/lint", "checks/knowledge/", "checks/passes/"},

	"sarif": {"checks/engine/report", "checks/engine/lint"},

	"cmd/kapilint":                  {"cmd/kapilint/internal/app"},
	"cmd/kapilint/internal/suggest": {"specmodel"},
	"cmd/kapilint/internal/fix":     {"checks/engine/report"},
	"cmd/kapilint/internal/output":  {"checks/engine/report"},
	"cmd/kapilint/internal/pick":    {"specmodel", "checks/engine/lint", "cmd/kapilint/internal/suggest"},
	"cmd/kapilint/internal/patch":   {},
	"cmd/kapilint/internal/reach":   {"cparse/kbuild/"},
	"cmd/kapilint/internal/gitrev":  {"specmodel", "specmodel/source", "cmd/kapilint/internal/gitrev"},
	"cmd/kapilint/internal/collect": {"cparse", "checks", "checks/"},
	"cmd/kapilint/internal/engine":  {"specmodel/", "cparse/", "checks/", "cmd/kapilint/internal/collect", "cmd/kapilint/internal/suggest"},
	"cmd/kapilint/internal/cli":     {"cparse/kbuild", "checks/engine/report", "cmd/kapilint/internal/engine", "cmd/kapilint/internal/output", "cmd/kapilint/internal/pick", "cmd/kapilint/internal/suggest"},
	"cmd/kapilint/internal/show":    {"specmodel/", "cparse/kbuild", "cmd/kapilint/internal/cli", "cmd/kapilint/internal/engine"},
	"cmd/kapilint/internal/command": {"specmodel/", "cparse/", "checks/", "sarif", "cmd/kapilint/internal/"},
	"cmd/kapilint/internal/app":     {"cmd/kapilint/internal/cli", "cmd/kapilint/internal/engine", "cmd/kapilint/internal/command/"},
}

// owners says which rooms know a foreign package.
var owners = map[string][]string{
	"modernc.org/cc/v4":                 {"cparse"},
	"github.com/owenrumney/go-sarif/v2": {"sarif"},
	"github.com/bmatcuk/doublestar/v4":  {"cmd/kapilint/internal/pick"},
	"github.com/bluekeyes/go-gitdiff":   {"cmd/kapilint/internal/patch"},
	"golang.org/x/tools/go/analysis":    {"checks", "cparse", "cmd/kapilint/internal/collect"},
	"github.com/santhosh-tekuri":        {},
	"golang.org/x/tools/txtar":          {"checks/engine/checktest"},
}

// TestImportsRunOneWay holds every file that is no test to the rooms' table.
func TestImportsRunOneWay(t *testing.T) {
	const module = "kapilint/"
	root := filepath.FromSlash("../..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(rel))
		room := roomOf(dir)
		if room == "" {
			t.Errorf("%s belongs to no room", rel)
			return nil
		}
		seen[room] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, module); ok {
				if !mayImport(room, dir, own) {
					t.Errorf("%s imports %s, which room %s may not know", rel, own, room)
				}
				continue
			}
			for foreign, rooms := range owners {
				if within(name, foreign) && !ownedBy(room, rooms) {
					t.Errorf("%s imports %s, which room %s may not know", rel, name, room)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("there is no room %s", room)
		}
	}
}

// roomOf is the innermost room that dir lies in.
func roomOf(dir string) string {
	for d := dir; d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := rooms[d]; ok {
			return d
		}
	}
	return ""
}

func mayImport(room, dir, own string) bool {
	if own == dir || strings.HasPrefix(own, dir+"/internal/") {
		return true
	}
	for _, allowed := range rooms[room] {
		below, all := strings.CutSuffix(allowed, "/")
		switch {
		case own == below, all && within(own, below):
			return true
		case allowed == room && within(own, room): // within itself a room is free
			return true
		}
	}
	return false
}

func ownedBy(room string, owners []string) bool {
	for _, o := range owners {
		if within(room, o) {
			return true
		}
	}
	return false
}

func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}
