// SPDX-License-Identifier: GPL-2.0-only
/* ioctl commands and sysfs attributes, in all forms that they had. */

DEFINE_KAPI_IOCTL_SPEC(lamp_get)
	KAPI_IOCTL_CMD(LAMP_GET)
	KAPI_IOCTL_CMD_NAME("LAMP_GET")
	KAPI_IOCTL_INPUT_SIZE(sizeof(struct lamp))
	KAPI_IOCTL_OUTPUT_SIZE(16)
	KAPI_IOCTL_FILE_OPS_NAME("lamp_fops")
	KAPI_DESCRIPTION("Tell how bright")
	KAPI_IOCTL_PARAM_SIZE
	KAPI_IOCTL_PARAM_FLAGS
	KAPI_IOCTL_PARAM_USER_BUF(2, "in", "bytes in", 4)
	KAPI_IOCTL_PARAM_USER_OUT_BUF(3, "out", "bytes out", 4)
	KAPI_IOCTL_PARAM_LEN(4, "len", "length", LAMP_MAX)
KAPI_END_SPEC;

DEFINE_IOCTL_API_SPEC(lamp_set, LAMP_SET, "LAMP_SET")
	KAPI_DESCRIPTION("Set how bright")
	KAPI_IOCTL_SIZE(8, 0)
	KAPI_IOCTL_FILE_OPS(lamp_fops)
KAPI_IOCTL_END_SPEC

KAPI_DEFINE_IOCTL_SPEC(lamp_off, LAMP_OFF, "LAMP_OFF", 1, 2, "lamp_fops")
	KAPI_DESCRIPTION("Switch it off")
KAPI_END_IOCTL_SPEC;

static const struct kapi_ioctl_spec lamp_on_spec = {
	.cmd = LAMP_ON,
	.cmd_name = "LAMP_ON",
	.input_size = sizeof(struct lamp),
	.output_size = sizeof(struct lamp),
	.file_ops_name = "lamp_fops",
	.api_spec = {
		.name = "lamp_on",
		KAPI_DESCRIPTION("Switch it on")
		KAPI_ERROR(0, -EIO, "EIO", "no bulb", "The bulb is missing")
		.error_count = 1,
	},
};

static const char * const lamp_modes[] = { "dim", "bright" };

DEFINE_SYSFS_API_SPEC(brightness)
	KAPI_DESCRIPTION("How bright the lamp is")
	KAPI_SUBSYSTEM("lamps")
	KAPI_DEVICE_TYPE("lamp")
	KAPI_PARAM(0, "brightness", "unsigned int", "level")
		KAPI_PARAM_TYPE(KAPI_TYPE_UINT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_SYSFS_RW)
		KAPI_PATH("/sys/class/lamp/brightness")
		KAPI_PERMISSIONS(0644)
		KAPI_DEFAULT("50")
		KAPI_UNITS("percent")
		KAPI_STEP(5)
		KAPI_ALLOWED_STRINGS(lamp_modes, 2)
	KAPI_PARAM_END
KAPI_END_SPEC;
