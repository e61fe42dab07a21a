// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
)

// An image is an ELF file as memory: bytes at addresses. Sections of an
// object file have addresses that the reader chose. Package debug/elf gives
// the numbers; its reader copies the name of each section and symbol, which a
// hostile file can make as large as it wants.
type image struct {
	r          io.ReaderAt
	size       int64
	order      binary.ByteOrder
	is64       bool
	object     bool // ET_REL
	machine    elf.Machine
	sections   []section
	mapped     []int  // sections that have bytes at an address, by address
	symtab     []byte // of struct Sym
	strtab     []byte
	shndx      []byte // section numbers of symbols that do not fit
	relocs     []reloc
	relocBytes uint64
	extern     uint64 // where symbols of other files begin, in an object file
	budget     int64  // bytes that may still be read through pointers
	texts      map[uint64]string
	funcs      map[uint64]int // symbol of a function by address
}

type section struct {
	name            string
	typ             elf.SectionType
	flags           elf.SectionFlag
	addr, off, size uint64
	link, info      uint32
	addralign       uint64
}

// A reloc changes the word at addr.
type reloc struct {
	addr, value uint64
	how         relocKind
}

type relocKind uint8

const (
	relocSet     relocKind = iota // the word is value
	relocAdd                      // value is added to the word
	relocUnknown                  // of a type that is not known; value is the type
)

// badFile is an error about the bytes at an offset of the file.
func badFile(off uint64, format string, args ...any) error {
	return fmt.Errorf("offset 0x%x: %s", off, fmt.Sprintf(format, args...))
}

// bytesAt reads n bytes of the file.
func (im *image) bytesAt(off, n uint64, what string) ([]byte, error) {
	if off > uint64(im.size) || n > uint64(im.size)-off {
		return nil, badFile(off, "%s (%d bytes) is beyond the end of the file", what, n)
	}
	b := make([]byte, n)
	if _, err := im.r.ReadAt(b, int64(off)); err != nil && !(errors.Is(err, io.EOF) && n == 0) {
		return nil, badFile(off, "cannot read %s: %v", what, err)
	}
	return b, nil
}

