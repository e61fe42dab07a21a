// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/debugfs"
	"kapilint/specmodel/internal/kernelprint"
	writedoc "kapilint/specmodel/render/kerneldoc"
	writemacro "kapilint/specmodel/render/macro"
	"kapilint/specmodel/render/shall"
	"kapilint/specmodel/specjson"
)

const root = "../.."

// notations is the page, and the cells of its table without the head.
func notations(t *testing.T) (page string, rows [][]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "docs", "notations.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| notation |") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return string(b), rows
}

// functions are the functions of a package, of its tests or of the rest.
func functions(t *testing.T, dir string, tests bool) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") != tests {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
				found = append(found, d.Name.Name)
			}
		}
	}
	return found
}

var (
	testName = regexp.MustCompile("^`([a-z/]+)\\.(Test\\w+)`$")
	roomName = regexp.MustCompile("`(specmodel/[a-z/]+)`")
)

// TestNotationsPage holds the table of docs/notations.md to the packages.
func TestNotationsPage(t *testing.T) {
	_, rows := notations(t)
	if len(rows) < 20 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	known := map[string][]string{}
	read, write := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		if len(row) != 6 {
			t.Errorf("%s: %d cells", row[0], len(row))
			continue
		}
		var tested []string
		for test := range strings.SplitSeq(row[5], ", ") {
			m := testName.FindStringSubmatch(test)
			if m == nil {
				t.Errorf("%s: %q names no test", row[0], test)
				continue
			}
			if known[m[1]] == nil {
				known[m[1]] = functions(t, m[1], true)
			}
			if !slices.Contains(known[m[1]], m[2]) {
				t.Errorf("%s: %s has no %s", row[0], m[1], m[2])
			}
			tested = append(tested, m[1])
		}
		for i, of := range map[int]map[string]bool{2: read, 3: write} {
			rooms := roomName.FindAllStringSubmatch(row[i], -1)
			if len(rooms) == 0 && !strings.HasPrefix(row[i], "no") {
				t.Errorf("%s: %q is neither no nor a package", row[0], row[i])
			}
			for _, m := range rooms {
				of[m[1]] = true
				if !slices.Contains(tested, m[1]) && !slices.Contains(tested, "specmodel/roundtrip") {
					t.Errorf("%s: no test of %s is named", row[0], m[1])
				}
			}
		}
	}
	err := filepath.WalkDir(filepath.Join(root, "specmodel"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "internal" || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(rel)
		has := functions(t, room, false)
		if reads := slices.Contains(has, "Read") || slices.Contains(has, "ReadFile"); reads != read[room] {
			t.Errorf("%s reads contracts: %v; its rows say: %v", room, reads, read[room])
		}
		if writes := slices.Contains(has, "Write"); writes != write[room] {
			t.Errorf("%s writes contracts: %v; its rows say: %v", room, writes, write[room])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestUnsayable holds the lists of docs/notations.md to what writers say that
// their forms cannot express, and to what readers mark as unstated.
func TestUnsayable(t *testing.T) {
	page, _ := notations(t)
	page = strings.Join(strings.Fields(page), " ") + " "
	a := contracts(t)[0]
	list := func(apis []*specmodel.API, _ []specmodel.Problem) []string {
		if len(apis) != 1 {
			t.Fatalf("%d contracts", len(apis))
		}
		return apis[0].Unstated
	}
	text := func(old bool) []string {
		api, _ := debugfs.ReadText("x", []byte(kernelprint.Text(a, old)))
		return api.Unstated
	}
	lists := []struct {
		title string
		paths []string
	}{
		{"macros by hand", writemacro.Inexpressible[writemacro.Ends]},
		{"generated header", writemacro.Inexpressible[writemacro.Braces]},
		{"kernel-doc (Gen C)", writedoc.Inexpressible},
		{"requirement sentences", shall.Inexpressible},
		{"debugfs, text, older layout", text(true)},
		{"debugfs, text, newer layout", text(false)},
		{"debugfs, JSON", list(specjson.Read("x", []byte(kernelprint.JSON(a))))},
		{"debugfs, JSON with the keys of attributes", list(specjson.Read("x", []byte(`{"name": "sys_x", "api_type": "function"}`)))},
		{"the framework's tool, list", list(specjson.Read("x", []byte(`{"apis": [{"name": "sys_x", "api_type": "syscall"}]}`)))},
		{"the framework's tool, details", list(specjson.Read("x", []byte(`{"api_details": {"name": "sys_x"}}`)))},
	}
	check := func(title string, paths []string) {
		line := fmt.Sprintf(" - %s: `%s` ", title, strings.Join(slices.Compact(slices.Sorted(slices.Values(paths))), "`, `"))
		if !strings.Contains(page, line) {
			t.Errorf("the page does not have\n%s", strings.TrimSpace(line))
		}
	}
	for _, l := range lists {
		check(l.title, l.paths)
	}
	t.Run("compiled", func(t *testing.T) {
		for title, form := range map[string]string{"compiled, packed (P1, with the fields of all kinds)": packed, "compiled, packed (R2, with the fields of all kinds)": second} {
			check(title, one(t, readELF(t), "x.o", string(compile(t, "gcc", form, source(t, "speed.c")))).Unstated)
		}
		check("compiled, pointers", one(t, readELF(t), "x.o", string(compile(t, "gcc", pointer, writemacro.Spec(a, writemacro.Braces)))).Unstated)
	})
}
