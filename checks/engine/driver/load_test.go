// SPDX-License-Identifier: GPL-2.0-only

package driver

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kapilint/cparse"
	"kapilint/cparse/kbuild"
)

// kernel is a small tree whose units can be loaded. Its files may be changed
// until the first of them is.
type kernel struct {
	t     testing.TB
	world *cparse.World
	files map[string]string
	env   func() *cparse.Env

	mu    sync.Mutex
	loads map[string]int
}

func newKernel(t testing.TB, files map[string]string) *kernel {
	k := &kernel{t: t, world: cparse.NewWorld(), files: files, loads: map[string]int{}}
	k.env = sync.OnceValue(k.write)
	return k
}

// write puts the tree on disk.
func (k *kernel) write() *cparse.Env {
	dir := k.t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			k.t.Error(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			k.t.Error(err)
		}
	}
	put("Makefile", "VERSION = 1\nPATCHLEVEL = 0\n")
	put("include/empty.h", "")
	put(".config", "")
	for name, text := range k.files {
		put(name, text)
	}
	tree, err := kbuild.FindTree(dir, kbuild.Options{})
	if err != nil {
		k.t.Error(err)
		return nil
	}
	env := cparse.NewEnv(tree)
	env.World = k.world
	env.Command = func(file string) (*kbuild.Command, error) {
		c := &kbuild.Command{File: file, Include: []string{filepath.Join(dir, "include")}, Target: tree.Target()}
		for name, value := range map[string]string{"EPERM": "1", "EIO": "5", "EBADF": "9", "ENOMEM": "12", "EFAULT": "14", "EINVAL": "22"} {
			c.Defines = append(c.Defines, kbuild.Define{Name: name, Value: value})
		}
		return c, nil
	}
	return env
}

func (k *kernel) load(path string) (*cparse.Unit, error) {
	k.mu.Lock()
	k.loads[path]++
	k.mu.Unlock()
	return cparse.Parse(k.env(), path, cparse.Options{})
}
