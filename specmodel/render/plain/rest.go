// SPDX-License-Identifier: GPL-2.0-only

package plain

import (
	"cmp"
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// rest prints the sections that have one row for each entry.
func (p *printer) rest() {
	a := p.api
	var rows []row
	for _, l := range a.Locks {
		rows = append(rows, row{name: l.Name, lines: []string{joined("; ", string(l.Type), scopeWords[l.Scope]), l.Description}})
	}
	p.section("Locks", rows)

	rows = nil
	for _, c := range a.Capabilities {
		lines := []string{joined("; ", words(string(c.Action)), prefixed("priority ", c.Priority.String())), c.Title, prefixed("allows: ", c.Allows),
			prefixed("without it: ", c.Without), prefixed("checked when: ", c.Condition)}
		if len(c.Alternatives) > 0 {
			lines = append(lines, "or one of "+list(c.Alternatives))
		}
		rows = append(rows, row{name: c.Name, lines: append(lines, prefixed("or one of ", c.AlternativesFrom))})
	}
	p.section("Capabilities", rows)

	rows = nil
	for _, s := range a.Signals {
		rows = append(rows, row{name: s.Name, lines: signalLines(s)})
	}
	p.section("Signals", rows)

	rows = nil
	for _, m := range a.SignalMasks {
		rows = append(rows, row{name: m.Name, lines: []string{list(m.Signals), m.Description}})
	}
	p.section("Signal masks", rows)

	rows = nil
	for _, e := range a.SideEffects {
		kind := strings.Join(e.Types.Names(), ", ")
		if e.Reversible {
			kind += "; reversible"
		}
		rows = append(rows, row{name: cmp.Or(e.Target, "effect"), lines: []string{words(kind), e.Description, prefixed("when: ", e.Condition)}})
	}
	p.section("Side effects", rows)

	rows = nil
	for _, t := range a.StateTransitions {
		rows = append(rows, row{name: t.Object, lines: []string{t.From + " -> " + t.To, t.Description, prefixed("when: ", t.Condition)}})
	}
	p.section("State transitions", rows)

	rows = nil
	for _, c := range a.Constraints {
		rows = append(rows, row{name: c.Name, lines: []string{c.Description, c.Expression}})
	}
	p.section("Constraints", rows)
	p.structs()
}

var scopeWords = map[specmodel.LockScope]string{
	specmodel.LockInternal: "taken and released", specmodel.LockAcquires: "taken, held on return",
	specmodel.LockReleases: "held on entry, released", specmodel.LockCallerHeld: "held by the caller",
}

func signalLines(s specmodel.Signal) []string {
	var parts []string
	parts = append(parts, strings.Join(s.Direction.Names(), ", "), string(s.Action), words(s.Timing))
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
		prefixed("needs SA flags ", s.SAFlagsRequired.String()), prefixed("not with SA flags ", s.SAFlagsForbidden.String()),
		prefixed("in state ", s.StateRequired.String()), prefixed("not in state ", s.StateForbidden.String()))
	return []string{joined("; ", parts...), prefixed("when: ", s.Condition), prefixed("target: ", s.Target), s.Description}
}

func (p *printer) structs() {
	for _, s := range p.api.Structs {
		var rows []row
		for _, f := range s.Fields {
			line := joined("; ", cmp.Or(f.TypeName, string(f.Type)), prefixed("offset ", f.Offset.String()), prefixed("size ", f.Size.String()),
				flagWords(f.Flags), constraint(&f.Constraint))
			rows = append(rows, row{name: f.Name, lines: []string{line, f.Description, f.Constraint.Text}})
		}
		title := joined(", ", "struct "+strings.TrimPrefix(s.Name, "struct "), prefixed("size ", s.Size.String()), prefixed("alignment ", s.Alignment.String()))
		p.section(joined(": ", title, s.Description), rows)
	}
}

// blocks prints what only ioctl commands, sysfs attributes and socket calls have.
func (p *printer) blocks() {
	if s := p.api.Ioctl; s != nil {
		command := s.Cmd.String()
		if s.CmdName != s.Cmd.Text {
			command = joined(" ", s.CmdName, command)
		}
		p.facts("Ioctl", "command", command, "input", sized(s.InputSize), "output", sized(s.OutputSize), "operations", s.FileOps)
	}
	if s := p.api.Sysfs; s != nil {
		p.facts("Sysfs", "subsystem", s.Subsystem, "device", s.DeviceType)
	}
	if s := p.api.Socket; s != nil {
		p.socket(s)
	}
}

