/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct files_struct;

struct mm_struct {
	struct mutex mmap_lock;
	unsigned long locked_vm;
	unsigned long total_vm;
	unsigned long def_flags;
};

struct task_struct {
	struct mm_struct *mm;
	struct files_struct *files;
	unsigned long rlim_nofile;
	unsigned long rlim_memlock;
	bool sigpending;
	int pace;
};

extern struct task_struct *paper_current;
#define current paper_current

static inline bool signal_pending(struct task_struct *task)
{
	return task->sigpending;
}

void schedule(void);

#endif
