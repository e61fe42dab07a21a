// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"cmp"
	"slices"
	"strings"

	"kapilint/specmodel"
)

// Change is one difference between two contracts, or a contract that only one
// set has.
type Change struct {
	Rule    *Rule
	Symbol  string // the contract: sys_epoll_create1
	Element string // what of it: "parameter flags"; empty for the contract itself
	// Old and New are the values, as people write them. One of them is empty
	// where something was added or removed.
	Old, New string
	// Note is a sentence more, without a full stop: a value that makes the difference.
	Note string
	// OldPos and NewPos are the places in the two sources; where an element
	// has none, or is not there, that of what it belongs to.
	OldPos, NewPos specmodel.Pos
}

// Message says the change in one line.
func (c *Change) Message() string {
	var b strings.Builder
	b.WriteString(c.Symbol + ": ")
	if c.Element != "" {
		b.WriteString(c.Element + " ")
	}
	b.WriteString(c.Rule.Says)
	switch {
	case c.Old != "" && c.New != "":
		b.WriteString(": " + c.New + ", before " + c.Old)
	case c.New != "":
		b.WriteString(": " + c.New)
	case c.Old != "":
		b.WriteString(": " + c.Old)
	}
	if c.Note != "" {
		b.WriteString("; " + c.Note)
	}
	return b.String()
}

// Compare lists what changed from the old set to the new one, sorted by
// contract and then in the order of the model. Neither set is changed.
func Compare(old, new *specmodel.Set) []Change {
	c := &comparer{}
	pairs, gone, come := matchAPIs(old.APIs, new.APIs)
	for _, p := range pairs {
		c.compare(p[0], p[1])
	}
	// A contract that is not there is missed where the others are.
	for _, a := range gone {
		c.old, c.new = a, &specmodel.API{Name: a.Name}
		c.emit("api-removed", spot{old: a.Pos}, oneLine(a.Description), "")
	}
	for _, a := range come {
		c.old, c.new = &specmodel.API{Name: a.Name}, a
		c.emit("api-added", spot{new: a.Pos}, "", oneLine(a.Description))
	}
	slices.SortStableFunc(c.out, func(a, b Change) int { return strings.Compare(a.Symbol, b.Symbol) })
	return c.out
}

// matchAPIs pairs contracts by name. Where a name occurs more than once, those
// of one kind and file belong together, then those of one kind, then the rest in order.
func matchAPIs(old, new []*specmodel.API) (pairs [][2]*specmodel.API, gone, come []*specmodel.API) {
	byName := make(map[string][]*specmodel.API, len(new))
	for _, a := range new {
		byName[a.Name] = append(byName[a.Name], a)
	}
	olds := make(map[string][]*specmodel.API, len(old))
	var names []string
	for _, a := range old {
		if olds[a.Name] == nil {
			names = append(names, a.Name)
		}
		olds[a.Name] = append(olds[a.Name], a)
	}
	for _, name := range names {
		x, y := olds[name], byName[name]
		delete(byName, name)
		if len(x) == 1 && len(y) == 1 {
			pairs = append(pairs, [2]*specmodel.API{x[0], y[0]})
			continue
		}
		p, g, n := match(x, y,
			func(a **specmodel.API) string { return string((*a).Kind) + " " + fileOf(*a) },
			func(a **specmodel.API) string { return string((*a).Kind) },
			func(a **specmodel.API) string { return "" })
		for _, ij := range p {
			pairs = append(pairs, [2]*specmodel.API{x[ij[0]], y[ij[1]]})
		}
		for _, i := range g {
			gone = append(gone, x[i])
		}
		for _, j := range n {
			come = append(come, y[j])
		}
	}
	for _, a := range new {
		if list := byName[a.Name]; list != nil {
			come = append(come, list...)
			delete(byName, a.Name)
		}
	}
	return pairs, gone, come
}

