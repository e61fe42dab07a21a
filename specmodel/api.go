// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"fmt"
	"strings"
)

// Pos is a range in a file. Line and Col count from 1, columns in bytes;
// Offset and EndOffset are byte offsets from the start of the file, for edits.
// EndOffset equals Offset where only a point is known, and both are zero
// where the source has no bytes to edit (a compiled kernel).
type Pos struct {
	File              string
	Line, Col         int
	Offset, EndOffset int
}

// IsValid reports whether the position names a line.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns file:line:col, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case !p.IsValid():
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
}

// Origin tells which kind of source a contract came from.
type Origin string

// The origins.
const (
	FromKernelDoc Origin = "kerneldoc" // tags in a kernel-doc comment
	FromMacro     Origin = "macro"     // DEFINE_KERNEL_API_SPEC and its kin
	FromJSON      Origin = "json"      // a JSON document that states no origin of its own
	FromCode      Origin = "inferred"  // computed from the C code
	FromVmlinux   Origin = "vmlinux"   // the .kapi_specs section
	FromDebugfs   Origin = "debugfs"   // the kapi directory of debugfs
)

// Kind tells what sort of interface a contract is for.
type Kind string

// The kinds.
const (
	Function Kind = "function"
	Syscall  Kind = "syscall"
	Ioctl    Kind = "ioctl"
	Sysfs    Kind = "sysfs"
	Callback Kind = "callback" // all that a call through a member can reach: file_operations.poll
)

// API is the contract of one interface.
//
// Name is the name the contract carries: sys_NAME for a system call,
// compat_sys_NAME for its compat entry, else the function's, command's or
// attribute's own.
type API struct {
	Name     string `json:"name"`
	Kind     Kind   `json:"kind,omitempty"`
	Origin   Origin `json:"origin,omitempty"`
	Notation string `json:"notation,omitempty"` // the dialect read, see the Notation constants
	Pos      Pos    `json:"-"`                  // where the contract begins
	// Container is where a contract that states its own place was read from:
	// the JSON document, the compiled kernel.
	Container Pos `json:"-"`

	// Closed is for inferred contracts: every way to return is known, so that
	// an error that is not listed cannot happen. A declared contract is never
	// closed. Open lists what kept it from being closed.
	Closed bool   `json:"closed,omitempty"`
	Open   []Step `json:"open,omitempty"`

	// Implementations are the functions of a Callback that are known.
	Implementations []Implementation `json:"implementations,omitempty"`

	Version         Expr    `json:"version,omitempty"`
	Description     string  `json:"description,omitempty"`
	LongDescription string  `json:"long_description,omitempty"`
	Context         Context `json:"context,omitempty"`

	Params           []Param           `json:"params,omitempty"`
	Return           *Return           `json:"return,omitempty"`
	Errors           []Error           `json:"errors,omitempty"`
	Locks            []Lock            `json:"locks,omitempty"`
	Constraints      []Rule            `json:"constraints,omitempty"`
	Signals          []Signal          `json:"signals,omitempty"`
	SignalMasks      []SignalMask      `json:"signal_masks,omitempty"`
	Structs          []Struct          `json:"struct_specs,omitempty"`
	Capabilities     []Capability      `json:"capabilities,omitempty"`
	SideEffects      []SideEffect      `json:"side_effects,omitempty"`
	StateTransitions []StateTransition `json:"state_transitions,omitempty"`

	Examples     string `json:"examples,omitempty"`
	Notes        string `json:"notes,omitempty"`
	SinceVersion string `json:"since_version,omitempty"`
	Deprecated   bool   `json:"deprecated,omitempty"`
	Replacement  string `json:"replacement,omitempty"`

	Ioctl  *IoctlSpec  `json:"ioctl,omitempty"`
	Sysfs  *SysfsSpec  `json:"sysfs,omitempty"`
	Socket *SocketSpec `json:"socket,omitempty"`

	// Counts are the element counts the source states, which need not agree
	// with the elements.
	Counts []Count `json:"counts,omitempty"`
	// Prototype is the function that follows the contract, where a reader saw one.
	Prototype *Prototype `json:"prototype,omitempty"`
	// Unknown is what was written and not understood, in source order.
	Unknown []Unknown `json:"unknown,omitempty"`
	// Unstated names model fields (signals.condition) that the source has no
	// way to tell, so that their absence here means nothing.
	Unstated []string `json:"unstated,omitempty"`
	// Insert is where a fix adds an error.
	Insert Insert `json:"-"`
}

