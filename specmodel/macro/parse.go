// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// ReadFile returns the contracts that one file holds as macros, in source
// order, and what is wrong with how they are written. name is used in
// positions. Values are kept as text, see [specmodel.API.Resolve].
func ReadFile(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
	if !bytes.Contains(src, []byte("KAPI_")) && !bytes.Contains(src, []byte("API_SPEC")) && !bytes.Contains(src, []byte("kapi_ioctl_spec")) &&
		!bytes.Contains(src, []byte("kapi_enable_validation")) && !bytes.Contains(src, []byte("kapi_set_validation_level")) {
		return nil, nil
	}
	p := &parser{src: src, lines: ctext.NewLines(name, src)}
	s := ctext.Scanner{Src: src}
	for t := s.Next(); t.Kind != ctext.EOF; t = s.Next() {
		if t.Kind != ctext.Comment {
			p.toks = append(p.toks, t)
		}
	}
	p.end = len(p.toks)
	for p.at < p.end {
		p.file()
	}
	return p.apis, p.problems
}

// A parser reads the tokens of one file.
type parser struct {
	src      []byte
	lines    *ctext.Lines
	toks     []ctext.Token
	at, end  int
	apis     []*specmodel.API
	problems []specmodel.Problem
	arrays   map[string]val // initialisers of the file's arrays, by name; filled on first use

	// of the contract that is read
	api         *specmodel.API
	used        map[string]map[int]int // list name to index to place in the list
	ends        bool                   // a KAPI_..._END macro was seen
	sizeIndex   []rawIndex             // size_param_idx designators, settled at the end
	conditional bool
	broken      bool // a block of it is not closed
	lastError   int  // index of the token after the last error
}

// A rawIndex is a size_param_idx that was written as a designator.
type rawIndex struct {
	param int // place in the list
	expr  specmodel.Expr
}

// A val is the argument of a macro or the value of a designator: its tokens,
// or a text where the macro itself fixes the value.
type val struct {
	toks  []ctext.Token
	fixed string
	pos   specmodel.Pos // of the macro that fixes the value
}

func (p *parser) tok(i int) string {
	if i < 0 || i >= p.end {
		return ""
	}
	return string(p.src[p.toks[i].Off:p.toks[i].End])
}

func (p *parser) kind(i int) ctext.Kind {
	if i >= p.end {
		return ctext.EOF
	}
	return p.toks[i].Kind
}

func (p *parser) pos(i int) specmodel.Pos {
	if i >= p.end {
		i = p.end - 1
	}
	if i < 0 {
		return p.lines.Pos(0, 0)
	}
	return p.lines.Pos(p.toks[i].Off, p.toks[i].End)
}

// span is the range of the tokens from first to before end.
func (p *parser) span(first, end int) specmodel.Pos {
	pos := p.pos(first)
	if end > first && end <= len(p.toks) {
		pos.EndOffset = p.toks[end-1].End
	}
	return pos
}

// problem adds a problem and returns it, so that a fix can be added.
func (p *parser) problem(pos specmodel.Pos, id string, severity specmodel.Severity, format string, args ...any) *specmodel.Problem {
	if !pos.IsValid() {
		pos = p.pos(p.at - 1) // an empty value has no place of its own
	}
	pr := specmodel.Problem{Pos: pos, ID: id, Severity: severity, Message: fmt.Sprintf(format, args...)}
	if p.api != nil {
		pr.Symbol = p.api.Name
	}
	p.problems = append(p.problems, pr)
	return &p.problems[len(p.problems)-1]
}

// change is the fix that writes text over the bytes of pos.
func (p *parser) change(pos specmodel.Pos, text string) *specmodel.Fix {
	if pos.EndOffset <= pos.Offset {
		return nil
	}
	return specmodel.Change(pos, string(p.src[pos.Offset:pos.EndOffset]), text)
}

func (p *parser) keep(where, key, raw string, pos specmodel.Pos) {
	p.api.Unknown = append(p.api.Unknown, specmodel.Unknown{Pos: pos, Where: where, Key: key, Raw: raw})
}

// file reads one token at file scope, or a whole contract.
func (p *parser) file() {
	start := p.at
	if p.kind(start) != ctext.Ident {
		p.at++
		return
	}
	name := p.tok(start)
	p.at++
	switch {
	case name == "kapi_ioctl_spec" || name == "kernel_api_spec":
		p.rawSpec(start)
	case p.tok(p.at) != "(":
	case neverWritten[name]:
		p.problem(p.pos(start), "doc-dialect", specmodel.Bad, "%s exists only in old documentation and was never written; remove it", name)
	case name == "KAPI_DEFINE_SPEC" || name == "KAPI_DEFINE_SYSCALL_SPEC":
		p.dialect(start)
	case strings.HasPrefix(name, "SYSCALL_DEFINE_SPEC") || strings.HasPrefix(name, "COMPAT_SYSCALL_DEFINE_SPEC"):
		p.specAndSyscall(start)
	case openers[name] != "":
		p.opener(start)
	}
}

