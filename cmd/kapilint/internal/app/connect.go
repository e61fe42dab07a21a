// SPDX-License-Identifier: GPL-2.0-only

package app

// newEngine wires the analysis to the command line.
func newEngine() Engine {
	return Engine{}
}
