// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"kapilint/checks/engine/report"
	"kapilint/cparse/cfg"
)

// Range is a piece of source text. Without an end it is the word, that is the
// C identifier or number, that starts at At.
type Range struct{ At, End cfg.Site }

// At is the range of the word at s.
func At(s cfg.Site) Range { return Range{At: s} }

// Span is the range from s up to, not including, end.
func Span(s, end cfg.Site) Range { return Range{s, end} }

// Step is one step of the evidence for a finding.
type Step struct {
	Range
	Message string
	Depth   int // how many calls below the entry point
}

// Edit replaces the bytes Start to End of File by New.
type Edit struct {
	File       string
	Start, End int
	New        string
}

// Opt adds to a finding.
type Opt func(*finding)

type finding struct {
	details  Details
	category string
	steps    []Step
	fixes    []fix
}

type fix struct {
	message string
	edits   []Edit
}

// WithCategory says which kind of finding it is, one of the analyzer's
// documented categories.
func WithCategory(name string) Opt { return func(f *finding) { f.category = name } }

// WithSymbol names the contract or function concerned.
func WithSymbol(name string) Opt { return func(f *finding) { f.details.Symbol = name } }

// WithKey tells the finding apart from others of its rule about its symbol. It
// must not depend on line numbers.
func WithKey(key string) Opt { return func(f *finding) { f.details.Key = key } }

// WithSeverity overrides the severity that the analyzer documents.
func WithSeverity(s report.Severity) Opt {
	return func(f *finding) { f.details.Severity = s }
}

// WithNote adds one step of evidence.
func WithNote(at cfg.Site, message string) Opt {
	return WithEvidence(Step{Range: At(at), Message: message})
}

// WithEvidence adds steps of evidence, outermost first.
func WithEvidence(steps ...Step) Opt {
	return func(f *finding) { f.steps = append(f.steps, steps...) }
}

// WithFix offers a repair: edits that belong together, in any order. Several
// fixes of one finding are alternatives, best first. The message is a verb
// phrase without a full stop: "Add ENFILE to the contract".
func WithFix(message string, edits ...Edit) Opt {
	return func(f *finding) { f.fixes = append(f.fixes, fix{message, edits}) }
}

// Report reports that message holds at r. Text that cannot be read leaves a
// place without a position, never a lost finding. An invalid fix is a mistake
// of the analyzer and panics.
func Report(pass *analysis.Pass, r Range, message string, opts ...Opt) {
	var f finding
	for _, o := range opts {
		o(&f)
	}
	text := text{pass: pass}
	d := analysis.Diagnostic{Category: f.category, Message: message}
	d.Pos, d.End = text.span(r)
	f.details.Place = r.At
	for _, s := range f.steps {
		pos, end := text.span(s.Range)
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, End: end, Message: s.Message})
		f.details.Steps = append(f.details.Steps, s)
	}
	for _, fx := range f.fixes {
		sf, err := text.fix(fx)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", pass.Analyzer, err))
		}
		d.SuggestedFixes = append(d.SuggestedFixes, sf)
	}
	if err := CheckFixes(pass.Fset, d.SuggestedFixes); err != nil {
		panic(fmt.Sprintf("%s: %v", pass.Analyzer, err))
	}
	if box, ok := pass.ResultOf[Sidecar].(*Box); ok {
		box.details = &f.details
	}
	pass.Report(d)
}

// Details is what a finding has and an analysis.Diagnostic has no field for.
type Details struct {
	Symbol, Key string
	Severity    report.Severity // "" for the analyzer's own
	Place       cfg.Site        // what Pos was made from
	Steps       []Step          // what Related was made from, index by index
}

// Box carries the details of the diagnostic being reported to the driver. It
// serves one pass.
type Box struct{ details *Details }

// Take returns the details of the diagnostic that Report is handing over, or
// nil when the analyzer reported it by itself, and empties the box.
func (b *Box) Take() *Details {
	d := b.details
	b.details = nil
	return d
}

// Sidecar is the key under which a driver that wants details puts a *Box into
// Pass.ResultOf. No analyzer requires it.
var Sidecar = &analysis.Analyzer{
	Name:       "lintdetails",
	Doc:        "carry the details of findings to the driver",
	ResultType: reflect.TypeFor[*Box](),
	Run: func(*analysis.Pass) (any, error) {
		return nil, errors.New("lintdetails: the result must be seeded by the driver")
	},
}

