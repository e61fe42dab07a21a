// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// cyclic is a tree of two files that call each other.
func cyclic() map[string]string {
	return map[string]string{
		"fs/a.c": `long do_b(int fd);

// errors: EINVAL
long do_a(int fd)
{
	if (fd < 0)
		return -EINVAL;
	if (fd == 7)
		return -EPERM;
	return do_b(fd);
}
`,
		"fs/b.c": `long do_a(int fd);

static long helper(int fd)
{
	return -EFAULT;
}

long do_b(int fd)
{
	if (fd == 1)
		return -EBADF;
	if (fd == 2)
		return helper(fd);
	return do_a(fd - 1);
}
`,
		"fs/c.c": `long do_c(int fd)
{
	return 0;
}
`,
	}
}

const cyclicFindings = `fs/a.c:4:6-4:10[43-47]: error: do_a can return -EBADF [unlisted do_a EBADF]
	fs/b.c:11:11-11:16[113-118]: 1 from here
	fix: List EBADF [{fs/a.c 37 37  EBADF}]
fs/a.c:4:6-4:10[43-47]: error: do_a can return -EFAULT [unlisted do_a EFAULT]
	fs/b.c:5:10-5:16[58-64]: 1 from here
	fix: List EFAULT [{fs/a.c 37 37  EFAULT}]
fs/a.c:4:6-4:10[43-47]: error: do_a can return -EPERM [unlisted do_a EPERM]
	fs/a.c:9:11-9:16[113-118]: 1 from here
	fix: List EPERM [{fs/a.c 37 37  EPERM}]
`

func (k *kernel) config() *Config {
	return &Config{World: k.world, Load: k.load, Workers: 2}
}

// find says where the functions of cyclic are.
func find(s cparse.Symbol) []string {
	if path, ok := map[string]string{"do_a": "fs/a.c", "do_b": "fs/b.c", "do_c": "fs/c.c"}[s.Name]; ok {
		return []string{path}
	}
	return nil
}

