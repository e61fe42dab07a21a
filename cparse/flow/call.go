// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"cmp"
	"slices"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow/dom"
)

func sortTerms(ts []*Term) { slices.SortFunc(ts, func(a, b *Term) int { return a.id - b.id }) }

func (x *exec) open(o Open) { x.opens[o] = true }

// call executes c. It reports false when the callee does not come back.
func (x *exec) call(st *state, c *cfg.Call) bool {
	name, file, member, param := c.Callee, c.File, c.Member, 0
	var several []*Term
	if c.Ptr != nil {
		switch p := x.expr(st, c.Ptr); {
		case p.Kind == Fn:
			name, file = p.Name, p.File
		case p.Kind == choice:
			several = functions(st, p)
		case p.Kind == Load && member == "":
			member = p.Name // read before
		case p.Kind == Param:
			param = int(p.Val) + 1
		}
	}
	args := make([]*Term, len(c.Args))
	for i, a := range c.Args {
		if isSmall(a.Type) && a.Op == cfg.OpLoad {
			args[i] = x.load(st, x.expr(st, a.X), number(a.Type), int(a.Type.Size)*8, "")
			continue
		}
		args[i] = x.expr(st, a)
	}
	if !c.Macro {
		what := name
		if what == "" {
			what = member
		}
		for _, a := range args {
			x.use(a, Site{c.At, "passed to " + what})
		}
	}
	sum := x.summaryOf(st, c, name, file, args)
	if len(several) > 0 {
		sum = x.anyOf(st, c, several, args)
	}
	res, fills, ok := x.bind(st, c, target{name, member, param}, sum, args)
	if !ok {
		return false
	}
	if sum == nil || !sum.Pure {
		if !c.Macro {
			x.impure = true
			if len(several) > 0 {
				name = ""
			}
			x.expose(st, c, name, file, args)
			x.forgetHeap(st, c)
		}
	} else if sum.Fills {
		x.expose(st, c, name, file, args)
	}
	for _, f := range fills {
		x.cut(st, f.v, f.off, f.cell.size, c)
		st.mem[f.v].cells[f.off] = f.cell
	}
	if sum != nil && sum.copies != nil {
		x.copied(st, c, sum.copies, args)
	}
	if c.Dst == nil {
		return true
	}
	if !c.Dst.Type.IsScalar() {
		x.setAggregate(st, &cfg.Set{Dst: *c.Dst, At: c.At})
		if sum != nil && isSmall(c.Dst.Type) && len(sum.Outcomes) > 0 && sum.Outcomes[0].Ret != nil {
			x.setSmall(st, c.Dst, res)
		}
		return true
	}
	if res.Kind == choice || res.Kind == Opaque {
		// Made before memory was forgotten, so that its facts could be read.
		st.memo = nil
	}
	x.store(st, *c.Dst, x.cast(res, c.Dst.Type.Bits(), c.Result.Signed), c)
	return true
}

// setSmall stores a number as the struct that wraps it.
func (x *exec) setSmall(st *state, dst *cfg.Place, v *Term) {
	addr := x.local(dst.Var)
	if dst.Addr != nil {
		addr = x.expr(st, dst.Addr)
	}
	if l, off, ok := localCell(addr); ok {
		x.cut(st, l, off, dst.Type.Size, dst)
		st.mem[l].cells[off] = cell{size: dst.Type.Size, term: v}
	}
}

// summaryOf returns what is known about the callee of c, nil when nothing is.
// A callee whose result nobody asks for is not looked into.
func (x *exec) summaryOf(st *state, c *cfg.Call, name, file string, args []*Term) *Summary {
	if name == "" {
		return nil
	}
	if s := x.e.known(name, c.Macro); s != nil && (file == "" || !s.extern) {
		return s
	}
	if c.Macro {
		return nil
	}
	if (c.Dst == nil || !c.Dst.Type.IsScalar() && !isSmall(c.Dst.Type)) && !x.slice.fills(c) && !x.initialises(st, name, file, args) {
		return nil
	}
	if !x.near(file) && !x.slice.matters(c) {
		return nil
	}
	return x.e.summary(name, file, x.bindings(st, name, file, args))
}

// initialises reports whether a function of the same unit writes to a private
// object that it is handed.
func (x *exec) initialises(st *state, name, file string, args []*Term) bool {
	if !x.near(file) {
		return false
	}
	for i := range args {
		if !x.private(st, args, i) {
			continue
		}
		if of := x.e.effects(symbol{name: name, file: file}); i < len(of) && !of[i].kept && of[i].writes() {
			return true
		}
	}
	return false
}

