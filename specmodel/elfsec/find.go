// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// A region is memory that holds contracts or pointers to them.
type region struct{ addr, size uint64 }

// A chosen contract is one whose place and form are settled.
type chosen struct {
	addr   uint64
	kind   specmodel.Kind // from the name of its symbol, "" where that says nothing
	form   form
	layout *layout
}

// regions finds where the contracts are, none if the file has none.
func (im *image) regions(m marks) ([]region, error) {
	if m.hasStart && m.hasStop && !im.object {
		if m.stop < m.start {
			return nil, fmt.Errorf("__stop_kapi_specs (0x%x) is before __start_kapi_specs (0x%x)", m.stop, m.start)
		}
		if m.stop == m.start {
			return nil, nil
		}
		s, ok := im.find(m.start)
		if !ok || m.stop-m.start > s.size-(m.start-s.addr) {
			return nil, fmt.Errorf("__start_kapi_specs (0x%x) to __stop_kapi_specs (0x%x) is not within one section that has bytes in the file", m.start, m.stop)
		}
		return []region{{m.start, m.stop - m.start}}, nil
	}
	var found []region
	for _, i := range im.mapped {
		if s := &im.sections[i]; s.name == ".kapi_specs" || s.name == "kapi_specs" {
			if s.off > uint64(im.size) || s.size > uint64(im.size)-s.off {
				return nil, badFile(s.off, "section %q (%d bytes) is beyond the end of the file", s.name, s.size)
			}
			found = append(found, region{s.addr, s.size})
		}
	}
	return found, nil
}

// abis are the machine's rules, the likely ones first.
func (im *image) abis() []abi {
	if im.is64 {
		return []abi{{8, 8}}
	}
	switch im.machine {
	case elf.EM_386, elf.EM_68K, elf.EM_SH:
		return []abi{{4, 4}, {4, 8}}
	}
	return []abi{{4, 8}, {4, 4}}
}

func within(addr uint64, r region) bool { return addr >= r.addr && addr-r.addr < r.size }

// choose settles what a region holds.
func (rd *reader) choose(r region, m marks) ([]chosen, error) {
	outside := func(s symbol) bool { return !within(s.addr, r) }
	if len(slices.DeleteFunc(slices.Clone(m.pointers), outside)) > 0 {
		return rd.choosePointers(r, m)
	}
	specs := slices.DeleteFunc(slices.Clone(m.specs), outside)
	if len(specs) > 0 {
		return rd.chooseSymbols(r, specs)
	}
	if head, err := rd.im.load(r.addr, min(r.size, name128)); err == nil && len(head) == name128 && plausibleName(head) {
		return rd.chooseStride(r)
	}
	return rd.choosePointers(r, m)
}

