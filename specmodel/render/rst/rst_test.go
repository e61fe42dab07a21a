// SPDX-License-Identifier: GPL-2.0-only

package rst

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/sample"
)

// TestTable holds that every field is on the page.
func TestTable(t *testing.T) {
	sample.Cover(t, []string{}, func(a *specmodel.API) string {
		var b strings.Builder
		if err := Write(&b, []*specmodel.API{a}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	})
}

func TestGroupsAndReferences(t *testing.T) {
	apis := sample.All()
	apis[0].Notes = "See tie and hail() and sys_hail."
	files := Files(append(apis, sample.Syscall()))
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if want := []string{"index.rst", "speed.rst", "crane_lift.rst", "sys_ferry.rst", "sys_ferry-2.rst", "tie.rst", "sys_hail.rst"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	index := string(files[0].Text)
	for _, want := range []string{"crane\n-----\n", "drivers/crane\n-------------\n", "fs\n----\n", "lib\n----\n", "net\n----\n", "   sys_hail\n"} {
		if !strings.Contains(index, want) {
			t.Errorf("no %q in\n%s", want, index)
		}
	}
	for _, want := range []string{"`tie <kapi-tie>`", "`hail <kapi-sys_hail>`", "`sys_hail <kapi-sys_hail>`"} {
		if !strings.Contains(string(files[3].Text), ":ref:"+want) {
			t.Errorf("no reference %s in\n%s", want, files[3].Text)
		}
	}
}

// TestSphinx builds the pages with warnings as errors, as files and as one
// page, with friendly and with hostile texts.
func TestSphinx(t *testing.T) {
	sphinx, err := exec.LookPath("sphinx-build")
	if err != nil {
		t.Skip("not installed: sphinx-build")
	}
	apis := append(sample.All(), sample.Poison(t)...)
	apis = append(apis, sample.Syscall()) // a second contract of one name
	build := func(name string, files []File) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range append(files, File{"conf.py", []byte("project = 'x'\nlanguage = 'en'\n")}) {
				if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out, err := exec.Command(sphinx, "-W", "--keep-going", "-q", "-b", "html", dir, filepath.Join(dir, "out")).CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Fatalf("%v: %s", err, out[:min(len(out), 4000)])
			}
			html, err := os.ReadFile(filepath.Join(dir, "out", "sys_ferry.html"))
			if err == nil && !strings.Contains(string(html), "Carry bytes across") {
				t.Error("the page does not show the description")
			}
		})
	}
	build("files", Files(apis))
	var b strings.Builder
	if err := Write(&b, apis); err != nil {
		t.Fatal(err)
	}
	build("one page", []File{{"index.rst", []byte(b.String())}})
}
