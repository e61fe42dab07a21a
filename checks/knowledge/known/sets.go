// SPDX-License-Identifier: GPL-2.0-only

package known

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// setRule is one line of callbacks.txt. A name that is a pattern ends with *;
// at most one of the names is.
type setRule struct {
	set            string
	object, member string // object is "" for any
	callee         string // for a call, where member is ""
	param          int
}

var setPlace = regexp.MustCompile(`^(?:(\w+\*?):)?(\w+\.(?:\w+\*?|\*))$|^(\w+)\(([1-9]\d?)\):(\w+\*?)$`)

func (t *Table) addSet(line string) error {
	body, reason, ok := strings.Cut(line, " -- ")
	fields := strings.Fields(body)
	if !ok || strings.TrimSpace(reason) == "" || len(fields) != 2 {
		return fmt.Errorf("want PLACE SET -- REASON, got %q", line)
	}
	m := setPlace.FindStringSubmatch(fields[0])
	if m == nil {
		return fmt.Errorf("not a place: %q", fields[0])
	}
	r := setRule{set: fields[1], object: m[1], member: m[2]}
	if m[3] != "" {
		r.callee, r.object = m[3], m[5]
		r.param, _ = strconv.Atoi(m[4])
	}
	if strings.Count(r.object+r.member, "*") != strings.Count(r.set, "*") {
		return fmt.Errorf("a * in %s and in %s go together", fields[0], r.set)
	}
	t.sets = append(t.sets, r)
	return nil
}

// MemberSet returns the name of the set that object's initialiser of a member,
// struct.member, puts functions into; "" when it is the member's own. Without
// object it is asked for a call through the member.
func (t *Table) MemberSet(object, member string) string {
	for _, r := range t.sets {
		if r.callee != "" || !matches(r.member, member) || r.object != "" && !matches(r.object, object) {
			continue
		}
		return expand(expand(r.set, r.member, member), r.object, object)
	}
	return ""
}

// ParamSet returns the name of the set that a function belongs to which is
// handed to callee as argument param, counted from 1, with the address of object
// among the others; "" when there is none.
func (t *Table) ParamSet(callee string, param int, object string) string {
	for _, r := range t.sets {
		if r.callee == callee && r.param == param && matches(r.object, object) {
			return expand(r.set, r.object, object)
		}
	}
	return ""
}

// matches reports whether name is pattern, or such a name.
func matches(pattern, name string) bool {
	_, ok := star(pattern, name)
	return ok
}
