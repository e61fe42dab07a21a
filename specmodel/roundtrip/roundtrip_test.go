// SPDX-License-Identifier: GPL-2.0-only

package roundtrip

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/diff"
	"kapilint/specmodel/macro"
	"kapilint/specmodel/merge"
)

// constants are the names that the contracts use, for the compiler and for
// what reads their text alike.
var constants = map[string]int64{
	"FERRY_NOW": 1, "FERRY_LATER": 2, "FERRY_IN": 10, "FERRY_OUT": 11, "INT_MAX": 1<<31 - 1,
	"EBADF": 9, "EINVAL": 22, "EINTR": 4, "EIO": 5, "EBUSY": 16, "EAGAIN": 11,
	"SIGINT": 2, "SIGTERM": 15, "SA_RESTART": 0x10000000, "AF_INET": 2, "EPOLLIN": 1, "EPOLLOUT": 4,
	"CAP_KILL": 5, "CAP_SYS_RAWIO": 17, "CAP_SYS_ADMIN": 21, "CAP_SYS_BOOT": 22, "CAP_SYS_NICE": 23,
	"KAPI_SIGNAL_STATE_SLEEPING": 2, "KAPI_SIGNAL_STATE_DEAD": 32, "KAPI_PROTO_TCP": 1, "KAPI_PROTO_UNIX": 4,
	"KAPI_BUF_PEEK": 1, "KAPI_ASYNC_NONBLOCK": 1,
}

var names = regexp.MustCompile(`\b(KAPI_SOCK_STATE_\w+|[A-Z]\w*)\b`)

// states are the socket states in the order of their numbers.
var states = strings.Fields("UNSPEC CLOSED OPEN BOUND LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE_WAIT CLOSING LAST_ACK " +
	"TIME_WAIT CONNECTED DISCONNECTED")

// evaluate computes an expression with the constants.
func evaluate(text string) (specmodel.Value, error) {
	text = strings.ReplaceAll(text, "ARRAY_SIZE(tie_errors)", "2")
	return specmodel.EvalBuiltin(names.ReplaceAllStringFunc(text, func(name string) string {
		if n, ok := constants[name]; ok {
			return fmt.Sprint(n)
		}
		if i := slices.Index(states, strings.TrimPrefix(name, "KAPI_SOCK_STATE_")); i >= 0 {
			return fmt.Sprint(i)
		}
		return name
	}))
}

var files = []string{"ferry.c", "crane.c", "speed.c", "hail.c", "tie.c"}

func source(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type reader func(name string, src []byte) ([]*specmodel.API, []specmodel.Problem)

// one reads a text that has one contract and nothing wrong with it.
func one(t testing.TB, read reader, name, text string) *specmodel.API {
	t.Helper()
	apis, problems := read(name, []byte(text))
	for _, p := range problems {
		if p.Severity != specmodel.Note {
			t.Errorf("%v in\n%s", p, text)
		}
	}
	if len(apis) != 1 {
		t.Fatalf("%d contracts in\n%s", len(apis), text)
	}
	return resolved(t, apis[0])
}

func resolved(t testing.TB, a *specmodel.API) *specmodel.API {
	t.Helper()
	for _, p := range a.Resolve(&specmodel.Scope{Eval: evaluate}) {
		t.Error(p)
	}
	return a
}

// contracts reads the five.
func contracts(t testing.TB) []*specmodel.API {
	t.Helper()
	var all []*specmodel.API
	for _, file := range files {
		a := one(t, macro.ReadFile, file, source(t, file))
		if len(a.Unknown) > 0 {
			t.Errorf("%s: %v", file, a.Unknown)
		}
		all = append(all, a)
	}
	return all
}

// compiled is the contract as a kernel has it: with the elements of the arrays
// in place of their names.
func compiled(a *specmodel.API) *specmodel.API {
	a = a.Clone()
	numbers := func(list ...int64) (out []specmodel.Expr) {
		for _, n := range list {
			out = append(out, specmodel.Lit(specmodel.Int(n)))
		}
		return out
	}
	for i := range a.Params {
		if c := &a.Params[i].Constraint; c.ValuesFrom == "knots" {
			c.ValuesFrom, c.Values = "", numbers(2, 3)
		}
	}
	if r := a.Return; r != nil && r.ErrorsFrom == "tie_errors" {
		r.ErrorsFrom, r.ErrorValues = "", numbers(-5, -22)
	}
	for i := range a.Capabilities {
		if c := &a.Capabilities[i]; c.AlternativesFrom == "other_caps" {
			c.AlternativesFrom, c.Alternatives = "", numbers(12, 21)
		}
	}
	return a
}

var indices = regexp.MustCompile(`\[\d+\]`)

// same compares two contracts field by field. A difference counts unless it
// lies in a field that one source cannot tell, or in one that is listed: a
// path without indices stands for all below it.
func same(t testing.TB, a, b *specmodel.API, listed ...string) {
	t.Helper()
	silent := slices.Concat(a.Unstated, b.Unstated, listed)
	used := map[string]bool{}
	for _, d := range specmodel.Differences(a, b) {
		path, _, _ := strings.Cut(indices.ReplaceAllString(d, ""), ": ")
		i := slices.IndexFunc(silent, func(p string) bool { return path == p || strings.HasPrefix(path, p+".") })
		if i < 0 {
			t.Errorf("%s: %s", a.Name, d)
			continue
		}
		used[silent[i]] = true
	}
	for _, path := range listed {
		if !used[path] && !slices.Contains(a.Unstated, path) && !slices.Contains(b.Unstated, path) {
			t.Errorf("%s: %s is listed as lost and is not", a.Name, path)
		}
	}
}

// agree holds that merge finds no disagreement of two sources of a contract,
// and diff no change in either direction. Only merge knows that the name of an
// array and its elements are the same.
func agree(t testing.TB, a, b *specmodel.API) {
	t.Helper()
	for _, d := range merge.Compare(a, b) {
		t.Errorf("%s: merge: %v", a.Name, d)
	}
	a, b = compiled(a), compiled(b)
	for _, c := range slices.Concat(diff.Compare(set(a), set(b)), diff.Compare(set(b), set(a))) {
		t.Errorf("%s: diff: %s of %s: %q, %q", a.Name, c.Rule.ID, c.Element, c.Old, c.New)
	}
}

func set(a *specmodel.API) *specmodel.Set { return &specmodel.Set{APIs: []*specmodel.API{a}} }

func written(t testing.TB, write func(b *bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
