// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"slices"
	"strings"

	"kapilint/specmodel"
)

// flat reads the tags of the first generation. Those that hold for every
// lock, signal or capability are kept until the end.
func (r *reader) flat(s *section) {
	switch {
	case strings.HasPrefix(s.name, "param-"):
		r.flatParam(s)
	case strings.HasPrefix(s.name, "return-"):
		r.flatReturn(s)
	case s.name == "error-code":
		r.flatErrors(s)
	case s.name == "constraint-expr":
		r.flatExpr(s)
	case s.name == "lock-req":
		r.api.Locks = append(r.api.Locks, specmodel.Lock{Pos: r.sectionPos(s), Name: oneLine(s), Type: specmodel.LockCustom, Scope: specmodel.LockInternal})
	case strings.HasPrefix(s.name, "struct-"):
		r.flatStruct(s)
	case s.name == "error-condition":
		r.keep("", s.name, oneLine(s), r.sectionPos(s))
	default:
		group, _, _ := strings.Cut(s.name, "-")
		r.groups[group] = append(r.groups[group], *s)
	}
}

// value turns a piece of a section's head into a sub-tag, so that the
// functions for blocks serve here too. The following lines are joined to it.
func value(s *section, text string, off int) *sub {
	v := &sub{key: s.name, keyOff: s.tagOff}
	v.add(text, off)
	for _, l := range s.lines {
		if l.indent > 0 {
			v.add(l.text, l.off)
		}
	}
	return v
}

func (r *reader) flatParam(s *section) {
	head, offs := header(s, 2)
	p := r.api.Param(head[0])
	if p == nil {
		r.noSuchParam(head[0], s)
		return
	}
	if len(head) < 2 {
		r.problem(r.sectionPos(s), "no-value", specmodel.Bad, "%s: has no value; write the name of a parameter, a comma and the value", s.name)
		r.keep("parameter "+p.Name, s.name, s.head, r.sectionPos(s))
		return
	}
	v := value(s, head[1], offs[1])
	v.text = strings.Trim(v.text, `"`)
	switch s.name {
	case "param-type":
		r.paramType(p, v.text, v.off(0))
		// the first generation states the flag itself
	case "param-flags":
		p.Flags = r.paramFlags(v)
	case "param-constraint-type":
		r.constraintKind(p, v)
	case "param-constraint":
		p.Constraint.Text = v.text
	case "param-range":
		r.rangeOf(p, v)
	case "param-mask":
		p.Constraint.Mask = r.subExpr(v)
	case "param-size":
		p.Size = r.subExpr(v)
	case "param-alignment":
		p.Constraint.Alignment = r.subExpr(v)
	case "param-enum":
		p.Constraint.Values = r.exprs(v, v.text, 0)
	case "param-validate":
		p.Constraint.Validate = v.text
	case "param-size-param":
		p.SizeParam = r.subExpr(v)
	case "param-size-multiplier":
		p.SizeMultiplier = r.subExpr(v)
	}
}

func (r *reader) flatReturn(s *section) {
	if r.api.Return == nil {
		r.api.Return = &specmodel.Return{Pos: r.sectionPos(s)}
	}
	ret := r.api.Return
	v := value(s, s.head, s.off)
	switch s.name {
	case "return-type":
		r.returnType(ret, v)
	case "return-check", "return-check-type":
		c, ok := specmodel.ParseReturnCheck(v.text)
		if !ok {
			r.token("return", v.text, v.off(0), "check of a return value")
			return
		}
		ret.Check = c
	case "return-success":
		ret.Success = r.subExpr(v)
	case "return-desc":
		ret.Description = v.text
	}
}

// flatErrors reads "-ECODE, NAME, short, long" with its continuation lines.
func (r *reader) flatErrors(s *section) {
	entries := []*section{{name: s.name, line: s.line, tagOff: s.tagOff, head: s.head, off: s.off}}
	for _, l := range s.lines {
		text := strings.TrimSpace(l.text)
		last := entries[len(entries)-1]
		switch {
		case text == "":
		case strings.HasPrefix(text, "-E"):
			entries = append(entries, &section{name: s.name, line: l, tagOff: l.off + l.indent, head: text, off: l.off + l.indent})
		case l.indent > 0:
			last.head += " " + text
		default:
			last.lines = append(last.lines, l)
		}
	}
	for _, entry := range entries {
		r.flatError(entry)
	}
}

