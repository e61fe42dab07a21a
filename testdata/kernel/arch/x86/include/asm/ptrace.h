/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_PTRACE_H
#define _ASM_X86_PTRACE_H

/* The registers a system call passes its arguments in. */
struct pt_regs {
	unsigned long di, si, dx, r10, r8, r9;
	unsigned long orig_ax;
};

#endif
