// SPDX-License-Identifier: GPL-2.0-only

package dom

import (
	"bytes"
	"encoding/gob"
	"math/rand/v2"
	"slices"
	"testing"
)

func nonZero(w int) Set { return Full(w).Without(0) }

func TestMaskExamples(t *testing.T) {
	low := RefineAndMask(Full(32), ^uint64(7), Const(32, 0))
	sparse := RefineAndMask(Full(32), ^uint64(0x80800), Const(32, 0))
	wide := RefineAndMask(Full(64), 0xffff0000ff00ff00, Const(64, 0))
	for _, c := range []struct {
		name string
		got  Set
		want Set
		text string
	}{
		{"flags & ~7 == 0", low, URange(32, 0, 7), "0..7"},
		{"and flags != 0", low.Without(0), URange(32, 1, 7), "1..7"},
		{"and flags != 4", low.Without(0).Without(4), Of(32, 1, 2, 3, 5, 6, 7), "1..3, 5..7"},
		{"flags & ~7 != 0", RefineAndMask(Full(32), ^uint64(7), nonZero(32)), URange(32, 8, 1<<32-1), "8..4294967295"},
		{"sparse mask", sparse, Of(32, 0, 0x800, 0x80000, 0x80800), "bits 0x80800"},
		{"sparse mask without 0", sparse.Without(0), Of(32, 0x800, 0x80000, 0x80800), "2048, 524288, 526336"},
		{"wide mask", wide, Bits(64, 0xffff0000ff00ff00, 0), "bits 0xffff00ff00ff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.got.Equal(c.want) || c.got.Key() != c.want.Key() {
				t.Errorf("got %s, want %s", c.got.String(false), c.want.String(false))
			}
			if text := c.got.String(false); text != c.text {
				t.Errorf("text is %q, want %q", text, c.text)
			}
		})
	}
	if zeros, ones := wide.KnownBits(); zeros != 0xffff0000ff00ff00 || ones != 0 {
		t.Errorf("known bits %#x, %#x", zeros, ones)
	}
	if n, exact := wide.Count(); n != 1<<32 || !exact {
		t.Errorf("count %d, %v", n, exact)
	}
}

// TestFlagRules follows flags through the tests that system calls make of
// them; passing and failing sides must add up to what was there.
func TestFlagRules(t *testing.T) {
	const a, b, other = 0x8, 0x10, 0xfc000007
	valid := RefineAndMask(Full(32), ^uint64(a|b|other), Const(32, 0))
	for _, c := range []struct {
		name string
		pass func(v uint64) bool
		got  Set
	}{
		{"not both", func(v uint64) bool { return v&a == 0 || v&b == 0 },
			RefineAndMask(valid, a, Const(32, 0)).Union(RefineAndMask(RefineAndMask(valid, a, nonZero(32)), b, Const(32, 0)))},
		{"not both, as one mask", func(v uint64) bool { return v&(a|b) != a|b },
			RefineAndMask(valid, a|b, Full(32).Without(a|b))},
		{"at least one", func(v uint64) bool { return v&(a|b) != 0 },
			RefineAndMask(valid, a|b, nonZero(32))},
		{"one needs the other", func(v uint64) bool { return v&a == 0 || v&b != 0 },
			RefineAndMask(valid, a, Const(32, 0)).Union(RefineAndMask(valid, b, nonZero(32)))},
		{"exactly one", func(v uint64) bool { return (v&a == 0) != (v&b == 0) },
			RefineAndMask(valid, a|b, Of(32, a, b))},
		{"any of many", func(v uint64) bool { return v&other != 0 },
			RefineAndMask(valid, other, nonZero(32))},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := uint64(0)
			vs, _ := valid.Values(1 << 12)
			for _, v := range vs {
				if c.got.Contains(v) != c.pass(v) {
					t.Fatalf("%#x: contained is %v", v, c.got.Contains(v))
				}
				if c.pass(v) {
					n++
				}
			}
			if count, _ := c.got.Count(); len(vs) != 1<<11 || count != n {
				t.Fatalf("%d of %d values, want %d", count, len(vs), n)
			}
			fail := valid.Minus(c.got)
			if fail.Overlaps(c.got) || !fail.Union(c.got).Equal(valid) {
				t.Fatalf("%s and %s do not make %s", fail.String(false), c.got.String(false), valid.String(false))
			}
		})
	}
}

