// SPDX-License-Identifier: GPL-2.0-only

package inferred

import (
	"cmp"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/specmodel"
)

// Member is a member of a struct in user memory that a parameter points to,
// with the values that are accepted there.
type Member struct {
	Param
	Struct string
	Of     int   // the parameter
	Off    int64 // bytes from where it points
}

// members finds what is tested of structs in user memory. A struct is read as it
// is when the call begins: user space that changes it meanwhile gets what the
// values that were read get.
func (c *Contract) members() {
	seen := map[memberKey]bool{}
	for i := range c.Summary.Outcomes {
		for _, f := range c.Summary.Outcomes[i].Guard {
			m, ok := memberOf(f.Term)
			k := memberKey{m.Of, m.Off, f.Term.Width}
			if !ok || seen[k] {
				continue
			}
			seen[k] = true
			c.domain(&m.Param, specmodel.Syscall, func(t *flow.Term) bool {
				n, ok := memberOf(t)
				return ok && memberKey{n.Of, n.Off, t.Width} == k
			})
			if !m.Accept.IsFull() && !m.Accept.IsEmpty() {
				c.Members = append(c.Members, m)
			}
		}
	}
	slices.SortFunc(c.Members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), strings.Compare(a.Struct, b.Struct), cmp.Compare(a.Off, b.Off), cmp.Compare(a.Type.Size, b.Type.Size))
	})
}

type memberKey struct {
	param int
	off   int64
	width int
}

// memberOf returns the member that t is the value of on entry.
func memberOf(t *flow.Term) (Member, bool) {
	if t.Kind != flow.Load || t.Val != 0 {
		return Member{}, false
	}
	base, off := t.X, int64(0)
	if base.Kind == flow.Binary && base.Op == cfg.OpAdd && base.Y.Kind == flow.Const {
		base, off = base.X, int64(base.Y.Val)
	}
	of, field, ok := strings.Cut(t.Name, ".")
	if !ok || base.Kind != flow.Param || of == "" || field == "" || strings.HasPrefix(field, cfg.BitFields) {
		return Member{}, false
	}
	p := Param{Name: field, Type: cfg.Type{Kind: cfg.Int, Signed: t.Signed, Size: int64(t.Width / 8)}}
	return Member{Param: p, Struct: of, Of: int(base.Val), Off: off}, true
}

// structs describes the structs that members belong to.
func (c *Contract) structs() (out []specmodel.Struct) {
	for i := range c.Members {
		m := &c.Members[i]
		if i == 0 || m.Of != c.Members[i-1].Of || m.Struct != c.Members[i-1].Struct {
			out = append(out, specmodel.Struct{Name: m.Struct})
		}
		s := &out[len(out)-1]
		s.Fields = append(s.Fields, specmodel.Field{
			Name: m.Name, Type: class(m.Type, ""), Offset: specmodel.Lit(specmodel.Int(m.Off)),
			Size: specmodel.Lit(specmodel.Int(m.Type.Size)), Constraint: m.constraint(),
		})
	}
	return out
}
