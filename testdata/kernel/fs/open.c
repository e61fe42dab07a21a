// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing descriptors and changing the size of files.
 */

#include <linux/close_range.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>

#define PAPER_MAX_SIZE (1LL << 40)

static int vfs_truncate(struct inode *inode, loff_t length)
{
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	if (length > PAPER_MAX_SIZE)
		return -EFBIG;

	inode->i_size = length;
	return 0;
}

long ksys_truncate(const char __user *pathname, loff_t length)
{
	struct inode *inode;
	int error;

	if (length < 0)
		return -EINVAL;

	inode = user_path_inode(pathname);
	if (IS_ERR(inode))
		return PTR_ERR(inode);

	error = vfs_truncate(inode, length);
	iput(inode);
	return error;
}

/**
 * sys_truncate - Set the size of a file
 * @path: Its name
 * @length: Its new size in bytes
 *
 * contexts: process, sleepable
 *
 * param: path
 *   type: path, input
 *   constraint-type: user_path
 *
 * param: length
 *   type: int, input
 *   constraint-type: range(0, PAPER_MAX_SIZE)
 *
 * return:
 *   type: int
 *   check-type: exact
 *   success: 0
 *
 * error: EFAULT, Bad address
 *   desc: path cannot be read.
 *
 * error: EFBIG, Too large
 *   desc: length is more than a file can hold.
 *
 * error: EINVAL, Bad argument
 *   desc: length is negative, or path is no regular file.
 *
 * error: EISDIR, Is a directory
 *   desc: path is a directory.
 *
 * error: ENAMETOOLONG, Name too long
 *   desc: path has more than PATH_MAX bytes.
 *
 * error: ENOENT, No such file
 *   desc: path is empty or names nothing.
 *
 * error: ENOMEM, No memory
 *   desc: There is no memory for the name.
 */
SYSCALL_DEFINE2(truncate, const char __user *, path, long, length)
{
	return ksys_truncate(path, length);
}

#ifdef CONFIG_COMPAT
COMPAT_SYSCALL_DEFINE2(truncate, const char __user *, path, compat_off_t, length)
{
	return ksys_truncate(path, length);
}
#endif

/**
 * sys_close_range - Close many descriptors
 * @fd: The first one
 * @max_fd: The last one
 * @flags: What to do instead of, or before, closing
 *
 * contexts: process, sleepable
 *
 * param: fd
 *   type: uint, input
 *
 * param: max_fd
 *   type: uint, input
 *   cdesc: Not less than fd.
 *
 * param: flags
 *   type: uint, input
 *   constraint-type: mask(CLOSE_RANGE_UNSHARE)
 *
 * return:
 *   type: int
 *   check-type: exact
 *   success: 0
 *
 * error: EINVAL, Bad argument
 *   desc: flags holds an unknown bit, or fd is greater than max_fd.
 *
 * error: ENOMEM, No memory
 *   desc: There is no memory for a file table.
 */
SYSCALL_DEFINE3(close_range, unsigned int, fd, unsigned int, max_fd, unsigned int, flags)
{
	return __close_range(fd, max_fd, flags);
}
