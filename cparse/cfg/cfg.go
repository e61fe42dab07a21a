// SPDX-License-Identifier: GPL-2.0-only

// Package cfg holds the syntax-free form of C function bodies: basic blocks of
// simple instructions over typed expression trees without side effects.
//
// A [Func] is all that later phases know of a body. It names its callees and
// says where its text stands, but points into no syntax tree, so it can be
// kept, encoded and analysed long after the translation unit is gone.
//
// The model: a body is a graph of [Block]s. A block is a list of [Instr]s and
// one [Term]. Everything in C that has a side effect (assignment, ++, a call,
// the arms of ?: && ||, a statement expression) has been made an instruction
// or a branch; what is left inside an [Expr] can be evaluated in any order and
// any number of times. Local variables are numbered, parameters first. A
// scalar variable whose address is never taken is read with OpVar and written
// by a [Set] with a Var place; any other variable is memory at OpAddrVar, read
// with OpLoad and written through a Mem place.
package cfg

// BitFields begins the name of a unit of bit-fields, in the place of a member's
// name; its offset follows. No member is called that.
const BitFields = "bit-fields+"

// Site is a place in a source file. It is meaningful without the file's text.
type Site struct {
	File      string // slash-separated, relative to the kernel tree where possible
	Line, Col int32  // from 1; Col counts bytes; a zero Line means no place
}

// IsValid reports whether s names a place.
func (s Site) IsValid() bool { return s.Line > 0 }

// Kind classifies a [Type].
type Kind uint8

// The kinds of type an expression can have. Bool is _Bool; enumerations are
// Int of their underlying type. Aggregate covers struct, union and array.
const (
	Void Kind = iota
	Bool
	Int
	Pointer
	Float
	Aggregate
	Function
)

// Type is as much of a C type as evaluation needs.
type Type struct {
	Kind   Kind
	Signed bool   // for Int
	Size   int64  // in bytes; 0 when unknown or incomplete
	Name   string // as C would spell it, for messages
}

// Bits returns the width of a scalar type in bits, and 0 for anything else.
func (t Type) Bits() int {
	switch t.Kind {
	case Bool:
		return 8
	case Int, Pointer:
		return int(t.Size) * 8
	}
	return 0
}

// IsScalar reports whether values of t are integers or pointers.
func (t Type) IsScalar() bool { return t.Kind == Bool || t.Kind == Int || t.Kind == Pointer }

// Op is the operator of an [Expr].
type Op uint8

// The operators. The integer ones follow C after the usual conversions: both
// operands already have the same type, except for shifts, and for pointers
// plus or minus an integer, where OpAdd and OpSub count bytes.
const (
	OpInvalid    Op = iota
	OpConst         // Val; Name as the source spelled it (EINVAL, -EINVAL, A | B, ~(A | B)), or ""
	OpVar           // the scalar local variable Var
	OpLoad          // the value of Type in memory at address X; Name is the member read, "file.f_op", or ""
	OpAddrVar       // the address of local variable Var
	OpAddrGlobal    // the address of the object with linkage, Name; File says which file's when static
	OpAddrFunc      // the address of the function Name; File as above
	OpStr           // the address of a string literal; Name is its value
	OpOffset        // address X plus Val bytes; Name is the member reached, "file.f_op", or ""
	OpIndex         // address X plus Y times Val bytes
	OpNeg           // -X
	OpCompl         // ~X
	OpNot           // !X, 0 or 1
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpRem
	OpAnd
	OpOr
	OpXor
	OpShl
	OpShr
	OpEq
	OpNe
	OpLt // signed or not by the type of X, likewise below
	OpLe
	OpGt
	OpGe
	OpCast    // X converted to Type; sign extension by the type of X
	OpUnknown // a value the lowering does not model; Name says why
)

// Expr is a side-effect free expression. Expressions are trees and immutable.
//
// The Val of an OpConst is the value as its type has it: sign-extended to 64
// bits when the type is signed, zero-extended when it is not.
type Expr struct {
	Op   Op
	Type Type
	X, Y *Expr
	Val  int64
	Var  int
	Name string
	File string
	At   Site
}