// TestManyFlags does the same with more values than can be listed.
func TestManyFlags(t *testing.T) {
	const mask = 0x0f0f_f0f0_ff00_1f0f // 33 bits
	s := RefineAndMask(Full(64), ^uint64(mask), Const(64, 0))
	want := uint64(1) << 33
	check := func(what string) {
		t.Helper()
		if n, _ := s.Count(); n != want {
			t.Errorf("%s: %#x values, want %#x", what, n, want)
		}
	}
	check("valid flags")
	for _, pair := range []uint64{0x3, 0xc, 0x300, 0xc00} {
		s = RefineAndMask(s, pair, Full(64).Without(pair))
		want = want / 4 * 3
		check("pair excluded")
	}
	s = RefineAndMask(s, 0xff000000, Full(64).Without(0))
	want = want / 256 * 255
	if n, _ := s.Count(); n < want || n > want/255*256 {
		t.Errorf("after more rules than fit: %#x values, want %#x or little more", n, want)
	}
	s = RefineAndMask(s, 0xff000000, Const(64, 0x1000000))
	want /= 255
	check("one way left")
}

func TestTruth(t *testing.T) {
	for _, c := range []struct {
		name string
		got  Set
		want Set
	}{
		{"eq", Eq(Const(8, 1), Const(8, 1)), Const(32, 1)},
		{"eq of ranges", Eq(URange(8, 1, 2), URange(8, 2, 3)), URange(32, 0, 1)},
		{"ne", Ne(Const(8, 1), Const(8, 1)), Const(32, 0)},
		{"ult", ULt(URange(8, 0, 3), Const(8, 4)), Const(32, 1)},
		{"ule", ULe(URange(8, 5, 6), Const(8, 4)), Const(32, 0)},
		{"slt", SLt(Const(8, 0xff), Const(8, 0)), Const(32, 1)},
		{"sle", SLe(Const(8, 0), Const(8, 0xff)), Const(32, 0)},
		{"of nothing", Eq(Empty(8), Full(8)), Empty(32)},
		{"zero", Const(64, 0).Truth().Set(32), Const(32, 0)},
		{"not zero", Const(64, 1<<40).Truth().Set(32), Const(32, 1)},
		{"anything", Full(64).Truth().Not().Set(32), URange(32, 0, 1)},
		{"not true", True.Not().Set(32), Const(32, 0)},
		{"nothing", Empty(8).Truth().Set(32), Empty(32)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.got.Equal(c.want) {
				t.Errorf("got %s, want %s", c.got.String(false), c.want.String(false))
			}
		})
	}
}

