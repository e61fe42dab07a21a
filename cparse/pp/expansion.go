// SPDX-License-Identifier: GPL-2.0-only

package pp

// newExpansion records the use of m under the name t.
func (p *pre) newExpansion(m *Macro, t *Token, end Pos) ExpID {
	all := p.result.Expansions
	if len(all) > p.lim.Expansions {
		p.fatal(t.Pos, "more than %d macro expansions", p.lim.Expansions)
	}
	if len(all) == cap(all) {
		all = grow(all)
	}
	p.result.Expansions = append(all, Expansion{
		Name: m.Name, Use: t.Pos, UseEnd: end, Parent: t.Exp, Body: m.nbody, FuncLike: m.FuncLike, Single: m.single,
	})
	return ExpID(len(all))
}

// isAlias reports whether x is written in a file and merely stands for another
// name, whose arguments then follow in the file.
func (p *pre) isAlias(x ExpID) bool {
	e := &p.result.Expansions[x]
	return x != 0 && e.Parent == 0 && !e.FuncLike && e.Body == 1
}

// keepArgs copies args to where they can stay.
func (p *pre) keepArgs(args []Arg) []Arg {
	if p.kept += len(args); p.kept > p.lim.Expansions {
		p.fatal(p.here(), "more than %d arguments of macros", p.lim.Expansions)
		return nil
	}
	if len(p.slab)+len(args) > cap(p.slab) {
		p.slab = make([]Arg, 0, max(1024, len(args)))
	}
	start := len(p.slab)
	p.slab = append(p.slab, args...)
	return p.slab[start:len(p.slab):len(p.slab)]
}

// rerooted says that the tokens of one expansion come through another when
// they are arguments.
type rerooted struct{ from, to ExpID }

// reroot makes the tokens of a macro's arguments come through its expansion
// id, whose name came through parent. What was expanded within the arguments
// has numbers above id. A token that came through other expansions inside of
// parent gets copies of these that lead to id.
func (p *pre) reroot(toks []Token, id, parent ExpID) {
	p.pairs = p.pairs[:0]
	for i := int(id) + 1; i < len(p.result.Expansions); i++ {
		if up := p.result.Expansions[i].Parent; up < id {
			up = p.rerootOne(up, id, parent)
			p.result.Expansions[i].Parent = up
		}
	}
	last := rerooted{parent, id}
	for i := range toks {
		t := &toks[i]
		if t.Kind >= kindPad || t.Exp > id {
			continue
		}
		if t.Exp != last.from {
			last = rerooted{t.Exp, p.rerootOne(t.Exp, id, parent)}
		}
		t.Exp = last.to
	}
}

func (p *pre) rerootOne(from, id, parent ExpID) ExpID {
	if from == parent || from == 0 {
		return id
	}
	for i := len(p.pairs) - 1; i >= 0 && i >= len(p.pairs)-16; i-- {
		if p.pairs[i].from == from {
			return p.pairs[i].to
		}
	}
	to := id
	if !p.isWithin(parent, from) {
		up := p.rerootOne(p.result.Expansions[from].Parent, id, parent)
		all := p.result.Expansions
		if !p.step(1) || len(all) > p.lim.Expansions {
			p.fatal(all[from].Use, "more than %d macro expansions", p.lim.Expansions)
			return id
		}
		e := all[from]
		e.Parent = up
		to = ExpID(len(all))
		p.result.Expansions = append(all, e)
	}
	p.pairs = append(p.pairs, rerooted{from, to})
	return to
}

// isWithin reports whether the chain of e leads through outer. A parent has
// always a smaller number than what came through it.
func (p *pre) isWithin(e, outer ExpID) bool {
	for n := 1; e > outer; n++ {
		if n&63 == 0 && !p.step(64) {
			return true
		}
		e = p.result.Expansions[e].Parent
	}
	return e == outer
}

// lineOf returns the place whose line is that of the __LINE__ at t, as gcc has
// it: where the outermost macro is used that the token came through (the
// arguments of a macro do not come through it as long as they are expanded);
// but in what an object-like macro began, where that one is used.
func (p *pre) lineOf(t *Token) Pos {
	if !p.outerFunc {
		return p.outer
	}
	pos := t.Pos
	for e := t.Exp; e != 0 && p.step(1); e = p.result.Expansions[e].Parent {
		pos = p.result.Expansions[e].Use
	}
	return pos
}
