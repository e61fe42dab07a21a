/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The macros of the notation over the struct in its forms (kapi.h), so that
 * contracts as they are written can be compiled. Made from the description of
 * the notation; what differs by version is chosen like the struct.
 */
#include "kapi.h"
#include "constants.h"

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
static const s64 knots[] = { 2, 3 };
static const s64 tie_errors[] = { -5, -22 };
static const int other_caps[] = { 12, 21 };
#define other_caps_elements { 12, 21 }
static bool height_ok(s64 v) { return v > 0; }
static bool tied(s64 v) { return v > 0; }

#if MAGICS
#define COUNT(section, magic, field, n) .section##_magic = magic, .field = n,
#define IN_RETURN .return_magic = 0x4B415232,
#define IN_INFO .info_magic = 0x4B414936,
#else
#define COUNT(section, magic, field, n) .field = n,
#define IN_RETURN
#define IN_INFO
#endif
#define OPEN(attr, api) \
	static struct kernel_api_spec __kapi_##api##_spec_##attr SECTION = { .name = #attr, .version = 1,
#define DEFINE_KAPI_IOCTL_SPEC(attr) OPEN(attr, ioctl) .api_type = KAPI_API_IOCTL,
#define DEFINE_SYSFS_API_SPEC(attr) OPEN(attr, sysfs) .api_type = KAPI_API_SYSFS,

