// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kapilint/specmodel"
)

// params pairs parameters by name, then by place, which makes a new name of
// the same parameter no new parameter.
func (c *comparer) params() {
	old, new := c.old.Params, c.new.Params
	pairs, gone, come := match(old, new,
		func(p *specmodel.Param) string { return p.Name },
		func(p *specmodel.Param) string { return strconv.Itoa(p.Index) })
	if !c.stated("params") {
		return
	}
	for _, i := range gone {
		c.emit("param-removed", spot{kind: "parameter", name: old[i].Name, old: old[i].Pos}, declared(&old[i]), "")
	}
	for _, j := range come {
		c.emit("param-added", spot{kind: "parameter", name: new[j].Name, new: new[j].Pos}, "", declared(&new[j]))
	}
	c.order(pairs, gone, come)
	c.renamed, c.reshaped = nil, nil
	for _, p := range pairs {
		if x, y := &old[p[0]], &new[p[1]]; x.Name != y.Name {
			if c.renamed == nil {
				c.renamed = map[string]string{}
			}
			c.renamed[x.Name] = y.Name
		}
	}
	for _, p := range pairs {
		c.param(&old[p[0]], &new[p[1]])
	}
}

func declared(p *specmodel.Param) string {
	return strings.TrimSpace(cmp.Or(p.TypeName, string(p.Type)) + " " + p.Name)
}

// order looks for parameters that stand elsewhere than parameters added and
// removed before them explain.
func (c *comparer) order(pairs [][2]int, gone, come []int) {
	old, new := c.old.Params, c.new.Params
	before := func(params []specmodel.Param, which []int) func(index int) int {
		var at []int
		for _, i := range which {
			at = append(at, params[i].Index)
		}
		slices.Sort(at)
		return func(index int) int {
			n, _ := slices.BinarySearch(at, index)
			return n
		}
	}
	goneBefore, comeBefore := before(old, gone), before(new, come)
	var elsewhere *[2]int
	for k := range pairs {
		x, y := old[pairs[k][0]].Index, new[pairs[k][1]].Index
		if x-goneBefore(x) != y-comeBefore(y) {
			elsewhere = &pairs[k]
			break
		}
	}
	if elsewhere == nil || !c.stated("params.index") {
		return
	}
	list := func(params []specmodel.Param) string {
		params = slices.SortedStableFunc(slices.Values(params), func(a, b specmodel.Param) int { return cmp.Compare(a.Index, b.Index) })
		var out []string
		for _, p := range params {
			out = append(out, fmt.Sprintf("%d %s", p.Index, p.Name))
		}
		return strings.Join(out, ", ")
	}
	at := spot{kind: "parameters", old: old[elsewhere[0]].Pos, new: new[elsewhere[1]].Pos}
	c.emit("param-order-changed", at, list(old), list(new))
}

func (c *comparer) param(old, new *specmodel.Param) {
	at := spot{kind: "parameter", name: new.Name, old: old.Pos, new: new.Pos}
	c.token(at, "params.name", "param-name-changed", old.Name, new.Name)
	c.types(at, "params", "param", old.TypeName, new.TypeName, old.Type, new.Type)
	c.flags(at, "params.flags", "param", old.Flags, new.Flags)
	way := input
	if c.new.Kind == specmodel.Sysfs {
		way = wayOfAccess(new.Flags)
	}
	before := len(c.out)
	c.constraint(valued{
		at: at, path: "params", area: "param", way: way, old: &old.Constraint, new: &new.Constraint,
		oldDom: domainOf(old.TypeName, old.Type), newDom: domainOf(new.TypeName, new.Type),
	})
	if len(c.out) > before {
		if c.reshaped == nil {
			c.reshaped = map[string]bool{}
		}
		c.reshaped[new.Name] = true
	}
	c.text(at, "params.description", "param-description-changed", old.Description, new.Description)
	c.size(at, "params.size", "param-size", old.Size, new.Size)
	a, b := sizeParam(c.old, old), sizeParam(c.new, new)
	if a != b && c.renamed[a] != b && c.stated("params.size_param") {
		c.emit("param-size-param-changed", at, a, b)
	}
	one := specmodel.Lit(specmodel.Int(1))
	unit := func(e specmodel.Expr) specmodel.Expr {
		if v, ok := value(e); !e.IsSet() || ok && v.Bits == 0 {
			return one
		}
		return e
	}
	c.expr(at, "params.size_multiplier", "param-unit-changed", unit(old.SizeMultiplier), unit(new.SizeMultiplier))
	c.sysfsParam(at, way, old.Sysfs, new.Sysfs)
}

// maxSearched is how many parameters are looked through for one that is listed
// out of order.
const maxSearched = 1 << 10

// sizeParam names the parameter that holds the size, so that one that moved
// is the same.
func sizeParam(a *specmodel.API, p *specmodel.Param) string {
	if !p.SizeParam.IsSet() {
		return ""
	}
	if v, ok := value(p.SizeParam); ok {
		n, ok := v.Int64()
		if ok && n >= 0 && n < int64(len(a.Params)) && a.Params[n].Index == int(n) {
			return a.Params[n].Name
		}
		if ok && len(a.Params) <= maxSearched {
			if other := a.ParamAt(int(n)); other != nil {
				return other.Name
			}
		}
	}
	return show(p.SizeParam)
}

