// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"fmt"
	"regexp"
	"strings"

	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// maxTries bounds how often cc is run over one unit.
const maxTries = 12

// Translate parses and checks a unit. The error is not nil when there is no
// tree at all; what had to be left out of the tree is in Output.Quarantined.
func Translate(in *Input, opts *Options) (*Output, error) {
	files := in.Files
	isMain := map[string]bool{}
	inMain := func(t *pp.Token) bool {
		pos := t.Pos
		if t.Exp != 0 {
			x := &in.Result.Expansions[t.Exp]
			for x.Parent != 0 {
				x = &in.Result.Expansions[x.Parent]
			}
			pos = x.Use
		}
		name := files.Position(pos).File
		is, ok := isMain[name]
		if !ok {
			is = name == in.Result.Main || strings.HasSuffix(name, ".c")
			isMain[name] = is
		}
		return is
	}
	return translate(in.Result.Tokens, opts, inMain)
}

func translate(toks []pp.Token, opts *Options, inMain func(*pp.Token) bool) (*Output, error) {
	o := *opts
	if o.Arch == "" {
		o.Arch = "amd64"
	}
	u := newUnit(toks, &o, inMain)
	out := &Output{NoReturn: u.noReturn, Weak: u.weak, Const: map[string]bool{}, toks: toks}
	out.Stats.Tokens, out.Stats.Items = len(toks), len(u.items)
	for i := range u.items {
		it := &u.items[i]
		if it.fault != "" {
			out.quarantine(u, i, it.at, it.fault)
			continue
		}
		if it.main {
			u.reach(int32(i))
		}
	}
	u.close()
	for try := 1; ; try++ {
		t := u.emit()
		ast, err := u.translate(t)
		out.Stats.Tries = try
		if err == nil {
			out.AST, out.offs, out.src = ast, t.offs, t.src
			out.finish(u, t)
			return out, nil
		}
		if try == maxTries {
			return out, fmt.Errorf("cc: %v", ccErrors(err)[0].msg)
		}
		if !u.repair(out, t, ccErrors(err)) {
			return out, fmt.Errorf("cc: %v", ccErrors(err)[0].msg)
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
				if u.form[i] != whole {
					u.reach(i)
					changed = true
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
		if e.line == 0 || e.line > len(t.lines) || t.lines[e.line-1] < 0 || blamed[t.lines[e.line-1]] {
			continue
		}
		if len(blamed) > 0 && strings.Contains(e.msg, "unexpected ") {
			continue // may be a consequence of the first
		}
		i := t.lines[e.line-1]
		blamed[i] = true
		out.quarantine(u, int(i), t.tokenAt(e), e.msg)
		u.withhold(int(i))
	}
	return len(blamed) > 0
}

// withhold takes away an item's body, or all of it.
func (u *unit) withhold(i int) {
	if u.items[i].kind == funcItem && u.form[i] == whole {
		u.form[i] = decl
		u.rewrite(i)
		return
	}
	u.form[i] = left
}

// tokenAt returns the index of the pp token that e is about.
func (t *text) tokenAt(e ccError) int {
	line := 1
	for off, c := range t.buf {
		if line == e.line {
			off += e.col - 1
			k := 0
			for k+1 < len(t.offs) && int(t.offs[k+1]) <= off {
				k++
			}
			return int(t.src[k])
		}
		if c == '\n' {
			line++
		}
	}
	return 0
}

// quarantine records that item i is withheld for what stands at token at.
func (o *Output) quarantine(u *unit, i, at int, reason string) {
	it := &u.items[i]
	q := Quarantined{Reason: reason, InMain: it.main, Func: it.kind == funcItem}
	if at < len(o.toks) {
		q.Pos = o.toks[at].Pos
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

// finish fills in what the tree says about functions.
func (o *Output) finish(u *unit, t *text) {
	o.Stats.Kept = len(t.offs)
	for n := o.AST.TranslationUnit; n != nil; n = n.TranslationUnit {
		def := n.ExternalDeclaration.FunctionDefinition
		if def == nil {
			continue
		}
		line := def.Declarator.Position().Line
		it := &u.items[t.lines[line-1]]
		f := Func{Name: def.Declarator.Name(), Def: def, InMain: it.main, Static: it.static, Inline: it.inline}
		o.Stats.Bodies++
		if !it.main {
			o.Stats.HeaderBodies++
		}
		o.Funcs = append(o.Funcs, f)
	}
	for _, f := range u.form {
		if f != left {
			o.Stats.KeptItems++
		}
	}
}

var _ cc.Node
