// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// A view is a struct in memory. Members that the form does not have read as
// zero.
type view struct {
	rd       *reader
	l        *layout
	b        []byte
	addr     uint64
	pointers bool
	where    string // what the struct is, for problems
}

func (v view) slot(name string) (*slot, []byte) {
	i, ok := v.l.index[name]
	if !ok {
		return nil, nil
	}
	s := &v.l.slots[i]
	return s, v.b[s.off : s.off+s.size*s.elems()]
}

func (v view) elem(s *slot, i int) view {
	off := s.off + i*s.size
	return view{rd: v.rd, l: s.rec, b: v.b[off : off+s.size], addr: v.addr + uint64(off), pointers: v.pointers}
}

func (v view) zero() bool { return zero(v.b) }

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// has reports whether one of the members is not zero.
func (v view) has(names ...string) bool {
	for _, name := range names {
		if _, b := v.slot(name); !zero(b) {
			return true
		}
	}
	return false
}

// rec returns a member that is a struct; ok is false if it is zero or missing.
func (v view) rec(name string) (r view, ok bool) {
	s, b := v.slot(name)
	if s == nil || zero(b) {
		return view{}, false
	}
	return v.elem(s, 0), true
}

// list calls f for each element of an array that is not zero.
func (v view) list(name string, f func(i int, e view)) {
	s, _ := v.slot(name)
	if s == nil {
		return
	}
	for i := range s.elems() {
		if e := v.elem(s, i); !e.zero() {
			f(i, e)
		}
	}
}

// num reads an unsigned number of any size.
func (v view) num(name string) uint64 {
	s, b := v.slot(name)
	if s == nil {
		return 0
	}
	switch o := v.rd.im.order; s.size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(o.Uint16(b))
	case 4:
		return uint64(o.Uint32(b))
	default:
		return o.Uint64(b)
	}
}

// signed reads an int or s64.
func (v view) signed(name string) int64 {
	n := v.num(name)
	if s, _ := v.slot(name); s != nil && s.size == 4 {
		return int64(int32(n))
	}
	return int64(n)
}

func (v view) yes(name string) bool { return v.num(name) != 0 }

func (v view) str(name string) string {
	s, b := v.slot(name)
	if s == nil {
		return ""
	}
	t := ""
	if v.pointers {
		p := v.rd.im.getWord(b)
		if p == 0 {
			return ""
		}
		var err error
		if t, err = v.rd.im.cstring(p); err != nil {
			v.rd.problem(v.where, "bad-pointer", specmodel.Bad, "%s cannot be read: %v", name, err)
		}
	} else {
		t, _ = cutText(b)
	}
	return strings.ToValidUTF8(t, "\uFFFD")
}

// expr is a signed number, not stated if it is zero.
func (v view) expr(name string) specmodel.Expr {
	if v.num(name) == 0 {
		return specmodel.Expr{}
	}
	return v.stated(name)
}

// stated is a signed number that may be zero.
func (v view) stated(name string) specmodel.Expr { return specmodel.Lit(specmodel.Int(v.signed(name))) }

// size is an unsigned number, not stated if it is zero.
func (v view) size(name string) specmodel.Expr {
	if n := v.num(name); n != 0 {
		return specmodel.Lit(specmodel.Uint(n))
	}
	return specmodel.Expr{}
}

// bits is an unsigned number in hexadecimal, not stated if it is zero.
func (v view) bits(name string) specmodel.Expr {
	if v.num(name) == 0 {
		return specmodel.Expr{}
	}
	return specmodel.HexLit(specmodel.Uint(v.num(name)))
}

// numbers reads the first elements of an array of int: as many as counted,
// and all up to the last that is not zero.
func (v view) numbers(name, counted string) []int64 {
	s, b := v.slot(name)
	if s == nil {
		return nil
	}
	n := int(min(v.num(counted), uint64(s.elems())))
	for i := n; i < s.elems(); i++ {
		if !zero(b[4*i : 4*i+4]) {
			n = i + 1
		}
	}
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(int32(v.rd.im.order.Uint32(b[4*i:])))
	}
	return list
}

func (v view) exprs(name, counted string) []specmodel.Expr {
	var list []specmodel.Expr
	for _, n := range v.numbers(name, counted) {
		list = append(list, specmodel.Lit(specmodel.Int(n)))
	}
	return list
}

// array loads the elements that a pointer leads to.
func (v view) array(name, counted string, elem int) []byte {
	n, p := v.num(counted), v.num(name)
	if n == 0 {
		return nil
	}
	err := fmt.Errorf("the pointer is zero, and there should be %d elements", n)
	if p != 0 {
		if err = v.rd.im.spend(n * uint64(elem)); err == nil {
			var b []byte
			if b, err = v.rd.im.load(p, n*uint64(elem)); err == nil {
				return b
			}
		}
	}
	v.rd.problem(v.where, "bad-pointer", specmodel.Bad, "%s cannot be read: %v", name, err)
	return nil
}

// longs reads an array of s64 behind a pointer.
func (v view) longs(name, counted string) []specmodel.Expr {
	b := v.array(name, counted, 8)
	var list []specmodel.Expr
	for ; len(b) >= 8; b = b[8:] {
		list = append(list, specmodel.Lit(specmodel.Int(int64(v.rd.im.order.Uint64(b)))))
	}
	return list
}

// function is the name of the function that a pointer leads to.
func (v view) function(name string) string {
	p := v.num(name)
	if p == 0 {
		return ""
	}
	if f := v.rd.im.function(p); f != "" {
		return f
	}
	v.unknown(name, fmt.Sprintf("0x%x", p))
	return ""
}

// unknown keeps what has no meaning.
func (v view) unknown(key, raw string) {
	v.rd.api.Unknown = append(v.rd.api.Unknown, specmodel.Unknown{Pos: v.rd.pos, Where: v.where, Key: key, Raw: raw})
}

// word is a member of an enum, by the names of its numbers.
func word[T ~string](v view, name string, names []T) T {
	n := v.num(name)
	if n < uint64(len(names)) {
		return names[n]
	}
	v.unknown(name, fmt.Sprint(n))
	v.rd.problem(v.where, "unknown-token", specmodel.Bad, "%s has the number %d, which has no meaning", name, n)
	return ""
}

// flags is a set of bits, of which known have a meaning.
func flags[T ~uint32](v view, name string, known T) T {
	n := T(v.num(name))
	if rest := n &^ known; rest != 0 {
		v.unknown(name, fmt.Sprintf("0x%x", uint32(rest)))
		v.rd.problem(v.where, "unknown-token", specmodel.Bad, "%s has the bits 0x%x, which have no meaning", name, uint32(rest))
	}
	return n & known
}
