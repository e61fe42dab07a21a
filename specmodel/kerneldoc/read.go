// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"bytes"
	"fmt"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
	"kapilint/specmodel/internal/near"
)

// maxComment bounds the size of a comment, and so the time that reading takes;
// contracts are far below it.
const maxComment = 128 << 10

// ReadFile returns the contracts in the kernel-doc comments of one file, in
// source order, and what is wrong with how they are written. name is used in
// positions. Values are kept as text, see [specmodel.API.Resolve].
func ReadFile(name string, src []byte) ([]*specmodel.API, []specmodel.Problem) {
	if !mayHaveContract(src) {
		return nil, nil
	}
	var (
		apis     []*specmodel.API
		problems []specmodel.Problem
		lines    = ctext.NewLines(name, src)
	)
	comments(src, func(c comment, after ctext.Scanner) {
		r := &reader{src: src, lines: lines, c: &c}
		contract, newest := c.selected()
		if !contract || c.plain {
			r.nearly(contract)
			problems = append(problems, r.problems...)
			return
		}
		if c.end-c.off > maxComment {
			r.problem(lines.Pos(c.off, c.off+3), "too-long", specmodel.Odd,
				"this comment has %d bytes and is not read as a contract; shorten it to less than %d", c.end-c.off, maxComment)
			problems = append(problems, r.problems...)
			return
		}
		if c.opening != "" {
			r.problem(lines.Pos(c.off, c.off+3), "not-kernel-doc", specmodel.Odd,
				"this comment looks like a contract but is not kernel-doc; move the text after /** to the next line").Fix = r.moveOpening()
			problems = append(problems, r.problems...)
			return
		}
		r.read(newest, after)
		apis = append(apis, r.api)
		problems = append(problems, r.problems...)
	})
	for i := range problems {
		if fix := problems[i].Fix; fix != nil && !withinLines(src, fix) {
			problems[i].Fix = nil
		}
	}
	return apis, problems
}

// withinLines reports whether no edit of a fix replaces the end of a line: a
// text that was joined from several lines cannot be written over.
func withinLines(src []byte, fix *specmodel.Fix) bool {
	for _, e := range fix.Edits {
		if bytes.IndexByte(src[e.Offset:e.EndOffset], '\n') >= 0 {
			return false
		}
	}
	return true
}

// A reader reads one comment.
type reader struct {
	src      []byte
	lines    *ctext.Lines
	c        *comment
	api      *specmodel.API
	problems []specmodel.Problem

	titleAt      specmodel.Pos        // of the name in the first line
	contexts     bool                 // contexts: was seen, which wins
	unknown      map[string]int       // parameters that do not exist, with the place of their problem
	at           map[string]bool      // parameters with an @name: line
	mentioned    map[string]bool      // parameters that a section names
	similarParam map[string]string    // what a fix writes for a parameter that does not exist
	order        []string             // the @name: lines
	groups       map[string][]section // section-wide tags of the first generation
}

// problem adds a problem and returns it, so that a fix can be added.
func (r *reader) problem(pos specmodel.Pos, id string, severity specmodel.Severity, format string, args ...any) *specmodel.Problem {
	p := specmodel.Problem{Pos: pos, ID: id, Severity: severity, Message: fmt.Sprintf(format, args...)}
	if r.api != nil {
		p.Symbol = r.api.Name
	}
	r.problems = append(r.problems, p)
	return &r.problems[len(r.problems)-1]
}

// change is the fix that writes text over the bytes of pos.
func (r *reader) change(pos specmodel.Pos, text string) *specmodel.Fix {
	if pos.EndOffset <= pos.Offset {
		return nil
	}
	return specmodel.Change(pos, string(r.src[pos.Offset:pos.EndOffset]), text)
}

