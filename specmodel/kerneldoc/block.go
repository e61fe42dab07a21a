// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"maps"
	"slices"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/near"
)

// subtags are the keys that each block has.
var subtags = map[string]map[string]bool{
	"param": words(`type flags size constraint-type constraint cdesc range mask valid-mask valid-values alignment
		size-param size-multiplier struct-type arch-mask desc description`),
	"return":      words(`type check-type success success-range error-values desc`),
	"error":       words(`desc condition`),
	"lock":        words(`type scope acquired released held-on-entry held-on-exit desc`),
	"capability":  words(`type allows without condition priority desc`),
	"side-effect": words(`target desc condition reversible`),
	"state-trans": words(`object from to condition desc`),
	"constraint":  words(`desc expr`),
	"signal": words(`direction action condition desc errno error timing priority restartable interruptible number target
		queue queue_behavior transform transform_to transform-to sa_flags_required sa-flags-required sa_flags_forbidden
		sa-flags-forbidden state_required state-required state_forbidden state-forbidden`),
}

// A sub is one sub-tag of a block: its value joined from its lines.
type sub struct {
	key    string
	keyOff int
	text   string
	parts  []part
}

// A part tells where a stretch of the joined text stands in the file.
type part struct{ at, off int }

func (v *sub) add(text string, off int) {
	lead := len(text) - len(strings.TrimLeft(text, " \t"))
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if v.text != "" {
		v.text += " "
	}
	v.parts = append(v.parts, part{len(v.text), off + lead})
	v.text += text
}

// off returns the file offset of an index into the joined text.
func (v *sub) off(i int) int {
	off := v.keyOff
	for _, p := range v.parts {
		if p.at <= i {
			off = p.off + i - p.at
		}
	}
	return off
}

func (v *sub) yes() bool { return v.text == "yes" }

// subs cuts the lines of a block into sub-tags. where names the block in
// messages. Lines that belong to none are reported and kept.
func (r *reader) subs(s *section, where string) []sub {
	var list []sub
	keys := subtags[s.name]
	indent, lost := 0, false
	var unknown *specmodel.Unknown
	for _, l := range s.lines {
		if l.blank() {
			continue
		}
		name, rest, tagged := cutTag(l.text)
		off := l.off + l.indent
		restOff := l.off + len(l.text) - len(rest)
		switch {
		case l.indent == 0:
			r.unindented(s, l, name, tagged, &lost)
			unknown = nil
		case tagged && keys[name]:
			if indent == 0 {
				indent = l.indent
				if l.indent == 1 && l.text[0] == ' ' {
					r.problem(r.lines.Pos(off, off+len(name)), "thin-indent", specmodel.Note,
						"%s: is indented by one blank, and the kapi tool needs two; indent the block more", name).Fix = r.indentMore(s)
				}
			}
			v := sub{key: name, keyOff: off}
			v.add(rest, restOff)
			list = append(list, v)
			unknown = nil
		case tagged && keyLike(name) && (indent == 0 || l.indent <= indent) && (rest == "" || rest[0] == ' ' || rest[0] == '\t'):
			pos := r.lines.Pos(off, l.off+len(l.text))
			r.unknownSubtag(s, name, r.lines.Pos(off, off+len(name)))
			r.keep(where, name, strings.TrimSpace(rest), pos)
			unknown = &r.api.Unknown[len(r.api.Unknown)-1]
		case unknown != nil:
			unknown.Raw = strings.TrimSpace(unknown.Raw + " " + strings.TrimSpace(l.text))
		case len(list) > 0:
			list[len(list)-1].add(l.text, l.off)
		default:
			pos := r.lines.Pos(off, l.off+len(l.text))
			r.problem(pos, "lost-line", specmodel.Odd, "this line belongs to no sub-tag of %s and is lost; write %s: before it", where, textKey(s.name))
			r.keep(where, "text", strings.TrimSpace(l.text), pos)
		}
	}
	return list
}

// unindented deals with a line of a block that has no indent.
func (r *reader) unindented(s *section, l line, name string, tagged bool, lost *bool) {
	pos := r.lines.Pos(l.off, l.off+len(l.text))
	switch {
	case tagged && subtags[s.name][name]:
		r.problem(pos, "unindented-subtag", specmodel.Odd, "%s: is not indented and so does not belong to the %s above; indent it by two blanks", name, s.name).Fix =
			&specmodel.Fix{Message: "Indent " + name + ": by two blanks", Edits: []specmodel.Edit{{File: pos.File, Offset: l.off, EndOffset: l.off, New: "  "}}}
		r.keep(s.name, name, l.text, pos)
	case tagged && keyLike(name):
		r.strayTag(l, true)
	default:
		r.keep(s.name, "text", l.text, pos)
		if !*lost {
			*lost = true
			r.problem(pos, "lost-line", specmodel.Odd, "this line is neither a tag nor indented below one and is lost; indent it to continue the text above")
		}
	}
}

