// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// valued is a parameter or a field, with its constraint before and after.
type valued struct {
	at             spot
	path, area     string
	way            way
	old, new       *specmodel.Constraint
	oldDom, newDom func() domain
}

// same reports whether the values are written alike, which most are.
func (v valued) same() bool {
	a, b := v.old, v.new
	return kindOf(a) == kindOf(b) && sameExpr(a.Min, b.Min) && sameExpr(a.Max, b.Max) && sameExpr(a.Mask, b.Mask) &&
		sameExpr(a.Alignment, b.Alignment) && a.ValuesFrom == b.ValuesFrom && a.Validate == b.Validate && a.Text == b.Text &&
		slices.EqualFunc(a.Values, b.Values, sameExpr) && sameRanges(a, b) &&
		slices.EqualFunc(a.ArchMasks, b.ArchMasks, func(x, y specmodel.ArchMask) bool { return x.Arch == y.Arch && sameExpr(x.Bits, y.Bits) })
}

func kindOf(c *specmodel.Constraint) specmodel.ConstraintKind {
	if c.Kind == "" {
		return specmodel.ConstraintNone
	}
	return c.Kind
}

// constraint compares the values that are accepted. What follows from the set
// (the error that other values get, the evidence) counts only where the set is
// the same.
func (c *comparer) constraint(v valued) {
	if v.old.Pos.IsValid() {
		v.at.old = v.old.Pos
	}
	if v.new.Pos.IsValid() {
		v.at.new = v.new.Pos
	}
	path := v.path + ".constraint"
	if !c.stated(path) {
		return
	}
	before := len(c.out)
	if !v.same() {
		c.values(v, path)
		if len(c.out) > before {
			return
		}
		if kindOf(v.old) == kindOf(v.new) {
			c.idle(v)
		}
	}
	c.text(v.at, path+".text", v.area+"-constraint-text-changed", v.old.Text, v.new.Text)
	c.refusal(v, path)
	if len(c.out) == before {
		c.trace(v.at, path+".trace", v.area+"-trace-changed", v.old.Trace, v.new.Trace)
	}
}

// values compares what the constraints admit, in the form that both have.
func (c *comparer) values(v valued, path string) {
	old, new := kindOf(v.old), kindOf(v.new)
	dom := v.oldDom()
	if other := v.newDom(); dom != other { // another type has a rule of its own
		dom = domain{64, dom.signed || other.signed}
	}
	if !dom.signed && dom.width == 64 && (hasNegative(v.old) || hasNegative(v.new)) {
		dom.signed = true
	}
	if c.mixed() && (aboutMemory(old) || aboutMemory(new)) {
		return
	}
	if old != new {
		c.kinds(v, path, dom)
		return
	}
	switch old {
	case specmodel.ConstraintNone, specmodel.ConstraintPowerOfTwo, specmodel.ConstraintPageAligned,
		specmodel.ConstraintNonZero, specmodel.ConstraintUserPath, specmodel.ConstraintUserPtr, specmodel.ConstraintBuffer:
	case specmodel.ConstraintRange:
		rel := unknown
		if x, y, ok := sets(v, dom); ok {
			rel = relate(x, y)
		} else {
			rel = relateSpans(v.old.Min, v.old.Max, v.new.Min, v.new.Max, dom)
		}
		c.emitSet(v, path, "range", asInterval, rel, dom)
	case specmodel.ConstraintUserString:
		rel := relateSpans(v.old.Min, v.old.Max, v.new.Min, v.new.Max, domain{64, true})
		c.emitSet(v, path, "length", asInterval, rel, dom)
	case specmodel.ConstraintMask:
		c.masks(v, path, dom)
	case specmodel.ConstraintEnum:
		c.enums(v, path, dom)
	case specmodel.ConstraintSet:
		rel := unknown
		if x, y, ok := sets(v, dom); ok {
			rel = relate(x, y)
		} else if sameRanges(v.old, v.new) {
			rel = same
		}
		c.emitSet(v, path, "values", asMembers, rel, dom)
	case specmodel.ConstraintAlignment:
		rel := unknown
		if x, y, ok := sets(v, dom); ok {
			rel = relate(x, y)
		} else if sameExpr(v.old.Alignment, v.new.Alignment) {
			rel = same
		}
		c.emitSet(v, path, "alignment", asInterval, rel, dom)
	case specmodel.ConstraintCustom:
		c.token(v.at, path+".validate", v.area+"-validate-changed", v.old.Validate, v.new.Validate)
		if !sameText(v.old.Text, v.new.Text) && v.old.Validate == v.new.Validate {
			c.text(v.at, path+".text", v.area+"-rule-changed", v.old.Text, v.new.Text)
		}
	}
}