#define KAPI_PARAM_COUNT(n) COUNT(param, 0x4B415031, param_count, n)
#define KAPI_ERROR_COUNT(n) COUNT(error, 0x4B414533, error_count, n)
#define KAPI_LOCK_COUNT(n) COUNT(lock, 0x4B414C34, lock_count, n)
#define KAPI_CONSTRAINT_COUNT(n) COUNT(constraint, 0x4B414335, constraint_count, n)
#define KAPI_SIGNAL_COUNT(n) COUNT(signal, 0x4B415337, signal_count, n)
#define KAPI_SIGNAL_MASK_COUNT(n) COUNT(sigmask, 0x4B414D38, signal_mask_count, n)
#define KAPI_STRUCT_SPEC_COUNT(n) COUNT(struct, 0x4B415439, struct_spec_count, n)
#define KAPI_SIDE_EFFECT_COUNT(n) COUNT(effect, 0x4B414641, side_effect_count, n)
#define KAPI_STATE_TRANS_COUNT(n) COUNT(trans, 0x4B415442, state_trans_count, n)
#define KAPI_CAPABILITY_COUNT(n) COUNT(cap, 0x4B414343, capability_count, n)
#define KAPI_DESCRIPTION(x) .description = x,
#define KAPI_LONG_DESC(x) .long_description = x,
#define KAPI_NOTES(x) .notes = x,
#define KAPI_SINCE_VERSION(x) .since_version = x,
#define KAPI_REPLACEMENT(x) .replacement = x,
#define KAPI_SUBSYSTEM(x) .subsystem = x,
#define KAPI_DEVICE_TYPE(x) .device_type = x,
#define KAPI_IOCTL_CMD_NAME(x) .cmd_name = x,
#define KAPI_IOCTL_FILE_OPS_NAME(x) .file_ops_name = x,
#define KAPI_PARAM_CONSTRAINT(x) .constraints = x,
#define KAPI_PATH(x) .sysfs_path = x,
#define KAPI_DEFAULT(x) .default_value = x,
#define KAPI_UNITS(x) .units = x,
#define KAPI_LOCK_DESC(x) .description = x,
#define KAPI_CONSTRAINT_EXPR(x) .expression = x,
#define KAPI_SIGNAL_TARGET(x) .target = x,
#define KAPI_SIGNAL_CONDITION(x) .condition = x,
#define KAPI_SIGNAL_DESC(x) .description = x,
#define KAPI_SIGNAL_TIMING(x) .timing = x,
#define KAPI_SIGNAL_QUEUE(x) .queue_behavior = x,
#define KAPI_EFFECT_CONDITION(x) .condition = x,
#define KAPI_STATE_TRANS_COND(x) .condition = x,
#define KAPI_CAP_ALLOWS(x) .allows = x,
#define KAPI_CAP_WITHOUT(x) .without_cap = x,
#define KAPI_CAP_CONDITION(x) .check_condition = x,
#define KAPI_SOCKET_STATE_COND(x) .state_condition = x,
#define KAPI_BUFFER_FRAGMENT(x) .fragmentation_rules = x,
#define KAPI_ASYNC_COMPLETION(x) .completion_condition = x,
#define KAPI_ADDR_FORMAT(x) .addr_format = x,
#define KAPI_ADDR_SPECIAL(x) .special_addresses = x,
#define KAPI_NET_CONN_ESTABLISH(x) .connection_establishment = x,
#define KAPI_NET_CONN_TERMINATE(x) .connection_termination = x,
#define KAPI_NET_DATA_TRANSFER(x) .data_transfer_semantics = x,
#define KAPI_EXAMPLES(x) IN_INFO .examples = x,
#define KAPI_CONTEXT(x) .context_flags = (x),
#define KAPI_IOCTL_CMD(x) .cmd = (x),
#define KAPI_IOCTL_INPUT_SIZE(x) .input_size = (x),
#define KAPI_IOCTL_OUTPUT_SIZE(x) .output_size = (x),
#define KAPI_PARAM_TYPE(x) .type = (x),
#define KAPI_PARAM_FLAGS(x) .flags = (x),
#define KAPI_PARAM_SIZE(x) .size = (x),
#define KAPI_PARAM_CONSTRAINT_TYPE(x) .constraint_type = (x),
#define KAPI_PARAM_VALID_MASK(x) .valid_mask = (x),
#define KAPI_PARAM_ALIGNMENT(x) .alignment = (x),
#define KAPI_PERMISSIONS(x) .sysfs_permissions = (x),
#define KAPI_STEP(x) .step = (x),
#define KAPI_RETURN_TYPE(x) .type = (x),
#define KAPI_RETURN_CHECK_TYPE(x) .check_type = (x),
#define KAPI_RETURN_SUCCESS(x) .success_value = (x),
#define KAPI_RETURN_ERROR_COUNT(x) .error_count = (x),
#define KAPI_SIGNAL_SA_FLAGS_REQ(x) .sa_flags_required = (x),
#define KAPI_SIGNAL_SA_FLAGS_FORBID(x) .sa_flags_forbidden = (x),
#define KAPI_SIGNAL_ERROR(x) .error_on_signal = (x),
#define KAPI_SIGNAL_TRANSFORM(x) .transform_to = (x),
#define KAPI_SIGNAL_PRIORITY(x) .priority = (x),
#define KAPI_SIGNAL_STATE_REQ(x) .state_required = (x),
#define KAPI_SIGNAL_STATE_FORBID(x) .state_forbidden = (x),
#define KAPI_FIELD_OFFSET(x) .offset = (x),
#define KAPI_FIELD_SIZE(x) .size = (x),
#define KAPI_FIELD_FLAGS(x) .flags = (x),
#define KAPI_CAP_PRIORITY(x) .priority = (x),
#define KAPI_SOCKET_STATE_RESULT(x) .resulting_state = (x),
#define KAPI_SOCKET_STATE_PROTOS(x) .applicable_protocols = (x),
#define KAPI_PROTOCOL_BEHAVIOR_COUNT(x) .protocol_behavior_count = (x),
#define KAPI_ADDR_FAMILY_COUNT(x) .addr_family_count = (x),
#define KAPI_STRUCT_FIELD_COUNT(x) .field_count = (x),
#define KAPI_DEPRECATED .deprecated = true,
#define KAPI_SIGNAL_RESTARTABLE .restartable = true,
#define KAPI_SIGNAL_INTERRUPTIBLE .interruptible = true,
#define KAPI_EFFECT_REVERSIBLE .reversible = true,
#define KAPI_NET_CONNECTION_ORIENTED .is_connection_oriented = true,
#define KAPI_NET_MESSAGE_ORIENTED .is_message_oriented = true,
#define KAPI_NET_SUPPORTS_OOB .supports_oob_data = true,
#define KAPI_NET_SUPPORTS_PEEK .supports_peek = true,
#define KAPI_NET_REENTRANT .is_reentrant = true,
#define KAPI_PARAM_RANGE(min, max) .min_value = min, .max_value = max,
#define KAPI_RETURN_SUCCESS_RANGE(min, max) .success_min = min, .success_max = max,
#define KAPI_RETURN_ERROR_VALUES(array) .error_values = array,
#define KAPI_ALLOWED_STRINGS(array, n) .allowed_strings = array, .allowed_string_count = n,
#define KAPI_STRUCT_SIZE(bytes, align) .size = bytes, .alignment = align,
#define KAPI_FIELD_CONSTRAINT_RANGE(min, max) .constraint_type = KAPI_CONSTRAINT_RANGE, .min_value = min, .max_value = max,
#define KAPI_FIELD_CONSTRAINT_MASK(bits) .constraint_type = KAPI_CONSTRAINT_MASK, .valid_mask = bits,
#define KAPI_FIELD_CONSTRAINT_ENUM(list) .constraint_type = KAPI_CONSTRAINT_ENUM, .enum_values = list,
#define KAPI_SOCKET_STATE_FORBID(...) LISTED(forbidden_states, forbidden_state_count, __VA_ARGS__)
#define KAPI_PROTOCOL_FLAGS(bits, text) .protocol_flags = bits, .flag_description = text,
#define KAPI_BUFFER_SIZE(min, max, best) .min_buffer_size = min, .max_buffer_size = max, .optimal_buffer_size = best,
#define KAPI_BUFFER_PARTIAL(is, text) .can_partial_transfer = is, .partial_transfer_rules = text,
#define KAPI_ASYNC_POLL(in, out) .poll_events_in = in, .poll_events_out = out,
#define KAPI_ASYNC_TIMEOUT(is, text) .supports_timeout = is, .timeout_behavior = text,
#define KAPI_ADDR_FEATURES(wild, multi, broad) .supports_wildcard = wild, .supports_multicast = multi, .supports_broadcast = broad,
#define KAPI_ADDR_PORTS(min, max) .port_range_min = min, .port_range_max = max,
#define LISTED(field, counted, ...) .field = { __VA_ARGS__ }, .counted = sizeof((int[]){ __VA_ARGS__ }) / sizeof(int),