func openImage(r io.ReaderAt, size int64) (*image, error) {
	im := &image{r: r, size: size, texts: map[uint64]string{}, budget: size}
	ident, err := im.bytesAt(0, elf.EI_NIDENT, "the ELF header")
	if err != nil {
		return nil, err
	}
	switch elf.Class(ident[elf.EI_CLASS]) {
	case elf.ELFCLASS32:
	case elf.ELFCLASS64:
		im.is64 = true
	default:
		return nil, badFile(elf.EI_CLASS, "%d is no word size of an ELF file", ident[elf.EI_CLASS])
	}
	switch elf.Data(ident[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		im.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		im.order = binary.BigEndian
	default:
		return nil, badFile(elf.EI_DATA, "%d is no byte order of an ELF file", ident[elf.EI_DATA])
	}
	if err := im.readSections(); err != nil {
		return nil, err
	}
	if im.object {
		im.place()
	}
	for i := range im.sections {
		s := &im.sections[i]
		if s.flags&elf.SHF_ALLOC != 0 && s.typ != elf.SHT_NOBITS && s.size > 0 && s.flags&elf.SHF_TLS == 0 {
			im.mapped = append(im.mapped, i)
		}
	}
	slices.SortFunc(im.mapped, func(a, b int) int { return cmp.Compare(im.sections[a].addr, im.sections[b].addr) })
	if err := im.readSymbols(); err != nil {
		return nil, err
	}
	return im, im.readRelocs()
}

func (im *image) word() int {
	if im.is64 {
		return 8
	}
	return 4
}

func (im *image) getWord(b []byte) uint64 {
	if im.is64 {
		return im.order.Uint64(b)
	}
	return uint64(im.order.Uint32(b))
}

// cut decodes one header from the bytes of the file.
func (im *image) cut(off uint64, what string, v any) error {
	b, err := im.bytesAt(off, uint64(binary.Size(v)), what)
	if err != nil {
		return err
	}
	return binary.Read(bytes.NewReader(b), im.order, v)
}

func (im *image) header() (h elf.Header64, err error) {
	if im.is64 {
		err = im.cut(0, "the ELF header", &h)
		return h, err
	}
	var h32 elf.Header32
	err = im.cut(0, "the ELF header", &h32)
	return elf.Header64{Type: h32.Type, Machine: h32.Machine, Shoff: uint64(h32.Shoff), Shentsize: h32.Shentsize, Shnum: h32.Shnum, Shstrndx: h32.Shstrndx}, err
}

func (im *image) sectionHeader(off uint64) (s elf.Section64, err error) {
	if im.is64 {
		err = im.cut(off, "a section header", &s)
		return s, err
	}
	var s32 elf.Section32
	err = im.cut(off, "a section header", &s32)
	return elf.Section64{Name: s32.Name, Type: s32.Type, Flags: uint64(s32.Flags), Addr: uint64(s32.Addr), Off: uint64(s32.Off),
		Size: uint64(s32.Size), Link: s32.Link, Info: s32.Info, Addralign: uint64(s32.Addralign)}, err
}

func (im *image) readSections() error {
	h, err := im.header()
	if err != nil {
		return err
	}
	im.object, im.machine = elf.Type(h.Type) == elf.ET_REL, elf.Machine(h.Machine)
	if h.Shoff == 0 {
		return errors.New("this ELF file has no section headers, so contracts cannot be found in it")
	}
	entry := uint64(40)
	if im.is64 {
		entry = 64
	}
	if uint64(h.Shentsize) != entry {
		return badFile(h.Shoff, "section headers have %d bytes each, not %d", h.Shentsize, entry)
	}
	first, err := im.sectionHeader(h.Shoff)
	if err != nil {
		return err
	}
	n, names := uint64(h.Shnum), uint64(h.Shstrndx)
	if n == 0 {
		n = first.Size
	}
	if elf.SectionIndex(names) == elf.SHN_XINDEX {
		names = uint64(first.Link)
	}
	if n > uint64(im.size)/entry {
		return badFile(h.Shoff, "%d section headers are more than the file has room for", n)
	}
	raw := make([]elf.Section64, n)
	for i := range raw {
		if raw[i], err = im.sectionHeader(h.Shoff + uint64(i)*entry); err != nil {
			return err
		}
	}
	var table []byte
	if names < n {
		if table, err = im.bytesAt(raw[names].Off, raw[names].Size, "the table of section names"); err != nil {
			return err
		}
	}
	im.sections = make([]section, n)
	for i, s := range raw {
		im.sections[i] = section{typ: elf.SectionType(s.Type), flags: elf.SectionFlag(s.Flags), addr: s.Addr, off: s.Off, size: s.Size,
			link: s.Link, info: s.Info, addralign: s.Addralign, name: string(nameAt(table, s.Name))}
	}
	return nil
}

// maxName bounds the names that are looked at; the kernel's own are shorter.
const maxName = 512

// nameAt is the start of a name in a table of strings.
func nameAt(table []byte, off uint32) []byte {
	if uint64(off) >= uint64(len(table)) {
		return nil
	}
	b := table[off:min(uint64(len(table)), uint64(off)+maxName)]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}

// firstAddr is where the first section of an object file goes. Addresses
// below it stay free, so that a small number is no pointer.
const firstAddr = 0x10000

// place gives the sections of an object file addresses.
func (im *image) place() {
	addr := uint64(firstAddr)
	for i := range im.sections {
		s := &im.sections[i]
		s.addr = 0
		if s.flags&elf.SHF_ALLOC == 0 {
			continue
		}
		align := uint64(1)
		if s.addralign <= 4096 {
			align = max(s.addralign, 1)
		}
		addr = (addr + align - 1) / align * align
		s.addr = addr
		if s.typ != elf.SHT_NOBITS && s.size <= uint64(im.size) {
			addr += s.size
		}
		addr += 64
	}
	im.extern = addr
}

// find returns the section that has bytes at an address.
func (im *image) find(addr uint64) (*section, bool) {
	i := sort.Search(len(im.mapped), func(i int) bool { return im.sections[im.mapped[i]].addr > addr })
	if i == 0 {
		return nil, false
	}
	s := &im.sections[im.mapped[i-1]]
	return s, addr-s.addr < s.size
}

// offset is where in the file the byte at an address is.
func (im *image) offset(addr uint64) uint64 {
	if s, ok := im.find(addr); ok {
		return s.off + addr - s.addr
	}
	return 0
}

// load reads n bytes at an address, relocated.
func (im *image) load(addr, n uint64) ([]byte, error) {
	s, ok := im.find(addr)
	if !ok {
		return nil, fmt.Errorf("the address 0x%x is in no section of this file", addr)
	}
	if n > s.size-(addr-s.addr) {
		return nil, badFile(s.off+addr-s.addr, "%d bytes are more than section %q has from here", n, s.name)
	}
	if s.flags&elf.SHF_COMPRESSED != 0 {
		return nil, badFile(s.off, "section %q is compressed", s.name)
	}
	b, err := im.bytesAt(s.off+addr-s.addr, n, "section "+s.name)
	if err != nil {
		return nil, err
	}
	w := uint64(im.word())
	for i := sort.Search(len(im.relocs), func(i int) bool { return im.relocs[i].addr >= addr }); i < len(im.relocs); i++ {
		r := im.relocs[i]
		at := r.addr - addr
		if at >= n || n-at < w {
			break
		}
		word := b[at : at+w]
		switch r.how {
		case relocUnknown:
			return nil, badFile(im.offset(r.addr), "relocation type %d of machine %s is not known", r.value, im.machine)
		case relocAdd:
			im.putWord(word, im.getWord(word)+r.value)
		default:
			im.putWord(word, r.value)
		}
	}
	return b, nil
}

func (im *image) putWord(b []byte, v uint64) {
	if im.is64 {
		im.order.PutUint64(b, v)
		return
	}
	im.order.PutUint32(b, uint32(v))
}

// spend takes bytes from what may be read through pointers.
func (im *image) spend(n uint64) error {
	if n > uint64(max(im.budget, 0)) {
		return errors.New("the texts and arrays of the contracts are larger than the file, so pointers must be wrong")
	}
	im.budget -= int64(n)
	return nil
}

// cstring reads the text at an address.
func (im *image) cstring(addr uint64) (string, error) {
	if t, ok := im.texts[addr]; ok {
		return t, nil
	}
	s, ok := im.find(addr)
	if !ok {
		return "", fmt.Errorf("the address 0x%x is in no section of this file", addr)
	}
	var all []byte
	for at := addr; ; {
		n := min(256, s.size-(at-s.addr))
		if n == 0 {
			return "", badFile(s.off+addr-s.addr, "this text has no end")
		}
		b, err := im.bytesAt(s.off+at-s.addr, n, "a text")
		if err != nil {
			return "", err
		}
		end := bytes.IndexByte(b, 0)
		if end >= 0 {
			b = b[:end]
		}
		if err := im.spend(uint64(len(b)) + 1); err != nil {
			return "", err
		}
		all = append(all, b...)
		at += n
		if end >= 0 {
			break
		}
	}
	im.texts[addr] = string(all)
	return im.texts[addr], nil
}
