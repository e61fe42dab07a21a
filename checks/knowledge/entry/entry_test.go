// SPDX-License-Identifier: GPL-2.0-only

package entry

import "testing"

func TestBodyRank(t *testing.T) {
	for _, tt := range []struct {
		fn, name string
		noArgs   bool
		want     int
	}{
		{"__do_sys_pipe", "sys_pipe", false, 3},
		{"__do_compat_sys_pipe", "compat_sys_pipe", false, 3},
		{"sys_pipe", "sys_pipe", false, 2},
		{"__se_sys_pipe", "sys_pipe", false, 0},
		{"__x64_sys_pipe", "sys_pipe", false, 0},
		{"__x64_sys_sync", "sys_sync", true, 1},
		{"__arm64_sys_sync", "sys_sync", true, 1},
		{"__do_sys_sync", "sys_sync", true, 3},
		{"sys_syncfs", "sys_sync", true, 0},
	} {
		if got := bodyRank(tt.fn, tt.name, tt.noArgs); got != tt.want {
			t.Errorf("bodyRank(%q, %q, %v) = %d, want %d", tt.fn, tt.name, tt.noArgs, got, tt.want)
		}
	}
}
