/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The struct in all its forms, for building test objects. Written from the
 * description of the formats, not from the reader's table, so that each holds
 * the other to it. What differs is chosen by these macros, each 0 or 1:
 * POINTERS MAGICS SCOPE ENUMTEXT APITYPE SYSFS IOCTL NET SINCE REPLACED
 * OLDKINDS, and RULES and EFFECTS, the bounds of two lists.
 */
typedef unsigned char u8;
typedef unsigned short umode_t;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;
typedef _Bool bool;
#define NULL ((void *)0)

#if POINTERS
#define STR(name, n) const char *name
#define PACK
#else
#define STR(name, n) char name[n]
#define PACK __attribute__((packed))
#endif
#if MAGICS
#define MAGIC(name) u32 name##_magic;
#else
#define MAGIC(name)
#endif

struct kapi_param_spec {
	STR(name, 128);
	STR(type_name, 128);
	int type;
	u32 flags;
	size_t size;
	size_t alignment;
	s64 min_value;
	s64 max_value;
	u64 valid_mask;
	const s64 *enum_values;
	u32 enum_count;
	int constraint_type;
	bool (*validate)(s64 value);
	STR(description, 512);
	STR(constraints, 512);
	int size_param_idx;
	size_t size_multiplier;
#if SYSFS
	char sysfs_path[128];
	umode_t sysfs_permissions;
	char default_value[128];
	char units[32];
	s64 step;
	const char **allowed_strings;
	u32 allowed_string_count;
#endif
} PACK;

struct kapi_error_spec {
	int error_code;
	STR(name, 128);
	STR(condition, 512);
	STR(description, 512);
} PACK;

struct kapi_return_spec {
	STR(type_name, 128);
	int type;
	int check_type;
	s64 success_value;
	s64 success_min;
	s64 success_max;
	const s64 *error_values;
	u32 error_count;
	bool (*is_success)(s64 retval);
	STR(description, 512);
} PACK;

struct kapi_lock_spec {
	STR(lock_name, 128);
	int lock_type;
#if SCOPE
	int scope;
#else
	bool acquired;
	bool released;
	bool held_on_entry;
	bool held_on_exit;
#endif
	STR(description, 512);
} PACK;

struct kapi_constraint_spec {
	STR(name, 128);
	STR(description, 512);
	STR(expression, 512);
} PACK;

struct kapi_signal_spec {
	int signal_num;
	STR(signal_name, 32);
	u32 direction;
	int action;
	STR(target, 512);
	STR(condition, 512);
	STR(description, 512);
	bool restartable;
	u32 sa_flags_required;
	u32 sa_flags_forbidden;
	int error_on_signal;
	int transform_to;
	STR(timing, 32);
	u8 priority;
	bool interruptible;
	STR(queue_behavior, 128);
	u32 state_required;
	u32 state_forbidden;
} PACK;

struct kapi_signal_mask_spec {
	STR(mask_name, 128);
	int signals[32];
	u32 signal_count;
	STR(description, 512);
} PACK;

struct kapi_struct_field {
	STR(name, 128);
	int type;
	STR(type_name, 128);
	size_t offset;
	size_t size;
	u32 flags;
	int constraint_type;
	s64 min_value;
	s64 max_value;
	u64 valid_mask;
#if ENUMTEXT
	STR(enum_values, 512);
#endif
	STR(description, 512);
} PACK;

struct kapi_struct_spec {
	STR(name, 128);
	size_t size;
	size_t alignment;
	u32 field_count;
	struct kapi_struct_field fields[16];
	STR(description, 512);
} PACK;

struct kapi_capability_spec {
	int capability;
	STR(cap_name, 128);
	int action;
	STR(allows, 512);
	STR(without_cap, 512);
	STR(check_condition, 512);
	u8 priority;
	int alternative[8];
	u32 alternative_count;
} PACK;

struct kapi_side_effect {
	u32 type;
	STR(target, 128);
	STR(condition, 512);
	STR(description, 512);
	bool reversible;
} PACK;

struct kapi_state_transition {
	STR(from_state, 128);
	STR(to_state, 128);
	STR(condition, 512);
	STR(object, 128);
	STR(description, 512);
} PACK;

#if NET
struct kapi_socket_state_spec {
	int required_states[16];
	u32 required_state_count;
	int forbidden_states[16];
	u32 forbidden_state_count;
	int resulting_state;
	char state_condition[512];
	u32 applicable_protocols;
} PACK;

struct kapi_protocol_behavior {
	u32 applicable_protocols;
	char behavior[512];
	s64 protocol_flags;
	char flag_description[512];
} PACK;

struct kapi_buffer_spec {
	u32 buffer_behaviors;
	size_t min_buffer_size;
	size_t max_buffer_size;
	size_t optimal_buffer_size;
	char fragmentation_rules[512];
	bool can_partial_transfer;
	char partial_transfer_rules[512];
} PACK;

struct kapi_async_spec {
	int supported_modes;
	int nonblock_errno;
	u32 poll_events_in;
	u32 poll_events_out;
	char completion_condition[512];
	bool supports_timeout;
	char timeout_behavior[512];
} PACK;

