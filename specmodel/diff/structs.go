// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"strings"

	"kapilint/specmodel"
)

func (c *comparer) structs() {
	old, new := c.old.Structs, c.new.Structs
	if len(old) == 0 && len(new) == 0 || !c.stated("struct_specs") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(s *specmodel.Struct) string { return strings.TrimPrefix(s.Name, "struct ") },
		func(s specmodel.Struct) *specmodel.API {
			s.Name = ""
			return &specmodel.API{Structs: []specmodel.Struct{s}}
		})
	for _, i := range gone {
		c.emit("struct-removed", spot{kind: "structure", name: old[i].Name, old: old[i].Pos}, show(old[i].Size), "")
	}
	for _, j := range come {
		c.emit("struct-added", spot{kind: "structure", name: new[j].Name, new: new[j].Pos}, "", show(new[j].Size))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "structure", name: y.Name, old: x.Pos, new: y.Pos}
		c.token(at, "struct_specs.name", "struct-name-changed", strings.TrimPrefix(x.Name, "struct "), strings.TrimPrefix(y.Name, "struct "))
		resized := c.fields(x, y)
		if !resized {
			c.number(at, "struct_specs.size", "struct-size-changed", x.Size, y.Size)
		}
		c.number(at, "struct_specs.alignment", "struct-alignment-changed", x.Alignment, y.Alignment)
		c.text(at, "struct_specs.description", "struct-description-changed", x.Description, y.Description)
	}
}

// fields compares the fields of a structure and reports whether some were
// added, removed or resized, from which its size follows and where the fields
// behind them are.
func (c *comparer) fields(old, new *specmodel.Struct) (resized bool) {
	const path = "struct_specs.fields"
	if !c.stated(path) {
		return false
	}
	pairs, gone, come := pairUp(old.Fields, new.Fields, func(f *specmodel.Field) string { return f.Name },
		func(f specmodel.Field) *specmodel.API {
			f.Name = ""
			return &specmodel.API{Structs: []specmodel.Struct{{Fields: []specmodel.Field{f}}}}
		})
	named := func(f *specmodel.Field) string { return new.Name + "." + f.Name }
	for _, i := range gone {
		f := &old.Fields[i]
		c.emit("field-removed", spot{kind: "field", name: named(f), old: f.Pos}, oneLine(f.TypeName), "")
	}
	for _, j := range come {
		f := &new.Fields[j]
		c.emit("field-added", spot{kind: "field", name: named(f), new: f.Pos}, "", oneLine(f.TypeName))
	}
	resized = len(gone)+len(come) > 0
	for _, p := range pairs {
		x, y := &old.Fields[p[0]], &new.Fields[p[1]]
		at := spot{kind: "field", name: named(y), old: x.Pos, new: y.Pos}
		c.token(at, path+".name", "field-name-changed", x.Name, y.Name)
		before := len(c.out)
		c.types(at, path, "field", x.TypeName, y.TypeName, x.Type, y.Type)
		retyped := len(c.out) > before && x.Type == y.Type
		if !sameNumber(x.Size, y.Size) {
			resized = true
			if !retyped {
				c.number(at, path+".size", "field-size-changed", x.Size, y.Size)
			}
		}
		c.flags(at, path+".flags", "field", x.Flags, y.Flags)
		c.constraint(valued{
			at: at, path: path, area: "field", way: wayOf(y.Flags), old: &x.Constraint, new: &y.Constraint,
			oldDom: domainOf(x.TypeName, x.Type), newDom: domainOf(y.TypeName, y.Type),
		})
		c.text(at, path+".description", "field-description-changed", x.Description, y.Description)
	}
	if !resized && c.stated(path+".offset") {
		c.offsets(old, new, pairs, named)
	}
	return resized
}

// offsets compares where fields are. Fields that moved by one distance moved
// for one reason. Where no offset is stated the order says it.
func (c *comparer) offsets(old, new *specmodel.Struct, pairs [][2]int, named func(*specmodel.Field) string) {
	type distance struct{ by uint64 }
	seen := map[distance]bool{}
	last := -1
	for _, p := range pairs {
		x, y := &old.Fields[p[0]], &new.Fields[p[1]]
		at := spot{kind: "field", name: named(y), old: x.Pos, new: y.Pos}
		if !x.Offset.IsSet() && !y.Offset.IsSet() {
			if p[0] < last {
				c.emit("field-order-changed", at, fieldNames(old), fieldNames(new))
				return
			}
			last = p[0]
			continue
		}
		if sameNumber(x.Offset, y.Offset) {
			continue
		}
		v, ok1 := value(x.Offset)
		w, ok2 := value(y.Offset)
		if ok1 && ok2 {
			d := distance{w.Bits - v.Bits}
			if seen[d] {
				continue
			}
			seen[d] = true
		}
		c.emit("field-offset-changed", at, show(x.Offset), show(y.Offset))
	}
}

func fieldNames(s *specmodel.Struct) string {
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return oneLine(strings.Join(names, ", "))
}
