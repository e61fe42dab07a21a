// SPDX-License-Identifier: GPL-2.0-only

package flow_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// memoryTypes is what the programs of TestSoundMemory share.
const memoryTypes = `
struct pair { int n; short h; long w; };
struct ops { int (*go)(struct pair *, int *, int); struct pair *p; };
struct pair *kept;
int hits;
void panic(const char *);
`

// memoryGenerator writes functions that hand structs and results through memory.
type memoryGenerator struct {
	generator
	helpers []string
	local   bool // within a function that has the struct itself
}

func (g *memoryGenerator) field() string {
	p := "p->"
	if g.local {
		p = g.pick("l.", "l.", "k.")
	}
	return p + g.pick("n", "n", "h", "w")
}

func (g *memoryGenerator) place() string {
	if g.local {
		return g.pick("o", "x", g.field())
	}
	return g.pick("*out", "x", g.field())
}

func (g *memoryGenerator) val() string {
	switch g.IntN(4) {
	case 0:
		return g.pick("-22", "-9", "-12", "0", "1", "5", "-1")
	case 1:
		return g.pick("a", "x", "a & 3", "a | 1")
	}
	return g.place()
}

func (g *memoryGenerator) test() string {
	return fmt.Sprintf("%s %s", g.place(), g.pick("& 1", "== 2", "< 0", "> 3", "!= 0", "& ~7", "== -22"))
}

func (g *memoryGenerator) call() string {
	if len(g.helpers) == 0 {
		return "0"
	}
	args := g.pick("p, out", "p, out", "p, &x", "p, &p->n")
	if g.local {
		args = g.pick("&l, &o", "&l, &o", "&k, &x", "&l, &l.n", "&k, &l.n")
	}
	return fmt.Sprintf("%s(%s, %s)", g.pick(g.helpers...), args, g.val())
}

func (g *memoryGenerator) line(d int) {
	p := func(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }
	switch g.IntN(14) {
	case 0, 1, 2:
		p("%s = %s;", g.place(), g.val())
	case 3, 4:
		p("if (%s) return %s;", g.test(), g.val())
	case 5, 6:
		p("err = %s;", g.call())
	case 7:
		p("err = %s; if (err) return err;", g.call())
	case 8:
		p("%s;", g.call())
	case 9:
		if d > 0 {
			p("if (%s) {", g.test())
			g.line(d - 1)
			p("} else {")
			g.line(d - 1)
			p("}")
		}
	case 10:
		if d > 0 {
			p("for (i = 0; i < 3; i++) {")
			g.line(d - 1)
			g.line(d - 1)
			p("if (%s) break;", g.test())
			p("}")
		}
	case 11:
		p("%s", g.pick("if (kept) kept->n = a;", "if (kept) { if (kept->n == 2) return -5; }", "hits++;", "if (hits > 1) return -7;"))
	case 12:
		switch {
		case g.IntN(4) == 0:
			p("if (%s) panic(0);", g.test())
		case g.local:
			p("%s", g.pick("k = l;", "l = k;", "kept = &k;", "kept = &l;", "k = (struct pair){ .h = 3 };", "l.w = l.h;"))
		default:
			p("%s", g.pick("kept = p;", "{ struct pair c = *p; c.n = 3; if (c.w) return c.n; }", "*p = (struct pair){ .n = a };", "q = p; q->h = 1;", "x = q == p;"))
		}
	case 13:
		if len(g.helpers) > 0 {
			arg := "p, out"
			if g.local {
				arg = "&l, &o"
			}
			p("{ struct ops s = { .go = %s }; err = s.go(%s, a); }", g.pick(g.helpers...), arg)
		}
	}
}

func (g *memoryGenerator) helper(name string) {
	g.local = false
	fmt.Fprintf(&g.b, "%sint %s(struct pair *p, int *out, int a)\n{\nint x = 0, err = 0, i = 0; struct pair *q = p;\n", g.pick("", "static "), name)
	for range 3 + g.IntN(4) {
		g.line(2)
	}
	fmt.Fprintf(&g.b, "return %s;\n}\n", g.pick("err", "0", "x", "*out", "err ? err : p->n"))
	g.helpers = append(g.helpers, name)
}

func (g *memoryGenerator) top() {
	g.local = true
	fmt.Fprintf(&g.b, "int f(int a, int b)\n{\nint x = 0, err = 0, i = 0, o = %s; struct pair l = { .n = b }, k = %s;\n",
		g.pick("0", "-1", "b"), g.pick("{ .w = 1 }", "{ 0 }", "{ .h = -2, .n = a }"))
	for range 4 + g.IntN(6) {
		g.line(2)
	}
	fmt.Fprintf(&g.b, "return %s;\n}\n", g.pick("err ? err : o", "o", "err", "l.n", "k.h"))
}

// foundSeeds are programs beyond those of each run that once found a fault.
var foundSeeds = []uint64{7326}

// TestSoundMemory is TestSound for what travels through memory. The variable
// KAPILINT_PROGRAMS says how many programs to run.
func TestSoundMemory(t *testing.T) {
	rounds := 600
	if testing.Short() {
		rounds = 60
	}
	if n, err := strconv.Atoi(os.Getenv("KAPILINT_PROGRAMS")); err == nil {
		rounds = n
	}
	interesting := []uint64{0, 1, 2, 3, 4, 5, 7, 8, 100, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0xffffffea}
	seeds := slices.Clone(foundSeeds)
	for seed := range uint64(rounds) {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		g := &memoryGenerator{generator: generator{Rand: rand.New(rand.NewPCG(seed, 19))}}
		g.b.WriteString(memoryTypes)
		g.helper("h1")
		g.helper("h2")
		g.helper("h3")
		g.top()
		src := g.b.String()
		e, funcs := load(t, src)
		s := e.Summary("f", "")
		for range 60 {
			args := []uint64{interesting[g.IntN(len(interesting))], interesting[g.IntN(len(interesting))]}
			m := &machine{funcs: funcs}
			v, ok := run(m, funcs["f"], args)
			if ok && !covered(s, args, v) {
				t.Fatalf("seed %d: f(%d, %d) returns %d, which no outcome allows\n%s\n%s",
					seed, int32(args[0]), int32(args[1]), int32(v), show(s), src)
			}
		}
	}
}
