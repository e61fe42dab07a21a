// SPDX-License-Identifier: GPL-2.0-only

package fields

import "strings"

// Identifier makes a C identifier of a name, for notations that have no other
// form of one: what a name must not hold becomes an underscore.
func Identifier(s string) string {
	id := strings.Map(func(c rune) rune {
		if c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, s)
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		return "_" + id
	}
	return id
}
