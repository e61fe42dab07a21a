// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/debugfs"
	"kapilint/specmodel/elfsec"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/render/rst"
	"kapilint/specmodel/specjson"
)

// A claim says that one test covers rows of one section of the format
// reference. Evidence is the file that has the words of the rows: the source
// of the test, a file below the testdata of its package, or nothing for the
// body of the test itself.
//
// A row is a line: its name, and after => the words that the evidence has,
// with & between them. Without => the words are those of the name.
type claim struct {
	section, test, evidence, rows string
}

const (
	handC  = "specmodel/macro/testdata/hand.c"
	ioctlC = "specmodel/macro/testdata/ioctl.c"
	genA   = "specmodel/kerneldoc/testdata/gen-a.c"
	genB   = "specmodel/kerneldoc/testdata/gen-b.c"
	genC   = "specmodel/kerneldoc/testdata/gen-c.c"
)

var claims = []claim{
	// openers and wrappers
	{"2.5", "specmodel/macro.TestGolden", handC, `
DEFINE_KERNEL_API_SPEC
KAPI_END_SPEC`},
	{"2.5", "specmodel/macro.TestProblems", "specmodel/macro/macro_test.go", `
KAPI_DEFINE_SYSCALL_SPEC
KAPI_PARAM_ENUM_VALUES with a compound literal => KAPI_PARAM_ENUM_VALUES(((const s64[])`},
	{"2.5", "specmodel/roundtrip.TestMacroRows", "", `
KAPI_DEFINE_SPEC
SYSCALL_DEFINE_SPEC0 to 6
COMPAT_SYSCALL_DEFINE_SPEC0 to 6
KAPI_IOCTL_SPEC_DRIVER
KAPI_REGISTER_IOCTL_SPECS
DEFINE_IOCTL_HANDLER
KAPI_IOCTL_HANDLER_END
KAPI_IOCTL_OP_ENTRY
KAPI_REGISTER_IOCTL_HANDLERS
KAPI_IOCTL_OPS
kapi_wrap_file_operations
KAPI_DEFINE_FOPS
__SYSCALL_PARAM_COUNT
__SYSCALL_ARG_COUNT
__SYSCALL_NAME
__SYSCALL_API_SPEC_NAME
__KAPI_SYSCALL_VALIDATE_0 to 6
__KAPI_SYSCALL_VALIDATE_RETURN`},
	{"2.5", "specmodel/macro.TestGolden", ioctlC, `
DEFINE_KAPI_IOCTL_SPEC
KAPI_IOCTL_CMD
KAPI_IOCTL_CMD_NAME
KAPI_IOCTL_INPUT_SIZE
KAPI_IOCTL_OUTPUT_SIZE
KAPI_IOCTL_FILE_OPS_NAME
struct kapi_ioctl_spec as designators => struct kapi_ioctl_spec & .api_spec & .cmd_name & .file_ops_name
DEFINE_IOCTL_API_SPEC
KAPI_IOCTL_SIZE
KAPI_IOCTL_FILE_OPS
KAPI_IOCTL_END_SPEC
KAPI_DEFINE_IOCTL_SPEC
KAPI_END_IOCTL_SPEC
KAPI_IOCTL_PARAM_SIZE
KAPI_IOCTL_PARAM_FLAGS
KAPI_IOCTL_PARAM_USER_BUF
KAPI_IOCTL_PARAM_USER_OUT_BUF
KAPI_IOCTL_PARAM_LEN
DEFINE_SYSFS_API_SPEC
KAPI_SUBSYSTEM
KAPI_DEVICE_TYPE
KAPI_PATH
KAPI_PERMISSIONS
KAPI_DEFAULT
KAPI_UNITS
KAPI_STEP
KAPI_ALLOWED_STRINGS`},

	// fields and blocks
	{"2.5", "specmodel/macro.TestGolden", handC, `
KAPI_DESCRIPTION
KAPI_LONG_DESC
KAPI_CONTEXT
KAPI_PARAM_COUNT
KAPI_ERROR_COUNT
KAPI_LOCK_COUNT
KAPI_CONSTRAINT_COUNT
KAPI_SIGNAL_COUNT
KAPI_SIGNAL_MASK_COUNT
KAPI_STRUCT_SPEC_COUNT
KAPI_SIDE_EFFECT_COUNT
KAPI_STATE_TRANS_COUNT
KAPI_CAPABILITY_COUNT
KAPI_EXAMPLES
KAPI_NOTES
KAPI_SINCE_VERSION
KAPI_DEPRECATED
KAPI_REPLACEMENT
KAPI_PARAM
KAPI_PARAM_END
KAPI_PARAM_TYPE
KAPI_PARAM_FLAGS
KAPI_PARAM_SIZE
KAPI_PARAM_RANGE
KAPI_PARAM_CONSTRAINT_TYPE
KAPI_PARAM_CONSTRAINT
KAPI_PARAM_VALID_MASK
KAPI_PARAM_ENUM_VALUES with an array => KAPI_PARAM_ENUM_VALUES(parcel_ways)
KAPI_PARAM_ALIGNMENT
KAPI_PARAM_SIZE_PARAM
KAPI_PARAM_SIZE_PARAM_IDX
size_multiplier, validate, enum_count are raw => .size_multiplier & .validate & .enum_count
KAPI_RETURN
KAPI_RETURN_END
KAPI_RETURN_TYPE
KAPI_RETURN_CHECK_TYPE
KAPI_RETURN_SUCCESS => KAPI_RETURN_SUCCESS(0, "none moved")
KAPI_RETURN_SUCCESS_RANGE
KAPI_RETURN_ERROR_VALUES
KAPI_RETURN_ERROR_COUNT
KAPI_ERROR
KAPI_LOCK
KAPI_LOCK_ACQUIRED
KAPI_LOCK_RELEASED
KAPI_LOCK_HELD_ENTRY
KAPI_LOCK_HELD_EXIT
KAPI_LOCK_DESC
KAPI_LOCK_END
KAPI_CONSTRAINT
KAPI_CONSTRAINT_EXPR
KAPI_CONSTRAINT_END
KAPI_SIGNAL
KAPI_SIGNAL_TARGET
KAPI_SIGNAL_CONDITION
KAPI_SIGNAL_DESC
KAPI_SIGNAL_RESTARTABLE
KAPI_SIGNAL_SA_FLAGS_REQ
KAPI_SIGNAL_SA_FLAGS_FORBID
KAPI_SIGNAL_ERROR
KAPI_SIGNAL_TRANSFORM
KAPI_SIGNAL_TIMING
KAPI_SIGNAL_PRIORITY
KAPI_SIGNAL_INTERRUPTIBLE
KAPI_SIGNAL_QUEUE
KAPI_SIGNAL_STATE_REQ
KAPI_SIGNAL_STATE_FORBID
KAPI_SIGNAL_END
KAPI_SIGNAL_MASK
KAPI_SIGNAL_MASK_ADD
KAPI_SIGNAL_MASK_END
KAPI_SIGNAL_INTERRUPTIBLE_SLEEP
KAPI_SIGNAL_FATAL_DEFAULT
KAPI_SIGNAL_STOP_CONT
KAPI_STRUCT_SPEC
KAPI_STRUCT_SIZE
KAPI_STRUCT_FIELD_COUNT
KAPI_STRUCT_FIELD
KAPI_FIELD_OFFSET
KAPI_FIELD_SIZE
KAPI_FIELD_FLAGS
KAPI_FIELD_CONSTRAINT_RANGE
KAPI_FIELD_CONSTRAINT_MASK
KAPI_FIELD_CONSTRAINT_ENUM of both forms => KAPI_FIELD_CONSTRAINT_ENUM("BOOK,LAMP") & KAPI_FIELD_CONSTRAINT_ENUM(parcel_ways
KAPI_STRUCT_FIELD_END
KAPI_STRUCT_SPEC_END
KAPI_SIDE_EFFECT
KAPI_EFFECT_CONDITION
KAPI_EFFECT_REVERSIBLE
KAPI_SIDE_EFFECT_END
KAPI_STATE_TRANS
KAPI_STATE_TRANS_COND
KAPI_STATE_TRANS_END
KAPI_CAPABILITY
KAPI_CAP_ALLOWS
KAPI_CAP_WITHOUT
KAPI_CAP_CONDITION
KAPI_CAP_PRIORITY
KAPI_CAP_ALTERNATIVE of an array => KAPI_CAP_ALTERNATIVE(parcel_caps, 2)
KAPI_CAPABILITY_END
KAPI_SYSCALL_SLEEPABLE
KAPI_SYSCALL_ATOMIC
KAPI_PARAM_FD
KAPI_PARAM_USER_BUF
KAPI_PARAM_USER_STRUCT
KAPI_PARAM_SIZE_T
KAPI_ERROR_EBADF
KAPI_ERROR_EINVAL
KAPI_ERROR_ENOMEM
KAPI_ERROR_EPERM
KAPI_ERROR_EFAULT
KAPI_RETURN_SUCCESS_ZERO
KAPI_RETURN_FD_SPEC
KAPI_RETURN_COUNT`},
	{"2.5", "specmodel/macro.TestGolden", "specmodel/macro/testdata/bell.apispec.h", `
blocks that literal braces end => },
KAPI_PARAM_ENUM_VALUES with a list => KAPI_PARAM_ENUM_VALUES(0, DOOR_FRONT)
KAPI_SIGNAL_MASK_SIGNALS
KAPI_CAP_ALTERNATIVE with a list => KAPI_CAP_ALTERNATIVE(CAP_SYS_ADMIN, CAP_KILL)`},
	{"2.5", "specmodel/macro.TestGolden", "specmodel/macro/testdata/socket.c", `
KAPI_SOCKET_STATE_REQ
KAPI_SOCKET_STATE_FORBID
KAPI_SOCKET_STATE_RESULT
KAPI_SOCKET_STATE_COND
KAPI_SOCKET_STATE_PROTOS
KAPI_SOCKET_STATE_END
KAPI_PROTOCOL_BEHAVIOR
KAPI_PROTOCOL_FLAGS
KAPI_PROTOCOL_BEHAVIOR_END
KAPI_PROTOCOL_BEHAVIOR_COUNT
KAPI_BUFFER_SPEC
KAPI_BUFFER_SIZE
KAPI_BUFFER_PARTIAL
KAPI_BUFFER_FRAGMENT
KAPI_BUFFER_END
KAPI_ASYNC_SPEC
KAPI_ASYNC_POLL
KAPI_ASYNC_COMPLETION
KAPI_ASYNC_TIMEOUT
KAPI_ASYNC_END
KAPI_ADDR_FAMILY
KAPI_ADDR_FORMAT
KAPI_ADDR_FEATURES
KAPI_ADDR_SPECIAL
KAPI_ADDR_PORTS
KAPI_ADDR_FAMILY_END
KAPI_ADDR_FAMILY_COUNT
KAPI_NET_CONNECTION_ORIENTED
KAPI_NET_MESSAGE_ORIENTED
KAPI_NET_SUPPORTS_OOB
KAPI_NET_SUPPORTS_PEEK
KAPI_NET_REENTRANT
KAPI_NET_CONN_ESTABLISH
KAPI_NET_CONN_TERMINATE
KAPI_NET_DATA_TRANSFER`},

	// tags of blocks
	{"3.4", "specmodel/kerneldoc.TestGolden", genC, `
first line => sys_parcel - Move a parcel
@name: text => @from: Shelf & @label: What
long-desc => long-desc: & - by hand
notes => notes: A parcel
examples => examples: n = parcel
contexts => contexts: process, sleepable
param type => type: fd, input & type: user_ptr, input, output
param flags => flags: KAPI_PARAM_IN | const
param constraint-type => range(0, INT_MAX) & enum(-1 & user_string(16) & buffer(4) & mask(PARCEL_HAND
param constraint-type over lines => range(
param range => range: 1, LABEL_MAX
param cdesc => cdesc: Must be open
param arch-mask => arch-mask: x86 & arch-mask: powerpc
return type => type: int
return check-type => check-type: range
return success => success: >= 0
return desc => desc: Number of items
error NAME, text => error: EINTR, Interrupted
error desc and condition => condition: count > & desc: The cart holds
lock type, acquired, released, desc => lock: shelf->lock & acquired: true & released: true & desc: Held while
lock NAME, TYPE => lock: cart_sem, semaphore
signal direction, action, errno, timing, priority => direction: receive & action: return & errno: -EINTR & timing: during & priority: 1
signal restartable, interruptible, condition, desc => restartable: yes & interruptible: yes & condition: waiting
signal list of directions => direction: send | handle
signal number, target, queue => number: SIGIO & target: owner & queue: KAPI_
signal transform_to => transform_to: SIGURG
signal flags and states => sa-flags-required: & sa_flags_forbidden: & state_required: & state-forbidden:
capability type, allows, without, condition, priority => type: bypass_check & allows: Move & without: EPERM & condition: the parcel & priority: 2
side-effect with lines below => side-effect: modify_state | alloc_memory & reversible: yes
side-effect flat => condition=cart is away, reversible=no
state-trans with lines below => from: resting & to: moving & condition: nobody
state-trans flat => state-trans: cart, idle, busy
constraint desc and expr => desc: The cart carries & expr: sum
constraint NAME, text => constraint: Order, items`},
	{"3.4", "specmodel/kerneldoc.TestGolden", genB, `
context-flags => context-flags: KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE
param-count => param-count: 3
api-type => api-type: KAPI_API_SYSCALL
since-version => since-version: 1.2
param valid-mask => valid-mask: NOTE_SHORT
param size, alignment, size-param => size: sizeof & alignment: 4 & size-param: 2
param constraint => constraint: The door
capability CAP, TYPE, text => capability: CAP_SYS_RAWIO, KAPI_CAP_PERFORM_OPERATION, Ring`},
	{"3.4", "specmodel/kerneldoc.TestProblems", "specmodel/kerneldoc/read_test.go", `
param NAME, TYPE => param: fd, KAPI_TYPE_FD
param desc => desc: descriptor
return without type and desc => return-lost
error without comma => error: EBADF Not open
lock without type => lock: big\n
lock scope => scope: caller_held
lock held-on-entry => held-on-entry: true
capability CAP, TYPE => capability: CAP_KILL, bypass_check
capability none => capability: none
unknown key => typ: fd
indent of sub-tags => thin-indent & unindented-subtag
text before a sub-tag => lost-line
contexts and context-flags => two-contexts
flags after type => flags-drop-user
arch-mask of an unknown architecture => arch-mask: vax
param that is none of the function => unknown-param
constraint-type with missing or more arguments => range() & mask(A, B) & nonzero(1)
success that is no number => bad-success
signal without action => default-action
capability short types, told => type: bypass
side-effect with one comma => side-effect: resource_create, a table`},
	{"3.4", "specmodel/roundtrip.TestTagRows", "", `
api-version
kapi-*
struct*
validation-*
param constraint-type none
param constraint-type power_of_two
param constraint-type page_aligned
param constraint-type nonzero
param constraint-type user_path
param constraint-type user_ptr
param constraint-type alignment
param constraint-type align
param constraint-type custom
param constraint-type KAPI_
param type uptr
param type path
param mask
param valid-values
param struct-type
param description
return success-range
return error-values
return success exact
lock held-on-exit
signal queue_behavior
signal transform
signal transform-to
signal number in digits
capability short types
state-trans object
side-effect none`},

	// disagreements of the two readers
	{"3.5", "checks/passes/specsyntax.TestArchives", "checks/passes/specsyntax/testdata/disagreements.txtar", `
1 => sys_row1
2 => sys_row2
3 => sys_row3
4 => sys_row4
5 => sys_row5
6 => sys_row6
7 => sys_row7
9 => sys_row9
10 => sys_row10
11 => sys_row11
12 => sys_row12
13 => sys_row13
15 => sys_row15
16 => sys_row16
17 => sys_row17
18 => sys_row18
19 => sys_row19
21 => sys_row21`},
	{"3.5", "checks/passes/specsyntax.TestAll", "checks/passes/specsyntax/testdata/all/tool.txtar", `
8 => sys_row8
14 => sys_row14
20 => sys_row20`},
	{"3.5", "checks/passes/specsignature.TestArchives", "checks/passes/specsignature/testdata/kerneldoc.txtar", `
15, the order of the @ lines => sys_row15 & in the order of the function`},
	{"3.5", "specmodel.TestEval", "specmodel/eval_test.go", `
numeric literals => -1U & -0x80000000`},
	{"3.5", "specmodel.TestEvalErrors", "specmodel/eval_test.go", `
what is no literal => 08 & 1uu`},

	// flat tags
	{"3.6", "specmodel/kerneldoc.TestGolden", genA, `
long-desc, examples, notes => long-desc: & examples: & notes:
context-flags => context-flags: KAPI_CTX_PROCESS
param-type => param-type: lamp
param-flags => param-flags: lamp
param-constraint-type => param-constraint-type: lamp
param-constraint => param-constraint: lamp
param-range => param-range: lamp, 0, LAMP_MAX
param-count => param-count: 2
return-type => return-type: KAPI_TYPE_INT
return-check-type => return-check-type:
return-success => return-success: 0
error-code => error-code: -ENODEV, ENODEV, No such lamp,
lock and lock-* for all => lock: lamp_mutex & lock: switch_lock & lock-acquired: & lock-released: & lock-desc:
signal and signal-* for all => signal-direction: & signal-action: & signal-condition: & signal-desc: & signal-error: & signal-timing: & signal-priority: & signal-interruptible: & signal-state-req:
side-effect => side-effect: KAPI_EFFECT_HARDWARE, lamp, It lights, condition=it was dark, reversible=yes
state-trans => state-trans: lamp, dark, lit
capability and capability-* for all => capability: CAP_SYS_TIME & capability-allows: & capability-without: & capability-condition: & capability-priority:
constraint and constraint-expr => constraint: Fuse & constraint-expr: Fuse
struct-type => struct-type: how, struct lamp_how
struct-field => struct-field: level, __u32 & struct-field: hue, __s32
struct-field-range => struct-field-range: level
struct-field-enum => struct-field-enum: hue
struct-field-mask => struct-field-mask: mode
struct-field-policy => struct-field-policy: mode`},
	{"3.6", "specmodel/roundtrip.TestFlatRows", "", `
context
param-mask
param-size
param-alignment
param-enum
param-validate
param-size-param
param-size-multiplier
return-check
error-count
lock-count
signal-count
lock-req
struct-field-version
struct-field-flag
struct-field-validate
validation-group
validation-policy
validation-flag
validation-rule
since
since-version
api-type
api-version
@param-range
@error-code
@capability-allows`},

	// compiled
	{"4.1", "specmodel/elfsec.TestSizes", "specmodel/elfsec/layout_test.go", `
R1 to R3 => RFC v2 without sockets & RFC v3 with sockets
P3 to P5 => PATCH v3 to v5`},
	{"4.1", "specmodel/roundtrip.TestFormRows", "", `
R4
R5 to P2`},
	{"4.1", "specmodel/elfsec.TestEveryForm", "specmodel/elfsec/testdata/kernel.lds", `
boundary symbols => __start_kapi_specs & __stop_kapi_specs`},
	{"4.1", "specmodel/elfsec.TestEveryForm", "specmodel/elfsec/testdata/kapi.h", `
symbols of pointers => __kapi_spec_ptr_ & __kapi_spec_`},
	{"4.2", "specmodel/roundtrip.TestLayoutRows", "", `
kapi_param_spec 1364
kapi_param_spec 1674
kapi_error_spec 1156
kapi_return_spec 692
kapi_lock_spec 648
kapi_constraint_spec 1152
kapi_signal_spec 1767
kapi_signal_mask_spec 772
kapi_struct_field 820
kapi_struct_field 1332
kapi_struct_spec 13780
kapi_struct_spec 21972
kapi_capability_spec 1709
kapi_side_effect 1157
kapi_state_transition 1408`},
	{"4.2", "specmodel/elfsec.TestSizes", "specmodel/elfsec/layout_test.go", `
whole spec of R2 => 328189 & 349537 & 349813 & 355033
whole spec of R3 => 393725 & 415073`},
	{"4.3", "specmodel/roundtrip.TestLayoutRows", "", `
kernel_api_spec 26400
kapi_param_spec 120
kapi_return_spec 72
kapi_error_spec 32
kapi_lock_spec 24
kapi_constraint_spec 24
kapi_signal_spec 104
kapi_signal_mask_spec 152
kapi_struct_spec 1448
kapi_struct_field 88
kapi_side_effect 40
kapi_state_transition 40
kapi_capability_spec 88`},
	{"4.3", "specmodel/elfsec.TestTargets", "specmodel/elfsec/read_test.go", `
32-bit targets => i386 & powerpc`},
	{"4.4", "specmodel/roundtrip.TestMagicRows", "", `
KAP1 params
KAR2 return
KAE3 errors
KAL4 locks
KAC5 constraints
KAI6 info
KAS7 signals
KAM8 sigmask
KAT9 structs
KAFA effects
KATB trans
KACC caps`},
	{"4.4", "specmodel/elfsec.TestNoMagicsNoCounts", "specmodel/elfsec/faults_test.go", `
0 is as valid => .return_magic = 0x4b415232,`},
	{"4.4", "specmodel/elfsec.TestRefused", "specmodel/elfsec/faults_test.go", `
any other value means lost sync => neither 0 nor the magic word`},
	{"4.4", "specmodel/elfsec.TestRelocatable", "specmodel/elfsec/faults_test.go", `
pointers in relocations => -pie`},
	{"4.4", "specmodel/elfsec.TestStripped", "", `
a stripped vmlinux => "-s" & there are no contracts in this file`},
	{"4.4", "specmodel/elfsec.TestSymbolKind", "specmodel/elfsec/faults_test.go", `
kind of interface => __kapi_ioctl_spec_ & __kapi_sysfs_spec_`},

	// debugfs
	{"5", "specmodel/debugfs.TestDirectory", "specmodel/debugfs/debugfs_test.go", `
list => "list":
specs/NAME => "specs/sys_bell"
specs-json/NAME => "specs-json/sys_bell"`},
	{"5.1", "specmodel/debugfs.TestDirectory", "specmodel/debugfs/debugfs_test.go", `
head and row of = => Available Kernel API Specifications\n===
entry => sys_bell - Ring a bell
(null) => sys_gone - (null)
Total => Total: 3 specifications`},
	{"5.2", "specmodel/roundtrip.TestDebugfsRows", "", `
Name
Version
Description
Long description
Context flags
Parameters
type
flags
description
size
alignment
type: range
type: mask
type: enum
type: user_string
type: user_path
type: user_ptr
type: buffer
type: alignment
type: power_of_two
type: page_aligned
type: nonzero
type: custom
type: unknown
constraint text
Return value
success: ==
success: [a, b]
success: valid file descriptor
success: error check
success: custom check
success: does not return
error values
Errors
Locks
Additional constraints
Signal handling
Side effects
State transitions
Capabilities
Examples
Notes
older: type words
older: long description on one line
older: locks
older: constraints
older: Since and DEPRECATED
older: Subsystem, Sysfs Path, Permissions`},
	{"5.3", "specmodel/roundtrip.TestKernelJSONRows", "", `
name
version
description
long_description
context_flags
parameters
return
errors
locks
capabilities
constraints
signals
side_effects
state_transitions
signal_masks
struct_specs
examples
notes
escapes
empty strings
absent return
unset numbers`},
	{"5.3", "specmodel/specjson.TestOldKernel", "specmodel/specjson/foreign_test.go", `
older keys => "api_type" & "since_version" & "deprecated" & "replacement" & "sysfs_path" & "permissions" & "default_value" & "units" & "step" & "range" & "subsystem" & "device_type" & "bitmap"`},

	// the framework's tool, and what answers to it
	{"6.1", "cmd/kapilint.TestLinuxScripts", "cmd/kapilint/testdata/script/spec.txtar", `
list => kapilint spec list
API_NAME shows one => kapilint spec show epoll_create1
a path that is missing => no such file or directory`},
	{"6.1", "cmd/kapilint.TestLinuxScripts", "cmd/kapilint/testdata/script/forms.txtar", `
--format => --format kerneldoc & --format macro & --format rst & --format man & --format shall
kinds => --kind sysfs,ioctl & --kind syscall
an unknown name => no contract has a name like`},
	{"6.1", "cmd/kapilint.TestScripts", "cmd/kapilint/testdata/script/help.txtar", `
-h and -V => kapilint --help & kapilint version`},
	{"6.1", "specmodel/source.TestLoadDirectory", "specmodel/source/source_test.go", `
a directory => fs/bell.c & bell.apispec.h`},
	{"6.2", "specmodel/source.TestNotationsAgree", "specmodel/source/source_test.go", `
source => "doc.c", inDoc & "bell.apispec.h", inMacros`},
	{"6.2", "specmodel/elfsec.TestEveryForm", "", `
vmlinux => same(t, tg.link(t, obj), want...)`},
	{"6.2", "specmodel/source.TestLoadDebugfs", "specmodel/source/source_test.go", `
debugfs => "specs/sys_b" & FromDebugfs`},
	{"6.2", "specmodel/debugfs.TestRoundTrip", "specmodel/debugfs/debugfs_test.go", `
specs/NAME tried as JSON => JSON under specs`},
	{"6.3", "specmodel/specjson.TestToolForms", "specmodel/specjson/foreign_test.go", `
list => "apis": [{"name": & "api_type"
no specs => {}`},
	{"6.3", "specmodel/specjson.TestToolDetails", "specmodel/specjson/foreign_test.go", `
order of the details => "api_details" & "long_description" & "context_flags" & "examples" & "notes"
sysfs keys => "sysfs_path" & "permissions"
capability => "capability": & "action": "KAPI_CAP_ & "allows" & "without_cap" & "check_condition" & "priority" & "alternatives"
parameter => "index" & "type_name" & "flags" & "param_type" & "constraint_type" & "constraint" & "min_value" & "max_value" & "valid_mask" & "enum_values" & "size" & "alignment" & "size_param_idx"
return_spec => "return_spec" & "return_type" & "check_type" & "success_value" & "success_min" & "success_max" & "error_values"
error => "error_code" & "condition"
signal => "signal_num" & "signal_name" & "direction" & "action" & "target" & "timing" & "restartable" & "interruptible" & "queue" & "sa_flags" & "sa_flags_required" & "sa_flags_forbidden" & "state_required" & "state_forbidden" & "error_on_signal" & "transform_to"
signal_mask => "signal_masks" & "signals"
side_effect => "effect_type" & "reversible"
state_transition => "from_state" & "to_state" & "object"
constraint => "expression"
lock => "lock_name" & "lock_type" & "scope"
struct => "field_count" & "field_type" & "offset"
null for what is not used => "valid_mask": null`},
	{"6.4", "specmodel/render/plain.TestGolden", "specmodel/render/plain/testdata/hand.c.txt", `
head => sys_parcel(
Detailed Description => Description
Execution Context => Context: process, sleepable
Parameters => Parameters & 0 to INT_MAX & bits of PARCEL_NOW
enum values, which the tool drops => one of 0, PARCEL_HAND
Return Value => Returns & success value 0
Possible Errors => Errors (2) & EBADF (9)
Notes => Notes
Examples => Examples
Required Capabilities => Capabilities & without it: EPERM
Signal Specifications => Signals & SIGIO (29)
Signal Masks => Signal masks
Side Effects => Side effects
State Transitions => resting -> moving
Additional Constraints => Constraints
Locking Requirements => taken and released & taken, held on return & held on entry, released & held by the caller
Structure Specifications => struct item`},
	{"6.4", "specmodel/render/plain.TestGolden", "specmodel/render/plain/testdata/ioctl.c.txt", `
sysfs lines => /sys/class/lamp/brightness & 0644`},
	{"6.5", "specmodel/roundtrip.TestRSTRows", "", `
Context
Parameters
Returns
Errors
Notes
Examples
Capabilities
Signals
Side effects
State transitions
Constraints
Locks`},
	{"6.6", "specmodel/render/shall.TestSentences", "specmodel/render/shall/shall_test.go", `
list => shall be available for
Parameter => is less than 0 or greater than INT_MAX, the operation shall fail. & contains bits not set in
Must be, inverted => is not open, the operation shall fail.
Return Value => shall return 0 or more
Error Handling => the function shall return -EBADF`},
	{"6.6", "cmd/kapilint.TestLinuxScripts", "cmd/kapilint/testdata/script/forms.txtar", `
Behavioral Requirements => Behavioral Requirements for sys_epoll_create:`},
	{"6.7", "checks/passes/specsignature.TestArchives", "checks/passes/specsignature/testdata/kerneldoc.txtar", `
a spec against the prototype => in the function; write the type`},
	{"6.7", "cmd/kapilint.TestLinuxScripts", "cmd/kapilint/testdata/script/spec.txtar", `
a spec against the code => allows maxevents = 0`},
	{"6.7", "checks/passes/specsyntax.TestArchives", "checks/passes/specsyntax/testdata/disagreements.txtar", `
two incompatible parsers => by their`},
	{"6.7", "cmd/kapilint.TestScripts", "cmd/kapilint/testdata/script/diff.txtar", `
comparison of two trees => kapilint diff a b & api-removed`},
	{"6.7", "specmodel/diff.TestMutations", "specmodel/diff/mutation_test.go", `
comparison of two specs => "param-range-narrowed" & "param-range-widened"`},
	{"6.7", "specmodel/roundtrip.TestOurJSON", "", `
api_type and version lost in JSON => contracts(t) & same(t,`},
	{"6.7", "specmodel.TestResolve", "", `
symbols of a source => UNIT_MAX (99)`},
	{"6.7", "specmodel/merge.TestCompare", "", `
an errno that differs between architectures => code on another architecture`},
	{"6.7", "checks/passes/specsyntax.TestAll", "checks/passes/specsyntax/testdata/all/tool.txtar", `
COMPAT_SYSCALL duplicates => COMPAT_SYSCALL_DEFINE1(row20`},
	{"6.7", "specmodel.TestMaskFor", "", `
masks of architectures => ArchMasks & Arch: "x86"`},
	{"6.7", "cmd/kapilint.TestSARIFIsValid", "cmd/kapilint/sarif_test.go", `
machine-readable diagnostics => "--format", "sarif" & "codeFlows"`},
}

