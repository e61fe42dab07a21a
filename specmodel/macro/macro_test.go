// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
)

// TestEveryMacro makes sure that each macro of the notation stands in the test
// data, and so in a golden file.
func TestEveryMacro(t *testing.T) {
	files, err := filepath.Glob("testdata/*.[ch]")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range strings.FieldsFunc(string(src), func(r rune) bool {
			return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		}) {
			used[word] = true
		}
	}
	check := func(name string) {
		if !used[name] {
			t.Errorf("%s stands in no test data", name)
		}
	}
	for name := range macros {
		check(name)
	}
	for name := range enders {
		check(name)
	}
	for name := range openers {
		check(name)
	}
}

func spec(lines string) string {
	return "DEFINE_KERNEL_API_SPEC(sys_two)\n" + lines + "\nKAPI_END_SPEC;\n"
}

// TestProblems has one case for each thing that is said of macros.
func TestProblems(t *testing.T) {
	tests := []struct {
		name, src, want string // line:col: severity message [id], empty for none
	}{
		{"clean", spec(`KAPI_DESCRIPTION("x")`), ""},
		{"unknown macro", spec(`KAPI_DESCRIPTON("x")`), "2:1: error KAPI_DESCRIPTON is not a macro of the notation; write KAPI_DESCRIPTION [unknown-macro]"},
		{"macro of the author", spec(`MY_PARAMS(1)`), "2:1: warning MY_PARAMS is not known, and what it sets is not checked; write macros of the notation [unknown-macro]"},
		{"too few arguments", spec(`KAPI_ERROR(0, -EIO, "EIO")`), "2:1: error KAPI_ERROR has 3 arguments; give it 5 [argument-count]"},
		{"no arguments", spec(`KAPI_NOTES`), "2:1: error KAPI_NOTES has 0 arguments; give it 1 [argument-count]"},
		{"in the wrong block", spec("KAPI_PARAM_FLAGS(KAPI_PARAM_IN)"), "2:1: error KAPI_PARAM_FLAGS does not belong into the contract of sys_two; move it into a parameter [misplaced]"},
		{"block not ended", spec("KAPI_PARAM(0, \"a\", \"int\", \"x\")\nKAPI_NOTES(\"n\")"), "2:1: error the block of KAPI_PARAM is not closed before line 3; close it [unterminated]"},
		{"block ended too late", spec("KAPI_LOCK(0, \"a\", KAPI_LOCK_RCU)"), "2:1: error the block of KAPI_LOCK is not closed before KAPI_END_SPEC on line 3; close it [unterminated]"},
		{"end without block", spec("KAPI_LOCK_END"), "2:1: error KAPI_LOCK_END ends a block that is not open; remove it [unbalanced]"},
		{"contract not ended", "DEFINE_KERNEL_API_SPEC(f)\nKAPI_NOTES(\"n\")\n", "1:1: error the contract of f is not closed before line 2; close it [unterminated]"},
		{"next contract begins", "DEFINE_KERNEL_API_SPEC(f)\nDEFINE_KERNEL_API_SPEC(g)\nKAPI_END_SPEC", "1:1: error the contract of f is not closed before line 2; close it [unterminated]"},
		{"parenthesis not closed", "DEFINE_KERNEL_API_SPEC(f)\nKAPI_NOTES(\"n\"\n", "2:11: error the parenthesis is not closed; close it [unterminated]"},
		{"comma between macros", spec("KAPI_NOTES(\"n\"),\nKAPI_EXAMPLES(\"e\")"), "2:16: warning a comma between two macros does not compile; remove it [stray-comma]"},
		{"comma missing", spec(".notes = \"n\"\nKAPI_EXAMPLES(\"e\")"), `2:10: error ".notes = \"n\"" lacks the comma after it; write one [missing-comma]`},
		{"comma missing before a designator", spec(".version = 1\n.notes = \"n\","), `2:12: error ".version = 1" lacks the comma after it; write one [missing-comma]`},
		{"unknown field", spec(".nodes = \"n\","), "2:1: error the contract itself has no field named nodes; remove it or correct the name [unknown-field]"},
		{"ends in a designator", "DEFINE_KERNEL_API_SPEC(f)\n.", `2:1: error "." cannot stand in the contract of f; remove it [stray-text]`},
		{"ends in an index", "DEFINE_KERNEL_API_SPEC(f)\n.params = {\n[", "1:1: error the contract of f is not closed before line 3; close it [unterminated]"},
		{"designator without value", spec(".notes,"), `2:1: error ".notes" is followed by no value; write = and one [bad-designator]`},
		{"stray text", spec("42"), `2:1: error "42" cannot stand in the contract of sys_two; remove it [stray-text]`},
		{"index twice", spec("KAPI_ERROR(0, -EIO, \"EIO\", \"a\", \"b\")\nKAPI_ERROR(0, -EBADF, \"EBADF\", \"a\", \"b\")"),
			"3:1: warning index 0 of errors is given twice, and the compiler takes the last; give each its own [duplicate-index]"},
		{"gap", spec("KAPI_ERROR(1, -EIO, \"EIO\", \"a\", \"b\")"), "1:1: warning errors has no entry with index 0, although there are higher ones; number the entries from 0 without gaps [index-gap]"},
		{"index of a name", spec("KAPI_ERROR(NEXT, -EIO, \"EIO\", \"a\", \"b\")"), `2:12: error "NEXT" is not the index of an entry of errors; write a number [bad-index]`},
		{"positive code", spec("KAPI_ERROR(0, EIO, \"EIO\", \"a\", \"b\")"), "2:15: warning the code of an error is negative; write -EIO [positive-code]"},
		{"unknown token", spec("KAPI_CONTEXT(KAPI_CTX_FAST)"), `2:14: error "KAPI_CTX_FAST" is not a context; write one of process, softirq, hardirq, nmi, atomic, sleepable, preempt_disabled, irq_disabled [unknown-token]`},
		{"bad number", spec("KAPI_PARAM_COUNT(1 +)"), `2:18: error "1 +" is not a C constant expression; correct it: the expression ends too early [bad-expression]`},
		{"text that is none", spec("KAPI_NOTES(SOME_TEXT)"), "2:12: warning notes is not a string literal, so its text is not known; write one instead of SOME_TEXT [not-text]"},
		{"empty text", spec(".notes = ,"), "2:10: error notes has no value; write a string [not-text]"},
		{"flag that is none", spec(".deprecated = maybe,"), "2:15: error deprecated is neither true nor false; write one of them instead of maybe [not-bool]"},
		{"configuration", spec("#ifdef CONFIG_A\nKAPI_NOTES(\"n\")\n#endif"), "2:1: warning the contract depends on the configuration and is checked with every branch; write one for all configurations [conditional]"},
		{"mask of a configuration", spec("KAPI_PARAM(0, \"a\", \"int\", \"x\")\n.valid_mask = (A\n#if CONFIG_HZ > 100\n| B\n#endif\n),\nKAPI_PARAM_END"),
			"5:3: warning these bits of the mask depend on something else than an architecture and are left out; write them for architectures [conditional]"},
		{"count of values", spec("KAPI_PARAM(0, \"a\", \"int\", \"x\")\nKAPI_PARAM_ENUM_VALUES(((const s64[]){ 1, 2 }))\n.enum_count = 3,\nKAPI_PARAM_END"),
			"4:15: warning the count of values is 3, and there are 2; write that [count]"},
		{"dialect of the documentation", "KAPI_DEFINE_SYSCALL_SPEC(x, read, \"1.0\")\nKAPI_PARAM(0, fd, KAPI_TYPE_FD, KAPI_DIR_IN, \"x\")\nKAPI_END_SYSCALL_SPEC;\n",
			"1:1: error KAPI_DEFINE_SYSCALL_SPEC exists only in old documentation and is defined nowhere; begin the contract with DEFINE_KERNEL_API_SPEC(sys_NAME) [doc-dialect]"},
		{"macro of the documentation", spec("KAPI_PARAM_OPTIONAL(0)"), "2:1: error KAPI_PARAM_OPTIONAL exists only in old documentation and is defined nowhere; write a macro of the block that it means [doc-dialect]"},
		{"arguments of the documentation", spec("KAPI_PARAM(0, fd, KAPI_TYPE_FD, KAPI_DIR_IN, \"x\")"),
			"2:1: error KAPI_PARAM with 5 arguments exists only in old documentation; give it 4 [doc-dialect]"},
		{"elements in another file", spec("KAPI_PARAM(0, \"a\", \"int\", \"x\")\nKAPI_ALLOWED_STRINGS(words, 2)\nKAPI_PARAM_END"),
			"3:22: warning the elements of words are not in this file and are not checked; write them here [not-text]"},
		{"scope twice", "DEFINE_KERNEL_API_SPEC(f)\nKAPI_LOCK(0, \"a\", KAPI_LOCK_RCU)\nKAPI_LOCK_ACQUIRED\nKAPI_LOCK_RELEASED\n},\n};",
			"2:1: note the scope of the lock a is set twice, and frameworks differ about what that means; set .scope once [lock-scope]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := ReadFile("f.c", []byte(tt.src))
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%d: %s %s [%s]", p.Pos.Line, p.Pos.Col, p.Severity, p.Message, p.ID))
			}
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), tt.want)
			}
			if len(got) > 2 {
				t.Errorf("%d problems for one mistake:\n%s", len(got), strings.Join(got, "\n"))
			}
		})
	}
}