// aboutMemory reports whether a constraint says more than which numbers there
// may be, which the code is not asked for.
func aboutMemory(k specmodel.ConstraintKind) bool {
	switch k {
	case specmodel.ConstraintUserString, specmodel.ConstraintUserPath, specmodel.ConstraintUserPtr, specmodel.ConstraintBuffer,
		specmodel.ConstraintCustom, specmodel.ConstraintPageAligned:
		return true
	}
	return false
}

// kinds compares constraints of two kinds.
func (c *comparer) kinds(v valued, path string, dom domain) {
	if !c.stated(path + ".kind") {
		return
	}
	rel := unknown
	if x, y, ok := sets(v, dom); ok {
		rel = relate(x, y)
	}
	switch {
	case rel == same:
	case kindOf(v.old) == specmodel.ConstraintNone && open(c.old):
		c.emit(v.area+"-constraint-seen-added", v.at, "", showConstraint(v.new))
	case kindOf(v.new) == specmodel.ConstraintNone && (c.computed() || open(c.new)):
		c.emit(v.area+"-constraint-seen-removed", v.at, showConstraint(v.old), "")
	case kindOf(v.old) == specmodel.ConstraintNone && v.way == input:
		c.emit(v.area+"-constraint-added", v.at, "", showConstraint(v.new))
	case kindOf(v.new) == specmodel.ConstraintNone && v.way == input:
		c.emit(v.area+"-constraint-removed", v.at, showConstraint(v.old), "")
	default:
		if kindOf(v.old) == specmodel.ConstraintNone {
			rel = narrower
		} else if kindOf(v.new) == specmodel.ConstraintNone {
			rel = wider
		}
		c.emitSet(v, path, "constraint", asInterval, rel, dom)
	}
}

// emitSet reports a relation of two value sets, as that of an input or of an
// output, whichever it harms.
func (c *comparer) emitSet(v valued, path, attr string, actions [5]string, rel relation, dom domain) {
	if rel == same {
		return
	}
	switch {
	case rel == unknown:
		attr, actions = "constraint", asInterval
	case v.way == output || v.way == both && rel == wider:
		attr, actions = "output-values", asInterval
	}
	c.related(v.at, path+".kind", v.area+"-"+attr, actions, rel, showConstraint(v.old), showConstraint(v.new))
	if x, y, ok := sets(v, dom); ok && rel != unknown && c.stated(path+".kind") {
		c.note(exampleText(v.way, x, y))
	}
}

func exampleText(w way, old, new set) string {
	if n, ok := old.example(new); ok && w != output {
		return fmt.Sprintf("%s was accepted", n)
	}
	if n, ok := new.example(old); ok {
		if w == input {
			return fmt.Sprintf("%s was refused", n)
		}
		return fmt.Sprintf("%s did not occur", n)
	}
	return ""
}

// masks compares masks, and the bits that architectures add to them.
func (c *comparer) masks(v valued, path string, dom domain) {
	switch rel := relateMasks(v.old.Mask, v.new.Mask, dom); {
	case rel == same:
	case renumberedMask(v.old.Mask, v.new.Mask):
		c.emit(v.area+"-values-renumbered", v.at, showHex(v.old.Mask), showHex(v.new.Mask))
	default:
		c.emitSet(v, path, "mask-bits", asMembers, rel, dom)
	}
	if len(v.old.ArchMasks) == 0 && len(v.new.ArchMasks) == 0 || !c.stated(path+".arch_masks") {
		return
	}
	old, new := archBits(v.old), archBits(v.new)
	seen := map[string]bool{}
	for _, m := range slices.Concat(v.new.ArchMasks, v.old.ArchMasks) {
		if !seen[m.Arch] {
			seen[m.Arch] = true
			c.archMask(v, path, m.Arch, old[m.Arch], new[m.Arch])
		}
	}
}

