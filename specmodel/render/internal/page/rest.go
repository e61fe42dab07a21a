// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"cmp"
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// rest makes the sections that have one row for each entry.
func (p *Page) rest() {
	a := p.API
	var rows []Row
	for _, l := range a.Locks {
		rows = append(rows, row(l.Name, "", joined("; ", string(l.Type), scopeWords[l.Scope]), l.Description))
	}
	p.rows("Locks", rows)

	rows = nil
	for _, c := range a.Capabilities {
		rows = append(rows, row(c.Name, number(c.Number, c.Name), joined("; ", words(string(c.Action)), prefixed("priority ", c.Priority.String())),
			c.Title, prefixed("allows: ", c.Allows), prefixed("without it: ", c.Without), prefixed("checked when: ", c.Condition),
			prefixed("or one of ", List(c.Alternatives)), prefixed("or one of ", c.AlternativesFrom)))
	}
	p.rows("Capabilities", rows)

	rows = nil
	for i := range a.Signals {
		s := &a.Signals[i]
		rows = append(rows, row(s.Name, number(s.Number, s.Name), signalLines(s)...))
	}
	p.rows("Signals", rows)

	rows = nil
	for _, m := range a.SignalMasks {
		rows = append(rows, row(m.Name, "", List(m.Signals), m.Description))
	}
	p.rows("Signal masks", rows)

	rows = nil
	for _, e := range a.SideEffects {
		kind := words(strings.Join(e.Types.Names(), ", "))
		if e.Reversible {
			kind = joined("; ", kind, "reversible")
		}
		rows = append(rows, row(cmp.Or(e.Target, "effect"), "", kind, e.Description, prefixed("when: ", e.Condition)))
	}
	p.rows("Side effects", rows)

	rows = nil
	for _, t := range a.StateTransitions {
		rows = append(rows, row(t.Object, "", cmp.Or(t.From, "any state")+" -> "+cmp.Or(t.To, "another"), t.Description, prefixed("when: ", t.Condition)))
	}
	p.rows("State transitions", rows)

	rows = nil
	for _, c := range a.Constraints {
		rows = append(rows, row(c.Name, "", c.Description, c.Expression))
	}
	p.rows("Constraints", rows)
}

// number is what a name stands for, unless it is the name again.
func number(e specmodel.Expr, name string) string {
	if e.Known && !e.Val.Negative() {
		return e.Val.String()
	}
	if e.Text == name {
		return ""
	}
	return e.Text
}

var scopeWords = map[specmodel.LockScope]string{
	specmodel.LockInternal: "taken and released", specmodel.LockAcquires: "taken, held on return",
	specmodel.LockReleases: "held on entry, released", specmodel.LockCallerHeld: "held by the caller",
}

func signalLines(s *specmodel.Signal) []string {
	parts := []string{strings.Join(s.Direction.Names(), ", "), string(s.Action), words(s.Timing)}
	if s.Error.IsSet() {
		parts = append(parts, "fails with "+strings.TrimPrefix(s.Error.Text, "-"))
	}
	if s.Restartable {
		parts = append(parts, "restartable")
	}
	if s.Interruptible {
		parts = append(parts, "interruptible")
	}
	parts = append(parts, prefixed("becomes ", s.TransformTo.String()), prefixed("queue ", s.Queue), prefixed("priority ", s.Priority.String()),
		prefixed("needs SA flags ", hex(s.SAFlagsRequired)), prefixed("not with SA flags ", hex(s.SAFlagsForbidden)),
		prefixed("in state ", hex(s.StateRequired)), prefixed("not in state ", hex(s.StateForbidden)))
	return []string{joined("; ", parts...), prefixed("when: ", s.Condition), prefixed("target: ", s.Target), s.Description}
}

func (p *Page) structs() {
	for _, s := range p.API.Structs {
		var rows []Row
		for i := range s.Fields {
			f := &s.Fields[i]
			class := className[f.Type]
			if f.TypeName == "" {
				class = ""
			}
			line := joined("; ", cmp.Or(f.TypeName, string(f.Type)), class, prefixed("offset ", f.Offset.String()), prefixed("size ", f.Size.String()),
				flagWords(f.Flags), fieldValues(&f.Constraint))
			text := constraintText(&f.Constraint)
			rows = append(rows, row(f.Name, "", line, f.Description, text))
		}
		title := "struct " + strings.TrimPrefix(flat(s.Name), "struct ")
		p.Sections = append(p.Sections, Section{ID: "Structures", Title: title, Rows: rows,
			About: flat(joined("; ", s.Description, prefixed("size ", s.Size.String()), prefixed("alignment ", s.Alignment.String())))})
	}
}

func fieldValues(c *specmodel.Constraint) string {
	s := joined("; ", Values(c), alsoOf(c))
	if len(c.Else) > 0 {
		s = joined(", ", s, "else "+strings.Join(c.Else, " or "))
	}
	return s
}

