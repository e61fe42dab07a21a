// SPDX-License-Identifier: GPL-2.0-only

// Package kerneldoc writes contracts as kernel-doc comments in the newest
// generation of the notation: blocks with short tokens.
//
// Text that would end the comment or begin another section is changed as
// little as makes it harmless: a blank goes between the characters of a
// comment's end, quotes around a word that would be a tag ("Note": see), a
// semicolon before such a label in an example, and a comma in a name that a
// comma ends becomes a semicolon. Values that the notation has no word for are
// left out. [Lossy] tells what that did to a contract.
//
// A comment names parameters, and the declaration after it their types. So
// [Write] adds a declaration where the contract knows all types, while
// [Comment] returns what goes before a definition that is there already.
//
// The kernel's own tools take a comment as a contract only if it has contexts.
// None are invented for a contract that states none: it reads back all the
// same, with a note that says so.
package kerneldoc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/kerneldoc"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

// Inexpressible lists the fields of the model that the notation has no place
// for, whatever their value; one stands for all that lie below it.
var Inexpressible = []string{
	"closed", "open", "implementations", "version", "since_version", "deprecated", "replacement", "signal_masks", "struct_specs", "ioctl", "sysfs", "socket", "unknown",
	"params.sysfs", "params.size_multiplier", "params.constraint.values_from", "params.constraint.ranges", "params.constraint.validate",
	"params.constraint.else", "params.constraint.trace",
	"return.error_values", "return.errors_from", "return.is_success",
	"errors.via", "errors.trace", "capabilities.alternatives", "capabilities.alternatives_from",
}

// Lossy lists the fields of a contract that reading the written text gives
// back otherwise or not at all, by path (errors.via).
func Lossy(a *specmodel.API) []string {
	lost := fields.Lost(a, Inexpressible)
	var b strings.Builder
	if err := Write(&b, []*specmodel.API{a}); err != nil {
		return lost
	}
	back := &specmodel.API{}
	if apis, _ := kerneldoc.ReadFile("", []byte(b.String())); len(apis) > 0 {
		back = apis[0]
	}
	resolved := a.Clone()
	resolved.Resolve(nil)
	back.Resolve(nil)
	return fields.Merge(lost, fields.Group(fields.Changed(resolved, back), Inexpressible))
}

// Write writes contracts as comments, each with the declaration that it is
// for where the types are known.
func Write(w io.Writer, apis []*specmodel.API) error {
	out := bufio.NewWriter(w)
	for i, a := range apis {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(Comment(a))
		out.WriteString(declaration(fields.Clean(a)))
	}
	return out.Flush()
}

// declaration is the function that a contract is for, or nothing where a type
// is not known.
func declaration(a *specmodel.API) string {
	if a.Kind == specmodel.Sysfs || len(a.Params) == 0 && a.Kind != specmodel.Syscall {
		return ""
	}
	var args []string
	for i := range a.Params {
		p := &a.Params[i]
		if !isType(p.TypeName) || fields.Identifier(p.Name) != p.Name {
			return ""
		}
		args = append(args, page.Declare(p))
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return fmt.Sprintf("long %s(%s);\n", fields.Identifier(a.Name), strings.Join(args, ", "))
}

// isType reports whether a text can be nothing worse than a C type.
func isType(s string) bool {
	if s == "" {
		return false
	}
	depth := 0
	for _, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		case c != ' ' && c != '*' && c != '[' && c != ']' && c != ',' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'):
			return false
		case c == ',' && depth == 0:
			return false
		}
	}
	return depth == 0
}

// Comment returns the comment of a contract, with its opening and closing
// lines.
func Comment(a *specmodel.API) string {
	w := &writer{api: fields.Clean(a)}
	w.head()
	w.params()
	w.returns()
	w.errors()
	w.rest()
	w.code("examples", w.api.Examples)
	w.prose("notes", w.api.Notes)
	if !w.selected {
		w.gap()
		w.line("long-desc:") // so that it is taken as a contract at all
	}
	var b strings.Builder
	b.WriteString("/**\n")
	for _, l := range w.lines {
		b.WriteString(strings.TrimRight(" * "+l, " ") + "\n")
	}
	b.WriteString(" */\n")
	return b.String()
}

// A writer collects the lines of one comment, without the stars.
type writer struct {
	api      *specmodel.API
	lines    []string
	selected bool // something says that this is a contract
}

func (w *writer) line(text string) { w.lines = append(w.lines, text) }

func (w *writer) gap() {
	if n := len(w.lines); n > 0 && w.lines[n-1] != "" {
		w.line("")
	}
}

// width is how long a line gets, without the star and the blanks around it.
const width = 76

// text writes a prefix and text after it, wrapped and indented.
func (w *writer) text(prefix, text string, indent int) {
	text = harmless(text)
	room := width - indent
	lines := fields.Wrap(strings.TrimSpace(prefix+" "+text), room, startsTag)
	for i, l := range lines {
		if i > 0 {
			l = strings.Repeat(" ", indent) + l
		} else {
			l = prefix[:len(prefix)-len(strings.TrimLeft(prefix, " "))] + l
		}
		w.line(l)
	}
}

