// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
)

func (r *reader) returns(s *section) {
	if s.head != "" {
		return // ordinary kernel-doc
	}
	if r.api.Return != nil {
		r.problem(r.sectionPos(s), "duplicate-return", specmodel.Odd, "return: is given twice")
	}
	ret := &specmodel.Return{Pos: r.sectionPos(s)}
	var success *sub
	list := r.subs(s, "return")
	for i := range list {
		v := &list[i]
		switch v.key {
		case "type":
			r.returnType(ret, v)
		case "check-type":
			c, ok := specmodel.ParseReturnCheck(v.text)
			if !ok {
				r.token("return", v.text, v.off(0), "check of a return value")
			}
			if ok {
				ret.Check = c
			}
		case "success":
			success = v
		case "success-range":
			if bounds := r.exprs(v, v.text, 0); len(bounds) == 2 {
				ret.SuccessMin, ret.SuccessMax = bounds[0], bounds[1]
			} else {
				r.keep("return", v.key, v.text, r.subPos(v))
			}
		case "error-values":
			ret.ErrorValues = r.exprs(v, strings.Trim(v.text, "{} "), strings.IndexFunc(v.text, notBrace))
		case "desc":
			ret.Description = v.text
		}
	}
	if success != nil {
		r.success(ret, success)
	}
	if ret.TypeName == "" && ret.Type == "" && ret.Description == "" {
		r.problem(ret.Pos, "return-lost", specmodel.Odd, "kernel-doc drops a return: block that has neither type: nor desc:")
	}
	r.api.Return = ret
}

// returnType keeps the type as C writes it, unless it is a constant of the notation.
func (r *reader) returnType(ret *specmodel.Return, v *sub) {
	t, ok := specmodel.ParseParamType(v.text)
	if ok {
		ret.Type = t
	}
	switch {
	case !strings.HasPrefix(v.text, "KAPI_"):
		ret.TypeName = v.text
	case !ok:
		r.token("return", v.text, v.off(0), "type of a return value")
	}
}

func notBrace(c rune) bool { return c != '{' && c != ' ' }

// success reads the value of a successful call, which depends on the check.
func (r *reader) success(ret *specmodel.Return, v *sub) {
	text := v.text
	switch ret.Check {
	case "", specmodel.ReturnExact, specmodel.ReturnErrorCheck:
		at := len(text) - len(strings.TrimLeft(text, "= "))
		if specmodel.CheckSyntax(text[at:]) != nil {
			if ret.Check != specmodel.ReturnErrorCheck {
				r.problem(r.subPos(v), "bad-success", specmodel.Odd, "%q is not a number, so kernel-doc drops it", clip(text))
			}
			r.keep("return", v.key, text, r.subPos(v))
			return
		}
		ret.Success = r.exprIn(v, text[at:], at)
	case specmodel.ReturnRange:
		ret.SuccessMin, ret.SuccessMax = specmodel.Text("0", r.subPos(v)), specmodel.Text("S64_MAX", r.subPos(v))
		if min, ok := strings.CutPrefix(text, ">="); ok && specmodel.CheckSyntax(min) == nil {
			ret.SuccessMin = r.exprIn(v, min, 2)
			return
		}
		r.problem(r.subPos(v), "bad-success", specmodel.Note, "%q is not of the form >= N, so kernel-doc takes every value from 0 on", clip(text))
		r.keep("return", v.key, text, r.subPos(v))
	case specmodel.ReturnNone:
		r.keep("return", v.key, text, r.subPos(v))
	default:
		if text != ">= 0" && text != "0" {
			r.keep("return", v.key, text, r.subPos(v))
		}
	}
}

func (r *reader) error(s *section) {
	head, offs := header(s, 2)
	e := specmodel.Error{Pos: r.sectionPos(s), Name: head[0]}
	if len(head) == 2 {
		e.Condition, e.Description = head[1], head[1]
	} else {
		r.problem(e.Pos, "error-without-text", specmodel.Odd, "kernel-doc loses this error, because no comma and text follow the name")
	}
	name := head[0]
	if !r.errorName(name, offs[0], e.Pos) {
		r.subs(s, "error "+name)
		return
	}
	e.Name = strings.TrimPrefix(name, "-")
	e.Code = specmodel.Text("-"+e.Name, r.lines.Pos(offs[0], offs[0]+len(name)))
	for _, v := range r.subs(s, "error "+e.Name) {
		if v.key == "desc" {
			e.Description = v.text
		} else {
			e.Condition = v.text
		}
	}
	r.api.Errors = append(r.api.Errors, e)
}