func (r *reader) flatError(s *section) {
	for _, l := range s.lines {
		lost := false
		r.unindented(s, l, "", false, &lost)
	}
	head, offs := header(s, 4)
	if !r.errorName(head[0], offs[0], r.sectionPos(s)) {
		return
	}
	e := specmodel.Error{Pos: r.sectionPos(s), Name: strings.TrimPrefix(head[0], "-")}
	e.Code = specmodel.Text("-"+e.Name, r.lines.Pos(offs[0], offs[0]+len(head[0])))
	rest := head[1:]
	if len(rest) > 0 && isErrorName(rest[0]) {
		e.Name, rest = rest[0], rest[1:]
	} else if len(rest) > 1 {
		rest = []string{rest[0] + ", " + rest[1]}
	}
	for i, text := range rest {
		rest[i] = strings.Trim(text, `"`)
	}
	if len(rest) > 0 {
		e.Condition = rest[0]
	}
	if len(rest) > 1 {
		e.Description = rest[1]
	}
	r.api.Errors = append(r.api.Errors, e)
}

func (r *reader) flatExpr(s *section) {
	head, _ := header(s, 2)
	for i := range r.api.Constraints {
		c := &r.api.Constraints[i]
		if len(head) == 2 && strings.HasPrefix(c.Name, head[0]) {
			c.Expression = value(s, head[1], s.off).text
			return
		}
	}
	r.problem(r.sectionPos(s), "no-constraint", specmodel.Odd, "no constraint: above is named %s; name one that is", clip(head[0]))
	r.keep("", s.name, oneLine(s), r.sectionPos(s))
}

func (r *reader) flatEffect(s *section) {
	text := s.head
	if !r.hasSubtags(s) {
		text = oneLine(s)
	}
	head, offs := header(&section{head: text, off: s.off}, 3)
	e := specmodel.SideEffect{Pos: r.sectionPos(s), Types: r.effects(head[0], offs[0])}
	if len(head) > 1 {
		e.Target = head[1]
	}
	if len(head) > 2 {
		e.Description = head[2]
	}
	for {
		i := strings.LastIndex(e.Description, ",")
		key, val, ok := strings.Cut(strings.TrimSpace(e.Description[i+1:]), "=")
		if !ok || key != "condition" && key != "reversible" {
			break
		}
		if key == "condition" {
			e.Condition = strings.TrimSpace(val)
		} else {
			e.Reversible = strings.TrimSpace(val) == "yes"
		}
		e.Description = strings.TrimSpace(e.Description[:max(i, 0)])
	}
	r.api.SideEffects = append(r.api.SideEffects, e)
}

// flatSignals reads a signal: section in which every line is a signal.
func (r *reader) flatSignals(s *section) {
	add := func(name string, pos specmodel.Pos) {
		if name != "" {
			r.api.Signals = append(r.api.Signals, specmodel.Signal{Pos: pos, Name: name})
		}
	}
	add(s.head, r.sectionPos(s))
	for _, l := range s.lines {
		add(strings.TrimSpace(l.text), r.lines.Pos(l.off+l.indent, l.off+len(l.text)))
	}
}

// flatStruct reads the struct- tags; all fields belong to the first structure.
func (r *reader) flatStruct(s *section) {
	if len(r.api.Structs) == 0 {
		r.api.Structs = []specmodel.Struct{{Pos: r.sectionPos(s)}}
	}
	st := &r.api.Structs[0]
	head, offs := header(s, 3)
	if s.name == "struct-type" {
		if len(head) > 1 {
			st.Name = strings.TrimPrefix(head[1], "struct ")
			r.keep("parameter "+head[0], s.name, head[1], r.sectionPos(s))
		}
		return
	}
	if s.name == "struct-field" {
		f := specmodel.Field{Pos: r.sectionPos(s), Name: head[0]}
		if len(head) > 1 {
			f.TypeName, f.Type = head[1], fieldType(head[1])
		}
		if len(head) > 2 {
			f.Description = value(s, head[2], offs[2]).text
		}
		st.Fields = append(st.Fields, f)
		return
	}
	var f *specmodel.Field
	for i := range st.Fields {
		if st.Fields[i].Name == head[0] {
			f = &st.Fields[i]
		}
	}
	if f == nil || len(head) < 2 {
		r.problem(r.sectionPos(s), "unknown-field", specmodel.Odd, "%s: names no field; describe the field with struct-field: above", s.name)
		r.keep("struct", s.name, oneLine(s), r.sectionPos(s))
		return
	}
	c := &f.Constraint
	_, rest, _ := strings.Cut(s.head, ",")
	v := value(s, rest, s.off+len(s.head)-len(rest))
	switch s.name {
	case "struct-field-range":
		p := specmodel.Param{Name: f.Name}
		r.rangeOf(&p, v)
		c.Pos, c.Kind, c.Min, c.Max = p.Constraint.Pos, specmodel.ConstraintRange, p.Constraint.Min, p.Constraint.Max
	case "struct-field-enum":
		c.Pos, c.Kind, c.ValuesFrom = r.subPos(v), specmodel.ConstraintEnum, v.text
	case "struct-field-mask":
		c.Pos, c.Kind, c.Mask = r.subPos(v), specmodel.ConstraintMask, r.subExpr(v)
	case "struct-field-validate":
		c.Pos, c.Kind, c.Validate = r.subPos(v), specmodel.ConstraintCustom, v.text
	default:
		r.keep("field "+f.Name, s.name, v.text, r.subPos(v))
	}
}

