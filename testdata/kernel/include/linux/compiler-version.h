/* SPDX-License-Identifier: GPL-2.0-only */
/* Forced in front of every unit. */
#ifdef __LINUX_COMPILER_VERSION_H
#error "the forced header is meant to come once"
#endif
#define __LINUX_COMPILER_VERSION_H
