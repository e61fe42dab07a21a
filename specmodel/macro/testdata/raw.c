// SPDX-License-Identifier: GPL-2.0-only
/* The same fields as designators, in every form that C has. */

DEFINE_KERNEL_API_SPEC(sys_raw)
	.name = "sys_raw",
	.version = 3,
	.description = "Raw " "fields",
	.long_description = NULL,
	.context_flags = (KAPI_CTX_PROCESS | KAPI_CTX_ATOMIC),
	.param_count = 3,
	.param_magic = KAPI_MAGIC_PARAMS,
	.params = {
		[1] = {
			.name = "buf", .type_name = "void *", .type = KAPI_TYPE_USER_PTR,
			.flags = KAPI_PARAM_OUT, .size_param_idx = 2, .description = "",
		},
		[0] = { .name = "fd", .constraint_type = KAPI_CONSTRAINT_RANGE, .min_value = -1, .max_value = (1 << 4) - 1 },
		[2] = { .name = "len", .size_param_idx = -1, .alignment = 8, .constraints = "even", .size = 4 },
	},
	.return_spec = {
		.type_name = "long",
		.type = KAPI_TYPE_INT,
		.check_type = KAPI_RETURN_ERROR_CHECK,
		.success_value = 0,
		.success_min = 0,
		.success_max = 1,
		.error_values = (const s64[]){ -EIO, -EBADF },
		.error_count = 2,
		.description = "zero",
	},
	.error_count = 2,
	.errors = {
		{ .error_code = -EIO, .name = "EIO", .condition = "broken", .description = "It broke" },
		{ .error_code = -EBADF, .name = "EBADF", .condition = "closed" },
	},
	.lock_count = 2,
	.locks[0] = { .lock_name = "a", .lock_type = KAPI_LOCK_RWLOCK, .acquired = true, .released = false },
	.locks[1] = {
		.lock_name = "b",
		.lock_type = KAPI_LOCK_SEQLOCK,
		.scope = KAPI_LOCK_CALLER_HELD,
		.description = "held",
	},
	.constraint_count = 1,
	.constraints[0] = { .name = "c", .description = "d", .expression = "e" },
	.signal_count = 1,
	.signals[0] = {
		.signal_num = 0, .signal_name = "FATAL", .direction = KAPI_SIGNAL_RECEIVE, .action = KAPI_SIGNAL_ACTION_RETURN,
		.target = "t", .condition = "c", .description = "d", .restartable = true, .interruptible = false,
		.sa_flags_required = 1, .sa_flags_forbidden = 2, .error_on_signal = -EINTR, .transform_to = 0,
		.timing = KAPI_SIGNAL_TIME_DURING, .priority = 0, .queue_behavior = "uncatchable",
		.state_required = KAPI_SIGNAL_STATE_RUNNING, .state_forbidden = 0,
	},
	.signal_mask_count = 1,
	.signal_masks[0] = { .mask_name = "m", .signals = { SIGINT, SIGTERM }, .signal_count = 2, .description = "d" },
	.struct_spec_count = 1,
	.struct_specs[0] = {
		.name = "s", .size = 8, .alignment = 4, .field_count = 1, .description = "d",
		.fields[0] = {
			.name = "f", .type = KAPI_TYPE_UINT, .type_name = "u32", .offset = 0, .size = 4, .flags = KAPI_PARAM_IN,
			.constraint_type = KAPI_CONSTRAINT_ENUM, .enum_values = "A,B", .min_value = 0, .max_value = 1, .valid_mask = 3,
			.description = "d",
		},
	},
	.side_effect_count = 1,
	.side_effects[0] = { .type = KAPI_EFFECT_NETWORK, .target = "t", .condition = "c", .description = "d", .reversible = true },
	.state_trans_count = 1,
	.state_transitions[0] = { .from_state = "f", .to_state = "t", .condition = "c", .object = "o", .description = "d" },
	.capability_count = 1,
	.capabilities[0] = {
		.capability = CAP_BPF, .cap_name = "CAP_BPF", .action = KAPI_CAP_ACCESS_RESOURCE, .allows = "a", .without_cap = "w",
		.check_condition = "c", .priority = 1, .alternative = { CAP_PERFMON }, .alternative_count = 1,
	},
	.examples = "e",
	.notes = "n",
	.since_version = "2.0",
	.deprecated = true,
	.replacement = "r",
KAPI_END_SPEC;

static const struct kernel_api_spec plain_spec = {
	.name = "plain",
	.description = "Without any macro",
};
