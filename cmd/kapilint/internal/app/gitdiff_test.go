// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"kapilint/cmd/kapilint/internal/gitrev/gitrevtest"

	"context"
	"strings"
	"testing"

	"kapilint/cmd/kapilint/internal/cli"
)

func TestDiffRevision(t *testing.T) {
	dir := gitrevtest.Repository(t)
	var out, msg strings.Builder
	a := &App{Env: cli.Env{Stdout: &out, Stderr: &msg, Dir: dir}}
	if status := a.Run(context.Background(), []string{"diff", "git:HEAD", "fs"}); status != cli.Found {
		t.Errorf("status %d", status)
	}
	const want = `fs/bell.c:1:1: note: sys_bell: error EINVAL cannot happen any more: Bad door [errno-removed]
  fs/bell.c:6:4: note: before, in HEAD: Bad door
fs/bell.c:6:4: error: sys_bell: error EBADF can happen now: Bad door [errno-added]
  fs/bell.c:1:1: note: the contract before, in HEAD
`
	if out.String() != want {
		t.Errorf("got:\n%s%s", out.String(), msg.String())
	}
	if got := msg.String(); got != "1 breaking change, 1 other change\n" {
		t.Errorf("summary %q", got)
	}
}
