// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// parsing says what the tokens that are read are for.
type parsing uint8

const (
	parsingNothing parsing = iota
	parsingParen           // looking for the ( behind a macro's name
	parsingArgs            // collecting arguments
)

// pre is the state of one unit.
type pre struct {
	fs     *Files
	lim    Limits
	lx     *lexer
	result *Result
	main   *file

	mainPath string // as it was given

	table  []*page
	saved  map[uint32][]*Macro // by push_macro
	once   map[*file]bool
	seen   map[*file]bool // the files that were read; true as long as the comments of one are not kept
	chain  []searchDir
	angle  int // where the directories of <> start in chain
	frames []frame
	conds  []cond

	ctxs    []context
	lists   []Token // the lists of ctxs, as a stack
	args    []Token // the arguments of macros being entered, as a stack
	spans   []argSpan
	written []Arg
	slab    []Arg // room for Expansion.Args
	pairs   []rerooted
	kept    int // how many arguments are in slabs

	parsing     parsing
	prevent     int // macros are not expanded while it is positive
	inDirective bool
	wantPad     bool   // padding is needed even in a directive
	limit       uint32 // end of the directive that is being read
	about       bool   // a macro is being entered
	outer       Pos    // where the macro is used that led to what is read now
	outerFunc   bool   // and whether it is function-like
	depth       int    // nesting of expandArg
	counter     int    // of __COUNTER__
	work        int
	text        int
	dead        bool
}

// searchDir is a directory in which headers are searched.
type searchDir struct {
	name string // as it was given
	dir  *dir
}

// frame is a file being read.
type frame struct {
	f         *file
	src       *source
	pos       uint32 // the next token
	dir       int    // the next directive
	path      string // as it was formed from directory and name
	found     int    // where in the chain it was found, or one of the constants below
	conds     int    // conditionals that were open at its start
	lineDelta int    // by #line
	lineFile  string
	own       *dir
	skipped   []span // groups of conditionals that were skipped
	plain     bool   // it has no directives
}

const (
	foundMain = -1 - iota // the main file
	foundOwn              // in the directory of the file that includes it
)

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.IncludeDepth, 200)
	def(&l.Tokens, 16<<20)
	def(&l.Held, 1<<20)
	def(&l.Work, 200_000_000)
	def(&l.ExpandDepth, 1000)
	def(&l.Expansions, 4<<20)
	def(&l.Text, 64<<20)
	def(&l.Errors, 100)
	return l
}

// Process preprocesses the file main, a name relative to the root of fs or an
// absolute one. The error is not nil only when main cannot be read; what is
// wrong with the text is in the result's Errors.
func Process(fs *Files, cfg *Config, main string) (*Result, error) {
	f, err := fs.open(fs.abs(main))
	if err != nil {
		return nil, err
	}
	p := &pre{
		fs:       fs,
		lim:      cfg.Limits.withDefaults(),
		main:     f,
		mainPath: main,
		lx:       fs.lexers.Get().(*lexer),
		result:   &Result{Main: f.name},
		saved:    map[uint32][]*Macro{},
		once:     map[*file]bool{},
		seen:     map[*file]bool{},
	}
	defer func() {
		fs.lexers.Put(p.lx)
		p.lx = nil
	}()
	p.result.pre = p
	p.result.Tokens = make([]Token, 0, fs.tokens.Load())
	p.result.Expansions = make([]Expansion, 1, 1+fs.expansions.Load())
	base := fs.root
	if cfg.Dir != "" {
		base = fs.abs(cfg.Dir)
	}
	p.setChain(cfg, base)
	p.defineBuiltins()

	var defines strings.Builder
	for _, d := range cfg.Defines {
		word := "#define "
		if d.Undef {
			word = "#undef "
		}
		value, _, _ := strings.Cut(d.Value, "\n")
		defines.WriteString(word + d.Name + " " + value + "\n")
	}
	for _, v := range []struct{ name, text string }{{"<built-in>", cfg.Predefined}, {"<command-line>", defines.String()}} {
		f, err := fs.virtual(v.name, v.text)
		if err != nil {
			return nil, err
		}
		p.pushFile(f, v.name, foundMain)
		p.result.Tokens = p.run(p.result.Tokens)
	}
	for _, name := range cfg.Forced {
		p.force(name, base)
		p.result.Tokens = p.run(p.result.Tokens)
	}
	p.pushFile(f, main, foundMain)
	p.result.Tokens = p.run(p.result.Tokens)

	fs.tokens.Store(int64(len(p.result.Tokens) * 9 / 8))
	fs.expansions.Store(int64(len(p.result.Expansions) * 9 / 8))
	slices.SortFunc(p.result.Comments, func(a, b Comment) int { return cmp.Compare(a.Pos, b.Pos) })
	p.ctxs, p.lists, p.args, p.spans, p.written, p.pairs, p.conds = nil, nil, nil, nil, nil, nil, nil
	p.frames, p.once, p.seen = nil, nil, nil
	return p.result, nil
}

