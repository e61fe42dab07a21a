/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_X86_SYSCALL_WRAPPER_H
#define _ASM_X86_SYSCALL_WRAPPER_H

#include <asm/ptrace.h>

/*
 * A system call enters with its registers. The stub takes as many as the call
 * has arguments, as long values; what is behind it narrows them.
 */
#define X64_REGS_0(regs)
#define X64_REGS_1(regs) (regs)->di
#define X64_REGS_2(regs) X64_REGS_1(regs), (regs)->si
#define X64_REGS_3(regs) X64_REGS_2(regs), (regs)->dx
#define X64_REGS_4(regs) X64_REGS_3(regs), (regs)->r10
#define X64_REGS_5(regs) X64_REGS_4(regs), (regs)->r8
#define X64_REGS_6(regs) X64_REGS_5(regs), (regs)->r9

#define __SYSCALL_DEFINEx(x, name, ...)						\
	static long __se_sys##name(SC_MAP(x, SC_LONG, __VA_ARGS__));		\
	static inline long __do_sys##name(SC_MAP(x, SC_DECL, __VA_ARGS__));	\
	long __x64_sys##name(const struct pt_regs *regs);			\
	long __x64_sys##name(const struct pt_regs *regs)			\
	{									\
		return __se_sys##name(X64_REGS_##x(regs));			\
	}									\
	static long __se_sys##name(SC_MAP(x, SC_LONG, __VA_ARGS__))		\
	{									\
		return __do_sys##name(SC_MAP(x, SC_CAST, __VA_ARGS__));		\
	}									\
	static inline long __do_sys##name(SC_MAP(x, SC_DECL, __VA_ARGS__))

#define SYSCALL_DEFINE0(name)							\
	long __x64_sys_##name(const struct pt_regs *regs);			\
	long __x64_sys_##name(const struct pt_regs *regs __maybe_unused)

/* A 32-bit caller has its arguments in other registers, 32 bits wide. */
#define IA32_REGS_1(regs) (unsigned int)(regs)->si
#define IA32_REGS_2(regs) IA32_REGS_1(regs), (unsigned int)(regs)->dx
#define IA32_REGS_3(regs) IA32_REGS_2(regs), (unsigned int)(regs)->r10

#define COMPAT_SYSCALL_DEFINEx(x, name, ...)					\
	static long __se_compat_sys##name(SC_MAP(x, SC_LONG, __VA_ARGS__));	\
	static inline long __do_compat_sys##name(SC_MAP(x, SC_DECL, __VA_ARGS__)); \
	long __ia32_compat_sys##name(const struct pt_regs *regs);		\
	long __ia32_compat_sys##name(const struct pt_regs *regs)		\
	{									\
		return __se_compat_sys##name(IA32_REGS_##x(regs));		\
	}									\
	static long __se_compat_sys##name(SC_MAP(x, SC_LONG, __VA_ARGS__))	\
	{									\
		return __do_compat_sys##name(SC_MAP(x, SC_CAST, __VA_ARGS__));	\
	}									\
	static inline long __do_compat_sys##name(SC_MAP(x, SC_DECL, __VA_ARGS__))

#endif
