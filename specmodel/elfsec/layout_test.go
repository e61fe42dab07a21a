// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import "testing"

// TestSizes holds the table to the sizes that are known of each form.
func TestSizes(t *testing.T) {
	lp64 := abi{8, 8}
	find := func(versions string, net, apiType, ioctl, sysfs bool) form {
		for _, f := range forms {
			if f.versions == versions && f.net == net && f.apiType == apiType && f.ioctl == ioctl && f.sysfs == sysfs {
				return f
			}
		}
		t.Fatalf("no form %s", versions)
		return form{}
	}
	tests := []struct {
		name string
		form form
		size int
	}{
		{"RFC v2 without sockets", find("RFC v1, v2", false, false, false, false), 328189},
		{"RFC v2 with sockets", find("RFC v1, v2", true, false, false, false), 349537},
		{"RFC v2 with ioctl", find("RFC v1, v2", true, false, true, false), 349813},
		{"RFC v2 with sysfs", find("RFC v1, v2", true, true, true, true), 355033},
		{"RFC v3 without sockets", find("RFC v3", false, false, false, false), 393725},
		{"RFC v3 with sockets", find("RFC v3", true, false, false, false), 415073},
		{"PATCH v5", find("PATCH v3 to v5", false, false, false, false), 26400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := lay(tt.form.members(), !tt.form.pointers, lp64).size; got != tt.size {
				t.Errorf("the struct has %d bytes, want %d", got, tt.size)
			}
		})
	}
}
