// SPDX-License-Identifier: GPL-2.0-only

package mk

import (
	"strings"
	"testing"
)

func host(files map[string]string) *Host {
	return &Host{
		File: func(name string) *File {
			text, ok := files[name]
			if !ok {
				return nil
			}
			return Parse(name, []byte(text))
		},
		Text: func(name string) string { return files[name] },
		Glob: func(pattern string) []string {
			if _, ok := files[pattern]; ok {
				return []string{pattern}
			}
			return nil
		},
	}
}

func eval(t *testing.T, text string) *Make {
	t.Helper()
	m := New(host(map[string]string{"inc.mk": "INC := yes\nWHERE := $(lastword $(MAKEFILE_LIST))\n", "file.txt": "a\nb\n"}), nil)
	m.Set("CURDIR", "/cur", Preset)
	m.Eval(Parse("test", []byte(text)))
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEval(t *testing.T) {
	tests := []struct{ name, text, expand, want string }{
		{"flavors", "A = $(B)\nC := $(B)\nB = 1\n", "$(A)|$(C)", "1|"},
		{"append", "A = x\nA += $(B)\nB := y\nC := x\nC += $(D)\nD := y\nE += z\n", "$(A)|$(C)|$(E)", "x y|x|z"},
		{"default", "A = 1\nA ?= 2\nB ?= 3\n", "$A$B", "13"},
		{"shell is empty", "A != echo x\nB := $(shell echo y)\n", "[$(A)$(B)]", "[]"},
		{"continuation and comment", "A = x \\\n\ty # no \\\nB = z\nC = \\# $(A)\nD = 1", "$(A)|$(B)|$(C)|$(D)", "x y||# x y|1"},
		{"escaped hash", `A = \# b`, "$(A)", "# b"},
		{"conditionals", "A := y\nifeq ($(A),y)\nB := 1\nelse\nB := 2\nendif\nifneq \"$(A)\" 'n'\nC := 1\nendif\nifdef A\nD = 1\nelse ifdef B\nD = 2\nelse\nD = 3\nendif\nifndef NONE\nE = 1\nendif # x\n", "$(B)$(C)$(D)$(E)", "1111"},
		{"nested conditionals", "ifdef NO\nifdef NO2\nA = 1\nelse\nA = 2\nendif\nelse\nA = 3\nendif\n", "$(A)", "3"},
		{"unbalanced", "endif\nelse\nA = 1\nifdef A\nB = 2\n", "$(A)$(B)", "12"},
		{"include", "include inc.mk none.mk\n-include none\n", "$(INC) $(WHERE)", "yes inc.mk"},
		{"define", "define A\nx $(1)\ny\nendef\nB = 1\n", "$(call A,2)|$(B)", "x 2\ny|1"},
		{"export", "export A := 1\nexport B\nB = 2\nexport export = 3\n", "$(A)$(B)$(export)", "123"},
		{"override", "override A = 1\nA = 2\n", "$(A)", "1"},
		{"preset", "CURDIR = /x\nCURDIR += y\nundefine CURDIR\n", "$(CURDIR)", "/cur"},
		{"computed names", "obj-$(CONFIG) += a\nCONFIG = y\nobj-$(CONFIG) += b\nN = y\n", "$(obj-)|$(obj-$(N))", "a|b"},
		{"substitution reference", "A = a.o b.o c.s\n", "$(A:.o=.c) $(A:%.o=x-%) $(A:$(S).o=.d)", "a.c b.c c.s x-a x-b c.s a.d b.d c.s"},
		{"braces and dollars", "A = 1\n", "${A}$A$$(A)", "11$(A)"},
		{"text functions", "", "$(subst a,b,aXa) $(patsubst %.c,%.o,x.c y.h) $(strip  a   b ) $(filter %.c d,a.c b d) $(filter-out a%,ab c) $(findstring b,abc)$(findstring z,abc) $(sort c a b a)", "bXb x.o y.h a b a.c d c b a b c"},
		{"word functions", "A = a b c\n", "$(word 2,$(A)) $(words $(A)) $(wordlist 2,9,$(A)) $(firstword $(A)) $(lastword $(A)) $(word 9,$(A)).", "b 3 b c a c ."},
		{"name functions", "", "$(dir a/b c) $(notdir a/b c) $(suffix a.c b) $(basename a/b.c) $(addprefix x,a b) $(addsuffix y,a b) $(join a b,1 2 3) $(abspath x ../y) $(wildcard file.txt none)", "a/ ./ b c .c a/b xa xb ay by a1 b2 3 /cur/x /y file.txt"},
		{"logic", "Y = y\n", "$(if $(Y),a,b)$(if $(N),a,b)$(if $(N),a) $(or $(N),$(Y),x) $(and $(Y),z)$(and $(N),z)", "ab y z"},
		{"foreach", "", "$(foreach x,a b,<$(x)>)[$(x)]", "<a> <b>[]"},
		{"let", "", "$(let a b,1 2 3,$(b)-$(a))", "2 3-1"},
		{"call", "f = $(1)$(2)$(g)\ng = [$(1)]\n", "$(call f,a,b) $(call f,c)", "ab[a] c[c]"},
		{"eval", "f = $(eval $(1) := $(2))\n$(call f,X,7)\n", "$(X)", "7"},
		{"file", "", "$(file <file.txt)", "a\nb"},
		{"origin and flavor", "A = 1\nB := 2\n", "$(origin A) $(origin CURDIR) $(origin N) $(flavor A) $(flavor B) $(flavor N) $(value A)", "file command line undefined recursive simple undefined 1"},
		{"intcmp", "", "$(intcmp 1,0,,,y)$(intcmp 1,2,lt,eq,gt)$(intcmp 2,2,lt,eq)$(intcmp 3,3)", "ylteq3"},
		{"commas in brackets", "f = $(1)\n", "$(call f,(a,b)) $(call f,$(subst x,y,ax))", "(a,b) ay"},
		{"tab without a rule", "ifdef NO\nelse\n\tA := 1\nendif\n", "$(A)", "1"},
		{"recipe is no assignment", "t:\n\tA := 1\n# c\n\n\tB := 2\nC := 3\n\tD := 4\n", "$(A)$(B)$(C)$(D)", "34"},
		{"self reference ends", "A = $(A)\nB = $(B)$(B)\n", "[$(A)]", "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := eval(t, tt.text).Expand(tt.expand); got != tt.want {
				t.Errorf("%s is %q, want %q", tt.expand, got, tt.want)
			}
		})
	}
}

