// SPDX-License-Identifier: GPL-2.0-only

package cparse

import (
	"errors"
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// Analyzer gives other analyzers the [Unit] of their pass. Its result comes
// from the driver; its Run only says so.
var Analyzer = &analysis.Analyzer{
	Name:       "cunit",
	Doc:        "provide the parsed C translation unit",
	ResultType: reflect.TypeFor[*Unit](),
	Run: func(*analysis.Pass) (any, error) {
		return nil, errors.New("the driver has to provide the unit")
	},
}

// Of returns the unit that pass is about. The analyzer must require
// [Analyzer].
func Of(pass *analysis.Pass) *Unit { return pass.ResultOf[Analyzer].(*Unit) }
