// SPDX-License-Identifier: GPL-2.0-only

// Package roundtrip has no code, only tests. Five contracts of our own, a
// system call, an ioctl command, a sysfs attribute, a socket call and an
// exported function, set every field of the model between them. They are
// written by hand as C macros under testdata; each is taken through every
// notation that the project writes, is compiled, is printed as the kernel
// prints it, and has to come back the same, field by field, except for what a
// notation is known not to tell.
//
// The same package holds docs/notations.md to the tests that it names.
package roundtrip
