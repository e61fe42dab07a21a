// SPDX-License-Identifier: GPL-2.0-only

package gitrev

import (
	"kapilint/cmd/kapilint/internal/gitrev/gitrevtest"

	"bufio"
	"context"
	"strings"
	"testing"
)

func TestRevision(t *testing.T) {
	dir := gitrevtest.Repository(t)
	tests := []struct {
		arg   string
		names string // of contracts, or part of the error
		bad   bool
	}{
		{"git:HEAD", "sys_bell sys_dash", false},
		{"git:HEAD:", "sys_bell sys_dash", false},
		{"git:HEAD:.", "sys_bell sys_dash", false},
		{"git:HEAD:fs/bell.c", "sys_bell", false},
		{"git:HEAD:fs/-v", "sys_dash", false},
		{"git:HEAD:doc.txt", "sys_bell", false},
		{"git:HEAD:fs/other.c", "", false},
		{"git:HEAD:fs/*.c", "there is no fs/*.c in this revision", true},
		{"git:HEAD:nowhere", "there is no nowhere in this revision", true},
		{"git:nowhere", "there is no such revision", true},
		{"git:HEAD^{tree}", "there is no such revision", true},
		{"git:", "name a revision", true},
		{"git:--output=x", "begin with a dash", true},
		{"git:HEAD:-v", "begin with a dash", true},
		{"git:HEAD\n", "control character", true},
		{"git:HEAD:../up", "must lie in the tree", true},
		{"git:HEAD:/etc", "must lie in the tree", true},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.arg, "/", "_"), func(t *testing.T) {
			r, err := Parse(tt.arg, dir)
			var names []string
			if err == nil {
				set, problems, loadErr := r.Load(context.Background())
				if err = loadErr; err == nil {
					if len(problems) > 0 {
						t.Errorf("problems %v", problems)
					}
					for _, a := range set.APIs {
						names = append(names, a.Name)
					}
				}
			}
			switch {
			case tt.bad && (err == nil || !strings.Contains(err.Error(), tt.names)):
				t.Errorf("error %v, want %q", err, tt.names)
			case !tt.bad && (err != nil || strings.Join(names, " ") != tt.names):
				t.Errorf("%v %v, want %s", names, err, tt.names)
			}
		})
	}
	if r, err := Parse("fs/bell.c", dir); r != nil || err != nil {
		t.Errorf("a file is taken for a revision: %v %v", r, err)
	}
	outside := &Revision{Dir: t.TempDir(), Rev: "HEAD"}
	if _, _, err := outside.Load(context.Background()); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
}

func TestReadBlob(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"0123 blob 3\nabc\n", "abc"},
		{"0123 blob 0\n\n", ""},
		{"0123 missing\n", "error"},
		{"0123 tree 3\nabc\n", "error"},
		{"0123 blob 9999999999\nabc\n", "error"},
		{"0123 blob -1\nabc\n", "error"},
		{"0123 blob x\nabc\n", "error"},
		{"", "error"},
	} {
		text, err := readBlob(bufio.NewReader(strings.NewReader(tt.in)))
		if (err != nil) != (tt.want == "error") || err == nil && string(text) != tt.want {
			t.Errorf("%q: %q, %v", tt.in, text, err)
		}
	}
}
