// SPDX-License-Identifier: GPL-2.0-only

// Package known is what has been collected by hand about kernel functions: what
// they return where a C reader cannot tell, because the body is assembly,
// depends on what user space does, or belongs to whoever registered a callback.
//
// The knowledge is data, functions.txt, objects.txt and callbacks.txt, with a
// reason on every line; this package only reads it. An entry overrides what the analysis would
// infer.
package known

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"kapilint/cparse/flow"
	"kapilint/specmodel"
)

//go:embed functions.txt
var functions string

//go:embed objects.txt
var objects string

//go:embed callbacks.txt
var callbacks string

// Table answers questions about functions by name.
type Table struct {
	exact    map[string]*Entry
	patterns []*Entry // by descending length of the prefix
	objects  map[object]flow.ModelReturn
	sets     []setRule
}

type object struct{ name, file string }

// Entry is one line of the table.
type Entry struct {
	Name   string // as written, with its *
	Macro  bool
	Model  *flow.Model
	Reason string

	body bool // the body is analysed
}

// Load parses the built-in tables.
func Load() (*Table, error) { return Parse(functions, objects, callbacks) }

// Parse reads tables in the notations of functions.txt, objects.txt and
// callbacks.txt.
func Parse(functions, objects, callbacks string) (*Table, error) {
	t := &Table{exact: map[string]*Entry{}, objects: map[object]flow.ModelReturn{}}
	if err := eachLine(functions, t.addFunction); err != nil {
		return nil, fmt.Errorf("functions: %w", err)
	}
	if err := eachLine(objects, t.addObject); err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	if err := eachLine(callbacks, t.addSet); err != nil {
		return nil, fmt.Errorf("callbacks: %w", err)
	}
	slices.SortStableFunc(t.patterns, func(a, b *Entry) int { return len(b.Name) - len(a.Name) })
	return t, nil
}

