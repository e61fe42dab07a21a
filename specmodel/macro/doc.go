// SPDX-License-Identifier: GPL-2.0-only

// Package macro reads contracts written as C macros: DEFINE_KERNEL_API_SPEC
// and its kin for ioctl commands, sysfs attributes and socket calls, by hand
// or generated (NAME.apispec.h).
//
// The notation is one designated initialiser of struct kernel_api_spec. A
// macro opens the contract, opens a block for one element of an array, or sets
// fields; a designator (.type = KAPI_TYPE_FD,) may stand wherever a macro may.
// So the reader knows one table of macros, each as the fields that it sets in
// the block that is open, and one setter for each kind of block; designators
// go to the same setters. Blocks end with a KAPI_..._END macro or a brace.
//
// The reader looks at the text alone. It expands no macro, so one that an
// author defined to shorten contracts is not understood and reported. Both
// branches of a conditional are read. An array that is named as a list of
// values is found if it is in the same file.
//
// Three things depend on the version of the framework and are told apart by
// how blocks end (END macros were older): whether a size_param_idx that is
// written as a designator counts from 0 or from 1, whether two scopes of one
// lock add up or the last one stands, and whether the argument of
// KAPI_PARAM_ENUM_VALUES can be the name of an array.
//
// Not read: the handler and file_operations wrappers of the first ioctl form
// (DEFINE_IOCTL_HANDLER, KAPI_DEFINE_FOPS, KAPI_IOCTL_SPEC_DRIVER), which hold
// no contract. The dialect that only the first documentation used
// (KAPI_DEFINE_SPEC, KAPI_DIR_IN) is recognised and reported.
//
// It is one package, since one parser reads macros and designators; a third of
// it are tables of the notation.
package macro
