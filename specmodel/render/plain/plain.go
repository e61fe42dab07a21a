// SPDX-License-Identifier: GPL-2.0-only

// Package plain prints a contract for a reader at a terminal: the call as C
// declares it, then one block for each section that says anything, names in a
// column and text beside them.
//
// Values are printed as sentences about what is accepted, with the number
// beside a name where it is known. Evidence of an inferred contract follows
// what it is for, one line for each step. Control characters are printed as
// escapes, so that no text steers the terminal.
//
// Nothing of a contract is left out unless an option asks for it.
package plain

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

// Evidence says how much of the walk to an error is printed.
type Evidence int

// The amounts.
const (
	AllSteps Evidence = iota
	LastStep          // where the error comes from
	NoSteps
)

// Options change what is printed.
type Options struct {
	Width    int // of a line; 0 means 100
	Evidence Evidence
	Brief    bool                     // leave out the evidence, the examples and the notes
	Name     func(file string) string // how a file is named to the reader; nil means as it is
}

// Lossy lists the fields that are set in a contract and not printed: none.
func Lossy(*specmodel.API) []string { return nil }

// Write prints one contract.
func Write(w io.Writer, a *specmodel.API, opts Options) error {
	p := &printer{w: bufio.NewWriter(w), opts: opts, page: page.Of(a)}
	p.opts.Width = cmp.Or(opts.Width, 100)
	if opts.Brief {
		p.opts.Evidence = NoSteps
	}
	p.head()
	for i := range p.page.Sections {
		p.section(&p.page.Sections[i])
	}
	return p.w.Flush()
}

type printer struct {
	w    *bufio.Writer
	opts Options
	page *page.Page
}

func (p *printer) line(indent int, text string) {
	fmt.Fprintf(p.w, "%s%s\n", strings.Repeat(" ", indent), text)
}

// wrap prints text; the lines after the first are indented by more.
func (p *printer) wrap(indent, more int, text string) {
	for i, l := range fields.Wrap(text, max(p.opts.Width-indent-more, 30), nil) {
		if i == 1 {
			indent += more
		}
		p.line(indent, l)
	}
}

func (p *printer) head() {
	for i, l := range page.SignatureLines(p.page.Signature, p.opts.Width-4) {
		p.line(min(i, 1)*4, l)
	}
	for _, para := range fields.Paragraphs(p.page.API.Description) {
		p.wrap(2, 0, para.Text)
	}
	facts := p.page.Facts
	if at := p.place(p.page.API.Pos, p.page.API.Container); at != "" {
		p.line(2, facts[0]+" at "+at) // whole, to be clicked on
		facts = facts[1:]
	}
	for _, f := range facts {
		p.wrap(2, 2, f)
	}
}

// place is where a contract stands: itself, or what it was read from.
func (p *printer) place(positions ...specmodel.Pos) string {
	for _, at := range positions {
		if at.IsValid() {
			return p.step(specmodel.Step{File: at.File, Line: at.Line, Col: at.Col})
		}
	}
	return ""
}

func (p *printer) step(s specmodel.Step) string {
	if p.opts.Name != nil && s.File != "" {
		s.File = p.opts.Name(s.File)
	}
	text := fields.CleanText(specmodel.Pos{File: s.File, Line: s.Line, Col: s.Col}.String())
	return strings.Join(strings.Fields(text), " ")
}

// maxName is how wide the column of names gets.
const maxName = 24

func (p *printer) section(s *page.Section) {
	if p.opts.Brief && (s.ID == "Notes" || s.ID == "Examples") || len(s.Steps) > 0 && p.opts.Evidence == NoSteps {
		return
	}
	title := s.Title
	if s.About != "" {
		title += ": " + s.About
	}
	p.w.WriteByte('\n')
	p.wrap(0, 2, title)
	p.steps(s.Steps, 0)
	p.prose(s.Prose)
	for line := range strings.SplitSeq(strings.Trim(s.Code, "\n"), "\n") {
		switch line = strings.TrimRight(line, " "); {
		case s.Code == "":
		case line == "":
			p.w.WriteByte('\n')
		default:
			p.line(2, line)
		}
	}
	width := 0
	for _, r := range s.Rows {
		if n := utf8.RuneCountInString(label(r)); n <= maxName {
			width = max(width, n)
		}
	}
	for _, r := range s.Rows {
		p.row(r, width+4)
	}
}

// label is the name of a row with its number.
func label(r page.Row) string {
	if r.Note == "" {
		return r.Name
	}
	return strings.TrimSpace(r.Name + " (" + r.Note + ")")
}

func (p *printer) row(r page.Row, indent int) {
	name := "  " + label(r)
	col := utf8.RuneCountInString(name)
	for _, text := range r.Lines {
		for _, l := range fields.Wrap(text, max(p.opts.Width-indent, 30), nil) {
			if col > indent-2 && name != "" {
				p.w.WriteString(name + "\n")
				name, col = "", 0
			}
			fmt.Fprintf(p.w, "%s%s%s\n", name, strings.Repeat(" ", indent-col), l)
			name, col = "", 0
		}
	}
	if name != "" {
		p.w.WriteString(strings.TrimRight(name, " ") + "\n")
	}
	steps := r.Steps
	switch {
	case p.opts.Evidence == NoSteps:
		steps = nil
	case p.opts.Evidence == LastStep && len(steps) > 0 && !r.Parts:
		steps = steps[len(steps)-1:]
	}
	p.steps(steps, 4)
}

func (p *printer) steps(steps []specmodel.Step, indent int) {
	places := make([]string, len(steps))
	width := 0
	for i, s := range steps {
		places[i] = p.step(s)
		width = max(width, utf8.RuneCountInString(places[i]))
	}
	col := indent + 2 + width + 2
	for i, s := range steps {
		text := fields.Wrap(page.StepText(s), max(p.opts.Width-col, 30), nil)
		p.line(indent+2, strings.TrimRight(fmt.Sprintf("%-*s  %s", width, places[i], strings.Join(text[:min(1, len(text))], "")), " "))
		for _, l := range text[min(1, len(text)):] {
			p.line(col, l)
		}
	}
}

func (p *printer) prose(text string) {
	for _, para := range fields.Paragraphs(text) {
		if para.Gap {
			p.w.WriteByte('\n')
		}
		if para.Bullet {
			p.wrap(2, 2, "- "+para.Text)
		} else {
			p.wrap(2, 0, para.Text)
		}
	}
}
