// SPDX-License-Identifier: GPL-2.0-only

package cfg

import "fmt"

// Validate checks what users of a body may rely on: indices are in range,
// operands have the types that their operators want, terms have the successors
// that their kinds want, block 0 has no predecessors and every block can be
// reached. It returns the first violation found.
func Validate(f *Func) error {
	v := validator{f: f}
	if f.Unsupported != "" {
		if len(f.Blocks) > 0 {
			return v.errorf("unsupported, but with blocks")
		}
		return nil
	}
	if len(f.Blocks) == 0 {
		return v.errorf("no blocks")
	}
	if f.Params < 0 || f.Params > len(f.Vars) {
		return v.errorf("%d parameters of %d variables", f.Params, len(f.Vars))
	}
	for i, x := range f.Vars {
		if x.Type.Kind == Aggregate && !x.Memory || x.Type.Kind == Void || x.Type.Kind == Function {
			return v.errorf("variable %d (%s) of type %s, memory %t", i, x.Name, x.Type.short(), x.Memory)
		}
	}
	for i := range f.Blocks {
		v.block = i
		if err := v.checkBlock(&f.Blocks[i]); err != nil {
			return err
		}
	}
	if len(Order(f)) != len(f.Blocks) {
		return v.errorf("blocks that cannot be reached")
	}
	if len(Preds(f)[0]) > 0 {
		return v.errorf("a way back to block 0")
	}
	return nil
}

type validator struct {
	f     *Func
	block int
}

func (v *validator) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s: block %d: %s", v.f.File, v.f.At.Line, v.f.At.Col, v.f.Name, v.block, fmt.Sprintf(format, args...))
}

func (v *validator) checkBlock(b *Block) error {
	for i, in := range b.Instrs {
		if err := v.checkInstr(in); err != nil {
			return fmt.Errorf("%w (instruction %d)", err, i)
		}
	}
	return v.checkTerm(&b.Term)
}

func (v *validator) checkInstr(in Instr) error {
	switch in := in.(type) {
	case *Set:
		return v.checkSet(in)
	case *Call:
		return v.checkCall(in)
	case *Asm:
		for _, o := range in.Outs {
			if err := v.checkPlace(o); err != nil {
				return err
			}
		}
		return nil
	}
	return v.errorf("instruction of type %T", in)
}

func (v *validator) checkSet(s *Set) error {
	if err := v.checkPlace(s.Dst); err != nil {
		return err
	}
	if s.Src == nil {
		return nil
	}
	if s.Zero {
		return v.errorf("zero with a source")
	}
	if s.Dst.Type.Kind == Aggregate && s.Src.Op != OpLoad {
		return v.errorf("aggregate set from operator %d", s.Src.Op)
	}
	if !alike(s.Dst.Type, s.Src.Type) {
		return v.errorf("%s set from %s", s.Dst.Type.short(), s.Src.Type.short())
	}
	return v.checkExpr(s.Src)
}

