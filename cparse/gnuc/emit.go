// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// source is the name of the text that cc is given.
const source = "unit"

// sentinel ends what cc is given. Where cc's parser has lost its way, some of
// its loops wait for a bracket or a comma and do not notice the end of text.
var sentinel = strings.Repeat("extern int __kapi_end ( int [ 1 ] , ... ) ; ", 40) + "\n"

// text is what cc is given: one item a line, after the prelude's lines.
type text struct {
	buf   []byte
	offs  []uint32 // where each token starts
	src   []int32  // the pp token it stands for
	lines []int32  // item of each line; -1 for the prelude
}

// emit writes what is wanted of the first n items.
func (u *unit) emit(limit int) *text {
	n := 0
	for i, f := range u.form[:limit] {
		if f != left {
			n += len(u.text[i])
		}
	}
	t := &text{buf: make([]byte, 0, 8*n+4096), offs: make([]uint32, 0, n), src: make([]int32, 0, n)}
	size, diff := "unsigned long", "long"
	if u.opts.Bits == 32 {
		size, diff = "unsigned int", "int"
	}
	t.buf = fmt.Appendf(t.buf, prelude, size, diff)
	for _, name := range sorted(u.builtins) {
		t.buf = append(append(t.buf, builtinDecl(name)...), ' ')
	}
	t.buf = append(t.buf, '\n')
	t.lines = append(t.lines, -1, -1)
	for i, f := range u.form[:limit] {
		if f == left {
			continue
		}
		for _, k := range u.text[i] {
			t.offs = append(t.offs, uint32(len(t.buf)))
			t.src = append(t.src, k.src)
			t.buf = append(append(t.buf, k.text...), ' ')
		}
		t.buf[len(t.buf)-1] = '\n'
		t.lines = append(t.lines, int32(i))
	}
	t.buf = append(t.buf, sentinel...)
	t.lines = append(t.lines, -1)
	return t
}

func sorted(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for n := range m {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

// patience is how long cc may take over a unit. It needs a second for the
// largest ones of a kernel, but there is C that it never finishes; see endless
// for the form that kernels have.
const patience = 2 * time.Minute

// translate runs cc over t.
func (u *unit) translate(t *text) (*cc.AST, error) {
	type result struct {
		ast *cc.AST
		err error
	}
	done := make(chan result, 1)
	go func() {
		ast, err := u.runCC(t)
		done <- result{ast, err}
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case r := <-done:
		return r.ast, r.err
	case <-late.C:
		return nil, fmt.Errorf("cc does not finish: given up after %s", patience)
	}
}

func (u *unit) runCC(t *text) (ast *cc.AST, err error) {
	defer func() {
		if e := recover(); e != nil {
			ast, err = nil, fmt.Errorf("cc: %v", e)
		}
	}()
	abi, err := cc.NewABI("linux", u.opts.Arch)
	if err != nil {
		return nil, err
	}
	abi.SignedChar = false
	cfg := &cc.Config{
		ABI: abi, FSOnly: true, UnsignedEnums: true,
		IgnoreNegativeShiftAmounts: true, IgnoreStaticAssert: true,
	}
	return cc.Translate(cfg, []cc.Source{{Name: source, Value: t.buf}})
}

// ccError is one message of cc.
type ccError struct {
	line, col int
	msg       string
}

var position = regexp.MustCompile(`^` + source + `:(\d+):(\d+): `)

// ccErrors takes cc's error apart.
func ccErrors(err error) []ccError {
	var list []ccError
	for _, s := range strings.Split(err.Error(), "\n") {
		e := ccError{msg: trimOrigin(s)}
		if m := position.FindStringSubmatch(e.msg); m != nil {
			e.line, _ = strconv.Atoi(m[1])
			e.col, _ = strconv.Atoi(m[2])
			e.msg = e.msg[len(m[0]):]
		}
		list = append(list, e)
	}
	return list
}

// item returns the item that stands on a line, or -1.
func (t *text) item(line int) int32 {
	if line < 1 || line > len(t.lines) {
		return -1
	}
	return t.lines[line-1]
}

// tokenAt returns the index of the pp token that e is about.
func (t *text) tokenAt(e ccError) int {
	off := 0
	for line := 1; line < e.line; line++ {
		off += bytes.IndexByte(t.buf[off:], '\n') + 1
	}
	return max(0, t.source(off+e.col-1))
}

// source returns the index of the pp token that stands at an offset, or -1.
func (t *text) source(off int) int {
	i := sort.Search(len(t.offs), func(i int) bool { return int(t.offs[i]) > off }) - 1
	if i < 0 {
		return -1
	}
	return int(t.src[i])
}

// Index returns the index in the unit's tokens of the one that a token of the
// syntax tree is, or, for one that gnuc inserted, stands for; -1 for text that
// stands for none.
func (o *Output) Index(t cc.Token) int {
	pos := t.Position()
	if pos.Filename != source {
		return -1
	}
	return o.text.source(pos.Offset)
}

// Token returns the token at [Output.Index], or nil.
func (o *Output) Token(t cc.Token) *pp.Token {
	i := o.Index(t)
	if i < 0 {
		return nil
	}
	return &o.unit.toks[i]
}

// Cleanup returns the function that the cleanup attribute of a variable names,
// given the token of the variable's name, or "".
func (o *Output) Cleanup(name cc.Token) string { return o.unit.cleanups[int32(o.Index(name))] }
