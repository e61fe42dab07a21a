// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

// Program is where an [Engine] finds what it analyses. Its functions are called
// from one goroutine at a time and must answer the same each time.
type Program struct {
	// Func returns the body of a function: the one defined in file, or, when
	// file is empty, the one with external linkage. It returns nil when there
	// is none.
	Func func(name, file string) *cfg.Func

	// Done, if set, is told that a body will not be asked for again.
	Done func(name, file string)

	// Global returns an object with static storage, nil when it is not known.
	Global func(name, file string) *cfg.Global

	// Value, if set, returns the values that an object can hold, whatever its
	// text says; nil when nothing is known. A member of a struct is asked for
	// as "struct.member", without a file.
	Value func(name, file string) *ModelReturn

	// Known returns what is known about a function, or a macro kept as a call,
	// from elsewhere. It overrides the body. Nil when there is nothing.
	Known func(name string, macro bool) *Model

	// Set, if set, returns another name for what calls through a member such
	// as file_operations.poll can reach; "" when the member's is the name.
	Set func(member string) string
}

// Model says what a function does, in place of a body.
type Model struct {
	Returns  []ModelReturn // empty for a function that never comes back
	Void     bool          // nothing is returned
	Pure     bool          // writes no memory
	NoReturn bool
	Extern   bool // says nothing of a function with internal linkage

	// Fills, if not nil, lists the arguments, counted from 0, to whose objects
	// the function writes; it keeps no pointer and writes to no other object.
	Fills []int

	// Copies, if not nil, says that the function does nothing but to fill the
	// object of an argument.
	Copies *Copy

	// Except and Only, if not empty, make the model a remark on the body, which
	// is analysed: the values of Except are never returned, those of Only just
	// under a condition.
	Except []int64
	Only   []Limit
}

// Copy fills as many bytes as argument Size says, where argument To points: with
// those of user memory where argument From points or, with Byte, with the byte
// that argument From is. Arguments count from 0.
type Copy struct {
	To, From, Size int
	Byte           bool
}

// Limit says that a function returns Value only where its argument number Arg,
// counted from 0, has one of the bits of Mask set or, if Mask is 0, differs
// from Not.
type Limit struct {
	Value int64
	Arg   int
	Mask  uint64
	Not   int64
}

// isRemark reports whether m speaks about a body and does not replace it.
func (m *Model) isRemark() bool { return len(m.Except)+len(m.Only) > 0 }

// ModelReturn is one outcome of a [Model].
type ModelReturn struct {
	Lo, Hi int64  // the values, as the signed number of the result's type
	Width  int    // of the result in bits
	Name   string // of a single value: "-EFAULT"
	Arg    int    // when positive, the outcome is argument number Arg itself
	Open   *Open  // the values come from something unknown, such as a callback; of the call's width if all are possible
}

// Engine computes summaries on demand and keeps them. It is not safe for
// concurrent use.
type Engine struct {
	prog   Program
	done   map[symbol]*entry
	trial  map[symbol]*entry // results that rest on an unfinished recursion
	stack  []*entry
	models map[symbol]*Summary
	first  map[symbol]bool // functions at which a circle of calls is entered
	with   map[symbol][]binding
	back   map[symbol][]bool // see through
	calls  map[symbol]uint64 // see callsThrough
	effect map[symbol][]effect
	counts Counts
}

// Counts tells how much work an engine has done.
type Counts struct {
	Functions int // bodies analysed, one more for each table of operations they are specialized for
	Kept      int // outcomes of callees that are possible with the arguments of a call
	Dropped   int // outcomes that are not
}

// Counts returns what the engine has done so far.
func (e *Engine) Counts() Counts { return e.counts }

// symbol names a function; with names the arguments it is specialized for.
type symbol struct{ name, file, with string }

// binding is an argument that is a constant address, or that of a private
// object.
type binding struct {
	param int
	arg   Term // Global, Fn or NULL; Local for the private object, 1 if what is left there matters
}

type entry struct {
	sym   symbol
	sum   *Summary
	depth int // place on the stack while unfinished
	used  bool
	low   int // the outermost unfinished entry this one used
}

