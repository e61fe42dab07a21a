// SPDX-License-Identifier: GPL-2.0-only

package reach

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

var tree = map[string]string{
	"h.h": `#define LIMIT BASE
#define MORE (LIMIT + 1)
static inline int inl(void) { return MORE; }
`,
	"a.c": `static int helper(struct s *p) { return p->flags; }
int shared(struct s *p) { return helper(p); }
SYSCALL_DEFINE1(one, int, a) { return shared(0); }
SYSCALL_DEFINE1(limit, int, a) { return inl(); }
`,
	"b.c": `static int helper(void) { return 0; }
static int own(void) { return helper(); }
static const struct ops ops = { .open = shared };
SYSCALL_DEFINE1(two, int, a) { return shared(0) + own(); }
SYSCALL_DEFINE1(three, int, a) { return own(); }
`,
}

func TestFrom(t *testing.T) {
	names := []string{"h.h", "a.c", "b.c"}
	units := func(f string) []string {
		if f == "h.h" {
			return []string{"a.c"}
		}
		return []string{f}
	}
	p, err := Load(context.Background(), names, func(name string) ([]byte, bool) { s, ok := tree[name]; return []byte(s), ok }, units)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		start Start
		limit int
		want  string
	}{
		{Start{Name: "helper", File: "a.c"}, 9, "sys_one: helper shared sys_one; sys_two: helper shared sys_two; a.c b.c; shared in ops; wide"},
		{Start{Name: "helper", File: "b.c"}, 9, "sys_three: helper own sys_three; sys_two: helper own sys_two; b.c; "},
		{Start{Name: "helper", File: "b.c"}, 1, "sys_three: helper own sys_three; b.c; cut"},
		{Start{Name: ".flags"}, 9, "sys_one: .flags helper shared sys_one; sys_two: .flags helper shared sys_two; a.c b.c; shared in ops; wide"},
		{Start{Name: "BASE"}, 9, "sys_limit: BASE LIMIT MORE inl sys_limit; a.c; wide"},
		{Start{Name: "sys_two", File: "b.c", In: "b.c", Entry: true}, 9, "sys_two: sys_two; b.c; "},
		{Start{Name: "nobody", File: "b.c"}, 9, "; "},
	} {
		var parts []string
		found := p.From([]Start{tt.start}, tt.limit)
		for _, e := range found.Entries {
			var way []string
			for _, s := range e.Way {
				way = append(way, s.Name)
			}
			parts = append(parts, e.Name+": "+strings.Join(way, " "))
		}
		parts = append(parts, strings.Join(found.Files, " "))
		for _, o := range found.Tables {
			parts = append(parts, fmt.Sprintf("%s in %s", o.Func, o.Object))
		}
		last := ""
		if found.Wide {
			last = "wide"
		}
		if found.Cut {
			last = "cut"
		}
		if got := strings.Join(append(parts, last), "; "); got != tt.want {
			t.Errorf("%s in %s:\n%s, want\n%s", tt.start.Name, tt.start.File, got, tt.want)
		}
	}
}
