// SPDX-License-Identifier: GPL-2.0-only

package review

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"

	"kapilint/checks/engine/report"
	"kapilint/cmd/kapilint/internal/patch"
)

// comment is what a reviewer writes below a line of a patch.
type comment struct {
	at   report.Place // in the patch; zero for none
	text string
}

// reply is an answer to one patch: its hunks, quoted, with comments.
type reply struct {
	*patchResult
	below   map[report.Place][]string
	general []string
}

// mail writes one answer for each patch that there is something to say of, as a
// file of mails. There is none where nothing is wrong.
func (rep *result) mail(w io.Writer) error {
	out := bufio.NewWriter(w)
	for i := range rep.patches {
		r := &reply{patchResult: &rep.patches[i], below: map[report.Place][]string{}}
		for _, c := range rep.comments(i) {
			if at, ok := r.quoted(c.at); ok {
				r.below[at] = append(r.below[at], c.text)
				continue
			}
			r.general = append(r.general, c.text)
		}
		if i == len(rep.patches)-1 {
			forgot, err := rep.forgot()
			if err != nil {
				return err
			}
			if forgot != "" {
				r.general = append(r.general, titleForgot+":\n\n"+strings.TrimSuffix(forgot, "\n"))
			}
		}
		if len(r.below)+len(r.general) > 0 {
			r.write(out)
		}
	}
	return out.Flush()
}

// comments is what is to be said of a patch.
func (rep *result) comments(i int) []comment {
	mine := func(n int) bool { return n == i+1 || n == 0 && i == len(rep.patches)-1 }
	var out []comment
	for _, g := range rep.groups() {
		if !mine(g.Patch) {
			continue
		}
		text := wrap(g.names(false)+": "+g.says()+"; "+verdict(g.Rule)+".", "")
		if way := g.of[0].Way; len(way) > 1 {
			text += "\n" + wrap("The way: "+arrows(way), "    ")
		}
		out = append(out, comment{g.At, text})
	}
	for k := range rep.caused {
		if f := &rep.caused[k]; mine(f.Patch) {
			out = append(out, comment{rep.patches[i].touching(f), wrap(f.Message+" ["+f.Rule()+"].", "")})
		}
	}
	p := &rep.patches[i]
	if n := p.Breaking + p.Caused; len(out) == 0 && n > 0 && len(rep.patches) > 1 {
		out = append(out, comment{text: wrap("By itself this patch does: "+strings.Join(p.does(), ", ")+". The series as a whole does not.", "")})
	}
	return out
}

// touching returns the place of a finding, or else the innermost one of its
// evidence, that lies in a hunk.
func (p *patchResult) touching(f *finding) report.Place {
	places := []report.Place{f.Place}
	for _, n := range slices.Backward(f.Notes) {
		places = append(places, n.Place)
	}
	for _, at := range places {
		for _, d := range p.done {
			if d.New == at.File && slices.ContainsFunc(d.Hunks, func(h patch.Place) bool { return h.Line <= at.Line && at.Line <= h.End }) {
				return report.Place{File: at.File, Line: at.Line}
			}
		}
	}
	return report.Place{}
}

// quoted returns the place of the line below which a comment on at stands.
func (r *reply) quoted(at report.Place) (report.Place, bool) {
	for _, d := range r.done {
		for _, h := range d.Hunks {
			if at.File != "" && d.New == at.File && h.Line <= at.Line && at.Line <= h.End {
				return report.Place{File: at.File, Line: at.Line}, true
			}
		}
	}
	return report.Place{}, false
}

// write prints the answer. Hunks without comments are left out.
func (r *reply) write(w io.Writer) {
	fmt.Fprintf(w, "From kapilint Thu Jan  1 00:00:00 1970\nSubject: Re: %s\n", mime.QEncoding.Encode("utf-8", strings.TrimPrefix(cmp.Or(r.Title, "the patch"), "Re: ")))
	if r.ID != "" {
		fmt.Fprintf(w, "In-Reply-To: %s\nReferences: %s\n", r.ID, r.ID)
	}
	fmt.Fprint(w, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n")
	if r.From != "" {
		fmt.Fprintf(w, "%s wrote:\n", r.From)
	}
	for _, d := range r.done {
		named := false
		for i := range d.Hunks {
			h := &d.Hunks[i]
			if !r.speaksOf(d.New, h) {
				continue
			}
			if !named {
				fmt.Fprintf(w, "> --- %s\n> +++ %s\n", side("a/", d.Old), side("b/", d.New))
				named = true
			}
			r.hunk(w, d.New, h)
		}
	}
	for _, text := range r.general {
		fmt.Fprintf(w, "\n%s\n", from(text))
	}
	fmt.Fprintln(w)
}

func side(prefix, name string) string {
	if name == "" {
		return "/dev/null"
	}
	return prefix + name
}

func (r *reply) speaksOf(file string, h *patch.Place) bool {
	for at := range r.below {
		if at.File == file && h.Line <= at.Line && at.Line <= h.End {
			return true
		}
	}
	return false
}

// hunk quotes a hunk. A comment stands below the last line with its number: a
// line that is gone has that of the one in its place.
func (r *reply) hunk(w io.Writer, file string, h *patch.Place) {
	fmt.Fprintf(w, "> %s\n", strings.TrimSpace(h.Head))
	for i, l := range h.Lines {
		fmt.Fprintf(w, "> %s\n", l.Text)
		at := report.Place{File: file, Line: l.New}
		if i+1 < len(h.Lines) && h.Lines[i+1].New == l.New {
			continue
		}
		if len(r.below[at]) == 0 || at.Line < h.Line || at.Line > h.End {
			continue
		}
		for _, text := range r.below[at] {
			fmt.Fprintf(w, "\n%s\n", from(text))
		}
		delete(r.below, at)
		if i+1 < len(h.Lines) {
			fmt.Fprintln(w)
		}
	}
}

// from protects lines that a file of mails would take for the start of one.
func from(text string) string { return strings.ReplaceAll("\n"+text, "\nFrom ", "\n>From ")[1:] }

// width is how long a line of a mail is.
const width = 72

// wrap breaks text into lines; all but the first begin with indent.
func wrap(text, indent string) string {
	var out strings.Builder
	n := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case n+1+len(word) > width:
			out.WriteString("\n" + indent)
			n = len(indent)
		default:
			out.WriteByte(' ')
			n++
		}
		out.WriteString(word)
		n += len(word)
	}
	return out.String()
}
