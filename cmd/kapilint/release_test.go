// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleases builds the program for the platforms that releases are for, and
// the same twice in different directories, which must give the same bytes.
func TestReleases(t *testing.T) {
	if os.Getenv("KAPILINT_RELEASES") == "" {
		t.Skip("KAPILINT_RELEASES is not set; the automation sets it, since this compiles Go's library for each platform")
	}
	out := t.TempDir()
	build := func(dir, platform, name string) {
		t.Helper()
		goos, arch, _ := strings.Cut(platform, "/")
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(out, name), "./cmd/kapilint")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+arch)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", platform, err, text)
		}
	}
	for _, p := range []string{"linux/amd64", "linux/arm64", "linux/riscv64", "darwin/arm64"} {
		build("../..", p, strings.ReplaceAll(p, "/", "-"))
	}
	other := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(other, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"cmd", "checks", "cparse", "specmodel", "sarif"} {
		if err := os.CopyFS(filepath.Join(other, dir), os.DirFS(filepath.Join("../..", dir))); err != nil {
			t.Fatal(err)
		}
	}
	build(other, "linux/amd64", "again")
	one, err := os.ReadFile(filepath.Join(out, "linux-amd64"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(filepath.Join(out, "again"))
	if err != nil {
		t.Fatal(err)
	}
	if len(one) == 0 || !bytes.Equal(one, two) {
		t.Errorf("two builds of the same source differ: %d and %d bytes", len(one), len(two))
	}
}
