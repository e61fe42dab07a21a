// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"strings"

	"kapilint/specmodel"
)

// pairUp matches elements by key, and then those that are equal but for it: an
// element with another name. alone makes a contract of one element without
// its key, to compare the rest.
func pairUp[T any](old, new []T, key func(*T) string, alone func(T) *specmodel.API) (pairs [][2]int, gone, come []int) {
	pairs, gone, come = match(old, new, key)
	if len(gone)*len(come) > 1<<10 {
		return pairs, gone, come
	}
	left := gone[:0]
	for _, i := range gone {
		found := -1
		for k, j := range come {
			if specmodel.Equal(alone(old[i]), alone(new[j])) {
				found = k
				break
			}
		}
		if found < 0 {
			left = append(left, i)
			continue
		}
		pairs = append(pairs, [2]int{i, come[found]})
		come = append(come[:found:found], come[found+1:]...)
	}
	return pairs, left, come
}

func (c *comparer) locks() {
	old, new := c.old.Locks, c.new.Locks
	if len(old) == 0 && len(new) == 0 || !c.stated("locks") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(l *specmodel.Lock) string { return l.Name },
		func(l specmodel.Lock) *specmodel.API { l.Name = ""; return &specmodel.API{Locks: []specmodel.Lock{l}} })
	for _, i := range gone {
		l := &old[i]
		c.emit(lockAttr(l)+"-removed", spot{kind: "lock", name: l.Name, old: l.Pos}, string(l.Type), "")
	}
	for _, j := range come {
		l := &new[j]
		c.emit(lockAttr(l)+"-added", spot{kind: "lock", name: l.Name, new: l.Pos}, "", string(l.Type))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "lock", name: y.Name, old: x.Pos, new: y.Pos}
		c.token(at, "locks.name", "lock-name-changed", x.Name, y.Name)
		c.token(at, "locks.type", "lock-type-changed", string(x.Type), string(y.Type))
		c.token(at, "locks.scope", "lock-scope-changed", scopeOf(x), scopeOf(y))
		c.text(at, "locks.description", "lock-description-changed", x.Description, y.Description)
	}
}

func scopeOf(l *specmodel.Lock) string {
	if l.Scope == "" {
		return string(specmodel.LockInternal)
	}
	return string(l.Scope)
}

// lockAttr is what a lock means to the caller.
func lockAttr(l *specmodel.Lock) string {
	switch l.Scope {
	case specmodel.LockAcquires:
		return "lock-acquired"
	case specmodel.LockReleases:
		return "lock-released"
	case specmodel.LockCallerHeld:
		return "lock-required"
	}
	return "lock-internal"
}

func (c *comparer) constraints() {
	old, new := c.old.Constraints, c.new.Constraints
	if len(old) == 0 && len(new) == 0 || !c.stated("constraints") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(r *specmodel.Rule) string { return r.Name },
		func(r specmodel.Rule) *specmodel.API {
			r.Name = ""
			return &specmodel.API{Constraints: []specmodel.Rule{r}}
		})
	words := func(r *specmodel.Rule) string {
		if r.Expression != "" {
			return oneLine(r.Expression)
		}
		return oneLine(r.Description)
	}
	for _, i := range gone {
		c.emit("constraint-removed", spot{kind: "constraint", name: old[i].Name, old: old[i].Pos}, words(&old[i]), "")
	}
	for _, j := range come {
		c.emit("constraint-added", spot{kind: "constraint", name: new[j].Name, new: new[j].Pos}, "", words(&new[j]))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "constraint", name: y.Name, old: x.Pos, new: y.Pos}
		c.token(at, "constraints.name", "constraint-name-changed", x.Name, y.Name)
		c.text(at, "constraints.description", "constraint-description-changed", x.Description, y.Description)
		c.text(at, "constraints.expression", "constraint-expression-changed", x.Expression, y.Expression)
	}
}

func (c *comparer) signals() {
	old, new := c.old.Signals, c.new.Signals
	if len(old) == 0 && len(new) == 0 || !c.stated("signals") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(s *specmodel.Signal) string { return s.Name },
		func(s specmodel.Signal) *specmodel.API {
			s.Name = ""
			return &specmodel.API{Signals: []specmodel.Signal{s}}
		})
	for _, i := range gone {
		c.emit("signal-removed", spot{kind: "signal", name: old[i].Name, old: old[i].Pos}, string(old[i].Action), "")
	}
	for _, j := range come {
		c.emit("signal-added", spot{kind: "signal", name: new[j].Name, new: new[j].Pos}, "", string(new[j].Action))
	}
	for _, p := range pairs {
		c.signal(&old[p[0]], &new[p[1]])
	}
}

