// SPDX-License-Identifier: GPL-2.0-only

package debugfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

// maxFile bounds what is read of one file; the kernel's are far smaller.
const maxFile = 16 << 20

// Find returns the directory of contracts: "." where fsys is one, "kapi"
// where it is the root of debugfs. ok is false if it is neither.
func Find(fsys fs.FS) (dir string, ok bool) {
	for _, dir := range []string{".", "kapi"} {
		list, err := fs.Stat(fsys, path.Join(dir, "list"))
		if err != nil || list.IsDir() {
			continue
		}
		for _, sub := range []string{"specs", "specs-json"} {
			if st, err := fs.Stat(fsys, path.Join(dir, sub)); err == nil && st.IsDir() {
				return dir, true
			}
		}
	}
	return "", false
}

// Read reads all contracts of a directory that [Find] found. prefix goes
// before the names of files in positions. Files are read one at a time.
func Read(prefix string, fsys fs.FS, dir string) ([]*specmodel.API, []specmodel.Problem, error) {
	r := &dirReader{fsys: fsys, dir: dir, prefix: prefix}
	text, err := r.names("specs")
	if err != nil {
		return nil, nil, err
	}
	asJSON, err := r.names("specs-json")
	if err != nil {
		return nil, nil, err
	}
	all := slices.Concat(text, asJSON)
	slices.Sort(all)
	for _, name := range slices.Compact(all) {
		r.contract(name, slices.Contains(text, name), slices.Contains(asJSON, name))
	}
	r.list()
	return r.apis, r.problems, nil
}

type dirReader struct {
	fsys        fs.FS
	dir, prefix string
	apis        []*specmodel.API
	problems    []specmodel.Problem
}

func (r *dirReader) names(sub string) ([]string, error) {
	entries, err := fs.ReadDir(r.fsys, path.Join(r.dir, sub))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.shown(sub), err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (r *dirReader) shown(elem ...string) string {
	return path.Join(append([]string{r.prefix, r.dir}, elem...)...)
}

// read returns the content of a file; a file of debugfs does not tell its size.
func (r *dirReader) read(elem ...string) ([]byte, error) {
	f, err := r.fsys.Open(path.Join(append([]string{r.dir}, elem...)...))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		err = fmt.Errorf("the file has more than %d bytes", maxFile)
	}
	return src, err
}

func (r *dirReader) problem(pos specmodel.Pos, severity specmodel.Severity, id, format string, args ...any) {
	r.problems = append(r.problems, specmodel.Problem{Pos: pos, ID: id, Severity: severity, Message: fmt.Sprintf(format, args...)})
}

// contract reads one contract, from JSON if that can be read.
func (r *dirReader) contract(name string, text, asJSON bool) {
	if asJSON {
		if r.jsonFile(name, text) || !text {
			return
		}
	}
	file := r.shown("specs", name)
	src, err := r.read("specs", name)
	if err != nil {
		r.problem(specmodel.Pos{File: file}, specmodel.Bad, "unreadable", "%s", reason(err))
		return
	}
	if bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) {
		apis, problems := specjson.Read(file, src)
		r.add(name, file, apis, problems)
		return
	}
	a, problems := ReadText(file, src)
	r.add(name, file, []*specmodel.API{a}, problems)
}

// jsonFile reads the JSON of a contract. Where there is text, too, only JSON
// without an error is good enough.
func (r *dirReader) jsonFile(name string, text bool) bool {
	file := r.shown("specs-json", name)
	src, err := r.read("specs-json", name)
	if err != nil {
		severity := specmodel.Bad
		if text {
			severity = specmodel.Odd
		}
		r.problem(specmodel.Pos{File: file}, severity, "unreadable", "%s", reason(err))
		return false
	}
	apis, problems := specjson.Read(file, src)
	bad := func(p specmodel.Problem) bool { return p.Severity == specmodel.Bad }
	if text && (len(apis) != 1 || slices.ContainsFunc(problems, bad)) {
		for _, p := range problems {
			p.Severity = specmodel.Odd
			p.Message += "; the text is read in its place"
			r.problems = append(r.problems, p)
		}
		if len(problems) == 0 {
			r.problem(specmodel.Pos{File: file, Line: 1, Col: 1}, specmodel.Odd, "no-contract", "there is no contract in it; the text is read in its place")
		}
		return false
	}
	r.add(name, file, apis, problems)
	return true
}

