// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"regexp"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

func (w *writer) params() {
	for i := range w.api.Params {
		p := &w.api.Params[i]
		before := len(w.lines)
		w.block("param", fields.Identifier(p.Name))
		head := len(w.lines)
		w.paramType(p)
		w.constraint(p)
		if len(w.lines) == head {
			w.lines = w.lines[:before] // the @name: line has it
		}
	}
}

// kernelFlags are the flags that the notation has.
const kernelFlags = specmodel.FlagIn | specmodel.FlagOut | specmodel.FlagOptional | specmodel.FlagConst | specmodel.FlagVolatile |
	specmodel.FlagUser | specmodel.FlagDMA | specmodel.FlagAligned

// typeToken is the word for a class, or nothing for the classes of sysfs.
func typeToken(t specmodel.ParamType) string {
	switch t {
	case specmodel.TypeString, specmodel.TypeBool, specmodel.TypeHex, specmodel.TypeBinary, specmodel.TypeBitmap:
		return ""
	case specmodel.TypeVoid:
		return "KAPI_TYPE_VOID" // the short word is not known to all readers
	}
	return string(t)
}

func (w *writer) paramType(p *specmodel.Param) {
	flags := p.Flags & kernelFlags
	implied := specmodel.ParamFlags(0)
	if p.Type == specmodel.TypeUserPtr || p.Type == specmodel.TypePath {
		implied = specmodel.FlagUser
	}
	var words []string
	for _, name := range (flags &^ implied).Names() {
		switch name {
		case "in":
			name = "input"
		case "out":
			name = "output"
		}
		words = append(words, name)
	}
	token := typeToken(p.Type)
	switch {
	case token != "" && flags&implied == implied:
		w.sub("type", strings.Join(append([]string{token}, words...), ", "))
	case flags != 0:
		w.sub("type", token)
		w.sub("flags", strings.Join(words, " | "))
	default:
		w.sub("type", token)
		if implied != 0 {
			w.sub("flags", "0")
		}
	}
}

// constraint writes the kind with its arguments, and as sub-tags of their own
// what the kind does not take.
func (w *writer) constraint(p *specmodel.Param) {
	c := &p.Constraint
	w.expr("size", without(p.Size, c.Kind == specmodel.ConstraintUserString))
	kind, text := c.Kind, c.Text
	args := map[specmodel.ConstraintKind]string{
		specmodel.ConstraintMask: valid(c.Mask), specmodel.ConstraintEnum: validList(c.Values), specmodel.ConstraintAlignment: valid(c.Alignment),
		specmodel.ConstraintUserString: valid(p.Size), specmodel.ConstraintBuffer: valid(p.SizeParam),
	}[kind]
	bounds := ""
	if c.Min.IsSet() || c.Max.IsSet() {
		bounds = or(valid(c.Min), "S64_MIN") + ", " + or(valid(c.Max), "S64_MAX")
	}
	switch kind {
	case specmodel.ConstraintRange:
		args = bounds
	case specmodel.ConstraintSet:
		kind, args, text = setAs(c)
	}
	if kind != specmodel.ConstraintRange {
		w.sub("range", bounds) // before the kind, which one reader would take from it
	}
	switch {
	case args != "":
		w.sub("constraint-type", string(kind)+"("+args+")")
	case kind == specmodel.ConstraintRange, kind == specmodel.ConstraintMask, kind == specmodel.ConstraintEnum,
		kind == specmodel.ConstraintAlignment, kind == specmodel.ConstraintBuffer:
		w.sub("constraint-type", "KAPI_CONSTRAINT_"+strings.ToUpper(string(kind)))
	default:
		w.sub("constraint-type", string(kind))
	}
	w.expr("mask", without(c.Mask, kind == specmodel.ConstraintMask))
	if kind != specmodel.ConstraintEnum {
		w.sub("valid-values", validList(c.Values))
	}
	w.expr("alignment", without(c.Alignment, kind == specmodel.ConstraintAlignment))
	w.expr("size-param", without(p.SizeParam, kind == specmodel.ConstraintBuffer))
	for _, m := range c.ArchMasks {
		if bits := valid(m.Bits); bits != "" && fields.Identifier(m.Arch) == m.Arch {
			w.sub("arch-mask", m.Arch+" = "+bits)
		}
	}
	w.sub("cdesc", text)
}

// setAs says a set that was inferred in the words of the notation: as a list,
// as a range, or as text.
func setAs(c *specmodel.Constraint) (kind specmodel.ConstraintKind, args, text string) {
	var values []specmodel.Expr
	for _, r := range c.Ranges {
		if specmodel.SameExpr(r.Min, r.Max) {
			values = append(values, r.Min)
		}
	}
	switch {
	case len(c.Ranges) > 0 && len(values) == len(c.Ranges) && validList(values) != "":
		return specmodel.ConstraintEnum, validList(values), c.Text
	case len(c.Ranges) == 1 && valid(c.Ranges[0].Min) != "" && valid(c.Ranges[0].Max) != "":
		return specmodel.ConstraintRange, valid(c.Ranges[0].Min) + ", " + valid(c.Ranges[0].Max), c.Text
	}
	return specmodel.ConstraintCustom, "", or(c.Text, page.Values(c))
}

