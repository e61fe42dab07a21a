// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"fmt"
	"os"
)

// Overlay makes text stand for what files hold, by cleaned absolute path; nil
// stands for no file. It must come before the first file is read, and text must
// not change afterwards.
func (fs *Files) Overlay(text map[string][]byte) { fs.over = text }

// Overlaid returns the text that stands for a file, and whether there is one.
func (fs *Files) Overlaid(path string) (text []byte, ok bool) {
	text, ok = fs.over[path]
	return text, ok
}

func (fs *Files) read(path string) (string, error) {
	text, ok := fs.over[path]
	switch {
	case !ok:
		return readFile(path)
	case text == nil:
		return "", fmt.Errorf("%s: %w", path, os.ErrNotExist)
	case len(text) > maxFileSize:
		return "", fmt.Errorf("%s: larger than %d bytes", path, maxFileSize)
	}
	return string(text), nil
}