// setChain builds the list of directories. One that comes twice counts once.
func (p *pre) setChain(cfg *Config, base string) {
	add := func(names []string) {
		start := p.angle
		for _, name := range names {
			path := filepath.Clean(name)
			if !filepath.IsAbs(path) {
				path = filepath.Join(base, path)
			}
			d := p.fs.dir(path)
			if slices.ContainsFunc(p.chain[start:], func(s searchDir) bool { return s.dir == d }) {
				continue
			}
			p.chain = append(p.chain, searchDir{name, d})
		}
	}
	add(cfg.Quote)
	p.angle = len(p.chain)
	add(cfg.Angle)
}

func (p *pre) errorf(pos Pos, format string, args ...any) {
	p.complain(Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

func (p *pre) complain(e Error) {
	if p.dead || len(p.result.Errors) >= p.lim.Errors {
		return
	}
	e.At = p.fs.Position(e.Pos)
	p.result.Errors = append(p.result.Errors, e)
}

// fatal ends the unit. It is reported even when there are many errors already.
func (p *pre) fatal(pos Pos, format string, args ...any) {
	if p.dead {
		return
	}
	p.dead = true
	e := Error{Pos: pos, At: p.fs.Position(pos), Msg: fmt.Sprintf(format, args...)}
	p.result.Errors = append(p.result.Errors, e)
	p.result.Incomplete = true
}

// step accounts for n steps of work and reports whether there is room for them.
func (p *pre) step(n int) bool {
	p.work += n
	if p.work > p.lim.Work {
		p.fatal(p.here(), "more than %d steps of preprocessing", p.lim.Work)
	}
	return !p.dead
}

// addText accounts for n bytes of made-up text.
func (p *pre) addText(n int, pos Pos) bool {
	p.text += n
	if p.text > p.lim.Text {
		p.fatal(pos, "# and ## make more than %d bytes of text", p.lim.Text)
	}
	return !p.dead
}

// here is the place that the innermost file has come to.
func (p *pre) here() Pos {
	if len(p.frames) == 0 {
		return 0
	}
	fr := &p.frames[len(p.frames)-1]
	if fr.pos == 0 || len(fr.src.toks) == 0 {
		return fr.f.base
	}
	return fr.src.pos(fr.src.toks[fr.pos-1].off)
}

// run reads tokens until the files are at their end and appends them to out.
func (p *pre) run(out []Token) []Token {
	var t Token
	var b blank
	limit := p.lim.Tokens
	for len(p.frames) > 0 && !p.dead {
		if len(p.ctxs) == 0 {
			out = p.copyPlain(out)
		}
		p.get(&t)
		if t.Kind == kindPad {
			b.add(&t)
			continue
		}
		if t.Kind == kindEOF {
			continue
		}
		t.Space = t.Space || b.source && b.space
		t.BOL = t.BOL || b.source && b.bol
		b = blank{}
		if len(out) == cap(out) {
			out = grow(out)
		}
		out = append(out, t)
		if len(out) > limit {
			p.fatal(t.Pos, "more than %d tokens", limit)
		}
	}
	return out
}

// grow makes room for more in a full list. The first unit of a run begins with
// none, and copying is what costs.
func grow[T any](list []T) []T {
	n := max(1024, 4*cap(list))
	if cap(list) >= 1<<20 {
		n = 2 * cap(list)
	}
	return slices.Grow(list, n-len(list))
}

// copyPlain appends the tokens up to the next directive or macro.
func (p *pre) copyPlain(out []Token) []Token {
	fr := &p.frames[len(p.frames)-1]
	src := fr.src
	end := uint32(len(src.toks))
	if fr.dir < len(src.dirs) && !fr.plain {
		end = src.dirs[fr.dir].tok
	}
	i := fr.pos
	for ; i < end && len(out) < p.lim.Tokens; i++ {
		f := &src.toks[i]
		if f.flags&ftBad != 0 {
			break
		}
		if f.kind == Ident {
			if e := p.lookup(f.sym); e != nil && e.m != nil {
				break
			}
		}
		if len(out) == cap(out) {
			out = grow(out)
		}
		out = out[:len(out)+1]
		src.tok(i, &out[len(out)-1])
	}
	p.work += int(i - fr.pos)
	fr.pos = i
	return out
}

// lex reads the next token of the innermost file into t, obeying directives.
func (p *pre) lex(t *Token) {
	for {
		if len(p.frames) == 0 || p.dead {
			*t = Token{Kind: kindEOF}
			return
		}
		fr := &p.frames[len(p.frames)-1]
		if p.inDirective {
			if fr.pos >= p.limit {
				*t = Token{Kind: kindEOF}
				return
			}
			break
		}
		if fr.pos >= uint32(len(fr.src.toks)) {
			if p.parsing == parsingNothing {
				p.popFile()
			}
			*t = Token{Kind: kindEOF}
			return
		}
		if fr.plain || p.parsing == parsingParen || fr.dir >= len(fr.src.dirs) || fr.src.dirs[fr.dir].tok != fr.pos {
			break
		}
		p.directive()
	}
	fr := &p.frames[len(p.frames)-1]
	fr.src.tok(fr.pos, t)
	fr.pos++
	if t.flags&flagBad != 0 {
		p.badToken(fr.src, t)
	}
	if t.BOL && p.parsing == parsingArgs {
		t.Space = true
	}
	if t.Kind == kindHeader {
		t.Kind = Other
	}
}

// badToken reports what the lexer found wrong with t.
func (p *pre) badToken(src *source, t *Token) {
	t.flags &^= flagBad
	i := sort.Search(len(src.errs), func(i int) bool { return src.pos(src.errs[i].off) >= t.Pos })
	if i < len(src.errs) {
		p.errorf(t.Pos, "%s", src.errs[i].msg)
	}
}

func (p *pre) pushFile(f *file, path string, found int) {
	src := p.fs.source(f)
	for _, e := range src.file {
		p.errorf(src.pos(e.off), "%s", e.msg)
	}
	if _, ok := p.seen[f]; !ok {
		p.seen[f] = true
		if f.path != "" {
			p.result.Files = append(p.result.Files, f.name)
		}
	}
	p.frames = append(p.frames, frame{f: f, src: src, path: path, found: found, conds: len(p.conds)})
}

func (p *pre) popFile() {
	fr := &p.frames[len(p.frames)-1]
	for _, c := range p.conds[fr.conds:] {
		d := &fr.src.dirs[c.dir]
		p.errorf(fr.src.pos(fr.src.toks[d.tok].off), "unterminated #%s", fr.src.spelling(d.tok+1))
	}
	p.conds = p.conds[:fr.conds]
	if fr.f.path != "" && strings.HasSuffix(fr.f.name, ".c") && p.seen[fr.f] {
		p.seen[fr.f] = false // its comments are kept now
		p.keepComments(fr)
	}
	if fr.f == p.main && len(p.frames) == 1 {
		p.fs.drop(fr.f, fr.src)
	}
	*fr = frame{}
	p.frames = p.frames[:len(p.frames)-1]
}

func (p *pre) keepComments(fr *frame) {
	skipped := fr.skipped
	for _, d := range fr.src.docs {
		for len(skipped) > 0 && skipped[0].end <= d.off {
			skipped = skipped[1:]
		}
		if len(skipped) > 0 && skipped[0].off <= d.off {
			continue
		}
		c := Comment{Pos: fr.src.pos(d.off), End: fr.src.pos(d.end)}
		c.Text = fr.f.text[c.Pos-fr.f.base : c.End-fr.f.base]
		p.result.Comments = append(p.result.Comments, c)
	}
}

// Macro returns the definition that name has at the end of the unit.
func (r *Result) Macro(name string) (*Macro, bool) {
	m := r.pre.macro(r.pre.fs.syms.lookup(name))
	return m, m != nil
}

// Macros calls yield for every macro defined at the end of the unit, in no
// particular order, until yield returns false.
func (r *Result) Macros(yield func(*Macro) bool) {
	for _, pg := range r.pre.table {
		if pg == nil {
			continue
		}
		for i := range pg {
			if m := pg[i].m; m != nil && !yield(m) {
				return
			}
		}
	}
}

// Expand expands the macros in a piece of C text as if it stood at the end of
// the unit. Directives are not obeyed. The name is that of the made-up file in
// which the tokens have their positions. The expansions it makes are added to
// r.Expansions.
func (r *Result) Expand(text, name string) ([]Token, error) {
	p := r.pre
	f, err := p.fs.virtual(name, text)
	if err != nil {
		return nil, err
	}
	before := r.Errors
	r.Errors, p.work, p.text, p.dead = nil, 0, 0, false
	p.lx = p.fs.lexers.Get().(*lexer)
	incomplete := r.Incomplete
	defer func() {
		p.fs.lexers.Put(p.lx)
		p.lx = nil
		p.ctxs, p.lists, p.args, p.spans, p.written, p.frames, p.seen = nil, nil, nil, nil, nil, nil, nil
		r.Errors, r.Incomplete, p.dead = before, incomplete, false
	}()
	p.seen = map[*file]bool{}
	p.pushFile(f, name, foundMain)
	p.frames[0].plain = true
	toks := p.run(nil)
	if len(r.Errors) > 0 {
		return nil, r.Errors[0]
	}
	return toks, nil
}
