/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#include <generated/autoconf.h>

/* IS_ENABLED(CONFIG_X) is 1 where CONFIG_X is defined as 1, else 0. */
#define PAPER_ARG_1 0,
#define PAPER_SECOND(ignored, val, ...) val
#define PAPER_IS_SET(x) PAPER_IS_SET_1(x)
#define PAPER_IS_SET_1(val) PAPER_IS_SET_2(PAPER_ARG_##val)
#define PAPER_IS_SET_2(arg_or_junk) PAPER_SECOND(arg_or_junk 1, 0)

#define IS_BUILTIN(option) PAPER_IS_SET(option)
#define IS_MODULE(option) PAPER_IS_SET(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))

#endif
