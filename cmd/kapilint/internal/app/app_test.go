// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/specmodel"
)

func check(name string, categories ...string) *lint.Analyzer {
	a := &lint.Analyzer{
		Analyzer: &analysis.Analyzer{Name: name, Doc: name},
		About:    lint.Doc{Title: "About " + name, Text: "Text of " + name + ".", Severity: report.Warning},
	}
	for _, c := range categories {
		a.About.Categories = append(a.About.Categories, lint.Category{Name: c, Title: "Kind " + c})
	}
	return a
}

// fake answers like the analysis would, and keeps what it was asked.
type fake struct {
	req    *engine.Request
	found  []report.Finding
	units  []report.Unit
	err    error
	option string
}

func (f *fake) engine() engine.Engine {
	withOption := check("errunlisted")
	withOption.Flags.StringVar(&f.option, "only", "", "errors to look for")
	return engine.Engine{
		Checks: []*lint.Analyzer{withOption, check("paramrange", "accepted", "rejected"), check("specmissing")},
		Lint: func(_ context.Context, req *engine.Request) (*engine.Findings, error) {
			f.req = req
			return &engine.Findings{
				Result: report.Result{Findings: slices.Clone(f.found), Units: f.units},
				Read:   func(name string) ([]byte, error) { return os.ReadFile(req.Tree.Abs(name)) },
			}, f.err
		},
		Infer: func(_ context.Context, req *engine.Request) (*engine.Contracts, error) {
			f.req = req
			return &engine.Contracts{Set: &specmodel.Set{APIs: []*specmodel.API{{Name: "sys_a"}}}, Units: f.units}, f.err
		},
		Specs: func(_ context.Context, req *engine.Request) (*engine.Contracts, error) {
			f.req = req
			return &engine.Contracts{Set: &specmodel.Set{APIs: []*specmodel.API{
				{Name: "sys_a", Kind: specmodel.Syscall, Origin: specmodel.FromMacro, Pos: specmodel.Pos{File: "fs/a.c", Line: 3}},
				{Name: "b_ioctl", Kind: specmodel.Ioctl},
			}}}, f.err
		},
	}
}