func (c *comparer) signal(x, y *specmodel.Signal) {
	at := spot{kind: "signal", name: y.Name, old: x.Pos, new: y.Pos}
	c.token(at, "signals.name", "signal-name-changed", x.Name, y.Name)
	if x.Name == y.Name || x.Number.IsSet() && y.Number.IsSet() {
		if number(x.Number, x.Name) != number(y.Number, y.Name) {
			c.expr(at, "signals.number", "signal-number-changed", x.Number, y.Number)
		}
	}
	if a, b := x.Direction, y.Direction; a != b && c.stated("signals.direction") {
		rel := moved
		switch {
		case a&^b == 0:
			rel = wider
		case b&^a == 0:
			rel = narrower
		}
		c.emit("signal-direction-"+asMembers[rel], at, strings.Join(a.Names(), ", "), strings.Join(b.Names(), ", "))
	}
	action := func(a specmodel.SignalAction) string {
		if a == "" {
			return string(specmodel.ActionDefault)
		}
		return string(a)
	}
	c.token(at, "signals.action", "signal-action-changed", action(x.Action), action(y.Action))
	c.text(at, "signals.target", "signal-target-changed", x.Target, y.Target)
	c.text(at, "signals.condition", "signal-condition-changed", x.Condition, y.Condition)
	c.text(at, "signals.description", "signal-description-changed", x.Description, y.Description)
	c.flag(at, "signals.restartable", "signal-restartable", x.Restartable, y.Restartable)
	c.flag(at, "signals.interruptible", "signal-interruptible", x.Interruptible, y.Interruptible)
	c.bits(at, "signals.sa_flags_required", "signal-sa-flags-required", x.SAFlagsRequired, y.SAFlagsRequired)
	c.bits(at, "signals.sa_flags_forbidden", "signal-sa-flags-forbidden", x.SAFlagsForbidden, y.SAFlagsForbidden)
	c.number(at, "signals.error_on_signal", "signal-error-changed", positive(x.Error), positive(y.Error))
	c.number(at, "signals.transform_to", "signal-transform-changed", x.TransformTo, y.TransformTo)
	c.text(at, "signals.timing", "signal-timing-changed", x.Timing, y.Timing)
	c.number(at, "signals.priority", "signal-priority-changed", x.Priority, y.Priority)
	c.text(at, "signals.queue_behavior", "signal-queue-changed", x.Queue, y.Queue)
	c.bits(at, "signals.state_required", "signal-state-required", x.StateRequired, y.StateRequired)
	c.bits(at, "signals.state_forbidden", "signal-state-forbidden", x.StateForbidden, y.StateForbidden)
}

// number is the value of what a name stands for, as text.
func number(e specmodel.Expr, name string) string {
	if v, ok := value(e); ok {
		return v.String()
	}
	if !e.IsSet() {
		if v, err := specmodel.EvalBuiltin(name); err == nil {
			return v.String()
		}
	}
	return e.Text
}

// positive is the number of an error, whose sign means nothing.
func positive(e specmodel.Expr) specmodel.Expr {
	if v, ok := value(e); ok && v.Negative() {
		e.Known, e.Val = true, specmodel.Value{Bits: -v.Bits}
	}
	return e
}

func (c *comparer) signalMasks() {
	old, new := c.old.SignalMasks, c.new.SignalMasks
	if len(old) == 0 && len(new) == 0 || !c.stated("signal_masks") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(m *specmodel.SignalMask) string { return m.Name },
		func(m specmodel.SignalMask) *specmodel.API {
			m.Name = ""
			return &specmodel.API{SignalMasks: []specmodel.SignalMask{m}}
		})
	for _, i := range gone {
		c.emit("sigmask-removed", spot{kind: "signal mask", name: old[i].Name, old: old[i].Pos}, showAll(old[i].Signals), "")
	}
	for _, j := range come {
		c.emit("sigmask-added", spot{kind: "signal mask", name: new[j].Name, new: new[j].Pos}, "", showAll(new[j].Signals))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "signal mask", name: y.Name, old: x.Pos, new: y.Pos}
		c.token(at, "signal_masks.name", "sigmask-name-changed", x.Name, y.Name)
		c.list(at, "signal_masks.signals", "sigmask-signals", x.Signals, y.Signals)
		c.text(at, "signal_masks.description", "sigmask-description-changed", x.Description, y.Description)
	}
}

func (c *comparer) capabilities() {
	old, new := c.old.Capabilities, c.new.Capabilities
	if len(old) == 0 && len(new) == 0 || !c.stated("capabilities") {
		return
	}
	pairs, gone, come := pairUp(old, new, func(k *specmodel.Capability) string { return k.Name },
		func(k specmodel.Capability) *specmodel.API {
			k.Name = ""
			return &specmodel.API{Capabilities: []specmodel.Capability{k}}
		})
	for _, i := range gone {
		c.emit(capAttr(&old[i])+"-removed", spot{kind: "capability", name: old[i].Name, old: old[i].Pos}, string(old[i].Action), "")
	}
	for _, j := range come {
		c.emit(capAttr(&new[j])+"-added", spot{kind: "capability", name: new[j].Name, new: new[j].Pos}, "", string(new[j].Action))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "capability", name: y.Name, old: x.Pos, new: y.Pos}
		c.token(at, "capabilities.name", "capability-name-changed", x.Name, y.Name)
		c.text(at, "capabilities.title", "capability-title-changed", x.Title, y.Title)
		if x.Name == y.Name || x.Number.IsSet() && y.Number.IsSet() {
			if number(x.Number, x.Name) != number(y.Number, y.Name) {
				c.expr(at, "capabilities.number", "capability-number-changed", x.Number, y.Number)
			}
		}
		c.token(at, "capabilities.action", "capability-action-changed", string(x.Action), string(y.Action))
		c.text(at, "capabilities.allows", "capability-allows-changed", x.Allows, y.Allows)
		c.text(at, "capabilities.without_cap", "capability-without-changed", x.Without, y.Without)
		c.text(at, "capabilities.check_condition", "capability-condition-changed", x.Condition, y.Condition)
		c.number(at, "capabilities.priority", "capability-priority-changed", x.Priority, y.Priority)
		c.list(at, "capabilities.alternatives", "capability-alternatives", x.Alternatives, y.Alternatives)
		c.text(at, "capabilities.alternatives_from", "capability-alternatives-from-changed", x.AlternativesFrom, y.AlternativesFrom)
	}
}

