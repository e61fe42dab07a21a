// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/report"
)

func nothing(*analysis.Pass) (any, error) { return nil, nil }

func demo() *Analyzer {
	a := &Analyzer{
		Analyzer: &analysis.Analyzer{Name: "demo", Doc: "demonstrate", Run: nothing},
		About: Doc{
			Title:    "Errors that a_contract does not list",
			Text:     "A caller that switches over errors must know `EMFILE_MAX` and all the others, so this paragraph is long enough to wrap.\n\nIt finds:\n\n- one thing, which goes on\n  in a second line\n- another\n\n\treturn -EINVAL;\n",
			Before:   "\nint f(void)\n{\n\n\treturn -EINVAL;\n}\n",
			After:    "int f(void);\n",
			Since:    "0.1",
			Severity: report.Warning,
			Categories: []Category{
				{Name: "not-listed", Title: "Not listed", Text: "The code returns it."},
			},
			Limits: "Calls through pointers.",
		},
	}
	a.Flags.Bool("all", false, "look at every function")
	return a
}

func TestMarkdown(t *testing.T) {
	want := `# demo

Errors that a\_contract does not list.

Severity: warning  
Since: 0.1  

A caller that switches over errors must know ` + "`EMFILE_MAX`" + ` and all the others, so this paragraph is long enough to wrap.

It finds:

- one thing, which goes on in a second line
- another

` + "```c\nreturn -EINVAL;\n```" + `

## Kinds of finding

### demo/not-listed

Not listed.

The code returns it.

## Example

` + "```c\nint f(void)\n{\n\n\treturn -EINVAL;\n}\n```" + `

## Repaired

` + "```c\nint f(void);\n```" + `

## Options

- ` + "`--demo.all` (default `false`)" + `: look at every function

## Limits

Calls through pointers.
`
	if got := demo().Docs().Markdown(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestPlain(t *testing.T) {
	want := `demo: Errors that a_contract does not list
Severity: warning
Since: 0.1

A caller that switches over errors must
know ` + "`EMFILE_MAX`" + ` and all the others, so
this paragraph is long enough to wrap.

It finds:

- one thing, which goes on in a second
  line
- another

    return -EINVAL;

Kinds of finding

  demo/not-listed: Not listed

    The code returns it.

Example

    int f(void)
    {

    	return -EINVAL;
    }

Repaired

    int f(void);

Options

  --demo.all (default "false")
    look at every function

Limits

Calls through pointers.
`
	got := demo().Docs().Plain(40)
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	for line := range strings.Lines(got) {
		if n := len(strings.TrimRight(line, "\n")); n > 48 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := Validate([]*Analyzer{demo()}); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		name string
		ruin func(*Analyzer)
		want string
	}{
		{"no title", func(a *Analyzer) { a.About.Title = "" }, "no title"},
		{"no example", func(a *Analyzer) { a.About.Before = "" }, "no before"},
		{"no limits", func(a *Analyzer) { a.About.Limits = "" }, "no limits"},
		{"category spelling", func(a *Analyzer) { a.About.Categories[0].Name = "Not_Listed" }, "bad or repeated category"},
		{"category twice", func(a *Analyzer) { a.About.Categories = append(a.About.Categories, a.About.Categories[0]) }, "repeated category"},
		{"kebab name", func(a *Analyzer) { a.Name = "de-mo" }, "invalid"},
		{"same name", func(a *Analyzer) {
			a.Requires = []*analysis.Analyzer{{Name: "demo", Doc: "other", Run: nothing}}
		}, "named demo"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := demo()
			tt.ruin(a)
			err := Validate([]*Analyzer{a})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSummaryNeedsNoDocumentation(t *testing.T) {
	a := &Analyzer{Analyzer: &analysis.Analyzer{Name: "sum", Doc: "summarize", Run: nothing}}
	if a.IsCheck() {
		t.Error("an analyzer without severity is a check")
	}
	if err := Validate([]*Analyzer{a}); err != nil {
		t.Error(err)
	}
}

func TestNeeded(t *testing.T) {
	mk := func(name string, req ...*Analyzer) *Analyzer {
		a := &analysis.Analyzer{Name: name, Doc: name, Run: nothing}
		for _, r := range req {
			a.Requires = append(a.Requires, r.Analyzer)
		}
		return &Analyzer{Analyzer: a}
	}
	base := mk("base")
	sum := mk("sum", base)
	other := mk("other", base)
	check := mk("check", sum)
	got := Needed([]*Analyzer{check, other, sum, base}, []*Analyzer{check})
	var names []string
	for _, a := range got {
		names = append(names, a.Name)
	}
	if s := strings.Join(names, " "); s != "check sum base" {
		t.Errorf("got %s", s)
	}
}
