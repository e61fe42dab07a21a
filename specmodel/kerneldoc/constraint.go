// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// exprs reads a comma-separated list that begins at index at of the sub-tag.
func (r *reader) exprs(v *sub, text string, at int) []specmodel.Expr {
	var list []specmodel.Expr
	if strings.TrimSpace(text) == "" {
		return nil
	}
	pieces, starts := ctext.SplitTop(text)
	for i, piece := range pieces {
		list = append(list, r.exprIn(v, piece, at+starts[i]))
	}
	return list
}

// constraintKind reads constraint-type: a name, or a name with arguments.
func (r *reader) constraintKind(p *specmodel.Param, v *sub) {
	c := &p.Constraint
	c.Pos = r.subPos(v)
	name, args, hasArgs := strings.Cut(v.text, "(")
	name = strings.TrimSpace(name)
	kind, ok := specmodel.ParseConstraintKind(name)
	if !ok || name == "" {
		r.token("parameter "+p.Name, v.text, v.off(0), "kind of constraint")
		return
	}
	if !hasArgs {
		if kind == specmodel.ConstraintBuffer && !strings.HasPrefix(name, "KAPI_") {
			r.badConstraint(p, v, "write buffer(INDEX) with the index of the parameter that holds the size")
			return
		}
		c.Kind = kind
		return
	}
	at := strings.IndexByte(v.text, '(') + 1
	if !strings.HasSuffix(args, ")") || !balanced(args[:len(args)-1]) {
		r.badConstraint(p, v, "close the parentheses")
		return
	}
	r.constraintArgs(p, v, kind, args[:len(args)-1], at)
}

func balanced(s string) bool {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func (r *reader) badConstraint(p *specmodel.Param, v *sub, why string) {
	r.problem(r.subPos(v), "bad-constraint", specmodel.Bad, "%q is not a constraint; %s", clip(v.text), why)
	r.keep("parameter "+p.Name, v.key, v.text, r.subPos(v))
}

// wantArgs says how many arguments a kind takes in parentheses.
var wantArgs = map[specmodel.ConstraintKind]struct {
	min, max int
	form     string
}{
	specmodel.ConstraintRange:      {2, 2, "range(MIN, MAX)"},
	specmodel.ConstraintMask:       {1, 1, "mask(BITS)"},
	specmodel.ConstraintEnum:       {1, 1 << 16, "enum(VALUE, VALUE, ...)"},
	specmodel.ConstraintAlignment:  {1, 1, "alignment(BYTES)"},
	specmodel.ConstraintUserString: {0, 1, "user_string(BYTES)"},
	specmodel.ConstraintBuffer:     {1, 1, "buffer(INDEX)"},
}

func (r *reader) constraintArgs(p *specmodel.Param, v *sub, kind specmodel.ConstraintKind, args string, at int) {
	c := &p.Constraint
	if kind == specmodel.ConstraintCustom {
		c.Kind = kind
		if c.Text == "" {
			c.Text = strings.TrimSpace(args)
		}
		return
	}
	want, ok := wantArgs[kind]
	if !ok && strings.TrimSpace(args) != "" {
		r.badConstraint(p, v, "write "+string(kind)+" without parentheses")
		return
	}
	n := 0
	if strings.TrimSpace(args) != "" {
		pieces, _ := ctext.SplitTop(args)
		n = len(pieces)
	}
	if n < want.min || n > want.max {
		r.badConstraint(p, v, "write "+want.form)
		return
	}
	list := r.exprs(v, args, at)
	for _, e := range list {
		if !e.IsSet() {
			return // reported
		}
	}
	c.Kind = kind
	r.symbolic(list)
	switch kind {
	case specmodel.ConstraintRange:
		c.Min, c.Max = list[0], list[1]
	case specmodel.ConstraintMask:
		c.Mask = list[0]
	case specmodel.ConstraintEnum:
		c.Values = list
	case specmodel.ConstraintAlignment:
		c.Alignment = list[0]
	case specmodel.ConstraintUserString:
		if n == 1 {
			p.Size = list[0]
		}
	case specmodel.ConstraintBuffer:
		p.SizeParam = list[0]
	}
}

// symbolic notes values that one reader cannot compute.
func (r *reader) symbolic(list []specmodel.Expr) {
	for _, e := range list {
		if hasName(e.Text) {
			r.problem(e.Pos, "symbolic", specmodel.Note, "the kapi tool cannot tell the value of %s from the source; let it read a compiled kernel", clip(e.Text))
		}
	}
}

// hasName reports whether an expression has an identifier in it.
func hasName(text string) bool {
	inWord := false
	for i := range len(text) {
		c := text[i]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if letter && !inWord {
			return true
		}
		inWord = letter || c >= '0' && c <= '9'
	}
	return false
}
