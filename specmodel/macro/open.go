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

// A kind is what a kind of block is: the field that holds it, of which block,
// whether that field is an array of them, and its name in messages.
type kind struct {
	in, field string
	list      bool
	name      string
}

// kinds are the kinds of block by the names that [macro] has for them.
var kinds = map[string]kind{
	"spec":       {"ioctl", "api_spec", false, "the contract itself"},
	"param":      {"spec", "params", true, "a parameter"},
	"return":     {"spec", "return_spec", false, "the return block"},
	"error":      {"spec", "errors", true, "an error"},
	"lock":       {"spec", "locks", true, "a lock"},
	"constraint": {"spec", "constraints", true, "a constraint"},
	"signal":     {"spec", "signals", true, "a signal"},
	"mask":       {"spec", "signal_masks", true, "a signal mask"},
	"struct":     {"spec", "struct_specs", true, "a structure"},
	"field":      {"struct", "fields", true, "a field of a structure"},
	"effect":     {"spec", "side_effects", true, "a side effect"},
	"trans":      {"spec", "state_transitions", true, "a state transition"},
	"cap":        {"spec", "capabilities", true, "a capability"},
	"socket":     {"spec", "socket_state", false, "the socket state"},
	"protocol":   {"spec", "protocol_behaviors", true, "a protocol's behaviour"},
	"buffer":     {"spec", "buffer_spec", false, "the buffer block"},
	"async":      {"spec", "async_spec", false, "the async block"},
	"family":     {"spec", "addr_families", true, "an address family"},
}

// kindOf is the kind of block that a field of a block holds, "" for none.
func kindOf(in, field string) string {
	for name, k := range kinds {
		if k.in == in && k.field == field {
			return name
		}
	}
	return ""
}

// open begins a block. args[0] is the index where the block is an element of
// a list.
func (p *parser) open(kind string, b *block, args []val, start int) block {
	return block{kind: kind, start: start, elem: p.element(kind, b, args, start)}
}

// element makes the element that a block of a kind fills.
func (p *parser) element(kind string, b *block, args []val, start int) any {
	pos, list, a := p.span(start, p.at), kinds[kind].field, p.api
	switch kind {
	case "param":
		elem, i := slot(p, &a.Params, list, args, start)
		*elem = specmodel.Param{Pos: pos, Index: i}
		return elem
	case "error":
		return put(p, &a.Errors, list, args, start, specmodel.Error{Pos: pos})
	case "lock":
		return put(p, &a.Locks, list, args, start, specmodel.Lock{Pos: pos})
	case "constraint":
		return put(p, &a.Constraints, list, args, start, specmodel.Rule{Pos: pos})
	case "signal":
		return put(p, &a.Signals, list, args, start, specmodel.Signal{Pos: pos})
	case "mask":
		return put(p, &a.SignalMasks, list, args, start, specmodel.SignalMask{Pos: pos})
	case "struct":
		delete(p.used, kinds["field"].field)
		return put(p, &a.Structs, list, args, start, specmodel.Struct{Pos: pos})
	case "field":
		return put(p, &b.elem.(*specmodel.Struct).Fields, list, args, start, specmodel.Field{Pos: pos})
	case "effect":
		return put(p, &a.SideEffects, list, args, start, specmodel.SideEffect{Pos: pos})
	case "trans":
		return put(p, &a.StateTransitions, list, args, start, specmodel.StateTransition{Pos: pos})
	case "cap":
		return put(p, &a.Capabilities, list, args, start, specmodel.Capability{Pos: pos})
	case "protocol":
		return put(p, &p.socket(pos).Protocols, list, args, start, specmodel.ProtocolBehavior{Pos: pos})
	case "family":
		return put(p, &p.socket(pos).Families, list, args, start, specmodel.AddrFamily{Pos: pos})
	case "return":
		a.Return = &specmodel.Return{Pos: pos}
		return a.Return
	case "socket":
		p.socket(pos).State = &specmodel.SocketState{Pos: pos}
		return a.Socket.State
	case "buffer":
		p.socket(pos).Buffer = &specmodel.BufferSpec{Pos: pos}
		return a.Socket.Buffer
	case "async":
		p.socket(pos).Async = &specmodel.AsyncSpec{Pos: pos}
		return a.Socket.Async
	}
	return nil
}

func (p *parser) socket(pos specmodel.Pos) *specmodel.SocketSpec {
	if p.api.Socket == nil {
		p.api.Socket = &specmodel.SocketSpec{Pos: pos}
	}
	return p.api.Socket
}

// put writes an element of a list into its slot. Opening an element twice
// replaces it, as C does.
func put[T any](p *parser, list *[]T, name string, args []val, start int, elem T) *T {
	at, _ := slot(p, list, name, args, start)
	*at = elem
	return at
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
