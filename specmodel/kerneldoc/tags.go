// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
)

func (r *reader) returns(s *section) {
	if s.head != "" {
		r.returnText(s)
		return
	}
	if r.api.Return != nil {
		r.problem(r.sectionPos(s), "duplicate-return", specmodel.Odd, "return: is given twice; remove one of the two")
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
		r.problem(ret.Pos, "return-lost", specmodel.Odd, "kernel-doc drops a return: block that has neither type: nor desc:; add one of them")
	}
	r.api.Return = ret
}

// returnText looks at a section of ordinary kernel-doc about the return value
// for the sub-tags of a block, which are lost there.
func (r *reader) returnText(s *section) {
	r.prose(s)
	lost := ""
	for _, l := range s.lines {
		name, _, tagged := cutTag(l.text)
		if tagged && l.indent == 0 {
			break // a misspelt tag, which has the lines below it
		}
		if isSubtagOf("return", l) && name != "success" { // which is a word of prose as well
			lost = name
			break
		}
	}
	if lost == "" {
		return
	}
	if s.head != "" {
		r.problem(r.sectionPos(s), "return-text", specmodel.Odd, "with a text after it %s: is no block, and %s: below it is lost; write return: alone and the text after desc:", s.name, lost)
		return
	}
	pos := r.lines.Pos(s.tagOff, s.tagOff+len(s.raw))
	r.problem(pos, "return-text", specmodel.Odd, "%s: begins a text, and %s: below it is lost; write return:", s.name, lost).Fix =
		r.change(pos, "return")
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
				r.problem(r.subPos(v), "bad-success", specmodel.Odd, "%q is not a number, so kernel-doc drops it; write the value, such as 0", clip(text))
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
		r.problem(r.subPos(v), "bad-success", specmodel.Note, "%q makes kernel-doc take every value from 0 on; write >= and a number", clip(text))
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
	if len(head) == 1 {
		head = r.errorWithoutComma(s)
	}
	if len(head) == 2 {
		e.Condition, e.Description = head[1], head[1]
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

// errorWithoutComma reports a header that kernel-doc does not take, and cuts it
// at the first blank if a name stands before it.
func (r *reader) errorWithoutComma(s *section) []string {
	name, text, _ := strings.Cut(s.head, " ")
	text = strings.TrimSpace(text)
	bare := strings.TrimPrefix(name, "-")
	if !isErrorName(bare) {
		return []string{s.head}
	}
	pos := r.lines.Pos(s.off, s.off+len(s.head))
	p := r.problem(pos, "error-without-text", specmodel.Odd, "kernel-doc loses this error; write a comma and a text after the name")
	if text == "" {
		if _, known := specmodel.Errno(bare); known {
			p.Fix = specmodel.Replace(pos, bare+", "+specmodel.ErrnoText(bare), "Add a description")
		}
		return []string{name}
	}
	p.Fix = specmodel.Replace(pos, bare+", "+text, "Add the comma after "+bare)
	return []string{name, text}
}

// errorName reports a name that no error has.
func (r *reader) errorName(name string, off int, pos specmodel.Pos) bool {
	if name == "" {
		r.problem(pos, "unknown-errno", specmodel.Bad, "error: names no error; write a name such as EINVAL")
		return false
	}
	bare := strings.TrimPrefix(name, "-")
	if !isErrorName(bare) {
		r.problem(r.lines.Pos(off, off+len(name)), "unknown-errno", specmodel.Bad, "%q is not the name of an error; write a name such as EINVAL, a comma and a text", clip(name))
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
			r.lockScopeNote(&v, "")
		case "held-on-exit":
			exit = yes
			r.lockScopeNote(&v, "")
		case "scope":
			scope, ok := specmodel.ParseLockScope(v.text)
			if !ok {
				r.token("lock "+l.Name, v.text, v.off(0), "scope of a lock")
				break
			}
			l.Scope = scope
			if scope != specmodel.LockInternal {
				r.lockScopeNote(&v, scope)
			}
		case "desc":
			l.Description = v.text
		}
	}
	if !typed {
		r.problem(l.Pos, "lock-without-type", specmodel.Odd, "kernel-doc loses the lock %s, which has no type; add type:", clip(l.Name))
	}
	if l.Scope == "" {
		l.Scope = specmodel.ScopeOf(acquired, released, entry, exit)
	}
	r.api.Locks = append(r.api.Locks, l)
}

// lockScopeNote reports what kernel-doc does not pass on of a lock. Two of the
// scopes can be said otherwise.
func (r *reader) lockScopeNote(v *sub, scope specmodel.LockScope) {
	pos := r.lines.Pos(v.keyOff, v.keyOff+len(v.key))
	want := map[specmodel.LockScope]string{specmodel.LockAcquires: "acquired: true", specmodel.LockReleases: "released: true"}[scope]
	if want == "" {
		r.problem(pos, "lock-scope", specmodel.Note, "kernel-doc does not pass on %s: of a lock; say it in desc: too", v.key)
		return
	}
	pos.EndOffset = r.subPos(v).EndOffset
	r.problem(pos, "lock-scope", specmodel.Note, "kernel-doc does not pass on %s: of a lock; write %s", v.key, want).Fix = r.change(pos, want)
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
		r.problem(g.Pos, "default-action", specmodel.Note, "the signal %s has no action:, which kernel-doc takes as return and the kapi tool as default; write it", clip(g.Name))
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
		timing, ok := specmodel.SignalTiming(v.text)
		if want, _ := specmodel.Suggest("time of a signal", v.text); !ok && want != "" {
			r.token("signal "+g.Name, v.text, v.off(0), "time of a signal") // other text is allowed
		}
		g.Timing = timing
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
		r.problem(r.subPos(v), "not-yes", specmodel.Odd, "kernel-doc takes %s: %s as no; write yes", v.key, v.text).Fix =
			r.change(r.subPos(v), "yes")
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
		r.problem(r.subPos(v), "direction-list", specmodel.Note, "the kapi tool reads no direction from a list; write a signal: block for each")
	}
	return d
}

