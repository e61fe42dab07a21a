// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// A form is what a document is.
type form int

const (
	ours form = iota
	toolForm
	kernelForm
)

// form tells by its first key what the document is. It reads nothing.
func (d *decoder) form() form {
	ahead := &decoder{src: d.src, off: d.off}
	found, empty := ours, true
	err := ahead.object(func(key string, _ int) error {
		empty = false
		switch {
		case key == "api_details", key == "apis" && ahead.toolList():
			found = toolForm
		case slices.Contains(kernelKeys, key):
			found = kernelForm
		}
		return errStop
	})
	if err == nil && empty {
		return toolForm // what the tool prints where there is nothing to list
	}
	return found
}

// toolList reports whether the array that follows begins with an entry of the
// tool's list.
func (d *decoder) toolList() bool {
	var keys []string
	d.array(func() error {
		err := d.object(func(key string, _ int) error {
			if len(keys) <= 2 {
				keys = append(keys, key)
			}
			return d.skip()
		})
		if err != nil {
			keys = nil
		}
		return errStop
	})
	slices.Sort(keys)
	return slices.Equal(keys, []string{"api_type", "name"})
}

// documents reads what both foreign forms may be: one document after another.
func (d *decoder) documents(one func() error) error {
	for {
		if err := one(); err != nil {
			return err
		}
		if d.peek() != '{' {
			break
		}
	}
	if d.peek() != 0 || d.off < len(d.src) {
		return fmt.Errorf("something follows the document")
	}
	return nil
}

// A reader reads the value of a key.
type reader func() error

// members reads an object by the readers of its keys. What has none is kept
// as unknown.
func (d *decoder) members(a *specmodel.API, what string, readers map[string]reader) error {
	return d.object(func(key string, at int) error {
		if read, ok := readers[key]; ok {
			return read()
		}
		start := d.start()
		if err := d.skip(); err != nil {
			return err
		}
		d.unknown(a, at, what, key, string(d.src[start:min(d.off, start+maxRaw)]))
		return nil
	})
}

// maxRaw bounds what is kept of a value that is not understood.
const maxRaw = 1000

func (d *decoder) unknown(a *specmodel.API, at int, where, key, raw string) {
	d.problems = append(d.problems, specmodel.Problem{Pos: d.at(at, at), ID: "unknown-key", Symbol: a.Name, Severity: specmodel.Odd,
		Message: fmt.Sprintf("%q of %s is not understood: %s", key, where, clip(raw))})
	a.Unknown = append(a.Unknown, specmodel.Unknown{Pos: d.at(at, d.off), Where: where, Key: key, Raw: strings.ToValidUTF8(raw, "?")})
}

// place returns the range from start to where reading stands.
func (d *decoder) place(start int) specmodel.Pos { return d.at(start, d.off) }

// scalar reads a string, number, true or false as text; null is false.
func (d *decoder) scalar(key string) (s string, ok bool, err error) {
	switch d.peek() {
	case '"':
		s, err = d.text()
		return s, err == nil, err
	case '{', '[':
		return "", false, d.mismatch(d.off, key, "a single value")
	}
	s, err = d.word()
	return s, err == nil && s != "null", err
}

// str reads text; null is none.
func (d *decoder) str(to *string) reader {
	return func() error {
		switch d.peek() {
		case '"', 'n':
		default:
			return d.mismatch(d.off, "the value", "a string")
		}
		s, ok, err := d.scalar("the value")
		if ok {
			*to = s
		}
		return err
	}
}

func (d *decoder) boolean(to *bool) reader {
	return func() error {
		at := d.start()
		s, ok, err := d.scalar("the value")
		if ok && s != "true" && s != "false" {
			d.problem(at, "wrong-type", "the value must be true or false")
		}
		*to = s == "true"
		return err
	}
}

// num reads a number, as such or as text; null is none. Of a name that is no
// number only the text is kept.
func (d *decoder) num(to *specmodel.Expr) reader {
	return func() error {
		at := d.start()
		s, ok, err := d.scalar("the value")
		if ok {
			*to = d.number(s, at)
		}
		return err
	}
}

