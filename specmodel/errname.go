// SPDX-License-Identifier: GPL-2.0-only

package specmodel

// errnoByNumber is the inverse of errnos, without aliases.
var errnoByNumber = func() map[int64]string {
	m := map[int64]string{}
	for name, n := range errnos {
		if _, alias := errnoAliases[name]; !alias {
			m[n] = name
		}
	}
	return m
}()

// firstKernelErrno is where the errors begin that never reach user space
// (include/linux/errno.h).
const firstKernelErrno = 512

// ErrnoName returns the first name of a positive error number, "" for a number
// that is none.
func ErrnoName(n int64) string { return errnoByNumber[n] }

// KernelErrno reports whether an error is one that user space never sees.
func KernelErrno(n int64) bool { return n >= firstKernelErrno && errnoByNumber[n] != "" }
