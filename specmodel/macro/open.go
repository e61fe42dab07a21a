// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"slices"
	"strings"

	"kapilint/specmodel"
)

// lockFacts are the four facts that a lock states one by one.
type lockFacts struct {
	acquired, released, entry, exit bool
	n                               int
}

// open begins a block. args[0] is the index where the block is an element of
// a list. Opening an element twice replaces it, as C does.
func (p *parser) open(kind string, b *block, args []val, start int) block {
	nb := block{kind: kind, start: start}
	pos := p.span(start, p.at)
	a := p.api
	switch kind {
	case "param":
		elem, i := slot(p, &a.Params, "params", args, start)
		*elem = specmodel.Param{Pos: pos, Index: i}
		nb.elem = elem
	case "error":
		elem, _ := slot(p, &a.Errors, "errors", args, start)
		*elem = specmodel.Error{Pos: pos}
		nb.elem = elem
	case "lock":
		elem, _ := slot(p, &a.Locks, "locks", args, start)
		*elem = specmodel.Lock{Pos: pos}
		nb.elem = elem
	case "constraint":
		elem, _ := slot(p, &a.Constraints, "constraints", args, start)
		*elem = specmodel.Rule{Pos: pos}
		nb.elem = elem
	case "signal":
		elem, _ := slot(p, &a.Signals, "signals", args, start)
		*elem = specmodel.Signal{Pos: pos}
		nb.elem = elem
	case "mask":
		elem, _ := slot(p, &a.SignalMasks, "signal_masks", args, start)
		*elem = specmodel.SignalMask{Pos: pos}
		nb.elem = elem
	case "struct":
		elem, _ := slot(p, &a.Structs, "struct_specs", args, start)
		*elem = specmodel.Struct{Pos: pos}
		nb.elem = elem
		delete(p.used, "fields")
	case "field":
		elem, _ := slot(p, &b.elem.(*specmodel.Struct).Fields, "fields", args, start)
		*elem = specmodel.Field{Pos: pos}
		nb.elem = elem
	case "effect":
		elem, _ := slot(p, &a.SideEffects, "side_effects", args, start)
		*elem = specmodel.SideEffect{Pos: pos}
		nb.elem = elem
	case "trans":
		elem, _ := slot(p, &a.StateTransitions, "state_transitions", args, start)
		*elem = specmodel.StateTransition{Pos: pos}
		nb.elem = elem
	case "cap":
		elem, _ := slot(p, &a.Capabilities, "capabilities", args, start)
		*elem = specmodel.Capability{Pos: pos}
		nb.elem = elem
	case "protocol":
		elem, _ := slot(p, &p.socket(pos).Protocols, "protocol_behaviors", args, start)
		*elem = specmodel.ProtocolBehavior{Pos: pos}
		nb.elem = elem
	case "family":
		elem, _ := slot(p, &p.socket(pos).Families, "addr_families", args, start)
		*elem = specmodel.AddrFamily{Pos: pos}
		nb.elem = elem
	case "return":
		a.Return = &specmodel.Return{Pos: pos}
		nb.elem = a.Return
	case "socket":
		p.socket(pos).State = &specmodel.SocketState{Pos: pos}
		nb.elem = a.Socket.State
	case "buffer":
		p.socket(pos).Buffer = &specmodel.BufferSpec{Pos: pos}
		nb.elem = a.Socket.Buffer
	case "async":
		p.socket(pos).Async = &specmodel.AsyncSpec{Pos: pos}
		nb.elem = a.Socket.Async
	}
	return nb
}

func (p *parser) socket(pos specmodel.Pos) *specmodel.SocketSpec {
	if p.api.Socket == nil {
		p.api.Socket = &specmodel.SocketSpec{Pos: pos}
	}
	return p.api.Socket
}

// slot returns the element with the index that the first argument gives, and
// that index. An index that is no number, or far too high, takes the next place.
func slot[T any](p *parser, list *[]T, name string, args []val, start int) (*T, int) {
	used := p.used[name]
	if used == nil {
		used = map[int]int{}
		p.used[name] = used
	}
	index := len(*list)
	if len(args) > 0 {
		v, err := specmodel.EvalBuiltin(p.source(args[0]))
		n, ok := v.Int64()
		switch {
		case err == nil && ok && n >= 0 && n < 1024:
			index = int(n)
		case len(args[0].toks) > 0:
			p.problem(p.valPos(args[0]), "bad-index", specmodel.Bad, "%q is not the index of an entry of %s; write a number", clip(p.source(args[0])), name)
			for _, taken := used[index]; taken; _, taken = used[index] {
				index++
			}
		}
	}
	if at, ok := used[index]; ok {
		p.problem(p.pos(start), "duplicate-index", specmodel.Odd, "index %d of %s is given twice, and the compiler takes the last; give each its own", index, name)
		return &(*list)[at], index
	}
	used[index] = len(*list)
	*list = append(*list, *new(T))
	return &(*list)[len(*list)-1], index
}

// closed settles what a block says as a whole.
func (p *parser) closed(b *block) {
	switch elem := b.elem.(type) {
	case *specmodel.Lock:
		f := b.locks
		if f.n > 1 && !p.ends {
			p.problem(elem.Pos, "lock-scope", specmodel.Note, "the scope of the lock %s is set twice, and frameworks differ about what that means; set .scope once", clip(elem.Name))
		}
		if elem.Scope == "" {
			elem.Scope = specmodel.ScopeOf(f.acquired, f.released, f.entry, f.exit)
		}
	case *specmodel.Capability:
		if elem.Name == "" {
			elem.Name = strings.Trim(elem.Number.Text, " ()")
		}
		if number := strings.Trim(elem.Number.Text, " ()"); strings.HasPrefix(number, "CAP_") && number != elem.Name {
			elem.Title, elem.Name = elem.Name, number // generated code puts the text where the name belongs
		}
	case *specmodel.Error:
		if elem.Name == "" {
			elem.Name = strings.Trim(elem.Code.Text, " -()")
		}
	}
}

// finishInsert finds the place for another error: the line after the last
// one, else the line where the contract ends.
func (p *parser) finishInsert(start int) {
	line := func(off int) (begin, next int) {
		begin, next = off, off
		for begin > 0 && p.src[begin-1] != '\n' {
			begin--
		}
		for next < len(p.src) && p.src[next] != '\n' {
			next++
		}
		return begin, min(next+1, len(p.src))
	}
	at := &p.api.Insert
	at.Prefix = "\t"
	if p.lastError > 0 {
		_, next := line(max(p.toks[p.lastError-1].End-1, 0))
		begin, _ := line(p.api.Errors[len(p.api.Errors)-1].Pos.Offset)
		at.Pos = p.lines.Pos(next, next)
		text := string(p.src[begin:next])
		if indent := len(text) - len(strings.TrimLeft(text, " \t")); indent > 0 {
			at.Prefix = text[:indent]
		}
	} else {
		begin, _ := line(p.toks[max(p.at-1, 0)].Off)
		first, _ := line(p.toks[start].Off)
		if begin == first {
			return // the whole contract stands on one line
		}
		at.Pos = p.lines.Pos(begin, begin)
	}
	for i := range p.used["errors"] {
		at.Index = max(at.Index, i+1)
	}
	if i := slices.IndexFunc(p.api.Counts, func(c specmodel.Count) bool { return c.Section == "errors" }); i >= 0 {
		at.Count = p.api.Counts[i].N
	}
}