// types compares the type in C, and only where it is the same the class, which
// follows from it.
func (c *comparer) types(at spot, path, area, old, new string, oldClass, newClass specmodel.ParamType) {
	if !sameType(old, new) && c.stated(path+".type") {
		c.emit(area+"-type-changed", at, oneLine(old), oneLine(new))
		return
	}
	c.token(at, path+".class", area+"-class-changed", string(oldClass), string(newClass))
}

const (
	flagsInOut  = specmodel.FlagIn | specmodel.FlagOut
	flagsAccess = specmodel.FlagSysfsReadonly | specmodel.FlagSysfsWriteonly | specmodel.FlagSysfsRW
)

// flags compares each flag by itself, apart from those that together say the
// direction and the access.
func (c *comparer) flags(at spot, path, area string, old, new specmodel.ParamFlags) {
	if old == new || !c.stated(path) {
		return
	}
	names := func(f specmodel.ParamFlags) string { return strings.Join(f.Names(), ", ") }
	emit := func(id string) { c.emit(id, at, names(old), names(new)) }
	part := func(mask specmodel.ParamFlags, attr string) {
		switch a, b := old&mask, new&mask; {
		case a == b:
		case a&^b == 0:
			emit(area + "-" + attr + "-added")
		case b&^a == 0:
			emit(area + "-" + attr + "-removed")
		default:
			emit(area + "-" + attr + "-changed")
		}
	}
	switch a, b := old&flagsInOut, new&flagsInOut; {
	case a == b:
	case a == 0 || b == 0 || a&b == 0:
		emit(area + "-direction-changed")
	default:
		part(specmodel.FlagIn, "input")
		part(specmodel.FlagOut, "output")
	}
	part(specmodel.FlagOptional, "optional")
	part(specmodel.FlagConst, "const")
	part(specmodel.FlagVolatile, "volatile")
	part(specmodel.FlagUser, "user")
	part(specmodel.FlagDMA, "dma")
	part(specmodel.FlagAligned, "aligned")
	part(specmodel.FlagSysfsBinary, "binary")
	if a, b := access(old), access(new); a != b {
		switch {
		case a&^b == 0:
			emit(area + "-access-added")
		case b&^a == 0:
			emit(area + "-access-removed")
		default:
			emit(area + "-access-changed")
		}
	}
}

// access is whether an attribute can be read (1) and written (2); both where
// it is not said.
func access(f specmodel.ParamFlags) int {
	switch f & flagsAccess {
	case specmodel.FlagSysfsReadonly:
		return 1
	case specmodel.FlagSysfsWriteonly:
		return 2
	}
	return 3
}

// A way is where values go: into the kernel, out of it, or both.
type way int

const (
	input  way = 1
	output way = 2
	both       = input | output
)

func wayOfAccess(f specmodel.ParamFlags) way {
	switch access(f) {
	case 1:
		return output
	case 2:
		return input
	}
	return both
}

// wayOf is the direction of a field.
func wayOf(f specmodel.ParamFlags) way {
	switch f & flagsInOut {
	case specmodel.FlagOut:
		return output
	case flagsInOut:
		return both
	}
	return input
}

// size compares numbers of bytes.
func (c *comparer) size(at spot, path, attr string, old, new specmodel.Expr) {
	if sameNumber(old, new) || !c.stated(path) {
		return
	}
	action := "changed"
	v, ok1 := value(old)
	w, ok2 := value(new)
	if ok1 && ok2 && v.Bits != 0 && w.Bits != 0 {
		action = "grown"
		if v.Cmp(w) > 0 {
			action = "shrunk"
		}
	}
	c.emit(attr+"-"+action, at, show(old), show(new))
}

// sysfsParam compares what only the value of an attribute has.
func (c *comparer) sysfsParam(at spot, w way, old, new *specmodel.SysfsParam) {
	if old == nil && new == nil {
		return
	}
	if old == nil {
		old = &specmodel.SysfsParam{}
	}
	if new == nil {
		new = &specmodel.SysfsParam{}
	}
	const path = "params.sysfs."
	c.text(at, path+"path", "param-path-changed", old.Path, new.Path)
	if rel := relateBits(old.Permissions, new.Permissions); rel != same {
		c.related(at, path+"permissions", "param-permissions", asMembers, rel, show(old.Permissions), show(new.Permissions))
	}
	c.text(at, path+"default", "param-default-changed", old.Default, new.Default)
	c.text(at, path+"units", "param-units-changed", old.Units, new.Units)
	c.step(at, path+"step", old.Step, new.Step)
	if rel := relateKeys(old.AllowedStrings, new.AllowedStrings); rel != same {
		attr, actions := "param-strings", asMembers
		if w == output || w == both && rel == wider {
			attr, actions = "param-output-values", asInterval
		}
		c.related(at, path+"allowed_strings", attr, actions, rel, strings.Join(old.AllowedStrings, ", "), strings.Join(new.AllowedStrings, ", "))
	}
}

// step compares distances between values: the values of a multiple are fewer.
func (c *comparer) step(at spot, path string, old, new specmodel.Expr) {
	if sameNumber(old, new) {
		return
	}
	v, ok1 := value(old)
	w, ok2 := value(new)
	ok1, ok2 = ok1 || !old.IsSet(), ok2 || !new.IsSet()
	a, b := max(v.Bits, 1), max(w.Bits, 1)
	rel := moved
	switch {
	case !ok1 || !ok2:
		rel = unknown
	case a == b:
		return
	case b%a == 0:
		rel = narrower
	case a%b == 0:
		rel = wider
	}
	c.related(at, path, "param-step", asInterval, rel, show(old), show(new))
}
