/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KERNEL_API_SPEC_H
#define _LINUX_KERNEL_API_SPEC_H

/*
 * Contracts as initializers: just enough of the notation for this tree's units
 * to compile. A contract is an object in a section of its own; blocks open with
 * a macro that leaves a brace open and close with a brace or an _END macro.
 */

#include <linux/compiler_types.h>
#include <linux/types.h>

#define KAPI_MAX_PARAMS	16
#define KAPI_MAX_ERRORS	32

enum kapi_param_type {
	KAPI_TYPE_VOID,
	KAPI_TYPE_INT,
	KAPI_TYPE_UINT,
	KAPI_TYPE_PTR,
	KAPI_TYPE_STRUCT,
	KAPI_TYPE_UNION,
	KAPI_TYPE_ENUM,
	KAPI_TYPE_FUNC_PTR,
	KAPI_TYPE_ARRAY,
	KAPI_TYPE_FD,
	KAPI_TYPE_USER_PTR,
	KAPI_TYPE_PATH,
	KAPI_TYPE_CUSTOM,
};

enum kapi_param_flags {
	KAPI_PARAM_IN		= 1 << 0,
	KAPI_PARAM_OUT		= 1 << 1,
	KAPI_PARAM_INOUT	= KAPI_PARAM_IN | KAPI_PARAM_OUT,
	KAPI_PARAM_OPTIONAL	= 1 << 3,
	KAPI_PARAM_USER		= 1 << 6,
};

enum kapi_context_flags {
	KAPI_CTX_PROCESS	= 1 << 0,
	KAPI_CTX_SLEEPABLE	= 1 << 5,
};

enum kapi_constraint_type {
	KAPI_CONSTRAINT_NONE,
	KAPI_CONSTRAINT_RANGE,
	KAPI_CONSTRAINT_MASK,
	KAPI_CONSTRAINT_ENUM,
	KAPI_CONSTRAINT_ALIGNMENT,
	KAPI_CONSTRAINT_POWER_OF_TWO,
	KAPI_CONSTRAINT_PAGE_ALIGNED,
	KAPI_CONSTRAINT_NONZERO,
	KAPI_CONSTRAINT_USER_STRING,
	KAPI_CONSTRAINT_USER_PATH,
	KAPI_CONSTRAINT_USER_PTR,
	KAPI_CONSTRAINT_BUFFER,
	KAPI_CONSTRAINT_CUSTOM,
};

enum kapi_return_check_type {
	KAPI_RETURN_EXACT,
	KAPI_RETURN_RANGE,
	KAPI_RETURN_ERROR_CHECK,
	KAPI_RETURN_FD,
	KAPI_RETURN_CUSTOM,
	KAPI_RETURN_NO_RETURN,
};

struct kapi_param_spec {
	const char *name;
	const char *type_name;
	const char *description;
	const char *constraints;
	enum kapi_param_type type;
	unsigned int flags;
	enum kapi_constraint_type constraint_type;
	s64 min_value;
	s64 max_value;
	u64 valid_mask;
	const s64 *enum_values;
	u32 enum_count;
};

struct kapi_error_spec {
	int error_code;
	const char *name;
	const char *condition;
	const char *description;
};

struct kapi_return_spec {
	const char *type_name;
	const char *description;
	enum kapi_param_type type;
	enum kapi_return_check_type check_type;
	s64 success_value;
	s64 success_min;
	s64 success_max;
};

struct kernel_api_spec {
	const char *name;
	u32 version;
	const char *description;
	const char *long_description;
	unsigned int context_flags;
	u32 param_count;
	struct kapi_param_spec params[KAPI_MAX_PARAMS];
	struct kapi_return_spec return_spec;
	u32 error_count;
	struct kapi_error_spec errors[KAPI_MAX_ERRORS];
	const char *notes;
};

#define DEFINE_KERNEL_API_SPEC(func)					\
	static const struct kernel_api_spec __kapi_spec_##func		\
	__used __section(".kapi_specs") = {				\
		.name = #func,						\
		.version = 1,
#define KAPI_END_SPEC }

#define KAPI_DESCRIPTION(text)		.description = text,
#define KAPI_LONG_DESC(text)		.long_description = text,
#define KAPI_CONTEXT(flags)		.context_flags = flags,
#define KAPI_NOTES(text)		.notes = text,

#define KAPI_PARAM_COUNT(n)		.param_count = n,
#define KAPI_PARAM(idx, pname, ptype, text)				\
	.params[idx] = {						\
		.name = pname,						\
		.type_name = ptype,					\
		.description = text,
#define KAPI_PARAM_TYPE(t)		.type = t,
#define KAPI_PARAM_FLAGS(f)		.flags = f,
#define KAPI_PARAM_CONSTRAINT_TYPE(c)	.constraint_type = c,
#define KAPI_PARAM_CONSTRAINT(text)	.constraints = text,
#define KAPI_PARAM_RANGE(lo, hi)	.min_value = lo, .max_value = hi,
#define KAPI_PARAM_VALID_MASK(mask)	.valid_mask = mask,
#define KAPI_PARAM_END			},

#define KAPI_RETURN(rtype, text)					\
	.return_spec = {						\
		.type_name = rtype,					\
		.description = text,
#define KAPI_RETURN_TYPE(t)		.type = t,
#define KAPI_RETURN_CHECK_TYPE(c)	.check_type = c,
#define KAPI_RETURN_SUCCESS(val)	.success_value = val,
#define KAPI_RETURN_END			},

#define KAPI_ERROR_COUNT(n)		.error_count = n,
#define KAPI_ERROR(idx, code, ename, cond, text)			\
	.errors[idx] = {						\
		.error_code = code,					\
		.name = ename,						\
		.condition = cond,					\
		.description = text,					\
	},

#endif
