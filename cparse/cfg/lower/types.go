// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"strings"

	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

var (
	voidType  = cfg.Type{Kind: cfg.Void, Name: "void"}
	boolType  = cfg.Type{Kind: cfg.Bool, Size: 1, Name: "_Bool"}
	intType   = cfg.Type{Kind: cfg.Int, Signed: true, Size: 4, Name: "int"}
	longType  = cfg.Type{Kind: cfg.Int, Signed: true, Size: 8, Name: "long"}
	ulongType = cfg.Type{Kind: cfg.Int, Size: 8, Name: "unsigned long"}
	ptrType   = cfg.Type{Kind: cfg.Pointer, Size: 8, Name: "void *"}
)

// intOf returns an integer type of size bytes.
func intOf(size int64, signed bool) cfg.Type {
	names := map[int64]string{1: "char", 2: "short", 4: "int", 8: "long"}
	t := cfg.Type{Kind: cfg.Int, Signed: signed, Size: size, Name: names[size]}
	if !signed {
		t.Name = "unsigned " + t.Name
	}
	return t
}

// typeOf converts a type of the front end. Results are kept in the Source:
// the types of a unit are shared by its nodes.
func (s *Source) typeOf(t cc.Type) cfg.Type {
	if r, ok := s.types[t]; ok {
		return r
	}
	r := s.convertType(t)
	s.noteTagless(t)
	if s.types == nil {
		s.types = map[cc.Type]cfg.Type{}
	}
	s.types[t] = r
	return r
}

func (s *Source) convertType(t cc.Type) cfg.Type {
	r := cfg.Type{Size: max(0, t.Size()), Name: typeName(t, 0)}
	if t.VectorSize() > 0 {
		r.Kind = cfg.Float
		return r
	}
	switch t.Kind() {
	case cc.Void:
		return voidType
	case cc.Bool:
		r.Kind = cfg.Bool
	case cc.Ptr:
		r.Kind, r.Size = cfg.Pointer, ptrType.Size
	case cc.Struct, cc.Union, cc.Array:
		r.Kind = cfg.Aggregate
	case cc.Function:
		r.Kind, r.Size = cfg.Function, 0
	case cc.Enum:
		r.Kind = cfg.Int
		r.Signed = true
		if et, ok := t.(*cc.EnumType); ok {
			r.Signed = enumSigned(et)
		}
		if r.Size == 0 { // incomplete: a forward reference
			r.Size = 4
		}
	default:
		if !cc.IsIntegerType(t) {
			r.Kind = cfg.Float
			break
		}
		r.Kind = cfg.Int
		r.Signed = cc.IsSignedInteger(t)
	}
	return r
}

// enumSigned reports whether gcc gives the enumeration a signed type: it does
// when an enumerator is negative, whatever the front end was told to do.
func enumSigned(t *cc.EnumType) bool {
	u := t.UnderlyingType()
	if !cc.IsSignedInteger(u) {
		return false
	}
	return u.Size() != 4 || len(t.Enumerators()) == 0 || t.Min() < 0
}

// maxTypeDepth bounds how much of a declarator is spelled out.
const maxTypeDepth = 8

// typeName spells t as C would, without qualifiers.
func typeName(t cc.Type, depth int) string {
	if depth > maxTypeDepth {
		return "..."
	}
	if d := t.Typedef(); d != nil && d.Name() != "" {
		return d.Name()
	}
	switch x := t.(type) {
	case *cc.PointerType:
		if f, ok := x.Elem().(*cc.FunctionType); ok && f.Typedef() == nil {
			return typeName(f.Result(), depth+1) + " (*)(" + paramNames(f, depth+1) + ")"
		}
		elem := typeName(x.Elem(), depth+1)
		if strings.HasSuffix(elem, "*") {
			return elem + "*"
		}
		return elem + " *"
	case *cc.ArrayType:
		return typeName(x.Elem(), depth+1) + " []"
	case *cc.StructType:
		return tagged("struct", x.Tag())
	case *cc.UnionType:
		return tagged("union", x.Tag())
	case *cc.EnumType:
		return tagged("enum", x.Tag())
	case *cc.FunctionType:
		return typeName(x.Result(), depth+1) + " (" + paramNames(x, depth+1) + ")"
	}
	return t.Kind().String()
}

func tagged(keyword string, tag cc.Token) string {
	if name := tag.SrcStr(); name != "" {
		return keyword + " " + name
	}
	return keyword
}

