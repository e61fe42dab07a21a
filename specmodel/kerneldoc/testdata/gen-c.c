// SPDX-License-Identifier: GPL-2.0-only
/* A made-up call that uses every tag of the newest notation. */

static const char *s = "/** not a comment */";

/**
 * sys_parcel - Move a parcel between two shelves
 * @from: Shelf to take it from
 * @to: Shelf to put it on, or -1
 * @label: What is written on the parcel,
 *   in one line
 * @items: Array of @count items
 * @count: How many items
 * @flags: How to move it
 *
 * long-desc: The parcel leaves the shelf
 *   when nobody holds it.
 *
 *   There are two ways:
 *   - by hand
 *   - by cart
 *
 * contexts: process, sleepable
 *
 * param: from
 *   type: fd, input
 *   constraint-type: range(0, INT_MAX)
 *   cdesc: Must be open
 *     for reading.
 *
 * param: to
 *   type: int, input, optional
 *   flags: KAPI_PARAM_IN | const
 *   constraint-type: enum(-1, SHELF_TOP, SHELF_COUNT - 1)
 *
 * param: label
 *   type: user_ptr, input
 *   constraint-type: user_string(16)
 *   range: 1, LABEL_MAX
 *
 * param: items
 *   type: user_ptr, input, output
 *   constraint-type: buffer(4)
 *   size-multiplier: sizeof(struct item)
 *
 * param: count
 *   type: uint, input
 *   constraint-type: range(
 *     0,
 *     PARCEL_MAX_ITEMS)
 *
 * param: flags
 *   type: uint, input
 *   constraint-type: mask(PARCEL_HAND |
 *     PARCEL_CART)
 *   arch-mask: x86 = PARCEL_FAST
 *   arch-mask: powerpc = 0x80
 *
 * return:
 *   type: int
 *   check-type: range
 *   success: >= 0
 *   desc: Number of items that moved.
 *
 * error: EBADF, Shelf is not open
 *   desc: from or to names no open shelf.
 *
 * error: E2BIG, Too many items
 *   condition: count > PARCEL_MAX_ITEMS
 *   desc: The cart holds no more.
 *
 * error: EINTR, Interrupted
 *
 * lock: shelf->lock
 *   type: mutex
 *   acquired: true
 *   released: true
 *   desc: Held while items move.
 *
 * lock: cart_sem, semaphore
 *   acquired: yes
 *
 * signal: Any signal
 *   direction: receive
 *   action: return
 *   errno: -EINTR
 *   timing: during
 *   priority: 1
 *   restartable: yes
 *   interruptible: yes
 *   condition: waiting for the cart
 *   desc: Nothing has moved yet.
 *
 * signal: SIGIO
 *   direction: send | handle
 *   action: transform
 *   number: SIGIO
 *   target: owner of the shelf
 *   transform_to: SIGURG
 *   queue: KAPI_SIGNAL_QUEUE_REALTIME
 *   sa-flags-required: SA_SIGINFO
 *   sa_flags_forbidden: 0x4
 *   state_required: KAPI_SIGNAL_STATE_RUNNING
 *   state-forbidden: KAPI_SIGNAL_STATE_DEAD
 *
 * side-effect: modify_state | alloc_memory
 *   target: both shelves
 *   desc: Items change place.
 *   condition: something moved
 *   reversible: yes
 *
 * side-effect: schedule, cart, The caller may wait, condition=cart is away, reversible=no
 *
 * state-trans: parcel
 *   from: resting
 *   to: moving
 *   condition: nobody holds it
 *   desc: Until it arrives.
 *
 * state-trans: cart, idle, busy, one trip, at most
 *
 * capability: CAP_SYS_ADMIN
 *   type: bypass_check
 *   allows: Move what others hold
 *   without: EPERM
 *   condition: the parcel is held
 *   priority: 2
 *
 * constraint: Weight
 *   desc: The cart carries little.
 *   expr: sum(items) <= CART_MAX
 *
 * constraint: Order, items keep theirs
 *
 * examples: n = parcel(a, b, "fragile", items, 4, 0);
 *   if (n < 0)
 *   	err(1, "parcel");
 *
 *
 *   done();
 * notes: A parcel on no shelf
 *   is lost.
 */
SYSCALL_DEFINE6(parcel, int, from, int, to, const char __user *, label,
		struct item __user *, items, size_t, count, unsigned int, flags)
{
	return 0;
}
