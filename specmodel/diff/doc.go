// SPDX-License-Identifier: GPL-2.0-only

// Package diff says what changed between two sets of contracts, and whom it
// concerns.
//
// A [Change] is one fact: a [Rule] of the catalogue, the contract and the
// element of it, the value and the place before and after. Rules have
// permanent ids made from coordinates (area, attribute, action), such as
// param-range-narrowed; an id is never given to something else. How bad a
// change is follows from one definition:
//
//   - breaking: a program that kept to the old contract can stop working.
//     What goes in has become narrower (fewer values, a new requirement), what
//     comes out has become wider (a new error, one more thing that can happen),
//     or a number or a layout that is compiled into programs is another one.
//   - warning: the definition does not decide. The change is in words, or in a
//     value that is not known.
//   - info: such a program keeps working. What goes in has become wider, what
//     comes out narrower, or only the words of the documentation changed.
//
// Values are compared as sets. range(0, 7) and mask(7) of an unsigned
// parameter are the same set and no change; a number has the value that it
// has, however it is spelled; the order of flags, errors and bits means
// nothing. Where a value is not known its text is compared, term by term for
// flags joined by |, and where not even that decides, the change is a warning.
// What one of the two sources has no way to state ([specmodel.API.Unstated])
// is no change.
//
// One cause is reported once: a parameter that is inserted does not move those
// behind it, a field that grows does not change the offsets of the next ones
// and the size of its structure, a value set that changes takes the error of
// its refused values with it.
//
// Inferred contracts are compared like declared ones. An error that is gone
// from an inferred contract that is open (what can come back is not known
// completely), or new against an open one, has a rule of its own: where only
// callbacks keep that contract open the code's own errors have changed, and
// otherwise the error was only not seen.
//
// Limits. A field of a structure whose direction is not stated is taken as an
// input. long and pointers have 64 bits. Two names that have no known value
// are taken as two values. Conditions and descriptions are words: that they
// changed is all that is said.
//
// Everything is one package: the catalogue of rules and the comparison that
// emits them are held to each other, and the files follow the sections of a
// contract.
package diff