// uncovered are rows that no test holds, and why.
var uncovered = map[string]string{
	"4.2 kapi_lock_spec 652": "the members with the scope add up to 648 bytes, as they do with the four flags",
	"4.4 magic finder":       "the reader of the framework that scans for magic words has nothing that answers to it: sizes and symbols tell where a contract is",
	"6.1 groups of a list":   "kapilint has one list for all kinds, with a column for the kind",
}

// TestRows holds every claim: the test is there, and what it is given has the
// words of the row.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range claims {
		dir, name, _ := strings.Cut(c.test, ".")
		file, body := testBody(t, dir, name)
		if body == "" {
			t.Errorf("%s: there is no test %s", c.section, c.test)
			continue
		}
		text := body
		switch {
		case c.evidence == "":
		case c.evidence == file && !strings.HasSuffix(file, "rows_test.go"), strings.HasPrefix(c.evidence, dir+"/testdata/"):
			b, err := os.ReadFile(filepath.Join("../..", c.evidence))
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		default:
			t.Errorf("%s: %s is neither the source nor the testdata of %s", c.section, c.evidence, c.test)
			continue
		}
		for row := range strings.SplitSeq(strings.TrimSpace(c.rows), "\n") {
			row, words, ok := strings.Cut(row, " => ")
			if !ok {
				words = row
			}
			if key := c.section + " " + row; seen[key] {
				t.Errorf("%s is claimed twice", key)
			} else {
				seen[key] = true
			}
			if words == row && c.evidence == "" { // a case of a table below
				if !regexp.MustCompile("[\"`\n]" + regexp.QuoteMeta(row) + "[\":`\n]").MatchString(text) {
					t.Errorf("%s: %s has no case %q", c.section, c.test, row)
				}
				continue
			}
			for word := range strings.SplitSeq(words, " & ") {
				if word == name {
					t.Errorf("%s, %s: the name of the test is no evidence", c.section, row)
				}
				if !hasWord(text, word) {
					t.Errorf("%s, %s: %s has no %q", c.section, row, c.test, word)
				}
			}
		}
	}
	for row, why := range uncovered {
		if seen[row] || why == "" {
			t.Errorf("%s is claimed, or has no reason", row)
		}
	}
	t.Logf("%d rows, %d of them without a test", len(seen)+len(uncovered), len(uncovered))
}

