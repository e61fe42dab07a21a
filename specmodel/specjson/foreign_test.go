// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"kapilint/specmodel"
)

// details is what the tool prints for a made-up contract.
const details = `{
  "api_details": {
    "name": "sys_bell",
    "description": "Ring a bell",
    "long_description": "Loud.",
    "context_flags": ["KAPI_CTX_PROCESS", "KAPI_CTX_SLEEPABLE"],
    "examples": "bell(fd);",
    "notes": "Loud.",
    "capabilities": [{"capability": 21, "name": "CAP_SYS_ADMIN", "action": "KAPI_CAP_GRANT_PERMISSION", "allows": "Ring",
      "without_cap": null, "check_condition": null, "priority": 0, "alternatives": [3]}],
    "state_transitions": [{"object": "bell", "from_state": "still", "to_state": "ringing", "condition": null, "description": "Long"}],
    "side_effects": [{"effect_type": 4, "target": "ears", "condition": null, "description": "Ring on", "reversible": true}],
    "parameters": [
      {"index": 0, "name": "fd", "type_name": "int", "description": "Bell", "flags": 5, "param_type": 9, "constraint_type": 1,
       "constraint": "Open", "min_value": 0, "max_value": 9, "valid_mask": null, "enum_values": [], "size": null, "alignment": null, "size_param_idx": null},
      {"index": 1, "name": "how", "type_name": "int", "description": null, "flags": 3, "param_type": 12, "constraint_type": 4,
       "constraint": null, "min_value": null, "max_value": null, "valid_mask": 18446744073709551615, "enum_values": ["LOUD", "2"],
       "size": 8, "alignment": null, "size_param_idx": 0}],
    "return_spec": {"type_name": "long", "description": "Zero", "return_type": 1, "check_type": 0, "success_value": 0, "success_min": null,
      "success_max": null, "error_values": []},
    "errors": [{"error_code": -22, "name": "EINVAL", "condition": null, "description": "Bad"}],
    "locks": [{"lock_name": "l", "lock_type": 1, "scope": 3, "description": null}],
    "struct_specs": [{"name": "item", "size": 8, "alignment": 4, "field_count": 1, "fields": [{"name": "k", "field_type": 2, "type_name": "u32",
      "offset": 0, "size": 4, "flags": 1, "constraint_type": 2, "min_value": null, "max_value": null, "valid_mask": 3, "description": null}], "description": null}],
    "signals": [{"signal_num": 2, "signal_name": "SIGINT", "direction": 1, "action": 6, "target": null, "condition": null, "description": null,
      "timing": 1, "priority": 1, "restartable": true, "interruptible": false, "queue": null, "sa_flags": 0, "sa_flags_required": null,
      "sa_flags_forbidden": null, "state_required": 1, "state_forbidden": null, "error_on_signal": -4, "transform_to": null}],
    "signal_masks": [{"name": "quiet", "description": null, "signals": [2]}],
    "constraints": [{"name": "peace", "description": "Night", "expression": null}]
  }
}`

