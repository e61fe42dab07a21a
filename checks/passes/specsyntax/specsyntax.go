// SPDX-License-Identifier: GPL-2.0-only

// Package specsyntax reports what cannot be read in a contract, or is read by
// only one of the framework's tools.
package specsyntax

import (
	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/cparse"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	a := specproblem.Check(specs, specmodel.AreaSyntax, "report what cannot be read in a contract", doc)
	all := a.Flags.Bool("all", false, "also report what is written right and one of the kernel's tools reads wrong")
	a.Run = func(pass *analysis.Pass) (any, error) {
		specproblem.Report(pass, specproblem.Of(cparse.Of(pass), spec.Of(pass, specs), specmodel.AreaSyntax, *all))
		return nil, nil
	}
	return a
}

var doc = lint.Doc{
	Title:    "Contracts that cannot be read as meant",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `A tag that nobody recognises, one that stands in the wrong place, a range that
does not parse: each is a promise that looks made and is not, since the
kernel's own tools pass over it in silence.

The framework has two readers of kernel-doc contracts, kernel-doc itself and
the kapi tool, and they do not agree. What only one of them takes is lost for
whoever uses the other. Such places are reported with a spelling that both
read: as a warning where kernel-doc loses something, as a note where the kapi
tool does. With --specsyntax.all, places are noted as well where there is no
such spelling.

In macro contracts the same goes for macros and fields that do not exist, stand
in the wrong block or have the wrong number of arguments.`,
	Before: ` * param: flags
 *   typ: int, input
 *   constraint-type: range(1,
 *
 * error: EINVAL Unknown flags
 *
 * side-effect: resource_create, alloc_memory`,
	After: ` * param: flags
 *   type: int, input
 *   constraint-type: range(1, 10)
 *
 * error: EINVAL, Unknown flags
 *
 * side-effect: resource_create | alloc_memory`,
	Limits: `A line of prose that begins with a word and a colon can be taken for a misspelt
tag after an empty line. Macros that an author defined to shorten contracts are
not expanded.`,
}
