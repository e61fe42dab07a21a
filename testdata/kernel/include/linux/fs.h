/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/module.h>
#include <linux/types.h>

struct file;

struct inode {
	umode_t i_mode;
	loff_t i_size;
};

#define S_IFMT	00170000
#define S_IFREG	00100000
#define S_IFDIR	00040000

#define S_ISDIR(m) (((m) & S_IFMT) == S_IFDIR)
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)

struct file_operations {
	struct module *owner;
	ssize_t (*read)(struct file *file, char __user *buf, size_t len, loff_t *pos);
	unsigned int (*poll)(struct file *file);
	int (*release)(struct inode *inode, struct file *file);
};

struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	void *private_data;
	unsigned int f_flags;
	long f_count;
};

/* file_table.c */
struct file *alloc_file(const struct file_operations *fops, int flags);
void fput(struct file *file);

/* namei.c */
struct inode *user_path_inode(const char __user *name);
void iput(struct inode *inode);

#endif