func fileOf(a *specmodel.API) string { return cmp.Or(a.Pos.File, a.Container.File) }

// match pairs elements of two lists by each key in turn, those of one key in
// order, and returns what is left of each.
func match[T any](old, new []T, keys ...func(*T) string) (pairs [][2]int, gone, come []int) {
	if len(old) == len(new) {
		alike := true
		for i := range old {
			if keys[0](&old[i]) != keys[0](&new[i]) {
				alike = false
				break
			}
		}
		if alike {
			for i := range old {
				pairs = append(pairs, [2]int{i, i})
			}
			return pairs, nil, nil
		}
	}
	for i := range old {
		gone = append(gone, i)
	}
	for j := range new {
		come = append(come, j)
	}
	for _, key := range keys {
		if len(gone) == 0 || len(come) == 0 {
			break
		}
		byKey := map[string][]int{}
		for _, j := range come {
			k := key(&new[j])
			byKey[k] = append(byKey[k], j)
		}
		taken := map[int]bool{}
		gone = slices.DeleteFunc(gone, func(i int) bool {
			k := key(&old[i])
			list := byKey[k]
			if len(list) == 0 {
				return false
			}
			pairs = append(pairs, [2]int{i, list[0]})
			byKey[k], taken[list[0]] = list[1:], true
			return true
		})
		come = slices.DeleteFunc(come, func(j int) bool { return taken[j] })
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return cmp.Compare(a[1], b[1]) })
	return pairs, gone, come
}

// spot is an element of the two contracts that are compared.
type spot struct {
	kind, name string
	old, new   specmodel.Pos
}

// comparer compares contracts and collects the changes.
type comparer struct {
	old, new *specmodel.API
	renamed  map[string]string // parameters, by their old name
	reshaped map[string]bool   // parameters that take other values
	out      []Change
}

// emit records a change by the id of its rule.
func (c *comparer) emit(id string, at spot, old, new string) {
	ch := Change{Rule: ruleByID(id), Symbol: c.new.Name, Old: old, New: new,
		OldPos: place(c.old, at.old), NewPos: place(c.new, at.new)}
	ch.Element = strings.TrimSpace(at.kind + " " + at.name)
	c.out = append(c.out, ch)
}

func (c *comparer) note(text string) { c.out[len(c.out)-1].Note = text }

// place falls back to where the contract stands. In one that was computed that
// is the code, which tells more than a line of the document that holds it.
func place(a *specmodel.API, pos specmodel.Pos) specmodel.Pos {
	inDocument := a.Origin == specmodel.FromCode && a.Pos.IsValid() && pos.File == a.Container.File
	switch {
	case pos.IsValid() && !inDocument:
		return pos
	case a.Pos.IsValid():
		return a.Pos
	}
	return a.Container
}

// stated reports whether both sources can state a field; the path is made of
// JSON names (signals.condition).
func (c *comparer) stated(path string) bool {
	if c.mixed() && !c.shared(path) && !slices.ContainsFunc(inferredSays, func(says string) bool { return within(path, says) }) {
		return false
	}
	if len(c.old.Unstated) == 0 && len(c.new.Unstated) == 0 {
		return true
	}
	in := func(u string) bool { return within(path, u) }
	return !slices.ContainsFunc(c.old.Unstated, in) && !slices.ContainsFunc(c.new.Unstated, in)
}

func within(path, part string) bool {
	rest, ok := strings.CutPrefix(path, part)
	return ok && (rest == "" || rest[0] == '.')
}

// mixed reports whether one contract was written and the other computed.
func (c *comparer) mixed() bool {
	return (c.old.Origin == specmodel.FromCode) != (c.new.Origin == specmodel.FromCode)
}

// inferredSays is what the code says as a person would. Its conditions are C,
// and who writes a contract says more of a type than C does.
var inferredSays = []string{"params.index", "params.name", "params.type", "params.constraint.kind", "params.constraint.arch_masks", "errors.name", "errors.value"}