func TestToolDetails(t *testing.T) {
	apis, problems := Read("x.json", []byte(details+"\n"+details))
	if len(problems) > 0 || len(apis) != 2 {
		t.Fatal(len(apis), problems)
	}
	a := apis[0]
	p, q, s, c := a.Params[0], a.Params[1], a.Signals[0], a.Capabilities[0]
	line := func(args ...any) string { return strings.TrimSpace(fmt.Sprintln(args...)) }
	tests := []struct{ name, got, want string }{
		{"head", line(a.Name, a.Kind, a.Origin, a.Notation, a.Context.Flags.Names()), "sys_bell syscall json kapi-json [process sleepable]"},
		{"params.flags: the old bit of inout", line(p.Flags.Names(), q.Flags.Names()), "[in out] [in out]"},
		{"params.class", line(p.Type, q.Type), "fd custom"},
		{"params.constraint", line(p.Constraint.Kind, p.Constraint.Min, p.Constraint.Max, p.Constraint.Text), "range 0 9 Open"},
		{"constraint 4 without an alignment", string(q.Constraint.Kind), "custom"},
		{"mask and values", line(q.Constraint.Mask.Val.Hex(), q.Constraint.Values), "0xffffffffffffffff [LOUD 2]"},
		{"size", line(q.Size, q.SizeParam), "8 0"},
		{"return", line(a.Return.TypeName, a.Return.Check, a.Return.Success, a.Return.SuccessMin.IsSet()), "long exact 0 false"},
		{"error", line(a.Errors[0].Code, a.Errors[0].Pos), "-EINVAL (-22) x.json:21:16"},
		{"lock", line(a.Locks[0].Name, a.Locks[0].Type, a.Locks[0].Scope), "l mutex caller_held"},
		{"struct", line(a.Structs[0].Size, a.Structs[0].Fields[0].Constraint.Mask, a.Counts[0].Section), "8 3 struct_specs.item"},
		{"signal", line(s.Number, s.Direction.Names(), s.Action, s.Timing, s.Error, s.TransformTo.IsSet()), "2 [receive] return during -4 false"},
		{"capability", line(c.Action, c.Priority.IsSet(), c.Alternatives), "grant_permission false [3]"},
		{"effect", line(a.SideEffects[0].Types.Names(), a.StateTransitions[0].To, a.SignalMasks[0].Signals), "[modify_state] ringing [2]"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func TestToolForms(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"nothing to list", `{}`, ""},
		{"list", `{"apis": [{"name": "sys_a", "api_type": "syscall"}, {"name": "x", "api_type": "sysfs"}]}`, "sys_a syscall kapi-json-list, x sysfs kapi-json-list"},
		{"unknown key", `{"api_details": {"name": "sys_a", "colour": [1]}}`, `sys_a syscall kapi-json! x.json:1:35: "colour" of the contract is not understood: [1]`},
		{"unknown word", `{"api_details": {"name": "f", "locks": [{"lock_name": "l", "lock_type": 99}]}}`, `f function kapi-json! x.json:1:73: "lock_type" of a lock is not understood: 99`},
		{"wrong type", `{"api_details": {"name": ["f"]}}`, ` function kapi-json! x.json:1:26: "the value" must be a string! x.json:1:17: the contract has no name`},
		{"null for lists", `{"api_details": {"name": "f", "errors": null, "return_spec": null}}`, "f function kapi-json"},
		{"sysfs", `{"api_details": {"name": "b", "sysfs_path": "/sys/b", "permissions": "0644", "parameters": [{"name": "b"}]}}`, "b sysfs kapi-json"},
		{"the kernel's", `{"name": "sys_a", "version": 1, "return": {"type": "", "type_class": "void", "check_type": "exact", "success_value": 0}}`, "sys_a syscall debugfs-json"},
		{"the kernel's, sorted, of an old kernel", `{"api_type": "ioctl", "deprecated": true, "name": "b"}`, "b ioctl debugfs-json-old"},
		{"too big", `{"name": "f", "version": 99999999999999999999}`, "f function debugfs-json! x.json:1:26: 99999999999999999999 is no number of 64 bits"},
		{"empty entries", `{"name": "f", "errors": [{}]}`, "f function debugfs-json! x.json:1:26: the entry says nothing"},
		{"cut off", `{"name": "f", "errors": [`, `! x.json:1:26: "the value" must be an array of objects! x.json:1:26: a value is expected here`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, problems := Read("x.json", []byte(tt.doc))
			var got []string
			for _, a := range apis {
				got = append(got, fmt.Sprint(a.Name, " ", a.Kind, " ", a.Notation))
				if len(a.Unstated) == 0 {
					t.Error("nothing is unstated")
				}
			}
			all := strings.Join(got, ", ")
			for _, p := range problems {
				all += "! " + p.Error()
			}
			if all != tt.want {
				t.Errorf("got  %s\nwant %s", all, tt.want)
			}
		})
	}
}

