// SPDX-License-Identifier: GPL-2.0-only

// Package plain prints a contract for a reader at a terminal: the call as C
// declares it, then one block for each section that says anything, names in a
// column and text beside them.
//
// Values are printed as sentences about what is accepted, with the number
// beside a name where it is known. Evidence of an inferred contract follows
// the error it is for, one line for each step.
package plain

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kapilint/specmodel"
)

// Options change what is printed.
type Options struct {
	Width int  // of a line; 0 means 100
	Brief bool // leave out the evidence, the examples and the notes
}

// Write prints one contract.
func Write(w io.Writer, a *specmodel.API, opts Options) error {
	p := &printer{w: bufio.NewWriter(w), width: cmp.Or(opts.Width, 100), api: a, brief: opts.Brief}
	p.head()
	p.params()
	p.returns()
	p.errors()
	p.rest()
	p.blocks()
	p.texts()
	return p.w.Flush()
}

type printer struct {
	w     *bufio.Writer
	width int
	api   *specmodel.API
	brief bool
}

// A row is a name and what is said of it.
type row struct {
	name  string
	lines []string // each is wrapped on its own
	steps []specmodel.Step
}

// maxName is how wide the column of names gets.
const maxName = 24

func (p *printer) section(title string, rows []row) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(p.w, "\n%s\n", title)
	width := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r.name); n <= maxName {
			width = max(width, n)
		}
	}
	indent := width + 4
	for _, r := range rows {
		name := "  " + r.name
		col := utf8.RuneCountInString(name)
		p.w.WriteString(name)
		first := true
		for _, text := range r.lines {
			if strings.TrimSpace(text) == "" {
				continue
			}
			if !first || col > indent-2 {
				p.w.WriteByte('\n')
				col = 0
			}
			p.w.WriteString(strings.Repeat(" ", indent-col))
			p.wrap(text, indent)
			first, col = false, indent
		}
		p.w.WriteByte('\n')
		p.steps(r.steps, indent)
	}
}

func (p *printer) steps(steps []specmodel.Step, indent int) {
	if p.brief {
		return
	}
	places := make([]string, len(steps))
	width := 0
	for i, s := range steps {
		places[i] = specmodel.Pos{File: s.File, Line: s.Line, Col: s.Col}.String()
		width = max(width, len(places[i]))
	}
	for i, s := range steps {
		text := s.Note
		if s.Func != "" {
			text = strings.TrimSuffix(s.Func+": "+text, ": ")
		}
		fmt.Fprintf(p.w, "%s%-*s  %s\n", strings.Repeat(" ", indent+2), width, places[i], text)
	}
}

// wrap prints text from the column indent on, and breaks it between words.
func (p *printer) wrap(text string, indent int) {
	room := max(p.width-indent, 30)
	col := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case col+1+n > room:
			p.w.WriteByte('\n')
			p.w.WriteString(strings.Repeat(" ", indent))
			col = 0
		default:
			p.w.WriteByte(' ')
			col++
		}
		p.w.WriteString(word)
		col += n
	}
}

func (p *printer) head() {
	a := p.api
	var args []string
	for _, param := range a.Params {
		args = append(args, declare(param))
	}
	if len(args) == 0 && a.Kind == specmodel.Syscall && (a.Prototype != nil || a.Origin == specmodel.FromCode) {
		args = []string{"void"}
	}
	head := a.Name
	if len(args) > 0 {
		head += "(" + strings.Join(args, ", ") + ")"
	}
	p.wrap(head, 4)
	p.w.WriteByte('\n')
	if a.Description != "" {
		p.w.WriteString("  ")
		p.wrap(a.Description, 2)
		p.w.WriteByte('\n')
	}
	fmt.Fprintf(p.w, "  %s\n", p.origin())
	if a.Deprecated {
		text := "Deprecated"
		if a.Replacement != "" {
			text += "; use " + a.Replacement
		}
		fmt.Fprintf(p.w, "  %s\n", text)
	}
	if a.SinceVersion != "" {
		fmt.Fprintf(p.w, "  Since %s\n", a.SinceVersion)
	}
	if names := a.Context.Flags.Names(); len(names) > 0 {
		fmt.Fprintf(p.w, "  Context: %s\n", strings.ReplaceAll(strings.Join(names, ", "), "_", " "))
	}
}

// declare writes a parameter as C does.
func declare(param specmodel.Param) string {
	switch {
	case param.TypeName == "":
		return param.Name
	case strings.HasSuffix(param.TypeName, "*") || param.Name == "":
		return param.TypeName + param.Name
	case strings.HasSuffix(param.TypeName, "]"):
		i := strings.IndexByte(param.TypeName, '[')
		return strings.TrimSpace(param.TypeName[:i]) + " " + param.Name + param.TypeName[i:]
	case strings.Contains(param.TypeName, "(*)"):
		return strings.Replace(param.TypeName, "(*)", "(*"+param.Name+")", 1)
	}
	return param.TypeName + " " + param.Name
}

