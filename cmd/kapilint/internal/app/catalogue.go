// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"kapilint/checks/engine/lint"
)

// width of explanations on a terminal.
const width = 80

func (c *call) listChecks(context.Context) (int, error) {
	if len(c.names) > 0 {
		return exitError, fmt.Errorf("checks takes no names; `kapilint explain %s` explains one", c.names[0])
	}
	return exitClean, c.output(func(w io.Writer) error {
		if c.opt.format == "json" {
			return checksJSON(w, c.Engine.Checks)
		}
		tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
		for _, a := range c.Engine.Checks {
			fmt.Fprintf(tw, "%s\t%s\t%s\n", a.Name, a.About.Severity, a.About.Title)
			for _, k := range a.About.Categories {
				fmt.Fprintf(tw, "  %s/%s\t\t%s\n", a.Name, k.Name, k.Title)
			}
		}
		return tw.Flush()
	})
}

func checksJSON(w io.Writer, checks []*lint.Analyzer) error {
	type option struct {
		Name    string `json:"name"`
		Default string `json:"default"`
		Text    string `json:"text"`
	}
	type check struct {
		Name     string   `json:"name"`
		Title    string   `json:"title"`
		Severity string   `json:"severity"`
		Rules    []string `json:"rules"`
		Options  []option `json:"options"`
	}
	doc := struct {
		Schema string  `json:"schema"`
		Checks []check `json:"checks"`
	}{"kapilint.checks/1", []check{}}
	for _, a := range checks {
		d := a.Docs()
		entry := check{a.Name, d.Title, string(d.Severity), rules(a), []option{}}
		if len(d.Categories) > 0 {
			entry.Rules = entry.Rules[1:]
		}
		for _, o := range d.Options {
			entry.Options = append(entry.Options, option{"--" + a.Name + "." + o.Name, o.Default, o.Text})
		}
		doc.Checks = append(doc.Checks, entry)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

func (c *call) explain(context.Context) (int, error) {
	if len(c.names) == 0 {
		return exitError, fmt.Errorf("explain: name a check; `kapilint checks` lists them")
	}
	var pages []string
	for _, name := range c.names {
		a, err := c.lookup(name)
		if err != nil {
			return exitError, err
		}
		if c.opt.format == "markdown" {
			pages = append(pages, a.Docs().Markdown())
		} else {
			pages = append(pages, a.Docs().Plain(width))
		}
	}
	return exitClean, c.output(func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(pages, "\n"))
		return err
	})
}

// lookup finds a check by its name or by that of one of its rules.
func (c *call) lookup(name string) (*lint.Analyzer, error) {
	check, _, _ := strings.Cut(name, "/")
	var known []string
	for _, a := range c.Engine.Checks {
		if a.Name == check {
			return a, nil
		}
		known = append(known, a.Name)
	}
	return nil, fmt.Errorf("no check is named %s%s", name,
		hint(check, known, func(s string) string { return s }, "kapilint checks"))
}

// help prints the manual, or the page of a check.
func (c *call) help(ctx context.Context) (int, error) {
	for _, known := range commands() {
		if len(c.names) == 1 && known.name == c.names[0] {
			c.names = nil
		}
	}
	if len(c.names) > 0 {
		return c.explain(ctx)
	}
	return exitClean, c.output(func(w io.Writer) error {
		_, err := io.WriteString(w, manual(c.Manual))
		return err
	})
}

// manual takes the text of the package comment out of a Go source file.
func manual(source string) string {
	_, text, ok := strings.Cut(source, "/*\n")
	if !ok {
		return source
	}
	text, _, _ = strings.Cut(text, "*/")
	return text
}

func (c *call) version(context.Context) (int, error) {
	return exitClean, c.output(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "kapilint %s %s %s/%s\n", versionString(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	})
}

// versionString is the module's version, or the revision it was built from.
func versionString() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