// neverWritten are functions that old documentation describes.
var neverWritten = map[string]bool{"kapi_enable_validation": true, "kapi_set_validation_level": true}

// openers are the macros that begin a contract, with the kind of interface.
var openers = map[string]specmodel.Kind{
	"DEFINE_KERNEL_API_SPEC": specmodel.Function, "DEFINE_KAPI_IOCTL_SPEC": specmodel.Ioctl, "DEFINE_IOCTL_API_SPEC": specmodel.Ioctl,
	"KAPI_DEFINE_IOCTL_SPEC": specmodel.Ioctl, "DEFINE_SYSFS_API_SPEC": specmodel.Sysfs,
}

// begin starts a contract at a token.
func (p *parser) begin(start int, name string, kind specmodel.Kind) {
	p.api = &specmodel.API{Name: name, Kind: kind, Origin: specmodel.FromMacro, Pos: p.pos(start)}
	p.used = map[string]map[int]int{}
	p.ends, p.conditional, p.broken, p.sizeIndex, p.lastError = false, false, false, nil, 0
	if kind == specmodel.Function {
		p.api.Kind = specmodel.KindOf(name)
		if p.api.Kind == specmodel.Ioctl {
			p.api.Kind = specmodel.Function
		}
	}
}

func (p *parser) opener(start int) {
	name := p.tok(start)
	args := p.args()
	if len(args) == 0 {
		return
	}
	p.begin(start, p.plain(args[0]), openers[name])
	if p.api.Kind == specmodel.Ioctl {
		p.api.Ioctl = &specmodel.IoctlSpec{Pos: p.api.Pos}
		for i, field := range []string{"", "cmd", "cmd_name", "input_size", "output_size", "file_ops_name"} {
			if i > 0 && i < len(args) {
				p.setIoctl(field, args[i])
			}
		}
	}
	if p.api.Kind == specmodel.Sysfs {
		p.api.Sysfs = &specmodel.SysfsSpec{Pos: p.api.Pos}
	}
	p.block(block{kind: "spec", start: start})
	p.finish(start)
}

// rawSpec reads "struct kapi_ioctl_spec NAME = {".
func (p *parser) rawSpec(start int) {
	name := p.tok(p.at)
	if p.kind(p.at) != ctext.Ident || p.tok(p.at+1) != "=" || p.tok(p.at+2) != "{" {
		return
	}
	p.at += 3
	kind, blockKind := specmodel.Function, "spec"
	if p.tok(start) == "kapi_ioctl_spec" {
		kind, blockKind = specmodel.Ioctl, "ioctl"
	}
	p.begin(start, name, kind)
	if kind == specmodel.Ioctl {
		p.api.Ioctl = &specmodel.IoctlSpec{Pos: p.api.Pos}
	}
	p.block(block{kind: blockKind, start: start})
	p.finish(start)
}

// specAndSyscall reads the form that has the contract as its second argument.
func (p *parser) specAndSyscall(start int) {
	args := p.args()
	if len(args) == 0 {
		return
	}
	prefix := "sys_"
	if strings.HasPrefix(p.tok(start), "COMPAT_") {
		prefix = "compat_sys_"
	}
	after := p.at
	p.begin(start, prefix+p.plain(args[0]), specmodel.Function)
	proto := &specmodel.Prototype{Pos: p.api.Pos, Name: p.api.Name, Macro: p.tok(start), Result: "long"}
	for i := 2; i+1 < len(args); i += 2 {
		proto.Params = append(proto.Params, specmodel.ProtoParam{Pos: p.valPos(args[i]), Name: p.plain(args[i+1]), Type: p.plain(args[i])})
	}
	p.api.Prototype = proto
	if len(args) > 1 && len(args[1].toks) > 0 {
		first := sort.Search(len(p.toks), func(i int) bool { return p.toks[i].Off >= args[1].toks[0].Off })
		end := p.end
		p.at, p.end = first, first+len(args[1].toks)
		p.block(block{kind: "spec", start: start, whole: true})
		p.end = end
	}
	p.at = after
	p.finish(start)
}

// dialect reports a contract in the words of the first documentation, and
// moves over it.
func (p *parser) dialect(start int) {
	p.api = nil
	name := p.tok(start)
	p.problem(p.pos(start), "doc-dialect", specmodel.Bad,
		"%s exists only in old documentation and is defined nowhere; begin the contract with DEFINE_KERNEL_API_SPEC(sys_NAME)", name)
	for p.at < p.end {
		switch t := p.tok(p.at); {
		case t == "KAPI_END_SPEC" || t == "KAPI_END_SYSCALL_SPEC":
			p.at++
			return
		case openers[t] != "" || t == "KAPI_DEFINE_SPEC" || t == "KAPI_DEFINE_SYSCALL_SPEC":
			return
		}
		p.at++
	}
}

