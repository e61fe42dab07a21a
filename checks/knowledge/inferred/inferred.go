// SPDX-License-Identifier: GPL-2.0-only

// Package inferred turns what the flow analysis knows of a function into the
// contract that holds in fact.
//
// The model: a [Contract] pairs the contract model's own form with what a check
// needs beyond it: for each error the outcomes that return it, for each
// parameter the exact set of values that are not always refused, and which
// parameters reach code that could not be seen. An errno is a constant return
// value from -4095 to -1 (include/linux/err.h, MAX_ERRNO). At the system call
// boundary the restart codes of include/linux/errno.h become EINTR, and
// ENOIOCTLCMD becomes ENOTTY, since user space never sees them.
package inferred

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/cparse/flow/dom"
	"kapilint/specmodel"
)

// Contract is the inferred contract of one function.
type Contract struct {
	API     *specmodel.API
	Summary *flow.Summary
	Errors  []Error // by name, then by first place
	Leaks   []Error // codes that user space must never see and a system call hands out, by name
	Params  []Param
	Open    []flow.Open // what may return errors that are not known, sorted
}

// Error is an error that the function can return.
type Error struct {
	Name     string // EMFILE
	Code     int64  // negative
	Internal string // the kernel's own name, where user space sees another: ERESTARTSYS
	Outcomes []*flow.Outcome
}

// Param is a parameter's set of accepted values.
type Param struct {
	Name   string
	Type   cfg.Type
	Accept dom.Set // values that some outcome which is not an error allows
	Sure   dom.Set // the part of Accept that outcomes which cannot be errors allow
	Hidden bool    // the value reaches code that was not seen: more may be refused there
	Refuse []Refusal
	Use    flow.Site // the first use that is not a test
}

// Refusal is an error that some values get.
type Refusal struct {
	Error string
	Set   dom.Set  // the values, none of them accepted
	At    cfg.Site // the test that sends them there
	Out   *flow.Outcome
}

const maxErrno = 4095

// boundary maps the codes that never leave the kernel to what user space sees
// (kernel/signal.c and each architecture's signal code; fs/ioctl.c).
var boundary = map[string]string{
	"ERESTARTSYS": "EINTR", "ERESTARTNOINTR": "EINTR", "ERESTARTNOHAND": "EINTR", "ERESTART_RESTARTBLOCK": "EINTR",
	"ENOIOCTLCMD": "ENOTTY",
}

// ErrnoName returns the name of an error by its positive number; spelled is
// how the source wrote it, preferred where it fits.
func ErrnoName(n int64, spelled string) string {
	spelled = strings.TrimPrefix(spelled, "-")
	if m, ok := specmodel.Errno(spelled); ok && m == n {
		return specmodel.CanonicalErrno(spelled)
	}
	if name := specmodel.ErrnoName(n); name != "" {
		return name
	}
	return fmt.Sprintf("E%d", n)
}

// isError reports whether the outcome is a failure, whatever the value.
func isError(o *flow.Outcome) bool {
	if o.Ret == nil || o.Set.IsEmpty() {
		return false
	}
	w := o.Set.Width()
	return o.Set.Subset(dom.SRange(w, -maxErrno, -1))
}

// mayBeError reports whether the outcome can be a failure.
func mayBeError(o *flow.Outcome) bool {
	return o.Ret != nil && o.Set.Overlaps(dom.SRange(o.Set.Width(), -maxErrno, -1))
}

// Of derives the contract of a function from its summary. name is the
// contract's name, sys_NAME for a system call, kind its kind, types the
// parameters' types as written. A system call has the parameters of types and
// no others: the body of one without any may get the saved registers.
func Of(name string, kind specmodel.Kind, sum *flow.Summary, types []string) *Contract {
	if kind == specmodel.Syscall && len(types) < len(sum.Types) {
		cut := *sum
		cut.Types, cut.Params = sum.Types[:len(types)], sum.Params[:len(types)]
		sum = &cut
	}
	c := &Contract{Summary: sum}
	c.errors(kind)
	c.params()
	c.API = c.model(name, kind, types)
	return c
}

