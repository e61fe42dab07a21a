// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"math"
	"strings"
)

// EvalBuiltin computes an expression with the names that mean the same in
// every kernel on a 64-bit target: INT_MAX and its kin, the generic errno,
// signal and capability numbers, and the notation's own constants. PAGE_SIZE
// and everything else a kernel configures is not known to it.
func EvalBuiltin(text string) (Value, error) { return Eval(text, builtinName) }

func builtinName(name string) (Value, bool) {
	if v, ok := limits[name]; ok {
		return v, true
	}
	if n, ok := errnos[name]; ok {
		return Int(n), true
	}
	if n, ok := capabilities[name]; ok {
		return Int(n), true
	}
	if n, ok := signals[name]; ok {
		return Int(n), true
	}
	n, ok := notationConstants[name]
	return n, ok
}

var limits = map[string]Value{
	"INT_MAX": Int(math.MaxInt32), "INT_MIN": Int(math.MinInt32), "UINT_MAX": Uint(math.MaxUint32),
	"LONG_MAX": Int(math.MaxInt64), "LONG_MIN": Int(math.MinInt64), "ULONG_MAX": Uint(math.MaxUint64),
	"LLONG_MAX": Int(math.MaxInt64), "LLONG_MIN": Int(math.MinInt64), "ULLONG_MAX": Uint(math.MaxUint64),
	"SHRT_MAX": Int(math.MaxInt16), "SHRT_MIN": Int(math.MinInt16), "USHRT_MAX": Int(math.MaxUint16),
	"S8_MAX": Int(math.MaxInt8), "S8_MIN": Int(math.MinInt8), "U8_MAX": Int(math.MaxUint8),
	"S16_MAX": Int(math.MaxInt16), "S16_MIN": Int(math.MinInt16), "U16_MAX": Int(math.MaxUint16),
	"S32_MAX": Int(math.MaxInt32), "S32_MIN": Int(math.MinInt32), "U32_MAX": Uint(math.MaxUint32),
	"S64_MAX": Int(math.MaxInt64), "S64_MIN": Int(math.MinInt64), "U64_MAX": Uint(math.MaxUint64),
	"SIZE_MAX": Uint(math.MaxUint64), "SSIZE_MAX": Int(math.MaxInt64),
	"PATH_MAX": Int(4096), "NAME_MAX": Int(255), "AT_FDCWD": Int(-100),
	"NULL": Int(0), "true": Int(1), "false": Int(0),
}

// notationConstants are the numbers of the notation's own constants that
// appear in expressions.
var notationConstants = func() map[string]Value {
	m := map[string]Value{"KAPI_PROTO_ALL": Uint(math.MaxUint32), "KAPI_ASYNC_BLOCK": Int(0)}
	bits := func(prefix, names string) {
		for i, n := range strings.Fields(names) {
			m[prefix+n] = Int(1 << i)
		}
	}
	bits("KAPI_PROTO_", "TCP UDP UNIX RAW PACKET NETLINK SCTP DCCP")
	bits("KAPI_BUF_", "PEEK TRUNCATE SCATTER ZERO_COPY KERNEL_ALLOC DMA_CAPABLE FRAGMENT")
	bits("KAPI_ASYNC_", "NONBLOCK POLL_READY SIGNAL_DRIVEN AIO IO_URING EPOLL")
	bits("KAPI_SIGNAL_STATE_", "RUNNING SLEEPING STOPPED TRACED ZOMBIE DEAD")
	for i, n := range strings.Fields(`UNSPEC CLOSED OPEN BOUND LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1
		FIN_WAIT2 CLOSE_WAIT CLOSING LAST_ACK TIME_WAIT CONNECTED DISCONNECTED`) {
		m["KAPI_SOCK_STATE_"+n] = Int(int64(i))
	}
	return m
}()