func (r *reader) read(newest bool, after ctext.Scanner) {
	r.groups = map[string][]section{}
	r.unknown, r.at = map[string]int{}, map[string]bool{}
	r.mentioned, r.similarParam = map[string]bool{}, map[string]string{}
	r.api = &specmodel.API{Origin: specmodel.FromKernelDoc, Notation: r.c.notation(), Pos: r.lines.Pos(r.c.off, r.c.end)}
	title, purpose := r.title()
	want := strings.TrimPrefix(title, "sys_")
	r.api.Prototype = prototype(after, r.lines, want)
	r.name(title)
	r.api.Kind = specmodel.KindOf(r.api.Name)
	if p := r.api.Prototype; p != nil && p.Macro == "" && r.api.Kind == specmodel.Ioctl && !strings.HasSuffix(p.Result, "long") {
		r.api.Kind = specmodel.Function
	}
	r.api.Description = purpose
	if !newest {
		r.notSelected()
	}
	params := map[string]bool{}
	if p := r.api.Prototype; p != nil {
		for i, pp := range p.Params {
			params[pp.Name] = true
			r.api.Params = append(r.api.Params, specmodel.Param{Pos: pp.Pos, Index: i, Name: pp.Name, TypeName: pp.Type})
		}
	}
	preamble, list := r.sections(r.c, params)
	for i := range list {
		r.mentioned[list[i].subject()] = true
	}
	r.preamble(preamble)
	if r.api.Prototype == nil {
		r.paramsFromText(list)
	}
	for i := range list {
		told := len(r.problems)
		r.section(&list[i])
		r.lostBlocks(&list[i], told)
	}
	r.finish(list)
}

// title reads "name - purpose" from the first line with text.
func (r *reader) title() (name, purpose string) {
	i := 0
	for i < len(r.c.lines) && r.c.lines[i].blank() {
		i++
	}
	if i == len(r.c.lines) {
		return "", ""
	}
	l := r.c.lines[i]
	text := strings.TrimSpace(l.text)
	text = strings.TrimPrefix(text, "function ")
	n := 0
	for n < len(text) && isNameByte(text[n]) && text[n] != '-' && text[n] != '.' {
		n++
	}
	name = text[:n]
	r.titleAt = r.lines.Pos(l.off+strings.Index(l.text, text), l.off+strings.Index(l.text, text)+n)
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text[n:]), "()"))
	if _, _, isTagLine := cutTag(l.text); n == 0 || rest != "" && rest[0] != '-' && rest[0] != ':' || isTagLine && isTag(strings.ToLower(name)) {
		r.problem(r.lines.Pos(l.off, l.off+len(l.text)), "no-title", specmodel.Odd,
			"the comment does not begin with the name of a function; write it, a dash and what the function does")
		return "", ""
	}
	r.c.lines = r.c.lines[i+1:]
	purpose = strings.TrimSpace(strings.TrimLeft(rest, "-: "))
	for len(r.c.lines) > 0 && !r.c.lines[0].blank() {
		next := r.c.lines[0]
		if tag, _, ok := cutTag(next.text); ok && (tag[0] == '@' || isTag(strings.ToLower(tag))) {
			break
		}
		purpose += " " + strings.TrimSpace(next.text)
		r.c.lines = r.c.lines[1:]
	}
	return name, purpose
}

// name settles the name of the contract: that of the function, or that of
// the comment where the two have nothing to do with each other.
func (r *reader) name(title string) {
	p := r.api.Prototype
	open := r.lines.Pos(r.c.off, r.c.off+3)
	if p == nil {
		r.api.Name = title
		r.problem(open, "no-function", specmodel.Odd, "no function follows this contract; put it right before the one it is for")
		return
	}
	r.api.Name = p.Name
	if title == p.Name || title == "" {
		if r.farFunction(p) {
			r.problem(open, "far-function", specmodel.Note, "the kapi tool does not find a function more than 10 lines below its contract; move the contract down to it")
		}
		if strings.HasPrefix(p.Name, "compat_sys_") {
			r.problem(open, "compat-name", specmodel.Note, "the kapi tool also shows this contract as that of %s; take no notice of that", strings.TrimPrefix(p.Name, "compat_"))
		}
		return
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(p.Name, "compat_"), "sys_")
	if strings.TrimPrefix(strings.TrimPrefix(title, "compat_"), "sys_") == bare {
		r.problem(r.titleAt, "name", specmodel.Odd, "the comment names %s; write %s, as the function after it is called", title, p.Name).Fix =
			r.change(r.titleAt, p.Name)
		return
	}
	r.problem(r.titleAt, "name", specmodel.Bad, "the comment names %s, but the function after it is %s; write that name, or move the comment", title, p.Name)
	r.api.Name, r.api.Prototype = title, nil
}

func (r *reader) farFunction(p *specmodel.Prototype) bool {
	return p.Pos.Line-r.lines.Pos(max(r.c.end-1, 0), r.c.end).Line > 10
}

