// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/elfsec"
	"kapilint/specmodel/macro"
	writemacro "kapilint/specmodel/render/macro"
)

// header has the constants for the compiler.
func header() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(constants)) {
		fmt.Fprintf(&b, "#define %s %d\n", name, constants[name])
	}
	// strings that have macros of their own
	b.WriteString("#define KAPI_SIGNAL_TIME_DURING \"during\"\n#define KAPI_SIGNAL_QUEUE_STANDARD \"standard\"\n")
	return b.String()
}

// compile makes an object of a contract, in one form of the struct.
func compile(t *testing.T, cc, defines, text string) []byte {
	t.Helper()
	if _, err := exec.LookPath(cc); err != nil || cc == "gcc" && runtime.GOARCH != "amd64" {
		t.Skip("no compiler", cc)
	}
	dir := t.TempDir()
	obj := filepath.Join(dir, "x.o")
	for name, text := range map[string]string{"x.c": "#include \"macros.h\"\n" + text, "constants.h": header()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-c", "-w", "-ffreestanding", "-I" + dir, "-Itestdata", "-I../elfsec/testdata", "-o", obj, filepath.Join(dir, "x.c")}
	for d := range strings.FieldsSeq(defines) {
		args = append(args, "-D"+d)
	}
	if out, err := exec.Command(cc, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, text)
	}
	b, err := os.ReadFile(obj)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readELF(t *testing.T) reader {
	return func(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
		apis, problems, err := elfsec.Read(name, bytes.NewReader(src), int64(len(src)))
		if err != nil {
			t.Fatal(err)
		}
		return apis, problems
	}
}

// A struct is compiled in three of its forms: the one of the second posting
// with all that only ioctl commands, attributes and sockets have, the last
// packed one with as much, and the one of pointers.
const (
	second  = "POINTERS=0 MAGICS=0 SCOPE=0 ENUMTEXT=0 APITYPE=1 SYSFS=1 IOCTL=1 NET=1 SINCE=1 REPLACED=1 OLDKINDS=1 RULES=16 EFFECTS=16"
	packed  = "POINTERS=0 MAGICS=1 SCOPE=1 ENUMTEXT=1 APITYPE=1 SYSFS=1 IOCTL=1 NET=1 SINCE=1 REPLACED=1 OLDKINDS=0 RULES=32 EFFECTS=32"
	pointer = "POINTERS=1 MAGICS=1 SCOPE=1 ENUMTEXT=1 APITYPE=0 SYSFS=0 IOCTL=0 NET=0 SINCE=0 REPLACED=0 OLDKINDS=0 RULES=32 EFFECTS=32"
)

// compilers are for machines of either byte order.
var compilers = []string{"gcc", "powerpc-linux-gnu-gcc", "s390x-linux-gnu-gcc"}

// TestPacked compiles the contracts as they are written by hand.
func TestPacked(t *testing.T) {
	for i, a := range contracts(t) {
		for name, form := range map[string]string{"RFC v2": second, "PATCH v1": packed} {
			if form == second && (a.Name == "sys_ferry" || a.Name == "tie") {
				continue // with words that the form does not have
			}
			for _, cc := range compilers {
				t.Run(a.Name+" "+name+" "+cc, func(t *testing.T) {
					back := one(t, readELF(t), "x.o", string(compile(t, cc, form, source(t, files[i]))))
					same(t, compiled(a), back)
					agree(t, a, back)
				})
			}
		}
	}
}

// TestPointers compiles the contracts as they are generated. What the macros
// of that form cannot say is not in the object.
func TestPointers(t *testing.T) {
	for _, a := range contracts(t) {
		for _, cc := range compilers {
			t.Run(a.Name+" "+cc, func(t *testing.T) {
				text := writemacro.Spec(a, writemacro.Braces)
				back := one(t, readELF(t), "x.o", string(compile(t, cc, pointer, text)))
				lost := writemacro.Lossy(a, writemacro.Braces)
				if i := slices.Index(lost, "capabilities.alternatives_from"); i >= 0 {
					lost[i] = "capabilities.alternatives" // with the name of the array, its elements
				}
				same(t, compiled(a), back, lost...)
				agree(t, one(t, macro.ReadFile, "x.apispec.h", text), back)
			})
		}
	}
}
