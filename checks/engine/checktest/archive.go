// SPDX-License-Identifier: GPL-2.0-only

package checktest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// archive is a parsed test case.
type archive struct {
	raw      *txtar.Archive
	files    map[string][]byte // the tree, without goldens and outside contracts
	fixed    map[string][]byte // goldens by the file they are for
	specs    map[string][]byte // contracts from outside
	check    []string          // units to check; every .c file unless the head names some
	headers  bool              // the fake kernel's headers are there as well
	allNotes bool              // every note must be expected
	problems []*regexp.Regexp  // what units are expected to complain about
	expects  []*expectation
	got      map[string][]byte // files after fixes, set by the run
}

// kind says what an expectation is about.
type kind uint8

const (
	finding kind = iota
	note
	fact
)

// expectation is one regular expression of a want or note comment.
type expectation struct {
	kind kind
	file string
	line int
	name string // of the symbol, for a fact
	rx   *regexp.Regexp
	met  bool
}

func (e *expectation) String() string {
	what := [...]string{"want", "note", e.name + ":"}[e.kind]
	return fmt.Sprintf("%s:%d: %s %q", e.file, e.line, what, e.rx)
}

// parse reads an archive.
func parse(data []byte) (*archive, error) {
	a := &archive{
		raw: txtar.Parse(data), headers: true,
		files: map[string][]byte{}, fixed: map[string][]byte{}, specs: map[string][]byte{},
	}
	for _, f := range a.raw.Files {
		var to map[string][]byte
		name := f.Name
		switch {
		case strings.HasSuffix(name, ".fixed"):
			to, name = a.fixed, strings.TrimSuffix(name, ".fixed")
		case isSpec(name):
			to = a.specs
		default:
			to = a.files
		}
		if _, ok := to[name]; ok {
			return nil, fmt.Errorf("%s: there are two", f.Name)
		}
		to[name] = f.Data
	}
	if err := a.head(); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(a.files))
	for _, name := range a.check {
		if a.files[name] == nil {
			return nil, fmt.Errorf("check: no file %s", name)
		}
	}
	for name := range a.fixed {
		if a.files[name] == nil {
			return nil, fmt.Errorf("%s.fixed: no file %s", name, name)
		}
	}
	if len(a.check) == 0 {
		a.check = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasSuffix(n, ".c") })
	}
	for _, name := range names {
		if err := a.expect(name, a.files[name]); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func isSpec(name string) bool {
	return strings.HasSuffix(name, ".spec.c") || strings.HasSuffix(name, ".spec.json")
}

// head reads the settings in the text before the first file.
func (a *archive) head() error {
	for line := range strings.Lines(string(a.raw.Comment)) {
		word, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		rest = strings.TrimSpace(rest)
		if !ok {
			continue
		}
		switch {
		case word == "check":
			a.check = append(a.check, strings.Fields(rest)...)
		case word == "headers" && rest == "none":
			a.headers = false
		case word == "notes" && rest == "all":
			a.allNotes = true
		case word == "problem":
			s, err := strconv.Unquote(rest)
			if err != nil {
				return fmt.Errorf("problem: %s: %w", rest, err)
			}
			rx, err := regexp.Compile(s)
			if err != nil {
				return fmt.Errorf("problem: %w", err)
			}
			a.problems = append(a.problems, rx)
		}
	}
	return nil
}

var (
	commentRx = regexp.MustCompile(`(?://|/\*)\s*((?:want|note)\b.*?)\s*(?:\*/.*)?$`)
	keywordRx = regexp.MustCompile(`^(want|note)([+-]\d+)?(?:\s+|$)`)
	stringRx  = regexp.MustCompile("^(?:([A-Za-z_]\\w*):)?(\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)(?:\\s+|$)")
)

// expect collects the expectations of a file.
func (a *archive) expect(name string, data []byte) error {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		m := commentRx.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		k, at := finding, n
		for rest := m[1]; rest != ""; {
			if w := keywordRx.FindStringSubmatch(rest); w != nil {
				k, at = finding, n
				if w[1] == "note" {
					k = note
				}
				if w[2] != "" {
					d, err := strconv.Atoi(w[2])
					if err != nil {
						return fmt.Errorf("%s:%d: %w", name, n, err)
					}
					at += d
				}
				rest = rest[len(w[0]):]
				continue
			}
			s := stringRx.FindStringSubmatch(rest)
			if s == nil {
				return fmt.Errorf("%s:%d: cannot read %q", name, n, rest)
			}
			text, err := strconv.Unquote(s[2])
			if err != nil {
				return fmt.Errorf("%s:%d: %s: %w", name, n, s[2], err)
			}
			rx, err := regexp.Compile(text)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", name, n, err)
			}
			e := &expectation{kind: k, file: name, line: at, rx: rx}
			if s[1] != "" {
				e.kind, e.name = fact, s[1]
			}
			a.expects = append(a.expects, e)
			rest = rest[len(s[0]):]
		}
	}
	return nil
}

// meet finds an expectation that text fulfils. A finding or fact uses up its
// expectation; several notes may share one.
func (a *archive) meet(k kind, file string, line int, name, text string) bool {
	for _, e := range a.expects {
		if e.kind != k || e.file != file || e.line != line || e.name != name || e.met && k != note || !e.rx.MatchString(text) {
			continue
		}
		e.met = true
		return true
	}
	return false
}

// unmet returns the expectations that nothing has fulfilled.
func (a *archive) unmet() []*expectation {
	return slices.DeleteFunc(slices.Clone(a.expects), func(e *expectation) bool { return e.met })
}

// golden returns the archive with its goldens replaced by fixed.
func (a *archive) golden(fixed map[string][]byte) []byte {
	out := &txtar.Archive{Comment: a.raw.Comment}
	for _, f := range a.raw.Files {
		if !strings.HasSuffix(f.Name, ".fixed") {
			out.Files = append(out.Files, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fixed)) {
		out.Files = append(out.Files, txtar.File{Name: name + ".fixed", Data: fixed[name]})
	}
	return txtar.Format(out)
}
