// SPDX-License-Identifier: GPL-2.0-only

package specproblem_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kapilint/checks"
	"kapilint/checks/knowledge/specproblem"
	"kapilint/specmodel"
)

// TestEveryAreaHasACheck makes sure that no problem goes unreported.
func TestEveryAreaHasACheck(t *testing.T) {
	suite, err := checks.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range suite.Checks {
		names = append(names, a.Name)
	}
	for _, area := range []specmodel.Area{specmodel.AreaSyntax, specmodel.AreaLimits, specmodel.AreaValues, specmodel.AreaSignature, specmodel.AreaNotation} {
		if !slices.Contains(names, specproblem.Areas[area]) {
			t.Errorf("no check for %s: %q", area, specproblem.Areas[area])
		}
	}
}

// TestEveryMessageSaysWhatToDo looks at the messages in the sources of the
// readers: each has a second half that begins with what to do.
func TestEveryMessageSaysWhatToDo(t *testing.T) {
	call := regexp.MustCompile(`"([a-z-]+)", (?:specmodel\.)?(?:Bad|Odd|Note),\s*\n?\s*(?:"((?:[^"\\]|\\.)*)"|` + "`([^`]*)`" + `)`)
	seen := 0
	for _, dir := range []string{"../../../specmodel", "../../../specmodel/kerneldoc", "../../../specmodel/macro"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range call.FindAllSubmatch(src, -1) {
				seen++
				if text := string(m[2]) + string(m[3]); !strings.Contains(text, "; ") && strings.Count(text, " ") > 1 { // shorter ones are names of things
					t.Errorf("%s: %s does not say what to do: %s", file, m[1], text)
				}
			}
		}
	}
	if seen < 80 {
		t.Errorf("only %d messages found", seen)
	}
}
