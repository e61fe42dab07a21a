/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_COMPAT_H
#define _LINUX_COMPAT_H

#include <linux/syscalls.h>

#ifdef CONFIG_COMPAT

typedef s32 compat_off_t;
typedef u32 compat_size_t;

#define COMPAT_SYSCALL_DEFINE1(name, ...) COMPAT_SYSCALL_DEFINEx(1, _##name, __VA_ARGS__)
#define COMPAT_SYSCALL_DEFINE2(name, ...) COMPAT_SYSCALL_DEFINEx(2, _##name, __VA_ARGS__)
#define COMPAT_SYSCALL_DEFINE3(name, ...) COMPAT_SYSCALL_DEFINEx(3, _##name, __VA_ARGS__)

#endif /* CONFIG_COMPAT */

#endif
