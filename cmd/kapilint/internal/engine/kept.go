// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kapilint/checks/engine/cache"
	"kapilint/checks/engine/driver"
	"kapilint/cparse/kbuild"
)

// factCache keeps facts below the user's cache directory; without one there is
// no cache.
func (s *session) factCache() *driver.FactCache {
	if s.req.Cache == "" {
		return nil
	}
	tool, err := toolDigest()
	if err != nil {
		s.req.Logf("no cache: %v", err)
		return nil
	}
	c, err := cache.Open(FactsDir(s.req.Cache))
	if err != nil {
		s.req.Warnf("%v: nothing is kept for the next run", err)
		return nil
	}
	s.files = cache.OpenFiles(c, s.req.Tree.Src+"\x00"+s.req.Tree.Obj, s.req.Tree.Abs)
	return &driver.FactCache{
		Cache: c,
		Key: func(path string) (string, bool) {
			cmd, err := s.command(path)
			if err != nil {
				return "", false
			}
			return tool + " " + portable(s.req.Tree, fmt.Sprintf("%+v", *cmd)), true
		},
		Layer:  layer(s.req.Overlay),
		Digest: overlaid(s.req, s.files.Digest),
	}
}

func (s *session) close() {
	if s.files == nil {
		return
	}
	if s.unkept != nil {
		return
	}
	if err := s.files.Save(); err != nil {
		s.req.Warnf("%v: the next run has to look at all files again", err)
		return
	}
	if err := s.trim(); err != nil {
		s.req.Logf("cache: %v", err)
	}
}

// Facts that no run has asked for this long are removed, and the oldest of those
// that take more room than this. A tree with one configuration needs 0.2 GB.
const (
	cacheLife = 14 * 24 * time.Hour
	cacheSize = 4 << 30 // bytes
	trimEvery = 24 * time.Hour
)

// trim removes old facts, if nobody has today.
func (s *session) trim() error {
	if s.cfg.Facts == nil {
		return nil
	}
	stamp := filepath.Join(s.req.Cache, "trimmed")
	if st, err := os.Stat(stamp); err == nil && time.Since(st.ModTime()) < trimEvery {
		return nil
	}
	if err := os.WriteFile(stamp, nil, 0o666); err != nil {
		return err
	}
	return s.cfg.Facts.Cache.Trim(time.Now().Add(-cacheLife), cacheSize)
}

// portable returns text that names files of a tree in a form that does not
// tell where the tree lies, as long as the object directory lies in the same
// place beside it.
func portable(tree *kbuild.Tree, text string) string {
	text = strings.ReplaceAll(text, tree.Src, "<source>")
	rel, err := filepath.Rel(tree.Src, tree.Obj)
	if err != nil {
		rel = tree.Obj
	}
	return strings.ReplaceAll(text, tree.Obj, "<source>/"+filepath.ToSlash(rel))
}

// digestOf identifies the content of files.
func digestOf(files []string) string {
	h := cache.NewHash("contracts outside the source")
	for _, f := range files {
		data, err := os.ReadFile(f)
		h.String(fmt.Sprint(f, err))
		h.Bytes(data)
	}
	return h.Key().String()
}

// FactsDir is where a cache directory keeps facts.
func FactsDir(cacheDir string) string { return filepath.Join(cacheDir, "facts") }