func (v *validator) checkCall(c *Call) error {
	if (c.Callee == "") == (c.Ptr == nil) {
		return v.errorf("call of %q and through a pointer %t", c.Callee, c.Ptr != nil)
	}
	if c.Dst != nil {
		if err := v.checkPlace(*c.Dst); err != nil {
			return err
		}
		if !alike(c.Dst.Type, c.Result) {
			return v.errorf("result %s of %s put in %s", c.Result.short(), c.Callee, c.Dst.Type.short())
		}
	}
	if c.Ptr != nil {
		if err := v.checkExpr(c.Ptr); err != nil {
			return err
		}
	}
	for _, a := range c.Args {
		if err := v.checkExpr(a); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) checkPlace(p Place) error {
	if p.Addr != nil {
		if p.Addr.Type.Kind != Pointer {
			return v.errorf("place at an address of type %s", p.Addr.Type.short())
		}
		return v.checkExpr(p.Addr)
	}
	if p.Var < 0 || p.Var >= len(v.f.Vars) {
		return v.errorf("variable %d of %d", p.Var, len(v.f.Vars))
	}
	x := v.f.Vars[p.Var]
	if x.Memory || !alike(x.Type, p.Type) {
		return v.errorf("variable %q of type %s, memory %t, written as %s", x.Name, x.Type.short(), x.Memory, p.Type.short())
	}
	return nil
}

func (v *validator) checkTerm(t *Term) error {
	want := map[TermKind]int{Jump: 1, Branch: 2, Switch: len(t.Cases) + 1, Return: 0, Unreachable: 0}
	n, ok := want[t.Kind]
	if !ok || len(t.Succs) != n {
		return v.errorf("term of kind %d with %d ways out", t.Kind, len(t.Succs))
	}
	for _, s := range t.Succs {
		if s < 0 || s >= len(v.f.Blocks) {
			return v.errorf("way to block %d of %d", s, len(v.f.Blocks))
		}
	}
	if t.Kind != Switch && len(t.Cases) > 0 {
		return v.errorf("cases without a switch")
	}
	switch t.Kind {
	case Branch:
		if t.Cond == nil || !t.Cond.Type.IsScalar() || t.Cond.Op == OpConst {
			return v.errorf("condition that is no test")
		}
	case Switch:
		if t.Cond == nil || t.Cond.Type.Kind != Int {
			return v.errorf("switch on no integer")
		}
	case Return:
		if (t.Cond == nil) != (v.f.Result.Kind == Void) {
			return v.errorf("return with or without a value against the type")
		}
		if t.Cond != nil && !alike(t.Cond.Type, v.f.Result) {
			return v.errorf("return of %s as %s", t.Cond.Type.short(), v.f.Result.short())
		}
	default:
		if t.Cond != nil {
			return v.errorf("condition without a test")
		}
	}
	if t.Cond != nil {
		return v.checkExpr(t.Cond)
	}
	return nil
}

// alike reports whether a value of one type is a value of the other.
func alike(a, b Type) bool {
	if a.Kind != b.Kind {
		return false
	}
	return a.Kind != Int || a.Size == b.Size && a.Signed == b.Signed
}

func (v *validator) checkExpr(x *Expr) error {
	for _, y := range []*Expr{x.X, x.Y} {
		if y == nil {
			continue
		}
		if err := v.checkExpr(y); err != nil {
			return err
		}
	}
	if why := v.wrong(x); why != "" {
		return v.errorf("operator %d: %s", x.Op, why)
	}
	return nil
}

// wrong says what is wrong with x itself, or returns "".
func (v *validator) wrong(x *Expr) string {
	if n := operands(x.Op); (x.X != nil) != (n >= 1) || (x.Y != nil) != (n == 2) {
		return "wrong number of operands"
	}
	switch x.Op {
	case OpInvalid:
		return "no operator"
	case OpConst:
		if !x.Type.IsScalar() || x.Val != extend(x.Val, x.Type) {
			return fmt.Sprintf("constant %d of type %s", x.Val, x.Type.short())
		}
	case OpVar, OpAddrVar:
		if x.Var < 0 || x.Var >= len(v.f.Vars) {
			return "no such variable"
		}
		y := v.f.Vars[x.Var]
		if y.Memory != (x.Op == OpAddrVar) || x.Op == OpVar && !alike(x.Type, y.Type) {
			return fmt.Sprintf("variable %s of type %s, memory %t, as %s", y.Name, y.Type.short(), y.Memory, x.Type.short())
		}
	case OpLoad, OpOffset:
		return wantPointer(x.X)
	case OpIndex:
		if x.Y.Type.Kind != Int || x.Y.Type.Size != 8 {
			return "index of type " + x.Y.Type.short()
		}
		return wantPointer(x.X)
	case OpAddrGlobal, OpAddrFunc, OpStr:
		if x.Type.Kind != Pointer {
			return "address of type " + x.Type.short()
		}
	case OpCast:
		if !x.Type.IsScalar() || !x.X.Type.IsScalar() || x.Type.Size > 8 || x.X.Type.Size > 8 {
			return fmt.Sprintf("cast of %s to %s", x.X.Type.short(), x.Type.short())
		}
	case OpUnknown:
	case OpNeg, OpCompl, OpNot:
		if !x.X.Type.IsScalar() || x.X.Type.Size > 8 {
			return "operand of type " + x.X.Type.short()
		}
		if x.Op != OpNot && !alike(x.Type, x.X.Type) {
			return "result of another type than the operand"
		}
	default:
		return wrongBinary(x)
	}
	return ""
}

func wantPointer(x *Expr) string {
	if x.Type.Kind != Pointer {
		return "operand of type " + x.Type.short()
	}
	return ""
}

func wrongBinary(x *Expr) string {
	a, b := x.X.Type, x.Y.Type
	if !a.IsScalar() || !b.IsScalar() || a.Size > 8 || b.Size > 8 {
		return fmt.Sprintf("operands of type %s and %s", a.short(), b.short())
	}
	shift := x.Op == OpShl || x.Op == OpShr
	if !shift && !alike(a, b) {
		return fmt.Sprintf("operands of type %s and %s", a.short(), b.short())
	}
	switch x.Op {
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe:
		if x.Type.Kind != Int {
			return "comparison of type " + x.Type.short()
		}
		return ""
	}
	if a.Kind != Int || a.Size < 4 || !alike(x.Type, a) {
		return fmt.Sprintf("arithmetic on %s gives %s", a.short(), x.Type.short())
	}
	return ""
}

// operands returns how many operands an operator has, or -1.
func operands(op Op) int {
	switch op {
	case OpConst, OpVar, OpAddrVar, OpAddrGlobal, OpAddrFunc, OpStr, OpUnknown:
		return 0
	case OpLoad, OpOffset, OpNeg, OpCompl, OpNot, OpCast:
		return 1
	case OpInvalid:
		return -1
	}
	return 2
}

// extend returns v as a constant of type t has it.
func extend(v int64, t Type) int64 {
	bits := t.Bits()
	switch {
	case t.Kind == Bool:
		return min(v&0xff, 1)
	case bits == 0 || bits >= 64:
		return v
	case t.Signed:
		return v << (64 - bits) >> (64 - bits)
	}
	return int64(uint64(v) << (64 - bits) >> (64 - bits))
}