func mustRun(t *testing.T, cfg *Config, as []*lint.Analyzer, req Request) *Outcome {
	t.Helper()
	o, err := Run(context.Background(), cfg, as, req)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// The order of analyzers and units, the number of workers and how much syntax
// is kept change nothing.
func TestDeterminism(t *testing.T) {
	want := cyclicFindings + "fs/a.c: typed\nfs/b.c: typed\nfs/c.c: typed\n"
	for seed := range uint64(24) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		paths := []string{"fs/a.c", "fs/b.c", "fs/c.c", "fs/a.c"}
		rnd.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		as := suite()
		rnd.Shuffle(len(as), func(i, j int) { as[i], as[j] = as[j], as[i] })
		k := newKernel(t, cyclic())
		cfg := k.config()
		cfg.Workers, cfg.Keep = 1+rnd.IntN(3), rnd.IntN(3)
		o := mustRun(t, cfg, as, Request{Check: paths})
		expect(t, render(o), want)
		if o.Parsed != 3 && cfg.Keep > 0 || o.Parsed != 4 && cfg.Keep == 0 {
			t.Errorf("%d parses with %d kept", o.Parsed, cfg.Keep)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestOnDemand(t *testing.T) {
	for _, workers := range []int{1, 2} {
		k := newKernel(t, cyclic())
		cfg := k.config()
		cfg.Find, cfg.Workers = find, workers
		o := mustRun(t, cfg, suite(), Request{Check: []string{"fs/a.c"}})
		expect(t, render(o), cyclicFindings+"fs/a.c: typed\nload: fs/b.c for do_b: typed \n")
		if k.loads["fs/c.c"] != 0 {
			t.Error("a unit that nobody asked for was loaded")
		}
	}
}

func TestOnDemandFailures(t *testing.T) {
	want := `fs/a.c:4:6-4:10[43-47]: note: unknown: do_b: %s [unlisted  ]
fs/a.c:4:6-4:10[43-47]: error: do_a can return -EPERM [unlisted do_a EPERM]
	fs/a.c:9:11-9:16[113-118]: 1 from here
	fix: List EPERM [{fs/a.c 37 37  EPERM}]
fs/a.c: typed
%s`
	for _, tt := range []struct {
		name       string
		setup      func(*kernel, *Config)
		gap, loads string
	}{
		{"no index", func(_ *kernel, c *Config) { c.Find = nil },
			"no definition is known", ""},
		{"not in the index", func(_ *kernel, c *Config) { c.Find = func(cparse.Symbol) []string { return nil } },
			"no definition is known", ""},
		{"file gone", func(k *kernel, _ *Config) { delete(k.files, "fs/b.c") },
			"fs/b.c: no such file or directory", "load: fs/b.c for do_b: failed fs/b.c: no such file or directory\n"},
		{"index out of date", func(k *kernel, _ *Config) { k.files["fs/b.c"] = "" },
			"the defining unit says nothing about it", "load: fs/b.c for do_b: typed \n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKernel(t, cyclic())
			cfg := k.config()
			cfg.Find = find
			tt.setup(k, cfg)
			got := render(mustRun(t, cfg, suite(), Request{Check: []string{"fs/a.c"}}))
			expect(t, got, fmt.Sprintf(want, tt.gap, tt.loads))
		})
	}
}

// chain is a tree in which f0 calls f1, and so on, one file each.
func chain(n int) (map[string]string, func(cparse.Symbol) []string) {
	files := map[string]string{}
	for i := range n {
		body := fmt.Sprintf("	return f%d(fd);\n", i+1)
		if i == n-1 {
			body = "	return -EIO;\n"
		}
		files[fmt.Sprintf("f%d.c", i)] = fmt.Sprintf("long f%d(int fd);\n\n// errors:\nlong f%d(int fd)\n{\n%s}\n", i+1, i, body)
	}
	return files, func(s cparse.Symbol) []string {
		if p := s.Name + ".c"; files[p] != "" {
			return []string{p}
		}
		return nil
	}
}

func TestBudget(t *testing.T) {
	files, find := chain(6)
	for _, tt := range []struct {
		name    string
		set     func(*Config)
		loads   int
		refused string
	}{
		{"unlimited", func(*Config) {}, 5, "[]"},
		{"units", func(c *Config) { c.MaxLoads = 3 }, 3, "[f4]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKernel(t, files)
			cfg := k.config()
			cfg.Find = find
			tt.set(cfg)
			o := mustRun(t, cfg, suite(), Request{Check: []string{"f0.c"}})
			if len(o.Loads) != tt.loads || fmt.Sprint(o.Refused) != tt.refused {
				t.Errorf("%d loads, refused %v; want %d, %s", len(o.Loads), o.Refused, tt.loads, tt.refused)
			}
			if unknown := strings.Contains(render(o), "budget"); unknown != (tt.refused != "[]") {
				t.Errorf("the gap is not visible to the check:\n%s", render(o))
			}
		})
	}
}

// Many workers ask for the same units at once; each is loaded once.
func TestSingleFlight(t *testing.T) {
	files, find := chain(8)
	var check []string
	for i := range 6 {
		p := fmt.Sprintf("user%d.c", i)
		files[p] = fmt.Sprintf("long f0(int fd);\n\n// errors:\nlong u%d(int fd)\n{\n	return f0(fd);\n}\n", i)
		check = append(check, p)
	}
	k := newKernel(t, files)
	cfg := k.config()
	cfg.Find, cfg.Workers, cfg.Keep = find, 6, 6
	load := cfg.Load
	cfg.Load = func(path string) (*cparse.Unit, error) {
		time.Sleep(time.Millisecond)
		return load(path)
	}
	o := mustRun(t, cfg, suite(), Request{Check: check})
	if len(o.Findings) != 6 || len(o.Loads) != 8 {
		t.Errorf("%d findings, %d loads", len(o.Findings), len(o.Loads))
	}
	for path, n := range k.loads {
		if n != 1 {
			t.Errorf("%s was loaded %d times", path, n)
		}
	}
}

func TestFailedUnits(t *testing.T) {
	k := newKernel(t, cyclic())
	cfg := k.config()
	load := cfg.Load
	cfg.Load = func(path string) (*cparse.Unit, error) {
		switch path {
		case "fs/b.c":
			panic("cc: internal error")
		case "fs/c.c":
			return nil, nil
		}
		return load(path)
	}
	o := mustRun(t, cfg, suite(), Request{Check: []string{"fs/a.c", "fs/b.c"}, Summarize: []string{"fs/c.c", "gone.c"}})
	got := render(o)
	for _, want := range []string{
		"do_a can return -EPERM",
		"fs/a.c: typed\nfs/b.c: failed\n\tparser of fs/b.c panicked: cc: internal error\nfs/c.c: failed\n\tthe loader returned no unit\ngone.c: failed\n\tgone.c: no such file or directory\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got:\n%s\nwant in it:\n%s", got, want)
		}
	}
}

