// SPDX-License-Identifier: GPL-2.0-only

// Package checks is the command that lists the checks.
package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"kapilint/checks/engine/lint"
	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/pick"
)

// Command returns the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:     "checks",
		Purpose:  cli.LookAtContracts,
		Short:    "list the checks",
		Long:     "Checks lists what lint can report: each check with its severity, and the rules that it has.",
		Examples: []cli.Example{{Line: "checks", Says: "the list"}},
		Bind: func(f *cli.Flags) cli.Run {
			f.Format("text", "json")
			f.Output("")
			return list
		},
	}
}

func list(_ context.Context, c *cli.Call) (int, error) {
	if len(c.Names) > 0 {
		return cli.Failed, fmt.Errorf("checks takes no names; `kapilint explain %s` explains one", c.Names[0])
	}
	return cli.Clean, c.Output(func(w io.Writer) error {
		if c.Format == "json" {
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
		entry := check{a.Name, d.Title, string(d.Severity), pick.RulesOf(a), []option{}}
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
