// SPDX-License-Identifier: GPL-2.0-only

// Package entry finds the functions of a translation unit that user space can
// call, and the names their contracts have.
//
// The kernel defines system calls with SYSCALL_DEFINE0 to 6 and
// COMPAT_SYSCALL_DEFINE0 to 6 (include/linux/syscalls.h, include/linux/compat.h,
// arch/*/include/asm/syscall_wrapper.h). The macros make several functions; the
// one with the body that stands in the source and the parameters as declared is
// __do_sys_NAME, or sys_NAME itself where there is no wrapper. A contract calls
// it sys_NAME, or compat_sys_NAME.
package entry

import (
	"regexp"
	"strings"

	"kapilint/cparse"
	"kapilint/cparse/cfg"
	"kapilint/specmodel"
)

// Point is an interface that can have a contract.
type Point struct {
	Name   string         // what a contract calls it: sys_epoll_create1
	Kind   specmodel.Kind //
	Func   *cparse.Func   // the function with the body
	At     cfg.Site       // the name of the SYSCALL_DEFINE, or of the function
	End    cfg.Site       // behind what At begins
	Params []Param
	Macro  string // SYSCALL_DEFINE1; "" for a plain function
}

// Param is a parameter as written.
type Param struct {
	Name, Type string
	At         cfg.Site
}

var syscallMacro = regexp.MustCompile(`^(COMPAT_)?SYSCALL_DEFINE([0-6])$`)

// Syscalls returns the system calls that the unit defines, in source order.
func Syscalls(u *cparse.Unit) []Point {
	var out []Point
	at := map[cfg.Site]int{} // the macro's place to its index in out
	rank := map[cfg.Site]int{}
	for _, f := range u.Funcs() {
		if f.Macro == nil || len(f.Macro.Args) == 0 {
			continue
		}
		m := syscallMacro.FindStringSubmatch(f.Macro.Name)
		if m == nil {
			continue
		}
		name := m[1] + "sys_" + f.Macro.Args[0]
		name = strings.Replace(name, "COMPAT_", "compat_", 1)
		r := bodyRank(f.Name, name, m[2] == "0")
		if r <= rank[f.Macro.At] {
			continue
		}
		rank[f.Macro.At] = r
		p := Point{Name: name, Kind: specmodel.Syscall, Func: f, At: f.Macro.At, End: f.Macro.End, Macro: f.Macro.Name}
		for i := 1; i+1 < len(f.Macro.Args); i += 2 {
			p.Params = append(p.Params, Param{Name: f.Macro.Args[i+1], Type: f.Macro.Args[i], At: f.Macro.ArgAt[i+1]})
		}
		if i, ok := at[p.At]; ok {
			out[i] = p
			continue
		}
		at[p.At] = len(out)
		out = append(out, p)
	}
	return out
}

// bodyRank tells how surely function fn, made by the macro that defines system
// call name, is the one with the body: 0 for not at all. One without arguments
// has its body in the entry stub itself where the architecture has no inner
// function for it (__x64_sys_NAME).
func bodyRank(fn, name string, noArgs bool) int {
	switch {
	case fn == "__do_"+name:
		return 3
	case fn == name:
		return 2
	case noArgs && strings.HasPrefix(fn, "__") && strings.HasSuffix(fn, "_"+name):
		return 1
	}
	return 0
}

// Functions returns the plain functions that the unit's main file defines, in
// source order.
func Functions(u *cparse.Unit) []Point {
	var out []Point
	for _, f := range u.Funcs() {
		if f.Macro != nil || !f.InMain {
			continue
		}
		out = append(out, Point{Name: f.Name, Kind: specmodel.Function, Func: f, At: f.At})
	}
	return out
}