// NewEngine returns an engine over p.
func NewEngine(p Program) *Engine {
	return &Engine{prog: p, done: map[symbol]*entry{}, trial: map[symbol]*entry{}, models: map[symbol]*Summary{}, first: map[symbol]bool{}, with: map[symbol][]binding{}, back: map[symbol][]bool{}, calls: map[symbol]uint64{}, effect: map[symbol][]effect{}}
}

// Summary returns what is known about a function, nil when it has no body.
// file is empty for external linkage.
func (e *Engine) Summary(name, file string) *Summary { return e.summary(name, file, nil) }

// maxRounds bounds the rounds of a recursion before its results count as unknown.
const maxRounds = 7

// maxDepth bounds the depth of the analysis's own recursion. It is far beyond
// any call chain of a kernel and guards the stack only.
const maxDepth = 400

func (e *Engine) summary(name, file string, with []binding) *Summary {
	sym := symbol{name: name, file: file}
	for _, b := range with {
		if b.arg.Kind == Local {
			sym.with += fmt.Sprintf("%d=&%d ", b.param, b.arg.Val)
			continue
		}
		sym.with += fmt.Sprintf("%d=%s@%s ", b.param, b.arg.Name, b.arg.File)
	}
	if en, ok := e.done[sym]; ok {
		return en.sum
	}
	for _, en := range e.stack {
		if en.sym == sym {
			en.used = true
			e.lower(en.depth)
			return en.sum
		}
	}
	if en, ok := e.trial[sym]; ok {
		e.lower(en.low)
		return en.sum
	}
	if len(e.stack) > maxDepth {
		return nil
	}
	f := e.prog.Func(name, file)
	if f == nil {
		e.done[sym] = &entry{sym: sym}
		return nil
	}
	if f.Unsupported != "" || len(f.Blocks) == 0 {
		en := &entry{sym: sym, sum: unknownSummary(f, Open{Kind: OpenBody, Name: f.Name, At: f.At})}
		e.done[sym] = en
		return en.sum
	}
	if len(with) > 0 {
		e.with[sym] = with
	}
	return e.analyse(sym, f, with)
}

// member returns the values that a member of a struct can hold, of width w; the
// zero Set when nothing is known.
func (e *Engine) member(name string, w int) dom.Set {
	if name == "" || e.prog.Value == nil {
		return dom.Set{}
	}
	r := e.prog.Value(name, "")
	if r == nil || r.Width != w {
		return dom.Set{}
	}
	return dom.SRange(w, r.Lo, r.Hi)
}

// except takes into account what is known about the results of a body: it
// leaves out the outcomes of x that do not happen, and narrows those that
// happen under a condition only.
func (x *exec) except(s *Summary) {
	if x.e.prog.Known == nil {
		return
	}
	m := x.e.prog.Known(x.f.Name, false)
	if m == nil || !m.isRemark() {
		return
	}
	s.Outcomes = slices.DeleteFunc(s.Outcomes, func(o Outcome) bool {
		v, ok := o.Set.Single()
		return ok && o.Ret != nil && slices.Contains(m.Except, SignExtend(v, o.Set.Width()))
	})
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		v, ok := o.Set.Single()
		for _, l := range m.Only {
			if !ok || o.Ret == nil || SignExtend(v, o.Set.Width()) != l.Value || l.Arg >= len(s.Types) || !s.Types[l.Arg].IsScalar() {
				continue
			}
			f := x.limit(l, s.Types[l.Arg].Bits())
			if !implies(o.Guard, []Fact{f}) {
				o.Guard = append(slicesClip(o.Guard), f)
			}
		}
	}
}

// limit is the condition of l about a parameter of w bits.
func (x *exec) limit(l Limit, w int) Fact {
	p := x.intern(Term{Kind: Param, Width: w, Val: uint64(l.Arg)})
	if l.Mask == 0 {
		return Fact{Term: p, Set: dom.Full(w).Without(uint64(l.Not) & mask(w))}
	}
	bits := x.binary(cfg.OpAnd, false, w, p, x.constant(w, l.Mask, "", cfg.Site{}))
	return Fact{Term: bits, Set: dom.Full(w).Without(0)}
}

// lower records that what is being analysed rests on the unfinished entry at depth.
func (e *Engine) lower(depth int) {
	if top := e.stack[len(e.stack)-1]; depth < top.low {
		top.low = depth
	}
}

