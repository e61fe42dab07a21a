/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>

/*
 * A guard is an object whose destructor gives back what its constructor took,
 * on whichever way the scope is left.
 */
#define DEFINE_GUARD(name, type, lock, unlock)				\
	typedef type guard_##name##_t;					\
	static inline void guard_##name##_exit(guard_##name##_t *p)	\
	{								\
		type _T = *p;						\
		unlock;							\
	}								\
	static inline guard_##name##_t guard_##name##_enter(type _T)	\
	{								\
		lock;							\
		return _T;						\
	}

#define PAPER_GLUE_1(a, b) a##b
#define PAPER_GLUE(a, b) PAPER_GLUE_1(a, b)

#define guard(name)							\
	guard_##name##_t PAPER_GLUE(scope, __COUNTER__)			\
		__cleanup(guard_##name##_exit) __maybe_unused = guard_##name##_enter

#define DEFINE_FREE(name, type, free)					\
	static inline void free_##name##_exit(void *p)			\
	{								\
		type _T = *(type *)p;					\
		free;							\
	}

#define __free(name) __cleanup(free_##name##_exit)

#endif