func (d *decoder) number(s string, at int) specmodel.Expr {
	x := specmodel.Expr{Text: s, Pos: d.place(at)}
	if plain(s) {
		v, err := parseNumber(s)
		if err != nil {
			d.problem(at, "bad-number", "%s is no number of 64 bits", clip(s))
			return specmodel.Expr{}
		}
		x.Val, x.Known = v, true
		return x
	}
	if v, err := specmodel.Eval(s, nil); err == nil {
		x.Val, x.Known = v, true // 0644
		return x
	}
	if err := specmodel.CheckSyntax(s); err != nil {
		d.problem(at, "bad-number", "%q is no number: %v", clip(s), err)
		return specmodel.Expr{}
	}
	return x
}

func (d *decoder) nums(to *[]specmodel.Expr) reader {
	return func() error {
		return d.each(func() error {
			var x specmodel.Expr
			err := d.num(&x)()
			if x.IsSet() {
				*to = append(*to, x)
			}
			return err
		})
	}
}

// each calls f at each element of an array; null is an empty one.
func (d *decoder) each(f func() error) error {
	switch d.peek() {
	case '[':
		return d.array(f)
	case 'n':
		_, err := d.word()
		return err
	}
	return d.mismatch(d.off, "the value", "an array")
}

// objects reads an array of objects into a list.
func objects[T any](d *decoder, list *[]T, one func(*T, int) error) reader {
	return func() error {
		return d.each(func() error {
			if d.peek() != '{' {
				return d.mismatch(d.off, "the value", "an array of objects")
			}
			start := d.off
			var x T
			err := one(&x, len(*list))
			if inside := d.src[start+1 : d.off]; len(inside) < 64 && strings.Trim(string(inside), " \t\r\n}") == "" {
				d.problem(start, "empty", "the entry says nothing")
			}
			*list = append(*list, x)
			return err
		})
	}
}

