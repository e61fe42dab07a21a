// SPDX-License-Identifier: GPL-2.0-only

// Package paramrange reports parameters whose accepted values are not those
// that the contract declares.
package paramrange

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/cparse/flow/dom"
	"kapilint/specmodel"
)

// New returns the check over the contracts of specs and the summaries of outs.
func New(specs, outs *lint.Analyzer) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "paramrange",
			Doc:      "report parameters used outside their declared range",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer, outs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				declared := spec.Of(pass, specs).Declared
				for _, d := range declared {
					if c := outcomes.Of(pass, outs).Contract(d.Point); c != nil {
						check(pass, d, c)
					}
				}
				calls(pass, declared)
				return nil, nil
			},
		},
		Relevant: func(pass *analysis.Pass) bool { return len(spec.Of(pass, specs).Declared) > 0 },
		About:    doc,
	}
}

func check(pass *analysis.Pass, d spec.Declared, c *inferred.Contract) {
	for i := range c.Params {
		p := &c.Params[i]
		name := p.Name
		at := lint.At(c.Summary.At)
		if i < len(d.Point.Params) {
			name, at = d.Point.Params[i].Name, lint.At(d.Point.Params[i].At)
		}
		m := d.API.Param(name)
		if m == nil {
			continue
		}
		allowed, text, ok := Declared(&m.Constraint, p.Type)
		if !ok || p.Accept.Width() != allowed.Width() {
			continue
		}
		r := ranged{pass: pass, d: d, c: c, p: p, rule: &m.Constraint, pos: m.Pos, name: name, at: at, text: text, allowed: allowed}
		r.rejected()
		r.accepted()
	}
	members(pass, d, c)
}

// members compares the members of structs that a contract declares. Which of
// them reach code that was not seen is not known, so nothing is said of values
// that are let through.
func members(pass *analysis.Pass, d spec.Declared, c *inferred.Contract) {
	for i := range c.Members {
		m := &c.Members[i]
		f := field(d.API, m.Struct, m.Name)
		if f == nil || m.Of >= len(d.Point.Params) {
			continue
		}
		allowed, text, ok := Declared(&f.Constraint, m.Type)
		if !ok || m.Accept.Width() != allowed.Width() {
			continue
		}
		r := ranged{pass: pass, d: d, c: c, p: &m.Param, rule: &f.Constraint, pos: f.Pos, at: lint.At(d.Point.Params[m.Of].At),
			name: d.Point.Params[m.Of].Name + "->" + m.Name, text: text, allowed: allowed}
		r.rejected()
	}
}

func field(a *specmodel.API, of, name string) *specmodel.Field {
	for i := range a.Structs {
		s := &a.Structs[i]
		if strings.TrimPrefix(s.Name, "struct ") != of {
			continue
		}
		for j := range s.Fields {
			if s.Fields[j].Name == name {
				return &s.Fields[j]
			}
		}
	}
	return nil
}

// ranged is one parameter, or a member that one leads to, and its declared
// values.
type ranged struct {
	pass    *analysis.Pass
	d       spec.Declared
	c       *inferred.Contract
	p       *inferred.Param
	rule    *specmodel.Constraint
	pos     specmodel.Pos // of what the rule is about
	name    string
	at      lint.Range
	text    string // the constraint as written: range(1, 10)
	allowed dom.Set
}

func (r *ranged) call() string { return strings.TrimPrefix(r.d.Point.Name, "sys_") }

// rejected reports a value that the contract allows and the code always refuses.
func (r *ranged) rejected() {
	refused := r.allowed.Minus(r.p.Accept)
	v, ok := witness(refused, r.allowed, r.p.Type.Signed)
	if !ok || r.p.Accept.Contains(v) || r.p.Accept.IsEmpty() {
		return
	}
	why := r.p.Refused(v)
	if why == nil {
		return
	}
	site := why.At
	if !site.IsValid() && why.Out.Ret != nil {
		site = why.Out.Ret.At
	}
	evidence := []lint.Step{{Range: lint.At(r.where()), Message: fmt.Sprintf("the contract declares %s as %s", r.name, r.text)}}
	steps := r.c.Steps(why.Out, "-"+why.Error)
	for i, s := range steps {
		at := cfg.Site{File: s.File, Line: int32(s.Line), Col: int32(s.Col)}
		if i == len(steps)-1 && site.IsValid() && site != at {
			evidence = append(evidence, lint.Step{Range: lint.At(site), Message: fmt.Sprintf("%s is tested here", r.name), Depth: i})
		}
		evidence = append(evidence, lint.Step{Range: lint.At(at), Message: s.Note, Depth: i})
	}
	lint.Report(r.pass, r.at,
		fmt.Sprintf("the contract of %s allows %s = %s, which always fails with -%s", r.call(), r.name, number(v, r.allowed.Width(), r.p.Type.Signed, r.isMask()), why.Error),
		lint.WithCategory("rejected"), lint.WithSymbol(r.d.Point.Name), lint.WithKey(r.name), lint.WithEvidence(evidence...))
}