// CheckFixes checks that fixes can be applied: messages distinct and not
// empty, every edit inside one file of fset, none touching another. It sorts
// the edits by position and sets missing ends.
func CheckFixes(fset *token.FileSet, fixes []analysis.SuggestedFix) error {
	for i := range fixes {
		f := &fixes[i]
		if f.Message == "" {
			return errors.New("a fix has no message")
		}
		if slices.ContainsFunc(fixes[:i], func(g analysis.SuggestedFix) bool { return g.Message == f.Message }) {
			return fmt.Errorf("two fixes are called %q", f.Message)
		}
		if len(f.TextEdits) == 0 {
			return fmt.Errorf("fix %q has no edits", f.Message)
		}
		slices.SortStableFunc(f.TextEdits, func(a, b analysis.TextEdit) int { return cmp.Compare(a.Pos, b.Pos) })
		for j := range f.TextEdits {
			e := &f.TextEdits[j]
			if !e.End.IsValid() {
				e.End = e.Pos
			}
			file := fset.File(e.Pos)
			switch {
			case file == nil:
				return fmt.Errorf("fix %q: an edit is in no file", f.Message)
			case e.End < e.Pos || int(e.End)-file.Base() > file.Size():
				return fmt.Errorf("fix %q: an edit ends before its start or outside %s", f.Message, file.Name())
			case e.End == e.Pos && len(e.NewText) == 0:
				return fmt.Errorf("fix %q: an edit changes nothing", f.Message)
			case j > 0 && (e.Pos < f.TextEdits[j-1].End || e.Pos == f.TextEdits[j-1].Pos):
				return fmt.Errorf("fix %q: edits overlap in %s", f.Message, file.Name())
			}
		}
	}
	return nil
}

// text finds positions for places in files, adding files to the FileSet of the
// pass when they are first named.
type text struct {
	pass  *analysis.Pass
	files map[string]*source
}

type source struct {
	file *token.File
	data []byte
}

// open returns the file with its text, or nil if it cannot be read.
func (t *text) open(name string) *source {
	if s, ok := t.files[name]; ok {
		return s
	}
	if t.files == nil {
		t.files = map[string]*source{}
	}
	t.files[name] = nil
	if name == "" || t.pass.ReadFile == nil {
		return nil
	}
	data, err := t.pass.ReadFile(name)
	if err != nil {
		return nil
	}
	var file *token.File
	for f := range t.pass.Fset.Iterate {
		if f.Name() == name && f.Size() == len(data) {
			file = f
			break
		}
	}
	if file == nil {
		file = t.pass.Fset.AddFile(name, -1, len(data))
		file.SetLinesForContent(data)
	}
	t.files[name] = &source{file, data}
	return t.files[name]
}

// span returns the positions of r's ends, or none if its text is not there.
func (t *text) span(r Range) (pos, end token.Pos) {
	src := t.open(r.At.File)
	if src == nil {
		return token.NoPos, token.NoPos
	}
	start, ok := src.offset(r.At)
	if !ok {
		return token.NoPos, token.NoPos
	}
	stop := start + wordLen(src.data[start:])
	if r.End.IsValid() && r.End.File == r.At.File {
		if o, ok := src.offset(r.End); ok && o >= start {
			stop = o
		}
	}
	return src.file.Pos(start), src.file.Pos(stop)
}

// offset returns the byte offset of a site in the file.
func (s *source) offset(at cfg.Site) (int, bool) {
	if at.Line < 1 || int(at.Line) > s.file.LineCount() {
		return 0, false
	}
	o := s.file.Offset(s.file.LineStart(int(at.Line))) + max(int(at.Col), 1) - 1
	return o, o <= len(s.data)
}

// wordLen is the length of the identifier or number at the start of b, or of
// its first character.
func wordLen(b []byte) int {
	n := 0
	for n < len(b) && (b[n] == '_' || b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z' || b[n] >= '0' && b[n] <= '9') {
		n++
	}
	if n == 0 && len(b) > 0 && b[0] != '\n' {
		n = 1
		for n < len(b) && b[n]&0xC0 == 0x80 {
			n++
		}
	}
	return n
}

func (t *text) fix(f fix) (analysis.SuggestedFix, error) {
	out := analysis.SuggestedFix{Message: f.message}
	for _, e := range f.edits {
		src := t.open(e.File)
		if src == nil {
			return out, fmt.Errorf("fix %q: cannot read %q", f.message, e.File)
		}
		if e.Start < 0 || e.End < e.Start || e.End > len(src.data) {
			return out, fmt.Errorf("fix %q: bytes %d to %d are not in %s", f.message, e.Start, e.End, e.File)
		}
		out.TextEdits = append(out.TextEdits, analysis.TextEdit{
			Pos: src.file.Pos(e.Start), End: src.file.Pos(e.End), NewText: []byte(e.New),
		})
	}
	return out, nil
}