func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (r *dirReader) add(name, file string, apis []*specmodel.API, problems []specmodel.Problem) {
	r.problems = append(r.problems, problems...)
	for _, a := range apis {
		a.Origin = specmodel.FromDebugfs
		if a.Name == "" {
			a.Name = name
			a.Kind = specmodel.KindOf(name)
		}
		if a.Name != name {
			r.problem(specmodel.Pos{File: file, Line: 1, Col: 1}, specmodel.Odd, "file-name", "the file of %s holds the contract of %s", name, a.Name)
		}
	}
	r.apis = append(r.apis, apis...)
}

// list holds the list against what was read.
func (r *dirReader) list() {
	file := r.shown("list")
	src, err := r.read("list")
	if err != nil {
		r.problem(specmodel.Pos{File: file}, specmodel.Odd, "unreadable", "%s", reason(err))
		return
	}
	names, total, problems := ReadList(file, src)
	r.problems = append(r.problems, problems...)
	have := map[string]bool{}
	for _, a := range r.apis {
		have[a.Name] = true
	}
	listed := map[string]bool{}
	for _, n := range names {
		listed[n.Name] = true
		if !have[n.Name] {
			r.problem(n.Pos, specmodel.Odd, "no-file", "%s is listed, and there is no contract of that name", n.Name)
		}
	}
	if n, ok := total.N.Int64(); ok && n != int64(len(names)) {
		r.problem(total.Pos, specmodel.Odd, "count", "the list says that it has %d entries, and has %d", n, len(names))
	}
	for _, a := range r.apis {
		if !listed[a.Name] && len(problems) == 0 {
			r.problem(a.Pos, specmodel.Note, "not-listed", "%s is not in the list", a.Name)
		}
	}
}

// ReadList reads the list of contracts: their names and descriptions, and the
// number of them that the list states.
func ReadList(file string, src []byte) (entries []specmodel.API, total specmodel.Count, problems []specmodel.Problem) {
	text := strings.ToValidUTF8(string(src), "?")
	off, started, ended := 0, false, false
	for n := 1; text != "" && !ended; n++ {
		line, rest, _ := strings.Cut(text, "\n")
		pos := specmodel.Pos{File: file, Line: n, Col: 1, Offset: off, EndOffset: off + len(line)}
		off += len(text) - len(rest)
		text = rest
		name, description, ok := strings.Cut(line, " - ")
		count, isTotal := strings.CutPrefix(line, "Total: ")
		switch {
		case !started:
			started = strings.Contains(line, "===")
		case isTotal:
			r := &textReader{pos: pos, api: &specmodel.API{}}
			count, _, _ = strings.Cut(count, " ")
			total = specmodel.Count{Pos: pos, Section: "list", N: r.num(count)}
			problems = append(problems, r.problems...)
			ended = true
		case strings.TrimSpace(line) == "":
		case !ok || strings.ContainsAny(name, " \t"):
			problems = append(problems, specmodel.Problem{Pos: pos, ID: "bad-line", Severity: specmodel.Odd, Message: quote(line) + " is no entry of the list"})
		default:
			entries = append(entries, specmodel.API{Name: name, Pos: pos, Description: value(description)})
		}
	}
	if !ended && len(problems) == 0 {
		problems = append(problems, specmodel.Problem{Pos: specmodel.Pos{File: file, Line: 1, Col: 1}, ID: "bad-list", Severity: specmodel.Odd,
			Message: "the list has no heading or no total; it may be cut off"})
	}
	return entries, total, problems
}