// archMask compares the bits that one architecture adds, apart from what the
// mask of all architectures has won or lost.
func (c *comparer) archMask(v valued, path, arch string, old, new []specmodel.ArchMask) {
	at := v.at
	at.name += " on " + arch
	if len(old) > 0 && old[0].Pos.IsValid() {
		at.old = old[0].Pos
	}
	if len(new) > 0 && new[0].Pos.IsValid() {
		at.new = new[0].Pos
	}
	if len(old) == 1 && len(new) == 1 && renumberedMask(old[0].Bits, new[0].Bits) {
		c.emit(v.area+"-arch-values-renumbered", at, showHex(old[0].Bits), showHex(new[0].Bits))
		return
	}
	texts := func(list []specmodel.ArchMask) string {
		var out []string
		for _, m := range list {
			out = append(out, showHex(m.Bits))
		}
		return strings.Join(out, " | ")
	}
	rel := unknown
	a, ok1 := sum(v.old.Mask, old)
	b, ok2 := sum(v.new.Mask, new)
	base, ok3 := value(v.old.Mask)
	base2, ok4 := value(v.new.Mask)
	if ok1 && ok2 && ok3 && ok4 {
		added := b &^ a &^ (base2.Bits &^ base.Bits)
		removed := a &^ b &^ (base.Bits &^ base2.Bits)
		switch {
		case added == 0 && removed == 0:
			return
		case added == 0:
			rel = narrower
		case removed == 0:
			rel = wider
		default:
			rel = moved
		}
	} else if len(old) <= 1 && len(new) <= 1 {
		var x, y specmodel.Expr
		if len(old) == 1 {
			x = old[0].Bits
		}
		if len(new) == 1 {
			y = new[0].Bits
		}
		rel = relateBits(x, y)
	}
	if rel == same {
		return
	}
	c.related(at, path+".arch_masks", v.area+"-arch-mask-bits", asMembers, rel, texts(old), texts(new))
}

func archBits(c *specmodel.Constraint) map[string][]specmodel.ArchMask {
	out := map[string][]specmodel.ArchMask{}
	for _, m := range c.ArchMasks {
		out[m.Arch] = append(out[m.Arch], m)
	}
	return out
}

func sum(base specmodel.Expr, list []specmodel.ArchMask) (uint64, bool) {
	v, ok := value(base)
	for _, m := range list {
		w, known := value(m.Bits)
		v.Bits, ok = v.Bits|w.Bits, ok && known
	}
	return v.Bits, ok
}

// relateMasks compares masks within the width of a type.
func relateMasks(old, new specmodel.Expr, dom domain) relation {
	v, ok1 := value(old)
	w, ok2 := value(new)
	if ok1 && ok2 {
		return relate(bitSet(dom, v.Bits), bitSet(dom, w.Bits))
	}
	if old.IsSet() != new.IsSet() {
		return unknown
	}
	return relateBits(old, new)
}

// renumberedMask reports whether the names are the same and only their
// numbers differ. Where there are more bits than before, a name stands for
// more than it did.
func renumberedMask(old, new specmodel.Expr) bool {
	v, ok1 := value(old)
	w, ok2 := value(new)
	return ok1 && ok2 && v.Bits != w.Bits && isName(old) && sameText(old.Text, new.Text) &&
		bits.OnesCount64(v.Bits) == bits.OnesCount64(w.Bits)
}

// enums compares lists of values.
func (c *comparer) enums(v valued, path string, dom domain) {
	old, new := listed(v.old), listed(v.new)
	if len(old) == 0 || len(new) == 0 {
		if len(old)+len(new) > 0 || !sameText(v.old.ValuesFrom, v.new.ValuesFrom) {
			c.emitSet(v, path, "values", asMembers, unknown, dom)
		}
		return
	}
	rel := relateLists(old, new)
	if x, y, ok := sets(v, dom); ok {
		rel = relate(x, y)
	}
	if rel == same {
		return
	}
	if len(old) == len(new) && isName(old[0]) {
		texts := func(list []specmodel.Expr) []string {
			var out []string
			for _, e := range list {
				out = append(out, strings.Join(strings.Fields(e.Text), ""))
			}
			return slices.Compact(slices.Sorted(slices.Values(out)))
		}
		if slices.Equal(texts(old), texts(new)) {
			c.emit(v.area+"-values-renumbered", v.at, showAll(old), showAll(new))
			return
		}
	}
	c.emitSet(v, path, "values", asMembers, rel, dom)
}

