// SPDX-License-Identifier: GPL-2.0-only

package cparse

import "go/types"

// Object returns what stands for s in facts.
func (u *Unit) Object(s Symbol) types.Object { return u.env.World.Object(s) }
