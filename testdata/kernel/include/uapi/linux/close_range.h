/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _UAPI_LINUX_CLOSE_RANGE_H
#define _UAPI_LINUX_CLOSE_RANGE_H

/* Give the caller a file table of its own first. */
#define CLOSE_RANGE_UNSHARE	(1U << 1)
/* Set close-on-exec instead of closing. */
#define CLOSE_RANGE_CLOEXEC	(1U << 2)

#endif
