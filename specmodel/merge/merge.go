// SPDX-License-Identifier: GPL-2.0-only

// Package merge makes one contract of what several sources say of the same
// interface, and tells where they disagree.
//
// A source is only held to what it can say. Where one is silent about a field
// that is in its [specmodel.API.Unstated], the others decide. Elsewhere being
// silent is a statement: an error that one source lists and another does not
// is a disagreement. These are none:
//
//   - texts that differ in white space only;
//   - a number that is zero, and one that is not stated; likewise the first
//     value of a set (void, none, internal, default) and no value. The
//     compiled forms cannot tell them apart;
//   - numbers of the same 64 bits: SIZE_MAX and -1;
//   - a name whose value is not known beside a number, and the name of an
//     array beside its elements. The merged contract has both: the name as
//     text, the number as value;
//   - the order of lists, and two names of one error;
//   - a mask without the bits of the architectures beside one that has those
//     of one of them.
//
// Elements are paired by what they are about: parameters by index, errors,
// locks, signals and capabilities by name, and so on. The merged contract
// takes what sources state in the order in which they are given, so that the
// first source has the last word. Inferred contracts are of another nature and
// are never merged; the checks compare them.
package merge

import (
	"cmp"
	"fmt"
	"slices"

	"kapilint/specmodel"
)

// A Side is what one source says.
type Side struct {
	Origin specmodel.Origin
	Pos    specmodel.Pos
	Text   string // the value; "nothing" where the source states none
}

// A Disagreement is a field of a contract of which two sources say different
// things. Path names the field by the JSON names of the model, and elements of
// lists by what they are about: errors[EINVAL].condition.
type Disagreement struct {
	Name string // of the contract
	Path string
	A, B Side
}

// String returns the disagreement as one sentence that begins with the
// position of the second source.
func (d Disagreement) String() string {
	return fmt.Sprintf("%s: %s: %s", d.B.Pos, d.Name, d.Problem().Message)
}

// Problem returns the disagreement as a problem of the second source.
func (d Disagreement) Problem() specmodel.Problem {
	return specmodel.Problem{Pos: d.B.Pos, ID: "sources-disagree", Symbol: d.Name, Severity: specmodel.Odd,
		Message: fmt.Sprintf("%s is %s here and %s in %s", d.Path, d.B.Text, d.A.Text, d.A.Pos)}
}

// APIs merges contracts of one name into a new one. The list must not be
// empty; the contracts in it stay as they are.
func APIs(list []*specmodel.API) (*specmodel.API, []Disagreement) {
	m := &merger{}
	first := prepared(list[0])
	for _, a := range list[1:] {
		b := prepared(a)
		m.contract(first, b)
	}
	return first, m.found
}

// Compare returns where two contracts of one name disagree.
func Compare(a, b *specmodel.API) []Disagreement {
	_, found := APIs([]*specmodel.API{a, b})
	return found
}

// Set merges the contracts that have the same name. The result is sorted by
// name; inferred contracts are in it as they are.
func Set(apis []*specmodel.API) ([]*specmodel.API, []Disagreement) {
	groups := map[string][]*specmodel.API{}
	var names []string
	var out []*specmodel.API
	for _, a := range apis {
		if a.Origin == specmodel.FromCode {
			out = append(out, a)
			continue
		}
		if groups[a.Name] == nil {
			names = append(names, a.Name)
		}
		groups[a.Name] = append(groups[a.Name], a)
	}
	var found []Disagreement
	for _, n := range names {
		group := groups[n]
		if len(group) == 1 {
			out = append(out, group[0])
			continue
		}
		a, d := APIs(group)
		out, found = append(out, a), append(found, d...)
	}
	slices.SortStableFunc(out, func(a, b *specmodel.API) int { return cmp.Compare(a.Name, b.Name) })
	return out, found
}

// prepared returns a copy whose numbers have values where that needs no more
// than what is the same in every kernel.
func prepared(a *specmodel.API) *specmodel.API {
	c := a.Clone()
	c.Resolve(nil)
	return c
}