func without(e specmodel.Expr, drop bool) specmodel.Expr {
	if drop {
		return specmodel.Expr{}
	}
	return e
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (w *writer) returns() {
	r := w.api.Return
	if r == nil {
		return
	}
	selected := w.selected // ordinary kernel-doc has a return, too
	defer func() { w.selected = selected }()
	w.block("return", "")
	token := typeToken(r.Type)
	if t, ok := specmodel.ParseParamType(r.TypeName); token == "" && ok && typeToken(t) == r.TypeName {
		token = r.TypeName
	}
	if token != "" && r.TypeName == "" {
		token = "KAPI_TYPE_" + strings.ToUpper(string(r.Type))
	}
	w.sub("type", token)
	w.sub("check-type", string(r.Check))
	switch r.Check {
	case specmodel.ReturnRange:
		if min := valid(r.SuccessMin); min != "" {
			w.sub("success", ">= "+min)
		}
	case "", specmodel.ReturnExact, specmodel.ReturnErrorCheck:
		w.expr("success", r.Success)
	}
	w.sub("desc", r.Description)
}

var errorName = regexp.MustCompile(`^E[A-Z0-9_]+$`)

func (w *writer) errors() {
	for i := range w.api.Errors {
		e := &w.api.Errors[i]
		if !errorName.MatchString(e.Name) {
			continue // it would be read as something else
		}
		condition, text := flat(e.Condition), flat(e.Description)
		head := "error: " + e.Name + ","
		w.gap()
		w.selected = true
		if condition != "" && text != "" && len(head)+1+len(condition) <= width {
			w.line(head + " " + harmless(condition))
			if text != condition {
				w.sub("desc", text)
			}
			continue
		}
		w.line(head)
		w.sub("condition", condition)
		w.sub("desc", text)
	}
}

func (w *writer) yes(key string, is bool) {
	if is {
		w.sub(key, "yes")
	}
}

func (w *writer) rest() {
	a := w.api
	for i := range a.Signals {
		w.signal(&a.Signals[i])
	}
	for _, l := range a.Locks {
		w.block("lock", noComma(l.Name))
		w.sub("type", string(l.Type))
		switch l.Scope {
		case specmodel.LockInternal:
			w.sub("acquired", "true")
			w.sub("released", "true")
		case specmodel.LockAcquires:
			w.sub("acquired", "true")
		case specmodel.LockReleases:
			w.sub("released", "true")
		case specmodel.LockCallerHeld:
			w.sub("scope", "caller_held") // no other word exists
		}
		w.sub("desc", l.Description)
	}
	for _, c := range a.Capabilities {
		w.block("capability", fields.Identifier(c.Name))
		w.sub("type", string(c.Action))
		w.sub("desc", c.Title)
		w.sub("allows", c.Allows)
		w.sub("without", c.Without)
		w.sub("condition", c.Condition)
		w.expr("priority", c.Priority)
	}
	for _, e := range a.SideEffects {
		w.block("side-effect", or(strings.Join(e.Types.Names(), " | "), "none"))
		w.sub("target", e.Target)
		w.sub("condition", e.Condition)
		w.sub("desc", e.Description)
		w.yes("reversible", e.Reversible)
	}
	for _, t := range a.StateTransitions {
		w.block("state-trans", noComma(t.Object))
		w.sub("from", t.From)
		w.sub("to", t.To)
		w.sub("condition", t.Condition)
		w.sub("desc", t.Description)
	}
	for _, c := range a.Constraints {
		w.block("constraint", noComma(c.Name))
		w.sub("desc", c.Description)
		w.sub("expr", c.Expression)
	}
}

func (w *writer) signal(s *specmodel.Signal) {
	w.block("signal", s.Name)
	w.expr("number", s.Number)
	w.sub("direction", strings.Join(s.Direction.Names(), " | "))
	w.sub("action", string(s.Action))
	w.sub("target", s.Target)
	w.sub("condition", s.Condition)
	w.sub("desc", s.Description)
	w.expr("errno", s.Error)
	w.sub("timing", timings[s.Timing])
	w.expr("priority", s.Priority)
	w.yes("restartable", s.Restartable)
	w.yes("interruptible", s.Interruptible)
	if queue, ok := specmodel.SignalQueue(s.Queue); ok {
		w.sub("queue", "KAPI_SIGNAL_QUEUE_"+strings.ToUpper(queue))
	}
	w.expr("transform-to", s.TransformTo)
	w.expr("sa-flags-required", s.SAFlagsRequired)
	w.expr("sa-flags-forbidden", s.SAFlagsForbidden)
	w.expr("state-required", s.StateRequired)
	w.expr("state-forbidden", s.StateForbidden)
}

// timings are the words for the timing of a signal; other text has none.
var timings = map[string]string{
	"before": "before", "during": "during", "after": "after", "entry": "KAPI_SIGNAL_TIME_ENTRY", "exit": "KAPI_SIGNAL_TIME_EXIT",
	"anytime": "KAPI_SIGNAL_TIME_ANYTIME", "while_blocked": "KAPI_SIGNAL_TIME_BLOCKING", "while_sleeping": "KAPI_SIGNAL_TIME_SLEEPING",
}
