// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// plain are options that take back what distributions make the default.
var plain = []string{"-nostdinc", "-fno-pie", "-fcf-protection=none", "-fno-stack-protector"}

// gccMacros returns what the installed gcc predefines.
func gccMacros(t *testing.T, flags []string) map[string]string {
	t.Helper()
	args := append([]string{"-dM", "-E", "-x", "c", "/dev/null"}, flags...)
	out, err := exec.Command("gcc", args...).Output()
	if err != nil {
		t.Fatalf("gcc %v: %v", args, err)
	}
	return macros(string(out))
}

func macros(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "#define "))
		i := strings.IndexByte(line, ' ')
		if i < 0 {
			i = len(line)
		}
		m[line[:i]] = strings.TrimSpace(line[i:])
	}
	return m
}

// needGCC skips a test where gcc is not that of an x86_64 machine, and returns
// its version.
func needGCC(t *testing.T) string {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("gcc of another machine")
	}
	out, err := exec.Command("gcc", "-dumpfullversion").Output()
	if err != nil {
		t.Skip("no gcc")
	}
	return strings.TrimSpace(string(out))
}

func compareMacros(t *testing.T, flags []string, version string) {
	t.Helper()
	c, err := ParseArgs(append(slices.Clone(flags), "x.c"), "/")
	if err != nil {
		t.Fatal(err)
	}
	c.Target, c.GCC = "x86_64", version
	got, want := macros(c.Predefined()), gccMacros(t, flags)
	for n, v := range want {
		if g, ok := got[n]; !ok {
			t.Errorf("%v: %s is not defined, want %q", flags, n, v)
		} else if g != v {
			t.Errorf("%v: %s is %q, want %q", flags, n, g, v)
		}
	}
	for n, v := range got {
		if _, ok := want[n]; !ok {
			t.Errorf("%v: %s is defined as %q, gcc does not define it", flags, n, v)
		}
	}
}

func TestPredefined(t *testing.T) {
	version := needGCC(t)
	tests := []string{
		"-std=gnu11",
		"-std=gnu11 -O2",
		"-std=gnu11 -Os -m64",
		"-std=gnu11 -O2 -m32",
		"-std=gnu11 -m16 -Os -march=i386",
		"-std=gnu89", "-std=gnu99", "-std=c11", "-std=gnu17", "-std=c99 -m32",
		"-std=gnu11 -fPIC", "-std=gnu11 -fpic", "-std=gnu11 -fPIE", "-std=gnu11 -fpie -m32",
		"-std=gnu11 -fshort-wchar -funsigned-char -ffreestanding",
		"-std=gnu11 -mno-sse", "-std=gnu11 -mno-sse -mno-mmx -mno-80387", "-std=gnu11 -mno-sse2",
		"-std=gnu11 -mno-sse -mno-mmx -mno-sse2 -mno-80387 -msse -msse2 -mhard-float",
		"-std=gnu11 -mcmodel=kernel -mno-red-zone", "-std=gnu11 -mcmodel=large",
		"-std=gnu11 -fcf-protection=branch", "-std=gnu11 -fcf-protection",
		"-std=gnu11 -fstack-protector-strong", "-std=gnu11 -fstack-protector", "-std=gnu11 -fstack-protector-all",
		"-std=gnu11 -fno-asynchronous-unwind-tables", "-std=gnu11 -fsanitize=kernel-address", "-std=gnu11 -fsanitize=thread",
		"-std=gnu11 -mgeneral-regs-only", "-std=gnu11 -mtune=generic",
		"-std=gnu11 -march=core2", "-std=gnu11 -march=k8", "-std=gnu11 -march=nocona", "-std=gnu11 -march=atom",
		"-std=gnu11 -m32 -msoft-float -mregparm=3 -freg-struct-return -march=i686 -mtune=generic",
		"-std=gnu11 -m32 -march=i486", "-std=gnu11 -m32 -march=i586",
	}
	for _, flags := range tests {
		compareMacros(t, append(slices.Clone(plain), strings.Fields(flags)...), version)
	}
}

// TestRealPredefined compares for every set of options that a real build uses.
func TestRealPredefined(t *testing.T) {
	version := needGCC(t)
	tree := realTree(t)
	seen := map[string]bool{}
	for _, want := range realCommands(t, tree) {
		flags := append(slices.Clone(plain), "-std="+want.Std)
		flags = append(flags, want.Flags...)
		if key := strings.Join(flags, " "); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		compareMacros(t, flags, version)
		if rel, ok := below(tree.Src, want.File); !ok || !exists(tree.Src, rel) {
			continue
		}
		got, err := tree.Command(want.File)
		if err != nil {
			t.Fatal(err)
		}
		want.Target, want.GCC = got.Target, got.GCC
		if !slices.Equal(sorted(got.Predefined()), sorted(want.Predefined())) {
			t.Errorf("%s: macros of the tree's command differ from those of the real one", want.File)
		}
	}
	t.Logf("%d sets of options", len(seen))
}

func sorted(text string) []string {
	return slices.Sorted(strings.Lines(text))
}

func TestPredefinedTargets(t *testing.T) {
	tests := []struct{ target, macro, want string }{
		{"x86_64", "__SIZEOF_POINTER__", "8"},
		{"x86_64", "__WCHAR_TYPE__", "short unsigned int"},
		{"x86_64", "__SSE__", ""},
		{"i386", "__SIZE_TYPE__", "unsigned int"},
		{"i386", "__INT64_TYPE__", "long long int"},
		{"arm64", "__aarch64__", "1"},
		{"arm64", "__INT64_TYPE__", "long int"},
		{"arm64", "__BYTE_ORDER__", "__ORDER_LITTLE_ENDIAN__"},
		{"s390", "__BYTE_ORDER__", "__ORDER_BIG_ENDIAN__"},
		{"riscv64", "__riscv_xlen", "64"},
		{"arm", "__SIZEOF_LONG__", "4"},
		{"unheard-of", "__SIZEOF_INT__", "4"},
	}
	for _, tt := range tests {
		t.Run(tt.target+" "+tt.macro, func(t *testing.T) {
			if got := macros(Predefined(tt.target))[tt.macro]; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
