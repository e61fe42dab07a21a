// SPDX-License-Identifier: GPL-2.0-only

package pick

import (
	"fmt"
	"path"
	"strings"

	"kapilint/checks/engine/lint"
	"kapilint/cmd/kapilint/internal/suggest"
)

// Rules is what --checks asks for: a list of names of checks or rules
// (check/category), which may be globs; a dash in front takes away. The last
// one that matches a rule decides. A list that starts by taking away starts
// from all.
type Rules struct {
	terms []term
}

type term struct {
	pattern string
	remove  bool
}

// Checks returns the checks that a --checks list asks for, and which of their
// rules.
func Checks(catalogue []*lint.Analyzer, list string) ([]*lint.Analyzer, Rules, error) {
	var sel Rules
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		t := term{pattern: word}
		t.pattern, t.remove = strings.CutPrefix(word, "-")
		if err := t.validate(catalogue); err != nil {
			return nil, sel, err
		}
		sel.terms = append(sel.terms, t)
	}
	var picked []*lint.Analyzer
	for _, a := range catalogue {
		for _, rule := range RulesOf(a) {
			if sel.Keeps(rule) {
				picked = append(picked, a)
				break
			}
		}
	}
	if len(picked) == 0 && len(catalogue) > 0 {
		return nil, sel, fmt.Errorf("--checks %s leaves no check", list)
	}
	return picked, sel, nil
}

// RulesOf lists what a check's findings may be called.
func RulesOf(a *lint.Analyzer) []string {
	out := []string{a.Name}
	for _, c := range a.About.Categories {
		out = append(out, a.Name+"/"+c.Name)
	}
	return out
}

func (t term) validate(catalogue []*lint.Analyzer) error {
	if _, err := path.Match(t.pattern, ""); err != nil {
		return fmt.Errorf("--checks: %s: %w", t.pattern, err)
	}
	var known []string
	for _, a := range catalogue {
		for _, r := range RulesOf(a) {
			if t.matches(r) {
				return nil
			}
			known = append(known, r)
		}
	}
	return fmt.Errorf("no check is named %s%s", t.pattern,
		suggest.Hint(t.pattern, known, "kapilint checks"))
}

// matches reports whether the term speaks of a rule: of itself, or of the
// check that it belongs to.
func (t term) matches(rule string) bool {
	if t.pattern == "all" {
		return true
	}
	check, _, _ := strings.Cut(rule, "/")
	for _, name := range []string{rule, check} {
		if ok, _ := path.Match(t.pattern, name); ok {
			return true
		}
	}
	return false
}

// Keeps tells whether the list asks for a rule.
func (s Rules) Keeps(rule string) bool {
	keep := len(s.terms) == 0 || s.terms[0].remove
	for _, t := range s.terms {
		if t.matches(rule) {
			keep = !t.remove
		}
	}
	return keep
}

// Check finds a check by its name or by that of one of its rules.
func Check(catalogue []*lint.Analyzer, name string) (*lint.Analyzer, error) {
	check, _, _ := strings.Cut(name, "/")
	var known []string
	for _, a := range catalogue {
		if a.Name == check {
			return a, nil
		}
		known = append(known, a.Name)
	}
	return nil, fmt.Errorf("no check is named %s%s", name, suggest.Hint(check, known, "kapilint checks"))
}
