// SPDX-License-Identifier: GPL-2.0-only

package known

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	hookDef  = regexp.MustCompile(`(?m)^LSM_HOOK\((\w+), *([-\w]+), *(\w+)`)
	function = regexp.MustCompile(`(?ms)^int (security_\w+)\([^)]*\)\n\{\n(.*?)^\}`)
	called   = regexp.MustCompile(`(?:call_int_hook|lsm_for_each_hook)\((?:scall, *)?(\w+)`)
)

// TestSecurityHooks holds what is known about security hooks to a kernel's own
// text: each function calls the hook that the table names, and what it returns
// when no module takes the call is in the table.
func TestSecurityHooks(t *testing.T) {
	root := os.Getenv("KAPILINT_LINUX")
	if root == "" {
		t.Skip("KAPILINT_LINUX is not set; testdata/linux.sh says how to get a kernel")
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]string{}
	for _, m := range hookDef.FindAllStringSubmatch(read("include/linux/lsm_hook_defs.h"), -1) {
		if m[1] == "int" {
			defaults[m[3]] = m[2]
		}
	}
	reached := map[string]bool{}
	n := 0
	for _, m := range function.FindAllStringSubmatch(read("security/security.c"), -1) {
		name := m[1]
		var hooks []string
		for _, c := range called.FindAllStringSubmatch(m[2], -1) {
			hooks = append(hooks, c[1])
			reached[c[1]] = true
		}
		if len(hooks) == 0 {
			continue
		}
		n++
		model := table.Model(name, false)
		if model == nil {
			continue // left to the body
		}
		zero, other, set := false, false, ""
		for _, r := range model.Returns {
			if r.Open != nil {
				set = r.Open.Name
			}
			zero = zero || r.Lo <= 0 && r.Hi >= 0
			other = other || r.Open == nil && r.Name == defaults[hooks[len(hooks)-1]]
		}
		if hook, ok := strings.CutPrefix(set, "lsm_hook."); set != "" && (!ok || !slices.Contains(hooks, hook)) {
			t.Errorf("%s calls %q, the table says %s", name, hooks, set)
		}
		switch d := defaults[hooks[len(hooks)-1]]; {
		case d == "0" && !zero, strings.HasPrefix(d, "-E") && !other:
			t.Errorf("%s returns %s when no module takes the call, which the table does not say: %+v", name, d, model.Returns)
		}
	}
	if n < 150 {
		t.Errorf("only %d functions call hooks", n)
	}
	for _, hook := range slices.Sorted(maps.Keys(defaults)) {
		if !reached[hook] {
			t.Logf("no function of security.c that returns int calls %s", hook)
		}
	}
}