func (p *printer) origin() string {
	a := p.api
	what := map[specmodel.Origin]string{
		specmodel.FromKernelDoc: "declared in kernel-doc", specmodel.FromMacro: "declared in macros", specmodel.FromJSON: "from JSON",
		specmodel.FromCode: "inferred from the code", specmodel.FromVmlinux: "from a compiled kernel", specmodel.FromDebugfs: "from debugfs",
	}[a.Origin]
	text := strings.TrimSpace(string(a.Kind) + " " + what)
	if a.Pos.IsValid() {
		text += " at " + specmodel.Pos{File: a.Pos.File, Line: a.Pos.Line}.String()
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func (p *printer) params() {
	var rows []row
	for i := range p.api.Params {
		param := &p.api.Params[i]
		rows = append(rows, row{name: cmp.Or(param.Name, fmt.Sprintf("#%d", param.Index)),
			lines: []string{p.paramLine(param), param.Description, text(param.Constraint), sysfsLine(param.Sysfs)}, steps: param.Constraint.Trace})
	}
	p.section("Parameters", rows)
}

// text is the constraint in words, unless the values line has it.
func text(c specmodel.Constraint) string {
	if c.Kind == specmodel.ConstraintCustom {
		return ""
	}
	return c.Text
}

func (p *printer) paramLine(param *specmodel.Param) string {
	var parts []string
	if param.Type != "" && string(param.Type) != param.TypeName {
		parts = append(parts, className[param.Type])
	}
	if flags := flagWords(param.Flags); flags != "" {
		parts = append(parts, flags)
	}
	parts = append(parts, p.accepted(param))
	return strings.Join(parts, "; ")
}

var className = map[specmodel.ParamType]string{
	specmodel.TypeVoid: "nothing", specmodel.TypeInt: "signed", specmodel.TypeUint: "unsigned", specmodel.TypePtr: "pointer",
	specmodel.TypeStruct: "structure", specmodel.TypeUnion: "union", specmodel.TypeEnum: "enumeration", specmodel.TypeFuncPtr: "function pointer",
	specmodel.TypeArray: "array", specmodel.TypeFD: "file descriptor", specmodel.TypeUserPtr: "user pointer", specmodel.TypePath: "path",
	specmodel.TypeString: "string", specmodel.TypeBool: "boolean", specmodel.TypeHex: "hexadecimal", specmodel.TypeBinary: "binary data",
	specmodel.TypeBitmap: "bitmap", specmodel.TypeCustom: "custom type",
}

func flagWords(f specmodel.ParamFlags) string {
	var words []string
	if inout := specmodel.FlagIn | specmodel.FlagOut; f&inout == inout {
		words, f = append(words, "in and out"), f&^inout
	}
	for _, name := range f.Names() {
		if name == "user" {
			continue // the type says so
		}
		if name == "optional" {
			name = "may be NULL"
		}
		words = append(words, strings.ReplaceAll(name, "_", " "))
	}
	return strings.Join(words, ", ")
}

func sysfsLine(s *specmodel.SysfsParam) string {
	if s == nil {
		return ""
	}
	var parts []string
	add := func(what, value string) {
		if value != "" {
			parts = append(parts, what+" "+value)
		}
	}
	add("file", s.Path)
	add("mode", s.Permissions.String())
	add("default", s.Default)
	add("unit", s.Units)
	add("step", s.Step.String())
	add("one of", strings.Join(s.AllowedStrings, ", "))
	return strings.Join(parts, "; ")
}

func (p *printer) returns() {
	r := p.api.Return
	if r == nil {
		return
	}
	var success string
	switch r.Check {
	case specmodel.ReturnFD:
		success = "a file descriptor"
	case specmodel.ReturnNone:
		success = "does not return"
	case specmodel.ReturnRange:
		success = interval(r.SuccessMin, r.SuccessMax)
	case specmodel.ReturnErrorCheck:
		success = "anything but an error"
		if r.Success.IsSet() {
			success = r.Success.String() + ", or anything but an error"
		}
	case specmodel.ReturnCustom:
		success = strings.TrimSpace("what satisfies " + r.IsSuccess)
	default:
		success = r.Success.String()
	}
	lines := []string{success, r.Description}
	if len(r.ErrorValues) > 0 {
		lines = append(lines, "errors "+list(r.ErrorValues))
	}
	p.section("Returns", []row{{name: cmp.Or(r.TypeName, string(r.Type), "value"), lines: lines}})
}

func (p *printer) errors() {
	a := p.api
	var rows []row
	for _, e := range a.Errors {
		lines := []string{e.Condition}
		if !strings.EqualFold(strings.TrimSuffix(e.Description, "."), strings.TrimSuffix(e.Condition, ".")) {
			lines = append(lines, e.Description)
		}
		if e.Via != "" {
			lines = append(lines, "from "+e.Via)
		}
		rows = append(rows, row{name: e.Name, lines: lines, steps: e.Trace})
	}
	title := fmt.Sprintf("Errors (%d)", len(rows))
	if a.Origin != specmodel.FromCode {
		p.section(title, rows)
		return
	}
	switch {
	case len(rows) == 0 && a.Closed:
		fmt.Fprintf(p.w, "\nErrors: none\n")
	case a.Closed:
		p.section(title+", all there are", rows)
	case len(rows) == 0:
		fmt.Fprintf(p.w, "\nErrors: none found; there may be some\n")
	default:
		p.section(title+", there may be more", rows)
	}
	if len(a.Open) > 0 && !a.Closed {
		fmt.Fprintf(p.w, "\nNot known\n")
		p.steps(a.Open, 0)
	}
}
