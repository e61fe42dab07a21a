// SPDX-License-Identifier: GPL-2.0-only

// Package specsignature compares the parameters of a contract with those of
// its function, and finds contracts without a function and functions with
// two.
package specsignature

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/lint"
	"kapilint/checks/engine/report"
	"kapilint/checks/knowledge/spec"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/specmodel"
)

// New returns the check over the contracts that specs collects.
func New(specs *lint.Analyzer) *lint.Analyzer {
	return &lint.Analyzer{
		Analyzer: &analysis.Analyzer{
			Name:     "specsignature",
			Doc:      "report contracts that do not fit the declaration of their function",
			Requires: []*analysis.Analyzer{cparse.Analyzer, specs.Analyzer},
			Run: func(pass *analysis.Pass) (any, error) {
				u, res := cparse.Of(pass), spec.Of(pass, specs)
				c := &checker{u: u}
				for _, d := range res.Declared {
					c.declared(d)
				}
				for _, a := range res.Orphans {
					c.orphan(a, res)
				}
				specproblem.Report(pass, specproblem.Of(u, res, specmodel.AreaSignature, false))
				specproblem.Report(pass, c.problems)
				for _, a := range res.Twice {
					twice(pass, a, res)
				}
				return nil, nil
			},
		},
		About: doc,
	}
}

// twice reports a second contract for a function, with the first as evidence.
func twice(pass *analysis.Pass, a *specmodel.API, res *spec.Result) {
	opts := []lint.Opt{lint.WithSymbol(a.Name), lint.WithKey("two-contracts")}
	for _, d := range res.Declared {
		if d.API.Name == a.Name {
			opts = append(opts, lint.WithNote(specproblem.Site(d.API.Pos), "the contract that counts is here"))
		}
	}
	lint.Report(pass, lint.At(specproblem.Site(a.Pos)), fmt.Sprintf("%s has two contracts; remove this one or the other", a.Name), opts...)
}

// A checker compares the contracts of a unit with its functions.
type checker struct {
	u        *cparse.Unit
	problems []specmodel.Problem
}

func (c *checker) problem(a *specmodel.API, pos specmodel.Pos, id string, format string, args ...any) *specmodel.Problem {
	switch {
	case a.Container.IsValid():
		pos = a.Container
	case !pos.IsValid():
		pos = a.Pos
	}
	c.problems = append(c.problems, specmodel.Problem{Pos: pos, ID: id, Symbol: a.Name, Message: fmt.Sprintf(format, args...), Severity: specmodel.Odd})
	return &c.problems[len(c.problems)-1]
}

// A param is a parameter of the function: as written, where that is known,
// and its type.
type param struct {
	name, text string
	typ        cfg.Type
}

// params returns the parameters of the function of a contract.
func (c *checker) params(d spec.Declared) []param {
	var list []param
	body := c.u.Body(d.Point.Func)
	if body == nil {
		return nil
	}
	for _, v := range body.Vars[:body.Params] {
		list = append(list, param{name: v.Name, typ: v.Type})
	}
	written := map[string]string{}
	for _, p := range d.Point.Params {
		written[p.Name] = p.Type
	}
	if proto := d.API.Prototype; proto != nil {
		for _, p := range proto.Params {
			written[p.Name] = p.Type
		}
	}
	for i := range list {
		list[i].text = written[list[i].name]
	}
	return list
}

func (c *checker) declared(d spec.Declared) {
	a, proto := d.API, c.params(d)
	if a.Prototype == nil && a.Origin != specmodel.FromKernelDoc {
		c.names(a, proto)
	}
	for i := range a.Params {
		for _, p := range proto {
			if p.name == a.Params[i].Name {
				c.param(a, &a.Params[i], p)
			}
		}
	}
}

