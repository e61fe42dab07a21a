// SPDX-License-Identifier: GPL-2.0-only

/**
 * sys_bell - Ring the bell of a door
 * @door: Door to ring at
 * @tune: Notes to play
 * @len: Number of notes
 *
 * long-desc: Rings once.
 *
 * context-flags: KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE
 * param-count: 3
 * api-type: KAPI_API_SYSCALL
 *
 * param: door
 *   type: KAPI_TYPE_FD
 *   flags: KAPI_PARAM_IN
 *   constraint-type: KAPI_CONSTRAINT_RANGE
 *   range: 0, INT_MAX
 *   constraint: The door must have a bell
 *     (most doors do: look for the button).
 *
 * param: tune
 *   type: KAPI_TYPE_USER_PTR
 *   flags: KAPI_PARAM_IN | KAPI_PARAM_USER | KAPI_PARAM_OPTIONAL
 *   constraint-type: KAPI_CONSTRAINT_BUFFER
 *   size-param: 2
 *   size: sizeof(struct note)
 *   alignment: 4
 *
 * param: len
 *   type: KAPI_TYPE_UINT
 *   flags: KAPI_PARAM_IN
 *   constraint-type: KAPI_CONSTRAINT_MASK
 *   valid-mask: NOTE_SHORT | NOTE_LONG |
 *               NOTE_REST
 *
 * return:
 *   type: KAPI_TYPE_INT
 *   check-type: KAPI_RETURN_ERROR_CHECK
 *   success: 0
 *   desc: Zero, or an error.
 *
 * error: ENODEV, No bell
 *   desc: The door has none.
 *
 * signal: SIGALRM
 *   direction: KAPI_SIGNAL_RECEIVE
 *   action: KAPI_SIGNAL_ACTION_RETURN
 *   error: -EINTR
 *   timing: KAPI_SIGNAL_TIME_DURING
 *   restartable: yes
 *
 * lock: door_lock
 *   type: KAPI_LOCK_SPINLOCK
 *   acquired: true
 *   released: true
 *
 * side-effect: KAPI_EFFECT_HARDWARE | KAPI_EFFECT_IRREVERSIBLE
 *   target: the bell
 *   desc: It rings.
 *
 * capability: CAP_SYS_RAWIO, KAPI_CAP_PERFORM_OPERATION, Ring at night
 *   allows: Ring after dark
 *
 * since-version: 1.2
 */
SYSCALL_DEFINE3(bell, unsigned int, door, struct note __user *, tune, size_t, len)
{
	return 0;
}
