// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"os"
	"runtime/debug"
)

// A worker may use a gibibyte. Most of what it allocates is one unit's tree,
// which is garbage soon, so the collector may wait while there is room, and the
// limit keeps the peak where it would be anyway on a large tree.
const (
	memoryPerWorker = 900 << 20 // bytes; the rest is for what the collector does not count
	gcPercent       = 400
)

// setMemory tells the garbage collector what a run with so many workers may
// use. What the user's environment says about it stands.
func setMemory(workers int) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(int64(max(workers, 1)) * memoryPerWorker)
}
