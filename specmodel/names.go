// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import "strings"

// errnoNames count up from 1.
const errnoNames = `EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
- ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI
EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR
ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM
EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD
ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE
EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM
EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD
ENOTRECOVERABLE ERFKILL EHWPOISON`

// kernelErrnoNames never reach user space by intent; they count up from 512.
const kernelErrnoNames = `ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK EPROBE_DEFER EOPENSTALE ENOPARAM -
EBADHANDLE ENOTSYNC EBADCOOKIE ENOTSUPP ETOOSMALL ESERVERFAULT EBADTYPE EJUKEBOX EIOCBQUEUED ERECALLCONFLICT ENOGRACE`

// errnoAliases maps a second name of a number to the first.
var errnoAliases = map[string]string{"EWOULDBLOCK": "EAGAIN", "EDEADLOCK": "EDEADLK", "ENOTSUP": "EOPNOTSUPP", "EFSCORRUPTED": "EUCLEAN", "EFSBADCRC": "EBADMSG"}

const capNames = `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE
AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
CHECKPOINT_RESTORE`

const signalNames = `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT
CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`

// The tables hold the numbers that most architectures share. Those that
// differ on alpha, mips, parisc and sparc come from a unit's own evaluator.
var (
	errnos       = errnoTable()
	capabilities = number(map[string]int64{}, "CAP_", capNames, 0)
	signals      = number(map[string]int64{"SIGIOT": 6, "SIGPOLL": 29, "SIGUNUSED": 31, "SIGRTMIN": 32}, "SIG", signalNames, 1)
)

// number adds the names to m, counting up from first; "-" is a hole.
func number(m map[string]int64, prefix, names string, first int64) map[string]int64 {
	for i, n := range strings.Fields(names) {
		if n != "-" {
			m[prefix+n] = first + int64(i)
		}
	}
	return m
}

func errnoTable() map[string]int64 {
	m := number(map[string]int64{}, "", errnoNames, 1)
	number(m, "", kernelErrnoNames, 512)
	for alias, name := range errnoAliases {
		m[alias] = m[name]
	}
	return m
}

// Errno returns the positive number of an error name on most architectures.
func Errno(name string) (n int64, ok bool) {
	n, ok = errnos[name]
	return n, ok
}

// CanonicalErrno returns the first name of an error that has several:
// EAGAIN for EWOULDBLOCK. Other text is returned as it is.
func CanonicalErrno(name string) string {
	if first, ok := errnoAliases[name]; ok {
		return first
	}
	return name
}

// CapabilityNumber returns the number of a capability name (CAP_SYS_ADMIN).
func CapabilityNumber(name string) (n int64, ok bool) {
	n, ok = capabilities[name]
	return n, ok
}

// SignalNumber returns the number of a signal name on most architectures.
func SignalNumber(name string) (n int64, ok bool) {
	n, ok = signals[name]
	return n, ok
}

// capabilityNames is the inverse of capabilities.
var capabilityNames = func() map[int64]string {
	m := make(map[int64]string, len(capabilities))
	for name, n := range capabilities {
		m[n] = name
	}
	return m
}()

// CapabilityName returns the name of a capability's number, "" for a number
// that is none.
func CapabilityName(n int64) string { return capabilityNames[n] }
