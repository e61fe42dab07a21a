// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"strconv"
	"strings"
)

// integers defines the sizes, limits and names of the integer types.
func (p *predefiner) integers() {
	m, o := p.mach, &p.o
	if m.bits == 64 {
		p.on("_LP64 __LP64__ __SIZEOF_INT128__=16")
	} else if m.x86 {
		p.on("_ILP32 __ILP32__")
	}
	wide := "long "
	if m.bits == 32 {
		wide = "long long "
	}
	wchar := m.wchar
	if o.shortWchar {
		wchar = "short unsigned int"
	}
	word := "" // of size_t and pointers
	if m.bits == 64 {
		word = "long "
	}
	p.int("__CHAR_BIT__", 8)
	p.int("__BIGGEST_ALIGNMENT__", 16)
	for _, t := range []struct {
		name  string
		bytes int
	}{
		{"SHORT", 2}, {"INT", 4}, {"LONG", m.bits / 8}, {"LONG_LONG", 8}, {"POINTER", m.bits / 8},
		{"SIZE_T", m.bits / 8}, {"PTRDIFF_T", m.bits / 8}, {"WCHAR_T", typeBits(wchar, m.bits) / 8}, {"WINT_T", 4},
	} {
		p.int("__SIZEOF_"+t.name+"__", t.bytes)
	}
	for _, t := range []struct {
		name, typ string
	}{
		{"SCHAR", "signed char"}, {"SHRT", "short int"}, {"INT", "int"}, {"LONG", "long int"}, {"LONG_LONG", "long long int"},
	} {
		p.limit(t.name, t.typ)
		p.width(t.name, t.typ)
	}
	named := func(name, typ string) {
		p.def("__"+name+"_TYPE__", typ)
		p.limit(name, typ)
	}
	signed := func(name, typ string) {
		named(name, typ)
		p.width(name, typ)
	}
	signed("WCHAR", wchar)
	p.minimum("WCHAR", wchar)
	signed("WINT", "unsigned int")
	p.minimum("WINT", "unsigned int")
	signed("SIG_ATOMIC", "int")
	p.minimum("SIG_ATOMIC", "int")
	signed("PTRDIFF", word+"int")
	named("SIZE", word+"unsigned int")
	p.width("SIZE", word+"unsigned int")
	signed("INTPTR", word+"int")
	named("UINTPTR", word+"unsigned int")
	signed("INTMAX", wide+"int")
	named("UINTMAX", wide+"unsigned int")
	p.constant("INTMAX", wide+"int")
	p.constant("UINTMAX", wide+"unsigned int")
	for _, t := range []struct{ bits, kind string }{
		{"8", "char"}, {"16", "short "}, {"32", ""}, {"64", wide},
	} {
		s, u := t.kind+"int", t.kind+"unsigned int"
		if t.kind == "char" {
			s, u = "signed char", "unsigned char"
		}
		named("INT"+t.bits, s)
		named("UINT"+t.bits, u)
		p.constant("INT"+t.bits, s)
		p.constant("UINT"+t.bits, u)
		signedLeast := func(kind, s, u string) {
			signed("INT_"+kind+t.bits, s)
			named("UINT_"+kind+t.bits, u)
		}
		signedLeast("LEAST", s, u)
		if t.bits == "16" || t.bits == "32" {
			s, u = word+"int", word+"unsigned int"
		}
		signedLeast("FAST", s, u)
	}
	p.def("__CHAR16_TYPE__", "short unsigned int")
	p.def("__CHAR32_TYPE__", "unsigned int")
}

// typeBits returns the width of an integer type as gcc spells it.
func typeBits(typ string, long int) int {
	switch {
	case strings.Contains(typ, "char"):
		return 8
	case strings.Contains(typ, "short"):
		return 16
	case strings.Contains(typ, "long long"):
		return 64
	case strings.Contains(typ, "long"):
		return long
	}
	return 32
}

