// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	_ "embed"
	"os"

	"kapilint/cmd/kapilint/internal/app"
)

// manual is doc.go, whose text `kapilint help manual` prints.
//
//go:embed doc.go
var manual string

func main() {
	os.Exit(app.Main(os.Args[1:], manual))
}
