/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

typedef struct {
	unsigned int slock;
} spinlock_t;

#define DEFINE_SPINLOCK(x) spinlock_t x = { 0 }

void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

#endif
