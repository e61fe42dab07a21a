// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// says is what a function's own text says: error names with the places of
// their return statements, and the callees whose result is passed on.
type says struct {
	Codes map[string]cfg.Site
	Tail  []cparse.Symbol
}

func (*says) AFact() {}

// reader reads the text of functions. It knows just enough C for these tests.
func newReader() *lint.Analyzer {
	return &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name: "reader", Doc: "read function bodies",
		Requires:  []*analysis.Analyzer{cparse.Analyzer},
		FactTypes: []analysis.Fact{new(says)},
		Run:       read,
	}}
}

var (
	codeRx = regexp.MustCompile(`return -(E[A-Z]+);`)
	tailRx = regexp.MustCompile(`return (\w+)\(`)
)

func read(pass *analysis.Pass) (any, error) {
	u := cparse.Of(pass)
	static := map[string]cparse.Symbol{}
	for _, f := range u.Funcs() {
		static[f.Name] = f.Sym
	}
	for _, f := range u.Funcs() {
		data, err := pass.ReadFile(f.At.File)
		if err != nil {
			return nil, err
		}
		fact := &says{Codes: map[string]cfg.Site{}}
		for i, line := range strings.Split(string(data), "\n")[f.At.Line:] {
			if line == "}" {
				break
			}
			site := cfg.Site{File: f.At.File, Line: f.At.Line + int32(i) + 1, Col: 1}
			if m := codeRx.FindStringSubmatchIndex(line); m != nil {
				site.Col = int32(m[2]) + 1
				fact.Codes[line[m[2]:m[3]]] = site
			}
			if m := tailRx.FindStringSubmatch(line); m != nil {
				sym, ok := static[m[1]]
				if !ok {
					sym = cparse.Symbol{Name: m[1]}
				}
				fact.Tail = append(fact.Tail, sym)
			}
		}
		pass.ExportObjectFact(f.Obj, fact)
	}
	return nil, nil
}

// codes answers which errors can come out of a function, following calls into
// units that nobody has loaded.
type codes struct{ prog *facts.Program }

func (c *codes) of(sym cparse.Symbol) (found map[string]cfg.Site, unknown []string) {
	found = map[string]cfg.Site{}
	seen := map[cparse.Symbol]bool{}
	var visit func(cparse.Symbol)
	visit = func(sym cparse.Symbol) {
		if seen[sym] {
			return
		}
		seen[sym] = true
		var s says
		if err := c.prog.Lookup(sym, &s); err != nil {
			unknown = append(unknown, err.Error())
			return
		}
		for _, code := range slices.Sorted(maps.Keys(s.Codes)) {
			if _, ok := found[code]; !ok {
				found[code] = s.Codes[code]
			}
		}
		for _, t := range s.Tail {
			visit(t)
		}
	}
	visit(sym)
	return found, unknown
}

// mark is a fact without meaning.
type mark struct{ N int }

func (*mark) AFact() {}

func newCodes(reader *lint.Analyzer) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name: "codes", Doc: "follow errors through calls",
			Requires:   []*analysis.Analyzer{cparse.Analyzer, reader.Analyzer},
			FactTypes:  []analysis.Fact{new(mark)},
			ResultType: reflect.TypeFor[*codes](),
			Run:        func(*analysis.Pass) (any, error) { return (*codes)(nil), nil },
		},
		Link: func(p *facts.Program) (any, error) { return &codes{p}, nil },
	}
}

