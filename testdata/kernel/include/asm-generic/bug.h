/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_GENERIC_BUG_H
#define _ASM_GENERIC_BUG_H

#include <linux/compiler.h>

#define BUILD_BUG_ON(cond) _Static_assert(!(cond), "BUILD_BUG_ON: " #cond)

#define WARN_ON_ONCE(cond) ({				\
	static _Bool warned;				\
	int ret_warn = !!(cond);			\
							\
	if (unlikely(ret_warn && !warned))		\
		warned = 1;				\
	unlikely(ret_warn);				\
})

#endif
