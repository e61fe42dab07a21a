// SPDX-License-Identifier: GPL-2.0-only

package pp

import "sync"

// The names that the preprocessor itself looks for have fixed numbers, in the
// order of this list. A directive's kind is the number of its name.
const (
	symNone uint32 = iota
	symDefine
	symUndef
	symInclude
	symIncludeNext
	symImport
	symIf
	symIfdef
	symIfndef
	symElif
	symElifdef
	symElifndef
	symElse
	symEndif
	symLine
	symError
	symWarning
	symPragma
	symIdent
	symSccs
	symDefined
	symVaArgs
	symVaOpt
	symPushMacro
	symPopMacro
	symOnce
	symGCC
)

var fixedNames = []string{
	"", "define", "undef", "include", "include_next", "import", "if", "ifdef", "ifndef", "elif", "elifdef", "elifndef",
	"else", "endif", "line", "error", "warning", "pragma", "ident", "sccs", "defined", "__VA_ARGS__", "__VA_OPT__",
	"push_macro", "pop_macro", "once", "GCC",
}

const (
	symShards   = 64
	symReserved = symShards * 2 // numbers below are for fixedNames
)

// interner gives every identifier of a run a number. It is safe for
// concurrent use. It keeps the strings it is given, which are pieces of texts
// that live as long as the run.
type interner struct {
	shard [symShards]symShard
}

type symShard struct {
	mu  sync.Mutex
	ids map[string]uint32
	n   uint32
	_   [40]byte // one shard to a cache line
}

func newInterner() *interner {
	in := &interner{}
	for i := range in.shard {
		in.shard[i].ids = make(map[string]uint32, 512)
		in.shard[i].n = symReserved / symShards
	}
	for id, name := range fixedNames {
		in.shard[hashName(name)%symShards].ids[name] = uint32(id)
	}
	return in
}

// hashName spreads names over shards and cache slots. It decides no ordering
// and no identity, so collisions cost time only.
func hashName(s string) uint32 {
	h := uint32(0)
	for i := 0; i < len(s); i++ {
		h = h*16777619 ^ uint32(s[i])
	}
	return mixHash(h)
}

// mixHash ends what hashName begins, byte by byte.
func mixHash(h uint32) uint32 { return h ^ h>>15 }

func (in *interner) id(s string, h uint32) uint32 {
	n := h % symShards
	sh := &in.shard[n]
	sh.mu.Lock()
	id, ok := sh.ids[s]
	if !ok {
		id = sh.n*symShards + n
		sh.n++
		sh.ids[s] = id
	}
	sh.mu.Unlock()
	return id
}

func (in *interner) lookup(s string) uint32 { return in.id(s, hashName(s)) }

// symCache stands before an interner and belongs to one lexer.
type symCache [4096]struct {
	name string
	id   uint32
	hash uint32
}

func (c *symCache) id(in *interner, s string, h uint32) uint32 {
	e := &c[h%uint32(len(c))]
	if e.hash == h && e.name == s {
		return e.id
	}
	id := in.id(s, h)
	e.name, e.id, e.hash = s, id, h
	return id
}
