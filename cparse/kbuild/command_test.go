// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestParseArgs(t *testing.T) {
	tests := []struct {
		name string
		argv string
		want Command
	}{
		{
			name: "sparse's arguments",
			argv: "-D__linux__ -Wbitwise --arch=x86 -mlittle-endian -m64 -Wp,-MMD,fs/.a.o.d -nostdinc -I./include -I /abs/include -include ./include/k.h -DA=1 -D B=x=y -UC -std=gnu11 -O2 -c -o fs/a.o fs/a.c",
			want: Command{
				File: "/d/fs/a.c", Include: []string{"/d/include", "/abs/include"}, Forced: []string{"/d/include/k.h"}, NoStdInc: true,
				Defines: []Define{{Name: "__linux__", Value: "1"}, {Name: "A", Value: "1"}, {Name: "B", Value: "x=y"}, {Name: "C", Undef: true}},
				Bits:    64, Std: "gnu11", Target: "x86", Flags: []string{"-mlittle-endian", "-m64", "-O2"},
			},
		},
		{
			name: "all kinds of directory",
			argv: "-iquote q -isystem s -idirafter a -imacros m.h -Is2 --param x=1 -x c a.c",
			want: Command{File: "/d/a.c", Quote: []string{"/d/q"}, Include: []string{"/d/s2"}, ISystem: []string{"/d/s"}, After: []string{"/d/a"}, Macros: []string{"/d/m.h"}},
		},
		{
			name: "preprocessor options and response files",
			argv: "-Wp,-DX=2,-MMD @flags -m16 -m32 -ansi -- -odd.c",
			want: Command{File: "/d/-odd.c", Defines: []Define{{Name: "X", Value: "2"}}, Bits: 32, Std: "c90", Flags: []string{"-m16", "-m32"}},
		},
		{
			name: "missing argument",
			argv: "-isystem -DX a.c -I",
			want: Command{File: "/d/a.c", Defines: []Define{{Name: "X", Value: "1"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseArgs(strings.Fields(tt.argv), "/d")
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Source = SourceCheck
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", *got, tt.want)
			}
		})
	}
	if _, err := ParseArgs([]string{"-c"}, "/"); !errors.Is(err, ErrNoInput) {
		t.Errorf("without a file: %v", err)
	}
}

func TestSplitCommand(t *testing.T) {
	tests := []struct{ line, want string }{
		{`gcc -DX='"a b"' -c x.c ; objtool x.o`, `gcc|-DX="a b"|-c|x.c`},
		{`gcc "-DY=\"z\"" a\ b`, `gcc|-DY="z"|a b`},
		{`gcc 'open`, `gcc|open`},
		{`gcc "open`, `gcc|open`},
		{`a '' b`, `a||b`},
		{`x && y`, `x`},
	}
	for _, tt := range tests {
		if got := strings.Join(SplitCommand(tt.line), "|"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.line, got, tt.want)
		}
	}
}

func TestCmdLine(t *testing.T) {
	tests := []struct {
		name, text, want string
		ok               bool
	}{
		{"saved", "savedcmd_fs/a.o := gcc -DX='$(pound)' -D'Y=$$1' -c fs/a.c\n\nsource_fs/a.o := fs/a.c\n", "gcc -DX='#' -D'Y=$1' -c fs/a.c", true},
		{"older", "cmd_fs/a.o := gcc -D'H=\\#' fs/a.c", "gcc -D'H=#' fs/a.c", true},
		{"something else", "deps_fs/a.o := \\\n", "", false},
		{"no command", "cmd_fs/a.o", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := cmdLine([]byte(tt.text))
			if got != tt.want || ok != tt.ok {
				t.Errorf("%q %v, want %q %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestParseDatabase(t *testing.T) {
	text := `[
		{"directory": "/o", "command": "gcc -DKBUILD_BASENAME='\"a\"' -c -o a.o fs/a.c", "file": "fs/a.c"},
		{"directory": "/o", "arguments": ["gcc", "-DKBUILD_BASENAME=1", "b.c"], "file": "/o/b.c"},
		{"directory": "/o", "command": "gcc host.c", "file": "host.c"},
		{"directory": "/o", "command": "gcc -DKBUILD_BASENAME=2 -c b.c", "file": "b.c"},
		{"directory": "/o", "comm`
	db := parseDatabase(strings.NewReader(text), "/o")
	if len(db) != 2 {
		t.Fatalf("%d entries: %v", len(db), db)
	}
	a, b := db["/o/fs/a.c"], db["/o/b.c"]
	if c := a.command(); c == nil || !slices.Contains(c.Defines, Define{Name: "KBUILD_BASENAME", Value: `"a"`}) {
		t.Errorf("fs/a.c: %+v", c)
	}
	if c := b.command(); c == nil || !slices.Contains(c.Defines, Define{Name: "KBUILD_BASENAME", Value: "1"}) {
		t.Errorf("b.c: %+v, want the first of two", c)
	}
}

func FuzzParseArgs(f *testing.F) {
	f.Add("gcc -DX='\"a\"' -I. -include k.h -Wp,-DA -std=gnu11 -m32 x.c ; y", "/d")
	f.Add("-isystem -iquote q -- a.c", "")
	f.Fuzz(func(t *testing.T, line, dir string) {
		words := SplitCommand(line)
		c, err := ParseArgs(words, dir)
		if err == nil && c.File == "" {
			t.Fatal("no file and no error")
		}
		c.Predefined()
		dropProgram(words)
	})
}

func FuzzCmdLine(f *testing.F) {
	f.Add([]byte("savedcmd_a.o := gcc -D'X=$$' -DY='$(pound)' a.c\n"))
	f.Add([]byte("cmd_a.o := gcc \\# a.c ; true"))
	tree := &Tree{Src: "/s", Obj: "/o", Config: map[string]string{}}
	f.Fuzz(func(t *testing.T, text []byte) {
		tree.parseCmd(text, "/o/a.c")
	})
}

func FuzzParseDatabase(f *testing.F) {
	f.Add([]byte(`[{"directory":"/o","command":"gcc -DKBUILD_BASENAME=1 a.c","file":"a.c"}]`))
	f.Add([]byte(`[{"arguments":["gcc","-DKBUILD_BASENAME","b.c"],"file":"b.c"},{}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		for file, e := range parseDatabase(strings.NewReader(string(text)), "/o") {
			if c := e.command(); c != nil && c.File != file {
				t.Fatalf("%s compiles %s", file, c.File)
			}
		}
	})
}
