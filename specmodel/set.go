// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"cmp"
	"slices"
	"strings"
)

// Set is many contracts, in the order they were added. A name may occur more
// than once: two contracts for one function are a mistake to report, not to hide.
type Set struct {
	APIs []*API
}

// Add appends contracts.
func (s *Set) Add(apis ...*API) { s.APIs = append(s.APIs, apis...) }

// All returns every contract with the name, in the order they were added.
func (s *Set) All(name string) []*API {
	var found []*API
	for _, a := range s.APIs {
		if a.Name == name {
			found = append(found, a)
		}
	}
	return found
}

// Get returns the first contract with the name, or nil.
func (s *Set) Get(name string) *API {
	for _, a := range s.APIs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// ByName returns the first contract of each name, for looking up many.
func (s *Set) ByName() map[string]*API {
	m := make(map[string]*API, len(s.APIs))
	for _, a := range s.APIs {
		if m[a.Name] == nil {
			m[a.Name] = a
		}
	}
	return m
}

// Sort orders the set by name, then file and line.
func (s *Set) Sort() {
	slices.SortStableFunc(s.APIs, func(a, b *API) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
}

// Param returns the parameter with the name, or nil.
func (a *API) Param(name string) *Param {
	for i := range a.Params {
		if a.Params[i].Name == name {
			return &a.Params[i]
		}
	}
	return nil
}

// ParamAt returns the parameter with the index, or nil.
func (a *API) ParamAt(index int) *Param {
	for i := range a.Params {
		if a.Params[i].Index == index {
			return &a.Params[i]
		}
	}
	return nil
}

// HasError reports whether the contract lists the error; two names of one
// number (EAGAIN and EWOULDBLOCK) are the same error.
func (a *API) HasError(name string) bool {
	want := CanonicalErrno(name)
	return slices.ContainsFunc(a.Errors, func(e Error) bool { return CanonicalErrno(e.Name) == want })
}

// ScopeOf gives the scope of a lock from the four facts that older notations
// state one by one.
func ScopeOf(acquired, released, heldOnEntry, heldOnExit bool) LockScope {
	switch {
	case acquired && released:
		return LockInternal
	case acquired:
		return LockAcquires
	case released:
		return LockReleases
	case heldOnEntry || heldOnExit:
		return LockCallerHeld
	default:
		return LockInternal
	}
}

// KindOf derives the kind of an interface from the name of its contract.
func KindOf(name string) Kind {
	switch {
	case strings.HasPrefix(name, "sys_"), strings.HasPrefix(name, "compat_sys_"):
		return Syscall
	case strings.HasSuffix(name, "_ioctl"):
		return Ioctl
	default:
		return Function
	}
}
