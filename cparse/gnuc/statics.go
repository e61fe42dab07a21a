// SPDX-License-Identifier: GPL-2.0-only

package gnuc

import "kapilint/cparse/pp"

// constStatics records the const objects with static storage that a function
// declares, as function.object.
func (o *Output) constStatics(toks []pp.Token, fn *item) {
	if fn.kind != funcItem || len(fn.names) == 0 {
		return
	}
	for i := fn.body; i < fn.hi; i++ {
		if toks[i].Kind != pp.Ident || toks[i].Text != "static" {
			continue
		}
		end := declarationEnd(toks, i, fn.hi)
		d := item{lo: i, hi: end, kind: declItem}
		declare(toks, &d)
		for _, name := range d.fixed {
			o.Const[fn.names[0]+"."+name] = true
		}
		i = end
	}
}

// declarationEnd returns the index of the ';' that ends the declaration at i.
func declarationEnd(toks []pp.Token, i, hi int) int {
	for depth := 0; i < hi; i++ {
		if toks[i].Kind != pp.Punct {
			continue
		}
		switch toks[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ";":
			if depth == 0 {
				return i
			}
		}
		if depth < 0 {
			return i
		}
	}
	return hi
}
