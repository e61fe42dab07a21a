// SPDX-License-Identifier: GPL-2.0-only

//go:build unix

package pp

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// benchUnit is the unit that the benchmarks measure: the one whose source ends
// in KAPILINT_UNIT, by default fs/eventpoll.c.
func benchUnit(b *testing.B) (src, obj string, u gccUnit) {
	src, obj, units := kernelUnits(b)
	name := os.Getenv("KAPILINT_UNIT")
	if name == "" {
		name = "/fs/eventpoll.c"
	}
	for _, u := range units {
		if strings.HasSuffix(u.source, name) {
			u.cfg.Predefined = predefiner{}.get(b, u.mode)
			return src, obj, u
		}
	}
	b.Skipf("no unit %s in the build", name)
	return
}

// BenchmarkGCC is gcc -E of the unit, for comparison.
func BenchmarkGCC(b *testing.B) {
	_, obj, u := benchUnit(b)
	cpu(b, syscall.RUSAGE_CHILDREN, func() {
		cmd := exec.Command("gcc", append([]string{"-E", "-o", os.DevNull}, u.argv...)...)
		cmd.Dir = obj
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkCold reads and tokenizes every file anew.
func BenchmarkCold(b *testing.B) {
	src, _, u := benchUnit(b)
	b.ReportAllocs()
	cpu(b, syscall.RUSAGE_SELF, func() { bench(b, NewFiles(src), u) })
}

// BenchmarkWarm finds the headers tokenized.
func BenchmarkWarm(b *testing.B) {
	src, _, u := benchUnit(b)
	fs := NewFiles(src)
	bench(b, fs, u)
	b.ReportAllocs()
	cpu(b, syscall.RUSAGE_SELF, func() { bench(b, fs, u) })
}

// cpu runs the benchmark's loop and reports the processor time of an iteration
// too, which other load on the machine hardly changes. Who is one of syscall's
// RUSAGE constants.
func cpu(b *testing.B, who int, body func()) {
	used := func() time.Duration {
		var r syscall.Rusage
		if syscall.Getrusage(who, &r) != nil {
			return 0
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	start := used()
	for b.Loop() {
		body()
	}
	b.ReportMetric(float64(used()-start)/1e6/float64(b.N), "cpu-ms/op")
}

func bench(b *testing.B, fs *Files, u gccUnit) {
	r, err := Process(fs, &u.cfg, u.source)
	if err != nil || len(r.Errors) > 0 {
		b.Fatal(err, r.Errors)
	}
	b.ReportMetric(float64(len(r.Tokens)), "tokens")
	b.ReportMetric(float64(len(r.Expansions)), "expansions")
}
