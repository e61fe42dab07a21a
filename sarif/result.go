// SPDX-License-Identifier: GPL-2.0-only

package sarif

import (
	"fmt"
	"slices"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"kapilint/checks/engine/report"
)

const fingerprintKey = "kapilint/v1"

func result(f *report.Finding, print string, index map[string]uint, texts *texts) *gosarif.Result {
	res := gosarif.NewRuleResult(f.Rule())
	if i, ok := index[f.Check]; ok {
		res.RuleIndex = &i
	}
	lvl := level(f.Severity)
	res.Level = &lvl
	res.Message = *gosarif.NewTextMessage(message(f))
	if f.Place.File != "" {
		loc := location(f.Place, texts)
		if f.Symbol != "" {
			loc.LogicalLocations = []*gosarif.LogicalLocation{
				gosarif.NewLogicalLocation().WithName(f.Symbol).WithFullyQualifiedName(f.Symbol).WithKind("function"),
			}
		}
		res.Locations = []*gosarif.Location{loc}
	}
	for i, n := range f.Notes {
		loc := location(n.Place, texts)
		noteID := uint(i + 1)
		loc.Id = &noteID
		loc.Message = gosarif.NewTextMessage(unlink(n.Message))
		res.RelatedLocations = append(res.RelatedLocations, loc)
	}
	if len(f.Notes) > 0 {
		res.CodeFlows = []*gosarif.CodeFlow{codeFlow(f.Notes, texts)}
	}
	for _, fix := range f.Fixes {
		if out := fixOf(&fix, texts); out != nil {
			res.Fixes = append(res.Fixes, out)
		}
	}
	res.PartialFingerprints = map[string]any{fingerprintKey: print}
	return res
}

// message is the finding's own text and a link to the evidence that decides,
// which is the last note.
func message(f *report.Finding) string {
	text := unlink(f.Message)
	n := len(f.Notes)
	if n == 0 {
		return text
	}
	last := f.Notes[n-1].Place
	if last.File == "" {
		return text
	}
	where := last.File
	if last.Line > 0 {
		where = fmt.Sprintf("%s:%d", last.File, last.Line)
	}
	return fmt.Sprintf("%s ([%s](%d))", text, linkText(where), n)
}

// unlink keeps "](" of a message from being read as an embedded link.
func unlink(s string) string {
	return strings.ReplaceAll(s, "](", `]\(`)
}

func linkText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
}

func codeFlow(notes []report.Note, texts *texts) *gosarif.CodeFlow {
	thread := &gosarif.ThreadFlow{}
	for i, n := range notes {
		loc := location(n.Place, texts)
		loc.Message = gosarif.NewTextMessage(unlink(n.Message))
		order, depth := i+1, max(n.Depth, 0)
		step := &gosarif.ThreadFlowLocation{
			Location:       loc,
			ExecutionOrder: &order,
			NestingLevel:   &depth,
			Importance:     "important",
		}
		if i == 0 || i == len(notes)-1 {
			step.Importance = "essential"
		}
		thread.Locations = append(thread.Locations, step)
	}
	return &gosarif.CodeFlow{ThreadFlows: []*gosarif.ThreadFlow{thread}}
}

// fixOf returns nil for a fix that cannot be written as regions because the
// text of one of its files is not there.
func fixOf(fix *report.Fix, texts *texts) *gosarif.Fix {
	out := &gosarif.Fix{Description: gosarif.NewTextMessage(fix.Message)}
	edits := slices.Clone(fix.Edits)
	slices.SortStableFunc(edits, func(a, b report.Edit) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Offset - b.Offset
	})
	for i, e := range edits {
		region, ok := texts.of(e.File).span(e.Offset, e.EndOffset)
		if !ok {
			return nil
		}
		if i == 0 || edits[i-1].File != e.File {
			out.ArtifactChanges = append(out.ArtifactChanges,
				gosarif.NewArtifactChange(artifact(e.File)))
		}
		change := out.ArtifactChanges[len(out.ArtifactChanges)-1]
		change.Replacements = append(change.Replacements,
			gosarif.NewReplacement(region).WithInsertedContent(gosarif.NewArtifactContent().WithText(e.New)))
	}
	if len(out.ArtifactChanges) == 0 {
		return nil
	}
	return out
}
