// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"strings"

	"kapilint/specmodel"
)

// integer is how a C integer type is passed. A word is as wide as a pointer,
// 64 bits here, so that long and long long are not the same.
type integer struct {
	domain
	word bool
}

// integers are the types by their words in one order, int left out.
var integers = func() map[string]integer {
	m := map[string]integer{}
	add := func(i integer, names string) {
		for name := range strings.FieldsSeq(names) {
			m[strings.ReplaceAll(name, "+", " ")] = i
		}
	}
	of := func(width int, signed bool) integer { return integer{domain: domain{width, signed}} }
	word := func(signed bool) integer { return integer{domain{64, signed}, true} }
	add(of(8, true), "char signed+char s8 __s8 int8_t")
	add(of(8, false), "unsigned+char u8 __u8 uint8_t bool _Bool")
	add(of(16, true), "short signed+short s16 __s16 int16_t")
	add(of(16, false), "unsigned+short u16 __u16 uint16_t umode_t")
	add(of(32, true), "int signed s32 __s32 int32_t pid_t key_t clockid_t timer_t key_serial_t rwf_t")
	add(of(32, false), "unsigned u32 __u32 uint32_t uid_t gid_t qid_t dev_t")
	add(word(true), "long signed+long ssize_t off_t intptr_t ptrdiff_t")
	add(word(false), "unsigned+long size_t uintptr_t aio_context_t")
	add(of(64, true), "long+long signed+long+long s64 __s64 int64_t loff_t")
	add(of(64, false), "unsigned+long+long u64 __u64 uint64_t __aligned_u64")
	return m
}()

var spaced = strings.NewReplacer("*", " * ", "(", " ( ", ")", " ) ", ",", " , ")

// cType brings the words of a type into one order, without what says nothing
// of how a value is passed.
func cType(text string) string {
	var out []string
	sign, longs, short, isInt := "", 0, false, false
	for w := range strings.FieldsSeq(spaced.Replace(text)) {
		switch w {
		case "const", "volatile", "restrict", "__restrict", "__user", "__force", "__kernel", "__iomem", "__rcu":
		case "unsigned", "signed":
			sign = w
		case "long":
			longs++
		case "short":
			short = true
		case "int":
			isInt = true
		default:
			out = append(out, w)
		}
	}
	var words []string
	if sign != "" {
		words = append(words, sign)
	}
	for range longs {
		words = append(words, "long")
	}
	if short {
		words = append(words, "short")
	}
	if isInt && len(words) == 0 {
		words = append(words, "int")
	}
	return strings.Join(append(words, out...), " ")
}

// sameType reports whether values of two C types are passed alike.
func sameType(a, b string) bool {
	if a == b {
		return true
	}
	a, b = cType(a), cType(b)
	if a == b {
		return true
	}
	i, ok1 := integers[a]
	j, ok2 := integers[b]
	return ok1 && ok2 && i == j
}

// domainOf is the integers that a parameter or field can hold, for when they
// are asked for.
func domainOf(typeName string, class specmodel.ParamType) func() domain {
	return func() domain {
		if i, ok := integers[cType(typeName)]; ok {
			return i.domain
		}
		switch class {
		case specmodel.TypeInt, specmodel.TypeFD:
			return domain{64, true}
		}
		return domain{64, false}
	}
}
