// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"kapilint/specmodel/internal/near"
)

// A vocabulary is a fixed set of words of the notation, and the prefix that
// they have as C constants.
type vocabulary struct {
	prefix string
	words  []string // as constants
	short  []string // without a prefix, where these differ
}

func wordsOf[T ~string](prefix string, list []T) vocabulary {
	v := vocabulary{prefix: prefix}
	for _, w := range list {
		v.words = append(v.words, string(w))
	}
	return v
}

func wordsOfBits(prefix string, bits []bit) vocabulary {
	v := vocabulary{prefix: prefix}
	for _, b := range bits {
		if b.name != "" {
			v.words = append(v.words, b.name)
		}
	}
	return v
}

// vocabularies are the sets of words by what readers call a member.
var vocabularies = func() map[string]vocabulary {
	types := wordsOf("KAPI_TYPE_", ParamTypes)
	flags := wordsOfBits("KAPI_PARAM_", paramFlagBits)
	flags.short = []string{"input", "output", "inout", "optional", "const", "volatile", "user", "dma", "aligned"}
	return map[string]vocabulary{
		"type of a parameter": types, "type of a return value": types, "type of a field": types,
		"flag of a parameter": flags, "flag of a field": flags,
		"context":                 wordsOfBits("KAPI_CTX_", contextBits),
		"kind of constraint":      wordsOf("KAPI_CONSTRAINT_", ConstraintKinds),
		"check of a return value": wordsOf("KAPI_RETURN_", ReturnChecks),
		"type of a lock":          wordsOf("KAPI_LOCK_", LockTypes),
		"scope of a lock":         wordsOf("KAPI_LOCK_", LockScopes),
		"direction of a signal":   wordsOfBits("KAPI_SIGNAL_", directionBits),
		"action of a signal":      wordsOf("KAPI_SIGNAL_ACTION_", SignalActions),
		"time of a signal":        {prefix: "KAPI_SIGNAL_TIME_", words: []string{"entry", "during", "exit", "anytime", "before", "after", "blocking", "sleeping"}},
		"type of a capability":    wordsOf("KAPI_CAP_", CapabilityActions), "action of a capability": wordsOf("KAPI_CAP_", CapabilityActions),
		"kind of side effect": wordsOfBits("KAPI_EFFECT_", effectBits),
		"kind of interface":   {prefix: "KAPI_API_", words: []string{string(Function), string(Syscall), string(Ioctl), string(Sysfs)}},
	}
}()

// Suggest returns the word of the notation that a misspelt one was meant to
// be, spelt as the misspelt one is: as a C constant or short. what says which
// words may stand there, as readers call them ("type of a lock"). only tells
// that no other word is as near.
func Suggest(what, word string) (want string, only bool) {
	v := vocabularies[what]
	short, constant := strings.CutPrefix(strings.ToUpper(word), v.prefix)
	short = strings.ToLower(short)
	words := v.words
	if !constant && v.short != nil {
		words = v.short
	}
	want, only = near.Word(short, slices.Values(words))
	if want != "" && constant && v.prefix != "" {
		want = v.prefix + strings.ToUpper(want)
	}
	return want, only
}

// Choices lists the words that may stand somewhere, as part of a sentence:
// "one of exact, range".
func Choices(what string) string {
	v := vocabularies[what]
	if len(v.words) == 0 {
		return "another word"
	}
	if v.short != nil {
		return "one of " + strings.Join(v.short, ", ")
	}
	return "one of " + strings.Join(v.words, ", ")
}

// Nearest returns the known word that a misspelt one was meant to be, or "".
// only tells that no other is as near.
func Nearest(word string, known iter.Seq[string]) (want string, only bool) {
	return near.Word(word, known)
}

func nearestErrno(name string) (want string, only bool) { return near.Word(name, maps.Keys(errnos)) }

func nearestCapability(name string) (want string, only bool) {
	return near.Word(name, maps.Keys(capabilities))
}

func nearestSignal(name string) (want string, only bool) {
	return near.Word(name, maps.Keys(signals))
}
