// SPDX-License-Identifier: GPL-2.0-only

// Package gnuc turns the preprocessed tokens of a kernel source file into a
// type-checked syntax tree of modernc.org/cc/v4.
package gnuc

import (
	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// Error is why there is no tree.
type Error struct {
	At  *pp.Token // what it is about; nil if that is not known
	Msg string
}

func (e *Error) Error() string { return e.Msg }

// Input is what [Translate] works on.
type Input struct {
	Files  *pp.Files
	Result *pp.Result
}

// Options say how much of a unit is translated.
type Options struct {
	Arch     string   // as Go spells it: amd64, arm64; default amd64
	Bits     int      // 32 or 64; default 64
	Roots    []string // functions of interest; nil: all of the main file
	KeepVoid bool     // keep the bodies of header functions that return nothing
	noBodies bool     // keep no bodies
}

// Quarantined is an item that was withheld from cc.
type Quarantined struct {
	Name   string    // of the function or what else it declares
	At     *pp.Token // what is wrong, or where it is noticed
	Reason string
	InMain bool // it stands in the main file
	Func   bool // a function, of which the declaration was kept
}

// Func is a function definition whose body was kept.
type Func struct {
	Name           string
	Def            *cc.FunctionDefinition
	InMain         bool
	Static, Inline bool
	At, End        *pp.Token // its name and the brace that closes it
}

// Stats are counts for measurements.
type Stats struct {
	Tokens, Items        int // of the input
	Kept, KeptItems      int // given to cc
	Bodies, HeaderBodies int
	Tries                int
}

// Output is the result of [Translate].
type Output struct {
	AST         *cc.AST
	Funcs       []Func
	Quarantined []Quarantined
	NoReturn    map[string]bool
	Weak        map[string]bool
	Const       map[string]bool
	Stats       Stats

	unit *unit
	text *text
}
