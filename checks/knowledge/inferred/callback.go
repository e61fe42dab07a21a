// SPDX-License-Identifier: GPL-2.0-only

package inferred

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kapilint/cparse/flow"
	"kapilint/specmodel"
)

// Set is what calls through a member can reach, as far as it is known.
type Set struct {
	Name    string // file_operations.poll
	Callees []Callee
	Unknown []specmodel.Step // where something is put into it that could not be followed
}

// Callee is a function in a [Set].
type Callee struct {
	Name     string
	Contract *Contract        // nil when its body is not known
	Puts     []specmodel.Step // what put it there
}

// API returns the contract of a set: what its functions return.
func (s *Set) API() *specmodel.API {
	a := &specmodel.API{Name: s.Name, Kind: specmodel.Callback, Origin: specmodel.FromCode}
	byCode := map[int64]*specmodel.Error{}
	from := map[int64][]string{}
	for _, c := range s.Callees {
		a.Implementations = append(a.Implementations, c.implementation())
		if c.Contract == nil {
			continue
		}
		for _, e := range c.Contract.Errors {
			from[e.Code] = append(from[e.Code], c.Name)
			if byCode[e.Code] == nil {
				byCode[e.Code] = &specmodel.Error{Name: e.Name, Code: specmodel.Lit(specmodel.Int(e.Code)), Trace: c.Contract.Steps(e.Outcomes[0], "-"+e.Name)}
			}
		}
	}
	for code, e := range byCode {
		e.Via = someOf(from[code])
		a.Errors = append(a.Errors, *e)
	}
	slices.SortFunc(a.Errors, func(x, y specmodel.Error) int { return strings.Compare(x.Name, y.Name) })
	a.Open = append(slices.Clone(s.Unknown), specmodel.Step{Note: "whatever an implementation returns that is not in the files looked at"})
	return a
}

// maxNames is how many functions are named in a text.
const maxNames = 3

func someOf(names []string) string {
	if len(names) <= maxNames {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNames], ", "), len(names)-maxNames)
}

func (c *Callee) implementation() specmodel.Implementation {
	m := specmodel.Implementation{Name: c.Name, Puts: c.Puts}
	if c.Contract == nil {
		m.Open = []specmodel.Step{{Note: "its body is not known"}}
		return m
	}
	a := c.Contract.API
	m.At = specmodel.Step{File: a.Pos.File, Line: a.Pos.Line, Col: a.Pos.Col, Note: "defined here"}
	m.Closed, m.Open = a.Closed, a.Open
	for _, e := range a.Errors {
		m.Errors = append(m.Errors, e.Name)
	}
	return m
}

// CallbackError is an error that comes from a function that is called through a
// pointer.
type CallbackError struct {
	Name      string // EIO
	Code      int64  // negative
	Internal  string // as in [Error]
	Set, Func string // file_operations.poll, and the function of that set
	Steps     []specmodel.Step
}

// maxNested is how many callbacks may be called one by another on the way to an
// error.
const maxNested = 4

// FromCallbacks returns the errors of c that only callbacks give it, by name;
// sets answers what a set holds. The arguments of a callback are not known, so
// that all that its functions can return counts, where c does not handle it.
func FromCallbacks(c *Contract, sets func(name string) *Set) []CallbackError {
	v := via{sets: sets, done: map[viaKey][]CallbackError{}}
	direct := map[string]bool{}
	for _, e := range c.Errors {
		direct[e.Name] = true
	}
	var out []CallbackError
	for _, f := range v.through(c, maxNested) {
		e, ok := seen(c.API.Kind, f.Name, f.Code)
		if !ok || direct[e.Name] {
			continue
		}
		f.Name, f.Code, f.Internal = e.Name, e.Code, e.Internal
		i := slices.IndexFunc(out, func(o CallbackError) bool { return o.Name == f.Name })
		switch {
		case i < 0:
			out = append(out, f)
		case f.Internal == "" && out[i].Internal != "":
			out[i] = f // what user space sees as it is tells more
		}
	}
	slices.SortFunc(out, func(a, b CallbackError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

type viaKey struct {
	set   string
	depth int
}

type via struct {
	sets func(string) *Set
	done map[viaKey][]CallbackError
}

// through returns the errors that callbacks give c, one for each code.
func (v *via) through(c *Contract, depth int) []CallbackError {
	best := map[int64]CallbackError{}
	if depth == 0 {
		return nil
	}
	for i := range c.Summary.Outcomes {
		o := &c.Summary.Outcomes[i]
		open, ok := c.callback(o)
		if !ok {
			continue
		}
		for _, f := range v.set(open.Name, depth) {
			if !o.Set.Contains(uint64(f.Code) << (64 - o.Set.Width()) >> (64 - o.Set.Width())) {
				continue
			}
			way, fn := c.way(o)
			if len(way) == 0 {
				fn = c.API.Name
			}
			f.Steps = append(way, append([]specmodel.Step{{
				File: open.At.File, Line: int(open.At.Line), Col: int(open.At.Col), Func: fn,
				Note: fn + " calls " + article(open.Name) + open.Name + " implementation, such as " + f.Func,
			}}, f.Steps...)...)
			f.Set = open.Name
			keep(best, f)
		}
	}
	return byCode(best)
}

// set returns the errors of a set, one for each code: of the way that is
// shortest, of the function that comes first among equals.
func (v *via) set(name string, depth int) []CallbackError {
	key := viaKey{name, depth}
	if out, ok := v.done[key]; ok {
		return out
	}
	best := map[int64]CallbackError{}
	for _, callee := range v.sets(name).Callees {
		c := callee.Contract
		if c == nil {
			continue
		}
		for _, e := range c.Errors {
			keep(best, CallbackError{Name: e.Name, Code: e.Code, Func: callee.Name, Steps: c.Steps(e.Outcomes[0], "-"+e.Name)})
		}
		for _, f := range v.through(c, depth-1) {
			f.Func = callee.Name
			keep(best, f)
		}
	}
	out := byCode(best)
	v.done[key] = out
	return out
}

func keep(best map[int64]CallbackError, f CallbackError) {
	if old, ok := best[f.Code]; !ok || len(f.Steps) < len(old.Steps) {
		best[f.Code] = f
	}
}

func byCode(best map[int64]CallbackError) []CallbackError {
	var out []CallbackError
	for _, f := range best {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b CallbackError) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// callback returns the call through a member that an outcome's value comes from.
func (c *Contract) callback(o *flow.Outcome) (flow.Open, bool) {
	if !mayBeError(o) {
		return flow.Open{}, false
	}
	open, ok := unknown(o)
	return open, ok && open.Kind == flow.OpenPointer && open.Name != ""
}

// WithCallbacks returns the contract in the model's form with the errors that
// callbacks give it beside its own.
func (c *Contract) WithCallbacks(errs []CallbackError) *specmodel.API {
	a := c.API.Clone()
	for _, e := range errs {
		m := specmodel.Error{Name: e.Name, Code: specmodel.Lit(specmodel.Int(e.Code)), Via: e.Set, Trace: e.Steps}
		if e.Internal != "" {
			m.Description = insideKernel(e.Internal, e.Name)
		}
		a.Errors = append(a.Errors, m)
	}
	slices.SortStableFunc(a.Errors, func(x, y specmodel.Error) int { return strings.Compare(x.Name, y.Name) })
	return a
}