func paramNames(f *cc.FunctionType, depth int) string {
	var names []string
	for _, p := range f.Parameters() {
		names = append(names, typeName(p.Type(), depth))
	}
	if f.IsVariadic() {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// structName returns the tag of a struct or union, or else its typedef's name,
// or else "".
func structName(t cc.Type) string {
	var tag cc.Token
	switch x := t.(type) {
	case *cc.StructType:
		tag = x.Tag()
	case *cc.UnionType:
		tag = x.Tag()
	default:
		return ""
	}
	if name := tag.SrcStr(); name != "" {
		return name
	}
	if d := t.Typedef(); d != nil {
		return d.Name()
	}
	return ""
}

// memberName returns the name of a member of a struct or union, struct.member.
// The members of one without a name are those of the struct around it, as C has
// it, or stand behind the name of the member that has the type.
func (s *Source) memberName(t cc.Type, f *cc.Field) string {
	name := f.Name()
	for range maxTypeDepth {
		if owner := structName(t); owner != "" {
			return owner + "." + name
		}
		if owner := s.tagless[f.Declarator()]; owner != "" {
			return owner + "." + name
		}
		if f = f.ParentField(); f == nil {
			break
		}
		if owner := structName(f.Type()); owner != "" {
			return owner + "." + name
		}
		if f.Name() != "" {
			name = f.Name() + "." + name
		}
		t = f.ParentType()
	}
	return "." + name
}

// noteTagless remembers the members of a struct or union that only a typedef
// names, since they do not know it themselves.
func (s *Source) noteTagless(t cc.Type) {
	for {
		a, ok := t.(*cc.ArrayType)
		if !ok {
			break
		}
		t = a.Elem()
	}
	fields, ok := t.(interface{ FieldByIndex(int) *cc.Field })
	if !ok || t.Typedef() == nil || structName(t) != t.Typedef().Name() {
		return
	}
	if s.tagless == nil {
		s.tagless = map[*cc.Declarator]string{}
	}
	for i := 0; ; i++ {
		f := fields.FieldByIndex(i)
		if f == nil {
			return
		}
		if d := f.Declarator(); d != nil { // of which copies of a field have the same
			s.tagless[d] = structName(t)
		}
	}
}

// pointerTo returns the type of a pointer to t.
func (s *Source) pointerTo(t cc.Type) cfg.Type {
	if r, ok := s.ptrs[t]; ok {
		return r
	}
	name := s.typeOf(t).Name
	if strings.HasSuffix(name, "*") {
		name += "*"
	} else {
		name += " *"
	}
	r := cfg.Type{Kind: cfg.Pointer, Size: ptrType.Size, Name: name}
	if s.ptrs == nil {
		s.ptrs = map[cc.Type]cfg.Type{}
	}
	s.ptrs[t] = r
	return r
}

// elemSize returns the unit of arithmetic on pointers to t, and false when it
// is not known.
func elemSize(t cc.Type) (int64, bool) {
	switch t.Kind() {
	case cc.Void, cc.Function:
		return 1, true
	case cc.Array:
		if a, ok := t.(*cc.ArrayType); ok && a.IsVLA() {
			return 0, false
		}
	}
	size := t.Size()
	return size, size >= 0
}

// wide reports whether t is an integer with more bits than a Val has.
func wide(t cfg.Type) bool { return t.Kind == cfg.Int && t.Size > 8 }

// same reports whether values of a and b are interchangeable.
func same(a, b cfg.Type) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case cfg.Int:
		return a.Size == b.Size && a.Signed == b.Signed
	case cfg.Float, cfg.Aggregate:
		return a.Size == b.Size
	}
	return true
}

// promote applies the integer promotions.
func promote(t cfg.Type) cfg.Type {
	if t.Kind == cfg.Bool || t.Kind == cfg.Int && t.Size < intType.Size {
		return intType
	}
	return t
}

// usual returns the type that the usual arithmetic conversions give.
func usual(a, b cfg.Type) cfg.Type {
	if a.Kind == cfg.Float || b.Kind == cfg.Float {
		if a.Kind != cfg.Float || b.Kind == cfg.Float && b.Size > a.Size {
			return b
		}
		return a
	}
	a, b = promote(a), promote(b)
	switch {
	case a.Kind == cfg.Pointer:
		return a
	case b.Kind == cfg.Pointer:
		return b
	case a.Size > b.Size:
		return a
	case b.Size > a.Size:
		return b
	case a.Signed:
		return b
	}
	return a
}