func eachLine(text string, add func(string) error) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := add(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

func (t *Table) addFunction(line string) error {
	e, err := parseLine(line)
	if err != nil {
		return err
	}
	if i := strings.IndexByte(e.Name, '*'); i > 0 {
		t.patterns = append(t.patterns, e)
		return nil
	}
	if t.exact[e.Name] != nil {
		return fmt.Errorf("%s is listed twice", e.Name)
	}
	t.exact[e.Name] = e
	return nil
}

func (t *Table) addObject(line string) error {
	body, reason, ok := strings.Cut(line, " -- ")
	fields := strings.Fields(body)
	if !ok || strings.TrimSpace(reason) == "" || len(fields) != 4 {
		return fmt.Errorf("want NAME FILE TYPE VALUE -- REASON, got %q", line)
	}
	w := widths[fields[2]]
	if w == 0 {
		return fmt.Errorf("unknown type %q", fields[2])
	}
	r, err := parseValue(fields[3], fields[2], w)
	if err != nil {
		return err
	}
	file := fields[1]
	if file == "-" {
		file = ""
	}
	t.objects[object{fields[0], file}] = r
	return nil
}

// Value returns the values that an object, or a member named struct.member, can
// hold; nil when nothing is known.
func (t *Table) Value(name, file string) *flow.ModelReturn {
	if r, ok := t.objects[object{name, file}]; ok {
		return &r
	}
	return nil
}

// Find returns the entry for a function, or for a macro, nil if there is none.
func (t *Table) Find(name string, macro bool) *Entry {
	if e := t.exact[name]; e != nil {
		if e.Macro == macro {
			return e
		}
		return nil
	}
	for _, e := range t.patterns {
		if _, ok := star(e.Name, name); ok && e.Macro == macro {
			return e
		}
	}
	return nil
}

// Model is Find in the form the engine wants; nil where the body says it all.
func (t *Table) Model(name string, macro bool) *flow.Model {
	e := t.Find(name, macro)
	if e == nil || e.body && len(e.Model.Except)+len(e.Model.Only) == 0 {
		return nil
	}
	m := *e.Model
	m.Returns = slices.Clone(m.Returns)
	for i := range m.Returns {
		if o := m.Returns[i].Open; o != nil {
			m.Returns[i].Open = &flow.Open{Kind: o.Kind, Name: expand(o.Name, e.Name, name)}
		}
	}
	return &m
}

// expand puts what the * of pattern stands for in name in the place of the one
// in text.
func expand(text, pattern, name string) string {
	if part, ok := star(pattern, name); ok && strings.Contains(pattern, "*") {
		return strings.Replace(text, "*", part, 1)
	}
	return text
}

// star returns what the * of pattern stands for in name, and whether name is
// such a name at all.
func star(pattern, name string) (string, bool) {
	prefix, tail, ok := strings.Cut(pattern, "*")
	if !ok {
		return "", pattern == name
	}
	part, ok := strings.CutPrefix(name, prefix)
	if tail == numbered {
		bare := strings.TrimRight(part, "0123456789")
		if ok = ok && bare != part; ok {
			part, ok = strings.CutSuffix(bare, "_")
		}
	}
	return part, ok && part != ""
}

// numbered behind the * of a pattern stands for an underscore and a number.
const numbered = "_N"

// Macros returns the names of the macros whose expansion is not looked into.
func (t *Table) Macros() map[string]bool {
	out := map[string]bool{}
	for name, e := range t.exact {
		if e.Macro {
			out[name] = true
		}
	}
	return out
}

// widths are the widths in bits of the result types, on the 64-bit targets.
var widths = map[string]int{"bool": 8, "int": 32, "long": 64, "ptr": 64, "var": 64, "void": 0, "noreturn": 0}

func parseLine(line string) (*Entry, error) {
	body, reason, ok := strings.Cut(line, " -- ")
	reason = strings.TrimSpace(reason)
	fields := strings.Fields(body)
	if !ok || reason == "" || len(fields) < 3 {
		return nil, fmt.Errorf("want NAME TYPE VALUES [FLAG...] -- REASON, got %q", line)
	}
	var err error
	e := &Entry{Name: fields[0], Reason: reason, Model: &flow.Model{}}
	w, ok := widths[fields[1]]
	if !ok {
		return nil, fmt.Errorf("unknown type %q", fields[1])
	}
	for _, f := range fields[3:] {
		if list, ok := strings.CutPrefix(f, "except:"); ok {
			for v := range strings.SplitSeq(list, ",") {
				n, _, err := number(v)
				if err != nil {
					return nil, err
				}
				e.Model.Except = append(e.Model.Except, n)
			}
			continue
		}
		if list, ok := strings.CutPrefix(f, "fills:"); ok {
			if e.Model.Fills, e.Model.Copies, err = parseFills(list); err != nil {
				return nil, err
			}
			continue
		}
		if rule, ok := strings.CutPrefix(f, "only:"); ok {
			l, err := parseLimit(rule)
			if err != nil {
				return nil, err
			}
			e.Model.Only = append(e.Model.Only, l)
			continue
		}
		switch f {
		case "pure":
			e.Model.Pure = true
		case "macro":
			e.Macro, e.Model.Pure = true, true
		default:
			return nil, fmt.Errorf("unknown flag %q", f)
		}
	}
	switch fields[1] {
	case "void":
		e.Model.Void = true
		return e, nil
	case "noreturn":
		e.Model.NoReturn = true
		return e, nil
	}
	if e.body = fields[2] == "body"; e.body {
		return e, nil
	}
	if len(e.Model.Except)+len(e.Model.Only) > 0 {
		return nil, fmt.Errorf("except: and only: are for a body")
	}
	for v := range strings.SplitSeq(fields[2], ",") {
		r, err := parseValue(v, fields[1], w)
		if err != nil {
			return nil, err
		}
		e.Model.Returns = append(e.Model.Returns, r)
		e.Model.Extern = e.Model.Extern || r.Open != nil
	}
	return e, nil
}

// parseFills reads "none", "argN,argM", "argN=argM[argK]" and
// "argN=byte:argM[argK]".
func parseFills(list string) (fills []int, copies *flow.Copy, err error) {
	if list == "none" {
		return []int{}, nil, nil
	}
	to, rest, isCopy := strings.Cut(list, "=")
	if isCopy {
		rest, isByte := strings.CutPrefix(rest, "byte:")
		from, size, ok := strings.Cut(strings.TrimSuffix(rest, "]"), "[")
		var n [3]int
		for i, a := range []string{to, from, size} {
			if n[i], err = argument(a); err != nil || !ok {
				return nil, nil, fmt.Errorf("want fills:argN=argM[argK], got fills:%s", list)
			}
		}
		return nil, &flow.Copy{To: n[0], From: n[1], Size: n[2], Byte: isByte}, nil
	}
	for a := range strings.SplitSeq(list, ",") {
		n, err := argument(a)
		if err != nil {
			return nil, nil, err
		}
		fills = append(fills, n)
	}
	return fills, nil, nil
}

// argument returns the number of argument "argN", counted from 0.
func argument(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(s, "arg"))
	if err != nil || n < 1 || n > 64 || !strings.HasPrefix(s, "arg") {
		return 0, fmt.Errorf("bad argument %q", s)
	}
	return n - 1, nil
}

