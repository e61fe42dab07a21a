// SPDX-License-Identifier: GPL-2.0-only

package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

const inDoc = `/**
 * sys_bell - Ring the bell of a door
 * @door: Door to ring at
 * @tune: Notes to play
 * @how: How to play them
 *
 * long-desc: Rings once.
 *
 * contexts: process, sleepable
 *
 * param: door
 *   type: fd, input
 *   constraint-type: range(0, INT_MAX)
 *   cdesc: Must have a bell.
 *
 * param: tune
 *   type: user_ptr, input, optional
 *   constraint-type: buffer(2)
 *   size-multiplier: 4
 *
 * param: how
 *   type: int, input
 *   constraint-type: mask(1 | 2)
 *   arch-mask: x86 = 0x40
 *
 * return:
 *   type: int
 *   check-type: error_check
 *   success: 0
 *   desc: Zero, or an error.
 *
 * error: ENODEV, No bell
 *   desc: The door has none.
 *
 * error: EINTR, A signal came
 *
 * lock: door_lock
 *   type: spinlock
 *   acquired: true
 *   released: true
 *   desc: Held while it rings.
 *
 * signal: SIGALRM
 *   number: SIGALRM
 *   direction: receive
 *   action: return
 *   errno: -EINTR
 *   timing: during
 *   priority: 1
 *   restartable: yes
 *
 * side-effect: hardware | irreversible
 *   target: the bell
 *   desc: It rings.
 *
 * state-trans: bell
 *   from: still
 *   to: ringing
 *   condition: there is one
 *   desc: For a while.
 *
 * capability: CAP_SYS_RAWIO
 *   type: perform_operation
 *   allows: Ring at night
 *
 * constraint: Rest
 *   desc: Not twice a minute.
 *   expr: now - last >= 60
 *
 * examples: bell(3, NULL, 1);
 * notes: Somebody may come.
 */
SYSCALL_DEFINE3(bell, unsigned int, door, struct note __user *, tune, int, how)
{
	return 0;
}
`

const inMacros = `DEFINE_KERNEL_API_SPEC(sys_bell)
	KAPI_DESCRIPTION("Ring the bell of a door")
	KAPI_LONG_DESC("Rings once.")
	KAPI_CONTEXT(KAPI_CTX_PROCESS | KAPI_CTX_SLEEPABLE)
	KAPI_PARAM_COUNT(3)
	KAPI_PARAM(0, "door", "unsigned int", "Door to ring at")
		.type = KAPI_TYPE_FD,
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
		KAPI_PARAM_CONSTRAINT_TYPE(KAPI_CONSTRAINT_RANGE)
		KAPI_PARAM_RANGE(0, INT_MAX)
		.constraints = "Must have a bell.",
	},
	KAPI_PARAM(1, "tune", "struct note __user *", "Notes to play")
		KAPI_PARAM_TYPE(KAPI_TYPE_USER_PTR)
		.flags = KAPI_PARAM_IN | KAPI_PARAM_USER | KAPI_PARAM_OPTIONAL,
		KAPI_PARAM_CONSTRAINT_TYPE(KAPI_CONSTRAINT_BUFFER)
		KAPI_PARAM_SIZE_PARAM(2)
		.size_multiplier = 4,
	},
	KAPI_PARAM(2, "how", "int", "How to play them")
		KAPI_PARAM_TYPE(KAPI_TYPE_INT)
		KAPI_PARAM_FLAGS(KAPI_PARAM_IN)
		KAPI_PARAM_CONSTRAINT_TYPE(KAPI_CONSTRAINT_MASK)
		.valid_mask = (0x3
#ifdef CONFIG_X86
			| 0x40
#endif
			),
	},
	KAPI_RETURN("int", "Zero, or an error.")
		KAPI_RETURN_TYPE(KAPI_TYPE_INT)
		KAPI_RETURN_CHECK_TYPE(KAPI_RETURN_ERROR_CHECK)
		KAPI_RETURN_SUCCESS(0)
	},
	KAPI_ERROR_COUNT(2)
	KAPI_ERROR(0, -EINTR, "EINTR", "A signal came", "A signal came")
	KAPI_ERROR(1, -ENODEV, "ENODEV", "No bell", "The door has none.")
	KAPI_LOCK_COUNT(1)
	KAPI_LOCK(0, "door_lock", KAPI_LOCK_SPINLOCK)
		KAPI_LOCK_DESC("Held while it rings.")
	},
	KAPI_SIGNAL_COUNT(1)
	KAPI_SIGNAL(0, SIGALRM, "SIGALRM", KAPI_SIGNAL_RECEIVE, KAPI_SIGNAL_ACTION_RETURN)
		KAPI_SIGNAL_ERROR(-EINTR)
		KAPI_SIGNAL_TIMING(KAPI_SIGNAL_TIME_DURING)
		KAPI_SIGNAL_PRIORITY(1)
		KAPI_SIGNAL_RESTARTABLE
	},
	KAPI_SIDE_EFFECT_COUNT(1)
	KAPI_SIDE_EFFECT(0, KAPI_EFFECT_HARDWARE | KAPI_EFFECT_IRREVERSIBLE, "the bell", "It rings.")
	},
	KAPI_STATE_TRANS_COUNT(1)
	KAPI_STATE_TRANS(0, "bell", "still", "ringing", "For a while.")
		KAPI_STATE_TRANS_COND("there is one")
	},
	KAPI_CAPABILITY_COUNT(1)
	KAPI_CAPABILITY(0, CAP_SYS_RAWIO, "CAP_SYS_RAWIO", KAPI_CAP_PERFORM_OPERATION)
		KAPI_CAP_ALLOWS("Ring at night")
	},
	KAPI_CONSTRAINT_COUNT(1)
	KAPI_CONSTRAINT(0, "Rest", "Not twice a minute.")
		KAPI_CONSTRAINT_EXPR("now - last >= 60")
	},
	KAPI_EXAMPLES("bell(3, NULL, 1);")
	KAPI_NOTES("Somebody may come.")
};
`