// blocks makes the sections that only ioctl commands, sysfs attributes and
// socket calls have.
func (p *Page) blocks() {
	if s := p.API.Ioctl; s != nil {
		command := hex(s.Cmd)
		if s.CmdName != s.Cmd.Text {
			command = joined(" ", s.CmdName, command)
		}
		p.pairs("Ioctl", "command", command, "input", sized(s.InputSize), "output", sized(s.OutputSize), "operations", s.FileOps)
	}
	if s := p.API.Sysfs; s != nil {
		p.pairs("Sysfs", "subsystem", s.Subsystem, "device", s.DeviceType)
	}
	if s := p.API.Socket; s != nil {
		p.socket(s)
	}
}

// pairs makes rows of the pairs of name and text that have a text.
func (p *Page) pairs(id string, pairs ...string) {
	var rows []Row
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			rows = append(rows, row(pairs[i], "", pairs[i+1]))
		}
	}
	p.rows(id, rows)
}

// A trait is a name that is said where it holds.
type trait struct {
	has  bool
	name string
}

func traits(list ...trait) string {
	var names []string
	for _, t := range list {
		if t.has {
			names = append(names, t.name)
		}
	}
	return strings.Join(names, ", ")
}

func (p *Page) socket(s *specmodel.SocketSpec) {
	pairs := []string{"traits", traits(trait{s.Connection, "connection oriented"}, trait{s.Message, "message oriented"},
		trait{s.OOB, "out-of-band data"}, trait{s.Peek, "peek"}, trait{s.SelectPoll, "select and poll"}, trait{s.Reentrant, "reentrant"}),
		"establish", s.Establish, "terminate", s.Terminate, "transfer", s.Transfer}
	if st := s.State; st != nil {
		pairs = append(pairs, "states", joined("; ", prefixed("needs ", List(st.Required)), prefixed("not in ", List(st.Forbidden)),
			prefixed("leads to ", st.Resulting.String()), prefixed("when ", st.Condition), prefixed("protocols ", hex(st.Protocols))))
	}
	for _, b := range s.Protocols {
		pairs = append(pairs, cmp.Or(hex(b.Protocols), "protocol"), cmp.Or(joined("; ", b.Behavior, joined(" ", hex(b.Flags), b.FlagDescription)), "no behaviour stated"))
	}
	if b := s.Buffer; b != nil {
		partial := prefixed("partial transfers: ", b.PartialRules)
		if b.Partial {
			partial = joined(" ", "partial transfers possible", b.PartialRules)
		}
		pairs = append(pairs, "buffer", joined("; ", hex(b.Behaviors), prefixed("at least ", b.Min.String()), prefixed("at most ", b.Max.String()),
			prefixed("best ", b.Optimal.String()), b.Fragmentation, partial))
	}
	if as := s.Async; as != nil {
		timeout := prefixed("timeout: ", as.TimeoutRules)
		if as.Timeout {
			timeout = joined(" ", "timeout possible", as.TimeoutRules)
		}
		pairs = append(pairs, "blocking", joined("; ", hex(as.Modes), prefixed("fails with ", strings.TrimPrefix(as.NonblockErrno.Text, "-")),
			prefixed("poll in ", hex(as.PollIn)), prefixed("poll out ", hex(as.PollOut)), as.Completion, timeout))
	}
	for _, f := range s.Families {
		length, ports := "", ""
		if f.MinLen.IsSet() || f.MaxLen.IsSet() {
			length = "length " + Interval(f.MinLen, f.MaxLen)
		}
		if f.PortMin.IsSet() || f.PortMax.IsSet() {
			ports = "ports " + Interval(f.PortMin, f.PortMax)
		}
		family := f.Family.String()
		if f.Name == "" {
			family = ""
		}
		pairs = append(pairs, cmp.Or(f.Name, f.Family.String(), "family"), cmp.Or(joined("; ", family, f.Format, prefixed("structure ", f.StructSize.String()), length,
			traits(trait{f.Wildcard, "wildcard"}, trait{f.Multicast, "multicast"}, trait{f.Broadcast, "broadcast"}), f.Special, ports), "nothing stated"))
	}
	p.pairs("Socket", pairs...)
}

// texts makes the sections of prose.
func (p *Page) texts() {
	a := p.API
	for _, s := range []Section{{ID: "Description", Prose: a.LongDescription}, {ID: "Notes", Prose: a.Notes}, {ID: "Examples", Code: a.Examples}} {
		if s.Title = s.ID; strings.TrimSpace(s.Prose+s.Code) != "" {
			p.Sections = append(p.Sections, s)
		}
	}
	var rows []Row
	for _, u := range a.Unknown {
		at := ""
		if u.Pos.IsValid() {
			at = fmt.Sprintf("line %d", u.Pos.Line)
		}
		rows = append(rows, row(cmp.Or(u.Key, "text"), joined(", ", u.Where, at), u.Raw))
	}
	p.rows("Not understood", rows)
}
