// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"path/filepath"
	"strconv"
	"strings"
)

// cond is a conditional that is open.
type cond struct {
	dir   int  // the directive that opened it
	taken bool // one of its groups was taken
	other bool // it has come to its #else
}

// directive obeys the next directive of the innermost file.
func (p *pre) directive() {
	parsing, prevent, marked := p.parsing, p.prevent, len(p.result.Expansions)
	fr := &p.frames[len(p.frames)-1]
	n := fr.dir
	d := &fr.src.dirs[n]
	fr.dir++
	fr.pos = d.end
	if !p.step(1) {
		return
	}
	p.parsing, p.prevent = parsingNothing, 0
	switch d.kind {
	case symDefine:
		p.define(fr, d)
	case symUndef:
		if sym, ok := p.dirName(fr, d); ok {
			if e := p.lookup(sym); e != nil {
				e.m, e.disabled = nil, false
			}
		}
	case symIf, symIfdef, symIfndef:
		p.conds = append(p.conds, cond{dir: n})
		if p.condition(n) {
			p.conds[len(p.conds)-1].taken = true
		} else {
			p.skip(n, d.next)
		}
	case symElif, symElifdef, symElifndef, symElse:
		if len(p.conds) == fr.conds {
			p.errorf(p.dirPos(fr, d), "#%s without #if", fr.src.spelling(d.tok+1))
			break
		}
		p.checkElse(fr, d)
		p.skip(n, d.next)
	case symEndif:
		if len(p.conds) == fr.conds {
			p.errorf(p.dirPos(fr, d), "#endif without #if")
			break
		}
		p.conds = p.conds[:len(p.conds)-1]
	case symInclude, symIncludeNext, symImport:
		p.include(fr, d)
	case symLine:
		p.line(fr, d, d.tok+2)
	case symNone:
		if d.tok+1 < d.end {
			p.line(fr, d, d.tok+1)
		}
	case symError:
		p.errorf(p.dirPos(fr, d), "#error %s", p.dirText(fr, d))
	case symWarning:
		p.complain(Error{Pos: p.dirPos(fr, d), Msg: "#warning " + p.dirText(fr, d), Warning: true})
	case symPragma:
		p.pragma(p.dirText(fr, d))
	case symIdent, symSccs:
	default:
		p.errorf(p.dirPos(fr, d), "invalid preprocessing directive #%s", fr.src.spelling(d.tok+1))
	}
	p.parsing, p.prevent = parsing, prevent
	clear(p.result.Expansions[marked:])
	p.result.Expansions = p.result.Expansions[:marked]
}

// dirPos is the place of a directive's name, or of its # if it has none.
func (p *pre) dirPos(fr *frame, d *directive) Pos {
	return fr.src.pos(fr.src.toks[min(d.tok+1, d.end-1)].off)
}

// dirText is what follows a directive's name, with single blanks.
func (p *pre) dirText(fr *frame, d *directive) string {
	if d.tok+2 >= d.end {
		return ""
	}
	last := &fr.src.toks[d.end-1]
	text := fr.src.text[fr.src.toks[d.tok+2].off : last.off+last.len]
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\\\n", " ")), " ")
}

// dirName is the macro name that follows a directive's name.
func (p *pre) dirName(fr *frame, d *directive) (uint32, bool) {
	if d.tok+2 >= d.end {
		p.errorf(p.dirPos(fr, d), "no macro name given in #%s directive", fr.src.spelling(d.tok+1))
		return 0, false
	}
	t := &fr.src.toks[d.tok+2]
	if t.kind != Ident {
		p.errorf(fr.src.pos(t.off), "macro names must be identifiers")
		return 0, false
	}
	return t.sym, true
}

func (p *pre) define(fr *frame, d *directive) {
	m := fr.src.define(d)
	if m.err != "" {
		p.errorf(fr.src.pos(fr.src.toks[m.errTok].off), "%s", m.err)
		return
	}
	e := p.entry(m.sym)
	e.m, e.disabled = m, false
}

// condition evaluates directive n of the innermost file.
func (p *pre) condition(n int) bool {
	fr := &p.frames[len(p.frames)-1]
	d := &fr.src.dirs[n]
	switch d.kind {
	case symIfdef, symElifdef:
		sym, ok := p.dirName(fr, d)
		return ok && p.macro(sym) != nil
	case symIfndef, symElifndef:
		sym, ok := p.dirName(fr, d)
		return ok && p.macro(sym) == nil
	}
	var v bool
	p.within(fr, d.tok+2, d.end, func() { v = p.evaluate(p.dirPos(&p.frames[len(p.frames)-1], d)) })
	return v
}

// within calls f while reading tokens gives those from start to end of fr,
// which is the innermost file.
func (p *pre) within(fr *frame, start, end uint32, f func()) {
	pos, limit := fr.pos, p.limit
	fr.pos, p.limit, p.inDirective = start, end, true
	n, base := len(p.frames), len(p.ctxs)
	f()
	for len(p.ctxs) > base {
		p.pop()
	}
	p.inDirective, p.wantPad, p.limit = false, false, limit
	p.frames[n-1].pos = pos
}

