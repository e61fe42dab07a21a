// SPDX-License-Identifier: GPL-2.0-only

// Package rst writes contracts as reStructuredText for Sphinx: a page for each
// contract, and an index that groups them by the subsystem of their source.
//
// A name of another contract of the same set becomes a reference to its page.
// All other text is escaped: nothing in a contract is markup.
package rst

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/fields"
	"kapilint/specmodel/render/internal/page"
)

// Lossy lists the fields that are set in a contract and not on its page: none.
func Lossy(*specmodel.API) []string { return nil }

// File is one file of the pages.
type File struct {
	Name string // relative, with the ending .rst
	Text []byte
}

// Files makes an index and a page for each contract, in a stable order.
func Files(apis []*specmodel.API) []File {
	s := newSet(apis)
	var index strings.Builder
	heading(&index, "Contracts", '=')
	var files []File
	for _, group := range s.groups {
		heading(&index, start(escape(group.name)), '-')
		index.WriteString(".. toctree::\n   :maxdepth: 1\n\n")
		for _, e := range group.entries {
			fmt.Fprintf(&index, "   %s\n", e.doc)
			files = append(files, File{e.doc + ".rst", []byte(s.text(e, '=', '-'))})
		}
		index.WriteByte('\n')
	}
	return append([]File{{"index.rst", []byte(index.String())}}, files...)
}

// Write writes all contracts as one page with a section for each subsystem.
func Write(w io.Writer, apis []*specmodel.API) error {
	s := newSet(apis)
	out := bufio.NewWriter(w)
	var b strings.Builder
	heading(&b, "Contracts", '=')
	for _, group := range s.groups {
		heading(&b, start(escape(group.name)), '-')
		for _, e := range group.entries {
			b.WriteString(s.text(e, '~', '^'))
		}
	}
	out.WriteString(strings.TrimRight(b.String(), "\n") + "\n")
	return out.Flush()
}

