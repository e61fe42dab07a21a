// SPDX-License-Identifier: GPL-2.0-only

// Package mk evaluates makefiles written for GNU make without running anything.
//
// The model. [Parse] cuts a text into statements, once. A [Make] is an
// evaluation: statements set its variables and add to its rules, and
// [Make.Expand] says what a text with references means at the end. A Make may
// have an outer one whose variables it sees and never changes; several may
// share one outer Make concurrently. That is how the exported variables of a
// parent make, and definitions that every makefile of a tree includes, are had
// once.
//
// Nothing is executed: $(shell) and != give nothing, recipes are kept as text,
// $(error) does not stop. A [Host] decides which files can be read. The work
// of one Make is bounded; when the bound is reached, every further expansion
// is empty and [Make.Err] says so.
package mk

import (
	"errors"
	"slices"
	"strings"
)

// ErrLimit is the error of a Make whose makefiles ask for too much work.
var ErrLimit = errors.New("makefile is too expensive to evaluate")

const (
	maxSteps   = 1 << 20  // statements, references and words of one Make; a large kernel directory takes 7,000
	maxDepth   = 100      // expansions inside each other
	maxLength  = 1 << 20  // bytes of one expansion
	maxWork    = 64 << 20 // bytes of all expansions of one Make; a large kernel directory takes 6 million
	maxInclude = 30       // files that include each other

	includeCost = 1000 // steps
)

// Host is what a makefile can see of the world. All functions may be called
// concurrently.
type Host struct {
	// File returns the makefile of that name, or nil.
	File func(name string) *File
	// Text returns the text of a file for $(file <name), or "".
	Text func(name string) string
	// Glob returns the names that match a pattern, sorted.
	Glob func(pattern string) []string
}

// Origin says where a variable comes from, weakest first: one that is set with
// a stronger origin is not changed by an assignment in a makefile.
type Origin uint8

// The origins, as $(origin) knows them. Preset is for the caller's own values:
// makefiles neither change nor undefine them.
const (
	Undefined Origin = iota
	Environment
	InFile
	Override
	Preset
)

type variable struct {
	value     string
	recursive bool // value is expanded when it is used
	origin    Origin
	exported  bool
}

// Rule is one rule, or one line of prerequisites, as written but expanded.
type Rule struct {
	Targets []string
	Pattern string // of a static pattern rule: its target pattern
	Prereqs []string
	Recipe  []string // unexpanded lines
}

// Bind is an assignment that holds for some targets only.
type Bind struct {
	Targets   []string
	Name, Op  string
	value     string
	recursive bool
}

// Func stands in for a function that makefiles define with = and use through
// $(call). args[0] is the first argument.
type Func func(m *Make, args []string) string

// Make is one evaluation. It must not be used concurrently, except as the
// outer Make of others once it is no longer changed.
type Make struct {
	host  *Host
	outer *Make
	vars  map[string]*variable
	local []map[string]*variable // arguments of call, foreach, targets: innermost last
	funcs map[string]Func
	rules []*Rule
	binds []Bind
	files string // MAKEFILE_LIST

	steps, work, depth int
	including          int
	err                error
}

// New returns an empty Make that sees the variables and functions of outer,
// which may be nil.
func New(host *Host, outer *Make) *Make {
	return &Make{host: host, outer: outer, vars: map[string]*variable{}}
}

// Err returns ErrLimit if the work became too much.
func (m *Make) Err() error { return m.err }

// Refill gives a Make whose makefiles stayed within their bounds the whole
// amount of work again, for what the caller goes on to ask.
func (m *Make) Refill() {
	if m.err == nil {
		m.steps, m.work = 0, 0
	}
}

// Rules returns the rules read so far, in order.
func (m *Make) Rules() []*Rule { return m.rules }

// Binds returns the target-specific assignments read so far, in order.
func (m *Make) Binds() []Bind { return m.binds }

// Set gives a variable a value that is not expanded again.
func (m *Make) Set(name, value string, origin Origin) {
	m.vars[name] = &variable{value: value, origin: origin}
}

// SetEnv gives a variable the value that a parent process exported.
func (m *Make) SetEnv(name, value string) {
	m.vars[name] = &variable{value: value, recursive: true, origin: Environment}
}

// SetFunc makes $(call name) mean f, whatever the makefiles define.
func (m *Make) SetFunc(name string, f Func) {
	if m.funcs == nil {
		m.funcs = map[string]Func{}
	}
	m.funcs[name] = f
}

func (m *Make) fn(name string) Func {
	for ; m != nil; m = m.outer {
		if f := m.funcs[name]; f != nil {
			return f
		}
	}
	return nil
}

// lookup returns a variable, or nil.
func (m *Make) lookup(name string) *variable {
	for i := len(m.local) - 1; i >= 0; i-- {
		if v, ok := m.local[i][name]; ok {
			return v
		}
	}
	return m.global(name)
}