// testBody finds a test, its file and its text.
func testBody(t *testing.T, dir, name string) (file, body string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == name {
				return dir + "/" + filepath.Base(path), string(src[fset.Position(d.Pos()).Offset:fset.Position(d.End()).Offset])
			}
		}
	}
	return "", ""
}

// hasWord looks for a text that is not part of a longer name.
func hasWord(text, word string) bool {
	name := func(s string, i int) bool {
		return i >= 0 && i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z')
	}
	prefix := strings.HasSuffix(word, "_") // of names
	for at := 0; ; at++ {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(word)
		if !(name(word, 0) && name(text, at-1) && !(at > 1 && text[at-2] == '\\')) && (prefix || !(name(word, len(word)-1) && name(text, end))) {
			return true
		}
	}
}

var lineOf = regexp.MustCompile(`,?"(line|file)":("[^"]*"|\d+)`)

// model is what contracts say, as our JSON in short, and what was said of them.
func model(t *testing.T, apis []*specmodel.API, problems []specmodel.Problem) string {
	t.Helper()
	var long, short bytes.Buffer
	if err := specjson.Write(&long, apis); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&short, long.Bytes()); err != nil {
		t.Fatal(err)
	}
	said := lineOf.ReplaceAllString(short.String(), "")
	for _, p := range problems {
		said += "\n" + p.ID + ": " + p.Message
	}
	return said
}

