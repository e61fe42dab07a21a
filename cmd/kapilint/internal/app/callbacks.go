// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"kapilint/checks"
	"kapilint/checks/engine/driver"
	"kapilint/checks/knowledge/inferred"
	"kapilint/checks/knowledge/summary/outcomes"
	"kapilint/specmodel"
)

var setName = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$`)

// isSet tells the name of what calls through a member can reach, such as
// file_operations.poll, from that of a file.
func (c *call) isSet(arg string) bool {
	if !setName.MatchString(arg) {
		return false
	}
	switch arg[strings.LastIndexByte(arg, '.')+1:] {
	case "c", "h", "S", "i", "o", "s":
		return false
	}
	_, err := os.Stat(c.abs(arg))
	return err != nil
}

// inferSets names the sets of a request and says where to look.
func inferSets(req *Request, sets []string) error {
	if len(sets) > 0 && len(req.Files) == 0 {
		return fmt.Errorf("infer: say where to look for what implements %s, such as: kapilint infer %s ./...", sets[0], sets[0])
	}
	req.Sets = sets
	return nil
}

// results returns what the run knows about functions, nil where it was only to
// keep facts.
func results(suite *checks.Suite, out *driver.Outcome) *outcomes.Result {
	r, _ := out.Linked[suite.Outcomes.Analyzer].(*outcomes.Result)
	return r
}

// contractsOfSets returns the contracts of the sets that the request names.
func contractsOfSets(req *Request, r *outcomes.Result) ([]*specmodel.API, error) {
	var out []*specmodel.API
	for i, name := range req.Sets {
		s := r.Set(name)
		if slices.ContainsFunc(req.Sets[:i], func(other string) bool { return r.Set(other) == s }) {
			continue // by another of its names
		}
		if len(s.Callees) == 0 && len(s.Unknown) == 0 {
			known := r.Sets()
			if i := slices.Index(known, s.Name); i >= 0 {
				known = slices.Delete(known, i, i+1)
			}
			return nil, fmt.Errorf("no function is put into %s in the files looked at%s", name,
				hint(name, known, func(s string) string { return s }, ""))
		}
		out = append(out, s.API())
	}
	return out, nil
}

// apis returns contracts in the model's form, with the errors that only
// callbacks give them where the request asks for these.
func apis(req *Request, r *outcomes.Result, contracts []*inferred.Contract) []*specmodel.API {
	var out []*specmodel.API
	for _, c := range contracts {
		if req.Callbacks && r != nil {
			out = append(out, c.WithCallbacks(r.FromCallbacks(c)))
			continue
		}
		out = append(out, c.API)
	}
	return out
}
