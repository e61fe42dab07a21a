// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"fmt"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// compare compares two contracts of one interface.
func (c *comparer) compare(old, new *specmodel.API) {
	c.old, c.new = old, new
	at := spot{old: old.Pos, new: new.Pos}
	c.token(at, "kind", "api-kind-changed", string(old.Kind), string(new.Kind))
	c.number(at, "version", "api-version-changed", orOne(old.Version), orOne(new.Version))
	c.text(at, "description", "api-description-changed", old.Description, new.Description)
	c.text(at, "long_description", "api-long-description-changed", old.LongDescription, new.LongDescription)
	c.context()
	before := len(c.out)
	c.params()
	c.returns()
	signature := len(c.out) == before
	c.errors()
	c.locks()
	c.constraints()
	c.signals()
	c.signalMasks()
	c.structs()
	c.capabilities()
	c.effects()
	c.transitions()
	c.text(at, "examples", "api-examples-changed", old.Examples, new.Examples)
	c.text(at, "notes", "api-notes-changed", old.Notes, new.Notes)
	c.text(at, "since_version", "api-since-changed", old.SinceVersion, new.SinceVersion)
	c.flag(at, "deprecated", "api-deprecated", old.Deprecated, new.Deprecated)
	c.text(at, "replacement", "api-replacement-changed", old.Replacement, new.Replacement)
	c.ioctl()
	c.sysfs()
	c.socket()
	c.counts()
	if signature {
		c.prototype()
	}
	c.unknowns()
}

// orOne is a version number, which is 1 where a notation has none.
func orOne(e specmodel.Expr) specmodel.Expr {
	if !e.IsSet() {
		return specmodel.Lit(specmodel.Int(1))
	}
	return e
}

const (
	ctxPlaces = specmodel.CtxProcess | specmodel.CtxSoftirq | specmodel.CtxHardirq | specmodel.CtxNMI
	ctxStates = specmodel.CtxPreemptDisabled | specmodel.CtxIRQDisabled
)

// context compares where a call may be made from. The places are alternatives,
// and none means all; the rest are conditions that hold together.
func (c *comparer) context() {
	old, new := c.old.Context.Flags, c.new.Context.Flags
	if old == new || !c.stated("context") {
		return
	}
	at := spot{kind: "context", old: c.old.Context.Pos, new: c.new.Context.Pos}
	names := func(f specmodel.ContextFlags) string { return strings.Join(f.Names(), ", ") }
	part := func(mask specmodel.ContextFlags, attr string, all specmodel.ContextFlags) {
		a, b := old&mask, new&mask
		if a == b {
			return
		}
		x, y := a, b
		if x == 0 {
			x = all
		}
		if y == 0 {
			y = all
		}
		switch {
		case x == y:
		case x&^y == 0:
			c.emit(attr+"-added", at, names(a), names(b))
		case y&^x == 0:
			c.emit(attr+"-removed", at, names(a), names(b))
		default:
			c.emit(attr+"-changed", at, names(a), names(b))
		}
	}
	part(ctxPlaces, "context-place", ctxPlaces)
	part(specmodel.CtxSleepable, "context-sleep", 0)
	part(specmodel.CtxAtomic, "context-atomic", 0)
	part(ctxStates, "context-state", 0)
}

func (c *comparer) ioctl() {
	old, new := c.old.Ioctl, c.new.Ioctl
	if c.block("ioctl", old == nil, new == nil) || old == nil {
		return
	}
	at := spot{kind: "ioctl", old: old.Pos, new: new.Pos}
	if !sameExpr(old.Cmd, new.Cmd) && c.stated("ioctl.cmd") {
		c.emit("ioctl-number-changed", at, showHex(old.Cmd), showHex(new.Cmd))
	}
	c.text(at, "ioctl.cmd_name", "ioctl-name-changed", old.CmdName, new.CmdName)
	c.number(at, "ioctl.input_size", "ioctl-input-size-changed", old.InputSize, new.InputSize)
	c.number(at, "ioctl.output_size", "ioctl-output-size-changed", old.OutputSize, new.OutputSize)
	c.text(at, "ioctl.file_ops_name", "ioctl-file-ops-changed", old.FileOps, new.FileOps)
}

