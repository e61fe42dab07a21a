// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Markdown renders the documentation as a page: heading, title, text, an
// example before and after the repair, options and limits.
func (d Doc) Markdown() string {
	var b strings.Builder
	if d.Name != "" {
		fmt.Fprintf(&b, "# %s\n\n", d.Name)
	}
	fmt.Fprintf(&b, "%s.\n", escape(d.Title))
	d.facts(func(name, value string) { fmt.Fprintf(&b, "\n%s: %s  ", name, value) })
	b.WriteByte('\n')
	section := func(title string) { fmt.Fprintf(&b, "\n## %s\n", title) }
	b.WriteString(markdownText(d.Text))
	if len(d.Categories) > 0 {
		section("Kinds of finding")
		for _, c := range d.Categories {
			fmt.Fprintf(&b, "\n### %s\n\n%s.\n%s", d.rule(c), escape(c.Title), markdownText(c.Text))
		}
	}
	if d.Before != "" {
		section("Example")
		fmt.Fprintf(&b, "\n%s", fence(d.Before))
	}
	if d.After != "" {
		section("Repaired")
		fmt.Fprintf(&b, "\n%s", fence(d.After))
	}
	if len(d.Options) > 0 {
		section("Options")
		b.WriteByte('\n')
		for _, o := range d.Options {
			fmt.Fprintf(&b, "- `%s` (default %s): %s\n", d.flagName(o), codeSpan(o.Default), o.Text)
		}
	}
	if d.Limits != "" {
		section("Limits")
		b.WriteString(markdownText(d.Limits))
	}
	return b.String()
}

// Plain renders the documentation for a terminal of the given width.
func (d Doc) Plain(width int) string {
	width = max(width, 20)
	var b strings.Builder
	if d.Name != "" {
		b.WriteString(d.Name + ": ")
	}
	b.WriteString(d.Title + "\n")
	d.facts(func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) })
	section := func(title string) { fmt.Fprintf(&b, "\n%s\n", title) }
	wrapText(&b, d.Text, "", width)
	if len(d.Categories) > 0 {
		section("Kinds of finding")
		for _, c := range d.Categories {
			fmt.Fprintf(&b, "\n  %s: %s\n", d.rule(c), c.Title)
			wrapText(&b, c.Text, "    ", width)
		}
	}
	for _, part := range []struct{ title, code string }{{"Example", d.Before}, {"Repaired", d.After}} {
		if part.code == "" {
			continue
		}
		section(part.title)
		b.WriteByte('\n')
		for line := range strings.Lines(strings.Trim(part.code, "\n") + "\n") {
			if line != "\n" {
				b.WriteString("    ")
			}
			b.WriteString(line)
		}
	}
	if len(d.Options) > 0 {
		section("Options")
		for _, o := range d.Options {
			fmt.Fprintf(&b, "\n  %s (default %q)\n", d.flagName(o), o.Default)
			wrapParagraph(&b, strings.Fields(o.Text), "    ", "    ", width)
		}
	}
	if d.Limits != "" {
		section("Limits")
		wrapText(&b, d.Limits, "", width)
	}
	return b.String()
}

// facts calls f for each short property that is set.
func (d Doc) facts(f func(name, value string)) {
	if d.Severity != "" {
		f("Severity", string(d.Severity))
	}
	if d.Since != "" {
		f("Since", d.Since)
	}
}

func (d Doc) rule(c Category) string {
	if d.Name == "" {
		return c.Name
	}
	return d.Name + "/" + c.Name
}

func (d Doc) flagName(o Option) string {
	if d.Name == "" {
		return o.Name
	}
	return "--" + d.Name + "." + o.Name
}

// paragraph is a run of lines between empty ones.
type paragraph []string

func (p paragraph) all(prefix string) bool {
	return !slices.ContainsFunc(p, func(l string) bool { return !strings.HasPrefix(l, prefix) })
}

func paragraphs(text string) []paragraph {
	var out []paragraph
	var cur paragraph
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n\n") {
		line = strings.TrimRight(line, " \n")
		switch {
		case strings.TrimSpace(line) != "":
			cur = append(cur, line)
		case len(cur) > 0:
			out, cur = append(out, cur), nil
		}
	}
	return out
}

// items splits a list into its points; a line that starts no point goes on
// with the one before.
func (p paragraph) items() []string {
	var out []string
	for _, l := range p {
		if item, ok := strings.CutPrefix(l, "- "); ok || len(out) == 0 {
			out = append(out, item)
			continue
		}
		out[len(out)-1] += " " + strings.TrimSpace(l)
	}
	return out
}

func (p paragraph) isList() bool { return strings.HasPrefix(p[0], "- ") }

func markdownText(text string) string {
	var b strings.Builder
	for _, p := range paragraphs(text) {
		b.WriteByte('\n')
		switch {
		case p.all("\t"):
			var code strings.Builder
			for _, l := range p {
				code.WriteString(l[1:] + "\n")
			}
			b.WriteString(fence(code.String()))
		case p.isList():
			for _, it := range p.items() {
				b.WriteString("- " + escape(it) + "\n")
			}
		default:
			for _, l := range p {
				b.WriteString(escape(l) + "\n")
			}
		}
	}
	return b.String()
}

// fence quotes code between marks longer than any it contains.
func fence(code string) string {
	mark := "```"
	for strings.Contains(code, mark) {
		mark += "`"
	}
	return mark + "c\n" + strings.Trim(code, "\n") + "\n" + mark + "\n"
}

func codeSpan(s string) string {
	if s == "" {
		return "empty"
	}
	return "`" + s + "`"
}

// escape protects the underscores and stars of C names outside code spans.
func escape(s string) string {
	var b strings.Builder
	code := false
	for _, r := range s {
		if r == '`' {
			code = !code
		}
		if !code && strings.ContainsRune("_*<", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wrapText(b *strings.Builder, text, indent string, width int) {
	for _, p := range paragraphs(text) {
		b.WriteByte('\n')
		switch {
		case p.all("\t"):
			for _, l := range p {
				b.WriteString(indent + "    " + l[1:] + "\n")
			}
		case p.isList():
			for _, it := range p.items() {
				wrapParagraph(b, strings.Fields(it), indent+"- ", indent+"  ", width)
			}
		default:
			wrapParagraph(b, strings.Fields(strings.Join(p, " ")), indent, indent, width)
		}
	}
}

func wrapParagraph(b *strings.Builder, words []string, first, rest string, width int) {
	col := 0
	for i, w := range words {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
			b.WriteString(first)
			col = len(first)
		case col+1+n > width:
			b.WriteString("\n" + rest)
			col = len(rest)
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(w)
		col += n
	}
	if len(words) > 0 {
		b.WriteByte('\n')
	}
}
