// SPDX-License-Identifier: GPL-2.0-only

// Package macro writes contracts as C macros, in one of two forms: that of the
// newest framework, whose blocks end in braces, and that of its second
// posting, whose blocks end in macros and which also has ioctl commands, sysfs
// attributes and sockets.
//
// Texts become string literals with everything unusual escaped, so nothing in
// them ends a literal or a line. Numbers are written as they are if they can
// be C expressions, and names of functions and arrays if they are names; what
// is neither is left out. A field without a macro is written as a designator.
// [Lossy] tells which fields of a contract a form does not give back.
package macro

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kapilint/specmodel"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/render/internal/fields"
)

// Form is one of the two forms.
type Form int

// The forms.
const (
	Braces Form = iota // the newest, as it is generated
	Ends               // the second posting
)

// everywhere are the fields that no form has a place for.
var everywhere = []string{
	"closed", "open", "implementations", "unknown", "params.constraint.else", "params.constraint.trace", "params.constraint.ranges", "errors.via", "errors.trace",
	"struct_specs.fields.constraint.alignment", "struct_specs.fields.constraint.validate", "struct_specs.fields.constraint.text",
	"struct_specs.fields.constraint.else", "struct_specs.fields.constraint.trace", "struct_specs.fields.constraint.ranges",
	"struct_specs.fields.constraint.arch_masks", "struct_specs.fields.constraint.values",
}

// Inexpressible lists, for each form, the fields of the model that it has no
// place for, whatever their value; one stands for all that lie below it.
var Inexpressible = map[Form][]string{
	Braces: append([]string{"ioctl", "sysfs", "socket", "since_version", "deprecated", "replacement", "params.sysfs", "capabilities.alternatives_from"}, everywhere...),
	Ends:   append([]string{"struct_specs.fields.constraint.values_from"}, everywhere...),
}

// Lossy lists the fields of a contract that reading the written text gives
// back otherwise or not at all, by path (errors.via).
func Lossy(a *specmodel.API, form Form) []string {
	lost := fields.Lost(a, Inexpressible[form])
	back := &specmodel.API{}
	if apis, _ := macro.ReadFile("", []byte(Spec(a, form))); len(apis) > 0 {
		back = apis[0]
	}
	resolved := a.Clone()
	resolved.Resolve(nil)
	back.Resolve(nil)
	return fields.Merge(lost, fields.Group(fields.Changed(resolved, back), Inexpressible[form]))
}

// Write writes contracts one after the other.
func Write(w io.Writer, apis []*specmodel.API, form Form) error {
	out := bufio.NewWriter(w)
	for i, a := range apis {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(Spec(a, form))
	}
	return out.Flush()
}

// Spec returns one contract.
func Spec(a *specmodel.API, form Form) string {
	w := &writer{api: a, form: form}
	opener := "DEFINE_KERNEL_API_SPEC"
	if form == Ends {
		switch a.Kind {
		case specmodel.Ioctl:
			opener = "DEFINE_KAPI_IOCTL_SPEC"
		case specmodel.Sysfs:
			opener = "DEFINE_SYSFS_API_SPEC"
		}
	}
	name := fields.Identifier(a.Name)
	w.call(opener, name)
	w.depth = 1
	if name != a.Name {
		w.raw("name", literal(a.Name))
	}
	w.top()
	w.params()
	w.returns()
	w.errors()
	w.rest()
	if form == Ends {
		w.kinds()
	}
	w.str("KAPI_EXAMPLES", a.Examples)
	w.str("KAPI_NOTES", a.Notes)
	if form == Ends {
		w.str("KAPI_SINCE_VERSION", a.SinceVersion)
		w.flag("KAPI_DEPRECATED", a.Deprecated)
		w.str("KAPI_REPLACEMENT", a.Replacement)
		w.b.WriteString("KAPI_END_SPEC;\n")
	} else {
		w.b.WriteString("};\n")
	}
	return w.b.String()
}

type writer struct {
	api   *specmodel.API
	form  Form
	b     strings.Builder
	depth int
}

