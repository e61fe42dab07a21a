// SPDX-License-Identifier: GPL-2.0-only

package flow

import (
	"container/heap"
	"slices"

	"kapilint/cparse/cfg"
)

// The bounds on the work for one function.
const (
	maxStates   = 48    // kept apart per block
	maxSteps    = 12000 // blocks executed, over all states
	tightSteps  = 4000  // from here on only fewStates are kept apart
	fewStates   = 6
	objectSteps = 500 // tightSteps where private objects make states differ in much that matters little
	widenVisits = 3   // rounds through a loop before its variables are widened
)

// exec is the symbolic execution of one body.
type exec struct {
	*terms
	e     *Engine
	f     *cfg.Func
	live  [][]uint64
	named [][]bool // per block, the memory variables that it, or a block after it, names
	slice *slice
	order []int // block to its place in reverse postorder
	back  []bool
	loops bool

	pending [][]*state
	seen    [][]*state
	visits  []int
	work    blockHeap
	queued  []bool

	sites   map[any]uint64 // identity of instructions and expressions, from 1
	aged    map[*Term]*Term
	merged  map[mergeKey]*Term
	widened map[mergeKey]int
	made    map[uint64][]*Term // choices by call site
	out     []Outcome
	stops   []Outcome
	uses    []Site
	opens   map[Open]bool
	impure  bool
	filled  bool // a private object was written
	steps   int
	spent   bool // the budget ran out
}

func newExec(e *Engine, f *cfg.Func, with []binding) *exec {
	n := len(f.Blocks)
	var private []bool
	for _, b := range with {
		if b.arg.Kind == Local && b.arg.Val == 1 {
			if private == nil {
				private = make([]bool, f.Params)
			}
			private[b.param] = true
		}
	}
	x := &exec{
		terms: newTerms(), e: e, f: f, live: cfg.Live(f), slice: newSlice(f, private, e.through), order: make([]int, n), back: make([]bool, n),
		pending: make([][]*state, n), seen: make([][]*state, n), visits: make([]int, n), queued: make([]bool, n),
		sites: map[any]uint64{}, aged: map[*Term]*Term{}, merged: map[mergeKey]*Term{}, widened: map[mergeKey]int{}, made: map[uint64][]*Term{},
		uses: make([]Site, f.Params), opens: map[Open]bool{}, named: named(f),
	}
	for i, b := range cfg.Order(f) {
		x.order[b] = i
	}
	for b := range f.Blocks {
		for _, s := range f.Blocks[b].Term.Succs {
			if x.order[s] <= x.order[b] {
				x.back[s], x.loops = true, true
			}
		}
	}
	x.work.order = x.order
	return x
}

// site returns a number for k, an instruction or expression of the body, the
// same each time it is asked.
func (x *exec) site(k any) uint64 {
	if n, ok := x.sites[k]; ok {
		return n
	}
	n := uint64(len(x.sites) + 1)
	x.sites[k] = n
	return n
}

func (x *exec) run(with []binding) *Summary {
	st := &state{
		vars: make([]*Term, len(x.f.Vars)), mem: map[int]*varMem{}, heap: map[heapKey]*Term{},
		facts: map[*Term]narrowed{}, live: map[*Term]altSet{}, escaped: map[int]bool{},
	}
	for i := range x.f.Params {
		v := x.f.Vars[i]
		if isSmall(v.Type) {
			p := x.intern(Term{Kind: Param, Width: int(v.Type.Size) * 8, Val: uint64(i)})
			st.mem[i] = &varMem{ver: x.site(&x.f.Vars[i]), cells: map[int64]cell{0: {size: v.Type.Size, term: p}}}
			continue
		}
		if !v.Type.IsScalar() {
			st.mem[i] = &varMem{ver: x.site(&x.f.Vars[i]), cells: map[int64]cell{}}
			continue
		}
		p := x.intern(Term{Kind: Param, Width: v.Type.Bits(), Val: uint64(i)})
		for _, b := range with {
			switch {
			case b.param != i || p.Width != 64:
			case b.arg.Kind == Local:
				st.mem[x.object(i)] = &varMem{base: p, cells: map[int64]cell{}}
				p = x.local(x.object(i))
			default:
				p = x.intern(b.arg)
			}
		}
		if v.Memory {
			st.mem[i] = &varMem{cells: map[int64]cell{0: {size: v.Type.Size, term: p}}}
			continue
		}
		st.vars[i] = p
	}
	x.push(0, st)
	for x.work.Len() > 0 {
		b := heap.Pop(&x.work).(int)
		x.queued[b] = false
		x.block(b)
		if x.spent {
			break
		}
	}
	return x.summary()
}

// object returns the number of the memory variable that stands for the private
// object of parameter i.
func (x *exec) object(i int) int { return len(x.f.Vars) + i }

