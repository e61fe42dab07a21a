// SPDX-License-Identifier: GPL-2.0-only

package lower_test

import (
	"slices"
	"testing"

	"kapilint/cparse/cfg"
	"kapilint/cparse/cfg/lower"
)

// TestMembers checks that an initialiser and an access name a member alike,
// whatever stands between it and the struct that has a name.
func TestMembers(t *testing.T) {
	const src = `
typedef int (*fn_t)(int);
struct ops { long pad; fn_t run; struct { fn_t inner; } in; union { fn_t anon; void *raw; }; };
typedef struct { int id; fn_t go; } tagless;
static int f(int x) { return x; }
struct ops designated = { .run = f, .in.inner = f, .anon = f };
struct ops positional = { 0, f, { f }, { f } };
struct ops list[] = { { .run = f }, [3] = { .in = { .inner = f } }, [5 ... 6].run = f };
struct ops cast = { .raw = (void *)f };
struct nest { tagless t; tagless a[2]; } nest = { .t.go = f, .a = { { 1, f } } };
tagless plain = { 1, f };
fn_t alone = f;
#define OPS(r) { .run = r }
struct wrap { struct ops o[2]; struct ops *p; } wrap = { .o = { OPS(f), OPS(f) }, .p = &(struct ops)OPS(f) };
int use(struct ops *o, tagless *g)
{
	struct ops here = { .run = f, .in.inner = f, .anon = f };
	o->run = f;
	o->in.inner = f;
	o->anon = f;
	g->go = f;
	return o->run(1) + o->in.inner(1) + o->anon(1) + g->go(1) + here.run(1);
}
`
	ast := parse(t, src)
	s := source(nil)
	var inits []string
	for _, g := range lower.Globals(s, ast) {
		for _, c := range g.Cells {
			if c.Value.Op == cfg.OpAddrFunc {
				inits = append(inits, g.Name+" "+c.Member)
			}
		}
	}
	want := []string{
		"designated ops.run", "designated ops.in.inner", "designated ops.anon",
		"positional ops.run", "positional ops.in.inner", "positional ops.anon",
		"list ops.run", "list ops.in.inner", "list ops.run", "list ops.run",
		"cast ops.raw", "nest tagless.go", "nest tagless.go", "plain tagless.go", "alone ",
		"wrap ops.run", "wrap ops.run", "wrap.literal1 ops.run",
	}
	if !slices.Equal(inits, want) {
		t.Errorf("initialisers:\n%q\nwant\n%q", inits, want)
	}
	var stores, calls []string
	for _, f := range lowerAll(t, s, ast) {
		for i := range f.Blocks {
			for _, in := range f.Blocks[i].Instrs {
				switch in := in.(type) {
				case *cfg.Set:
					if in.Src != nil && in.Src.Op == cfg.OpAddrFunc && in.Dst.Addr != nil {
						stores = append(stores, in.Dst.Addr.Name)
					}
				case *cfg.Call:
					calls = append(calls, in.Member)
				}
			}
		}
	}
	if want := []string{"ops.run", "ops.in.inner", "ops.anon", "ops.run", "ops.in.inner", "ops.anon", "tagless.go"}; !slices.Equal(stores, want) {
		t.Errorf("stores: %q, want %q", stores, want)
	}
	if want := []string{"ops.run", "ops.in.inner", "ops.anon", "tagless.go", "ops.run"}; !slices.Equal(calls, want) {
		t.Errorf("calls: %q, want %q", calls, want)
	}
}