func TestKernelChecks(t *testing.T) {
	const maxErrno = 4095
	u64, u32 := Full(64), Full(32)
	cmp := func(c Cmp, x Set, v uint64) Set {
		x, _ = RefineCmp(c, x, Const(x.Width(), v))
		return x
	}
	minus := func(v int64) uint64 { return uint64(v) }
	for _, c := range []struct {
		name   string
		got    Set
		want   Set
		signed bool
		text   string
	}{
		{"int x < 1 || x > 100 fails", cmp(SLE, cmp(SGE, u32, 1), 100), URange(32, 1, 100), true, "1..100"},
		{"int -20..19", cmp(SLE, cmp(SGE, u32, minus(-20)), 19), SRange(32, -20, 19), true, "-20..19"},
		{"int x < 0", cmp(SLT, u32, 0), SRange(32, -1<<31, -1), true, "-2147483648..-1"},
		{"int failing sides", cmp(SLT, u32, 1).Union(cmp(SGT, u32, 100)), URange(32, 1, 100).Complement(), true, "any but 1..100"},
		{"unsigned x - 1 < 100", InvSub(u32, 1, URange(32, 0, 99)), URange(32, 1, 100), false, "1..100"},
		{"unsigned x + 20 <= 39", InvAdd(u32, 20, URange(32, 0, 39)), SRange(32, -20, 19), true, "-20..19"},
		{"x > INT_MAX", cmp(UGT, u64, 1<<31-1), URange(64, 1<<31, 1<<64-1), false, "2147483648..0xffffffffffffffff"},
		{"x > INT_MAX passes", cmp(ULE, u64, 1<<31-1), URange(64, 0, 1<<31-1), false, "0..2147483647"},
		{"IS_ERR", cmp(UGE, u64, minus(-maxErrno)), SRange(64, -maxErrno, -1), true, "-4095..-1"},
		{"not IS_ERR", cmp(ULT, u64, minus(-maxErrno)), URange(64, 0, minus(-maxErrno-1)), false, "0..0xfffffffffffff000"},
		{"IS_ERR_OR_NULL fails", cmp(ULT, u64, minus(-maxErrno)).Without(0), URange(64, 1, minus(-maxErrno-1)), false, "1..0xfffffffffffff000"},
		{"PTR_ERR to int", cmp(UGE, u64, minus(-maxErrno)).Trunc(32), SRange(32, -maxErrno, -1), true, "-4095..-1"},
		{"int to ERR_PTR", SRange(32, -maxErrno, -1).Sext(64), SRange(64, -maxErrno, -1), true, "-4095..-1"},
		{"page aligned", RefineAndMask(u64, 4096-1, Const(64, 0)), Bits(64, 4096-1, 0), false, "0..0xfffffffffffff000 step 4096"},
		{"page aligned, bounded", cmp(ULE, RefineAndMask(u64, 4096-1, Const(64, 0)), 1<<20).Without(0),
			Bits(64, 4096-1, 0).Intersect(URange(64, 1, 1<<20)), false, "4096..1048576 step 4096"},
		{"page number of a bounded address", URange(64, 0, 1<<20-1).LShr(Const(32, 12)), URange(64, 0, 255), false, "0..255"},
		{"PAGE_ALIGN", URange(64, 1, 8192).Add(Const(64, 4095)).And(Const(64, minus(-4096))), Of(64, 4096, 8192), false, "4096, 8192"},
		{"u8 to int", Full(8).Zext(32), URange(32, 0, 255), true, "0..255"},
		{"char to int", Full(8).Sext(32), SRange(32, -128, 127), true, "-128..127"},
		{"int to u8 and back", InvTrunc(cmp(ULT, u32, 1000), Of(8, 1)), Of(32, 1, 257, 513, 769), true, "bits 0x300 with 0x1"},
		{"long x fits int", InvTrunc(SRange(64, -5, 5), SRange(32, -1, 1)), SRange(64, -1, 1), true, "-1..1"},
		{"long x fits int, wide", InvSext(u32, SRange(64, -1, 1)), SRange(32, -1, 1), true, "-1..1"},
		{"index times size", URange(64, 0, 9).Mul(Const(64, 12)).Union(URange(64, 0, 108)), URange(64, 0, 108), false, "0..108"},
		{"count with n * 16 <= 4096", InvMulConst(URange(64, 0, 1<<32), 16, URange(64, 0, 4096)), URange(64, 0, 256), false, "0..256"},
		{"count with n * 12 <= 4096", InvMulConst(URange(64, 0, 1<<32), 12, URange(64, 0, 4096)), URange(64, 0, 341), false, "0..341"},
		{"len % 8 == 0", InvURem(cmp(ULE, u64, 32), 8, Const(64, 0)), Of(64, 0, 8, 16, 24, 32), false, "0, 8, 16, 24, 32"},
		{"len / 8 in 1..2", InvUDiv(u64, 8, URange(64, 1, 2)), URange(64, 8, 23), false, "8..23"},
		{"clamp", cmp(ULE, u32, 128).Union(Const(32, 128)), URange(32, 0, 128), false, "0..128"},
		{"!x", Full(32).Minus(nonZero(32)), Const(32, 0), true, "0"},
		{"x != -1", cmp(NE, u32, minus(-1)), Const(32, minus(-1)).Complement(), true, "any but -1"},
		{"1 << n", Const(32, 1).Shl(URange(32, 0, 4)), Of(32, 1, 2, 4, 8, 16), false, "1, 2, 4, 8, 16"},
		{"switch default", Full(32).Minus(URange(32, 3, 9)).Minus(Of(32, 0, 20)), Of(32, 0, 20).Union(URange(32, 3, 9)).Complement(), false, "any but 0, 3..9, 20"},
		{"masked lower part of a range", URange(32, 5, 1<<31).And(Const(32, 7)), URange(32, 0, 7), false, "0..7"},
		{"signal number", InvSub(cmp(SGE, u32, 0), 1, URange(32, 0, 63)), URange(32, 1, 64), true, "1..64"},
		{"errno list", Of(32, minus(-22), minus(-12), 0), Of(32, 0, minus(-12), minus(-22)), true, "-22, -12, 0"},
		{"error or zero", SRange(32, -4095, -1).Union(Const(32, 0)), SRange(32, -4095, 0), true, "-4095..0"},
		{"len % 12 == 0", InvURem(URange(64, 1, 40), 12, Const(64, 0)), Of(64, 12, 24, 36), false, "12, 24, 36"},
		{"int x % 8 == 0", InvSRem(SRange(32, -9, 9), 8, Const(32, 0)), Of(32, minus(-8), 0, 8), true, "-8, 0, 8"},
		{"int x / 10 == 0", InvSDiv(u32, 10, Const(32, 0)), SRange(32, -9, 9), true, "-9..9"},
		{"nothing", cmp(ULT, u32, 0), Empty(32), false, "none"},
		{"everything", cmp(UGE, u32, 0), Full(32), false, "any"},
		{"one flag required", RefineAndMask(RefineAndMask(u32, ^uint64(0x80801), Const(32, 0)), 1, nonZero(32)),
			Of(32, 1, 0x801, 0x80001, 0x80801), false, "bits 0x80800 with 0x1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.got.Equal(c.want) {
				t.Errorf("got %s, want %s", c.got.String(c.signed), c.want.String(c.signed))
			}
			if text := c.got.String(c.signed); text != c.text {
				t.Errorf("text is %q, want %q", text, c.text)
			}
		})
	}
}

