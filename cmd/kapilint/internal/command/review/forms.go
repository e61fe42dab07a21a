// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"kapilint/checks/engine/report"
)

// The JSON form; docs/review.md describes it.
type (
	jsonPlace struct {
		File string `json:"file"`
		Line int    `json:"line,omitempty"`
		Col  int    `json:"col,omitempty"`
	}
	jsonStep struct {
		Name string `json:"name"`
		jsonPlace
	}
	jsonChange struct {
		Rule     string     `json:"rule"`
		Symbol   string     `json:"symbol"`
		Element  string     `json:"element,omitempty"`
		Severity string     `json:"severity"`
		For      string     `json:"for"`
		Old      string     `json:"old,omitempty"`
		New      string     `json:"new,omitempty"`
		Instead  string     `json:"instead,omitempty"`
		Message  string     `json:"message"`
		Place    *jsonPlace `json:"place,omitempty"`
		Patch    int        `json:"patch,omitempty"`
		Changed  *jsonPlace `json:"changed,omitempty"`
		Way      []jsonStep `json:"way,omitempty"`
	}
	jsonFinding struct {
		Rule    string     `json:"rule"`
		Symbol  string     `json:"symbol,omitempty"`
		Message string     `json:"message"`
		Place   *jsonPlace `json:"place,omitempty"`
		Patch   int        `json:"patch,omitempty"`
	}
	jsonPatch struct {
		Subject  string `json:"subject,omitempty"`
		Breaking int    `json:"breaking"`
		Other    int    `json:"other"`
		Caused   int    `json:"caused"`
		Repaired int    `json:"repaired"`
	}
	jsonNote struct {
		*jsonPlace
		Message string `json:"message"`
	}
	jsonReview struct {
		Schema   string        `json:"schema"`
		Changes  []jsonChange  `json:"changes"`
		Caused   []jsonFinding `json:"caused"`
		Fix      string        `json:"fix,omitempty"`
		Repaired []jsonFinding `json:"repaired"`
		Patches  []jsonPatch   `json:"patches"`
		Notes    []jsonNote    `json:"notes"`
		Compared int           `json:"compared"`
		Complete bool          `json:"complete"`
	}
)

func jsonAt(p report.Place) *jsonPlace {
	if p.File == "" {
		return nil
	}
	return &jsonPlace{p.File, p.Line, p.Col}
}

func jsonFindings(list []finding) []jsonFinding {
	out := []jsonFinding{}
	for i := range list {
		f := &list[i]
		out = append(out, jsonFinding{f.Rule(), f.Symbol, f.Message, jsonAt(f.Place), f.Patch})
	}
	return out
}

func (rep *result) json(w io.Writer) error {
	forgot, err := rep.forgot()
	if err != nil {
		return err
	}
	doc := jsonReview{Schema: "kapilint.review/1", Changes: []jsonChange{}, Caused: jsonFindings(rep.caused), Fix: forgot, Repaired: jsonFindings(rep.repaired),
		Patches: []jsonPatch{}, Notes: []jsonNote{}, Compared: rep.compared, Complete: !rep.failed}
	for i := range rep.changes {
		ch := &rep.changes[i]
		out := jsonChange{ch.Rule.ID, ch.Symbol, ch.Element, string(ch.Rule.Severity), string(ch.Rule.For), ch.Old, ch.New, ch.Instead, ch.Message(),
			jsonAt(place(ch.NewPos)), ch.Patch, jsonAt(ch.At), nil}
		for _, s := range ch.Way {
			out.Way = append(out.Way, jsonStep{s.Name, jsonPlace{File: s.File, Line: s.Line}})
		}
		doc.Changes = append(doc.Changes, out)
	}
	for i := range rep.patches {
		p := &rep.patches[i]
		doc.Patches = append(doc.Patches, jsonPatch{p.Subject, p.Breaking, p.Other, p.Caused, p.Repaired})
	}
	for _, n := range append(rep.problems, rep.notes...) {
		doc.Notes = append(doc.Notes, jsonNote{jsonAt(n.Place), n.Message})
	}
	for _, h := range rep.hints {
		doc.Notes = append(doc.Notes, jsonNote{nil, h})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// markdown writes a part of a cover letter, or a comment.
func (rep *result) markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Review\n\n%s.\n", escape(strings.ToUpper(rep.summary()[:1])+rep.summary()[1:]))
	groups := rep.groups()
	if len(groups) > 0 {
		fmt.Fprintf(out, "\n## %s\n\n| interface | what | | changed in |\n|---|---|---|---|\n", titleChanges)
	}
	for _, g := range groups {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", escape(g.names(false)), escape(g.says()), verdict(g.Rule), escape(where(g.At)+rep.in(g.Patch)))
	}
	for _, part := range []struct {
		title string
		list  []finding
	}{{titleCaused, rep.caused}, {titleRepaired, rep.repaired}} {
		if len(part.list) > 0 {
			fmt.Fprintf(out, "\n## %s\n\n", part.title)
		}
		for i := range part.list {
			f := &part.list[i]
			fmt.Fprintf(out, "- %s: %s (%s)\n", escape(where(f.Place)), escape(f.Message+rep.in(f.Patch)), f.Rule())
		}
	}
	forgot, err := rep.forgot()
	if err != nil {
		return err
	}
	if forgot != "" {
		fence := strings.Repeat("`", max(3, longest(forgot, '`')+1))
		fmt.Fprintf(out, "\n## %s\n\n%sdiff\n%s%s\n", titleForgot, fence, forgot, fence)
	}
	if lines := rep.byPatch(); len(lines) > 0 {
		fmt.Fprintf(out, "\n## %s\n\n", titlePatches)
		for _, l := range lines {
			fmt.Fprintf(out, "- %s\n", escape(l))
		}
	}
	if len(rep.problems)+len(rep.notes)+len(rep.hints) > 0 {
		fmt.Fprint(out, "\n## Not looked at\n\n")
	}
	for _, n := range append(rep.problems, rep.notes...) {
		fmt.Fprintf(out, "- %s: %s\n", escape(where(n.Place)), escape(n.Message))
	}
	for _, h := range rep.hints {
		fmt.Fprintf(out, "- %s\n", escape(h))
	}
	return out.Flush()
}

// bare is an interface as people call it.
func bare(symbol string) string { return strings.TrimPrefix(symbol, "sys_") }

func where(p report.Place) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// escape protects text from being read as markup.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "`", "\\`", "[", `\[`, "\n", " ").Replace(s)
}

// longest is the length of the longest run of c in s.
func longest(s string, c rune) int {
	best, n := 0, 0
	for _, r := range s {
		if n++; r != c {
			n = 0
		}
		best = max(best, n)
	}
	return best
}
