// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"cmp"
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// Accepted says which values a parameter may have, and what others get.
func (p *Page) Accepted(param *specmodel.Param) string {
	s := p.values(param)
	if els := param.Constraint.Else; len(els) > 0 {
		s += ", else " + strings.Join(els, " or ")
	}
	return s
}

func (p *Page) values(param *specmodel.Param) string {
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
	}
	return Values(c)
}

// also says what is stated beyond what the kind of the constraint uses.
func (p *Page) also(param *specmodel.Param) string {
	c := &param.Constraint
	parts := []string{alsoOf(c)}
	usesSize := false
	switch c.Kind {
	case specmodel.ConstraintNone, "", specmodel.ConstraintUserPtr, specmodel.ConstraintBuffer:
		usesSize = true
	}
	switch {
	case !usesSize && param.SizeParam.IsSet():
		parts = append(parts, "size in "+p.sizeParam(param), prefixed("size ", param.Size.String()))
	case !usesSize || param.SizeParam.IsSet():
		parts = append(parts, prefixed("size ", param.Size.String()))
	}
	if !usesSize || !param.SizeParam.IsSet() {
		parts = append(parts, prefixed("unit ", param.SizeMultiplier.String()))
	}
	return joined("; ", parts...)
}

func alsoOf(c *specmodel.Constraint) string {
	var parts []string
	add := func(uses bool, text string) {
		if !uses && text != "" {
			parts = append(parts, text)
		}
	}
	if c.Min.IsSet() || c.Max.IsSet() {
		add(c.Kind == specmodel.ConstraintRange || c.Kind == specmodel.ConstraintUserString, "range "+Interval(c.Min, c.Max))
	}
	if c.Mask.IsSet() || len(c.ArchMasks) > 0 {
		add(c.Kind == specmodel.ConstraintMask, "mask "+mask(c))
	}
	add(c.Kind == specmodel.ConstraintEnum, prefixed("values ", List(c.Values)))
	add(c.Kind == specmodel.ConstraintEnum && len(c.Values) == 0, prefixed("values of ", c.ValuesFrom))
	add(c.Kind == specmodel.ConstraintSet, prefixed("ranges ", intervals(c.Ranges)))
	add(c.Kind == specmodel.ConstraintAlignment, prefixed("alignment ", c.Alignment.String()))
	add(c.Kind == specmodel.ConstraintCustom, prefixed("checked by ", c.Validate))
	return joined("; ", parts...)
}

// sizeParam names the parameter that holds a size.
func (p *Page) sizeParam(param *specmodel.Param) string {
	if n, ok := param.SizeParam.Int64(); ok && n >= 0 && n < int64(len(p.API.Params)) {
		if other := p.API.ParamAt(int(n)); other != nil && other.Name != "" {
			return other.Name
		}
	}
	return "parameter " + param.SizeParam.Text
}

// sized adds the size of what a pointer points to.
func (p *Page) sized(param *specmodel.Param, what string) string {
	switch {
	case param.SizeParam.IsSet():
		unit := " bytes"
		if param.SizeMultiplier.IsSet() {
			unit = " times " + sized(param.SizeMultiplier)
		}
		return what + " of " + p.sizeParam(param) + unit
	case param.Size.IsSet():
		return what + " of " + sized(param.Size)
	}
	return what
}

func sized(e specmodel.Expr) string {
	switch {
	case !e.IsSet():
		return ""
	case e.Text == "1":
		return "1 byte"
	}
	return e.String() + " bytes"
}

// Values says which values a constraint admits.
func Values(c *specmodel.Constraint) string {
	switch c.Kind {
	case specmodel.ConstraintNone:
		return "any value"
	case specmodel.ConstraintRange:
		return Interval(c.Min, c.Max)
	case specmodel.ConstraintMask:
		if c.Mask.Known && c.Mask.Val.Bits == 0 && len(c.ArchMasks) == 0 {
			return "0 only"
		}
		return "bits of " + mask(c)
	case specmodel.ConstraintEnum:
		return "one of " + cmp.Or(List(c.Values), c.ValuesFrom, "a list that is not known")
	case specmodel.ConstraintSet:
		return cmp.Or(intervals(c.Ranges), c.Text, "no value")
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
		if c.Min.IsSet() || c.Max.IsSet() {
			s += fmt.Sprintf(" of %s bytes", Interval(c.Min, c.Max))
		}
		return s
	case specmodel.ConstraintUserPath:
		return "a path in user memory"
	case specmodel.ConstraintUserPtr:
		return "a pointer to user memory"
	case specmodel.ConstraintBuffer:
		return "a buffer in user memory"
	case specmodel.ConstraintCustom:
		if c.Validate == "" {
			return cmp.Or(c.Text, "what a check of its own admits")
		}
		return "what satisfies " + c.Validate
	}
	return ""
}

// Interval says what lies between two bounds, either of which may be open.
func Interval(min, max specmodel.Expr) string {
	switch {
	case !max.IsSet() && !min.IsSet():
		return "any value"
	case !max.IsSet():
		return min.String() + " or more"
	case !min.IsSet():
		return "up to " + max.String()
	case specmodel.SameExpr(min, max):
		return min.String() + " only"
	case max.Text == "S64_MAX":
		return min.String() + " or more"
	}
	return min.String() + " to " + max.String()
}

func intervals(list []specmodel.Interval) string {
	var parts []string
	for _, r := range list {
		if specmodel.SameExpr(r.Min, r.Max) {
			parts = append(parts, r.Min.String())
		} else {
			parts = append(parts, Interval(r.Min, r.Max))
		}
	}
	return strings.Join(parts, ", ")
}

func mask(c *specmodel.Constraint) string {
	s := hex(c.Mask)
	for _, m := range c.ArchMasks {
		s = joined(", ", s, fmt.Sprintf("on %s also %s", m.Arch, hex(m.Bits)))
	}
	return s
}

// hex writes bits, whose value is read in hexadecimal.
func hex(e specmodel.Expr) string {
	switch {
	case !e.Known || strings.HasPrefix(e.Text, "0x"):
		return e.Text
	case isNumber(e.Text):
		return e.Val.Hex()
	}
	return e.Text + " (" + e.Val.Hex() + ")"
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789-") == "" }

// List writes values with commas between them.
func List(values []specmodel.Expr) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, v.String())
	}
	return strings.Join(parts, ", ")
}

func words(token string) string { return strings.ReplaceAll(token, "_", " ") }

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// joined joins the parts that say something.
func joined(sep string, parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, sep)
}
