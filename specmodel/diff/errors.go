// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"slices"
	"strings"
	"unicode"

	"kapilint/specmodel"
)

// returns compares what a call returns.
func (c *comparer) returns() {
	old, new := c.old.Return, c.new.Return
	if old == nil && new == nil || !c.stated("return") {
		return
	}
	if old == nil || new == nil {
		at, a, b := spot{}, "", ""
		if old != nil {
			at.old, a = old.Pos, showSuccess(old)
		} else {
			at.new, b = new.Pos, showSuccess(new)
		}
		if new == nil {
			c.emit("return-removed", at, a, b)
		} else {
			c.emit("return-added", at, a, b)
		}
		return
	}
	at := spot{kind: "return value", old: old.Pos, new: new.Pos}
	c.types(at, "return", "return", old.TypeName, new.TypeName, old.Type, new.Type)
	before := len(c.out)
	c.success(at, old, new)
	if len(c.out) == before && old.Check == new.Check {
		c.idleSuccess(at, old, new)
	}
	// More error values are more that can come out.
	c.list(at, "return.error_values", "return-error-values", old.ErrorValues, new.ErrorValues)
	c.text(at, "return.errors_from", "return-errors-from-changed", old.ErrorsFrom, new.ErrorsFrom)
	c.text(at, "return.is_success", "return-is-success-changed", old.IsSuccess, new.IsSuccess)
	c.text(at, "return.description", "return-description-changed", old.Description, new.Description)
}

// success compares the values that mean success, where both checks define
// them, else the checks.
func (c *comparer) success(at spot, old, new *specmodel.Return) {
	dom := domain{64, true}
	x, ok1 := successSet(old, dom)
	y, ok2 := successSet(new, dom)
	rel := unknown
	switch {
	case ok1 && ok2:
		rel = relate(x, y)
	case old.Check != new.Check:
		c.token(at, "return.check", "return-check-changed", string(old.Check), string(new.Check))
		return
	case old.Check == specmodel.ReturnRange:
		rel = relateSpans(old.SuccessMin, old.SuccessMax, new.SuccessMin, new.SuccessMax, dom)
	case old.Check != specmodel.ReturnExact && old.Check != specmodel.ReturnErrorCheck && old.Check != "", sameExpr(old.Success, new.Success):
		return
	}
	if rel != same {
		c.related(at, "return.success", "return-success", asInterval, rel, showSuccess(old), showSuccess(new))
	}
}

// successSet is the values that mean success.
func successSet(r *specmodel.Return, dom domain) (set, bool) {
	switch r.Check {
	case specmodel.ReturnExact, specmodel.ReturnErrorCheck, "":
		v, ok := value(r.Success)
		if !ok {
			return set{}, false
		}
		k := dom.clip(v)
		return spanSet(dom, []span{{k, k}}), true
	case specmodel.ReturnRange:
		s, ok := spanOf(r.SuccessMin, r.SuccessMax, dom)
		return spanSet(dom, []span{s}), ok
	case specmodel.ReturnFD:
		return spanSet(dom, []span{{dom.clip(specmodel.Int(0)), dom.clip(specmodel.Int(1<<31 - 1))}}), true
	}
	return set{}, false
}

func showSuccess(r *specmodel.Return) string {
	switch r.Check {
	case specmodel.ReturnExact, specmodel.ReturnErrorCheck, "":
		if r.Success.IsSet() {
			return show(r.Success)
		}
	case specmodel.ReturnRange:
		return showSpan(r.SuccessMin, r.SuccessMax)
	case specmodel.ReturnFD:
		return "a file descriptor"
	}
	return strings.ReplaceAll(string(r.Check), "_", " ")
}

// idleSuccess compares the values that the check does not use.
func (c *comparer) idleSuccess(at spot, old, new *specmodel.Return) {
	if old.Check != specmodel.ReturnRange && (!sameExpr(old.SuccessMin, new.SuccessMin) || !sameExpr(old.SuccessMax, new.SuccessMax)) {
		c.emit("return-idle-changed", at, showSpan(old.SuccessMin, old.SuccessMax), showSpan(new.SuccessMin, new.SuccessMax))
		return
	}
	switch old.Check {
	case specmodel.ReturnRange, specmodel.ReturnFD, specmodel.ReturnCustom, specmodel.ReturnNone:
		c.expr(at, "return.success", "return-idle-changed", old.Success, new.Success)
	}
}

// errors compares the lists of errors. In an inferred contract a name can
// stand several times, once for each way to it.
func (c *comparer) errors() {
	c.closed()
	if !c.stated("errors") {
		return
	}
	old, new := c.old.Errors, c.new.Errors
	name := func(e *specmodel.Error) string { return specmodel.CanonicalErrno(e.Name) }
	pairs, gone, come := match(old, new,
		func(e *specmodel.Error) string { return name(e) + "\x00" + e.Via + "\x00" + e.Condition },
		name,
		func(e *specmodel.Error) string {
			if v, ok := errorCode(e); ok {
				return v.String()
			}
			return "?" + name(e)
		})
	var oldNames, newNames map[string]bool
	if len(gone)+len(come) > 0 {
		oldNames, newNames = errorNames(c.old), errorNames(c.new)
	}
	for _, i := range gone {
		e := &old[i]
		at := spot{kind: "error", name: e.Name, old: whereFrom(e)}
		switch {
		case newNames[name(e)]:
			c.emit("errno-way-removed", at, oneLine(e.Condition), "")
		case blind(c.new):
			c.emit("errno-seen-removed", at, oneLine(e.Condition), "")
			c.note("the code can return errors that are not known, so that it may still be one of them")
		case open(c.new):
			c.emit("errno-own-removed", at, oneLine(e.Condition), "")
			c.note("a callback may still return it")
		default:
			c.emit("errno-removed", at, oneLine(e.Condition), "")
		}
	}
	for _, j := range come {
		e := &new[j]
		at := spot{kind: "error", name: e.Name, new: whereFrom(e)}
		switch {
		case oldNames[name(e)]:
			c.emit("errno-way-added", at, "", oneLine(e.Condition))
		case blind(c.old):
			c.emit("errno-seen-added", at, "", oneLine(e.Condition))
			c.note("the old code could return errors that are not known, so that it may have been one of them")
		case open(c.old):
			c.emit("errno-own-added", at, "", oneLine(e.Condition))
			c.note("before, only a callback could return it")
		default:
			c.emit("errno-added", at, "", oneLine(e.Condition))
		}
	}
	for _, p := range pairs {
		c.error(&old[p[0]], &new[p[1]])
	}
}