// A rowCase is a text for one row, and what the model then has.
type rowCase struct{ row, text, want string }

func (c rowCase) check(t *testing.T, got string) {
	t.Helper()
	t.Run(c.row, func(t *testing.T) {
		if !strings.Contains(got, c.want) {
			t.Errorf("no %s in\n%s", c.want, got)
		}
	})
}

// TestMacroRows reads the wrappers. Those that only register a contract, or
// wrap a function, hold none.
func TestMacroRows(t *testing.T) {
	for _, c := range []rowCase{
		{"KAPI_IOCTL_SPEC_DRIVER", `KAPI_IOCTL_SPEC_DRIVER("drv", { &a_spec, &b_spec })`, ""},
		{"KAPI_REGISTER_IOCTL_SPECS", "KAPI_REGISTER_IOCTL_SPECS(all, specs)", ""},
		{"DEFINE_IOCTL_HANDLER", "DEFINE_IOCTL_HANDLER(a, A_CMD, a_do, struct a, last)", ""},
		{"KAPI_IOCTL_HANDLER_END", "KAPI_IOCTL_HANDLER_END", ""},
		{"KAPI_IOCTL_OP_ENTRY", "static const struct op ops[] = { KAPI_IOCTL_OP_ENTRY(A_CMD, a_do, struct a, last) };", ""},
		{"KAPI_REGISTER_IOCTL_HANDLERS", "KAPI_REGISTER_IOCTL_HANDLERS(handlers, 2)", ""},
		{"KAPI_IOCTL_OPS", "KAPI_IOCTL_OPS(a, a_ioctl, x)", ""},
		{"kapi_wrap_file_operations", "static int f(void) { return kapi_wrap_file_operations(a_fops); }", ""},
		{"KAPI_DEFINE_FOPS", "KAPI_DEFINE_FOPS(a_fops, .owner = THIS_MODULE, .unlocked_ioctl = a_ioctl);", ""},
		{"__SYSCALL_PARAM_COUNT", "int n = __SYSCALL_PARAM_COUNT(int, a);", ""},
		{"__SYSCALL_ARG_COUNT", "int n = __SYSCALL_ARG_COUNT(int, a);", ""},
		{"__SYSCALL_NAME", "__SYSCALL_NAME(a);", ""},
		{"__SYSCALL_API_SPEC_NAME", "x = &__SYSCALL_API_SPEC_NAME(a);", ""},
		{"__KAPI_SYSCALL_VALIDATE_0 to 6", "__KAPI_SYSCALL_VALIDATE_0(a); __KAPI_SYSCALL_VALIDATE_6(a, b);", ""},
		{"__KAPI_SYSCALL_VALIDATE_RETURN", "__KAPI_SYSCALL_VALIDATE_RETURN(a, b);", ""},
	} {
		t.Run(c.row, func(t *testing.T) {
			if apis, problems := macro.ReadFile("f.c", []byte(c.text+"\n")); len(apis) > 0 || len(problems) > 0 {
				t.Errorf("%d contracts, problems %v", len(apis), problems)
			}
			const spec = "DEFINE_KERNEL_API_SPEC(f)\nKAPI_NOTES(\"n\")\nKAPI_END_SPEC;\n"
			if apis, problems := macro.ReadFile("f.c", []byte(spec+c.text+"\n"+spec)); len(apis) != 2 || len(problems) > 0 {
				t.Errorf("between others: %d contracts, problems %v", len(apis), problems)
			}
		})
	}
	for row, name := range map[string]string{"SYSCALL_DEFINE_SPEC0 to 6": "sys_a", "COMPAT_SYSCALL_DEFINE_SPEC0 to 6": "compat_sys_a"} {
		t.Run(row, func(t *testing.T) {
			for n := range 7 {
				text := strings.TrimSuffix(row, "0 to 6") + fmt.Sprint(n) + `(a, KAPI_DESCRIPTION("x")`
				for i := range n {
					text += fmt.Sprintf(", int, p%d", i)
				}
				apis, problems := macro.ReadFile("f.c", []byte(text+")\n{\n}\n"))
				if len(apis) != 1 || len(problems) > 0 || apis[0].Name != name || apis[0].Description != "x" || len(apis[0].Prototype.Params) != n {
					t.Errorf("%s: %v, problems %v", text, apis, problems)
				}
			}
		})
	}
	c := rowCase{"KAPI_DEFINE_SPEC", "KAPI_DEFINE_SPEC(a, b, \"1\")\nKAPI_END_SPEC;\n", "doc-dialect: KAPI_DEFINE_SPEC exists only in old documentation"}
	apis, problems := macro.ReadFile("f.c", []byte(c.text))
	c.check(t, model(t, apis, problems))
}

