// SPDX-License-Identifier: GPL-2.0-only

package defs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func show(f File) string {
	var out []string
	for _, d := range f.Defs {
		s := fmt.Sprintf("%d %s", d.Line, d.Name)
		if d.Kind == Object {
			s += " object"
		}
		if d.Static {
			s += " static"
		}
		if d.Weak {
			s += " weak"
		}
		out = append(out, s)
	}
	for _, i := range f.Includes {
		out = append(out, "include "+i)
	}
	return strings.Join(out, "; ")
}

func TestScan(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "int f(int a)\n{\n\treturn a;\n}\n", "1 f"},
		{"declaration", "int f(int a);\nextern int g(void);\n", ""},
		{"static", "static inline int\nf(void)\n{ if (x) { } }\nvoid g() {}", "2 f static; 4 g"},
		{"attributes before", "static __printf(1, 2) void f(const char *s, ...) {}", "1 f static"},
		{"attributes after", "void f(struct x *p) __acquires(&p->lock) __releases(rcu)\n{\n}\n", "1 f"},
		{"gnu attribute", "int __attribute__((weak)) f(void) { return 0; }\n__weak int g(void) {}", "1 f weak; 2 g weak"},
		{"pointer to function", "void f(int (*cb)(void *), int n) {}", "1 f"},
		{"returns struct", "struct foo *f(u32 a) {}\nstruct foo g(void)\n{\n}", "1 f; 2 g"},
		{"types", "struct a { int x; };\nenum b { X, Y };\nunion c { int d; } e;\nint f(void) {}", "4 f"},
		{"system call", "SYSCALL_DEFINE2(dup2, unsigned int, a, unsigned int, b)\n{\n}\nSYSCALL_DEFINE0(getpid) { }\n", "1 sys_dup2; 4 sys_getpid"},
		{"compat", "#ifdef CONFIG_COMPAT\nCOMPAT_SYSCALL_DEFINE1(foo, int, a)\n{\n}\n#endif\n", "2 compat_sys_foo"},
		{"macro function", "DEFINE_IDTENTRY(exc_x)\n{\n}\nBPF_CALL_1(bpf_f, struct x *, p)\n{\n}\nint g(int a)\n{\n}", "7 g"},
		{"objects", "const struct file_operations fops = {\n\t.open = f,\n};\nint a = 1, b[3] = { 1 };\nstatic int c = 2;\nint d;\n", "1 fops object; 4 a object; 4 b object"},
		{"object attributes", "unsigned long x __read_mostly = 3;\nchar n[] __section(\".s\") = \"}\";\n", "1 x object; 2 n object"},
		{"percpu macro", "DEFINE_PER_CPU(struct foo, bar) = { 1 };\nint f(void) {}", "2 f"},
		{"both branches", "#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\n\treturn 0;\n}\nint g(int b)\n{\n}\n", "2 f; 4 f; 8 g"},
		{"branches in parameters", "int f(\n#ifdef A\n\tint a\n#else\n\tlong a\n#endif\n\t) {\n}\nint g(int a) {}", "1 f; 9 g"},
		{"unbalanced define", "#define BEGIN do { \\\n\tif (x) {\nint f(int a) {}\n", "3 f"},
		{"unbalanced body", "int f(int a)\n{\n\tif (x) {\n#if 0\n\t{\n#endif\n}\n\nint g(int a)\n{\n}\n", "1 f; 9 g"},
		{"literals", "char *s = \"{ \\\" {\";\nint f(int a) { return '{' + '\\'' + '\"'; }\n// int no(int a) {\n/* int no(int a) { */ int g(int a) {}", "1 s object; 2 f; 4 g"},
		{"includes", "#include \"core.c\"\n#include \"x.h\"\n# include \"../b/y.c\" /* why */\n", "include core.c; include ../b/y.c"},
		{"apostrophe in dead text", "#if 0\nit's {\n#endif\nint f(int a) {}\n", "4 f"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(Scan([]byte(tt.text))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("static int f(struct a *b) __releases(x)\n{\n#if A\n{\n#else\n}\n#endif\n}\n"))
	f.Add([]byte("SYSCALL_DEFINE1(f, int, a)\n{\n\treturn '\\'';\n}\n#include \"a.c\"\nint x[] = { 1 }, y = 2;\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		out := Scan(text)
		lines := 1 + strings.Count(string(text), "\n")
		for _, d := range out.Defs {
			if d.Name == "" || d.Line < 1 || d.Line > lines {
				t.Fatalf("%+v in %d lines", d, lines)
			}
		}
	})
}

// TestRealFiles asks for functions of the real kernel that are written in all
// the ways it has.
func TestRealFiles(t *testing.T) {
	src := os.Getenv("KAPILINT_LINUX")
	if src == "" {
		t.Skip("KAPILINT_LINUX is not set")
	}
	tests := []struct {
		file string
		want []string
	}{
		{"fs/eventpoll.c", []string{"sys_epoll_create1", "do_epoll_ctl", "ep_insert"}},
		{"kernel/fork.c", []string{"copy_process", "kernel_clone", "sys_clone3", "sys_fork"}},
		{"init/main.c", []string{"start_kernel", "rest_init"}},
		{"kernel/sched/core.c", []string{"schedule", "try_to_wake_up", "__schedule"}},
	}
	for _, tt := range tests {
		text, err := os.ReadFile(filepath.Join(src, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		out := Scan(text)
		for _, name := range tt.want {
			if !slices.ContainsFunc(out.Defs, func(d Def) bool { return d.Name == name }) {
				t.Errorf("%s: %s not found", tt.file, name)
			}
		}
	}
}
