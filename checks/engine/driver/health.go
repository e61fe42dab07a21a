// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"errors"
	"go/types"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cparse"
)

// inspect takes over what the front end says of the unit: how much of it there
// is, and what is missing. The error is not nil when nothing is there. Items
// of headers that had to be left out are only logged: they are unknown
// functions, as those in assembly are.
func (u *unit) inspect() error {
	for _, p := range u.syntax.Reasons {
		if !p.InMain {
			u.run.logf("%s: %s:%d: %s left out: %s", u.path, p.At.File, p.At.Line, p.Item, p.Message)
			continue
		}
		place := report.Place{File: u.path}
		if pos := u.syntax.Pos(p.At); pos.IsValid() {
			place = placeOf(u.syntax.Fset, pos, pos)
		}
		u.health.Reasons = append(u.health.Reasons, report.Problem{Place: place, Item: p.Item, Message: p.Message, Header: p.Header})
		if len(p.Searched) > 0 {
			u.run.logf("%s: %s was looked for in %s", u.path, p.Header, strings.Join(p.Searched, ", "))
		}
	}
	switch u.syntax.State {
	case cparse.Typed:
		return nil
	case cparse.Partial:
		u.health.State = report.Partial
		return nil
	}
	u.health.State = report.Failed
	if len(u.health.Reasons) == 0 {
		return errors.New("nothing of the unit could be parsed")
	}
	return errors.New(u.health.Reasons[0].Message)
}

// owner returns a function that tells which objects the unit defines.
func owner(world *cparse.World, u *cparse.Unit) func(types.Object) bool {
	mine := map[types.Object]bool{}
	for _, f := range u.Funcs() {
		mine[f.Obj] = true
	}
	globals := false
	return func(o types.Object) bool {
		if mine[o] || globals {
			return mine[o]
		}
		globals = true
		for _, g := range u.Globals() {
			sym := cparse.Symbol{Name: g.Name}
			if g.Static {
				sym.File = g.File
			}
			mine[world.Object(sym)] = true
		}
		return mine[o]
	}
}
