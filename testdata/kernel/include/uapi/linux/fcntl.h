/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _UAPI_LINUX_FCNTL_H
#define _UAPI_LINUX_FCNTL_H
#include <asm/fcntl.h>
#endif
