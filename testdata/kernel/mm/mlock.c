// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping memory from being paged out.
 */

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/kernel_api_spec.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)

#define VM_LOCKED	0x2000ul
#define VM_LOCKONFAULT	0x80000ul

static bool can_do_mlock(void)
{
	return current->rlim_memlock || capable(CAP_IPC_LOCK);
}

static int do_mlock(unsigned long start, size_t len, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long pages;
	int error = -ENOMEM;

	if (!can_do_mlock())
		return -EPERM;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	pages = len >> PAGE_SHIFT;

	mutex_lock(&mm->mmap_lock);
	if (pages + mm->locked_vm <= current->rlim_memlock >> PAGE_SHIFT || capable(CAP_IPC_LOCK)) {
		mm->locked_vm += pages;
		error = 0;
	}
	mutex_unlock(&mm->mmap_lock);
	return error;
}

DEFINE_KERNEL_API_SPEC(sys_mlock2)
	KAPI_DESCRIPTION("Lock a range of memory")
	KAPI_CONTEXT(KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE)

	KAPI_PARAM_COUNT(3)
	KAPI_PARAM(0, "start", "unsigned long", "Where the range starts")
		KAPI_PARAM_TYPE(KAPI_TYPE_UINT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
	KAPI_PARAM_END
	KAPI_PARAM(1, "len", "size_t", "How many bytes it has")
		KAPI_PARAM_TYPE(KAPI_TYPE_UINT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
	KAPI_PARAM_END
	KAPI_PARAM(2, "flags", "int", "MLOCK_ONFAULT or 0")
		KAPI_PARAM_TYPE(KAPI_TYPE_INT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
		KAPI_PARAM_CONSTRAINT_TYPE(KAPI_CONSTRAINT_MASK)
		KAPI_PARAM_VALID_MASK(MLOCK_ONFAULT | 2)
	KAPI_PARAM_END

	KAPI_RETURN("int", "0")
		KAPI_RETURN_TYPE(KAPI_TYPE_INT)
		KAPI_RETURN_CHECK_TYPE(KAPI_RETURN_EXACT)
		KAPI_RETURN_SUCCESS(0)
	KAPI_RETURN_END

	KAPI_ERROR_COUNT(3)
	KAPI_ERROR(0, -EINVAL, "EINVAL", "Unknown flags", "flags holds an unknown bit")
	KAPI_ERROR(1, -EPERM, "EPERM", "Not allowed", "The limit is 0 and CAP_IPC_LOCK is missing")
	KAPI_ERROR(2, -ENOMEM, "ENOMEM", "Over the limit", "More would be locked than allowed")
KAPI_END_SPEC;

SYSCALL_DEFINE3(mlock2, unsigned long, start, size_t, len, int, flags)
{
	unsigned long vm_flags = VM_LOCKED;

	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;

	if (flags & MLOCK_ONFAULT)
		vm_flags |= VM_LOCKONFAULT;

	return do_mlock(start, len, vm_flags);
}

/**
 * sys_mlockall - Lock all memory of a process
 * @flags: What is to be locked, and when
 *
 * contexts: process, sleepable
 *
 * param: flags
 *   type: int, input
 *   constraint-type: range(1, 7)
 *
 * return:
 *   type: int
 *   check-type: exact
 *   success: 0
 *
 * error: EINVAL, Bad flags
 *   desc: flags is 0, holds an unknown bit, or is MCL_ONFAULT alone.
 *
 * error: ENOMEM, Over the limit
 *   desc: More would be locked than allowed.
 *
 * error: EPERM, Not allowed
 *   desc: The limit is 0 and CAP_IPC_LOCK is missing.
 */
SYSCALL_DEFINE1(mlockall, int, flags)
{
	struct mm_struct *mm = current->mm;
	int ret = 0;

	if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
		return -EINVAL;

	if (!can_do_mlock())
		return -EPERM;

	mutex_lock(&mm->mmap_lock);
	if (flags & MCL_FUTURE)
		mm->def_flags |= VM_LOCKED;
	if (flags & MCL_CURRENT) {
		if (mm->total_vm <= current->rlim_memlock >> PAGE_SHIFT || capable(CAP_IPC_LOCK))
			mm->locked_vm = mm->total_vm;
		else
			ret = -ENOMEM;
	}
	mutex_unlock(&mm->mmap_lock);
	return ret;
}
