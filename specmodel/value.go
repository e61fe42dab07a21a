// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Value is a C integer of up to 64 bits: the bits in two's complement, and
// whether they are to be read as unsigned.
type Value struct {
	Bits     uint64
	Unsigned bool
}

// Int returns a signed value.
func Int(v int64) Value { return Value{Bits: uint64(v)} }

// Uint returns an unsigned value.
func Uint(v uint64) Value { return Value{Bits: v, Unsigned: true} }

// Negative reports whether the value is below zero.
func (v Value) Negative() bool { return !v.Unsigned && int64(v.Bits) < 0 }

// Int64 returns the value as a signed number; ok is false if it does not fit.
func (v Value) Int64() (n int64, ok bool) {
	return int64(v.Bits), !v.Unsigned || int64(v.Bits) >= 0
}

// Cmp compares two values as mathematical integers: -1 is below any unsigned value.
func (v Value) Cmp(w Value) int {
	switch {
	case v.Negative() && w.Negative():
		return cmp.Compare(int64(v.Bits), int64(w.Bits))
	case v.Negative():
		return -1
	case w.Negative():
		return 1
	default:
		return cmp.Compare(v.Bits, w.Bits)
	}
}

// String returns the value in decimal.
func (v Value) String() string {
	if v.Negative() {
		return strconv.FormatInt(int64(v.Bits), 10)
	}
	return strconv.FormatUint(v.Bits, 10)
}

// Hex returns the bits as 0x and hexadecimal digits.
func (v Value) Hex() string { return fmt.Sprintf("0x%x", v.Bits) }

// Expr is a number as written, and its value once somebody computed it.
// Known tells that Val is meaningful; a literal and a name alike are unknown
// until [API.Resolve] or the maker of the contract sets the value.
// An Expr with empty Text was not stated.
type Expr struct {
	Text  string
	Pos   Pos
	Known bool
	Val   Value
}

// Lit returns the expression that is the number itself.
func Lit(v Value) Expr { return Expr{Text: v.String(), Known: true, Val: v} }

// HexLit returns the expression that is the number itself, in hexadecimal.
func HexLit(v Value) Expr { return Expr{Text: v.Hex(), Known: true, Val: v} }

// Named returns an expression that is written as text and has the value v.
func Named(text string, v Value) Expr { return Expr{Text: text, Known: true, Val: v} }

// Text returns an expression that is not evaluated yet.
func Text(text string, pos Pos) Expr { return Expr{Text: text, Pos: pos} }

// IsSet reports whether the expression was stated.
func (e Expr) IsSet() bool { return e.Text != "" }

// Int64 returns the value as a signed number if it is known and fits.
func (e Expr) Int64() (int64, bool) {
	n, ok := e.Val.Int64()
	return n, ok && e.Known
}

// String returns the text with its value where that says more:
// "EP_MAX_EVENTS (178956970)".
func (e Expr) String() string {
	if !e.Known || isLiteral(e.Text) {
		return e.Text
	}
	return e.Text + " (" + e.Val.String() + ")"
}

// isLiteral reports whether text is a plain number, with or without a sign.
func isLiteral(text string) bool {
	t := strings.TrimPrefix(strings.TrimSpace(text), "-")
	return t != "" && t[0] >= '0' && t[0] <= '9' && !strings.ContainsAny(t, " |&^~<>+-*/%()?:")
}
