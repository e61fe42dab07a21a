// SPDX-License-Identifier: GPL-2.0-only

package kerneldoc

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
)

// contract wraps lines into a comment before a system call of two parameters.
func contract(lines string) string {
	var b strings.Builder
	b.WriteString("/**\n * sys_two - Do two things\n * @fd: descriptor\n * @len: length\n *\n * contexts: process\n *\n")
	for l := range strings.SplitSeq(lines, "\n") {
		b.WriteString(strings.TrimRight(" * "+l, " ") + "\n")
	}
	b.WriteString(" */\nSYSCALL_DEFINE2(two, int, fd, size_t, len)\n{\n}\n")
	return b.String()
}

// firstLine is the line of the file that the lines given to contract begin at.
const firstLine = 8

// TestProblems has one case for each thing that is said of a contract. The
// position is that of the given lines, counted from 1.
func TestProblems(t *testing.T) {
	tests := []struct {
		name, lines string
		want        string // line:col: severity message [id], empty for none
	}{
		{"clean", "param: fd\n  type: fd, input\n\nerror: EBADF, Not open", ""},

		// the disagreements of the kernel's readers
		{"1 indented tag", "signal: SIGINT\n  action: return\n  error: EINTR, text",
			"3:6: warning error: starts a new section although it is indented; write errno: in a signal [indented-tag]"},
		{"1 error that is only a number", "signal: SIGINT\n  action: return\n  error: -EINTR",
			"3:6: warning error: starts a new section although it is indented; write errno: in a signal [indented-tag]"},
		{"1 constraint in a parameter", "param: fd\n  type: fd\n  constraint: must be open",
			"3:6: warning constraint: starts a new section although it is indented; write cdesc: in a param [indented-tag]"},
		{"2 thin indent", "error: EBADF, Not open\n desc: It is closed.",
			"2:5: note desc: is indented by one blank, and the kapi tool needs two; indent the block more [thin-indent]"},
		{"3 error without text", "error: EBADF", "1:11: warning kernel-doc loses this error; write a comma and a text after the name [error-without-text]"},
		{"3 error without comma", "error: EBADF Not open", "1:11: warning kernel-doc loses this error; write a comma and a text after the name [error-without-text]"},
		{"4 lock without type", "lock: big\n  acquired: true", "1:4: warning kernel-doc loses the lock big, which has no type; add type: [lock-without-type]"},
		{"5 lock scope", "lock: big, mutex\n  scope: caller_held", "2:6: note kernel-doc does not pass on scope: of a lock; say it in desc: too [lock-scope]"},
		{"5 lock that stays held", "lock: big, mutex\n  scope: acquires", "2:6: note kernel-doc does not pass on scope: of a lock; write acquired: true [lock-scope]"},
		{"5 lock held on entry", "lock: big, mutex\n  held-on-entry: true", "2:6: note kernel-doc does not pass on held-on-entry: of a lock; say it in desc: too [lock-scope]"},
		{"6 comma in a side effect", "side-effect: resource_create, alloc_memory\n  target: table",
			"1:17: warning kernel-doc takes what follows a comma as the target; join several types with | [side-effect-comma]"},
		{"1 indented tag that is no sub-tag", "error: EBADF, Not open\n  note: It is closed",
			"2:6: warning note: starts a new section although it is indented; remove its indent, or its colon if it is text [indented-tag]"},
		{"6 single comma in a side effect", "side-effect: resource_create, a table", "1:17: note the kapi tool takes what follows a single comma as a type; write it after target: below [side-effect-comma]"},
		{"6 comma and lines below", "side-effect: resource_create, a table\n  desc: made",
			"1:17: warning with a comma the line is TYPE, target, text, and the lines below are lost; leave only the type on it [side-effect-comma]"},
		{"8 symbolic bound", "param: fd\n  constraint-type: range(0, INT_MAX)",
			"2:32: note the kapi tool cannot tell the value of INT_MAX from the source; let it read a compiled kernel [symbolic]"},
		{"7 range after another kind", "param: fd\n  constraint-type: user_string\n  range: 1, 2",
			"3:6: note range: below constraint-type: makes the kapi tool take a range; write it above [range-after-kind]"},
		{"9 short flag", "param: fd\n  type: fd, in", `2:16: note the kapi tool does not know "in" in lower case; write input [short-flag]`},
		{"10 default action", "signal: SIGINT\n  direction: receive",
			"1:4: note the signal SIGINT has no action:, which kernel-doc takes as return and the kapi tool as default; write it [default-action]"},
		{"11 list of directions", "signal: SIGINT\n  action: return\n  direction: send, block",
			"3:17: note the kapi tool reads no direction from a list; write a signal: block for each [direction-list]"},
		{"12 no capability", "capability: none", "1:4: note the kapi tool takes capability: none as capability number 0; remove it [capability-none]"},
		{"13 two-part capability", "capability: CAP_KILL, bypass_check", "1:4: note the kapi tool does not read a type on this line without a text; write it after type: below [capability-type]"},
		{"13 short capability", "capability: CAP_KILL\n  type: bypass", `2:12: note only kernel-doc knows "bypass" as the type of a capability; write bypass_check [capability-type]`},
		{"14 text of a capability", "capability: CAP_KILL\n  desc: kills", "1:4: note kernel-doc puts the text of a capability in the place of its name; read the name here [capability-name]"},
		{"15 no such parameter", "param: fdd\n  type: fd", "1:11: error the function has no parameter fdd; describe fd, len [unknown-param]"},
		{"15 type in the header", "param: fd, KAPI_TYPE_FD", `1:11: note the kapi tool takes all of "fd, KAPI_TYPE_FD" as the name; write the type after type: [type-in-header]`},
		{"16 range without bounds", "param: fd\n  constraint-type: range()", `2:23: error "range()" is not a constraint; write range(MIN, MAX) [bad-constraint]`},
		{"16 mask with two", "param: fd\n  constraint-type: mask(A, B)", `2:23: error "mask(A, B)" is not a constraint; write mask(BITS) [bad-constraint]`},
		{"16 nonzero with one", "param: fd\n  constraint-type: nonzero(1)", `2:23: error "nonzero(1)" is not a constraint; write nonzero without parentheses [bad-constraint]`},
		{"16 bare buffer", "param: fd\n  constraint-type: buffer", `2:23: error "buffer" is not a constraint; write buffer(INDEX) with the index of the parameter that holds the size [bad-constraint]`},
		{"17 unknown type", "param: fd\n  type: fdd, input", `2:12: error "fdd" is not a type of a parameter; write fd [unknown-token]`},
		{"17 unknown flag", "param: fd\n  type: fd, inward", `2:16: error "inward" is not a flag of a parameter; write one of input, output, inout, optional, const, volatile, user, dma, aligned [unknown-token]`},
		{"17 unknown effect", "side-effect: explode", `1:17: error "explode" is not a kind of side effect; write one of alloc_memory, free_memory, modify_state, signal_send, file_position, lock_acquire, lock_release, resource_create, resource_destroy, schedule, hardware, network, filesystem, process_state, irreversible [unknown-token]`},
		{"18 description in a parameter", "param: fd\n  type: fd\n  desc: descriptor", "3:12: warning kernel-doc drops desc: in a param block; write the text after @fd: [param-desc]"},
		{"19 true for yes", "signal: SIGINT\n  action: return\n  restartable: true", "3:19: warning kernel-doc takes restartable: true as no; write yes [not-yes]"},

		// tags
		{"unknown tag", "eror: EBADF, Not open", "1:4: warning eror: is not a tag of the notation; write error: [unknown-tag]"},
		{"tag of nobody", "\nbogus: value", "2:4: warning bogus: is not a tag of the notation; remove it, or the colon if it is text [unknown-tag]"},
		{"tag of nobody after contexts", "contexts: process\nbogus: value", "2:4: warning bogus: is not a tag of the notation; remove it, or the colon if it is text [unknown-tag]"},
		{"unknown sub-tag", "param: fd\n  typ: fd", "2:6: warning typ: is no sub-tag of a param; write type: [unknown-subtag]"},
		{"sub-tag without indent", "param: fd\ntype: fd", "2:4: warning type: is not indented and so does not belong to the param above; indent it by two blanks [unindented-subtag]"},
		{"line without indent", "error: EBADF, Not open\nmore text", "2:4: warning this line is neither a tag nor indented below one and is lost; indent it to continue the text above [lost-line]"},
		{"line before the first sub-tag", "error: EBADF, Not open\n  more text", "2:6: warning this line belongs to no sub-tag of error EBADF and is lost; write desc: before it [lost-line]"},
		{"both contexts", "context-flags: KAPI_CTX_ATOMIC", "1:4: note kernel-doc takes contexts: and ignores context-flags:; remove one of them [two-contexts]"},

		{"flags that drop user", "param: fd\n  type: user_ptr\n  flags: in", "3:13: warning flags: replaces what type: says, so fd is no user pointer any more; add user [flags-drop-user]"},
		{"tag with capitals", "Error: EBADF, Not open", "1:4: note the kapi tool does not know Error: with capitals; write error: [tag-case]"},
		{"near time", "signal: SIGINT\n  action: return\n  timing: durin", `3:14: error "durin" is not a time of a signal; write during [unknown-token]`},

		// values
		{"open range", "param: fd\n  constraint-type: range(1", `2:23: error "range(1" is not a constraint; close the parentheses [bad-constraint]`},
		{"range without a bound", "param: fd\n  constraint-type: range(1,)", `2:31: error "" is not a C constant expression; correct it: the expression is empty [bad-expression]`},
		{"range of words", "param: fd\n  constraint-type: range(1, any value)", `2:32: error "any value" is not a C constant expression; correct it: unexpected "value" [bad-expression]`},
		{"one bound", "param: fd\n  range: 1", `2:13: error "1" is not a range; write two bounds with a comma between them [bad-range]`},
		{"bound on the next line", "param: fd\n  constraint-type: range(1,\n    2 +)", `3:8: error "2 +" is not a C constant expression; correct it: the expression ends too early [bad-expression]`},
		{"unknown kind", "param: fd\n  constraint-type: between(1, 2)", `2:23: error "between(1, 2)" is not a kind of constraint; write one of none, range, mask, enum, alignment, power_of_two, page_aligned, nonzero, user_string, user_path, user_ptr, buffer, custom [unknown-token]`},
		{"bad mask", "param: fd\n  mask: A |", `2:12: error "A |" is not a C constant expression; correct it: the expression ends too early [bad-expression]`},
		{"bad arch mask", "param: fd\n  arch-mask: x86", `2:17: error "x86" is not the mask of an architecture; write ARCH = BITS [bad-arch-mask]`},
		{"unknown arch", "param: fd\n  arch-mask: vax = 1", `2:17: warning "vax" is not the name of an architecture; write one of alpha, arc, arm, arm64, csky, hexagon, loongarch, m68k, microblaze, mips, nios2, openrisc, parisc, powerpc, riscv, s390, sh, sparc, um, x86, xtensa [unknown-arch]`},
		{"no error name", "error: Bad descriptor, text", `1:11: error "Bad descriptor" is not the name of an error; write a name such as EINVAL, a comma and a text [unknown-errno]`},
		{"empty error", "error:", "1:4: error error: names no error; write a name such as EINVAL [unknown-errno]"},
		{"unknown lock type", "lock: big, futex", `1:15: error "futex" is not a type of a lock; write mutex [unknown-token]`},
		{"unknown scope", "lock: big, mutex\n  scope: outside", `2:13: error "outside" is not a scope of a lock; write one of internal, acquires, releases, caller_held [unknown-token]`},
		{"unknown action", "signal: SIGINT\n  action: explode", `2:14: error "explode" is not an action of a signal; write one of default, terminate, coredump, stop, continue, custom, return, restart, queue, discard, transform [unknown-token]`},
		{"unknown check", "return:\n  type: int\n  check-type: maybe", `3:18: error "maybe" is not a check of a return value; write one of exact, range, error_check, fd, custom, no_return [unknown-token]`},
		{"success of a range", "return:\n  type: int\n  check-type: range\n  success: some", `4:15: note "some" makes kernel-doc take every value from 0 on; write >= and a number [bad-success]`},
		{"success of nothing", "return:\n  type: int\n  success: good luck", `3:15: warning "good luck" is not a number, so kernel-doc drops it; write the value, such as 0 [bad-success]`},
		{"empty return", "return:\n  success: 0", "1:4: warning kernel-doc drops a return: block that has neither type: nor desc:; add one of them [return-lost]"},
		{"second line of contexts", "\ncontexts: atomic,\n  fast", "3:6: warning contexts: is read from its first line only; write this on that line [lost-line]"},
		{"unknown context", "contexts: atomic, fast", `1:22: error "fast" is not a context; write one of process, softirq, hardirq, nmi, atomic, sleepable, preempt_disabled, irq_disabled [unknown-token]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, problems := ReadFile("f.c", []byte(contract(tt.lines+"\n\nparam: len\n  type: uint")))
			if len(apis) != 1 {
				t.Fatalf("%d contracts", len(apis))
			}
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%d: %s %s [%s]", p.Pos.Line-firstLine+1, p.Pos.Col, p.Severity, p.Message, p.ID))
				if p.Symbol != "sys_two" {
					t.Errorf("symbol %q", p.Symbol)
				}
			}
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

// TestSelection tells which comments are contracts.
func TestSelection(t *testing.T) {
	doc := func(lines string) string {
		return "/**\n * f - Does\n" + lines + " */\nint f(int a);\n"
	}
	tests := []struct {
		name, src string
		want      bool
		problem   string
	}{
		{"ordinary kernel-doc", doc(" * @a: number\n *\n * Context: any\n * Return: 0\n"), false, ""},
		{"plain context is none", doc(" * context: process\n"), false, ""},
		{"contexts alone", doc(" * contexts: process\n"), false, ""},
		{"newest rule", doc(" * contexts: process\n * param: a\n"), true, ""},
		{"context-flags", doc(" * context-flags: KAPI_CTX_PROCESS\n * long-desc: text\n"), true, ""},
		{"error with a name", doc(" * error: EBADF, text\n"), true, "not-selected"},
		{"error in prose", doc(" * error: something broke\n"), false, ""},
		{"block with a sub-tag", doc(" * param: a\n *   type: int\n"), true, "not-selected"},
		{"block in prose", doc(" * lock: the caller holds it\n"), false, ""},
		{"parameter named as a tag", doc(" * @lock: number\n *   type: of lock\n"), false, ""},
		{"first generation", doc(" * param-type: a, KAPI_TYPE_INT\n"), true, "not-selected"},
		{"with @", doc(" * @param-range: a, 0, 1\n"), true, "not-selected"},
		{"side effect", doc(" * side-effect: network, x, y\n"), true, "not-selected"},
		{"side effect in prose", doc(" * side-effect: it rains\n"), false, ""},
		{"not kernel-doc", "/*\n * contexts: process\n * param: a\n */\nint f(int a);\n", false, "not-kernel-doc"},
		{"ordinary comment", "/*\n * Some text\n * error: what fails\n */\nint f(int a);\n", false, ""},
		{"tags with capitals", doc(" * Contexts: process\n * Param: a\n"), false, "tag-case"},
		{"kernel-doc with capitals", doc(" * @a: number\n *\n * Context: process\n * Error: what fails\n"), false, ""},
		{"context for contexts", doc(" * context: process, sleepable\n * error: EBADF, text\n"), true, "not-selected"},
		{"text on the first line", "/** f - Does\n * contexts: process\n * param: a\n */\nint f(int a);\n", false, "not-kernel-doc"},
		{"in a string", "char *s = \"/**\\n * contexts: a\\n * param: a\\n */\";", false, ""},
		{"not closed", "/**\n * f - Does\n * contexts: process\n * param: a\n", true, "no-function"},
		{"too long", doc(" * contexts: process\n * long-desc: " + strings.Repeat("a ", 1<<16) + "\n"), false, "too-long"},
		{"carriage returns", strings.ReplaceAll(doc(" * contexts: process\n * param: a\n *   type: int\n"), "\n", "\r\n"), true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, problems := ReadFile("f.c", []byte(tt.src))
			if got := len(apis) == 1; got != tt.want {
				t.Errorf("contract: %v, want %v", got, tt.want)
			}
			var ids []string
			for _, p := range problems {
				if p.ID != "missing-at-line" {
					ids = append(ids, p.ID)
				}
			}
			if got := strings.Join(ids, " "); got != tt.problem {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
		})
	}
}

// TestFunction tells which function a contract is for.
func TestFunction(t *testing.T) {
	doc := "/**\n * %s - Does\n * contexts: process\n * long-desc: text\n */\n"
	tests := []struct {
		name, title, code string
		api, kind, params string
		problem           string
	}{
		{"system call", "sys_a", "SYSCALL_DEFINE2(a, int, x, char __user *, y)", "sys_a", "syscall", "int x; char __user * y", ""},
		{"no parameter", "sys_a", "SYSCALL_DEFINE0(a)\n{", "sys_a", "syscall", "", ""},
		{"name of the call alone", "a", "SYSCALL_DEFINE1(a, int, x)", "sys_a", "syscall", "int x", "name"},
		{"compat", "compat_sys_a", "COMPAT_SYSCALL_DEFINE1(a, int, x)", "compat_sys_a", "syscall", "int x", "compat-name"},
		{"plain function", "a", "static int __init a(struct b *b, unsigned long c[2], ...)\n{", "a", "function", "struct b * b; unsigned long[2] c;  ...", ""},
		{"prototype", "a", "extern void *a(void);", "a", "function", "", ""},
		{"attribute first", "a", "__printf(1, 2) __cold\nint a(const char *fmt, int (*cb)(int))\n__acquires(x);", "a", "function", "const char * fmt; int (*)(int) cb", ""},
		{"ioctl", "b_ioctl", "static long b_ioctl(struct file *f, unsigned int cmd)\n{", "b_ioctl", "ioctl", "struct file * f; unsigned int cmd", ""},
		{"other name", "a", "int b(int x);", "a", "function", "", "name"},
		{"title with parentheses", "a()", "int a(int x);", "a", "function", "int x", ""},
		{"something else", "a", "struct b {\n\tint x;\n};", "a", "function", "", "no-function"},
		{"comment and directive between", "sys_a", "#ifdef X /* ( */\n/* y */\nSYSCALL_DEFINE1(a, int, x)", "sys_a", "syscall", "int x", ""},
		{"far below", "sys_a", strings.Repeat("\n", 12) + "SYSCALL_DEFINE1(a, int, x)", "sys_a", "syscall", "int x", "far-function"},
		{"other comment first", "a", "/**\n * b - x\n */\nint b(int x);", "a", "function", "", "no-function"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, problems := ReadFile("f.c", fmt.Appendf(nil, doc+tt.code, tt.title))
			if len(apis) != 1 {
				t.Fatalf("%d contracts", len(apis))
			}
			a := apis[0]
			var params, ids []string
			for _, p := range a.Params {
				params = append(params, p.TypeName+" "+p.Name)
			}
			for _, p := range problems {
				if p.ID != "missing-at-line" {
					ids = append(ids, p.ID)
				}
			}
			if a.Name != tt.api || string(a.Kind) != tt.kind || strings.Join(params, "; ") != tt.params || strings.Join(ids, " ") != tt.problem {
				t.Errorf("%s, %s, parameters %q, problems %q", a.Name, a.Kind, strings.Join(params, "; "), ids)
			}
		})
	}
}

func TestMissingAtLine(t *testing.T) {
	_, problems := ReadFile("f.c", []byte("/**\n * sys_a - Does\n * @x: number\n * contexts: process\n * long-desc: text\n */\nSYSCALL_DEFINE2(a, int, x, int, y)"))
	if len(problems) != 1 || problems[0].Error() != "f.c:7:28: parameter y has no @y: line, from which the kapi tool takes the order of parameters; add one" {
		t.Errorf("problems %v", problems)
	}
}

// TestErrorEntry adds an error and reads the result back.
func TestErrorEntry(t *testing.T) {
	tests := []struct {
		name, src, want string
	}{
		{"after the last error", contract("error: EBADF, Not open\n  desc: It is\n    closed.\n\nnotes: end"),
			contract("error: EBADF, Not open\n  desc: It is\n    closed.\n\nerror: ENFILE, Table full\n\nnotes: end")},
		{"set close", contract("notes: x\nerror: EIO, a\nerror: EBADF, b\nlock: c"), contract("notes: x\nerror: EIO, a\nerror: EBADF, b\nerror: ENFILE, Table full\nlock: c")},
		{"no error yet", contract("param: fd\n  type: fd\n\nnotes: end"), contract("param: fd\n  type: fd\n\nerror: ENFILE, Table full\n\nnotes: end")},
		{"at the end", contract("error: EBADF, Not open"), contract("error: EBADF, Not open\n\nerror: ENFILE, Table full")},
		{"first generation", contract("error-code: -EBADF, EBADF, Not open\n  at all"),
			contract("error-code: -EBADF, EBADF, Not open\n  at all\n\nerror-code: -ENFILE, ENFILE, Table full")},
		{"closing on the last line", strings.Replace(contract("lock: a\n\nerror: EBADF, Not open"), "open\n */", "open */", 1),
			strings.Replace(contract("lock: a\n\n\nerror: ENFILE, Table full\nerror: EBADF, Not open"), "open\n */", "open */", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, _ := ReadFile("f.c", []byte(tt.src))
			edits, err := ErrorEntry(apis[0], "ENFILE", "Table\n full")
			if err != nil || len(edits) != 1 {
				t.Fatal(edits, err)
			}
			e := edits[0]
			got := tt.src[:e.Offset] + e.New + tt.src[e.EndOffset:]
			if got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			apis, _ = ReadFile("f.c", []byte(got))
			if !apis[0].HasError("ENFILE") {
				t.Error("the error is not there when read back")
			}
		})
	}
	if _, err := ErrorEntry(&specmodel.API{Name: "f"}, "EIO", ""); err == nil {
		t.Error("no error for a contract without a place")
	}
}

func FuzzReadFile(f *testing.F) {
	files, err := filepath.Glob("testdata/*.c")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte(contract("param: fd\n  type: fd, in\n  constraint-type: range(1,")))
	f.Add([]byte("/**\n * f() - x\n * @param-range: a, 0, 1\n * error-code: -EIO, \"x\"\n */ static int f(int (*a)(void))"))
	f.Fuzz(func(t *testing.T, src []byte) {
		apis, problems := ReadFile("f.c", src)
		for _, p := range problems {
			if !p.Pos.IsValid() || p.Message == "" {
				t.Errorf("no position or message: %+v", p)
			}
			if p.Fix != nil {
				checkFix(t, src, p.Fix)
			}
		}
		for _, a := range apis {
			a.Resolve(nil)
			a.Validate()
			edits, err := ErrorEntry(a, "EXDEV", "x")
			if err != nil {
				continue
			}
			fixed := append(append(slices.Clone(src[:edits[0].Offset]), edits[0].New...), src[edits[0].EndOffset:]...)
			again, _ := ReadFile("f.c", fixed)
			if len(again) < len(apis) {
				t.Errorf("after adding an error to %s, %d of %d contracts are left", a.Name, len(again), len(apis))
			}
		}
	})
}

// TestKernelHasNoContracts reads a kernel of before the notation: ordinary
// kernel-doc must never be taken for a contract.
func TestKernelHasNoContracts(t *testing.T) {
	root := os.Getenv("KAPILINT_LINUX")
	if root == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".c") && !strings.HasSuffix(path, ".h") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		apis, problems := ReadFile(path, src)
		for _, a := range apis {
			t.Errorf("%s: %s is taken for a contract", a.Pos, a.Name)
		}
		for _, p := range problems {
			t.Log(p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files", files)
}

// checkFix makes sure that a fix can be applied.
func checkFix(t *testing.T, src []byte, fix *specmodel.Fix) {
	at := -1
	for _, e := range fix.Edits {
		if e.Offset <= at || e.EndOffset < e.Offset || e.EndOffset > len(src) || e.Offset == e.EndOffset && e.New == "" {
			t.Errorf("bad edit in %+v of %d bytes", fix, len(src))
			return
		}
		at = max(e.EndOffset-1, e.Offset)
	}
	if len(fix.Edits) == 0 || fix.Message == "" {
		t.Errorf("empty fix %+v", fix)
	}
}
