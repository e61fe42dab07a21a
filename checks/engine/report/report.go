// SPDX-License-Identifier: GPL-2.0-only

// Package report defines findings as they leave the driver: resolved to files,
// lines and text, so that nothing downstream needs syntax or a FileSet.
//
// A [Finding] says one thing at one place. Its Notes are the evidence, a walk
// from the entry point to the statement that decides, outermost first. Order,
// de-duplication and fingerprints live here too.
package report

// Place is a range in a file. Offsets count bytes from 0; lines and columns
// count from 1, columns in bytes. A zero Line means the whole file.
type Place struct {
	File              string // slash-separated, relative to the tree
	Line, Col         int
	EndLine, EndCol   int
	Offset, EndOffset int
}

// Note is one step of the evidence.
type Note struct {
	Place   Place
	Message string
	Depth   int // how many calls below the entry point, for SARIF nesting levels
}

// Edit replaces the bytes Offset to EndOffset of File by New.
type Edit struct {
	File              string
	Offset, EndOffset int
	New               string
}

// Fix is a set of edits that belong together. Message is a verb phrase.
type Fix struct {
	Message string
	Edits   []Edit
}

// Severity of a finding.
type Severity string

// The severities, strongest first; they are SARIF's levels.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "note"
)

// Finding is one thing a check found.
type Finding struct {
	Check    string // the analyzer: errunlisted
	Category string // within the check: unlisted; the rule is Check, or Check/Category where a check has several
	Severity Severity
	Message  string
	Place    Place
	Symbol   string // the contract or function concerned: sys_epoll_create1
	Key      string // what tells two findings of one rule about one symbol apart, line numbers excluded: EMFILE
	Notes    []Note
	Fixes    []Fix
}

// UnitState tells how much of a translation unit could be analysed.
type UnitState string

// The states of a unit.
const (
	Typed   UnitState = "typed"   // parsed and type checked whole
	Partial UnitState = "partial" // all but the named items
	Failed  UnitState = "failed"  // nothing
)

// Unit is how the analysis of one translation unit went.
type Unit struct {
	Path    string
	State   UnitState
	Reasons []Problem
}

// Problem is why a unit, or an item of it, could not be analysed.
type Problem struct {
	Place   Place
	Item    string // the function or declaration left out; "" for the unit
	Message string
	Header  string // the header that is not there, if that is the problem
}

// Result is everything a run leaves behind.
type Result struct {
	Findings []Finding
	Units    []Unit
}
