// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"bytes"
	"slices"
	"testing"
	"testing/fstest"

	"kapilint/specmodel"
	"kapilint/specmodel/debugfs"
	"kapilint/specmodel/internal/kernelprint"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
	writedoc "kapilint/specmodel/render/kerneldoc"
	writemacro "kapilint/specmodel/render/macro"
	"kapilint/specmodel/specjson"
)

// TestMacroForms writes the contracts as macros, as they are generated and as
// they were written by hand, and reads them back.
func TestMacroForms(t *testing.T) {
	for _, a := range contracts(t) {
		for name, form := range map[string]writemacro.Form{"x.apispec.h": writemacro.Braces, "x.c": writemacro.Ends} {
			t.Run(a.Name+" "+name, func(t *testing.T) {
				same(t, a, one(t, macro.ReadFile, name, writemacro.Spec(a, form)), writemacro.Lossy(a, form)...)
			})
		}
	}
}

// TestKernelDoc writes the contracts as kernel-doc and reads them back.
func TestKernelDoc(t *testing.T) {
	for _, a := range contracts(t) {
		t.Run(a.Name, func(t *testing.T) {
			text := written(t, func(b *bytes.Buffer) error { return writedoc.Write(b, []*specmodel.API{a}) })
			read := func(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
				apis, problems := kerneldoc.ReadFile(name, src)
				return apis, slices.DeleteFunc(problems, func(p specmodel.Problem) bool {
					return p.ID == "no-function" && a.Kind == specmodel.Sysfs // an attribute has none
				})
			}
			same(t, a, one(t, read, "x.c", text), writedoc.Lossy(a)...)
		})
	}
}

// TestOurJSON writes the contracts as our JSON and reads them back, those that
// only inference makes too.
func TestOurJSON(t *testing.T) {
	for _, a := range append(contracts(t), inferred(t)) {
		t.Run(a.Name, func(t *testing.T) {
			text := written(t, func(b *bytes.Buffer) error { return specjson.Write(b, []*specmodel.API{a}) })
			back := one(t, specjson.Read, "x.json", text)
			same(t, a, back)
			agree(t, a, back)
			if again := written(t, func(b *bytes.Buffer) error { return specjson.Write(b, []*specmodel.API{back}) }); again != text {
				t.Errorf("written again it is\n%s\nand was\n%s", again, text)
			}
		})
	}
}

// TestDebugfsJSON prints the contracts as the kernel does, and reads them.
func TestDebugfsJSON(t *testing.T) {
	for _, a := range contracts(t) {
		t.Run(a.Name, func(t *testing.T) {
			back := one(t, specjson.Read, "x", kernelprint.JSON(compiled(a)))
			same(t, compiled(a), back)
			agree(t, a, back)
		})
	}
}

// TestDebugfsText prints the contracts in both layouts of the text.
func TestDebugfsText(t *testing.T) {
	for _, a := range contracts(t) {
		for name, old := range map[string]bool{"new": false, "old": true} {
			t.Run(a.Name+" "+name, func(t *testing.T) {
				read := func(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
					list := "Available Kernel API Specifications\n===\n\n" + a.Name + " - x\n\nTotal: 1 specifications\n"
					apis, problems, err := debugfs.Read("", fstest.MapFS{"list": {Data: []byte(list)}, "specs/" + a.Name: {Data: src}}, ".")
					if err != nil {
						t.Fatal(err)
					}
					return apis, problems
				}
				back := one(t, read, "x", kernelprint.Text(compiled(a), old))
				same(t, compiled(a), back)
				if !old { // which diff takes for changes: rules lose their names there
					agree(t, a, back)
				}
			})
		}
	}
}
