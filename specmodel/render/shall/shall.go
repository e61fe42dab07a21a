// SPDX-License-Identifier: GPL-2.0-only

// Package shall writes a contract as requirement sentences, each with one
// "shall", for those who derive tests from them.
//
// A sentence is made where a field demands something: of the caller, of the
// values that come back, of what the call leaves behind. Texts that people
// wrote are quoted in a sentence as they are, except that a rule of the form
// "Must be ..." is turned into the failure of what breaks it. What demands
// nothing (versions, examples, evidence, where an element was written) has no
// sentence; [Lossy] names it.
package shall

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

// Inexpressible lists the fields of the model that have no sentence; one
// stands for all that lie below it.
var Inexpressible = []string{
	"version", "since_version", "closed", "open", "implementations", "examples", "unknown", "params.description", "params.sysfs.default", "params.sysfs.units",
	"params.constraint.trace", "errors.trace", "errors.via", "errors.value", "signals.number", "signals.priority", "capabilities.number",
	"capabilities.title", "capabilities.priority", "signal_masks", "struct_specs", "ioctl.file_ops_name", "sysfs.device_type", "socket",
	"return.type", "return.class", "params.class", "params.size_multiplier",
}

// Lossy lists the fields that are set in a contract and have no sentence, by
// path (errors.via).
func Lossy(a *specmodel.API) []string { return fields.Lost(a, Inexpressible) }

// Write writes the sentences of one contract, under headings.
func Write(w io.Writer, a *specmodel.API) error {
	p := page.Of(a)
	s := &writer{w: bufio.NewWriter(w), page: p, api: p.API, name: cmp.Or(flat(p.API.Name), "the interface")}
	fmt.Fprintf(s.w, "Behavioral Requirements for %s:\n", s.name)
	s.availability()
	s.context()
	s.params()
	s.returns()
	s.errors()
	s.signals()
	s.rest()
	s.kinds()
	s.notes()
	return s.w.Flush()
}

