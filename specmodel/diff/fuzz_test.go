// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"bytes"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

// FuzzCompare compares whatever JSON gives: nothing differs from itself, every
// rule is in the catalogue, and as many contracts come as go the other way.
func FuzzCompare(f *testing.F) {
	doc := func(apis ...*specmodel.API) []byte {
		var b bytes.Buffer
		if err := specjson.Write(&b, apis); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	f.Add(doc(bell()), doc(bell()))
	for _, mu := range mutations {
		old, new := bell(), bell()
		if mu.base != nil {
			mu.base(old)
			mu.base(new)
		}
		mu.do(new)
		f.Add(doc(old), doc(new))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, _ := specjson.Read("a", a)
		y, _ := specjson.Read("b", b)
		old, new := &specmodel.Set{APIs: x}, &specmodel.Set{APIs: y}
		if got := Compare(old, old); len(got) > 0 {
			t.Fatalf("differs from itself:%s", list(got))
		}
		count := func(changes []Change, id string) (n int) {
			for i := range changes {
				if RuleByID(changes[i].Rule.ID) == nil {
					t.Fatalf("%s is not in the catalogue", changes[i].Rule.ID)
				}
				changes[i].Message()
				if changes[i].Rule.ID == id {
					n++
				}
			}
			return n
		}
		forth, back := Compare(old, new), Compare(new, old)
		if count(forth, "api-added") != count(back, "api-removed") || count(forth, "api-removed") != count(back, "api-added") {
			t.Fatalf("forth:%s\nback:%s", list(forth), list(back))
		}
	})
}
