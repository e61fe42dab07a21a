// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bytes"
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
)

// docFiles are the pages whose examples and links are held to the truth.
func docFiles(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(pages, "../../README.md", "../../CONTRIBUTING.md")
}

// TestDocsNameWhatIsThere holds CONTRIBUTING.md to the source: a back-quoted path
// is a file or folder, and a back-quoted package.name is declared.
func TestDocsNameWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := declarations(t)
	path := regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+$|^(sarif|checks|cparse|specmodel)$`)
	name := regexp.MustCompile(`^([a-z]\w*)\.([A-Za-z]\w*)$`)
	n := 0
	for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(string(text), -1) {
		switch word := m[1]; {
		case path.MatchString(word):
			n++
			if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(word))); err != nil {
				t.Errorf("there is no %s", word)
			}
		case name.MatchString(word):
			n++
			if !declared[word] {
				t.Errorf("%s is not declared", word)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d names were looked at", n)
	}
}

// declarations lists what packages declare at their top, methods too, as
// package.name.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	declared := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				declared[f.Name.Name+"."+decl.Name.Name] = true
			case *ast.GenDecl:
				for _, s := range decl.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						declared[f.Name.Name+"."+s.Name.Name] = true
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return declared
}

// TestLinks follows the relative links of the pages.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, page := range docFiles(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: a link leads to %s, which is not there", page, m[1])
			}
		}
	}
}

// TestDocs runs the commands that pages show in blocks of the kind "console",
// in a copy of the fake kernel, or in the real one for "console linux", and
// compares what they print, standard error after standard output. A line that
// begins with "$ kapilint" is a command; "..." stands for lines left out.
func TestDocs(t *testing.T) {
	linux, obj := os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	blocks := 0
	for _, page := range docFiles(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		var out []string
		for i := 0; i < len(lines); i++ {
			out = append(out, lines[i])
			kind, ok := strings.CutPrefix(lines[i], "```console")
			if !ok {
				continue
			}
			end := i + 1 + slices.Index(lines[i+1:], "```")
			block := lines[i+1 : end]
			blocks++
			switch {
			case kind == " linux" && linux == "":
			case kind == " linux":
				block = runBlock(t, page, block, linux, "-O", obj)
			default:
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS("../../testdata/kernel")); err != nil {
					t.Fatal(err)
				}
				block = runBlock(t, page, block, dir)
			}
			out = append(out, block...)
			i = end - 1
		}
		if *update {
			if err := os.WriteFile(page, []byte(strings.Join(out, "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if blocks < 3 {
		t.Errorf("only %d blocks", blocks)
	}
}

// runBlock runs the commands of a block in dir and returns the block as it
// should be.
func runBlock(t *testing.T, page string, block []string, dir string, flags ...string) (out []string) {
	t.Helper()
	for i := 0; i < len(block); {
		command, ok := strings.CutPrefix(block[i], "$ kapilint ")
		if !ok {
			t.Errorf("%s: no command: %s", page, block[i])
			return block
		}
		end := i + 1
		for end < len(block) && !strings.HasPrefix(block[end], "$ ") {
			end++
		}
		s := &scan{t: t, dir: dir, flags: flags}
		cmd := s.command(split(command)...)
		var printed, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &printed, &errs
		if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() > 1 {
			t.Errorf("%s: %s: %v\n%s", page, command, err, errs.String())
		}
		got := strings.Split(strings.TrimSuffix(printed.String()+errs.String(), "\n"), "\n")
		want := block[i+1 : end]
		if !sameLines(got, want) {
			if !*update {
				t.Errorf("%s: kapilint %s\nprints\n%s\nand the page has\n%s", page, command, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			want = got
		}
		out = append(append(out, block[i]), want...)
		i = end
	}
	return out
}

// sameLines compares lines with a page's, where "..." stands for any number.
func sameLines(got, want []string) bool {
	for i, w := range want {
		if w == "..." {
			for skip := range len(got) + 1 {
				if sameLines(got[skip:], want[i+1:]) {
					return true
				}
			}
			return false
		}
		if len(got) == 0 || got[0] != w {
			return false
		}
		got = got[1:]
	}
	return len(got) == 0
}
