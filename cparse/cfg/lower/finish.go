// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"slices"

	"kapilint/cparse/cfg"
)

// maxThreads bounds how often known tests are looked for.
const maxThreads = 8

// finish turns the blocks under construction into those of the function:
// gotos get their cleanups, blocks that only jump or test what is known are
// bypassed, chains of blocks become one, and what cannot be reached is left
// out. Blocks are numbered in reverse postorder; nothing jumps to block 0.
func (b *builder) finish() {
	b.resolve()
	order := reversePostorder(b.entry)
	for range maxThreads {
		for _, blk := range order {
			for i, s := range blk.succs {
				blk.succs[i] = bypass(s)
			}
			simplify(blk)
		}
		if order = reversePostorder(b.entry); !thread(order) {
			break
		}
	}
	merge(reversePostorder(b.entry))
	order = reversePostorder(b.entry)
	b.fn.Blocks = make([]cfg.Block, len(order))
	for i, blk := range order {
		blk.index = i
	}
	for i, blk := range order {
		out := &b.fn.Blocks[i]
		out.Instrs = blk.instrs
		out.Term = cfg.Term{Kind: blk.kind, Cond: blk.cond, Cases: blk.cases, At: blk.at}
		for _, s := range blk.succs {
			out.Term.Succs = append(out.Term.Succs, s.index)
		}
	}
}

// reversePostorder returns the blocks that can be reached from entry.
func reversePostorder(entry *block) []*block {
	type frame struct {
		b    *block
		next int
	}
	seen := map[*block]bool{entry: true}
	stack := []frame{{b: entry}}
	var order []*block
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		// Successors are visited last first, so that the first comes first in
		// the reversed order.
		if f.next < len(f.b.succs) {
			f.next++
			s := f.b.succs[len(f.b.succs)-f.next]
			if !seen[s] {
				seen[s] = true
				stack = append(stack, frame{b: s})
			}
			continue
		}
		order = append(order, f.b)
		stack = stack[:len(stack)-1]
	}
	slices.Reverse(order)
	return order
}

// bypass returns where a jump to blk ends up.
func bypass(blk *block) *block {
	start := blk
	for range 1000 {
		if len(blk.instrs) > 0 || !blk.closed || blk.kind != cfg.Jump || len(blk.succs) != 1 {
			return blk
		}
		blk = blk.succs[0]
		if blk == start { // an empty endless loop
			return start
		}
	}
	return blk
}

// simplify makes a jump of a branch or switch whose ways are all the same.
func simplify(blk *block) {
	if blk.kind != cfg.Branch && blk.kind != cfg.Switch {
		return
	}
	for _, s := range blk.succs[1:] {
		if s != blk.succs[0] {
			return
		}
	}
	blk.kind, blk.cond, blk.cases, blk.succs = cfg.Jump, nil, nil, blk.succs[:1]
	blk.at = cfg.Site{}
}

// merge appends blocks with a single way in to the block before them.
func merge(order []*block) {
	preds := map[*block]int{}
	for _, blk := range order {
		for _, s := range blk.succs {
			preds[s]++
		}
	}
	gone := map[*block]bool{}
	for _, blk := range order {
		for !gone[blk] && blk.kind == cfg.Jump && len(blk.succs) == 1 {
			s := blk.succs[0]
			if s == blk || preds[s] != 1 {
				break
			}
			gone[s] = true
			blk.instrs = append(blk.instrs, s.instrs...)
			blk.kind, blk.cond, blk.cases, blk.at, blk.succs = s.kind, s.cond, s.cases, s.at, s.succs
		}
	}
}