// The notations that readers tell apart.
const (
	NotationDocA   = "kerneldoc-a"  // flat tags: one line per attribute
	NotationDocB   = "kerneldoc-b"  // blocks with KAPI_ tokens
	NotationDocC   = "kerneldoc-c"  // blocks with short tokens
	NotationMacro  = "macro"        // macros closed by KAPI_..._END
	NotationBraces = "macro-braces" // macros closed by literal braces, as generated
)

// Step is one step of evidence, outermost first in a trace. Via names the kind
// of callback that is called there, where it is what keeps a contract open.
type Step struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Func string `json:"func,omitempty"`
	Note string `json:"note,omitempty"`
	Via  string `json:"via,omitempty"`
}

// Context is the set of execution contexts a call may be made from.
type Context struct {
	Pos   Pos          `json:"-"`
	Flags ContextFlags `json:"flags,omitempty"`
}

// Count is an element count as a source states it. Section is the JSON name
// of the list it counts: params, errors, return.error_values.
type Count struct {
	Pos     Pos    `json:"-"`
	Section string `json:"section"`
	N       Expr   `json:"count"`
}

// Unknown is a piece of a contract that was not understood. Where names the
// element it stood in ("signal SIGINT"), empty for the contract itself; Key
// is the tag, macro or field name, and Raw the text as written.
type Unknown struct {
	Pos   Pos    `json:"-"`
	Where string `json:"where,omitempty"`
	Key   string `json:"key"`
	Raw   string `json:"raw,omitempty"`
}

// Prototype is the C declaration that a contract stands before, read without
// a parser: Macro is SYSCALL_DEFINE3 and the like, empty for a plain function.
type Prototype struct {
	Pos    Pos          `json:"-"`
	Name   string       `json:"name"`
	Macro  string       `json:"macro,omitempty"`
	Result string       `json:"result,omitempty"`
	Params []ProtoParam `json:"params,omitempty"`
}

// ProtoParam is one parameter of a Prototype.
type ProtoParam struct {
	Pos  Pos    `json:"-"`
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// Insert tells a fix where and how the next error entry is written. The zero
// value means that the source cannot be edited.
type Insert struct {
	Pos    Pos    // an empty range at the start of a line
	Prefix string // begins every inserted line: " * ", a tab
	Spaced bool   // an empty line goes before the entry
	Index  int    // the index of the next error, for macros
	Count  Expr   // the stated error count to raise; empty text when there is none
}

// Edit replaces the bytes Offset to EndOffset of File by New.
type Edit struct {
	File              string
	Offset, EndOffset int
	New               string
}

// ErrorEntry is an error that a fix adds to a contract: its name and a short
// text that says when it happens.
type ErrorEntry struct {
	Name, Text string
}

// Severity says how bad a Problem is.
type Severity string

// The severities, strongest first.
const (
	Bad  Severity = "error"   // the contract cannot mean what it says
	Odd  Severity = "warning" // it is probably not what the author meant
	Note Severity = "note"    // readers of the notation differ, or something is redundant
)

// Problem is something wrong with a contract itself. ID is a constant word
// for the kind of problem; Symbol the contract's name where there is one.
// Fix is set where the repair is certain.
type Problem struct {
	Pos      Pos
	ID       string
	Symbol   string
	Message  string
	Severity Severity
	Fix      *Fix
}

// Fix is a repair: edits that belong together, and a verb phrase that says
// what they do.
type Fix struct {
	Message string
	Edits   []Edit
}

// Replace returns the fix that writes text over the bytes of pos, or nil where
// pos has none.
func Replace(pos Pos, text, message string) *Fix {
	if !pos.IsValid() || pos.EndOffset <= pos.Offset {
		return nil
	}
	return &Fix{message, []Edit{{pos.File, pos.Offset, pos.EndOffset, text}}}
}

// Change is [Replace] where the bytes of pos are a word or two, and names both.
func Change(pos Pos, old, text string) *Fix {
	if old = strings.Join(strings.Fields(old), " "); len(old) > 40 {
		old = old[:37] + "..."
	}
	return Replace(pos, text, "Change "+strings.ToValidUTF8(old, "?")+" to "+text)
}

// Error returns the problem as file:line:col: message.
func (p Problem) Error() string { return p.Pos.String() + ": " + p.Message }