// names compares names, number and order.
func (c *checker) names(a *specmodel.API, proto []param) {
	if len(a.Params) == 0 && a.Origin != specmodel.FromMacro {
		return // such a source may leave them out
	}
	place := map[string]int{}
	for i, p := range proto {
		place[p.name] = i
	}
	described := map[string]bool{}
	for _, p := range a.Params {
		described[p.Name] = true
	}
	replaced := map[string]bool{}
	for i := range a.Params {
		p := &a.Params[i]
		at, ok := place[p.Name]
		switch {
		case ok && at != p.Index:
			c.problem(a, p.Pos, "param-order", "parameter %s has index %d in the contract; write %d, which it is in the function", p.Name, p.Index, at).Fix =
				c.edit(p.Pos, indexed, fmt.Sprint(at))
		case ok:
		case p.Index < len(proto) && !described[proto[p.Index].name]:
			want := proto[p.Index].name
			replaced[want] = true
			c.problem(a, p.Pos, "param-name", "parameter %d of the function is not %s; write %s", p.Index, p.Name, want).Fix =
				c.edit(p.Pos, regexp.MustCompile(`"(`+regexp.QuoteMeta(p.Name)+`)"`), want)
		default:
			c.problem(a, p.Pos, "param-name", "the function has no parameter %s; remove it", p.Name)
		}
	}
	for i, p := range proto {
		if !described[p.name] && !replaced[p.name] && p.name != "" {
			c.problem(a, a.Pos, "param-missing", "the contract does not describe parameter %s; add it with index %d", p.name, i)
		}
	}
}

// indexed finds the index at the start of an element.
var indexed = regexp.MustCompile(`^(?:\w+\s*\(|\.\w+\s*\[)\s*(\d+)\s*[,\]]`)

// edit writes over the group of a pattern in a range of the source.
func (c *checker) edit(pos specmodel.Pos, pattern *regexp.Regexp, text string) *specmodel.Fix {
	src, err := c.u.ReadFile(pos.File)
	if err != nil || pos.Offset >= pos.EndOffset || pos.EndOffset > len(src) {
		return nil
	}
	found := pattern.FindAllSubmatchIndex(src[pos.Offset:pos.EndOffset], 2)
	if len(found) != 1 {
		return nil
	}
	pos.Offset, pos.EndOffset = pos.Offset+found[0][2], pos.Offset+found[0][3]
	return specmodel.Change(pos, string(src[pos.Offset:pos.EndOffset]), text)
}

// integers and pointers are the classes of parameter that stand for them.
var (
	integers = map[specmodel.ParamType]bool{specmodel.TypeInt: true, specmodel.TypeUint: true, specmodel.TypeFD: true, specmodel.TypeEnum: true}
	pointers = map[specmodel.ParamType]bool{specmodel.TypePtr: true, specmodel.TypeFuncPtr: true, specmodel.TypeArray: true,
		specmodel.TypeUserPtr: true, specmodel.TypePath: true}
)

// param compares what a contract says of one parameter with its type.
func (c *checker) param(a *specmodel.API, p *specmodel.Param, f param) {
	user := strings.Contains(f.text, "__user")
	says := func(format string, args ...any) {
		c.problem(a, p.Pos, "param-type", "parameter %s %s", p.Name, fmt.Sprintf(format, args...))
	}
	pointer := "ptr"
	if user {
		pointer = "user_ptr"
	}
	integer := "uint"
	if f.typ.Signed {
		integer = "int"
	}
	scalar := f.typ.Kind == cfg.Int || f.typ.Kind == cfg.Bool
	switch {
	case integers[p.Type] && f.typ.Kind == cfg.Pointer:
		says("is a pointer in the function; write the type %s instead of %s", pointer, p.Type)
		return
	case pointers[p.Type] && scalar && f.typ.Size < 8:
		says("is an integer in the function; write the type %s instead of %s", integer, p.Type)
		return
	case (p.Type == specmodel.TypeInt || p.Type == specmodel.TypeUint) && f.typ.Kind == cfg.Int && string(p.Type) != integer:
		says("is %s in the function; write the type %s instead of %s", spelt(f), integer, p.Type)
	case p.TypeName != "" && a.Prototype == nil && !c.sameType(p.TypeName, f):
		says("is %s in the function; write that instead of %s", spelt(f), p.TypeName)
		return
	}
	c.userPointer(a, p, f, user)
}

// userPointer compares whether both say that the parameter points to user
// memory. An address that is passed as an integer may be called either.
func (c *checker) userPointer(a *specmodel.API, p *specmodel.Param, f param, user bool) {
	if f.text == "" || f.typ.Kind != cfg.Pointer || p.Type == "" && p.Flags == 0 {
		return
	}
	said := p.Flags&specmodel.FlagUser != 0 || p.Type == specmodel.TypeUserPtr || p.Type == specmodel.TypePath
	switch {
	case user && !said:
		c.problem(a, p.Pos, "param-user", "parameter %s points to user memory; write the type user_ptr, or path", p.Name)
	case !user && said:
		c.problem(a, p.Pos, "param-user", "parameter %s does not point to user memory; write the type ptr", p.Name)
	}
}

