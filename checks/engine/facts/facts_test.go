// SPDX-License-Identifier: GPL-2.0-only

package facts

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"

	"kapilint/cparse"
	"kapilint/cparse/cfg"
)

// text is the simplest fact.
type text struct{ S string }

func (*text) AFact() {}

// fn holds a function as later phases need it.
type fn struct{ *cfg.Func }

func (*fn) AFact() {}
func (*fn) Variants() []any {
	return []any{(*cfg.Set)(nil), (*cfg.Call)(nil), (*cfg.Asm)(nil)}
}

// zoo has a field of every kind a fact may have.
type zoo struct {
	B   bool
	I   int
	I8  int8
	U   uint64
	F   float64
	S   string
	P   *zoo
	L   []string
	E   []int
	Raw []byte
	A   [2]int16
	M   map[string]int
	K   map[cparse.Symbol][]cfg.Site
	O   own
}

func (*zoo) AFact() {}

// own encodes itself.
type own struct{ hidden string }

func (o *own) GobEncode() ([]byte, error) { return []byte(o.hidden), nil }
func (o *own) GobDecode(b []byte) error   { o.hidden = string(b); return nil }

func only(mine types.Object) func(types.Object) bool {
	return func(o types.Object) bool { return o == mine }
}

// self is a fact that encodes itself.
type self struct{ own }

func (*self) AFact() {}

