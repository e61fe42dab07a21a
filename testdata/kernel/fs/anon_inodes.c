// SPDX-License-Identifier: GPL-2.0-only

#include <linux/anon_inodes.h>
#include <linux/fs.h>

static struct inode anon_inode;

/* Files without a name share one inode; what they do is in @fops. */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops,
				void *priv, int flags)
{
	struct file *file;

	if (fops->owner && !try_module_get(fops->owner))
		return ERR_PTR(-ENOENT);

	file = alloc_file(fops, flags & (O_RDWR | O_NONBLOCK));
	if (IS_ERR(file)) {
		module_put(fops->owner);
		return file;
	}

	file->f_inode = &anon_inode;
	file->private_data = priv;
	return file;
}