func (x *exec) push(b int, st *state) {
	x.pending[b] = append(x.pending[b], st)
	if !x.queued[b] {
		x.queued[b] = true
		heap.Push(&x.work, b)
	}
}

// block executes block b for all states that wait there.
func (x *exec) block(b int) {
	for _, st := range x.enter(b) {
		if x.steps++; x.steps > maxSteps {
			x.spent = true
			x.open(Open{Kind: OpenBudget, Name: x.f.Name, At: x.f.At})
			return
		}
		ok := true
		for _, in := range x.f.Blocks[b].Instrs {
			if ok = x.instr(st, in); !ok {
				break
			}
		}
		if ok {
			x.term(st, &x.f.Blocks[b].Term)
		}
	}
}

// enter merges the states that wait at block b, and returns those to execute.
func (x *exec) enter(b int) []*state {
	waiting := x.pending[b]
	x.pending[b] = nil
	var live []uint64
	if b < len(x.live) {
		live = x.live[b]
	}
	byKey := map[string]*state{}
	var states []*state
	for _, st := range waiting {
		x.forgetDead(st, live, x.named[b])
		k := st.key(live)
		if old, ok := byKey[k]; ok && !x.atReturn(b) {
			old.absorb(st)
			continue
		}
		byKey[k] = st
		states = append(states, st)
	}
	limit := maxStates
	if x.steps > tightSteps {
		limit = fewStates
	}
	if len(states) > limit {
		for _, st := range states[limit:] {
			x.join(states[limit-1], st, b, live)
		}
		states = states[:limit]
	}
	if !x.back[b] {
		return states
	}
	return x.enterLoop(b, states, live)
}

// atReturn reports whether block b only returns. There is nothing to gain from
// merging states there, and each way in has its own condition.
func (x *exec) atReturn(b int) bool {
	blk := &x.f.Blocks[b]
	return blk.Term.Kind == cfg.Return && len(blk.Instrs) == 0
}

// enterLoop drops the states that a former round through the loop headed by b
// has covered, and widens when the rounds do not end.
func (x *exec) enterLoop(b int, states []*state, live []uint64) []*state {
	x.visits[b]++
	byKey := map[string]*state{}
	for _, s := range x.seen[b] {
		byKey[s.key(live)] = s
	}
	var fresh []*state
	for _, st := range states {
		old, ok := byKey[st.key(live)]
		if !ok {
			fresh = append(fresh, st)
			continue
		}
		if st.within(old) {
			continue
		}
		next := old.clone()
		next.absorb(st)
		if x.visits[b] > 2*widenVisits {
			next.facts, next.live = map[*Term]narrowed{}, map[*Term]altSet{}
		}
		*old = *next.clone()
		fresh = append(fresh, next)
	}
	if x.visits[b] <= widenVisits || len(fresh) == 0 {
		for _, st := range fresh {
			if _, ok := byKey[st.key(live)]; !ok {
				x.seen[b] = append(x.seen[b], st.clone())
			}
		}
		return fresh
	}
	wide := x.seen[b][0].clone()
	for _, st := range x.seen[b][1:] {
		x.join(wide, st, b, live)
	}
	for _, st := range fresh {
		x.join(wide, st, b, live)
	}
	x.widen(wide, b)
	for _, old := range x.seen[b] {
		if old.key(live) == wide.key(live) && wide.within(old) {
			return nil
		}
	}
	x.seen[b] = []*state{wide.clone()}
	return []*state{wide}
}

// forgetDead drops what nothing after this point can ask for.
func (x *exec) forgetDead(st *state, live []uint64, named []bool) {
	used := map[*Term]bool{}
	var use func(t *Term)
	use = func(t *Term) {
		if t == nil || used[t] {
			return
		}
		used[t] = true
		use(t.X)
		use(t.Y)
		for _, a := range t.alts {
			use(a.term)
			for _, f := range a.facts {
				use(f.Term)
			}
		}
	}
	for v, t := range st.vars {
		if !isLive(live, v) {
			st.vars[v] = nil
			continue
		}
		use(t)
	}
	for k, t := range st.heap {
		use(k.addr)
		use(t)
	}
	for v, m := range st.mem {
		if v < len(named) && !named[v] && !used[x.local(v)] && !held(st, v) {
			delete(st.mem, v)
			continue
		}
		use(m.base)
		for _, c := range m.cells {
			use(c.term)
		}
	}
	keep := func(t *Term) bool {
		return used[t] || exportable(t) || t.leaf != nil && (used[t.leaf] || exportable(t.leaf) || t.leaf.Kind == Load && t.leaf.Val == st.ver) || t.many
	}
	for t := range st.facts {
		if !keep(t) {
			delete(st.facts, t)
		}
	}
	for c := range st.live {
		if !used[c] {
			delete(st.live, c)
		}
	}
	st.memo = nil
}

