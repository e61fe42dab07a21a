// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kapilint/cparse/pp"

	"modernc.org/cc/v4"
)

// Result is what became of an expression given to [Output.Eval].
type Result struct {
	Value
	Err error
}

// Enumerators returns the enumeration constants of the unit, in source order.
func (o *Output) Enumerators() []string {
	var names []string
	for i := range o.unit.items {
		names = append(names, o.unit.items[i].consts...)
	}
	return names
}

// Eval evaluates constant expressions as if they stood at the end of the
// unit. Each is given as its tokens after macro expansion. Expressions of
// numbers and enumeration constants are cheap; for all others together cc is
// run once over the declarations they need.
func (o *Output) Eval(exprs [][]pp.Token) []Result {
	results := make([]Result, len(exprs))
	p := o.unit.prober()
	var rest []int
	for k, e := range exprs {
		ts, err := p.expression(e)
		if err != nil {
			results[k].Err = err
			continue
		}
		if c, ok := fold(ts, o.unit); ok {
			results[k].Value = Value{c.v, !c.unsigned, c.size}
			continue
		}
		p.probes = append(p.probes, probe{k, ts})
		rest = append(rest, k)
	}
	if len(rest) > 0 {
		p.run(results)
	}
	return results
}

type probe struct {
	k  int
	ts []tok
}

// prober is a unit without function bodies, with expressions at its end.
type prober struct {
	unit
	probes []probe
}

// prober returns a unit over the same items, of which none is wanted.
func (u *unit) prober() *prober {
	p := &prober{unit: *u}
	opts := *u.opts
	opts.noBodies = true
	p.opts = &opts
	p.form, p.text = make([]form, len(u.items)), make([][]tok, len(u.items))
	p.members, p.waiting, p.waits = map[string]bool{}, map[string][]int32{}, map[int32]bool{}
	p.builtins, p.noReturn, p.weak = map[string]bool{}, map[string]bool{}, map[string]bool{}
	return p
}

// expression rewrites an expression.
func (p *prober) expression(toks []pp.Token) ([]tok, error) {
	if len(toks) == 0 {
		return nil, errors.New("no expression")
	}
	s := splitter{toks: slices.Concat([]pp.Token{{Kind: pp.Punct, Text: "("}}, toks, []pp.Token{{Kind: pp.Punct, Text: ")"}, {Kind: pp.Punct, Text: ";"}})}
	s.split()
	if it := &s.items[0]; it.fault != "" {
		return nil, errors.New(it.fault)
	}
	if len(s.items) > 1 || declarationEnd(toks, 0, len(toks)) < len(toks) {
		return nil, errors.New("not an expression")
	}
	r := p.rw
	r.toks, r.out, r.match = toks, nil, nil
	r.load(0, len(toks))
	r.seq(0, len(toks), inParen)
	return r.out, nil
}

// run evaluates the probes with cc.
func (p *prober) run(results []Result) {
	for _, q := range p.probes {
		p.mentions(q.ts, &item{kind: funcItem})
	}
	p.close()
	out := &Output{unit: &p.unit}
	for range maxTries + len(p.probes) {
		t := p.emit(len(p.items))
		first := len(t.lines) + 1
		for _, q := range p.probes {
			t.buf = fmt.Appendf(t.buf, "void __kapi_probe_%d ( void ) { ( ", q.k)
			for _, k := range q.ts {
				t.buf = append(append(t.buf, k.text...), ' ')
			}
			t.buf = append(t.buf, ") ; }\n"...)
		}
		t.buf = append(t.buf, sentinel...)
		ast, err := p.translate(t)
		if err == nil {
			p.read(ast, results)
			return
		}
		var left []probe
		bad := map[int]string{}
		for _, e := range ccErrors(err) {
			k := e.line - first
			if k < 0 || k >= len(p.probes) || bad[k] != "" {
				continue
			}
			if len(bad) > 0 && strings.Contains(e.msg, "unexpected ") {
				break // may be a consequence of the first
			}
			bad[k] = e.msg
		}
		if len(bad) == 0 && !p.repair(out, t, ccErrors(err)) {
			for _, q := range p.probes {
				results[q.k].Err = errors.New(ccErrors(err)[0].msg)
			}
			return
		}
		for k, q := range p.probes {
			if msg, ok := bad[k]; ok {
				results[q.k].Err = errors.New(msg)
			} else {
				left = append(left, q)
			}
		}
		if p.probes = left; len(left) == 0 {
			return
		}
	}
	for _, q := range p.probes {
		results[q.k].Err = errors.New("the declarations it needs cannot be read")
	}
}

// read takes the values out of the tree.
func (p *prober) read(ast *cc.AST, results []Result) {
	values := map[string]cc.ExpressionNode{}
	for n := ast.TranslationUnit; n != nil; n = n.TranslationUnit {
		def := n.ExternalDeclaration.FunctionDefinition
		if def == nil {
			continue
		}
		for l := def.CompoundStatement.BlockItemList; l != nil; l = l.BlockItemList {
			if s := l.BlockItem.Statement; s != nil && s.ExpressionStatement != nil {
				values[def.Declarator.Name()] = s.ExpressionStatement.ExpressionList
			}
		}
	}
	for _, q := range p.probes {
		r := &results[q.k]
		e := values[fmt.Sprintf("__kapi_probe_%d", q.k)]
		if e == nil {
			r.Err = errors.New("not an expression")
			continue
		}
		t := e.Type()
		if t == nil || !cc.IsIntegerType(t) && t.Kind() != cc.Ptr {
			r.Err = errors.New("not of integer type")
			continue
		}
		r.Size, r.Signed = int(t.Size()), cc.IsSignedInteger(t)
		switch v := e.Value().(type) {
		case cc.Int64Value:
			r.Bits = uint64(v)
		case cc.UInt64Value:
			r.Bits = uint64(v)
		default:
			r.Err = errors.New("not a constant expression")
		}
	}
}
