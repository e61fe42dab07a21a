// SPDX-License-Identifier: GPL-2.0-only

package ctext

import (
	"strings"
	"testing"
)

func TestScanner(t *testing.T) {
	names := map[Kind]string{Ident: "i", Number: "n", String: "s", Char: "c", Punct: "p", Comment: "k", Directive: "d"}
	tests := []struct {
		name, src, want string
	}{
		{"words", "int a1 = 0x1f;", "i:int i:a1 p:= n:0x1f p:;"},
		{"strings", `"a\"b" 'c' '\'' "open`, `s:"a\"b" c:'c' c:'\'' s:"open`},
		{"string ends with its line", "\"a\nb\"", "s:\"a i:b s:\""},
		{"comments", "a/*b*/c//d\ne/*open", "i:a k:/*b*/ i:c k://d i:e k:/*open"},
		{"comment marks in a string", `"/*" x "*/"`, `s:"/*" i:x s:"*/"`},
		{"directive", "#define A \\\n  1 /* x\ny */ 2\nb # c", "d:#define A \\\n  1 /* x\ny */ 2 i:b p:# i:c"},
		{"directive after a comment", "/* a */ # if 1\nb", "k:/* a */ d:# if 1 i:b"},
		{"carriage returns", "a\r\n#b \\\r\nc\r\nd", "i:a d:#b \\\r\nc\r i:d"},
		{"foreign bytes", "\xffé @", "i:\xffé p:@"},
		{"backslash at the end", "a \\", "i:a p:\\"},
		{"slash at the end", "a /", "i:a p:/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Scanner{Src: []byte(tt.src)}
			var got []string
			for tok := s.Next(); tok.Kind != EOF; tok = s.Next() {
				got = append(got, names[tok.Kind]+":"+s.Text(tok))
			}
			if all := strings.Join(got, " "); all != tt.want {
				t.Errorf("got  %q\nwant %q", all, tt.want)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for lit, want := range map[string]string{
		`"plain"`: "plain", `"a\nb\t\"c\"\\"`: "a\nb\t\"c\"\\", `"\x41\101"`: "AA", `"\q\0"`: "q\x00", "\"a\\\nb\"": "ab", `"open`: "open", `"`: "", `"\`: "",
	} {
		if got := Unquote(lit); got != want {
			t.Errorf("%s: %q, want %q", lit, got, want)
		}
	}
}

func TestSplitTop(t *testing.T) {
	pieces, starts := SplitTop(`a, f(b, c), "d,e", {g, h}`)
	if got := strings.Join(pieces, "|"); got != `a| f(b, c)| "d,e"| {g, h}` {
		t.Error(got)
	}
	if starts[2] != len(`a, f(b, c),`) {
		t.Error(starts)
	}
}

func TestLines(t *testing.T) {
	l := NewLines("f.c", []byte("ab\n\ncd"))
	for off, want := range map[int]string{0: "f.c:1:1", 2: "f.c:1:3", 3: "f.c:2:1", 4: "f.c:3:1", 6: "f.c:3:3"} {
		if got := l.Pos(off, off).String(); got != want {
			t.Errorf("%d: %s, want %s", off, got, want)
		}
	}
}