func parseValue(v, typ string, w int) (flow.ModelReturn, error) {
	r := flow.ModelReturn{Width: w, Lo: math.MinInt64 >> (64 - w), Hi: math.MaxInt64 >> (64 - w)}
	if typ == "bool" {
		r.Lo, r.Hi = 0, 1
	}
	switch {
	case v == "any":
		return r, nil
	case v == "null":
		r.Lo, r.Hi = 0, 0
		return r, nil
	case v == "object":
		// Kernel addresses are the upper half; the top 4095 are error values.
		r.Lo, r.Hi = math.MinInt64, -4096
		return r, nil
	case strings.HasPrefix(v, "callback:"):
		name, values, limited := strings.Cut(v[len("callback:"):], ":")
		if limited {
			var err error
			if r, err = parseValue(values, typ, w); err != nil {
				return r, err
			}
		}
		r.Name, r.Open = "", &flow.Open{Kind: flow.OpenPointer, Name: name}
		return r, nil
	case strings.HasPrefix(v, "arg"):
		n, err := strconv.Atoi(v[3:])
		if err != nil || n < 1 {
			return r, fmt.Errorf("bad argument %q", v)
		}
		r.Arg = n
		return r, nil
	}
	lo, hi, isRange := strings.Cut(v, "..")
	var err error
	if lo != "" {
		if r.Lo, r.Name, err = number(lo); err != nil {
			return r, err
		}
	}
	switch {
	case !isRange:
		r.Hi = r.Lo
	case hi != "":
		if r.Hi, _, err = number(hi); err != nil {
			return r, err
		}
		fallthrough
	default:
		r.Name = ""
	}
	if r.Lo > r.Hi {
		return r, fmt.Errorf("empty range %q", v)
	}
	return r, nil
}

func number(s string) (int64, string, error) {
	if name, ok := strings.CutPrefix(s, "-E"); ok {
		n, ok := specmodel.Errno("E" + name)
		if !ok {
			return 0, "", fmt.Errorf("unknown error %q", s)
		}
		return -n, s, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, "", fmt.Errorf("bad value %q", s)
	}
	return n, "", nil
}

// parseLimit reads what follows only: in a flag: -ENAME:argN&MASK or
// -ENAME:argN!=NUMBER.
func parseLimit(rule string) (l flow.Limit, err error) {
	value, cond, ok := strings.Cut(rule, ":arg")
	if !ok {
		return l, fmt.Errorf("only:%s: want only:VALUE:argN&MASK or only:VALUE:argN!=NUMBER", rule)
	}
	if l.Value, _, err = number(value); err != nil {
		return l, err
	}
	arg, right, isMask := strings.Cut(cond, "&")
	if !isMask {
		if arg, right, ok = strings.Cut(cond, "!="); !ok {
			return l, fmt.Errorf("only:%s: no condition", rule)
		}
	}
	if l.Arg, err = strconv.Atoi(arg); err != nil || l.Arg < 1 {
		return l, fmt.Errorf("only:%s: arg%s is no argument", rule, arg)
	}
	l.Arg--
	if isMask {
		if l.Mask, err = strconv.ParseUint(right, 0, 64); err == nil && l.Mask == 0 {
			err = fmt.Errorf("only:%s: no bits", rule)
		}
		return l, err
	}
	l.Not, _, err = number(right)
	return l, err
}
