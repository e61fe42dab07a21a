// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"

	"kapilint/cparse/kbuild/defs"
)

// The cache of an index is one file: a line that names the format, the files
// with varints for numbers and strings after their lengths, and a checksum.
// Anything that is not exactly that is as good as no file. The format changes
// with what package defs finds.
const cacheFormat = "kapilint index 1\n"

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// cacheName returns the name of the cache of a tree, or "" if there is no
// place for one.
func cacheName(t *Tree, dir string) string {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(user, "kapilint")
	}
	h := fnv.New64a()
	h.Write([]byte(t.Src + "\x00" + t.Obj))
	return filepath.Join(dir, fmt.Sprintf("index-%016x", h.Sum64()))
}

// readCache returns the files of a cache by name; none if it is missing or
// damaged.
func readCache(name string) map[string]*indexed {
	if name == "" {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return decodeCache(data)
}

func decodeCache(data []byte) map[string]*indexed {
	n := len(data) - crc32.Size
	if n < len(cacheFormat) || crc32.Checksum(data[:n], crcTable) != binary.LittleEndian.Uint32(data[n:]) {
		return nil
	}
	body, ok := strings.CutPrefix(string(data[:n]), cacheFormat)
	if !ok {
		return nil
	}
	d := decoder{s: body}
	count := d.count(4)
	total := d.count(3)
	files := make(map[string]*indexed, count)
	all := make([]defs.Def, total)
	store := make([]indexed, count)
	for i := range store {
		f := &store[i]
		f.name = d.str()
		f.size, f.mtime = int64(d.uint()), int64(d.uint())
		if n := d.count(1); n > 0 {
			f.includes = make([]string, n)
			for j := range f.includes {
				f.includes[j] = d.str()
			}
		}
		n := d.count(3)
		if n > len(all) {
			return nil
		}
		f.defs, all = all[:n:n], all[n:]
		for j := range f.defs {
			flags := d.uint()
			f.defs[j] = defs.Def{Line: int(d.uint()), Name: d.str(), Kind: defs.Kind(flags >> 2), Static: flags&1 != 0, Weak: flags&2 != 0}
		}
		files[f.name] = f
	}
	if d.bad || d.s != "" {
		return nil
	}
	return files
}

// decoder takes values off the front of s.
type decoder struct {
	s   string
	bad bool
}

func (d *decoder) uint() uint64 {
	var v uint64
	for i := 0; i < len(d.s) && i < binary.MaxVarintLen64; i++ {
		c := d.s[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.s = d.s[i+1:]
			return v
		}
	}
	d.bad, d.s = true, ""
	return 0
}

// count reads the number of items that take at least size bytes each.
func (d *decoder) count(size int) int {
	v := d.uint()
	if v > uint64(len(d.s)/size) {
		d.bad, d.s = true, ""
		return 0
	}
	return int(v)
}

func (d *decoder) str() string {
	n := d.count(1)
	s := d.s[:n]
	d.s = d.s[n:]
	return s
}

func encodeCache(files []*indexed) []byte {
	b := []byte(cacheFormat)
	num := func(v uint64) { b = binary.AppendUvarint(b, v) }
	str := func(s string) {
		num(uint64(len(s)))
		b = append(b, s...)
	}
	total := 0
	for _, f := range files {
		total += len(f.defs)
	}
	num(uint64(len(files)))
	num(uint64(total))
	for _, f := range files {
		str(f.name)
		num(uint64(f.size))
		num(uint64(f.mtime))
		num(uint64(len(f.includes)))
		for _, i := range f.includes {
			str(i)
		}
		num(uint64(len(f.defs)))
		for _, d := range f.defs {
			flags := uint64(d.Kind) << 2
			if d.Static {
				flags |= 1
			}
			if d.Weak {
				flags |= 2
			}
			num(flags)
			num(uint64(d.Line))
			str(d.Name)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crcTable))
}

// writeCache replaces a cache as a whole. Errors are of no consequence: the
// next run reads the sources again.
func writeCache(name string, files []*indexed) {
	if name == "" || os.MkdirAll(filepath.Dir(name), 0o777) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return
	}
	_, err = f.Write(encodeCache(files))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}
