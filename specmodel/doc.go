// SPDX-License-Identifier: GPL-2.0-only

// Package specmodel is the contract of one kernel interface as data: what it
// takes, what it returns, which errors, locks, signals, capabilities and
// effects belong to it.
//
// One type serves every source. A contract that somebody wrote (kernel-doc
// tags, C macros, JSON, a compiled kernel) and a contract that was computed
// from the code are both an [API]; they differ in [API.Origin], and an
// inferred one says in [API.Closed] whether its list of errors is complete
// and carries the evidence in [Error.Trace]. Consumers compare, print and
// convert without asking where the value came from.
//
// Three rules hold everywhere:
//
//   - Every element has a [Pos], the place where it was written. An element
//     that a reader derived (a parameter known only from the prototype) has
//     the position of what it was derived from.
//   - Numbers are expressions, see [Expr]. A reader keeps the text
//     ("EP_MAX_EVENTS", "A | B") and does not compute; [API.Resolve] fills in
//     the values with whatever evaluator is at hand, and text stays for
//     messages. An expression with empty text was not stated.
//   - Nothing is dropped and nothing invented. What a reader does not
//     understand becomes an entry of [API.Unknown] with its raw text; what a
//     source cannot tell is named in [API.Unstated].
//
// The model is that of the kernel's API specification framework in its
// widest form: the system call sections of the current notation plus the
// ioctl, sysfs and socket blocks and the version fields of earlier ones.
// Names of values are the short lower-case tokens of the current notation
// (user_ptr, page_aligned, caller_held).
//
// The package knows neither C nor findings: readers live in its
// sub-packages, and a [Problem] says what is wrong with a contract itself. It is
// one package because its parts (the types, the words and constants of the
// notation, expressions, and what can be wrong) all speak of each other.
package specmodel