func TestRules(t *testing.T) {
	m := eval(t, `
obj := d
objs := d/a.o d/b.o
$(obj)/x.so: $(obj)/x.lds $(objs) | order FORCE
	link $@
	again
all: ; inline
$(objs): $(obj)/%.o: $(obj)/%.c
a b &: c
$(objs): CFLAGS := -D$(obj)
$(obj)/%.so: private LD += -s
$(obj)/x.so: override E = $(obj)
`)
	var out []string
	for _, r := range m.Rules() {
		out = append(out, strings.Join(r.Targets, " ")+":"+r.Pattern+": "+strings.Join(r.Prereqs, " ")+"; "+strings.Join(r.Recipe, "; "))
	}
	want := `d/x.so:: d/x.lds d/a.o d/b.o order FORCE; link $@; again
all:: ;  inline
d/a.o d/b.o:d/%.o: d/%.c; 
a b:: c; `
	if got := strings.Join(out, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	m.Set("LD", "ld", InFile)
	tests := []struct{ target, want string }{
		{"d/a.o", "-Dd|ld|"},
		{"d/x.so", "|ld -s|d"},
		{"other", "|ld|"},
	}
	for _, tt := range tests {
		m.With(BindsOf(m.Binds(), tt.target), map[string]string{"@": tt.target}, func() {
			if got := m.Expand("$(CFLAGS)|$(LD)|$(E)"); got != tt.want || m.Expand("$@") != tt.target {
				t.Errorf("%s: %s, want %s", tt.target, got, tt.want)
			}
		})
	}
	if m.Expand("$(CFLAGS)$@") != "" {
		t.Error("target-specific values outlive their target")
	}
}

func TestOuter(t *testing.T) {
	base := New(nil, nil)
	base.Eval(Parse("base", []byte("A = $(B)\nB := 1\n")))
	env := New(nil, base)
	env.SetEnv("CFLAGS", "-O2")
	env.SetEnv("OTHER", "x")
	m := New(nil, env)
	m.SetFunc("cc-option", func(_ *Make, a []string) string { return a[0] })
	m.Eval(Parse("m", []byte("B := 2\nCFLAGS += $(call cc-option,-fa,-fb)\nOTHER ?= y\nexport NEW := 1\nMINE := 1\nOTHER := x\n")))
	if got := m.Expand("$(A)$(CFLAGS)"); got != "2-O2 -fa" {
		t.Errorf("inner: %s", got)
	}
	if got := env.Expand("$(A)$(CFLAGS)"); got != "1-O2" {
		t.Errorf("outer changed: %s", got)
	}
	got := m.Changed()
	if len(got) != 2 || got["CFLAGS"] != "-O2 -fa" || got["NEW"] != "1" {
		t.Errorf("changed: %v", got)
	}
}

func TestLimits(t *testing.T) {
	tests := []struct{ name, text, expand string }{
		{"doubling", "A = $(A)$(A)\n", "$(A)"},
		{"long words", "A := xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" + strings.Repeat("A := $(A)$(A)$(A)$(A)\n", 30), "$(A)"},
		{"growing append", "A := " + strings.Repeat("x", 1<<16) + "\n" + strings.Repeat("A += $(A)\n", 30), "$(A)"},
		{"many words", "A := a b c d e f g h\n" + strings.Repeat("A := $(foreach x,$(A),$(A))\n", 20), "$(words $(A))"},
		{"eval in eval", "f = $(eval $(call f))$(eval $(call f))\n$(call f)\n", "x$(f)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := New(nil, nil)
			m.Eval(Parse("test", []byte(tt.text)))
			m.Expand(tt.expand)
			if m.work > maxWork+2*maxLength || m.steps > maxSteps+maxLength {
				t.Errorf("%d steps, %d bytes", m.steps, m.work)
			}
		})
	}
}

func FuzzEval(f *testing.F) {
	f.Add([]byte("obj-$(CONFIG_A) += a.o \\\n b.o # c\nifeq ($(X),y)\nfoo-objs := x.o\nelse ifdef Y\nendif\n$(obj)/%.o: %.c FORCE\n\t$(call cmd)\n"))
	f.Add([]byte("define f\n$(foreach x,$(1),$(eval $x := $$(subst a,b,$(2))))\nendef\n$(call f,a b,c)\nt: private A += ${a:%.o=%.c}\ninclude self\n"))
	f.Add([]byte("A = $(let a b,$(sort $(A)),$(intcmp 1,2,$(word 1,$(wordlist 1,2,a b c))))\noverride export B ?= $(or ,$(and a,b))\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse("self", text)
		h := &Host{File: func(string) *File { return file }}
		m := New(h, nil)
		m.steps = maxSteps - 1<<14 // a small share of the work, so that a run is short
		m.work = maxWork - 1<<19
		m.Eval(file)
		for name := range m.vars {
			m.Value(name)
		}
		for _, r := range m.rules {
			for _, target := range r.Targets {
				m.With(BindsOf(m.Binds(), target), nil, func() { m.Expand("$(A)") })
			}
		}
		m.Changed()
	})
}
