// SPDX-License-Identifier: GPL-2.0-only

// Package debugfs reads contracts from the kapi directory of debugfs, or a
// copy of one: "list", "specs/NAME" as text, "specs-json/NAME" as JSON.
//
// JSON is preferred, because the text leaves out about a third of a contract.
// Where the JSON of a contract cannot be read (a kernel whose buffer was too
// small, or that did not escape its strings), the text is read in its place.
// What the form that was read cannot tell is in [specmodel.API.Unstated].
//
// Two layouts of the text are told apart. The older one is that of the first
// two versions of the framework: other words for classes, locks with
// "acquired by function" in place of a scope, the long description on its own
// line, a version and a deprecation at the end, and no side effects, state
// transitions or capabilities.
//
// The text is not made to be read back: it has no quotes and no escapes. Three
// consequences are handled here and cannot be lifted:
//
//   - A line that is no line of the layout is taken as the next line of the
//     text before it, with a note; where no text is before it, it is a
//     problem and kept in [specmodel.API.Unknown].
//   - The first ": " ends a name, so that a name with a colon in it is cut.
//   - White space at the end of the examples and notes is lost, and "(null)"
//     is text that was not set.
//
// Numbers that the compiled form has as zero for "not written" are treated as
// package specjson does for the JSON form.
package debugfs
