// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Purpose is what a command is for. Help groups commands by it.
type Purpose int

// The purposes, in the order of help.
const (
	LookAtCode Purpose = iota
	LookAtContracts
	Compare
	LiveWithIt
)

var purposes = map[Purpose]string{
	LookAtCode:      "Look at code",
	LookAtContracts: "Look at contracts",
	Compare:         "Compare",
	LiveWithIt:      "Live with it",
}

// Run runs one command line and returns its exit status.
type Run func(context.Context, *Call) (int, error)

// Command is one of the words that can stand first.
type Command struct {
	Name     string
	Purpose  Purpose
	Args     string // what follows the name and the flags: "PATH..."
	Short    string // what it does, in one line without a full stop
	Long     string // paragraphs, each one line, with blank lines between
	Examples []Example

	// Bind binds the command's flags and returns what runs it with them.
	Bind func(*Flags) Run
}

// Example is a command line that works in a kernel tree.
type Example struct {
	Line string // after "kapilint "
	Says string // what it does
}

// helpWidth is how wide help gets.
const helpWidth = 80

// Overview writes what commands there are, on one screen.
func Overview(w io.Writer, table []*Command) error {
	var b strings.Builder
	b.WriteString("Kapilint checks the contracts of Linux kernel interfaces against the code.\nUsage: kapilint [COMMAND] [flags] NAME...\n")
	for p := LookAtCode; p <= LiveWithIt; p++ {
		fmt.Fprintf(&b, "\n%s\n", purposes[p])
		for _, cmd := range table {
			if cmd.Purpose == p {
				fmt.Fprintf(&b, "  %-8s %s\n", cmd.Name, cmd.Short)
			}
		}
	}
	b.WriteString(`
Without a command, names are files to lint. kapilint help NAME says more on a
command or check; kapilint help manual is all: trees, make, output, exit status.
`)
	_, err := io.WriteString(w, b.String())
	return err
}

// Page writes the help of a command: what it does, its own flags, examples.
// Lines that are no text are indented by indent.
func (cmd *Command) Page(w io.Writer, env Env, indent string) error {
	flags, _ := NewFlags(&Call{Env: env}, cmd)
	var b strings.Builder
	usage := "kapilint " + cmd.Name
	if len(flags.docs) > 0 {
		usage += " [flags]"
	}
	fmt.Fprintf(&b, "%s%s\n\n", indent, strings.TrimSpace(usage+" "+cmd.Args))
	for i, p := range strings.Split(strings.TrimSpace(cmd.Long), "\n\n") {
		if i > 0 {
			b.WriteString("\n")
		}
		wrap(&b, strings.Join(strings.Fields(p), " "), "", helpWidth)
	}
	if len(flags.docs) > 0 {
		b.WriteString("\nFlags:\n\n")
	}
	for _, d := range flags.docs {
		const column = 16
		gap := strings.Repeat(" ", max(column-len(d.form), 1))
		var text strings.Builder
		wrap(&text, d.text, strings.Repeat(" ", column), helpWidth-len(indent))
		first, rest, _ := strings.Cut(text.String(), "\n")
		fmt.Fprintf(&b, "%s%s%s%s\n", indent, d.form, gap, strings.TrimSpace(first))
		for line := range strings.Lines(rest) {
			b.WriteString(indent + line)
		}
	}
	if len(cmd.Examples) > 0 {
		b.WriteString("\nExamples:\n\n")
	}
	for _, e := range cmd.Examples {
		fmt.Fprintf(&b, "%skapilint %s\n%s    %s\n", indent, e.Line, indent, e.Says)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap writes words in lines of at most width columns, each after prefix.
func wrap(w io.Writer, text, prefix string, width int) {
	line := prefix
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			fmt.Fprintln(w, line)
			line = prefix + word
		default:
			line += " " + word
		}
	}
	fmt.Fprintln(w, line)
}

// Find returns the command with that name, or nil.
func Find(table []*Command, name string) *Command {
	i := slices.IndexFunc(table, func(cmd *Command) bool { return cmd.Name == name })
	if i < 0 {
		return nil
	}
	return table[i]
}
