// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"os/exec"
	"testing"
)

// TestKernelCompiles lets gcc read every unit of the fake kernel.
func TestKernelCompiles(t *testing.T) {
	for _, tool := range []string{"gcc", "make"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	cmd := exec.Command("make", "-s", "CC=gcc", "check")
	cmd.Dir = "../../testdata/kernel"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
