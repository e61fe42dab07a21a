/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SYSCALLS_H
#define _LINUX_SYSCALLS_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

/* SC_MAP(n, m, t1, a1, ..., tn, an) is m(t1, a1), ..., m(tn, an). */
#define SC_MAP_1(m, t, a)	m(t, a)
#define SC_MAP_2(m, t, a, ...)	m(t, a), SC_MAP_1(m, __VA_ARGS__)
#define SC_MAP_3(m, t, a, ...)	m(t, a), SC_MAP_2(m, __VA_ARGS__)
#define SC_MAP_4(m, t, a, ...)	m(t, a), SC_MAP_3(m, __VA_ARGS__)
#define SC_MAP_5(m, t, a, ...)	m(t, a), SC_MAP_4(m, __VA_ARGS__)
#define SC_MAP_6(m, t, a, ...)	m(t, a), SC_MAP_5(m, __VA_ARGS__)
#define SC_MAP(n, ...)		SC_MAP_##n(__VA_ARGS__)

#define SC_DECL(t, a)	t a
#define SC_IS_LL(t)	(__builtin_types_compatible_p(__typeof__((t)0), long long) || \
			 __builtin_types_compatible_p(__typeof__((t)0), unsigned long long))
#define SC_LONG(t, a)	__typeof__(__builtin_choose_expr(SC_IS_LL(t), 0LL, 0L)) a
#define SC_CAST(t, a)	(__force t) a

#define SYSCALL_DEFINE1(name, ...) SYSCALL_DEFINEx(1, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE2(name, ...) SYSCALL_DEFINEx(2, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE3(name, ...) SYSCALL_DEFINEx(3, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE4(name, ...) SYSCALL_DEFINEx(4, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE5(name, ...) SYSCALL_DEFINEx(5, _##name, __VA_ARGS__)
#define SYSCALL_DEFINE6(name, ...) SYSCALL_DEFINEx(6, _##name, __VA_ARGS__)

#define SYSCALL_DEFINEx(x, sname, ...) __SYSCALL_DEFINEx(x, sname, __VA_ARGS__)

#include <asm/syscall_wrapper.h>

long ksys_truncate(const char __user *pathname, loff_t length);

#endif
