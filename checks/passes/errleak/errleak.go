// SPDX-License-Identifier: GPL-2.0-only

// Package errleak reports error codes of the kernel's own that reach user space.
package errleak

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/entry"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cparse"
	"kapilint/specmodel"
)

// New returns the check over the contracts of specs and the summaries of outs.
func New(specs, outs *lint.Analyzer) *lint.Analyzer {
	var all bool
	a := &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "errleak",
			Doc:      "report error codes that user space must never see",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer, outs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				found := spec.Of(pass, specs)
				results := outcomes.Of(pass, outs)
				for _, d := range found.Declared {
					tellListed(pass, d)
					tellReturned(pass, d.Point, results.Contract(d.Point))
				}
				if !all {
					return nil, nil
				}
				for _, p := range found.Missing {
					tellReturned(pass, p, results.Contract(p))
				}
				return nil, nil
			},
		},
		Relevant: func(pass *analysis.Pass) bool {
			found := spec.Of(pass, specs)
			return len(found.Declared) > 0 || all && len(found.Missing) > 0
		},
		About: doc,
	}
	a.Flags.BoolVar(&all, "all", false, "also look at system calls without a contract")
	return a
}

// tellReturned reports the codes that an interface hands out.
func tellReturned(pass *analysis.Pass, p entry.Point, c *inferred.Contract) {
	if c == nil {
		return
	}
	name := strings.TrimPrefix(p.Name, "sys_")
	for _, e := range c.Leaks {
		at, evidence := spec.Walk(p, c.Steps(e.Outcomes[0], "-"+e.Name), c.Conditions(&e))
		lint.Report(pass, at, fmt.Sprintf("%s can return -%s (%d), a code of the kernel's own that user space has no name for; return one of the errors below 512",
			name, e.Name, -e.Code), lint.WithSymbol(p.Name), lint.WithKey(e.Name), lint.WithEvidence(evidence...))
	}
}

// tellListed reports the codes that a contract promises.
func tellListed(pass *analysis.Pass, d spec.Declared) {
	for i := range d.API.Errors {
		e := &d.API.Errors[i]
		n, ok := specmodel.Errno(specmodel.CanonicalErrno(e.Name))
		if !ok || !specmodel.KernelErrno(n) || d.Point.Kind != specmodel.Syscall {
			continue
		}
		at := lint.Span(d.Point.At, d.Point.End)
		if e.Pos.IsValid() && !d.API.Container.IsValid() {
			at = lint.At(specproblem.Site(e.Pos))
		}
		message := fmt.Sprintf("the contract of %s lists %s, which user space never sees", strings.TrimPrefix(d.Point.Name, "sys_"), e.Name)
		if user := inferred.UserErrno(e.Name); user != "" {
			message += "; it sees " + user
		}
		lint.Report(pass, at, message, lint.WithSymbol(d.Point.Name), lint.WithKey("listed "+e.Name))
	}
}

var doc = lint.Doc{
	Title:    "Error codes of the kernel's own that reach user space",
	Severity: report.Warning,
	Since:    "0.2",
	Text: `Codes from 512 up (ENOTSUPP, EPROBE_DEFER and others in include/linux/errno.h)
are for the kernel alone. A program that gets one finds no name for it, and
strerror says "Unknown error 524".

The evidence is the way from the entry point to the statement that makes the
code. A contract that lists such a code is reported as well. Restart codes
become EINTR on the way out and ENOIOCTLCMD becomes ENOTTY, so these may be
returned, and a contract lists what user space sees.`,
	Before: `SYSCALL_DEFINE1(clock_gettime_coarse, int, which)
{
	if (which != CLOCK_REALTIME_COARSE)
		return -ENOTSUPP;
	return 0;
}`,
	After: `SYSCALL_DEFINE1(clock_gettime_coarse, int, which)
{
	if (which != CLOCK_REALTIME_COARSE)
		return -EOPNOTSUPP;
	return 0;
}`,
	Limits: `Functions with a contract are looked at; the option adds all system calls. A code
that a callback returns, or that is read from memory, is not seen.`,
}
