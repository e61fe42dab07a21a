// SPDX-License-Identifier: GPL-2.0-only

// Package lower turns the syntax trees of function definitions and object
// initialisers into the syntax-free form of package cfg.
//
// The model: expressions are lowered to pure trees and whatever has an effect
// becomes an instruction in front of them. Operands that C leaves unsequenced
// are evaluated where the whole expression is used, which is one of the orders
// C permits. Conditions are lowered for control: && || ! ?: and the hints of
// __builtin_expect become branches on the innermost tests, constant tests
// become jumps, a test that the path to it decides is passed by, and what that
// makes unreachable is left out. A conditional expression that is assigned to a
// variable or returned does so in each of its arms. Types are computed
// here from the declared ones, by C's rules for the target; the front end's
// own folding is used only for sizeof, _Alignof and a few builtins.
//
// What is not modelled is unknown, never wrong: floating point, vectors and
// 128-bit integers are OpUnknown; inline assembly, which an earlier phase
// rewrote into uses of __kapi_opaque, is a cfg.Asm or a branch on an OpUnknown;
// a goto to a computed address makes the whole function Unsupported. Bit-fields
// are read and written through the storage unit of their declared type.
// Arithmetic on bit-fields wider than int is done in the declared type, where
// gcc keeps their width. Variables with the cleanup attribute have their
// cleanup called wherever control leaves their scope.
//
// Static variables of a function are globals named "function.variable", with
// ".2" and so on appended where a function has several of the same name.
//
// One builder holds the block under construction, the scopes and the types while
// it walks statements and expressions, which contain each other in GNU C; so this
// is one package.
package lower

