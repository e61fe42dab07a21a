// SPDX-License-Identifier: GPL-2.0-only

package callbacks

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"kapilint/checks/engine/facts"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// over returns the sets of what owners put, each in a unit of its own.
func over(t *testing.T, names Names, units map[cparse.Symbol][]Put) *Sets {
	t.Helper()
	reg, err := facts.NewRegistry(new(Puts))
	if err != nil {
		t.Fatal(err)
	}
	world := cparse.NewWorld()
	store := facts.NewStore(reg, world, nil)
	for owner, list := range units {
		local := facts.NewLocal(reg, world, owner.Name+".c", func(types.Object) bool { return true })
		if err := local.Export(world.Object(owner), &Puts{list}); err != nil {
			t.Fatal(err)
		}
		pack, err := local.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Add(pack); err != nil {
			t.Fatal(err)
		}
	}
	return Over(facts.NewProgram(store, nil), names)
}

func sym(name string) cparse.Symbol { return cparse.Symbol{Name: name} }

func in(s *Set) string {
	var out []string
	for _, f := range s.Functions {
		out = append(out, f.Sym.String())
	}
	for _, u := range s.Unknown {
		out = append(out, "? in "+u.In)
	}
	return strings.Join(out, " ")
}

func TestSets(t *testing.T) {
	none := func(string, string) string { return "" }
	names := Names{Member: none, Param: func(string, int, string) string { return "" }}
	units := map[cparse.Symbol][]Put{
		sym("ops"):      {{Member: "o.a", Func: sym("f")}, {Member: "o.b", Func: cparse.Symbol{File: "x.c", Name: "g"}}},
		sym("twice"):    {{Member: "o.a", Func: sym("f")}},
		sym("copy"):     {{Member: "p.a", From: "o.a"}, {Member: "o.a", From: "p.a"}, {Member: "p.a"}},
		sym("set"):      {{Member: "q.h", Arg: 2}},
		sym("forward"):  {{Callee: sym("set"), Param: 2, Arg: 1}},
		sym("user"):     {{Callee: sym("forward"), Param: 1, Func: sym("handed")}, {Callee: sym("forward"), Param: 2, Func: sym("elsewhere")}},
		sym("again"):    {{Callee: sym("again"), Param: 1, Arg: 1}, {Member: "q.h", Arg: 1}},
		sym("nobody"):   {{Member: "q.n", Arg: 1}},
		sym("__K__one"): {{Member: "key.func", Func: sym("first")}},
		sym("update"):   {{Callee: sym("change"), Param: 3, Object: "__K__one", Func: sym("second")}},
	}
	for _, tt := range []struct{ set, want string }{
		{"o.a", "f ? in copy"},
		{"o.b", "x.c:g"},
		{"p.a", "f ? in copy"},
		{"q.h", "handed"},
		{"q.n", ""},
		{"key.func", "first"},
		{"none", ""},
	} {
		if got := in(over(t, names, units).Of(tt.set)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.set, got, tt.want)
		}
	}
	s := over(t, names, units)
	if places := s.Of("o.a").Functions[0].Places; len(places) != 2 || places[0].In != "ops" || places[1].In != "twice" {
		t.Errorf("places: %+v", places)
	}
	if all := s.All(); !slices.Equal(all, []string{"key.func", "o.a", "o.b", "p.a", "q.h", "q.n"}) {
		t.Errorf("all: %q", all)
	}
	named := over(t, Names{
		Member: func(object, member string) string {
			if member == "key.func" {
				return strings.TrimPrefix(object, "__K__")
			}
			return ""
		},
		Param: func(callee string, param int, object string) string {
			if callee == "change" && param == 3 {
				return strings.TrimPrefix(object, "__K__")
			}
			return ""
		},
	}, units)
	if got := in(named.Of("one")); got != "first second" {
		t.Errorf("a set with a name of its own: %q", got)
	}
}

// TestInBody checks what a body puts, through variables and casts.
func TestInBody(t *testing.T) {
	code := cfg.Type{Kind: cfg.Pointer, Size: 8, Name: "int (*)(int)"}
	data := cfg.Type{Kind: cfg.Pointer, Size: 8, Name: "void *"}
	fn := func(name string) *cfg.Expr { return &cfg.Expr{Op: cfg.OpAddrFunc, Type: code, Name: name} }
	v := func(n int, t cfg.Type) *cfg.Expr { return &cfg.Expr{Op: cfg.OpVar, Type: t, Var: n} }
	at := func(member string) *cfg.Expr {
		return &cfg.Expr{Op: cfg.OpOffset, Type: data, X: v(0, data), Name: member}
	}
	store := func(member string, t cfg.Type, x *cfg.Expr) cfg.Instr {
		return &cfg.Set{Dst: cfg.Place{Addr: at(member), Type: t}, Src: x}
	}
	f := &cfg.Func{
		Name: "f", Params: 2,
		Vars: []cfg.Var{{Type: data}, {Type: code}, {Type: code}, {Type: code}},
		Blocks: []cfg.Block{{Instrs: []cfg.Instr{
			&cfg.Set{Dst: cfg.Place{Var: 2, Type: code}, Src: fn("one")},
			&cfg.Set{Dst: cfg.Place{Var: 2, Type: code}, Src: fn("two")},
			store("o.choice", code, v(2, code)),
			store("o.param", code, v(1, code)),
			store("o.data", data, v(0, data)),
			store("o.hidden", data, &cfg.Expr{Op: cfg.OpCast, Type: data, X: fn("three")}),
			store("o.copy", code, &cfg.Expr{Op: cfg.OpLoad, Type: code, X: at("p.from"), Name: "p.from"}),
			store("o.same", code, &cfg.Expr{Op: cfg.OpLoad, Type: code, X: at("o.same"), Name: "o.same"}),
			store("o.null", code, &cfg.Expr{Op: cfg.OpConst, Type: code}),
			&cfg.Call{Callee: "pick", Dst: &cfg.Place{Var: 3, Type: code}, Args: []*cfg.Expr{v(0, data), fn("four"), v(1, code)}},
			store("o.result", code, v(3, code)),
		}}},
	}
	var got []string
	for _, p := range inBody(f) {
		to, what := p.Member, p.Func.Name+p.From
		if to == "" {
			to = paramNode(p.Callee, p.Param)
		}
		if p.Arg > 0 {
			what = "param"
		}
		got = append(got, to+"="+what)
	}
	want := "o.choice=one,o.choice=two,o.param=param,o.hidden=three,o.copy=p.from,2 pick=four,3 pick=param,o.result="
	if s := strings.Join(got, ","); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}