type writer struct {
	w     *bufio.Writer
	page  *page.Page
	api   *specmodel.API
	name  string
	title string // heading that was not needed yet
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func (s *writer) heading(title string) { s.title = title }

// say writes a sentence.
func (s *writer) say(format string, args ...any) {
	if s.title != "" {
		fmt.Fprintf(s.w, "\n%s\n", s.title)
		s.title = ""
	}
	for i, l := range fields.Wrap(fmt.Sprintf(format, args...), 76, nil) {
		s.w.WriteString([]string{"- ", "  "}[min(i, 1)] + l + "\n")
	}
}

// clause makes a part of a sentence of a text: no full stop, and no capital at
// its start unless the word is one.
func clause(text string) string {
	text = strings.TrimRight(flat(text), ". ")
	first, _, _ := strings.Cut(text, " ")
	if len(first) > 1 && first[0] >= 'A' && first[0] <= 'Z' && strings.ToLower(first[1:]) == first[1:] {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

func (s *writer) availability() {
	a := s.api
	s.heading("Availability")
	purpose := clause(cmp.Or(a.Description, "its callers"))
	if a.Description != "" {
		purpose = "the purpose: " + purpose
	}
	s.say("%s %s shall be available for %s.", kinds[a.Kind], s.name, purpose)
	for _, p := range fields.Paragraphs(a.LongDescription) {
		for _, sentence := range sentences(p.Text) {
			s.say("%s shall behave as described: %s.", s.name, clause(sentence))
		}
	}
	if a.Deprecated {
		s.say("New programs shall not use %s.", s.name)
	}
	if a.Replacement != "" {
		s.say("%s shall be used in place of %s.", flat(a.Replacement), s.name)
	}
}

var kinds = map[specmodel.Kind]string{specmodel.Syscall: "The system call", specmodel.Ioctl: "The ioctl command",
	specmodel.Sysfs: "The sysfs attribute", specmodel.Function: "The function", specmodel.Callback: "The callback", "": "The interface"}

func (s *writer) context() {
	s.heading("Execution Context")
	if names := s.api.Context.Flags.Names(); len(names) > 0 {
		s.say("%s shall be called only from these contexts: %s.", s.name, strings.ReplaceAll(strings.Join(names, ", "), "_", " "))
	}
}

func (s *writer) params() {
	for i := range s.api.Params {
		p := &s.api.Params[i]
		s.heading("Parameter " + page.Declare(p))
		s.param(p, cmp.Or(flat(p.Name), fmt.Sprintf("parameter %d", p.Index)))
	}
}

func (s *writer) param(p *specmodel.Param, name string) {
	c := &p.Constraint
	fail := "the operation shall fail"
	if len(c.Else) > 0 {
		fail += " with " + strings.Join(c.Else, " or ")
	}
	if flags := p.Flags.Names(); len(flags) > 0 {
		s.say("%s shall be passed as: %s.", name, strings.ReplaceAll(strings.Join(flags, ", "), "_", " "))
	}
	if c.Min.IsSet() && c.Max.IsSet() {
		s.say("If %s is less than %s or greater than %s, %s.", name, c.Min, c.Max, fail)
	} else if c.Min.IsSet() {
		s.say("If %s is less than %s, %s.", name, c.Min, fail)
	} else if c.Max.IsSet() {
		s.say("If %s is greater than %s, %s.", name, c.Max, fail)
	}
	if c.Mask.IsSet() {
		s.say("If %s contains bits not set in %s, %s.", name, c.Mask, fail)
	}
	for _, m := range c.ArchMasks {
		s.say("On %s, %s shall also accept the bits %s.", m.Arch, name, m.Bits)
	}
	if list := cmp.Or(page.List(c.Values), c.ValuesFrom); list != "" {
		s.say("If %s is not one of %s, %s.", name, list, fail)
	}
	if c.Alignment.IsSet() {
		s.say("If %s is not a multiple of %s, %s.", name, c.Alignment, fail)
	}
	if c.Validate != "" {
		s.say("If %s does not satisfy %s, %s.", name, flat(c.Validate), fail)
	}
	switch c.Kind {
	case specmodel.ConstraintSet, specmodel.ConstraintPowerOfTwo, specmodel.ConstraintPageAligned, specmodel.ConstraintNonZero,
		specmodel.ConstraintUserString, specmodel.ConstraintUserPath, specmodel.ConstraintUserPtr, specmodel.ConstraintBuffer:
		s.say("If %s is not %s, %s.", name, s.page.Accepted(&specmodel.Param{Constraint: specmodel.Constraint{Kind: c.Kind, Ranges: c.Ranges}}), fail)
	case specmodel.ConstraintNone:
		s.say("The operation shall not fail because of the value of %s alone.", name)
	}
	if c.Text != "" {
		if rule, ok := strings.CutPrefix(clause(c.Text), "must be "); ok {
			s.say("If %s is not %s, %s.", name, rule, fail)
		} else {
			s.say("%s shall obey: %s.", name, clause(c.Text))
		}
	}
	if p.SizeParam.IsSet() {
		size := s.page.Accepted(&specmodel.Param{SizeParam: p.SizeParam, Constraint: specmodel.Constraint{Kind: specmodel.ConstraintBuffer}})
		s.say("%s shall be %s.", name, size)
	}
	if p.Size.IsSet() {
		s.say("The size of %s shall be %s bytes.", name, p.Size)
	}
	if x := p.Sysfs; x != nil {
		s.sysfs(x, name)
	}
}

func (s *writer) sysfs(x *specmodel.SysfsParam, name string) {
	if x.Path != "" {
		s.say("%s shall be found at %s.", name, flat(x.Path))
	}
	if x.Permissions.IsSet() {
		s.say("The file of %s shall have the mode %s.", name, x.Permissions)
	}
	if x.Step.IsSet() {
		s.say("If %s is not a whole number of steps of %s, the operation shall fail.", name, x.Step)
	}
	if len(x.AllowedStrings) > 0 {
		s.say("If %s is not one of %s, the operation shall fail.", name, flat(strings.Join(x.AllowedStrings, ", ")))
	}
}

func (s *writer) returns() {
	r := s.api.Return
	if r == nil {
		return
	}
	s.heading("Return Value")
	switch {
	case r.Check == specmodel.ReturnNone:
		s.say("%s shall not return.", s.name)
	case page.Success(r) != "":
		s.say("On success, %s shall return %s.", s.name, page.Success(r))
	}
	if r.Check != specmodel.ReturnRange && (r.SuccessMin.IsSet() || r.SuccessMax.IsSet()) {
		s.say("A successful result shall lie in: %s.", page.Interval(r.SuccessMin, r.SuccessMax))
	}
	if r.Success.IsSet() && r.Check != "" && r.Check != specmodel.ReturnExact && r.Check != specmodel.ReturnErrorCheck {
		s.say("The value of success shall be %s.", r.Success)
	}
	if r.IsSuccess != "" && r.Check != specmodel.ReturnCustom {
		s.say("A successful result shall satisfy %s.", flat(r.IsSuccess))
	}
	if list := cmp.Or(page.List(r.ErrorValues), r.ErrorsFrom); list != "" {
		s.say("On failure, %s shall return one of %s.", s.name, list)
	}
	if r.Description != "" {
		s.say("The result shall be: %s.", clause(r.Description))
	}
}

func (s *writer) errors() {
	s.heading("Error Handling")
	for i := range s.api.Errors {
		e := &s.api.Errors[i]
		condition := clause(cmp.Or(e.Condition, e.Description, "the operation cannot be done"))
		s.say("If %s, the function shall return -%s.", condition, strings.TrimPrefix(flat(e.Name), "-"))
		if e.Description != "" && e.Condition != "" && e.Description != e.Condition {
			s.say("The result -%s shall mean: %s.", strings.TrimPrefix(flat(e.Name), "-"), clause(e.Description))
		}
	}
	if s.api.Closed {
		s.say("%s shall return no other error.", s.name)
	}
}

func (s *writer) signals() {
	s.heading("Signal Handling")
	for i := range s.api.Signals {
		g := &s.api.Signals[i]
		name := flat(g.Name)
		when := "When " + name + " is concerned (" + cmp.Or(strings.Join(g.Direction.Names(), ", "), "received") + ")"
		if g.Condition != "" {
			when += " and " + clause(g.Condition)
		}
		if g.Timing != "" {
			when += ", " + strings.ReplaceAll(flat(g.Timing), "_", " ") + " the call"
		}
		s.say("%s, the action shall be: %s.", when, cmp.Or(string(g.Action), "the default"))
		each := []struct{ text, form string }{
			{g.Error.Text, "The call shall then return %s."}, {g.Target, "The signal shall concern %s."}, {g.Queue, "Queued signals shall be treated as: %s."},
			{g.TransformTo.Text, "The signal shall become %s."}, {g.SAFlagsRequired.Text, "The handler's flags shall include %s."},
			{g.SAFlagsForbidden.Text, "The handler's flags shall not include %s."}, {g.StateRequired.Text, "The process shall be in the state %s."},
			{g.StateForbidden.Text, "The process shall not be in the state %s."}, {g.Description, "It shall hold for " + strings.ReplaceAll(name, "%", "%%") + ": %s."},
		}
		for _, e := range each {
			if e.text != "" {
				s.say(e.form, clause(e.text))
			}
		}
		if g.Restartable {
			s.say("The call shall be restarted after %s where the handler asks for it.", name)
		}
		if g.Interruptible {
			s.say("%s shall interrupt the call while it waits.", name)
		}
	}
}

func (s *writer) rest() {
	s.heading("Locking")
	for _, l := range s.api.Locks {
		what := map[specmodel.LockScope]string{specmodel.LockAcquires: "shall be taken and held on return", specmodel.LockReleases: "shall be held on entry and released",
			specmodel.LockCallerHeld: "shall be held by the caller throughout"}[l.Scope]
		s.say("The lock %s (%s) %s.", flat(l.Name), cmp.Or(string(l.Type), "of no stated type"), cmp.Or(what, "shall be taken and released inside the call"))
		if l.Description != "" {
			s.say("The lock %s shall serve this: %s.", flat(l.Name), clause(l.Description))
		}
	}
	s.heading("Capabilities")
	for _, c := range s.api.Capabilities {
		name := flat(c.Name)
		if list := cmp.Or(page.List(c.Alternatives), c.AlternativesFrom); list != "" {
			name += " (or one of " + list + ")"
		}
		when := ""
		if c.Condition != "" {
			when = "If " + clause(c.Condition) + ", "
		}
		s.say("%s%s shall decide over this: %s.", when, name, cmp.Or(clause(c.Allows), strings.ReplaceAll(string(c.Action), "_", " ")))
		if c.Action != "" && c.Allows != "" {
			s.say("Holding %s shall %s.", name, strings.ReplaceAll(string(c.Action), "_", " "))
		}
		if c.Without != "" {
			s.say("Without %s, this shall hold: %s.", name, clause(c.Without))
		}
	}
	s.heading("Side Effects")
	for _, e := range s.api.SideEffects {
		when := ""
		if e.Condition != "" {
			when = "If " + clause(e.Condition) + ", "
		}
		undo := ""
		if e.Reversible {
			undo = ", reversibly"
		}
		s.say("%sthe call shall affect %s (%s)%s.", when, cmp.Or(clause(e.Target), "the system"),
			strings.ReplaceAll(cmp.Or(strings.Join(e.Types.Names(), ", "), "of no stated kind"), "_", " "), undo)
		if e.Description != "" {
			s.say("The effect on %s shall be: %s.", cmp.Or(clause(e.Target), "the system"), clause(e.Description))
		}
	}
	s.heading("State Transitions")
	for _, t := range s.api.StateTransitions {
		when := ""
		if t.Condition != "" {
			when = "If " + clause(t.Condition) + ", "
		}
		s.say("%s%s shall go from %s to %s.", when, cmp.Or(clause(t.Object), "the object"), cmp.Or(clause(t.From), "any state"), cmp.Or(clause(t.To), "another state"))
		if t.Description != "" {
			s.say("The change of %s shall mean: %s.", cmp.Or(clause(t.Object), "the object"), clause(t.Description))
		}
	}
	s.heading("Constraints")
	for _, c := range s.api.Constraints {
		s.say("%s shall hold: %s.", cmp.Or(flat(c.Name), "This"), cmp.Or(clause(c.Description), flat(c.Expression), "always"))
		if c.Expression != "" && c.Description != "" {
			s.say("%s shall satisfy the expression %s.", cmp.Or(flat(c.Name), "The call"), flat(c.Expression))
		}
	}
}

func (s *writer) kinds() {
	s.heading("Interface")
	if x := s.api.Ioctl; x != nil {
		if command := cmp.Or(x.CmdName, x.Cmd.Text); command != "" {
			s.say("The command shall be %s.", flat(command))
		}
		if x.Cmd.IsSet() && x.CmdName != "" {
			s.say("%s shall have the value %s.", flat(x.CmdName), x.Cmd)
		}
		if x.InputSize.IsSet() {
			s.say("The command shall read %s bytes.", x.InputSize)
		}
		if x.OutputSize.IsSet() {
			s.say("The command shall write %s bytes.", x.OutputSize)
		}
	}
	if x := s.api.Sysfs; x != nil && x.Subsystem != "" {
		s.say("The attribute shall belong to the subsystem %s.", flat(x.Subsystem))
	}
}

func (s *writer) notes() {
	s.heading("Notes")
	for _, p := range fields.Paragraphs(s.api.Notes) {
		for _, sentence := range sentences(p.Text) {
			s.say("It shall be noted: %s.", clause(sentence))
		}
	}
}

// sentences cuts a text after full stops.
func sentences(text string) []string {
	var list []string
	for part := range strings.SplitSeq(flat(text), ". ") {
		if part = strings.TrimRight(part, ". "); part != "" {
			list = append(list, part)
		}
	}
	return list
}
