// SPDX-License-Identifier: GPL-2.0-only

package diff

import "strings"

// Severity says what a change does to a program that kept to the old contract.
// The package comment defines it.
type Severity string

// The severities, strongest first.
const (
	Breaking Severity = "breaking"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Severities lists them, strongest first.
var Severities = []Severity{Breaking, Warning, Info}

// AtLeast reports whether a severity is as strong as another one.
func (s Severity) AtLeast(t Severity) bool { return s.rank() <= t.rank() }

func (s Severity) rank() int {
	switch s {
	case Breaking:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Audience is whom a change concerns.
type Audience string

// The audiences.
const (
	Behaviour     Audience = "behaviour"     // what a caller sees the interface do
	Binary        Audience = "binary"        // numbers and layouts that are compiled into callers
	Documentation Audience = "documentation" // words
)

// Rule is a kind of change. Its ID is made of Area, Attribute, which may be
// empty, and Action, and never changes its meaning.
type Rule struct {
	ID                      string
	Area, Attribute, Action string
	Severity                Severity
	For                     Audience
	Says                    string // what happened to the element, as a predicate
	Waiver                  string // why no rule is the reverse of this one
}

// reverse maps an action to the action of the change the other way round.
var reverse = map[string]string{
	"added": "removed", "removed": "added",
	"narrowed": "widened", "widened": "narrowed",
	"grown": "shrunk", "shrunk": "grown",
	"opened": "closed", "closed": "opened",
	"moved": "moved", "changed": "changed", "renumbered": "renumbered",
}

// Mirror returns the id of the rule for the change the other way round, or ""
// for a rule with a Waiver.
func (r *Rule) Mirror() string {
	back, ok := reverse[r.Action]
	if !ok {
		return ""
	}
	return ruleID(r.Area, r.Attribute, back)
}

func ruleID(area, attribute, action string) string {
	if attribute == "" {
		return area + "-" + action
	}
	return area + "-" + attribute + "-" + action
}

// Rules returns the catalogue, by area in the order of the model.
func Rules() []Rule {
	out := make([]Rule, len(catalogue))
	copy(out, catalogue)
	return out
}

var (
	catalogue = allRules()
	ruleIndex = func() map[string]*Rule {
		m := make(map[string]*Rule, len(catalogue))
		for i := range catalogue {
			m[catalogue[i].ID] = &catalogue[i]
		}
		return m
	}()
)

// RuleByID returns the rule of the catalogue, or nil.
func RuleByID(id string) *Rule { return ruleIndex[id] }

// ruleByID is for ids made here, each of which the tests look up.
func ruleByID(id string) *Rule {
	if r := ruleIndex[id]; r != nil {
		return r
	}
	return &Rule{ID: id, Severity: Warning, For: Behaviour, Says: "changed"}
}

// area collects the rules of one area.
type area struct {
	name  string
	rules *[]Rule
}

func (a area) one(attribute, action string, sev Severity, who Audience, says string) {
	*a.rules = append(*a.rules, Rule{ID: ruleID(a.name, attribute, action), Area: a.name, Attribute: attribute,
		Action: action, Severity: sev, For: who, Says: says})
}

// plus is a pair of rules: something is added, and it is removed.
func (a area) plus(attribute string, added, removed Severity, who Audience, saysAdded, saysRemoved string) {
	a.one(attribute, "added", added, who, saysAdded)
	a.one(attribute, "removed", removed, who, saysRemoved)
}

// members is plus, and a rule for what happens both at once.
func (a area) members(attribute string, added, removed Severity, who Audience, saysAdded, saysRemoved string) {
	a.plus(attribute, added, removed, who, saysAdded, saysRemoved)
	sev := added
	if removed.AtLeast(sev) {
		sev = removed
	}
	a.one(attribute, "changed", sev, who, firstWords(saysAdded, saysRemoved))
}

func firstWords(added, removed string) string { return added + ", and " + removed }

// interval is the rules of a set of values that goes in.
func (a area) interval(attribute string, who Audience, says string) {
	a.one(attribute, "narrowed", Breaking, who, "takes fewer "+says)
	a.one(attribute, "widened", Info, who, "takes more "+says)
	a.one(attribute, "moved", Breaking, who, "takes other "+says)
}

// words is a text that decides nothing.
func (a area) words(attribute, what string) {
	a.one(attribute, "changed", Info, Documentation, "has "+what)
}

// unclear is a change of which the definition does not say what it does.
func (a area) unclear(attribute, what string) {
	a.one(attribute, "changed", Warning, Behaviour, "has "+what)
}

func allRules() []Rule {
	var rules []Rule
	in := func(name string) area { return area{name, &rules} }
	apiRules(in("api"))
	contextRules(in("context"))
	paramRules(in("param"))
	returnRules(in("return"))
	errnoRules(in("errno"))
	lockRules(in("lock"))
	constraintRules(in("constraint"))
	signalRules(in("signal"))
	sigmaskRules(in("sigmask"))
	structRules(in("struct"))
	fieldRules(in("field"))
	capabilityRules(in("capability"))
	effectRules(in("effect"))
	transitionRules(in("transition"))
	blockRules(in)
	otherRules(in)
	return rules
}

func apiRules(a area) {
	a.plus("", Info, Breaking, Behaviour, "has a contract now", "has no contract any more")
	a.unclear("kind", "another kind of interface")
	a.words("version", "another version")
	a.words("description", "another description")
	a.words("long-description", "another long description")
	a.words("examples", "other examples")
	a.words("notes", "other notes")
	a.words("since", "another version of first appearance")
	a.plus("deprecated", Info, Info, Documentation, "is deprecated now", "is not deprecated any more")
	a.words("replacement", "another replacement")
	a.words("count", "another stated number")
}

func contextRules(a area) {
	a.members("place", Info, Breaking, Behaviour, "allows a call from more places", "does not allow a call from some places any more")
	a.plus("sleep", Breaking, Info, Behaviour, "requires that the caller may sleep now", "does not require that the caller may sleep any more")
	a.plus("atomic", Breaking, Info, Behaviour, "requires an atomic section now", "does not require an atomic section any more")
	a.members("state", Warning, Warning, Behaviour, "names preemption or interrupts as disabled now", "does not name preemption or interrupts as disabled any more")
}

// valueRules are those that parameters and fields share.
func valueRules(a area) {
	a.words("name", "another name")
	a.one("type", "changed", Breaking, Binary, "has another C type")
	a.unclear("class", "another class of type")
	a.one("direction", "changed", Breaking, Behaviour, "has another direction")
	a.plus("input", Breaking, Breaking, Behaviour, "is read now", "is not read any more")
	a.plus("output", Breaking, Breaking, Behaviour, "is written now", "is not written any more")
	a.plus("optional", Info, Breaking, Behaviour, "may be left out now", "may not be left out any more")
	a.plus("const", Info, Breaking, Behaviour, "is promised not to be changed now", "is not promised to stay unchanged any more")
	a.plus("volatile", Info, Info, Documentation, "is volatile now", "is not volatile any more")
	a.plus("user", Breaking, Breaking, Behaviour, "points to user memory now", "does not point to user memory any more")
	a.plus("dma", Breaking, Info, Behaviour, "must be fit for DMA now", "need not be fit for DMA any more")
	a.plus("aligned", Breaking, Info, Behaviour, "must be aligned now", "need not be aligned any more")
	a.plus("binary", Breaking, Breaking, Behaviour, "is binary data now", "is not binary data any more")
	a.members("access", Info, Breaking, Behaviour, "can be accessed in more ways", "cannot be accessed in some way any more")

	a.plus("constraint", Breaking, Info, Behaviour, "has a constraint now", "has no constraint any more")
	a.plus("constraint-seen", Info, Info, Behaviour, "is seen to have a constraint now", "is not seen to have a constraint any more")
	a.interval("constraint", Behaviour, "values")
	a.one("constraint", "changed", Warning, Behaviour, "has a constraint whose values cannot be compared")
	a.interval("range", Behaviour, "values")
	a.interval("length", Behaviour, "lengths")
	a.members("mask-bits", Info, Breaking, Behaviour, "takes more bits", "does not take some bits any more")
	a.members("values", Info, Breaking, Behaviour, "takes more values", "does not take some values any more")
	a.interval("alignment", Behaviour, "values")
	a.one("output-values", "narrowed", Info, Behaviour, "can have fewer values")
	a.one("output-values", "widened", Breaking, Behaviour, "can have more values")
	a.one("output-values", "moved", Breaking, Behaviour, "can have other values")
	a.one("values", "renumbered", Breaking, Binary, "has the same names with other numbers")
	a.members("arch-mask-bits", Info, Breaking, Behaviour, "takes more bits", "does not take some bits any more")
	a.one("arch-values", "renumbered", Breaking, Binary, "has the same names with other numbers")
	a.unclear("validate", "another function that checks it")
	a.unclear("rule", "other words for what it must satisfy")
	a.words("constraint-text", "other words for its constraint")
	a.words("constraint-idle", "other numbers that its constraint does not use")
	a.members("refusal", Breaking, Info, Behaviour, "is refused with more errors", "is refused with fewer errors")
	a.words("trace", "other evidence for its constraint")
	a.words("description", "another description")
}

func paramRules(a area) {
	a.plus("", Breaking, Breaking, Binary, "is new", "is gone")
	a.one("order", "changed", Breaking, Binary, "have another order")
	valueRules(a)
	a.one("size", "grown", Breaking, Binary, "points to more bytes")
	a.one("size", "shrunk", Warning, Binary, "points to fewer bytes")
	a.one("size", "changed", Warning, Binary, "has another size, which cannot be compared")
	a.one("size-param", "changed", Breaking, Binary, "has its size in another parameter")
	a.one("unit", "changed", Breaking, Binary, "counts in another unit")
	a.one("path", "changed", Breaking, Behaviour, "has another path")
	a.members("permissions", Info, Breaking, Behaviour, "has more permissions", "lacks some permissions")
	a.unclear("default", "another default")
	a.one("units", "changed", Breaking, Behaviour, "is measured in other units")
	a.interval("step", Behaviour, "values")
	a.one("step", "changed", Warning, Behaviour, "has a step that cannot be compared")
	a.members("strings", Info, Breaking, Behaviour, "takes more words", "does not take some words any more")
}

func fieldRules(a area) {
	a.plus("", Breaking, Breaking, Binary, "is new", "is gone")
	a.one("order", "changed", Breaking, Binary, "has another place among the fields")
	a.one("offset", "changed", Breaking, Binary, "has another offset")
	a.one("size", "changed", Breaking, Binary, "has another size")
	valueRules(a)
}

func returnRules(a area) {
	a.plus("", Info, Breaking, Behaviour, "says what is returned now", "does not say what is returned any more")
	a.one("type", "changed", Breaking, Binary, "has another C type")
	a.unclear("class", "another class of type")
	a.one("check", "changed", Breaking, Behaviour, "tells success in another way")
	a.one("success", "narrowed", Info, Behaviour, "has fewer values for success")
	a.one("success", "widened", Breaking, Behaviour, "has more values for success")
	a.one("success", "moved", Breaking, Behaviour, "has other values for success")
	a.one("success", "changed", Warning, Behaviour, "has values for success that cannot be compared")
	a.words("idle", "other numbers that its check does not use")
	a.members("error-values", Breaking, Info, Behaviour, "has more values for failure", "has fewer values for failure")
	a.unclear("errors-from", "its values for failure from elsewhere")
	a.unclear("is-success", "another function that tells success")
	a.words("description", "another description")
}

func errnoRules(a area) {
	a.plus("", Breaking, Info, Behaviour, "can happen now", "cannot happen any more")
	a.plus("seen", Info, Info, Behaviour, "is seen now", "is not seen any more")
	a.plus("own", Warning, Info, Behaviour, "can come from the kernel's own code now", "cannot come from the kernel's own code any more")
	a.plus("way", Warning, Info, Behaviour, "can happen in one more way", "can happen in one way less")
	a.words("name", "another name for the same number")
	a.one("number", "changed", Breaking, Binary, "has another number")
	a.unclear("condition", "another condition")
	a.one("condition-seen", "changed", Info, Behaviour, "is seen to come under another condition")
	a.words("description", "another description")
	a.words("via", "another callback that it comes from")
	a.one("list", "opened", Warning, Behaviour, "are not all known any more")
	a.one("list", "closed", Info, Behaviour, "are all known now")
	a.members("source", Info, Info, Behaviour, "can come from one more place that is not known", "cannot come from one unknown place any more")
}

func lockRules(a area) {
	a.plus("internal", Warning, Info, Behaviour, "is taken and dropped inside now", "is not taken inside any more")
	a.plus("acquired", Breaking, Breaking, Behaviour, "is held on return now", "is not held on return any more")
	a.plus("released", Breaking, Breaking, Behaviour, "is dropped now", "is not dropped any more")
	a.plus("required", Breaking, Info, Behaviour, "must be held now", "need not be held any more")
	a.unclear("name", "another name")
	a.unclear("type", "another type")
	a.one("scope", "changed", Breaking, Behaviour, "is held in another scope")
	a.words("description", "another description")
}

func constraintRules(a area) {
	a.plus("", Breaking, Info, Behaviour, "must hold now", "need not hold any more")
	a.words("name", "another name")
	a.words("description", "another description")
	a.unclear("expression", "another expression")
}

func signalRules(a area) {
	a.plus("", Breaking, Info, Behaviour, "matters now", "does not matter any more")
	a.words("name", "another name")
	a.one("number", "changed", Breaking, Binary, "has another number")
	a.members("direction", Breaking, Info, Behaviour, "has one more direction", "has one direction less")
	a.one("action", "changed", Breaking, Behaviour, "leads to another action")
	a.unclear("target", "another target")
	a.unclear("condition", "another condition")
	a.words("description", "another description")
	a.plus("restartable", Info, Breaking, Behaviour, "restarts the call now", "does not restart the call any more")
	a.plus("interruptible", Breaking, Info, Behaviour, "interrupts the call now", "does not interrupt the call any more")
	a.members("sa-flags-required", Breaking, Info, Behaviour, "requires more flags of the handler", "requires fewer flags of the handler")
	a.members("sa-flags-forbidden", Breaking, Info, Behaviour, "forbids more flags of the handler", "forbids fewer flags of the handler")
	a.one("error", "changed", Breaking, Behaviour, "makes the call fail with another error")
	a.one("transform", "changed", Breaking, Behaviour, "becomes another signal")
	a.unclear("timing", "another time")
	a.unclear("priority", "another priority")
	a.unclear("queue", "another way to be queued")
	a.members("state-required", Breaking, Info, Behaviour, "requires more states of the process", "requires fewer states of the process")
	a.members("state-forbidden", Breaking, Info, Behaviour, "forbids more states of the process", "forbids fewer states of the process")
}

func sigmaskRules(a area) {
	a.plus("", Warning, Warning, Behaviour, "is new", "is gone")
	a.words("name", "another name")
	a.members("signals", Warning, Warning, Behaviour, "has more signals", "has fewer signals")
	a.words("description", "another description")
}

func structRules(a area) {
	a.plus("", Info, Breaking, Binary, "is described now", "is not described any more")
	a.words("name", "another name")
	a.one("size", "changed", Breaking, Binary, "has another size")
	a.one("alignment", "changed", Breaking, Binary, "has another alignment")
	a.words("description", "another description")
}

func capabilityRules(a area) {
	a.plus("", Breaking, Info, Behaviour, "is needed now", "is not needed any more")
	a.plus("bypass", Info, Breaking, Behaviour, "frees from a limit now", "does not free from a limit any more")
	a.unclear("name", "another name")
	a.words("title", "another title")
	a.one("number", "changed", Breaking, Binary, "has another number")
	a.unclear("action", "another action")
	a.unclear("allows", "other words for what it allows")
	a.unclear("without", "other words for what happens without it")
	a.unclear("condition", "another condition")
	a.unclear("priority", "another priority")
	a.members("alternatives", Info, Breaking, Behaviour, "has more alternatives", "has fewer alternatives")
	a.unclear("alternatives-from", "its alternatives from elsewhere")
}

func effectRules(a area) {
	a.plus("", Breaking, Warning, Behaviour, "happens now", "does not happen any more")
	a.members("types", Breaking, Warning, Behaviour, "does more", "does less")
	a.unclear("target", "another target")
	a.unclear("condition", "another condition")
	a.words("description", "another description")
	a.plus("reversible", Info, Breaking, Behaviour, "can be undone now", "cannot be undone any more")
}

func transitionRules(a area) {
	a.plus("", Breaking, Warning, Behaviour, "changes now", "does not change any more")
	a.words("object", "another name")
	a.one("from", "changed", Breaking, Behaviour, "changes from another state")
	a.one("to", "changed", Breaking, Behaviour, "changes to another state")
	a.unclear("condition", "another condition")
	a.words("description", "another description")
}

func blockRules(in func(string) area) {
	a := in("ioctl")
	a.plus("", Info, Breaking, Binary, "says what the command is now", "does not say what the command is any more")
	a.one("number", "changed", Breaking, Binary, "has another number")
	a.words("name", "another name")
	a.one("input-size", "changed", Breaking, Binary, "reads another number of bytes")
	a.one("output-size", "changed", Breaking, Binary, "writes another number of bytes")
	a.words("file-ops", "other file operations")
	a = in("sysfs")
	a.plus("", Info, Breaking, Behaviour, "says what the attribute is now", "does not say what the attribute is any more")
	a.unclear("subsystem", "another subsystem")
	a.unclear("device-type", "another type of device")
	socketRules(in)
}

func socketRules(in func(string) area) {
	a := in("socket")
	a.plus("", Info, Breaking, Behaviour, "says how the socket behaves now", "does not say how the socket behaves any more")
	a.interval("state-required", Behaviour, "states")
	a.one("state-required", "changed", Warning, Behaviour, "has required states that cannot be compared")
	a.members("state-forbidden", Breaking, Info, Behaviour, "forbids more states", "forbids fewer states")
	a.one("state-result", "changed", Breaking, Behaviour, "is another one after the call")
	a.unclear("state-condition", "another condition")
	a.unclear("state-protocols", "other protocols that it is for")
	a.plus("connection", Breaking, Breaking, Behaviour, "is connection oriented now", "is not connection oriented any more")
	a.plus("message", Breaking, Breaking, Behaviour, "is message oriented now", "is not message oriented any more")
	a.plus("oob", Info, Breaking, Behaviour, "has out-of-band data now", "has no out-of-band data any more")
	a.plus("peek", Info, Breaking, Behaviour, "can be peeked at now", "cannot be peeked at any more")
	a.plus("poll", Info, Breaking, Behaviour, "can be polled now", "cannot be polled any more")
	a.plus("reentrant", Info, Breaking, Behaviour, "is reentrant now", "is not reentrant any more")
	a.unclear("establishment", "other words for how a connection is made")
	a.unclear("termination", "other words for how a connection ends")
	a.unclear("transfer", "other words for how data is moved")
	a = in("protocol")
	a.plus("", Warning, Warning, Behaviour, "have a behaviour of their own now", "have no behaviour of their own any more")
	a.unclear("set", "other members")
	a.unclear("behavior", "other words for their behaviour")
	a.one("flags", "changed", Breaking, Behaviour, "have other flags")
	a.words("description", "other words for their flags")
	a = in("buffer")
	a.members("behaviors", Info, Breaking, Behaviour, "can do more", "can do less")
	a.interval("size", Behaviour, "sizes")
	a.one("size", "changed", Warning, Behaviour, "has sizes that cannot be compared")
	a.words("optimal", "another best size")
	a.unclear("fragmentation", "other words for fragments")
	a.plus("partial", Breaking, Info, Behaviour, "may be transferred in part now", "is not transferred in part any more")
	a.unclear("partial-rules", "other words for transfers in part")
	a = in("async")
	a.members("modes", Info, Breaking, Behaviour, "has more modes", "has fewer modes")
	a.one("errno", "changed", Breaking, Behaviour, "has another error where the call would block")
	a.members("poll-in", Warning, Breaking, Behaviour, "has more events for reading", "has fewer events for reading")
	a.members("poll-out", Warning, Breaking, Behaviour, "has more events for writing", "has fewer events for writing")
	a.unclear("completion", "other words for when it is complete")
	a.plus("timeout", Info, Breaking, Behaviour, "can time out now", "cannot time out any more")
	a.unclear("timeout-rules", "other words for what a timeout does")
	a = in("family")
	a.plus("", Info, Breaking, Behaviour, "is accepted now", "is not accepted any more")
	a.one("number", "changed", Breaking, Binary, "has another number")
	a.words("name", "another name")
	a.one("size", "changed", Breaking, Binary, "has another size of its address")
	a.interval("length", Behaviour, "lengths")
	a.one("length", "changed", Warning, Behaviour, "has lengths that cannot be compared")
	a.unclear("format", "other words for its address")
	a.plus("wildcard", Info, Breaking, Behaviour, "takes a wildcard now", "does not take a wildcard any more")
	a.plus("multicast", Info, Breaking, Behaviour, "takes multicast addresses now", "does not take multicast addresses any more")
	a.plus("broadcast", Info, Breaking, Behaviour, "takes broadcast addresses now", "does not take broadcast addresses any more")
	a.unclear("special", "other words for special addresses")
	a.interval("ports", Behaviour, "ports")
	a.one("ports", "changed", Warning, Behaviour, "has ports that cannot be compared")
}

func otherRules(in func(string) area) {
	in("prototype").one("", "changed", Warning, Binary, "has another prototype")
	a := in("unknown")
	a.members("text", Warning, Warning, Documentation, "has one more thing that is not understood", "has one thing less that is not understood")
	a = in("accepted")
	waived := func(action string, says string) {
		a.one("entry", action, Warning, Documentation, says)
		r := &(*a.rules)[len(*a.rules)-1]
		r.Waiver = "it is about the file of accepted changes, of which there is no old one"
	}
	waived("stale", "matches no change")
	waived("expired", "is over")
}

// Areas lists the areas of the catalogue in order.
func Areas() []string {
	var out []string
	for i := range catalogue {
		if n := len(out); n == 0 || out[n-1] != catalogue[i].Area {
			out = append(out, catalogue[i].Area)
		}
	}
	return out
}

// Title is the rule's predicate as a sentence about its element, for lists of
// rules.
func (r *Rule) Title() string {
	subject := map[string]string{"api": "The interface", "errno": "The error", "param": "The parameter", "return": "The return value",
		"sigmask": "The signal mask", "effect": "The side effect", "struct": "The structure", "transition": "The state",
		"prototype": "The function", "unknown": "The contract", "accepted": "The accepted change", "family": "The address family",
		"protocol": "The protocols", "async": "Asynchronous use", "buffer": "The socket buffer"}[r.Area]
	if subject == "" {
		subject = "The " + r.Area
	}
	switch r.ID {
	case "param-order-changed":
		subject = "The parameters"
	case "errno-list-opened", "errno-list-closed", "errno-source-added", "errno-source-removed", "errno-source-changed":
		subject = "The errors"
	}
	if strings.HasPrefix(r.Attribute, "arch-") {
		return subject + " " + r.Says + " on one architecture."
	}
	return subject + " " + r.Says + "."
}