// suffix returns that of a constant of the type.
func suffix(typ string) string {
	s := ""
	if strings.Contains(typ, "unsigned") && typeBits(typ, 32) >= 32 {
		s = "U"
	}
	return s + strings.Repeat("L", strings.Count(typ, "long"))
}

// limit defines the largest value of a type.
func (p *predefiner) limit(name, typ string) {
	digits := typeBits(typ, p.mach.bits) / 4
	first := "7"
	if strings.Contains(typ, "unsigned") {
		first = "f"
	}
	p.def("__"+name+"_MAX__", "0x"+first+strings.Repeat("f", digits-1)+suffix(typ))
}

func (p *predefiner) minimum(name, typ string) {
	switch {
	case !strings.Contains(typ, "unsigned"):
		p.def("__"+name+"_MIN__", "(-__"+name+"_MAX__ - 1)")
	default:
		p.def("__"+name+"_MIN__", "0"+suffix(typ))
	}
}

func (p *predefiner) width(name, typ string) {
	p.int("__"+name+"_WIDTH__", typeBits(typ, p.mach.bits))
}

func (p *predefiner) constant(name, typ string) {
	s := suffix(typ)
	if s != "" {
		s = " ## " + s
	}
	p.def("__"+name+"_C(c)", "c"+s)
}

// format describes a binary or decimal floating point format.
type format struct {
	mant, dig, minExp, min10, maxExp, max10, decimal int
	max, min, epsilon, denorm                        string
}

var formats = map[string]format{
	"bfloat16": {8, 2, -125, -37, 128, 38, 4,
		"3.38953138925153547590470800371487867e+38", "1.17549435082228750796873653722224568e-38",
		"7.81250000000000000000000000000000000e-3", "9.18354961579912115600575419704879436e-41"},
	"binary16": {11, 3, -13, -4, 16, 4, 5,
		"6.55040000000000000000000000000000000e+4", "6.10351562500000000000000000000000000e-5",
		"9.76562500000000000000000000000000000e-4", "5.96046447753906250000000000000000000e-8"},
	"binary32": {24, 6, -125, -37, 128, 38, 9,
		"3.40282346638528859811704183484516925e+38", "1.17549435082228750796873653722224568e-38",
		"1.19209289550781250000000000000000000e-7", "1.40129846432481707092372958328991613e-45"},
	"binary64": {53, 15, -1021, -307, 1024, 308, 17,
		"1.79769313486231570814527423731704357e+308", "2.22507385850720138309023271733240406e-308",
		"2.22044604925031308084726333618164062e-16", "4.94065645841246544176568792868221372e-324"},
	"x87": {64, 18, -16381, -4931, 16384, 4932, 21,
		"1.18973149535723176502126385303097021e+4932", "3.36210314311209350626267781732175260e-4932",
		"1.08420217248550443400745280086994171e-19", "3.64519953188247460252840593361941982e-4951"},
	"binary128": {113, 33, -16381, -4931, 16384, 4932, 36,
		"1.18973149535723176508575932662800702e+4932", "3.36210314311209350626267781732175260e-4932",
		"1.92592994438723585305597794258492732e-34", "6.47517511943802511092443895822764655e-4966"},
}

