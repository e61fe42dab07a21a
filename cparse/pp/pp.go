// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"fmt"
	"strings"
)

// Define is one -D or -U of a command line.
type Define struct {
	Name  string // NAME or NAME(parameters)
	Value string // the replacement list, as it is; -DNAME alone has Value "1"
	Undef bool   // -U
}

// Limits bounds what one unit may use. A zero field takes its default.
type Limits struct {
	IncludeDepth int // nested #include, 200
	Tokens       int // tokens of the unit after preprocessing, 16 million
	Held         int // tokens of macro arguments and replacement lists at one time, 1 million
	Work         int // steps of macro expansion and directives, 200 million
	ExpandDepth  int // macro arguments expanded within one another, 1000
	Expansions   int // uses of macros that are recorded, 4 million
	Text         int // bytes of text made by # and ##, 64 MiB
	Errors       int // errors kept, 100
}

// Config says how one unit is preprocessed.
type Config struct {
	Dir        string   // what the relative names in Quote, Angle and Forced are relative to; default is the root of the Files
	Quote      []string // directories searched for #include "x" only (-iquote)
	Angle      []string // directories searched for every #include, in order (-I, then -isystem)
	Predefined string   // text of #define lines: the compiler's own macros
	Defines    []Define // -D and -U in order
	Forced     []string // -include
	Limits     Limits
}

// Comment is a documentation comment.
type Comment struct {
	Pos, End Pos
	Text     string // with its delimiters
}

// Error is a complaint about the source text.
type Error struct {
	Pos      Pos
	At       Position
	Msg      string
	Header   string   // the name of a header that is not there, as it is written
	Searched []string // where it was looked for
	Warning  bool     // from #warning; nothing is wrong with the result
}

// Error gives the position and the message, "file:line:col: message", and for
// a header that is not there where it was looked for.
func (e Error) Error() string {
	msg := e.Msg
	if len(e.Searched) > 0 {
		msg += "; searched " + strings.Join(e.Searched, ", ")
	}
	if !e.At.IsValid() {
		return msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.At.File, e.At.Line, e.At.Col, msg)
}

// Arg is the range of an argument as it is spelled in the file, white space
// around it excluded. An empty argument has Pos == End.
type Arg struct{ Pos, End Pos }

// Expansion is one use of a macro. One that stands in an argument of a macro
// which passes the argument on is recorded once for each way that its tokens
// have gone.
type Expansion struct {
	Name     string
	Use      Pos   // where the macro's name is spelled
	UseEnd   Pos   // behind the name, or behind the closing parenthesis of the invocation
	Parent   ExpID // the expansion that the name itself came through; 0: it stands in a file
	Body     int32 // how many tokens the replacement list has
	FuncLike bool
	Single   bool  // the replacement list is one token, or one token in parentheses
	Args     []Arg // of an invocation written out in a file, also one inside the arguments of another, or by another name; else nil
}

// Result is a preprocessed translation unit. Expand changes it; everything
// else about it may be used concurrently.
type Result struct {
	Main       string // the name of the main file, as [Files] keeps it
	Tokens     []Token
	Expansions []Expansion // indexed by ExpID; the first is empty
	Comments   []Comment   // the /** */ comments of the main file and of .c files it includes, except in skipped conditional groups
	Files      []string    // the files that were read, in order of first use, main file included
	Missing    []string    // names under which a header was looked for that was not found; there may be repetitions
	Errors     []Error
	Incomplete bool // a limit was exceeded, and Tokens end there

	pre *pre
}
