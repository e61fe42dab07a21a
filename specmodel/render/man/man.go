// SPDX-License-Identifier: GPL-2.0-only

// Package man writes contracts as manual pages in the layout of section 2,
// with the man macros that groff and mandoc share.
//
// A text line never begins with a request, and every character that roff
// gives a meaning is written as its escape, so no text of a contract does
// anything but show. Everything is ASCII.
package man

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

// Options are what a page says of itself.
type Options struct {
	Date   time.Time // of the page
	Source string    // the left foot: what the page is of
	Also   []*specmodel.API
}

// Lossy lists the fields that are set in a contract and not on its page: none.
func Lossy(*specmodel.API) []string { return nil }

// Name is the title of a contract's page: a system call has the name that
// programs use.
func Name(a *specmodel.API) string {
	return strings.Map(func(c rune) rune {
		if c > ' ' && c < 0x7f && !strings.ContainsRune(`/\"'`, c) {
			return c
		}
		return '_'
	}, cmp.Or(strings.TrimPrefix(a.Name, "sys_"), "_"))
}

// Section is the section of the manual that a contract belongs to.
func Section(a *specmodel.API) string {
	switch a.Kind {
	case specmodel.Syscall, specmodel.Ioctl:
		return "2"
	case specmodel.Sysfs:
		return "5"
	}
	return "9"
}

// titles are the headings of the manual for sections of a page. Those that
// are not listed come after the errors with their own title.
var titles = map[string]string{page.Returns: "RETURN VALUE", page.Errors: "ERRORS", "Description": "DESCRIPTION", "Side effects": "SIDE EFFECTS"}

// Write writes the page of one contract.
func Write(w io.Writer, a *specmodel.API, opts Options) error {
	p := page.Of(a)
	m := &writer{w: bufio.NewWriter(w)}
	fmt.Fprintf(m.w, ".\\\" Made from the contract of %s; do not edit.\n", Name(a))
	fmt.Fprintf(m.w, ".TH %s %s %s \"%s\" \"%s\"\n", strings.ToUpper(quoted(Name(a))), Section(a), opts.Date.UTC().Format(time.DateOnly),
		quoted(cmp.Or(opts.Source, "Linux")), map[string]string{"2": "System Calls", "5": "File Formats", "9": "Kernel Functions"}[Section(a)])
	m.head("NAME")
	m.text(Name(a) + " - " + cmp.Or(flat(p.API.Description), "not described"))
	m.head("SYNOPSIS")
	m.synopsis(p)
	m.head("DESCRIPTION")
	m.description(p)
	for _, id := range []string{page.Params, page.Returns, page.Errors} {
		if s := p.Section(id); s != nil {
			m.section(s)
		}
	}
	for i := range p.Sections {
		switch s := &p.Sections[i]; s.ID {
		case page.Params, page.Returns, page.Errors, "Description":
		default:
			m.section(s)
		}
	}
	m.also(opts.Also)
	return m.w.Flush()
}

type writer struct{ w *bufio.Writer }

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m *writer) head(title string) { fmt.Fprintf(m.w, ".SH %s\n", title) }

// width is how long a line of text gets.
const width = 76

// text writes a paragraph on lines of its own.
func (m *writer) text(text string) {
	for _, l := range fields.Wrap(escape(flat(text)), width, nil) {
		m.escaped(l)
	}
}

// line writes one line of text that is no request.
func (m *writer) line(l string) {
	m.escaped(escape(l))
}

func (m *writer) escaped(l string) {
	if l != "" && (l[0] == '.' || l[0] == '\'' || l[0] == ' ') {
		l = `\&` + l
	}
	m.w.WriteString(l + "\n")
}

