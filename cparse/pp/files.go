// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// maxFileSize bounds one source file.
const maxFileSize = 64 << 20

// Files is the set of source files of a run. It is safe for concurrent use.
type Files struct {
	root   string
	over   map[string][]byte // text that stands for that of a file
	syms   *interner
	lexers sync.Pool

	paths sync.Map // cleaned absolute path to *file, a nil one for a path that cannot be read
	texts sync.Map // name and text to the *file of made-up text
	dirs  sync.Map // cleaned absolute path to *dir

	mu   sync.RWMutex
	list []*file // by base
	next uint64

	// What the last unit needed, as a guess at what the next one will.
	tokens, expansions atomic.Int64
}

// NewFiles returns an empty set. Files under root are named relative to it,
// others by their absolute path, always with slashes.
func NewFiles(root string) *Files {
	if abs, err := filepath.Abs(root); err == nil {
		root = abs
	}
	fs := &Files{root: root, syms: newInterner(), next: 1}
	fs.lexers.New = func() any { return &lexer{in: fs.syms} }
	return fs
}

// file is a file that was read.
type file struct {
	name string
	path string // absolute
	base Pos
	text string

	mu    sync.Mutex
	src   atomic.Pointer[source]
	lines atomic.Pointer[[]uint32]
}

// dir remembers what a directory holds.
type dir struct {
	path  string
	files sync.Map // name relative to path to *file, a nil one when there is none
}

func (fs *Files) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(fs.root, name)
}

func (fs *Files) dir(path string) *dir {
	if d, ok := fs.dirs.Load(path); ok {
		return d.(*dir)
	}
	d, _ := fs.dirs.LoadOrStore(path, &dir{path: path})
	return d.(*dir)
}

// find returns the file name of a directory, nil if it has none.
func (fs *Files) find(d *dir, name string) *file {
	if f, ok := d.files.Load(name); ok {
		return f.(*file)
	}
	f, _ := fs.open(filepath.Join(d.path, name))
	d.files.Store(name, f)
	return f
}

// open reads the file at a cleaned absolute path.
func (fs *Files) open(path string) (*file, error) {
	if f, ok := fs.paths.Load(path); ok {
		if f.(*file) == nil {
			return nil, fmt.Errorf("%s: %w", path, os.ErrNotExist)
		}
		return f.(*file), nil
	}
	text, err := fs.read(path)
	if err != nil {
		fs.paths.LoadOrStore(path, (*file)(nil))
		return nil, err
	}
	return fs.enter(&file{path: path, name: fs.name(path), text: text}, &fs.paths, path)
}

// name returns how a file is called, with ../ for what lies outside, so that a
// tree can be moved.
func (fs *Files) name(path string) string {
	if rel, err := filepath.Rel(fs.root, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}

// virtual returns a file made of text.
func (fs *Files) virtual(name, text string) (*file, error) {
	key := name + "\x00" + text
	if f, ok := fs.texts.Load(key); ok {
		return f.(*file), nil
	}
	return fs.enter(&file{name: name, text: text}, &fs.texts, key)
}

// enter gives f its positions, unless another goroutine came first.
func (fs *Files) enter(f *file, m *sync.Map, key string) (*file, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if old, ok := m.Load(key); ok && old.(*file) != nil {
		return old.(*file), nil
	}
	if fs.next+uint64(len(f.text))+2 > math.MaxUint32 {
		return nil, errors.New(f.name + ": more than 4 GiB of source text in one run")
	}
	f.base = Pos(fs.next)
	fs.next += uint64(len(f.text)) + 2
	fs.list = append(fs.list, f)
	m.Store(key, f)
	return f, nil
}

func readFile(path string) (string, error) {
	r, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer r.Close()
	st, err := r.Stat()
	if err != nil {
		return "", err
	}
	if !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s: not a regular file", path)
	}
	if st.Size() > maxFileSize {
		return "", fmt.Errorf("%s: larger than %d bytes", path, maxFileSize)
	}
	n, size := 0, int(st.Size())
	buf := make([]byte, size)
	for n < size {
		m, err := r.Read(buf[n:])
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		n += m
	}
	return unsafe.String(unsafe.SliceData(buf), n), nil // buf is not used any more
}

// source returns the tokens of f.
func (fs *Files) source(f *file) *source {
	if s := f.src.Load(); s != nil {
		return s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.src.Load(); s != nil {
		return s
	}
	lx := fs.lexers.Get().(*lexer)
	s := newSource(fs.syms, f.base, f.text, lx)
	fs.lexers.Put(lx)
	f.src.Store(s)
	return s
}

// drop forgets the tokens src of f, which was a main file and is not likely to
// be asked for again. Its text stays.
func (fs *Files) drop(f *file, src *source) { f.src.CompareAndSwap(src, nil) }

func (fs *Files) at(p Pos) *file {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	i := sort.Search(len(fs.list), func(i int) bool { return fs.list[i].base > p })
	if i == 0 {
		return nil
	}
	f := fs.list[i-1]
	if int(p-f.base) > len(f.text) {
		return nil
	}
	return f
}

// line returns the number of the line that holds offset off, from 1, and the
// offset at which that line starts.
func (f *file) line(off uint32) (line int, start uint32) {
	lines := f.lines.Load()
	if lines == nil {
		l := make([]uint32, 1, 1+strings.Count(f.text, "\n"))
		for i := 0; ; {
			n := strings.IndexByte(f.text[i:], '\n')
			if n < 0 {
				break
			}
			i += n + 1
			l = append(l, uint32(i))
		}
		lines = &l
		f.lines.Store(lines)
	}
	i := sort.Search(len(*lines), func(i int) bool { return (*lines)[i] > off })
	return i, (*lines)[i-1]
}

// Position resolves p. It is the zero Position for one that is in no file.
func (fs *Files) Position(p Pos) Position {
	f := fs.at(p)
	if f == nil {
		return Position{}
	}
	off := uint32(p - f.base)
	line, start := f.line(off)
	return Position{File: f.name, Line: line, Col: int(off-start) + 1, Offset: int(off)}
}

// Content returns the text of a file as it was read, reading it if need be.
func (fs *Files) Content(name string) ([]byte, error) {
	f, err := fs.open(fs.abs(name))
	if err != nil {
		return nil, err
	}
	return []byte(f.text), nil
}

// Text returns the source text from pos to end. It is empty unless both are in
// the same file.
func (fs *Files) Text(pos, end Pos) string {
	f := fs.at(pos)
	if f == nil || end < pos || int(end-f.base) > len(f.text) {
		return ""
	}
	return f.text[pos-f.base : end-f.base]
}

// Pos returns the position of a byte of a file that was read before; 0 if there
// is none.
func (fs *Files) Pos(name string, offset int) Pos {
	v, ok := fs.paths.Load(fs.abs(name))
	if !ok || v.(*file) == nil {
		return 0
	}
	f := v.(*file)
	if offset < 0 || offset > len(f.text) {
		return 0
	}
	return f.base + Pos(offset)
}