func (c *Contract) errors(kind specmodel.Kind) {
	byName, leaks := map[string]*Error{}, map[string]*Error{}
	open := map[flow.Open]bool{}
	for i := range c.Summary.Outcomes {
		o := &c.Summary.Outcomes[i]
		if !mayBeError(o) {
			continue
		}
		v, ok := o.Set.Single()
		if !ok {
			if why, ok := unknown(o); ok {
				open[why] = true
			}
			continue
		}
		n := flow.SignExtend(v, o.Set.Width())
		spelled := o.Ret.Name
		if spelled == "" && specmodel.ErrnoName(-n) == "" {
			// No error has this number: it is what tests have left of a value
			// that is not known.
			open[flow.Open{Kind: flow.OpenMemory, At: o.Ret.At}] = true
			continue
		}
		e, ok := seen(kind, ErrnoName(-n, spelled), n)
		found := byName
		if !ok {
			found = leaks
		}
		old := found[e.Name]
		if old == nil {
			old = &e
			found[e.Name] = old
		}
		if e.Internal == "" {
			old.Internal = ""
		}
		old.Outcomes = append(old.Outcomes, o)
	}
	c.Errors, c.Leaks = c.sorted(byName), c.sorted(leaks)
	for o := range open {
		c.Open = append(c.Open, o)
	}
	slices.SortFunc(c.Open, func(a, b flow.Open) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), compareSite(a.At, b.At))
	})
}

