// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"
	"weak"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse"
)

// Pack is the facts of one unit as bytes: equal facts make equal packs. It has
// an index, which says about which symbols there are facts and how to tell two
// facts apart, and a body with the facts themselves, which a pack from a cache
// reads when the first of them is wanted. It is immutable.
type Pack struct {
	Unit string
	recs []record
	src  *source
}

// source is what holds the facts of a unit: a body in memory, or else one that
// can be read as often as the collector takes it away.
type source struct {
	unit string
	reg  *Registry
	body *body
	open func() (*body, error) // nil when body is here

	mu     sync.Mutex
	opened weak.Pointer[body]
}

// record is one fact of a pack; its bytes are payload[off:end].
type record struct {
	sym      cparse.Symbol
	kind     int
	sum      uint64
	off, end int
}

// body is what the records of a pack point into.
type body struct {
	strings []string
	payload []byte
}

// Pack encodes the facts. It fails when a fact holds what cannot be encoded.
func (l *Local) Pack() (*Pack, error) {
	p := &Pack{Unit: l.unit, src: &source{unit: l.unit, reg: l.reg}}
	e := encoder{strings: newTable()}
	var payload []byte
	for _, k := range l.keys() {
		sym := l.world.Symbol(k.obj)
		if err := l.reg.encode(&e, k.kind, l.facts[k]); err != nil {
			return nil, fmt.Errorf("%s: %w", sym, err)
		}
		off := len(payload)
		payload = append(payload, e.buf...)
		p.recs = append(p.recs, record{sym, k.kind, e.sum, off, len(payload)})
	}
	p.src.body = &body{e.strings.all, payload}
	return p, nil
}

// get decodes the fact of a kind at payload[off:end], which may have to be read
// first.
func (s *source) get(kind, off, end int, into analysis.Fact) error {
	b, err := s.content()
	if err != nil {
		return err
	}
	if end > len(b.payload) {
		return errDamaged
	}
	return s.reg.decode(kind, b.strings, b.payload[off:end], into)
}

func (s *source) content() (*body, error) {
	if s.open == nil {
		return s.body, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.opened.Value(); b != nil {
		return b, nil
	}
	b, err := s.open()
	if err == nil {
		s.opened = weak.Make(b)
	}
	return b, err
}

const (
	indexMagic = "kapilint facts 1\n"
	bodyMagic  = "kapilint bodies 1\n"
)

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Encode returns the index and the body as bytes for a cache.
func (p *Pack) Encode() (index, content []byte) {
	index = appendString([]byte(indexMagic), p.Unit)
	names, kinds := newTable(), p.src.reg.kinds
	for _, r := range p.recs {
		names.add(r.sym.File)
		names.add(r.sym.Name)
		names.add(kinds[r.kind].name)
	}
	index = appendTable(index, names.all)
	index = binary.AppendUvarint(index, uint64(len(p.recs)))
	for _, r := range p.recs {
		for _, s := range []string{r.sym.File, r.sym.Name, kinds[r.kind].name} {
			index = binary.AppendUvarint(index, names.add(s))
		}
		index = binary.LittleEndian.AppendUint64(index, r.sum)
		index = binary.AppendUvarint(index, uint64(r.end-r.off))
	}
	content = appendTable([]byte(bodyMagic), p.src.body.strings)
	return index, append(content, p.src.body.payload...)
}

func appendTable(b []byte, all []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(all)))
	for _, s := range all {
		b = appendString(b, s)
	}
	return b
}

// table reads what appendTable wrote.
func (d *decoder) table() []string {
	var out []string
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		out = append(out, d.raw())
	}
	return out
}

// raw reads what appendString wrote.
func (d *decoder) raw() string { return string(d.bytes()) }

// DecodePack is the inverse of Encode. It takes any bytes; what is damaged or
// was written for other fact types is an error. The body is asked for when it is
// needed, possibly long after, and again if it has not been needed for a while;
// facts in a body that cannot be had then are as if they did not exist.
func DecodePack(reg *Registry, index []byte, content func() ([]byte, error)) (*Pack, error) {
	data, ok := bytes.CutPrefix(index, []byte(indexMagic))
	if !ok {
		return nil, errDamaged
	}
	d := decoder{buf: data}
	p := &Pack{Unit: d.raw()}
	d.strings = d.table()
	off := 0
	for n := d.uint(); n > 0 && d.err == nil; n-- {
		r := record{sym: cparse.Symbol{File: d.string(), Name: d.string()}}
		name := d.string()
		if r.kind, ok = reg.names[name]; !ok && d.err == nil {
			return nil, fmt.Errorf("%s: unknown fact type %s", p.Unit, name)
		}
		if len(d.buf) < 8 {
			d.fail(errDamaged)
			break
		}
		r.sum = binary.LittleEndian.Uint64(d.buf)
		d.buf = d.buf[8:]
		size := d.uint()
		if size > 1<<40 {
			d.fail(errDamaged)
			break
		}
		r.off, r.end = off, off+int(size)
		off = r.end
		p.recs = append(p.recs, r)
	}
	if d.err != nil || len(d.buf) > 0 {
		return nil, errDamaged
	}
	p.src = &source{unit: p.Unit, reg: reg}
	p.src.open = func() (*body, error) { return p.src.read(off, content) }
	return p, nil
}

// read reads the body, whose facts take size bytes.
func (s *source) read(size int, content func() ([]byte, error)) (*body, error) {
	data, err := content()
	if err != nil {
		return nil, err
	}
	data, ok := bytes.CutPrefix(data, []byte(bodyMagic))
	d := decoder{buf: data}
	b := &body{strings: d.table()}
	if b.payload = d.buf; !ok || d.err != nil || len(b.payload) != size {
		return nil, fmt.Errorf("%s: %w", s.unit, errDamaged)
	}
	return b, nil
}
