// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"strings"
)

// parseConfig reads the NAME=value lines of a .config or auto.conf. An option
// that is not set is absent.
func parseConfig(text []byte) map[string]string {
	cfg := make(map[string]string, bytes.Count(text, []byte("=")))
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "CONFIG_") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimRight(line, " \t\r\n"), "=")
		if !ok || value == "n" {
			continue
		}
		cfg[name] = value
	}
	return cfg
}

// archOfHeader returns X of the comment "# Linux/X 6.12.0 Kernel Configuration"
// near the start of a configuration.
func archOfHeader(text []byte) string {
	n := 0
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("# Linux/")); ok {
			arch, _, _ := bytes.Cut(rest, []byte(" "))
			return string(arch)
		}
		if n++; n > 10 {
			break
		}
	}
	return ""
}

// archSymbols maps the option that each architecture sets to the directory of
// the architecture.
var archSymbols = []struct{ option, dir string }{
	{"CONFIG_UML", "um"}, {"CONFIG_X86", "x86"}, {"CONFIG_ARM64", "arm64"}, {"CONFIG_ARM", "arm"},
	{"CONFIG_RISCV", "riscv"}, {"CONFIG_PPC", "powerpc"}, {"CONFIG_S390", "s390"}, {"CONFIG_MIPS", "mips"},
	{"CONFIG_SPARC", "sparc"}, {"CONFIG_LOONGARCH", "loongarch"}, {"CONFIG_PARISC", "parisc"},
	{"CONFIG_M68K", "m68k"}, {"CONFIG_ALPHA", "alpha"}, {"CONFIG_ARC", "arc"}, {"CONFIG_SUPERH", "sh"},
	{"CONFIG_XTENSA", "xtensa"}, {"CONFIG_OPENRISC", "openrisc"}, {"CONFIG_CSKY", "csky"},
	{"CONFIG_HEXAGON", "hexagon"}, {"CONFIG_MICROBLAZE", "microblaze"}, {"CONFIG_NIOS2", "nios2"},
}

func archOfConfig(cfg map[string]string, header string) string {
	if a := sourceArch(header); a != "" {
		return a
	}
	for _, s := range archSymbols {
		if cfg[s.option] == "y" {
			return s.dir
		}
	}
	return ""
}

// sourceArch returns the directory below arch for a value of make's ARCH or a
// common name of the machine.
func sourceArch(arch string) string {
	switch arch {
	case "x86_64", "i386", "i686", "amd64":
		return "x86"
	case "aarch64":
		return "arm64"
	case "sparc32", "sparc64":
		return "sparc"
	case "parisc64":
		return "parisc"
	case "riscv32", "riscv64":
		return "riscv"
	case "ppc", "ppc64", "ppc64le":
		return "powerpc"
	case "s390x":
		return "s390"
	}
	return arch
}
