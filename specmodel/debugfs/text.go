// SPDX-License-Identifier: GPL-2.0-only

package debugfs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

// The notations of the two layouts of the text.
const (
	NotationText    = "debugfs-text"
	NotationOldText = "debugfs-text-old"
)

// textUnstated is what the text of either layout cannot tell, or only where
// the kind of a constraint or check asks for it.
var textUnstated = []string{"kind", "params.size_param", "params.size_multiplier", "params.constraint.arch_masks",
	"params.constraint.min", "params.constraint.max", "params.constraint.mask", "params.constraint.values",
	"return.success", "return.success_min", "return.success_max", "return.error_values",
	"params.constraint.values_from", "params.constraint.validate", "params.sysfs",
	"return.class", "return.errors_from", "return.is_success",
	"signals.target", "signals.condition", "signals.restartable", "signals.interruptible", "signals.sa_flags_required",
	"signals.sa_flags_forbidden", "signals.error_on_signal", "signals.transform_to", "signals.timing", "signals.priority",
	"signals.queue_behavior", "signals.state_required", "signals.state_forbidden",
	"signal_masks", "struct_specs", "ioctl", "sysfs", "socket"}

// newUnstated and oldUnstated are what one of them cannot tell besides.
var (
	newUnstated = []string{"side_effects.types", "side_effects.condition", "state_transitions.condition", "capabilities.action",
		"capabilities.check_condition", "capabilities.priority", "capabilities.alternatives", "capabilities.alternatives_from",
		"since_version", "deprecated", "replacement"}
	oldUnstated = []string{"constraints.name", "constraints.expression", "side_effects", "state_transitions", "capabilities", "params.size",
		"params.constraint.alignment"}
)

// oldLine matches a line that only the older layout has.
var oldLine = regexp.MustCompile(`(?m)^(Long description: .*|Since: .*|DEPRECATED\b.*| +(acquired|released) by function| +type: (ptr|fd|user_ptr|path|func_ptr) \(.*)$`)

// newLine matches a line that only the newest layout has.
var newLine = regexp.MustCompile(`(?m)^(Long description:|(Side effects|State transitions|Capabilities) \(\d+\):| +(scope|expression|size|alignment): .*|` +
	` +type: (pointer|file_descriptor|user_pointer|pathname|function_pointer) \(.*)$`)

// ReadText reads the text of one contract. file is used in positions.
func ReadText(file string, src []byte) (*specmodel.API, []specmodel.Problem) {
	a := &specmodel.API{Origin: specmodel.FromDebugfs, Notation: NotationText, Pos: specmodel.Pos{File: file, Line: 1, Col: 1, EndOffset: len(src)}}
	r := &textReader{file: file, api: a}
	if oldLine.Match(src) {
		a.Notation, r.old = NotationOldText, true
	}
	a.Unstated = append(a.Unstated, textUnstated...)
	if r.old || !newLine.Match(src) { // nothing tells the layout of a short contract
		a.Unstated = append(a.Unstated, oldUnstated...)
	}
	if !r.old {
		a.Unstated = append(a.Unstated, newUnstated...)
	}
	text := strings.ToValidUTF8(string(src[:min(len(src), maxText)]), "?")
	for off := 0; text != ""; {
		if r.strange >= maxStrange {
			r.problem(specmodel.Bad, "bad-line", "too much is not understood; the rest is not read")
			break
		}
		line, rest, _ := strings.Cut(text, "\n")
		r.line++
		r.pos = specmodel.Pos{File: file, Line: r.line, Col: 1 + len(line) - len(strings.TrimLeft(line, " ")), Offset: off, EndOffset: off + len(line)}
		r.read(line)
		off += len(text) - len(rest)
		text = rest
	}
	if len(src) > maxText {
		r.problem(specmodel.Bad, "too-long", "the text has more than %d bytes; the rest is not read", maxText)
	}
	r.finish()
	return a, r.problems
}

// A textReader reads one line after another.
type textReader struct {
	file     string
	api      *specmodel.API
	old      bool
	line     int
	pos      specmodel.Pos
	problems []specmodel.Problem

	section string
	last    *string  // the text that the line before belongs to
	named   bool     // the line with the name was seen
	inRule  bool     // below "constraints:" of a parameter
	strange int      // lines that were not understood
	lines   []string // of the block that is read
}

