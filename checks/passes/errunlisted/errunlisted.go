// SPDX-License-Identifier: GPL-2.0-only

// Package errunlisted reports errors that a function returns and its contract
// does not list.
package errunlisted

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/cparse"
	"kapilint/specmodel"
	"kapilint/specmodel/source"
)

// New returns the check over the contracts of specs and the summaries of outs.
func New(specs, outs *lint.Analyzer) *lint.Analyzer {
	var withCallbacks bool
	a := &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "errunlisted",
			Doc:      "report errors that a contract does not list",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer, outs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				results := outcomes.Of(pass, outs)
				for _, d := range spec.Of(pass, specs).Declared {
					c := results.Contract(d.Point)
					if c == nil {
						continue
					}
					unlisted := missing(d, c)
					if withCallbacks {
						unlisted = append(unlisted, missingFromCallbacks(d, results.FromCallbacks(c))...)
					}
					tellAll(pass, d, unlisted)
				}
				return nil, nil
			},
		},
		Relevant: func(pass *analysis.Pass) bool { return len(spec.Of(pass, specs).Declared) > 0 },
		About:    doc,
	}
	a.Flags.BoolVar(&withCallbacks, "callbacks", false, "also report the errors of functions that are called through a pointer "+
		"(a file_operations method, a security module's hook), where the files given put them there; what arguments "+
		"they are called with is not followed, so an error may be reported that those exclude")
	return a
}

// unlisted is an error that a contract lacks.
type unlisted struct {
	name, internal string // as in inferred.Error
	from           string // "; it comes from ..." for one that a callback gives
	steps          []specmodel.Step
	condition      string
}

// listed tells of the errors that a contract lists.
func listed(a *specmodel.API) func(name, internal string) bool {
	names := map[string]bool{}
	for _, e := range a.Errors {
		names[specmodel.CanonicalErrno(e.Name)] = true
		if n, ok := e.Code.Int64(); ok {
			names[inferred.ErrnoName(-n, e.Name)] = true
		}
	}
	return func(name, internal string) bool { return names[name] || internal != "" && names[internal] }
}

func missing(d spec.Declared, c *inferred.Contract) (out []unlisted) {
	known := listed(d.API)
	for _, e := range c.Errors {
		if known(e.Name, e.Internal) {
			continue
		}
		out = append(out, unlisted{name: e.Name, internal: e.Internal, steps: c.Steps(e.Outcomes[0], shown(e.Name, e.Internal)), condition: c.Conditions(&e)})
	}
	return out
}

func missingFromCallbacks(d spec.Declared, errs []inferred.CallbackError) (out []unlisted) {
	known := listed(d.API)
	for _, e := range errs {
		if known(e.Name, e.Internal) {
			continue
		}
		out = append(out, unlisted{name: e.Name, internal: e.Internal, steps: e.Steps, from: fmt.Sprintf("; %s, called as %s, returns it", e.Func, e.Set)})
	}
	return out
}

// shown is how the kernel writes an error.
func shown(name, internal string) string {
	if internal != "" {
		return "-" + internal
	}
	return "-" + name
}

func tellAll(pass *analysis.Pass, d spec.Declared, errs []unlisted) {
	if len(errs) == 0 {
		return
	}
	misspelt := misspelt(d.API)
	var entries []specmodel.ErrorEntry
	for _, e := range errs {
		if misspelt[e.name] == nil {
			entries = append(entries, specmodel.ErrorEntry{Name: e.name, Text: specmodel.ErrnoText(e.name)})
		}
	}
	repair := fix(d.API, entries)
	for _, e := range errs {
		m := misspelt[e.name]
		if m == nil {
			tell(pass, d, e, repair)
			continue
		}
		e.from = fmt.Sprintf("; it has %q in its place", m.Name) + e.from
		_, f := m.Meant()
		tell(pass, d, e, rename(f))
	}
}

// misspelt returns the entries of a contract whose names no error has, by the
// errors they were meant to be.
func misspelt(a *specmodel.API) map[string]*specmodel.Error {
	list := map[string]*specmodel.Error{}
	for i := range a.Errors {
		if name, _ := a.Errors[i].Meant(); name != "" {
			list[specmodel.CanonicalErrno(name)] = &a.Errors[i]
		}
	}
	return list
}

// rename offers the fix that specvalues offers for a misspelt error, so that
// both together change it once.
func rename(f *specmodel.Fix) []lint.Opt {
	if f == nil {
		return nil
	}
	return []lint.Opt{lint.WithFix(f.Message, edits(f.Edits)...)}
}

func edits(list []specmodel.Edit) (out []lint.Edit) {
	for _, e := range list {
		out = append(out, lint.Edit{File: e.File, Start: e.Offset, End: e.EndOffset, New: e.New})
	}
	return out
}

// tell reports that the contract d lacks e.
func tell(pass *analysis.Pass, d spec.Declared, e unlisted, opts []lint.Opt) {
	name := strings.TrimPrefix(d.Point.Name, "sys_")
	message := fmt.Sprintf("%s can return -%s, which its contract does not list", name, e.name)
	if e.internal != "" {
		message = fmt.Sprintf("%s can return -%s, which user space sees as -%s and its contract does not list", name, e.internal, e.name)
	}
	at, evidence := spec.Walk(d.Point, e.steps, e.condition)
	opts = append([]lint.Opt{lint.WithSymbol(d.Point.Name), lint.WithKey(e.name), lint.WithEvidence(evidence...)}, opts...)
	lint.Report(pass, at, message+e.from, opts...)
}

// fix offers to list all the missing errors: one fix for all findings about a
// contract, since entries that are added one by one would collide.
func fix(a *specmodel.API, entries []specmodel.ErrorEntry) []lint.Opt {
	if len(entries) == 0 {
		return nil
	}
	changes, err := source.ErrorEntries(a, entries...)
	if err != nil || len(changes) == 0 {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return []lint.Opt{lint.WithFix("Add "+strings.Join(names, ", ")+" to the contract", edits(changes)...)}
}

var doc = lint.Doc{
	Title:    "Errors that a contract does not list",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `A contract lists the errors of a call so that user space, its tests and its
documentation can rely on the list. An error that the code returns and the
list lacks is a promise broken in silence.

The evidence is the chain of calls from the entry point down to the statement
where the error is made, and the condition on the parameters under which that
way is taken. Errors of callees in other files are found as well, and left out
where the arguments of the call make them impossible.

Codes that only exist inside the kernel are reported as what user space sees:
ERESTARTSYS and its kin as EINTR, ENOIOCTLCMD as ENOTTY.`,
	Before: `/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 */
SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	return get_unused_fd_flags(flags);	/* -EMFILE as well */
}`,
	After: `/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 *
 * error: EMFILE, Too many open files
 */`,
	Limits: `What a callback returns (a file_operations method, a security module's hook) is
not held against the system call, unless the option asks for it. Errors whose number is computed or read from
memory are not seen. Two conditions on data other than the parameters are
taken to be independent, so a way may be reported that they exclude together.`,
}