// tree makes a prepared kernel of three units, of which two are built.
func tree(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Makefile":                     "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION =\n",
		"Kbuild":                       "obj-y += fs/\n",
		".config":                      "CONFIG_X86_64=y\nCONFIG_64BIT=y\n",
		"include/generated/autoconf.h": "",
		"include/config/auto.conf":     "CONFIG_X86_64=y\nCONFIG_64BIT=y\n",
		"include/linux/kconfig.h":      "",
		"arch/x86/Makefile":            "",
		"fs/Makefile":                  "obj-y := a.o b.o\n",
		"fs/a.c":                       "int a;\n",
		"fs/b.c":                       "int b;\n",
		"fs/off.c":                     "",
	} {
		path := filepath.Join(root, "linux", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

type result struct {
	status         int
	stdout, stderr string
}

func run(dir string, f *fake, args ...string) result {
	var out, errs bytes.Buffer
	a := &App{Env: cli.Env{Engine: f.engine(), Stdout: &out, Stderr: &errs, Dir: dir}, Manual: "/*\nThe manual.\n*/\npackage main\n"}
	status := a.Run(context.Background(), args)
	return result{status, out.String(), errs.String()}
}

func finding(rule string, edits ...report.Edit) report.Finding {
	name, category, _ := strings.Cut(rule, "/")
	f := report.Finding{
		Check: name, Category: category, Severity: report.Warning, Message: "says " + rule,
		Place: report.Place{File: "fs/a.c", Line: 1, Col: 5},
	}
	if len(edits) > 0 {
		f.Fixes = []report.Fix{{Message: "Do it", Edits: edits}}
	}
	return f
}

func TestLint(t *testing.T) {
	top := tree(t)
	failed := []report.Unit{{Path: "fs/a.c", State: report.Failed}}
	partial := []report.Unit{{Path: "fs/a.c", State: report.Partial, Reasons: []report.Problem{{Item: "odd", Message: "x"}}}}
	tests := []struct {
		name   string
		dir    string
		fake   fake
		args   string
		status int
		stdout string
		stderr string // part of it
	}{
		{"nothing found", "linux", fake{}, "fs/a.c", 0, "", "nothing found in 0 units"},
		{"found", "linux", fake{found: []report.Finding{finding("errunlisted")}}, "fs/a.c", 1,
			"fs/a.c:1:5: warning: says errunlisted [errunlisted]\n", "1 warning"},
		{"below", "linux/fs", fake{found: []report.Finding{finding("errunlisted")}}, "a.c", 1,
			"a.c:1:5: warning: says errunlisted [errunlisted]\n", ""},
		{"above", "", fake{found: []report.Finding{finding("errunlisted")}}, "-C linux fs/a.c", 1,
			"linux/fs/a.c:1:5: warning: says errunlisted [errunlisted]\n", ""},
		{"quiet", "linux", fake{}, "-q fs/a.c", 0, "", ""},
		{"no failure wanted", "linux", fake{found: []report.Finding{finding("errunlisted")}}, "--fail=false -q fs/a.c", 0,
			"fs/a.c:1:5: warning: says errunlisted [errunlisted]\n", ""},
		{"failed unit", "linux", fake{units: failed, found: []report.Finding{finding("errunlisted")}}, "fs/a.c -q", 2,
			"fs/a.c:1:5: warning: says errunlisted [errunlisted]\n", "fs/a.c: error: could not be analysed"},
		{"partial unit", "linux", fake{units: partial}, "fs/a.c", 2, "", "fs/a.c: note: analysed without odd\n"},
		{"partial unit with findings", "linux", fake{units: partial, found: []report.Finding{finding("errunlisted")}}, "fs/a.c", 1,
			"fs/a.c:1:5: warning: says errunlisted [errunlisted]\n", "1 warning in 1 unit (1 partial)"},
		{"one rule", "linux", fake{found: []report.Finding{finding("paramrange/accepted"), finding("paramrange/rejected")}},
			"--checks paramrange/rejected fs/a.c", 1, "fs/a.c:1:5: warning: says paramrange/rejected [paramrange/rejected]\n", ""},
		{"engine error", "linux", fake{err: errors.New("no memory")}, "fs/a.c", 2, "", "kapilint: no memory\n"},
		{"lint said", "linux", fake{}, "lint fs/a.c", 0, "", "nothing found"},

		{"no files", "linux", fake{}, "", 2, "", "kapilint: no files given"},
		{"unknown flag", "linux", fake{}, "--formt=json fs/a.c", 2, "", "kapilint: unknown flag --formt; did you mean --format?\n"},
		{"unlike any flag", "linux", fake{}, "--zzz fs/a.c", 2, "", "kapilint: unknown flag --zzz; `kapilint help` lists them\n"},
		{"flag without value", "linux", fake{}, "fs/a.c -C", 2, "", "kapilint: flag -C needs a value\n"},
		{"unknown check", "linux", fake{}, "--checks errunlist fs/a.c", 2, "", "no check is named errunlist; did you mean errunlisted?"},
		{"no check left", "linux", fake{}, "--checks -all fs/a.c", 2, "", "leaves no check"},
		{"unknown format", "linux", fake{}, "--format xml fs/a.c", 2, "", "lint has no --format xml"},
		{"no such file", "linux", fake{}, "fs/aa.c", 2, "", "kapilint: fs/aa.c: no such file or directory; did you mean fs/a.c?\n"},
		{"no tree", "", fake{}, "x.c", 2, "", "not in a kernel tree"},
		{"bad -C", "", fake{}, "-C nowhere x.c", 2, "", "nowhere"},
		{"bad -j", "linux", fake{}, "-j 0 fs/a.c", 2, "", "-j 0: want 1 or more"},
		{"fix and diff", "linux", fake{}, "--fix --diff fs/a.c", 2, "", "exclude each other"},
		{"fix elsewhere", "linux", fake{}, "checks --fix", 2, "", "--fix is for lint, not for checks"},
		{"conflicting formats", "linux", fake{}, "--diff --format sarif fs/a.c", 2, "", "takes no --format sarif"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := run(filepath.Join(top, filepath.FromSlash(tt.dir)), &tt.fake, strings.Fields(tt.args)...)
			if got.status != tt.status || got.stdout != tt.stdout || !strings.Contains(got.stderr, tt.stderr) {
				t.Errorf("status %d, stdout %q, stderr %q\nwant %d, %q, %q", got.status, got.stdout, got.stderr, tt.status, tt.stdout, tt.stderr)
			}
			if strings.Contains(tt.args, "-q") && tt.stderr == "" && got.stderr != "" {
				t.Errorf("not quiet: %q", got.stderr)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	top := tree(t)
	f := &fake{}
	got := run(filepath.Join(top, "linux", "fs"), f, "--spec", "x.json", "--spec=../y.c", "-j", "3", "--errunlisted.only=EIO",
		"--checks", "-specmissing", "./...", "!b.c", "--", "off.c")
	if got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.stderr)
	}
	if want := []string{"fs/a.c", "fs/off.c"}; !slices.Equal(f.req.Files, want) {
		t.Errorf("files %v, want %v", f.req.Files, want)
	}
	if want := []string{filepath.Join(top, "linux", "fs", "x.json"), filepath.Join(top, "linux", "y.c")}; !slices.Equal(f.req.Specs, want) {
		t.Errorf("specs %v, want %v", f.req.Specs, want)
	}
	var names []string
	for _, a := range f.req.Checks {
		names = append(names, a.Name)
	}
	if s := strings.Join(names, " "); s != "errunlisted paramrange" {
		t.Errorf("checks %s", s)
	}
	if f.req.Jobs != 3 || f.option != "EIO" || f.req.Tree.Src != filepath.Join(top, "linux") {
		t.Errorf("jobs %d, option %q, tree %s", f.req.Jobs, f.option, f.req.Tree.Src)
	}
}

func TestUnderMake(t *testing.T) {
	top := tree(t)
	flags := strings.Fields("-D__linux__ -Wbitwise -Wp,-MMD,fs/.a.o.d -nostdinc -I./include -D__KERNEL__ -std=gnu11 -O2 -o x -c ./fs/a.c")
	f := &fake{found: []report.Finding{finding("errunlisted")}}
	got := run(filepath.Join(top, "linux"), f, append([]string{"--checks=errunlisted", "-q"}, flags...)...)
	if got.status != 0 || got.stdout != "" || !strings.Contains(got.stderr, "says errunlisted") {
		t.Errorf("findings stop the build: status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	if f.req == nil || f.req.Command == nil || !slices.Equal(f.req.Files, []string{"fs/a.c"}) || len(f.req.Checks) != 1 {
		t.Errorf("request %+v", f.req)
	}
	if got := run(filepath.Join(top, "linux"), &fake{}, flags...); got.stderr != "" {
		t.Errorf("a clean unit is not silent: %q", got.stderr)
	}
	if got := run(filepath.Join(top, "linux"), f, append([]string{"--fail"}, flags...)...); got.status != 1 {
		t.Errorf("--fail: status %d, %s", got.status, got.stderr)
	}
}

func TestFix(t *testing.T) {
	edit := report.Edit{File: "fs/a.c", Offset: 4, EndOffset: 5, New: "z"}
	other := report.Edit{File: "fs/a.c", Offset: 4, EndOffset: 5, New: "y"}
	all := []report.Finding{finding("errunlisted", edit), finding("paramrange/accepted", other), finding("specmissing")}

	t.Run("diff", func(t *testing.T) {
		top := tree(t)
		got := run(filepath.Join(top, "linux"), &fake{found: all}, "--diff", "fs/a.c")
		want := "--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1 +1 @@\n-int a;\n+int z;\n"
		if got.status != 1 || got.stdout != want || !strings.Contains(got.stderr, "can fix 1 of 3 findings in fs/a.c; left out") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("fix", func(t *testing.T) {
		top := tree(t)
		got := run(filepath.Join(top, "linux"), &fake{found: all}, "--fix", "fs/a.c")
		if got.status != 1 || strings.Contains(got.stdout, "errunlisted") || !strings.Contains(got.stdout, "specmissing") ||
			!strings.Contains(got.stderr, "conflict with these: 1") {
			t.Errorf("%+v", got)
		}
		data, err := os.ReadFile(filepath.Join(top, "linux", "fs", "a.c"))
		if err != nil || string(data) != "int z;\n" {
			t.Errorf("file is %q, %v", data, err)
		}
		if got := run(filepath.Join(top, "linux"), &fake{found: all[:1]}, "--fix", "fs/a.c"); got.status != 0 {
			t.Errorf("status %d although everything was fixed: %s", got.status, got.stderr)
		}
	})
}

func TestOtherCommands(t *testing.T) {
	top := tree(t)
	tests := []struct {
		name   string
		args   string
		status int
		stdout string // part of it
		stderr string // part of it
	}{
		{"checks", "checks", 0, "errunlisted            warning  About errunlisted\n", ""},
		{"rules", "checks", 0, "  paramrange/accepted           Kind accepted\n", ""},
		{"checks as JSON", "checks --format=json", 0, `"name": "--errunlisted.only"`, ""},
		{"explain", "explain errunlisted", 0, "errunlisted: About errunlisted\n", ""},
		{"explain a rule", "explain paramrange/accepted --format markdown", 0, "# paramrange\n", ""},
		{"explain nothing", "explain", 2, "", "`kapilint checks` lists them"},
		{"explain the unknown", "explain paramrang", 2, "", "did you mean paramrange?"},
		{"help", "help", 0, "\nLook at code\n  lint ", ""},
		{"help flag", "--help", 0, "\nLook at code\n  lint ", ""},
		{"manual", "help manual", 0, "The manual.\n", ""},
		{"help for a command", "help infer", 0, "  kapilint infer [flags] PATH|NAME...\n", ""},
		{"help flag of a command", "infer --help", 0, "  kapilint infer [flags] PATH|NAME...\n", ""},
		{"help on the unknown", "help infr", 2, "", "there is no help on infr; did you mean infer?"},
		{"help for a check", "help specmissing", 0, "specmissing: About specmissing\n", ""},
		{"version", "version", 0, "kapilint ", ""},

		{"infer a file", "infer fs/a.c", 0, "sys_a\n  Contract\n", ""},
		{"infer a name as JSON", "infer --format json epoll_wait", 0, `"name": "sys_a"`, ""},
		{"infer nothing", "infer", 2, "", "name .c files, functions or system calls"},
		{"infer SARIF", "infer --format sarif fs/a.c", 2, "", "infer has no --format sarif"},

		{"spec list", "spec list fs/a.c", 0, "sys_a    syscall  macro  0 params  0 errors  fs/a.c:3\n", ""},
		{"spec show", "spec show a fs/a.c", 0, "sys_a\n  Syscall declared in macros at fs/a.c:3\n", ""},
		{"spec export", "spec export fs/a.c", 0, `"name": "b_ioctl"`, ""},
		{"spec show a pattern", "spec show a* fs/a.c", 0, "sys_a\n", ""},
		{"spec show no pattern", "spec show x* fs/a.c", 2, "", "no contract has a name like x*"},
		{"spec show of a kind", "spec show --kind ioctl fs/a.c", 0, "b_ioctl\n", ""},
		{"spec of no kind", "spec list --kind iocl fs/a.c", 2, "", "unknown kind; did you mean ioctl?"},
		{"a flag of two commands", "spec list --shard 1/2 fs/a.c", 2, "", "--shard is for lint and infer, not for spec\n"},
		{"a flag before the command", "--format json checks", 0, `"name": "errunlisted"`, ""},
		{"kind elsewhere", "infer --kind ioctl fs/a.c", 2, "", "--kind is for spec"},
		{"spec export as macros", "spec export --format macro a fs/a.c", 0, "DEFINE_KERNEL_API_SPEC(sys_a)\n", ""},
		{"spec export as text", "spec export --format plain fs/a.c", 0, "b_ioctl\n", ""},
		{"spec list as a page", "spec list --format man fs/a.c", 2, "", "spec list has no --format man (text, json)"},
		{"spec with an unknown form", "spec show --format ma fs/a.c", 2, "", "spec has no --format ma; did you mean man? (text, plain, json,"},
		{"spec show the unknown", "spec show sys_b fs/a.c", 2, "", "no contract is named sys_b; did you mean sys_a?"},
		{"spec show everything", "spec show fs/a.c", 2, "", "name the contract"},
		{"spec", "spec", 2, "", "spec list SOURCE"},
		{"spec lst", "spec lst fs/a.c", 2, "", "did you mean list?"},
		{"spec of nothing", "spec list", 2, "", "name the source"},
		{"spec of no file", "spec list gone.json", 2, "", "gone.json: no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := run(filepath.Join(top, "linux"), &fake{}, strings.Fields(tt.args)...)
			if got.status != tt.status || !strings.Contains(got.stdout, tt.stdout) || !strings.Contains(got.stderr, tt.stderr) {
				t.Errorf("status %d, stdout %q, stderr %q\nwant %d, %q, %q", got.status, got.stdout, got.stderr, tt.status, tt.stdout, tt.stderr)
			}
		})
	}
}

func TestInferNames(t *testing.T) {
	top := tree(t)
	f := &fake{}
	run(filepath.Join(top, "linux"), f, "infer", "fs/a.c", "epoll_wait")
	if !slices.Equal(f.req.Files, []string{"fs/a.c"}) || !slices.Equal(f.req.Names, []string{"epoll_wait"}) {
		t.Errorf("files %v, names %v", f.req.Files, f.req.Names)
	}
}

func TestMachineFormats(t *testing.T) {
	top := tree(t)
	for _, format := range []string{"json", "jsonl", "sarif"} {
		f := &fake{found: []report.Finding{finding("errunlisted")}}
		got := run(filepath.Join(top, "linux"), f, "--format", format, "fs/a.c")
		if got.status != 1 || !strings.HasPrefix(got.stdout, "{") || !strings.Contains(got.stdout, "fs/a.c") {
			t.Errorf("%s: status %d\n%s", format, got.status, got.stdout)
		}
	}
	out := filepath.Join(top, "out.sarif")
	if got := run(filepath.Join(top, "linux"), &fake{}, "--format=sarif", "-o", out, "fs/a.c"); got.status != 0 || got.stdout != "" {
		t.Errorf("-o: %+v", got)
	}
	if data, err := os.ReadFile(out); err != nil || !bytes.Contains(data, []byte(`"id": "paramrange"`)) {
		t.Errorf("-o wrote %v: %s", err, data)
	}
}
