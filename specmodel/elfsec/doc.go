// SPDX-License-Identifier: GPL-2.0-only

// Package elfsec reads contracts that were compiled into a kernel: from
// vmlinux, any other ELF executable, or a single object file.
//
// The compiler turns a contract into one struct kernel_api_spec. That struct
// had about two dozen forms, of two families:
//
//   - packed: the section .kapi_specs is an array of whole structs without
//     padding, in which every text is a char array. The forms differ in the
//     bounds of their lists, in whether each list is preceded by a magic word,
//     and in what stands at the end (socket, ioctl and sysfs fields).
//   - pointers: the section is an array of pointers to structs of natural
//     alignment elsewhere, in which every text is a pointer.
//
// Nothing in the file names the form. It follows from what is there: the
// symbols (__start_kapi_specs, __stop_kapi_specs, one for each contract, with
// its size), the size of the section, and the content, which has to be
// possible in the form: magic words, the zero bytes after each text, counts
// within bounds. One table, see layout.go, describes all forms for both word
// sizes and both alignments of 64-bit numbers; a form that does not fit is
// an error with the offset of the first byte that cannot be.
//
// Object files are laid out and relocated as a linker would, at addresses of
// the reader's choice, so that everything after that sees an executable.
//
// # What the compiled form cannot tell
//
// Fields that a form has no place for are in [specmodel.API.Unstated]. Beyond
// that, a zero in the struct is also what was never written, so the reader
// decides by field:
//
//   - A word that the notation always asks for is taken as it is: the type of
//     a lock, what a signal or a capability leads to, how success is told,
//     the scope of a lock; likewise the number of an error, a signal and a
//     capability.
//   - The class void of a parameter, a field or a return value, and the
//     constraint none are taken as not stated, as is any number that is zero,
//     except for the numbers that the kind of a constraint or check asks for
//     (0 to 0 is a range, 0 is a mask), for the lower bound beside an upper
//     one, and for the offset of a field that has a size.
//   - In the packed forms a parameter whose size is said to be in parameter 0
//     may also be one that was written without the macro that presets "none";
//     parameter 0 itself is taken as that.
//   - Numbers are plain: names of constants, and which bits of a mask belong
//     to the architecture, are gone. A bound is a signed 64-bit number, so
//     SIZE_MAX reads as -1.
//   - The fourth of the old constraint numbers (custom) became alignment in
//     the forms with magic words, and is read so there.
//
// Entries of a list are all that are not zero, whether or not they are within
// the count that the struct states; the counts are in [specmodel.API.Counts].
// Positions name the file only. The struct of the first ioctl form
// (kapi_ioctl_spec) is never in the section and is not looked for.
//
// # Limits
//
// Memory is bounded by the size of the file: text and arrays that pointers
// lead to may add up to no more than the file has bytes, and contracts may not
// overlap. Compressed images are refused. An image whose pointers are filled
// in only when it starts is read if it has relative relocations with addends;
// one that keeps them in a form of its own (the relocs of a bzImage) is not.
//
// Finding the form and reading it are one package: a form is found by trying
// to read it.
package elfsec