// unknownSubtag reports a key that the block does not have.
func (r *reader) unknownSubtag(s *section, name string, pos specmodel.Pos) {
	want, only := near.Word(name, maps.Keys(subtags[s.name]))
	if want == "" {
		r.problem(pos, "unknown-subtag", specmodel.Odd, "%s: is no sub-tag of %s; remove it, or write the text after %s:", name, article(s.name), textKey(s.name))
		return
	}
	p := r.problem(pos, "unknown-subtag", specmodel.Odd, "%s: is no sub-tag of %s; write %s:", name, article(s.name), want)
	if only {
		p.Fix = r.change(pos, want)
	}
}

// textKey is the sub-tag for free text in a block.
func textKey(block string) string {
	if block == "param" {
		return "cdesc"
	}
	return "desc"
}

// indentMore indents the lines of a block that have one blank.
func (r *reader) indentMore(s *section) *specmodel.Fix {
	fix := &specmodel.Fix{Message: "Indent the block by two blanks"}
	for _, l := range s.lines {
		if l.indent == 1 && l.text[0] == ' ' {
			fix.Edits = append(fix.Edits, specmodel.Edit{File: r.api.Pos.File, Offset: l.off, EndOffset: l.off, New: " "})
		}
	}
	return fix
}

func keyLike(name string) bool {
	return name != "" && name[0] >= 'a' && name[0] <= 'z' && name == strings.ToLower(name) && !strings.Contains(name, ".")
}

func article(tag string) string {
	if strings.ContainsRune("aeiou", rune(tag[0])) {
		return "an " + tag
	}
	return "a " + tag
}

func (r *reader) block(s *section) {
	switch s.name {
	case "param":
		r.param(s)
	case "return":
		r.returns(s)
	case "error":
		r.error(s)
	case "lock":
		r.lock(s)
	case "signal":
		r.signal(s)
	case "capability":
		r.capability(s)
	case "side-effect":
		r.sideEffect(s)
	case "state-trans":
		r.stateTrans(s)
	case "constraint":
		r.rule(s)
	}
}

// header cuts the head of a block at its first n-1 commas.
func header(s *section, n int) (pieces []string, offs []int) {
	text, off := s.head, s.off
	for len(pieces) < n-1 {
		before, after, ok := strings.Cut(text, ",")
		if !ok {
			break
		}
		pieces, offs = append(pieces, strings.TrimSpace(before)), append(offs, off+len(before)-len(strings.TrimLeft(before, " \t")))
		text, off = after, off+len(before)+1
	}
	return append(pieces, strings.TrimSpace(text)), append(offs, off+len(text)-len(strings.TrimLeft(text, " \t")))
}

func (r *reader) param(s *section) {
	head, offs := header(s, 2)
	p := r.api.Param(head[0])
	if p == nil {
		r.noSuchParam(head[0], s)
		r.prose(s)
		return
	}
	p.Pos = r.sectionPos(s)
	where := "parameter " + p.Name
	if len(head) == 2 {
		r.paramType(p, head[1], offs[1])
		r.problem(r.lines.Pos(s.off, s.off+len(s.head)), "type-in-header", specmodel.Note,
			"the kapi tool takes all of %q as the name; write the type after type:", clip(s.head))
	}
	kindSeen := false
	for _, v := range r.subs(s, where) {
		switch v.key {
		case "type":
			r.paramTypeFlags(p, &v)
		case "flags":
			before := p.Flags
			p.Flags = r.paramFlags(&v)
			if before&specmodel.FlagUser > p.Flags&specmodel.FlagUser {
				r.problem(r.subPos(&v), "flags-drop-user", specmodel.Odd,
					"flags: replaces what type: says, so %s is no user pointer any more; add user", p.Name).Fix = r.orUser(&v)
			}
		case "constraint-type":
			kindSeen = true
			r.constraintKind(p, &v)
		case "range":
			if kindSeen && p.Constraint.Kind != specmodel.ConstraintRange {
				r.problem(r.lines.Pos(v.keyOff, v.keyOff+len(v.key)), "range-after-kind", specmodel.Note,
					"range: below constraint-type: makes the kapi tool take a range; write it above")
			}
			r.rangeOf(p, &v)
		default:
			r.paramRest(p, &v)
		}
	}
}

// orUser adds the flag for user memory to a list of flags.
func (r *reader) orUser(v *sub) *specmodel.Fix {
	word := "user"
	if strings.Contains(v.text, "KAPI_") {
		word = "KAPI_PARAM_USER"
	}
	pos := r.subPos(v)
	return &specmodel.Fix{Message: "Add the flag " + word, Edits: []specmodel.Edit{{File: pos.File, Offset: pos.EndOffset, EndOffset: pos.EndOffset, New: " | " + word}}}
}

func (r *reader) paramRest(p *specmodel.Param, v *sub) {
	switch v.key {
	case "mask", "valid-mask":
		p.Constraint.Mask = r.subExpr(v)
	case "valid-values":
		p.Constraint.Values = r.exprs(v, v.text, 0)
	case "alignment":
		p.Constraint.Alignment = r.subExpr(v)
	case "size":
		p.Size = r.subExpr(v)
	case "size-param":
		p.SizeParam = r.subExpr(v)
	case "size-multiplier":
		p.SizeMultiplier = r.subExpr(v)
	case "cdesc", "constraint":
		p.Constraint.Text = v.text
	case "arch-mask":
		r.archMask(p, v)
	case "struct-type":
		r.keep("parameter "+p.Name, v.key, v.text, r.subPos(v))
	case "desc", "description":
		r.problem(r.subPos(v), "param-desc", specmodel.Odd, "kernel-doc drops %s: in a param block; write the text after @%s:", v.key, p.Name)
		if p.Description == "" {
			p.Description = v.text
		}
	}
}