// Subsystem names the part of the kernel that a contract belongs to: that of
// a sysfs attribute, else the top directory of the source, with the next one
// for drivers.
func Subsystem(a *specmodel.API) string {
	if a.Sysfs != nil && a.Sysfs.Subsystem != "" {
		return a.Sysfs.Subsystem
	}
	file := path.Clean(strings.TrimLeft(a.Pos.File, "/"))
	parts := strings.Split(path.Dir(file), "/")
	switch {
	case a.Pos.File == "" || path.IsAbs(a.Pos.File) || parts[0] == "." || parts[0] == "..":
		return "other"
	case len(parts) > 1 && (parts[0] == "drivers" || parts[0] == "arch" || parts[0] == "include"):
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

type entry struct {
	api        *specmodel.API
	doc, label string
}

type group struct {
	name    string
	entries []*entry
}

type set struct {
	groups []group
	labels map[string]string // name of a contract to the label of its page
}

func newSet(apis []*specmodel.API) *set {
	sorted := specmodel.Set{APIs: slices.Clone(apis)}
	sorted.Sort()
	s := &set{labels: map[string]string{}}
	taken := map[string]int{"index": 1}
	for _, a := range sorted.APIs {
		doc := strings.Map(func(c rune) rune {
			if c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				return c
			}
			return '_'
		}, cmp.Or(a.Name, "unnamed"))
		taken[strings.ToLower(doc)]++
		if n := taken[strings.ToLower(doc)]; n > 1 {
			doc = fmt.Sprintf("%s-%d", doc, n)
		}
		e := &entry{api: a, doc: doc, label: "kapi-" + strings.ToLower(doc)}
		if s.labels[a.Name] == "" {
			s.labels[a.Name] = e.label
		}
		name := cmp.Or(flat(fields.CleanText(Subsystem(a))), "other")
		i := slices.IndexFunc(s.groups, func(g group) bool { return g.name == name })
		if i < 0 {
			i = len(s.groups)
			s.groups = append(s.groups, group{name: name})
		}
		s.groups[i].entries = append(s.groups[i].entries, e)
	}
	slices.SortStableFunc(s.groups, func(a, b group) int { return strings.Compare(a.name, b.name) })
	return s
}

func heading(b *strings.Builder, title string, mark rune) {
	width := 2 * utf8.RuneCountInString(title) // wide characters take two columns
	if len(title) == utf8.RuneCountInString(title) {
		width = len(title)
	}
	fmt.Fprintf(b, "%s\n%s\n\n", title, strings.Repeat(string(mark), max(width, 4)))
}

// text is the page of one contract.
func (s *set) text(e *entry, top, sub rune) string {
	p := page.Of(e.api)
	w := &writer{set: s, self: e.api.Name}
	fmt.Fprintf(&w.b, ".. _%s:\n\n", e.label)
	heading(&w.b, start(escape(flat(cmp.Or(p.API.Name, "unnamed")))), top)
	if d := flat(p.API.Description); d != "" {
		w.para(0, "**"+escape(d)+"**")
	}
	w.code(p.Signature)
	facts := p.Facts
	if at := p.API.Pos; at.IsValid() {
		facts[0] += " at " + fields.CleanText(fmt.Sprintf("%s:%d", at.File, at.Line))
	}
	for _, f := range facts {
		w.para(0, "* "+w.text(f))
	}
	for i := range p.Sections {
		w.section(&p.Sections[i], sub)
	}
	return w.b.String()
}

type writer struct {
	set  *set
	self string
	b    strings.Builder
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func (w *writer) para(indent int, text string) {
	fmt.Fprintf(&w.b, "%s%s\n\n", strings.Repeat(" ", indent), text)
}

func (w *writer) code(text string) {
	w.b.WriteString(".. code-block:: none\n\n")
	for l := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		w.b.WriteString(strings.TrimRight("   "+l, " ") + "\n")
	}
	w.b.WriteByte('\n')
}

func (w *writer) section(s *page.Section, mark rune) {
	heading(&w.b, start(escape(s.Title)), mark)
	if s.About != "" {
		w.para(0, w.text(s.About))
	}
	for _, p := range fields.Paragraphs(s.Prose) {
		if p.Bullet {
			w.para(0, "* "+w.text(p.Text))
		} else {
			w.para(0, w.text(p.Text))
		}
	}
	if strings.TrimSpace(s.Code) != "" {
		w.code(s.Code)
	}
	w.steps(0, s.Steps)
	for _, r := range s.Rows {
		w.row(r)
	}
}

// row writes an entry of a definition list.
func (w *writer) row(r page.Row) {
	term := "**" + escape(cmp.Or(r.Name, "(no name)")) + "**"
	if r.Note != "" {
		term += " (" + escape(r.Note) + ")"
	}
	w.b.WriteString(term + "\n")
	lines := r.Lines
	if len(lines) == 0 && len(r.Steps) == 0 {
		lines = []string{"Not described."}
	}
	for _, l := range lines {
		w.para(3, w.text(l))
	}
	w.steps(3, r.Steps)
}

func (w *writer) steps(indent int, steps []specmodel.Step) {
	for _, s := range steps {
		at := specmodel.Pos{File: s.File, Line: s.Line, Col: s.Col}.String()
		w.para(indent, "* "+w.text(strings.Trim(at+": "+page.StepText(s), ": ")))
	}
}

// text escapes a text and refers to the other contracts that it names.
func (w *writer) text(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		core := strings.Trim(word, ".,;:()")
		label, ok := w.set.labels[core]
		if !ok {
			label, ok = w.set.labels["sys_"+core]
			ok = ok && strings.Contains(word, core+"(") // a word that is no call may mean anything
		}
		if !ok || core == w.self || "sys_"+core == w.self || core == "" {
			words[i] = escape(word)
			continue
		}
		before, after, _ := strings.Cut(word, core)
		words[i] = fmt.Sprintf(`%s\ :ref:`+"`%s <%s>`"+`\ %s`, escape(before), escape(core), label, escape(after))
	}
	return start(strings.Join(words, " "))
}

// escape takes the meaning from what would be inline markup.
func escape(s string) string {
	var b strings.Builder
	for i, c := range s {
		switch {
		case strings.ContainsRune("\\*`|<>", c):
			b.WriteByte('\\')
		case c == ':' && (i == 0 || s[i-1] == ' ' || s[i-1] == ':' || i+1 == len(s) || s[i+1] != ' ' && (s[i+1] < '0' || s[i+1] > '9')):
			b.WriteByte('\\')
		case c == '_' && (i+1 == len(s) || !wordByte(s[i+1]) || s[i+1] == '_'):
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// start keeps the first characters of a paragraph from being a list, a
// directive or any other block.
func start(s string) string {
	if s == "" {
		return `\ `
	}
	if c := s[0]; c == '\\' || c >= 0x80 {
		return s
	}
	word, _, _ := strings.Cut(s, " ")
	if !wordByte(s[0]) || strings.HasSuffix(word, ".") || strings.HasSuffix(word, ")") {
		return `\` + s
	}
	return s
}
