// SPDX-License-Identifier: GPL-2.0-only

package flow

// least returns what of says about root, where of may look at what it says about
// other functions. Functions that call each other in a circle get the least
// solution, so that it does not matter which of them is asked for first: of must
// be monotone, and zero values of T are where it starts from. Answers are kept
// in done.
func least[T any](done map[symbol]T, root symbol, equal func(a, b T) bool, of func(sym symbol, look func(symbol) T) T) T {
	if v, ok := done[root]; ok {
		return v
	}
	var zero T
	todo := []symbol{root}
	now := map[symbol]T{root: zero}
	look := func(sym symbol) T {
		if v, ok := done[sym]; ok {
			return v
		}
		if _, ok := now[sym]; !ok {
			now[sym] = zero
			todo = append(todo, sym)
		}
		return now[sym]
	}
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(todo); i++ { // todo grows
			if v := of(todo[i], look); !equal(v, now[todo[i]]) {
				now[todo[i]] = v
				changed = true
			}
		}
	}
	for sym, v := range now {
		done[sym] = v
	}
	return done[root]
}