func (r *reader) capability(s *section) {
	head, offs := header(s, 3)
	c := specmodel.Capability{Pos: r.sectionPos(s), Name: head[0], Action: specmodel.CapPerformOperation}
	where := "capability " + c.Name
	if strings.EqualFold(c.Name, "none") {
		r.problem(c.Pos, "capability-none", specmodel.Note, "the kapi tool takes capability: none as capability number 0; remove it")
		r.prose(s)
		r.keep("", "capability", s.head, c.Pos)
		return
	}
	c.Number = specmodel.Text(c.Name, r.lines.Pos(offs[0], offs[0]+len(c.Name)))
	if len(head) > 1 {
		c.Action = r.capAction(where, head[1], offs[1])
		if len(head) == 2 {
			r.problem(c.Pos, "capability-type", specmodel.Note, "the kapi tool does not read a type on this line without a text; write it after type: below").Fix = r.typeBelow(s, head)
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
		r.problem(c.Pos, "capability-name", specmodel.Note, "kernel-doc puts the text of a capability in the place of its name; read the name here")
	}
	r.api.Capabilities = append(r.api.Capabilities, c)
}

// typeBelow moves the type of a capability to a line of its own.
func (r *reader) typeBelow(s *section, head []string) *specmodel.Fix {
	for _, l := range s.lines {
		if name, _, ok := cutTag(l.text); ok && name == "type" {
			return nil
		}
	}
	prefix := string(r.src[s.line.start:s.line.off])
	if strings.TrimSpace(prefix) != "*" {
		return nil
	}
	return specmodel.Replace(r.lines.Pos(s.off, s.off+len(s.head)), head[0]+"\n"+prefix+"  type: "+head[1], "Move the type to a line of its own")
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
		r.problem(pos, "capability-type", specmodel.Note, "only kernel-doc knows %q as the type of a capability; write %s", clip(word), a).Fix =
			r.change(pos, string(a))
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
		r.effectComma(s)
		r.flatEffect(s)
		r.prose(s)
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

// effectComma reports commas in the header that a reader takes for something
// else than was meant.
func (r *reader) effectComma(s *section) {
	pieces := strings.Split(s.head, ",")
	allTypes := true
	for _, piece := range pieces {
		allTypes = allTypes && isEffect(piece)
	}
	pos := r.lines.Pos(s.off, s.off+len(s.head))
	switch {
	case allTypes:
		for i := range pieces {
			pieces[i] = strings.TrimSpace(pieces[i])
		}
		r.problem(pos, "side-effect-comma", specmodel.Odd, "kernel-doc takes what follows a comma as the target; join several types with |").Fix =
			specmodel.Replace(pos, strings.Join(pieces, " | "), "Join the types with |")
	case r.hasSubtags(s):
		r.problem(pos, "side-effect-comma", specmodel.Odd, "with a comma the line is TYPE, target, text, and the lines below are lost; leave only the type on it")
	case len(pieces) == 2:
		r.problem(pos, "side-effect-comma", specmodel.Note, "the kapi tool takes what follows a single comma as a type; write it after target: below")
	}
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
			r.problem(t.Pos, "state-trans-comma", specmodel.Odd, "with a comma the line is OBJECT, FROM, TO, text, and the lines below are lost; leave only the object on it")
		}
		text := oneLine(s)
		if r.hasSubtags(s) {
			text = s.head
		}
		head, _ := header(&section{head: text}, 4)
		head = append(head, "", "", "")
		t.Object, t.From, t.To, t.Description = head[0], head[1], head[2], head[3]
		r.api.StateTransitions = append(r.api.StateTransitions, t)
		r.prose(s)
		return
	}
	for _, v := range r.subs(s, "state-trans "+t.Object) {
		switch v.key {
		case "object":
			t.Object = v.text
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
