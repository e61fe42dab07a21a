// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"kapilint/specmodel/internal/near"
)

// A Scope is the translation unit that a contract stands in. The contracts of
// a unit share one.
type Scope struct {
	// Eval computes a C constant expression.
	Eval func(expr string) (Value, error)
	// Names returns the names of constants that expressions may use. It is
	// called at most once, for the first expression without a value.
	Names func() []string

	names map[string]bool
	meant map[string]string // what misspelt names were meant to be, "" for no idea
}

// maxMeant bounds for how many names of a unit a nearest one is looked for,
// which takes a look at all its constants.
const maxMeant = 64

func (s *Scope) eval(text string) (Value, error) {
	if s != nil && s.Eval != nil {
		if v, err := s.Eval(text); err == nil {
			return v, nil
		}
	}
	return EvalBuiltin(text)
}

// explain tells why an expression has no value: which of its names have none,
// and what they were meant to be. err is what evaluation says.
func (s *Scope) explain(e *Expr, err error) []Problem {
	var problems []Problem
	unknown := ""
	for _, n := range s.unknownNames(e.Text) {
		want := s.nearest(n.name)
		if want == "" {
			if unknown == "" {
				unknown = n.name
			}
			continue
		}
		p := Problem{Pos: e.Pos, Message: quote(n.name) + " has no value here; write " + want}
		if e.Pos.EndOffset-e.Pos.Offset == len(e.Text) { // else it was joined from several lines
			p.Pos.Col += n.offs[0]
			p.Pos.Offset, p.Pos.EndOffset = e.Pos.Offset+n.offs[0], e.Pos.Offset+n.offs[0]+len(n.name)
			p.Fix = n.rename(e.Pos, want)
		}
		problems = append(problems, p)
	}
	if unknown == "" && len(problems) > 0 {
		return problems
	}
	if blamed := unknownName(""); errors.As(err, &blamed) && unknown != "" {
		err = unknownName(unknown) // the evaluation that failed last knows less than the unit
	}
	return append(problems, Problem{Pos: e.Pos, Message: quote(e.Text) + " has no value here; define it or correct the name: " + err.Error()})
}

// use is a name of an expression and the offsets where it stands.
type use struct {
	name string
	offs []int
}

// rename is the fix that writes another name in an expression at pos. It is
// nil where a letter stands in for another one: GET and SET are two names.
func (n *use) rename(pos Pos, want string) *Fix {
	letters := func(s string) string { b := []byte(s); slices.Sort(b); return string(b) }
	if len(n.name) == len(want) && letters(n.name) != letters(want) {
		return nil
	}
	fix := &Fix{Message: "Change " + n.name + " to " + want}
	for _, off := range n.offs {
		fix.Edits = append(fix.Edits, Edit{pos.File, pos.Offset + off, pos.Offset + off + len(n.name), want})
	}
	return fix
}

// unknownNames returns the names of an expression that neither the unit nor
// the notation has, in order.
func (s *Scope) unknownNames(text string) []use {
	var list []use
	at := map[string]int{}
	p := &evaluator{src: text}
	for p.next() == nil && p.tok != "" {
		name, off := p.tok, p.pos-len(p.tok)
		called := strings.HasPrefix(strings.TrimLeft(text[p.pos:], " \t"), "(")
		switch {
		case name == "sizeof" && called:
			if p.next() != nil || p.skipArgs() != nil {
				return list
			}
			p.pos -= len(p.tok) // which skipArgs read
			continue
		case !isIdent(name[0]) || name[0] >= '0' && name[0] <= '9' || called || isTypeWord(name) || s.knows(name):
			continue
		case name == "struct" || name == "union" || name == "enum":
			if p.next() != nil {
				return list
			}
			continue
		}
		if i, ok := at[name]; ok {
			list[i].offs = append(list[i].offs, off)
			continue
		}
		at[name] = len(list)
		list = append(list, use{name, []int{off}})
	}
	return list
}

func (s *Scope) knows(name string) bool {
	if _, ok := builtinName(name); ok {
		return true
	}
	if s != nil && s.names == nil {
		s.names = map[string]bool{}
		if s.Names != nil {
			for _, n := range s.Names() {
				s.names[n] = true
			}
		}
	}
	return s != nil && s.names[name]
}

// nearest returns the constant that a name was meant to be, "" if there is
// none or more than one. Names that differ in a digit are not misspelt.
func (s *Scope) nearest(name string) string {
	if s == nil || len(name) < 6 {
		return ""
	}
	if want, ok := s.meant[name]; ok {
		return want
	}
	if len(s.meant) == maxMeant {
		return ""
	}
	number := digits(name)
	want, only := near.Word(name, func(yield func(string) bool) {
		for _, known := range []iter.Seq[string]{maps.Keys(s.names), maps.Keys(limits), maps.Keys(notationConstants)} {
			for n := range known {
				if digits(n) == number && !yield(n) {
					return
				}
			}
		}
	})
	if _, err := s.eval(want); !only || err != nil {
		want = ""
	}
	if s.meant == nil {
		s.meant = map[string]string{}
	}
	s.meant[name] = want
	return want
}

func digits(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, name)
}
