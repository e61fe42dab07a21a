// SPDX-License-Identifier: GPL-2.0-only

package plain

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// accepted says which values a parameter may have.
func (p *printer) accepted(param *specmodel.Param) string {
	s := p.values(param)
	if els := param.Constraint.Else; len(els) > 0 {
		s += ", else " + strings.Join(els, " or ")
	}
	return s
}

func (p *printer) values(param *specmodel.Param) string {
	c := &param.Constraint
	switch c.Kind {
	case specmodel.ConstraintNone, "":
		if param.SizeParam.IsSet() || param.Size.IsSet() {
			return p.sized(param, "a pointer to memory")
		}
		return "any value"
	case specmodel.ConstraintUserPtr:
		return p.sized(param, "a pointer to user memory")
	case specmodel.ConstraintBuffer:
		return p.sized(param, "a buffer in user memory")
	case specmodel.ConstraintCustom:
		if c.Text != "" {
			return c.Text
		}
		return strings.TrimSpace("what satisfies " + c.Validate)
	}
	return constraint(c)
}

// sized adds the size of what a pointer points to.
func (p *printer) sized(param *specmodel.Param, what string) string {
	switch {
	case param.SizeParam.IsSet():
		unit := "bytes"
		if param.SizeMultiplier.IsSet() {
			unit = "times " + param.SizeMultiplier.String() + " bytes"
		}
		name := "parameter " + param.SizeParam.Text
		if n, ok := param.SizeParam.Int64(); ok && n >= 0 && n < int64(len(p.api.Params)) {
			if other := p.api.ParamAt(int(n)); other != nil {
				name = other.Name
			}
		}
		return what + " of " + name + " " + unit
	case param.Size.IsSet():
		return what + " of " + param.Size.String() + " bytes"
	}
	return what
}

// constraint says which values a constraint admits.
func constraint(c *specmodel.Constraint) string {
	switch c.Kind {
	case specmodel.ConstraintRange:
		return interval(c.Min, c.Max)
	case specmodel.ConstraintMask:
		return mask(c)
	case specmodel.ConstraintEnum:
		if len(c.Values) == 0 && c.ValuesFrom != "" {
			return "one of " + c.ValuesFrom
		}
		return "one of " + list(c.Values)
	case specmodel.ConstraintSet:
		var parts []string
		for _, r := range c.Ranges {
			if specmodel.SameExpr(r.Min, r.Max) {
				parts = append(parts, r.Min.String())
			} else {
				parts = append(parts, interval(r.Min, r.Max))
			}
		}
		return strings.Join(parts, ", ")
	case specmodel.ConstraintAlignment:
		return "a multiple of " + c.Alignment.String()
	case specmodel.ConstraintPowerOfTwo:
		return "a power of two"
	case specmodel.ConstraintPageAligned:
		return "a multiple of the page size"
	case specmodel.ConstraintNonZero:
		return "anything but 0"
	case specmodel.ConstraintUserString:
		s := "a string in user memory"
		if c.Max.IsSet() {
			s += fmt.Sprintf(" of %s bytes", interval(c.Min, c.Max))
		}
		return s
	case specmodel.ConstraintUserPath:
		return "a path in user memory"
	case specmodel.ConstraintUserPtr:
		return "a pointer to user memory"
	case specmodel.ConstraintBuffer:
		return "a buffer in user memory"
	case specmodel.ConstraintCustom:
		return strings.TrimSpace("what satisfies " + c.Validate)
	}
	return ""
}

func interval(min, max specmodel.Expr) string {
	switch {
	case !max.IsSet() && !min.IsSet():
		return "any value"
	case !max.IsSet():
		return min.String() + " or more"
	case !min.IsSet():
		return "up to " + max.String()
	case specmodel.SameExpr(min, max):
		return min.String() + " only"
	}
	if max.Text == "S64_MAX" {
		return min.String() + " or more"
	}
	return min.String() + " to " + max.String()
}

func mask(c *specmodel.Constraint) string {
	text := c.Mask.Text
	if c.Mask.Known {
		switch hex := c.Mask.Val.Hex(); {
		case c.Mask.Val.Bits == 0 && len(c.ArchMasks) == 0:
			return "0 only"
		case !isNumber(text):
			text += " (" + hex + ")"
		default:
			text = hex
		}
	}
	s := "bits of " + text
	for _, m := range c.ArchMasks {
		s += fmt.Sprintf(", on %s also %s", m.Arch, m.Bits)
	}
	return s
}

func isNumber(s string) bool { return s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '-') }

func list(values []specmodel.Expr) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, v.String())
	}
	return strings.Join(parts, ", ")
}
