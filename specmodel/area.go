// SPDX-License-Identifier: GPL-2.0-only

package specmodel

// Area groups the kinds of problem by what has to be looked at to repair them.
type Area string

// The areas.
const (
	AreaSyntax    Area = "syntax"    // tags and macros that are not understood, or by one reader only
	AreaLimits    Area = "limits"    // more than the kernel keeps, and counts
	AreaValues    Area = "values"    // values, names and entries that cannot be meant
	AreaSignature Area = "signature" // the contract and its function
	AreaNotation  Area = "notation"  // comments and macros that are no contract though they look like one
)

// areas are the kinds of problem that are not of [AreaSyntax], by ID.
var areas = map[string]Area{
	"too-many": AreaLimits, "count": AreaLimits, "no-count": AreaLimits, "index-gap": AreaLimits, "too-long-text": AreaLimits,

	"duplicate-param": AreaValues, "duplicate-error": AreaValues, "duplicate-value": AreaValues, "duplicate-entry": AreaValues,
	"duplicate-index": AreaValues, "duplicate-return": AreaValues, "contradiction": AreaValues,
	"buffer-without-size": AreaValues, "size-param-index": AreaValues, "empty-range": AreaValues, "unused-constraint": AreaValues,
	"range-without-bounds": AreaValues, "mask-without-bits": AreaValues, "empty-mask": AreaValues, "bad-alignment": AreaValues,
	"enum-without-values": AreaValues, "arch-mask-without-mask": AreaValues,
	"unknown-errno": AreaValues, "unknown-capability": AreaValues, "unknown-signal": AreaValues, "unknown-arch": AreaValues,
	"unknown-value": AreaValues, "error-code": AreaValues, "positive-code": AreaValues,
	"signal-error": AreaValues, "error-values": AreaValues, "bad-success": AreaValues,

	"no-name": AreaSignature, "name": AreaSignature, "no-function": AreaSignature, "unknown-param": AreaSignature,
	"missing-at-line": AreaSignature, "param-order": AreaSignature,
	"param-name": AreaSignature, "param-missing": AreaSignature, "param-type": AreaSignature,
	"param-user": AreaSignature, "two-contracts": AreaSignature,

	"not-selected": AreaNotation, "not-kernel-doc": AreaNotation, "too-long": AreaNotation, "tag-case": AreaNotation,
	"doc-dialect": AreaNotation,
}

// AreaOf returns the area of a kind of problem.
func AreaOf(id string) Area {
	if a, ok := areas[id]; ok {
		return a
	}
	return AreaSyntax
}

// toolOnly are the kinds of problem that the author of a contract cannot
// repair: what is written is right, and one of the kernel's tools takes it
// differently.
var toolOnly = map[string]bool{"symbolic": true, "capability-name": true, "compat-name": true, "size-param-base": true}

// ToolOnly reports whether a kind of problem is only one of the kernel's
// tools', so that there is nothing to repair in the contract.
func ToolOnly(id string) bool { return toolOnly[id] }
