// SPDX-License-Identifier: GPL-2.0-only

package cfg

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the body as text, for tests and for people: one line for each
// instruction, constants with the names the source gave them, without sites.
// Equal bodies have equal texts.
func (f *Func) String() string { return f.Text(false) }

// Text is like String and with sites puts where each line comes from after it.
func (f *Func) Text(sites bool) string {
	p := printer{f: f, sites: sites, names: varNames(f)}
	p.header()
	for i := range f.Blocks {
		p.block(i)
	}
	p.b.WriteString("}\n")
	return p.b.String()
}

type printer struct {
	b     strings.Builder
	f     *Func
	sites bool
	names []string
}

// varNames makes a distinct name for each variable.
func varNames(f *Func) []string {
	count := map[string]int{}
	for _, v := range f.Vars {
		count[v.Name]++
	}
	names := make([]string, len(f.Vars))
	for i, v := range f.Vars {
		switch {
		case v.Name == "":
			names[i] = fmt.Sprintf("t%d", i)
		case count[v.Name] > 1:
			names[i] = fmt.Sprintf("%s.%d", v.Name, i)
		default:
			names[i] = v.Name
		}
	}
	return names
}

func (p *printer) header() {
	f := p.f
	p.b.WriteString("func ")
	if f.Static {
		p.b.WriteString("static ")
	}
	if f.Inline {
		p.b.WriteString("inline ")
	}
	p.b.WriteString(f.Name)
	p.b.WriteString("(")
	for i := range min(f.Params, len(f.Vars)) {
		if i > 0 {
			p.b.WriteString(", ")
		}
		fmt.Fprintf(&p.b, "%s %s", p.names[i], f.Vars[i].Type.short())
	}
	fmt.Fprintf(&p.b, ") %s {", f.Result.short())
	p.site(f.At)
	if f.Unsupported != "" {
		fmt.Fprintf(&p.b, "\tunsupported: %s\n", f.Unsupported)
	}
	for i, v := range f.Vars {
		if i < f.Params && !v.Memory {
			continue
		}
		kind := "var"
		if v.Memory {
			kind = "mem"
		}
		fmt.Fprintf(&p.b, "\t%s %s %s", kind, p.names[i], v.Type.short())
		p.site(v.At)
	}
}

// site ends a line.
func (p *printer) site(s Site) {
	if p.sites && s.IsValid() {
		fmt.Fprintf(&p.b, "\t@ %s:%d:%d", s.File, s.Line, s.Col)
	}
	p.b.WriteByte('\n')
}

func (p *printer) block(i int) {
	b := &p.f.Blocks[i]
	fmt.Fprintf(&p.b, "b%d:\n", i)
	for _, in := range b.Instrs {
		p.b.WriteByte('\t')
		p.instr(in)
	}
	p.b.WriteByte('\t')
	p.term(&b.Term)
}

func (p *printer) instr(in Instr) {
	switch in := in.(type) {
	case *Set:
		p.place(in.Dst)
		switch {
		case in.Zero:
			p.b.WriteString(" = zero")
		case in.Src == nil:
			p.b.WriteString(" = ?")
		default:
			p.b.WriteString(" = ")
			p.expr(in.Src)
		}
		p.site(in.At)
	case *Call:
		p.call(in)
		p.site(in.At)
	case *Asm:
		for i, o := range in.Outs {
			if i > 0 {
				p.b.WriteString(", ")
			}
			p.place(o)
		}
		if len(in.Outs) > 0 {
			p.b.WriteString(" = ")
		}
		p.b.WriteString("asm")
		p.site(in.At)
	}
}

func (p *printer) call(c *Call) {
	if c.Dst != nil {
		p.place(*c.Dst)
		p.b.WriteString(" = ")
	}
	switch {
	case c.Macro:
		p.b.WriteString("macro " + c.Callee)
	case c.Ptr != nil:
		p.b.WriteString("call *")
		p.expr(c.Ptr)
	default:
		p.b.WriteString("call " + c.Callee)
	}
	p.b.WriteByte('(')
	for i, a := range c.Args {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.expr(a)
	}
	p.b.WriteByte(')')
	if c.Member != "" {
		p.b.WriteString(" member " + c.Member)
	}
}

func (p *printer) place(l Place) {
	if l.Addr == nil {
		p.b.WriteString(p.name(l.Var))
		return
	}
	fmt.Fprintf(&p.b, "%s[", l.Type.short())
	p.expr(l.Addr)
	p.b.WriteByte(']')
}

func (p *printer) name(v int) string {
	if v < 0 || v >= len(p.names) {
		return fmt.Sprintf("t%d!", v)
	}
	return p.names[v]
}