// idle compares what is stated beside the part of the constraint that decides.
func (c *comparer) idle(v valued) {
	var old, new []string
	add := func(name, a, b string) {
		if a != b {
			old, new = append(old, strings.TrimSpace(name+" "+a)), append(new, strings.TrimSpace(name+" "+b))
		}
	}
	number := func(name string, a, b specmodel.Expr) {
		if !sameExpr(a, b) {
			add(name, show(a), show(b))
		}
	}
	kind := kindOf(v.old)
	if kind != specmodel.ConstraintRange && kind != specmodel.ConstraintUserString {
		number("min", v.old.Min, v.new.Min)
		number("max", v.old.Max, v.new.Max)
	}
	if kind != specmodel.ConstraintMask {
		number("mask", v.old.Mask, v.new.Mask)
	}
	if kind != specmodel.ConstraintMask && kind != specmodel.ConstraintEnum && relateLists(v.old.Values, v.new.Values) != same {
		add("values", showAll(v.old.Values), showAll(v.new.Values))
	}
	if kind != specmodel.ConstraintAlignment {
		number("alignment", v.old.Alignment, v.new.Alignment)
	}
	if kind != specmodel.ConstraintCustom {
		add("validate", v.old.Validate, v.new.Validate)
	}
	if len(old) > 0 && !c.mixed() {
		c.emit(v.area+"-constraint-idle-changed", v.at, strings.Join(old, ", "), strings.Join(new, ", "))
	}
}

// refusal compares the errors of the values that are not accepted, apart from
// errors that the whole contract has won or lost. In contracts that were
// computed any error may come first that the call can end with at all, so only
// those that have none in common differ.
func (c *comparer) refusal(v valued, path string) {
	if slices.Equal(v.old.Else, v.new.Else) || !c.stated(path+".else") {
		return
	}
	before, after := errorNames(c.old), errorNames(c.new)
	common := func(names []string) []string {
		var out []string
		for _, n := range names {
			if n = specmodel.CanonicalErrno(n); before[n] == after[n] {
				out = append(out, n)
			}
		}
		return out
	}
	old, new := common(v.old.Else), common(v.new.Else)
	shared := slices.ContainsFunc(old, func(n string) bool { return slices.Contains(new, n) })
	rel := relateKeys(old, new)
	if rel != same && !(c.computed() && shared) {
		c.related(v.at, path+".else", v.area+"-refusal", asMembers, rel, strings.Join(v.old.Else, ", "), strings.Join(v.new.Else, ", "))
	}
}

// trace compares ways through the code by the functions they go through; the
// lines move with every edit.
func (c *comparer) trace(at spot, path, id string, old, new []specmodel.Step) {
	if slices.EqualFunc(old, new, func(a, b specmodel.Step) bool { return a.Func == b.Func && a.Note == b.Note }) {
		return
	}
	if len(old) == 0 || len(new) == 0 || !c.stated(path) {
		return // the one has no evidence to compare
	}
	text := func(steps []specmodel.Step) string {
		var out []string
		for _, s := range steps {
			if s.Note != "" {
				out = append(out, s.Note)
			} else {
				out = append(out, s.Func)
			}
		}
		return oneLine(strings.Join(out, "; "))
	}
	c.emit(id, at, text(old), text(new))
}

// showConstraint says which values a constraint admits.
func showConstraint(c *specmodel.Constraint) string {
	switch kindOf(c) {
	case specmodel.ConstraintNone:
		return "any value"
	case specmodel.ConstraintRange:
		return showSpan(c.Min, c.Max)
	case specmodel.ConstraintMask:
		return "bits of " + showHex(c.Mask)
	case specmodel.ConstraintEnum:
		if list := listed(c); len(list) > 0 {
			return "one of " + oneLine(showAll(list))
		}
		return "one of " + c.ValuesFrom
	case specmodel.ConstraintSet:
		if len(c.Ranges) == 0 {
			return oneLine(c.Text)
		}
		var parts []string
		for _, r := range c.Ranges {
			if sameExpr(r.Min, r.Max) {
				parts = append(parts, show(r.Min))
			} else {
				parts = append(parts, showSpan(r.Min, r.Max))
			}
		}
		return oneLine(strings.Join(parts, ", "))
	case specmodel.ConstraintAlignment:
		return "a multiple of " + show(c.Alignment)
	case specmodel.ConstraintPowerOfTwo:
		return "a power of two"
	case specmodel.ConstraintPageAligned:
		return "a multiple of the page size"
	case specmodel.ConstraintNonZero:
		return "anything but 0"
	case specmodel.ConstraintUserString:
		if c.Min.IsSet() || c.Max.IsSet() {
			return "a string of " + showSpan(c.Min, c.Max) + " bytes"
		}
		return "a string"
	case specmodel.ConstraintCustom:
		return oneLine(strings.TrimSpace("what satisfies " + c.Validate + " " + c.Text))
	}
	return "a " + strings.ReplaceAll(string(c.Kind), "_", " ")
}
