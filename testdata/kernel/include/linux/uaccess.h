/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#define TASK_SIZE_MAX ((1UL << 47) - 4096)

static inline bool access_ok(const void __user *ptr, unsigned long size)
{
	return size <= TASK_SIZE_MAX && (unsigned long)ptr <= TASK_SIZE_MAX - size;
}

/* The number of bytes that could not be copied. */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);

/* The length of the string, count where there is no end, or -EFAULT. */
long strncpy_from_user(char *dst, const char __user *src, long count);

#define put_user(x, ptr) ({						\
	__typeof__(*(ptr)) put_val = (x);				\
									\
	copy_to_user(ptr, &put_val, sizeof(put_val)) ? -EFAULT : 0;	\
})

#endif
