// SPDX-License-Identifier: GPL-2.0-only

package gitrev

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
)

// Change is a change that git knows.
type Change struct {
	Text []byte // patches, as a file of mails or a plain diff
	Base string // the commit before it
}

// The options of every diff: what a user has set up for people to read is off.
var diffOptions = []string{"-p", "-M", "--full-index", "--relative", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"}

// at returns the tree in dir, for a revision that a user names.
func at(dir, rev string) (*Revision, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsFunc(rev, func(c rune) bool { return unicode.IsControl(c) || unicode.IsSpace(c) }) {
		return nil, fmt.Errorf("%q is not the name of a revision", rev)
	}
	return &Revision{Dir: dir, Rev: rev}, nil
}

// commit returns the name that git gives a revision.
func (r *Revision) commit(ctx context.Context) (string, error) {
	if _, err := r.run(ctx, "rev-parse", "--git-dir"); err != nil {
		return "", fmt.Errorf("%s: %w", r.Rev, err)
	}
	name, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", r.Rev+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%s: there is no such file, and no such revision in %s", r.Rev, r.Dir)
	}
	return strings.TrimSpace(string(name)), nil
}

// Commits returns the commits that REV or REV..REV names, oldest first; one
// change of all of them where there is a merge among them.
func Commits(ctx context.Context, dir, arg string) (*Change, error) {
	if strings.Contains(arg, "...") {
		return nil, fmt.Errorf("%s: name the changes by two dots, OLD..NEW", arg)
	}
	from, to, isRange := strings.Cut(arg, "..")
	if !isRange {
		from, to = arg+"^", arg
	}
	from, to = cmp.Or(from, "HEAD"), cmp.Or(to, "HEAD")
	newer, err := at(dir, to)
	if err != nil {
		return nil, err
	}
	older, err := at(dir, from)
	if err != nil {
		return nil, err
	}
	tip, err := newer.commit(ctx)
	if err != nil {
		return nil, err
	}
	base, err := older.commit(ctx)
	if err != nil && !isRange {
		return nil, fmt.Errorf("%s has no commit before it", arg)
	}
	if err != nil {
		return nil, err
	}
	list, err := newer.run(ctx, "rev-list", "--reverse", "--topo-order", base+".."+tip)
	if err != nil {
		return nil, err
	}
	merges, err := newer.run(ctx, "rev-list", "--merges", "--max-count=1", base+".."+tip)
	if err != nil {
		return nil, err
	}
	// What is not on the way from base, as on another branch, would be undone.
	fork, err := newer.run(ctx, "rev-list", "--max-count=1", tip+".."+base)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && len(fork) == 0 {
		return nil, fmt.Errorf("%s: there is no commit in it", arg)
	}
	out := &Change{Base: base}
	if len(merges) > 0 || len(fork) > 0 {
		out.Text, err = newer.run(ctx, append(append([]string{"diff-tree", "-r"}, diffOptions...), base, tip)...)
		return out, err
	}
	commits := strings.Fields(string(list))
	for i, c := range commits {
		text, err := newer.run(ctx, append(append([]string{"diff-tree", "-r", "--format=email"}, diffOptions...), c)...)
		if err != nil {
			return nil, err
		}
		if _, mail, ok := strings.Cut(string(text), "From "); ok {
			number := ""
			if len(commits) > 1 {
				number = fmt.Sprintf(" %d/%d", i+1, len(commits))
			}
			out.Text = append(out.Text, "From "+strings.Replace(mail, "\nSubject: [PATCH]", "\nSubject: [PATCH"+number+"]", 1)...)
		}
	}
	return out, nil
}

// Uncommitted returns what the work tree, or the index, has changed since HEAD.
func Uncommitted(ctx context.Context, dir string, staged bool) (*Change, error) {
	r := &Revision{Dir: dir, Rev: "HEAD"}
	base, err := r.commit(ctx)
	if err != nil {
		return nil, fmt.Errorf("without a name, what git says has changed is reviewed; %w", err)
	}
	args := append([]string{"diff-index"}, diffOptions...)
	if staged {
		args = append(args, "--cached")
	}
	text, err := r.run(ctx, append(args, base)...)
	return &Change{Text: text, Base: base}, err
}

// maxDiffering bounds the files in which a work tree may differ from a revision.
const maxDiffering = 50000

// Differing returns the C files in which the work tree differs from a revision,
// with the text that they have there; nil for those that are not there.
func Differing(ctx context.Context, dir, rev string) (map[string][]byte, error) {
	r, err := at(dir, rev)
	if err != nil {
		return nil, err
	}
	base, err := r.commit(ctx)
	if err != nil {
		return nil, err
	}
	listing, err := r.run(ctx, "diff-index", "-z", "--relative", "--no-renames", "--no-ext-diff", base)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	var names []string
	var input strings.Builder
	fields := strings.Split(string(listing), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		f, name := strings.Fields(fields[i]), fields[i+1]
		if ext := path.Ext(name); len(f) != 5 || ext != ".c" && ext != ".h" {
			continue
		}
		if !strings.HasPrefix(f[0], ":100") { // not there, or a link
			out[name] = nil
			continue
		}
		names = append(names, name)
		input.WriteString(f[2] + "\n")
	}
	if len(names)+len(out) > maxDiffering {
		return nil, fmt.Errorf("%s: the work tree differs from it in more than %d files", rev, maxDiffering)
	}
	if len(names) == 0 {
		return out, nil
	}
	cmd := r.git(ctx, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(input.String())
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(stdout, 1<<16)
	for _, name := range names {
		text, e := readBlob(in)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("%s: cannot read %s: %w", rev, name, e))
			break
		}
		out[name] = append([]byte{}, text...)
	}
	if err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		return nil, err
	}
	return out, cmd.Wait()
}