// sorted returns errors by name, each with the outcome first that shows it best.
func (c *Contract) sorted(byName map[string]*Error) (out []Error) {
	for _, e := range byName {
		slices.SortStableFunc(e.Outcomes, func(a, b *flow.Outcome) int {
			return cmp.Or(cmp.Compare(c.restarts(*e, a), c.restarts(*e, b)), cmp.Compare(len(a.Trace), len(b.Trace)), compareSite(a.Ret.At, b.Ret.At))
		})
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Error) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// seen returns an error as the caller of an interface sees it. It reports false
// for a code that must not leave the kernel.
func seen(kind specmodel.Kind, name string, code int64) (Error, bool) {
	e := Error{Name: name, Code: code}
	if kind != specmodel.Syscall {
		return e, true
	}
	if user := boundary[name]; user != "" {
		n, _ := specmodel.Errno(user)
		return Error{Name: user, Code: -n, Internal: name}, true
	}
	return e, !specmodel.KernelErrno(-code)
}

// restarts returns 1 for an outcome of e that user space sees under another
// code than the kernel's, else 0.
func (c *Contract) restarts(e Error, o *flow.Outcome) int {
	if v, ok := o.Set.Single(); ok && flow.SignExtend(v, o.Set.Width()) == e.Code {
		return 0
	}
	return 1
}

// unknown says where an outcome's value comes from that can be any error. A
// number that was computed, and could be negative only by overflow, is none.
func unknown(o *flow.Outcome) (flow.Open, bool) {
	switch {
	case o.Ret.Kind == flow.Opaque && o.Ret.Open != nil:
		return *o.Ret.Open, true
	case o.Ret.Kind == flow.Load:
		return flow.Open{Kind: flow.OpenMemory, Name: o.Ret.Name, At: o.Ret.At}, true
	case isError(o), mayBeError(o) && o.Ret.Kind != flow.Param && o.Set.SMin() >= -maxErrno:
		return flow.Open{Kind: flow.OpenMemory, At: o.Ret.At}, true // -(v & MAX_ERRNO), as errseq does
	}
	return flow.Open{}, false
}

func compareSite(a, b cfg.Site) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// guardOn returns what the outcome says of parameter i.
func guardOn(o *flow.Outcome, i int, w int) (dom.Set, cfg.Site) {
	for _, f := range o.Guard {
		if f.Term.Kind == flow.Param && int(f.Term.Val) == i {
			return f.Set, f.At
		}
	}
	return dom.Full(w), cfg.Site{}
}

func (c *Contract) params() {
	for i, t := range c.Summary.Types {
		p := Param{Name: c.Summary.Params[i], Type: t}
		w := t.Bits()
		if w == 0 {
			c.Params = append(c.Params, p)
			continue
		}
		p.Accept, p.Sure = dom.Empty(w), dom.Empty(w)
		for j := range c.Summary.Outcomes {
			o := &c.Summary.Outcomes[j]
			if isError(o) {
				continue
			}
			set, _ := guardOn(o, i, w)
			p.Accept = p.Accept.Union(set)
			if !mayBeError(o) {
				p.Sure = p.Sure.Union(set)
			}
			p.Hidden = p.Hidden || i < 64 && o.Passed>>i&1 != 0
		}
		if i < len(c.Summary.Uses) {
			p.Use = c.Summary.Uses[i]
		}
		c.refusals(&p, i, w)
		c.Params = append(c.Params, p)
	}
}

// refusals collects the errors that values outside p.Accept get: those of
// outcomes that only such values have, or failing these, of any that they can
// have, since all of them are errors.
func (c *Contract) refusals(p *Param, i, w int) {
	rest := p.Accept.Complement()
	if rest.IsEmpty() || p.Accept.IsEmpty() {
		return
	}
	for _, own := range []bool{true, false} {
		for _, e := range c.Errors {
			for _, o := range e.Outcomes {
				set, at := guardOn(o, i, w)
				if own == set.Overlaps(p.Accept) {
					continue
				}
				if set = set.Intersect(rest); set.IsEmpty() {
					continue
				}
				k := slices.IndexFunc(p.Refuse, func(r Refusal) bool { return r.Error == e.Name })
				if k < 0 {
					p.Refuse = append(p.Refuse, Refusal{e.Name, set, at, o})
				} else if own {
					p.Refuse[k].Set = p.Refuse[k].Set.Union(set)
				}
			}
		}
		if len(p.Refuse) > 0 {
			return
		}
	}
}

// Refused returns the refusal that value v of the parameter gets, nil when v is
// accepted or what it gets is not known.
func (p *Param) Refused(v uint64) *Refusal {
	for i := range p.Refuse {
		if p.Refuse[i].Set.Contains(v) {
			return &p.Refuse[i]
		}
	}
	return nil
}

// Condition says in C's terms when o happens; "" for always.
func (c *Contract) Condition(o *flow.Outcome) string {
	var parts []string
	for _, f := range c.told(o) {
		parts = append(parts, factText(f, c.Summary))
	}
	return strings.Join(parts, " && ")
}

// maxTold is the size of the largest term that a reader is shown in a condition.
const maxTold = 7

// telling reports whether a fact tells more than that the parameter's value is
// not one that is always refused.
func (c *Contract) telling(f flow.Fact) bool {
	if f.Term.Kind != flow.Param || int(f.Term.Val) >= len(c.Params) {
		return true
	}
	return !c.Params[f.Term.Val].Accept.Subset(f.Set)
}

func factText(f flow.Fact, s *flow.Summary) string {
	text := f.Term.Format(s.Params)
	v, single := f.Set.Single()
	isBool := f.Term.Kind == flow.Binary && (f.Term.Op == cfg.OpEq || f.Term.Op == cfg.OpLt) ||
		f.Term.Kind == flow.Unary && f.Term.Op == cfg.OpNot
	signed, pointer := paramType(f.Term, s)
	zero := "0"
	if pointer {
		zero = "NULL"
	}
	switch {
	case isBool && single && v == 0:
		return "!(" + text + ")"
	case isBool && single:
		return text
	case single && v == 0:
		return text + " == " + zero
	case single:
		return text + " == " + f.Set.String(signed)
	case f.Set.Equal(dom.Full(f.Set.Width()).Without(0)):
		return text + " != " + zero
	}
	if gaps := f.Set.Complement(); !pointer {
		if g, ok := gaps.Single(); ok {
			return text + " != " + dom.Const(gaps.Width(), g).String(signed)
		}
	}
	rs := f.Set.Ranges(signed)
	oneRange := len(rs) == 1 && exactRanges(f.Set, rs)
	if list := listed(f.Set, signed); list != "" {
		return text + " is " + list
	}
	if t, ok := bitsText(text, f.Set); ok && !oneRange {
		return t
	}
	if t, ok := bitsText(text, f.Set.Complement()); ok && !oneRange {
		if strings.HasPrefix(t, "!(") && !strings.Contains(t, " && ") {
			return t[len("!(") : len(t)-1] // not not
		}
		return "!(" + t + ")"
	}
	if list := listed(f.Set.Complement(), signed); list != "" && !oneRange {
		return text + " is not " + list
	}
	if oneRange {
		least, most := bounds(f.Set.Width(), signed)
		switch {
		case rs[0].Lo == least:
			return text + " <= " + dom.Const(f.Set.Width(), rs[0].Hi).String(signed)
		case rs[0].Hi == most:
			return text + " >= " + dom.Const(f.Set.Width(), rs[0].Lo).String(signed)
		}
	}
	return text + " is " + f.Set.String(signed)
}

// listed names the values of a small set, "" for others.
func listed(set dom.Set, signed bool) string {
	vals, ok := set.Values(8)
	if !ok || len(vals) < 2 {
		return ""
	}
	if signed {
		slices.SortFunc(vals, func(a, b uint64) int {
			return cmp.Compare(flow.SignExtend(a, set.Width()), flow.SignExtend(b, set.Width()))
		})
	}
	var names []string
	for _, v := range vals {
		names = append(names, dom.Const(set.Width(), v).String(signed))
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// exactRanges reports whether the ranges are set, no more and no less. One of
// signed numbers that begins below zero ends at a smaller bit pattern, or does not.
func exactRanges(set dom.Set, ranges []dom.Range) bool {
	w := set.Width()
	all := dom.Empty(w)
	for _, r := range ranges {
		if r.Lo > r.Hi {
			all = all.Union(dom.SRange(w, flow.SignExtend(r.Lo, w), flow.SignExtend(r.Hi, w)))
			continue
		}
		all = all.Union(dom.URange(w, r.Lo, r.Hi))
	}
	return all.Equal(set)
}

// bitsText says in C that a value is in set, where set is every combination of
// some bits with others fixed.
func bitsText(text string, set dom.Set) (string, bool) {
	zeros, ones := set.KnownBits()
	if zeros|ones == 0 || !set.Equal(dom.Bits(set.Width(), zeros, ones)) {
		return "", false
	}
	if strings.ContainsRune(text, ' ') {
		text = "(" + text + ")"
	}
	if low := zeros | ones; ones != 0 && low&(low+1) == 0 && low != 0 {
		return fmt.Sprintf("(%s & %#x) == %d", text, low, ones), true
	}
	var parts []string
	switch bits.OnesCount64(ones) {
	case 0:
	case 1:
		parts = append(parts, fmt.Sprintf("%s & %#x", text, ones))
	default:
		parts = append(parts, fmt.Sprintf("(%s & %#x) == %#x", text, ones, ones))
	}
	free := ^zeros & (^uint64(0) >> (64 - set.Width()))
	switch {
	case zeros == 0:
	case bits.OnesCount64(free) < bits.OnesCount64(zeros):
		parts = append(parts, fmt.Sprintf("!(%s & ~%#x)", text, free))
	default:
		parts = append(parts, fmt.Sprintf("!(%s & %#x)", text, zeros))
	}
	return strings.Join(parts, " && "), true
}

// bounds returns the patterns of the least and the greatest number of a type.
func bounds(w int, signed bool) (least, most uint64) {
	most = ^uint64(0) >> (64 - w)
	if signed {
		return most>>1 + 1, most >> 1
	}
	return 0, most
}

// paramType tells whether the term reads as signed, and whether as a pointer.
func paramType(t *flow.Term, s *flow.Summary) (signed, pointer bool) {
	switch t.Kind {
	case flow.Param:
		if int(t.Val) < len(s.Types) {
			k := s.Types[t.Val]
			return k.Signed, k.Kind == cfg.Pointer
		}
	case flow.Cast:
		return t.Signed, false
	}
	return true, false
}

// Steps returns the walk from the function to where the value of o, called
// shown, was made.
func (c *Contract) Steps(o *flow.Outcome, shown string) []specmodel.Step {
	out, fn := c.way(o)
	if o.Ret != nil && o.Ret.At.IsValid() {
		out = append(out, specmodel.Step{File: o.Ret.At.File, Line: int(o.Ret.At.Line), Col: int(o.Ret.At.Col), Func: fn, Note: shown + " comes from here"})
	}
	return out
}

// way returns the calls down to the function, fn, where the value of o was made.
func (c *Contract) way(o *flow.Outcome) (out []specmodel.Step, fn string) {
	fn = c.Summary.Name
	for i, t := range o.Trace {
		if i == 0 && c.API != nil {
			t.Func = c.API.Name
		}
		out = append(out, specmodel.Step{File: t.At.File, Line: int(t.At.Line), Col: int(t.At.Col), Func: t.Func, Note: t.Func + " calls " + t.Callee})
		fn = t.Callee
	}
	return out, fn
}

func (c *Contract) model(name string, kind specmodel.Kind, types []string) *specmodel.API {
	s := c.Summary
	c.API = &specmodel.API{Name: name, Kind: kind, Origin: specmodel.FromCode, Closed: len(c.Open) == 0,
		Pos: specmodel.Pos{File: s.At.File, Line: int(s.At.Line), Col: int(s.At.Col)}}
	a := c.API
	for _, o := range c.Open {
		step := specmodel.Step{File: o.At.File, Line: int(o.At.Line), Col: int(o.At.Col), Note: OpenText(o)}
		if o.Kind == flow.OpenPointer {
			step.Via = o.Name
		}
		a.Open = append(a.Open, step)
	}
	for i := range c.Params {
		p := &c.Params[i]
		m := specmodel.Param{Index: i, Name: p.Name, TypeName: p.Type.Name}
		if i < len(types) && types[i] != "" {
			m.TypeName = types[i]
		}
		m.Type = class(p.Type, m.TypeName)
		m.Constraint = p.constraint()
		a.Params = append(a.Params, m)
	}
	for _, e := range c.Errors {
		shown := e.Name
		if e.Internal != "" {
			shown = e.Internal
		}
		m := specmodel.Error{Name: e.Name, Code: specmodel.Lit(specmodel.Int(e.Code)), Trace: c.Steps(e.Outcomes[0], "-"+shown)}
		m.Condition = c.Conditions(&e)
		if e.Internal != "" {
			m.Description = insideKernel(e.Internal, e.Name)
		}
		a.Errors = append(a.Errors, m)
	}
	return a
}

func insideKernel(internal, name string) string {
	return internal + " inside the kernel: the call is restarted, or ends with " + name
}

// maxConditions is how many ways to one error are told in words.
const maxConditions = 3

// Conditions says when an error happens, "" when always or when that is hard to
// say.
func (c *Contract) Conditions(e *Error) string {
	if f, ok := c.oneFact(e); ok {
		if !c.telling(f) {
			return ""
		}
		return factText(f, c.Summary)
	}
	var conds []string
	for i, o := range e.Outcomes {
		cond := c.Condition(o)
		if cond == "" {
			return ""
		}
		if c.covered(e, i) {
			continue
		}
		if !slices.Contains(conds, cond) {
			conds = append(conds, cond)
		}
	}
	if len(conds) > maxConditions {
		return ""
	}
	return strings.Join(conds, ", or ")
}

// told returns the facts of an outcome's guard that a reader is shown.
func (c *Contract) told(o *flow.Outcome) []flow.Fact {
	var out []flow.Fact
	for _, f := range o.Guard {
		if f.Term.Size() <= maxTold && c.telling(f) {
			out = append(out, f)
		}
	}
	return out
}

// covered reports whether another outcome of e has a weaker condition than
// outcome i.
func (c *Contract) covered(e *Error, i int) bool {
	mine := c.told(e.Outcomes[i])
	for j, o := range e.Outcomes {
		theirs := c.told(o)
		if j == i || len(theirs) >= len(mine) {
			continue
		}
		weaker := true
		for _, f := range theirs {
			k := slices.IndexFunc(mine, func(g flow.Fact) bool { return g.Term == f.Term })
			weaker = weaker && k >= 0 && mine[k].Set.Subset(f.Set)
		}
		if weaker {
			return true
		}
	}
	return false
}

// oneFact returns the one fact that all ways to an error together come down to,
// when each has a condition on the same parameter and no other.
func (c *Contract) oneFact(e *Error) (flow.Fact, bool) {
	var all flow.Fact
	for i, o := range e.Outcomes {
		told := c.told(o)
		if len(told) != 1 || told[0].Term.Kind != flow.Param {
			return all, false
		}
		switch f := told[0]; {
		case i == 0:
			all = f
		case all.Term.Val != f.Term.Val:
			return all, false
		default:
			all.Set = all.Set.Union(f.Set)
		}
	}
	return all, len(e.Outcomes) > 0
}

// OpenText says in words what is unknown.
func OpenText(o flow.Open) string {
	switch o.Kind {
	case flow.OpenPointer:
		if o.Name == "" {
			return "whatever a call through a pointer returns"
		}
		return "whatever " + article(o.Name) + o.Name + " implementation returns"
	case flow.OpenBudget:
		return o.Name + " is too large to analyse"
	case flow.OpenBody:
		return "whatever " + o.Name + " returns (its body cannot be expressed)"
	case flow.OpenMemory:
		if o.Name == "" {
			return "an error that is computed or was kept in memory"
		}
		return "whatever " + o.Name + " holds"
	}
	return "whatever " + o.Name + " returns (its body is not known)"
}

func article(s string) string {
	if strings.ContainsRune("aeiouAEIOU", rune(s[0])) || strings.HasPrefix(s, "lsm_") {
		return "an "
	}
	return "a "
}

func class(t cfg.Type, name string) specmodel.ParamType {
	switch {
	case t.Kind == cfg.Pointer && strings.Contains(name, "__user"):
		return specmodel.TypeUserPtr
	case t.Kind == cfg.Pointer:
		return specmodel.TypePtr
	case t.Kind == cfg.Aggregate:
		return specmodel.TypeStruct
	case t.Signed:
		return specmodel.TypeInt
	}
	return specmodel.TypeUint
}

// maxListed is how many values a constraint lists one by one.
const maxListed = 32

// constraint describes the accepted values in the kind that fits best.
func (p *Param) constraint() specmodel.Constraint {
	var c specmodel.Constraint
	set := p.Accept
	for _, r := range p.Refuse {
		c.Else = append(c.Else, r.Error)
	}
	if set.Width() == 0 || set.IsFull() || set.IsEmpty() {
		c.Kind = specmodel.ConstraintNone
		return c
	}
	lit := func(v uint64) specmodel.Expr {
		if p.Type.Signed {
			return specmodel.Lit(specmodel.Int(flow.SignExtend(v, set.Width())))
		}
		return specmodel.Lit(specmodel.Uint(v))
	}
	ranges := set.Ranges(p.Type.Signed)
	vals, few := set.Values(maxListed)
	zeros, ones := set.KnownBits()
	combinations := dom.Bits(set.Width(), zeros, ones)
	switch {
	case p.Type.Kind == cfg.Pointer && set.Equal(dom.Full(set.Width()).Without(0)):
		c.Kind = specmodel.ConstraintNonZero
		return c
	case few && len(vals) == 1:
		c.Kind = specmodel.ConstraintEnum
	case len(ranges) == 1:
		c.Kind = specmodel.ConstraintRange
		c.Min, c.Max = lit(ranges[0].Lo), lit(ranges[0].Hi)
		return c
	case p.Type.Kind != cfg.Pointer && ones == 0 && zeros != 0 && set.Equal(combinations):
		c.Kind = specmodel.ConstraintMask
		c.Mask = specmodel.HexLit(specmodel.Uint(^zeros & (1<<(set.Width()-1)<<1 - 1)))
		if !few {
			return c
		}
	case few:
		c.Kind = specmodel.ConstraintEnum
	default:
		c.Kind = specmodel.ConstraintSet
		if !exactRanges(set, ranges) {
			c.Text = set.String(p.Type.Signed)
			return c
		}
		for _, r := range ranges {
			c.Ranges = append(c.Ranges, specmodel.Interval{Min: lit(r.Lo), Max: lit(r.Hi)})
		}
		return c
	}
	if c.Kind == specmodel.ConstraintMask {
		lit = func(v uint64) specmodel.Expr { return specmodel.HexLit(specmodel.Uint(v)) }
	} else if p.Type.Signed {
		slices.SortFunc(vals, func(a, b uint64) int {
			return cmp.Compare(flow.SignExtend(a, set.Width()), flow.SignExtend(b, set.Width()))
		})
	}
	for _, v := range vals {
		c.Values = append(c.Values, lit(v))
	}
	return c
}

// UserErrno returns what user space sees for a code of the kernel's own, or "".
func UserErrno(name string) string { return boundary[name] }
