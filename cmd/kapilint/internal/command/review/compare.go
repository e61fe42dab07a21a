// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cmd/kapilint/internal/patch"
	"kapilint/cmd/kapilint/internal/pick"
	"kapilint/cmd/kapilint/internal/reach"
	"kapilint/cparse/kbuild"
	"kapilint/cparse/kbuild/items"
	"kapilint/specmodel/diff"
)

// maxEntries bounds the system calls that are compared for one change.
const maxEntries = 100

// result is what a review has found.
type result struct {
	patches  []patchResult
	changes  []change
	caused   []finding
	repaired []finding
	problems []report.Problem // what of the patches could not be done, and what else makes the answer incomplete
	notes    []report.Problem // what is not looked at
	failed   bool             // the answer is incomplete
	hints    []string         // where the answer ends
	compared int              // system calls
	units    []report.Unit    // that could not be analysed whole, afterwards
	read     func(string) ([]byte, error)
}

// patchResult is what one patch of a series does.
type patchResult struct {
	patch.Patch
	Breaking, Other, Caused, Repaired int
	done                              []patch.Change
}

// change is one change of a contract.
type change struct {
	diff.Change
	Patch   int          // that makes it, from 1; 0 if none does by itself
	At      report.Place // in the patch
	Way     []reach.Step // from there to the interface
	Instead string       // the error that comes where this one is gone, or is gone where this one comes
}

// finding is one that a patch causes or repairs.
type finding struct {
	report.Finding
	Patch int
}

// version is the tree after some of the patches.
type version struct {
	tree *patch.Tree
	side *engine.Side
}

// scope is what a change can reach.
type scope struct {
	files  []string // to look at, of all versions
	names  []string // contracts to compare
	others []string // other functions that findings may be about
	ways   map[string][]reach.Step
}

// compare looks at the tree before the patches and after each of them.
func (c *call) compare(ctx context.Context, tree *kbuild.Tree, in *input) (*result, error) {
	picked, sel, err := pick.Checks(c.Engine.Checks, c.checks)
	if err != nil {
		return nil, err
	}
	c.picked = sel
	rep := &result{}
	versions := in.apply(rep)
	rep.failed = len(rep.problems) > 0
	sc, err := c.scope(ctx, tree, versions, rep)
	if err != nil || len(sc.files) == 0 {
		return rep, err
	}
	for i, v := range versions {
		if i > 0 && same(versions[i-1].tree, v.tree) {
			v.side = versions[i-1].side
			continue
		}
		req := c.NewRequest(tree)
		req.Checks, req.Names, req.Only, req.Overlay = picked, sc.names, sc.others, v.tree.Layer
		for _, f := range sc.files {
			if _, ok := v.tree.Text(f); ok {
				req.Files = append(req.Files, f)
			}
		}
		c.StartProgress(fmt.Sprintf("version %d of %d", i+1, len(versions)), len(versions))
		v.side, err = cli.Promptly(ctx, func() (*engine.Side, error) { return c.Engine.Side(ctx, req) })
		if err != nil {
			return nil, err
		}
		rep.problems = append(rep.problems, v.side.Problems...)
	}
	rep.failed = len(rep.problems) > 0
	c.judge(rep, versions, sc)
	return rep, nil
}

// apply makes the patches, one after the other, and says what could not be done.
func (in *input) apply(rep *result) []*version {
	versions := []*version{{tree: in.before}}
	for i := range in.patches {
		next := versions[i].tree.Over()
		done, notes := in.patches[i].Apply(next)
		versions = append(versions, &version{tree: next})
		rep.patches = append(rep.patches, patchResult{Patch: in.patches[i], done: done})
		for _, n := range notes {
			p := report.Problem{Place: report.Place{File: n.File, Line: n.Line}, Message: in.name(i) + n.Message}
			if n.Failed {
				rep.problems = append(rep.problems, p)
				continue
			}
			rep.notes = append(rep.notes, p)
		}
		for _, ch := range done {
			if what := passedOver(ch); what != "" {
				rep.notes = append(rep.notes, report.Problem{Place: report.Place{File: ch.New}, Message: in.name(i) + what})
			}
		}
	}
	return versions
}