// errorName reports a name that no error has.
func (r *reader) errorName(name string, off int, pos specmodel.Pos) bool {
	if name == "" {
		r.problem(pos, "unknown-errno", specmodel.Bad, "error: names no error")
		return false
	}
	bare := strings.TrimPrefix(name, "-")
	if !isErrorName(bare) {
		r.problem(r.lines.Pos(off, off+len(name)), "unknown-errno", specmodel.Bad, "%q is not the name of an error", clip(name))
		r.keep("error", name, name, pos)
		return false
	}
	return true
}

func (r *reader) lock(s *section) {
	head, offs := header(s, 2)
	l := specmodel.Lock{Pos: r.sectionPos(s), Name: head[0]}
	lockType := func(word string, off int) {
		t, ok := specmodel.ParseLockType(word)
		if !ok {
			r.token("lock "+l.Name, word, off, "type of a lock")
			return
		}
		l.Type = t
	}
	typed := len(head) == 2
	if typed {
		lockType(head[1], offs[1])
	}
	var acquired, released, entry, exit bool
	for _, v := range r.subs(s, "lock "+l.Name) {
		yes := v.text == "true" || v.text == "yes"
		switch v.key {
		case "type":
			typed = true
			lockType(v.text, v.off(0))
		case "acquired":
			acquired = yes
		case "released":
			released = yes
		case "held-on-entry":
			entry = yes
			r.lockScopeNote(&v)
		case "held-on-exit":
			exit = yes
			r.lockScopeNote(&v)
		case "scope":
			scope, ok := specmodel.ParseLockScope(v.text)
			if !ok {
				r.token("lock "+l.Name, v.text, v.off(0), "scope of a lock")
				break
			}
			l.Scope = scope
			if scope != specmodel.LockInternal {
				r.lockScopeNote(&v)
			}
		case "desc":
			l.Description = v.text
		}
	}
	if !typed {
		r.problem(l.Pos, "lock-without-type", specmodel.Odd, "kernel-doc loses the lock %s, because it has no type", clip(l.Name))
	}
	if l.Scope == "" {
		l.Scope = specmodel.ScopeOf(acquired, released, entry, exit)
	}
	r.api.Locks = append(r.api.Locks, l)
}

func (r *reader) lockScopeNote(v *sub) {
	r.problem(r.lines.Pos(v.keyOff, v.keyOff+len(v.key)), "lock-scope", specmodel.Note, "kernel-doc does not pass on %s: of a lock", v.key)
}

func (r *reader) signal(s *section) {
	g := specmodel.Signal{Pos: r.sectionPos(s), Name: s.head}
	where := "signal " + g.Name
	if r.api.Notation == specmodel.NotationDocA {
		r.flatSignals(s)
		return
	}
	for _, v := range r.subs(s, where) {
		switch v.key {
		case "direction":
			g.Direction = r.directions(&v, where)
		case "action":
			a, ok := specmodel.ParseSignalAction(v.text)
			if !ok {
				r.token(where, v.text, v.off(0), "action of a signal")
				break
			}
			g.Action = a
		case "restartable":
			g.Restartable = r.flagYes(&v)
		case "interruptible":
			g.Interruptible = r.flagYes(&v)
		default:
			r.signalRest(&g, &v)
		}
	}
	r.signalDefaults(&g)
	r.api.Signals = append(r.api.Signals, g)
}

// signalDefaults fills in what kernel-doc takes for what is not said.
func (r *reader) signalDefaults(g *specmodel.Signal) {
	if g.Direction == 0 {
		g.Direction = specmodel.SignalReceive
	}
	if g.Action == "" {
		g.Action = specmodel.ActionReturn
		r.problem(g.Pos, "default-action", specmodel.Note, "the signal %s has no action:, which kernel-doc takes as return and another tool as default", clip(g.Name))
	}
}

