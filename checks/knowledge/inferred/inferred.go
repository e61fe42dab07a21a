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
	Members []Member    // of structs in user memory, by parameter and offset
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

// isNegative reports whether the outcome is a number below zero, of which only
// the sign is known: the result of an unknown callee that was tested for
// failure, or of a computation that overflowed. User space is not served then.
func isNegative(o *flow.Outcome) bool {
	return o.Ret != nil && !o.Set.IsEmpty() && o.Set.SMax() < 0
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
	c.params(kind)
	if kind == specmodel.Syscall {
		c.members()
	}
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

// subject is the value that a domain is about: a parameter, or memory that one
// leads to.
type subject func(*flow.Term) bool

func param(i int) subject {
	return func(t *flow.Term) bool { return t.Kind == flow.Param && int(t.Val) == i }
}

// guardOn returns what the outcome says of a subject of width w.
func guardOn(o *flow.Outcome, is subject, w int) (dom.Set, cfg.Site) {
	for _, f := range o.Guard {
		if is(f.Term) {
			return f.Set, f.At
		}
	}
	return dom.Full(w), cfg.Site{}
}

func (c *Contract) params(kind specmodel.Kind) {
	for i, t := range c.Summary.Types {
		p := Param{Name: c.Summary.Params[i], Type: t}
		if i < len(c.Summary.Uses) {
			p.Use = c.Summary.Uses[i]
		}
		if t.Bits() > 0 {
			for j := range c.Summary.Outcomes {
				o := &c.Summary.Outcomes[j]
				p.Hidden = p.Hidden || !isError(o) && i < 64 && o.Passed>>i&1 != 0
			}
			c.domain(&p, kind, param(i))
		}
		c.Params = append(c.Params, p)
	}
}

// domain computes the values that are accepted of the subject that p describes,
// and what others get.
func (c *Contract) domain(p *Param, kind specmodel.Kind, is subject) {
	w := p.Type.Bits()
	p.Accept, p.Sure = dom.Empty(w), dom.Empty(w)
	for j := range c.Summary.Outcomes {
		o := &c.Summary.Outcomes[j]
		if isError(o) || kind == specmodel.Syscall && isNegative(o) {
			continue
		}
		set, _ := guardOn(o, is, w)
		p.Accept = p.Accept.Union(set)
		if !mayBeError(o) {
			p.Sure = p.Sure.Union(set)
		}
	}
	for j := range c.Summary.Stops {
		// A value that halts the machine is not refused.
		if set, _ := guardOn(&c.Summary.Stops[j], is, w); !set.IsFull() {
			p.Accept = p.Accept.Union(set)
		}
	}
	c.refusals(p, is, w)
}

// refusals collects the errors that values outside p.Accept get: those of
// outcomes that only such values have, and for the values that none of these
// has, of any that they can have, since all of them are errors.
func (c *Contract) refusals(p *Param, is subject, w int) {
	rest := p.Accept.Complement()
	if rest.IsEmpty() || p.Accept.IsEmpty() {
		return
	}
	for _, own := range []bool{true, false} {
		open := rest // values without an error of their own
		for _, r := range p.Refuse {
			open = open.Minus(r.Set)
		}
		if open.IsEmpty() {
			return
		}
		for _, e := range c.Errors {
			for _, o := range e.Outcomes {
				set, at := guardOn(o, is, w)
				if own == set.Overlaps(p.Accept) {
					continue
				}
				if set = set.Intersect(open); set.IsEmpty() {
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

// maxTold is the size of the largest term that a reader is shown in a condition.
const maxTold = 7

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

// maxConditions is how many ways to one error are told in words.
const maxConditions = 3

// maxListed is how many values a constraint lists one by one.
const maxListed = 32

// UserErrno returns what user space sees for a code of the kernel's own, or "".
func UserErrno(name string) string { return boundary[name] }