// capAttr tells a capability that is needed from one that only frees from a limit.
func capAttr(k *specmodel.Capability) string {
	switch k.Action {
	case specmodel.CapBypassCheck, specmodel.CapIncreaseLimit, specmodel.CapOverrideRestriction:
		return "capability-bypass"
	}
	return "capability"
}

func (c *comparer) effects() {
	old, new := c.old.SideEffects, c.new.SideEffects
	if len(old) == 0 && len(new) == 0 || !c.stated("side_effects") {
		return
	}
	types := func(e *specmodel.SideEffect) string { return strings.Join(e.Types.Names(), ", ") }
	name := func(e *specmodel.SideEffect) string {
		if e.Target != "" {
			return "on " + oneLine(e.Target)
		}
		return oneLine(e.Description)
	}
	pairs, gone, come := match(old, new,
		func(e *specmodel.SideEffect) string { return types(e) + "\x00" + e.Target + "\x00" + e.Description },
		func(e *specmodel.SideEffect) string { return types(e) + "\x00" + e.Target },
		func(e *specmodel.SideEffect) string { return e.Target + "\x00" + e.Description },
		func(e *specmodel.SideEffect) string { return types(e) + "\x00" + e.Description })
	for _, i := range gone {
		c.emit("effect-removed", spot{kind: "side effect", name: name(&old[i]), old: old[i].Pos}, types(&old[i]), "")
	}
	for _, j := range come {
		c.emit("effect-added", spot{kind: "side effect", name: name(&new[j]), new: new[j].Pos}, "", types(&new[j]))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "side effect", name: name(y), old: x.Pos, new: y.Pos}
		if x.Types != y.Types && c.stated("side_effects.types") {
			rel := moved
			switch {
			case x.Types&^y.Types == 0:
				rel = wider
			case y.Types&^x.Types == 0:
				rel = narrower
			}
			c.emit("effect-types-"+asMembers[rel], at, types(x), types(y))
		}
		c.text(at, "side_effects.target", "effect-target-changed", x.Target, y.Target)
		c.text(at, "side_effects.condition", "effect-condition-changed", x.Condition, y.Condition)
		c.text(at, "side_effects.description", "effect-description-changed", x.Description, y.Description)
		c.flag(at, "side_effects.reversible", "effect-reversible", x.Reversible, y.Reversible)
	}
}

func (c *comparer) transitions() {
	old, new := c.old.StateTransitions, c.new.StateTransitions
	if len(old) == 0 && len(new) == 0 || !c.stated("state_transitions") {
		return
	}
	key := func(parts ...string) string { return strings.Join(parts, "\x00") }
	pairs, gone, come := match(old, new,
		func(t *specmodel.StateTransition) string { return key(t.Object, t.From, t.To, t.Condition) },
		func(t *specmodel.StateTransition) string { return key(t.Object, t.From, t.To) },
		func(t *specmodel.StateTransition) string { return key(t.Object, t.From) },
		func(t *specmodel.StateTransition) string { return key(t.Object, t.To) },
		func(t *specmodel.StateTransition) string { return key(t.From, t.To, t.Description) })
	states := func(t *specmodel.StateTransition) string { return oneLine(t.From + " to " + t.To) }
	for _, i := range gone {
		c.emit("transition-removed", spot{kind: "state of", name: old[i].Object, old: old[i].Pos}, states(&old[i]), "")
	}
	for _, j := range come {
		c.emit("transition-added", spot{kind: "state of", name: new[j].Object, new: new[j].Pos}, "", states(&new[j]))
	}
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{kind: "state of", name: y.Object, old: x.Pos, new: y.Pos}
		c.text(at, "state_transitions.object", "transition-object-changed", x.Object, y.Object)
		c.text(at, "state_transitions.from", "transition-from-changed", x.From, y.From)
		c.text(at, "state_transitions.to", "transition-to-changed", x.To, y.To)
		c.text(at, "state_transitions.condition", "transition-condition-changed", x.Condition, y.Condition)
		c.text(at, "state_transitions.description", "transition-description-changed", x.Description, y.Description)
	}
}