import (
	"fmt"
	"strconv"

	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// Source answers questions about the text that a translation unit's syntax
// tree came from. Site is required, the others may be nil. A Source belongs to
// one unit; it caches types and must not be used by two goroutines at once.
type Source struct {
	// Site returns where a token was written: an argument of a macro where
	// the argument is, anything else of a macro where the macro is used.
	Site func(cc.Token) cfg.Site

	// ConstName returns the name of the outermost object-like macro whose
	// expansion is just this token, or "".
	ConstName func(cc.Token) string

	// ConstSpan returns the name of the outermost object-like macro whose
	// expansion is exactly the tokens from first to last, or "".
	ConstSpan func(first, last cc.Token) string

	// MacroCall returns the name of the function-like macro whose expansion
	// is exactly the tokens from first to last.
	MacroCall func(first, last cc.Token) (name string, ok bool)

	// KeepMacros are the names of function-like macros whose uses become
	// calls, in addition to what their expansions do.
	KeepMacros map[string]bool

	// NoReturn reports whether the function of that name never returns.
	NoReturn func(name string) bool

	// IsConst reports whether the object with static storage of that name was
	// declared const, where the tree no longer says so.
	IsConst func(name string) bool

	// Cleanup returns the function that the cleanup attribute of the variable
	// with this name token names, or "", where the tree no longer says so.
	Cleanup func(cc.Token) string

	types map[cc.Type]cfg.Type
	ptrs  map[cc.Type]cfg.Type
	files map[string]string // of static functions and objects, "" for external ones

	tagless map[*cc.Declarator]string // see noteTagless
}

func (s *Source) site(t cc.Token) cfg.Site {
	if s.Site == nil {
		return cfg.Site{}
	}
	return s.Site(t)
}

// Func lowers one function definition. File is the file with the body; when it
// is "" the site of the function's name says. A body that cannot be lowered
// gives a Func with Unsupported set and no blocks.
func Func(src *Source, def *cc.FunctionDefinition, file string) *cfg.Func {
	fn, _ := FuncStatics(src, def, file)
	return fn
}

// FuncStatics is like Func and also returns the objects with static storage
// that the body declares.
func FuncStatics(src *Source, def *cc.FunctionDefinition, file string) (fn *cfg.Func, statics []cfg.Global) {
	fn = &cfg.Func{Name: def.Declarator.Name(), File: file}
	defer func() {
		if r := recover(); r != nil {
			fn.Blocks = nil
			fn.Unsupported = reason(r)
		}
	}()
	fn.At = src.site(def.Declarator.NameTok())
	if fn.File == "" {
		fn.File = fn.At.File
	}
	fn.Static = src.staticFile(def.Declarator) != ""
	fn.Inline = isInline(def)

	b := newBuilder(src, fn)
	b.params(def.Declarator)
	if fn.Unsupported != "" {
		return fn, nil
	}
	b.compound(def.CompoundStatement)
	b.fallOff(def.CompoundStatement.Token2)
	b.finish()
	return fn, b.statics
}

// unsupported is what a builder panics with to give up on a function.
type unsupported string

func reason(r any) string {
	if u, ok := r.(unsupported); ok {
		return string(u)
	}
	return fmt.Sprint("cannot lower: ", r)
}

func isInline(def *cc.FunctionDefinition) bool {
	if def.Declarator.IsInline() {
		return true
	}
	for ds := def.DeclarationSpecifiers; ds != nil; ds = ds.DeclarationSpecifiers {
		if ds.FunctionSpecifier != nil && ds.FunctionSpecifier.Case == cc.FunctionSpecifierInline {
			return true
		}
	}
	return false
}

// staticFile returns the file that defines a function or file-scope object
// with internal linkage, and "" for one with external linkage.
func (s *Source) staticFile(d *cc.Declarator) string {
	return s.staticFileOf(d.Name(), d.LexicalScope(), d)
}

// staticFileOf is staticFile for a name seen in scope, of which d, when not
// nil, is one declaration.
func (s *Source) staticFileOf(name string, scope *cc.Scope, d *cc.Declarator) string {
	if f, ok := s.files[name]; ok {
		return f
	}
	for scope != nil && scope.Parent != nil {
		scope = scope.Parent
	}
	best := d
	static := d != nil && d.IsStatic()
	if scope != nil {
		for _, n := range scope.Nodes[name] {
			x, ok := n.(*cc.Declarator)
			if !ok {
				continue
			}
			static = static || x.IsStatic()
			if best == nil || x.IsFuncDef() || x.HasInitializer() {
				best = x
			}
		}
	}
	file := ""
	if static {
		file = s.site(best.NameTok()).File
	}
	if s.files == nil {
		s.files = map[string]string{}
	}
	s.files[name] = file
	return file
}

// block is a basic block under construction. Its control flow is set by the
// term* methods of builder; a nil kind of term is an open end.
type block struct {
	instrs []cfg.Instr
	kind   cfg.TermKind
	cond   *cfg.Expr
	cases  []cfg.Case
	succs  []*block
	at     cfg.Site
	closed bool

	index int // in the finished function, -1 while not placed
}

// cleanup is one variable whose cleanup runs when control leaves its scope.
// They form a list from the innermost outward.
type cleanup struct {
	outer *cleanup
	depth int
	v     int
	fn    string
	file  string
}

// label is a label of the function or of one statement expression.
type label struct {
	b       *block
	defined bool
	clean   *cleanup
}

// jump is a goto whose label's scope was not known when it was lowered.
type jump struct {
	from  *block
	clean *cleanup
	to    *label
	at    cfg.Site
}

// loop is what break and continue mean.
type loop struct {
	brk, cont           *block
	brkClean, contClean *cleanup
}

// dispatch is the switch being lowered.
type dispatch struct {
	typ   cfg.Type
	cases []cfg.Case
	succs []*block
	def   *block
}

type builder struct {
	src     *Source
	fn      *cfg.Func
	vars    map[*cc.Declarator]int
	names   map[*cc.Declarator]string // of static variables
	used    map[string]int            // names of statics taken
	statics []cfg.Global

	cur    *block
	entry  *block
	loop   loop
	sw     *dispatch
	clean  *cleanup
	labels []map[string]*label // innermost scope last
	jumps  []jump

	depth    int
	static   bool      // initialiser of an object with static storage: no side effects
	literals *literals // how compound literals there are named
}

// literals numbers the compound literals in the initialiser of one object.
type literals struct {
	owner string
	n     int
}

func newBuilder(src *Source, fn *cfg.Func) *builder {
	b := &builder{
		src: src, fn: fn,
		vars:   map[*cc.Declarator]int{},
		names:  map[*cc.Declarator]string{},
		used:   map[string]int{},
		labels: []map[string]*label{{}},
	}
	b.entry = b.newBlock()
	b.cur = b.newBlock()
	b.entry.succs, b.entry.closed = []*block{b.cur}, true
	return b
}

func (b *builder) newBlock() *block { return &block{index: -1} }

// start continues at blk, falling into it from the current block when that is
// still open.
func (b *builder) start(blk *block) {
	b.jumpTo(blk)
	b.cur = blk
}

func (b *builder) emit(i cfg.Instr) {
	if !b.cur.closed {
		b.cur.instrs = append(b.cur.instrs, i)
	}
}

// end closes the current block and opens one that nothing reaches yet.
func (b *builder) end(kind cfg.TermKind, cond *cfg.Expr, at cfg.Site, succs ...*block) {
	if !b.cur.closed {
		b.cur.kind, b.cur.cond, b.cur.at, b.cur.succs, b.cur.closed = kind, cond, at, succs, true
	}
	b.cur = b.newBlock()
}

func (b *builder) jumpTo(blk *block) { b.end(cfg.Jump, nil, cfg.Site{}, blk) }

func (b *builder) branch(cond *cfg.Expr, t, f *block, at cfg.Site) {
	switch {
	case isConst(cond) && cond.Val != 0:
		b.jumpTo(t)
	case isConst(cond):
		b.jumpTo(f)
	default:
		b.end(cfg.Branch, cond, at, t, f)
	}
}

// maxNest bounds how deeply statements and expressions are nested.
const maxNest = 2000

// enter is called where lowering recurses, and leave where that ends.
func (b *builder) enter() {
	if b.depth++; b.depth > maxNest {
		panic(unsupported("nested too deeply"))
	}
}

func (b *builder) leave() { b.depth-- }

// temp makes a compiler temporary.
func (b *builder) temp(t cfg.Type, at cfg.Site) int {
	b.fn.Vars = append(b.fn.Vars, cfg.Var{Type: t, Memory: t.Kind == cfg.Aggregate, At: at})
	return len(b.fn.Vars) - 1
}

// readVar returns the value of a variable.
func (b *builder) readVar(v int, at cfg.Site) *cfg.Expr {
	t := b.fn.Vars[v].Type
	if !b.fn.Vars[v].Memory {
		return &cfg.Expr{Op: cfg.OpVar, Type: t, Var: v, At: at}
	}
	return &cfg.Expr{Op: cfg.OpLoad, Type: t, X: b.addrVar(v, at), At: at}
}

func (b *builder) addrVar(v int, at cfg.Site) *cfg.Expr {
	return &cfg.Expr{Op: cfg.OpAddrVar, Type: ptrType, Var: v, At: at}
}

// varPlace returns the whole of a variable as a place.
func (b *builder) varPlace(v int, at cfg.Site) cfg.Place {
	p := cfg.Place{Var: v, Type: b.fn.Vars[v].Type}
	if b.fn.Vars[v].Memory {
		p.Addr = b.addrVar(v, at)
	}
	return p
}

// keep puts a value in a temporary unless it is a constant, so that later
// instructions do not change it.
func (b *builder) keep(x *cfg.Expr) *cfg.Expr {
	if isConst(x) || !x.Type.IsScalar() && x.Type.Kind != cfg.Float {
		return x
	}
	v := b.temp(x.Type, x.At)
	b.emit(&cfg.Set{Dst: b.varPlace(v, x.At), Src: x, At: x.At})
	return b.readVar(v, x.At)
}

// params makes the first variables from the parameters of the function.
func (b *builder) params(d *cc.Declarator) {
	ft, ok := d.Type().(*cc.FunctionType)
	if !ok {
		panic(unsupported("not of function type"))
	}
	b.fn.Result = b.src.typeOf(ft.Result())
	for l := parameterList(d); l != nil; l = l.ParameterList {
		p := l.ParameterDeclaration
		switch {
		case p.Declarator != nil:
			b.newVar(p.Declarator)
		case p.Type().Kind() != cc.Void:
			t := b.src.typeOf(p.Type())
			b.fn.Vars = append(b.fn.Vars, cfg.Var{Type: t, Memory: t.Kind == cfg.Aggregate, At: b.fn.At})
		}
	}
	b.fn.Params = len(b.fn.Vars)
}

// parameterList returns the parameters of the function that d declares, as
// declared here: those of its type can be from an earlier declaration.
func parameterList(d *cc.Declarator) *cc.ParameterList {
	var list *cc.ParameterTypeList
	for dd := d.DirectDeclarator; dd != nil; {
		switch dd.Case {
		case cc.DirectDeclaratorFuncParam:
			list = dd.ParameterTypeList
		case cc.DirectDeclaratorFuncIdent:
			if dd.IdentifierList != nil {
				panic(unsupported("parameters declared after the parameter list"))
			}
			list = nil
		}
		if dd.Case == cc.DirectDeclaratorDecl {
			dd = dd.Declarator.DirectDeclarator
		} else {
			dd = dd.DirectDeclarator
		}
	}
	if list == nil {
		return nil
	}
	return list.ParameterList
}

func (b *builder) newVar(d *cc.Declarator) int {
	t := b.src.typeOf(d.Type())
	b.fn.Vars = append(b.fn.Vars, cfg.Var{
		Name:   d.Name(),
		Type:   t,
		Memory: t.Kind == cfg.Aggregate || d.AddressTaken(),
		At:     b.src.site(d.NameTok()),
	})
	v := len(b.fn.Vars) - 1
	b.vars[d] = v
	return v
}

// staticName makes the name of a static variable of the function.
func (b *builder) staticName(d *cc.Declarator) string {
	name := d.Name()
	if b.fn.Name != "" {
		name = b.fn.Name + "." + name
	}
	b.used[name]++
	if n := b.used[name]; n > 1 {
		name += "." + strconv.Itoa(n)
	}
	b.names[d] = name
	return name
}

// fallOff ends a body whose end can be reached.
func (b *builder) fallOff(brace cc.Token) {
	at := b.src.site(brace)
	if b.fn.Result.Kind == cfg.Void {
		b.end(cfg.Return, nil, at)
		return
	}
	b.end(cfg.Return, unknown(b.fn.Result, "end of function without a return", at), at)
}
