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
// Reading is strict: a key that the schema does not have, a value of the wrong
// type and a name that is none of a fixed set are problems with line and
// column, and nothing is read after a syntax error.
package specjson

// Schema names the form that this package reads and writes.
const Schema = "kapilint.spec/1"
