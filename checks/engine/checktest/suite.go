// SPDX-License-Identifier: GPL-2.0-only

package checktest

import (
	"fmt"
	"slices"
	"strings"

	"kapilint/checks"
	"kapilint/checks/engine/lint"
	"kapilint/cparse"
	"kapilint/specmodel"
)

// Checks is the configuration for the named checks of the suite. An option is
// given behind a name: "errunlisted.callbacks=true".
func Checks(names ...string) Config {
	return Config{New: func(outside *specmodel.Set) (Setup, error) {
		suite, err := checks.New(outside)
		if err != nil {
			return Setup{}, err
		}
		var picked []*lint.Analyzer
		for _, name := range names {
			name, option, _ := strings.Cut(name, ".")
			i := slices.IndexFunc(suite.Checks, func(a *lint.Analyzer) bool { return a.Name == name })
			if i < 0 {
				return Setup{}, fmt.Errorf("no check is named %s", name)
			}
			picked = append(picked, suite.Checks[i])
			if key, value, ok := strings.Cut(option, "="); ok {
				if err := suite.Checks[i].Flags.Set(key, value); err != nil {
					return Setup{}, fmt.Errorf("%s.%s: %w", name, option, err)
				}
			}
		}
		return Setup{suite.All(picked), cparse.Options{KeepMacros: suite.Known.Macros()}}, nil
	}}
}
