// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// enumValues reads a list of values, or the older form with an array.
func enumValues(p *parser, b *block, args []val, _ int) {
	c := &b.elem.(*specmodel.Param).Constraint
	if len(args) == 1 {
		list, from := p.exprs(args[0])
		if from == "" || isName(from) && strings.ToUpper(from) != from {
			c.Values, c.ValuesFrom = list, from
			return
		}
	}
	c.Values = p.each(args)
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && (s[0] < '0' || s[0] > '9')
}

// fieldEnum reads the values of a field: a text, or the older forms.
func fieldEnum(p *parser, b *block, args []val, start int) {
	c := &b.elem.(*specmodel.Field).Constraint
	c.Pos, c.Kind = p.span(start, p.at), specmodel.ConstraintEnum
	if text, ok := p.literal(args[0]); ok && len(args) == 1 {
		c.ValuesFrom = text
		return
	}
	if list, from := p.exprs(args[0]); from == "" {
		c.Values = list
		return
	}
	if len(args) == 2 && isName(p.source(args[0])) {
		c.ValuesFrom = p.source(args[0])
		return
	}
	c.Values = p.each(args)
}

func maskSignals(p *parser, b *block, args []val, _ int) {
	b.elem.(*specmodel.SignalMask).Signals = p.each(args)
}

// alternatives reads a list of capabilities, or an array and its length.
func alternatives(p *parser, b *block, args []val, _ int) {
	c := b.elem.(*specmodel.Capability)
	if list, from := p.exprs(args[0]); len(args) <= 2 && (from == "" || isName(from) && !strings.HasPrefix(from, "CAP_")) {
		c.Alternatives, c.AlternativesFrom = list, from
		return
	}
	c.Alternatives = p.each(args)
}

func socketState(p *parser, b *block, args []val, start int) {
	nb := p.open("socket", b, nil, start)
	nb.elem.(*specmodel.SocketState).Required = p.each(args)
	p.block(nb)
}

func forbiddenStates(p *parser, b *block, args []val, _ int) {
	b.elem.(*specmodel.SocketState).Forbidden = p.each(args)
}

// userStruct is a pointer to a structure: its type and size follow from the name.
func userStruct(p *parser, b *block, args []val, start int) {
	nb := p.open("param", b, args[:1], start)
	structType := p.source(args[2])
	p.set(&nb, "name", args[1], start)
	p.set(&nb, "description", args[3], start)
	for field, value := range map[string]string{"type_name": structType + " __user *", "flags": "user | in", "type": "user_ptr", "size": fmt.Sprintf("sizeof(%s)", structType)} {
		p.set(&nb, field, val{fixed: value, pos: p.span(start, p.at)}, start)
	}
	p.closed(&nb)
}

// stockSignal is a signal that a shortcut describes.
func (p *parser) stockSignal(b *block, start, index int, name, action string, fields ...string) {
	nb := p.open("signal", b, []val{{fixed: fmt.Sprint(index)}}, start)
	all := append([]string{"signal_num", name, "signal_name", name, "direction", "receive", "action", action}, fields...)
	for i := 0; i+1 < len(all); i += 2 {
		p.set(&nb, all[i], val{fixed: all[i+1], pos: p.span(start, p.at)}, start)
	}
	p.closed(&nb)
}