// near reports whether a callee with internal linkage is part of the same unit
// as the body: its own file, or a header.
func (x *exec) near(file string) bool { return file != "" }

// target is what a call calls: a function, or what a member, or a parameter
// counted from 1, holds.
type target struct {
	name, member string
	param        int
}

// bind returns the result of a call with summary sum, and adds to st what the
// return of the call tells.
func (x *exec) bind(st *state, c *cfg.Call, to target, sum *Summary, args []*Term) (*Term, []fill, bool) {
	w := 64
	if c.Dst != nil {
		if w = c.Result.Bits(); w == 0 {
			w = c.Dst.Type.Bits()
		}
		if isSmall(c.Dst.Type) {
			w = int(c.Dst.Type.Size) * 8
		}
	}
	if w == 0 {
		w = 64
	}
	if sum == nil {
		o := Open{Kind: OpenFunction, Name: to.name, At: c.At}
		if to.name == "" {
			o.Kind, o.Name, o.Param = OpenPointer, x.e.set(to.member), to.param
		}
		if c.Dst != nil {
			x.open(o)
			for _, a := range args {
				st.passed |= paramsOf(st, a)
			}
		}
		t := Term{Kind: Opaque, Width: w, Set: dom.Full(w), Val: x.site(c), At: c.At, Open: &o}
		n := x.intern(t)
		x.fresh(st, n)
		return n, nil, true
	}
	b := &binder{x: x, st: st, c: c, args: args, width: w, memo: map[*Term]*Term{}}
	for _, o := range sum.Opens {
		if c.Dst != nil {
			x.open(*b.open(&o))
		}
	}
	if sum.isKnown() && !sum.Pure && len(sum.Outcomes) > 1 {
		// What decides between the outcomes may be the arguments.
		for _, a := range args {
			st.passed |= paramsOf(st, a)
		}
	}
	var ways []way
	for i := range sum.Outcomes {
		o := &sum.Outcomes[i]
		facts, ok := b.guard(o)
		if !ok {
			x.e.counts.Dropped++
			continue
		}
		x.e.counts.Kept++
		st.passed |= b.passed(o.Passed)
		if o.Ret == nil {
			ways = append(ways, way{o, i, alt{term: x.constant(w, 0, "", cfg.Site{}), facts: facts}})
			continue
		}
		ret := x.cast(b.result(o), w, c.Result.Signed)
		if ret.Kind != Const && ret.Kind != Opaque && o.Ret.Width == w {
			have := st.eval(ret)
			if have.Intersect(o.Set).IsEmpty() {
				continue
			}
			if !have.Subset(o.Set) {
				facts = append(slicesClip(facts), Fact{Term: ret, Set: o.Set})
			}
		}
		a := alt{term: ret, facts: facts}
		if fromCallee(o.Ret) && len(o.Trace) < maxTraceLen && !sum.isKnown() {
			a.trace = append([]Step{{x.f.Name, cmp.Or(o.callee, to.name), c.At}}, o.Trace...)
		}
		ways = append(ways, way{o, i, a})
	}
	x.stopsOf(b, sum)
	if len(ways) == 0 {
		return nil, nil, false
	}
	fills := x.fills(b, ways, cmp.Or(sum.Name, to.name))
	var alts []alt
	for _, w := range ways {
		alts = addAlt(alts, w.alt)
	}
	key := x.site(c)
	var res *Term
	if len(alts) == 1 && len(alts[0].trace) == 0 {
		res = alts[0].term
	} else {
		res = x.callChoice(key, w, alts)
		x.fresh(st, res)
	}
	if len(alts) == 1 {
		return res, fills, st.assume(alts[0].facts, 0)
	}
	return res, fills, st.assume(st.common(res, allAlts(len(res.alts))), 0)
}

// stopsOf records the ways on which the callee with summary sum does not come
// back.
func (x *exec) stopsOf(b *binder, sum *Summary) {
	if !sum.Returns() && len(sum.Stops) == 0 {
		x.stop(b.st, nil)
	}
	for i := range sum.Stops {
		if facts, ok := b.guard(&sum.Stops[i]); ok {
			x.stop(b.st, facts)
		}
	}
}

// callChoice returns the choice between alts for call site key, the same one
// as before if the alternatives are the same.
func (x *exec) callChoice(key uint64, w int, alts []alt) *Term {
	for _, old := range x.made[key] {
		if sameAlts(old.alts, alts) {
			return old
		}
	}
	n := x.add(Term{Kind: choice, Width: w, Val: key, alts: alts})
	x.made[key] = append(x.made[key], n)
	return n
}

