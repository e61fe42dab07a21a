// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"runtime/debug"
	"strings"
)

// Version is the module's version, or "devel" for a build from a work tree
// that no release names.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	if commit := commitOf(info); commit != "" {
		return "devel-" + strings.TrimSuffix(commit, "+dirty")
	}
	return "devel"
}

// Commit is the revision that the program was built from, "+dirty" behind it
// where files were changed since, or "unknown".
func Commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		if commit := commitOf(info); commit != "" {
			return commit
		}
	}
	return "unknown"
}

// commitLength is how much of a commit's name is shown, as git abbreviates.
const commitLength = 12

func commitOf(info *debug.BuildInfo) string {
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= commitLength:
			commit = s.Value[:commitLength]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	if commit == "" {
		return ""
	}
	return commit + dirty
}