// token reads a name of a fixed set, or its number in the compiled form.
func token[T ~string](d *decoder, a *specmodel.API, where, key string, to *T, all []T, parse func(string) (T, bool)) reader {
	return func() error {
		at := d.start()
		s, ok, err := d.scalar(key)
		if !ok || err != nil || s == "" {
			return err
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < len(all) {
			*to = all[n]
			return nil
		}
		t, ok := parse(s)
		if !ok {
			d.unknown(a, at, where, key, s)
			return nil
		}
		*to = t
		return nil
	}
}

// bits reads a set of flags: a number of the compiled form, or a list of names.
func bits[T ~uint32](d *decoder, a *specmodel.API, where, key string, to *T, parse func(string) (T, bool), valid T) reader {
	one := func() error {
		at := d.start()
		s, ok, err := d.scalar(key)
		if !ok || err != nil {
			return err
		}
		if t, ok := parse(s); ok {
			*to |= t
			return nil
		}
		n, err := strconv.ParseUint(s, 0, 32)
		if err != nil || T(n)&^valid != 0 {
			d.unknown(a, at, where, key, s)
		}
		if err == nil {
			*to |= T(n) & valid
		}
		return nil
	}
	return func() error {
		if d.peek() == '[' {
			return d.array(one)
		}
		return one()
	}
}

// oldInOut is the bit that INOUT had of its own before it became IN and OUT.
const oldInOut specmodel.ParamFlags = 1 << 2

func (d *decoder) paramFlags(a *specmodel.API, where string, to *specmodel.ParamFlags) reader {
	read := bits(d, a, where, "flags", to, specmodel.ParseParamFlag, 1<<13-1)
	return func() error {
		err := read()
		if *to&oldInOut != 0 {
			*to = *to&^oldInOut | specmodel.FlagIn | specmodel.FlagOut
		}
		return err
	}
}

// classes are the words for the classes of parameters that the kernel prints
// and the notation has not.
var classes = map[string]specmodel.ParamType{"pointer": specmodel.TypePtr, "function_pointer": specmodel.TypeFuncPtr,
	"file_descriptor": specmodel.TypeFD, "user_pointer": specmodel.TypeUserPtr, "pathname": specmodel.TypePath}

// ParseClass reads the class of a parameter in the words of the notation or
// in those that the kernel prints.
func ParseClass(word string) (specmodel.ParamType, bool) {
	if t, ok := classes[word]; ok {
		return t, true
	}
	return specmodel.ParseParamType(word)
}

// ParseCheck reads how success is told, in the words of the notation or in
// those that the kernel prints.
func ParseCheck(word string) (specmodel.ReturnCheck, bool) {
	if word == "file_descriptor" {
		return specmodel.ReturnFD, true
	}
	return specmodel.ParseReturnCheck(word)
}

// Unset drops the numbers of a parameter that are zero because nobody wrote
// them: the compiled form cannot tell, so a zero counts only where the kind of
// the constraint asks for it. It is for readers of forms that were compiled.
func Unset(p *specmodel.Param) {
	for _, x := range []*specmodel.Expr{&p.Size, &p.SizeMultiplier} {
		drop(x)
	}
	if n, ok := p.SizeParam.Int64(); ok && n < 0 {
		p.SizeParam = specmodel.Expr{}
	}
	if p.Type == specmodel.TypeVoid {
		p.Type = ""
	}
	unsetConstraint(&p.Constraint)
}

func unsetConstraint(c *specmodel.Constraint) {
	if c.Kind == specmodel.ConstraintNone {
		c.Kind = ""
	}
	if c.Kind == specmodel.ConstraintRange {
		// A maximum over S64_MAX was stored as a negative number.
		if c.Min.Known && c.Max.Known && c.Max.Val.Cmp(c.Min.Val) < 0 && c.Max.Val.Negative() {
			c.Max.Val.Unsigned = true
			c.Max.Text = c.Max.Val.String()
		}
	} else if isZero(c.Max) {
		drop(&c.Min)
		drop(&c.Max)
	}
	if c.Kind != specmodel.ConstraintMask {
		drop(&c.Mask)
	}
	drop(&c.Alignment)
}

func isZero(x specmodel.Expr) bool { return !x.IsSet() || x.Known && x.Val.Bits == 0 }

func drop(xs ...*specmodel.Expr) {
	for _, x := range xs {
		if isZero(*x) {
			*x = specmodel.Expr{}
		}
	}
}

// UnsetReturn drops the numbers of a return value that its check does not
// look at and that are zero.
func UnsetReturn(r *specmodel.Return) {
	if r.Check != specmodel.ReturnExact {
		drop(&r.Success)
	}
	if r.Check != specmodel.ReturnRange {
		drop(&r.SuccessMin, &r.SuccessMax)
	} else if r.SuccessMax.Known && r.SuccessMin.Known && r.SuccessMax.Val.Cmp(r.SuccessMin.Val) < 0 && r.SuccessMax.Val.Negative() {
		r.SuccessMax.Val.Unsigned = true
		r.SuccessMax.Text = r.SuccessMax.Val.String()
	}
	if r.Type == specmodel.TypeVoid {
		r.Type = ""
	}
}

// nameError gives an error of a compiled form its name and writes its code
// as the name.
func nameError(e *specmodel.Error) {
	n, ok := e.Code.Int64()
	if e.Name == "" && ok && n < 0 && n > -1<<20 {
		e.Name = specmodel.ErrnoName(-n)
	}
	if e.Name != "" && (e.Code.Known || !e.Code.IsSet()) {
		e.Code.Text, e.Code.Pos = "-"+e.Name, e.Pos
		if !ok || n == 0 {
			e.Code.Known, e.Code.Val = false, specmodel.Value{}
		}
	}
}

// nameCapability tells the constant of a capability from the text that may
// stand in its place.
func nameCapability(c *specmodel.Capability) {
	if _, ok := specmodel.CapabilityNumber(c.Name); ok {
		return
	}
	n, ok := c.Number.Int64()
	if !ok || strings.HasPrefix(c.Name, "CAP_") {
		return
	}
	if name := specmodel.CapabilityName(n); name != "" {
		c.Title, c.Name = c.Name, name
	}
}