// What the front end leaves out is visible, and the rest is analysed.
func TestPartialUnit(t *testing.T) {
	files := cyclic()
	files["fs/a.c"] = "#error not for this machine\n" + files["fs/a.c"]
	files["fs/b.c"] += "\x00"
	k := newKernel(t, files)
	for keep := range 2 {
		cfg := k.config()
		cfg.Keep = keep
		o := mustRun(t, cfg, suite(), Request{Check: []string{"fs/a.c"}, Summarize: []string{"fs/b.c"}})
		a, b := o.Units[0], o.Units[1]
		if a.State != report.Partial || len(a.Reasons) != 1 || a.Reasons[0].Place.Line != 1 || !strings.Contains(a.Reasons[0].Message, "not for this machine") {
			t.Errorf("keep %d: fs/a.c is %+v", keep, a)
		}
		if b.State != report.Failed || len(b.Reasons) != 1 || b.Reasons[0].Place.Line != 16 {
			t.Errorf("keep %d: fs/b.c is %+v", keep, b)
		}
		if got := render(o); !strings.Contains(got, "do_a can return -EPERM") || !strings.Contains(got, "unknown: do_b") {
			t.Errorf("keep %d: got:\n%s", keep, got)
		}
	}
}

func inUnit(path string, f func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(p *analysis.Pass) (any, error) {
		if cparse.Of(p).Path == path {
			return f(p)
		}
		return nil, nil
	}
}

