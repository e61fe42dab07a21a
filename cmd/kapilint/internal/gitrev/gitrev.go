// SPDX-License-Identifier: GPL-2.0-only

// Package gitrev reads contracts from a revision in git, without a work tree.
package gitrev

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"kapilint/specmodel"
	"kapilint/specmodel/source"
)

// Revision is the tree, or a part of it, as git has it. It is read with
// git's plumbing, which runs no hook and writes nothing; the arguments are
// fixed, and what the user names is one of them, or a line of input.
type Revision struct {
	Dir  string // where git runs: the tree
	Rev  string
	path string // slash-separated, relative to dir; "" for all of it
}

// Parse reads git:REV or git:REV:PATH; it returns nil for another argument. dir
// is where git runs.
func Parse(arg, dir string) (*Revision, error) {
	rest, ok := strings.CutPrefix(arg, "git:")
	if !ok {
		return nil, nil
	}
	r := &Revision{Dir: dir}
	r.Rev, r.path, _ = strings.Cut(rest, ":")
	if r.Rev == "" {
		return nil, fmt.Errorf("%s: name a revision, as in git:HEAD or git:v6.12:fs", arg)
	}
	for _, s := range []string{r.Rev, r.path} {
		if strings.HasPrefix(s, "-") || strings.ContainsFunc(s, unicode.IsControl) {
			return nil, fmt.Errorf("%q: neither a revision nor a path may begin with a dash or hold a control character", arg)
		}
	}
	if r.path != "" {
		if r.path = path.Clean(r.path); r.path == ".." || strings.HasPrefix(r.path, "../") || path.IsAbs(r.path) {
			return nil, fmt.Errorf("%s: the path must lie in the tree", arg)
		}
		if r.path == "." {
			r.path = ""
		}
	}
	return r, nil
}

func (r *Revision) git(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.Dir
	cmd.Env = append(os.Environ(), "GIT_LITERAL_PATHSPECS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
		"GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	return cmd
}

// run returns what git prints, or what it says is wrong.
func (r *Revision) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := r.git(ctx, args...)
	var out, msg bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &msg
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("git is not installed, so that a revision cannot be read")
	}
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		text := strings.TrimPrefix(strings.TrimSpace(msg.String()), "fatal: ")
		if text == "" {
			text = err.Error()
		}
		return nil, errors.New(strings.Join(strings.Fields(text), " "))
	}
	return out.Bytes(), nil
}

// A blob is a file of a revision.
type blob struct{ oid, name string }

// Load reads every contract of the revision. A file that is named and has none
// is no error: it may have got one since.
func (r *Revision) Load(ctx context.Context) (*specmodel.Set, []specmodel.Problem, error) {
	if _, err := r.run(ctx, "rev-parse", "--git-dir"); err != nil {
		return nil, nil, fmt.Errorf("git:%s: %w", r.Rev, err)
	}
	commit, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", r.Rev+"^{commit}")
	if err != nil {
		return nil, nil, fmt.Errorf("git:%s: there is no such revision in %s", r.Rev, r.Dir)
	}
	args := []string{"ls-tree", "-r", "-z", strings.TrimSpace(string(commit))}
	if r.path != "" {
		args = append(args, "--", r.path)
	}
	listing, err := r.run(ctx, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("git:%s: %w", r.Rev, err)
	}
	if len(listing) == 0 && r.path != "" {
		return nil, nil, fmt.Errorf("git:%s: there is no %s in this revision", r.Rev, r.path)
	}
	return r.read(ctx, sourceBlobs(listing, r.path))
}

// sourceBlobs picks the files that can hold contracts; links and modules of
// their own are passed over.
func sourceBlobs(listing []byte, only string) []blob {
	var blobs []blob
	for line := range strings.SplitSeq(string(listing), "\x00") {
		info, name, ok := strings.Cut(line, "\t")
		f := strings.Fields(info)
		if !ok || len(f) != 3 || f[1] != "blob" || !strings.HasPrefix(f[0], "100") {
			continue
		}
		if name == only || source.IsSource(name) {
			blobs = append(blobs, blob{f[2], name})
		}
	}
	return blobs
}

// read asks git for the files and reads their contracts.
func (r *Revision) read(ctx context.Context, blobs []blob) (*specmodel.Set, []specmodel.Problem, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := r.git(ctx, "cat-file", "--batch")
	var names bytes.Buffer
	for _, b := range blobs {
		names.WriteString(b.oid + "\n")
	}
	cmd.Stdin = &names
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	type file struct {
		i    int
		text []byte
	}
	type result struct {
		apis     []*specmodel.API
		problems []specmodel.Problem
		err      error
	}
	results := make([]result, len(blobs))
	files := make(chan file)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				b := blobs[f.i]
				named := b.name == r.path
				if path.Ext(b.name) == ".json" && !named && !bytes.Contains(f.text, []byte(`"kapilint.spec/`)) {
					continue
				}
				apis, problems, err := source.Read(b.name, f.text)
				if err != nil && !named {
					continue // a binary file with the name of a source
				}
				results[f.i] = result{apis, problems, err}
			}
		})
	}
	in := bufio.NewReaderSize(stdout, 1<<16)
	for i := range blobs {
		var text []byte
		if text, err = readBlob(in); err != nil {
			err = fmt.Errorf("git:%s: cannot read %s: %w", r.Rev, blobs[i].name, err)
			break
		}
		files <- file{i, text}
	}
	close(files)
	wg.Wait()
	if err != nil {
		cancel()
		cmd.Wait()
		return nil, nil, err
	}
	if err := cmd.Wait(); err != nil {
		return nil, nil, fmt.Errorf("git:%s: git cat-file: %w", r.Rev, err)
	}
	set := &specmodel.Set{}
	var problems []specmodel.Problem
	for _, res := range results {
		if res.err != nil {
			return nil, nil, res.err
		}
		set.Add(res.apis...)
		problems = append(problems, res.problems...)
	}
	set.Sort()
	return set, problems, nil
}

// readBlob reads one answer of git cat-file --batch: a line with the object's
// name, type and size, the content, and a line end.
func readBlob(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	f := strings.Fields(line)
	if len(f) != 3 || f[1] != "blob" {
		return nil, errors.New(strings.TrimSpace(line))
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return nil, errors.New(strings.TrimSpace(line))
	}
	// The size is not trusted with memory before the bytes are there.
	text, err := io.ReadAll(io.LimitReader(in, size))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) != size {
		return nil, io.ErrUnexpectedEOF
	}
	_, err = in.Discard(1)
	return text, err
}