// preamble keeps tag-like lines before the first section as unknown.
func (r *reader) preamble(lines []line) {
	prev := true
	for _, l := range lines {
		if l.indent == 0 {
			r.strayTag(l, prev)
		}
		prev = l.blank()
	}
}

// paramsFromText makes the parameters of a contract without a function from
// its @name: lines and then its param: blocks.
func (r *reader) paramsFromText(list []section) {
	add := func(name string, s *section) {
		if name != "" && r.api.Param(name) == nil {
			r.api.Params = append(r.api.Params, specmodel.Param{Pos: r.sectionPos(s), Index: len(r.api.Params), Name: name})
		}
	}
	for i := range list {
		if list[i].at {
			add(list[i].name, &list[i])
		}
	}
	for i := range list {
		s := &list[i]
		switch {
		case s.at:
		case s.name == "param":
			name, _, _ := strings.Cut(s.head, ",")
			add(strings.TrimSpace(name), s)
		case flat[s.name] && strings.HasPrefix(s.name, "param-"):
			name, _, _ := strings.Cut(s.head, ",")
			add(strings.TrimSpace(name), s)
		}
	}
}

func (r *reader) sectionPos(s *section) specmodel.Pos {
	return r.lines.Pos(s.tagOff, s.line.off+len(s.line.text))
}

func (r *reader) section(s *section) {
	switch {
	case s.at:
		r.paramText(s)
	case s.name == "contexts" || s.name == "context-flags":
		r.context(s)
	case s.name == "long-desc":
		r.api.LongDescription = fold(s)
		r.prose(s)
	case s.name == "notes" || s.name == "note":
		r.api.Notes = join2(r.api.Notes, fold(s))
		r.prose(s)
	case s.name == "examples" || s.name == "example":
		r.api.Examples = join2(r.api.Examples, verbatim(s))
	case s.name == "since" || s.name == "since-version":
		r.api.SinceVersion = s.head
		r.prose(s)
	case s.name == "description" || s.name == "context":
		r.prose(s)
	case s.name == "returns":
		r.returnText(s)
	case counts[s.name] != "":
		r.api.Counts = append(r.api.Counts, specmodel.Count{Pos: r.sectionPos(s), Section: counts[s.name], N: r.expr(s.head, s.off)})
		r.prose(s)
	case s.name == "api-type":
		r.apiType(s)
		r.prose(s)
	case accepted[s.name] || strings.HasPrefix(s.name, "kapi-"):
		r.keep("", s.name, fold(s), r.sectionPos(s))
	case flat[s.name]:
		r.flat(s)
	default:
		r.block(s)
	}
}

func (r *reader) apiType(s *section) {
	switch kind := specmodel.Kind(strings.TrimPrefix(strings.ToLower(s.head), "kapi_api_")); kind {
	case specmodel.Function, specmodel.Syscall, specmodel.Ioctl, specmodel.Sysfs:
		if kind != specmodel.Function { // a system call was written as function, too
			r.api.Kind = kind
		}
	default:
		r.token("api-type", s.head, s.off, "kind of interface")
	}
}

// keep stores what has no place in the model.
func (r *reader) keep(where, key, raw string, pos specmodel.Pos) {
	r.api.Unknown = append(r.api.Unknown, specmodel.Unknown{Pos: pos, Where: where, Key: key, Raw: raw})
}

// token reports a word that is none of a fixed set, and keeps it.
func (r *reader) token(where, word string, off int, what string) {
	pos := r.lines.Pos(off, off+len(word))
	if want, only := specmodel.Suggest(what, word); want != "" {
		p := r.problem(pos, "unknown-token", specmodel.Bad, "%q is not %s; write %s", clip(word), article(what), want)
		if only {
			p.Fix = r.change(pos, want)
		}
	} else {
		r.problem(pos, "unknown-token", specmodel.Bad, "%q is not %s; write %s", clip(word), article(what), specmodel.Choices(what))
	}
	r.keep(where, what, word, pos)
}

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}

// expr makes an expression of text that begins at off, and reports it if it
// cannot be one.
func (r *reader) expr(text string, off int) specmodel.Expr {
	lead := len(text) - len(strings.TrimLeft(text, " \t"))
	text = strings.TrimSpace(text)
	pos := r.lines.Pos(off+lead, off+lead+len(text))
	if err := specmodel.CheckSyntax(text); err != nil {
		r.problem(pos, "bad-expression", specmodel.Bad, "%q is not a C constant expression; correct it: %v", clip(text), err)
		r.keep("", "expression", text, pos)
		return specmodel.Expr{}
	}
	return specmodel.Text(text, pos)
}

