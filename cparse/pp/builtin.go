// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// builtin tells which macro the preprocessor computes itself.
type builtin uint8

const (
	builtinNone builtin = iota
	builtinFile
	builtinFileName
	builtinBaseFile
	builtinLine
	builtinLevel
	builtinCounter
	builtinDate
	builtinTime
	builtinTimestamp
	builtinPragma
	builtinHasInclude
	builtinHasIncludeNext
	builtinHasAttribute
	builtinHasCAttribute
	builtinHasBuiltin
)

var builtinNames = map[string]builtin{
	"__FILE__":            builtinFile,
	"__FILE_NAME__":       builtinFileName,
	"__BASE_FILE__":       builtinBaseFile,
	"__LINE__":            builtinLine,
	"__INCLUDE_LEVEL__":   builtinLevel,
	"__COUNTER__":         builtinCounter,
	"__DATE__":            builtinDate,
	"__TIME__":            builtinTime,
	"__TIMESTAMP__":       builtinTimestamp,
	"_Pragma":             builtinPragma,
	"__has_include":       builtinHasInclude,
	"__has_include_next":  builtinHasIncludeNext,
	"__has_attribute":     builtinHasAttribute,
	"__has_cpp_attribute": builtinHasAttribute,
	"__has_c_attribute":   builtinHasCAttribute,
	"__has_builtin":       builtinHasBuiltin,
}

// The names that gcc 12 says yes to, one a line: what __has_attribute knows of
// the attributes, without underscores around them, and what __has_builtin knows
// of the functions that do not depend on the target.
var (
	//go:embed gcc12/attributes.txt
	attributesText string
	//go:embed gcc12/builtins.txt
	builtinsText string
)

var knownAttributes = sync.OnceValue(func() map[string]bool { return nameSet(attributesText) })
var knownBuiltins = sync.OnceValue(func() map[string]bool { return nameSet(builtinsText) })

func nameSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(text) {
		set[name] = true
	}
	return set
}

// The attributes of the C standard, with the values of __has_c_attribute.
var standardAttributes = map[string]int{
	"deprecated": 201904, "fallthrough": 201904, "maybe_unused": 201904, "nodiscard": 202003,
}

func (p *pre) defineBuiltins() {
	for name, b := range builtinNames {
		sym := p.fs.syms.lookup(name)
		p.entry(sym).m = &Macro{Name: name, sym: sym, builtin: b, nbody: 1, single: true}
	}
}

// enterBuiltin puts the value of a computed macro before what is read next.
func (p *pre) enterBuiltin(m *Macro, t *Token) bool {
	out := Token{Pos: t.Pos, Space: t.Space, Kind: Number, flags: flagBody}
	fr := &p.frames[len(p.frames)-1]
	// An operand ends with its file, like the arguments of other macros.
	parsing := p.parsing
	p.parsing = parsingArgs
	defer func() { p.parsing = parsing }()
	switch m.builtin {
	case builtinPragma:
		return !p.inDirective && p.pragmaOperator(t)
	case builtinFile, builtinFileName:
		name := fr.lineFile
		if name == "" {
			name = p.shown(fr.path)
		}
		if m.builtin == builtinFileName {
			name = name[strings.LastIndexByte(name, '/')+1:]
		}
		out.Kind, out.Text = String, quote(name)
	case builtinBaseFile:
		out.Kind, out.Text = String, quote(p.shown(p.mainPath))
	case builtinDate:
		out.Kind, out.Text = String, `"Jan  1 1970"`
	case builtinTime:
		out.Kind, out.Text = String, `"00:00:00"`
	case builtinTimestamp:
		out.Kind, out.Text = String, `"Thu Jan  1 00:00:00 1970"`
	case builtinLine:
		out.Text = strconv.Itoa(p.presumedLine(fr, p.lineOf(t)))
	case builtinLevel:
		out.Text = strconv.Itoa(len(p.frames) - 1)
	case builtinCounter:
		out.Text = strconv.Itoa(p.counter)
		p.counter++
	case builtinHasInclude, builtinHasIncludeNext:
		if !p.inDirective {
			p.errorf(t.Pos, "%q used outside of preprocessing directive", m.Name)
		}
		out.Text = boolText(p.hasInclude(m.builtin == builtinHasIncludeNext, t))
	default:
		out.Text = strconv.Itoa(p.hasFeature(m.builtin, t))
	}
	if !p.addText(len(out.Text), t.Pos) {
		return false
	}
	out.Exp = p.newExpansion(m, t, t.End())
	p.pushOne(&out, false)
	return true
}