// docOf is a comment with tags before a system call of two parameters.
func docOf(head, tags string) []byte {
	return []byte("/**\n * sys_two - Do two things\n * @fd: descriptor\n * @len: length\n *\n" + head + " * " +
		strings.ReplaceAll(tags, "\n", "\n * ") + "\n */\nSYSCALL_DEFINE2(two, int, fd, size_t, len)\n{\n}\n")
}

func TestTagRows(t *testing.T) {
	kind := func(kind, more string) string { return `"constraint":{"kind":"` + kind + `"` + more }
	for _, c := range []rowCase{
		{"api-version", "api-version: 2\nparam: fd\n  type: fd", `"unknown":[{"key":"api-version","raw":"2"}]`},
		{"kapi-*", "kapi-thing: x\nparam: fd\n  type: fd", `"unknown":[{"key":"kapi-thing","raw":"x"}]`},
		{"struct*", "struct: x\nparam: fd\n  type: fd", `"key":"struct","raw":"x"`},
		{"struct*", "signal: SIGINT\n  action: return\nstruct-type: fd, struct x", `"notation":"kerneldoc-c"`},
		{"validation-*", "validation-group: g\nparam: fd\n  type: fd", `"key":"validation-group","raw":"g"`},
		{"param constraint-type none", "param: fd\n  constraint-type: none", kind("none", "}")},
		{"param constraint-type power_of_two", "param: fd\n  constraint-type: power_of_two", kind("power_of_two", "}")},
		{"param constraint-type page_aligned", "param: fd\n  constraint-type: Page_Aligned", kind("page_aligned", "}")},
		{"param constraint-type nonzero", "param: fd\n  constraint-type: nonzero", kind("nonzero", "}")},
		{"param constraint-type user_path", "param: fd\n  constraint-type: user_path", kind("user_path", "}")},
		{"param constraint-type user_ptr", "param: fd\n  constraint-type: user_ptr", kind("user_ptr", "}")},
		{"param constraint-type alignment", "param: fd\n  constraint-type: alignment(8)", kind("alignment", `,"alignment":"8"`)},
		{"param constraint-type align", "param: fd\n  constraint-type: align(8)", kind("alignment", `,"alignment":"8"`)},
		{"param constraint-type custom", "param: fd\n  constraint-type: custom(must be odd)", kind("custom", `,"text":"must be odd"`)},
		{"param constraint-type KAPI_", "param: fd\n  constraint-type: KAPI_CONSTRAINT_NONZERO", kind("nonzero", "}")},
		{"param type uptr", "param: fd\n  type: uptr, input", `"class":"user_ptr","flags":["in","user"]`},
		{"param type path", "param: fd\n  type: path, input", `"class":"path","flags":["in","user"]`},
		{"param mask", "param: fd\n  mask: 0x3", `"mask":"0x3"`},
		{"param valid-values", "param: fd\n  valid-values: 1, B", `"values_expr":["1","B"]`},
		{"param struct-type", "param: fd\n  type: fd\n  struct-type: struct two", `"class":"fd"`},
		{"param description", "param: fd\n  type: fd\n  description: x", "indented-tag: description: starts a new section although it is indented"},
		{"return success-range", "return:\n  type: int\n  check-type: range\n  success-range: 0, 9\nparam: fd\n  type: fd", `"success_min":"0","success_max":"9"`},
		{"return error-values", "return:\n  type: int\n  check-type: error_check\n  error-values: -EIO, -EBADF\nparam: fd\n  type: fd", `"error_values_expr":["-EIO","-EBADF"]`},
		{"return success exact", "return:\n  type: int\n  success: == 3\nparam: fd\n  type: fd", `"success":"3"`},
		{"lock held-on-exit", "lock: big, mutex\n  held-on-exit: true", "lock-scope: kernel-doc does not pass on held-on-exit: of a lock"},
		{"signal queue_behavior", "signal: SIGINT\n  action: return\n  queue_behavior: realtime", `"queue_behavior":"realtime"`},
		{"signal transform", "signal: SIGINT\n  action: transform\n  transform: SIGURG", `"transform_to_expr":"SIGURG"`},
		{"signal transform-to", "signal: SIGINT\n  action: transform\n  transform-to: 23", `"transform_to":"23"`},
		{"signal number in digits", "signal: FATAL\n  action: return\n  number: 9", `"number":"9"`},
		{"capability short types", "capability: CAP_KILL\n  type: grant", `"action":"grant_permission"`},
		{"state-trans object", "state-trans: door\n  object: gate\n  from: a\n  to: b", `"object":"gate"`},
		{"side-effect none", "side-effect: none\n  desc: x", `"side_effects":[{"description":"x"}]`},
	} {
		apis, problems := kerneldoc.ReadFile("f.c", docOf(" * contexts: process\n *\n", c.text))
		c.check(t, model(t, apis, problems))
	}
}

