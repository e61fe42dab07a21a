// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import "kapilint/cparse/pp"

// cc rounds the start of a run of bit-fields up to the size of their declared
// type; gcc puts them at the next bit, as long as none crosses a boundary of
// its type. Where no field of a run crosses a byte, or two bytes, a run of
// char or short fields has the layout that gcc gives it. The promoted type of
// a field stays the same.
type bitRun struct {
	end  int // index of the ';' that ends the run's last member
	size int // in bytes, of the type to use; 0 leaves the types alone
}

// bitRun looks at the bit-fields from i on.
func (r *rewriter) bitRun(i, hi int) bitRun {
	run := bitRun{end: i}
	pos, unit := 0, 1
	for i < hi {
		end, stars, bits := r.memberEnd(i, hi)
		if !bits || stars {
			break
		}
		_, n := r.bitType(i, end)
		for k := i + n; k < end; k++ {
			if !r.is(k, end, ":") {
				continue
			}
			stop := k + 1
			for stop < end && !r.is(stop, end, ",") && !r.attribute(stop) {
				if r.is(stop, end, "(") {
					stop = min(r.partner(stop), end-1)
				}
				stop++
			}
			w, ok := fold(r.raw(k+1, stop), r.scope)
			if !ok || w.v > 64 {
				return bitRun{end: max(run.end, end)}
			}
			width := int(w.v)
			if width == 0 {
				if pos == 0 {
					return bitRun{end: end}
				}
				return run.fits(unit)
			}
			for unit <= 8 && pos/(8*unit) != (pos+width-1)/(8*unit) {
				unit *= 2
			}
			pos += width
			k = stop
		}
		run.end = end
		i = end + 1
	}
	return run.fits(unit)
}

// fits chooses a type of unit bytes if that is one worth choosing.
func (b bitRun) fits(unit int) bitRun {
	if unit <= 2 {
		b.size = unit
	}
	return b
}

func (r *rewriter) attribute(i int) bool {
	return r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == attrWord
}

// raw returns the tokens lo to hi as they are.
func (r *rewriter) raw(lo, hi int) []tok {
	var ts []tok
	for i := lo; i < hi; i++ {
		ts = append(ts, tok{r.toks[i].Text, int32(i), r.toks[i].Kind == pp.Ident})
	}
	return ts
}

// bitType reads the type of the bit-field declaration lo to hi: a zero of the
// type, with size 0 if it is not known, and the number of its tokens.
func (r *rewriter) bitType(lo, hi int) (constant, int) {
	i := lo
	for i < hi && r.toks[i].Kind == pp.Ident && words[r.toks[i].Text] == qualWord {
		i++
	}
	if i+1 < hi && r.toks[i].Text == "enum" && r.toks[i+1].Kind == pp.Ident {
		return constant{size: 4, unsigned: true}, i + 2 - lo
	}
	var spec []tok
	for k := i; k < hi && r.toks[k].Kind == pp.Ident; k++ {
		spec = append(spec, tok{r.toks[k].Text, int32(k), true})
	}
	t, n := integerType(spec, r.scope)
	if n == 0 {
		return constant{}, 0
	}
	return t, i + n - lo
}

// narrow emits the specifiers of the bit-field declaration lo to hi with a
// type of the given size, if theirs is larger, and returns the index of what
// comes after them; lo if it emitted nothing. It reports the alignment that
// the declared type asks of the struct.
func (r *rewriter) narrow(lo, hi, size int) (next, align int) {
	t, n := r.bitType(lo, hi)
	if n == 0 || t.size <= size {
		return lo, 0
	}
	sign := "signed"
	if t.unsigned {
		sign = "unsigned"
	}
	r.put(lo, sign, map[int]string{1: "char", 2: "short"}[size])
	if r.is(lo+n, hi, ":") {
		return lo + n, 0
	}
	return lo + n, t.size
}
