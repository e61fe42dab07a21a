// SPDX-License-Identifier: GPL-2.0-only

package infer

import (
	"strings"
	"testing"

	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/specmodel"
)

func TestStats(t *testing.T) {
	open := func(name string, reasons ...string) *specmodel.API {
		a := &specmodel.API{Name: name, Closed: len(reasons) == 0, Errors: make([]specmodel.Error, 2)}
		for _, r := range reasons {
			a.Open = append(a.Open, specmodel.Step{Note: r})
		}
		return a
	}
	got := &engine.Contracts{Set: &specmodel.Set{}, Kinds: map[string]string{"x": "callback", "y": "function"}}
	got.Set.Add(open("a"), open("b", "x", "y", "x"), open("c", "y", "z"))
	var b strings.Builder
	if err := newStats(got).print(&b, true); err != nil {
		t.Fatal(err)
	}
	want := `3 interfaces, 1 closed, 2 open, with 6 errors
0 functions analysed; at their calls 0 outcomes possible, 0 ruled out by the arguments

What keeps interfaces open, by how many of them:
    2  functions whose body is not known (1 reason)
    1  calls through pointers (1 reason)
    1  implementations of callbacks (1 reason)

    2  y
         b
         c
    1  x
         b
    1  z
         c
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
