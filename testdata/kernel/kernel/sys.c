// SPDX-License-Identifier: GPL-2.0-only

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define __NEW_UTS_LEN 64

static char nodename[__NEW_UTS_LEN + 1];

/**
 * sys_sethostname - Name the machine
 * @name: The name, without a terminating byte
 * @len: How many bytes it has
 *
 * contexts: process, sleepable
 *
 * param: name
 *   type: user_ptr, input
 *   constraint-type: buffer(1)
 *
 * param: len
 *   type: int, input
 *   constraint-type: range(0, __NEW_UTS_LEN)
 *
 * return:
 *   type: int
 *   check-type: exact
 *   success: 0
 *
 * error: EPERM, Not allowed
 *   desc: CAP_SYS_ADMIN is missing.
 *
 * error: EINVAL, Bad length
 *   desc: len is negative or too large.
 *
 * error: EFAULT, Bad address
 *   desc: name cannot be read.
 *
 * capability: CAP_SYS_ADMIN
 *   type: perform_operation
 *   allows: Name the machine
 */
SYSCALL_DEFINE2(sethostname, char __user *, name, int, len)
{
	char tmp[__NEW_UTS_LEN];
	int errno, i;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;

	errno = -EFAULT;
	if (!copy_from_user(tmp, name, len)) {
		for (i = 0; i < len; i++)
			nodename[i] = tmp[i];
		nodename[len] = 0;
		errno = 0;
	}
	return errno;
}
