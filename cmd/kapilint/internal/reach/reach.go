// SPDX-License-Identifier: GPL-2.0-only

// Package reach finds the system calls that a change can reach.
//
// The model is one of names: a declaration that uses the name of a changed one
// may do something else now, so whoever uses its name may, too, up to the
// system calls. This takes in too much rather than too little, except where the
// kernel calls through a pointer: that a function is put into a table is told,
// and not followed. What really changes is for the analysis of the two programs
// to say; this only says where to look.
package reach

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"kapilint/cparse/kbuild/items"
)

// Start is a declaration that has changed.
type Start struct {
	Name      string // of a member with a dot in front
	File      string // in which it is known; "" if everywhere
	Entry     bool   // it is a system call itself
	In        string // the file that it stands in
	Line, End int    // where
}

func (s Start) step() Step { return Step{s.Name, s.In, s.Line, s.End} }

// Entry is a system call that a change can reach, and the way from there: names
// from a changed declaration to the call.
type Entry struct {
	Name string
	File string
	Way  []Step
}

// Step is a declaration on the way.
type Step struct {
	Name      string
	File      string
	Line, End int
}

// Found is where a change leads.
type Found struct {
	Entries []Entry // the nearest first
	Files   []string
	Names   []string // of all declarations on the ways
	Tables  []Table  // what may be called through pointers; the nearest first
	Wide    bool     // other files than those that share units with the change can know of it
	Cut     bool     // there is more than the limits allow to follow
}

// Table is an object that a function is put into.
type Table struct{ Func, Object, File string }

// maxNames bounds the declarations that are followed.
const maxNames = 20000

// Program is the text of a kernel, split into declarations.
type Program struct {
	files []file
	ids   map[string]int32
	units func(file string) []string
}

type file struct {
	name   string
	items  []items.Item
	words  []int32            // by the file's own number
	static map[int32]struct{} // functions that are known in the file alone
}

// Load reads files. units names the units that compile a file; read returns its
// text.
func Load(ctx context.Context, names []string, read func(string) ([]byte, bool), units func(string) []string) (*Program, error) {
	p := &Program{files: make([]file, len(names)), ids: map[string]int32{}, units: units}
	var mu sync.Mutex
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return
				}
				text, ok := read(names[i])
				if !ok {
					continue
				}
				scanned := items.Scan(text)
				mu.Lock()
				p.enter(i, names[i], scanned)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return p, ctx.Err()
}

func (p *Program) enter(i int, name string, scanned *items.File) {
	f := file{name: name, items: scanned.Items, words: make([]int32, len(scanned.Words)), static: map[int32]struct{}{}}
	for k, w := range scanned.Words {
		f.words[k] = p.id(w)
	}
	for _, it := range f.items {
		if it.Kind == items.Func && it.Static {
			f.static[p.id(it.Name)] = struct{}{}
		}
	}
	p.files[i] = f
}

func (p *Program) id(w string) int32 {
	id, ok := p.ids[w]
	if !ok {
		id = int32(len(p.ids))
		p.ids[w] = id
	}
	return id
}

// node is a declaration that may do something else now.
type node struct {
	id   int32
	file string // in which it is known; "" if everywhere
	step Step
	from int // the index of the node that it uses; -1 for a start

}

// From follows a change upward, to at most limit system calls.
func (p *Program) From(starts []Start, limit int) *Found {
	out := &Found{}
	seen := map[Table]bool{}
	var nodes []node
	known := map[int32][]int{} // nodes by name
	add := func(n node) {
		for _, k := range known[n.id] {
			if nodes[k].file == n.file || nodes[k].file == "" {
				return
			}
		}
		known[n.id] = append(known[n.id], len(nodes))
		nodes = append(nodes, n)
		out.Wide = out.Wide || n.file == ""
	}
	entry := func(last Step, from int) {
		name := last.Name
		if slices.ContainsFunc(out.Entries, func(e Entry) bool { return e.Name == name }) {
			return
		}
		e := Entry{Name: name, File: last.File}
		for k := from; k >= 0; k = nodes[k].from {
			e.Way = append(e.Way, nodes[k].step)
		}
		slices.Reverse(e.Way)
		e.Way = append(e.Way, last)
		out.Entries = append(out.Entries, e)
	}
	for _, s := range starts {
		if s.Entry {
			entry(s.step(), -1)
			continue
		}
		add(node{id: p.id(s.Name), file: s.File, step: s.step(), from: -1})
	}
	for done := 0; done < len(nodes); {
		level := len(nodes)
		frontier := map[int32][]int{}
		for k := done; k < level; k++ {
			frontier[nodes[k].id] = append(frontier[nodes[k].id], k)
		}
		done = level
		for i := range p.files {
			f := &p.files[i]
			hit := make(map[int32][]int)
			for w, id := range f.words {
				if ks := frontier[id]; ks != nil {
					hit[int32(w)] = ks
				}
			}
			if len(hit) == 0 {
				continue
			}
			for j := range f.items {
				it := &f.items[j]
				k := p.user(f, it, hit, nodes)
				if k < 0 || nodes[k].step.Name == it.Name {
					continue
				}
				switch it.Kind {
				case items.Syscall:
					entry(Step{it.Name, f.name, it.Line, it.End}, k)
				case items.Func, items.Macro:
					where := ""
					if isUnit(f.name) && (it.Static || it.Kind == items.Macro) {
						where = f.name
					}
					if it.Name != "" {
						add(node{id: p.id(it.Name), file: where, step: Step{it.Name, f.name, it.Line, it.End}, from: k})
					}
				case items.Object:
					if t := (Table{nodes[k].step.Name, it.Name, f.name}); !seen[t] {
						seen[t] = true
						out.Tables = append(out.Tables, t)
					}
				}
			}
		}
		if len(nodes) > maxNames || len(out.Entries) > limit {
			out.Cut = done < len(nodes) || len(out.Entries) > limit
			break
		}
	}
	slices.SortStableFunc(out.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(len(a.Way), len(b.Way)), cmp.Compare(a.Name, b.Name))
	})
	if len(out.Entries) > limit {
		out.Entries = out.Entries[:limit]
	}
	for _, e := range out.Entries {
		out.Files = append(out.Files, e.File)
	}
	slices.Sort(out.Files)
	out.Files = slices.Compact(out.Files)
	for _, n := range nodes {
		out.Names = append(out.Names, n.step.Name)
	}
	slices.Sort(out.Names)
	out.Names = slices.Compact(out.Names)
	return out
}

// user returns the first of the nodes that an item uses, -1 if it uses none.
func (p *Program) user(f *file, it *items.Item, hit map[int32][]int, nodes []node) int {
	best := -1
	for _, u := range it.Uses {
		for _, k := range hit[u] {
			n := &nodes[k]
			if best >= 0 && k >= best || !p.sees(f, n) {
				continue
			}
			best = k
		}
	}
	return best
}

// sees tells whether a name in f can mean n.
func (p *Program) sees(f *file, n *node) bool {
	if n.file == f.name {
		return true
	}
	if n.file == "" {
		_, own := f.static[n.id]
		return !own || !isUnit(f.name)
	}
	for _, u := range p.units(n.file) {
		if slices.Contains(p.units(f.name), u) {
			return true
		}
	}
	return false
}

func isUnit(name string) bool { return len(name) > 2 && name[len(name)-2:] == ".c" }