func (c *comparer) sysfs() {
	old, new := c.old.Sysfs, c.new.Sysfs
	if c.block("sysfs", old == nil, new == nil) || old == nil {
		return
	}
	at := spot{kind: "sysfs attribute", old: old.Pos, new: new.Pos}
	c.text(at, "sysfs.subsystem", "sysfs-subsystem-changed", old.Subsystem, new.Subsystem)
	c.text(at, "sysfs.device_type", "sysfs-device-type-changed", old.DeviceType, new.DeviceType)
}

// block reports a block that only one contract has, unless the kind of the
// interface changed and says so.
func (c *comparer) block(path string, noOld, noNew bool) (done bool) {
	if noOld == noNew {
		return false
	}
	if !c.stated(path) || c.old.Kind != c.new.Kind {
		return true
	}
	c.flag(spot{}, path, path, noNew, noOld)
	return true
}

// counts compares what the sources state of the lengths of lists, unless the
// list itself changed.
func (c *comparer) counts() {
	old, new := c.old.Counts, c.new.Counts
	if len(old) == 0 || len(new) == 0 {
		return
	}
	section := func(n *specmodel.Count) string { return n.Section }
	pairs, _, _ := match(old, new, section)
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		if length(c.old, x.Section) == length(c.new, y.Section) {
			c.expr(spot{kind: "count of", name: x.Section, old: x.Pos, new: y.Pos}, "counts", "api-count-changed", x.N, y.N)
		}
	}
}

// length is how many elements a section has, by its JSON name.
func length(a *specmodel.API, section string) int {
	switch section {
	case "params":
		return len(a.Params)
	case "errors":
		return len(a.Errors)
	case "return.error_values":
		if a.Return != nil {
			return len(a.Return.ErrorValues)
		}
	case "locks":
		return len(a.Locks)
	case "constraints":
		return len(a.Constraints)
	case "signals":
		return len(a.Signals)
	case "signal_masks":
		return len(a.SignalMasks)
	case "struct_specs":
		return len(a.Structs)
	case "capabilities":
		return len(a.Capabilities)
	case "side_effects":
		return len(a.SideEffects)
	case "state_transitions":
		return len(a.StateTransitions)
	}
	return 0
}

// prototype compares the C declarations, where both sources show one.
func (c *comparer) prototype() {
	old, new := c.old.Prototype, c.new.Prototype
	if old == nil || new == nil || !c.stated("prototype") {
		return
	}
	if old.Name == new.Name && old.Macro == new.Macro && sameType(old.Result, new.Result) &&
		slices.EqualFunc(old.Params, new.Params, func(a, b specmodel.ProtoParam) bool {
			return a.Name == b.Name && sameType(a.Type, b.Type)
		}) {
		return
	}
	text := func(p *specmodel.Prototype) string {
		var params []string
		for _, q := range p.Params {
			params = append(params, strings.TrimSpace(q.Type+" "+q.Name))
		}
		s := fmt.Sprintf("%s %s(%s)", p.Result, p.Name, strings.Join(params, ", "))
		if p.Macro != "" {
			s = p.Macro + " " + s
		}
		return oneLine(s)
	}
	c.emit("prototype-changed", spot{old: old.Pos, new: new.Pos}, text(old), text(new))
}

// unknowns compares what was not understood; in two notations it cannot be
// compared.
func (c *comparer) unknowns() {
	if c.old.Notation != c.new.Notation {
		return
	}
	old, new := c.old.Unknown, c.new.Unknown
	if len(old) == 0 && len(new) == 0 {
		return
	}
	name := func(u *specmodel.Unknown) string { return strings.TrimSpace(u.Where + " " + u.Key) }
	pairs, gone, come := match(old, new, func(u *specmodel.Unknown) string { return name(u) + "\x00" + u.Raw }, name,
		func(u *specmodel.Unknown) string { return u.Raw })
	for _, p := range pairs {
		x, y := &old[p[0]], &new[p[1]]
		at := spot{old: x.Pos, new: y.Pos}
		if name(x) != name(y) || !sameText(x.Raw, y.Raw) {
			c.emit("unknown-text-changed", at, oneLine(name(x)+": "+x.Raw), oneLine(name(y)+": "+y.Raw))
		}
	}
	for _, i := range gone {
		c.emit("unknown-text-removed", spot{old: old[i].Pos}, oneLine(name(&old[i])+": "+old[i].Raw), "")
	}
	for _, j := range come {
		c.emit("unknown-text-added", spot{new: new[j].Pos}, "", oneLine(name(&new[j])+": "+new[j].Raw))
	}
}