// TestNotContracts are texts that have the words and no contract.
func TestNotContracts(t *testing.T) {
	for name, src := range map[string]string{
		"definition of the macros": "#define DEFINE_KERNEL_API_SPEC(func) \\\n\tstatic struct kernel_api_spec __kapi_spec_##func = {\n",
		"in a comment":             "/* DEFINE_KERNEL_API_SPEC(x) KAPI_END_SPEC */",
		"in a string":              `char *s = "DEFINE_KERNEL_API_SPEC(x)";`,
		"pointer":                  "const struct kernel_api_spec *spec = kapi_get_spec(name);",
		"declaration":              "struct kernel_api_spec {\n\tconst char *name;\n};",
		"call":                     "kapi_end(KAPI_TYPE_INT);",
	} {
		apis, problems := ReadFile("f.c", []byte(src))
		if len(apis) > 0 || len(problems) > 0 {
			t.Errorf("%s: %d contracts, problems %v", name, len(apis), problems)
		}
	}
}

// TestErrorEntries adds errors and reads the result back.
func TestErrorEntries(t *testing.T) {
	two := []specmodel.ErrorEntry{{Name: "EMFILE", Text: `The "table" is full`}, {Name: "ENFILE"}}
	tests := []struct {
		name, src, want string
	}{
		{"after the last", spec("\tKAPI_ERROR_COUNT(1)\n\tKAPI_ERROR(0, -EIO, \"EIO\", \"a\",\n\t\t\"b\")\n\tKAPI_NOTES(\"n\")"),
			spec("\tKAPI_ERROR_COUNT(3)\n\tKAPI_ERROR(0, -EIO, \"EIO\", \"a\",\n\t\t\"b\")\n" +
				"\tKAPI_ERROR(1, -EMFILE, \"EMFILE\", \"The \\\"table\\\" is full\",\n\t\t   \"The \\\"table\\\" is full\")\n" +
				"\tKAPI_ERROR(2, -ENFILE, \"ENFILE\", \"ENFILE\",\n\t\t   \"ENFILE\")\n\tKAPI_NOTES(\"n\")")},
		{"raw count after", spec("  KAPI_ERROR(4, -EIO, \"EIO\", \"a\", \"b\")\n  .error_count = 5,"),
			spec("  KAPI_ERROR(4, -EIO, \"EIO\", \"a\", \"b\")\n" +
				"  KAPI_ERROR(5, -EMFILE, \"EMFILE\", \"The \\\"table\\\" is full\",\n  \t   \"The \\\"table\\\" is full\")\n" +
				"  KAPI_ERROR(6, -ENFILE, \"ENFILE\", \"ENFILE\",\n  \t   \"ENFILE\")\n  .error_count = 7,")},
		{"no error yet", spec("\tKAPI_NOTES(\"n\")"),
			spec("\tKAPI_NOTES(\"n\")\n" +
				"\tKAPI_ERROR(0, -EMFILE, \"EMFILE\", \"The \\\"table\\\" is full\",\n\t\t   \"The \\\"table\\\" is full\")\n" +
				"\tKAPI_ERROR(1, -ENFILE, \"ENFILE\", \"ENFILE\",\n\t\t   \"ENFILE\")")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, _ := ReadFile("f.c", []byte(tt.src))
			edits, err := ErrorEntries(apis[0], two...)
			if err != nil {
				t.Fatal(err)
			}
			got := apply(tt.src, edits)
			if got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			apis, _ = ReadFile("f.c", []byte(got))
			apis[0].Resolve(nil)
			if !apis[0].HasError("EMFILE") || !apis[0].HasError("ENFILE") {
				t.Error("the errors are not there when read back")
			}
		})
	}
	if _, err := ErrorEntry(&specmodel.API{Name: "f"}, "EIO", ""); err == nil {
		t.Error("no error for a contract without a place")
	}
}

func apply(src string, edits []specmodel.Edit) string {
	slices.SortFunc(edits, func(a, b specmodel.Edit) int { return b.Offset - a.Offset })
	for _, e := range edits {
		src = src[:e.Offset] + e.New + src[e.EndOffset:]
	}
	return src
}

func FuzzReadFile(f *testing.F) {
	files, err := filepath.Glob("testdata/*.[ch]")
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
	f.Add([]byte(spec("KAPI_PARAM(0, \"a\", \"int\", \"x\")\n.valid_mask = (A\n#ifdef CONFIG_X86\n| B\n#endif\n),\nKAPI_PARAM_END")))
	f.Add([]byte("KAPI_DEFINE_SPEC(a, b, \"1\") KAPI_LOCK(\n"))
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
			for _, e := range edits {
				if e.Offset < 0 || e.EndOffset < e.Offset || e.EndOffset > len(src) {
					t.Errorf("edit outside of the file: %+v", e)
				}
			}
		}
	})
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
