// SPDX-License-Identifier: GPL-2.0-only

// Package kerneldoc reads contracts from kernel-doc comments, in all three
// generations of the notation: flat tags (param-type: NAME, VALUE), blocks
// with KAPI_ tokens, and blocks with short tokens.
//
// # Which comments are contracts
//
// A comment is taken as a contract if it starts with a line that is only
// "/**" and
//
//   - has a contexts: or context-flags: line and at least one line that starts
//     with api-type:, param:, error:, capability:, signal:, lock:,
//     state-trans:, constraint:, side-effect: or long-desc: (the rule of the
//     newest notation), or
//   - has a tag that no ordinary kernel-doc has: one with a hyphen
//     (param-type:, error-code:, long-desc:, ...), an error: followed by a
//     name in capitals and a comma, a side-effect: followed by a kind of
//     effect, or any block tag followed by an indented KEY: that belongs to
//     it (the rule of earlier notations, which needed no context). Such a
//     comment is reported as not-selected, since the kernel's own tools take
//     nothing from it now.
//
// Tags are compared in lower case, and may have a leading @ where no
// parameter has that name. A plain "Context:", "Return:" or "Note:" section
// never makes a comment a contract.
//
// # What is done where readers of the notation differ
//
// The meaning is that which kernel-doc gives the text. Where kernel-doc loses
// an entry (error: without a comma, lock: without a type, a lock's scope:)
// what was written is kept, and a Problem says so. Things that only some
// reader takes differently are Problems with the severity Note.
//
// The function is found by its text alone: the first SYSCALL_DEFINE,
// COMPAT_SYSCALL_DEFINE, function definition or prototype after the comment.
// Its parameters decide number and order of the contract's; macros that
// produce parameters are not seen.
//
// One reader holds the state of a comment for all generations, which mix in
// one text; so they are one package, with a file for each kind of tag.
package kerneldoc
