// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/internal/ctext"
)

// maxLook bounds how many tokens after a comment are looked at.
const maxLook = 600

// A piece is a token with its text.
type piece struct {
	ctext.Token
	text string
}

// prototype reads the declaration that begins at s: the tokens up to the
// first ; or { outside parentheses. It returns nil if that is not a function.
func prototype(s ctext.Scanner, lines *ctext.Lines, want string) *specmodel.Prototype {
	var toks []piece
	depth := 0
	for len(toks) < maxLook {
		t := s.Next()
		if t.Kind == ctext.EOF {
			break
		}
		if t.Kind == ctext.Comment {
			if strings.HasPrefix(s.Text(t), "/**") && len(toks) == 0 {
				return nil
			}
			continue
		}
		if t.Kind == ctext.Directive {
			continue
		}
		text := s.Text(t)
		switch text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth <= 0 && (text == "{" || text == ";" || text == "=") {
			break
		}
		toks = append(toks, piece{t, text})
		if text == ")" && depth == 0 && isSyscallMacro(toks[0].text) {
			break
		}
	}
	open := callee(toks, want)
	if open < 1 {
		return nil
	}
	name := toks[open-1]
	args, last := split(toks, open)
	p := &specmodel.Prototype{Pos: lines.Pos(name.Off, name.End), Name: name.text}
	if isSyscallMacro(name.text) {
		syscallProto(p, args, lines)
		return p
	}
	p.Pos.EndOffset = toks[last].End
	p.Result = join(toks[:open-1])
	for _, a := range args {
		if param, ok := declParam(a, lines); ok {
			p.Params = append(p.Params, param)
		}
	}
	return p
}

func isSyscallMacro(name string) bool {
	i := strings.Index(name, "SYSCALL_DEFINE")
	if i < 0 {
		i = strings.Index(name, "SYSCALL32_DEFINE")
	}
	last := name[len(name)-1]
	return i >= 0 && (i == 0 || name[i-1] == '_') && last >= '0' && last <= '6'
}

// callee finds the parenthesis that opens the parameters: that after want if
// there is one, else the first after a name that is no attribute. It returns
// its index, or 0.
func callee(toks []piece, want string) int {
	found, depth := 0, 0
	for i, t := range toks {
		switch t.text {
		case "(":
			if depth == 0 && i > 0 && toks[i-1].Kind == ctext.Ident {
				name := toks[i-1].text
				if name == want {
					return i
				}
				if found == 0 && (!strings.HasPrefix(name, "__") || isSyscallMacro(name)) && name != "typeof" {
					found = i
				}
			}
			depth++
		case ")":
			depth--
		}
	}
	return found
}

// split cuts the arguments of the parenthesis at index open at their commas,
// and returns the index of the closing one.
func split(toks []piece, open int) (args [][]piece, last int) {
	depth, start := 0, open+1
	for i := open; i < len(toks); i++ {
		switch toks[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				if i > start || len(args) > 0 {
					args = append(args, toks[start:i])
				}
				return args, i
			}
		case ",":
			if depth == 1 {
				args = append(args, toks[start:i])
				start = i + 1
			}
		}
	}
	return append(args, toks[start:]), len(toks) - 1
}

// join writes tokens as C code is written.
func join(toks []piece) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && t.text != "," && t.text != ")" && t.text != "[" && t.text != "]" && toks[i-1].text != "(" && toks[i-1].text != "[" &&
			!(t.text == "*" && toks[i-1].text == "*") && !(t.text == "(" && toks[i-1].text == ")") && !(t.text == "(" && toks[i-1].Kind == ctext.Ident && i > 1) {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

func syscallProto(p *specmodel.Prototype, args [][]piece, lines *ctext.Lines) {
	p.Macro, p.Result = p.Name, "long"
	prefix := "sys_"
	if strings.HasPrefix(p.Macro, "COMPAT_") {
		prefix = "compat_sys_"
	}
	p.Name = prefix
	if len(args) == 0 || len(args[0]) == 0 {
		return
	}
	p.Name += args[0][0].text
	for i := 1; i+1 < len(args); i += 2 {
		if len(args[i]) == 0 || len(args[i+1]) == 0 {
			continue
		}
		name := args[i+1][0]
		p.Params = append(p.Params, specmodel.ProtoParam{Pos: lines.Pos(args[i][0].Off, name.End), Name: name.text, Type: join(args[i])})
	}
}

// declParam reads one parameter declaration of a plain function.
func declParam(toks []piece, lines *ctext.Lines) (specmodel.ProtoParam, bool) {
	if len(toks) == 0 || len(toks) == 1 && toks[0].text == "void" {
		return specmodel.ProtoParam{}, false
	}
	pos := lines.Pos(toks[0].Off, toks[len(toks)-1].End)
	if toks[0].text == "." {
		return specmodel.ProtoParam{Pos: pos, Name: "..."}, true
	}
	at := -1
	for i, t := range toks {
		if t.text == "(" && i+2 < len(toks) && toks[i+1].text == "*" && toks[i+2].Kind == ctext.Ident {
			at = i + 2 // a pointer to a function
			break
		}
		if t.text == "[" || strings.HasPrefix(t.text, "__attribute") {
			break
		}
		if t.Kind == ctext.Ident && !(strings.HasPrefix(t.text, "__") && at >= 0) {
			at = i
		}
	}
	if at < 1 {
		return specmodel.ProtoParam{Pos: pos, Type: join(toks)}, true
	}
	rest := append(append([]piece{}, toks[:at]...), toks[at+1:]...)
	return specmodel.ProtoParam{Pos: pos, Name: toks[at].text, Type: join(rest)}, true
}
