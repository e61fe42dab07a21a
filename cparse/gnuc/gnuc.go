// SPDX-License-Identifier: GPL-2.0-only

// Package gnuc turns the preprocessed tokens of a kernel source file into a
// type-checked syntax tree of modernc.org/cc/v4.
//
// # Model
//
// The tokens are cut into top-level items: declarations and function
// definitions. What each declares is found without knowing types, and only
// items that are reached are given to cc, a few percent of a unit. Everything
// in the main file is reached (the C file and C files it includes), or with
// Options.Roots only the functions named; so is what a reached item mentions.
// A struct that is mentioned through pointers only is reached when some reached
// item names one of its members. Of functions in headers, those that return
// nothing are reached as declarations.
//
// A reached item is rewritten into C that cc takes and emitted on a line of its
// own. Every emitted token has its place in the text, by which [Output.Index]
// leads back from a token of the tree to the token of the unit. A token that
// was inserted leads to the one in whose stead it stands.
//
// # What the tree does not say
//
// Qualifiers, attributes and asm labels are dropped. Output.Const, NoReturn,
// Weak and Cleanup keep what is left to know of them; Const has the names of
// objects at file scope, and function.object for those that a function
// declares. _Static_assert, asm and stray semicolons at file scope are dropped.
//
// An asm statement becomes an expression statement that assigns each output
// operand the opaque value, or that just calls it when there is none:
//
//	asm("..." : "=r" (x), "+m" (*p) : ...);  ->  (x) = (typeof(x))__kapi_opaque(), (*p) = (typeof(*p))__kapi_opaque();
//	asm volatile("..." ::: "memory");        ->  (void)__kapi_opaque();
//	asm goto("..." : outputs : ... : l1, l2); -> do { outputs; if (__kapi_opaque()) goto l1; if (__kapi_opaque()) goto l2; } while (0);
//
// where the prelude declares
//
//	unsigned long __kapi_opaque(void);
//
// Labels that a block declares with __label__ have a number appended. Other
// rewrites keep the meaning: typeof of a type, __builtin_offsetof, va_arg,
// x ?: y with a constant x, and the bit counting and byte swapping builtins of
// constants, which cc does not evaluate. Every function body begins with the
// declaration of __func__ that cc puts there.
//
// # Layout
//
// Sizes and offsets are gcc's for nearly all structs. Packed structs get the
// alignment of their members from aligned attributes; bit-fields that lie
// within bytes, or within pairs of bytes, get a char or short type, because cc
// would start them elsewhere; a named member whose own members could be
// mistaken for those of an anonymous one is wrapped in anonymous structs. Not
// as in gcc: bit-fields that cross such boundaries where they do not start at
// an aligned place, members after an array of empty structs, and #pragma pack.
//
// # Quarantine
//
// cc gives no tree at all when it finds an error. The items it blames are then
// withheld, a function as far as its body goes, and cc is run again, a bounded
// number of times. Errors without a place are traced to their item by
// bisection. Items that would exhaust cc's stack or time are withheld before:
// brackets nested too deeply, very long expressions, types of too many members.
// Text that ends inside an item gives no tree.
//
// Cutting, reaching, rewriting and quarantine work on one list of items and its
// index back to the unit; so they are one package, with a file for each.
package gnuc

import (
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// Error is why there is no tree.
type Error struct {
	At  *pp.Token // what it is about; nil if that is not known
	Msg string
}

func (e *Error) Error() string { return e.Msg }

// Input is what [Translate] works on.
type Input struct {
	Files  *pp.Files
	Result *pp.Result
}

// Options say how much of a unit is translated.
type Options struct {
	Arch     string   // as Go spells it: amd64, arm64; default amd64
	Bits     int      // 32 or 64; default 64
	Roots    []string // functions of interest; nil: all of the main file
	KeepVoid bool     // keep the bodies of large header functions that return nothing, too
	noBodies bool     // keep no bodies
}

// Quarantined is an item that was withheld from cc.
type Quarantined struct {
	Name   string    // of the function or what else it declares
	At     *pp.Token // what is wrong, or where it is noticed
	Reason string
	InMain bool // it stands in the main file
	Func   bool // a function, of which the declaration was kept
}

// Func is a function definition whose body was kept.
type Func struct {
	Name           string
	Def            *cc.FunctionDefinition
	InMain         bool
	Static, Inline bool
	At, End        *pp.Token // its name and the brace that closes it
}

// Stats are counts for measurements.
type Stats struct {
	Tokens, Items        int // of the unit
	Kept, KeptItems      int // given to cc
	Bodies, HeaderBodies int // function bodies in the tree, and those of headers
	Tries                int // runs of cc
}

// Output is the result of [Translate].
type Output struct {
	AST         *cc.AST
	Funcs       []Func // in source order
	Quarantined []Quarantined
	NoReturn    map[string]bool // functions that do not return
	Weak        map[string]bool // functions declared weak
	Const       map[string]bool // objects declared const, and arrays of const elements
	Stats       Stats

	unit *unit
	text *text
}