// maxText bounds the text of one contract, maxStrange the lines in it that are
// not understood; the kernel prints far less.
const (
	maxText    = 1 << 20
	maxStrange = 100
)

func (r *textReader) problem(severity specmodel.Severity, id, format string, args ...any) {
	r.problems = append(r.problems, specmodel.Problem{Pos: r.pos, ID: id, Symbol: r.api.Name, Severity: severity, Message: fmt.Sprintf(format, args...)})
}

// bad keeps a line that is not understood.
func (r *textReader) bad(line string) {
	t := strings.TrimSpace(line)
	r.strange++
	if r.last != nil {
		*r.last += "\n" + t
		r.problem(specmodel.Note, "continued-text", "%s is no line of the layout and taken as more of the text before it", quote(t))
		return
	}
	r.problem(specmodel.Bad, "bad-line", "%s is no line of a contract in debugfs", quote(t))
	r.api.Unknown = append(r.api.Unknown, specmodel.Unknown{Pos: r.pos, Where: r.section, Key: "line", Raw: t})
}

func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "..."
	}
	return strconv.Quote(s)
}

// value is the value of a line, "" where the kernel had none.
func value(s string) string {
	s = strings.TrimSpace(s)
	if s == "(null)" {
		return ""
	}
	return s
}

func (r *textReader) set(to *string, v string) {
	*to = value(v)
	r.last = to
}

func (r *textReader) num(v string) specmodel.Expr {
	v = strings.TrimSpace(v)
	x := specmodel.Expr{Text: v, Pos: r.pos}
	if n, err := strconv.ParseInt(v, 0, 64); err == nil {
		x.Val, x.Known = specmodel.Int(n), true
	} else if n, err := strconv.ParseUint(v, 0, 64); err == nil {
		x.Val, x.Known = specmodel.Uint(n), true
	} else {
		r.problem(specmodel.Bad, "bad-number", "%s is no number of 64 bits", quote(v))
		return specmodel.Expr{}
	}
	return x
}

func (r *textReader) nums(v string) []specmodel.Expr {
	var list []specmodel.Expr
	for _, f := range strings.Fields(v) {
		if x := r.num(f); x.IsSet() {
			list = append(list, x)
		}
	}
	return list
}

var (
	header  = regexp.MustCompile(`^(Parameters|Errors|Locks|Additional constraints|Signal handling|Side effects|State transitions|Capabilities) \((\d+)\):$`)
	keyLine = regexp.MustCompile(`^([A-Za-z_][A-Za-z_ ]*):(?: (.*))?$`)
)

// sections maps the headers of lists to the JSON names of the lists.
var sections = map[string]string{"Parameters": "params", "Errors": "errors", "Locks": "locks", "Additional constraints": "constraints",
	"Signal handling": "signals", "Side effects": "side_effects", "State transitions": "state_transitions", "Capabilities": "capabilities"}