// Whatever an analyzer does in one unit, the unit says so, and everything else
// goes on.
func TestMisbehaviourIsContained(t *testing.T) {
	var foreign types.Object
	exportForeign := func(p *analysis.Pass) (any, error) {
		p.ExportObjectFact(foreign, &mark2{1})
		return nil, nil
	}
	var late *analysis.Pass
	facts := func(a *lint.Analyzer) { a.FactTypes = []analysis.Fact{new(mark2)} }
	for _, tt := range []struct {
		name string
		run  func(*analysis.Pass) (any, error)
		set  func(*lint.Analyzer)
		want string
	}{
		{"panic", func(*analysis.Pass) (any, error) { panic("oops") }, nil, "extra panicked: oops"},
		{"panic in a summary", func(*analysis.Pass) (any, error) { panic("oops") }, facts, "extra panicked: oops"},
		{"nil dereference", func(p *analysis.Pass) (any, error) { return (*mark)(nil).N, nil }, nil, "extra panicked: runtime error"},
		{"error", func(*analysis.Pass) (any, error) { return nil, errors.New("cannot") }, nil, "extra: cannot"},
		{"wrong result", func(*analysis.Pass) (any, error) { return 1, nil }, nil, "extra: the result is int, declared is <nil>"},
		{"foreign symbol", exportForeign, facts, "extra panicked: extra: fs/b.c exports *driver.mark2 about nobody, which it does not define"},
		{"undeclared export", exportForeign, nil, "exports *driver.mark2, which it does not declare"},
		{"undeclared read", func(p *analysis.Pass) (any, error) {
			p.ImportObjectFact(foreign, new(says))
			return nil, nil
		}, facts, "reads *driver.says, which it does not declare"},
		{"unit fact", func(p *analysis.Pass) (any, error) {
			p.ExportPackageFact(&mark2{})
			return nil, nil
		}, facts, "facts are about symbols"},
		{"summary that reports", func(p *analysis.Pass) (any, error) {
			p.Reportf(1, "x")
			return nil, nil
		}, facts, "must not report"},
		{"bad fix", func(p *analysis.Pass) (any, error) {
			lint.Report(p, lint.At(cfg.Site{File: "fs/b.c", Line: 1, Col: 1}), "m", lint.WithFix("Fix"))
			return nil, nil
		}, nil, "no edits"},
		{"bad plain fix", func(p *analysis.Pass) (any, error) {
			p.Report(analysis.Diagnostic{SuggestedFixes: []analysis.SuggestedFix{{Message: "Fix", TextEdits: []analysis.TextEdit{{Pos: 999999}}}}})
			return nil, nil
		}, nil, "is in no file"},
		{"panic when asked", func(p *analysis.Pass) (any, error) { return nil, nil },
			func(a *lint.Analyzer) { a.Relevant = func(*analysis.Pass) bool { panic("oops") } }, ""},
		{"report after Run", func(p *analysis.Pass) (any, error) {
			if late == nil {
				late = p
				return nil, nil
			}
			return nil, nil
		}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKernel(t, cyclic())
			foreign = k.world.Object(cparse.Symbol{Name: "nobody"})
			cfg := k.config()
			as := with("extra", inUnit("fs/b.c", tt.run), tt.set)
			o := mustRun(t, cfg, as, Request{Check: []string{"fs/a.c", "fs/b.c"}})
			got := render(o)
			if !strings.HasPrefix(got, cyclicFindings+"fs/a.c: typed\n") {
				t.Errorf("other findings suffer:\n%s", got)
			}
			b := o.Units[1]
			if tt.want == "" {
				if b.State != report.Typed {
					t.Errorf("%+v", b)
				}
				return
			}
			if b.State != report.Partial || len(b.Reasons) != 1 || !strings.Contains(b.Reasons[0].Message, tt.want) {
				t.Errorf("unit is %+v, want a reason %q", b, tt.want)
			}
		})
	}
	defer func() {
		if recover() == nil {
			t.Error("a diagnostic after Run was taken")
		}
	}()
	late.Reportf(1, "too late")
}

type mark2 struct{ N int }

func (*mark2) AFact() {}

func TestFailedPrerequisite(t *testing.T) {
	for keep := range 2 {
		failedPrerequisite(t, keep)
	}
}

func failedPrerequisite(t *testing.T, keep int) {
	k := newKernel(t, cyclic())
	as := suite()
	run := as[2].Run
	as[2].Run = func(p *analysis.Pass) (any, error) {
		if cparse.Of(p).Path == "fs/a.c" {
			return nil, errors.New("cannot read")
		}
		return run(p)
	}
	cfg := k.config()
	cfg.Keep = keep
	o := mustRun(t, cfg, as, Request{Check: []string{"fs/a.c", "fs/b.c"}})
	expect(t, render(o), `fs/a.c: partial
	codes did not run: failed prerequisite reader
	reader: cannot read
	unlisted did not run: failed prerequisite codes
fs/b.c: typed
`)
}

func TestLinkFailure(t *testing.T) {
	for _, tt := range []struct {
		name string
		link func(*facts.Program) (any, error)
		want string
	}{
		{"error", func(*facts.Program) (any, error) { return nil, errors.New("no fixpoint") }, "link step of codes: no fixpoint"},
		{"panic", func(*facts.Program) (any, error) { panic("oops") }, "link step of codes panicked: oops"},
		{"wrong result", func(*facts.Program) (any, error) { return "x", nil }, "link step of codes: codes: the result is string, declared is *driver.codes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newKernel(t, cyclic())
			as := suite()
			as[1].Link = tt.link
			cfg := k.config()
			cfg.Keep = 9
			o := mustRun(t, cfg, as, Request{Check: []string{"fs/a.c", "fs/b.c"}})
			expect(t, render(o), `fs/a.c: partial
	unlisted did not run: failed prerequisite codes
fs/b.c: typed
problem: `+tt.want+"\n")
		})
	}
}