// accepted reports a value that the contract excludes and the code lets through.
func (r *ranged) accepted() {
	if r.p.Hidden {
		return
	}
	extra := r.p.Sure.Minus(r.allowed)
	v, ok := witness(extra, r.allowed, r.p.Type.Signed)
	if !ok || r.allowed.Contains(v) {
		return
	}
	evidence := []lint.Step{{Range: lint.At(r.where()), Message: fmt.Sprintf("the contract declares %s as %s", r.name, r.text)}}
	if r.p.Use.At.IsValid() {
		evidence = append(evidence, lint.Step{Range: lint.At(r.p.Use.At), Message: fmt.Sprintf("%s is %s here", r.name, r.p.Use.What)})
	}
	lint.Report(r.pass, r.at,
		fmt.Sprintf("%s lets %s = %s through, which its contract excludes", r.call(), r.name, number(v, r.allowed.Width(), r.p.Type.Signed, r.isMask())),
		lint.WithCategory("accepted"), lint.WithSymbol(r.d.Point.Name), lint.WithKey(r.name), lint.WithEvidence(evidence...))
}

func (r *ranged) isMask() bool { return r.rule.Kind == specmodel.ConstraintMask }

// where is the place of the constraint in the contract.
func (r *ranged) where() cfg.Site {
	for _, p := range []specmodel.Pos{r.rule.Pos, r.pos, r.d.API.Pos} {
		if p.IsValid() {
			return cfg.Site{File: p.File, Line: int32(p.Line), Col: int32(max(p.Col, 1))}
		}
	}
	return r.d.Point.At
}

// Declared returns the values that constraint c allows, as patterns of type t,
// and the constraint as written. It reports false when the
// constraint says nothing about the number itself, or its values are not known.
func Declared(c *specmodel.Constraint, t cfg.Type) (dom.Set, string, bool) {
	w := t.Bits()
	if w == 0 {
		return dom.Set{}, "", false
	}
	switch c.Kind {
	case specmodel.ConstraintRange:
		if !c.Min.Known || !c.Max.Known {
			return dom.Set{}, "", false
		}
		set, ok := interval(c.Min.Val, c.Max.Val, w, t.Signed)
		return set, fmt.Sprintf("range(%s, %s)", c.Min.Text, c.Max.Text), ok
	case specmodel.ConstraintMask:
		v, ok := c.MaskFor("")
		if !ok || len(c.ArchMasks) > 0 {
			return dom.Set{}, "", false
		}
		return dom.Bits(w, ^v.Bits&ones(w), 0), fmt.Sprintf("mask(%s)", c.Mask.Text), true
	case specmodel.ConstraintEnum:
		if len(c.Values) == 0 {
			return dom.Set{}, "", false
		}
		set := dom.Empty(w)
		var texts []string
		for _, e := range c.Values {
			if !e.Known {
				return dom.Set{}, "", false
			}
			set = set.Union(dom.Const(w, e.Val.Bits&ones(w)))
			texts = append(texts, e.Text)
		}
		return set, "enum(" + strings.Join(texts, ", ") + ")", true
	case specmodel.ConstraintNonZero:
		return dom.Full(w).Without(0), "nonzero", true
	case specmodel.ConstraintPowerOfTwo:
		set := dom.Empty(w)
		for i := range w {
			set = set.Union(dom.Const(w, 1<<i))
		}
		return set, "power_of_two", true
	case specmodel.ConstraintAlignment:
		n := c.Alignment
		if !n.Known || n.Val.Bits == 0 || n.Val.Bits&(n.Val.Bits-1) != 0 {
			return dom.Set{}, "", false
		}
		return dom.Bits(w, (n.Val.Bits-1)&ones(w), 0), fmt.Sprintf("alignment(%s)", n.Text), true
	}
	return dom.Set{}, "", false
}

func ones(w int) uint64 { return ^uint64(0) >> (64 - w) }

// interval returns lo to hi, cut to what the type can hold.
func interval(lo, hi specmodel.Value, w int, signed bool) (dom.Set, bool) {
	least, most := specmodel.Uint(0), specmodel.Uint(ones(w))
	if signed {
		least, most = specmodel.Int(-1<<(w-1)), specmodel.Int(1<<(w-1)-1)
	}
	if lo.Cmp(least) < 0 {
		lo = least
	}
	if hi.Cmp(most) > 0 {
		hi = most
	}
	if lo.Cmp(hi) > 0 {
		return dom.Set{}, false
	}
	if signed {
		return dom.SRange(w, int64(lo.Bits), int64(hi.Bits)), true
	}
	return dom.URange(w, lo.Bits, hi.Bits), true
}