struct kapi_addr_family_spec {
	int family;
	char family_name[32];
	size_t addr_struct_size;
	size_t min_addr_len;
	size_t max_addr_len;
	char addr_format[512];
	bool supports_wildcard;
	bool supports_multicast;
	bool supports_broadcast;
	char special_addresses[512];
	u32 port_range_min;
	u32 port_range_max;
} PACK;
#endif

struct kernel_api_spec {
	STR(name, 128);
#if APITYPE
	int api_type;
#endif
	u32 version;
	STR(description, 512);
	STR(long_description, 2048);
	u32 context_flags;
	MAGIC(param)
	u32 param_count;
	struct kapi_param_spec params[16];
	MAGIC(return)
	struct kapi_return_spec return_spec;
	MAGIC(error)
	u32 error_count;
	struct kapi_error_spec errors[32];
	MAGIC(lock)
	u32 lock_count;
	struct kapi_lock_spec locks[16];
	MAGIC(constraint)
	u32 constraint_count;
	struct kapi_constraint_spec constraints[RULES];
	MAGIC(info)
	STR(examples, 1024);
	STR(notes, 1024);
#if SINCE
	char since_version[32];
#endif
#if REPLACED
	bool deprecated;
	char replacement[128];
#endif
	MAGIC(signal)
	u32 signal_count;
	struct kapi_signal_spec signals[32];
	MAGIC(sigmask)
	u32 signal_mask_count;
	struct kapi_signal_mask_spec signal_masks[32];
	MAGIC(struct)
	u32 struct_spec_count;
	struct kapi_struct_spec struct_specs[8];
	MAGIC(effect)
	u32 side_effect_count;
	struct kapi_side_effect side_effects[EFFECTS];
	MAGIC(trans)
	u32 state_trans_count;
	struct kapi_state_transition state_transitions[8];
	MAGIC(cap)
	u32 capability_count;
	struct kapi_capability_spec capabilities[8];
#if NET
	struct kapi_socket_state_spec socket_state;
	struct kapi_protocol_behavior protocol_behaviors[8];
	u32 protocol_behavior_count;
	struct kapi_buffer_spec buffer_spec;
	struct kapi_async_spec async_spec;
	struct kapi_addr_family_spec addr_families[8];
	u32 addr_family_count;
	bool is_connection_oriented;
	bool is_message_oriented;
	bool supports_oob_data;
	bool supports_peek;
	bool supports_select_poll;
	bool is_reentrant;
	char connection_establishment[512];
	char connection_termination[512];
	char data_transfer_semantics[512];
#endif
#if IOCTL
	u32 cmd;
	char cmd_name[128];
	size_t input_size;
	size_t output_size;
	char file_ops_name[128];
#endif
#if SYSFS
	char subsystem[128];
	char device_type[128];
#endif
} PACK;

#define SECTION __attribute__((used, section(".kapi_specs")))
#if POINTERS
#define DEFINE_KERNEL_API_SPEC(func) \
	extern const struct kernel_api_spec __kapi_spec_##func; \
	static const struct kernel_api_spec *const __kapi_spec_ptr_##func SECTION = &__kapi_spec_##func; \
	const struct kernel_api_spec __kapi_spec_##func = { .name = #func, .version = 1,
#else
#define DEFINE_KERNEL_API_SPEC(func) \
	static struct kernel_api_spec __kapi_spec_##func SECTION = { .name = #func, .version = 1,
#endif

/* The words of the notation. */
enum { KAPI_TYPE_VOID, KAPI_TYPE_INT, KAPI_TYPE_UINT, KAPI_TYPE_PTR, KAPI_TYPE_STRUCT, KAPI_TYPE_UNION, KAPI_TYPE_ENUM, KAPI_TYPE_FUNC_PTR,
	KAPI_TYPE_ARRAY, KAPI_TYPE_FD, KAPI_TYPE_USER_PTR, KAPI_TYPE_PATH,
#if SYSFS
	KAPI_TYPE_STRING, KAPI_TYPE_BOOL, KAPI_TYPE_HEX, KAPI_TYPE_BINARY, KAPI_TYPE_BITMAP,
#endif
	KAPI_TYPE_CUSTOM };
enum { KAPI_CONSTRAINT_NONE, KAPI_CONSTRAINT_RANGE, KAPI_CONSTRAINT_MASK, KAPI_CONSTRAINT_ENUM,
#if !OLDKINDS
	KAPI_CONSTRAINT_ALIGNMENT, KAPI_CONSTRAINT_POWER_OF_TWO, KAPI_CONSTRAINT_PAGE_ALIGNED, KAPI_CONSTRAINT_NONZERO,
	KAPI_CONSTRAINT_USER_STRING, KAPI_CONSTRAINT_USER_PATH, KAPI_CONSTRAINT_USER_PTR, KAPI_CONSTRAINT_BUFFER,
#endif
	KAPI_CONSTRAINT_CUSTOM };