func (r *reader) context(s *section) {
	if s.name == "context-flags" {
		if r.contexts {
			r.problem(r.sectionPos(s), "two-contexts", specmodel.Note, "kernel-doc takes contexts: and ignores context-flags:; remove one of them")
			return
		}
	}
	sep := "|"
	if s.name == "contexts" || strings.Contains(s.head, ",") && !strings.Contains(s.head, "|") {
		sep = ","
	}
	r.contexts = r.contexts || s.name == "contexts"
	r.api.Context = specmodel.Context{Pos: r.sectionPos(s)}
	eachWord(s.head, s.off, sep, func(word string, off int) {
		f, ok := specmodel.ParseContext(word)
		if !ok {
			r.token(s.name, word, off, "context")
		}
		r.api.Context.Flags |= f
	})
	r.prose(s)
	if len(s.lines) == 0 || s.lines[0].blank() {
		return
	}
	l := s.lines[0]
	if _, _, tagged := cutTag(l.text); tagged && l.indent == 0 {
		return
	}
	pos := r.lines.Pos(l.off+l.indent, l.off+len(l.text))
	r.keep(s.name, "text", strings.TrimSpace(l.text), pos)
	r.problem(pos, "lost-line", specmodel.Odd, "%s: is read from its first line only; write this on that line", s.name)
}

// eachWord calls f for the pieces of text between separators, trimmed, with
// their offsets; empty ones are left out.
func eachWord(text string, off int, sep string, f func(word string, off int)) {
	for text != "" {
		word, rest, _ := strings.Cut(text, sep)
		lead := len(word) - len(strings.TrimLeft(word, " \t"))
		if t := strings.TrimSpace(word); t != "" {
			f(t, off+lead)
		}
		step := len(word) + len(sep)
		off += step
		text = rest
	}
}

// paramText takes the text of an @name: line.
func (r *reader) paramText(s *section) {
	p := r.api.Param(s.name)
	if p == nil {
		if !isKernelDocName(s.name) {
			return
		}
		r.noSuchParam(s.name, s)
		return
	}
	r.at[p.Name] = true
	r.order = append(r.order, p.Name)
	p.Pos = r.sectionPos(s)
	p.Description = oneLine(s)
	r.prose(s)
}

// isKernelDocName leaves out @name.member and @... lines.
func isKernelDocName(name string) bool { return !strings.ContainsAny(name, ".-") }

// noSuchParam reports a name that no parameter has, once, with a fix for all
// the places where it is written.
func (r *reader) noSuchParam(name string, s *section) {
	pos := r.sectionPos(s)
	r.keep("", s.raw, strings.TrimSpace(s.head+"\n"+rawLines(s.lines)), pos)
	at := r.lines.Pos(s.off, s.off+len(name))
	if s.at {
		at = r.lines.Pos(s.tagOff+1, s.tagOff+1+len(name))
	}
	if i, seen := r.unknown[name]; seen {
		if fix := r.problems[i].Fix; fix != nil {
			fix.Edits = append(fix.Edits, specmodel.Edit{File: at.File, Offset: at.Offset, EndOffset: at.EndOffset, New: r.similarParam[name]})
		}
		return
	}
	r.unknown[name] = len(r.problems)
	want, only := near.Word(name, func(yield func(string) bool) {
		for _, p := range r.api.Params {
			if !r.described(p.Name) && !yield(p.Name) {
				return
			}
		}
	})
	if want != "" && name != "" {
		p := r.problem(at, "unknown-param", specmodel.Bad, "the function has no parameter %s; write %s", clip(name), want)
		if only {
			p.Fix = r.change(at, want)
			r.similarParam[name] = want
		}
		return
	}
	r.problem(at, "unknown-param", specmodel.Bad, "the function has no parameter %s; %s", clip(name), r.paramList())
}

// described reports whether a section is about the parameter.
func (r *reader) described(param string) bool { return r.mentioned[param] }

func (r *reader) paramList() string {
	var names []string
	for _, p := range r.api.Params {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return "remove this, since it takes none"
	}
	return "describe " + strings.Join(names, ", ")
}

func rawLines(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.String()
}