// shared reports whether a path is that of a list that both kinds of contract
// have, whatever they say of its elements.
func (c *comparer) shared(path string) bool {
	return c.mixed() && (path == "params" || path == "errors" || path == "params.constraint")
}

// errorNames are the errors of a contract, by their first names.
func errorNames(a *specmodel.API) map[string]bool {
	names := make(map[string]bool, len(a.Errors))
	for i := range a.Errors {
		names[specmodel.CanonicalErrno(a.Errors[i].Name)] = true
	}
	return names
}

// open reports whether a contract was computed and is not complete.
func open(a *specmodel.API) bool { return a.Origin == specmodel.FromCode && !a.Closed }

// blind reports whether a contract was computed and more keeps it open than
// callbacks: what the code itself returns is not known completely.
func blind(a *specmodel.API) bool {
	ofCode := func(s specmodel.Step) bool { return s.Via == "" }
	return open(a) && (len(a.Open) == 0 || slices.ContainsFunc(a.Open, ofCode))
}

// text compares words.
func (c *comparer) text(at spot, path, id, old, new string) {
	if !sameText(old, new) && c.stated(path) {
		c.emit(id, at, oneLine(old), oneLine(new))
	}
}

// token compares one of a fixed set of names.
func (c *comparer) token(at spot, path, id string, old, new string) {
	if old != new && c.stated(path) {
		c.emit(id, at, old, new)
	}
}

// expr compares numbers.
func (c *comparer) expr(at spot, path, id string, old, new specmodel.Expr) {
	if !sameExpr(old, new) && c.stated(path) {
		c.emit(id, at, show(old), show(new))
	}
}

// number compares numbers that are 0 where they are not stated.
func (c *comparer) number(at spot, path, id string, old, new specmodel.Expr) {
	if !sameNumber(old, new) && c.stated(path) {
		c.emit(id, at, show(old), show(new))
	}
}

// flag compares what is so or not; the ids are those of attr.
func (c *comparer) flag(at spot, path, attr string, old, new bool) {
	switch {
	case old == new || !c.stated(path):
	case new:
		c.emit(attr+"-added", at, "", "")
	default:
		c.emit(attr+"-removed", at, "", "")
	}
}

// The actions that stand for the relations of two sets.
var (
	asMembers  = [...]string{narrower: "removed", wider: "added", moved: "changed", unknown: "changed"}
	asInterval = [...]string{narrower: "narrowed", wider: "widened", moved: "moved", unknown: "changed"}
)

// related emits the rule of attr for a relation.
func (c *comparer) related(at spot, path, attr string, actions [5]string, rel relation, old, new string) {
	if rel != same && c.stated(path) {
		c.emit(attr+"-"+actions[rel], at, old, new)
	}
}

// bits compares masks of which a new bit is an addition.
func (c *comparer) bits(at spot, path, attr string, old, new specmodel.Expr) {
	if rel := relateBits(old, new); rel != same {
		c.related(at, path, attr, asMembers, rel, showHex(old), showHex(new))
	}
}

// list compares lists of numbers as sets.
func (c *comparer) list(at spot, path, attr string, old, new []specmodel.Expr) {
	if rel := relateLists(old, new); rel != same {
		c.related(at, path, attr, asMembers, rel, showAll(old), showAll(new))
	}
}

// span compares intervals of non-negative numbers.
func (c *comparer) span(at spot, path, attr string, oldMin, oldMax, newMin, newMax specmodel.Expr) {
	if rel := relateSpans(oldMin, oldMax, newMin, newMax, domain{64, false}); rel != same {
		c.related(at, path, attr, asInterval, rel, showSpan(oldMin, oldMax), showSpan(newMin, newMax))
	}
}

// maxText is how many bytes of a text a change carries.
const maxText = 200

// oneLine brings words onto one line, and cuts what is too long.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText-3], "") + "..."
}