func FuzzForeign(f *testing.F) {
	f.Add([]byte(details))
	f.Add([]byte(`{"apis": [{"name": "sys_a", "api_type": "syscall"}]}`))
	f.Add([]byte(`{"name": "f", "parameters": [{"name": "p", "type_class": "pointer", "flags": "0x7", "constraint_type": "range", "min_value": 0, "max_value": -1}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		apis, problems := Read("x.json", src)
		for _, p := range problems {
			if !p.Pos.IsValid() {
				t.Errorf("no position: %s", p.Message)
			}
		}
		if len(problems) > 0 {
			return
		}
		var doc strings.Builder
		if err := Write(&doc, apis); err != nil {
			t.Fatal(err)
		}
		again, problems := Read("y.json", []byte(doc.String()))
		if len(problems) > 0 {
			t.Fatalf("what was written cannot be read: %v\n%s", problems[0], doc.String())
		}
		sorted := specmodel.Set{APIs: apis}
		sorted.Sort()
		for i := range sorted.APIs {
			if d := specmodel.Differences(sorted.APIs[i], again[i]); len(d) > 0 {
				t.Errorf("read back: %v", d)
			}
		}
	})
}

func TestUnstatedNamesFields(t *testing.T) {
	for _, list := range [][]string{kernelUnstated, toolUnstated, listUnstated, oldStates} {
		for _, u := range list {
			typ := reflect.TypeFor[specmodel.API]()
			for part := range strings.SplitSeq(u, ".") {
				for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
					typ = typ.Elem()
				}
				found := false
				for i := range typ.NumField() {
					if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name == part {
						typ, found = typ.Field(i).Type, true
						break
					}
				}
				if !found {
					t.Fatalf("%s is no field", u)
				}
			}
		}
	}
}

func TestOldKernel(t *testing.T) {
	doc := `{"name": "brightness", "api_type": "sysfs", "version": 1, "parameters": [{"name": "v", "type_class": "bitmap", "flags": "0x800",
		"sysfs_path": "/sys/b", "permissions": "0644", "default_value": "5", "units": "percent", "step": 5, "range": [0, 100],
		"min_value": 0, "max_value": 100, "constraint_type": "range"}], "locks": [{"name": "l", "type": "mutex", "acquired": true, "released": false}],
		"since_version": "6.1", "deprecated": true, "replacement": "glow", "subsystem": "lamps", "device_type": "lamp"}`
	apis, problems := Read("x.json", []byte(doc))
	if len(problems) > 0 || len(apis) != 1 {
		t.Fatal(problems)
	}
	a := apis[0]
	p := a.Params[0]
	got := strings.TrimSpace(fmt.Sprintln(a.Kind, a.SinceVersion, a.Deprecated, a.Replacement, a.Sysfs.Subsystem, a.Sysfs.DeviceType, p.Type, p.Flags.Names(),
		p.Sysfs.Path, p.Sysfs.Permissions, p.Sysfs.Default, p.Sysfs.Units, p.Sysfs.Step, p.Constraint.Max, a.Locks[0].Scope, len(a.Unstated)))
	want := "sysfs 6.1 true glow lamps lamp bitmap [sysfs_rw] /sys/b 0644 5 percent 5 100 acquires 13"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestMemory bounds what reading allocates by the size of the document.
func TestMemory(t *testing.T) {
	var doc bytes.Buffer
	if err := Write(&doc, many(2000)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	apis, _ := Read("x.json", doc.Bytes())
	runtime.ReadMemStats(&after)
	if n := float64(after.TotalAlloc-before.TotalAlloc) / float64(doc.Len()); n > 8 || len(apis) != 2000 {
		t.Errorf("%.1f bytes allocated for each byte of the document", n)
	}
}
