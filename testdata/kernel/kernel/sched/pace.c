// SPDX-License-Identifier: GPL-2.0-only

#define PACE_MIN 1
#define PACE_MAX 40

static int set_pace(struct task_struct *p, int pace)
{
	p->pace = clamp(pace, PACE_MIN, PACE_MAX);
	return 0;
}

/**
 * sys_sched_setpace - Say how fast the calling task should run
 * @pace: The pace; what lies outside 1 to 40 is taken as the nearest end
 *
 * contexts: process
 *
 * param: pace
 *   type: int, input
 *
 * return:
 *   type: int
 *   check-type: exact
 *   success: 0
 */
SYSCALL_DEFINE1(sched_setpace, int, pace)
{
	return set_pace(current, pace);
}
