// SPDX-License-Identifier: GPL-2.0-only

package output

import (
	"bufio"
	"encoding/json"
	"io"

	"kapilint/checks/engine/report"
)

// Schema names the form that [JSON] and [JSONLines] write.
const Schema = "kapilint.findings/1"

type document struct {
	Schema   string    `json:"schema"`
	Findings []finding `json:"findings"`
	Units    []unit    `json:"units"`
}

type place struct {
	File      string `json:"file"`
	Line      int    `json:"line,omitempty"`
	Col       int    `json:"col,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndCol    int    `json:"end_col,omitempty"`
	Offset    *int   `json:"offset,omitempty"`
	EndOffset *int   `json:"end_offset,omitempty"`
}

type finding struct {
	Rule     string `json:"rule"`
	Check    string `json:"check"`
	Category string `json:"category,omitempty"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	place
	Symbol      string `json:"symbol,omitempty"`
	Key         string `json:"key,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Notes       []note `json:"notes,omitempty"`
	Fixes       []fix  `json:"fixes,omitempty"`
}

type note struct {
	place
	Message string `json:"message"`
	Depth   int    `json:"depth"`
}

type fix struct {
	Message string `json:"message"`
	Edits   []edit `json:"edits"`
}

type edit struct {
	File      string `json:"file"`
	Offset    int    `json:"offset"`
	EndOffset int    `json:"end_offset"`
	New       string `json:"new"`
}

type unit struct {
	Path    string    `json:"path"`
	State   string    `json:"state"`
	Reasons []problem `json:"reasons,omitempty"`
}

type problem struct {
	Item    string `json:"item,omitempty"`
	Message string `json:"message"`
	place
}

// JSON writes one object: the schema, all findings and all units.
func JSON(w io.Writer, res *report.Result) error {
	doc := document{Schema: Schema, Findings: findings(res.Findings), Units: []unit{}}
	for i := range res.Units {
		doc.Units = append(doc.Units, unitOf(&res.Units[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

// JSONLines writes a line {"finding": ...} per finding and then a line
// {"unit": ...} per unit.
func JSONLines(w io.Writer, res *report.Result) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, f := range findings(res.Findings) {
		if err := enc.Encode(map[string]any{"finding": f}); err != nil {
			return err
		}
	}
	for i := range res.Units {
		if err := enc.Encode(map[string]any{"unit": unitOf(&res.Units[i])}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func findings(fs []report.Finding) []finding {
	prints := report.Fingerprints(fs)
	out := make([]finding, 0, len(fs))
	for i := range fs {
		f := &fs[i]
		sev := f.Severity
		if sev == "" {
			sev = report.Warning
		}
		g := finding{
			Rule: f.Rule(), Check: f.Check, Category: f.Category, Severity: string(sev), Message: f.Message,
			place: placeOf(f.Place), Symbol: f.Symbol, Key: f.Key, Fingerprint: prints[i],
		}
		for _, n := range f.Notes {
			g.Notes = append(g.Notes, note{placeOf(n.Place), n.Message, n.Depth})
		}
		for _, x := range f.Fixes {
			h := fix{Message: x.Message, Edits: []edit{}}
			for _, e := range x.Edits {
				h.Edits = append(h.Edits, edit(e))
			}
			g.Fixes = append(g.Fixes, h)
		}
		out = append(out, g)
	}
	return out
}

func unitOf(u *report.Unit) unit {
	out := unit{Path: u.Path, State: string(u.State)}
	for _, p := range u.Reasons {
		out.Reasons = append(out.Reasons, problem{p.Item, p.Message, placeOf(in(u, p))})
	}
	return out
}

func placeOf(p report.Place) place {
	out := place{File: p.File, Line: p.Line, Col: p.Col, EndLine: p.EndLine, EndCol: p.EndCol}
	if p.EndOffset > 0 {
		out.Offset, out.EndOffset = &p.Offset, &p.EndOffset
	}
	return out
}