// shown is a path as __FILE__ gives it.
func (p *pre) shown(path string) string {
	if rest, ok := strings.CutPrefix(path, p.fs.root+"/"); ok {
		return rest
	}
	return path
}

func quote(s string) string {
	if strings.ContainsAny(s, "\\\"\n") {
		s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
	}
	return `"` + s + `"`
}

func boolText(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// presumedLine is the number of the line of pos, as #line would have it.
func (p *pre) presumedLine(fr *frame, pos Pos) int {
	f := fr.f
	if pos < f.base || int(pos-f.base) > len(f.text) {
		if f = p.fs.at(pos); f == nil {
			return 0
		}
	}
	line, _ := f.line(uint32(pos - f.base))
	if f == fr.f {
		line += fr.lineDelta
	}
	return line
}

// pragmaOperator reads ( "text" ) behind _Pragma, and obeys it.
func (p *pre) pragmaOperator(name *Token) bool {
	var t, s Token
	p.getSolid(&t)
	if t.Kind == Punct && t.sym == opLParen {
		p.getSolid(&s)
		p.getSolid(&t)
	}
	if s.Kind != String || t.Kind != Punct || t.sym != opRParen {
		p.errorf(name.Pos, "_Pragma takes a parenthesized string literal")
		return true
	}
	p.pragma(strings.Join(strings.Fields(unquote(s.Text)), " "))
	return true
}

// hasInclude reads the parenthesized operand of __has_include.
func (p *pre) hasInclude(next bool, name *Token) bool {
	var t Token
	p.getSolid(&t)
	paren := t.Kind == Punct && t.sym == opLParen
	if !paren {
		p.errorf(name.Pos, `missing '(' before "%s" operand`, name.Text)
	} else {
		p.getSolid(&t)
	}
	var header string
	angled := false
	switch {
	case t.Kind == String && t.Text[0] == '"':
		header = t.Text[1 : len(t.Text)-1]
	case t.Kind == Punct && t.sym == opLess:
		angled = true
		p.prevent++
		for p.getSolid(&t); t.Kind != kindEOF && (t.Kind != Punct || t.sym != opGreater); p.getSolid(&t) {
			if t.Space && header != "" {
				header += " "
			}
			header += t.Text
			if len(header) > 4096 {
				header = header[:4096]
			}
		}
		p.prevent--
	default:
		p.errorf(name.Pos, `operator "%s" requires a header-name`, name.Text)
		return false
	}
	if paren {
		p.getSolid(&t)
		if t.Kind != Punct || t.sym != opRParen {
			p.errorf(name.Pos, `missing ')' after "%s" operand`, name.Text)
			return false
		}
	}
	if header == "" {
		return false
	}
	f, _, _ := p.find(&p.frames[len(p.frames)-1], header, angled, next)
	return f != nil
}

// hasFeature reads the parenthesized operand of one of the other __has_
// operators and gives its value.
func (p *pre) hasFeature(b builtin, name *Token) int {
	var t Token
	p.getSolid(&t)
	if t.Kind != Punct || t.sym != opLParen {
		p.errorf(name.Pos, `missing '(' after "%s"`, name.Text)
		return 0
	}
	p.getSolid(&t)
	if t.Kind != Ident {
		p.errorf(name.Pos, `macro "%s" requires an identifier`, name.Text)
		return 0
	}
	word, scope := t.Text, ""
	p.getSolid(&t)
	if b != builtinHasBuiltin && t.Kind == Punct && t.sym == opColon {
		scope = word
		p.getSolid(&t)
		if t.Kind == Punct && t.sym == opColon {
			p.getSolid(&t)
		}
		word = t.Text
		p.getSolid(&t)
	}
	if t.Kind != Punct || t.sym != opRParen {
		p.errorf(name.Pos, `missing ')' after "%s"`, name.Text)
		return 0
	}
	if b == builtinHasBuiltin {
		return btoi(knownBuiltins()[word])
	}
	word, scope = bare(word), bare(scope)
	if n := standardAttributes[word]; n != 0 && scope == "" {
		return n
	}
	if scope != "" && scope != "gnu" || scope == "" && b == builtinHasCAttribute {
		return 0
	}
	return btoi(knownAttributes()[word])
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bare removes the underscores of __word__.
func bare(s string) string {
	if len(s) > 4 && strings.HasPrefix(s, "__") && strings.HasSuffix(s, "__") {
		return s[2 : len(s)-2]
	}
	return s
}
