// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// program writes macro definitions and uses at random: small alphabets, so
// that names meet their own macros, arguments and operators often.
type program struct {
	r *rand.Rand
	b strings.Builder
}

var programNames = []string{"A", "B", "C", "F", "G", "H", "V", "W", "x", "y", "z"}

func (g *program) pick(s ...string) string { return s[g.r.IntN(len(s))] }

func (g *program) space() string { return g.pick("", "", " ", " ", "  ", "/**/") }

func (g *program) list(n int, word func() string) string {
	var b strings.Builder
	for range g.r.IntN(n + 1) {
		b.WriteString(g.space())
		b.WriteString(word())
	}
	return b.String() + g.space()
}

// use is a piece of text with macro calls.
func (g *program) use(depth int) string {
	switch n := g.r.IntN(12); {
	case n < 3:
		return " " + g.pick(programNames...)
	case n < 5:
		return g.pick("1", "2e", "+", "-", "'c'", `"s\n"`, ".", "<", ":", "#", "__LINE__", "__COUNTER__", ";")
	case n < 6:
		return g.pick(" ", "\n", "/* c */", "(", ")", ",", "\n\n", "( )")
	case n < 11 && depth > 0:
		name := g.pick("F", "G", "H", "V", "W", "A", "x")
		args := make([]string, 1+g.r.IntN(3))
		for i := range args {
			args[i] = g.list(2, func() string { return g.use(depth - 1) })
		}
		return " " + name + g.pick("", "", " ", "\n") + "(" + strings.Join(args, ",") + ")"
	}
	return g.pick("a", "bc", "F", "G ")
}

func (g *program) body(params []string, variadic bool) string {
	words := append([]string{"##", "##", "1", "+", "(", ")", ",", "q"}, programNames...)
	words = append(words, params...)
	words = append(words, params...)
	var out []string
	for range g.r.IntN(8) {
		w := g.pick(words...)
		switch {
		case w == "##" && (len(out) == 0 || out[len(out)-1] == "##"):
			continue
		case len(params) > 0 && g.r.IntN(6) == 0:
			w = "#" + g.space() + g.pick(params...)
		case variadic && g.r.IntN(6) == 0:
			w = g.pick("", "#") + "__VA_OPT__(" + g.pick("", "q", params[0], ", "+params[len(params)-1], params[0]+"##"+params[0]) + ")"
		case variadic && g.r.IntN(6) == 0:
			w = ", ##" + params[len(params)-1]
		}
		out = append(out, w)
	}
	for len(out) > 0 && out[len(out)-1] == "##" {
		out = out[:len(out)-1]
	}
	var b strings.Builder
	for _, w := range out {
		if !strings.HasPrefix(w, "#") || g.r.IntN(2) == 0 {
			b.WriteString(g.pick(" ", " ", "  ", "/**/"))
		}
		b.WriteString(w)
	}
	return b.String()
}

func (g *program) define() {
	name := g.pick(programNames[:8]...)
	fmt.Fprintf(&g.b, "#undef %s\n", name)
	switch name {
	case "A", "B", "C":
		fmt.Fprintf(&g.b, "#define %s %s\n", name, g.body(nil, false))
	case "F":
		fmt.Fprintf(&g.b, "#define F(x) %s\n", g.body([]string{"x"}, false))
	case "G":
		fmt.Fprintf(&g.b, "#define G(x,y) %s\n", g.body([]string{"x", "y"}, false))
	case "H":
		fmt.Fprintf(&g.b, "#define H() %s\n", g.body(nil, false))
	case "V":
		fmt.Fprintf(&g.b, "#define V(x,...) %s\n", g.body([]string{"x", "__VA_ARGS__"}, true))
	case "W":
		fmt.Fprintf(&g.b, "#define W(z...) %s\n", g.body([]string{"z"}, true))
	}
}

// TestRandomEqualsGCC compares with gcc -E on programs made at random. The
// number of programs is KAPILINT_RANDOM, the first seed KAPILINT_SEED.
func TestRandomEqualsGCC(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc")
	}
	number := func(name string, n int) int {
		if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return v
		}
		return n
	}
	dir := t.TempDir()
	seed := number("KAPILINT_SEED", 1)
	for i := range number("KAPILINT_RANDOM", 20) {
		g := program{r: rand.New(rand.NewPCG(uint64(seed+i), 0))}
		for range 40 {
			for range 3 {
				g.define()
			}
			for range 3 {
				fmt.Fprintf(&g.b, "%s ;\n", g.list(4, func() string { return g.use(3) }))
			}
			// Closes what was left open, so that one case cannot swallow the next.
			fmt.Fprintf(&g.b, "\n))))))))))))\n")
		}
		name := fmt.Sprintf("r%d.c", seed+i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(g.b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		want, stderr, _ := gccTokens(dir, "-nostdinc", "-std=gnu11", "-undef", name)
		r, err := Process(NewFiles(dir), &Config{}, name)
		if err != nil {
			t.Fatal(err)
		}
		got := texts(r.Tokens)
		d := firstDiff(got, want)
		if strings.Contains(stderr, "passed ") || strings.Contains(stderr, "requires ") {
			// gcc -E puts no space behind the name of a macro whose arguments
			// it threw away, so the tokens cannot be told apart there.
			if strings.Join(got, "") == strings.Join(want, "") {
				d = ""
			}
		}
		if d != "" {
			t.Errorf("seed %d: %s", seed+i, d)
			if dump := os.Getenv("KAPILINT_DUMP"); dump != "" {
				os.WriteFile(filepath.Join(dump, name), []byte(g.b.String()), 0o666)
			}
		}
		if bad := strings.Contains(stderr, "error: "); bad != (len(r.Errors) > 0) {
			t.Errorf("seed %d: gcc finds errors: %v, we have %d", seed+i, bad, len(r.Errors))
		}
	}
}
