/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _UAPI_LINUX_MMAN_H
#define _UAPI_LINUX_MMAN_H

#define MCL_CURRENT	1	/* lock what is mapped now */
#define MCL_FUTURE	2	/* lock what will be mapped */
#define MCL_ONFAULT	4	/* lock pages when they are touched */

#define MLOCK_ONFAULT	0x01

#endif
