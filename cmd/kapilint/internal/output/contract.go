// SPDX-License-Identifier: GPL-2.0-only

package output

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"kapilint/checks/report"
	"kapilint/specmodel"
)

// Contracts writes contracts for people: one paragraph each, parameters with
// the values they may have, errors with when they come. Steps of evidence
// stand below the errors of inferred contracts, and what kept a contract from
// being closed stands at its end. Not everything that a contract can say is
// shown; the JSON form has all of it.
func (t *Text) Contracts(w io.Writer, set *specmodel.Set) error {
	apis := slices.Clone(set.APIs)
	slices.SortStableFunc(apis, func(a, b *specmodel.API) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	out := bufio.NewWriter(w)
	for i, a := range apis {
		if i > 0 {
			fmt.Fprintln(out)
		}
		t.contract(out, a)
	}
	return out.Flush()
}

func (t *Text) contract(w io.Writer, a *specmodel.API) {
	about := []string{cmp.Or(string(a.Kind), "contract")}
	switch {
	case a.Origin == specmodel.FromCode && a.Closed:
		about = append(about, "inferred, closed")
	case a.Origin == specmodel.FromCode:
		about = append(about, "inferred, open")
	case a.Origin != "":
		about = append(about, string(a.Origin))
	}
	fmt.Fprintf(w, "%s%s (%s)\n", t.at(whereIs(a)), clean(a.Name), strings.Join(about, ", "))
	t.prose(w, "  ", a.Description)
	if names := a.Context.Flags.Names(); len(names) > 0 {
		fmt.Fprintf(w, "  context: %s\n", strings.Join(names, ", "))
	}
	for i := range a.Params {
		t.param(w, &a.Params[i])
	}
	if a.Return != nil {
		t.returns(w, a.Return)
	}
	t.errors(w, a)
	for _, l := range a.Locks {
		fmt.Fprintf(w, "  lock: %s\n", words(l.Name, string(l.Type), string(l.Scope), l.Description))
	}
	for _, s := range a.Signals {
		fmt.Fprintf(w, "  signal: %s\n", words(s.Name, string(s.Action), s.Condition, s.Description))
	}
	for _, c := range a.Capabilities {
		fmt.Fprintf(w, "  capability: %s\n", words(c.Name, string(c.Action), c.Allows))
	}
	for _, r := range a.Constraints {
		fmt.Fprintf(w, "  constraint: %s\n", words(r.Name, r.Description, r.Expression))
	}
	for _, e := range a.SideEffects {
		fmt.Fprintf(w, "  effect: %s\n", words(strings.Join(e.Types.Names(), "|"), e.Target, e.Description))
	}
	for _, s := range a.Open {
		fmt.Fprintf(w, "  open: %s\n", t.step(s))
	}
	for _, u := range a.Unknown {
		fmt.Fprintf(w, "  %snot understood: %s\n", t.at(placeAt(u.Pos)), words(u.Key, u.Raw))
	}
}

func (t *Text) param(w io.Writer, p *specmodel.Param) {
	s := clean(p.Name)
	if kind := cmp.Or(p.TypeName, string(p.Type)); kind != "" {
		s += " (" + clean(kind) + ")"
	}
	fmt.Fprintf(w, "  %s\n", words(s, ConstraintText(&p.Constraint), strings.Join(p.Flags.Names(), ", "), p.Description))
	if t.Verbose {
		for _, step := range p.Constraint.Trace {
			fmt.Fprintf(w, "      %s\n", t.step(step))
		}
	}
}

// ConstraintText says which values a constraint allows.
func ConstraintText(c *specmodel.Constraint) string {
	var s string
	switch c.Kind {
	case "":
		s = ""
	case specmodel.ConstraintNone:
		s = "any value"
	case specmodel.ConstraintRange:
		s = c.Min.String() + " to " + c.Max.String()
	case specmodel.ConstraintMask:
		s = "bits of " + bits(c.Mask)
		for _, m := range c.ArchMasks {
			s += ", on " + m.Arch + " also " + bits(m.Bits)
		}
		if len(c.Values) > 0 {
			s += ": " + exprs(c.Values)
		}
	case specmodel.ConstraintEnum:
		s = "one of " + cmp.Or(exprs(c.Values), c.ValuesFrom, "an unknown list")
	case specmodel.ConstraintSet:
		s = ranges(c.Ranges)
	case specmodel.ConstraintAlignment:
		s = "a multiple of " + c.Alignment.String()
	default:
		s = strings.ReplaceAll(string(c.Kind), "_", " ")
	}
	if c.Text != "" {
		s = words(s, c.Text)
	}
	if len(c.Else) > 0 {
		s += "; else " + strings.Join(c.Else, " or ")
	}
	return clean(s)
}

// bits writes a mask, whose value is read in hexadecimal.
func bits(e specmodel.Expr) string {
	if !e.Known || strings.HasPrefix(e.Text, "0x") {
		return e.Text
	}
	return e.Text + " (" + e.Val.Hex() + ")"
}

func exprs(list []specmodel.Expr) string {
	var out []string
	for _, e := range list {
		out = append(out, e.String())
	}
	return strings.Join(out, ", ")
}

func ranges(list []specmodel.Interval) string {
	var out []string
	for _, r := range list {
		if r.Min.Known && r.Max.Known && r.Min.Val.Cmp(r.Max.Val) == 0 {
			out = append(out, r.Min.String())
			continue
		}
		out = append(out, r.Min.String()+" to "+r.Max.String())
	}
	return strings.Join(out, ", ")
}

func (t *Text) returns(w io.Writer, r *specmodel.Return) {
	var success string
	switch {
	case r.Success.IsSet():
		success = "success is " + r.Success.String()
	case r.SuccessMin.IsSet() && r.SuccessMax.IsSet():
		success = "success is " + r.SuccessMin.String() + " to " + r.SuccessMax.String()
	case r.SuccessMin.IsSet():
		success = "success is " + r.SuccessMin.String() + " or more"
	case r.Check == specmodel.ReturnFD:
		success = "success is a file descriptor"
	case r.Check == specmodel.ReturnNone:
		success = "does not return"
	}
	if s := words("returns", cmp.Or(r.TypeName, string(r.Type)), success, r.Description); s != "returns" {
		fmt.Fprintf(w, "  %s\n", s)
	}
}

func (t *Text) errors(w io.Writer, a *specmodel.API) {
	for i := range a.Errors {
		e := &a.Errors[i]
		text := e.Condition // the error in a few words, unless computed
		if a.Origin == specmodel.FromCode && text != "" {
			text = "when " + text
		}
		text = words(text, e.Description)
		if e.Via != "" {
			text = words("from "+e.Via, text)
		}
		fmt.Fprintf(w, "  %s\n", words(e.Name, text))
		if len(e.Trace) == 0 {
			continue
		}
		trace := e.Trace
		if !t.Verbose {
			trace = trace[len(trace)-1:]
		}
		for _, s := range trace {
			fmt.Fprintf(w, "      %s\n", t.step(s))
		}
	}
}

func (t *Text) step(s specmodel.Step) string {
	note := s.Note
	if note == "" {
		note = s.Func
	}
	return t.at(placeAt(specmodel.Pos{File: s.File, Line: s.Line, Col: s.Col})) + clean(note)
}

// prose writes the first sentence or line of a text.
func (t *Text) prose(w io.Writer, indent, text string) {
	if line, _, _ := strings.Cut(text, "\n"); line != "" {
		fmt.Fprintf(w, "%s%s\n", indent, clean(line))
	}
}

// words joins what is not empty with colons and commas: a: b, c.
func words(first string, rest ...string) string {
	var tail []string
	for _, s := range rest {
		if s = strings.TrimSpace(s); s != "" {
			tail = append(tail, s)
		}
	}
	s := strings.Join(tail, ", ")
	if first != "" && s != "" {
		s = ": " + s
	}
	return clean(first + s)
}

// whereIs is where a contract stands: itself, or what it was read from.
func whereIs(a *specmodel.API) report.Place {
	if a.Pos.IsValid() {
		return placeAt(a.Pos)
	}
	return placeAt(a.Container)
}

func placeAt(p specmodel.Pos) report.Place {
	return report.Place{File: p.File, Line: p.Line, Col: p.Col}
}