func registry(t testing.TB, fs ...analysis.Fact) *Registry {
	t.Helper()
	r, err := NewRegistry(fs...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sampleBody() *fn {
	i32 := cfg.Type{Kind: cfg.Int, Signed: true, Size: 4, Name: "int"}
	at := cfg.Site{File: "fs/a.c", Line: 3, Col: 9}
	return &fn{&cfg.Func{
		Name: "f", File: "fs/a.c", Params: 1, Result: i32, At: at,
		Vars: []cfg.Var{{Name: "x", Type: i32, At: at}, {Type: i32}},
		Blocks: []cfg.Block{{
			Instrs: []cfg.Instr{
				&cfg.Call{Dst: &cfg.Place{Var: 1, Type: i32}, Callee: "g", Args: []*cfg.Expr{{Op: cfg.OpVar, Type: i32, At: at}}, At: at},
				&cfg.Set{Dst: cfg.Place{Var: 0, Type: i32}, Src: &cfg.Expr{Op: cfg.OpNeg, Type: i32, X: &cfg.Expr{Op: cfg.OpConst, Val: 22, Name: "EINVAL"}}},
				&cfg.Asm{Outs: []cfg.Place{{Var: 1}}},
			},
			Term: cfg.Term{Kind: cfg.Return, Cond: &cfg.Expr{Op: cfg.OpVar, Var: 1}, Cases: []cfg.Case{{Lo: math.MinInt64, Hi: math.MaxInt64}}},
		}},
	}}
}

func sampleZoo() *zoo {
	return &zoo{
		B: true, I: -7, I8: -128, U: math.MaxUint64, F: -0.5, S: "sß", P: &zoo{S: "inner"},
		L: []string{"a", "", "a"}, E: []int{}, Raw: []byte{0, 255}, A: [2]int16{1, -1},
		M: map[string]int{"x": 1, "y": 2, "a": 3, "": 4},
		K: map[cparse.Symbol][]cfg.Site{{Name: "f"}: nil, {File: "a.h", Name: "f"}: {{File: "a.h", Line: 1}}},
		O: own{"secret"},
	}
}

func TestCodecRoundTrip(t *testing.T) {
	reg := registry(t, new(fn), new(zoo), new(text))
	for _, f := range []analysis.Fact{sampleBody(), sampleZoo(), new(zoo), new(fn), &text{"x"}} {
		i, _ := reg.index(f)
		e := encoder{strings: newTable()}
		if err := reg.encode(&e, i, f); err != nil {
			t.Fatal(err)
		}
		first, sum := bytes.Clone(e.buf), e.sum
		got := reflect.New(reflect.TypeOf(f).Elem()).Interface().(analysis.Fact)
		if err := reg.decode(i, e.strings.all, first, got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("got %+v\nwant %+v", got, f)
		}
		other := encoder{strings: newTable()}
		other.strings.add("shifts all numbers")
		for range 10 {
			if err := reg.encode(&other, i, got); err != nil {
				t.Fatal(err)
			}
			if other.sum != sum {
				t.Fatalf("the sum of %T depends on the table or on map order", f)
			}
		}
	}
}

type (
	hasPos    struct{ P token.Pos }
	hasObject struct{ O *types.Func }
	hasHidden struct{ s string }
	hasFunc   struct{ F func() }
	hasIface  struct{ I cfg.Instr }
	hasKeys   struct{ M map[float64]int }
	hasEmpty  struct{ E []struct{} }
	notPtr    struct{}
	cyclic    struct{ Next *cyclic }
)

func (*hasPos) AFact()    {}
func (*hasObject) AFact() {}
func (*hasHidden) AFact() {}
func (*hasFunc) AFact()   {}
func (*hasIface) AFact()  {}
func (*hasKeys) AFact()   {}
func (*hasEmpty) AFact()  {}
func (notPtr) AFact()     {}
func (*cyclic) AFact()    {}

func TestRegistryRefuses(t *testing.T) {
	for _, tt := range []struct {
		fact analysis.Fact
		want string
	}{
		{new(hasPos), "means nothing outside its unit"},
		{new(hasObject), "means nothing outside its unit"},
		{&hasHidden{s: ""}, "unexported field s"},
		{new(hasFunc), "cannot hold"},
		{new(hasIface), "see Variants"},
		{new(hasKeys), "no order"},
		{new(hasEmpty), "elements are empty"},
		{notPtr{}, "not a pointer"},
	} {
		if _, err := NewRegistry(tt.fact); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%T: error is %v, want %q", tt.fact, err, tt.want)
		}
	}
}

func TestRegistryVersion(t *testing.T) {
	a := registry(t, new(text), new(zoo))
	b := registry(t, new(zoo), new(text), new(text))
	c := registry(t, new(text))
	if a.Version() != b.Version() || a.Version() == c.Version() {
		t.Error("the version does not follow the set of types")
	}
}

func TestEncodeRefusesCycles(t *testing.T) {
	w := cparse.NewWorld()
	f := new(cyclic)
	f.Next = f
	o := w.Object(cparse.Symbol{Name: "f"})
	l := NewLocal(registry(t, f), w, "a.c", only(o))
	if err := l.Export(o, f); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Pack(); err == nil || !strings.Contains(err.Error(), "cyclic") {
		t.Errorf("error is %v", err)
	}
}

func TestOwnership(t *testing.T) {
	w := cparse.NewWorld()
	mine, other := w.Object(cparse.Symbol{Name: "mine"}), w.Object(cparse.Symbol{Name: "other"})
	l := NewLocal(registry(t, new(text)), w, "a.c", only(mine))
	if err := l.Export(mine, &text{"x"}); err != nil {
		t.Error(err)
	}
	if err := l.Export(other, &text{"x"}); err == nil || !strings.Contains(err.Error(), "about other, which it does not define") {
		t.Errorf("error is %v", err)
	}
	if err := l.Export(mine, new(zoo)); err == nil || !strings.Contains(err.Error(), "not registered") {
		t.Errorf("error is %v", err)
	}
	var got text
	if !l.Get(mine, &got) || got.S != "x" || l.Get(other, &got) {
		t.Errorf("the unit's own fact reads %q", got.S)
	}
}

// pack makes the facts of a unit from "symbol=text" words.
func pack(t testing.TB, reg *Registry, w *cparse.World, unit string, words ...string) *Pack {
	t.Helper()
	l := NewLocal(reg, w, unit, func(types.Object) bool { return true })
	for _, word := range words {
		name, s, _ := strings.Cut(word, "=")
		sym := cparse.Symbol{Name: name}
		if file, n, ok := strings.Cut(name, ":"); ok {
			sym = cparse.Symbol{File: file, Name: n}
		}
		o := w.Object(sym)
		if err := l.Export(o, &text{s}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := l.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func dump(s *Store) string {
	var b strings.Builder
	for _, f := range s.All([]analysis.Fact{new(text)}) {
		fmt.Fprintf(&b, "%s=%s ", s.World().Symbol(f.Object), f.Fact.(*text).S)
	}
	for _, c := range s.Conflicts() {
		fmt.Fprintf(&b, "| %s %s %s", c.Symbol, c.Fact, strings.Join(c.Units, " "))
	}
	return b.String()
}

// Whatever the order of units, the same facts win and the same conflicts are
// named; the definition that the index prefers wins over the others, and a file
// over the one that includes it.
func TestOrderOfArrival(t *testing.T) {
	reg := registry(t, new(text))
	prefer := func(s cparse.Symbol) []string {
		if s.Name == "weak" {
			return []string{"z.c", "b.c"}
		}
		return nil
	}
	want := "ext=same weak=strong b.c:own=B i.h:f=one j.h:g=A " +
		"| weak facts.text z.c b.c| b.c:own facts.text b.c a.c| j.h:g facts.text a.c b.c"
	for seed := range uint64(40) {
		w := cparse.NewWorld()
		s := NewStore(reg, w, prefer)
		packs := []*Pack{
			pack(t, reg, w, "a.c", "i.h:f=one", "j.h:g=A", "weak=strong", "ext=same", "b.c:own=A"),
			pack(t, reg, w, "b.c", "i.h:f=one", "j.h:g=B", "weak=weak", "ext=same", "b.c:own=B"),
			pack(t, reg, w, "z.c", "i.h:f=one", "j.h:g=A", "weak=strong"),
		}
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(packs), func(i, j int) { packs[i], packs[j] = packs[j], packs[i] })
		for _, p := range packs {
			if err := s.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		if got := dump(s); got != want {
			t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

func TestSealKeepsWhatMayHaveBeenRead(t *testing.T) {
	reg, w := registry(t, new(text)), cparse.NewWorld()
	s := NewStore(reg, w, func(cparse.Symbol) []string { return []string{"z.c"} })
	s.Add(pack(t, reg, w, "m.c", "i.h:f=m", "weak=weak"))
	s.Seal()
	s.Add(pack(t, reg, w, "a.c", "i.h:f=a", "weak=other", "new=x"))
	s.Add(pack(t, reg, w, "z.c", "weak=strong"))
	want := "new=x weak=strong i.h:f=m | weak facts.text z.c a.c m.c| i.h:f facts.text m.c a.c"
	if got := dump(s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLinkedLayer(t *testing.T) {
	reg, w := registry(t, new(text)), cparse.NewWorld()
	s := NewStore(reg, w, nil)
	p := NewProgram(s, nil)
	s.Add(pack(t, reg, w, "a.c", "f=own"))
	f, g := w.Object(cparse.Symbol{Name: "f"}), w.Object(cparse.Symbol{Name: "g"})
	p.Set(f, &text{"linked"})
	p.Set(g, &zoo{S: "derived types need no registration"})
	var got text
	if !p.Get(f, &got) || got.S != "linked" {
		t.Errorf("got %q", got.S)
	}
	var z zoo
	if !p.Get(g, &z) || z.S == "" {
		t.Error("a derived fact is lost")
	}
	if o := p.Objects(new(zoo)); len(o) != 1 || p.Symbol(o[0]).Name != "g" {
		t.Errorf("objects with a zoo: %v", o)
	}
}

func TestLookup(t *testing.T) {
	reg, w := registry(t, new(text)), cparse.NewWorld()
	s := NewStore(reg, w, nil)
	s.Add(pack(t, reg, w, "a.c", "loaded=a", "broken=weak"))
	broken := errors.New("c.c: no such file")
	p := NewProgram(s, func(sym cparse.Symbol) error {
		switch sym.Name {
		case "later":
			return s.Add(pack(t, reg, w, "b.c", "later=b"))
		case "broken":
			return broken
		case "empty":
			return nil
		}
		return ErrNoDefinition
	})
	for _, tt := range []struct {
		name, want string
		err        error
	}{
		{"loaded", "a", nil}, {"later", "b", nil},
		{"broken", "", broken}, {"empty", "", ErrNoFact}, {"none", "", ErrNoDefinition},
	} {
		var got text
		err := p.Lookup(cparse.Symbol{Name: tt.name}, &got)
		if !errors.Is(err, tt.err) || got.S != tt.want {
			t.Errorf("%s: got %q, %v; want %q, %v", tt.name, got.S, err, tt.want, tt.err)
		}
	}
}

// samplePack has a fact of every sample type about the function f.
func samplePack(t testing.TB, reg *Registry, w *cparse.World) *Pack {
	t.Helper()
	o := w.Object(cparse.Symbol{Name: "f"})
	l := NewLocal(reg, w, "a.c", only(o))
	for _, f := range []analysis.Fact{sampleBody(), sampleZoo(), &text{"x"}, &self{own{"y"}}} {
		if err := l.Export(o, f); err != nil {
			t.Fatal(err)
		}
	}
	p, err := l.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPackBytes(t *testing.T) {
	reg := registry(t, new(text), new(fn), new(zoo), new(self))
	index, content := samplePack(t, reg, cparse.NewWorld()).Encode()
	index2, content2 := samplePack(t, reg, cparse.NewWorld()).Encode()
	if !bytes.Equal(index, index2) || !bytes.Equal(content, content2) {
		t.Error("equal facts make different bytes")
	}
	w := cparse.NewWorld()
	s := NewStore(reg, w, nil)
	reads := 0
	p, err := DecodePack(reg, index, func() ([]byte, error) {
		reads++
		return content, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(p); err != nil {
		t.Fatal(err)
	}
	f := w.Object(cparse.Symbol{Name: "f"})
	if reads != 0 || len(s.Objects(new(fn))) != 1 || !s.Has(f) {
		t.Errorf("the index alone does not do: %d reads", reads)
	}
	var got fn
	var z zoo
	if !s.Get(f, &got) || !reflect.DeepEqual(&got, sampleBody()) || !s.Get(f, &z) || !reflect.DeepEqual(&z, sampleZoo()) {
		t.Errorf("got %+v, %+v", got.Func, z)
	}
	var me self
	if !s.Get(f, &me) || me.hidden != "y" {
		t.Errorf("got %+v", me)
	}
	if reads != 1 {
		t.Errorf("the body was read %d times", reads)
	}
	if _, err := DecodePack(registry(t, new(text)), index, nil); err == nil || !strings.Contains(err.Error(), "unknown fact type") {
		t.Errorf("facts of another tool are taken: %v", err)
	}
	fresh := NewStore(reg, w, nil)
	if err := fresh.Add(samplePack(t, reg, w)); err != nil || !fresh.Get(f, &me) || me.hidden != "y" {
		t.Errorf("%v, got %+v", err, me)
	}
	for n := range len(index) {
		if p, err := DecodePack(reg, index[:n], nil); err == nil {
			t.Fatalf("an index cut to %d bytes is taken: %+v", n, p)
		}
	}
	for n := range len(content) {
		p, err := DecodePack(reg, index, func() ([]byte, error) { return content[:n], nil })
		if err != nil {
			t.Fatal(err)
		}
		s := NewStore(reg, cparse.NewWorld(), nil)
		s.Add(p)
		if s.Get(s.World().Object(cparse.Symbol{Name: "f"}), new(fn)) {
			t.Fatalf("a body cut to %d bytes is taken", n)
		}
	}
}

// A pack whose body is still to be read competes like any other.
func TestLazyPacksCompete(t *testing.T) {
	reg := registry(t, new(text))
	for seed := range uint64(12) {
		w := cparse.NewWorld()
		s := NewStore(reg, w, nil)
		packs := []*Pack{
			pack(t, reg, w, "a.c", "i.h:f=A"), pack(t, reg, w, "b.c", "i.h:f=B"), pack(t, reg, w, "c.c", "i.h:f=A"),
		}
		rnd := rand.New(rand.NewPCG(seed, 3))
		rnd.Shuffle(len(packs), func(i, j int) { packs[i], packs[j] = packs[j], packs[i] })
		for _, p := range packs {
			if rnd.IntN(2) == 0 {
				index, content := p.Encode()
				var err error
				if p, err = DecodePack(reg, index, func() ([]byte, error) { return content, nil }); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := dump(s), "i.h:f=A | i.h:f facts.text a.c b.c"; got != want {
			t.Fatalf("seed %d: got %s, want %s", seed, got, want)
		}
	}
}

func FuzzDecodePack(f *testing.F) {
	reg := registry(f, new(text), new(fn), new(zoo), new(self))
	index, content := samplePack(f, reg, cparse.NewWorld()).Encode()
	f.Add(index, content)
	f.Fuzz(func(t *testing.T, index, content []byte) {
		p, err := DecodePack(reg, index, func() ([]byte, error) { return content, nil })
		if err != nil {
			return
		}
		s := NewStore(reg, cparse.NewWorld(), nil)
		if s.Add(p) != nil {
			return
		}
		s.All([]analysis.Fact{new(text), new(fn), new(zoo)})
	})
}

func TestConcurrentUse(t *testing.T) {
	reg, w := registry(t, new(text)), cparse.NewWorld()
	s := NewStore(reg, w, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				unit := fmt.Sprintf("%d-%d.c", i, j)
				if err := s.Add(pack(t, reg, w, unit, "i.h:f="+unit, unit+"="+unit)); err != nil {
					t.Error(err)
				}
				var got text
				if !s.Get(w.Object(cparse.Symbol{Name: unit}), &got) || got.S != unit {
					t.Errorf("%s: got %q", unit, got.S)
				}
			}
		})
	}
	wg.Wait()
	var got text
	if s.Get(w.Object(cparse.Symbol{File: "i.h", Name: "f"}), &got); got.S != "0-0.c" {
		t.Errorf("got %q", got.S)
	}
}

func BenchmarkPackBody(b *testing.B) {
	reg, w := registry(b, new(fn)), cparse.NewWorld()
	o := w.Object(cparse.Symbol{Name: "f"})
	l := NewLocal(reg, w, "a.c", only(o))
	l.Export(o, sampleBody())
	b.ReportAllocs()
	for b.Loop() {
		l.Pack()
	}
}