func (p *pre) checkElse(fr *frame, d *directive) {
	c := &p.conds[len(p.conds)-1]
	if c.other {
		p.errorf(p.dirPos(fr, d), "#%s after #else", fr.src.spelling(d.tok+1))
	}
	c.other = c.other || d.kind == symElse
}

// skip goes on from directive from, whose group ends or is not taken, to the
// next group of the conditional that is taken, or behind it. Directive next is
// the next one of the conditional.
func (p *pre) skip(from int, next int32) {
	fr := &p.frames[len(p.frames)-1]
	dirs := fr.src.dirs
	start := fr.src.toks[dirs[from].tok].off
	for {
		p.step(1)
		if next < 0 {
			fr.pos, fr.dir = uint32(len(fr.src.toks)), len(dirs)
			fr.skipped = append(fr.skipped, span{start, uint32(len(fr.src.text))})
			return
		}
		d := &dirs[next]
		fr.pos, fr.dir = d.end, int(next)+1
		c := &p.conds[len(p.conds)-1]
		enter := false
		switch d.kind {
		case symEndif:
			p.conds = p.conds[:len(p.conds)-1]
			enter = true
		case symElse:
			p.checkElse(fr, d)
			enter = !c.taken
		default:
			p.checkElse(fr, d)
			enter = !c.taken && p.condition(int(next))
		}
		if enter {
			if d.kind != symEndif {
				c.taken = true
			}
			fr.skipped = append(fr.skipped, span{start, fr.src.toks[d.tok].off})
			return
		}
		next = d.next
	}
}

// line obeys #line, whose operands start at token start.
func (p *pre) line(fr *frame, d *directive, start uint32) {
	var num, name Token
	var n uint64
	var err error
	p.within(fr, start, d.end, func() {
		p.getSolid(&num)
		if n, err = strconv.ParseUint(num.Text, 10, 31); err == nil {
			p.getSolid(&name)
		}
	})
	fr = &p.frames[len(p.frames)-1]
	if num.Kind != Number || err != nil {
		p.errorf(p.dirPos(fr, d), "%q after #line is not a positive integer", num.Text)
		return
	}
	switch {
	case name.Kind == String:
		fr.lineFile = unquote(name.Text)
	case name.Kind != kindEOF:
		p.errorf(name.Pos, "%q is not a valid file name", name.Text)
		return
	}
	last := &fr.src.toks[d.end-1]
	actual, _ := fr.f.line(uint32(fr.src.pos(last.off+last.len) - fr.f.base))
	fr.lineDelta = int(n) - (actual + 1)
}

// unquote removes the quotes and escapes of a string literal.
func unquote(s string) string {
	if i := strings.IndexByte(s, '"'); i >= 0 {
		s = s[i:]
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`)
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// pragma obeys the few pragmas that concern the preprocessor.
func (p *pre) pragma(text string) {
	word, rest, _ := strings.Cut(strings.ReplaceAll(text, "(", " ( "), " ")
	switch word {
	case "once":
		if len(p.frames) > 0 {
			p.once[p.frames[len(p.frames)-1].f] = true
		}
	case "push_macro", "pop_macro":
		_, rest, ok := strings.Cut(rest, `"`)
		name, _, ok2 := strings.Cut(rest, `"`)
		if !ok || !ok2 {
			return
		}
		sym := p.fs.syms.lookup(name)
		e := p.entry(sym)
		if word == "push_macro" {
			p.saved[sym] = append(p.saved[sym], e.m)
			return
		}
		if s := p.saved[sym]; len(s) > 0 {
			e.m = s[len(s)-1]
			p.saved[sym] = s[:len(s)-1]
		}
	}
}

// include obeys #include and its relatives.
func (p *pre) include(fr *frame, d *directive) {
	name, angled, pos, ok := p.headerName(fr, d)
	if !ok {
		return
	}
	if name == "" {
		p.errorf(pos, "empty file name in #%s", fr.src.spelling(d.tok+1))
		return
	}
	fr = &p.frames[len(p.frames)-1]
	f, path, found := p.find(fr, name, angled, d.kind == symIncludeNext)
	if f == nil {
		p.missing(fr, pos, name, angled)
		return
	}
	p.enterFile(f, path, found, pos)
	if d.kind == symImport {
		p.once[f] = true
	}
}