// newUnlisted returns a check: a function whose text has a line "// errors: "
// in front returns nothing else.
func newUnlisted(c *lint.Analyzer) *lint.Analyzer {
	listed := func(pass *analysis.Pass, f *cparse.Func) ([]string, int, bool) {
		data, _ := pass.ReadFile(f.At.File)
		lines := strings.SplitAfter(string(data), "\n")
		if f.At.Line < 2 {
			return nil, 0, false
		}
		s, ok := strings.CutPrefix(lines[f.At.Line-2], "// errors:")
		return strings.Fields(s), len(strings.Join(lines[:f.At.Line-1], "")) - 1, ok
	}
	relevant := func(pass *analysis.Pass) bool {
		return slices.ContainsFunc(cparse.Of(pass).Funcs(), func(f *cparse.Func) bool {
			_, _, ok := listed(pass, f)
			return ok
		})
	}
	return &lint.Analyzer{
		About: lint.Doc{Title: "t", Text: "t", Before: "b", After: "a", Limits: "l", Severity: report.Error},
		Analyzer: &analysis.Analyzer{
			Name: "unlisted", Doc: "report errors that are not listed",
			Requires: []*analysis.Analyzer{cparse.Analyzer, c.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				for _, f := range cparse.Of(pass).Funcs() {
					want, at, ok := listed(pass, f)
					if !ok {
						continue
					}
					got, unknown := pass.ResultOf[c.Analyzer].(*codes).of(f.Sym)
					for _, code := range slices.Sorted(maps.Keys(got)) {
						if slices.Contains(want, code) {
							continue
						}
						lint.Report(pass, lint.At(f.At), fmt.Sprintf("%s can return -%s", f.Name, code),
							lint.WithSymbol(f.Sym.String()), lint.WithKey(code),
							lint.WithEvidence(lint.Step{Range: lint.At(got[code]), Message: "from here", Depth: 1}),
							lint.WithFix("List "+code, lint.Edit{File: f.At.File, Start: at, End: at, New: " " + code}))
					}
					for _, why := range unknown {
						lint.Report(pass, lint.At(f.At), "unknown: "+why, lint.WithSeverity(report.Info))
					}
				}
				return nil, nil
			},
		},
		Relevant: relevant,
	}
}

// suite returns fresh analyzers: reader, codes, unlisted.
func suite() []*lint.Analyzer {
	r := newReader()
	c := newCodes(r)
	return []*lint.Analyzer{newUnlisted(c), c, r}
}

// with returns suite and one more analyzer, which f can change.
func with(name string, run func(*analysis.Pass) (any, error), f func(*lint.Analyzer)) []*lint.Analyzer {
	a := &lint.Analyzer{Analyzer: &analysis.Analyzer{
		Name: name, Doc: name, Run: run, Requires: []*analysis.Analyzer{cparse.Analyzer},
	}}
	if f != nil {
		f(a)
	}
	return append(suite(), a)
}

// render prints all of an outcome that must not depend on scheduling.
func render(o *Outcome) string {
	var b strings.Builder
	at := func(p report.Place) string {
		return fmt.Sprintf("%s:%d:%d-%d:%d[%d-%d]", p.File, p.Line, p.Col, p.EndLine, p.EndCol, p.Offset, p.EndOffset)
	}
	for _, f := range o.Findings {
		fmt.Fprintf(&b, "%s: %s: %s [%s %s %s]\n", at(f.Place), f.Severity, f.Message, f.Rule(), f.Symbol, f.Key)
		for _, n := range f.Notes {
			fmt.Fprintf(&b, "\t%s: %d %s\n", at(n.Place), n.Depth, n.Message)
		}
		for _, x := range f.Fixes {
			fmt.Fprintf(&b, "\tfix: %s %v\n", x.Message, x.Edits)
		}
	}
	for _, u := range o.Units {
		fmt.Fprintf(&b, "%s: %s\n", u.Path, u.State)
		for _, r := range u.Reasons {
			fmt.Fprintf(&b, "\t%s\n", r.Message)
		}
	}
	for _, p := range o.Problems {
		fmt.Fprintf(&b, "problem: %s\n", p.Message)
	}
	for _, l := range o.Loads {
		fmt.Fprintf(&b, "load: %s for %s: %s %s\n", l.Path, l.Symbol, l.State, l.Err)
	}
	for _, s := range o.Refused {
		fmt.Fprintf(&b, "refused: %s\n", s)
	}
	for _, c := range o.Conflicts {
		fmt.Fprintf(&b, "conflict: %s %s\n", c.Symbol, strings.Join(c.Units, " "))
	}
	return b.String()
}
