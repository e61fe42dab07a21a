// SPDX-License-Identifier: GPL-2.0-only

package mk

import (
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Expand replaces the references in text.
func (m *Make) Expand(text string) string {
	i := strings.IndexByte(text, '$')
	if i < 0 {
		return text
	}
	if m.depth >= maxDepth || !m.step(1) {
		return ""
	}
	m.depth++
	defer func() { m.depth-- }()
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(text, '$') {
		b.WriteString(text[:i])
		text = text[i:]
		n := refLen(text)
		ref := text[:n]
		text = text[n:]
		switch {
		case len(ref) < 2:
			b.WriteString(ref)
		case ref[1] == '$':
			b.WriteByte('$')
		case ref[1] == '(' || ref[1] == '{':
			inner := ref[2:]
			if inner != "" && (inner[len(inner)-1] == ')' || inner[len(inner)-1] == '}') {
				inner = inner[:len(inner)-1]
			}
			b.WriteString(m.ref(inner, ref[1]))
		default:
			b.WriteString(m.Value(ref[1:2]))
		}
		if b.Len() > maxLength {
			m.spend(b.Len())
			return ""
		}
	}
	b.WriteString(text)
	if !m.spend(b.Len()) {
		return ""
	}
	return b.String()
}

// ref expands what stands between the brackets of a reference.
func (m *Make) ref(s string, open byte) string {
	if !m.step(1) {
		return ""
	}
	if i := strings.IndexAny(s, " \t\n"); i > 0 {
		if f, ok := builtins[s[:i]]; ok {
			return m.call(f, strings.TrimLeft(s[i:], " \t\n"), open)
		}
	}
	if strings.IndexByte(s, '$') >= 0 {
		// The name of the variable may be computed, and so may the two sides
		// of a substitution.
		if c := topLevel(s, ":"); c >= 0 {
			s = m.Expand(s[:c]) + s[c:]
		} else {
			return m.Value(m.Expand(s))
		}
	}
	c := strings.IndexByte(s, ':')
	if c < 0 {
		return m.Value(s)
	}
	name, subst := s[:c], s[c+1:]
	eq := topLevel(subst, "=")
	if eq < 0 {
		return m.Value(m.Expand(s))
	}
	from, to := m.Expand(subst[:eq]), m.Expand(subst[eq+1:])
	if !strings.Contains(from, "%") {
		from, to = "%"+from, "%"+to
	}
	return m.patsubst(from, to, m.Value(name))
}

// builtin is one of make's functions: how many arguments there are at most
// (0 is any number) and whether they are expanded before the call.
type builtin struct {
	max  int
	lazy bool
	fn   func(m *Make, a []string) string
}

func (m *Make) call(f builtin, rest string, open byte) string {
	args := splitArgs(rest, f.max, open)
	if !m.step(len(args)) {
		return ""
	}
	if !f.lazy {
		for i := range args {
			args[i] = m.Expand(args[i])
		}
	}
	return f.fn(m, args)
}

// splitArgs cuts at commas outside brackets of the kind that is open.
func splitArgs(s string, most int, open byte) []string {
	shut := byte(')')
	if open == '{' {
		shut = '}'
	}
	var args []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case open:
			depth++
		case shut:
			depth--
		case ',':
			if depth == 0 && (most == 0 || len(args) < most-1) {
				args = append(args, s[start:i])
				start = i + 1
			}
		}
	}
	return append(args, s[start:])
}

func arg(a []string, i int) string {
	if i < len(a) {
		return a[i]
	}
	return ""
}

var builtins map[string]builtin

