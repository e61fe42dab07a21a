// SPDX-License-Identifier: GPL-2.0-only

package dom

import (
	"math/rand/v2"
	"testing"
)

// FuzzOps builds two sets from the input and checks every operation on
// elements of them.
func FuzzOps(f *testing.F) {
	f.Add(uint8(32), uint64(1), uint64(100), uint64(7), uint64(0), uint64(1))
	f.Add(uint8(64), uint64(4096), ^uint64(0), uint64(4095), uint64(1), uint64(2))
	f.Add(uint8(8), uint64(0x80), uint64(0x7f), uint64(0xf0), uint64(3), uint64(3))
	f.Fuzz(func(t *testing.T, w8 uint8, a, b, mask, c, seed uint64) {
		w := int(w8%64) + 1
		rnd := rand.New(rand.NewPCG(seed, c))
		x := URange(w, min(a, b), max(a, b)).Intersect(Bits(w, mask, c&^mask)).Union(Const(w, c))
		y := Bits(w, mask, 0).Minus(URange(w, a, b)).Union(randomSet(w, rnd))
		for range 3 {
			checkSampled(t, x, y, rnd)
			checkSampled(t, y, x, rnd)
		}
		v := pick(x, rnd)
		for _, op := range unaries(w, mask) {
			w2 := w
			if op.w2 != 0 {
				w2 = op.w2
			}
			if w2 < 1 || w2 > 64 {
				continue
			}
			to := op.eval(uint8(w), v) & maskOf(uint8(w2))
			if !op.set(x).Contains(to) {
				t.Fatalf("w=%d: %s of %s lacks %#x, that of %#x", w, op.name, x.String(false), to, v)
			}
			r := URange(w2, min(a, to), max(a, to))
			r = r.Union(Const(w2, to))
			if got := op.inv(x, r); !got.Contains(v) || !got.Subset(x) {
				t.Fatalf("w=%d: part of %s with %s in %s is %s, for %#x", w, x.String(false), op.name, r.String(false), got.String(false), v)
			}
		}
	})
}

// FuzzDecode checks that bytes from elsewhere are refused or make a set that
// survives being encoded again.
func FuzzDecode(f *testing.F) {
	for _, s := range []Set{Full(64), Empty(8), Const(32, 5), Of(16, 1, 3, 5), Bits(64, 0xf0f0f0f0f0f0, 1)} {
		f.Add([]byte(s.Key()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Set
		if s.UnmarshalBinary(data) != nil {
			return
		}
		var again Set
		if err := again.UnmarshalBinary([]byte(s.Key())); err != nil || !again.Equal(s) || again.Key() != s.Key() {
			t.Fatalf("%x: %s came back as %s, %v", data, s.String(false), again.String(false), err)
		}
	})
}
