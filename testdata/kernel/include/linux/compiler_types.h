/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_COMPILER_TYPES_H
#define __LINUX_COMPILER_TYPES_H

#ifdef __CHECKER__
#define __user		__attribute__((noderef, address_space(__user)))
#define __force		__attribute__((force))
#define __bitwise	__attribute__((bitwise))
#else
#define __user
#define __force
#define __bitwise
#endif

#define __always_inline	inline __attribute__((__always_inline__))
#define noinline	__attribute__((__noinline__))
#define __must_check	__attribute__((__warn_unused_result__))
#define __maybe_unused	__attribute__((__unused__))
#define __used		__attribute__((__used__))
#define __packed	__attribute__((__packed__))
#define __section(s)	__attribute__((__section__(s)))
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#define __noreturn	__attribute__((__noreturn__))
#define __cold		__attribute__((__cold__))
#define __cleanup(fn)	__attribute__((__cleanup__(fn)))
#define fallthrough	__attribute__((__fallthrough__))
#define asmlinkage
#define __init		__section(".init.text") __cold
#define __read_mostly	__section(".data..read_mostly")

#endif