func fieldType(ctype string) specmodel.ParamType {
	switch strings.TrimPrefix(ctype, "__") {
	case "u8", "u16", "u32", "u64":
		return specmodel.TypeUint
	case "s8", "s16", "s32", "s64":
		return specmodel.TypeInt
	}
	return specmodel.TypeCustom
}

// finish applies the section-wide tags of the first generation and finds the
// place for another error.
func (r *reader) finish(list []section) {
	r.finishLocks()
	r.finishSignals()
	r.finishCapabilities()
	if ret := r.api.Return; ret != nil && ret.Description == "" && r.api.Notation == specmodel.NotationDocA {
		for i := range list {
			if s := &list[i]; (s.name == "return" || s.name == "returns") && s.head != "" && !s.at {
				ret.Description = oneLine(s)
			}
		}
	}
	if p := r.api.Prototype; p != nil {
		for _, param := range p.Params {
			if !r.at[param.Name] && !r.misspelt(param.Name) && isKernelDocName(param.Name) {
				r.problem(param.Pos, "missing-at-line", specmodel.Note,
					"parameter %s has no @%s: line, from which the kapi tool takes the order of parameters; add one", param.Name, param.Name)
			}
		}
		r.paramOrder(p)
	}
	r.insert(list)
}

// misspelt reports whether the parameter is described under a wrong name.
func (r *reader) misspelt(param string) bool {
	for _, meant := range r.similarParam {
		if meant == param {
			return true
		}
	}
	return false
}

// paramOrder reports @name: lines in another order than the function has.
func (r *reader) paramOrder(p *specmodel.Prototype) {
	var want []string
	for _, param := range p.Params {
		if r.at[param.Name] {
			want = append(want, param.Name)
		}
	}
	if len(want) == len(r.order) && !slices.Equal(want, r.order) {
		r.problem(r.api.Param(r.order[0]).Pos, "param-order", specmodel.Note,
			"the kapi tool numbers parameters by their @ lines; write these in the order of the function: %s", strings.Join(want, ", "))
	}
}

func (r *reader) finishLocks() {
	var acquired, released, entry, exit bool
	for _, s := range r.groups["lock"] {
		yes := s.head == "true" || s.head == "yes"
		switch s.name {
		case "lock-acquired":
			acquired = yes
		case "lock-released":
			released = yes
		case "lock-held-on-entry":
			entry = yes
		case "lock-held-on-exit":
			exit = yes
		case "lock-desc":
			for i := range r.api.Locks {
				r.api.Locks[i].Description = oneLine(&s)
			}
		}
	}
	if acquired || released || entry || exit {
		for i := range r.api.Locks {
			r.api.Locks[i].Scope = specmodel.ScopeOf(acquired, released, entry, exit)
		}
	}
}

func (r *reader) finishSignals() {
	if r.api.Notation != specmodel.NotationDocA {
		return
	}
	for i := range r.api.Signals {
		g := &r.api.Signals[i]
		for _, s := range r.groups["signal"] {
			v := value(&s, s.head, s.off)
			v.key = strings.TrimPrefix(s.name, "signal-")
			switch v.key {
			case "direction":
				g.Direction = r.directions(v, "signal "+g.Name)
			case "action":
				a, ok := specmodel.ParseSignalAction(v.text)
				if !ok && i == 0 {
					r.token("signal "+g.Name, v.text, v.off(0), "action of a signal")
				}
				if ok {
					g.Action = a
				}
			case "restartable":
				g.Restartable = v.yes()
			case "interruptible":
				g.Interruptible = v.yes() || v.text == "true"
			case "state-req":
				v.key = "state_required"
				r.signalRest(g, v)
			default:
				r.signalRest(g, v)
			}
		}
		r.signalDefaults(g)
	}
}

func (r *reader) finishCapabilities() {
	for i := range r.api.Capabilities {
		c := &r.api.Capabilities[i]
		for _, s := range r.groups["capability"] {
			v := value(&s, s.head, s.off)
			switch strings.TrimPrefix(s.name, "capability-") {
			case "allows":
				c.Allows = v.text
			case "without":
				c.Without = v.text
			case "condition":
				c.Condition = v.text
			case "priority":
				c.Priority = r.subExpr(v)
			}
		}
	}
}