func (m *Make) global(name string) *variable {
	for o := m; o != nil; o = o.outer {
		if v, ok := o.vars[name]; ok {
			return v
		}
	}
	return nil
}

// Value returns the expanded value of a variable.
func (m *Make) Value(name string) string {
	v := m.lookup(name)
	if v == nil {
		return ""
	}
	if !v.recursive {
		return v.value
	}
	return m.Expand(v.value)
}

// Words returns the words of the expanded value of a variable.
func (m *Make) Words(name string) []string { return strings.Fields(m.Value(name)) }

// Defined reports whether a variable has a value that is not empty.
func (m *Make) Defined(name string) bool {
	v := m.lookup(name)
	return v != nil && v.value != ""
}

// Changed returns the variables that this Make itself set and that a child
// process would see, expanded: those it exported and those of its environment
// that it set anew.
func (m *Make) Changed() map[string]string {
	out := map[string]string{}
	for name, v := range m.vars {
		var up *variable
		if m.outer != nil {
			up = m.outer.global(name)
		}
		inherited := up != nil && up.origin == Environment
		if !v.exported && !inherited {
			continue
		}
		if value := m.Value(name); !inherited || up.value != value {
			out[name] = value
		}
	}
	return out
}

// Include evaluates the makefile of that name, if the host has it.
func (m *Make) Include(name string) bool {
	if m.including >= maxInclude || m.host == nil || m.host.File == nil {
		return false
	}
	f := m.host.File(name)
	if f == nil {
		return false
	}
	if !m.step(includeCost) {
		return false
	}
	m.including++
	m.files = appendValue(m.files, name)
	m.Set("MAKEFILE_LIST", m.files, InFile)
	m.Eval(f)
	m.including--
	return true
}

// Eval evaluates the statements of f.
func (m *Make) Eval(f *File) {
	var rules []*Rule // that recipe lines belong to
	m.block(f.stmts, &rules)
}

func (m *Make) block(stmts []stmt, cur *[]*Rule) {
	for i := range stmts {
		if !m.step(1) {
			return
		}
		s := &stmts[i]
		switch s.kind {
		case stRecipe:
			for _, r := range *cur {
				r.Recipe = append(r.Recipe, s.text)
			}
			continue
		case stCond:
			for _, a := range s.arms {
				if a.test == nil || m.test(a.test) {
					m.block(a.body, cur)
					break
				}
			}
			continue
		}
		*cur = nil
		switch s.kind {
		case stAssign:
			m.assign(m.Expand(s.name), s.op, s.text, s.mods)
		case stInclude:
			for _, name := range strings.Fields(m.Expand(s.text)) {
				m.Include(name)
			}
		case stExport:
			m.export(s.text)
		case stUndefine:
			m.undefine(strings.TrimSpace(m.Expand(s.text)))
		case stRule:
			*cur = m.rule(s.text)
		case stText:
			if text := m.Expand(s.text); topLevel(text, ":") >= 0 {
				*cur = m.rule(strings.ReplaceAll(text, "$", "$$"))
			}
		}
	}
}

func (m *Make) test(t *test) bool {
	if t.def {
		return m.Defined(strings.TrimSpace(m.Expand(t.a))) != t.negate
	}
	return (m.Expand(t.a) == m.Expand(t.b)) != t.negate
}

func (m *Make) export(text string) {
	for _, name := range strings.Fields(m.Expand(text)) {
		if v := m.own(name); v != nil {
			v.exported = true
		} else {
			m.vars[name] = &variable{exported: true, recursive: true}
		}
	}
}

// own returns the variable of this Make itself, copied from the outer one if
// need be, or nil.
func (m *Make) own(name string) *variable {
	if v := m.vars[name]; v != nil {
		return v
	}
	v := m.global(name)
	if v == nil {
		return nil
	}
	c := *v
	m.vars[name] = &c
	return &c
}

func (m *Make) undefine(name string) {
	if v := m.global(name); v != nil && v.origin < Preset {
		m.vars[name] = &variable{}
	}
}