func (r *textReader) read(line string) {
	line = strings.TrimSuffix(line, "\r")
	block := r.block()
	if line != "" && line[0] != ' ' && r.top(line) {
		r.flush(block)
		return
	}
	if block != nil {
		if strings.TrimSpace(line) == "" {
			line = ""
		}
		r.lines = append(r.lines, strings.TrimPrefix(line, "  "))
		return
	}
	if strings.TrimSpace(line) == "" {
		r.last = nil
		return
	}
	if line[0] != ' ' {
		r.bad(line)
		return
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if t := strings.TrimSpace(line); !r.element(t, indent) {
		r.bad(line)
	}
}

// flush ends a block.
func (r *textReader) flush(block *string) {
	if block == nil {
		return
	}
	*block += strings.Join(r.lines, "\n")
	r.lines = nil
}

// block is the text that every line belongs to now.
func (r *textReader) block() *string {
	switch r.section {
	case "long_description":
		return &r.api.LongDescription
	case "examples":
		return &r.api.Examples
	case "notes":
		return &r.api.Notes
	}
	return nil
}

// top reads a line that is not indented.
func (r *textReader) top(line string) bool {
	a := r.api
	if m := header.FindStringSubmatch(line); m != nil {
		if section := sections[m[1]]; !r.old || r.block() == nil || section != "" {
			r.section, r.last = section, nil
			a.Counts = append(a.Counts, specmodel.Count{Pos: r.pos, Section: section, N: r.num(m[2])})
			return true
		}
	}
	switch {
	case line == "Kernel API Specification" && !r.named, strings.Trim(line, "=") == "" && !r.named:
		return true
	case line == "Return value:":
		r.section, r.last = "return", nil
		if a.Return == nil {
			a.Return = &specmodel.Return{Pos: r.pos}
		}
		return true
	case line == "Long description:", line == "Examples:", line == "Notes:":
		r.section, r.last = strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(line, ":")), " ", "_"), nil
		return true
	case r.old && (line == "DEPRECATED" || strings.HasPrefix(line, "DEPRECATED - use ")):
		a.Deprecated, r.section, r.last = true, "", nil
		a.Replacement = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(line, "DEPRECATED"), " - use "), " instead")
		return true
	}
	m := keyLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	switch m[1] {
	case "Name":
		if r.named {
			return false
		}
		r.set(&a.Name, m[2])
		r.last, r.named = nil, true
	case "Version":
		a.Version, r.last = r.num(m[2]), nil
	case "Description":
		r.set(&a.Description, m[2])
	case "Long description": // up to the line that always follows
		a.LongDescription, r.section, r.last = value(m[2])+"\n", "long_description", nil
		return true
	case "Context flags":
		r.last, a.Context.Pos = nil, r.pos
		for _, w := range strings.Fields(m[2]) {
			f, ok := specmodel.ParseContext(w)
			if !ok {
				r.unknown("context flag", w)
			}
			a.Context.Flags |= f
		}
	case "Since":
		r.set(&a.SinceVersion, m[2])
		r.last = nil
	case "Subsystem":
		r.set(&r.sysfs().Subsystem, m[2])
	case "Sysfs Path":
		r.set(&r.sysfsParam().Path, m[2])
	case "Permissions":
		r.sysfsParam().Permissions = r.num(m[2])
	default:
		return false
	}
	r.section = ""
	return true
}

func (r *textReader) sysfs() *specmodel.SysfsSpec {
	if r.api.Sysfs == nil {
		r.api.Sysfs = &specmodel.SysfsSpec{Pos: r.pos}
		r.api.Kind = specmodel.Sysfs
	}
	return r.api.Sysfs
}

func (r *textReader) sysfsParam() *specmodel.SysfsParam {
	r.sysfs()
	if len(r.api.Params) == 0 {
		r.api.Params = append(r.api.Params, specmodel.Param{Pos: r.pos})
	}
	p := &r.api.Params[0]
	if p.Sysfs == nil {
		p.Sysfs = &specmodel.SysfsParam{}
	}
	return p.Sysfs
}

func (r *textReader) unknown(what, word string) {
	r.problem(specmodel.Odd, "unknown-token", "%s is no %s", quote(word), what)
	r.api.Unknown = append(r.api.Unknown, specmodel.Unknown{Pos: r.pos, Where: r.section, Key: what, Raw: word})
}

// finish completes the contract after the last line.
func (r *textReader) finish() {
	a := r.api
	r.flush(r.block())
	r.pos = a.Pos
	if a.Name == "" {
		r.problem(specmodel.Bad, "no-name", "the contract has no name")
	}
	if a.Kind == "" {
		a.Kind = specmodel.KindOf(a.Name)
	}
	for _, s := range []*string{&a.LongDescription, &a.Examples, &a.Notes} {
		*s = value(strings.TrimRight(*s, " \n"))
	}
	if a.Return != nil && a.Return.TypeName == "" && a.Return.Description == "" && len(a.Return.ErrorValues) == 0 &&
		(a.Return.Check == "" || a.Return.Check == specmodel.ReturnExact && a.Return.Success.Known && a.Return.Success.Val.Bits == 0) {
		a.Return = nil // what is printed where the contract has none
		a.Unstated = append(a.Unstated, "return")
	}
	for i := range a.Params {
		p := &a.Params[i]
		specjson.Unset(p)
		if p.Constraint.Kind == specmodel.ConstraintUserPath {
			p.Constraint.Max = specmodel.Expr{}
		}
	}
	for i := range a.Locks {
		if a.Locks[i].Scope == "" {
			a.Unstated = append(a.Unstated, "locks.scope")
			break
		}
	}
}