// subPos is the range of a sub-tag's value, or of its key if it has none.
func (r *reader) subPos(v *sub) specmodel.Pos {
	if v.text == "" {
		return r.lines.Pos(v.keyOff, v.keyOff+len(v.key))
	}
	return r.textPos(v, 0, len(v.text))
}

// textPos is the range of a part of the joined text of a sub-tag.
func (r *reader) textPos(v *sub, start, end int) specmodel.Pos {
	off := v.off(start)
	return r.lines.Pos(off, max(off, v.off(max(end-1, start))+min(1, end-start)))
}

// subExpr is the expression that a whole sub-tag holds.
func (r *reader) subExpr(v *sub) specmodel.Expr { return r.exprIn(v, v.text, 0) }

// exprIn is the expression text, which begins at index at of the sub-tag.
func (r *reader) exprIn(v *sub, text string, at int) specmodel.Expr {
	at += len(text) - len(strings.TrimLeft(text, " \t"))
	text = strings.TrimSpace(text)
	e := r.expr(text, v.off(at))
	if e.IsSet() {
		e.Pos = r.textPos(v, at, at+len(text))
	}
	return e
}

func (r *reader) paramTypeFlags(p *specmodel.Param, v *sub) {
	first := true
	eachWord(v.text, 0, ",", func(word string, at int) {
		if first {
			first = false
			r.paramType(p, word, v.off(at))
			return
		}
		r.flag(&p.Flags, word, v.off(at))
		if word == "in" || word == "out" {
			pos := r.lines.Pos(v.off(at), v.off(at)+len(word))
			r.problem(pos, "short-flag", specmodel.Note, "the kapi tool does not know %q in lower case; write %sput", word, word).Fix =
				r.change(pos, word+"put")
		}
	})
	if first {
		r.problem(r.subPos(v), "no-value", specmodel.Odd, "type: of parameter %s is empty; write its type, such as int or fd", p.Name)
	}
}

func (r *reader) paramType(p *specmodel.Param, word string, off int) {
	t, ok := specmodel.ParseParamType(word)
	if !ok {
		r.token("parameter "+p.Name, word, off, "type of a parameter")
		return
	}
	p.Type = t
	if t == specmodel.TypeUserPtr || t == specmodel.TypePath {
		p.Flags |= specmodel.FlagUser
	}
}

func (r *reader) flag(flags *specmodel.ParamFlags, word string, off int) {
	f, ok := specmodel.ParseParamFlag(word)
	if !ok {
		r.token("parameter", word, off, "flag of a parameter")
	}
	*flags |= f
}

func (r *reader) paramFlags(v *sub) specmodel.ParamFlags {
	var flags specmodel.ParamFlags
	sep := "|"
	if !strings.Contains(v.text, "|") {
		sep = ","
	}
	eachWord(v.text, 0, sep, func(word string, at int) { r.flag(&flags, word, v.off(at)) })
	return flags
}

func (r *reader) archMask(p *specmodel.Param, v *sub) {
	arch, bits, ok := strings.Cut(v.text, "=")
	if !ok || strings.TrimSpace(arch) == "" {
		r.problem(r.subPos(v), "bad-arch-mask", specmodel.Bad, "%q is not the mask of an architecture; write ARCH = BITS", clip(v.text))
		r.keep("parameter "+p.Name, v.key, v.text, r.subPos(v))
		return
	}
	m := specmodel.ArchMask{Pos: r.subPos(v), Arch: strings.ToLower(strings.TrimSpace(arch)), Bits: r.exprIn(v, bits, len(arch)+1)}
	if !arches[m.Arch] {
		r.problem(m.Pos, "unknown-arch", specmodel.Odd, "%q is not the name of an architecture; write one of %s", clip(m.Arch),
			strings.Join(slices.Sorted(maps.Keys(arches)), ", "))
	}
	p.Constraint.ArchMasks = append(p.Constraint.ArchMasks, m)
}

var arches = words(`alpha arc arm arm64 csky hexagon loongarch m68k microblaze mips nios2 openrisc parisc powerpc riscv
	s390 sh sparc um x86 xtensa`)

func (r *reader) rangeOf(p *specmodel.Param, v *sub) {
	c := &p.Constraint
	list := r.exprs(v, v.text, 0)
	if len(list) != 2 {
		r.problem(r.subPos(v), "bad-range", specmodel.Bad, "%q is not a range; write two bounds with a comma between them", clip(v.text))
		r.keep("parameter "+p.Name, v.key, v.text, r.subPos(v))
		return
	}
	c.Pos, c.Min, c.Max = r.subPos(v), list[0], list[1]
	r.symbolic(list)
}