func plausibleName(b []byte) bool {
	t, ok := cutText(b)
	return ok && t != "" && strings.Trim(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:/$@ ") == ""
}

// cutText takes a text out of a char array; ok is false if other bytes than
// zeros follow its end.
func cutText(b []byte) (t string, ok bool) {
	n := slices.Index(b, 0)
	if n < 0 {
		return string(b), true
	}
	for _, c := range b[n:] {
		if c != 0 {
			return string(b[:n]), false
		}
	}
	return string(b[:n]), true
}

// A candidate is a form for the contracts of a region, with the places they
// would have.
type candidate struct {
	form   form
	layout *layout
	starts []uint64
}

// settle takes the candidate that fits most contracts, and leaves out the
// contracts that do not fit even that.
func (rd *reader) settle(all []candidate) ([]chosen, error) {
	var best []chosen
	var bestFaults []error
	for i, c := range all {
		var ok []chosen
		var faults []error
		for _, addr := range c.starts {
			if err := rd.fits(c, addr); err != nil {
				faults = append(faults, err)
				continue
			}
			ok = append(ok, chosen{addr: addr, form: c.form, layout: c.layout})
		}
		if i == 0 || len(ok) > len(best) || len(ok) == len(best) && len(faults) < len(bestFaults) {
			best, bestFaults = ok, faults
		}
		if len(faults) == 0 {
			break
		}
	}
	if len(best) == 0 && len(bestFaults) > 0 {
		return nil, fmt.Errorf("the contracts have no layout that is known; %w", bestFaults[0])
	}
	for _, err := range bestFaults {
		rd.problem("", "bad-layout", specmodel.Bad, "a contract cannot be read: %v", err)
	}
	return best, nil
}

// fits says why the bytes at an address cannot be a contract of the form.
func (rd *reader) fits(c candidate, addr uint64) error {
	b, err := rd.im.load(addr, uint64(c.layout.size))
	if err != nil {
		return err
	}
	return rd.check(view{rd: rd, l: c.layout, b: b, addr: addr, pointers: c.form.pointers})
}

// maxCount is far above any bound: a count may be wrong, but not any number.
const maxCount = 1 << 16

// check looks for the first byte of a struct that its layout does not allow.
func (rd *reader) check(v view) error {
	for i := range v.l.slots {
		s := &v.l.slots[i]
		b := v.b[s.off : s.off+s.size*s.elems()]
		bad := func(what string) error {
			return badFile(rd.im.offset(v.addr)+uint64(s.off), "%s cannot be %s", s.name, what)
		}
		switch s.kind {
		case kRec:
			for j := range s.elems() {
				if err := rd.check(v.elem(s, j)); err != nil {
					return err
				}
			}
		case kBool:
			if b[0] > 1 {
				return bad(fmt.Sprintf("the truth value %d", b[0]))
			}
		case kMagic:
			if m := rd.im.order.Uint32(b); m != 0 && m != s.magic {
				return bad(fmt.Sprintf("0x%08x, which is neither 0 nor the magic word 0x%08x", m, s.magic))
			}
		case kCount:
			if n := rd.im.order.Uint32(b); n > maxCount {
				return bad(fmt.Sprint(n))
			}
		case kText, kPtr:
			if s.kind == kText && !v.pointers {
				if t, ok := cutText(b); !ok || strings.ContainsFunc(t, isControl) {
					return bad("these bytes, which are no text")
				}
				continue
			}
			p := rd.im.getWord(b)
			if _, ok := rd.im.find(p); p != 0 && !ok && !(s.kind == kPtr && rd.im.object && p >= rd.im.extern) {
				return bad(fmt.Sprintf("the address 0x%x, which is in no section of this file", p))
			}
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }

// choosePointers follows an array of pointers.
func (rd *reader) choosePointers(r region, m marks) ([]chosen, error) {
	im := rd.im
	w := uint64(im.word())
	if r.size%w != 0 {
		return nil, badFile(im.offset(r.addr), "the section has %d bytes, which is neither an array of pointers nor of contracts", r.size)
	}
	b, err := im.load(r.addr, r.size)
	if err != nil {
		return nil, err
	}
	var starts []uint64
	seen := map[uint64]bool{}
	null := 0
	for i := uint64(0); i < r.size; i += w {
		p := im.getWord(b[i:])
		if p == 0 {
			null++
			continue
		}
		if !seen[p] {
			starts = append(starts, p)
		}
		seen[p] = true
	}
	if len(starts) == 0 {
		return nil, badFile(im.offset(r.addr), "all %d pointers to contracts are zero; they are filled in only when the kernel starts", null)
	}
	if null > 0 {
		rd.problem("", "null-pointer", specmodel.Odd, "%d of the pointers to contracts are zero", null)
	}
	sizes := map[uint64]uint64{}
	for _, s := range m.specs {
		if seen[s.addr] {
			sizes[s.size] = s.addr
		}
	}
	var all []candidate
	var known []string
	for _, f := range forms {
		if !f.pointers {
			continue
		}
		for _, a := range im.abis() {
			l := lay(f.members(), false, a)
			known = append(known, fmt.Sprint(l.size))
			if uint64(len(starts)) > uint64(im.size)/uint64(l.size) {
				return nil, badFile(im.offset(r.addr), "%d pointers to contracts are more than the file has room for", len(starts))
			}
			if _, ok := sizes[uint64(l.size)]; ok || len(sizes) == 0 {
				all = append(all, candidate{f, l, starts})
			}
		}
	}
	if len(all) == 0 {
		return nil, unknownSize(im, sizes, known)
	}
	list, err := rd.settle(all)
	return rd.distinct(withKinds(list, m.specs)), err
}

// unknownSize says that the compiler's size of a contract is none that is known.
func unknownSize(im *image, sizes map[uint64]uint64, known []string) error {
	size := slices.Sorted(maps.Keys(sizes))[0]
	return badFile(im.offset(sizes[size]), "a contract has %d bytes here, and the layouts that are known have %s", size, strings.Join(known, ", "))
}

// distinct leaves out contracts that overlap another one.
func (rd *reader) distinct(list []chosen) []chosen {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b chosen) int { return cmp.Compare(a.addr, b.addr) })
	bad := map[uint64]bool{}
	end := uint64(0)
	for _, c := range sorted {
		if c.addr < end {
			bad[c.addr] = true
			continue
		}
		end = c.addr + uint64(c.layout.size)
	}
	if len(bad) > 0 {
		rd.problem("", "overlap", specmodel.Bad, "%d contracts overlap others and are left out", len(bad))
	}
	return slices.DeleteFunc(list, func(c chosen) bool { return bad[c.addr] })
}

// withKinds takes the kinds of interfaces from the names of symbols.
func withKinds(list []chosen, specs []symbol) []chosen {
	kind := map[uint64]specmodel.Kind{}
	for _, s := range specs {
		switch name := string(s.name); {
		case strings.HasPrefix(name, "__kapi_ioctl_spec_"):
			kind[s.addr] = specmodel.Ioctl
		case strings.HasPrefix(name, "__kapi_sysfs_spec_"):
			kind[s.addr] = specmodel.Sysfs
		}
	}
	for i := range list {
		list[i].kind = kind[list[i].addr]
	}
	return list
}

// chooseSymbols reads an array of structs at the places of their symbols.
func (rd *reader) chooseSymbols(r region, specs []symbol) ([]chosen, error) {
	slices.SortStableFunc(specs, func(a, b symbol) int { return cmp.Compare(a.addr, b.addr) })
	specs = slices.CompactFunc(specs, func(a, b symbol) bool { return a.addr == b.addr })
	sizes := map[uint64]uint64{}
	var starts []uint64
	for _, s := range specs {
		sizes[s.size] = s.addr
		starts = append(starts, s.addr)
	}
	if len(sizes) > 1 {
		return nil, badFile(rd.im.offset(specs[0].addr), "the contracts have different sizes: %v", slices.Sorted(maps.Keys(sizes)))
	}
	if uint64(len(starts)-1) > r.size/max(specs[0].size, 1) {
		return nil, badFile(rd.im.offset(r.addr), "%d contracts of %d bytes are more than the section has room for", len(starts), specs[0].size)
	}
	var all []candidate
	var known []string
	for _, f := range forms {
		if f.pointers {
			continue
		}
		l := lay(f.members(), true, rd.im.abis()[0])
		known = append(known, fmt.Sprint(l.size))
		if uint64(l.size) == specs[0].size {
			all = append(all, candidate{f, l, starts})
		}
	}
	if len(all) == 0 {
		slices.Sort(known)
		return nil, unknownSize(rd.im, sizes, slices.Compact(known))
	}
	list, err := rd.settle(all)
	if covered := uint64(len(specs)) * roundUp64(specs[0].size, 64); err == nil && covered < r.size {
		rd.problem("", "unread", specmodel.Odd, "the section has %d bytes, and only %d contracts of %d bytes have symbols", r.size, len(specs), specs[0].size)
	}
	return rd.distinct(withKinds(list, specs)), err
}

func roundUp64(n, align uint64) uint64 { return (n + align - 1) / align * align }

// chooseStride reads an array of structs without symbols: the distance between
// two is the size of a form, rounded up to what a compiler may align to.
func (rd *reader) chooseStride(r region) ([]chosen, error) {
	var all []candidate
	for _, f := range forms {
		if f.pointers {
			continue
		}
		l := lay(f.members(), true, rd.im.abis()[0])
		size := uint64(l.size)
		for align := uint64(1); align <= 64; align *= 2 {
			stride := roundUp64(size, align)
			n := (r.size + stride - 1) / stride
			if r.size < (n-1)*stride+size {
				continue
			}
			if starts, ok := rd.strides(r, stride, n); ok && !duplicate(all, l, starts) {
				all = append(all, candidate{f, l, starts})
			}
		}
	}
	if len(all) == 0 {
		return nil, badFile(rd.im.offset(r.addr), "the section has %d bytes, which is no number of contracts of a known size", r.size)
	}
	return rd.settle(all)
}

// duplicate reports whether the last candidate is the same layout with the
// same places: two alignments of one stride.
func duplicate(all []candidate, l *layout, starts []uint64) bool {
	if len(all) == 0 {
		return false
	}
	last := all[len(all)-1]
	return last.layout == l && slices.Equal(last.starts, starts)
}

// strides returns n starts if a name may stand at each.
func (rd *reader) strides(r region, stride, n uint64) ([]uint64, bool) {
	var starts []uint64
	for i := range n {
		b, err := rd.im.load(r.addr+i*stride, name128)
		if err != nil || !plausibleName(b) {
			return nil, false
		}
		starts = append(starts, r.addr+i*stride)
	}
	return starts, true
}

var errNoContracts = errors.New("there are no contracts in this file: it has neither a section .kapi_specs nor the symbols __start_kapi_specs and __stop_kapi_specs" +
	" (was the kernel built with CONFIG_KAPI_SPEC, and is this the vmlinux with symbols?)")
