// SPDX-License-Identifier: GPL-2.0-only

package lower

import "kapilint/cparse/cfg"

// thread sends a way into a block that only tests a variable on to where the
// test leads, where the value of the variable is known on that way. So the
// conditions under which a temporary was set still hold where it is tested:
//
//	t = 1; jump J    t = 0; jump J    J: branch t ? A B
//
// becomes t = 1; jump A and t = 0; jump B. Heads of loops are left alone, so
// that no loop gets a second way in. It reports whether anything changed.
func thread(order []*block) bool {
	for i, blk := range order {
		blk.index = i
	}
	preds := map[*block][]*block{}
	head := map[*block]bool{}
	for _, blk := range order {
		for _, s := range blk.succs {
			preds[s] = append(preds[s], blk)
			if s.index <= blk.index {
				head[s] = true
			}
		}
	}
	changed := false
	for _, blk := range order {
		for i, s := range blk.succs {
			v := tested(s)
			if v < 0 || head[s] {
				continue
			}
			f := factOn(preds, blk, i, v)
			if to := f.way(s.cond, v); to >= 0 && s.succs[to] != s {
				blk.succs[i] = s.succs[to]
				preds[s.succs[to]] = append(preds[s.succs[to]], blk)
				changed = true
			}
		}
	}
	for _, blk := range order {
		blk.index = -1
	}
	return changed
}

// tested returns the variable that a block does nothing but test, or -1.
func tested(blk *block) int {
	if len(blk.instrs) > 0 || blk.kind != cfg.Branch {
		return -1
	}
	return testedBy(blk.cond)
}

// testedBy returns the variable that x compares with a constant, or -1.
func testedBy(x *cfg.Expr) int {
	switch x.Op {
	case cfg.OpVar:
		return x.Var
	case cfg.OpEq, cfg.OpNe, cfg.OpLt, cfg.OpLe, cfg.OpGt, cfg.OpGe:
		if x.X.Op == cfg.OpVar && isConst(x.Y) {
			return x.X.Var
		}
	}
	return -1
}

// fact is what is known of a variable.
type fact struct {
	known   bool // it is val
	nonzero bool
	val     int64
}

// way returns which way a branch on cond, a test of the variable v, goes: 0 or
// 1, or -1 when that is not known.
func (f fact) way(cond *cfg.Expr, v int) int {
	zero := cond.Op == cfg.OpVar
	if f.nonzero && !f.known {
		switch {
		case zero:
			return 0
		case cond.Y.Val != 0:
			return -1
		case cond.Op == cfg.OpNe:
			return 0
		case cond.Op == cfg.OpEq:
			return 1
		}
		return -1
	}
	if !f.known {
		return -1
	}
	if zero {
		return int(b2i(f.val == 0))
	}
	return int(b2i(!holds(cond.Op, f.val, cond.Y.Val, cond.X.Type)))
}

// maxChain bounds how many blocks back the value of a variable is looked for.
const maxChain = 16

// factOn returns what is known of v when control leaves blk by its way i.
func factOn(preds map[*block][]*block, blk *block, i, v int) fact {
	for range maxChain {
		if f := branchFact(blk, i, v); f.known || f.nonzero {
			return f
		}
		for j := len(blk.instrs) - 1; j >= 0; j-- {
			src, written := writes(blk.instrs[j], v)
			switch {
			case !written:
				continue
			case src == nil:
				return fact{}
			case isConst(src):
				return fact{known: true, val: src.Val}
			case src.Op == cfg.OpVar:
				v = src.Var
			default:
				return fact{}
			}
		}
		if len(preds[blk]) != 1 {
			return fact{}
		}
		from := preds[blk][0]
		i = wayTo(from, blk)
		if i < 0 {
			return fact{}
		}
		blk = from
	}
	return fact{}
}

// wayTo returns the only way from one block to another, or -1.
func wayTo(from, to *block) int {
	way := -1
	for i, s := range from.succs {
		if s != to {
			continue
		}
		if way >= 0 {
			return -1
		}
		way = i
	}
	return way
}

// branchFact returns what the test at the end of blk says of v on its way i.
func branchFact(blk *block, i, v int) fact {
	if blk.kind != cfg.Branch || testedBy(blk.cond) != v {
		return fact{}
	}
	x := blk.cond
	switch {
	case x.Op == cfg.OpVar && i == 0:
		return fact{nonzero: true}
	case x.Op == cfg.OpVar:
		return fact{known: true}
	case x.Op == cfg.OpEq && i == 0, x.Op == cfg.OpNe && i == 1:
		return fact{known: true, val: x.Y.Val}
	case x.Y.Val == 0 && (x.Op == cfg.OpEq || x.Op == cfg.OpNe):
		return fact{nonzero: true}
	}
	return fact{}
}

// writes reports whether an instruction writes the variable v, and what, nil
// when that is not an expression.
func writes(in cfg.Instr, v int) (src *cfg.Expr, written bool) {
	is := func(p cfg.Place) bool { return p.Addr == nil && p.Var == v }
	switch in := in.(type) {
	case *cfg.Set:
		return in.Src, is(in.Dst)
	case *cfg.Call:
		return nil, in.Dst != nil && is(*in.Dst)
	case *cfg.Asm:
		for _, o := range in.Outs {
			if is(o) {
				return nil, true
			}
		}
	}
	return nil, false
}