func (e *Engine) analyse(sym symbol, f *cfg.Func, with []binding) *Summary {
	en := &entry{sym: sym, depth: len(e.stack), low: len(e.stack), sum: &Summary{Name: f.Name, File: f.File, Pure: true}}
	e.stack = append(e.stack, en)
	for round := 0; ; round++ {
		en.used = false
		x := newExec(e, f, with)
		next := x.run(with)
		x.except(next)
		if round >= widenRounds {
			widenOutcomes(en.sum, next)
		}
		stable := sameOutcomes(en.sum, next)
		en.sum = next
		if !en.used || stable && round > 0 {
			break
		}
		if round == maxRounds {
			en.sum = unknownSummary(f, Open{Kind: OpenBudget, Name: f.Name, At: f.At})
			break
		}
		maps.DeleteFunc(e.trial, func(_ symbol, t *entry) bool { return t.low >= en.depth })
	}
	e.stack = e.stack[:len(e.stack)-1]
	if en.low < en.depth {
		e.trial[sym] = en
		e.lower(en.low)
		return en.sum
	}
	var circle []symbol // that sym is part of
	for s, t := range e.trial {
		if t.low >= en.depth {
			circle = append(circle, s)
		}
	}
	slices.SortFunc(circle, symbol.compare)
	for _, s := range circle {
		delete(e.trial, s)
	}
	if len(circle) > 0 && circle[0].compare(sym) < 0 && !e.first[sym] {
		e.first[circle[0]] = true
		e.again(circle[0])
		return e.again(sym)
	}
	e.finish(en)
	for _, s := range circle {
		e.again(s)
	}
	return en.sum
}

// again returns the summary of a function that has been analysed before, as
// part of a circle of calls that depend on each other. Where the fixpoint is
// not exact, the result depends on the function at which the circle is entered.
// So it is always the first one by name, and then the others in turn, whatever
// was asked for: the answer to a question must not depend on earlier ones.
func (e *Engine) again(sym symbol) *Summary {
	if en, ok := e.done[sym]; ok {
		return en.sum
	}
	f := e.prog.Func(sym.name, sym.file)
	if f == nil {
		return nil
	}
	return e.analyse(sym, f, e.with[sym])
}

func (e *Engine) finish(en *entry) {
	e.done[en.sym] = en
	e.counts.Functions++
	if e.prog.Done != nil && en.sym.with == "" {
		e.prog.Done(en.sym.name, en.sym.file)
	}
}

func (a symbol) compare(b symbol) int {
	return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.file, b.file), strings.Compare(a.with, b.with))
}

// widenRounds is the round of a recursion from which on outcomes that still
// change lose their guards.
const widenRounds = 3

// widenOutcomes generalizes the outcomes of next that old did not have, so that
// the rounds of a recursion come to an end.
func widenOutcomes(old, next *Summary) {
	had := map[string]bool{}
	for i := range old.Outcomes {
		had[signature(&old.Outcomes[i], old)] = true
	}
	for i := range next.Outcomes {
		o := &next.Outcomes[i]
		if had[signature(o, next)] {
			continue
		}
		o.Guard, o.Writes = nil, nil
		if o.Ret != nil && o.Ret.Kind != Const {
			o.Set = dom.Full(o.Ret.Width)
			if o.Ret.Kind == Opaque {
				wide := *o.Ret
				wide.Set = o.Set
				o.Ret = &wide
			}
		}
	}
	next.Outcomes = compact(next.Outcomes)
}

// signature is equal for outcomes that say the same.
func signature(o *Outcome, s *Summary) string {
	line := ""
	if o.Ret != nil {
		line = o.Ret.Format(s.Params) + o.Set.Key()
		if o.Ret.Kind == Opaque {
			line += openName(o.Ret.Open)
		}
	}
	for _, f := range o.Guard {
		line += "|" + f.Term.Format(s.Params) + f.Set.Key()
	}
	for _, w := range o.Writes {
		line += fmt.Sprintf("|*%d+%d:%d=%s", w.Param, w.Off, w.Size, w.Val.Format(s.Params)+w.Set.Key()+openName(w.Val.Open))
	}
	return line
}

