// SPDX-License-Identifier: GPL-2.0-only

package dom

import (
	"math/rand/v2"
	"testing"
)

var sink Set

func BenchmarkOps(b *testing.B) {
	full := Full(64)
	page := Const(64, 4096)
	small := URange(64, 1, 100)
	large := URange(64, 4096, 1<<20)
	errs := SRange(64, -4095, -1)
	flags := Bits(64, ^uint64(0x80800), 0)
	wide := Bits(64, ^uint64(0xf0f0f0f0), 0)
	words := Of(64, 1, 2, 4, 8, 16, 32, 64)
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"add/full+const", func() { sink = full.Add(page) }},
		{"add/const+const", func() { sink = page.Add(page) }},
		{"add/range+const", func() { sink = small.Add(page) }},
		{"add/range+range", func() { sink = large.Add(small) }},
		{"add/list+const", func() { sink = words.Add(page) }},
		{"mul/range*const", func() { sink = large.Mul(Const(64, 24)) }},
		{"and/full&low", func() { sink = full.And(Const(64, 4095)) }},
		{"and/full&sparse", func() { sink = full.And(Const(64, 0x80800)) }},
		{"and/range&mask", func() { sink = large.And(Const(64, 0xff0)) }},
		{"union/equal", func() { sink = small.Union(small) }},
		{"union/ranges", func() { sink = small.Union(large) }},
		{"union/range+list", func() { sink = large.Union(words) }},
		{"intersect/ranges", func() { sink = errs.Intersect(full) }},
		{"intersect/cubes", func() { sink = wide.Intersect(flags) }},
		{"minus/range-const", func() { sink = small.Without(1) }},
		{"minus/full-const", func() { sink = full.Without(0) }},
		{"sext/full", func() { sink = Full(32).Sext(64) }},
		{"trunc/range", func() { sink = large.Trunc(32) }},
		{"refine/ult", func() { sink, _ = RefineCmp(ULT, full, page) }},
		{"refine/slt", func() { sink, _ = RefineCmp(SLT, full, page) }},
		{"refine/ne", func() { sink, _ = RefineCmp(NE, full, Const(64, 0)) }},
		{"refine/mask==0", func() { sink = RefineAndMask(full, ^uint64(7), Const(64, 0)) }},
		{"refine/bit!=0", func() { sink = RefineAndMask(full, 0x10, Full(64).Without(0)) }},
		{"refine/bit==0", func() { sink = RefineAndMask(full, 0x10, Const(64, 0)) }},
		{"refine/bit!=0 of 0..255", func() { sink = RefineAndMask(URange(64, 0, 255), 0x10, Full(64).Without(0)) }},
		{"refine/trunc", func() { sink = InvTrunc(full, URange(32, 1, 100)) }},
		{"text/cube", func() { _ = wide.String(true) }},
		{"refine/mask!=0", func() { sink = RefineAndMask(full, 0xf0, Full(64).Without(0)) }},
		{"complement/cube", func() { sink = wide.Complement() }},
		{"widen/counter", func() { sink = Widen(URange(64, 0, 1), URange(64, 1, 2)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
		})
	}
}

func BenchmarkEqual(b *testing.B) {
	x := Of(64, 1, 2, 4, 8, 16, 32, 64)
	y := Of(64, 1, 2, 4, 8, 16, 32, 64)
	b.ReportAllocs()
	for b.Loop() {
		if !x.Equal(y) {
			b.Fatal("sets differ")
		}
	}
}

// BenchmarkWorst combines sets of many pieces, which have to be joined.
func BenchmarkWorst(b *testing.B) {
	rnd := rand.New(rand.NewPCG(9, 9))
	var sets []Set
	for len(sets) < 64 {
		if s := randomSet(32, rnd); s.n > 16 && !s.plain() {
			sets = append(sets, s)
		}
	}
	for _, c := range []struct {
		name string
		op   func(a, b Set) Set
	}{
		{"union", Set.Union}, {"intersect", Set.Intersect}, {"minus", Set.Minus}, {"add", Set.Add}, {"and", Set.And}, {"mul", Set.Mul}, {"shl", Set.Shl}, {"sdiv", Set.SDiv},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				sink = c.op(sets[i%64], sets[i*7%63])
				i++
			}
		})
	}
}
