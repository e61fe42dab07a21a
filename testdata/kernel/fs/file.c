// SPDX-License-Identifier: GPL-2.0-only

#include <linux/close_range.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define BITS_PER_LONG 64

/* A table twice as large, or what hinders it. */
static int expand_files(struct files_struct *files)
{
	unsigned int nr = max(files->max_fds * 2, 64u);
	struct file **fd;
	unsigned int i;

	fd = kzalloc(nr * sizeof(*fd), GFP_KERNEL_ACCOUNT);
	if (!fd)
		return -ENOMEM;
	for (i = 0; i < files->max_fds; i++)
		fd[i] = files->fd[i];
	kfree(files->fd);
	files->fd = fd;
	files->max_fds = nr;
	return 0;
}

static int alloc_fd(unsigned int start, unsigned int end, unsigned int flags)
{
	struct files_struct *files = current->files;
	unsigned int fd = start;
	int error;

	guard(file_lock)(files);

	if (fd < files->next_fd)
		fd = files->next_fd;
	while (fd < files->max_fds && files->fd[fd])
		fd++;

	error = -EMFILE;
	if (fd >= end)
		goto out;

	if (fd >= files->max_fds) {
		error = expand_files(files);
		if (error < 0)
			goto out;
	}

	if (flags & O_CLOEXEC)
		files->close_on_exec[fd / BITS_PER_LONG] |= 1UL << (fd % BITS_PER_LONG);
	files->next_fd = fd + 1;
	error = fd;
out:
	return error;
}

int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, current->rlim_nofile, flags);
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	guard(file_lock)(files);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

void fd_install(unsigned int fd, struct file *file)
{
	current->files->fd[fd] = file;
}

struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	guard(file_lock)(files);
	if (fd < files->max_fds)
		file = files->fd[fd];
	if (file)
		file->f_count++;
	return file;
}

static struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *new;

	new = kmalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return ERR_PTR(-ENOMEM);
	*new = *old;
	return new;
}

int __close_range(unsigned int fd, unsigned int max_fd, unsigned int flags)
{
	struct files_struct *files = current->files;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return -EINVAL;

	if (fd > max_fd)
		return -EINVAL;

	if (flags & CLOSE_RANGE_UNSHARE) {
		files = dup_files(files);
		if (IS_ERR(files))
			return PTR_ERR(files);
		current->files = files;
	}

	max_fd = min(max_fd, files->max_fds - 1);
	for (; fd <= max_fd; fd++) {
		struct file *file = files->fd[fd];

		if (!file)
			continue;
		if (flags & CLOSE_RANGE_CLOEXEC) {
			files->close_on_exec[fd / BITS_PER_LONG] |= 1UL << (fd % BITS_PER_LONG);
			continue;
		}
		files->fd[fd] = NULL;
		fput(file);
	}
	return 0;
}