func (c *comparer) error(old, new *specmodel.Error) {
	at := spot{kind: "error", name: new.Name, old: whereFrom(old), new: whereFrom(new)}
	if specmodel.CanonicalErrno(old.Name) != specmodel.CanonicalErrno(new.Name) {
		c.token(at, "errors.name", "errno-name-changed", old.Name, new.Name)
	}
	if v, ok := errorCode(old); ok && c.stated("errors.value") {
		if w, ok := errorCode(new); ok && v != w {
			c.emit("errno-number-changed", at, v.String(), w.String())
		}
	}
	c.condition(at, old.Condition, new.Condition)
	c.text(at, "errors.description", "errno-description-changed", old.Description, new.Description)
	c.text(at, "errors.via", "errno-via-changed", old.Via, new.Via)
}

// computed reports whether both contracts were computed from code. What stands in
// them as evidence then differs wherever code was moved.
func (c *comparer) computed() bool {
	return c.old.Origin == specmodel.FromCode && c.new.Origin == specmodel.FromCode
}

// condition compares when an error comes. A computed condition is what could be
// seen of it: alternatives in no order, or nothing where none was found.
func (c *comparer) condition(at spot, old, new string) {
	if !c.computed() {
		c.text(at, "errors.condition", "errno-condition-changed", old, new)
		return
	}
	alternatives := func(s string) []string {
		list := strings.Split(s, ", or ")
		slices.Sort(list)
		return list
	}
	switch {
	case old == "" || new == "", c.follows(old, new), slices.Equal(alternatives(old), alternatives(new)):
		return
	}
	c.text(at, "errors.condition", "errno-condition-seen-changed", old, new)
}

// whereFrom is where the code makes an error, in a contract that was computed.
func whereFrom(e *specmodel.Error) specmodel.Pos {
	if n := len(e.Trace); n > 0 && e.Trace[n-1].Line > 0 {
		last := e.Trace[n-1]
		return specmodel.Pos{File: last.File, Line: last.Line, Col: last.Col}
	}
	return e.Pos
}

// follows reports whether two conditions, computed from the code, differ since
// a parameter that they test takes other values.
func (c *comparer) follows(old, new string) bool {
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	tested := map[string]bool{}
	for _, w := range words(old) {
		tested[w] = c.reshaped[w]
	}
	return slices.ContainsFunc(words(new), func(w string) bool { return tested[w] })
}

// errorCode is the number of an error, without its sign; without a stated
// one that of its name.
func errorCode(e *specmodel.Error) (specmodel.Value, bool) {
	v, ok := value(e.Code)
	if !ok {
		n, ok := specmodel.Errno(e.Name)
		return specmodel.Int(n), ok && !e.Code.IsSet()
	}
	if v.Negative() {
		return specmodel.Value{Bits: -v.Bits}, true
	}
	return specmodel.Value{Bits: v.Bits}, true
}

// closed compares whether the errors are all that there are, and if callbacks
// alone keep both lists from that, which.
func (c *comparer) closed() {
	if !c.computed() {
		return
	}
	notes := func(steps []specmodel.Step) string {
		var out []string
		for _, s := range steps {
			out = append(out, openText(s))
		}
		return oneLine(strings.Join(out, "; "))
	}
	at := spot{kind: "errors"}
	if c.old.Closed != c.new.Closed {
		if c.stated("closed") {
			id := "errno-list-opened"
			if c.new.Closed {
				id = "errno-list-closed"
			}
			c.emit(id, at, notes(c.old.Open), notes(c.new.Open))
		}
		return
	}
	if c.stated("open") && !blind(c.old) && !blind(c.new) {
		c.sources(at)
	}
}

// sources compares the kinds of callback that errors can come from. One that is
// called in several places is one.
func (c *comparer) sources(at spot) {
	list := func(steps []specmodel.Step) []specmodel.Step {
		return slices.CompactFunc(slices.SortedStableFunc(slices.Values(steps), compareVia),
			func(a, b specmodel.Step) bool { return a.Via == b.Via })
	}
	old, new := list(c.old.Open), list(c.new.Open)
	_, gone, come := match(old, new, func(s *specmodel.Step) string { return s.Via })
	if len(gone) == 1 && len(come) == 1 {
		c.emit("errno-source-changed", at, openText(old[gone[0]]), openText(new[come[0]]))
		return
	}
	for _, i := range gone {
		c.emit("errno-source-removed", at, openText(old[i]), "")
	}
	for _, j := range come {
		c.emit("errno-source-added", at, "", openText(new[j]))
	}
}

func compareVia(a, b specmodel.Step) int { return strings.Compare(a.Via, b.Via) }

func openText(s specmodel.Step) string {
	if s.Func != "" {
		return oneLine(s.Note + " in " + s.Func)
	}
	return oneLine(s.Note)
}
