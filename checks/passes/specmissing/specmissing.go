// SPDX-License-Identifier: GPL-2.0-only

// Package specmissing reports system calls that have no contract.
package specmissing

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/spec"
	"kapilint/cparse"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "specmissing",
			Doc:      "report system calls without a contract",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				for _, p := range spec.Of(pass, specs).Missing {
					lint.Report(pass, lint.Span(p.At, p.End),
						fmt.Sprintf("system call %s has no contract", p.Name),
						lint.WithSymbol(p.Name), lint.WithKey("missing"))
				}
				return nil, nil
			},
		},
		Relevant: func(pass *analysis.Pass) bool { return len(spec.Of(pass, specs).Missing) > 0 },
		About: lint.Doc{
			Title:    "System calls without a contract",
			Severity: report.Warning,
			Since:    "0.1",
			Text: `Every SYSCALL_DEFINEn and COMPAT_SYSCALL_DEFINEn is a promise to user space. A
contract beside it says what is promised: the parameters and their ranges, the
errors, what the call needs and changes. Without one nothing can be checked,
and nobody notices when the promise is broken.

A contract may stand in the kernel-doc comment before the definition, be
written with the DEFINE_KERNEL_API_SPEC macros, or be kept outside the source
and handed in with --spec.`,
			Before: `SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	return do_epoll_create(flags);
}`,
			After: `/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * contexts: process, sleepable
 *
 * param: flags
 *   type: int, input
 *   constraint-type: mask(EPOLL_CLOEXEC)
 *
 * error: EINVAL, Unknown flags
 */
SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	return do_epoll_create(flags);
}`,
			Limits: `Entry points made in other ways are not known: system calls written in
assembly, ioctl commands, files of procfs and sysfs.`,
		},
	}
}