#if POINTERS
#define NO_SIZE_PARAM
#define KAPI_PARAM_SIZE_PARAM(i) .size_param_idx = (i) + 1,
#define KAPI_PARAM_ENUM_VALUES(...) .enum_values = (const s64[]){ __VA_ARGS__ }, .enum_count = ARRAY_SIZE(((s64[]){ __VA_ARGS__ })),
#define KAPI_CAP_ALTERNATIVE(...) LISTED(alternative, alternative_count, __VA_ARGS__)
#else
#define NO_SIZE_PARAM .size_param_idx = -1,
#define KAPI_PARAM_SIZE_PARAM(i) .size_param_idx = i,
#define KAPI_PARAM_ENUM_VALUES(array) .enum_values = array, .enum_count = ARRAY_SIZE(array),
#define KAPI_CAP_ALTERNATIVE(array, n) .alternative = array##_elements, .alternative_count = n,
#endif
#define KAPI_SIGNAL_MASK_SIGNALS(...) LISTED(signals, signal_count, __VA_ARGS__)
#if SCOPE
#define KAPI_LOCK_ACQUIRED .scope = KAPI_LOCK_ACQUIRES,
#define KAPI_LOCK_RELEASED .scope = KAPI_LOCK_RELEASES,
#define KAPI_LOCK_HELD_ENTRY .scope = KAPI_LOCK_CALLER_HELD,
#endif

/* What opens a block. */
#define KAPI_PARAM(i, n, t, d) .params[i] = { .name = n, .type_name = t, .description = d, NO_SIZE_PARAM
#define KAPI_RETURN(t, d) IN_RETURN .return_spec = { .type_name = t, .description = d,
#define KAPI_ERROR(i, code, n, c, d) .errors[i] = { .error_code = code, .name = n, .condition = c, .description = d },
#define KAPI_LOCK(i, n, t) .locks[i] = { .lock_name = n, .lock_type = t,
#define KAPI_CONSTRAINT(i, n, d) .constraints[i] = { .name = n, .description = d,
#define KAPI_SIGNAL(i, num, n, dir, act) .signals[i] = { .signal_num = num, .signal_name = n, .direction = dir, .action = act,
#define KAPI_SIGNAL_MASK(i, n, d) .signal_masks[i] = { .mask_name = n, .description = d,
#define KAPI_STRUCT_SPEC(i, n, d) .struct_specs[i] = { .name = #n, .description = d,
#define KAPI_STRUCT_FIELD(i, n, t, tn, d) .fields[i] = { .name = n, .type = t, .type_name = tn, .description = d,
#define KAPI_SIDE_EFFECT(i, bits, t, d) .side_effects[i] = { .type = bits, .target = t, .description = d,
#define KAPI_STATE_TRANS(i, o, f, t, d) .state_transitions[i] = { .object = o, .from_state = f, .to_state = t, .description = d,
#define KAPI_CAPABILITY(i, num, n, act) .capabilities[i] = { .capability = num, .cap_name = n, .action = act,
#define KAPI_SOCKET_STATE_REQ(...) .socket_state = { LISTED(required_states, required_state_count, __VA_ARGS__)
#define KAPI_PROTOCOL_BEHAVIOR(i, bits, d) .protocol_behaviors[i] = { .applicable_protocols = bits, .behavior = d,
#define KAPI_BUFFER_SPEC(bits) .buffer_spec = { .buffer_behaviors = bits,
#define KAPI_ASYNC_SPEC(modes, err) .async_spec = { .supported_modes = modes, .nonblock_errno = err,
#define KAPI_ADDR_FAMILY(i, af, n, bytes, min, max) \
	.addr_families[i] = { .family = af, .family_name = n, .addr_struct_size = bytes, .min_addr_len = min, .max_addr_len = max,

/* What closes one. */
#define KAPI_RETURN_END },
#define KAPI_LOCK_END },
#define KAPI_CONSTRAINT_END },
#define KAPI_SIGNAL_END },
#define KAPI_SIGNAL_MASK_END },
#define KAPI_STRUCT_SPEC_END },
#define KAPI_STRUCT_FIELD_END },
#define KAPI_SIDE_EFFECT_END },
#define KAPI_STATE_TRANS_END },
#define KAPI_CAPABILITY_END },
#define KAPI_SOCKET_STATE_END },
#define KAPI_PROTOCOL_BEHAVIOR_END },
#define KAPI_BUFFER_END },
#define KAPI_ASYNC_END },
#define KAPI_ADDR_FAMILY_END },