func (r *reader) signalRest(g *specmodel.Signal, v *sub) {
	switch strings.ReplaceAll(v.key, "-", "_") {
	case "condition":
		g.Condition = v.text
	case "desc":
		g.Description = v.text
	case "errno", "error":
		g.Error = r.subExpr(v)
	case "timing":
		g.Timing, _ = specmodel.SignalTiming(v.text)
	case "priority":
		g.Priority = r.subExpr(v)
	case "number":
		g.Number = r.subExpr(v)
	case "target":
		g.Target = v.text
	case "queue", "queue_behavior":
		g.Queue, _ = specmodel.SignalQueue(v.text)
	case "transform", "transform_to":
		g.TransformTo = r.subExpr(v)
	case "sa_flags_required":
		g.SAFlagsRequired = r.subExpr(v)
	case "sa_flags_forbidden":
		g.SAFlagsForbidden = r.subExpr(v)
	case "state_required":
		g.StateRequired = r.subExpr(v)
	case "state_forbidden":
		g.StateForbidden = r.subExpr(v)
	}
}

// flagYes reads a flag of a signal or effect, which must be exactly yes.
func (r *reader) flagYes(v *sub) bool {
	if v.text == "true" || v.text == "1" {
		r.problem(r.subPos(v), "not-yes", specmodel.Odd, "kernel-doc takes only yes as yes, so %s: %s means no", v.key, v.text)
	}
	return v.yes()
}

func (r *reader) directions(v *sub, where string) specmodel.SignalDirections {
	var d specmodel.SignalDirections
	sep, n := "|", 0
	if !strings.Contains(v.text, "|") {
		sep = ","
	}
	eachWord(v.text, 0, sep, func(word string, at int) {
		bit, ok := specmodel.ParseDirection(word)
		if !ok {
			r.token(where, word, v.off(at), "direction of a signal")
		}
		d |= bit
		n++
	})
	if n > 1 {
		r.problem(r.subPos(v), "direction-list", specmodel.Note, "one of the kernel's tools reads no direction from a list")
	}
	return d
}

func (r *reader) capability(s *section) {
	head, offs := header(s, 3)
	c := specmodel.Capability{Pos: r.sectionPos(s), Name: head[0], Action: specmodel.CapPerformOperation}
	where := "capability " + c.Name
	if strings.EqualFold(c.Name, "none") {
		r.problem(c.Pos, "capability-none", specmodel.Note, "capability: none is taken by one of the kernel's tools as capability number 0; leave it out")
		r.keep("", "capability", s.head, c.Pos)
		return
	}
	c.Number = specmodel.Text(c.Name, r.lines.Pos(offs[0], offs[0]+len(c.Name)))
	if len(head) > 1 {
		c.Action = r.capAction(where, head[1], offs[1])
		if len(head) == 2 {
			r.problem(c.Pos, "capability-type", specmodel.Note, "one of the kernel's tools reads the type of a capability only where a text follows it")
		}
	}
	if len(head) > 2 {
		c.Title = head[2]
	}
	for _, v := range r.subs(s, where) {
		switch v.key {
		case "type":
			c.Action = r.capAction(where, v.text, v.off(0))
		case "allows":
			c.Allows = v.text
		case "without":
			c.Without = v.text
		case "condition":
			c.Condition = v.text
		case "priority":
			c.Priority = r.subExpr(&v)
		case "desc":
			c.Title = v.text
		}
	}
	if c.Title != "" {
		r.problem(c.Pos, "capability-name", specmodel.Note, "kernel-doc puts the text of a capability in the place of its name")
	}
	r.api.Capabilities = append(r.api.Capabilities, c)
}

