// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"strings"
	"testing"
)

func TestEval(t *testing.T) {
	tests := []struct {
		name, expr, want string
	}{
		{"decimal", "42", "42"},
		{"octal", "0644", "420"},
		{"hexadecimal", "0xfFul", "255"},
		{"binary", "0b101", "5"},
		{"character", "'A'", "65"},
		{"escaped character", `'\n'`, "10"},
		{"negative", "-1", "-1"},
		{"unsigned minus wraps at 32 bits", "-1U", "4294967295"},
		{"hexadecimal literal is unsigned", "-0x80000000", "2147483648"},
		{"decimal literal widens", "-2147483648", "-2147483648"},
		{"complement of int", "~0", "-1"},
		{"complement of unsigned", "~0U", "4294967295"},
		{"complement of unsigned long", "~0UL", "18446744073709551615"},
		{"precedence", "1 | 2 ^ 3 & 4 << 1 + 1", "3"},
		{"parentheses", "(1 + 2) * 3", "9"},
		{"left associative", "100 - 10 - 1", "89"},
		{"division truncates", "-7 / 2", "-3"},
		{"remainder", "-7 % 2", "-1"},
		{"overflow of division", "(-9223372036854775807L - 1) / -1", "-9223372036854775808"},
		{"mixed comparison is unsigned", "-1 < 1U", "0"},
		{"signed comparison", "-1 < 1", "1"},
		{"conditional", "1 ? 2 : 3", "2"},
		{"conditional of GNU", "0 ?: 3", "3"},
		{"dead division", "0 ? 1 / 0 : 4", "4"},
		{"short circuit", "0 && 1 / 0", "0"},
		{"cast narrows", "(u8)0x1ff", "255"},
		{"cast signs", "(s8)0xff", "-1"},
		{"cast widens", "(unsigned long long)-1", "18446744073709551615"},
		{"cast of exact width", "(uint32_t)-1", "4294967295"},
		{"sizeof", "sizeof(long) * 8", "64"},
		{"bit", "BIT(3) | BIT_ULL(40)", "1099511627784"},
		{"genmask", "GENMASK(7, 4)", "240"},
		{"limits", "INT_MAX + 1L", "2147483648"},
		{"size limit", "SIZE_MAX", "18446744073709551615"},
		{"errno", "-EINVAL", "-22"},
		{"capability", "CAP_SYS_ADMIN", "21"},
		{"signal", "SIGKILL", "9"},
		{"notation constants", "KAPI_SIGNAL_STATE_RUNNING | KAPI_SIGNAL_STATE_SLEEPING", "3"},
		{"not", "!5 + !0", "1"},
		{"blanks and line breaks", " 1 \n|\t2 ", "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := EvalBuiltin(tt.expr)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want {
				t.Errorf("%s = %s, want %s", tt.expr, got, tt.want)
			}
			if err := CheckSyntax(tt.expr); err != nil {
				t.Errorf("CheckSyntax: %v", err)
			}
		})
	}
}

func TestEvalErrors(t *testing.T) {
	tests := []struct {
		name, expr, want string
	}{
		{"empty", " ", "the expression is empty"},
		{"unknown name", "EP_MAX_EVENTS", "EP_MAX_EVENTS is not known"},
		{"page size", "PAGE_SIZE", "PAGE_SIZE is not known"},
		{"unknown call", "FOO(1)", "FOO(...) is not known"},
		{"unclosed", "(1", `missing ")" at the end`},
		{"two numbers", "1 2", `unexpected "2"`},
		{"ends early", "1 +", "the expression ends too early"},
		{"foreign byte", "1 $ 2", `unexpected "$"`},
		{"bad octal", "08", "08 is not a number"},
		{"bare prefix", "0x", "0x is not a number"},
		{"bad suffix", "1uu", "1uu is not a number"},
		{"too large", "0x10000000000000000", "0x10000000000000000 does not fit 64 bits"},
		{"division by zero", "1 / 0", "division by zero"},
		{"shift too far", "1 << 32", "shift by 32 of a 32-bit number"},
		{"sizeof a structure", "sizeof(struct foo)", "sizeof is known only of the basic types"},
		{"nested", strings.Repeat("(", 1000), "the expression is nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := EvalBuiltin(tt.expr)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCheckSyntax(t *testing.T) {
	for _, ok := range []string{"EP_MAX_EVENTS", "A | B", "sizeof(struct epoll_event)", "(umode_t)0644", "FOO(1, x)", "A / (B - C)", "~(A | B)"} {
		if err := CheckSyntax(ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, bad := range []string{"", "A |", "(A", "A)", "A B", "1..2", "\"text\"", "FOO(1", "a; b"} {
		if err := CheckSyntax(bad); err == nil {
			t.Errorf("%q is taken for an expression", bad)
		}
	}
}

func FuzzEval(f *testing.F) {
	for _, s := range []string{"1 + 2 * (3 - 4)", "0x1ULL << 3", "A ? B : C", "(u8)~0", "BIT(3)", "GENMASK(63, 0)", "sizeof(long)", "'\\x41'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := EvalBuiltin(s)
		if err == nil {
			if err := CheckSyntax(s); err != nil {
				t.Errorf("%q is %s and bad syntax: %v", s, v, err)
			}
		}
	})
}
