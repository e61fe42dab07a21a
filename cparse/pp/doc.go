// SPDX-License-Identifier: GPL-2.0-only

// Package pp preprocesses C as gcc does, for tools that look at thousands of
// translation units in one process.
//
// # Model
//
// A [Files] is the set of source files of one run. Every file is read and cut
// into tokens once; the tokens are immutable and shared by all units and
// goroutines. Each file has a range of its own in one run-wide space of
// positions, so a [Pos] alone says file and place.
//
// [Process] runs one translation unit over such a set and gives a [Result]:
// the tokens after preprocessing, and the record of every macro expansion they
// came through. A [Token] has two coordinates. Pos is where its text is
// spelled: in the file itself, for a macro argument too, or in the replacement
// list of a macro. Exp is the innermost [Expansion] that put it there, and the
// Parent links lead from that to the outermost one, whose name stands in a
// file.
//
// The order of the tokens, and the text of each, equal those of gcc -E. Macro
// expansion follows the same scheme as gcc's: a stack of token lists, a macro
// disabled while its list is on the stack, names met while disabled painted
// for good, and padding that remembers white space for the # operator. The
// #pragma and #ident lines, and the _Pragma operator, leave no token;
// #pragma once, push_macro and pop_macro are obeyed.
//
// Errors in the source (a missing header, #error, an unterminated literal) are
// collected with positions in [Result.Errors] and processing goes on. A limit
// of [Limits] that is exceeded is such an error too, but ends the unit.
//
// # Limits
//
// Trigraphs are off. Identifiers may hold any letter or digit of Unicode. A
// file counts as the same file when its cleaned path is the same; links are
// not resolved. Poisoned identifiers and the assertions of old C (#assert) are
// not known. A raw string literal in a file that also splices lines inside
// tokens has its own splices removed as well.
//
// Lexing, directives and expansion share tokens by the million and the state of
// one unit; so they are one package, with a file for each.
package pp
