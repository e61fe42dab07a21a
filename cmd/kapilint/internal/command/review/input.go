// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kapilint/cmd/kapilint/internal/gitrev"
	"kapilint/cmd/kapilint/internal/patch"
	"kapilint/cparse/kbuild"
)

// input is what is to be reviewed.
type input struct {
	patches []patch.Patch
	before  *patch.Tree
}

// tree finds the kernel that -C names, or that is here: a patch may lie
// anywhere.
func (c *call) tree() (*kbuild.Tree, error) {
	names := c.Names
	c.Names = nil
	defer func() { c.Names = names }()
	return c.FindTree()
}

// input reads the change, and the tree before it.
func (c *call) input(ctx context.Context, tree *kbuild.Tree) (*input, error) {
	root, err := os.OpenRoot(tree.Src)
	if err != nil {
		return nil, err
	}
	in := &input{before: &patch.Tree{Read: root.ReadFile, Layer: map[string][]byte{}}}
	base := c.base
	for i, name := range c.Names {
		text, from, err := c.text(ctx, tree, name)
		if err != nil {
			return nil, err
		}
		if from != "" && (i > 0 || len(c.Names) > 1) {
			return nil, fmt.Errorf("%s: revisions are reviewed by themselves; name a range, REV..REV", name)
		}
		if from != "" && c.base != "" {
			return nil, fmt.Errorf("--base is for patches: %s has its own base", name)
		}
		list, err := patch.Read(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shownName(name), err)
		}
		in.patches = append(in.patches, list...)
		if from != "" {
			base = from
		}
	}
	if len(c.Names) == 0 {
		change, err := gitrev.Uncommitted(ctx, tree.Src, c.staged)
		if err != nil {
			return nil, err
		}
		base = change.Base
		if len(change.Text) > 0 {
			if in.patches, err = patch.Read(change.Text); err != nil {
				return nil, err
			}
		}
	}
	if base == "" {
		return in, nil
	}
	in.before.Layer, err = gitrev.Differing(ctx, tree.Src, base)
	return in, err
}

func shownName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// text returns the patches that a name means, and the commit before them where
// git has them.
func (c *call) text(ctx context.Context, tree *kbuild.Tree, name string) (text []byte, base string, err error) {
	if name == "-" {
		if c.Stdin == nil {
			return nil, "", errors.New("there is no standard input")
		}
		text, err = read(c.Stdin)
		return text, "", err
	}
	at := c.Abs(name)
	if st, e := os.Stat(at); e == nil {
		if !st.Mode().IsRegular() {
			return nil, "", fmt.Errorf("%s: not a patch, but a directory or a device", name)
		}
		f, err := os.Open(filepath.Clean(at))
		if err != nil {
			return nil, "", err
		}
		defer f.Close()
		text, err = read(f)
		return text, "", err
	}
	change, err := gitrev.Commits(ctx, tree.Src, name)
	if err != nil {
		return nil, "", err
	}
	return change.Text, change.Base, nil
}

// read reads no more than a patch may have, and a byte.
func read(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, patch.MaxSize+1))
}