func init() {
	words := func(f func(w string) string) builtin {
		return builtin{1, false, func(m *Make, a []string) string { return m.each(a[0], f) }}
	}
	none := func(*Make, []string) string { return "" }
	builtins = map[string]builtin{
		"subst":      {3, false, func(m *Make, a []string) string { return m.subst(a[0], arg(a, 1), arg(a, 2)) }},
		"patsubst":   {3, false, func(m *Make, a []string) string { return m.patsubst(a[0], arg(a, 1), arg(a, 2)) }},
		"strip":      {1, false, func(m *Make, a []string) string { return strings.Join(strings.Fields(a[0]), " ") }},
		"filter":     {2, false, func(m *Make, a []string) string { return m.filter(a, true) }},
		"filter-out": {2, false, func(m *Make, a []string) string { return m.filter(a, false) }},
		"findstring": {2, false, findString},
		"sort":       {1, false, sortWords},
		"word":       {2, false, word},
		"words":      {1, false, func(m *Make, a []string) string { return strconv.Itoa(len(strings.Fields(a[0]))) }},
		"wordlist":   {3, false, wordList},
		"firstword":  {1, false, func(m *Make, a []string) string { return nth(strings.Fields(a[0]), 0) }},
		"lastword":   {1, false, lastWord},
		"dir":        words(func(w string) string { return w[:len(w)-len(baseName(w))] + dotSlash(w) }),
		"notdir":     words(baseName),
		"suffix":     words(func(w string) string { return path.Ext(w) }),
		"basename":   words(func(w string) string { return strings.TrimSuffix(w, path.Ext(w)) }),
		"addprefix": {2, false, func(m *Make, a []string) string {
			return m.each(arg(a, 1), func(w string) string { return a[0] + w })
		}},
		"addsuffix": {2, false, func(m *Make, a []string) string {
			return m.each(arg(a, 1), func(w string) string { return w + a[0] })
		}},
		"join":     {2, false, joinWords},
		"wildcard": {1, false, wildcard},
		"realpath": {1, false, func(m *Make, a []string) string { return m.each(a[0], m.abs) }},
		"abspath":  {1, false, func(m *Make, a []string) string { return m.each(a[0], m.abs) }},
		"if":       {3, true, ifFn},
		"or":       {0, true, orFn},
		"and":      {0, true, andFn},
		"foreach":  {3, true, foreach},
		"let":      {3, true, let},
		"call":     {0, false, callFn},
		"value":    {1, false, valueFn},
		"eval":     {1, false, evalFn},
		"origin":   {1, false, originFn},
		"flavor":   {1, false, flavorFn},
		"intcmp":   {5, true, intcmp},
		"file":     {2, false, fileFn},
		"shell":    {0, true, none},
		"guile":    {0, true, none},
		"error":    {0, true, none},
		"warning":  {0, true, none},
		"info":     {0, true, none},
	}
}

// each applies f to the words of s; a word that becomes empty is left out.
func (m *Make) each(s string, f func(string) string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(s) {
		if !m.step(1) {
			return ""
		}
		if w = f(w); w == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		if b.Len() > maxLength {
			m.spend(b.Len())
			return ""
		}
	}
	return b.String()
}

func (m *Make) subst(from, to, text string) string {
	if from == "" {
		return text + to
	}
	if n := strings.Count(text, from); !m.spend(len(text) + n*(len(to)-len(from))) {
		return ""
	}
	return strings.ReplaceAll(text, from, to)
}

func (m *Make) patsubst(from, to, text string) string {
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	return m.each(text, func(w string) string {
		stem, ok := Match(from, w)
		if !ok {
			return w
		}
		return strings.Replace(to, "%", stem, 1)
	})
}

func (m *Make) filter(a []string, keep bool) string {
	exact := map[string]bool{}
	var patterns []string
	for p := range strings.FieldsSeq(a[0]) {
		if strings.Contains(p, "%") {
			patterns = append(patterns, p)
		} else {
			exact[p] = true
		}
	}
	return m.each(arg(a, 1), func(w string) string {
		ok := exact[w] || m.step(len(patterns)) &&
			slices.ContainsFunc(patterns, func(p string) bool { _, ok := Match(p, w); return ok })
		if ok == keep {
			return w
		}
		return ""
	})
}

func findString(m *Make, a []string) string {
	if strings.Contains(arg(a, 1), a[0]) {
		return a[0]
	}
	return ""
}

func sortWords(m *Make, a []string) string {
	w := strings.Fields(a[0])
	slices.Sort(w)
	return strings.Join(slices.Compact(w), " ")
}

func nth(w []string, i int) string {
	if i < 0 || i >= len(w) {
		return ""
	}
	return w[i]
}

func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

func word(m *Make, a []string) string { return nth(strings.Fields(arg(a, 1)), number(a[0])-1) }

func lastWord(m *Make, a []string) string {
	w := strings.Fields(a[0])
	return nth(w, len(w)-1)
}

func wordList(m *Make, a []string) string {
	w := strings.Fields(arg(a, 2))
	from, to := max(number(a[0]), 1), min(number(arg(a, 1)), len(w))
	if from > to {
		return ""
	}
	return strings.Join(w[from-1:to], " ")
}

func baseName(w string) string { return w[strings.LastIndexByte(w, '/')+1:] }

func dotSlash(w string) string {
	if strings.Contains(w, "/") {
		return ""
	}
	return "./"
}

func joinWords(m *Make, a []string) string {
	x, y := strings.Fields(a[0]), strings.Fields(arg(a, 1))
	out := make([]string, max(len(x), len(y)))
	for i := range out {
		out[i] = nth(x, i) + nth(y, i)
	}
	return strings.Join(out, " ")
}