func (w *writer) line(text string) {
	w.b.WriteString(strings.Repeat("\t", w.depth) + text + "\n")
}

// call writes a macro with its arguments. An argument of several lines, which
// is a long literal, moves to lines of its own.
func (w *writer) call(name string, args ...string) {
	indent := "\n" + strings.Repeat("\t", w.depth+1)
	for i, a := range args {
		if strings.Contains(a, "\n") {
			a = strings.ReplaceAll(a, "\n", indent)
			if i > 0 || strings.HasPrefix(a, `"`) {
				a = indent + a
			}
			args[i] = a
		}
	}
	w.line(strings.ReplaceAll(name+"("+strings.Join(args, ", ")+")", ", \n", ",\n"))
}

// open writes a macro that opens a block.
func (w *writer) open(name string, args ...string) {
	w.call(name, args...)
	w.depth++
}

// end closes a block that the macro opened.
func (w *writer) end(name string) {
	w.depth--
	if w.form == Ends {
		w.line(name + "_END")
	} else {
		w.line("},")
	}
}

func (w *writer) raw(field, value string) {
	if value != "" {
		w.line("." + field + " = " + strings.ReplaceAll(value, "\n", "\n"+strings.Repeat("\t", w.depth+1)) + ",")
	}
}

// str writes a macro with a text, if there is one.
func (w *writer) str(name, text string) {
	if text != "" {
		w.call(name, literal(text))
	}
}

// num writes a macro with a number, if there is one.
func (w *writer) num(name string, e specmodel.Expr) {
	if text := valid(e); text != "" {
		w.call(name, text)
	}
}

// flag writes a macro without arguments, if the fact holds.
func (w *writer) flag(name string, is bool) {
	if is {
		w.line(name)
	}
}

// pair writes a macro with two numbers, or designators where one is not stated.
func (w *writer) pair(name string, a, b specmodel.Expr, fieldA, fieldB string) {
	x, y := valid(a), valid(b)
	if x != "" && y != "" {
		w.call(name, x, y)
		return
	}
	w.raw(fieldA, x)
	w.raw(fieldB, y)
}

func (w *writer) count(name string, n int) {
	if n > 0 {
		w.call(name, fmt.Sprint(n))
	}
}

// valid is the text of an expression, or nothing if it cannot be one.
func valid(e specmodel.Expr) string {
	if !e.IsSet() || specmodel.CheckSyntax(e.Text) != nil || strings.ContainsAny(e.Text, "\n\r\\#") ||
		strings.Contains(e.Text, "*/") || strings.Contains(e.Text, "/*") || strings.Contains(e.Text, "//") {
		return ""
	}
	return e.Text
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// list writes values with commas, or nothing if one of them cannot be written.
func list(values []specmodel.Expr) string {
	var parts []string
	for _, v := range values {
		if valid(v) == "" {
			return ""
		}
		parts = append(parts, valid(v))
	}
	return strings.Join(parts, ", ")
}

// name is a name as it is, or nothing if it is none.
func name(s string) string {
	if s == "" || fields.Identifier(s) != s {
		return ""
	}
	return s
}

// lineRoom is how long one of several literals gets.
const lineRoom = 68

// literal makes string literals of a text: one, or one for each line of the
// text and each piece that fits a line.
func literal(s string) string {
	var lines []string
	for part := range strings.SplitAfterSeq(s, "\n") {
		for part != "" {
			cut := len(part)
			if cut > lineRoom {
				cut = lineRoom
				if i := strings.LastIndexByte(part[:cut], ' '); i > 0 {
					cut = i + 1
				}
			}
			lines = append(lines, `"`+escape(part[:cut])+`"`)
			part = part[cut:]
		}
	}
	if len(lines) == 0 {
		return `""`
	}
	return strings.Join(lines, "\n")
}

// escape writes bytes that C does not take as they are in octal. A question
// mark after another would begin a trigraph.
func escape(s string) string {
	var b strings.Builder
	valid := utf8.ValidString(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '?' && i > 0 && s[i-1] == '?':
			b.WriteString(`\?`)
		case c < 0x20 || c == 0x7f || c >= 0x80 && !valid:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
