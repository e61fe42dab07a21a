// SPDX-License-Identifier: GPL-2.0-only

package dom

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// String writes at most maxWords alternatives, and no further ones after
// maxText bytes.
const (
	maxWords = 8
	maxText  = 160
)

// String returns s as text for a message, read as signed or unsigned numbers:
//
//	none                    no value
//	any                     every value
//	0   1..100   -4095..-1  values and inclusive ranges: "1, 2, 5..8"
//	any but 0               when what is missing is shorter to say
//	bits 0x80800            every combination of these bits
//	bits 0x80800 with 0x1   every combination of these bits beside those always set
//	4096..65536 step 4096   numbers with the same low bits
//	1..900 with bits 0xf0f  the values in the range that have no other bits
//
// Alternatives are separated by ", "; when there are too many, the last word
// is "...".
func (s Set) String(signed bool) string {
	switch {
	case s.n == 0:
		return "none"
	case s.IsFull():
		return "any"
	case s.oneCube():
		return s.pieceText(s.hull, signed)
	}
	words := s.words(signed)
	// The complement may have been approximated.
	if rest := s.Complement(); rest.n > 0 && (rest.size()+s.size())&s.mask() == 0 {
		others := rest.words(signed)
		_, one := rest.Single()
		if len(others) < len(words) || one && s.n <= 2 && len(others) == len(words) && !s.small(2) {
			return "any but " + join(others)
		}
	}
	return join(words)
}

// oneCube reports whether s is every combination of some bits, though it may
// be kept as ranges.
func (s Set) oneCube() bool {
	return s.hull.cube() && !s.hull.plain() && s.size() == s.hull.size()
}

// words returns the alternatives of s.
func (s Set) words(signed bool) []string {
	var room [1]piece
	ps := s.pieces(&room)
	if len(ps) > maxWords {
		if steps := coarsen(ps, len(ps)); len(steps) <= 2 {
			ps = steps
		}
	}
	var out []string
	if !allPlain(ps) {
		for _, p := range ps {
			out = append(out, s.pieceText(p, signed))
		}
		return out
	}
	rs := make([]Range, 0, len(ps)+1)
	for _, p := range ps {
		rs = append(rs, Range{p.lo, p.hi})
	}
	if signed {
		rs = s.signedOrder(rs)
	}
	for _, r := range rs {
		if (r.Hi-r.Lo)&s.mask() == 1 {
			out = append(out, s.number(r.Lo, signed), s.number(r.Hi, signed))
			continue
		}
		out = append(out, s.rangeText(r, signed))
	}
	return out
}

func join(words []string) string {
	n := 0
	for i, word := range words {
		n += len(word)
		if i == maxWords-1 && len(words) > maxWords || i > 0 && n > maxText {
			words = append(words[:i:i], "...")
			break
		}
	}
	return strings.Join(words, ", ")
}

func (s Set) rangeText(r Range, signed bool) string {
	lo := s.number(r.Lo, signed)
	if r.Lo == r.Hi {
		return lo
	}
	return lo + ".." + s.number(r.Hi, signed)
}

func (s Set) pieceText(p piece, signed bool) string {
	if p.plain() {
		return s.rangeText(Range{p.lo, p.hi}, signed)
	}
	ones := p.ones()
	step := p.free & -p.free
	if p.free+step == 1<<bits.Len64(p.free) && !(p.cube() && p.hi < 1<<20) {
		text := s.rangeText(Range{p.lo, p.hi}, signed && p.lo&s.sign() == p.hi&s.sign())
		return text + " step " + s.number(step, false)
	}
	text := "bits 0x" + strconv.FormatUint(p.free, 16)
	if !p.cube() {
		return s.rangeText(Range{p.lo, p.hi}, false) + " with bits 0x" + strconv.FormatUint(p.free|ones, 16)
	}
	if ones != 0 {
		text += " with 0x" + strconv.FormatUint(ones, 16)
	}
	return text
}

// number writes decimals up to ten digits, and hexadecimal beyond.
func (s Set) number(v uint64, signed bool) string {
	sign := ""
	if signed && v&s.sign() != 0 {
		sign = "-"
		v = magnitude(signExtend(v, s.w))
	}
	if v < 1e10 {
		return sign + strconv.FormatUint(v, 10)
	}
	return sign + "0x" + strconv.FormatUint(v, 16)
}

// Key returns a string that is the same for sets that are kept the same way.
// Sets of at most 256 elements or 32 ranges with the same elements have the
// same key; other equal sets may differ in theirs.
func (s Set) Key() string {
	var buf [64]byte
	return string(s.appendBinary(buf[:0]))
}

func (s Set) appendBinary(b []byte) []byte {
	b = append(b, s.w)
	b = binary.AppendUvarint(b, uint64(s.n))
	var room [1]piece
	last := uint64(0)
	for _, p := range s.pieces(&room) {
		b = binary.AppendUvarint(b, p.lo-last)
		b = binary.AppendUvarint(b, p.hi-p.lo)
		if p.hi != p.lo {
			b = binary.AppendUvarint(b, fill(p.lo^p.hi)&^p.free)
		}
		last = p.lo
	}
	return b
}

// MarshalBinary returns a deterministic encoding of s.
func (s Set) MarshalBinary() ([]byte, error) { return s.appendBinary(nil), nil }

var errEncoding = errors.New("not an encoded value set")

// UnmarshalBinary sets s to the set that MarshalBinary encoded.
func (s *Set) UnmarshalBinary(data []byte) error {
	if len(data) < 2 || data[0] > 64 {
		return errEncoding
	}
	w := data[0]
	data = data[1:]
	bad := false
	read := func() uint64 {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			bad = true
			return 0
		}
		data = data[n:]
		return v
	}
	n := read()
	if bad || n > maxElems || w == 0 && n > 0 {
		return errEncoding
	}
	ps := make([]piece, 0, n)
	last := uint64(0)
	for range n {
		lo := last + read()
		hi := lo + read()
		known := uint64(0)
		if hi != lo {
			known = read()
		}
		if bad || lo < last || hi < lo || hi > maskOf(w) {
			return errEncoding
		}
		free := fill(lo^hi) &^ known
		if p, ok := newPiece(lo, hi, free, lo&^free); !ok || p != (piece{lo, hi, free}) {
			return errEncoding
		}
		ps = append(ps, piece{lo, hi, free})
		last = lo
	}
	if len(data) != 0 {
		return errEncoding
	}
	if w == 0 {
		*s = Set{}
		return nil
	}
	*s = build(w, ps, false)
	return nil
}