// floats defines the properties of the floating point types.
func (p *predefiner) floats() {
	m, o := p.mach, &p.o
	p.int("__FLT_RADIX__", 2)
	p.int("__DECIMAL_DIG__", formats[m.ldbl].decimal)
	p.int("__SIZEOF_FLOAT__", 4)
	p.int("__SIZEOF_DOUBLE__", 8)
	size := map[string]int{"binary64": 8, "x87": m.bits / 4, "binary128": 16}[m.ldbl]
	if m.ldbl == "x87" && m.bits == 32 {
		size = 12
	}
	p.int("__SIZEOF_LONG_DOUBLE__", size)
	if m.x86 {
		p.int("__SIZEOF_FLOAT80__", size)
		p.int("__SIZEOF_FLOAT128__", 16)
	}
	p.float("FLT", "binary32", "F", "")
	p.float("DBL", "binary64", "L", "double")
	p.float("LDBL", m.ldbl, "L", "")
	p.float("FLT32", "binary32", "F32", "")
	p.float("FLT64", "binary64", "F64", "")
	p.float("FLT32X", "binary64", "F32x", "")
	if m.ldbl != "binary64" {
		p.float("FLT64X", m.ldbl, "F64x", "")
	}
	if m.x86 || m.ldbl == "binary128" {
		p.float("FLT128", "binary128", "F128", "")
	}
	if half := m.x86 && o.sse >= 2 && o.version[0] >= 12; half {
		p.float("FLT16", "binary16", "F16", "")
		if o.version[0] >= 13 {
			p.float("BFLT16", "bfloat16", "BF16", "")
		}
	}
	iec, eval := 2, 0
	if m.x86 {
		if !o.x87 && o.sse == 0 {
			iec = 0
		}
		p.decimals()
		// What SSE cannot do is computed in the registers of the 80387.
		switch {
		case !o.x87:
		case o.sse == 0 || m.bits == 32:
			eval = 2
		case o.sse == 1:
			eval = -1
		}
	}
	p.int("__GCC_IEC_559", iec)
	p.int("__GCC_IEC_559_COMPLEX", iec)
	p.int("__FLT_EVAL_METHOD__", eval)
	p.int("__FLT_EVAL_METHOD_TS_18661_3__", eval)
}

func (p *predefiner) float(name, form, suffix, cast string) {
	f := formats[form]
	num := func(field string, v int) {
		s := strconv.Itoa(v)
		if v < 0 {
			s = "(" + s + ")"
		}
		p.def("__"+name+"_"+field+"__", s)
	}
	val := func(field, v string) {
		v += suffix
		if cast != "" {
			v = "((" + cast + ")" + v + ")"
		}
		p.def("__"+name+"_"+field+"__", v)
	}
	num("MANT_DIG", f.mant)
	num("DIG", f.dig)
	num("MIN_EXP", f.minExp)
	num("MIN_10_EXP", f.min10)
	num("MAX_EXP", f.maxExp)
	num("MAX_10_EXP", f.max10)
	num("DECIMAL_DIG", f.decimal)
	val("MAX", f.max)
	val("NORM_MAX", f.max)
	val("MIN", f.min)
	val("EPSILON", f.epsilon)
	val("DENORM_MIN", f.denorm)
	num("HAS_DENORM", 1)
	num("HAS_INFINITY", 1)
	num("HAS_QUIET_NAN", 1)
	if p.o.version[0] >= 12 {
		num("IS_IEC_60559", 2)
	}
}

// decimals defines the properties of the decimal types.
func (p *predefiner) decimals() {
	p.int("__DEC_EVAL_METHOD__", 2)
	for _, d := range []struct {
		bits, mant, maxExp string
		min                string
	}{
		{"32", "7", "97", "-94"}, {"64", "16", "385", "-382"}, {"128", "34", "6145", "-6142"},
	} {
		n := "__DEC" + d.bits + "_"
		suffix := map[string]string{"32": "DF", "64": "DD", "128": "DL"}[d.bits]
		mant, _ := strconv.Atoi(d.mant)
		max, _ := strconv.Atoi(d.maxExp)
		min, _ := strconv.Atoi(d.min)
		p.def(n+"MANT_DIG__", d.mant)
		p.def(n+"MIN_EXP__", "("+d.min+")")
		p.def(n+"MAX_EXP__", d.maxExp)
		e := strconv.Itoa(min - 1)
		p.def(n+"MIN__", "1E"+e+suffix)
		p.def(n+"MAX__", "9."+strings.Repeat("9", mant-1)+"E"+strconv.Itoa(max-1)+suffix)
		p.def(n+"EPSILON__", "1E-"+strconv.Itoa(mant-1)+suffix)
		p.def(n+"SUBNORMAL_MIN__", "0."+strings.Repeat("0", mant-2)+"1E"+e+suffix)
	}
}