// witness picks a telling element of set: zero, the first one next to values
// that are declared, or a single bit.
func witness(set, declared dom.Set, signed bool) (uint64, bool) {
	if set.IsEmpty() {
		return 0, false
	}
	w := set.Width()
	candidates := []uint64{0}
	ranges := set.Ranges(signed)
	for _, r := range ranges {
		if declared.Contains((r.Lo - 1) & ones(w)) {
			candidates = append(candidates, r.Lo)
		}
		if declared.Contains((r.Hi + 1) & ones(w)) {
			candidates = append(candidates, r.Hi)
		}
	}
	for _, r := range ranges {
		candidates = append(candidates, r.Lo, r.Hi)
	}
	for i := range w {
		candidates = append(candidates, 1<<i)
	}
	i := slices.IndexFunc(candidates, set.Contains)
	if i < 0 {
		return set.UMin(), set.Contains(set.UMin())
	}
	return candidates[i], true
}

func number(v uint64, w int, signed, hex bool) string {
	switch {
	case hex && v > 9:
		return fmt.Sprintf("%#x", v)
	case signed:
		return fmt.Sprint(flow.SignExtend(v, w))
	}
	return fmt.Sprint(v)
}

// calls reports calls in the unit that pass a constant which the callee's
// contract excludes.
func calls(pass *analysis.Pass, declared []spec.Declared) {
	u := cparse.Of(pass)
	byName := map[string]spec.Declared{}
	for _, d := range declared {
		byName[d.Point.Func.Name] = d
	}
	if len(byName) == 0 {
		return
	}
	for _, f := range u.Funcs() {
		if !f.InMain {
			continue
		}
		for _, b := range u.Body(f).Blocks {
			for _, in := range b.Instrs {
				if c, ok := in.(*cfg.Call); ok && c.Ptr == nil && !c.Macro {
					if d, ok := byName[c.Callee]; ok {
						checkCall(pass, d, c)
					}
				}
			}
		}
	}
}

func checkCall(pass *analysis.Pass, d spec.Declared, c *cfg.Call) {
	for i, a := range c.Args {
		if a.Op != cfg.OpConst || i >= len(d.API.Params) {
			continue
		}
		m := d.API.ParamAt(i)
		if m == nil {
			continue
		}
		allowed, text, ok := Declared(&m.Constraint, a.Type)
		if !ok {
			continue
		}
		v := uint64(a.Val) & ones(allowed.Width())
		if allowed.Contains(v) {
			continue
		}
		shown := number(v, allowed.Width(), a.Type.Signed, false)
		if a.Name != "" {
			shown = a.Name + " (" + shown + ")"
		}
		at := a.At
		if !at.IsValid() {
			at = c.At
		}
		lint.Report(pass, lint.At(at),
			fmt.Sprintf("%s is called with %s = %s, which its contract excludes", d.Point.Name, m.Name, shown),
			lint.WithCategory("call"), lint.WithSymbol(d.Point.Name), lint.WithKey(m.Name+"="+shown),
			lint.WithNote(site(m.Constraint.Pos), fmt.Sprintf("the contract declares %s as %s", m.Name, text)))
	}
}

func site(p specmodel.Pos) cfg.Site {
	return cfg.Site{File: p.File, Line: int32(p.Line), Col: int32(max(p.Col, 1))}
}

var doc = lint.Doc{
	Title:    "Parameters used outside their declared range",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `A contract declares which values a parameter may have: a range, a mask of bits, a
list. The code decides which values it lets through. Where the two differ, one
of them is wrong: user space is told that a value works which never does, or
values get in that nobody promised to handle.

Members of a struct in user memory that a contract describes are compared, too.`,
	Categories: []lint.Category{
		{Name: "accepted", Title: "The code lets a value through that the contract excludes",
			Text: "Names one such value and where the parameter is first used. Said only when every test of the parameter was seen."},
		{Name: "rejected", Title: "A value that the contract allows always fails",
			Text: "Names the value, the test that refuses it and the error. The value is that of a parameter, or of a member of a struct it points to."},
		{Name: "call", Title: "A call passes a constant outside the declared range",
			Text: "For calls, in the same unit, of a function that has a contract."},
	},
	Before: `/**
 * sys_epoll_wait - Wait for events
 * ...
 * param: maxevents
 *   type: int, input
 *   constraint-type: range(0, EP_MAX_EVENTS)
 */
SYSCALL_DEFINE4(epoll_wait, int, epfd, struct epoll_event __user *, events,
		int, maxevents, int, timeout)
{
	if (maxevents <= 0 || maxevents > EP_MAX_EVENTS)
		return -EINVAL;	/* 0 always fails */`,
	After: ` *   constraint-type: range(1, EP_MAX_EVENTS)`,
	Limits: `Constraints on what a pointer points to (strings, paths, buffers) are not
compared, nor relations between two parameters. A parameter whose value
reaches a callback or a function without a body is not said to be accepted,
since more may be refused there.`,
}
