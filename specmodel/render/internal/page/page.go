// SPDX-License-Identifier: GPL-2.0-only

// Package page puts a contract into words, once for all writers that people
// read: a head, and sections of rows, each a name with lines of text beside
// it. A writer only adds the marks of its own form.
//
// Texts are cleaned first (see package fields), so that a writer deals with
// printable characters and line ends alone. Every field of the model is said
// somewhere, except for the columns of positions.
package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
)

// Page is a contract in words.
type Page struct {
	API       *specmodel.API // cleaned, parameters in order
	Signature string         // name and parameters as C writes them
	Facts     []string       // kind, source, age, contexts
	Sections  []Section
}

// The sections that writers know by name.
const (
	Params  = "Parameters"
	Returns = "Returns"
	Errors  = "Errors"
	Open    = "Not known"

	Implementations = "Implementations"
)

// Section is a titled part of a page: rows, prose, code or steps.
type Section struct {
	ID    string // the title without counts; equal for all contracts
	Title string
	About string // of all rows
	Rows  []Row
	Prose string
	Code  string
	Steps []specmodel.Step
}

// Row is a name and what is said of it. Note is its number.
type Row struct {
	Name, Note string
	Lines      []string
	Steps      []specmodel.Step
	Parts      bool // the steps are no way, each says something of its own
}

// Of makes the page of a contract.
func Of(api *specmodel.API) *Page {
	a := fields.Clean(api)
	slices.SortStableFunc(a.Params, func(x, y specmodel.Param) int { return cmp.Compare(x.Index, y.Index) })
	p := &Page{API: a, Signature: signature(a), Facts: facts(a)}
	p.params()
	p.returns()
	p.errors()
	p.rest()
	p.structs()
	p.blocks()
	p.texts()
	return p
}

// Section returns the section with an ID, or nil.
func (p *Page) Section(id string) *Section {
	for i := range p.Sections {
		if p.Sections[i].ID == id {
			return &p.Sections[i]
		}
	}
	return nil
}

// rows adds a section, unless it is empty.
func (p *Page) rows(id string, rows []Row) {
	if len(rows) > 0 {
		p.Sections = append(p.Sections, Section{ID: id, Title: id, Rows: rows})
	}
}

// row makes a row of the lines that say something.
func row(name, note string, lines ...string) Row {
	r := Row{Name: flat(name), Note: flat(note)}
	for _, l := range lines {
		if l = flat(l); l != "" {
			r.Lines = append(r.Lines, l)
		}
	}
	return r
}

