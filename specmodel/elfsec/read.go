// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"bytes"
	"fmt"
	"io"

	"kapilint/specmodel"
)

// A reader reads the contracts of one file.
type reader struct {
	im       *image
	pos      specmodel.Pos
	api      *specmodel.API // the contract that is being read
	form     form
	problems []specmodel.Problem
}

// maxProblems bounds what is said about one file.
const maxProblems = 1000

func (rd *reader) problem(where, id string, severity specmodel.Severity, format string, args ...any) {
	if len(rd.problems) == maxProblems {
		return
	}
	p := specmodel.Problem{Pos: rd.pos, ID: id, Severity: severity, Message: fmt.Sprintf(format, args...)}
	if where != "" {
		p.Message = where + ": " + p.Message
	}
	if rd.api != nil {
		p.Symbol = rd.api.Name
	}
	rd.problems = append(rd.problems, p)
}

// Read returns the contracts that are compiled into an ELF file, in the order
// of the file; name is used in positions. Problems say which contracts or
// parts of them make no sense; the error, which has name and mostly the offset
// of what is wrong, that the file cannot be read, holds no contracts, or is
// compressed.
func Read(name string, r io.ReaderAt, size int64) ([]*specmodel.API, []specmodel.Problem, error) {
	head := make([]byte, min(max(size, 0), HeadSize))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, nil, fmt.Errorf("%s: cannot read the file: %w", name, err)
	}
	if what := compressed(head); what != "" {
		return nil, nil, fmt.Errorf("%s: this is %s; give the uncompressed vmlinux that the build of that kernel left at the top of its output directory", name, what)
	}
	if !bytes.HasPrefix(head, elfMagic) {
		return nil, nil, fmt.Errorf("%s: this is neither an ELF executable nor an object file", name)
	}
	rd := &reader{pos: specmodel.Pos{File: name}}
	apis, err := rd.read(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return apis, rd.problems, nil
}

func (rd *reader) read(r io.ReaderAt, size int64) ([]*specmodel.API, error) {
	im, err := openImage(r, size)
	if err != nil {
		return nil, err
	}
	rd.im = im
	m := im.marks()
	regions, err := im.regions(m)
	if err != nil {
		return nil, err
	}
	if len(regions) == 0 {
		return nil, errNoContracts
	}
	var apis []*specmodel.API
	for _, region := range regions {
		list, err := rd.choose(region, m)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			a, err := rd.contract(c)
			if err != nil {
				return nil, err
			}
			apis = append(apis, a)
			rd.api = nil
		}
	}
	return apis, nil
}

// HeadSize is how many bytes of a file Sniff wants to see.
const HeadSize = 1024

var elfMagic = []byte("\x7fELF")

// Sniff reports whether a file that begins with head is for Read: an ELF file,
// or a compressed one, which Read refuses with advice.
func Sniff(head []byte) bool { return bytes.HasPrefix(head, elfMagic) || compressed(head) != "" }

// compressed names the kind of a compressed file, "" for any other.
func compressed(head []byte) string {
	at := func(off int, magic string) bool {
		return len(head) >= off+len(magic) && string(head[off:off+len(magic)]) == magic
	}
	switch {
	case at(0x202, "HdrS"):
		return "a bzImage, in which the kernel is compressed"
	case at(0, "MZ") && at(4, "zimg"):
		return "an EFI image, in which the kernel is compressed"
	case at(0, "MZ") && at(0x38, "ARM\x64"), at(0x38, "ARM\x64"), at(0x30, "RISCV\x00\x00\x00"):
		return "a boot image, which has no sections or symbols"
	}
	for _, c := range []struct{ magic, name string }{
		{"\x1f\x8b", "gzip"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"BZh", "bzip2"}, {"\x5d\x00\x00", "lzma"},
		{"\x02\x21\x4c\x18", "lz4"}, {"\x04\x22\x4d\x18", "lz4"}, {"\x89LZO\x00", "lzo"},
	} {
		if at(0, c.magic) {
			return "compressed with " + c.name
		}
	}
	return ""
}