// sameOutcomes reports whether two summaries of one function say the same.
func sameOutcomes(a, b *Summary) bool {
	sig := func(s *Summary) []string {
		var out []string
		for i := range s.Outcomes {
			out = append(out, signature(&s.Outcomes[i], s))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return a.Pure == b.Pure && a.Fills == b.Fills && slices.Equal(sig(a), sig(b))
}

func names(f *cfg.Func) (params []string, types []cfg.Type) {
	for _, v := range f.Vars[:f.Params] {
		params, types = append(params, v.Name), append(types, v.Type)
	}
	return params, types
}

func unknownSummary(f *cfg.Func, o Open) *Summary {
	s := &Summary{Name: f.Name, File: f.File, At: f.At, Opens: []Open{o}}
	s.Params, s.Types = names(f)
	out := Outcome{}
	for i := range f.Params {
		out.Passed |= 1 << min(i, 63)
	}
	if w := f.Result.Bits(); w > 0 {
		out.Set = dom.Full(w)
		out.Ret = newTerms().add(Term{Kind: Opaque, Width: w, Set: out.Set, Open: &o, At: o.At})
	}
	s.Outcomes = []Outcome{out}
	return s
}

// summary closes the execution of a body.
func (x *exec) summary() *Summary {
	s := &Summary{Name: x.f.Name, File: x.f.File, At: x.f.At, Pure: !x.impure, Fills: x.filled, Uses: x.uses, Steps: x.steps}
	s.Params, s.Types = names(x.f)
	s.Outcomes, s.Stops = compact(x.out), x.stops
	if x.spent {
		u := unknownSummary(x.f, Open{Kind: OpenBudget, Name: x.f.Name, At: x.f.At})
		s.Outcomes, s.Pure = append(s.Outcomes, u.Outcomes...), false
	}
	s.Opens = slices.SortedFunc(maps.Keys(x.opens), compareOpen)
	return s
}

func compareOpen(a, b Open) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.At.File, b.At.File),
		cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Col, b.At.Col))
}

func (e *Engine) known(name string, macro bool) *Summary {
	if e.prog.Known == nil {
		return nil
	}
	return e.model(symbol{name: name, file: "known"}, func() *Model {
		m := e.prog.Known(name, macro)
		if m != nil && m.isRemark() {
			return nil
		}
		return m
	})
}

// set returns what calls through a member are called.
func (e *Engine) set(member string) string {
	if member != "" && e.prog.Set != nil {
		if name := e.prog.Set(member); name != "" {
			return name
		}
	}
	return member
}

func (e *Engine) model(sym symbol, find func() *Model) *Summary {
	if s, ok := e.models[sym]; ok {
		return s
	}
	var s *Summary
	if m := find(); m != nil {
		s = m.summary(sym.name)
	}
	e.models[sym] = s
	return s
}

// isKnown reports whether s came from a Model, not from a body.
func (s *Summary) isKnown() bool { return s.At == (cfg.Site{}) }

// summary turns m into the form calls are bound to.
func (m *Model) summary(name string) *Summary {
	s := &Summary{Name: name, Pure: m.Pure, extern: m.Extern}
	s.copies = m.Copies
	if m.Fills != nil {
		s.effects = []effect{{read: true}}
		for _, i := range m.Fills {
			for len(s.effects) <= i+1 { // the last one is that of all further arguments
				s.effects = append(s.effects, effect{read: true})
			}
			s.effects[i].lost = true
		}
	}
	if m.NoReturn {
		return s
	}
	if m.Void || len(m.Returns) == 0 {
		s.Outcomes = []Outcome{{}}
		return s
	}
	ts := newTerms()
	for i, r := range m.Returns {
		w := r.Width
		set := dom.SRange(w, r.Lo, r.Hi)
		o := Outcome{Set: set}
		switch {
		case r.Arg > 0:
			o.Set = dom.Full(w)
			o.Ret = ts.intern(Term{Kind: Param, Width: w, Val: uint64(r.Arg - 1)})
		case r.Lo == r.Hi && r.Open == nil:
			o.Ret = ts.constant(w, uint64(r.Lo), r.Name, cfg.Site{})
		default:
			o.Ret = ts.add(Term{Kind: Opaque, Width: w, Set: set, Val: uint64(i), Open: r.Open})
		}
		if r.Open != nil {
			s.Opens = append(s.Opens, *r.Open)
		}
		s.Outcomes = append(s.Outcomes, o)
	}
	return s
}
