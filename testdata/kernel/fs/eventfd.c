// SPDX-License-Identifier: GPL-2.0-only
/*
 * A counter that can be waited for.
 */

#include <linux/anon_inodes.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kernel_api_spec.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

struct eventfd_ctx {
	u64 count;
	unsigned int flags;
};

static ssize_t eventfd_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct eventfd_ctx *ctx = file->private_data;
	u64 count;

	if (len < sizeof(count))
		return -EINVAL;
	if (!ctx->count)
		return -EAGAIN;
	count = ctx->flags & EFD_SEMAPHORE ? 1 : ctx->count;
	ctx->count -= count;
	if (copy_to_user(buf, &count, sizeof(count)))
		return -EFAULT;
	return sizeof(count);
}

static unsigned int eventfd_poll(struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	return ctx->count != 0;
}

static int eventfd_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations eventfd_fops = {
	.read = eventfd_read,
	.poll = eventfd_poll,
	.release = eventfd_release,
};

static int do_eventfd(unsigned int count, int flags)
{
	struct eventfd_ctx *ctx;
	struct file *file;
	int fd;

	if (flags & ~EFD_FLAGS_SET)
		return -EINVAL;

	ctx = kmalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	ctx->count = count;
	ctx->flags = flags;

	flags &= EFD_SHARED_FCNTL_FLAGS;
	fd = get_unused_fd_flags(O_RDWR | flags);
	if (fd < 0)
		goto err;

	file = anon_inode_getfile("[eventfd]", &eventfd_fops, ctx, O_RDWR | flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		fd = PTR_ERR(file);
		goto err;
	}

	fd_install(fd, file);
	return fd;
err:
	kfree(ctx);
	return fd;
}

DEFINE_KERNEL_API_SPEC(sys_eventfd2)
	KAPI_DESCRIPTION("Open a file descriptor for event notification")
	KAPI_CONTEXT(KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE)

	KAPI_PARAM_COUNT(2)
	KAPI_PARAM(0, "count", "unsigned int", "What the counter starts with")
		KAPI_PARAM_TYPE(KAPI_TYPE_UINT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
	},
	KAPI_PARAM(1, "flags", "int", "How it behaves")
		KAPI_PARAM_TYPE(KAPI_TYPE_INT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
		KAPI_PARAM_CONSTRAINT_TYPE(KAPI_CONSTRAINT_MASK)
		KAPI_PARAM_VALID_MASK(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK)
	},

	KAPI_RETURN("int", "The new descriptor")
		KAPI_RETURN_TYPE(KAPI_TYPE_FD)
		KAPI_RETURN_CHECK_TYPE(KAPI_RETURN_FD)
	},

	KAPI_ERROR_COUNT(2)
	KAPI_ERROR(0, -EINVAL, "EINVAL", "Unknown flags", "flags holds an unknown bit")
	KAPI_ERROR(1, -ENOMEM, "ENOMEM", "No memory", "There is no memory for the counter")
};

SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	return do_eventfd(count, flags);
}
