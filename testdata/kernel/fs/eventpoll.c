// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for events of many files at once.
 */

#include <linux/anon_inodes.h>
#include <linux/eventpoll.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define EP_MAX_EVENTS (INT_MAX / sizeof(struct epoll_event))
#define EP_MAX_NESTS 4

struct epitem {
	struct epitem *next;
	struct file *file;
	unsigned int fd;
	struct epoll_event event;
};

struct eventpoll {
	struct mutex mtx;
	struct epitem *items;
	unsigned int ready;
	unsigned int depth;
};

static int ep_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations eventpoll_fops = {
	.release = ep_release,
};

static inline bool is_file_epoll(const struct file *file)
{
	return file->f_op == &eventpoll_fops;
}

static int ep_alloc(struct eventpoll **pep)
{
	struct eventpoll *ep;

	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (unlikely(!ep))
		return -ENOMEM;

	mutex_init(&ep->mtx);
	*pep = ep;
	return 0;
}

static int do_epoll_create(int flags)
{
	int error, fd;
	struct eventpoll *ep = NULL;
	struct file *file;

	BUILD_BUG_ON(EPOLL_CLOEXEC != O_CLOEXEC);

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;

	error = ep_alloc(&ep);
	if (error < 0)
		return error;

	fd = get_unused_fd_flags(O_RDWR | (flags & O_CLOEXEC));
	if (fd < 0) {
		error = fd;
		goto free_ep;
	}

	file = anon_inode_getfile("[eventpoll]", &eventpoll_fops, ep, O_RDWR);
	if (IS_ERR(file)) {
		error = PTR_ERR(file);
		goto free_fd;
	}

	fd_install(fd, file);
	return fd;

free_fd:
	put_unused_fd(fd);
free_ep:
	kfree(ep);
	return error;
}

/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * long-desc: Makes a new, empty set of files to wait for and returns a
 *   descriptor for it.
 *
 * contexts: process, sleepable
 *
 * param: flags
 *   type: int, input
 *   constraint-type: mask(EPOLL_CLOEXEC)
 *
 * return:
 *   type: fd
 *   check-type: fd
 *   desc: The new descriptor.
 *
 * error: EINVAL, Unknown flags
 *   desc: flags holds a bit other than EPOLL_CLOEXEC.
 *
 * error: ENOMEM, No memory
 *   desc: There is not enough memory for the set.
 */
SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	return do_epoll_create(flags);
}

/**
 * sys_epoll_create - Open an epoll file descriptor, the old way
 * @size: Once a hint at the number of files, now only checked
 *
 * contexts: process, sleepable
 *
 * param: size
 *   type: int, input
 *   constraint-type: range(1, INT_MAX)
 *
 * return:
 *   type: fd
 *   check-type: fd
 *   desc: The new descriptor.
 *
 * error: EINVAL, Bad size
 *   desc: size is not positive.
 *
 * error: ENOMEM, No memory
 *   desc: There is not enough memory for the set.
 *
 * error: EMFILE, Too many descriptors
 *   desc: The process has as many open files as it may have.
 *
 * error: ENFILE, Too many files
 *   desc: The system has as many open files as it may have.
 */
SYSCALL_DEFINE1(epoll_create, int, size)
{
	if (size <= 0)
		return -EINVAL;

	return do_epoll_create(0);
}

static struct epitem *ep_find(struct eventpoll *ep, struct file *file, int fd)
{
	struct epitem *epi;

	for (epi = ep->items; epi; epi = epi->next)
		if (epi->file == file && epi->fd == fd)
			return epi;
	return NULL;
}

static int ep_insert(struct eventpoll *ep, const struct epoll_event *event,
		     struct file *file, int fd)
{
	struct epitem *epi;

	if (is_file_epoll(file)) {
		struct eventpoll *inner = file->private_data;

		if (inner == ep || inner->depth >= EP_MAX_NESTS)
			return -ELOOP;
	}

	epi = kzalloc(sizeof(*epi), GFP_KERNEL_ACCOUNT);
	if (!epi)
		return -ENOMEM;

	epi->file = file;
	epi->fd = fd;
	epi->event = *event;
	epi->next = ep->items;
	ep->items = epi;
	return 0;
}

static int ep_remove(struct eventpoll *ep, struct epitem *epi)
{
	struct epitem **p = &ep->items;

	while (*p != epi)
		p = &(*p)->next;
	*p = epi->next;
	kfree(epi);
	return 0;
}

