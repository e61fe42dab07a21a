/* Made from .config; do not edit. */
#define CONFIG_64BIT 1
#define CONFIG_X86_64 1
#define CONFIG_X86 1
#define CONFIG_MMU 1
#define CONFIG_COMPAT 1
#define CONFIG_EPOLL 1
#define CONFIG_EVENTFD 1