// escapes are what characters with a meaning to roff are written as.
var escapes = map[rune]string{'\\': `\(rs`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`, '"': `\(dq`}

func escape(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch e, ok := escapes[c]; {
		case ok:
			b.WriteString(e)
		case c >= 0x7f:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		case c >= ' ':
			b.WriteRune(c)
		}
	}
	return b.String()
}

// quoted makes the text of an argument in quotation marks.
func quoted(s string) string { return escape(flat(fields.CleanText(s))) }

func (m *writer) synopsis(p *page.Page) {
	m.w.WriteString(".nf\n")
	sig := p.Signature
	if p.API.Kind == specmodel.Syscall {
		sig = strings.TrimPrefix(sig, "sys_")
	}
	if r := p.API.Return; r != nil && r.TypeName != "" && strings.HasSuffix(sig, ")") {
		sig = flat(r.TypeName) + " " + sig
	}
	for i, l := range page.SignatureLines(sig, width-12) {
		if i > 0 {
			l = "    " + l
		}
		fmt.Fprintf(m.w, ".B \"%s\"\n", escape(l))
	}
	m.w.WriteString(".fi\n")
}

func (m *writer) description(p *page.Page) {
	m.text(strings.Join(p.Facts, ". ") + ".")
	if at := p.API.Pos; at.IsValid() {
		m.text(fmt.Sprintf("Written at %s:%d.", at.File, at.Line))
	}
	if s := p.Section("Description"); s != nil {
		m.w.WriteString(".PP\n")
		m.prose(s.Prose)
	}
}

func (m *writer) prose(text string) {
	for i, para := range fields.Paragraphs(text) {
		switch {
		case para.Bullet:
			m.w.WriteString(".IP \\(bu 2\n")
		case i > 0:
			m.w.WriteString(".PP\n")
		}
		m.text(para.Text)
	}
}

func (m *writer) section(s *page.Section) {
	title, ok := titles[s.ID]
	if !ok {
		title = strings.ToUpper(s.Title)
	}
	fmt.Fprintf(m.w, ".SH \"%s\"\n", escape(title))
	switch {
	case s.About != "":
		m.text(s.About + ".")
	case ok && s.Title != s.ID && strings.Contains(s.Title, ","):
		_, rest, _ := strings.Cut(s.Title, ", ")
		m.text(strings.ToUpper(rest[:1]) + rest[1:] + ".")
	}
	m.prose(s.Prose)
	if code := strings.Trim(s.Code, "\n"); code != "" {
		m.w.WriteString(".nf\n")
		for l := range strings.SplitSeq(code, "\n") {
			if l = strings.TrimRight(l, " "); l == "" {
				m.w.WriteString(".sp\n")
			} else {
				m.line(l)
			}
		}
		m.w.WriteString(".fi\n")
	}
	m.steps(s.Steps, true)
	for _, r := range s.Rows {
		m.row(r)
	}
}

func (m *writer) row(r page.Row) {
	fmt.Fprintf(m.w, ".TP\n.B \"%s\"\n", escape(cmp.Or(flat(r.Name+" "+note(r.Note)), "-")))
	if len(r.Lines) == 0 && len(r.Steps) == 0 {
		m.line("Not described.")
	}
	for i, l := range r.Lines {
		if i > 0 {
			m.w.WriteString(".br\n")
		}
		m.text(l)
	}
	m.steps(r.Steps, len(r.Lines) == 0)
}

func note(n string) string {
	if n == "" {
		return ""
	}
	return "(" + n + ")"
}

func (m *writer) steps(steps []specmodel.Step, first bool) {
	for i, s := range steps {
		if i > 0 || !first {
			m.w.WriteString(".br\n")
		}
		at := specmodel.Pos{File: s.File, Line: s.Line, Col: s.Col}.String()
		m.text(strings.Trim(at+": "+page.StepText(s), ": "))
	}
}

// also refers to other pages.
func (m *writer) also(apis []*specmodel.API) {
	for i, a := range apis {
		if i == 0 {
			m.head(`"SEE ALSO"`)
		}
		comma := ","
		if i == len(apis)-1 {
			comma = ""
		}
		fmt.Fprintf(m.w, ".BR %s (%s)%s\n", escape(Name(a)), Section(a), comma)
	}
}
