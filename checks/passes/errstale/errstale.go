// SPDX-License-Identifier: GPL-2.0-only

// Package errstale reports errors that a contract lists and the function never
// returns.
package errstale

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cparse"
	"kapilint/cparse/flow"
	"kapilint/specmodel"
)

// New returns the check over the contracts of specs and the summaries of outs.
func New(specs, outs *lint.Analyzer) *lint.Analyzer {
	var withCallbacks bool
	a := &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "errstale",
			Doc:      "report errors that a contract lists and the code never returns",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer, outs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				results := outcomes.Of(pass, outs)
				for _, d := range spec.Of(pass, specs).Declared {
					c := results.Contract(d.Point)
					switch {
					case c == nil || len(d.API.Errors) == 0:
					case c.API.Closed:
						tellAll(pass, d, c, nil)
					case withCallbacks && onlyCallbacks(c):
						tellAll(pass, d, c, results.FromCallbacks(c))
					}
				}
				return nil, nil
			},
		},
		Relevant: func(pass *analysis.Pass) bool { return len(spec.Of(pass, specs).Declared) > 0 },
		About:    doc,
	}
	a.Flags.BoolVar(&withCallbacks, "callbacks", false, "also report errors of functions that call through a pointer "+
		"(a file_operations method, a security module's hook), where no implementation that the files given put there returns them")
	return a
}

// onlyCallbacks tells whether calls through members are all that is not known of
// what a function returns.
func onlyCallbacks(c *inferred.Contract) bool {
	return !slices.ContainsFunc(c.Open, func(o flow.Open) bool { return o.Kind != flow.OpenPointer || o.Name == "" })
}

// tellAll reports the errors that the contract d lists and the code lacks. The
// errors of others may come from callbacks.
func tellAll(pass *analysis.Pass, d spec.Declared, c *inferred.Contract, others []inferred.CallbackError) {
	returned := map[string]bool{}
	var names []string
	for _, e := range c.Errors {
		returned[e.Name], returned[e.Internal] = true, true
		names = append(names, e.Name)
	}
	for _, e := range others {
		returned[e.Name], returned[e.Internal] = true, true
		names = append(names, e.Name)
	}
	slices.Sort(names)
	for i := range d.API.Errors {
		e := &d.API.Errors[i]
		name := specmodel.CanonicalErrno(e.Name)
		n, known := specmodel.Errno(name)
		if returned[name] || !known || specmodel.KernelErrno(n) || name == "ENOSYS" {
			continue
		}
		if code, ok := e.Code.Int64(); ok && returned[inferred.ErrnoName(max(code, -code), "")] {
			continue
		}
		tell(pass, d, e, name, names)
	}
}

// tell reports one error at its entry, or at the function where the contract is
// no text of the tree.
func tell(pass *analysis.Pass, d spec.Declared, e *specmodel.Error, name string, names []string) {
	at := lint.Span(d.Point.At, d.Point.End)
	if e.Pos.IsValid() && !d.API.Container.IsValid() {
		at = lint.At(specproblem.Site(e.Pos))
	}
	all := "it returns no error"
	if len(names) > 0 {
		all = "every way to return is known; the errors are " + strings.Join(names, ", ")
	}
	function := strings.TrimPrefix(d.Point.Name, "sys_")
	lint.Report(pass, at, fmt.Sprintf("%s never returns -%s in this configuration, and its contract lists it", function, name),
		lint.WithSymbol(d.Point.Name), lint.WithKey(name),
		lint.WithEvidence(lint.Step{Range: lint.Span(d.Point.At, d.Point.End), Message: all}))
}

var doc = lint.Doc{
	Title:    "Errors that a contract lists and the code never returns",
	Severity: report.Warning,
	Since:    "0.2",
	Text: `A program that handles an error which never comes is longer than it need be. An
error that a contract promises and the code no longer returns is also how a
change of behaviour shows: the errno became another, or a check was lost.

An entry is reported only where every way to return is known. Where calls
through pointers are all that is unknown, the option widens the claim to the
implementations in the files given.`,
	Before: `/**
 * sys_eventfd2 - Make an event descriptor
 * @count: Initial value
 * @flags: EFD_ flags
 *
 * contexts: process
 *
 * error: EINVAL, Unknown flags
 *
 * error: ENODEV, No device
 */
SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	if (flags & ~EFD_FLAGS_SET)
		return -EINVAL;
	return 0;
}`,
	After: `/**
 * sys_eventfd2 - Make an event descriptor
 * @count: Initial value
 * @flags: EFD_ flags
 *
 * contexts: process
 *
 * error: EINVAL, Unknown flags
 */`,
	Limits: `The claim is about one configuration: code that another one builds may return
the error. ENOSYS is never reported, since kernels without the call return it;
misspelt names and codes that only exist inside the kernel belong to other
checks.`,
}