func TestFlatRows(t *testing.T) {
	kept := func(key, raw string) string { return `"key":"` + key + `","raw":"` + raw + `"` }
	for _, c := range []rowCase{
		{"context", "context: KAPI_CTX_ATOMIC", "not-selected: the kernel's tools take no contract from this comment; write contexts: instead of context:"},
		{"param-mask", "param-mask: fd, 3", `"mask":"3"`},
		{"param-size", "param-size: fd, 4", `"size":"4"`},
		{"param-alignment", "param-alignment: fd, 8", `"alignment":"8"`},
		{"param-enum", "param-enum: fd, X, Y", `"values_expr":["X","Y"]`},
		{"param-validate", "param-validate: fd, fd_ok", `"validate":"fd_ok"`},
		{"param-size-param", "param-size-param: fd, 1", `"size_param":"1"`},
		{"param-size-multiplier", "param-size-multiplier: fd, 2", `"size_multiplier":"2"`},
		{"return-check", "return-check: KAPI_RETURN_FD", `"check":"fd"`},
		{"error-count", "error-code: -EIO, EIO, Broken\nerror-count: 2", `{"section":"errors","count":"2"}`},
		{"lock-count", "lock-count: 3", `{"section":"locks","count":"3"}`},
		{"signal-count", "signal-count: 4", `{"section":"signals","count":"4"}`},
		{"lock-req", "lock-req: the big one", `"locks":[{"name":"the big one","type":"custom"`},
		{"struct-field-version", "struct-field: f, u32, x\nstruct-field-version: f, 1", kept("struct-field-version", "1")},
		{"struct-field-flag", "struct-field: f, u32, x\nstruct-field-flag: f, 1", kept("struct-field-flag", "1")},
		{"struct-field-validate", "struct-field: f, u32, x\nstruct-field-validate: f, f_ok", `"validate":"f_ok"`},
		{"validation-group", "validation-group: a", kept("validation-group", "a")},
		{"validation-policy", "validation-policy: a", kept("validation-policy", "a")},
		{"validation-flag", "validation-flag: a", kept("validation-flag", "a")},
		{"validation-rule", "validation-rule: a", kept("validation-rule", "a")},
		{"since", "since: 1.3", `"since_version":"1.3"`},
		{"since-version", "since-version: 1.1", `"since_version":"1.1"`},
		{"api-type", "api-type: KAPI_API_IOCTL", `"kind":"ioctl"`},
		{"api-version", "api-version: 2", kept("api-version", "2")},
		{"@param-range", "@param-range: fd, 0, 45", `"min":"0","max":"45"`},
		{"@error-code", `@error-code: -EIO, "Broken"`, `"errors":[{"name":"EIO"`},
		{"@capability-allows", "capability: CAP_KILL, KAPI_CAP_BYPASS_CHECK, x\n@capability-allows: Kill", `"allows":"Kill"`},
	} {
		apis, problems := kerneldoc.ReadFile("f.c", docOf("", "param-type: fd, KAPI_TYPE_INT\n"+c.text))
		c.check(t, model(t, apis, problems))
	}
}

