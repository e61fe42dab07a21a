/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_GENERIC_ERRNO_H
#define _ASM_GENERIC_ERRNO_H

#define EPERM		1
#define ENOENT		2
#define EINTR		4
#define EIO		5
#define EBADF		9
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EEXIST		17
#define ENODEV		19
#define EISDIR		21
#define EINVAL		22
#define ENFILE		23
#define EMFILE		24
#define EFBIG		27
#define ENAMETOOLONG	36
#define ELOOP		40
#define EOVERFLOW	75

#define EWOULDBLOCK	EAGAIN

#endif
