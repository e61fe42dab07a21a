// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"fmt"
	"path"
	"strings"

	"kapilint/checks/engine/lint"
)

// selection is what --checks asks for: a list of names of checks or rules
// (check/category), which may be globs; a dash in front takes away. The last
// one that matches a rule decides. A list that starts by taking away starts
// from all.
type selection struct {
	terms []term
}

type term struct {
	pattern string
	remove  bool
}

// pickChecks returns the checks that a --checks list asks for, and which of their
// rules.
func pickChecks(catalogue []*lint.Analyzer, list string) ([]*lint.Analyzer, selection, error) {
	var sel selection
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
		for _, rule := range rules(a) {
			if sel.keeps(rule) {
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

// rules lists what a check's findings may be called.
func rules(a *lint.Analyzer) []string {
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
		for _, r := range rules(a) {
			if t.matches(r) {
				return nil
			}
			known = append(known, r)
		}
	}
	return fmt.Errorf("no check is named %s%s", t.pattern,
		hint(t.pattern, known, func(s string) string { return s }, "kapilint checks"))
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

func (s selection) keeps(rule string) bool {
	keep := len(s.terms) == 0 || s.terms[0].remove
	for _, t := range s.terms {
		if t.matches(rule) {
			keep = !t.remove
		}
	}
	return keep
}