// name says which patch of a series is meant.
func (in *input) name(i int) string {
	if len(in.patches) == 1 {
		return ""
	}
	return fmt.Sprintf("patch %d: ", i+1)
}

// passedOver says what of a change is not looked at.
func passedOver(ch patch.Change) string {
	base := path.Base(ch.New)
	switch ext := path.Ext(ch.New); {
	case ch.New == "", ext == ".c", ext == ".h":
	case strings.HasPrefix(base, "Kconfig"):
		return "what the configuration offers is changed; the review is of the configuration as it is"
	case base == "Makefile", base == "Kbuild", strings.HasPrefix(base, "Makefile."):
		return "what is built, and how, is changed; the review is of what the makefiles build before it"
	case ext == ".S", ext == ".rs", ext == ".lds", ext == ".tbl":
		return "no C: what this changes is not looked at"
	}
	return ""
}

// same tells whether no C file differs.
func same(a, b *patch.Tree) bool {
	for name, text := range b.Layer {
		old, ok := a.Text(name)
		if ok != (text != nil) || string(old) != string(text) {
			return false
		}
	}
	return true
}

// scope finds out what the changes between versions can reach.
func (c *call) scope(ctx context.Context, tree *kbuild.Tree, versions []*version, rep *result) (*scope, error) {
	sc := &scope{ways: map[string][]reach.Step{}}
	starts, touched := startsOf(versions)
	if len(touched) == 0 {
		return sc, nil
	}
	units, err := tree.Units()
	if err != nil {
		return nil, err
	}
	index, err := kbuild.BuildIndex(tree, units, c.CacheDir())
	if err != nil {
		return nil, err
	}
	last := versions[len(versions)-1].tree
	index = index.Over(last.Layer)
	for _, f := range touched {
		if path.Ext(f) != ".c" {
			continue
		}
		sc.files = append(sc.files, f)
		if _, there := last.Text(f); there && !tree.Builds(f) {
			rep.notes = append(rep.notes, report.Problem{Place: report.Place{File: f}, Message: "the configuration does not build this file; it is read as if it did"})
		}
	}
	if len(starts) > 0 {
		found, err := follow(ctx, tree, index, last, starts)
		if err != nil {
			return nil, err
		}
		for _, e := range found.Entries {
			sc.names = append(sc.names, e.Name)
			sc.ways[e.Name] = e.Way
		}
		sc.files = append(sc.files, found.Files...)
		sc.others = found.Names
		rep.compared = len(found.Entries)
		rep.hints = hints(found)
	}
	slices.Sort(sc.files)
	sc.files = slices.Compact(sc.files)
	return sc, nil
}