enum { KAPI_PARAM_IN = 1, KAPI_PARAM_OUT = 2, KAPI_PARAM_OPTIONAL = 8, KAPI_PARAM_CONST = 16, KAPI_PARAM_VOLATILE = 32, KAPI_PARAM_USER = 64,
	KAPI_PARAM_DMA = 128, KAPI_PARAM_ALIGNED = 256, KAPI_PARAM_SYSFS_READONLY = 512, KAPI_PARAM_SYSFS_WRITEONLY = 1024,
	KAPI_PARAM_SYSFS_RW = 2048, KAPI_PARAM_SYSFS_BINARY = 4096 };
enum { KAPI_CTX_PROCESS = 1, KAPI_CTX_SOFTIRQ = 2, KAPI_CTX_HARDIRQ = 4, KAPI_CTX_NMI = 8, KAPI_CTX_ATOMIC = 16, KAPI_CTX_SLEEPABLE = 32,
	KAPI_CTX_PREEMPT_DISABLED = 64, KAPI_CTX_IRQ_DISABLED = 128 };
enum { KAPI_LOCK_NONE, KAPI_LOCK_MUTEX, KAPI_LOCK_SPINLOCK, KAPI_LOCK_RWLOCK, KAPI_LOCK_SEQLOCK, KAPI_LOCK_RCU, KAPI_LOCK_SEMAPHORE, KAPI_LOCK_CUSTOM };
enum { KAPI_LOCK_INTERNAL, KAPI_LOCK_ACQUIRES, KAPI_LOCK_RELEASES, KAPI_LOCK_CALLER_HELD };
enum { KAPI_RETURN_EXACT, KAPI_RETURN_RANGE, KAPI_RETURN_ERROR_CHECK, KAPI_RETURN_FD, KAPI_RETURN_CUSTOM, KAPI_RETURN_NO_RETURN };
enum { KAPI_SIGNAL_RECEIVE = 1, KAPI_SIGNAL_SEND = 2, KAPI_SIGNAL_HANDLE = 4, KAPI_SIGNAL_BLOCK = 8, KAPI_SIGNAL_IGNORE = 16 };
enum { KAPI_SIGNAL_ACTION_DEFAULT, KAPI_SIGNAL_ACTION_TERMINATE, KAPI_SIGNAL_ACTION_COREDUMP, KAPI_SIGNAL_ACTION_STOP, KAPI_SIGNAL_ACTION_CONTINUE,
	KAPI_SIGNAL_ACTION_CUSTOM, KAPI_SIGNAL_ACTION_RETURN, KAPI_SIGNAL_ACTION_RESTART, KAPI_SIGNAL_ACTION_QUEUE, KAPI_SIGNAL_ACTION_DISCARD,
	KAPI_SIGNAL_ACTION_TRANSFORM };
enum { KAPI_CAP_BYPASS_CHECK, KAPI_CAP_INCREASE_LIMIT, KAPI_CAP_OVERRIDE_RESTRICTION, KAPI_CAP_GRANT_PERMISSION, KAPI_CAP_MODIFY_BEHAVIOR,
	KAPI_CAP_ACCESS_RESOURCE, KAPI_CAP_PERFORM_OPERATION };
enum { KAPI_EFFECT_NONE = 0, KAPI_EFFECT_ALLOC_MEMORY = 1, KAPI_EFFECT_FREE_MEMORY = 2, KAPI_EFFECT_MODIFY_STATE = 4, KAPI_EFFECT_SIGNAL_SEND = 8,
	KAPI_EFFECT_FILE_POSITION = 16, KAPI_EFFECT_LOCK_ACQUIRE = 32, KAPI_EFFECT_LOCK_RELEASE = 64, KAPI_EFFECT_RESOURCE_CREATE = 128,
	KAPI_EFFECT_RESOURCE_DESTROY = 256, KAPI_EFFECT_SCHEDULE = 512, KAPI_EFFECT_HARDWARE = 1024, KAPI_EFFECT_NETWORK = 2048,
	KAPI_EFFECT_FILESYSTEM = 4096, KAPI_EFFECT_PROCESS_STATE = 8192, KAPI_EFFECT_IRREVERSIBLE = 16384 };
enum { KAPI_API_FUNCTION, KAPI_API_IOCTL, KAPI_API_SYSFS };
#define KAPI_PARAM_END },
#define KAPI_END_SPEC }
enum { false, true };
enum { KAPI_SOCK_STATE_UNSPEC, KAPI_SOCK_STATE_CLOSED, KAPI_SOCK_STATE_OPEN, KAPI_SOCK_STATE_BOUND, KAPI_SOCK_STATE_LISTEN,
	KAPI_SOCK_STATE_SYN_SENT, KAPI_SOCK_STATE_SYN_RECV, KAPI_SOCK_STATE_ESTABLISHED, KAPI_SOCK_STATE_FIN_WAIT1, KAPI_SOCK_STATE_FIN_WAIT2,
	KAPI_SOCK_STATE_CLOSE_WAIT, KAPI_SOCK_STATE_CLOSING, KAPI_SOCK_STATE_LAST_ACK, KAPI_SOCK_STATE_TIME_WAIT, KAPI_SOCK_STATE_CONNECTED,
	KAPI_SOCK_STATE_DISCONNECTED };
