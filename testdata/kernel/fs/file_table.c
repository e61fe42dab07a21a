// SPDX-License-Identifier: GPL-2.0-only

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/capability.h>

static struct kmem_cache *filp_cache;
static long nr_files;
static long max_files = 8192;

/* An open file that nobody can find yet. */
struct file *alloc_file(const struct file_operations *fops, int flags)
{
	struct file *file;

	if (nr_files >= max_files && !capable(CAP_SYS_ADMIN))
		return ERR_PTR(-ENFILE);

	file = kmem_cache_zalloc(filp_cache, GFP_KERNEL);
	if (unlikely(!file))
		return ERR_PTR(-ENOMEM);

	nr_files++;
	file->f_op = fops;
	file->f_flags = flags;
	file->f_count = 1;
	return file;
}

void fput(struct file *file)
{
	if (--file->f_count)
		return;
	if (file->f_op->release)
		file->f_op->release(file->f_inode, file);
	module_put(file->f_op->owner);
	kmem_cache_free(filp_cache, file);
	nr_files--;
}