func read(t *testing.T, name, src string) *specmodel.API {
	t.Helper()
	apis, problems, err := Read(name, []byte(src))
	if err != nil || len(apis) != 1 {
		t.Fatal(len(apis), err)
	}
	for _, p := range append(problems, apis[0].Validate()...) {
		if p.Severity != specmodel.Note {
			t.Error(p)
		}
	}
	for _, p := range apis[0].Resolve(nil) {
		t.Error(p)
	}
	return apis[0]
}

// TestNotationsAgree reads one contract in both notations and from JSON.
func TestNotationsAgree(t *testing.T) {
	doc, mac := read(t, "doc.c", inDoc), read(t, "bell.apispec.h", inMacros)
	for _, d := range specmodel.Differences(doc, mac) {
		t.Errorf("kernel-doc and macros: %s", d)
	}
	var b bytes.Buffer
	if err := specjson.Write(&b, []*specmodel.API{doc}); err != nil {
		t.Fatal(err)
	}
	for _, d := range specmodel.Differences(mac, read(t, "bell.json", b.String())) {
		t.Errorf("macros and JSON: %s", d)
	}
}

func TestLoadDirectory(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("fs/bell.c", inDoc)
	write("fs/gen/bell.apispec.h", strings.ReplaceAll(inMacros, "sys_bell", "sys_alarm"))
	write("spec.json", `{"schema": "kapilint.spec/1", "apis": [{"name": "sys_zoo"}]}`)
	write("other.json", `{"eror": 1}`)
	write("binary.c", "\x7fELF\x00DEFINE_KERNEL_API_SPEC(x)")
	write(".git/x.c", inDoc)
	write("notes.txt", inDoc)
	set, problems, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range set.APIs {
		names = append(names, a.Name)
	}
	if got := strings.Join(names, " "); got != "sys_alarm sys_bell sys_zoo" {
		t.Errorf("contracts %s, problems %v", got, problems)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty.c": "int x;\n", "vmlinux": "\x7fELF\x02\x01", "blob": "a\x00b", "list.json": "[1]"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"missing":  "missing: no such file or directory",
		"empty.c":  "empty.c: there is no contract in this file",
		"vmlinux":  "vmlinux: offset 0x0: the ELF header (16 bytes) is beyond the end of the file",
		"blob":     "blob: this is a binary file, and neither C source, JSON nor a compiled kernel",
		"no/where": "no/where: no such file or directory",
	} {
		_, _, err := Load(filepath.Join(dir, name))
		if err == nil || strings.TrimPrefix(err.Error(), dir+"/") != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	_, problems, err := Load(filepath.Join(dir, "list.json"))
	if err != nil || len(problems) != 1 || !strings.HasSuffix(problems[0].Error(), "list.json:1:1: the document is not a JSON object") {
		t.Errorf("problems %v, error %v", problems, err)
	}
}

func TestErrorEntriesByOrigin(t *testing.T) {
	for _, src := range []string{inDoc, inMacros} {
		apis, _, _ := Read("f.c", []byte(src))
		edits, err := ErrorEntries(apis[0], specmodel.ErrorEntry{Name: "EIO", Text: "The bell is broken"})
		if err != nil || !strings.Contains(edits[0].New, "EIO") {
			t.Error(edits, err)
		}
	}
	if _, err := ErrorEntries(&specmodel.API{Name: "f", Origin: specmodel.FromVmlinux}); err == nil {
		t.Error("a compiled kernel was edited")
	}
}

// TestKernelTree reads a whole kernel, for the time it takes and for
// contracts that are none.
func TestKernelTree(t *testing.T) {
	root := os.Getenv("KAPILINT_LINUX")
	if root == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	set, problems, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range set.APIs {
		t.Errorf("%s: %s is taken for a contract", a.Pos, a.Name)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func TestLoadDebugfs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"list": "Available Kernel API Specifications\n===\n\nsys_b - x\n\nTotal: 1 specifications\n",
		"specs/sys_b": "Kernel API Specification\n===\n\nName: sys_b\nVersion: 1\nDescription: x\n"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, problems, err := Load(dir)
	if err != nil || len(problems) > 0 || len(set.APIs) != 1 || set.APIs[0].Origin != specmodel.FromDebugfs {
		t.Error(set, problems, err)
	}
}
