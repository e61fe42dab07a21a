// SPDX-License-Identifier: GPL-2.0-only

package cfg

import "slices"

// Order returns the blocks that can be reached from block 0, in reverse
// postorder.
func Order(f *Func) []int {
	if len(f.Blocks) == 0 {
		return nil
	}
	type frame struct{ block, next int }
	seen := make([]bool, len(f.Blocks))
	seen[0] = true
	stack := []frame{{block: 0}}
	var order []int
	for len(stack) > 0 {
		fr := &stack[len(stack)-1]
		succs := f.Blocks[fr.block].Term.Succs
		if fr.next == len(succs) {
			order = append(order, fr.block)
			stack = stack[:len(stack)-1]
			continue
		}
		fr.next++
		// The last successor is visited first, so that the first one comes
		// first in the reversed order.
		if s := succs[len(succs)-fr.next]; !seen[s] {
			seen[s] = true
			stack = append(stack, frame{block: s})
		}
	}
	slices.Reverse(order)
	return order
}

// Preds returns for each block those that end in a way to it, in order and
// each once.
func Preds(f *Func) [][]int {
	preds := make([][]int, len(f.Blocks))
	for i := range f.Blocks {
		for _, s := range f.Blocks[i].Term.Succs {
			if p := preds[s]; len(p) == 0 || p[len(p)-1] != i {
				preds[s] = append(p, i)
			}
		}
	}
	return preds
}

// Edge is a way from one block to another.
type Edge struct{ From, To int }

// BackEdges returns the edges that close a loop: those to a block that comes
// no later in reverse postorder. Their targets are the heads of the loops.
func BackEdges(f *Func) []Edge {
	order := Order(f)
	pos := make([]int, len(f.Blocks))
	for i, b := range order {
		pos[b] = i
	}
	var edges []Edge
	for _, b := range order {
		for _, s := range f.Blocks[b].Term.Succs {
			e := Edge{b, s}
			if pos[s] <= pos[b] && !slices.Contains(edges, e) {
				edges = append(edges, e)
			}
		}
	}
	return edges
}

// Live returns for each block the variables whose values on entry to it may
// still be read. Variable v is bit v%64 of word v/64. Variables in memory are
// never among them.
func Live(f *Func) [][]uint64 {
	words := (len(f.Vars) + 63) / 64
	n := len(f.Blocks)
	backing := make([]uint64, 3*n*words)
	row := func(i int) []uint64 { return backing[i*words : (i+1)*words : (i+1)*words] }
	live, reads, writes := make([][]uint64, n), make([][]uint64, n), make([][]uint64, n)
	for i := range f.Blocks {
		live[i], reads[i], writes[i] = row(3*i), row(3*i+1), row(3*i+2)
		usesOf(&f.Blocks[i], reads[i], writes[i])
		copy(live[i], reads[i])
	}
	order := Order(f)
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(order) {
			for _, s := range f.Blocks[b].Term.Succs {
				for w, in := range live[s] {
					if add := in &^ writes[b][w] &^ live[b][w]; add != 0 {
						live[b][w] |= add
						changed = true
					}
				}
			}
		}
	}
	return live
}

// usesOf collects the variables that a block reads before it writes them, and
// those that it writes.
func usesOf(b *Block, reads, writes []uint64) {
	read := func(x *Expr) {
		Walk(x, func(x *Expr) {
			if x.Op == OpVar && writes[x.Var/64]&(1<<(x.Var%64)) == 0 {
				reads[x.Var/64] |= 1 << (x.Var % 64)
			}
		})
	}
	write := func(p Place) {
		if p.Addr == nil {
			writes[p.Var/64] |= 1 << (p.Var % 64)
		}
	}
	for _, in := range b.Instrs {
		switch in := in.(type) {
		case *Set:
			read(in.Src)
			read(in.Dst.Addr)
			write(in.Dst)
		case *Call:
			read(in.Ptr)
			for _, a := range in.Args {
				read(a)
			}
			if in.Dst != nil {
				read(in.Dst.Addr)
				write(*in.Dst)
			}
		case *Asm:
			for _, o := range in.Outs {
				read(o.Addr)
			}
			for _, o := range in.Outs {
				write(o)
			}
		}
	}
	read(b.Term.Cond)
}

// Walk calls visit for x and every expression in it, each before its operands.
func Walk(x *Expr, visit func(*Expr)) {
	for x != nil {
		visit(x)
		Walk(x.Y, visit)
		x = x.X
	}
}
