// SPDX-License-Identifier: GPL-2.0-only

package fix

import (
	"bytes"
	"fmt"
	"io"
	"sort"
)

const context = 3

// Diff writes the plan as one unified diff that applies with -p1 at the root
// of the tree. The edits say where texts differ, so nothing is compared.
func (p *Plan) Diff(w io.Writer) error {
	var out bytes.Buffer
	for _, f := range p.Files {
		f.diff(&out)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// change replaces old lines [from, to) by the lines of text.
type change struct {
	from, to int
	text     [][]byte
}

func (f *File) diff(out *bytes.Buffer) {
	old := lines(f.Old)
	changes := f.changes(old)
	if len(changes) == 0 {
		return
	}
	fmt.Fprintf(out, "--- a/%s\n+++ b/%s\n", f.Name, f.Name)
	grown := 0 // lines that the hunks so far added
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].from-changes[n-1].to <= 2*context {
			n++
		}
		grown += hunk(out, old, changes[:n], grown)
		changes = changes[n:]
	}
}

// changes are the edits widened to whole lines, those that touch united,
// without the lines that come out as they were.
func (f *File) changes(old [][]byte) []change {
	starts := make([]int, len(old)+1)
	for i, l := range old {
		starts[i+1] = starts[i] + len(l)
	}
	lineOf := func(offset int) int {
		if n := len(old); n > 0 && offset == len(f.Old) && f.Old[offset-1] != '\n' {
			return n - 1 // what follows an unfinished line is part of it
		}
		return sort.SearchInts(starts, offset+1) - 1
	}

	var out []change
	for i := 0; i < len(f.edits); {
		from := min(lineOf(f.edits[i].Offset), len(old))
		to := from
		j := i
		for ; j < len(f.edits) && (j == i || lineOf(f.edits[j].Offset) <= to); j++ {
			to = max(to, min(lineOf(f.edits[j].EndOffset)+1, len(old)))
		}
		text := apply(f.Old[:starts[to]], f.edits[i:j:j])[starts[from]:]
		if c := trim(old, change{from, to, lines(text)}); c.from < c.to || len(c.text) > 0 {
			out = append(out, c)
		}
		i = j
	}
	return out
}

func trim(old [][]byte, c change) change {
	for c.from < c.to && len(c.text) > 0 && bytes.Equal(old[c.from], c.text[0]) {
		c.from++
		c.text = c.text[1:]
	}
	for c.from < c.to && len(c.text) > 0 && bytes.Equal(old[c.to-1], c.text[len(c.text)-1]) {
		c.to--
		c.text = c.text[:len(c.text)-1]
	}
	return c
}

// hunk returns how many more lines the new text has.
func hunk(out *bytes.Buffer, old [][]byte, changes []change, grown int) int {
	first := max(changes[0].from-context, 0)
	last := min(changes[len(changes)-1].to+context, len(old))
	diff := 0
	for _, c := range changes {
		diff += len(c.text) - (c.to - c.from)
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(first, last-first), span(first+grown, last-first+diff))
	at := first
	for _, c := range changes {
		write(out, ' ', old[at:c.from])
		write(out, '-', old[c.from:c.to])
		write(out, '+', c.text)
		at = c.to
	}
	write(out, ' ', old[at:last])
	return diff
}

// span is "start,count" as diff counts: an empty one names the line before it.
func span(from, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, count)
}

func write(out *bytes.Buffer, sign byte, lines [][]byte) {
	for _, l := range lines {
		out.WriteByte(sign)
		out.Write(l)
		if !bytes.HasSuffix(l, []byte("\n")) {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lines cuts text behind each newline.
func lines(text []byte) [][]byte {
	l := bytes.SplitAfter(text, []byte("\n"))
	if len(l[len(l)-1]) == 0 {
		l = l[:len(l)-1]
	}
	return l
}
