// SPDX-License-Identifier: GPL-2.0-only

// Package specvalues reports values, names and entries of a contract that cannot be
// meant.
package specvalues

import (
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return specproblem.Check(specs, specmodel.AreaValues, "report values, names and entries that cannot be meant", doc)
}

var doc = lint.Doc{
	Title:    "Values of a contract that cannot be meant",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `A range whose bounds are the wrong way round lets nothing through, an alignment
that is no power of two refuses everything, and an error with a name that does
not exist is never returned. This check looks at the contract alone:

- empty ranges, masks without bits, alignments, lists without values
- names of errors, capabilities, signals and architectures that do not exist
- the same entry twice, and entries that contradict each other
- the index of a buffer's size that is out of range, of the buffer itself, or of a pointer
- constants that have no value in the unit that the contract stands in

Bounds and masks are computed with the types and macros of that unit.`,
	Before: ` * param: count
 *   type: int, input
 *   constraint-type: range(10, 1)
 *
 * error: EINVL, Bad count`,
	After: ` * param: count
 *   type: int, input
 *   constraint-type: range(1, 10)
 *
 * error: EINVAL, Bad count`,
	Limits: `Texts are not understood: a condition that can never hold is not seen. Whether
the code agrees with the values is for other checks to say.`,
}