func wildcard(m *Make, a []string) string {
	if m.host == nil || m.host.Glob == nil {
		return ""
	}
	var out []string
	for p := range strings.FieldsSeq(a[0]) {
		if !m.step(100) {
			return ""
		}
		out = append(out, m.host.Glob(p)...)
	}
	return strings.Join(out, " ")
}

// abs makes a name absolute with $(CURDIR), without asking the file system.
func (m *Make) abs(w string) string {
	if !path.IsAbs(w) {
		w = path.Join(m.Value("CURDIR"), w)
	}
	return path.Clean(filepath.ToSlash(w))
}

func ifFn(m *Make, a []string) string {
	if m.Expand(strings.TrimSpace(a[0])) != "" {
		return m.Expand(arg(a, 1))
	}
	return m.Expand(arg(a, 2))
}

func orFn(m *Make, a []string) string {
	for _, x := range a {
		if v := m.Expand(strings.TrimSpace(x)); v != "" {
			return v
		}
	}
	return ""
}

func andFn(m *Make, a []string) string {
	v := ""
	for _, x := range a {
		if v = m.Expand(strings.TrimSpace(x)); v == "" {
			return ""
		}
	}
	return v
}

// inScope calls f with an innermost scope of local variables.
func (m *Make) inScope(scope map[string]*variable, f func()) {
	n := len(m.local)
	m.local = append(m.local, scope)
	f()
	m.local = m.local[:n]
}

func foreach(m *Make, a []string) string {
	name := strings.TrimSpace(m.Expand(a[0]))
	v := &variable{origin: InFile}
	out := ""
	m.inScope(map[string]*variable{name: v}, func() {
		out = m.each(m.Expand(arg(a, 1)), func(w string) string {
			v.value = w
			return m.Expand(arg(a, 2))
		})
	})
	return out
}

func let(m *Make, a []string) string {
	names := strings.Fields(m.Expand(a[0]))
	values := strings.Fields(m.Expand(arg(a, 1)))
	scope := map[string]*variable{}
	for i, n := range names {
		v := nth(values, i)
		if i == len(names)-1 && i < len(values) {
			v = strings.Join(values[i:], " ")
		}
		scope[n] = &variable{value: v, origin: InFile}
	}
	out := ""
	m.inScope(scope, func() { out = m.Expand(arg(a, 2)) })
	return out
}

func callFn(m *Make, a []string) string {
	name := strings.TrimSpace(a[0])
	if f := m.fn(name); f != nil {
		return f(m, a[1:])
	}
	if b, ok := builtins[name]; ok && !b.lazy && len(a) > 1 {
		return b.fn(m, a[1:])
	}
	v := m.lookup(name)
	if v == nil {
		return ""
	}
	scope := make(map[string]*variable, 10)
	for i := range max(len(a), 10) {
		scope[strconv.Itoa(i)] = &variable{value: arg(a, i), origin: InFile}
	}
	out := ""
	m.inScope(scope, func() { out = m.Expand(v.value) })
	return out
}

func valueFn(m *Make, a []string) string {
	if v := m.lookup(strings.TrimSpace(a[0])); v != nil {
		return v.value
	}
	return ""
}

func evalFn(m *Make, a []string) string {
	if m.depth < maxDepth && m.spend(len(a[0])) {
		m.Eval(Parse("eval", []byte(a[0])))
	}
	return ""
}

func originFn(m *Make, a []string) string {
	v := m.lookup(strings.TrimSpace(a[0]))
	if v == nil {
		return "undefined"
	}
	return [...]string{"undefined", "environment", "file", "override", "command line"}[v.origin]
}

func flavorFn(m *Make, a []string) string {
	switch v := m.lookup(strings.TrimSpace(a[0])); {
	case v == nil || v.origin == Undefined:
		return "undefined"
	case v.recursive:
		return "recursive"
	}
	return "simple"
}

func intcmp(m *Make, a []string) string {
	x, y := number(m.Expand(a[0])), number(m.Expand(arg(a, 1)))
	more := 3 // for greater: the part for equal, unless there is one of its own
	if len(a) > 4 {
		more = 4
	}
	switch {
	case len(a) == 2 && x == y:
		return strconv.Itoa(x)
	case x < y:
		return m.Expand(arg(a, 2))
	case x == y:
		return m.Expand(arg(a, 3))
	}
	return m.Expand(arg(a, more))
}

func fileFn(m *Make, a []string) string {
	name, ok := strings.CutPrefix(strings.TrimSpace(a[0]), "<")
	if !ok || m.host == nil || m.host.Text == nil {
		return ""
	}
	return strings.TrimSuffix(m.host.Text(strings.TrimSpace(name)), "\n")
}
