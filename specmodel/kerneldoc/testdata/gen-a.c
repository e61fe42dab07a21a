// SPDX-License-Identifier: GPL-2.0-only

/**
 * sys_lamp - Light a lamp
 * @lamp: Which lamp
 * @how: How bright
 *
 * long-desc: Lights the lamp
 *   for a while.
 * context-flags: KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE
 * param-count: 2
 * param-type: lamp, KAPI_TYPE_INT
 * param-flags: lamp, KAPI_PARAM_IN
 * param-constraint-type: lamp, KAPI_CONSTRAINT_RANGE
 * param-range: lamp, 0, LAMP_MAX
 * param-constraint: lamp, Counted from the door
 * param-type: how, KAPI_TYPE_USER_PTR
 * param-flags: how, KAPI_PARAM_IN | KAPI_PARAM_USER
 * param-constraint-type: how, KAPI_CONSTRAINT_CUSTOM
 * struct-type: how, struct lamp_how
 * struct-field: level, __u32, Brightness
 * struct-field-range: level, 0, 100
 * struct-field: hue, __s32, Colour
 * struct-field-enum: hue, RED(0), GREEN(1)
 * struct-field: mode, __u64, Modes
 * struct-field-mask: mode, LAMP_BLINK
 * struct-field-policy: mode, strict
 * return-type: KAPI_TYPE_INT
 * return-check-type: KAPI_RETURN_ERROR_CHECK
 * return-success: 0
 * error-code: -ENODEV, ENODEV, No such lamp,
 *   The room has fewer, or none.
 * error-code: -EPERM, EPERM, Not allowed, It is late
 * lock: lamp_mutex, KAPI_LOCK_MUTEX
 * lock: switch_lock, KAPI_LOCK_SPINLOCK
 * lock-acquired: true
 * lock-released: true
 * lock-desc: Held while switching
 * signal: FATAL
 * signal-direction: KAPI_SIGNAL_RECEIVE
 * signal-action: KAPI_SIGNAL_ACTION_RETURN
 * signal-condition: a signal is pending
 * signal-desc: The lamp stays dark
 * signal-error: -EINTR
 * signal-timing: KAPI_SIGNAL_TIME_DURING
 * signal-priority: 0
 * signal-interruptible: yes
 * signal-state-req: KAPI_SIGNAL_STATE_RUNNING
 * side-effect: KAPI_EFFECT_HARDWARE, lamp, It lights, condition=it was dark, reversible=yes
 * state-trans: lamp, dark, lit, The lamp lights
 * capability: CAP_SYS_TIME, KAPI_CAP_BYPASS_CHECK, Light at night
 * capability-allows: Light any time
 * capability-without: Wait for the day
 * capability-condition: it is night
 * capability-priority: 1
 * constraint: Fuse, Too many lamps
 *   blow it
 * constraint-expr: Fuse, lit <= 16
 * examples: lamp(3, &how);
 * notes: Switch it off.
 *
 * Return: 0 when it is lit
 */
SYSCALL_DEFINE2(lamp, int, lamp, struct lamp_how __user *, how)
{
	return 0;
}