// fromCallee reports whether a value is made in the callee, not handed in.
func fromCallee(t *Term) bool {
	switch t.Kind {
	case Const, Opaque:
		return true
	}
	return false
}

// binder translates the terms of a callee's summary into the caller's.
type binder struct {
	x     *exec
	st    *state
	c     *cfg.Call
	args  []*Term
	width int // of the result
	memo  map[*Term]*Term
}

func (b *binder) term(t *Term) *Term {
	if n, ok := b.memo[t]; ok {
		return n
	}
	n := b.translate(t)
	if n.size > maxTermSize {
		n = b.x.intern(Term{Kind: Opaque, Width: n.Width, Set: b.st.eval(n), Val: b.x.site(b.c), Name: "large"})
	}
	b.memo[t] = n
	return n
}

func (b *binder) translate(t *Term) *Term {
	x := b.x
	switch t.Kind {
	case Param:
		if int(t.Val) < len(b.args) {
			a := b.args[t.Val]
			signed := int(t.Val) < len(b.c.Args) && b.c.Args[t.Val].Type.Signed
			return x.cast(a, t.Width, signed)
		}
	case Const:
		at := t.At
		if !at.IsValid() {
			at = b.c.At
		}
		return x.constant(t.Width, t.Val, t.Name, at)
	case Global, Fn, Str:
		return x.intern(Term{Kind: t.Kind, Width: t.Width, Val: t.Val, Name: t.Name, File: t.File, At: t.At})
	case Load:
		return x.load(b.st, b.term(t.X), cfg.Type{Kind: cfg.Int, Signed: t.Signed, Size: int64(t.Width / 8)}, t.Width, t.Name)
	case Unary:
		return x.unary(t.Op, t.Width, b.term(t.X))
	case Binary:
		return x.binary(t.Op, t.Signed, t.Width, b.term(t.X), b.term(t.Y))
	case Cast:
		return x.cast(b.term(t.X), t.Width, t.Signed)
	}
	return b.opaque(t, dom.Full(t.Width))
}

// result translates the value of o.
func (b *binder) result(o *Outcome) *Term {
	if o.Ret.Kind == Opaque && o.Ret.Open != nil && o.Set.IsFull() && o.Ret.Width > b.width {
		any := *o.Ret // of a model that does not know the type
		any.Width = b.width
		return b.opaque(&any, dom.Full(b.width))
	}
	if o.Ret.Kind == Opaque {
		return b.opaque(o.Ret, o.Set)
	}
	return b.term(o.Ret)
}

// opaque returns a value of the caller for t, of which only set is known.
func (b *binder) opaque(t *Term, set dom.Set) *Term {
	x, open, at := b.x, b.open(t.Open), t.At
	if !at.IsValid() {
		at = b.c.At
	}
	n := x.intern(Term{Kind: Opaque, Width: t.Width, Set: set, Open: open, At: at, Val: x.site(b.c), Name: set.Key() + openName(open)})
	x.fresh(b.st, n)
	return n
}

// open translates what is unknown in the callee: its place is the call when it
// has none, and the pointer of a parameter is what the caller hands it.
func (b *binder) open(o *Open) *Open {
	if o == nil {
		return nil
	}
	n := *o
	if !n.At.IsValid() {
		n.At = b.c.At
	}
	if n.Param == 0 || n.Param > len(b.args) {
		return &n
	}
	switch a := b.args[n.Param-1]; a.Kind {
	case Param:
		n.Param = int(a.Val) + 1
	case Load:
		n.Name, n.Param = b.x.e.set(a.Name), 0
	default:
		n.Param = 0
	}
	return &n
}

func openName(o *Open) string {
	if o == nil {
		return ""
	}
	return o.Name
}

// guard translates the guard of o, leaving out what holds anyway. It reports
// false when the guard cannot hold.
func (b *binder) guard(o *Outcome) ([]Fact, bool) {
	var out []Fact
	for _, f := range o.Guard {
		t := b.term(f.Term)
		have := b.st.eval(t)
		if have.Width() != f.Set.Width() {
			continue
		}
		if have.Intersect(f.Set).IsEmpty() {
			return nil, false
		}
		if have.Subset(f.Set) {
			continue
		}
		out = append(out, Fact{t, f.Set, f.At})
	}
	if len(out) > 1 {
		if trial := b.st.clone(); !trial.assume(out, 0) {
			return nil, false
		}
	}
	return out, true
}

// passed translates a set of the callee's parameters into one of the caller's.
func (b *binder) passed(set uint64) (out uint64) {
	for i, a := range b.args {
		if i < 64 && set>>i&1 != 0 {
			out |= paramsOf(b.st, a)
		}
	}
	return out
}