// assign does what "name op text" does outside rules.
func (m *Make) assign(name, op, text string, mods modifier) {
	name = strings.TrimSpace(name)
	old := m.global(name)
	origin := InFile
	if mods&modOverride != 0 {
		origin = Override
	}
	if old != nil && old.origin > origin {
		return
	}
	exported := old != nil && old.exported || mods&modExport != 0
	switch op {
	case "?=":
		if old != nil && old.origin != Undefined {
			if mods&modExport != 0 {
				m.own(name).exported = true
			}
			return
		}
		m.vars[name] = &variable{value: text, recursive: true, origin: origin, exported: exported}
	case "=":
		m.vars[name] = &variable{value: text, recursive: true, origin: origin, exported: exported}
	case ":=":
		m.vars[name] = &variable{value: m.Expand(text), origin: origin, exported: exported}
	case "!=":
		m.vars[name] = &variable{origin: origin, exported: exported}
	case "+=":
		if old == nil || old.origin == Undefined {
			m.vars[name] = &variable{value: text, recursive: true, origin: origin, exported: exported}
			return
		}
		v := m.own(name)
		v.origin = max(v.origin, origin)
		v.exported = exported
		if !v.recursive {
			text = m.Expand(text)
		}
		v.value = appendValue(v.value, text)
		if !m.spend(len(v.value)) {
			v.value = ""
		}
	}
}

func appendValue(old, more string) string {
	if old == "" {
		return more
	}
	if more == "" {
		return old
	}
	return old + " " + more
}

// rule reads a rule or a target-specific assignment.
func (m *Make) rule(text string) []*Rule {
	i := topLevel(text, ":")
	if i < 0 {
		return nil
	}
	left, right := text[:i], strings.TrimPrefix(text[i+1:], ":")
	targets := strings.Fields(strings.TrimSuffix(strings.TrimRight(m.Expand(left), " \t"), "&"))
	if len(targets) == 0 || !m.step(len(targets)) {
		return nil
	}
	_, rest := modifiers(strings.TrimSpace(right))
	if name, op, value := cutAssign(rest); op != "" {
		m.bind(targets, m.Expand(name), op, value)
		return nil
	}
	right = m.Expand(right)
	if j := strings.IndexByte(right, ';'); j >= 0 {
		right = right[:j]
	}
	r := &Rule{Targets: targets}
	if j := strings.IndexByte(right, ':'); j >= 0 {
		r.Pattern, right = strings.TrimSpace(right[:j]), right[j+1:]
	}
	for _, p := range strings.Fields(right) {
		if p != "|" {
			r.Prereqs = append(r.Prereqs, p)
		}
	}
	if !m.step(len(r.Prereqs)) {
		return nil
	}
	m.rules = append(m.rules, r)
	return []*Rule{r}
}

func (m *Make) bind(targets []string, name, op, value string) {
	b := Bind{Targets: targets, Name: strings.TrimSpace(name), Op: op, value: value}
	if v := m.lookup(b.Name); v != nil && v.origin == Preset {
		return
	}
	switch op {
	case ":=":
		b.value = m.Expand(value)
	case "!=":
		b.value, b.Op = "", ":="
	default:
		b.recursive = true
	}
	m.binds = append(m.binds, b)
}

// BindsOf returns those of binds that hold for target, in order.
func BindsOf(binds []Bind, target string) []Bind {
	var out []Bind
	for _, b := range binds {
		if slices.ContainsFunc(b.Targets, func(t string) bool { _, ok := Match(t, target); return ok }) {
			out = append(out, b)
		}
	}
	return out
}

// With calls f while the assignments of binds and then the plain values of
// set hold.
func (m *Make) With(binds []Bind, set map[string]string, f func()) {
	scope := make(map[string]*variable, len(binds)+len(set))
	n := len(m.local)
	m.local = append(m.local, scope)
	for name, value := range set {
		scope[name] = &variable{value: value, origin: Preset}
	}
	for _, b := range binds {
		old := m.lookup(b.Name)
		v := &variable{value: b.value, recursive: b.recursive, origin: InFile}
		switch {
		case b.Op == "?=" && old != nil && old.origin != Undefined:
			continue
		case b.Op == "+=" && old != nil && old.origin != Undefined:
			v.recursive = old.recursive
			more := b.value
			if !old.recursive {
				more = m.Expand(more)
			}
			v.value = appendValue(old.value, more)
		}
		scope[b.Name] = v
	}
	f()
	m.local = m.local[:n]
}

// Match reports whether name is pattern, in which one % stands for anything,
// and what the % stands for.
func Match(pattern, name string) (stem string, ok bool) {
	pre, post, wild := strings.Cut(pattern, "%")
	if !wild {
		return "", pattern == name
	}
	if len(name) < len(pre)+len(post) || !strings.HasPrefix(name, pre) || !strings.HasSuffix(name, post) {
		return "", false
	}
	return name[len(pre) : len(name)-len(post)], true
}

// step accounts for n units of work and reports whether there is room for them.
func (m *Make) step(n int) bool {
	m.steps += n
	if m.steps > maxSteps && m.err == nil {
		m.err = ErrLimit
	}
	return m.err == nil
}

// spend accounts for n bytes of text.
func (m *Make) spend(n int) bool {
	m.work += n
	if (n > maxLength || m.work > maxWork) && m.err == nil {
		m.err = ErrLimit
	}
	return m.err == nil
}
