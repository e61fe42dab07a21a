// SPDX-License-Identifier: GPL-2.0-only

package known

import (
	"strings"
	"testing"

	"kapilint/cparse/flow"
)

func TestBuiltInTables(t *testing.T) {
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	get := table.Model("get_user", true)
	if get == nil || !get.Pure || len(get.Returns) != 2 || get.Returns[1].Lo != -14 || get.Returns[1].Name != "-EFAULT" {
		t.Errorf("get_user: %+v", get)
	}
	if table.Model("get_user", false) != nil {
		t.Error("a macro's entry answers for a function")
	}
	hook := table.Model("security_file_open", false)
	if hook == nil || hook.Returns[0].Open == nil || *hook.Returns[0].Open != (flow.Open{Kind: flow.OpenPointer, Name: "lsm_hook.file_open"}) {
		t.Errorf("security_*: %+v", hook)
	}
	for name, set := range map[string]string{
		"__SCT__tick": "static_call.tick", "__SCT__lsm_static_call_file_open_10": "lsm_hook.file_open",
		"__SCT__lsm_static_call_x": "static_call.lsm_static_call_x", "security_settime64": "lsm_hook.settime",
	} {
		if m := table.Model(name, false); m == nil || m.Returns[0].Open.Name != set {
			t.Errorf("%s: %+v, want %s", name, m, set)
		}
	}
	if table.Model("security_getselfattr", false) != nil || table.Model("security_sid_to_context", false) != nil {
		t.Error("a pattern wins over an entry that leaves it to the body")
	}
	if e := table.Find("security_capable", false); e == nil || e.Name != "security_capable" {
		t.Errorf("a full name does not win over a pattern: %+v", e)
	}
	if v := table.Value("anon_inode_inode", "fs/anon_inodes.c"); v == nil || v.Hi != -4096 {
		t.Errorf("anon_inode_inode: %+v", v)
	}
	if table.Value("anon_inode_inode", "fs/other.c") != nil {
		t.Error("an object of another file is known")
	}
	if v := table.Value("upid.nr", ""); v == nil || v.Lo != 0 {
		t.Errorf("upid.nr: %+v", v)
	}
	if !table.Macros()["put_user"] {
		t.Error("put_user is not kept as a call")
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, line, err string }{
		{"good", "f int 0,-EINVAL,3..,..-1 pure -- why", ""},
		{"argument", "f ptr arg2 -- why", ""},
		{"exception", "f int body except:-ECHILD,-5 -- why", ""},
		{"body", "f int body -- why", ""},
		{"callback", "f* int -EPERM,callback:set.*:-4095..0 -- why", ""},
		{"callback with a bad range", "f int callback:set.x:1..0 -- why", "empty range"},
		{"exception without body", "f int 0 except:-ECHILD -- why", "except: and only: are for a body"},
		{"no reason", "f int 0", "REASON"},
		{"empty reason", "f int 0 -- ", "REASON"},
		{"unknown type", "f float 0 -- why", `unknown type "float"`},
		{"unknown flag", "f int 0 fast -- why", `unknown flag "fast"`},
		{"limits", "f int body only:-EXDEV:arg3&0x40 only:-EBADF:arg1!=-100 -- why", ""},
		{"limit without body", "f int 0 only:-EIO:arg1&1 -- why", "are for a body"},
		{"limit without condition", "f int body only:-EIO -- why", "want only:VALUE:argN&MASK"},
		{"limit of no argument", "f int body only:-EIO:arg0&1 -- why", "arg0 is no argument"},
		{"limit of no bits", "f int body only:-EIO:arg1&0 -- why", "no bits"},
		{"limit of another kind", "f int body only:-EIO:arg1<3 -- why", "no condition"},
		{"unknown error", "f int -EFOO -- why", `unknown error "-EFOO"`},
		{"bad number", "f int x -- why", `bad value "x"`},
		{"empty range", "f int 3..1 -- why", `empty range "3..1"`},
		{"bad argument", "f int arg0 -- why", `bad argument "arg0"`},
		{"twice", "f int 0 -- why\nf int 1 -- why", "line 2: f is listed twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.line, "", "")
			switch {
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("got %v, want %q", err, tt.err)
			}
		})
	}
}

func TestParseObjects(t *testing.T) {
	if _, err := Parse("", "x fs/x.c ptr object -- why\ny - int 0.. -- why", ""); err != nil {
		t.Error(err)
	}
	if _, err := Parse("", "x ptr object -- why", ""); err == nil || !strings.Contains(err.Error(), "objects: line 1") {
		t.Errorf("got %v", err)
	}
}

func TestSets(t *testing.T) {
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ object, member, want string }{
		{"selinux_hooks", "security_list_options.file_open", "lsm_hook.file_open"},
		{"", "security_list_options.file_open", "lsm_hook.file_open"},
		{"__SCK__tick", "static_call_key.func", "static_call.tick"},
		{"other", "static_call_key.func", ""},
		{"ep_fops", "file_operations.poll", ""},
	} {
		if got := table.MemberSet(tt.object, tt.member); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.member, tt.object, got, tt.want)
		}
	}
	if got := table.ParamSet("__static_call_update", 3, "__SCK__tick"); got != "static_call.tick" {
		t.Errorf("an update of a static call: %q", got)
	}
	if got := table.ParamSet("__static_call_update", 2, "__SCK__tick"); got != "" {
		t.Errorf("the trampoline: %q", got)
	}
	for _, tt := range []struct{ line, err string }{
		{"a.b s.b", "REASON"},
		{"a s -- why", "not a place"},
		{"a.* s -- why", "go together"},
		{"f(0):x s.x -- why", "not a place"},
	} {
		if _, err := Parse("", "", tt.line); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: got %v, want %q", tt.line, err, tt.err)
		}
	}
}