func TestRanges(t *testing.T) {
	s := SRange(32, -5, 3).Union(URange(32, 1<<31-2, 1<<31+1))
	for _, c := range []struct {
		name   string
		signed bool
		want   []Range
	}{
		{"unsigned", false, []Range{{0, 3}, {1<<31 - 2, 1<<31 + 1}, {1<<32 - 5, 1<<32 - 1}}},
		{"signed", true, []Range{{1 << 31, 1<<31 + 1}, {1<<32 - 5, 3}, {1<<31 - 2, 1<<31 - 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.Ranges(c.signed); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    Set
		signed bool
		text   string
	}{
		{"least long", Const(64, 1<<63), true, "-0x8000000000000000"},
		{"many values", Of(32, 1, 3, 5, 7, 10, 13, 16, 20, 30, 40), false, "1, 3, 5, 7, 10, 13, 16, ..."},
		{"range with bits", Bits(64, ^uint64(0xf0f0f), 0).Intersect(URange(64, 1, 0xf0000)), false, "1..983040 with bits 0xf0f0f"},
		{"odd", Bits(64, 0, 1), false, "1..0xffffffffffffffff step 2"},
		{"zero value", Set{}, false, "none"},
		{"bool", URange(1, 0, 1), false, "any"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if text := c.set.String(c.signed); text != c.text {
				t.Errorf("text is %q, want %q", text, c.text)
			}
		})
	}
}

// TestTextIsShort holds String to a length that fits a message.
func TestTextIsShort(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 6))
	for range 2000 {
		s := randomSet(64, rnd)
		for _, signed := range []bool{false, true} {
			if text := s.String(signed); len(text) > 480 {
				t.Fatalf("%d bytes: %s", len(text), text)
			}
		}
	}
}