static inline int ep_mutex_lock(struct mutex *mtx, bool nonblock)
{
	if (!nonblock) {
		mutex_lock(mtx);
		return 0;
	}
	return mutex_trylock(mtx) ? 0 : -EAGAIN;
}

static int do_epoll_ctl(int epfd, int op, int fd, struct epoll_event *epds, bool nonblock)
{
	struct fd f, tf;
	struct eventpoll *ep;
	struct epitem *epi;
	int error;

	error = -EBADF;
	f = fdget(epfd);
	if (!f.file)
		goto out;

	tf = fdget(fd);
	if (!tf.file)
		goto out_put;

	error = -EPERM;
	if (!tf.file->f_op->poll && !is_file_epoll(tf.file))
		goto out_put_target;

	error = -EINVAL;
	if (f.file == tf.file || !is_file_epoll(f.file))
		goto out_put_target;

	ep = f.file->private_data;
	error = ep_mutex_lock(&ep->mtx, nonblock);
	if (error)
		goto out_put_target;

	epi = ep_find(ep, tf.file, fd);

	error = -EINVAL;
	switch (op) {
	case EPOLL_CTL_ADD:
		error = epi ? -EEXIST : ep_insert(ep, epds, tf.file, fd);
		break;
	case EPOLL_CTL_DEL:
		error = epi ? ep_remove(ep, epi) : -ENOENT;
		break;
	case EPOLL_CTL_MOD:
		if (epi) {
			epi->event = *epds;
			error = 0;
		} else {
			error = -ENOENT;
		}
		break;
	}
	mutex_unlock(&ep->mtx);

out_put_target:
	fdput(tf);
out_put:
	fdput(f);
out:
	return error;
}

SYSCALL_DEFINE4(epoll_ctl, int, epfd, int, op, int, fd, struct epoll_event __user *, event)
{
	struct epoll_event epds;

	if (ep_op_has_event(op) && copy_from_user(&epds, event, sizeof(struct epoll_event)))
		return -EFAULT;

	return do_epoll_ctl(epfd, op, fd, &epds, false);
}

static int ep_poll(struct eventpoll *ep, struct epoll_event __user *events, int maxevents,
		   int timeout)
{
	struct epitem *epi;
	int n = 0;

	while (!ep->ready) {
		if (!timeout)
			return 0;
		if (signal_pending(current))
			return -EINTR;
		schedule();
	}

	mutex_lock(&ep->mtx);
	for (epi = ep->items; epi && n < maxevents; epi = epi->next) {
		if (copy_to_user(events + n, &epi->event, sizeof(epi->event))) {
			if (!n)
				n = -EFAULT;
			break;
		}
		n++;
	}
	mutex_unlock(&ep->mtx);
	return n;
}

static int do_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, int timeout)
{
	struct fd f;
	int error;

	if (maxevents <= 0 || maxevents > EP_MAX_EVENTS)
		return -EINVAL;

	if (!access_ok(events, maxevents * sizeof(struct epoll_event)))
		return -EFAULT;

	f = fdget(epfd);
	if (!f.file)
		return -EBADF;

	error = -EINVAL;
	if (is_file_epoll(f.file))
		error = ep_poll(f.file->private_data, events, maxevents, timeout);
	fdput(f);
	return error;
}

/**
 * sys_epoll_wait - Wait for events of the files in a set
 * @epfd: The set
 * @events: Where to put the events
 * @maxevents: How many there is room for
 * @timeout: Milliseconds to wait; 0 does not wait, -1 waits without end
 *
 * contexts: process, sleepable
 *
 * param: epfd
 *   type: fd, input
 *
 * param: events
 *   type: user_ptr, output
 *   constraint-type: buffer(2)
 *
 * param: maxevents
 *   type: int, input
 *   constraint-type: range(0, EP_MAX_EVENTS)
 *
 * param: timeout
 *   type: int, input
 *
 * return:
 *   type: int
 *   check-type: range
 *   success: >= 0
 *   desc: The number of events.
 *
 * error: EBADF, Bad descriptor
 *   desc: epfd is not open.
 *
 * error: EFAULT, Bad address
 *   desc: events cannot be written.
 *
 * error: EINTR, Interrupted
 *   desc: A signal came before any event.
 *
 * error: EINVAL, Bad argument
 *   desc: epfd is no set, or maxevents is out of range.
 */
SYSCALL_DEFINE4(epoll_wait, int, epfd, struct epoll_event __user *, events,
		int, maxevents, int, timeout)
{
	return do_epoll_wait(epfd, events, maxevents, timeout);
}
