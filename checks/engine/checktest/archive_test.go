// SPDX-License-Identifier: GPL-2.0-only

package checktest

import (
	"fmt"
	"strings"
	"testing"
)

const sample = `A case.
check: a.c
notes: all
problem: "left \\w+ out"
-- a.c --
int f(void) // want "one" ` + "`two\"`" + ` f:"fact" note "step"
{ /* want+1 "next" */ int x;
	return 0; // note "lone" want-2 "previous"
}
char *s = "// no comment of ours";
-- b.c --
int g(void);
-- out.spec.json --
{}
-- a.c.fixed --
int f(void);
`

func TestParse(t *testing.T) {
	a, err := parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, e := range a.expects {
		fmt.Fprintln(&got, e)
	}
	want := `a.c:1: want "one"
a.c:1: want "two\""
a.c:1: f: "fact"
a.c:1: note "step"
a.c:3: want "next"
a.c:3: note "lone"
a.c:1: want "previous"
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
	if fmt.Sprint(a.check) != "[a.c]" || !a.allNotes || !a.headers || len(a.problems) != 1 || len(a.files) != 2 || len(a.specs) != 1 || len(a.fixed) != 1 {
		t.Errorf("got %+v", a)
	}
}

func TestMeet(t *testing.T) {
	a, err := parse([]byte("-- a.c --\nint f; // want \"x\" \"x\" note \"n\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		kind kind
		line int
		text string
		want bool
	}{
		{finding, 1, "axb", true}, {finding, 2, "x", false}, {finding, 1, "y", false},
		{finding, 1, "x", true}, {finding, 1, "x", false},
		{note, 1, "n", true}, {note, 1, "n", true},
	} {
		if got := a.meet(tt.kind, "a.c", tt.line, "", tt.text); got != tt.want {
			t.Errorf("%d: got %v", i, got)
		}
	}
	if u := a.unmet(); len(u) != 0 {
		t.Errorf("unmet: %v", u)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"two files", "-- a.c --\n-- a.c --\n", "there are two"},
		{"golden without file", "-- a.c.fixed --\n", "no file a.c"},
		{"check without file", "check: b.c\n-- a.c --\n", "no file b.c"},
		{"no string", "-- a.c --\n// want one\n", "a.c:1: cannot read"},
		{"bad expression", "-- a.c --\n\n// want \"(\"\n", "a.c:2: error parsing regexp"},
		{"bad problem", "problem: left\n", "problem: left"},
	} {
		if _, err := parse([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error is %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestGolden(t *testing.T) {
	a, err := parse([]byte("Head.\n-- a.c --\nx\n-- a.c.fixed --\nold\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "Head.\n-- a.c --\nx\n-- a.c.fixed --\nnew\n"
	if got := string(a.golden(map[string][]byte{"a.c": []byte("new\n")})); got != want {
		t.Errorf("got %q", got)
	}
}