func sized(e specmodel.Expr) string {
	if !e.IsSet() {
		return ""
	}
	if e.Text == "1" {
		return "1 byte"
	}
	return e.String() + " bytes"
}

// facts prints the pairs of name and text that have a text.
func (p *printer) facts(title string, pairs ...string) {
	var rows []row
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			rows = append(rows, row{name: pairs[i], lines: []string{pairs[i+1]}})
		}
	}
	p.section(title, rows)
}

func (p *printer) socket(s *specmodel.SocketSpec) {
	var traits []string
	for _, t := range []struct {
		has  bool
		name string
	}{{s.Connection, "connection oriented"}, {s.Message, "message oriented"}, {s.OOB, "out-of-band data"}, {s.Peek, "peek"},
		{s.SelectPoll, "select and poll"}, {s.Reentrant, "reentrant"}} {
		if t.has {
			traits = append(traits, t.name)
		}
	}
	pairs := []string{"traits", strings.Join(traits, ", "), "establish", s.Establish, "terminate", s.Terminate, "transfer", s.Transfer}
	if st := s.State; st != nil {
		pairs = append(pairs, "states", joined("; ", prefixed("needs ", list(st.Required)), prefixed("not in ", list(st.Forbidden)),
			prefixed("leads to ", st.Resulting.Text), prefixed("when ", st.Condition), prefixed("protocols ", st.Protocols.Text)))
	}
	for _, b := range s.Protocols {
		pairs = append(pairs, b.Protocols.Text, joined("; ", b.Behavior, joined(" ", b.Flags.String(), b.FlagDescription)))
	}
	if b := s.Buffer; b != nil {
		partial := ""
		if b.Partial {
			partial = joined(" ", "partial transfers", b.PartialRules)
		}
		pairs = append(pairs, "buffer", joined("; ", b.Behaviors.Text, prefixed("at least ", b.Min.String()), prefixed("at most ", b.Max.String()),
			prefixed("best ", b.Optimal.String()), b.Fragmentation, partial))
	}
	if as := s.Async; as != nil {
		timeout := ""
		if as.Timeout {
			timeout = joined(" ", "timeout", as.TimeoutRules)
		}
		pairs = append(pairs, "blocking", joined("; ", as.Modes.Text, prefixed("fails with ", strings.TrimPrefix(as.NonblockErrno.Text, "-")),
			prefixed("poll in ", as.PollIn.Text), prefixed("poll out ", as.PollOut.Text), as.Completion, timeout))
	}
	for _, f := range s.Families {
		var can []string
		for _, t := range []struct {
			has  bool
			name string
		}{{f.Wildcard, "wildcard"}, {f.Multicast, "multicast"}, {f.Broadcast, "broadcast"}} {
			if t.has {
				can = append(can, t.name)
			}
		}
		ports := ""
		if f.PortMax.IsSet() {
			ports = "ports " + interval(f.PortMin, f.PortMax)
		}
		pairs = append(pairs, cmp.Or(f.Name, f.Family.Text), joined("; ", f.Format, prefixed("structure ", f.StructSize.String()),
			prefixed("length ", interval(f.MinLen, f.MaxLen)), strings.Join(can, ", "), f.Special, ports))
	}
	p.facts("Socket", pairs...)
}

// texts prints the prose.
func (p *printer) texts() {
	a := p.api
	if p.brief {
		return
	}
	p.prose("Description", a.LongDescription, true)
	p.prose("Notes", a.Notes, true)
	p.prose("Examples", a.Examples, false)
	var rows []row
	for _, u := range a.Unknown {
		rows = append(rows, row{name: u.Key, lines: []string{u.Raw}})
	}
	p.section("Not understood", rows)
}

func (p *printer) prose(title, text string, wrap bool) {
	text = strings.Trim(text, "\n")
	if text == "" {
		return
	}
	fmt.Fprintf(p.w, "\n%s\n", title)
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) != "" {
			p.w.WriteString("  ")
			if wrap {
				p.wrap(line, 2)
			} else {
				p.w.WriteString(strings.TrimRight(line, " "))
			}
		}
		p.w.WriteByte('\n')
	}
}

func words(token string) string { return strings.ReplaceAll(token, "_", " ") }

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// joined joins the parts that say something.
func joined(sep string, parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, sep)
}
