// SPDX-License-Identifier: GPL-2.0-only

// Package kbuild knows kernel trees: where one is, how each of its files is
// compiled, which files a configuration builds and which file defines a
// function.
//
// The model. A [Tree] is a source directory and an object directory, which
// are the same for a kernel built in place. The object directory holds what
// `make defconfig prepare` leaves behind: the configuration and generated
// headers. Everything else is read from the sources: the top Makefile, the
// makefile of the architecture and the Kbuild makefiles are evaluated by the
// reader in package mk, which knows the language of GNU make but runs nothing.
// A tree can therefore come from anywhere; reading it executes no part of it.
//
// # Markers
//
// A directory is a kernel source tree when its Makefile sets VERSION and
// PATCHLEVEL at the start of lines and it has a directory include. It is an
// object directory when it has a link named source to such a tree, or the
// Makefile that Kbuild writes there, which names the source. Nothing else is
// asked, so a small tree made for a test is a kernel too. A tree is prepared
// when its object directory has include/generated/autoconf.h, or when its
// sources have no include/linux/kconfig.h that would ask for it.
//
// # How a file is compiled
//
// [Tree.Command] takes the first of: compile_commands.json in the object or
// source directory, the .cmd file that a build left beside the object, the
// flags that the tree's own makefiles give. The last is what a freshly
// prepared tree has; it is equal to the command line of make in what a reader
// of C cares about. [ParseArgs] reads the arguments of CHECK=.
//
// # Limits
//
// $(shell) gives nothing, and tests of the compiler such as $(call cc-option)
// are taken to succeed. gcc's predefined macros stand for those of clang too.
// An out-of-tree module (M=) gets its flags through CHECK= only. Units counts what vmlinux and modules are made of; the
// boot loader stub and host programs are compiled apart and are not units.
// The index of definitions reads text, without preprocessing: a function whose
// name is pasted together by a macro is not in it, except those of the
// SYSCALL_DEFINE family, and both branches of an #if are.
//
// A tree, its makefiles and its index read the same files by the same names; what
// stands alone, the language of make (mk) and the reader of definitions (defs), is
// apart.
package kbuild