func TestWiden(t *testing.T) {
	minus := func(v int64) uint64 { return uint64(v) }
	for _, c := range []struct {
		name      string
		old, next Set
		extra     []uint64
		want      Set
	}{
		{"nothing new", URange(32, 0, 9), Const(32, 3), nil, URange(32, 0, 9)},
		{"counter to a given bound", URange(32, 0, 1), URange(32, 1, 2), []uint64{100}, URange(32, 0, 99)},
		{"counter to a type limit", URange(32, 0, 300), URange(32, 1, 301), nil, URange(32, 0, 32767)},
		{"downwards across zero", URange(32, 0, 300), SRange(32, -1, 299), nil, SRange(32, -1, 300)},
		{"downwards below", SRange(32, -1, 300), SRange(32, -2, 299), nil, SRange(32, -128, 300)},
		{"error numbers", Of(32, 0, minus(-22)), Of(32, minus(-12)), nil, Of(32, 0, minus(-22), minus(-12))},
		{"stride", Bits(64, 7, 0).Intersect(URange(64, 0, 8000)), Bits(64, 7, 0).Intersect(URange(64, 8, 8008)), nil,
			Bits(64, 7, 0).Intersect(URange(64, 0, 1<<15))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Widen(c.old, c.next, c.extra...)
			if !c.old.Union(c.next).Subset(got) || !got.Subset(c.want) {
				t.Errorf("got %s, want %s", got.String(true), c.want.String(true))
			}
		})
	}
}

// TestWidenEnds runs chains with hostile steps; each must become stable soon.
func TestWidenEnds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	longest := 0
	for i := range 400 {
		w := []int{8, 16, 32, 64}[i%4]
		s := randomSet(w, rnd)
		extra := []uint64{rnd.Uint64() >> rnd.IntN(64), rnd.Uint64() >> rnd.IntN(64)}
		step := Const(w, rnd.Uint64()>>rnd.IntN(64))
		steps := 0
		for ; ; steps++ {
			next := s.Add(step)
			if i%3 == 0 {
				next = randomSet(w, rnd)
			}
			wide := Widen(s, next, extra...)
			if !s.Subset(wide) || !next.Subset(wide) {
				t.Fatalf("%s, %s widened to %s", s.String(false), next.String(false), wide.String(false))
			}
			if i%3 != 0 && wide.Equal(s) || wide.IsFull() {
				break
			}
			if i%3 == 0 && steps > 200 {
				break
			}
			if steps > 120 {
				t.Fatalf("no end: %s", wide.String(false))
			}
			s = wide
		}
		if i%3 != 0 {
			longest = max(longest, steps)
		}
	}
	t.Logf("longest chain: %d", longest)
}

