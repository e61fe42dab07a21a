// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"os"
	"sync"

	"kapilint/checks/engine/cache"
)

// toolDigest identifies this program by its own content.
var toolDigest = sync.OnceValues(func() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(exe)
	if err != nil {
		return "", err
	}
	return cache.Sum(data).String(), nil
})