// rowObject compiles C against the struct of the tests of elfsec.
func rowObject(t *testing.T, defines, text string) []byte {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil || runtime.GOARCH != "amd64" {
		t.Skip("no compiler gcc")
	}
	src := filepath.Join(t.TempDir(), "x.c")
	if err := os.WriteFile(src, []byte("#include \"kapi.h\"\n"+text), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", "-w", "-ffreestanding", "-I../elfsec/testdata", "-o", src + ".o", src}
	for d := range strings.FieldsSeq(defines) {
		args = append(args, "-D"+d)
	}
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(src + ".o")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	rowPacked   = "POINTERS=0 ENUMTEXT=1 APITYPE=0 SYSFS=0 IOCTL=0 NET=0 OLDKINDS=0 RULES=32 EFFECTS=32 "
	rowPointers = "POINTERS=1 MAGICS=1 SCOPE=1 ENUMTEXT=1 APITYPE=0 SYSFS=0 IOCTL=0 NET=0 SINCE=0 REPLACED=0 OLDKINDS=0 RULES=32 EFFECTS=32"
)

// TestLayoutRows holds the struct that the tests of elfsec compile, and so the
// reader, to the numbers of the reference.
func TestLayoutRows(t *testing.T) {
	old := "MAGICS=0 SCOPE=0 SINCE=1 REPLACED=1 "
	tests := []struct{ defines, rows string }{
		{old + strings.NewReplacer("ENUMTEXT=1", "ENUMTEXT=0", "=32", "=16").Replace(rowPacked), `kapi_param_spec 1364
kapi_error_spec 1156
kapi_return_spec 692
kapi_lock_spec 648
kapi_constraint_spec 1152
kapi_signal_spec 1767
kapi_signal_mask_spec 772
kapi_struct_field 820
kapi_struct_spec 13780
kapi_capability_spec 1709
kapi_side_effect 1157
kapi_state_transition 1408
kernel_api_spec 328189: name 0 version 128 description 132 long_description 644 context_flags 2692`},
		{old + strings.Replace(rowPacked, "SYSFS=0", "SYSFS=1", 1), `kapi_param_spec 1674
kapi_struct_field 1332
kapi_struct_spec 21972`},
		{"MAGICS=1 SCOPE=1 SINCE=1 REPLACED=1 " + rowPacked, "kapi_lock_spec 648"},
		{rowPointers, `kernel_api_spec 26400: name 0 version 8 description 16 long_description 24 context_flags 32 param_magic 36 param_count 40 params 48 return_magic 1968 return_spec 1976 error_magic 2048 error_count 2052 errors 2056 lock_magic 3080 lock_count 3084 locks 3088 constraint_magic 3472 constraint_count 3476 constraints 3480 info_magic 4248 examples 4256 notes 4264 signal_magic 4272 signal_count 4276 signals 4280 sigmask_magic 7608 signal_mask_count 7612 signal_masks 7616 struct_magic 12480 struct_spec_count 12484 struct_specs 12488 effect_magic 24072 side_effect_count 24076 side_effects 24080 trans_magic 25360 state_trans_count 25364 state_transitions 25368 cap_magic 25688 capability_count 25692 capabilities 25696
kapi_param_spec 120: name 0 type_name 8 type 16 flags 20 size 24 alignment 32 min_value 40 max_value 48 valid_mask 56 enum_values 64 enum_count 72 constraint_type 76 validate 80 description 88 constraints 96 size_param_idx 104 size_multiplier 112
kapi_return_spec 72: type_name 0 type 8 check_type 12 success_value 16 success_min 24 success_max 32 error_values 40 error_count 48 is_success 56 description 64
kapi_error_spec 32: error_code 0 name 8 condition 16 description 24
kapi_lock_spec 24: lock_name 0 lock_type 8 scope 12 description 16
kapi_constraint_spec 24: name 0 description 8 expression 16
kapi_signal_spec 104: signal_num 0 signal_name 8 direction 16 action 20 target 24 condition 32 description 40 restartable 48 sa_flags_required 52 sa_flags_forbidden 56 error_on_signal 60 transform_to 64 timing 72 priority 80 interruptible 81 queue_behavior 88 state_required 96 state_forbidden 100
kapi_signal_mask_spec 152: mask_name 0 signals 8 signal_count 136 description 144
kapi_struct_spec 1448: name 0 size 8 alignment 16 field_count 24 fields 32 description 1440
kapi_struct_field 88: name 0 type 8 type_name 16 offset 24 size 32 flags 40 constraint_type 44 min_value 48 max_value 56 valid_mask 64 enum_values 72 description 80
kapi_side_effect 40: type 0 target 8 condition 16 description 24 reversible 32
kapi_state_transition 40: from_state 0 to_state 8 condition 16 object 24 description 32
kapi_capability_spec 88: capability 0 cap_name 8 action 16 allows 24 without_cap 32 check_condition 40 priority 48 alternative 52 alternative_count 84`},
	}
	for _, tt := range tests {
		for row := range strings.Lines(tt.rows) {
			head, members, _ := strings.Cut(row, ":")
			name, size, _ := strings.Cut(strings.TrimSpace(head), " ")
			t.Run(name+" "+size, func(t *testing.T) {
				text := fmt.Sprintf("_Static_assert(sizeof(struct %s) == %s, \"size\");\n", name, size)
				words := strings.Fields(members)
				for i := 0; i < len(words); i += 2 {
					text += fmt.Sprintf("_Static_assert(__builtin_offsetof(struct %s, %s) == %s, %q);\n", name, words[i], words[i+1], words[i])
				}
				rowObject(t, tt.defines, text)
			})
		}
	}
}

// TestFormRows reads the packed forms that have magic words.
func TestFormRows(t *testing.T) {
	for row, defines := range map[string]string{"R4": "MAGICS=1 SCOPE=0 SINCE=1 REPLACED=1 ", "R5 to P2": "MAGICS=1 SCOPE=1 SINCE=1 REPLACED=1 "} {
		b := rowObject(t, defines+rowPacked, "DEFINE_KERNEL_API_SPEC(sys_a) .errors[0] = { .error_code = -5, .name = \"EIO\" }, .error_count = 1, .error_magic = 0x4B414533, KAPI_END_SPEC;\n"+
			"DEFINE_KERNEL_API_SPEC(sys_b) .notes = \"n\", .replacement = \"c\", KAPI_END_SPEC;\n")
		apis, problems := readELF(t)("x.o", b)
		rowCase{row, "", `"errors":[{"name":"EIO"`}.check(t, model(t, apis, problems))
		rowCase{row, "", `"replacement":"c"`}.check(t, model(t, apis, problems))
	}
}

// TestMagicRows has one section with a magic word at a time: the right one,
// and one that is not.
func TestMagicRows(t *testing.T) {
	for row, field := range map[string]string{"KAP1 params": "param", "KAR2 return": "return", "KAE3 errors": "error", "KAL4 locks": "lock",
		"KAC5 constraints": "constraint", "KAI6 info": "info", "KAS7 signals": "signal", "KAM8 sigmask": "sigmask", "KAT9 structs": "struct",
		"KAFA effects": "effect", "KATB trans": "trans", "KACC caps": "cap"} {
		t.Run(row, func(t *testing.T) {
			word := fmt.Sprintf("0x%x", row[:4])
			spec := fmt.Sprintf("DEFINE_KERNEL_API_SPEC(sys_a) .%s_magic = %s, .notes = \"n\", KAPI_END_SPEC;\n", field, word)
			apis, problems := readELF(t)("x.o", rowObject(t, rowPointers, spec))
			if len(apis) != 1 || apis[0].Notes != "n" || len(problems) > 0 {
				t.Errorf("%d contracts, problems %v", len(apis), problems)
			}
			bad := rowObject(t, rowPointers, strings.Replace(spec, word, "0x12345678", 1))
			if _, _, err := readRowELF(bad); err == nil || !strings.Contains(err.Error(), field+"_magic cannot be 0x12345678, which is neither 0 nor the magic word "+word) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func readRowELF(b []byte) ([]*specmodel.API, []specmodel.Problem, error) {
	return elfsec.Read("x.o", bytes.NewReader(b), int64(len(b)))
}

// TestDebugfsRows has one line of the text at a time.
func TestDebugfsRows(t *testing.T) {
	const head = "Kernel API Specification\n========================\n\nName: f\nVersion: 1\nDescription: d\n"
	param := func(lines string) string {
		return "Parameters (1):\n  [0] x:\n    type: int (long)\n    flags: IN \n" + lines + "\n"
	}
	of := func(lines string) string {
		return param("    constraints:\n      " + strings.ReplaceAll(lines, "\n", "\n      "))
	}
	returns := func(lines string) string { return "Return value:\n  type: int\n" + lines + "\n" }
	for _, c := range []rowCase{
		{"Name", "", `"name":"f"`},
		{"Version", "", `"version":"1"`},
		{"Description", "", `"description":"d"`},
		{"Long description", "Long description:\n  a\n\n  b\n", `"long_description":"a\n\nb"`},
		{"Context flags", "Context flags: PROCESS SLEEPABLE \n", `"flags":["process","sleepable"]`},
		{"Parameters", param(""), `"params":[{"index":0,"name":"x"`},
		{"type", "Parameters (1):\n  [0] x:\n    type: user_pointer (char *)\n", `"type":"char *","class":"user_ptr"`},
		{"flags", "Parameters (1):\n  [0] x:\n    flags: INOUT OPTIONAL CONST USER VOLATILE DMA ALIGNED \n", `"flags":["in","out","optional","const","volatile","user","dma","aligned"]`},
		{"description", param("    description: words"), `"description":"words"`},
		{"size", param("    size: 4"), `"size":"4"`},
		{"alignment", param("    alignment: 8"), `"alignment":"8"`},
		{"type: range", of("type: range\nmin: -1\nmax: 9"), `"kind":"range","min":"-1","max":"9"`},
		{"type: mask", of("type: mask\nvalid_bits: 0x3"), `"kind":"mask","mask":"0x3"`},
		{"type: enum", of("type: enum\ncount: 2\nvalues: 1 5 "), `"kind":"enum","values":["1","5"]`},
		{"type: user_string", of("type: user_string\nmin_len: 1\nmax_len: 9"), `"kind":"user_string","min":"1","max":"9"`},
		{"type: user_path", of("type: user_path\nmax_len: PATH_MAX (4096)"), `"kind":"user_path"`},
		{"type: user_ptr", of("type: user_ptr\nsize: 16 bytes"), `"kind":"user_ptr"`},
		{"type: buffer", of("type: buffer\nsize_param: len (index 1)\nsize_multiplier: 2"), `"size_param":"1","size_multiplier":"2"`},
		{"type: alignment", of("type: alignment\nalignment: 8"), `"kind":"alignment","alignment":"8"`},
		{"type: power_of_two", of("type: power_of_two"), `"kind":"power_of_two"`},
		{"type: page_aligned", of("type: page_aligned"), `"kind":"page_aligned"`},
		{"type: nonzero", of("type: nonzero"), `"kind":"nonzero"`},
		{"type: custom", of("type: custom"), `"kind":"custom"`},
		{"type: unknown", of("type: unknown (77)"), `"unknown (77)" is no kind of constraint`},
		{"constraint text", of("type: custom\ndescription: odd"), `"text":"odd"`},
		{"Return value", "Return value:\n  type: long\n  description: words\n", `"return":{"type":"long"`},
		{"success: ==", returns("  success: == 3"), `"check":"exact","success":"3"`},
		{"success: [a, b]", returns("  success: [0, 9]"), `"check":"range","success_min":"0","success_max":"9"`},
		{"success: valid file descriptor", returns("  success: valid file descriptor (>= 0)"), `"check":"fd"`},
		{"success: error check", returns("  success: error check"), `"check":"error_check"`},
		{"success: custom check", returns("  success: custom check"), `"check":"custom"`},
		{"success: does not return", returns("  success: does not return"), `"check":"no_return"`},
		{"error values", returns("  success: error check\n  error values: -5 -22 "), `"error_values":["-5","-22"]`},
		{"Errors", "Errors (1):\n  EIO (-5): broken\n    condition: always\n", `"errors":[{"name":"EIO","value":"-5","condition":"always","description":"broken"}]`},
		{"Locks", "Locks (1):\n  big (mutex): held\n    scope: acquires\n", `"locks":[{"name":"big","type":"mutex","scope":"acquires","description":"held"}]`},
		{"Additional constraints", "Additional constraints (1):\n  - one: two\n    expression: x < y\n", `"constraints":[{"name":"one","description":"two","expression":"x < y"}]`},
		{"Signal handling", "Signal handling (1):\n  SIGINT (2):\n    direction: receive \n    action: return\n    description: words\n", `"direction":["receive"],"action":"return"`},
		{"Side effects", "Side effects (1):\n  - air: moves (reversible)\n", `"target":"air","description":"moves","reversible":true`},
		{"State transitions", "State transitions (1):\n  bell: still -> ringing\n    words\n", `"object":"bell","from":"still","to":"ringing","description":"words"`},
		{"Capabilities", "Capabilities (1):\n  CAP_KILL (5):\n    allows: a\n    without: b\n", `"allows":"a","without_cap":"b"`},
		{"Examples", "Examples:\n  f(1);\n\n", `"examples":"f(1);"`},
		{"Notes", "Notes:\n  words\n\n", `"notes":"words"`},
		{"older: type words", "Parameters (1):\n  [0] x:\n    type: user_ptr (char *)\n", `"class":"user_ptr"`},
		{"older: long description on one line", "Long description: a b\n", `"long_description":"a b"`},
		{"older: locks", "Locks (1):\n  big (mutex): held\n    acquired by function\n    released by function\n", `"scope":"internal"`},
		{"older: constraints", "Additional constraints (1):\n  - words only\n", `words only`},
		{"older: Since and DEPRECATED", "Since: 2.6\nDEPRECATED - use g instead\n", `"since_version":"2.6","deprecated":true,"replacement":"g"`},
		{"older: Subsystem, Sysfs Path, Permissions", param("") + "Subsystem: lamps\nSysfs Path: /sys/x\nPermissions: 0644\n", `"sysfs":{"path":"/sys/x","permissions":"420","permissions_expr":"0644"}}],"sysfs":{"subsystem":"lamps"}`},
	} {
		api, problems := debugfs.ReadText("x", []byte(head+c.text))
		c.check(t, model(t, []*specmodel.API{api}, problems))
	}
}

// TestKernelJSONRows has one key of the kernel's JSON at a time.
func TestKernelJSONRows(t *testing.T) {
	for _, c := range []rowCase{
		{"name", `"version": 1`, `"name":"f"`},
		{"version", `"version": 3`, `"version":"3"`},
		{"description", `"description": "d"`, `"description":"d"`},
		{"long_description", `"long_description": "a\nb"`, `"long_description":"a\nb"`},
		{"context_flags", `"context_flags": "0x21"`, `"flags":["process","sleepable"]`},
		{"parameters", `"parameters": [{"name": "x", "type": "long", "type_class": "int", "flags": "0x1", "description": "d", "constraint_type": "range",
			"constraint_desc": "c", "min_value": 1, "max_value": 2, "valid_mask": "0x0", "enum_values": [], "size": 4, "alignment": 0, "size_param_idx": null, "size_multiplier": 0}]`,
			`"params":[{"index":0,"name":"x","type":"long","class":"int","flags":["in"],"constraint":{"kind":"range","min":"1","max":"2","text":"c"},"description":"d","size":"4"}]`},
		{"return", `"return": {"type": "long", "type_class": "int", "check_type": "file_descriptor", "success_value": 0, "success_min": 0, "success_max": 0,
			"error_values": [], "description": "d"}`, `"return":{"type":"long","class":"int","check":"fd","description":"d"}`},
		{"errors", `"errors": [{"code": -5, "name": "EIO", "condition": "c", "description": "d"}]`, `"errors":[{"name":"EIO","value":"-5","condition":"c","description":"d"}]`},
		{"locks", `"locks": [{"name": "l", "type": "mutex", "scope": "releases", "description": "d"}]`, `{"name":"l","type":"mutex","scope":"releases","description":"d"}`},
		{"capabilities", `"capabilities": [{"capability": 5, "name": "CAP_KILL", "action": "grant_permission", "allows": "a", "without_cap": "w",
			"check_condition": "c", "priority": 1, "alternatives": [3]}]`, `"action":"grant_permission","allows":"a","without_cap":"w","check_condition":"c","priority":"1","alternatives":["3"]`},
		{"constraints", `"constraints": [{"name": "n", "description": "d", "expression": "e"}]`, `{"name":"n","description":"d","expression":"e"}`},
		{"signals", `"signals": [{"signal_num": 2, "signal_name": "SIGINT", "direction": "0x1", "action": 6, "target": "t", "condition": "c", "description": "d",
			"restartable": true, "sa_flags_required": "0x1", "sa_flags_forbidden": "0x2", "error_on_signal": -4, "transform_to": 0, "timing": "during",
			"priority": 1, "interruptible": true, "queue_behavior": "q", "state_required": "0x1", "state_forbidden": "0x2"}]`, `"direction":["receive"],"action":"return"`},
		{"side_effects", `"side_effects": [{"type": "0x4", "target": "t", "condition": "c", "description": "d", "reversible": true}]`,
			`{"types":["modify_state"],"target":"t","condition":"c","description":"d","reversible":true}`},
		{"state_transitions", `"state_transitions": [{"object": "o", "from_state": "f", "to_state": "t", "condition": "c", "description": "d"}]`,
			`{"object":"o","from":"f","to":"t","condition":"c","description":"d"}`},
		{"signal_masks", `"signal_masks": [{"name": "m", "description": "d", "signals": [2, 15]}]`, `"signals":["2","15"]`},
		{"struct_specs", `"struct_specs": [{"name": "s", "size": 8, "alignment": 4, "description": "d", "fields": [{"name": "f", "type": "u32", "type_class": "uint",
			"offset": 0, "size": 4, "flags": "0x1", "constraint_type": "enum", "min_value": 0, "max_value": 0, "valid_mask": "0x0", "enum_values": "A,B",
			"description": "d"}]}]`, `"values_from":"A,B"`},
		{"examples", `"examples": "e"`, `"examples":"e"`},
		{"notes", `"notes": "n"`, `"notes":"n"`},
		{"escapes", `"notes": "\\ \" \n \t \u00e9"`, `"notes":"\\ \" \n \t é"`},
		{"empty strings", `"notes": "", "examples": "e"`, `"notation":"debugfs-json","examples":"e"`},
		{"absent return", `"return": {"type": "", "type_class": "void", "check_type": "exact", "success_value": 0}, "notes": "n"`, `"notation":"debugfs-json","notes":"n"`},
		{"unset numbers", `"parameters": [{"name": "x", "constraint_type": "none", "min_value": 0, "max_value": 0, "valid_mask": "0x0"}]`,
			`"params":[{"index":0,"name":"x"}]`},
	} {
		apis, problems := specjson.Read("x.json", []byte(`{"name": "f", `+c.text+"}"))
		c.check(t, model(t, apis, problems))
	}
}

// TestRSTRows looks for the sections of a page.
func TestRSTRows(t *testing.T) {
	src, err := os.ReadFile("../macro/testdata/hand.c")
	if err != nil {
		t.Fatal(err)
	}
	apis, _ := macro.ReadFile("hand.c", src)
	var page strings.Builder
	if err := rst.Write(&page, apis[:1]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []rowCase{
		{"Context", "", "process, sleepable"}, {"Parameters", "", "\nParameters\n^^^"}, {"Returns", "", "\nReturns\n^^^"}, {"Errors", "", "\nErrors (2)\n^^^"},
		{"Notes", "", "\nNotes\n^^^"}, {"Examples", "", "\nExamples\n^^^"}, {"Capabilities", "", "\nCapabilities\n^^^"}, {"Signals", "", "\nSignals\n^^^"},
		{"Side effects", "", "\nSide effects\n^^^"}, {"State transitions", "", "\nState transitions\n^^^"}, {"Constraints", "", "\nConstraints\n^^^"},
		{"Locks", "", "\nLocks\n^^^"},
	} {
		c.check(t, page.String())
	}
}