// A link step that only sets facts leaves the results of the units alone;
// those read the linked facts through their pass.
func TestLinkedFactsReachOldResults(t *testing.T) {
	type result struct{ pass *analysis.Pass }
	for _, keep := range []int{0, 9} {
		k := newKernel(t, cyclic())
		sum := &lint.Analyzer{
			Analyzer: &analysis.Analyzer{
				Name: "sum", Doc: "sum", Requires: []*analysis.Analyzer{cparse.Analyzer},
				FactTypes: []analysis.Fact{new(mark)}, ResultType: reflect.TypeFor[*result](),
				Run: func(p *analysis.Pass) (any, error) {
					for _, f := range cparse.Of(p).Funcs() {
						p.ExportObjectFact(f.Obj, &mark{1})
					}
					return &result{p}, nil
				},
			},
			Link: func(p *facts.Program) (any, error) {
				for _, o := range p.Objects(new(mark)) {
					p.Set(o, &mark{2})
				}
				return nil, nil
			},
		}
		check := &lint.Analyzer{Analyzer: &analysis.Analyzer{
			Name: "check", Doc: "check", Requires: []*analysis.Analyzer{cparse.Analyzer, sum.Analyzer},
			Run: func(p *analysis.Pass) (any, error) {
				for _, f := range cparse.Of(p).Funcs() {
					var m mark
					p.ResultOf[sum.Analyzer].(*result).pass.ImportObjectFact(f.Obj, &m)
					lint.Report(p, lint.At(f.At), fmt.Sprintf("%s %d", f.Name, m.N))
				}
				return nil, nil
			},
		}}
		cfg := k.config()
		cfg.Keep = keep
		o := mustRun(t, cfg, []*lint.Analyzer{sum, check}, Request{Check: []string{"fs/b.c"}})
		var got []string
		for _, f := range o.Findings {
			got = append(got, f.Message)
		}
		if s := strings.Join(got, ", "); s != "helper 2, do_b 2" {
			t.Errorf("keep %d: got %s", keep, s)
		}
	}
}

func TestMissingWrapper(t *testing.T) {
	k := newKernel(t, cyclic())
	_, err := Run(context.Background(), k.config(), suite()[:1], Request{})
	if err == nil || !strings.Contains(err.Error(), "not among the analyzers") {
		t.Errorf("error is %v", err)
	}
}

func TestSummaryBeforeLink(t *testing.T) {
	k := newKernel(t, cyclic())
	as := with("extra", func(*analysis.Pass) (any, error) { return nil, nil }, nil)
	as[3].Requires = []*analysis.Analyzer{as[1].Analyzer}
	as[3].FactTypes = []analysis.Fact{new(mark2)}
	_, err := Run(context.Background(), k.config(), as, Request{})
	if err == nil || !strings.Contains(err.Error(), "summarizes and requires codes") {
		t.Errorf("error is %v", err)
	}
}

func TestProgress(t *testing.T) {
	k := newKernel(t, cyclic())
	cfg := k.config()
	var mu sync.Mutex
	seen := map[int]int{}
	cfg.Progress = func(done, total, _ int) {
		mu.Lock()
		defer mu.Unlock()
		seen[done] += total
	}
	mustRun(t, cfg, suite(), Request{Check: []string{"fs/a.c", "fs/b.c", "gone.c"}, Summarize: []string{"fs/c.c"}})
	if !maps.Equal(seen, map[int]int{1: 4, 2: 4, 3: 4, 4: 4}) {
		t.Errorf("progress was %v", seen)
	}
}