// TestMonotone checks laws of union and intersection.
func TestMonotone(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for i := range 1500 {
		w := []int{5, 8, 32, 64}[i%4]
		a, b, c := randomSet(w, rnd), randomSet(w, rnd), randomSet(w, rnd)
		join, meet, rest := a.Union(b), a.Intersect(b), a.Minus(b)
		switch {
		case !a.Subset(join), !b.Subset(join):
			t.Fatalf("%s or %s not in union %s", a.String(false), b.String(false), join.String(false))
		case !meet.Subset(a), !rest.Subset(a):
			t.Fatalf("%s and %s not in %s", meet.String(false), rest.String(false), a.String(false))
		case !a.Subset(meet.Union(rest)):
			t.Fatalf("%s and %s do not cover %s", meet.String(false), rest.String(false), a.String(false))
		case !a.Union(a).Equal(a), !a.Intersect(a).Equal(a), !a.Minus(a).IsEmpty():
			t.Fatalf("%s with itself", a.String(false))
		case !a.Not().Not().Equal(a) && a.n <= 1:
			t.Fatalf("%s complemented twice is %s", a.String(false), a.Not().Not().String(false))
		}
		if w <= 8 {
			switch {
			case !a.Union(c).Subset(join.Union(c)), !meet.Intersect(c).Subset(a.Intersect(c)):
				t.Fatalf("%s, %s, %s: not monotone", a.String(false), b.String(false), c.String(false))
			case a.Union(b).Key() != b.Union(a).Key(), a.Complement().Complement().Key() != a.Key():
				t.Fatalf("%s, %s: keys differ", a.String(false), b.String(false))
			case !a.Intersect(b.Union(c)).Equal(meet.Union(a.Intersect(c))):
				t.Fatalf("%s, %s, %s: not distributive", a.String(false), b.String(false), c.String(false))
			}
		}
	}
}

func TestEncoding(t *testing.T) {
	rnd := rand.New(rand.NewPCG(10, 10))
	for range 500 {
		in := struct{ S Set }{randomSet(64, rnd)}
		var buf bytes.Buffer
		if err := gob.NewEncoder(&buf).Encode(in); err != nil {
			t.Fatal(err)
		}
		var out struct{ S Set }
		if err := gob.NewDecoder(&buf).Decode(&out); err != nil {
			t.Fatalf("%s: %v", in.S.String(false), err)
		}
		if out.S.Key() != in.S.Key() || !out.S.Equal(in.S) {
			t.Fatalf("%s came back as %s", in.S.String(false), out.S.String(false))
		}
	}
}

// TestMismatch checks that operands of different widths do no harm.
func TestMismatch(t *testing.T) {
	a, b, zero := URange(32, 1, 9), URange(64, 4, 5), Set{}
	for _, s := range []Set{a, b, zero} {
		for _, r := range []Set{a, b, zero} {
			for _, op := range append(binaries, setops...) {
				op.set(s, r)
			}
			for c := EQ; c <= SGE; c++ {
				Compare(c, s, r)
				RefineCmp(c, s, r)
			}
			for _, inv := range []func(Set, uint64, Set) Set{InvAdd, InvSub, InvSubFrom, InvXor, InvMulConst, InvUDiv, InvURem, InvSDiv, InvSRem, RefineAndMask, RefineOr} {
				if got := inv(s, 3, r); s.w != r.w && !got.Equal(s) {
					t.Errorf("%s refined by %s is %s", s.String(false), r.String(false), got.String(false))
				}
			}
			for _, inv := range []func(Set, int, Set) Set{InvShl, InvLShr, InvAShr} {
				if got := inv(s, 3, r); s.w != r.w && !got.Equal(s) {
					t.Errorf("%s refined by %s is %s", s.String(false), r.String(false), got.String(false))
				}
			}
			for _, inv := range []func(Set, Set) Set{InvNot, InvNeg, InvZext, InvSext, InvTrunc} {
				inv(s, r)
			}
			Widen(s, r)
		}
		s.Not()
		s.Neg()
		s.Complement()
		s.Sext(64)
		s.Trunc(8)
		s.Ranges(true)
		s.SMin()
		s.SMax()
		s.Truth()
	}
	if !zero.Union(a).Equal(a) || !a.Union(zero).Equal(a) {
		t.Error("the zero Set is not neutral for Union")
	}
}
