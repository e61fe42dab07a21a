// SPDX-License-Identifier: GPL-2.0-only

package flow_test

import (
	"regexp"
	"strings"
	"testing"
)

var guard = regexp.MustCompile(`(?m) if .*?( via|$)`)

// TestCallbacks checks which calls through pointers are told to be of one
// function, and what the others are called.
func TestCallbacks(t *testing.T) {
	src := `
struct ops { int (*get)(int); int (*set)(int); };
struct file { const struct ops *op; int (*hook)(int); };
int get_a(int a) { return -1; }
int set_a(int a) { return a ? -2 : 0; }
const struct ops a = { .get = get_a, .set = set_a };
struct ops changes = { .get = get_a };
int member(struct file *f) { return f->op->get(1); }
int kept(struct file *f) { int (*g)(int) = f->op->get; if (!g) return -9; return g(1); }
int cast(struct file *f) { return ((int (*)(long))f->hook)(1); }
int table(void) { const struct ops *o = &a; return o->get(1); }
int direct(void) { int (*g)(int) = get_a; return g(1); }
int stored(struct file *f) { f->hook = get_a; return f->hook(1); }
int written(void) { return changes.get(1); }
static int deeper(const struct ops *o, int v) { return o->set(v); }
static int down(const struct ops *o, int v) { return deeper(o, v); }
int handed(void) { return down(&a, 1); }
int handedrw(void) { return down(&changes, 1); }
static int each(int (*fn)(int), int v) { return fn(v); }
int function(void) { return each(set_a, 1); }
static int own(struct file *f, int (*fn)(int)) { if (!fn) fn = f->hook; return fn(1); }
int none(struct file *f) { return own(f, 0); }
int from(struct file *f) { return each(f->hook, 3); }
static int further(int (*fn)(int), int v) { return each(fn, v); }
int twice(struct file *f) { return further(f->op->set, 3); }
int some(struct file *f) { return own(f, get_a); }
`
	e := program(t, src)
	for _, tt := range []struct{ name, want string }{
		{"member", "? in any from ops.get"},
		{"kept", "-9\n? in any from ops.get"},
		{"cast", "? in any from file.hook"},
		{"table", "-1 via get_a:11"},
		{"direct", "-1 via get_a:12"},
		{"stored", "-1 via get_a:13"},
		{"written", "? in any from ops.get"},
		{"handed", "-2 via down:17 deeper:16 set_a:15"},
		{"handedrw", "? in any from ops.set via down:18 deeper:16"},
		{"function", "-2 via each:20 set_a:19"},
		{"none", "? in any from file.hook via own:22"},
		{"from", "? in any from file.hook via each:23"},
		{"twice", "? in any from ops.set via further:25 each:24"},
		{"some", "-1 via own:26 get_a:21"},
	} {
		if got := strings.TrimSpace(guard.ReplaceAllString(show(e.Summary(tt.name, "")), "$1")); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