// An analyzer that only helps others makes no unit relevant, and does not run
// where no check does.
func TestHelpersFollow(t *testing.T) {
	k := newKernel(t, cyclic())
	var mu sync.Mutex
	var ran []string
	helper := &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name: "helper", Doc: "helper", Requires: []*analysis.Analyzer{cparse.Analyzer},
		Run: func(p *analysis.Pass) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, cparse.Of(p).Path)
			return nil, nil
		},
	}}
	as := suite()
	as[0].Requires = append(as[0].Requires, helper.Analyzer)
	relevant := as[0].Relevant
	as[0].Relevant = func(p *analysis.Pass) bool {
		mu.Lock()
		ran = nil // before the check phase it runs for the question alone
		mu.Unlock()
		return relevant(p)
	}
	o := mustRun(t, k.config(), append(as, helper), Request{Check: []string{"fs/a.c", "fs/b.c", "fs/c.c"}})
	if o.Parsed != 4 || !slices.Equal(slices.Compact(ran), []string{"fs/a.c"}) {
		t.Errorf("%d parses, the helper ran on %v", o.Parsed, ran)
	}
}

func TestInlineConflict(t *testing.T) {
	k := newKernel(t, map[string]string{
		"include/i.h": "static inline int chk(int x)\n{\n	return -EIO;\n}\n",
		"a.c":         "#include <i.h>\nint a(void) { return chk(1); }\n",
		"b.c":         "#include <i.h>\nint b(void) { return chk(1); }\n",
	})
	cfg := k.config()
	// The second unit sees another body.
	other := newKernel(t, maps.Clone(k.files))
	other.world = k.world
	other.files["include/i.h"] = "static inline int chk(int x)\n{\n	return -EPERM;\n}\n"
	cfg.Load = func(path string) (*cparse.Unit, error) {
		if path == "b.c" {
			return other.load(path)
		}
		return k.load(path)
	}
	o := mustRun(t, cfg, suite(), Request{Summarize: []string{"b.c", "a.c"}})
	expect(t, render(o), "a.c: typed\nb.c: typed\nconflict: include/i.h:chk a.c b.c\n")
}

