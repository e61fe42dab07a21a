/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_EVENTFD_H
#define _LINUX_EVENTFD_H

#include <uapi/linux/eventfd.h>

#define EFD_SHARED_FCNTL_FLAGS (O_CLOEXEC | O_NONBLOCK)
#define EFD_FLAGS_SET (EFD_SHARED_FCNTL_FLAGS | EFD_SEMAPHORE)

#endif
