// SPDX-License-Identifier: GPL-2.0-only

package pp

// Pos is a place in the source text of a run: the base of its file plus a byte
// offset. It is resolved by [Files.Position]. Zero means no place.
type Pos uint32

// Position is a resolved [Pos].
type Position struct {
	File      string // as in [Files]: relative to the root where it is under it
	Line, Col int    // from 1; Col counts bytes; a zero Line means no place
	Offset    int    // in bytes from the start of the file
}

// IsValid reports whether p names a place.
func (p Position) IsValid() bool { return p.Line > 0 }

// Kind classifies a [Token].
type Kind uint8

// The kinds of token. A keyword is an Ident, a Number any preprocessing
// number; Char and String include the prefix (L"x"). Other is a byte that no
// token of C starts with, or a quote that is not closed on its line.
const (
	Other Kind = iota
	Ident
	Number
	Char
	String
	Punct
)

// The kinds of token that never leave the package.
const (
	kindHeader Kind = iota + 100 // <...> after #include
	kindParam                    // a macro's parameter in its replacement list; sym is its number
	kindPad                      // remembers white space, see padding
	kindEOF                      // ends a macro argument, a directive or a file
)

// ExpID numbers an [Expansion] of a [Result]. Zero means that the token stands
// in a file as it is.
type ExpID int32

// Token is a preprocessing token. Tokens are plain values.
type Token struct {
	Text  string
	Pos   Pos   // where the text is spelled; for a pasted token its left half, for a stringified one the argument or the macro's name
	Exp   ExpID // the innermost expansion it came through
	sym   uint32
	Kind  Kind
	Space bool // white space stands before it on its line
	BOL   bool // it is the first of its line
	flags uint8
}

// InBody reports whether the token's text stands in a macro definition, or was
// made by the preprocessor, and not at the place where it is used. It is false
// for an argument of a macro that was written out in the file.
func (t *Token) InBody() bool { return t.flags&flagBody != 0 }

// End returns the place just behind the token's text. It is exact for a token
// that is spelled on one line.
func (t *Token) End() Pos {
	if t.Pos == 0 {
		return 0
	}
	return t.Pos + Pos(len(t.Text))
}

const (
	flagBody     uint8 = 1 << iota // see Token.InBody
	flagNoExpand                   // a name that met its own disabled macro
	flagPaste                      // ## follows it in the replacement list
	flagString                     // a parameter with # before it
	flagSource                     // padding that stands for a token, whose Space it has
	flagBad                        // the file has an error about this token
)
