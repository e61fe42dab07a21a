// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// table numbers strings in order of first use.
type table struct {
	index map[string]uint64
	all   []string
	hash  []uint64
}

func newTable() *table { return &table{index: map[string]uint64{}} }

func (t *table) add(s string) uint64 {
	if i, ok := t.index[s]; ok {
		return i
	}
	i := uint64(len(t.all))
	s = strings.Clone(s)
	t.index[s] = i
	t.all = append(t.all, s)
	h := uint64(fnvStart)
	for j := range len(s) {
		h = (h ^ uint64(s[j])) * fnvPrime
	}
	t.hash = append(t.hash, h)
	return i
}

// encoder writes one value. The sum is over content, not over table numbers,
// so it agrees between encodings with different tables.
type encoder struct {
	strings *table
	buf     []byte
	sum     uint64
	depth   int
	err     error
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *encoder) enter() bool {
	if e.depth >= maxDepth {
		e.fail(fmt.Errorf("nested deeper than %d, or cyclic", maxDepth))
	}
	e.depth++
	return e.err == nil
}

func (e *encoder) mix(u uint64) {
	for range 8 {
		e.sum = (e.sum ^ u&0xff) * fnvPrime
		u >>= 8
	}
}

func (e *encoder) uint(u uint64) {
	e.buf = binary.AppendUvarint(e.buf, u)
	e.mix(u)
}

func (e *encoder) string(s string) {
	i := e.strings.add(s)
	e.buf = binary.AppendUvarint(e.buf, i)
	e.mix(e.strings.hash[i])
}

func (e *encoder) bytes(b []byte) {
	e.uint(uint64(len(b)))
	e.buf = append(e.buf, b...)
	for _, c := range b {
		e.sum = (e.sum ^ uint64(c)) * fnvPrime
	}
}

// decoder reads one value from bytes that may be anything.
type decoder struct {
	strings []string
	buf     []byte
	depth   int
	err     error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.buf = nil
}

func (d *decoder) enter() bool {
	if d.depth >= maxDepth {
		d.fail(errDamaged)
	}
	d.depth++
	return d.err == nil
}

func (d *decoder) uint() uint64 {
	u, n := binary.Uvarint(d.buf)
	if n <= 0 {
		d.fail(errDamaged)
		return 0
	}
	d.buf = d.buf[n:]
	return u
}

// len reads a length, -1 for nil. Every element takes at least a byte.
func (d *decoder) len() int {
	u := d.uint()
	if u > uint64(len(d.buf))+1 {
		d.fail(errDamaged)
		return -1
	}
	return int(u) - 1
}

// bytes returns a part of the input.
func (d *decoder) bytes() []byte {
	n := d.uint()
	if n > uint64(len(d.buf)) {
		d.fail(errDamaged)
		return nil
	}
	b := d.buf[:n:n]
	d.buf = d.buf[n:]
	return b
}

func (d *decoder) string() string {
	i := d.uint()
	if i >= uint64(len(d.strings)) {
		d.fail(errDamaged)
		return ""
	}
	return d.strings[i]
}