// An inline function that only units on demand have is what the first of them
// says that is asked for, whoever asks, and so is the end of the budget.
func TestOnDemandInOrder(t *testing.T) {
	files := map[string]string{"include/i.h": "static inline int chk(int x)\n{\n#ifdef OTHER\n	return -EIO;\n#else\n	return -EPERM;\n#endif\n}\n"}
	var check []string
	for i := range 8 {
		user, callee := fmt.Sprintf("u%d", i), fmt.Sprintf("f%d", i)
		files[user+".c"] = "int " + callee + "(int x);\n\n// errors:\nint " + user + "(int x)\n{\n	return " + callee + "(x);\n}\n"
		files[callee+".c"] = "#include <i.h>\nint " + callee + "(int x)\n{\n	return chk(x);\n}\n"
		if i%2 == 1 {
			files[callee+".c"] = "#define OTHER\n" + files[callee+".c"]
		}
		check = append(check, user+".c")
	}
	var want string
	for _, workers := range []int{1, 2, 4, 4, 4, 8} {
		k := newKernel(t, files)
		cfg := k.config()
		cfg.Workers, cfg.Keep, cfg.MaxLoads = workers, workers, 6
		cfg.Find = func(s cparse.Symbol) []string { return []string{s.Name + ".c"} }
		load := cfg.Load
		cfg.Load = func(path string) (*cparse.Unit, error) {
			time.Sleep(time.Duration(len(path)*rand.IntN(1000)) * time.Microsecond)
			return load(path)
		}
		o := mustRun(t, cfg, suite(), Request{Check: check})
		got := render(o)
		if want == "" {
			want = got
		}
		expect(t, got, want)
		if fmt.Sprint(o.Refused) != "[f6 f7]" {
			t.Errorf("%d workers: refused %v", workers, o.Refused)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	files, find := chain(20)
	k := newKernel(t, files)
	cfg := k.config()
	cfg.Find = find
	cfg.Load = func(path string) (*cparse.Unit, error) {
		cancel()
		return k.load(path)
	}
	o, err := Run(ctx, cfg, suite(), Request{Check: slices.Collect(maps.Keys(files))})
	if !errors.Is(err, context.Canceled) || o == nil {
		t.Fatalf("got %v, %v", o, err)
	}
	if len(o.Units) == 20 {
		t.Error("all units were summarized after cancellation")
	}
}

// cachedRuns runs the suite over changing files with one cache.
type cachedRuns struct {
	t        *testing.T
	dir      string
	files    map[string]string
	check    []string
	find     func(cparse.Symbol) []string
	option   string
	findings string
}

func (c *cachedRuns) run() *Outcome {
	c.t.Helper()
	store, err := cache.Open(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	k := newKernel(c.t, c.files)
	cfg := k.config()
	cfg.Find = c.find
	cfg.Facts = &FactCache{
		Cache: store, Options: c.findings, KeepRuns: c.findings != "",
		Key: func(path string) (string, bool) { return c.option, path != "fs/c.c" },
		Digest: func(name string) (cache.Key, error) {
			s, ok := c.files[name]
			if !ok {
				return cache.Key{}, fs.ErrNotExist
			}
			return cache.Sum([]byte(s)), nil
		},
	}
	return mustRun(c.t, cfg, suite(), Request{Check: c.check})
}

func (c *cachedRuns) replace(file, old, new string) {
	c.files[file] = strings.Replace(c.files[file], old, new, 1)
}

func TestFactCache(t *testing.T) {
	c := &cachedRuns{t: t, dir: t.TempDir(), files: cyclic(), check: []string{"fs/a.c", "fs/b.c", "fs/c.c"}, option: "x"}
	want := render(c.run())
	for _, tt := range []struct {
		name           string
		change         func()
		parsed, reused int
		same           bool
	}{
		// fs/a.c is parsed again to be checked, fs/c.c has no key.
		{"nothing", func() {}, 2, 2, true},
		{"option", func() { c.option = "y" }, 4, 0, true},
		{"file", func() { c.replace("fs/b.c", "EFAULT", "ENOMEM") }, 3, 1, false},
		{"and back", func() { c.replace("fs/b.c", "ENOMEM", "EFAULT") }, 3, 1, true},
	} {
		tt.change()
		o := c.run()
		if o.Parsed != tt.parsed || o.Reused != tt.reused {
			t.Errorf("%s: %d parsed, %d reused; want %d, %d", tt.name, o.Parsed, o.Reused, tt.parsed, tt.reused)
		}
		if got := render(o); got == want != tt.same {
			t.Errorf("%s: got:\n%s", tt.name, got)
		}
	}
}

// What has happened to an entry, and to all, costs time and nothing else.
func TestDamagedCache(t *testing.T) {
	c := &cachedRuns{t: t, dir: t.TempDir(), files: cyclic(), check: []string{"fs/a.c"}, find: find, option: "x", findings: "f"}
	want := render(c.run())
	damage := map[string]func(name string, data []byte) error{
		"cut":   func(name string, data []byte) error { return os.Truncate(name, int64(len(data)/2)) },
		"empty": func(name string, data []byte) error { return os.Truncate(name, 0) },
		"changed": func(name string, data []byte) error {
			return os.WriteFile(name, append([]byte("x"), data...), 0o666)
		},
		"other": func(name string, data []byte) error { return os.WriteFile(name, []byte("kapilint"), 0o666) },
		"gone":  func(name string, _ []byte) error { return os.Remove(name) },
	}
	entries := func() []string {
		names, err := filepath.Glob(filepath.Join(c.dir, "*", "*"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no entries: %v", err)
		}
		return names
	}
	apply := func(kind, name string) {
		data, err := os.ReadFile(name)
		if err == nil {
			err = damage[kind](name, data)
		}
		if err != nil {
			t.Error(err)
		}
	}
	for kind := range damage {
		for i := range entries() {
			apply(kind, entries()[i])
			expect(t, render(c.run()), want)
		}
		for _, name := range entries() {
			apply(kind, name)
		}
		expect(t, render(c.run()), want)
		if o := c.run(); o.Parsed != 0 {
			t.Errorf("%s: %d units parsed by the run after the next", kind, o.Parsed)
		}
	}
}

// A changed header has its users done again, and no other unit.
func TestHeaderUsers(t *testing.T) {
	c := &cachedRuns{t: t, dir: t.TempDir(), option: "x", findings: "f", files: map[string]string{
		"include/x.h": "#define X 1\n",
		"include/y.h": "#include <x.h>\n",
		"a.c":         "#include <x.h>\nint a(void) { return X; }\n",
		"b.c":         "#include <y.h>\nint b(void) { return X; }\n",
		"c.c":         "#include <empty.h>\nint c(void) { return 3; }\n",
		"d.c":         "int d(void) { return 4; }\n",
	}, check: []string{"a.c", "b.c", "c.c", "d.c"}}
	c.files["include/empty.h"] = ""
	for _, tt := range []struct {
		file, text string
		parsed     int
	}{
		{"", "", 4}, {"", "", 0}, {"include/x.h", "#define X 2\n", 2}, {"include/y.h", "#include <x.h>\n\n", 1}, {"d.c", "", 1}, {"", "", 0},
	} {
		if tt.file != "" {
			c.files[tt.file] = tt.text
		}
		if o := c.run(); o.Parsed != tt.parsed {
			t.Errorf("%q changed: %d units parsed, want %d", tt.file, o.Parsed, tt.parsed)
		}
	}
}

// A header that was not there and is now has the unit done again.
func TestHeaderAppears(t *testing.T) {
	c := &cachedRuns{t: t, dir: t.TempDir(), option: "x", findings: "f", check: []string{"a.c"}, files: map[string]string{
		"a.c": "#include <x.h>\n#if __has_include(\"y.h\")\n#include \"y.h\"\n#endif\nint a(void) { return 0; }\n",
	}}
	for _, tt := range []struct {
		file   string
		parsed int
		state  report.UnitState
	}{
		{"", 1, report.Partial}, {"", 0, report.Partial}, {"include/x.h", 1, report.Typed}, {"", 0, report.Typed}, {"y.h", 1, report.Typed}, {"", 0, report.Typed},
	} {
		if tt.file != "" {
			c.files[tt.file] = ""
		}
		if o := c.run(); o.Parsed != tt.parsed || o.Units[0].State != tt.state {
			t.Errorf("%s appears: %d units parsed, %s", tt.file, o.Parsed, o.Units[0].State)
		}
	}
}

func TestFindingsCache(t *testing.T) {
	files := cyclic()
	c := &cachedRuns{t: t, dir: t.TempDir(), files: files, check: []string{"fs/a.c"}, find: find, option: "x", findings: "f"}
	want := render(c.run())
	for _, tt := range []struct {
		name   string
		change func()
		parsed int
		same   bool
	}{
		{"nothing", func() {}, 0, true},
		{"options of checks", func() { c.findings = "g" }, 1, true},
		{"a unit on demand", func() { c.replace("fs/b.c", "EFAULT", "ENOMEM") }, 2, false},
		{"nothing again", func() {}, 0, false},
		{"the index", func() { c.find = func(cparse.Symbol) []string { return nil } }, 1, false},
		{"and all is back", func() {
			c.find = find
			c.replace("fs/b.c", "ENOMEM", "EFAULT")
		}, 2, true},
		{"a unit on demand without key", func() {
			c.replace("fs/b.c", "do_a(fd - 1)", "do_c(fd)")
			c.check = []string{"fs/a.c", "fs/b.c"}
		}, 3, false},
		{"cannot be kept", func() {}, 2, false},
	} {
		tt.change()
		o := c.run()
		if got := render(o); got == want != tt.same {
			t.Errorf("%s: got:\n%s", tt.name, got)
		}
		if o.Parsed != tt.parsed {
			t.Errorf("%s: %d parsed, want %d", tt.name, o.Parsed, tt.parsed)
		}
	}
}
