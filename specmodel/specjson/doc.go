// SPDX-License-Identifier: GPL-2.0-only

// Package specjson reads and writes contracts as JSON, the form that infer
// and export print and that --spec takes.
//
// A document is an object with "schema", which is [Schema], and "apis", an
// array of contracts sorted by name. Keys are the JSON names of the model's
// fields; what is empty is left out. Three things differ from the model:
//
//   - A number is a string, decimal or 0x and hexadecimal digits, because
//     JSON readers lose 64-bit integers. Where the contract writes something
//     else than that number ("EP_MAX_EVENTS"), the key with _expr added has
//     the text, and the key itself is left out if the value is not known:
//     "max": "178956970", "max_expr": "EP_MAX_EVENTS". A list of numbers has
//     null for a value that is not known. The value of an error has no _expr
//     where it is the error's name.
//   - A set of flags is an array of short names.
//   - Where an element was written is "file" and "line"; an element has no
//     file of its own where it is that of the contract. Read back, an element
//     without a line has its position in the document.
//
// The JSON Schema of the form is docs/kapilint.spec.schema.json; it is made
// from the model and held to it by a test.
//
// Read takes two foreign forms besides, told by the first key of the document:
// what the framework's own tool prints (its list, and the details of a
// contract) and what the kernel prints in debugfs. Both may be one document
// after another. They were made from compiled contracts, so a zero is also what
// was never written: it counts where the kind of a constraint or check asks
// for it, and for the number of an error, a signal and a capability. What the
// form cannot tell is in [specmodel.API.Unstated], a key or word that is not
// understood in [specmodel.API.Unknown]. The tool numbers classes from 12 on
// in two ways; 12 is read as custom, which it was in all versions but one, and
// the constraint number 4 as custom where no alignment is given.
//
// Reading of our own form is strict: a key that the schema does not have, a value of the wrong
// type and a name that is none of a fixed set are problems with line and
// column, and nothing is read after a syntax error.
package specjson

// Schema names the form that this package reads and writes.
const Schema = "kapilint.spec/1"
