// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import "strings"

// prelude is what every translation begins with.
const prelude = "int __predefined_declarator ; typedef %s __predefined_size_t ; typedef %s __predefined_ptrdiff_t ; " +
	"typedef unsigned short __predefined_wchar_t ; typedef void * __builtin_va_list ; " +
	"unsigned long " + Opaque + " ( void ) ;\n"

// builtinTypes gives the result types of gcc's builtin functions where they
// are not int. The names lack their "__builtin_".
var builtinTypes = map[string]string{
	"expect": "long", "expect_with_probability": "long", "labs": "long",
	"llabs": "long long", "memcpy": "void *", "memmove": "void *", "memset": "void *",
	"memchr": "void *", "alloca": "void *", "return_address": "void *", "frame_address": "void *",
	"extract_return_addr": "void *", "assume_aligned": "void *", "thread_pointer": "void *",
	"va_arg_impl": "void *", "va_start": "void", "va_end": "void", "va_copy": "void",
	"strcpy": "char *", "strncpy": "char *", "strcat": "char *", "strchr": "char *",
	"strrchr": "char *", "strstr": "char *", "FILE": "char *", "FUNCTION": "char *",
	"strlen": "unsigned long", "strnlen": "unsigned long", "object_size": "unsigned long",
	"dynamic_object_size": "unsigned long", "bswap16": "unsigned short",
	"bswap32": "unsigned int", "bswap64": "unsigned long long",
	"unreachable": "void", "trap": "void", "prefetch": "void", "abort": "void", "exit": "void",
	"speculation_safe_value": "unsigned long", "ia32_readeflags_u64": "unsigned long",
	"add_overflow": "_Bool", "sub_overflow": "_Bool", "mul_overflow": "_Bool",
	"add_overflow_p": "_Bool", "sub_overflow_p": "_Bool", "mul_overflow_p": "_Bool",
}

// noReturn are the compiler's functions that do not return.
var noReturn = map[string]bool{
	"__builtin_unreachable": true, "__builtin_trap": true, "__builtin_abort": true, "__builtin_exit": true,
}

// builtinDecl returns the declaration of a compiler builtin, or "".
func builtinDecl(name string) string {
	switch {
	case strings.HasPrefix(name, "__builtin_"):
		typ, ok := builtinTypes[name[len("__builtin_"):]]
		if !ok {
			typ = "int"
		}
		return typ + " " + name + " ( ) ;"
	case name == "__ccgo__types_compatible_p":
		return "int " + name + " ( ) ;"
	case strings.HasPrefix(name, "__sync_") || strings.HasPrefix(name, "__atomic_"):
		return "long " + name + " ( ) ;"
	}
	return ""
}