func spelt(f param) string {
	if f.text != "" {
		return f.text
	}
	return f.typ.Name
}

// sameType compares the type that a contract writes with that of the function:
// integers by size and sign, other types by their words.
func (c *checker) sameType(written string, f param) bool {
	if f.text == "" || words(written) == words(f.text) {
		return true
	}
	if f.typ.Kind != cfg.Int {
		return false
	}
	size, err := c.u.Eval("sizeof(" + written + ")")
	if err != nil {
		return false
	}
	negative, err := c.u.Eval("(" + written + ")-1 < 0")
	return err == nil && int64(size.Bits) == f.typ.Size && (negative.Bits != 0) == f.typ.Signed
}

// words is a type without blanks and qualifiers.
func words(text string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, "*", " * ")) {
		if word != "const" && word != "volatile" {
			b.WriteString(word + " ")
		}
	}
	return b.String()
}

// orphan reports a macro contract whose function is not in the text of the
// unit. For a comment, the reader says what follows it.
func (c *checker) orphan(a *specmodel.API, res *spec.Result) {
	if a.Origin != specmodel.FromMacro || a.Prototype != nil || a.Kind != specmodel.Function && a.Kind != specmodel.Syscall {
		return
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(a.Name, "compat_"), "sys_")
	defined := regexp.MustCompile(`(?:SYSCALL_DEFINE\d\s*\(\s*` + regexp.QuoteMeta(bare) + `|[^\w(]` + regexp.QuoteMeta(a.Name) + `\s*\()`)
	for _, name := range c.u.MainFiles() {
		if text, err := c.u.ReadFile(name); err == nil && defined.Match(bytes.ReplaceAll(text, []byte("\n"), []byte(" "))) {
			return // left out by the configuration
		}
	}
	want, only := specmodel.Nearest(a.Name, func(yield func(string) bool) {
		for _, p := range res.Missing {
			if !yield(p.Name) {
				return
			}
		}
	})
	if want == "" {
		c.problem(a, a.Pos, "no-function", "this file has no function %s; move the contract to the one that has it, or correct the name", a.Name)
		return
	}
	p := c.problem(a, a.Pos, "no-function", "this file has no function %s; write %s", a.Name, want)
	if only {
		p.Fix = c.edit(a.Pos, regexp.MustCompile(`^\w+\s*\(\s*(`+regexp.QuoteMeta(a.Name)+`)\b`), want)
	}
}

var doc = lint.Doc{
	Title:    "Contracts that do not fit their function",
	Severity: report.Warning,
	Since:    "0.1",
	Text: `A contract repeats what the declaration of its function says: how many
parameters there are, how they are called, in which order, of which type, and
which of them point to user memory. Where the two differ the contract is wrong,
and the kernel's run-time checks then look at the wrong argument or refuse
every call.

The declaration is taken as the compiler sees it. Types are compared by what
they are: size_t and unsigned long are the same, int and unsigned int are not.
An address that is passed as an integer may be called an integer or a pointer.

Also reported are a contract for which its file has no function, a comment
whose name is not that of the function after it, and a second contract for
one function.`,
	Before: `	KAPI_PARAM(0, "buf", "char __user *", "Where to put the answer")
		KAPI_PARAM_TYPE(KAPI_TYPE_INT)
	KAPI_PARAM_END
	KAPI_PARAM(1, "fd", "int", "Which file")
	...
SYSCALL_DEFINE2(demo, int, fd, char __user *, buf)`,
	After: `	KAPI_PARAM(0, "fd", "int", "Which file")
	...
	KAPI_PARAM(1, "buf", "char __user *", "Where to put the answer")
		KAPI_PARAM_TYPE(KAPI_TYPE_USER_PTR)
	KAPI_PARAM_END
SYSCALL_DEFINE2(demo, int, fd, char __user *, buf)`,
	Limits: `A function that the configuration leaves out is not compared. Whether a
parameter of a function other than a system call points to user memory is only
known where the contract is a comment before it.`,
}