// hints says where the answer ends.
func hints(found *reach.Found) []string {
	var out []string
	if found.Cut {
		out = append(out, fmt.Sprintf("the change can reach more than %d system calls; the nearest were compared", len(found.Entries)))
	}
	var names []string
	for _, t := range found.Tables {
		if s := t.Func + " (" + t.Object + ")"; !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	if n := len(names); n > 4 {
		names = append(names[:4], fmt.Sprintf("%d more", n-4))
	}
	if len(names) > 0 {
		out = append(out, "what is called through pointers was not followed to system calls: "+strings.Join(names, ", "))
	}
	return out
}

// follow looks for the system calls above what has changed: in the files alone
// that share units with the changed ones where nothing else can know of it, and
// in all others if need be.
func follow(ctx context.Context, tree *kbuild.Tree, index *kbuild.Index, text *patch.Tree, starts []reach.Start) (*reach.Found, error) {
	near := map[string]bool{}
	local := true
	for _, s := range starts {
		local = local && (s.File != "" || s.Entry)
		for _, u := range index.Units(s.File) {
			near[u] = true
		}
	}
	if local {
		var files []string
		for _, f := range index.Files() {
			if slices.ContainsFunc(index.Units(f), func(u string) bool { return near[u] }) {
				files = append(files, f)
			}
		}
		p, err := reach.Load(ctx, files, text.Text, index.Units)
		if err != nil {
			return nil, err
		}
		if found := p.From(starts, maxEntries); !found.Wide {
			return found, nil
		}
	}
	p, err := reach.Load(ctx, append(headers(tree, index.Files()), index.Files()...), text.Text, index.Units)
	if err != nil {
		return nil, err
	}
	return p.From(starts, maxEntries), nil
}

// headers lists the headers that C files may include.
func headers(tree *kbuild.Tree, files []string) []string {
	dirs := map[string]bool{}
	for _, f := range files {
		dirs[path.Dir(f)] = true
	}
	seen := map[string]bool{}
	for dir := range dirs {
		list, _ := filepath.Glob(filepath.Join(tree.Src, dir, "*.h"))
		for _, h := range list {
			if rel, ok := tree.Rel(h); ok {
				seen[rel] = true
			}
		}
	}
	for _, top := range []string{"include", "arch/" + tree.Arch + "/include"} {
		fs.WalkDir(os.DirFS(tree.Src), top, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && path.Ext(name) == ".h" {
				seen[name] = true
			}
			return nil
		})
	}
	out := make([]string, 0, len(seen))
	for h := range seen {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

// startsOf returns the declarations that differ between versions, and the C
// files and headers that do.
func startsOf(versions []*version) (starts []reach.Start, touched []string) {
	scan := func(t *patch.Tree, name string) *items.File {
		text, _ := t.Text(name)
		return items.Scan(text)
	}
	for i := 1; i < len(versions); i++ {
		old, new := versions[i-1].tree, versions[i].tree
		for name := range new.Layer {
			a, hadA := old.Text(name)
			b, hasB := new.Text(name)
			if ext := path.Ext(name); ext != ".c" && ext != ".h" || hadA == hasB && string(a) == string(b) {
				continue
			}
			touched = append(touched, name)
			was, is := items.Changed(scan(old, name), scan(new, name))
			starts = append(starts, startsIn(name, was, is)...)
		}
	}
	slices.Sort(touched)
	slices.SortFunc(starts, func(a, b reach.Start) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.File, b.File), cmp.Compare(b.Line, a.Line), cmp.Compare(a.In, b.In))
	})
	return slices.Compact(starts), slices.Compact(touched)
}

func startsIn(file string, was, is []items.Item) []reach.Start {
	var out []reach.Start
	inFile := ""
	if path.Ext(file) == ".c" {
		inFile = file
	}
	for i, it := range slices.Concat(is, was) {
		s := reach.Start{Name: it.Name, File: inFile, In: file, Line: it.Line, End: it.End}
		if i >= len(is) {
			s.Line, s.End = 0, 0 // of a version that is gone
		}
		switch it.Kind {
		case items.Syscall:
			s.Entry = true
		case items.Func, items.Object:
			if !it.Static {
				s.File = ""
			}
		case items.Macro:
		case items.Type:
			for _, name := range changedParts(it, was, is) {
				s.Name = name
				out = append(out, s)
			}
			continue
		default:
			continue
		}
		out = append(out, s)
	}
	return slices.DeleteFunc(out, func(s reach.Start) bool { return s.Name == "" })
}

// changedParts returns the members and constants of a type that differ from the
// other version's.
func changedParts(it items.Item, was, is []items.Item) []string {
	sums := map[items.Part]int{}
	for _, other := range slices.Concat(was, is) {
		if other.Kind == items.Type && other.Name == it.Name {
			for _, p := range other.Parts {
				sums[p]++
			}
		}
	}
	var out []string
	moved := false
	for _, p := range it.Parts {
		if moved = moved || it.Enum && sums[p] == 1; sums[p] != 1 && !moved {
			continue
		}
		if it.Enum {
			out = append(out, p.Name)
			continue
		}
		out = append(out, "."+p.Name)
	}
	return out
}