// finish completes a contract.
func (p *parser) finish(start int) {
	a := p.api
	a.Pos.EndOffset = p.pos(p.at - 1).EndOffset
	a.Notation = specmodel.NotationBraces
	if p.ends {
		a.Notation = specmodel.NotationMacro
	}
	for _, raw := range p.sizeIndex {
		p.settleSizeIndex(raw)
	}
	slices.SortStableFunc(a.Params, func(x, y specmodel.Param) int { return cmp.Compare(x.Index, y.Index) })
	p.gaps()
	if !p.broken {
		p.noCounts()
	}
	p.finishInsert(start)
	p.apis = append(p.apis, a)
	p.api = nil
}

// settleSizeIndex reads a raw size_param_idx as its version of the framework
// does: from 0 with -1 for none, or from 1 with 0 for none.
func (p *parser) settleSizeIndex(raw rawIndex) {
	if raw.param >= len(p.api.Params) {
		return
	}
	param := &p.api.Params[raw.param]
	v, err := specmodel.EvalBuiltin(raw.expr.Text)
	n, ok := v.Int64()
	if err != nil || !ok {
		param.SizeParam = raw.expr
		return
	}
	from := "0"
	if !p.ends {
		n, from = n-1, "1"
	}
	if n < 0 {
		return
	}
	p.problem(raw.expr.Pos, "size-param-base", specmodel.Note, "size_param_idx is taken to count from %s, as in contracts whose blocks end like these; write KAPI_PARAM_SIZE_PARAM to be sure", from)
	param.SizeParam = specmodel.Text(specmodel.Int(n).String(), raw.expr.Pos)
}

// gaps reports lists with an element missing between others.
func (p *parser) gaps() {
	for _, list := range slices.Sorted(mapKeys(p.used)) {
		for i := range len(p.used[list]) {
			if _, ok := p.used[list][i]; !ok {
				p.problem(p.api.Pos, "index-gap", specmodel.Odd, "%s has no entry with index %d, although there are higher ones; number the entries from 0 without gaps", list, i)
				break
			}
		}
	}
}

// noCounts reports lists without a count, which the kernel takes for empty.
func (p *parser) noCounts() {
	have, stated := p.api.Lens(), map[string]bool{}
	for _, c := range p.api.Counts {
		stated[c.Section] = true
	}
	for _, field := range slices.Sorted(mapKeys(countOf)) {
		list := countOf[field]
		if have[list] == 0 || stated[list] {
			continue
		}
		n := max(have[list], p.highest(list)+1)
		at := p.firstOf(list)
		pr := p.problem(at, "no-count", specmodel.Odd, "the kernel takes no %s of this contract, since .%s is not set; write .%s = %d", clip(strings.ReplaceAll(strings.TrimPrefix(list, "socket."), "_", " ")), field, field, n)
		if at.IsValid() {
			begin := at.Offset
			for begin > 0 && p.src[begin-1] != '\n' {
				begin--
			}
			indent := string(p.src[begin:at.Offset])
			if strings.TrimSpace(indent) == "" {
				pr.Fix = &specmodel.Fix{Message: fmt.Sprintf("Set .%s to %d", field, n), Edits: []specmodel.Edit{{File: at.File, Offset: begin, EndOffset: begin, New: fmt.Sprintf("%s.%s = %d,\n", indent, field, n)}}}
			}
		}
	}
}

// highest is the highest index of a list.
func (p *parser) highest(list string) int {
	top := -1
	for i := range p.used[strings.TrimPrefix(list, "socket.")] {
		top = max(top, i)
	}
	return top
}

// firstOf is where the first entry of a list stands.
func (p *parser) firstOf(list string) specmodel.Pos {
	a := p.api
	switch list {
	case "params":
		return first(a.Params, func(e *specmodel.Param) specmodel.Pos { return e.Pos })
	case "errors":
		return first(a.Errors, func(e *specmodel.Error) specmodel.Pos { return e.Pos })
	case "locks":
		return first(a.Locks, func(e *specmodel.Lock) specmodel.Pos { return e.Pos })
	case "constraints":
		return first(a.Constraints, func(e *specmodel.Rule) specmodel.Pos { return e.Pos })
	case "signals":
		return first(a.Signals, func(e *specmodel.Signal) specmodel.Pos { return e.Pos })
	case "signal_masks":
		return first(a.SignalMasks, func(e *specmodel.SignalMask) specmodel.Pos { return e.Pos })
	case "struct_specs":
		return first(a.Structs, func(e *specmodel.Struct) specmodel.Pos { return e.Pos })
	case "side_effects":
		return first(a.SideEffects, func(e *specmodel.SideEffect) specmodel.Pos { return e.Pos })
	case "state_transitions":
		return first(a.StateTransitions, func(e *specmodel.StateTransition) specmodel.Pos { return e.Pos })
	case "capabilities":
		return first(a.Capabilities, func(e *specmodel.Capability) specmodel.Pos { return e.Pos })
	}
	return specmodel.Pos{}
}

func first[T any](list []T, at func(*T) specmodel.Pos) (first specmodel.Pos) {
	for i := range list {
		if pos := at(&list[i]); !first.IsValid() || pos.Offset < first.Offset {
			first = pos
		}
	}
	return first
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