// harmless takes from text what would end the comment or start another.
func harmless(s string) string {
	for _, pair := range []string{"*/", "/*"} {
		s = strings.ReplaceAll(s, pair, pair[:1]+" "+pair[1:])
	}
	return s
}

// startsTag reports whether a line that begins with the words could be taken
// as one that begins with a tag.
func startsTag(words []string) bool {
	line := words[0]
	if len(words) > 1 {
		line += " " + words[1]
	}
	return tagOf(line) != ""
}

// tagOf returns the name of a line "NAME: text", or "".
func tagOf(line string) string {
	s := strings.TrimLeft(line, " \t")
	n := strings.IndexFunc(s, func(c rune) bool {
		return c != '@' && c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if n <= 0 || strings.LastIndexByte(s[:n], '@') > 0 {
		return ""
	}
	after := strings.TrimLeft(s[n:], " \t")
	if !strings.HasPrefix(after, ":") || strings.HasPrefix(after, "::") {
		return ""
	}
	return s[:n]
}

// sections are the names that begin a section of a comment.
var sections = wordSet(`description context contexts return returns note notes example examples since since-version
	api-type api-version param error capability signal lock constraint side-effect state-trans struct context-flags long-desc`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// isSection reports whether a line of prose with this name before a colon
// would begin a section.
func isSection(name string) bool {
	lower := strings.ToLower(strings.TrimPrefix(name, "@"))
	if name[0] == '@' || sections[lower] {
		return true
	}
	for _, prefix := range []string{"param-", "struct-", "validation-", "error-", "capability-", "signal-", "lock-", "return-", "constraint-",
		"side-effect-", "state-trans-", "kapi-"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

func (w *writer) head() {
	a := w.api
	name := fields.Identifier(a.Name)
	w.text(name+" -", flat(a.Description), 2)
	if flat(a.Description) == "" {
		w.lines = []string{name}
	}
	for i := range a.Params {
		w.text("@"+fields.Identifier(a.Params[i].Name)+":", flat(a.Params[i].Description), 2)
	}
	w.prose("long-desc", a.LongDescription)
	if names := a.Context.Flags.Names(); len(names) > 0 {
		w.gap()
		w.line("contexts: " + strings.Join(names, ", ")) // which alone makes no contract
	}
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// prose writes paragraphs and items of a list.
func (w *writer) prose(tag, text string) {
	for i, p := range fields.Paragraphs(text) {
		body := flat(p.Text)
		if p.Bullet {
			body = "- " + body
		} else if name := tagOf(body); i > 0 && name != "" && isSection(name) {
			body = `"` + name + `"` + body[len(name):]
		}
		switch {
		case i == 0:
			w.gap()
			w.selected = w.selected || tag == "long-desc"
			w.text(tag+":", body, 2)
			continue
		case p.Gap:
			w.line("")
		}
		indent := 2
		if p.Bullet {
			indent = 4
		}
		w.text("  "+strings.Fields(body)[0], strings.Join(strings.Fields(body)[1:], " "), indent)
	}
}

// code writes lines as they are.
func (w *writer) code(tag, text string) {
	text = strings.Trim(text, "\n")
	if strings.TrimSpace(text) == "" {
		return
	}
	w.gap()
	w.line(tag + ":")
	for l := range strings.SplitSeq(text, "\n") {
		l = harmless(strings.TrimRight(l, " "))
		if name := tagOf(l); name != "" && isSection(name) {
			at := len(l) - len(strings.TrimLeft(l, " "))
			l = l[:at] + ";" + l[at:]
		}
		w.line(strings.TrimRight("  "+l, " "))
	}
}

// block begins a block. What ends its name otherwise is taken out of it.
func (w *writer) block(tag, name string) {
	w.gap()
	name = harmless(flat(name))
	w.line(strings.TrimSpace(tag + ": " + name))
}

func noComma(s string) string { return strings.ReplaceAll(s, ",", ";") }

// sub writes a sub-tag that has a value.
func (w *writer) sub(key, value string) {
	if value = flat(value); value != "" {
		w.selected = true
		w.text("  "+key+":", value, 4)
	}
}

// expr writes a sub-tag that is a number.
func (w *writer) expr(key string, e specmodel.Expr) { w.sub(key, valid(e)) }

// valid is the text of an expression, or nothing if it cannot be one.
func valid(e specmodel.Expr) string {
	if !e.IsSet() || specmodel.CheckSyntax(e.Text) != nil || strings.ContainsAny(e.Text, "\n\\") ||
		strings.Contains(e.Text, "*/") || strings.Contains(e.Text, "/*") || strings.Contains(e.Text, "//") {
		return ""
	}
	return e.Text
}

func validList(list []specmodel.Expr) string {
	var parts []string
	for _, e := range list {
		if valid(e) == "" {
			return ""
		}
		parts = append(parts, valid(e))
	}
	return strings.Join(parts, ", ")
}
