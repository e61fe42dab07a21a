// SPDX-License-Identifier: GPL-2.0-only

// Package lint gives a check its shape: a real [analysis.Analyzer] and what
// go/analysis has no field for.
//
// The model: an [Analyzer] wraps an *analysis.Analyzer, which says what to run
// on one translation unit, and adds structured documentation ([Doc]) and the
// hooks of the driver's phases. Summaries export facts about functions and
// close them over the program; checks read them and call [Report]. The
// documentation is data, so the page of a check, the text of `kapilint
// explain` and the help in SARIF are made from one literal.
//
// [Report] takes places as files, lines and columns, which is what facts hold,
// and turns them into positions of the pass's FileSet. What an
// [analysis.Diagnostic] cannot carry (symbol, key, depth of the evidence)
// travels beside it to a driver that seeds [Details], and is dropped by any
// other.
package lint

import (
	"flag"
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/facts"
	"kapilint/checks/engine/report"
)

// Analyzer is an analyzer and its part in the phases of the driver.
//
// An analyzer with FactTypes summarizes: it runs on every unit of the program
// by itself, before any other unit's facts are known. Its Run must depend on
// the unit alone, because its facts are cached. One with a Link step and no
// FactTypes runs in no unit: its result comes from the link step. All others
// run in the check phase, on units that were asked for.
type Analyzer struct {
	*analysis.Analyzer
	About Doc

	// Link, if set, runs once, after every unit has been summarized and after
	// the Link of the analyzers required. It may derive facts from the
	// exported ones. A result that is not nil has the analyzer's ResultType
	// and is what the check phase finds in ResultOf for every unit; it must
	// then be safe for concurrent use. The Program stays valid afterwards, so
	// a result may look up functions when it is asked.
	Link func(*facts.Program) (any, error)

	// Relevant, if set, tells whether a check can have anything to say about
	// the unit of the pass. It is asked once the unit is summarized, and
	// spares the check phase the syntax of units that no check wants. Its
	// ResultOf lacks the analyzers that need a link step.
	Relevant func(*analysis.Pass) bool
}

// Doc documents an analyzer. Title is one line without a full stop, in the
// mood "Errors that a contract does not list". Text and Limits are paragraphs
// separated by empty lines; a paragraph whose lines start with "- " is a list,
// one whose lines start with a tab is code.
type Doc struct {
	Name       string          // the analyzer's, filled in by Docs
	Title      string          //
	Text       string          // what is found and why it matters
	Before     string          // C code that triggers the check
	After      string          // the same, repaired
	Since      string          // the first version with this check
	Severity   report.Severity // of its findings; empty for an analyzer that only summarizes
	Categories []Category      // the kinds of finding, where there are several
	Options    []Option        // filled in by Docs
	Limits     string          // what the check cannot see
}

// Category is one kind of finding of a check. Its rule is "check/category".
type Category struct{ Name, Title, Text string }

// Option is a flag of the check, set with --NAME.OPTION=VALUE.
type Option struct{ Name, Default, Text string }

// Docs returns the documentation complete with the analyzer's name and its
// options, which are read from its flags.
func (a *Analyzer) Docs() Doc {
	d := a.About
	d.Name = a.Name
	d.Options = nil
	a.Flags.VisitAll(func(f *flag.Flag) {
		d.Options = append(d.Options, Option{f.Name, f.DefValue, f.Usage})
	})
	return d
}

// IsCheck reports whether the analyzer has findings to report, as opposed to
// computing something for others.
func (a *Analyzer) IsCheck() bool { return a.About.Severity != "" }

// Validate checks what the type system cannot: valid go/analysis graphs, names
// used once, and documentation without holes.
func Validate(as []*Analyzer) error {
	plain := make([]*analysis.Analyzer, len(as))
	for i, a := range as {
		plain[i] = a.Analyzer
	}
	if err := analysis.Validate(plain); err != nil {
		return err
	}
	names := map[string]*analysis.Analyzer{}
	for _, a := range closure(plain) {
		if other := names[a.Name]; other != nil && other != a {
			return fmt.Errorf("two analyzers are named %s", a.Name)
		}
		names[a.Name] = a
	}
	for _, a := range as {
		if err := a.validateDoc(); err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	return nil
}

func (a *Analyzer) validateDoc() error {
	d := a.About
	if !a.IsCheck() {
		return nil
	}
	for _, part := range []struct{ name, text string }{
		{"title", d.Title}, {"text", d.Text}, {"before", d.Before}, {"after", d.After}, {"limits", d.Limits},
	} {
		if part.text == "" {
			return fmt.Errorf("documentation has no %s", part.name)
		}
	}
	seen := map[string]bool{}
	for _, c := range d.Categories {
		if !isKebab(c.Name) || seen[c.Name] {
			return fmt.Errorf("bad or repeated category %q", c.Name)
		}
		if c.Title == "" {
			return fmt.Errorf("category %s has no title", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// isKebab reports whether s is lower-case words joined by single hyphens.
func isKebab(s string) bool {
	word := false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || word && '0' <= r && r <= '9':
			word = true
		case r == '-' && word:
			word = false
		default:
			return false
		}
	}
	return word
}

// Needed returns the picked analyzers and those of all that they require,
// directly or not, in the order of all.
func Needed(all, picked []*Analyzer) []*Analyzer {
	plain := make([]*analysis.Analyzer, len(picked))
	for i, a := range picked {
		plain[i] = a.Analyzer
	}
	need := closure(plain)
	var out []*Analyzer
	for _, a := range all {
		if slices.Contains(need, a.Analyzer) {
			out = append(out, a)
		}
	}
	return out
}

// closure returns as and all they require, requirements first.
func closure(as []*analysis.Analyzer) []*analysis.Analyzer {
	var out []*analysis.Analyzer
	seen := map[*analysis.Analyzer]bool{}
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, r := range a.Requires {
			visit(r)
		}
		out = append(out, a)
	}
	for _, a := range as {
		visit(a)
	}
	return out
}