// Place is something that can be assigned: the scalar local variable Var, or,
// when Addr is not nil, the memory of Type at Addr.
type Place struct {
	Var  int
	Addr *Expr
	Type Type
}

// Instr is one of *Set, *Call and *Asm.
type Instr interface{ instr() }

// Set stores Src in Dst. Src nil means that Dst gets a value nobody knows, as
// an uninitialised variable has. For aggregates Src is an OpLoad of the same
// Type or nil, with Zero telling an initializer that zeroes all of Dst.
type Set struct {
	Dst  Place
	Src  *Expr
	Zero bool
	At   Site
}

// Call calls a function, or evaluates a function-like macro that the lowering
// was told to keep as a call.
type Call struct {
	Dst    *Place // where the result goes; nil when it is not used
	Callee string // name of the function called directly, or of the macro; "" through a pointer
	File   string // the file that defines a static callee; "" for external linkage
	Macro  bool   // Callee is a macro, expanded at At
	Ptr    *Expr  // the function's address, for calls through a pointer
	Member string // "struct.member" when Ptr is a load of that member, such as file_operations.poll
	Args   []*Expr
	Result Type
	At     Site
}

// Asm is an asm statement; all that is known is what it may write.
type Asm struct {
	Outs []Place
	At   Site
}

func (*Set) instr()  {}
func (*Call) instr() {}
func (*Asm) instr()  {}

// TermKind says how a block ends.
type TermKind uint8

// The ways a block ends.
const (
	Jump        TermKind = iota // to Succs[0]
	Branch                      // to Succs[0] when Cond is not zero, else to Succs[1]
	Switch                      // to Succs[i] when Cond is in Cases[i], else to the last of Succs
	Return                      // with the value Cond, nil for void
	Unreachable                 // control never gets here
)

// Case is the inclusive range of values that takes one way out of a switch.
// Lo and Hi are as the Val of an OpConst of the type of Cond.
type Case struct {
	Lo, Hi int64
	Name   string // Lo as the source spelled it, or ""
}

// Term ends a block.
type Term struct {
	Kind  TermKind
	Cond  *Expr
	Cases []Case
	Succs []int
	At    Site
}

// Block is a basic block.
type Block struct {
	Instrs []Instr
	Term   Term
}

// Var is a parameter or a local variable, a compiler temporary included.
type Var struct {
	Name   string // "" for a temporary
	Type   Type
	Memory bool // lives in memory: an aggregate, or its address is taken
	At     Site
}

// Func is the body of one function. Its entry is Blocks[0].
type Func struct {
	Name   string
	File   string // the file with the body
	Static bool   // internal linkage: Name is known in File's translation unit only
	Inline bool
	Params int // Vars[:Params] are the parameters in order
	Vars   []Var
	Result Type
	Blocks []Block
	At     Site // the function's name

	// Unsupported says what in the body the lowering could not express, such
	// as a computed goto; the blocks are then missing and nothing is known.
	Unsupported string
}

// Global is what a translation unit says about an object with static storage.
type Global struct {
	Name   string
	File   string // the defining file
	Static bool
	Const  bool // the object, or the array's elements, are const-qualified
	Type   Type
	At     Site

	// Cells are the initialised scalar parts, by byte offset; every other byte
	// is zero. Each Value is an OpConst, OpAddrGlobal, OpAddrFunc, OpStr, an
	// OpOffset of one, or an OpUnknown. A Value of Aggregate type gives all
	// the bytes of its size: an OpStr the characters of an array, an OpUnknown
	// bytes that nothing is known of. Cells do not overlap. HasInit is false
	// for a tentative definition.
	Cells   []Cell
	HasInit bool
}

// Cell is one initialised scalar of a [Global].
type Cell struct {
	Off    int64
	Value  *Expr
	Member string // "struct.member" when it is a pointer to a function in a struct, or holds one, else ""
}
