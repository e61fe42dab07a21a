/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_FILE_H
#define _LINUX_FILE_H

#include <linux/cleanup.h>
#include <linux/sched.h>
#include <linux/types.h>

struct file;

/* A reference to an open file; file is NULL where the descriptor was bad. */
struct fd {
	struct file *file;
};

struct files_struct {
	spinlock_t file_lock;
	unsigned int next_fd;
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec;
};

struct file *fget(unsigned int fd);
void fput(struct file *file);

static inline struct fd fdget(unsigned int fd)
{
	return (struct fd){ .file = fget(fd) };
}

static inline void fdput(struct fd fd)
{
	if (fd.file)
		fput(fd.file);
}

int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);
int __close_range(unsigned int fd, unsigned int max_fd, unsigned int flags);

DEFINE_GUARD(file_lock, struct files_struct *, spin_lock(&_T->file_lock), spin_unlock(&_T->file_lock))

#endif
