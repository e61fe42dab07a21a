// SPDX-License-Identifier: GPL-2.0-only

// Package speclimits reports contracts that the compiled form of the framework cannot
// hold, and counts that disagree with what they count.
package speclimits

import (
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return specproblem.Check(specs, specmodel.AreaLimits, "report lists that are too long and counts that are wrong", doc)
}

var doc = lint.Doc{
	Title:    "Contracts that the kernel cannot hold whole",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `The kernel keeps a contract in arrays of fixed length (KAPI_MAX_PARAMS,
KAPI_MAX_ERRORS and so on), and walks them by counts that a macro contract
states by hand. An entry beyond the array or beyond the count is dropped, and a
count that is too high shows entries that are not there. Nothing says so when
the kernel is built.

A missing count is zero: the kernel then keeps none of the entries. The repair
writes the count that the entries have.

Contracts in the first form of the macros are also held to the lengths of
their texts (KAPI_MAX_NAME_LEN, KAPI_MAX_DESC_LEN), which later forms do not
limit.`,
	Before: `	KAPI_ERROR_COUNT(1)
	KAPI_ERROR(0, -EINVAL, "EINVAL", "Unknown flags", "flags holds an unknown bit")
	KAPI_ERROR(1, -ENOMEM, "ENOMEM", "No memory", "There is not enough memory")`,
	After: `	KAPI_ERROR_COUNT(2)
	KAPI_ERROR(0, -EINVAL, "EINVAL", "Unknown flags", "flags holds an unknown bit")
	KAPI_ERROR(1, -ENOMEM, "ENOMEM", "No memory", "There is not enough memory")`,
	Limits: `The bounds are those of the newest framework; older ones kept fewer constraints
and side effects (16). A count that is not a number is not compared.`,
}