// StepText says what happens at a step, and in which function.
func StepText(s specmodel.Step) string {
	if s.Func == "" || strings.Contains(s.Note, s.Func) {
		return flat(s.Note)
	}
	return flat(strings.TrimSuffix(s.Func+": "+s.Note, ": "))
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func signature(a *specmodel.API) string {
	var args []string
	for i := range a.Params {
		args = append(args, Declare(&a.Params[i]))
	}
	if len(args) == 0 && a.Kind == specmodel.Syscall && (a.Prototype != nil || a.Origin == specmodel.FromCode) {
		args = []string{"void"}
	}
	if len(args) == 0 || a.Kind == specmodel.Sysfs {
		return flat(a.Name)
	}
	return flat(a.Name + "(" + strings.Join(args, ", ") + ")")
}

// SignatureLines breaks a signature between parameters, and within one only
// where it is too long for a line.
func SignatureLines(signature string, width int) []string {
	glued := strings.ReplaceAll(signature, " ", "\x00")
	glued = strings.ReplaceAll(glued, ",\x00", ", ")
	var lines []string
	for _, l := range fields.Wrap(glued, width, nil) {
		l = strings.ReplaceAll(l, "\x00", " ")
		lines = append(lines, fields.Wrap(l, width, nil)...)
	}
	return lines
}

// Declare writes a parameter as C does.
func Declare(p *specmodel.Param) string {
	typ, name := flat(p.TypeName), flat(p.Name)
	switch {
	case typ == "":
		return name
	case strings.HasSuffix(typ, "*") || name == "":
		return typ + name
	case strings.HasSuffix(typ, "]") && strings.Contains(typ, "["):
		i := strings.IndexByte(typ, '[')
		return strings.TrimSpace(typ[:i]) + " " + name + typ[i:]
	case strings.Contains(typ, "(*)"):
		return strings.Replace(typ, "(*)", "(*"+name+")", 1)
	}
	return typ + " " + name
}

func facts(a *specmodel.API) []string {
	what := map[specmodel.Origin]string{
		specmodel.FromKernelDoc: "declared in kernel-doc", specmodel.FromMacro: "declared in macros", specmodel.FromJSON: "from JSON",
		specmodel.FromCode: "inferred from the code", specmodel.FromVmlinux: "from a compiled kernel", specmodel.FromDebugfs: "from debugfs",
	}[a.Origin]
	head := strings.TrimSpace(cmp.Or(string(a.Kind), "contract") + " " + what)
	list := []string{strings.ToUpper(head[:1]) + head[1:]}
	if a.Version.IsSet() {
		list = append(list, "Version "+a.Version.String())
	}
	if a.SinceVersion != "" {
		list = append(list, "Since "+a.SinceVersion)
	}
	if a.Deprecated || a.Replacement != "" {
		text := "Deprecated"
		if !a.Deprecated {
			text = "Has a replacement"
		}
		list = append(list, joined("; ", text, prefixed("use ", a.Replacement)))
	}
	if names := a.Context.Flags.Names(); len(names) > 0 {
		list = append(list, "Context: "+words(strings.Join(names, ", ")))
	}
	for i := range list {
		list[i] = flat(list[i])
	}
	return list
}

func (p *Page) params() {
	var rows []Row
	for i := range p.API.Params {
		param := &p.API.Params[i]
		r := row(cmp.Or(param.Name, fmt.Sprintf("#%d", param.Index)), "", p.paramLine(param), param.Description, constraintText(&param.Constraint), sysfsLine(param.Sysfs))
		r.Steps = param.Constraint.Trace
		rows = append(rows, r)
	}
	p.rows(Params, rows)
}

// constraintText is the constraint in words, unless the line of values has it.
func constraintText(c *specmodel.Constraint) string {
	if c.Kind == specmodel.ConstraintCustom && c.Validate == "" || c.Kind == specmodel.ConstraintSet && len(c.Ranges) == 0 {
		return ""
	}
	return c.Text
}

func (p *Page) paramLine(param *specmodel.Param) string {
	var class string
	if string(param.Type) != param.TypeName {
		class = className[param.Type]
	}
	flags := param.Flags
	if param.Type == specmodel.TypeUserPtr || param.Type == specmodel.TypePath {
		flags &^= specmodel.FlagUser // the class says so
	}
	return joined("; ", class, flagWords(flags), p.Accepted(param), p.also(param))
}

var className = map[specmodel.ParamType]string{
	specmodel.TypeVoid: "nothing", specmodel.TypeInt: "signed", specmodel.TypeUint: "unsigned", specmodel.TypePtr: "pointer",
	specmodel.TypeStruct: "structure", specmodel.TypeUnion: "union", specmodel.TypeEnum: "enumeration", specmodel.TypeFuncPtr: "function pointer",
	specmodel.TypeArray: "array", specmodel.TypeFD: "file descriptor", specmodel.TypeUserPtr: "user pointer", specmodel.TypePath: "path",
	specmodel.TypeString: "string", specmodel.TypeBool: "boolean", specmodel.TypeHex: "hexadecimal", specmodel.TypeBinary: "binary data",
	specmodel.TypeBitmap: "bitmap", specmodel.TypeCustom: "custom type",
}

func flagWords(f specmodel.ParamFlags) string {
	var list []string
	if inout := specmodel.FlagIn | specmodel.FlagOut; f&inout == inout {
		list, f = append(list, "in and out"), f&^inout
	}
	for _, name := range f.Names() {
		switch name {
		case "user":
			name = "in user space"
		case "optional":
			name = "may be NULL"
		}
		list = append(list, words(name))
	}
	return strings.Join(list, ", ")
}

func sysfsLine(s *specmodel.SysfsParam) string {
	if s == nil {
		return ""
	}
	return joined("; ", prefixed("file ", s.Path), prefixed("mode ", s.Permissions.String()), prefixed("default ", s.Default),
		prefixed("unit ", s.Units), prefixed("step ", s.Step.String()), prefixed("one of ", strings.Join(s.AllowedStrings, ", ")))
}

func (p *Page) returns() {
	r := p.API.Return
	if r == nil {
		return
	}
	lines := []string{Success(r), r.Description}
	if r.Check != specmodel.ReturnRange && (r.SuccessMin.IsSet() || r.SuccessMax.IsSet()) {
		lines = append(lines, "success range "+Interval(r.SuccessMin, r.SuccessMax))
	}
	if r.Success.IsSet() && (r.Check == specmodel.ReturnRange || r.Check == specmodel.ReturnFD || r.Check == specmodel.ReturnNone || r.Check == specmodel.ReturnCustom) {
		lines = append(lines, "success value "+r.Success.String())
	}
	if r.Check != specmodel.ReturnCustom {
		lines = append(lines, prefixed("checked by ", r.IsSuccess))
	}
	lines = append(lines, prefixed("errors ", List(r.ErrorValues)), prefixed("errors listed in ", r.ErrorsFrom))
	note := className[r.Type]
	if r.TypeName == "" || r.TypeName == string(r.Type) {
		note = ""
	}
	p.rows(Returns, []Row{row(cmp.Or(r.TypeName, string(r.Type), "value"), note, lines...)})
}

func (p *Page) errors() {
	a := p.API
	var rows []Row
	for i := range a.Errors {
		e := &a.Errors[i]
		condition := e.Condition
		if a.Origin == specmodel.FromCode {
			condition = prefixed("when ", condition)
		}
		text := e.Description
		if strings.EqualFold(strings.TrimSuffix(text, "."), strings.TrimSuffix(e.Condition, ".")) {
			text = ""
		}
		r := row(e.Name, errorNumber(e), joined(": ", strings.TrimSuffix(condition, "."), text), prefixed("from ", e.Via))
		r.Steps = e.Trace
		rows = append(rows, r)
	}
	s := Section{ID: Errors, Title: fmt.Sprintf("%s (%d)", Errors, len(rows)), Rows: rows}
	switch {
	case a.Origin != specmodel.FromCode && !a.Closed:
	case len(rows) == 0 && a.Closed:
		s.Title, s.About = Errors, "none"
	case a.Closed:
		s.Title += ", all there are"
	case len(rows) == 0:
		s.Title, s.About = Errors, "none found; there may be some"
	default:
		s.Title += ", there may be more"
	}
	if len(rows) > 0 || s.About != "" {
		p.Sections = append(p.Sections, s)
	}
	p.implementations()
	if len(a.Open) > 0 {
		p.Sections = append(p.Sections, Section{ID: Open, Title: Open, Steps: a.Open})
	}
}

func (p *Page) implementations() {
	var rows []Row
	for i := range p.API.Implementations {
		m := &p.API.Implementations[i]
		returns := cmp.Or(strings.Join(m.Errors, ", "), "no error")
		if !m.Closed {
			returns += ", there may be more"
		}
		r := row(m.Name, "", "returns "+returns)
		r.Parts = true
		if m.At != (specmodel.Step{}) {
			r.Steps = append(r.Steps, m.At)
		}
		r.Steps = append(append(r.Steps, m.Puts...), m.Open...)
		rows = append(rows, r)
	}
	if len(rows) > 0 {
		p.Sections = append(p.Sections, Section{ID: Implementations, Title: fmt.Sprintf("%s (%d)", Implementations, len(rows)), Rows: rows})
	}
}

// errorNumber is the number of an error, positive, or what is written for it
// where that is not its name.
func errorNumber(e *specmodel.Error) string {
	n, ok := e.Code.Int64()
	switch {
	case ok && n < 0:
		return fmt.Sprint(-n)
	case ok:
		return fmt.Sprint(n)
	case strings.Trim(e.Code.Text, "-() ") == e.Name:
		return ""
	}
	return e.Code.Text
}

// Success says what a successful call returns.
func Success(r *specmodel.Return) string {
	switch r.Check {
	case specmodel.ReturnFD:
		return "a file descriptor"
	case specmodel.ReturnNone:
		return "does not return"
	case specmodel.ReturnRange:
		return Interval(r.SuccessMin, r.SuccessMax)
	case specmodel.ReturnErrorCheck:
		if r.Success.IsSet() {
			return r.Success.String() + ", or anything but an error"
		}
		return "anything but an error"
	case specmodel.ReturnCustom:
		return "what satisfies " + cmp.Or(r.IsSuccess, "a check of its own")
	}
	return r.Success.String()
}
