// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"fmt"
	"regexp"
	"strings"

	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// limits on how often cc is run over one unit.
const (
	maxTries   = 40 // with whole items; each takes one away at least
	maxBisects = 24 // to find the item that cc says nothing useful about
)

// Translate parses and checks a unit. The error is not nil when there is no
// tree at all; what had to be left out of the tree is in Output.Quarantined.
// The Output is never nil.
func Translate(in *Input, opts *Options) (*Output, error) {
	files, res := in.Files, in.Result
	isMain := map[string]bool{}
	inMain := func(t *pp.Token) bool {
		pos := t.Pos
		if t.Exp != 0 {
			x := &res.Expansions[t.Exp]
			for x.Parent != 0 {
				x = &res.Expansions[x.Parent]
			}
			pos = x.Use
		}
		name := files.Position(pos).File
		is, ok := isMain[name]
		if !ok {
			is = name == res.Main || strings.HasSuffix(name, ".c")
			isMain[name] = is
		}
		return is
	}
	return translate(res.Tokens, opts, inMain)
}

func translate(toks []pp.Token, opts *Options, inMain func(*pp.Token) bool) (*Output, error) {
	o := *opts
	if o.Arch == "" {
		o.Arch = "amd64"
	}
	if o.Bits == 0 {
		o.Bits = 64
	}
	u := newUnit(toks, &o, inMain)
	out := &Output{Const: map[string]bool{}, unit: u}
	out.Stats.Tokens, out.Stats.Items = len(toks), len(u.items)
	for i := range u.items {
		it := &u.items[i]
		if it.open {
			return out, &Error{&toks[it.at], it.fault}
		}
	}
	u.root()
	u.close()
	for _, i := range u.faults {
		out.quarantine(int(i), u.items[i].at, u.items[i].fault)
	}
	t, ast, err := u.run(out)
	out.NoReturn, out.Weak = u.noReturn, u.weak
	if err != nil {
		return out, err
	}
	out.AST, out.text = ast, t
	out.finish()
	return out, nil
}

// root wants what the unit is translated for.
func (u *unit) root() {
	if u.opts.Roots == nil {
		for i := range u.items {
			if u.items[i].main {
				u.reach(int32(i))
			}
		}
		return
	}
	for _, name := range u.opts.Roots {
		u.each(u.names, name, func(i int32) { u.want(i, whole) })
	}
}

// run runs cc until it is content.
func (u *unit) run(out *Output) (*text, *cc.AST, error) {
	for try := 1; ; try++ {
		t := u.emit(len(u.items))
		ast, err := u.translate(t)
		out.Stats.Tries++
		if err == nil {
			return t, ast, nil
		}
		if try == maxTries || !u.repair(out, t, ccErrors(err)) {
			e := ccErrors(err)[0]
			fail := &Error{Msg: e.msg}
			if e.line > 0 {
				fail.At = &u.toks[t.tokenAt(e)]
			}
			return t, nil, fail
		}
	}
}

var incomplete = regexp.MustCompile(`incomplete.*(?:struct|union) (\w+)`)

// repair makes what cc complains about acceptable: it brings in a definition
// that is missing, or else withholds the items that are to blame. It reports
// whether anything changed.
func (u *unit) repair(out *Output, t *text, errs []ccError) bool {
	changed := false
	for _, e := range errs {
		if m := incomplete.FindStringSubmatch(e.msg); m != nil {
			u.each(u.tags, m[1], func(i int32) {
				if u.form[i] == left {
					u.reach(i)
					changed = changed || u.form[i] != left
				}
			})
		}
	}
	if changed {
		u.close()
		return true
	}
	blamed := map[int32]bool{}
	for _, e := range errs {
		i := t.item(e.line)
		if i < 0 || blamed[i] || u.form[i] == left {
			continue
		}
		if len(blamed) > 0 && strings.Contains(e.msg, "unexpected ") {
			continue // may be a consequence of the first
		}
		blamed[i] = true
		out.quarantine(int(i), t.tokenAt(e), e.msg)
		u.withhold(int(i))
	}
	if len(blamed) > 0 {
		return true
	}
	i := u.bisect(out, t)
	if i < 0 {
		return false
	}
	out.quarantine(i, u.items[i].lo, errs[0].msg)
	u.withhold(i)
	return true
}

// bisect looks for the first item with which cc fails without saying where,
// or -1.
func (u *unit) bisect(out *Output, t *text) int {
	lo, hi := 0, len(u.items) // fails with the first hi items, not with lo
	for n := 0; hi-lo > 1; n++ {
		if n == maxBisects {
			return -1
		}
		mid := (lo + hi) / 2
		part := u.emit(mid)
		out.Stats.Tries++
		if _, err := u.translate(part); err != nil && !placed(ccErrors(err)) {
			hi = mid
		} else {
			lo = mid
		}
	}
	if hi == 0 || u.form[hi-1] == left {
		return -1
	}
	return hi - 1
}

// placed reports whether cc says where any of the errors is.
func placed(errs []ccError) bool {
	for _, e := range errs {
		if e.line > 0 {
			return true
		}
	}
	return false
}

// withhold takes away an item's body, or all of it.
func (u *unit) withhold(i int) {
	if u.items[i].kind == funcItem && u.form[i] == whole {
		u.form[i] = decl
		u.rewrite(i)
		return
	}
	u.form[i] = left
	u.items[i].fault, u.refused[int32(i)] = "withheld", true // not to be brought in again as a definition that is missing
}

// quarantine records that item i is withheld for what stands at token at.
func (o *Output) quarantine(i, at int, reason string) {
	u := o.unit
	it := &u.items[i]
	q := Quarantined{Reason: reason, InMain: it.main, Func: it.kind == funcItem}
	if at < len(u.toks) {
		q.At = &u.toks[at]
	}
	switch {
	case len(it.names) > 0:
		q.Name = it.names[0]
	case len(it.tags) > 0:
		q.Name = it.tags[0]
	case len(it.consts) > 0:
		q.Name = it.consts[0]
	}
	o.Quarantined = append(o.Quarantined, q)
}

// finish fills in what the tree says about functions and the items about
// objects.
func (o *Output) finish() {
	u := o.unit
	o.Stats.Kept = len(o.text.offs)
	for i, f := range u.form {
		if f == left {
			continue
		}
		o.Stats.KeptItems++
		for _, name := range u.items[i].fixed {
			o.Const[name] = true
		}
		if f == whole {
			o.constStatics(u.toks, &u.items[i])
		}
	}
	for n := o.AST.TranslationUnit; n != nil; n = n.TranslationUnit {
		def := n.ExternalDeclaration.FunctionDefinition
		if def == nil {
			continue
		}
		i := o.text.item(def.Declarator.Position().Line)
		if i < 0 {
			continue
		}
		it := &u.items[i]
		o.Funcs = append(o.Funcs, Func{
			Name: def.Declarator.Name(), Def: def,
			InMain: it.main, Static: it.static, Inline: it.inline,
			At:  o.Token(def.Declarator.NameTok()),
			End: &u.toks[it.hi-1],
		})
		o.Stats.Bodies++
		if !it.main {
			o.Stats.HeaderBodies++
		}
	}
}

// Value is the value of a constant expression.
type Value struct {
	Bits   uint64 // sign- or zero-extended to 64 bits
	Signed bool
	Size   int // of its type, in bytes
}

func (v Value) String() string {
	if v.Signed {
		return fmt.Sprint(int64(v.Bits))
	}
	return fmt.Sprint(v.Bits)
}
