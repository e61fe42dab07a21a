// SPDX-License-Identifier: GPL-2.0-only

package inferred

import (
	"cmp"
	"slices"
	"strings"

	"kapilint/cparse/cfg"
	"kapilint/cparse/flow"
	"kapilint/cparse/flow/dom"
	"kapilint/specmodel"
)

func (c *Contract) model(name string, kind specmodel.Kind, types []string) *specmodel.API {
	s := c.Summary
	c.API = &specmodel.API{Name: name, Kind: kind, Origin: specmodel.FromCode, Closed: len(c.Open) == 0,
		Pos: specmodel.Pos{File: s.At.File, Line: int(s.At.Line), Col: int(s.At.Col)}}
	a := c.API
	for _, o := range c.Open {
		step := specmodel.Step{File: o.At.File, Line: int(o.At.Line), Col: int(o.At.Col), Note: OpenText(o)}
		if o.Kind == flow.OpenPointer {
			step.Via = o.Name
		}
		a.Open = append(a.Open, step)
	}
	for i := range c.Params {
		p := &c.Params[i]
		m := specmodel.Param{Index: i, Name: p.Name, TypeName: p.Type.Name}
		if i < len(types) && types[i] != "" {
			m.TypeName = types[i]
		}
		m.Type = class(p.Type, m.TypeName)
		m.Constraint = p.constraint()
		a.Params = append(a.Params, m)
	}
	a.Structs = c.structs()
	for _, e := range c.Errors {
		shown := e.Name
		if e.Internal != "" {
			shown = e.Internal
		}
		m := specmodel.Error{Name: e.Name, Code: specmodel.Lit(specmodel.Int(e.Code)), Trace: c.Steps(e.Outcomes[0], "-"+shown)}
		m.Condition = c.Conditions(&e)
		if e.Internal != "" {
			m.Description = insideKernel(e.Internal, e.Name)
		}
		a.Errors = append(a.Errors, m)
	}
	return a
}

func insideKernel(internal, name string) string {
	return internal + " inside the kernel: the call is restarted, or ends with " + name
}

func class(t cfg.Type, name string) specmodel.ParamType {
	switch {
	case t.Kind == cfg.Pointer && strings.Contains(name, "__user"):
		return specmodel.TypeUserPtr
	case t.Kind == cfg.Pointer:
		return specmodel.TypePtr
	case t.Kind == cfg.Aggregate:
		return specmodel.TypeStruct
	case t.Signed:
		return specmodel.TypeInt
	}
	return specmodel.TypeUint
}

// constraint describes the accepted values in the kind that fits best.
func (p *Param) constraint() specmodel.Constraint {
	var c specmodel.Constraint
	set := p.Accept
	for _, r := range p.Refuse {
		c.Else = append(c.Else, r.Error)
	}
	if set.Width() == 0 || set.IsFull() || set.IsEmpty() {
		c.Kind = specmodel.ConstraintNone
		return c
	}
	lit := func(v uint64) specmodel.Expr {
		if p.Type.Signed {
			return specmodel.Lit(specmodel.Int(flow.SignExtend(v, set.Width())))
		}
		return specmodel.Lit(specmodel.Uint(v))
	}
	ranges := set.Ranges(p.Type.Signed)
	vals, few := set.Values(maxListed)
	zeros, ones := set.KnownBits()
	combinations := dom.Bits(set.Width(), zeros, ones)
	switch {
	case p.Type.Kind == cfg.Pointer && set.Equal(dom.Full(set.Width()).Without(0)):
		c.Kind = specmodel.ConstraintNonZero
		return c
	case few && len(vals) == 1:
		c.Kind = specmodel.ConstraintEnum
	case len(ranges) == 1 && exactRanges(set, ranges):
		c.Kind = specmodel.ConstraintRange
		c.Min, c.Max = lit(ranges[0].Lo), lit(ranges[0].Hi)
		return c
	case !p.Type.Signed && ones == 0 && zeros > 1 && zeros&(zeros+1) == 0 && set.Equal(combinations) && !few:
		c.Kind, c.Alignment = specmodel.ConstraintAlignment, specmodel.Lit(specmodel.Uint(zeros+1))
		return c
	case p.Type.Kind != cfg.Pointer && ones == 0 && zeros != 0 && set.Equal(combinations):
		c.Kind = specmodel.ConstraintMask
		c.Mask = specmodel.HexLit(specmodel.Uint(^zeros & (1<<(set.Width()-1)<<1 - 1)))
		if !few {
			return c
		}
	case few:
		c.Kind = specmodel.ConstraintEnum
	default:
		c.Kind = specmodel.ConstraintSet
		if !exactRanges(set, ranges) {
			c.Text = setText(p.Name, set, p.Type.Signed)
			return c
		}
		for _, r := range ranges {
			c.Ranges = append(c.Ranges, specmodel.Interval{Min: lit(r.Lo), Max: lit(r.Hi)})
		}
		return c
	}
	if c.Kind == specmodel.ConstraintMask {
		lit = func(v uint64) specmodel.Expr { return specmodel.HexLit(specmodel.Uint(v)) }
	} else if p.Type.Signed {
		slices.SortFunc(vals, func(a, b uint64) int {
			return cmp.Compare(flow.SignExtend(a, set.Width()), flow.SignExtend(b, set.Width()))
		})
	}
	for _, v := range vals {
		c.Values = append(c.Values, lit(v))
	}
	return c
}
