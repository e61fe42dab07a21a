// SPDX-License-Identifier: GPL-2.0-only

package shall

import (
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/render/internal/sample"
)

func write(t *testing.T, a *specmodel.API) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	sample.Cover(t, Inexpressible, func(a *specmodel.API) string { return write(t, a) })
}

func TestSentences(t *testing.T) {
	text := strings.Join(strings.Fields(write(t, sample.Syscall())), " ")
	for _, want := range []string{
		"- The system call sys_ferry shall be available for the purpose: carry bytes across.",
		"- If fd is less than 0 or greater than INT_MAX, the operation shall fail.",
		"- If fd is not open, the operation shall fail.",
		"- If flags contains bits not set in FERRY_NOW | FERRY_LATER, the operation shall fail.",
		"- If not open, the function shall return -EBADF.",
		"- On success, sys_ferry shall return 0 or more.",
		"- The lock ferry_lock (mutex) shall be taken and released inside the call.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestOneShall holds every sentence to one "shall", whatever the texts are.
func TestOneShall(t *testing.T) {
	for _, a := range append(sample.All(), sample.Poison(t)...) {
		text := write(t, a)
		if strings.ContainsAny(text, "\x00\x07\x1b\ufffd") {
			t.Errorf("control characters in\n%q", text)
		}
		for _, s := range strings.Split(text, "\n- ")[1:] {
			if n := strings.Count(s, "shall"); n != 1 {
				t.Errorf("%d shall in %q", n, s)
			}
		}
	}
}