// held reports whether a memory variable of st has the address of variable v.
func held(st *state, v int) bool {
	found := false
	for _, m := range st.mem {
		for _, c := range m.cells {
			locals(c.term, func(w int) { found = found || w == v })
		}
	}
	return found
}

// named returns for each block which memory variables it, or a block that can
// follow it, takes the address of.
func named(f *cfg.Func) [][]bool {
	out := make([][]bool, len(f.Blocks))
	for b := range f.Blocks {
		set := make([]bool, len(f.Vars))
		mark := func(e *cfg.Expr) {
			cfg.Walk(e, func(e *cfg.Expr) {
				if e.Op == cfg.OpAddrVar {
					set[e.Var] = true
				}
			})
		}
		place := func(p *cfg.Place) {
			if mark(p.Addr); p.Addr == nil && p.Var < len(set) {
				set[p.Var] = true
			}
		}
		for _, in := range f.Blocks[b].Instrs {
			switch in := in.(type) {
			case *cfg.Set:
				mark(in.Src)
				place(&in.Dst)
			case *cfg.Call:
				for _, a := range in.Args {
					mark(a)
				}
				mark(in.Ptr)
				if in.Dst != nil {
					place(in.Dst)
				}
			case *cfg.Asm:
				for i := range in.Outs {
					place(&in.Outs[i])
				}
			}
		}
		mark(f.Blocks[b].Term.Cond)
		out[b] = set
	}
	for changed := true; changed; {
		changed = false
		for b := len(f.Blocks) - 1; b >= 0; b-- {
			for _, s := range f.Blocks[b].Term.Succs {
				for v, on := range out[s] {
					if on && !out[b][v] {
						out[b][v], changed = true, true
					}
				}
			}
		}
	}
	return out
}

// The bounds on the alternatives that a variable keeps through a loop.
const (
	maxLoopAlts     = 24
	maxLoopNumbers  = 3 // unnamed constants: more is a counter
	maxLoopVersions = 8 // changes of one variable before all its alternatives go
)

// restName marks the value that stands for all that widen did not keep.
const restName = "rest"

// fresh makes leaf new in st: what older rounds of a loop called by that name
// is renamed.
func (x *exec) fresh(st *state, leaf *Term) {
	if !x.loops {
		return
	}
	rename := func(t *Term) *Term {
		if !mentions(t, leaf) {
			return t
		}
		return x.age(st, t, leaf)
	}
	for v, t := range st.vars {
		if t != nil {
			st.vars[v] = rename(t)
		}
	}
	for _, m := range st.mem {
		if m.base != nil && mentions(m.base, leaf) {
			m.base, m.ver = nil, x.site(mergeKey{-2, leaf.id})
		}
		for off, c := range m.cells {
			c.term = rename(c.term)
			m.cells[off] = c
		}
	}
	for k, t := range st.heap {
		if mentions(k.addr, leaf) {
			delete(st.heap, k)
			continue
		}
		st.heap[k] = rename(t)
	}
	for t := range st.facts {
		if mentions(t, leaf) {
			delete(st.facts, t)
		}
	}
	for c := range st.live {
		if mentions(c, leaf) {
			delete(st.live, c)
		}
	}
	st.memo = nil
}

// age returns a term for the value t had in an older round of a loop. The
// constants among the alternatives of a choice stay known.
func (x *exec) age(st *state, t, leaf *Term) *Term {
	if t.Kind != choice {
		set := st.eval(t)
		return x.intern(Term{Kind: Opaque, Width: t.Width, Set: set, Open: t.Open, Val: x.site(mergeKey{-3, t.id}), Name: set.Key()})
	}
	left := st.alts(t)
	var alts []alt
	for i, a := range t.alts {
		if !left.has(i) {
			continue
		}
		term := a.term
		if mentions(term, leaf) && term != t {
			term = x.age(st, term, leaf)
		}
		alts = addAlt(alts, alt{term: term, trace: a.trace})
	}
	if old := x.aged[t]; old != nil && slices.EqualFunc(old.alts, alts, func(a, b alt) bool { return a.term == b.term }) {
		return old
	}
	n := x.choose(t.Width, alts, mergeKey{-4, t.id})
	x.aged[t] = n
	return n
}

type blockHeap struct {
	blocks []int
	order  []int
}

func (h *blockHeap) Len() int           { return len(h.blocks) }
func (h *blockHeap) Less(i, j int) bool { return h.order[h.blocks[i]] < h.order[h.blocks[j]] }
func (h *blockHeap) Swap(i, j int)      { h.blocks[i], h.blocks[j] = h.blocks[j], h.blocks[i] }
func (h *blockHeap) Push(b any)         { h.blocks = append(h.blocks, b.(int)) }
func (h *blockHeap) Pop() any {
	n := len(h.blocks) - 1
	b := h.blocks[n]
	h.blocks = h.blocks[:n]
	return b
}
