/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_EVENTPOLL_H
#define _LINUX_EVENTPOLL_H

#include <uapi/linux/eventpoll.h>

/* Only removing an entry ignores the event it is given. */
static inline int ep_op_has_event(int op)
{
	return op != EPOLL_CTL_DEL;
}

#endif
