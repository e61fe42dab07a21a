// SPDX-License-Identifier: GPL-2.0-only

// Package specnotation reports texts that look like a contract and are not taken as one.
package specnotation

import (
	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return specproblem.Check(specs, specmodel.AreaNotation, "report texts that look like a contract and are not taken as one", doc)
}

var doc = lint.Doc{
	Title:    "Contracts that nobody takes as one",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `The kernel's tools take a comment as a contract only if it begins with a line
that is just /**, has a contexts: or context-flags: line and at least one of
ten other tags, all in lower case. A comment that misses one of these by a
little is passed over in silence, and its author believes that it counts.

For macros the first documentation described a dialect that no header ever
defined (KAPI_DEFINE_SYSCALL_SPEC, KAPI_DIR_IN, two arguments for KAPI_ERROR, and
so on) and functions that were never written. Whoever copied from it is told.`,
	Before: `/*
 * sys_demo - Do one demo operation
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 */`,
	After: `/**
 * sys_demo - Do one demo operation
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 */`,
	Limits: `Contracts of the framework's first versions needed no contexts: line. In a tree
with such a version, switch this check off.`,
}