// headerName reads the operand of an #include.
func (p *pre) headerName(fr *frame, d *directive) (name string, angled bool, pos Pos, ok bool) {
	pos = p.dirPos(fr, d)
	if d.tok+2 >= d.end {
		p.errorf(pos, `#%s expects "FILENAME" or <FILENAME>`, fr.src.spelling(d.tok+1))
		return
	}
	t := &fr.src.toks[d.tok+2]
	text := fr.src.spelling(d.tok + 2)
	at := fr.src.pos(t.off)
	switch {
	case t.kind == kindHeader:
		return text[1 : len(text)-1], true, at, true
	case t.kind == String && text[0] == '"':
		return text[1 : len(text)-1], false, at, true
	}
	p.within(fr, d.tok+2, d.end, func() {
		p.wantPad = true
		name, angled, ok = p.computedName()
	})
	if !ok {
		p.errorf(at, `#%s expects "FILENAME" or <FILENAME>`, p.frames[len(p.frames)-1].src.spelling(d.tok+1))
	}
	return name, angled, at, ok
}

// computedName reads a header name that macros make.
func (p *pre) computedName() (name string, angled, ok bool) {
	var t Token
	p.getSolid(&t)
	if t.Kind == String && t.Text[0] == '"' {
		return t.Text[1 : len(t.Text)-1], false, true
	}
	if t.Kind != Punct || t.sym != opLess {
		return "", false, false
	}
	var b strings.Builder
	for {
		p.getSolid(&t)
		if t.Kind == kindEOF {
			return "", false, false
		}
		if t.Kind == Punct && t.sym == opGreater {
			return b.String(), true, true
		}
		if t.Space {
			b.WriteByte(' ')
		}
		if !p.addText(len(t.Text), t.Pos) {
			return "", false, false
		}
		b.WriteString(t.Text)
	}
}

// find looks for a header as gcc does. It reports the path as formed and where
// in the chain it was found.
func (p *pre) find(fr *frame, name string, angled, next bool) (*file, string, int) {
	if filepath.IsAbs(name) {
		f, _ := p.fs.open(filepath.Clean(name))
		if f == nil {
			p.notThere(name)
		}
		return f, name, foundMain
	}
	start := 0
	switch {
	case next && fr.found >= 0:
		start = fr.found + 1
	case next && fr.found == foundOwn:
	case angled:
		start = p.angle
	default:
		if fr.own == nil {
			fr.own = p.fs.dir(filepath.Dir(p.absPath(fr)))
		}
		if f := p.fs.find(fr.own, name); f != nil {
			return f, fr.path[:strings.LastIndexByte(fr.path, '/')+1] + name, foundOwn
		}
	}
	for i := start; i < len(p.chain); i++ {
		if f := p.fs.find(p.chain[i].dir, name); f != nil {
			return f, joinPath(p.chain[i].name, name), i
		}
	}
	if !angled && !next {
		p.notThere(filepath.Join(fr.own.path, name))
	}
	for _, s := range p.chain[start:] {
		p.notThere(filepath.Join(s.dir.path, name))
	}
	return nil, "", 0
}

// notThere records a file that, if it existed, would have been read.
func (p *pre) notThere(path string) {
	p.result.Missing = append(p.result.Missing, p.fs.name(filepath.Clean(path)))
}

func (p *pre) absPath(fr *frame) string {
	if fr.f.path != "" {
		return fr.f.path
	}
	return filepath.Join(p.fs.root, "-")
}

func joinPath(dir, name string) string {
	if dir == "" || strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}

func (p *pre) missing(fr *frame, pos Pos, name string, angled bool) {
	p.step(200)
	var dirs []string
	start := p.angle
	if !angled {
		start = 0
		dirs = append(dirs, "the directory of "+fr.f.name)
	}
	for _, s := range p.chain[start:] {
		dirs = append(dirs, s.name)
	}
	if len(dirs) == 0 {
		dirs = []string{"no directory"}
	}
	p.complain(Error{Pos: pos, Msg: name + ": no such file", Header: name, Searched: dirs})
}

// enterFile begins to read f unless that is known to be useless.
func (p *pre) enterFile(f *file, path string, found int, pos Pos) {
	if p.once[f] {
		return
	}
	src := p.fs.source(f)
	if src.guard != symNone && p.macro(src.guard) != nil {
		if _, ok := p.seen[f]; ok {
			return
		}
	}
	if len(p.frames) >= p.lim.IncludeDepth {
		p.fatal(pos, "#include nested more than %d deep", p.lim.IncludeDepth)
		return
	}
	p.step(10)
	p.pushFile(f, path, found)
}

// force obeys -include.
func (p *pre) force(name, base string) {
	var f *file
	path, found := name, foundMain
	if filepath.IsAbs(name) {
		f, _ = p.fs.open(filepath.Clean(name))
	} else {
		f = p.fs.find(p.fs.dir(base), name)
		path = "./" + name
		for i := 0; f == nil && i < len(p.chain); i++ {
			f = p.fs.find(p.chain[i].dir, name)
			path, found = joinPath(p.chain[i].name, name), i
		}
	}
	if f == nil {
		p.complain(Error{Msg: name + ": no such file (-include)", Header: name})
		return
	}
	p.enterFile(f, path, found, 0)
}