// capAction reads the type of a capability with kernel-doc's short forms.
func (r *reader) capAction(where, word string, off int) specmodel.CapabilityAction {
	if a, ok := specmodel.ParseCapabilityAction(word); ok {
		return a
	}
	pos := r.lines.Pos(off, off+len(word))
	short := map[string]specmodel.CapabilityAction{
		"required": specmodel.CapPerformOperation, "bypass": specmodel.CapBypassCheck, "grant": specmodel.CapGrantPermission,
		"override": specmodel.CapOverrideRestriction, "access": specmodel.CapAccessResource,
		"modify": specmodel.CapModifyBehavior, "limit": specmodel.CapIncreaseLimit,
	}
	if a, ok := short[strings.ToLower(word)]; ok {
		r.problem(pos, "capability-type", specmodel.Note, "only kernel-doc knows %q as the type of a capability; write %s", clip(word), a)
		return a
	}
	if strings.Contains(strings.ToUpper(word), "BYPASS") {
		return specmodel.CapBypassCheck
	}
	r.token(where, word, off, "type of a capability")
	return specmodel.CapPerformOperation
}

func (r *reader) sideEffect(s *section) {
	e := specmodel.SideEffect{Pos: r.sectionPos(s)}
	if strings.Contains(s.head, ",") {
		if r.hasSubtags(s) {
			r.problem(e.Pos, "side-effect-comma", specmodel.Odd,
				"with a comma the line is TYPE, target, text, and the lines below it are lost; join several types with |")
		}
		r.flatEffect(s)
		return
	}
	e.Types = r.effects(s.head, s.off)
	for _, v := range r.subs(s, "side-effect") {
		switch v.key {
		case "target":
			e.Target = v.text
		case "desc":
			e.Description = v.text
		case "condition":
			e.Condition = v.text
		case "reversible":
			e.Reversible = r.flagYes(&v)
		}
	}
	r.api.SideEffects = append(r.api.SideEffects, e)
}

func (r *reader) hasSubtags(s *section) bool {
	for _, l := range s.lines {
		if isSubtagOf(s.name, l) {
			return true
		}
	}
	return false
}

func (r *reader) effects(text string, off int) specmodel.EffectTypes {
	var types specmodel.EffectTypes
	eachWord(text, off, "|", func(word string, off int) {
		t, ok := specmodel.ParseEffect(word)
		if !ok {
			r.token("side-effect", word, off, "kind of side effect")
		}
		types |= t
	})
	return types
}

func (r *reader) stateTrans(s *section) {
	t := specmodel.StateTransition{Pos: r.sectionPos(s), Object: s.head}
	if strings.Contains(s.head, ",") {
		if r.hasSubtags(s) {
			r.problem(t.Pos, "state-trans-comma", specmodel.Odd, "with a comma the line is OBJECT, FROM, TO, text, and the lines below it are lost")
		}
		text := oneLine(s)
		if r.hasSubtags(s) {
			text = s.head
		}
		head, _ := header(&section{head: text}, 4)
		head = append(head, "", "", "")
		t.Object, t.From, t.To, t.Description = head[0], head[1], head[2], head[3]
		r.api.StateTransitions = append(r.api.StateTransitions, t)
		return
	}
	for _, v := range r.subs(s, "state-trans "+t.Object) {
		switch v.key {
		case "from":
			t.From = v.text
		case "to":
			t.To = v.text
		case "condition":
			t.Condition = v.text
		case "desc":
			t.Description = v.text
		}
	}
	r.api.StateTransitions = append(r.api.StateTransitions, t)
}

func (r *reader) rule(s *section) {
	head, _ := header(s, 2)
	rule := specmodel.Rule{Pos: r.sectionPos(s), Name: head[0]}
	if len(head) == 2 {
		rule.Description = head[1]
	}
	if r.api.Notation == specmodel.NotationDocA && !r.hasSubtags(s) {
		for _, l := range s.lines {
			rule.Description = strings.TrimSpace(rule.Description + " " + strings.TrimSpace(l.text))
		}
		r.api.Constraints = append(r.api.Constraints, rule)
		return
	}
	for _, v := range r.subs(s, "constraint "+rule.Name) {
		if v.key == "expr" {
			rule.Expression = v.text
			continue
		}
		rule.Description = strings.TrimSpace(rule.Description + " " + v.text)
	}
	r.api.Constraints = append(r.api.Constraints, rule)
}
