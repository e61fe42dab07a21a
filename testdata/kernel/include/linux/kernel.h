/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define min(x, y) ({				\
	__auto_type min_x = (x);		\
	__auto_type min_y = (y);		\
	min_x < min_y ? min_x : min_y;		\
})

#define max(x, y) ({				\
	__auto_type max_x = (x);		\
	__auto_type max_y = (y);		\
	max_x > max_y ? max_x : max_y;		\
})

#define clamp(val, lo, hi) min(max(val, lo), hi)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - __builtin_offsetof(type, member)))

#endif
