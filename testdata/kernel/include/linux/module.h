/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/types.h>

struct module {
	const char *name;
	bool going;
};

#define THIS_MODULE ((struct module *)NULL)

/* Built-in code has no module and can always be pinned. */
static inline bool try_module_get(struct module *mod)
{
	return !mod || !mod->going;
}

static inline void module_put(struct module *mod)
{
}

#endif
