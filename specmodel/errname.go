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

// errnoTexts are short descriptions for new entries of a contract.
var errnoTexts = map[string]string{
	"EPERM": "Operation not permitted", "ENOENT": "No such file or directory", "ESRCH": "No such process",
	"EINTR": "Interrupted by a signal", "EIO": "Input or output error", "ENXIO": "No such device or address",
	"E2BIG": "Argument too large", "ENOEXEC": "Not an executable format", "EBADF": "Bad file descriptor",
	"ECHILD": "No child process", "EAGAIN": "Try again", "ENOMEM": "Out of memory", "EACCES": "Permission denied",
	"EFAULT": "Bad address", "EBUSY": "Device or resource busy", "EEXIST": "File exists", "EXDEV": "Crosses file systems",
	"ENODEV": "No such device", "ENOTDIR": "Not a directory", "EISDIR": "Is a directory", "EINVAL": "Invalid argument",
	"ENFILE": "Too many open files in the system", "EMFILE": "Too many open files", "ENOTTY": "Inappropriate operation for the device",
	"ETXTBSY": "Text file busy", "EFBIG": "File too large", "ENOSPC": "No space left", "ESPIPE": "Not seekable",
	"EROFS": "Read-only file system", "EMLINK": "Too many links", "EPIPE": "Broken pipe", "EDOM": "Argument out of domain",
	"ERANGE": "Result out of range", "EDEADLK": "Deadlock would occur", "ENAMETOOLONG": "Name too long", "ENOSYS": "Not implemented",
	"ENOTEMPTY": "Directory not empty", "ELOOP": "Too many levels of links", "EOVERFLOW": "Value too large",
	"ENODATA": "No data", "ETIME": "Timer expired", "EMSGSIZE": "Message too long", "EOPNOTSUPP": "Operation not supported",
	"ETIMEDOUT": "Timed out", "ESTALE": "Stale file handle", "EDQUOT": "Quota exceeded", "ECANCELED": "Operation cancelled",
	"ENOTSOCK": "Not a socket", "EIDRM": "Identifier removed", "ENOMSG": "No such message", "EILSEQ": "Illegal byte sequence",
}

// ErrnoText describes an error in a few words, for a new entry of a contract.
// For a name it does not know it returns the name.
func ErrnoText(name string) string {
	if t := errnoTexts[name]; t != "" {
		return t
	}
	return name
}
