// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"slices"
)

// A symbol is an entry of the symbol table with its address.
type symbol struct {
	name  []byte
	typ   elf.SymType
	index elf.SectionIndex
	addr  uint64
	size  uint64
}

func (im *image) symSize() int {
	if im.is64 {
		return elf.Sym64Size
	}
	return elf.Sym32Size
}

func (im *image) readSymbols() error {
	for i := range im.sections {
		s := &im.sections[i]
		if s.typ != elf.SHT_SYMTAB || int(s.link) >= len(im.sections) {
			continue
		}
		var err error
		if im.symtab, err = im.bytesAt(s.off, s.size, "the symbol table"); err != nil {
			return err
		}
		names := &im.sections[s.link]
		if im.strtab, err = im.bytesAt(names.off, names.size, "the names of symbols"); err != nil {
			return err
		}
		for j := range im.sections {
			if x := &im.sections[j]; x.typ == elf.SHT_SYMTAB_SHNDX && int(x.link) == i {
				if im.shndx, err = im.bytesAt(x.off, x.size, "the section numbers of symbols"); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return nil
}

func (im *image) symbols() int { return len(im.symtab) / im.symSize() }

// symbol returns entry i of the symbol table, which must exist.
func (im *image) symbol(i int) symbol {
	b := im.symtab[i*im.symSize():]
	var s symbol
	var value uint64
	s.name = nameAt(im.strtab, im.order.Uint32(b))
	if im.is64 {
		s.typ, s.index = elf.ST_TYPE(b[4]), elf.SectionIndex(im.order.Uint16(b[6:]))
		value, s.size = im.order.Uint64(b[8:]), im.order.Uint64(b[16:])
	} else {
		value, s.size = uint64(im.order.Uint32(b[4:])), uint64(im.order.Uint32(b[8:]))
		s.typ, s.index = elf.ST_TYPE(b[12]), elf.SectionIndex(im.order.Uint16(b[14:]))
	}
	if s.index == elf.SHN_XINDEX && 4*i+4 <= len(im.shndx) {
		s.index = elf.SectionIndex(im.order.Uint32(im.shndx[4*i:]))
	}
	s.addr = value
	if !im.object {
		return s
	}
	switch {
	case s.index == elf.SHN_ABS:
	case s.index == elf.SHN_UNDEF || s.index == elf.SHN_COMMON || int(s.index) >= len(im.sections):
		s.addr = im.extern + 16*uint64(i)
	default:
		s.addr += im.sections[s.index].addr
	}
	return s
}

// function names the function at an address, "" if there is none.
func (im *image) function(addr uint64) string {
	if im.object && addr >= im.extern {
		if i := (addr - im.extern) / 16; i < uint64(im.symbols()) {
			return string(im.symbol(int(i)).name)
		}
		return ""
	}
	if im.funcs == nil {
		im.funcs = map[uint64]int{}
		for i := range im.symbols() {
			if s := im.symbol(i); s.typ == elf.STT_FUNC && s.index != elf.SHN_UNDEF && len(s.name) > 0 {
				if _, ok := im.funcs[s.addr]; !ok {
					im.funcs[s.addr] = i
				}
			}
		}
	}
	if i, ok := im.funcs[addr]; ok {
		return string(im.symbol(i).name)
	}
	return ""
}

// wordRelocs are the relocations that store the address of a symbol in a word,
// by machine, for 64 and 32 bit.
var wordRelocs = map[elf.Machine][2][]uint32{
	elf.EM_X86_64:      {{uint32(elf.R_X86_64_64)}, {uint32(elf.R_X86_64_32)}},
	elf.EM_386:         {nil, {uint32(elf.R_386_32)}},
	elf.EM_AARCH64:     {{uint32(elf.R_AARCH64_ABS64)}, nil},
	elf.EM_ARM:         {nil, {uint32(elf.R_ARM_ABS32)}},
	elf.EM_S390:        {{uint32(elf.R_390_64)}, {uint32(elf.R_390_32)}},
	elf.EM_PPC64:       {{uint32(elf.R_PPC64_ADDR64), uint32(elf.R_PPC64_UADDR64)}, nil},
	elf.EM_PPC:         {nil, {uint32(elf.R_PPC_ADDR32), uint32(elf.R_PPC_UADDR32)}},
	elf.EM_MIPS:        {{uint32(elf.R_MIPS_64)}, {uint32(elf.R_MIPS_32)}},
	elf.EM_RISCV:       {{uint32(elf.R_RISCV_64)}, {uint32(elf.R_RISCV_32)}},
	elf.EM_LOONGARCH:   {{uint32(elf.R_LARCH_64)}, {uint32(elf.R_LARCH_32)}},
	elf.EM_SPARCV9:     {{uint32(elf.R_SPARC_64), uint32(elf.R_SPARC_UA64)}, nil},
	elf.EM_SPARC:       {nil, {uint32(elf.R_SPARC_32), uint32(elf.R_SPARC_UA32)}},
	elf.EM_SPARC32PLUS: {nil, {uint32(elf.R_SPARC_32), uint32(elf.R_SPARC_UA32)}},
	elf.EM_ALPHA:       {{uint32(elf.R_ALPHA_REFQUAD)}, nil},
	elf.EM_68K:         {nil, {1}},  // R_68K_32
	elf.EM_PARISC:      {{80}, {1}}, // R_PARISC_DIR64, R_PARISC_DIR32
	elf.EM_SH:          {nil, {1}},  // R_SH_DIR32
}

// relative are the relocations of an executable that add where it was loaded.
var relative = map[elf.Machine]uint32{
	elf.EM_X86_64: uint32(elf.R_X86_64_RELATIVE), elf.EM_386: uint32(elf.R_386_RELATIVE), elf.EM_AARCH64: uint32(elf.R_AARCH64_RELATIVE),
	elf.EM_ARM: uint32(elf.R_ARM_RELATIVE), elf.EM_S390: uint32(elf.R_390_RELATIVE), elf.EM_PPC64: uint32(elf.R_PPC64_RELATIVE),
	elf.EM_PPC: uint32(elf.R_PPC_RELATIVE), elf.EM_RISCV: uint32(elf.R_RISCV_RELATIVE), elf.EM_LOONGARCH: uint32(elf.R_LARCH_RELATIVE),
}

// readRelocs collects what changes words of data. In an executable only
// relative relocations with an addend do; those without one find the address
// in the word already, as all others that a linker keeps do.
func (im *image) readRelocs() error {
	for i := range im.sections {
		s := &im.sections[i]
		rela := s.typ == elf.SHT_RELA
		if !rela && s.typ != elf.SHT_REL {
			continue
		}
		var target *section
		if im.object {
			if int(s.info) >= len(im.sections) {
				return badFile(s.off, "section %q changes section %d, which does not exist", s.name, s.info)
			}
			target = &im.sections[s.info]
			if target.flags&elf.SHF_ALLOC == 0 || target.flags&elf.SHF_EXECINSTR != 0 || target.typ == elf.SHT_NOBITS {
				continue
			}
		} else if s.flags&elf.SHF_ALLOC == 0 || !rela {
			continue
		}
		if err := im.readRelocSection(s, target, rela); err != nil {
			return err
		}
	}
	slices.SortStableFunc(im.relocs, func(a, b reloc) int { return cmp.Compare(a.addr, b.addr) })
	return nil
}

func (im *image) readRelocSection(s, target *section, rela bool) error {
	b, err := im.bytesAt(s.off, s.size, "section "+s.name)
	if err != nil {
		return err
	}
	if im.relocBytes += s.size; im.relocBytes > uint64(im.size) {
		return badFile(s.off, "the relocations are larger than the file, so their sections overlap")
	}
	w := im.word()
	entry := 2 * w
	if rela {
		entry = 3 * w
	}
	types := wordRelocs[im.machine][0]
	if !im.is64 {
		types = wordRelocs[im.machine][1]
	}
	for at := 0; at+entry <= len(b); at += entry {
		sym, typ := im.relocInfo(b[at+w : at+2*w])
		r := reloc{addr: im.getWord(b[at:])}
		if rela {
			r.value = im.getWord(b[at+2*w:])
		}
		if target == nil {
			if want, ok := relative[im.machine]; ok && typ == want {
				im.relocs = append(im.relocs, r)
			}
			continue
		}
		if typ == 0 {
			continue // R_..._NONE
		}
		if r.addr >= target.size {
			return badFile(s.off+uint64(at), "a relocation is for offset 0x%x of section %q, which has 0x%x bytes", r.addr, target.name, target.size)
		}
		r.addr += target.addr
		if !rela {
			r.how = relocAdd
		}
		switch {
		case !slices.Contains(types, typ):
			r.value, r.how = uint64(typ), relocUnknown
		case uint64(sym) >= uint64(im.symbols()):
			return badFile(s.off+uint64(at), "a relocation is for symbol %d, and there are %d", sym, im.symbols())
		default:
			r.value += im.symbol(int(sym)).addr
		}
		im.relocs = append(im.relocs, r)
	}
	return nil
}

// relocInfo splits the second word of a relocation.
func (im *image) relocInfo(b []byte) (sym, typ uint32) {
	info := im.getWord(b)
	switch {
	case !im.is64:
		return uint32(info) >> 8, uint32(info) & 0xff
	case im.machine == elf.EM_MIPS && im.order == binary.ByteOrder(binary.LittleEndian):
		return uint32(info), uint32(b[7]) // three types, the last byte is the first of them
	case im.machine == elf.EM_MIPS, im.machine == elf.EM_SPARCV9:
		return uint32(info >> 32), uint32(info) & 0xff
	}
	return uint32(info >> 32), uint32(info)
}

// marks are the symbols that say where contracts are.
type marks struct {
	start, stop       uint64
	hasStart, hasStop bool
	specs             []symbol // structs
	pointers          []symbol // pointers to structs
}

var specPrefixes = [][]byte{[]byte("__kapi_spec_"), []byte("__kapi_ioctl_spec_"), []byte("__kapi_sysfs_spec_")}

func (im *image) marks() marks {
	var m marks
	for i := range im.symbols() {
		s := im.symbol(i)
		if s.index == elf.SHN_UNDEF || len(s.name) < len(specPrefixes[0]) || s.name[0] != '_' {
			continue
		}
		switch {
		case string(s.name) == "__start_kapi_specs":
			m.start, m.hasStart = s.addr, true
		case string(s.name) == "__stop_kapi_specs":
			m.stop, m.hasStop = s.addr, true
		case bytes.HasPrefix(s.name, []byte("__kapi_spec_ptr_")) && s.size <= uint64(im.word()):
			m.pointers = append(m.pointers, s)
		case s.typ == elf.STT_OBJECT && slices.ContainsFunc(specPrefixes, func(p []byte) bool { return bytes.HasPrefix(s.name, p) }):
			m.specs = append(m.specs, s)
		}
	}
	return m
}