func (p *printer) term(t *Term) {
	switch t.Kind {
	case Jump:
		p.b.WriteString("jump")
	case Branch:
		p.b.WriteString("branch ")
		p.expr(t.Cond)
		p.b.WriteString(" ?")
	case Switch:
		p.b.WriteString("switch ")
		p.expr(t.Cond)
	case Return:
		p.b.WriteString("return")
		if t.Cond != nil {
			p.b.WriteByte(' ')
			p.expr(t.Cond)
		}
	case Unreachable:
		p.b.WriteString("unreachable")
	}
	for i, s := range t.Succs {
		if t.Kind == Switch {
			p.caseLabel(t, i)
		}
		fmt.Fprintf(&p.b, " b%d", s)
	}
	p.site(t.At)
}

func (p *printer) caseLabel(t *Term, i int) {
	if i >= len(t.Cases) {
		p.b.WriteString(" default:")
		return
	}
	c := t.Cases[i]
	switch {
	case c.Lo != c.Hi:
		fmt.Fprintf(&p.b, " %d...%d:", c.Lo, c.Hi)
	case c.Name != "":
		fmt.Fprintf(&p.b, " %s=%d:", c.Name, c.Lo)
	default:
		fmt.Fprintf(&p.b, " %d:", c.Lo)
	}
}

var opText = map[Op]string{
	OpNeg: "-", OpCompl: "~", OpNot: "!",
	OpAdd: "+", OpSub: "-", OpMul: "*", OpDiv: "/", OpRem: "%",
	OpAnd: "&", OpOr: "|", OpXor: "^", OpShl: "<<", OpShr: ">>",
	OpEq: "==", OpNe: "!=", OpLt: "<", OpLe: "<=", OpGt: ">", OpGe: ">=",
}

func (p *printer) expr(x *Expr) {
	if x == nil {
		p.b.WriteString("nil")
		return
	}
	switch x.Op {
	case OpConst:
		p.constant(x)
	case OpVar:
		p.b.WriteString(p.name(x.Var))
	case OpLoad:
		fmt.Fprintf(&p.b, "%s[", x.Type.short())
		p.expr(x.X)
		p.b.WriteByte(']')
	case OpAddrVar:
		p.b.WriteString("&" + p.name(x.Var))
	case OpAddrGlobal:
		p.b.WriteString("&@" + x.Name)
	case OpAddrFunc:
		p.b.WriteString("&" + x.Name + "()")
	case OpStr:
		p.b.WriteString(strconv.Quote(x.Name))
	case OpOffset:
		p.b.WriteByte('(')
		p.expr(x.X)
		fmt.Fprintf(&p.b, " +%d", x.Val)
		if x.Name != "" {
			p.b.WriteString(":" + x.Name)
		}
		p.b.WriteByte(')')
	case OpIndex:
		p.b.WriteByte('(')
		p.expr(x.X)
		p.b.WriteString(" + ")
		p.expr(x.Y)
		fmt.Fprintf(&p.b, "*%d)", x.Val)
	case OpNeg, OpCompl, OpNot:
		p.b.WriteString(opText[x.Op])
		p.expr(x.X)
	case OpCast:
		fmt.Fprintf(&p.b, "%s(", x.Type.short())
		p.expr(x.X)
		p.b.WriteByte(')')
	case OpUnknown:
		fmt.Fprintf(&p.b, "unknown %s<%s>", x.Type.short(), x.Name)
	default:
		p.binary(x)
	}
}

func (p *printer) binary(x *Expr) {
	op := opText[x.Op]
	if op == "" {
		op = fmt.Sprintf("op%d", x.Op)
	}
	p.b.WriteByte('(')
	p.expr(x.X)
	p.b.WriteString(" " + op)
	switch x.Op {
	case OpLt, OpLe, OpGt, OpGe, OpShr, OpDiv, OpRem:
		if x.X != nil && !x.X.Type.Signed {
			p.b.WriteByte('u')
		}
	}
	p.b.WriteByte(' ')
	p.expr(x.Y)
	p.b.WriteByte(')')
}

func (p *printer) constant(x *Expr) {
	if x.Name != "" {
		if strings.ContainsAny(x.Name, " ") {
			fmt.Fprintf(&p.b, "{%s}=", x.Name)
		} else {
			p.b.WriteString(x.Name + "=")
		}
	}
	if x.Type.Signed || x.Type.Kind != Int {
		p.b.WriteString(strconv.FormatInt(x.Val, 10))
		return
	}
	p.b.WriteString(strconv.FormatUint(uint64(x.Val), 10) + "u")
}

// short names a type by what evaluation needs of it.
func (t Type) short() string {
	switch t.Kind {
	case Void:
		return "void"
	case Bool:
		return "bool"
	case Pointer:
		return "ptr"
	case Int:
		if t.Signed {
			return fmt.Sprintf("i%d", t.Bits())
		}
		return fmt.Sprintf("u%d", t.Bits())
	case Float:
		return fmt.Sprintf("f%d", t.Size*8)
	case Function:
		return "func"
	}
	return fmt.Sprintf("agg%d", t.Size)
}
