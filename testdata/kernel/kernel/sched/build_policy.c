// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler is one unit made of several files.
 */

#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

#include "pace.c"
